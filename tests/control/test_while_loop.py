"""`while_loop`: eager and traced, none and many iterations, gradients, variables, shapes."""

import numpy as np
import pytest

import eagre as tf
from tests.control.test_cond import slopes

SCALAR = tf.TensorSpec([], tf.float32)
COUNTED = (SCALAR, tf.TensorSpec([], tf.int32))


def power(x, n):
    return tf.while_loop(lambda i, y: i < n, lambda i, y: (i + 1, y * x), (0, tf.ones([])))[1]


def growth(x, n):
    return tf.while_loop(lambda i, y: i < n, lambda i, y: (i + 1, tf.sin(y) + y * x), (0, x))[1]


def pair(x, n):
    _, a, b = tf.while_loop(
        lambda i, a, b: i < n, lambda i, a, b: (i + 1, b, a * b + x), (0, x, x * 2.0))
    return a - b


def branching(x, n):
    def body(i, y):
        y = tf.cond(i % 2 == 0, lambda: y * x, lambda: y + x)
        return i + 1, y

    return tf.while_loop(lambda i, y: i < n, body, (0, x))[1]


def nested(x, n):
    def body(i, y):
        inner = tf.while_loop(lambda j, z: j < i, lambda j, z: (j + 1, z * x), (0, y))[1]
        return i + 1, inner + x

    return tf.while_loop(lambda i, y: i < n, body, (0, x))[1]


def sandwich(x, n):
    """A cond in a loop in a cond."""
    return tf.cond(x > 0.0, lambda: branching(x, n), lambda: -branching(-x, n))


def until(x, n):
    return tf.while_loop(lambda y: y < 20.0, lambda y: y * y + tf.cast(n + 1, tf.float32), (x,))[0]


def unused(x, n):
    return tf.while_loop(lambda i, y, z: i < n, lambda i, y, z: (i + 1, y, z * 2.0),
                         (0, x, tf.ones([])))[1]


FUNCTIONS = [power, growth, pair, branching, nested, sandwich, until, unused]


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_traced_as_eager(function, order):
    def derivative(x, n):
        return slopes(lambda t: function(t, n), order)(x)

    graph = tf.trace(derivative, *COUNTED)
    graph.check()
    for n in (0, 1, 2, 5):
        for value in (0.5, -0.75):
            x, count = tf.constant(value), tf.constant(n)
            np.testing.assert_allclose(
                graph(x, count).numpy(), derivative(x, count).numpy(), rtol=1e-5 if order else 0,
                atol=1e-5 if order else 0, err_msg=f"{n} iterations at {value}")


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_first_gradients_are_the_bits_of_eager_ones(function):
    def derivative(x, n):
        return slopes(lambda t: function(t, n), 1)(x)

    graph = tf.trace(derivative, *COUNTED)
    for n in (1, 3):
        x, count = tf.constant(0.5), tf.constant(n)
        assert graph(x, count).numpy() == derivative(x, count).numpy()


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_a_tape_around_the_graph(function):
    graph = tf.trace(function, *COUNTED)
    x, n = tf.constant(0.5), tf.constant(3)
    found = slopes(lambda t: graph(t, n), 1)(x)
    np.testing.assert_allclose(found.numpy(), slopes(lambda t: function(t, n), 1)(x).numpy(),
                               rtol=1e-6)


@pytest.mark.parametrize("n", [0, 1, 2, 7])
def test_gradients_against_the_formula(n):
    graph = tf.trace(lambda x: slopes(lambda t: power(t, n), 1)(x), SCALAR)
    second = tf.trace(lambda x: slopes(lambda t: power(t, n), 2)(x), SCALAR)
    assert graph(1.5).numpy() == pytest.approx(n * 1.5 ** (n - 1))
    assert second(1.5).numpy() == pytest.approx(n * (n - 1) * 1.5 ** (n - 2))


def test_a_thousand_iterations():
    graph = tf.trace(lambda x: slopes(lambda t: power(t, 1000), 1)(x), SCALAR)
    assert graph(1.001).numpy() == pytest.approx(1000 * 1.001**999, rel=1e-3)


# Forms of loop variables ----------------------------------------------------------------------


@pytest.mark.parametrize("is_traced", [False, True])
def test_structures(is_traced):
    def function(x):
        start = [{"b": x, "a": (tf.constant(0), x * 2.0)}, x]
        return tf.while_loop(
            lambda state, y: state["a"][0] < 3,
            lambda state, y: [{"a": (state["a"][0] + 1, y), "b": state["b"] + y}, y * 2.0], start)

    function = tf.trace(function, SCALAR) if is_traced else function
    state, y = function(tf.constant(1.0))
    assert (state["a"][0].numpy(), state["a"][1].numpy()) == (3, 4.0)
    assert (state["b"].numpy(), y.numpy()) == (8.0, 8.0)


