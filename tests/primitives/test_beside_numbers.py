"""Kernels of many elements beside one number give what NumPy gives, whatever rows fit in."""

import numpy as np
import pytest

import eagre as tf
from eagre.primitives.beside_numbers import MANY

SHAPES = [
    [MANY - 1], [MANY], [MANY + 1], [4, 3, MANY // 4], [MANY // 2, 3], [5 * MANY // 4], [0, MANY],
]  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "float16"])
@pytest.mark.parametrize("name", ["maximum", "minimum"])
def test_beside_a_number(name, dtype, shape):
    x = (np.random.default_rng(0).normal(size=shape) * 5).astype(dtype)
    if x.size and dtype.startswith("float"):
        x.reshape(-1)[[0, -1]] = [np.nan, -0.0]
    number = np.asarray(1, dtype)
    expected = getattr(np, name)(x, number)
    for found in (getattr(tf, name)(x, number), getattr(tf, name)(number, x)):
        assert found.numpy().tobytes() == expected.tobytes()
    turned = tf.transpose(tf.constant(x))
    np.testing.assert_array_equal(getattr(tf, name)(turned, number), expected.T)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_relu(shape):
    x = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    np.testing.assert_array_equal(tf.nn.relu(x), np.maximum(x, 0))
    limited = np.clip(x * 10, 0, 6)
    np.testing.assert_array_equal(tf.nn.relu6(x * 10), limited)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "float16"])
def test_relu6_and_leaky_relu(dtype, shape):
    """Many elements give the bits that the same elements give one by one."""
    x = (np.random.default_rng(0).normal(size=shape) * 5).astype(dtype)
    if x.size and dtype.startswith("float"):
        x.reshape(-1)[[0, 1, 2, 3, -1]] = [np.nan, -0.0, np.inf, -np.inf, 6]
    for function in (tf.nn.relu6, tf.nn.leaky_relu):
        found = function(tf.constant(x)).numpy().reshape(-1)
        for part in (slice(0, 10), slice(max(0, x.size - 10), None)):
            few = function(tf.constant(x.reshape(-1)[part])).numpy()
            assert found[part].tobytes() == few.tobytes()


@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32"])
@pytest.mark.parametrize("has_nan", [False, True])
def test_extremes_of_many_elements_pass_over_nan(has_nan, dtype, axis):
    x = np.random.default_rng(1).integers(-9, 9, [128, 100]).astype(dtype)
    if has_nan and dtype.startswith("float"):
        x[np.random.default_rng(2).uniform(size=x.shape) < 0.3] = np.nan
        x[5, :], x[:, 7] = np.nan, np.nan
    for name in ("argmax", "argmin"):
        found = getattr(tf, name)(x, axis).numpy()
        lines = np.moveaxis(x, axis, 0).T
        few = [getattr(tf, name)(line).numpy() for line in lines]
        assert found.tolist() == few


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "float16", "uint8", "bool"])
def test_where_beside_a_number(dtype, shape):
    random = np.random.default_rng(0)
    condition = random.uniform(size=shape) < 0.5
    x = (random.normal(size=shape) * 5).astype(dtype)
    if x.size and dtype.startswith("float"):
        x.reshape(-1)[[0, -1]] = [np.nan, -0.0]
    for number in (0, -0.0, 1):
        number = np.asarray(number, dtype)
        for a, b in ((x, number), (number, x), (x, x[::-1])):
            expected = np.where(condition, a, b)
            assert tf.where(condition, a, b).numpy().tobytes() == expected.tobytes()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("exponent", [3, -1, 4, 5, -2, -3, 0, 1, 2, 0.5, 1.5, 1e10, np.inf, np.nan])
def test_powers_of_one_exponent(exponent, dtype):
    """Many have the bits that few have, and no others than NumPy's but for the last ones."""
    x = (np.random.default_rng(0).normal(size=MANY + 7) * 3).astype(dtype)
    x[:8] = [np.nan, np.inf, -np.inf, 0.0, -0.0, -1.0, 1.0, -2.0]
    found = tf.pow(tf.constant(x), exponent).numpy()
    with np.errstate(all="ignore"):
        # An array of exponents, for which NumPy takes no square roots.
        expected = np.power(x.astype(np.float64), np.full(x.shape, exponent))
        expected = expected.astype(dtype)
    np.testing.assert_allclose(found, expected, rtol=4 * np.finfo(dtype).eps)
    is_number = ~np.isnan(expected)
    assert (np.signbit(found) == np.signbit(expected))[is_number].all()
    for part in (slice(0, 11), slice(5, 6), slice(-3, None)):
        few = tf.pow(tf.constant(x[part]), exponent).numpy()
        np.testing.assert_array_equal(few, found[part])


@pytest.mark.parametrize("name", ["maximum", "minimum"])
@pytest.mark.parametrize("number", [0.0, -0.0, np.nan, np.inf, -np.inf, 0.3])
def test_extremes_beside_odd_numbers(number, name):
    x = np.resize(np.float32([np.nan, np.inf, -np.inf, 0.0, -0.0, -1.0, 1.0]), MANY + 3)
    number = np.float32(number)
    for a, b in ((x, number), (number, x)):
        found = getattr(tf, name)(a, b).numpy()
        few = [part[:7] if part.ndim else part for part in (a, b)]
        np.testing.assert_array_equal(found, getattr(np, name)(a, b))
        assert np.signbit(found[:7]).tolist() == np.signbit(getattr(tf, name)(*few)).tolist()
