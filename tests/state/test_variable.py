"""`Variable`: a Python object that holds a value, in which reading is a snapshot."""

import copy
import gc
import operator
import pickle
import threading
import weakref

import numpy as np
import pytest

import eagre as tf


def test_reading_is_a_snapshot():
    v = tf.Variable([1.0, 2.0])
    kept = [v.value(), v.read_value(), v + 0.0, tf.convert_to_tensor(v), tf.identity(v), v[:]]
    array = v.numpy()
    v.assign([5.0, 6.0])
    v.assign_add([1.0, 1.0])
    assert all(each.numpy().tolist() == [1.0, 2.0] for each in kept)
    assert array.tolist() == [1.0, 2.0]
    assert v.numpy().tolist() == [6.0, 7.0]


def test_the_assigned_value_is_a_snapshot_too():
    array = np.array([1.0, 2.0], np.float32)
    v = tf.Variable(array)
    array[0] = 9.0
    assert v.numpy().tolist() == [1.0, 2.0]
    v.assign(array)
    array[0] = 7.0
    assert v.numpy().tolist() == [9.0, 2.0]
    v.numpy()[0] = 5.0
    assert v.numpy().tolist() == [9.0, 2.0]


def test_variables_of_one_tensor_are_apart():
    start = tf.constant([1.0])
    v, w = tf.Variable(start), tf.Variable(start)
    v.assign_add([1.0])
    assert [x.numpy().tolist() for x in (start, v, w)] == [[1.0], [2.0], [1.0]]


def test_assigning_gives_the_variable_back():
    v = tf.Variable(1.0)
    assert v.assign(2.0).assign_add(3.0).assign_sub(1.0) is v
    assert v.numpy() == 4.0


def test_an_assignment_that_fails_changes_nothing():
    v = tf.Variable([1.0, 2.0])
    for wrong in ([1.0], tf.constant([1, 2]), "a", None, [[1.0, 2.0]]):
        with pytest.raises((TypeError, ValueError)):
            v.assign(wrong)
    with pytest.raises(ValueError, match="shape"):
        v.assign_add([1.0, 2.0, 3.0])
    assert v.numpy().tolist() == [1.0, 2.0]


def test_python_values_take_the_dtype_of_the_variable():
    v = tf.Variable([1.0, 2.0], dtype=tf.float64)
    v.assign([3, 4])
    v.assign_add(np.array([1.0, 1.0], np.float32))
    assert v.dtype == tf.float64
    assert v.numpy().tolist() == [4.0, 5.0]


def test_unknown_sizes():
    v = tf.Variable([1.0], shape=tf.TensorShape([None]))
    assert v.shape.as_list() == [None]
    assert v.value().shape == [1]
    v.assign([1.0, 2.0, 3.0])
    assert v.numpy().tolist() == [1.0, 2.0, 3.0]
    with pytest.raises(ValueError, match="shape"):
        v.assign([[1.0]])
    free = tf.Variable(1.0, shape=tf.TensorShape(None))
    free.assign([[1.0, 2.0]])
    assert free.shape.rank is None
    assert free.ndim is None
    loose = tf.Variable([1.0], validate_shape=False)
    with pytest.raises(ValueError, match="shape"):
        loose.assign([[1.0]])


def test_what_it_is():
    v = tf.Variable([[1.0, 2.0]], name="weights")
    assert (v.name, v.dtype, v.shape, v.ndim) == ("weights:0", tf.float32, [1, 2], 2)
    assert v.get_shape() == [1, 2]
    assert len(v) == 1
    assert v.trainable
    assert not tf.Variable(1.0, trainable=False).trainable
    assert not isinstance(v, tf.Tensor)
    assert v.device == tf.constant(1).device


def test_trainable_as_in_tensorflow_for_every_dtype():
    assert tf.Variable(1).trainable
    assert tf.Variable(True).trainable
    assert tf.Variable(1.0).trainable


def test_a_function_gives_the_value():
    v = tf.Variable(lambda: tf.ones([2]), name="v")
    assert v.numpy().tolist() == [1.0, 1.0]


def test_freed_with_its_last_reference():
    gc.collect()
    gc.disable()
    try:
        v = tf.Variable([1.0, 2.0])
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(v * v)
        tape.gradient(y, v)
        v.assign_add([1.0, 1.0])
        reference = weakref.ref(v)
        del v, tape, y
        assert reference() is None
    finally:
        gc.enable()


def test_a_graph_keeps_what_it_reads():
    def make():
        v = tf.Variable(3.0)
        return tf.trace(lambda x: x * v, tf.TensorSpec([]))

    graph = make()
    gc.collect()
    assert graph(2.0).numpy() == 6.0


