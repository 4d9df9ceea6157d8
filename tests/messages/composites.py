"""Slices, tensor arrays and parts of variables used wrongly."""

import eagre as tf
from tests.messages.values import INVALID, MISMATCH

v = tf.Variable([[1.0, 2.0], [3.0, 4.0]], name="v")
ranges = tf.errors.OutOfRangeError


def slices(values, indices, shape=None):
    return tf.IndexedSlices(values, indices, shape)


def array(size=2, **options):
    return tf.TensorArray(tf.float32, size, **options)


def carried(shape):
    def f(x):
        start = array(2, infer_shape=False).write(0, x)
        body = lambda i, a: (i + 1, a.write(i, tf.zeros(shape)))  # noqa: E731
        return tf.while_loop(lambda i, a: i < 4, body, (tf.constant(0), start))[1].stack()

    return tf.trace(f, tf.TensorSpec([2]))


def rank_changes(x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.while_loop(
            lambda y: tf.rank(y) < 3, lambda y: [tf.expand_dims(y * y, 0)], [x],
            shape_invariants=[tf.TensorShape(None)])[0]
    return tape.gradient(y, x)


SLICES = {
    "convert_to_tensor: no shape": (
        lambda: tf.convert_to_tensor(slices([[1.0]], [0])), ValueError),
    "convert_to_tensor: too few values": (
        lambda: tf.convert_to_tensor(slices([[1.0]], [0, 1], [3, 1])), *INVALID),
    "convert_to_tensor: dtype": (
        lambda: tf.convert_to_tensor(slices([[1.0]], [0], [3, 1]), tf.float64), *MISMATCH),
    "apply_gradients: shape": (
        lambda: tf.optimizers.SGD(0.1).apply_gradients([(slices([[1.0, 1.0]], [0], [3, 2]), v)]),
        *INVALID),
    "IndexedSlicesSpec.from_value": (
        lambda: tf.IndexedSlicesSpec.from_value(tf.zeros(2)), TypeError),
    "IndexedSlicesSpec.most_specific_compatible_type": (
        lambda: tf.IndexedSlicesSpec([2]).most_specific_compatible_type(
            tf.IndexedSlicesSpec([2], tf.float64)), ValueError),
}

PARTS = {
    "scatter_add: dense": (lambda: v.scatter_add(tf.zeros(2)), TypeError),
    "scatter_max: list": (lambda: v.scatter_max([1.0]), TypeError),
    "scatter_sub: outside": (lambda: v.scatter_sub(slices([[1.0, 1.0]], [2])), *INVALID),
    "scatter_update: negative": (lambda: v.scatter_update(slices([[1.0, 1.0]], [-1])), *INVALID),
    "scatter_mul: shape": (lambda: v.scatter_mul(slices([[1.0]], [0])), *INVALID),
    "scatter_div: dtype": (
        lambda: v.scatter_div(slices(tf.ones([1, 2], tf.float64), [0])), *MISMATCH),
    "scatter_min: float indices": (lambda: v.scatter_min(slices([[1.0, 1.0]], [0.0])), *MISMATCH),
    "scatter_nd_add: outside": (lambda: v.scatter_nd_add([[0, 2]], [1.0]), *INVALID),
    "scatter_nd_sub: depth": (lambda: v.scatter_nd_sub([[0, 0, 0]], [1.0]), *INVALID),
    "scatter_nd_update: shape": (lambda: v.scatter_nd_update([[0]], [1.0]), *INVALID),
    "batch_scatter_update: scalar": (lambda: v.batch_scatter_update(slices(1.0, 0)), *INVALID),
    "set_shape": (lambda: v.set_shape([3, 2]), ValueError),
    "Variable: aggregation": (lambda: tf.Variable(1.0, aggregation="mean"), ValueError),
}

ARRAYS = {
    "TensorArray: no size": (lambda: tf.TensorArray(tf.float32), ValueError),
    "TensorArray: float size": (lambda: array(1.5), TypeError),
    "TensorArray: negative size": (lambda: array(-1), *INVALID),
    "TensorArray: handle": (lambda: array(handle=tf.constant(1)), ValueError),
    "read: outside": (lambda: array().read(2), ranges),
    "read: float": (lambda: array().read(0.5), TypeError),
    "read: not written": (lambda: array().read(0), ValueError),
    "read: twice": (lambda: [a.read(0) for a in [array().write(0, 1.0)] * 2], *INVALID),
    "write: outside": (lambda: array().write(2, 1.0), ranges),
    "write: negative": (lambda: array(dynamic_size=True).write(-1, 1.0), ranges),
    "write: dtype": (lambda: array().write(0, tf.constant(1)), *MISMATCH),
    "write: shape": (lambda: array().write(0, 1.0).write(1, [1.0]), ValueError),
    "write: outside in a loop": (lambda: carried([2])(tf.zeros(2)), *INVALID),
    "write: shape in a loop": (lambda: carried([3]), *INVALID),
    "gather: outside": (lambda: array().write(0, 1.0).gather([0, 2]), ranges),
    "gather: scalar": (lambda: array().write(0, 1.0).gather(0), *INVALID),
    "stack: shapes": (
        lambda: array(infer_shape=False).write(0, 1.0).write(1, [1.0]).stack(), *INVALID),
    "stack: nothing written": (lambda: array().stack(), ValueError),
    "stack: nothing written while tracing": (
        lambda: tf.trace(lambda n: array(n).stack(), tf.TensorSpec([], tf.int32)), ValueError),
    "concat: scalars": (lambda: array().unstack([1.0, 2.0]).concat(), *INVALID),
    "concat: nothing": (lambda: array(0).concat(), *INVALID),
    "unstack: too many": (lambda: array().unstack([1.0, 2.0, 3.0]), ValueError),
    "unstack: scalar": (lambda: array().unstack(1.0), ValueError),
    "scatter: as many": (lambda: array().scatter([0, 1], [1.0]), *INVALID),
    "scatter: outside": (lambda: array().scatter([0, 2], [1.0, 2.0]), ranges),
    "split: sum": (lambda: array().split([1.0, 2.0, 3.0], [1, 1]), *INVALID),
    "split: count": (lambda: array().split([1.0, 2.0, 3.0], [1, 1, 1]), *INVALID),
    "split: while tracing": (
        lambda: tf.trace(
            lambda n: array().split([1.0, 2.0], n).stack(), tf.TensorSpec([2], tf.int32)),
        ValueError),
    "while_loop: rank changes": (
        lambda: tf.trace(rank_changes, tf.TensorSpec([1]))(tf.ones([1])),
        tf.errors.UnimplementedError),
}

TABLES = {"slices": SLICES, "parts_of_variables": PARTS, "tensor_arrays": ARRAYS}
FOREIGN_WORDS = set()
