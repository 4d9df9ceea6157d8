"""Tracing: what a function becomes, and what the graph does when it runs."""

import gc
import weakref

import numpy as np
import pytest

import eagre as tf

SCALAR = tf.TensorSpec([], tf.float32)
VECTOR = tf.TensorSpec([None], tf.float32)


def floats(*values):
    return tf.constant(values, tf.float32)


def operations(graph):
    return [operation.name for operation in graph.operations]


def line_of(text):
    """The number of this file's line that ends with a remark."""
    with open(__file__, encoding="utf-8") as source:
        return next(i for i, line in enumerate(source, 1) if line.rstrip().endswith(f"# {text}"))


# Inputs and outputs ---------------------------------------------------------------------------


def test_the_function_runs_once_and_on_symbolic_tensors():
    seen = []
    graph = tf.trace(lambda x: seen.append(x) or x + 1.0, SCALAR)
    assert [graph(float(i)).numpy() for i in range(3)] == [1.0, 2.0, 3.0]
    assert len(seen) == 1
    assert isinstance(seen[0], tf.Tensor)
    assert not hasattr(seen[0], "array")


def test_is_eager_or_not():
    seen = []
    tf.trace(lambda x: seen.append(tf.executing_eagerly()) or x, SCALAR)
    assert seen == [False]
    assert tf.executing_eagerly()


def test_structures_go_in_and_out():
    specs = {"b": SCALAR, "a": [SCALAR, (SCALAR,)]}
    graph = tf.trace(
        lambda x, y: {"sum": x["b"] + x["a"][0], "rest": (x["a"][1][0] * y, [y])}, specs, SCALAR
    )
    result = graph({"b": 1.0, "a": [2.0, (3.0,)]}, 4.0)
    assert list(result) == ["sum", "rest"]
    assert result["sum"].numpy() == 3.0
    assert isinstance(result["rest"], tuple)
    assert result["rest"][0].numpy() == 12.0
    assert result["rest"][1][0].numpy() == 4.0


def test_specs_may_be_tensors():
    graph = tf.trace(lambda x, y: x * y, tf.ones([2]), 3.0)
    assert [x.shape.as_list() for x in graph.inputs] == [[2], []]
    assert graph(floats(1.0, 2.0), 2.0).numpy().tolist() == [2.0, 4.0]


def test_inputs_have_the_names_of_specs_and_parameters():
    graph = tf.trace(lambda x, y: x + y, tf.TensorSpec([], name="left"), SCALAR)
    assert [x.name for x in graph.inputs] == ["left", "y"]
    graph = tf.trace(lambda x, *rest: x + rest[0][1], SCALAR, [SCALAR, SCALAR])
    assert [x.name for x in graph.inputs] == ["x", "argument_1_0", "argument_1_1"]
    both = tf.trace(lambda x, y: x + y, *[tf.TensorSpec([], name="same")] * 2)
    assert len({x.name for x in both.inputs}) == 2


def test_captures_have_the_names_of_variables_and_of_outer_values():
    kernel, odd = tf.Variable(2.0, name="dense/kernel"), tf.Variable(3.0, name="multiply_2")

    def inner(value):
        return tf.cond(value > 0.0, lambda: value * odd * kernel, lambda: value)

    graph = tf.trace(lambda x: inner(x * kernel * 2.0), SCALAR)
    assert [x.name for x in graph.captured] == ["dense_kernel", "multiply_2_1"]
    branch = graph.operations[-1].params["true_graph"]
    assert {x.name for x in branch.parameters} >= {"outer_multiply_2"}
    for each in (graph, branch):
        names = [x.name for x in each.tensors()]
        assert len(set(names)) == len(names)
    assert float(graph(1.0)) == 4.0 * 3.0 * 2.0


def test_an_input_may_be_an_output():
    graph = tf.trace(lambda x: (x, x), SCALAR)
    assert [y.numpy() for y in graph(2.0)] == [2.0, 2.0]
    assert operations(graph) == []


def test_numbers_and_eager_tensors_may_be_outputs():
    outer = tf.constant([1.0, 2.0])
    graph = tf.trace(lambda x: (3, outer, x), SCALAR)
    three, same, _ = graph(0.0)
    assert (three.dtype, three.numpy()) == (tf.int32, 3)
    assert same.numpy().tolist() == [1.0, 2.0]


