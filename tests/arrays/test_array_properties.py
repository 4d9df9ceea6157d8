"""Functions with NumPy's semantics on arrays of any shape, against NumPy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import eagre as tf
from eagre import array_api
from eagre.arrays.indexing import numpy_getitem

SHAPES = arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
SOME = arrays.array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=4)
few = settings(max_examples=8, deadline=None, derandomize=True, database=None)


def filled(shape, dtype=np.int64):
    return ((np.arange(np.prod(shape, dtype=int)) * 7) % 11).reshape(shape).astype(dtype)


def assert_same(actual, expected):
    expected = np.asarray(expected)
    assert actual.shape == expected.shape
    assert actual.dtype == expected.dtype
    np.testing.assert_allclose(actual.numpy(), expected, rtol=1e-12)


@pytest.mark.parametrize("name", ["add", "maximum", "equal", "hypot", "where"])
@few
@given(arrays.mutually_broadcastable_shapes(num_shapes=3, max_dims=3, min_side=0, max_side=3))
def test_shapes_broadcast(name, shapes):
    x, y, z = (filled(shape) for shape in shapes.input_shapes)
    inputs = (x > 3, y, z) if name == "where" else (x, y)
    assert_same(getattr(array_api, name)(*inputs), getattr(np, name)(*inputs))
    for one, other in zip(
        array_api.broadcast_arrays(x, y, z), np.broadcast_arrays(x, y, z), strict=True
    ):
        assert_same(one, other)


@pytest.mark.parametrize("name", ["sum", "prod", "max", "min", "mean", "std", "all", "any"])
@few
@given(st.data(), st.booleans())
def test_reductions_over_any_axes(name, data, keepdims):
    x = filled(data.draw(SOME), data.draw(st.sampled_from([np.int8, np.int64, np.float64])))
    axis = data.draw(st.none() | arrays.valid_tuple_axes(x.ndim))
    if name in ("max", "min", "std", "mean") and axis == ():
        axis = None
    expected = getattr(np, name)(x, axis=axis, keepdims=keepdims)
    assert_same(getattr(array_api, name)(x, axis=axis, keepdims=keepdims), expected)


@pytest.mark.parametrize("name", ["argmax", "argmin", "sort", "argsort", "cumulative_sum", "flip"])
@few
@given(st.data())
def test_functions_along_an_axis(name, data):
    x = filled(data.draw(SOME))
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    words = {"stable": True} if "sort" in name else {}
    expected = getattr(np, name)(x, axis=axis, **words)
    assert_same(getattr(array_api, name)(x, axis=axis), expected)


@few
@given(st.data())
def test_rearrangements(data):
    x = filled(data.draw(SHAPES))
    order = tuple(data.draw(st.permutations(range(x.ndim))))
    assert_same(array_api.permute_dims(x, order), np.permute_dims(x, order))
    shift = data.draw(st.integers(-5, 5))
    assert_same(array_api.roll(x, shift), np.roll(x, shift))
    assert_same(array_api.reshape(x, (-1,)), x.ravel())
    times = tuple(data.draw(st.lists(st.integers(0, 2), max_size=4)))
    assert_same(array_api.tile(x, times), np.tile(x, times))
    place = data.draw(st.integers(-x.ndim - 1, x.ndim))
    assert_same(array_api.expand_dims(x, axis=place), np.expand_dims(x, place))
    offset = data.draw(st.integers(-5, 5))
    if x.ndim >= 2:
        assert_same(array_api.tril(x, k=offset), np.tril(x, offset))
        assert_same(array_api.linalg.diagonal(x, offset=offset),
                    np.linalg.diagonal(x, offset=offset))


@few
@given(st.data())
def test_different_elements(data):
    x = filled(data.draw(SHAPES), data.draw(st.sampled_from([np.int8, np.float64, bool])))
    for one, other in zip(array_api.unique_all(x), np.unique_all(x), strict=True):
        assert_same(one, other)


@few
@given(st.data())
def test_brackets_of_plain_keys(data):
    x = filled(data.draw(SOME))
    key = data.draw(arrays.basic_indices(x.shape, allow_newaxis=True))
    assert_same(numpy_getitem(tf.constant(x), key), x[key])


@few
@given(st.data())
def test_brackets_of_arrays(data):
    x = filled(data.draw(SOME))
    result = arrays.array_shapes(min_dims=1, max_dims=2, max_side=3)
    key = data.draw(arrays.integer_array_indices(x.shape, result_shape=result))
    parts = data.draw(st.lists(st.booleans(), min_size=x.ndim, max_size=x.ndim))
    key = tuple(part if is_array else slice(1, None)
                for part, is_array in zip(key, parts, strict=True))
    key = key[: data.draw(st.integers(1, x.ndim))]
    if data.draw(st.booleans()):
        key = (*key, ...)
    assert_same(numpy_getitem(tf.constant(x), key), x[key])


@few
@given(st.data())
def test_brackets_of_masks(data):
    x = filled(data.draw(SOME))
    first = data.draw(st.integers(0, x.ndim - 1))
    last = data.draw(st.integers(first + 1, x.ndim))
    mask = data.draw(arrays.arrays(bool, x.shape[first:last]))
    key = (*[slice(None)] * first, mask)
    assert_same(numpy_getitem(tf.constant(x), key), x[key])
    assert_same(numpy_getitem(tf.constant(x), True), x[True])
    assert_same(numpy_getitem(tf.constant(x), False), x[False])