@pytest.mark.parametrize("kind", [list, tuple])
@pytest.mark.parametrize("is_traced", [False, True])
def test_the_form_of_loop_variables_comes_back(kind, is_traced):
    def function(x):
        result = tf.while_loop(lambda y: y < 9.0, lambda y: kind([y * 2.0]), kind([x]))
        assert type(result) is kind
        return result

    function = tf.trace(function, SCALAR) if is_traced else function
    assert function(tf.constant(1.0))[0].numpy() == 16.0


@pytest.mark.parametrize("is_traced", [False, True])
def test_a_body_with_one_variable_may_return_it_bare(is_traced):
    def function(x):
        return tf.while_loop(lambda y: y < 9.0, lambda y: y * 2.0, [x])[0]

    function = tf.trace(function, SCALAR) if is_traced else function
    assert function(tf.constant(1.0)).numpy() == 16.0


def test_python_numbers_become_tensors():
    result = tf.while_loop(lambda i, x: i < 3, lambda i, x: (i + 1, x * 2.0), (0, 1.5))
    assert (result[0].dtype, result[1].dtype) == (tf.int32, tf.float32)
    assert result[1].numpy() == 12.0


# Bounds and shapes ----------------------------------------------------------------------------


@pytest.mark.parametrize("maximum", [0, 1, 3, 100])
def test_maximum_iterations(maximum):
    def function(x):
        return tf.while_loop(lambda i, y: i < 5, lambda i, y: (i + 1, y * x), (0, tf.ones([])),
                             maximum_iterations=maximum)

    count = min(maximum, 5)
    for result in (function(tf.constant(2.0)), tf.trace(function, SCALAR)(2.0)):
        assert [y.numpy() for y in result] == [count, 2.0**count]


def test_maximum_iterations_may_be_a_tensor():
    def function(x, n):
        return tf.while_loop(lambda y: y < 1e6, lambda y: [y * x], [x], maximum_iterations=n)[0]

    graph = tf.trace(function, *COUNTED)
    assert [graph(2.0, n).numpy() for n in (0, 1, 3)] == [2.0, 4.0, 16.0]
    assert function(tf.constant(2.0), tf.constant(3)).numpy() == 16.0


def test_maximum_iterations_have_gradients():
    def function(x):
        return tf.while_loop(lambda y: True, lambda y: [y * x], [x], maximum_iterations=3)[0]

    graph = tf.trace(lambda x: slopes(function, 1)(x), SCALAR)
    assert graph(2.0).numpy() == slopes(function, 1)(tf.constant(2.0)).numpy() == 32.0


def test_shape_invariants():
    def function(x):
        return tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, tf.concat([y, y], 0)),
                             (0, x), shape_invariants=(tf.TensorShape([]), tf.TensorShape([None])))

    graph = tf.trace(function, tf.TensorSpec([1]))
    assert graph.outputs[1].shape.as_list() == [None]
    assert graph(tf.ones([1]))[1].shape == [8]
    assert function(tf.ones([1]))[1].shape == [8]


def test_shape_invariants_with_a_bound():
    def function(x):
        return tf.while_loop(lambda y: True, lambda y: [tf.concat([y, y], 0)], [x],
                             shape_invariants=[tf.TensorShape([None])], maximum_iterations=2)[0]

    assert tf.trace(function, tf.TensorSpec([1]))(tf.ones([1])).shape == [4]


def test_gradients_of_values_that_keep_an_unknown_shape():
    def function(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(
                tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * x), (0, x))[1])
        return tape.gradient(y, x)

    graph = tf.trace(function, tf.TensorSpec([None, 2]))
    for size in (1, 3):
        x = tf.constant(np.arange(1.0, 1.0 + 2 * size, dtype=np.float32).reshape(size, 2))
        np.testing.assert_allclose(graph(x).numpy(), 4 * x.numpy() ** 3, rtol=1e-6)