def test_a_part_is_a_snapshot_that_can_assign():
    v = tf.Variable([[1, 2], [3, 4]])
    row, rest = v[0], v[:, 1:]
    assert row.assign([9, 8]) is v
    assert rest.assign_add(10) is v
    assert v[1, 0].assign_sub(1) is v
    assert v.numpy().tolist() == [[9, 18], [2, 14]]
    assert row.numpy().tolist() == [1, 2]
    assert rest.numpy().tolist() == [[2], [4]]
    row.assign_add([1, 1])  # to what the variable holds now
    assert v[0].numpy().tolist() == [10, 19]


def test_a_part_of_a_variable_whose_size_changes():
    v = tf.Variable([1.0, 2.0], shape=[None])
    tail = v[1:]
    v.assign([1.0, 2.0, 3.0, 4.0])
    tail.assign([7.0, 8.0, 9.0])
    assert v.numpy().tolist() == [1.0, 7.0, 8.0, 9.0]


def test_parts_are_assigned_in_functions_in_the_order_of_the_lines():
    v = tf.Variable([1, 2, 3, 4])

    @tf.function
    def step(i, x):
        before = v[i]
        v[i].assign(x)
        v[:i].assign_add(x)
        if x > 5:
            v[-1].assign_sub(before)
        return before, v[i]

    assert [each.numpy() for each in step(tf.constant(2), tf.constant(9))] == [3, 9]
    assert v.numpy().tolist() == [10, 11, 9, 1]
    assert [each.numpy() for each in step(tf.constant(1), tf.constant(5))] == [11, 5]
    assert v.numpy().tolist() == [15, 5, 9, 1]


@pytest.mark.parametrize("assigns", [False, True])
def test_a_variable_lives_no_longer_than_its_parts(assigns):
    gc.collect()
    gc.disable()
    try:
        v = tf.Variable([1.0, 2.0])
        part = v[0]
        if assigns:
            part.assign(3.0)
        reference = weakref.ref(v)
        del v
        assert reference() is not None
        assert part.assign_add(1.0).numpy().tolist() == [4.0 if assigns else 2.0, 2.0]
        del part
        assert reference() is None
    finally:
        gc.enable()


def test_a_function_that_assigns_a_part_does_not_keep_the_variable():
    @tf.function
    def step(v):
        v[0].assign(5.0)
        return v[1:]

    v = tf.Variable([1.0, 2.0])
    step(v)
    assert v.numpy().tolist() == [5.0, 2.0]
    reference = weakref.ref(v)
    del v
    gc.collect()
    assert reference() is None


def test_a_part_in_a_graph_of_a_deleted_variable():
    kept = []

    def leave(x):
        kept.append(variables[0][0])
        return x

    variables = [tf.Variable([1.0])]
    tf.trace(leave, tf.TensorSpec([]))
    variables.clear()
    with pytest.raises(ReferenceError, match=r"Tensor\.assign expected the variable"):
        kept[0].assign(1.0)


def test_only_parts_can_assign():
    v = tf.Variable([1.0, 2.0])
    others = [v.value(), v[0] + 1.0, v[:][0], v[np.array([True, False])], copy.copy(v[0])]
    for tensor in [*others, tf.constant(1.0)]:
        assert not any(hasattr(tensor, name) for name in ("assign", "assign_add", "assign_sub"))
    assert v[tf.constant(0)].assign is not None


def test_a_pickled_variable_is_another_variable():
    v = tf.Variable([1.0, 2.0], name="v", trainable=False, shape=[None])
    twin, again = pickle.loads(pickle.dumps([v, v]))
    assert twin is again and twin.numpy().tolist() == [1.0, 2.0]
    assert (twin.name, twin.trainable, twin.shape.as_list()) == ("v:0", False, [None])
    twin.assign([3.0])
    assert v.numpy().tolist() == [1.0, 2.0]


def test_deepcopy_is_another_variable():
    v = tf.Variable([1.0], trainable=False, name="v", shape=[None])
    v.note = "kept by the original"
    twin, again = copy.deepcopy([v, v])
    assert twin is again
    assert twin is not v
    assert (twin.trainable, twin.name, twin.shape.as_list()) == (False, "v:0", [None])
    twin.assign([2.0, 3.0])
    assert v.numpy().tolist() == [1.0]


def test_attributes_may_be_added():
    v = tf.Variable(1.0)
    v.note = "mine"
    assert v.note == "mine"


