"""What explains itself, asked in ways that it cannot answer, and gradients that are a mistake."""

import eagre as tf

x, w, frozen = tf.constant([1.0, 2.0]), tf.Variable(3.0, name="w"), tf.Variable(1.0, False)


def gradient(target, sources):
    with tf.GradientTape() as tape:
        y = target()
    return tape.gradient(y, sources)


def entered_while_tracing(context):
    def f(argument):
        with context():
            return argument * 2.0

    tf.trace(f, tf.TensorSpec([]))


def checked(function, *args):
    tf.debugging.enable_check_numerics()
    try:
        return function(*args)
    finally:
        tf.debugging.disable_check_numerics()


def recorded():
    @tf.function
    def doubled(v):
        return tf.numpy_function(lambda a: a * 2, [v], tf.float32)

    with tf.debugging.record() as run:
        y = x * 2.0
        tf.split(y, 2)
        doubled(y)
    return run


def why_none(target, source):
    return tf.GradientTape().why_none(target, source)


check = tf.testing.check_gradients

EXPLANATIONS = {
    "gradient: not watched": (lambda: gradient(lambda: w * x, x), tf.GradientWarning),
    "gradient: integers": (
        lambda: gradient(lambda: w * x, [w, tf.constant(1)]), tf.GradientWarning),
    "gradient: a variable of integers": (
        lambda: gradient(lambda: w * x, tf.Variable(1, name="n")), tf.GradientWarning),
    "gradient: not trainable": (lambda: gradient(lambda: frozen * x, frozen), tf.GradientWarning),
    "gradient: not recorded": (
        lambda: gradient(lambda: tf.stop_gradient(w * x), w), tf.GradientWarning),
    "why_none: a number": (lambda: why_none(3.0, x), TypeError),
    "why_none: None": (lambda: why_none(x, None), TypeError),
    "explain_gradients: while tracing": (
        lambda: entered_while_tracing(tf.explain_gradients), RuntimeError),
    "trace_origins: while tracing": (
        lambda: entered_while_tracing(tf.debugging.trace_origins), RuntimeError),
    "record: while tracing": (lambda: entered_while_tracing(tf.debugging.record), RuntimeError),
    "enable_check_numerics: NaN": (
        lambda: checked(tf.math.log, [-1.0, 2.0]), tf.errors.InvalidArgumentError),
    "enable_check_numerics: already there": (
        lambda: checked(tf.add, tf.constant([float("inf"), 1.0]), x),
        tf.errors.InvalidArgumentError),
    "record: gradient of a number": (lambda: recorded().gradient(1.5, x), TypeError),
    "record: a step with several outputs": (lambda: recorded().gradient(1, x), ValueError),
    "record: another shape": (lambda: recorded().change(0, 1.0), ValueError),
    "record: another dtype": (lambda: recorded().change(0, ["a", "b"]), TypeError, ValueError),
    "record: a change before a Python function": (
        lambda: recorded().change(0, [0.0, 0.0]), RuntimeError),
    "check_gradients: no list": (lambda: check(tf.square, 2.0), TypeError),
    "check_gradients: order": (lambda: check(tf.square, [2.0], order=0), ValueError),
    "check_gradients: integers": (lambda: check(tf.square, [[1, 2]]), TypeError),
    "check_gradients: no argument": (lambda: check(lambda: x, []), TypeError),
    "check_gradients: returns integers": (
        lambda: check(lambda v: tf.cast(v, tf.int32), [1.0]), TypeError),
    "check_gradients: returns nothing": (lambda: check(lambda v: None, [1.0]), TypeError),
    "summary_of: a number": (lambda: tf.summary_of(3.0), TypeError),
}

TABLES = {"explanations": EXPLANATIONS}
FOREIGN_WORDS: set[str] = set()
