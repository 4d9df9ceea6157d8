"""Shapes: the functions on tuples, and `TensorShape` against TensorFlow's outcomes."""

import copy
import re
from collections.abc import Sequence
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import eagre as tf
from eagre.core import shapes
from eagre.core.errors import InvalidArgumentError
from eagre.core.shapes import TensorShape, broadcast_sizes, merge_sizes
from tests.oracle.make_core import cases, names, outcome


def broadcast_static_shape(a, b):
    return TensorShape.of(broadcast_sizes(a.sizes, b.sizes))


NAMES = names(
    SimpleNamespace(TensorShape=TensorShape, broadcast_static_shape=broadcast_static_shape)
)

# Where eagre differs: a shape is no string, set or dictionary, and its sizes are plain integers.
JUNK = {"raises": "TypeError"}
DEPARTURES = {
    'tf.TensorShape(b"a")': JUNK,
    "tf.TensorShape({1: 2})": JUNK,
    "tf.TensorShape({1, 2})": JUNK,
    "tf.TensorShape([True])": {"value": "TensorShape([1])"},
    'str(tf.TensorShape(b"a"))': JUNK,
    "str(tf.TensorShape({1: 2}))": JUNK,
    "str(tf.TensorShape({1, 2}))": JUNK,
    "str(tf.TensorShape([True]))": {"value": "'(1,)'"},
}


@pytest.mark.parametrize(("expression", "expected"), cases("shapes") + cases("broadcast"))
def test_as_tensorflow(expression, expected):
    got = outcome(expression, NAMES)
    if expression in DEPARTURES:
        assert got == DEPARTURES[expression] != expected
    else:
        assert got == expected


def test_departures_are_cases():
    assert set(DEPARTURES) <= {expression for expression, _ in cases("shapes")}


def test_sizes_are_plain_integers():
    sizes = shapes.as_sizes([np.int64(2), np.uint8(3), np.array(4), None])
    assert sizes == (2, 3, 4, None)
    assert [type(size) for size in sizes[:3]] == [int, int, int]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (3, (3,)),
        ((), ()),
        ([2, None], (2, None)),
        (np.array([1, 2]), (1, 2)),
        (TensorShape([4, None]), (4, None)),
        (TensorShape(None), None),
    ],
)
def test_as_sizes(value, expected):
    assert shapes.as_sizes(value) == expected


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (
            [2, -1],
            ValueError,
            "reshape expected sizes of at least 0. Received: -1 in shape=[2, -1]",
        ),
        (-3, ValueError, "reshape expected sizes of at least 0. Received: -3 in shape=-3"),
        ([1.5], TypeError, "reshape expected each size to be an integer or None. Received: 1.5 in"),
        ("12", TypeError, "reshape expected a shape: None, an integer, or a sequence"),
        (2.5, TypeError, "sequence of integers and None. Received: shape=2.5"),
    ],
)
def test_as_sizes_names_the_caller_and_the_value(value, kind, text):
    with pytest.raises(kind, match=re.escape(text)):
        shapes.as_sizes(value, "reshape")


@pytest.mark.parametrize(
    ("sizes", "text", "count", "is_defined"),
    [
        (None, "<unknown>", None, False),
        ((), "()", 1, True),
        ((2,), "(2,)", 2, True),
        ((2, None), "(2, None)", None, False),
        ((2, 0), "(2, 0)", 0, True),
        ((0, None), "(0, None)", None, False),
    ],
)
def test_what_sizes_tell(sizes, text, count, is_defined):
    assert shapes.format_sizes(sizes) == text
    assert shapes.count(sizes) == count
    assert shapes.is_fully_defined(sizes) is is_defined


@pytest.mark.parametrize(
    ("a", "b", "merged"),
    [
        (None, None, None),
        (None, (2, None), (2, None)),
        ((), (), ()),
        ((2, None), (None, 3), (2, 3)),
        ((None,), (None,), (None,)),
        ((0,), (None,), (0,)),
    ],
)
def test_merge(a, b, merged):
    assert merge_sizes(a, b) == merge_sizes(b, a) == merged
    assert shapes.are_compatible(a, b) is shapes.are_compatible(b, a) is True


@pytest.mark.parametrize(("a", "b"), [((2,), (3,)), ((2,), ()), ((None, 1), (4, 2)), ((0,), (1,))])
def test_merge_of_contradictions(a, b):
    assert shapes.are_compatible(a, b) is False
    text = f"cond expected shapes that agree .* Received: shapes {a} and {b}"
    with pytest.raises(ValueError, match=text.replace("(", r"\(").replace(")", r"\)")):
        merge_sizes(a, b, "cond")


def test_broadcast_names_both_shapes():
    text = "add expected shapes whose sizes, from the last axis on, are equal or 1. Received: "
    with pytest.raises(InvalidArgumentError, match=re.escape(text + "incompatible shapes (2, None)"
                                                             " and (3, 4)")):  # fmt: skip
        broadcast_sizes((2, None), (3, 4), "add")


SIZES = st.lists(st.integers(0, 3), max_size=4).map(tuple)


