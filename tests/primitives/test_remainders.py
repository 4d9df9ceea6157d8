"""Remainders of many floats are those of NumPy, element by element, to the last bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import eagre as tf
from eagre.primitives.remainders import by_quotients

ODD = [0.0, -0.0, np.nan, np.inf, -np.inf, 1e-45, -1e-45, 3.4e38, -3.4e38, 1.0, -1.0, 3.0, 0.1]


def expected_of(x, y):
    """NumPy's remainder; a zero has the sign of x."""
    with np.errstate(all="ignore"):
        result = np.remainder(x, y)
    return np.where(result == 0, np.copysign(result, x), result)


def assert_same(x, y):
    with np.errstate(all="ignore"):
        found, expected = by_quotients(x, y), expected_of(x, y)
    np.testing.assert_array_equal(found, expected)
    is_number = ~np.isnan(expected)
    assert (np.signbit(found) == np.signbit(expected))[is_number].all()


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_odd_numbers(dtype):
    with np.errstate(over="ignore"):
        odd = np.array(ODD, dtype)
    for x in odd:
        for y in odd:
            assert_same(np.full(20, x), np.full(20, y))
            assert_same(np.append(np.ones(20, dtype), x), np.append(np.ones(20, dtype), y))


@pytest.mark.parametrize("spread", [0, 5, 20, 60])
@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_numbers_of_all_sizes(dtype, spread):
    random = np.random.default_rng(spread)
    with np.errstate(all="ignore"):
        x, y = (random.normal(size=(2, 200_000)) * 2.0 ** random.normal(size=(2, 200_000)) ** 1
                * 2.0 ** (random.uniform(-spread, spread, (2, 200_000)))).astype(dtype)
    assert_same(x, y)
    assert_same(np.rint(x), np.rint(y))


@settings(max_examples=300, deadline=None)
@given(st.integers(-(2**24), 2**24), st.integers(1, 2**24), st.integers(-60, 60))
def test_quotients_next_to_integers(x, y, power):
    """Multiples of y, and the floats beside them."""
    y = np.float32(y) * np.float32(2.0**power)
    near = np.float32(x) * y
    numbers = np.array([near, np.nextafter(near, np.float32(np.inf)),
                        np.nextafter(near, np.float32(-np.inf))], np.float32)
    assert_same(numbers, np.full(3, y))
    assert_same(numbers, np.full(3, -y))


def test_many_elements_through_the_public_function():
    x = np.random.default_rng(0).normal(size=(3, 20_000)).astype(np.float32)
    y = np.random.default_rng(1).normal(size=20_000).astype(np.float32)
    for a, b in ((x, y), (x, np.float32(0.3)), (np.float32(7), y), (x.T, y[:3])):
        found = tf.math.floormod(tf.constant(a), tf.constant(b)).numpy()
        assert found.tobytes() == np.ascontiguousarray(expected_of(a, b)).tobytes()


@pytest.mark.parametrize("size", [5, 50_000])
@pytest.mark.parametrize("dtype", ["int32", "int64", "uint8"])
@pytest.mark.parametrize(
    ("function", "name"),
    [
        (tf.math.floordiv, "floordiv"), (tf.math.floormod, "floormod"),
        (tf.truncatediv, "truncatediv"), (tf.truncatemod, "truncatemod"),
    ],
)  # fmt: skip
def test_integers_are_not_divided_by_zero(function, name, dtype, size):
    x = np.full(size, 7, dtype)
    np.testing.assert_array_equal(function(x, x + 1), np.full(size, 7 if "mod" in name else 0))
    divisors = np.full(size, 3, dtype)
    divisors[-1] = 0
    for zero in (divisors, np.zeros((), dtype), np.zeros([size], dtype)):
        with pytest.raises(tf.errors.InvalidArgumentError, match=f"^{name} of integers expected"):
            function(x, zero)
        with pytest.raises(tf.errors.InvalidArgumentError, match=f"^{name} of integers expected"):
            tf.function(function)(tf.constant(x), tf.constant(zero))
