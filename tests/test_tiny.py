"""eagre in five minutes: each concept once, from a tensor to a traced training step.

Read from top to bottom; every value is small enough to check by hand. docs/tour.md tells the
same story with words.
"""

import numpy as np
import pytest

import eagre as tf


def test_a_tensor_is_a_value_with_a_shape_and_a_dtype():
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    assert x.shape == (2, 2)
    assert x.dtype == tf.float32
    assert x.numpy().tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert repr(x[0]) == (
        "<tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>"
    )


def test_operations_run_at_once_and_shapes_broadcast():
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    assert (x + 1).numpy().tolist() == [[2.0, 3.0], [4.0, 5.0]]
    assert (x * [10.0, 100.0]).numpy().tolist() == [[10.0, 200.0], [30.0, 400.0]]
    assert (x @ x).numpy().tolist() == [[7.0, 10.0], [15.0, 22.0]]
    assert tf.reduce_sum(x, axis=0).numpy().tolist() == [4.0, 6.0]


def test_dtypes_never_change_by_themselves():
    with pytest.raises(tf.errors.InvalidArgumentError, match="Use tf.cast"):
        tf.constant(1) + tf.constant(1.5)
    assert float(tf.cast(tf.constant(1), tf.float32) + tf.constant(1.5)) == 2.5


def test_brackets_take_parts():
    r = tf.range(6)
    assert int(r[-1]) == 5
    assert r[1:5:2].numpy().tolist() == [1, 3]
    assert r[r > 3].numpy().tolist() == [4, 5]
    assert tf.gather(r, [3, 0]).numpy().tolist() == [3, 0]


def test_numpy_and_tensors_meet_but_share_nothing():
    array = np.array([1.0, 2.0])
    x = tf.constant(array)
    array[0] = 9.0
    x.numpy()[1] = 9.0
    assert x.numpy().tolist() == [1.0, 2.0]
    assert np.sqrt(x * x).tolist() == [1.0, 2.0]


def test_a_tape_gives_gradients():
    x = tf.constant(3.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x + 2.0 * x
    assert float(tape.gradient(y, x)) == 8.0


def test_tapes_nest():
    x = tf.constant(2.0)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = x * x * x
        slope = inner.gradient(y, x)
    assert float(slope) == 12.0
    assert float(outer.gradient(slope, x)) == 12.0


def test_a_variable_is_assigned_and_read():
    v = tf.Variable(1.0, name="v")
    before = v.value()
    v.assign_add(4.0)
    assert (float(before), float(v)) == (1.0, 5.0)
    with tf.GradientTape() as tape:
        y = v * v
    assert float(tape.gradient(y, v)) == 10.0


def test_a_function_becomes_a_graph_that_prints_as_python():
    def square_sum(x):
        return tf.reduce_sum(x * x)

    graph = tf.trace(square_sum, tf.TensorSpec([None], tf.float32, "x"))
    graph.check()
    assert str(graph).splitlines() == [
        "def square_sum(x):",
        "    # x: float32[?]",
        "    multiply_1 = multiply(x, x)  # float32[?]",
        "    reduce_sum_1 = reduce_sum(multiply_1, axis=None, keepdims=False)  # float32[]",
        "    return (reduce_sum_1,)",
    ]
    assert float(graph(tf.constant([1.0, 2.0, 3.0]))) == 14.0
    assert float(graph(tf.constant([2.0]))) == 4.0


def test_a_graph_has_no_values_while_it_is_traced():
    with pytest.raises(tf.errors.OperatorNotAllowedInGraphError, match="Use tf.cond"):
        tf.trace(lambda x: x if x > 0.0 else -x, tf.TensorSpec([]))


def absolute(x):
    return tf.cond(x > 0.0, lambda: x, lambda: -x)


def power(x, n):
    start = (tf.constant(0), tf.constant(1.0))
    return tf.while_loop(lambda i, y: i < n, lambda i, y: (i + 1, y * x), start)[1]


def test_branches_and_loops_are_the_same_in_both_modes():
    scalar, number = tf.TensorSpec([]), tf.TensorSpec([], tf.int32)
    in_graph = tf.trace(lambda x, n: power(absolute(x), n), scalar, number)
    for x, n in [(-2.0, 10), (3.0, 2), (5.0, 0)]:
        eagerly = power(absolute(tf.constant(x)), tf.constant(n))
        assert float(in_graph(x, n)) == float(eagerly) == abs(x) ** n


def test_gradients_pass_through_branches_and_loops():
    x = tf.constant(-2.0)
    graph = tf.trace(lambda x: power(absolute(x), 3), tf.TensorSpec([]))
    for function in (graph, lambda x: power(absolute(x), 3)):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = function(x)
        assert (float(y), float(tape.gradient(y, x))) == (8.0, -12.0)


def test_a_debugger_can_change_a_value():
    x = tf.constant([1.0, 2.0])
    tf.debugging.set_value(x, [5.0, 6.0])
    assert float(tf.reduce_sum(x)) == 11.0


# A model, its training, and the same training as a graph ---------------------------------------


class Network(tf.Module):
    """One hidden layer: [batch, 2] to [batch]."""

    def __init__(self):
        super().__init__()
        start = np.random.default_rng(0)
        self.hidden = tf.Variable(start.normal(size=(2, 8)), dtype=tf.float32)
        self.bias = tf.Variable(tf.zeros([8]))
        self.last = tf.Variable(start.normal(size=(8, 1)), dtype=tf.float32)

    def __call__(self, x):
        return (tf.tanh(x @ self.hidden + self.bias) @ self.last)[:, 0]


INPUTS = tf.constant([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
EXCLUSIVE_OR = tf.constant([0.0, 1.0, 1.0, 0.0])


def train_step(network, optimizer, x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((network(x) - y) ** 2)
    gradients = tape.gradient(loss, network.trainable_variables)
    optimizer.apply_gradients(zip(gradients, network.trainable_variables, strict=True))
    return loss


def test_a_network_learns_exclusive_or():
    network, optimizer = Network(), tf.optimizers.Adam(0.05)
    for _ in range(150):
        loss = train_step(network, optimizer, INPUTS, EXCLUSIVE_OR)
    assert float(loss) < 0.01
    assert np.round(network(INPUTS).numpy()).tolist() == [0.0, 1.0, 1.0, 0.0]


def bits(*modules):
    return [variable.numpy().tobytes() for module in modules for variable in module.variables]


def test_a_traced_training_step_is_the_eager_one_bit_for_bit():
    eager = Network(), tf.optimizers.Adam(0.05)
    traced = Network(), tf.optimizers.Adam(0.05)
    traced[1].build(traced[0].trainable_variables)
    batch = tf.TensorSpec([None, 2]), tf.TensorSpec([None])
    graph = tf.trace(lambda x, y: train_step(*traced, x, y), *batch, name="train_step")
    for size in (4, 4, 3, 1):
        x, y = INPUTS[:size], EXCLUSIVE_OR[:size]
        assert graph(x, y).numpy().tobytes() == train_step(*eager, x, y).numpy().tobytes()
        assert bits(*traced) == bits(*eager)