@given(SIZES, SIZES)
def test_broadcast_as_numpy(a, b):
    try:
        expected = np.broadcast_shapes(a, b)
    except ValueError:
        with pytest.raises(InvalidArgumentError):
            broadcast_sizes(a, b)
    else:
        assert broadcast_sizes(a, b) == expected


@given(SIZES, SIZES, st.sets(st.integers(0, 7)))
def test_what_is_unknown_hides_sizes_but_never_lies(a, b, hidden):
    """Hiding sizes gives a result that is compatible with the result of all sizes."""
    places = iter(range(8))
    dim_a, dim_b = (
        tuple([None if next(places) in hidden else size for size in sizes]) for sizes in (a, b)
    )
    try:
        full = broadcast_sizes(a, b)
    except InvalidArgumentError:
        return
    assert shapes.are_compatible(broadcast_sizes(dim_a, dim_b), full)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: TensorShape(None).as_list(), "TensorShape.as_list needs a shape of known rank"),
        (lambda: len(TensorShape(None)), "len() of a TensorShape needs a shape of known rank"),
        (lambda: list(TensorShape(None)), "iter() of a TensorShape needs a shape of known"),
        (lambda: TensorShape(None)[::2], "needs a slice without a step. Received: slice("),
        (lambda: TensorShape([1]).with_rank(2),
         "TensorShape.with_rank expected a shape of rank 2. Received: (1,)"),
        (lambda: TensorShape([1]).with_rank_at_least(2),
         "TensorShape.with_rank_at_least expected a shape of rank 2 or more. Received: (1,)"),
        (lambda: TensorShape([1]).with_rank_at_most(0),
         "TensorShape.with_rank_at_most expected a shape of rank 0 or less. Received: (1,)"),
        (lambda: TensorShape([1]).assert_has_rank(2),
         "TensorShape.assert_has_rank expected a shape of rank 2. Received: (1,)"),
        (lambda: TensorShape([1]).assert_same_rank([1, 2]),
         "TensorShape.assert_same_rank expected a shape of the rank of (1, 2). Received: (1,)"),
        (lambda: TensorShape([1]).merge_with([2]),
         "TensorShape.merge_with expected shapes that agree wherever both are known. Received: "
         "shapes (1,) and (2,)"),
        (lambda: TensorShape([1]).assert_is_compatible_with([2]),
         "TensorShape.assert_is_compatible_with expected shapes that agree"),
        (lambda: TensorShape([None]).assert_is_fully_defined(),
         "TensorShape.assert_is_fully_defined expected a shape without unknown sizes. Received: "
         "(None,)"),
    ],
)  # fmt: skip
def test_messages(call, text):
    with pytest.raises(ValueError, match=re.escape(text)):
        call()


def test_dims_are_plain():
    assert TensorShape([2, None]).dims == [2, None]


def test_of_keeps_the_tuple():
    sizes = (2, None)
    assert TensorShape.of(sizes).sizes is sizes
    assert TensorShape.of(sizes) == TensorShape(sizes)


def test_copies_are_equal():
    shape = TensorShape([2, None])
    assert copy.deepcopy(shape) == copy.copy(shape) == shape


def test_a_shape_becomes_a_tensor():
    shape = tf.ones([2, 3]).shape
    assert tf.convert_to_tensor(shape).dtype == tf.int32
    assert tf.concat([shape[:1], [7]], axis=0).numpy().tolist() == [2, 7]
    assert tf.stack([shape, shape]).shape == (2, 2)
    assert tf.constant(shape, tf.int64).dtype == tf.int64
    assert tf.convert_to_tensor(tf.TensorShape([2**40])).dtype == tf.int64
    assert not tf.is_tensor(shape)
    assert tf.function(lambda x: x.shape)(tf.ones([4])).numpy().tolist() == [4]


@pytest.mark.parametrize("shape", [None, [None, 2]])
def test_an_unknown_shape_does_not(shape):
    with pytest.raises(ValueError, match="needs all sizes"):
        tf.convert_to_tensor(tf.TensorShape(shape))


def test_a_shape_beside_a_tensor():
    shape = tf.ones([2, 3]).shape
    assert (tf.constant([1, 1]) + shape).numpy().tolist() == [3, 4]
    assert (tf.constant([1, 1], tf.int64) * shape).dtype == tf.int64


def test_a_shape_is_a_sequence():
    shape = TensorShape([2, None, 2])
    assert isinstance(shape, Sequence)
    match shape:
        case [first, *rest]:
            assert (first, rest) == (2, [None, 2])
        case _:
            pytest.fail("a shape matches no sequence")
    assert list(reversed(shape)) == [2, None, 2]
    assert shape.index(2) == 0 and shape.index(2, 1) == 2 and shape.count(2) == 2
    assert None in shape and 3 not in shape
    assert tf.nest.flatten([shape]) == [shape]
    for method in (lambda x: x.index(2), lambda x: x.count(2), reversed):
        with pytest.raises(ValueError, match="needs a shape of known rank"):
            method(TensorShape(None))


def test_a_shape_equals_what_its_tuple_equals():
    assert TensorShape([2, 3]) == (2.0, 3.0) and TensorShape([2]) != (2.5,)
    assert TensorShape([2]) != (-1,) and TensorShape([2]) != ("2",) and TensorShape([2]) != "2"
