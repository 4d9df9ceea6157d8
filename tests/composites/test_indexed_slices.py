"""`IndexedSlices`: where gradients have that form, in graphs, orders, optimizers."""

import numpy as np
import pytest

import eagre as tf

START = [[1.0, 2.0], [3.0, -4.0], [0.5, 6.0]]


def rows(grad):
    assert isinstance(grad, tf.IndexedSlices)
    return grad.indices.numpy().tolist(), grad.values.numpy().tolist()


def test_a_graph_returns_slices():
    v = tf.Variable(START)

    def function(ids):
        with tf.GradientTape() as tape:
            total = tf.reduce_sum(tf.gather(v, ids) ** 2.0)
        return {"grad": tape.gradient(total, v), "total": total}

    graph = tf.trace(function, tf.TensorSpec([None], tf.int32))
    ids = tf.constant([2, 0, 2])
    assert rows(graph(ids)["grad"]) == rows(function(ids)["grad"])
    assert graph(ids)["grad"].shape == [3, 2]
    assert [o.name for o in graph.operations].count("scatter_add") == 0


def test_a_value_on_the_way_is_a_source():
    v = tf.Variable(START)
    with tf.GradientTape() as tape:
        y = 2.0 * v
        z = tf.gather(y, [0, 2])
    of_y, of_v = tape.gradient(z, [y, v])
    assert rows(of_y) == ([0, 2], [[1.0, 1.0]] * 2)
    assert of_v.numpy().tolist() == [[2.0, 2.0], [0.0, 0.0], [2.0, 2.0]]


def test_an_output_of_several_is_a_source():
    x = tf.constant(START)
    with tf.GradientTape() as tape:
        tape.watch(x)
        first, rest = tf.split(x, [1, 2])
        z = tf.gather(rest, [1])
    of_rest, of_x = tape.gradient(z, [rest, x])
    assert rows(of_rest) == ([1], [[1.0, 1.0]])
    assert of_x.numpy().tolist() == [[0.0, 0.0], [0.0, 0.0], [1.0, 1.0]]


def test_the_value_read_is_a_source():
    v = tf.Variable(START)
    with tf.GradientTape() as tape:
        value = v.value()
        z = tf.gather(value, [1])
    assert [rows(grad) for grad in tape.gradient(z, [value, v])] == [([1], [[1.0, 1.0]])] * 2


@pytest.mark.parametrize("is_traced", [False, True])
def test_second_order(is_traced):
    def function(x):
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = tf.reduce_sum(tf.gather(x, [0, 2, 0]) ** 3.0)
            grad = tape.gradient(y, x)
            total = tf.reduce_sum(tf.convert_to_tensor(grad) ** 2.0)
        return tf.convert_to_tensor(outer.gradient(total, x))

    x = np.array(START, np.float32)
    found = tf.trace(function, tf.TensorSpec([None, 2])) if is_traced else function
    expected = 2.0 * np.array([[6.0], [0.0], [3.0]]) * x**2 * np.array([[12.0], [0.0], [6.0]]) * x
    np.testing.assert_allclose(found(tf.constant(x)).numpy(), expected, rtol=1e-6)


def test_sums():
    one = tf.IndexedSlices([[1.0, 2.0]], [1], [3, 2])
    two = tf.IndexedSlices([[3.0, 4.0]], tf.constant([1], tf.int64), [3, 2])
    both = one + two
    assert both.indices.dtype == tf.int64
    assert tf.convert_to_tensor(both).numpy()[1].tolist() == [4.0, 6.0]
    for total in (one + tf.ones([3, 2]), tf.ones([3, 2]) + one):
        assert total.numpy().tolist() == [[1.0, 1.0], [2.0, 3.0], [1.0, 1.0]]


DELTAS = [([0, 2], 1.0), ([0, 0], 2.0), ([], 1.0)]