def test_reference_and_equality():
    v, w = tf.Variable(1.0), tf.Variable(1.0)
    assert v.ref() == v.ref() != w.ref()
    assert v.ref().deref() is v
    assert {v.ref(): 1}[v.ref()] == 1
    assert bool(v == w)
    assert bool(v == 1.0)
    assert not bool(v != w)


TWO_SIDED = ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "lt", "le", "gt", "ge"]


@pytest.mark.parametrize("symbol", [*TWO_SIDED, "eq", "ne"])
def test_two_sided_operators(symbol):
    function, array = getattr(operator, symbol), np.array([3.0, 5.0], np.float32)
    v = tf.Variable(array)
    expected = function(array, np.float32(2.0))
    for other in (2.0, tf.constant(2.0), tf.Variable(2.0), np.float32(2.0)):
        np.testing.assert_array_equal(function(v, other).numpy(), expected)
    flipped = function(np.float32(2.0), array)
    for other in (2.0, tf.constant(2.0), np.float32(2.0)):
        np.testing.assert_array_equal(function(other, v).numpy(), flipped)
    np.testing.assert_array_equal(function(array, v).numpy(), function(array, array))


def test_other_operators():
    v, i = tf.Variable([[1.0, -2.0]]), tf.Variable(6)
    assert (-v).numpy().tolist() == [[-1.0, 2.0]]
    assert abs(v).numpy().tolist() == [[1.0, 2.0]]
    assert (v @ tf.transpose(v)).numpy().tolist() == [[5.0]]
    assert [(i & 3).numpy(), (i | 3).numpy(), (i ^ 3).numpy(), (~i).numpy()] == [2, 7, 5, -7]
    assert v[0, 1].numpy() == -2.0
    assert (int(i), float(i), bool(i)) == (6, 6.0, True)
    assert list(range(9))[i] == 6
    assert [x.numpy().tolist() for x in v] == [[1.0, -2.0]]


def test_in_place_operators_make_tensors():
    v = kept = tf.Variable(1.0)
    v += 1.0
    assert isinstance(v, tf.Tensor)
    assert kept.numpy() == 1.0


def test_numpy_takes_it():
    v = tf.Variable([1.0, 2.0])
    assert np.asarray(v).tolist() == [1.0, 2.0]
    assert np.sum(v) == 3.0
    assert np.asarray(v, np.float64).dtype == np.float64


def test_operations_take_it():
    v = tf.Variable([4.0, 9.0])
    assert tf.sqrt(v).numpy().tolist() == [2.0, 3.0]
    assert tf.concat([v, v], 0).shape == [4]
    assert tf.stack([v, [1.0, 1.0]]).shape == [2, 2]
    assert tf.constant(v).numpy().tolist() == [4.0, 9.0]
    assert tf.cast(v, tf.int32).numpy().tolist() == [4, 9]


def test_concurrent_assignments_leave_a_whole_value():
    v, start = tf.Variable(tf.zeros([1000])), threading.Barrier(4)

    def write(number):
        start.wait()
        for _ in range(100):
            v.assign(tf.fill([1000], float(number)))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    start.wait()
    seen = [v.numpy() for _ in range(100)]
    for thread in threads:
        thread.join()
    assert all((array == array[0]).all() for array in seen)


def test_creators_stand_in_one_another():
    seen = []

    def noting(name):
        def creator(next_creator, **kwargs):
            seen.append((name, kwargs["initial_value"]))
            return next_creator(**{**kwargs, "initial_value": kwargs["initial_value"] + 1.0})

        return creator

    with tf.variable_creator_scope(noting("outer")), tf.variable_creator_scope(noting("inner")):
        v = tf.Variable(1.0, name="v", trainable=False)
    assert seen == [("inner", 1.0), ("outer", 2.0)]
    assert (float(v), v.name, v.trainable) == (3.0, "v:0", False)
    assert float(tf.Variable(1.0)) == 1.0


def test_a_creator_may_make_variables_itself():
    with tf.variable_creator_scope(lambda next_creator, **kwargs: tf.Variable(7.0)):
        assert float(tf.Variable(1.0)) == 7.0


def test_variables_are_named_in_the_scopes_they_are_made_in():
    class Layer(tf.Module):
        @tf.Module.with_name_scope
        def make(self):
            return tf.Variable(1.0, name="w")

    with tf.name_scope("a"):
        assert tf.Variable(1.0, name="v").name == "a/v:0"
        with tf.name_scope("b"):
            assert tf.Variable(1.0).name == "a/b/Variable:0"
    assert Layer(name="layer").make().name == "layer/w:0"
    assert tf.Variable(1.0).name == "Variable:0"
