"""`cond`: eager and traced, nested, with variables and gradients."""

import numpy as np
import pytest

import eagre as tf

SCALAR = tf.TensorSpec([], tf.float32)
VALUES = [-2.0, -0.5, 0.0, 0.5, 3.0]


def slopes(function, order):
    """The function's derivative of an order, by nested tapes."""
    if not order:
        return function

    def derivative(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = slopes(function, order - 1)(x)
        return tape.gradient(y, x, unconnected_gradients="zero")

    return derivative


FUNCTIONS = {
    "absolute": lambda x: tf.cond(x < 0.0, lambda: -x, lambda: x),
    "pieces": lambda x: tf.cond(x < 0.0, lambda: x * x * x, lambda: tf.exp(x) * x),
    "constant branch": lambda x: tf.cond(x < 0.0, lambda: tf.constant(7.0), lambda: x * x),
    "number branch": lambda x: tf.identity(tf.cond(x < 0.0, lambda: 7.0, lambda: x * x)),
    "pair": lambda x: tf.add_n(list(tf.cond(x < 0.0, lambda: (x, x * x), lambda: (x * x, x)))),
    "nested": lambda x: tf.cond(
        x < 0.0,
        lambda: tf.cond(x < -1.0, lambda: x * x, lambda: x * 3.0),
        lambda: tf.cond(x < 1.0, lambda: tf.sin(x), lambda: x * x * x),
    ),
    "after": lambda x: tf.exp(tf.cond(x < 0.0, lambda: x * x, lambda: x)) * x,
    "one after the other": lambda x: tf.cond(x < 1.0, lambda: x * x, lambda: x)
    * tf.cond(x > -1.0, lambda: x * 2.0, lambda: x * x),
}


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_traced_as_eager(name, order):
    function = slopes(FUNCTIONS[name], order)
    graph = tf.trace(function, SCALAR)
    graph.check()
    for value in VALUES:
        x = tf.constant(value)
        np.testing.assert_array_equal(graph(x).numpy(), function(x).numpy(), f"at {value}")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_tape_around_the_graph(name):
    graph, slope = tf.trace(FUNCTIONS[name], SCALAR), slopes(FUNCTIONS[name], 1)
    for value in VALUES:
        x = tf.constant(value)
        np.testing.assert_allclose(slopes(lambda t: graph(t), 1)(x).numpy(), slope(x).numpy(),
                                   rtol=1e-6, err_msg=f"at {value}")


def test_a_python_condition_chooses_while_tracing():
    graph = tf.trace(lambda x: tf.cond(True, lambda: x + 1.0, lambda: 1 / 0), SCALAR)
    assert graph(1.0).numpy() == 2.0
    assert "conditional" not in str(graph)


def test_only_the_branch_that_is_taken_runs():
    seen = []
    tf.cond(tf.constant(False), lambda: seen.append("true"), lambda: seen.append("false"))
    assert seen == ["false"]
    graph = tf.trace(
        lambda x, i: tf.cond(i < 0, lambda: x[0], lambda: tf.gather(x, i)),
        tf.TensorSpec([2]), tf.TensorSpec([], tf.int32),
    )
    assert graph(tf.constant([5.0, 6.0]), -9).numpy() == 5.0
    with pytest.raises(ValueError, match="indices"):
        graph(tf.constant([5.0, 6.0]), 9)


def test_structures():
    graph = tf.trace(
        lambda x: tf.cond(x > 0.0, lambda: {"a": x, "b": [x, (1,)]},
                          lambda: {"a": -x, "b": [2.0, (0,)]}), SCALAR)
    result = graph(3.0)
    assert (result["a"].numpy(), result["b"][0].numpy(), result["b"][1][0].numpy()) == (3, 3, 1)
    result = graph(-3.0)
    assert (result["a"].numpy(), result["b"][0].numpy(), result["b"][1][0].numpy()) == (3, 2, 0)


def test_nothing_is_returned():
    v = tf.Variable(0.0)

    def function(x):
        tf.cond(x > 0.0, lambda: [v.assign_add(x)][:0], lambda: [])
        return x

    graph = tf.trace(function, SCALAR)
    graph.drop_unused()
    for value in (1.0, -5.0, 2.0):
        graph(value)
    assert v.numpy() == 3.0


def test_branches_of_other_shapes():
    graph = tf.trace(lambda x: tf.cond(x > 0.0, lambda: tf.ones([2, 3]), lambda: tf.ones([2, 4])),
                     SCALAR)
    assert graph.outputs[0].shape.as_list() == [2, None]
    assert [graph(x).shape.as_list() for x in (1.0, -1.0)] == [[2, 3], [2, 4]]
    ranks = tf.trace(lambda x: tf.cond(x > 0.0, lambda: tf.ones([2]), lambda: tf.ones([])), SCALAR)
    assert ranks.outputs[0].shape.rank is None


def test_an_unknown_shape_has_a_gradient():
    def function(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(tf.cond(x[0] > 0.0, lambda: x * x, lambda: x[1:]))
        return tape.gradient(y, x)

    graph = tf.trace(function, tf.TensorSpec([None]))
    for values in ([1.0, 2.0, 3.0], [-1.0, 2.0]):
        x = tf.constant(values)
        np.testing.assert_array_equal(graph(x).numpy(), function(x).numpy())


def test_variables_are_read_and_written_in_the_order_of_the_lines():
    v = tf.Variable(1.0)

    def function(x):
        before = v.value()

        def double():
            v.assign(v * 2.0)
            return v + x

        result = tf.cond(x > 0.0, double, lambda: v - x)
        return before, result, v.value()

    graph = tf.trace(function, SCALAR)
    assert [y.numpy() for y in graph(10.0)] == [1.0, 12.0, 2.0]
    assert [y.numpy() for y in graph(-10.0)] == [2.0, 12.0, 2.0]
    assert [y.numpy() for y in function(tf.constant(10.0))] == [2.0, 14.0, 4.0]


@pytest.mark.parametrize("value", [2.0, -2.0])
def test_gradients_reach_variables(value):
    v, w = tf.Variable(3.0), tf.Variable(5.0)

    def function(x):
        with tf.GradientTape() as tape:
            y = tf.cond(x > 0.0, lambda: v * v * x, lambda: w * v)
        return tape.gradient(y, [v, w], unconnected_gradients="zero")

    graph = tf.trace(function, SCALAR)
    expected = [2 * 3.0 * value, 0.0] if value > 0 else [5.0, 3.0]
    assert [g.numpy() for g in graph(value)] == expected
    assert [g.numpy() for g in function(tf.constant(value))] == expected


def test_outer_tensors_of_every_kind():
    outer, variable = tf.constant(10.0), tf.Variable(100.0)

    def function(x):
        inner = x * 2.0
        return tf.cond(x > 0.0, lambda: inner + outer, lambda: inner + variable + 0.5)

    graph = tf.trace(function, SCALAR)
    assert [graph(value).numpy() for value in (1.0, -1.0)] == [12.0, 98.5]


def test_integers_and_strings_and_flags():
    graph = tf.trace(
        lambda x: tf.cond(x > 0.0, lambda: (1, "yes", True), lambda: (0, "no", False)), SCALAR)
    assert [y.numpy() for y in graph(1.0)] == [1, b"yes", True]
    assert [y.numpy() for y in graph(-1.0)] == [0, b"no", False]


def test_a_branch_with_effects_has_a_gradient():
    v = tf.Variable(3.0)

    def function(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.cond(x > 0.0, lambda: v.assign_add(x) * x, lambda: x)
        return tape.gradient(y, x), v.value()

    graph = tf.trace(function, SCALAR)
    assert [each.numpy() for each in function(tf.constant(2.0))] == [5.0, 5.0]
    assert [each.numpy() for each in graph(2.0)] == [7.0, 7.0]
    assert [each.numpy() for each in graph(-2.0)] == [1.0, 7.0]


def test_a_branch_that_fails_leaves_no_trace_open():
    with pytest.raises(ZeroDivisionError):
        tf.trace(lambda x: tf.cond(x > 0.0, lambda: 1 / 0, lambda: x), SCALAR)
    assert tf.executing_eagerly()


def test_branches_return_none_for_what_they_do_besides():
    variable = tf.Variable(0)

    def run(x):
        return tf.cond(x > 0, lambda: tf.print(x, output_stream=lines.append), tf.no_op)

    lines = []
    function = tf.function(run)
    assert [function(tf.constant(2)), function(tf.constant(-1)), lines] == [None, None, ["2\n"]]
    mixed = tf.function(
        lambda x: tf.cond(x > 0, lambda: {"a": None, "b": x}, lambda: {"a": None, "b": -x})
    )
    assert mixed(tf.constant(-3)) == {"a": None, "b": 3}

    def assign():
        variable.assign(5)

    choose = tf.function(lambda i: tf.switch_case(i, [assign, tf.no_op]))
    assert choose(tf.constant(0)) is None and variable.numpy() == 5


@pytest.mark.parametrize("shape", [[], [1], [1, 1]])
def test_a_condition_of_one_element(shape):
    for value, expected in ((True, 1), (False, 2)):
        pred = tf.fill(shape, value)
        assert tf.cond(pred, lambda: 1, lambda: 2) == expected
        function = tf.function(lambda p: tf.cond(p, lambda: 1, lambda: 2))
        assert function(pred).numpy() == expected


def test_a_single_case_without_default_has_to_be_true_in_graphs_too():
    function = tf.function(lambda p: tf.case([(p, lambda: 1)]))
    assert function(tf.constant(True)).numpy() == 1
    with pytest.raises(tf.errors.InvalidArgumentError, match="case expected a true condition"):
        function(tf.constant(False))