def test_gradients_of_values_that_grow():
    def function(x):
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as tape:
                tape.watch(x)
                _, y = tf.while_loop(
                    lambda i, y: i < 3,
                    lambda i, y: (i + 1, tf.concat([y, y * y[:1]], 0)),
                    (0, x),
                    shape_invariants=(tf.TensorShape([]), tf.TensorShape([None])),
                )
                total = tf.reduce_sum(y * y)
            first = tape.gradient(total, x)
        return total, first, outer.gradient(first, x)

    x = tf.constant([1.5, -2.0])
    graph = tf.trace(function, tf.TensorSpec([None]))
    for eager, traced in zip(function(x), graph(x), strict=True):
        np.testing.assert_allclose(traced.numpy(), eager.numpy(), rtol=1e-6)


def test_no_gradient_of_values_that_change_their_rank():
    def function(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.while_loop(
                lambda y: tf.rank(y) < 3, lambda y: [tf.expand_dims(y * y, 0)], [x],
                shape_invariants=[tf.TensorShape(None)])[0]
            total = tf.reduce_sum(y)
        return tape.gradient(total, x)

    graph = tf.trace(function, tf.TensorSpec([1]))
    with pytest.raises(tf.errors.UnimplementedError, match="keep their rank"):
        graph(tf.ones([1]))


# Variables and effects ------------------------------------------------------------------------


@pytest.mark.parametrize("is_traced", [False, True])
def test_variables_are_written_in_each_iteration(is_traced):
    v = tf.Variable(0.0)

    def function(x):
        def body(i, y):
            before = v.value()
            v.assign_add(x)
            return i + 1, y + before * v

        return tf.while_loop(lambda i, y: i < 4, body, (0, tf.zeros([])))[1] + v

    call = tf.trace(function, SCALAR) if is_traced else function
    assert call(tf.constant(1.0)).numpy() == 0 * 1 + 1 * 2 + 2 * 3 + 3 * 4 + 4
    assert v.numpy() == 4.0


@pytest.mark.parametrize("is_traced", [False, True])
def test_the_condition_sees_what_the_body_writes(is_traced):
    v = tf.Variable(0.0)

    def function(x):
        def body(i):
            v.assign_add(x)
            return [i + 1]

        return tf.while_loop(lambda i: (v < 5.0) & (i < 50), body, [0])[0]

    call = tf.trace(function, SCALAR) if is_traced else function
    assert call(tf.constant(2.0)).numpy() == 3
    assert v.numpy() == 6.0


@pytest.mark.parametrize("is_traced", [False, True])
def test_gradients_reach_variables_that_are_only_read(is_traced):
    v = tf.Variable(2.0)

    def function(n):
        with tf.GradientTape() as tape:
            y = tf.while_loop(lambda i, y: i < n, lambda i, y: (i + 1, y * v), (0, tf.ones([])))[1]
        return tape.gradient(y, v)

    call = tf.trace(function, tf.TensorSpec([], tf.int32)) if is_traced else function
    assert call(tf.constant(3)).numpy() == 12.0
    v.assign(3.0)
    assert call(tf.constant(3)).numpy() == 27.0


def test_a_loop_with_effects_has_a_gradient():
    v = tf.Variable(0.0)

    def function(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.while_loop(lambda y: y < 9.0, lambda y: [v.assign_add(y).value() * y], [x])[0]
        return tape.gradient(y, x), v.value()

    eager = [each.numpy() for each in function(tf.constant(2.0))]
    v.assign(0.0)
    assert [each.numpy() for each in tf.trace(function, SCALAR)(2.0)] == eager


def test_the_sizes_of_what_a_loop_keeps_may_differ():
    v = tf.Variable([1.0, 2.0], shape=[None])

    def function(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x
            for i in tf.range(3):
                if i < 2:
                    v.assign(tf.concat([v, [x]], 0))
                y = y * tf.reduce_sum(v.value() * v.value())
        return y, tape.gradient(y, x)

    eager = [each.numpy() for each in function(tf.constant(0.5))]
    v.assign([1.0, 2.0])
    assert [each.numpy() for each in tf.function(function)(tf.constant(0.5))] == eager


def test_effects_without_gradient_are_welcome_beside_a_tape():
    steps = tf.Variable(0)

    def function(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x * x
        tf.while_loop(lambda i: i < 3, lambda i: [i + steps.assign_add(1) * 0 + 1], [0])
        return tape.gradient(y, x)

    assert tf.trace(function, SCALAR)(3.0).numpy() == 6.0
    assert steps.numpy() == 3


def test_a_loop_without_end_can_be_left_by_an_error():
    graph = tf.trace(
        lambda x: tf.while_loop(lambda i: i >= 0, lambda i: [i + tf.gather([1, 1], i)], [0])[0],
        SCALAR)
    with pytest.raises(ValueError, match="indices"):
        graph(1.0)