def test_a_function_without_arguments_or_results():
    assert tf.trace(lambda: tf.ones([2]))().numpy().tolist() == [1.0, 1.0]
    assert tf.trace(lambda x: [], SCALAR)(1.0) == []


def test_arguments_are_converted_to_the_traced_dtype():
    graph = tf.trace(lambda x: x * 2.0, tf.TensorSpec([2], tf.float64))
    assert graph(np.array([1, 2])).dtype == tf.float64
    assert graph(np.array([1.0, 2.0], np.float32)).dtype == tf.float64


def test_a_list_where_a_tensor_was_traced_is_a_tensor():
    graph = tf.trace(lambda x: x * 2.0, VECTOR)
    assert graph([1.0, 2.0]).numpy().tolist() == [2.0, 4.0]
    assert graph([3.0]).numpy().tolist() == [6.0]


def test_arguments_of_another_structure_are_refused():
    graph = tf.trace(lambda x: x["a"] - x["b"], {"a": SCALAR, "b": SCALAR})
    for wrong in ({"a": 1.0, "c": 2.0}, [1.0, 2.0], (1.0, 2.0)):
        with pytest.raises((TypeError, ValueError)):
            graph(wrong)
    with pytest.raises((TypeError, ValueError)):
        graph(1.0, 2.0)


# Shapes ---------------------------------------------------------------------------------------


def test_unknown_sizes():
    graph = tf.trace(lambda x: tf.reduce_sum(x * x, 0), tf.TensorSpec([None, 3]))
    assert graph.outputs[0].shape.as_list() == [3]
    for size in (0, 1, 5):
        x = np.arange(3.0 * size, dtype=np.float32).reshape(size, 3)
        np.testing.assert_array_equal(graph(x).numpy(), (x * x).sum(0))


def test_unknown_rank():
    graph = tf.trace(lambda x: x + 1.0, tf.TensorSpec(None))
    assert graph.outputs[0].shape.rank is None
    assert graph(1.0).numpy() == 2.0
    assert graph(tf.ones([1, 1])).shape == [1, 1]


def test_what_is_unknown_stays_unknown():
    seen = []

    def function(x, y):
        seen.extend([x.shape, (x + y).shape, (x[1:]).shape, tf.concat([x, y], 0).shape,
                     tf.reshape(x, [-1, 2]).shape, tf.stack([x, x]).shape])
        return x

    tf.trace(function, VECTOR, tf.TensorSpec([3]))
    assert [s.as_list() for s in seen] == [[None], [3], [None], [None], [None, 2], [2, None]]


def test_the_shape_as_a_tensor():
    graph = tf.trace(lambda x: (tf.shape(x), tf.size(x), tf.rank(x)), tf.TensorSpec([None, 2]))
    shape, size, rank = graph(tf.ones([3, 2]))
    assert (shape.numpy().tolist(), int(size), int(rank)) == ([3, 2], 6, 2)


def test_set_shape_is_believed_and_checked():
    def function(x):
        x.set_shape([3])
        assert x.shape == [3]
        return x + 0.0

    assert tf.trace(function, VECTOR).outputs[0].shape == [3]


def test_known_sizes_are_numbers_while_tracing():
    def function(x):
        total = x[0]
        for i in range(1, x.shape[0]):
            total = total + x[i]
        return total / len(x)

    assert tf.trace(function, tf.TensorSpec([4]))(floats(1.0, 2.0, 3.0, 6.0)).numpy() == 3.0


# Captures -------------------------------------------------------------------------------------


def test_tensors_from_outside_are_captured_once():
    weights = tf.constant([1.0, 2.0])
    graph = tf.trace(lambda x: x * weights + weights, VECTOR)
    (captured,) = graph.captures
    assert captured is weights
    assert graph(floats(3.0, 4.0)).numpy().tolist() == [4.0, 10.0]


def test_python_values_and_arrays_are_constants():
    array = np.array([1.0, 2.0], np.float32)
    graph = tf.trace(lambda x: x * array + 1.0, VECTOR)
    array[0] = 100.0
    assert graph.captures == []
    assert graph(floats(1.0, 1.0)).numpy().tolist() == [2.0, 3.0]


