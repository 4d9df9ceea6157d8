"""`TensorArray`: what writing changes, in traces and loops, and what loops keep."""

import numpy as np
import pytest

import eagre as tf


def test_eager_writes_change_the_array():
    array = tf.TensorArray(tf.float32, 2)
    assert array.write(0, 1.0) is array
    assert array.unstack([1.0, 2.0]) is array
    assert array.identity() is array


def test_traced_writes_make_another_array():
    def function(x):
        first = tf.TensorArray(tf.float32, 2, element_shape=[])
        second = first.write(0, x)
        return first.stack(), second.stack()

    graph = tf.trace(function, tf.TensorSpec([]))
    assert [y.numpy().tolist() for y in graph(3.0)] == [[0.0, 0.0], [3.0, 0.0]]


def test_an_eager_array_is_not_changed_by_a_trace():
    array = tf.TensorArray(tf.float32, 2, clear_after_read=False).unstack([1.0, 2.0])
    graph = tf.trace(lambda x: array.write(0, x).stack(), tf.TensorSpec([]))
    assert graph(5.0).numpy().tolist() == [5.0, 2.0]
    assert array.stack().numpy().tolist() == [1.0, 2.0]


def test_a_graph_returns_an_array():
    def function(x):
        return tf.TensorArray(tf.float32, 0, dynamic_size=True).unstack(x)

    array = tf.trace(function, tf.TensorSpec([None]))(tf.constant([1.0, 2.0]))
    assert isinstance(array, tf.TensorArray)
    assert array.dynamic_size
    assert array.write(3, 4.0).stack().numpy().tolist() == [1.0, 2.0, 0.0, 4.0]
    assert array.size().numpy() == 4
    assert array.read(1).numpy() == 2.0


def test_known_indices_leave_no_scatters_in_a_graph():
    def function(x):
        array = tf.TensorArray(tf.float32, 2, infer_shape=False)
        return array.write(0, x).write(1, tf.concat([x, x], 0)).concat()

    graph = tf.trace(function, tf.TensorSpec([2]))
    assert "TensorArray" not in str(graph) and "write_element" not in str(graph)
    assert graph(tf.constant([1.0, 2.0])).numpy().tolist() == [1.0, 2.0] * 3


def loop_of_writes(x, read):
    array = tf.TensorArray(tf.float32, 3, clear_after_read=False)

    def step(i, array):
        value = x * (array.read(i - 1) if read else x)
        return i + 1, array.write(i, value)

    array = array.write(0, x)
    return tf.while_loop(lambda i, _: i < 3, step, (1, array))[1].stack()


@pytest.mark.parametrize(("read", "has_history"), [(False, False), (True, True)])
def test_a_gradient_keeps_an_array_only_if_it_reads_it(read, has_history):
    def function(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            total = tf.reduce_sum(loop_of_writes(x, read))
        return tape.gradient(total, x)

    graph = tf.trace(function, tf.TensorSpec([4]))
    histories = [operation.params["history"] for operation in graph.operations
                 if operation.name == "while_loop"]
    assert histories == [(), (0, 1) if has_history else (0,), ()]


def test_elements_of_unknown_size():
    def function(x):
        size = tf.shape(x)[0]
        array = tf.TensorArray(tf.float32, size)
        _, array = tf.while_loop(
            lambda i, _: i < size, lambda i, a: (i + 1, a.write(i, x[i] * 2.0)), (0, array))
        return array.stack()

    graph = tf.trace(function, tf.TensorSpec([None, None, 2]))
    assert graph.outputs[0].shape.as_list() == [None, None, 2]
    x = np.arange(12, dtype=np.float32).reshape(2, 3, 2)
    np.testing.assert_array_equal(graph(tf.constant(x)).numpy(), 2.0 * x)


def test_shape_invariants_may_name_arrays():
    def function(x):
        array = tf.TensorArray(tf.float32, 3)
        return tf.while_loop(
            lambda i, y, a: i < 3,
            lambda i, y, a: (i + 1, tf.concat([y, y], 0), a.write(i, tf.reduce_sum(y))),
            (0, x, array),
            shape_invariants=(tf.TensorShape([]), tf.TensorShape([None]), tf.TensorShape(None)),
        )[2].stack()

    graph = tf.trace(function, tf.TensorSpec([1]))
    assert graph(tf.ones([1])).numpy().tolist() == [1.0, 2.0, 4.0]


def test_branches_of_an_array_that_only_one_writes():
    def function(x, is_first):
        array = tf.TensorArray(tf.float32, 2)
        return tf.cond(is_first, lambda: array, lambda: array.write(1, x)).stack()

    graph = tf.trace(function, tf.TensorSpec([]), tf.TensorSpec([], tf.bool))
    assert [graph(2.0, flag).numpy().tolist() for flag in (True, False)] == [[0, 0], [0, 2]]


@pytest.mark.parametrize("dtype", [tf.float64, tf.complex64, tf.int32, tf.bool, tf.string])
def test_every_kind_of_element_in_a_loop(dtype):
    value = {"bool": True, "string": "a"}.get(dtype.name, 3)

    def function(x):
        array = tf.TensorArray(dtype, 3)
        return tf.while_loop(
            lambda i, _: i < 2, lambda i, a: (i + 1, a.write(i, x)), (0, array))[1].stack()

    x = tf.constant(value, dtype)
    graph = tf.trace(function, x)
    assert graph(x).numpy().tolist() == function(x).numpy().tolist()


def test_what_is_let_go():
    array = tf.TensorArray(tf.float32, 1).write(0, tf.zeros([3]))
    array.read(0)
    assert array.gather([0]).numpy().tolist() == [[0.0, 0.0, 0.0]]
    array.close()
    assert array.size().numpy() == 0
