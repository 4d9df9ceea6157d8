"""The doors of primitives: names, keywords, what is rare on them."""

from __future__ import annotations

import inspect
import sys
from threading import Thread

import numpy as np
import pytest

import eagre as tf
from eagre.core.doors import apply
from eagre.core.tensor import wrap
from eagre.primitives import (
    arithmetic,
    contraction,
    indexing,
    rearrangement,
    reductions,
    scattering,
    state,
    transcendental,
)

DOORS = [
    (arithmetic.negative, "(x)"),
    (transcendental.softmax, "(x, *, axis)"),
    (rearrangement.reshape_primitive, "(x, *, shape)"),
    (reductions.reduce_sum, "(x, *, axis, keepdims)"),
    (reductions.cumulative_sum, "(x, **params)"),
    (state.assign_variable, "(handle, value)"),
    (contraction.matmul_primitive, "(x, y, *, transpose_a, transpose_b)"),
    (indexing.gather, "(x, y, **params)"),
    (scattering.tensor_scatter_add, "(x, y, z, **params)"),
    (rearrangement.unstack, "(x, **params)"),
]


@pytest.mark.parametrize(("primitive", "signature"), DOORS, ids=[p.name for p, _ in DOORS])
def test_a_door_has_the_name_and_the_parameters_of_its_primitive(primitive, signature):
    door = primitive.door
    assert door.__name__ == door.__code__.co_name == primitive.name
    assert str(inspect.signature(door)).replace(": 'Any'", "") == f"{signature} -> 'Any'"


def test_a_keyword_that_is_none_of_the_primitive_is_refused():
    x = tf.constant([1.0])
    with pytest.raises(TypeError, match=r"reshape\(\) got an unexpected keyword argument 'first'"):
        rearrangement.reshape_primitive.door(x, first=(1,))
    with pytest.raises(TypeError, match="missing 1 required keyword-only argument: 'keepdims'"):
        reductions.reduce_sum.door(x, axis=None)


