"""Functions with NumPy's semantics: those of the array API standard and of `tf.experimental.numpy`.

They promote their operands and then call the ops of `eagre.ops`, which never promote.
"""