def test_variables_are_read_when_the_graph_runs():
    v = tf.Variable(2.0)
    graph = tf.trace(lambda x: x * v, SCALAR)
    assert graph(3.0).numpy() == 6.0
    v.assign(5.0)
    assert graph(3.0).numpy() == 15.0


def test_a_value_read_before_the_trace_is_a_constant():
    v = tf.Variable(2.0)
    value = v.value()
    graph = tf.trace(lambda x: x * value, SCALAR)
    v.assign(5.0)
    assert graph(3.0).numpy() == 6.0


def test_tracing_assigns_nothing():
    v = tf.Variable(2.0)
    tf.trace(lambda x: v.assign_add(x).value(), SCALAR)
    assert v.numpy() == 2.0


def test_assignments_happen_in_their_order():
    v, w = tf.Variable(1.0), tf.Variable(10.0)

    def function(x):
        before = v + 0.0
        v.assign(x)
        between = v + w
        w.assign_add(v)
        v.assign(v * 2.0)
        return before, between, v.value(), w.value()

    graph = tf.trace(function, SCALAR)
    assert [y.numpy() for y in graph(5.0)] == [1.0, 15.0, 10.0, 15.0]
    assert [y.numpy() for y in graph(7.0)] == [10.0, 22.0, 14.0, 22.0]
    assert [v.numpy(), w.numpy()] == [14.0, 22.0]


def test_assignments_whose_value_nobody_uses_happen_too():
    v = tf.Variable(0.0)

    def function(x):
        v.assign_add(x)
        return x

    graph = tf.trace(function, SCALAR)
    graph.drop_unused()
    graph(2.0)
    graph(2.0)
    assert v.numpy() == 4.0


def test_drop_unused_keeps_what_is_needed():
    def function(x):
        tf.exp(x) * 3.0
        return x + 1.0

    graph = tf.trace(function, SCALAR)
    assert "exp" in operations(graph)
    graph.drop_unused()
    assert operations(graph) == ["constant", "add"]
    graph.check()
    assert graph(1.0).numpy() == 2.0


def test_a_graph_within_a_trace_becomes_part_of_it():
    v = tf.Variable(2.0)
    inner = tf.trace(lambda x: x * v, SCALAR, name="inner")
    outer = tf.trace(lambda x: inner(x) + inner(x + 1.0), SCALAR, name="outer")
    assert len(outer.captures) == 1
    outer.check()
    assert outer(3.0).numpy() == 14.0


def test_a_trace_within_a_trace_captures_from_it():
    seen = []

    def function(x):
        y = x * 2.0
        inner = tf.trace(lambda z: z + y, SCALAR, name="inner")
        seen.append(inner)
        return inner(x)

    graph = tf.trace(function, SCALAR)
    assert len(seen[0].captures) == 1
    graph.check()
    assert graph(5.0).numpy() == 15.0


def test_a_function_that_fails_leaves_no_trace_behind():
    with pytest.raises(ZeroDivisionError):
        tf.trace(lambda x: 1 / 0, SCALAR)
    assert tf.executing_eagerly()
    assert (tf.constant(1.0) + 1.0).numpy() == 2.0


def test_a_graph_is_freed():
    gc.collect()
    graph = tf.trace(lambda x: x * x, SCALAR)
    reference = weakref.ref(graph)
    del graph
    gc.collect()
    assert reference() is None


# Checking, lines ------------------------------------------------------------------------------


def test_check_passes_what_was_traced():
    v = tf.Variable(tf.ones([3]))
    graph = tf.trace(lambda x: tf.reduce_sum(tf.exp(x @ x) * v[0]), tf.TensorSpec([None, None]))
    graph.check()


def test_check_finds_an_input_that_is_not_defined():
    graph = tf.trace(lambda x: tf.exp(x * 2.0), SCALAR)
    graph.operations = graph.operations[::-1]
    with pytest.raises(ValueError, match="not defined before"):
        graph.check()


def test_check_finds_an_output_that_is_not_made():
    graph, other = (tf.trace(lambda x: tf.exp(x), SCALAR) for _ in range(2))
    graph.outputs = other.outputs
    with pytest.raises(ValueError, match="not made by this graph"):
        graph.check()