def steps(optimizer, is_dense):
    v = tf.Variable(START)
    optimizer.build([v])
    for ids, scale in DELTAS:
        values = scale * tf.reshape(tf.range(2.0 * len(ids)), [-1, 2]) + 1.0
        grad = tf.IndexedSlices(values, tf.constant(ids, tf.int32), [3, 2])
        optimizer.apply_gradients([(tf.convert_to_tensor(grad) if is_dense else grad, v)])
    return v.numpy()


@pytest.mark.parametrize("make", [
    lambda: tf.optimizers.SGD(0.1), lambda: tf.optimizers.SGD(0.1, momentum=0.9),
    lambda: tf.optimizers.Adam(0.1)])
def test_optimizers_take_slices(make):
    np.testing.assert_allclose(steps(make(), False), steps(make(), True), rtol=1e-6)


def test_a_traced_step_with_slices():
    v, optimizer = tf.Variable(START), tf.optimizers.SGD(0.5)
    optimizer.build([v])

    def step(ids):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.nn.embedding_lookup(v, ids))
        optimizer.apply_gradients([(tape.gradient(loss, v), v)])
        return loss

    graph = tf.trace(step, tf.TensorSpec([None], tf.int32))
    assert graph(tf.constant([1, 1])).numpy() == -2.0
    assert v.numpy().tolist() == [[1.0, 2.0], [2.0, -5.0], [0.5, 6.0]]
    assert "scatter_add" not in str(graph)


def test_slices_go_through_loops_and_branches():
    def function(x, ids):
        start = tf.IndexedSlices(x, ids, [4, 2])
        _, found = tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, -s), (0, start))
        return tf.cond(x[0, 0] > 0.0, lambda: found, lambda: start)

    graph = tf.trace(function, tf.TensorSpec([None, 2]), tf.TensorSpec([None], tf.int32))
    x, ids = tf.constant([[1.0, 2.0], [3.0, 4.0]]), tf.constant([3, 0])
    assert rows(graph(x, ids)) == rows(function(x, ids)) == ([3, 0], [[-1.0, -2.0], [-3.0, -4.0]])


def test_clipping_takes_what_tapes_give():
    v = tf.Variable(START)
    with tf.GradientTape() as tape:
        y = 3.0 * tf.gather(v, [1])
    grad = tape.gradient(y, v)
    assert rows(tf.clip_by_value(grad, 0.0, 2.0)) == ([1], [[2.0, 2.0]])
    (clipped,), length = tf.clip_by_global_norm([grad], 1.0)
    np.testing.assert_allclose(length.numpy(), 18.0**0.5, rtol=1e-6)
    np.testing.assert_allclose(clipped.values.numpy(), [[0.5**0.5] * 2], rtol=1e-6)


def test_names_of_symbolic_slices():
    seen = []

    def function(x):
        slices = tf.IndexedSlices(x * x, [0], [3])
        seen.append((slices.name, slices.op.name, slices.graph, slices.consumers()))
        seen.append(slices.dtype)
        total = tf.convert_to_tensor(slices)
        seen.append([operation.name for operation in slices.consumers()])
        return total

    graph = tf.trace(function, tf.TensorSpec([1]))
    assert seen == [("multiply_1", "multiply", graph, []), tf.float32, ["scatter_add"]]


@pytest.mark.parametrize("function", [
    lambda x: tf.repeat(x, [1, 2, 1], axis=0), lambda x: tf.pad(x, [[1, 1], [0, 0]], "REFLECT"),
    lambda x: tf.unique(x[:, 0]).y, lambda x: tf.sort(x, axis=0), lambda x: tf.roll(x, 1, 0),
    lambda x: tf.reverse_sequence(x, [1, 2, 1], seq_axis=1), lambda x: tf.boolean_mask(x, x > 0),
    lambda x: tf.linalg.diag_part(x), lambda x: tf.scan(lambda a, b: a * b, x)])
def test_operations_that_gather_for_themselves_have_dense_gradients(function):
    x = tf.constant(START)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = function(x)
    assert isinstance(tape.gradient(y, x), tf.Tensor)
