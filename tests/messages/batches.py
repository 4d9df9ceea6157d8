"""Jacobians and batches asked for in ways that do not work."""

import eagre as tf

x, y = tf.constant([1.0, 2.0]), tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
COUNTS = tf.Variable(0.0)
PAIRS = tf.constant([[1, 1], [1, 2]])


def jacobian(target=lambda: x * x, source=x, name="jacobian", **options):
    with tf.GradientTape() as tape:
        tape.watch([x, y])
        result = target()
    return getattr(tape, name)(result, source, **options)


def batch_jacobian(target=lambda: y * y, source=y, **options):
    return jacobian(target, source, "batch_jacobian", **options)


def of_unknown_rank():
    return tf.trace(lambda a: jacobian(lambda: a * 2.0), tf.TensorSpec(None))


def own_choice(example):
    return tf.unique(example)[0]


def in_a_branch(example):
    return tf.cond(example[0] > 1, lambda: COUNTS.assign(1.0), lambda: 0.0)


def each(function, elems=PAIRS, **options):
    return tf.vectorized_map(function, elems, **options)


JACOBIANS = {
    "jacobian: of a list": (lambda: jacobian(lambda: [x]), TypeError),
    "jacobian: by a number": (lambda: jacobian(source=[x, 3.0]), TypeError),
    "jacobian: of unknown rank": (of_unknown_rank, ValueError),
    "jacobian: unconnected": (lambda: jacobian(unconnected_gradients="all"), ValueError),
    "jacobian: no rows at once": (
        lambda: jacobian(parallel_iterations=0), tf.errors.InvalidArgumentError
    ),
    "batch_jacobian: other batch": (lambda: batch_jacobian(lambda: x * x), ValueError),
    "batch_jacobian: scalar": (lambda: batch_jacobian(lambda: tf.reduce_sum(y)), ValueError),
    "batch_jacobian: by a list": (lambda: batch_jacobian(source=[y]), TypeError),
    "batch_jacobian: unconnected": (
        lambda: batch_jacobian(unconnected_gradients=3), ValueError
    ),
}

MAPS = {
    "vectorized_map: no function": (lambda: each(3), TypeError),
    "vectorized_map: no tensor": (lambda: each(own_choice, []), ValueError),
    "vectorized_map: scalar": (
        lambda: each(lambda a: a, tf.constant(1.0)), tf.errors.InvalidArgumentError
    ),
    "vectorized_map: other sizes": (
        lambda: each(lambda a: a[0], (x, y)), tf.errors.InvalidArgumentError
    ),
    "vectorized_map: shapes that differ": (
        lambda: each(own_choice, warn=False), tf.errors.InvalidArgumentError
    ),
    "vectorized_map: no loop": (
        lambda: each(own_choice, fallback_to_while_loop=False), tf.errors.UnimplementedError
    ),
    "vectorized_map: a loop": (lambda: each(own_choice), UserWarning),
    "vectorized_map: assigning": (
        lambda: each(lambda a: COUNTS.assign_add(1.0)), tf.errors.UnimplementedError
    ),
    "vectorized_map: assigning an example": (
        lambda: each(lambda a: COUNTS.assign(tf.cast(a[0], tf.float32))),
        tf.errors.UnimplementedError,
    ),
    "vectorized_map: assigning in a branch": (
        lambda: each(in_a_branch), tf.errors.UnimplementedError
    ),
}

TABLES = {"jacobians": JACOBIANS, "maps": MAPS}
FOREIGN_WORDS: set[str] = set()