def test_check_finds_a_spec_that_is_not_inferred():
    graph = tf.trace(lambda x: tf.exp(x), tf.TensorSpec([2]))
    other = tf.trace(lambda x: tf.exp(x), tf.TensorSpec([3]))
    graph.operations[0].outputs = graph.outputs = list(other.outputs)
    with pytest.raises(ValueError, match="says otherwise"):
        graph.check()


def test_operations_know_the_users_line():
    graph = tf.trace(
        lambda x: tf.exp(x),  # the line of exp
        SCALAR,
    )
    assert graph.operations[0].line == f"{__file__}:{line_of('the line of exp')}"


def test_an_error_while_tracing_names_the_line():
    def function(x):
        return x + tf.ones([2])  # the line of the addition

    with pytest.raises(ValueError, match="broadcast") as caught:
        tf.trace(function, tf.TensorSpec([3]))
    notes = "\n".join(caught.value.__notes__)
    assert f"{__file__}:{line_of('the line of the addition')}" in notes
    assert "add" in notes


def test_an_error_while_running_names_the_line():
    graph = tf.trace(
        lambda x, i: tf.gather(x, i),  # the line of gather
        VECTOR, tf.TensorSpec([], tf.int32),
    )
    with pytest.raises(ValueError, match="indices") as caught:
        graph(floats(1.0, 2.0), 5)
    notes = "\n".join(caught.value.__notes__)
    assert f"{__file__}:{line_of('the line of gather')}" in notes
    assert notes.count("gather") == 1


def test_an_error_within_a_branch_names_the_line():
    def function(x, i):
        return tf.cond(
            i > 0,
            lambda: tf.gather(x, i),  # the line within the branch
            lambda: x[0],
        )

    graph = tf.trace(function, VECTOR, tf.TensorSpec([], tf.int32))
    assert graph(floats(1.0, 2.0), 1).numpy() == 2.0
    with pytest.raises(ValueError, match="indices") as caught:
        graph(floats(1.0, 2.0), 5)
    notes = "\n".join(caught.value.__notes__)
    assert f"{__file__}:{line_of('the line within the branch')}" in notes


# The same bits --------------------------------------------------------------------------------

FUNCTIONS = {
    "arithmetic": lambda x: (x + 1.5) * x - x / 3.0,
    "exponential": lambda x: tf.exp(-x) / (1.0 + tf.exp(-x)),
    "reductions": lambda x: tf.reduce_mean(x * x) + tf.reduce_max(x) - tf.reduce_logsumexp(x),
    "matmul": lambda x: tf.reshape(x, [4, -1]) @ tf.reshape(x, [-1, 4]),
    "slices": lambda x: tf.concat([x[1:], x[:1], x[::-2]], 0),
    "comparisons": lambda x: tf.where(x > 0.0, x, tf.zeros_like(x)),
    "powers": lambda x: tf.abs(x) ** 0.5 + x**2.0,
    "joins": lambda x: tf.stack([x, tf.reverse(x, [0])], axis=1),
    "integers": lambda x: tf.cast(x * 10.0, tf.int32) // 3 % 5,
    "sums": lambda x: tf.cumsum(x) + tf.cumsum(x, reverse=True, exclusive=True),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("size", [16, None])
def test_graphs_give_the_bits_of_eager_execution(name, size):
    x = tf.constant(np.random.default_rng(3).normal(size=16).astype(np.float32))
    graph = tf.trace(FUNCTIONS[name], tf.TensorSpec([size]))
    graph.check()
    traced, eager = graph(x), FUNCTIONS[name](x)
    assert traced.dtype == eager.dtype
    np.testing.assert_array_equal(traced.numpy(), eager.numpy())


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name != "integers"])
@pytest.mark.parametrize("size", [16, None])
def test_gradients_in_graphs_give_the_bits_of_eager_execution(name, size):
    def function(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = FUNCTIONS[name](x)
        return tape.gradient(y, x)

    x = tf.constant(np.random.default_rng(3).normal(size=16).astype(np.float32))
    graph = tf.trace(function, tf.TensorSpec([size]))
    graph.check()
    np.testing.assert_array_equal(graph(x).numpy(), function(x).numpy())
