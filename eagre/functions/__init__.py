"""Python callables with a cache from arguments to graphs: `tf.function`."""
