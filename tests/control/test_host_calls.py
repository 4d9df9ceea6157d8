"""`py_function` and `numpy_function` in graphs: Python runs once, gradients go back on its tape."""

import gc
import weakref

import numpy as np
import pytest

import eagre as tf


class Counted:
    """A function of two tensors that is another one each time that it runs."""

    def __init__(self):
        self.calls = 0

    def __call__(self, x, w, n):
        self.calls += 1
        return x * w * w * float(self.calls), x + w, n + 1


def outputs_of(counted):
    def function(x, w):
        specs = [tf.float32, tf.float32, tf.int32]
        a, b, n = tf.py_function(counted, [x, w, 2], specs)
        return a * a + b + tf.cast(n, tf.float32)

    return function


def orders(function):
    """The value, and gradients of first and second order."""
    sources = [tf.constant(2.0), tf.constant(3.0)]
    with tf.GradientTape(persistent=True) as outer:
        outer.watch(sources)
        with tf.GradientTape() as inner:
            inner.watch(sources)
            y = function(*sources)
        first = inner.gradient(y, sources)
    second = [outer.gradient(each, sources) for each in first]
    return [float(x) for x in tf.nest.flatten([y, first, second])]


def in_a_graph(function):
    return tf.trace(function, tf.TensorSpec([]), tf.TensorSpec([]))


@pytest.mark.parametrize("wrap", [tf.function, in_a_graph])
def test_python_runs_once_for_a_value_and_its_gradients(wrap):
    plain, traced = Counted(), Counted()
    expected = orders(outputs_of(plain))
    assert orders(wrap(outputs_of(traced))) == expected
    assert traced.calls == plain.calls == 1


def test_gradients_within_the_function():
    counted = Counted()

    @tf.function
    def slope(x, w):
        with tf.GradientTape() as tape:
            tape.watch([x, w])
            y = outputs_of(counted)(x, w)
        return tape.gradient(y, [x, w])

    found = slope(tf.constant(2.0), tf.constant(3.0))
    assert [float(g) for g in found] == orders(outputs_of(Counted()))[1:3]
    assert counted.calls == 1


def test_gradients_of_a_graph_built_by_hand():
    counted = Counted()
    with tf.Graph().as_default():
        x, w = tf.compat.v1.placeholder(tf.float32, []), tf.constant(3.0)
        y = outputs_of(counted)(x, w)
        slopes = tf.gradients(y, [x, w])
        with tf.compat.v1.Session() as session:
            found = session.run([y, *slopes], {x: 2.0})
    assert [float(each) for each in found] == orders(outputs_of(Counted()))[:3]
    assert counted.calls == 1


def test_tangents():
    x, w = tf.constant(2.0), tf.constant(3.0)
    with tf.autodiff.ForwardAccumulator(x, tf.constant(1.0)) as accumulator:
        y = tf.function(outputs_of(Counted()))(x, w)
    assert float(accumulator.jvp(y)) == orders(outputs_of(Counted()))[1]


def test_a_result_of_unknown_rank_is_kept_in_a_branch_in_a_loop():
    def program(x, n):
        for i in range(n):
            if i % 2 == 1:
                y = tf.py_function(lambda v: tf.stack([v, v * v]), [x], tf.float32)
                x = x + tf.reduce_sum(y * y)
        return x

    def slopes(function, n):
        x = tf.constant(0.1)
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = function(x, n)
            first = inner.gradient(y, x)
        return [float(y), float(first), float(outer.gradient(first, x))]

    traced = tf.function(program)
    for n in (2, 4, 5):
        assert slopes(traced, tf.constant(n)) == pytest.approx(slopes(program, n), rel=1e-6)
    assert traced.experimental_get_tracing_count() == 1


def test_a_run_is_let_go_with_the_graph_that_ran():
    kept = []

    def hold(x):
        array = np.ones(3, np.float32)
        kept.append(weakref.ref(array))
        return x * tf.convert_to_tensor(array)

    call = tf.function(lambda x: tf.py_function(hold, [x], tf.float32))
    x = tf.ones([3])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = call(x)
    assert tape.gradient(y, x).numpy().tolist() == [1.0, 1.0, 1.0]
    del tape, y
    gc.collect()
    assert [each() for each in kept] == [None]


@pytest.mark.parametrize("wrap", [lambda f: f, tf.function])
def test_arrays_keep_their_kind_of_numbers(wrap):
    def call(function, dtype):
        return wrap(lambda x: tf.numpy_function(function, [x], dtype))(tf.constant([1.0, 2.0]))

    wider = call(lambda x: x.astype(np.float64) / 4, tf.float32)
    assert wider.dtype == tf.float32 and wider.numpy().tolist() == [0.25, 0.5]
    assert call(lambda x: x.astype(np.int64), tf.float32).numpy().tolist() == [1.0, 2.0]
    for dtype in (tf.int32, tf.int64, tf.bool):
        with pytest.raises(tf.errors.InvalidArgumentError, match="numpy_function expected an arr"):
            call(lambda x: x * 1.5, dtype)
