"""Sums of many elements: as exact as NumPy's, with bits that follow from values and shape alone."""

from __future__ import annotations

import hashlib
import math
import os
import subprocess
import sys

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import eagre as tf
from eagre.primitives import sums
from eagre.primitives.squares import reduce_variance, sum_of_squares
from tests.primitives.calls import bits

SHAPES = [
    (1025,), (9000,), (32767,), (32768,), (40009,), (100_003,), (1, 40_000), (40_000, 1),
    (127, 129), (129, 127), (70, 513), (33, 1024), (33, 1025), (40, 961), (5, 9001), (9001, 5),
    (300, 300), (4097, 8), (8193, 2), (2, 8193), (20_011, 3), (64, 600), (600, 64), (40, 1100),
    (3, 700, 17), (700, 3, 17), (17, 3, 700), (31, 33, 35), (2, 5000, 4), (5000, 2, 4),
    (2, 3, 40, 50), (40, 2, 3, 50), (1, 200, 1, 100), (10, 1, 1000, 1),
]  # fmt: skip


def axes_of(shape):
    """None, every choice of axes up to two, all of them, and one that counts from the end."""
    rank = len(shape)
    pairs = [(i, j) for i in range(rank) for j in range(rank) if i != j]
    return [None, (), *[(i,) for i in range(rank)], *pairs, tuple(range(rank)), (-1,), (-rank,)]


def samples(shape, dtype, seed=0):
    """Numbers of both signs and of sizes that differ by a factor of a thousand."""
    random = np.random.default_rng(seed)
    real, imaginary = random.normal(size=(2, *shape)) * 10 ** random.uniform(0, 3, shape)
    return (real + 1j * imaginary).astype(dtype) if "complex" in dtype else real.astype(dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64", "complex128"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_long_sums_over_all_axes(shape, dtype):
    x = samples(shape, dtype)
    wide = x.astype(np.clongdouble if "complex" in dtype else np.longdouble)
    for axis in axes_of(shape):
        for keepdims in (False, True):
            found = np.asarray(sums.reduce_sum(x, axis, keepdims))
            expected = wide.sum(axis, keepdims=keepdims)
            assert found.shape == expected.shape
            assert found.dtype == x.dtype
            # Sums of columns are those of NumPy where these are quick: one after the other.
            scale = np.abs(wide).sum(axis, keepdims=keepdims)
            assert np.all(np.abs(found - expected) <= 32 * np.finfo(dtype).eps * scale)


@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16])
@pytest.mark.parametrize("shape", [(9000,), (120, 130), (20_000, 3)], ids=str)
def test_long_sums_of_halves_add_up_in_float32(shape, dtype):
    x = np.random.default_rng(0).normal(size=shape).astype(dtype)
    for axis in axes_of(shape):
        expected = sums.reduce_sum(x.astype(np.float32), axis, False)
        found = np.asarray(sums.reduce_sum(x, axis, False))
        assert bits(found) == bits(np.asarray(expected).astype(dtype))


@pytest.mark.parametrize("dtype, offset", [("float32", 0), ("float32", 100), ("float64", 100)])
@pytest.mark.parametrize("shape", [*SHAPES, (700, 700), (3, 150_000), (150_000, 3)], ids=str)
def test_long_sums_of_squares_and_variances(shape, dtype, offset):
    x = (np.random.default_rng(0).normal(size=shape) + offset).astype(dtype)
    wide = x.astype(np.longdouble)
    for axis in axes_of(shape):
        squares = np.square(wide).sum(axis)
        found = np.asarray(sum_of_squares(x, axis, False))
        assert found.dtype == x.dtype
        assert np.all(np.abs(found - squares) <= 64 * np.finfo(dtype).eps * squares)
        kept = np.asarray(reduce_variance.kernel(x, axis=axis, keepdims=True))
        around = wide - wide.mean(axis, keepdims=True)
        expected = np.square(around).mean(axis, keepdims=True)
        # The mean itself is rounded, as are the differences to it.
        steps = 64 * expected + (4 * np.finfo(dtype).eps * offset) * (offset + 4)
        assert kept.shape == expected.shape
        assert kept.dtype == x.dtype
        assert np.all(np.abs(kept - expected) <= np.finfo(dtype).eps * steps)


def test_the_variance_of_equal_elements_is_zero():
    for shape in SHAPES:
        x = np.full(shape, 0.25, np.float32)
        for axis in axes_of(shape):
            assert not np.any(reduce_variance.kernel(x, axis=axis, keepdims=False))


def test_squares_of_what_is_not_finite():
    x = np.ones((300, 300), np.float32)
    x[0, 0], x[1, 1], x[2, 2] = np.inf, np.nan, 3e38
    for axis in (0, 1):
        squares = tf.reduce_sum(tf.square(x), axis).numpy()
        np.testing.assert_array_equal(tf.math.reduce_euclidean_norm(x, axis), np.sqrt(squares))
        assert np.isnan(tf.math.reduce_variance(x, axis).numpy()[:2]).all()
    assert np.isnan(tf.nn.l2_loss(x).numpy())
    assert np.isinf(tf.nn.l2_loss(x[2:]).numpy())


