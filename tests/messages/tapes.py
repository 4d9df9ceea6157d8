"""Tapes used in ways that they do not support."""

import threading

import eagre as tf

x, y = tf.constant(3.0), tf.constant([1.0, 2.0])


def recorded(target=lambda: x * x, **options):
    with tf.GradientTape(**options) as tape:
        tape.watch([x, y])
        result = target()
    return tape, result


def used_twice():
    tape, result = recorded()
    tape.gradient(result, x)
    tape.gradient(result, x)


def entered_twice():
    with tf.GradientTape() as tape, tape:
        pass


def entered_in_two_threads():
    tape, caught = tf.GradientTape(), []

    def enter():
        try:
            with tape:
                pass
        except ValueError as error:
            caught.append(error)

    with tape:
        thread = threading.Thread(target=enter)
        thread.start()
        thread.join()
    raise caught[0]


def gradient(target=None, sources=x, **options):
    tape, result = recorded()
    return tape.gradient(result if target is None else target, sources, **options)


def stopped_outside():
    with tf.GradientTape().stop_recording():
        pass


def watching(value):
    with tf.GradientTape() as tape:
        tape.watch(value)


def asked_outside_its_trace():
    kept = []

    def function(z):
        with tf.GradientTape() as tape:
            tape.watch(z)
            kept.append((tape, z * z, z))
        return z

    tf.trace(function, tf.TensorSpec([], tf.float32))
    tape, target, source = kept[0]
    tape.gradient(target, source)


def of_a_watched_integer():
    with tf.GradientTape() as tape:
        tape.watch(tf.constant(1))


TAPES = {
    "gradient: twice": (used_twice, RuntimeError),
    "enter: twice": (entered_twice, ValueError),
    "enter: in another thread": (entered_in_two_threads, ValueError),
    "gradient: target of a number": (lambda: gradient(target=9.0), TypeError),
    "gradient: target of None": (lambda: gradient(target=[None]), TypeError),
    "gradient: source of a number": (lambda: gradient(sources=3.0), TypeError),
    "gradient: source of a word": (lambda: gradient(sources=["w"]), TypeError),
    "gradient: output_gradients of another shape": (
        lambda: gradient(output_gradients=tf.ones(2)), ValueError),
    "gradient: output_gradients of another dtype": (
        lambda: gradient(output_gradients=tf.constant(1)), ValueError),
    "gradient: too many output_gradients": (
        lambda: gradient(output_gradients=[1.0, 1.0]), ValueError),
    "gradient: unconnected_gradients": (
        lambda: gradient(unconnected_gradients="nothing"), ValueError),
    "gradient: used outside its trace": (asked_outside_its_trace, TypeError),
    "stop_recording: not recording": (stopped_outside, ValueError),
    "watch: number": (lambda: watching(3.0), ValueError),
    "watch: None": (lambda: watching(None), ValueError),
    "watch: list with a number": (lambda: watching([x, 3.0]), ValueError),
    "watch: integers": (of_a_watched_integer, UserWarning),
    "gradients_function: of None": (
        lambda: tf.gradients_function(lambda v: None)(1.0), ValueError),
    "gradients_function: position": (
        lambda: tf.gradients_function(lambda v: v, params=[1])(1.0), IndexError),
    "gradients_function: integers": (
        lambda: tf.gradients_function(lambda v: v)(1), UserWarning),
}

TABLES = {"tapes": TAPES}
FOREIGN_WORDS = {"gradients_function: position"}
