"""Reductions and running results of many elements: the same ones as NumPy's, in any proportions."""

from __future__ import annotations

import ml_dtypes
import numpy as np
import pytest

import eagre as tf
from eagre.primitives import folding
from tests.primitives.calls import bits
from tests.primitives.test_long_sums import axes_of

SHAPES = [
    (4096,), (9001,), (4096, 1), (1, 4096), (5000, 2), (2, 5000), (2500, 3), (3, 2500), (140, 32),
    (140, 33), (32, 140), (33, 140), (31, 200), (10, 500), (9, 1003), (1200, 7), (128, 129),
    (40, 3, 50), (3, 700, 5), (700, 3, 5), (5, 3, 700), (70, 2, 70), (2, 3, 1000, 2),
    (64, 1, 64, 3),
]  # fmt: skip
EXTREMES = [np.maximum, np.minimum]


def samples(shape, dtype):
    """Numbers with ties, and where they are floats infinities and NaN in a few places."""
    random = np.random.default_rng(0)
    x = random.integers(0, 2 if dtype == "bool" else 100, shape).astype(dtype)
    if np.dtype(dtype).kind in "fV":
        flat = x.reshape(-1)
        flat[::997], flat[::1009], flat[3::2003] = np.inf, -np.inf, np.nan
    return x


@pytest.mark.parametrize("dtype", ["int8", "int32", "uint64", "float32", "float64", "float16",
                                   ml_dtypes.bfloat16])  # fmt: skip
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_extremes_are_those_of_numpy(shape, dtype):
    x = samples(shape, dtype)
    cases = [(u, axis, k) for u in EXTREMES for axis in axes_of(shape) for k in (False, True)]
    for ufunc, axis, keepdims in cases:
        with np.errstate(invalid="ignore"):  # bfloat16 reports NaN
            found = np.asarray(folding.reduced(ufunc, x, axis, keepdims))
            expected = np.asarray(ufunc.reduce(x, axis, keepdims=keepdims))
        assert found.dtype == expected.dtype
        wide = np.float32 if dtype is ml_dtypes.bfloat16 else dtype
        np.testing.assert_array_equal(found.astype(wide), expected.astype(wide))


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_truth_and_counts_are_those_of_numpy(shape):
    x = samples(shape, "bool")
    for axis in axes_of(shape):
        for ufunc, dtype in ((np.logical_or, None), (np.logical_and, None), (np.add, np.int64)):
            found = np.asarray(folding.reduced(ufunc, x, axis, False, dtype))
            np.testing.assert_array_equal(found, ufunc.reduce(x, axis, dtype))


@pytest.mark.parametrize("dtype", ["int8", "int64", "float32", "float64", "complex64"])
@pytest.mark.parametrize("shape", [*SHAPES, (7, 40_000), (40_000, 7), (90_000,)], ids=str)
def test_products_of_many_factors(shape, dtype):
    x = (samples(shape, "int64") % 7 * 2 + 1).astype(dtype)
    if np.dtype(dtype).kind in "fc":
        x = (1 + x / 1e5).astype(dtype)
    exact = x.astype(np.complex128 if dtype == "complex64" else np.longdouble)
    for axis in axes_of(shape):
        found = np.asarray(folding.reduced(np.multiply, x, axis, False, x.dtype))
        if np.dtype(dtype).kind == "i":
            np.testing.assert_array_equal(found, np.multiply.reduce(x, axis, x.dtype))
        else:
            expected = np.multiply.reduce(exact, axis)
            steps = x.size / max(found.size, 1) * np.finfo(dtype).eps
            np.testing.assert_allclose(found, expected.astype(dtype), 2 * float(steps) + 1e-15)


@pytest.mark.parametrize("dtype", ["int8", "int64", "float16", "float32", "complex64",
                                   ml_dtypes.bfloat16])  # fmt: skip
@pytest.mark.parametrize("shape", [*SHAPES, (5000, 20), (2, 40_000), (20, 30, 200)], ids=str)
def test_running_results_have_the_bits_of_numpy(shape, dtype):
    x = samples(shape, dtype)
    if dtype == "complex64":
        x = x + np.complex64(1j)
    with np.errstate(all="ignore"):
        # Products of complex numbers are rounded otherwise where many are computed at once.
        for ufunc in (np.add, np.multiply)[: 1 if dtype == "complex64" else 2]:
            for axis in range(-1, len(shape)):
                found = folding.accumulated(ufunc, x, axis)
                assert bits(found) == bits(ufunc.accumulate(x, axis, x.dtype))


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("exclusive", [False, True])
@pytest.mark.parametrize("shape", [(5000, 3), (3, 5000), (40, 3, 200), (70_000, 4)], ids=str)
def test_running_sums_from_both_ends(shape, exclusive, reverse):
    x = samples(shape, "int32")
    for axis in range(len(shape)):
        turned = np.flip(x, axis) if reverse else x
        expected = np.cumsum(turned, axis, dtype=np.int32) - (turned if exclusive else 0)
        expected = np.flip(expected, axis) if reverse else expected
        found = tf.cumsum(x, axis, exclusive, reverse)
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("axis", [2, -3])
def test_running_along_an_axis_that_a_large_tensor_does_not_have(axis):
    with pytest.raises(tf.errors.InvalidArgumentError, match="cumsum"):
        tf.cumsum(tf.ones([200, 200]), axis)


@pytest.mark.parametrize("function", ["reduce_max", "reduce_min", "reduce_prod", "reduce_any"])
@pytest.mark.parametrize("axis", [(2,), (-3,), (0, 0), (0, -2)], ids=str)
def test_axes_that_a_large_tensor_does_not_have(function, axis):
    x = tf.ones([200, 200], tf.bool if function == "reduce_any" else tf.float32)
    with pytest.raises(tf.errors.InvalidArgumentError, match=function):
        getattr(tf, function)(x, axis)