def test_what_a_tape_records_has_the_parameters_by_their_names():
    x = tf.constant([[1.0, 2.0]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        reductions.reduce_sum.door(x, axis=(1,), keepdims=True)
        rearrangement.concat.of_list([x, x], 0)
    params = [params for _, _, params, _ in tape._records if params is not None]
    assert params == [{"axis": (1,), "keepdims": True}, {"axis": 0}]


def test_each_way_to_apply_gives_the_same():
    x = tf.constant([[3.0, 1.0], [2.0, 4.0]])
    ways = {
        reductions.reduce_mean: {"axis": (0,), "keepdims": False},
        transcendental.softmax: {"axis": -1},
        rearrangement.transpose: {"perm": (1, 0)},
        transcendental.exp: {},
        reductions.cumulative_sum: {"axis": 0, "exclusive": False, "reverse": True},
    }
    for primitive, params in ways.items():
        expected = apply(primitive, (x,), params).numpy().tolist()
        assert primitive.door(x, **params).numpy().tolist() == expected
        assert primitive(x, **params).numpy().tolist() == expected
        traced = tf.trace(lambda x, p=primitive, k=params: p.door(x, **k), x)
        assert traced.run([x])[0].numpy().tolist() == expected


DTYPES = [["float32", "int32"], ["float32", "int32", "int32"], ["int32", "float32", "int32"]]


@pytest.mark.parametrize("dtypes", DTYPES, ids=str)
def test_a_list_of_several_dtypes_is_refused_always(dtypes):
    values = [tf.constant([1], dtype) for dtype in dtypes]
    for value in values:
        tf.concat([value, value], 0)
    for _ in range(2):
        with pytest.raises(TypeError, match="concat expected tensors of one dtype"):
            tf.concat(values, 0)


def test_dtypes_that_are_equal_but_not_the_same_object():
    other = np.array([2.0], np.dtype("f4", metadata={"note": "another object"}))
    assert other.dtype is not np.dtype("f4")
    values = [tf.constant([1.0]), wrap(other)]
    assert tf.concat(values, 0).numpy().tolist() == [1.0, 2.0]
    with pytest.raises(TypeError, match="concat expected tensors of one dtype"):
        tf.concat([tf.constant([1.0]), tf.constant([1])], 0)


def test_inputs_of_several_dtypes_are_judged_together():
    floats, integers = tf.constant([1.0, 2.0]), tf.constant([1, 0])
    for _ in range(2):
        assert tf.gather(floats, integers).numpy().tolist() == [2.0, 1.0]
        assert tf.gather(integers, integers).numpy().tolist() == [0, 1]
        with pytest.raises(TypeError, match="gather expected indices of an integer dtype"):
            tf.gather(integers, floats)
        with pytest.raises(TypeError, match="tensor_scatter_nd_add expected tensors of one dtype"):
            tf.tensor_scatter_nd_add(floats, [[0]], tf.constant([1]))


def test_each_way_through_a_door_for_parts_gives_the_same():
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    ways = [
        rearrangement.unstack.door(x, num=2, axis=1),
        rearrangement.unstack(x, num=2, axis=1),
        apply(rearrangement.unstack, (x,), {"num": 2, "axis": 1}),
    ]
    for parts in ways:
        assert [part.numpy().tolist() for part in parts] == [[1.0, 3.0], [2.0, 4.0]]
    with pytest.raises(ValueError, match="unstack expected num to be the size of axis 0"):
        tf.unstack(x, num=3)


def test_no_inputs_and_leaked_symbolic_inputs_of_a_list():
    with pytest.raises(ValueError, match="concat expected at least one tensor"):
        tf.concat([], 0)
    leaked = []
    tf.trace(lambda x: leaked.append(x) or x, tf.TensorSpec([1]))
    with pytest.raises(TypeError, match="concat"):
        tf.concat([tf.constant([1.0]), *leaked], 0)


def test_kernels_are_silent_whatever_the_user_wants_of_numpy():
    big = tf.constant([3e38, 3e38, 0.0])
    with np.errstate(all="raise"):
        assert np.isinf((big + big).numpy()[0])
        assert np.isinf(tf.reduce_sum(big).numpy())
        assert np.isnan((big / tf.constant([1.0, 1.0, 0.0])).numpy()[2])
        assert np.isinf(tf.exp(tf.reshape(big, [3, 1])).numpy()[0, 0])
        assert tf.nn.softmax(big).numpy().tolist() == [0.5, 0.5, 0.0]


def test_a_profiler_shows_operations_by_name():
    seen = set()

    def look(frame, event, argument):
        seen.add(frame.f_code.co_name)

    x = tf.constant([[1.0]])
    sys.setprofile(look)
    try:
        tf.reduce_sum(tf.transpose(x) + x, 1)
    finally:
        sys.setprofile(None)
    assert {"transpose", "add", "reduce_sum"} <= seen


def test_doors_work_in_many_threads_at_once():
    x = tf.constant(np.arange(6.0).reshape(2, 3))
    found = []

    def work():
        found.extend([tf.reduce_sum(tf.exp(tf.transpose(x)), 0).numpy().tolist()] * 1
                     for _ in range(200))

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 800
    assert all(each == found[0] for each in found)


def test_assigning_through_the_door_refuses_what_does_not_fit():
    variable = tf.Variable([1.0, 2.0])
    door = state.assign_variable.door
    for value in (tf.constant([1, 2]), tf.constant([1.0]), tf.constant(1.0)):
        with pytest.raises(ValueError, match="expected a value of the variable's"):
            door(variable.handle, value)
    with pytest.raises(TypeError, match="assign expected the handle of a variable"):
        door(tf.constant([1.0, 2.0]), tf.constant([1.0, 2.0]))
    assert door(variable.handle, tf.constant([3.0, 4.0])).numpy().tolist() == [3.0, 4.0]
    assert variable.numpy().tolist() == [3.0, 4.0]
    leaked = []
    tf.trace(lambda x: leaked.append(x) or x, tf.TensorSpec([2]))
    with pytest.raises(TypeError, match="needs a tensor that has its value"):
        door(variable.handle, leaked[0])
