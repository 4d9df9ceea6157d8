"""Sums, softmax and picking by their quick ways: as exact as the slow ones, and right at edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import eagre as tf
from eagre.core.tensor import wrap
from eagre.primitives import picking, sums
from tests.primitives.calls import bits

SHAPES = [(1,), (2,), (511,), (512,), (513,), (2000,), (1, 4), (4, 1), (0, 3), (3, 0), (2, 513),
          (513, 2), (16, 16), (17, 17), (3, 4, 5), (4, 1, 1), (2, 0, 3), (2, 3, 4, 5), ()]


def axes_of(shape):
    """None, each axis from both ends, and all axes."""
    rank = len(shape)
    return [None, (), *[(axis,) for axis in range(-rank, rank)], tuple(range(rank))]


def samples(shape, dtype):
    """Numbers of different sizes and signs."""
    random = np.random.default_rng(len(shape))
    return (random.normal(size=shape) * 10 ** random.uniform(-3, 3, shape)).astype(dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "int32", "complex64"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_sums_over_all_axes(shape, dtype):
    x = samples(shape, dtype)
    exact = x.astype(np.complex128 if dtype == "complex64" else np.float64)
    wide = dtype in ("float16", "int32")
    for axis in axes_of(shape):
        for keepdims in (False, True):
            found = np.asarray(sums.reduce_sum(x, axis, keepdims))
            expected = exact.sum(axis, keepdims=keepdims)
            assert found.shape == expected.shape
            assert found.dtype == x.dtype
            if wide and x.size > 500:
                continue  # beyond what the dtype can hold
            scale = np.abs(exact).sum(axis, keepdims=keepdims)
            steps = 16 * (np.finfo(dtype).eps if dtype != "int32" else 0)
            assert np.all(np.abs(found - expected) <= steps * scale + 1e-30)


@pytest.mark.parametrize("axis", [None, (0,), (1,), (-1,)])
def test_sums_do_not_depend_on_memory_layout(axis):
    x = samples((24, 36), "float32")
    views = [np.asfortranarray(x), np.repeat(np.repeat(x, 2, 0), 3, 1)[::2, ::3],
             x[::-1, ::-1].copy()[::-1, ::-1]]
    expected = bits(np.asarray(sums.reduce_sum(x, axis, False)))
    for view in views:
        assert not view.flags.c_contiguous
        assert bits(np.asarray(sums.reduce_sum(view, axis, False))) == expected


def test_infinities_and_nan_in_sums():
    inf, nan = np.inf, np.nan
    x = np.array([[inf, 1.0], [inf, -inf], [nan, 1.0], [3e38, 3e38]], np.float32)
    assert str(tf.reduce_sum(x, 1).numpy().tolist()) == "[inf, nan, nan, inf]"
    assert str(tf.reduce_sum(x, 0).numpy().tolist()) == "[nan, -inf]"
    assert np.isnan(tf.reduce_sum(x).numpy())
    assert np.isinf(tf.reduce_mean(x[3]).numpy())


@pytest.mark.parametrize("axis", [(2,), (-3,), (0, 0), (0, 1, 2)], ids=str)
def test_axes_that_are_none_of_the_tensor(axis):
    with pytest.raises(tf.errors.InvalidArgumentError, match="reduce_sum"):
        tf.reduce_sum(tf.ones([2, 2]), axis)


def exact_softmax(x, axis=-1):
    """In float64, relative to the maximum."""
    shifted = np.exp(x.astype(np.float64) - x.max(axis, keepdims=True).astype(np.float64))
    return shifted / shifted.sum(axis, keepdims=True)


@settings(deadline=None, derandomize=True, max_examples=300)
@given(
    x=hnp.arrays(
        np.float32,
        hnp.array_shapes(min_dims=1, max_dims=3, max_side=20),
        elements=st.floats(-200, 200, width=32),
    ),
    data=st.data(),
)
def test_softmax_is_exact_wherever_its_sum_lies(x, data):
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    found = tf.nn.softmax(wrap(x), axis).numpy()
    expected = exact_softmax(x, axis)
    # A sum is off by a step for each element, a difference to the maximum by half of one.
    steps = 4e-7 + 6e-8 * (x.shape[axis] + np.ptp(x, axis, keepdims=True))
    assert np.all(np.abs(found - expected) <= steps * expected + 1e-38)


@pytest.mark.parametrize("offset", [-1e30, -104.0, -88.0, -7.0, 0.0, 69.0, 88.0, 100.0, 1e30])
@pytest.mark.parametrize("count", [1, 2, 16, 17, 600])
def test_softmax_of_equal_logits_at_any_offset(offset, count):
    x = np.full((3, count), offset, np.float32)
    np.testing.assert_allclose(tf.nn.softmax(x).numpy(), 1 / count, 2e-7)
    np.testing.assert_allclose(tf.nn.softmax(x[0]).numpy(), 1 / count, 2e-7)
    mixed = x.copy()
    mixed[0] = 0.0
    np.testing.assert_allclose(tf.nn.softmax(mixed).numpy(), 1 / count, 2e-7)


def test_softmax_of_what_has_no_maximum():
    inf, nan = np.inf, np.nan
    x = np.array([[-inf, 0.0], [nan, 0.0], [inf, 0.0], [-inf, -inf]], np.float32)
    assert str(tf.nn.softmax(x).numpy().tolist()) == (
        "[[0.0, 1.0], [nan, nan], [nan, nan], [nan, nan]]"
    )
    assert tf.nn.softmax(x[0]).numpy().tolist() == [0.0, 1.0]
    assert tf.nn.softmax(np.zeros((2, 0), np.float32)).shape == (2, 0)


@pytest.mark.parametrize("dtype", ["int32", "int64", "uint8", "uint32", "uint64"])
@pytest.mark.parametrize("shape", [(5,), (1, 5), (3, 5), (2, 3, 5), (2, 0, 5)], ids=str)
@pytest.mark.parametrize("count", [1, 3])
def test_picking_and_putting_along_the_last_axis(shape, count, dtype):
    x = samples(shape, "float32")
    random = np.random.default_rng(0)
    indices = random.integers(0, shape[-1], (*shape[:-1], count)).astype(dtype)
    found = picking.take_along(wrap(x), wrap(indices)).numpy()
    np.testing.assert_array_equal(found, np.take_along_axis(x, indices.astype(np.int64), -1))
    put = picking.put_along(wrap(found), wrap(indices), shape).numpy()
    expected = np.zeros(shape, np.float32)
    for place in np.ndindex(*indices.shape):
        expected[(*place[:-1], indices[place])] += found[place]
    np.testing.assert_allclose(put, expected, 1e-6)


@pytest.mark.parametrize("wrong", [-1, 5, 2**31 - 1])
def test_an_index_outside_the_last_axis(wrong):
    indices = tf.constant([[0], [wrong], [9]], tf.int32)
    with pytest.raises(tf.errors.InvalidArgumentError, match=rf"\[0, 5\).* {wrong} at \(1,\)"):
        picking.take_along(tf.ones([3, 5]), indices)
    with pytest.raises(tf.errors.InvalidArgumentError, match="for each vector along the last axis"):
        picking.take_along(tf.ones([3, 5]), indices[:2])