@pytest.mark.parametrize("shape", [(40_000,), (300, 300), (9000, 5), (5, 9000)], ids=str)
def test_gradients_of_long_sums_of_squares(shape):
    x = tf.constant(samples(shape, "float32"))
    for axis in axes_of(shape):
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            own = tf.math.reduce_variance(x, axis)
            length = tf.math.reduce_euclidean_norm(x, axis)
            around = x - tf.reduce_mean(x, axis, True)
            composed = tf.reduce_mean(around * around, axis)
            root = tf.sqrt(tf.reduce_sum(x * x, axis))
        for one, other in ((own, composed), (length, root)):
            expected = tape.gradient(other, x).numpy()
            scale = float(np.abs(expected).max())
            np.testing.assert_allclose(tape.gradient(one, x), expected, 1e-4, 1e-5 * scale)


@pytest.mark.parametrize("dtype", ["int8", "int32", "uint64"])
def test_long_sums_of_integers_go_round(dtype):
    x = np.arange(40_000).astype(dtype).reshape(200, 200)
    for axis in axes_of(x.shape):
        np.testing.assert_array_equal(sums.reduce_sum(x, axis, False), x.sum(axis, dtype=dtype))


KINDS = {
    "uniform": lambda random, n: random.random(n),
    "normal": lambda random, n: random.normal(size=n),
    "many sizes": lambda random, n: random.normal(size=n) * np.exp(random.normal(size=n) * 5),
    "a large one": lambda random, n: np.append(random.random(n - 1), n),
    "cancelling": lambda random, n: np.outer([1, -1], random.normal(size=n // 2)).ravel(),
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("count", [1024, 40_000, 250_000])
def test_errors_are_those_of_pairwise_sums(count, dtype):
    own, pairwise = [], []
    for seed, make in enumerate(list(KINDS.values()) * 6):
        x = np.asarray(make(np.random.default_rng(seed), count), dtype)
        exact, scale = math.fsum(x.tolist()), math.fsum(np.abs(x).tolist())
        own.append((float(sums.reduce_sum(x, None, False)) - exact) / scale)
        pairwise.append((float(np.add.reduce(x)) - exact) / scale)
    typical = np.sqrt(np.mean(np.square([own, pairwise]), 1)) / np.finfo(dtype).eps
    # BLAS has fewer lanes on some processors.
    assert typical[0] <= max(2 * typical[1], 0.5)


def all_bits(x, axis):
    """The bits of the sum, and where they are real of the sum of squares and the variance."""
    found = [sums.reduce_sum(x, axis, False)]
    if x.dtype.kind == "f":
        variance = reduce_variance.kernel(x, axis=axis, keepdims=False)
        found += [sum_of_squares(x, axis, False), variance]
    return [bits(np.asarray(each)) for each in found]


@pytest.mark.parametrize("shape", [(40_000,), (300, 300), (9000, 5), (5, 9000)], ids=str)
@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64"])
def test_bits_do_not_depend_on_places_in_memory(shape, dtype):
    x = samples(shape, dtype)
    raw = np.zeros(x.nbytes + 64, np.uint8)
    for axis in axes_of(shape):
        expected = all_bits(x, axis)
        for offset in (0, 1, 4, 20, 36):
            other = raw[offset : offset + x.nbytes].view(dtype).reshape(shape)
            other[...] = x
            assert all_bits(other, axis) == expected
        for view in (np.asfortranarray(x), np.repeat(x, 2, -1)[..., ::2], x[::-1].copy()[::-1]):
            assert all_bits(view, axis) == expected


def digest():
    """The bits of sums over all axes of all shapes."""
    found = hashlib.sha256()
    for dtype in ("float32", "float64", "complex64"):
        for shape in [*SHAPES, (1000, 300), (5, 50_000), (3000, 200), (700, 700)]:
            x = samples(shape, dtype)
            for axis in axes_of(shape):
                for _, _, parts in all_bits(x, axis):
                    found.update(b"".join(parts))
    return found.hexdigest()


def test_bits_do_not_depend_on_the_number_of_threads():
    code = "from tests.primitives.test_long_sums import digest; print(digest())"
    found = {
        subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=300,
            env={**os.environ, "OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads},
        ).stdout
        for threads in ("1", "2", "3")
    }  # fmt: skip
    assert len(found) == 1


@settings(deadline=None, derandomize=True, max_examples=60)
@given(
    shape=st.sampled_from([(40_000,), (300, 300), (9000, 5), (5, 9000), (20, 30, 40)]),
    value=st.sampled_from([np.inf, -np.inf, np.nan, 3e38]),
    data=st.data(),
)
def test_what_is_not_finite_stays_in_its_sum(shape, value, data):
    x = np.ones(shape, np.float32)
    place = tuple(data.draw(st.integers(0, n - 1)) for n in shape)
    x[place] = value
    for axis in axes_of(shape):
        with np.errstate(over="ignore"):
            expected = x.sum(axis)
        np.testing.assert_allclose(sums.reduce_sum(x, axis, False), expected, 1e-6)


def test_opposite_infinities_have_no_sum():
    x = np.ones((300, 300), np.float32)
    x[7, 9], x[7, 250], x[8, 9] = np.inf, -np.inf, np.nan
    rows, columns = tf.reduce_sum(x, 1).numpy(), tf.reduce_sum(x, 0).numpy()
    assert np.flatnonzero(~np.isfinite(rows)).tolist() == [7, 8]
    assert np.isnan(rows[[7, 8]]).all()
    assert np.flatnonzero(~np.isfinite(columns)).tolist() == [9, 250]
    assert columns[250] == -np.inf


@pytest.mark.parametrize("axis", [(2,), (-3,), (0, 0), (0, -2)], ids=str)
def test_axes_that_a_large_tensor_does_not_have(axis):
    with pytest.raises(tf.errors.InvalidArgumentError, match="reduce_sum"):
        tf.reduce_sum(tf.ones([200, 200]), axis)
