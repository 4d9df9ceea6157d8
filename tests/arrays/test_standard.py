"""Where the array API standard asks for more than NumPy gives, or for something else."""

import inspect
import itertools

import numpy as np
import pytest

import eagre as tf
from eagre import array_api
from eagre.arrays.indexing import numpy_getitem

INFINITIES = [np.inf, -np.inf]
FINITE = [1.0, -1.0, 2.5, -3.0, 1e300, -1e300]


def quotient(x, y, dtype):
    with np.errstate(all="ignore"):
        pair = [np.asarray(value).astype(dtype) for value in (x, y)]
    return array_api.floor_divide(*[tf.constant(value) for value in pair]).numpy()


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_floor_divide_at_infinities(dtype):
    """Rules of the standard's page of floor_divide, which NumPy departs from."""
    for x, y in itertools.product(INFINITIES, FINITE[:4]):
        assert quotient(x, y, dtype) == np.copysign(np.inf, x * y)
    for x, y in itertools.product(FINITE[:4], INFINITIES):
        zero = quotient(x, y, dtype)
        assert zero == 0 and np.signbit(zero) == (np.sign(x) != np.sign(y))
    for x, y in itertools.product(INFINITIES, INFINITIES):
        assert np.isnan(quotient(x, y, dtype))
    assert np.isnan(quotient(np.nan, np.inf, dtype)) and np.isnan(quotient(np.inf, np.nan, dtype))
    both = quotient([np.inf, 7.0, -7.0], [2.0, 2.0, 2.0], dtype)
    assert both.tolist() == [np.inf, 3.0, -4.0]


@pytest.mark.parametrize("axis", [2, -3, 7, -8])
def test_an_axis_outside_is_an_index_error(axis):
    with pytest.raises(IndexError, match="expand_dims expected an axis in") as caught:
        array_api.expand_dims([1, 2], axis=axis)
    assert isinstance(caught.value, tf.errors.InvalidArgumentError)


@pytest.mark.parametrize(("shape", "mask"), [
    ((4,), (3,)), ((4,), (4, 1)), ((2, 3), (3,)), ((2, 3), (2, 2)), ((), (1,)), ((0,), (2,))])
def test_a_mask_that_does_not_fit_is_an_index_error(shape, mask):
    x, mask = np.zeros(shape), np.zeros(mask, bool)
    with pytest.raises(IndexError):
        x[mask]
    with pytest.raises(IndexError, match=r"tensor\[...\] expected") as caught:
        numpy_getitem(tf.constant(x), tf.constant(mask))
    assert isinstance(caught.value, tf.errors.InvalidArgumentError)


def test_masks_behind_other_parts():
    x, mask = np.arange(24.0).reshape(2, 3, 4), np.array([True, False, True])
    for key in ((0, mask), (slice(None), mask), (Ellipsis, mask[[0, 1, 2, 1]]), (None, 1, mask)):
        parts = tuple(tf.constant(part) if part is mask else part for part in key)
        np.testing.assert_array_equal(numpy_getitem(tf.constant(x), parts).numpy(), x[key])
    with pytest.raises(IndexError, match=r"expected a mask of shape \(4,\)"):
        numpy_getitem(tf.constant(x), (Ellipsis, tf.constant(mask)))


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "uint64"])
def test_repeats_of_any_integer_dtype(dtype):
    counts = np.array([100, 1, 60], dtype)
    for repeat in (array_api.repeat, tf.repeat):
        repeated = repeat(tf.constant([1, 2, 3]), tf.constant(counts))
        np.testing.assert_array_equal(repeated.numpy(), np.repeat([1, 2, 3], counts.astype(int)))
        assert repeat(tf.constant([1, 2]), tf.constant(np.array(2, dtype))).shape == (4,)


def test_the_signature_of_the_protocol():
    parameters = inspect.signature(tf.constant(1).__dlpack__).parameters
    assert list(parameters) == ["stream", "max_version", "dl_device", "copy"]
    with pytest.raises(TypeError, match="unexpected keyword argument"):
        tf.constant(1).__dlpack__(device=(1, 0))


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int32", "uint32", "int64", "uint64"])
@pytest.mark.parametrize("name", ["bitwise_left_shift", "bitwise_right_shift"])
def test_shifts_by_the_width_and_more(name, dtype):
    """As in NumPy nothing is left but the sign."""
    limits = np.iinfo(dtype)
    x = np.array([0, 1, 5, limits.max, limits.min], dtype)[:, None]
    y = np.array([0, 1, limits.bits - 1, limits.bits, limits.bits + 1, 100], dtype)
    shifted = getattr(array_api, name)(tf.constant(x), tf.constant(y))
    np.testing.assert_array_equal(shifted.numpy(), getattr(np, name)(x, y))


def test_long_integers_keep_all_digits():
    values = [2**63 + 1, 3, 2**64 - 1, True]
    for make in (array_api.asarray, tf.experimental.numpy.array):
        for given in (values, [values, values], values[0]):
            made = make(given, dtype=tf.uint64)
            assert made.dtype == tf.uint64 and made.numpy().tolist() == given
    assert array_api.asarray([2.0, 3.0], dtype=tf.uint64).numpy().tolist() == [2, 3]
    assert array_api.asarray([-1, 2], dtype=tf.uint64).numpy().tolist() == [2**64 - 1, 2]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_powers_to_one_half_are_no_square_roots(dtype):
    """One exponent for all gives what an array of exponents gives, for which NumPy takes powers."""
    x = np.array([0.0, -0.0, np.inf, -np.inf, 4.0, -4.0, 0.3, np.nan], dtype)
    half = np.array(0.5, dtype)
    with np.errstate(all="ignore"):
        expected = np.power(x, np.full_like(x, half))
    tensor = tf.constant(x)
    for power in (tf.pow, tf.function(tf.pow), array_api.pow, lambda x, y: x**y):
        for exponent in (tf.constant(half), 0.5):
            whole = power(tensor, exponent).numpy()
            np.testing.assert_allclose(whole, expected, rtol=1e-6)
            np.testing.assert_array_equal(np.signbit(whole), np.signbit(expected))
            ones = np.array([power(one, exponent).numpy() for one in tensor])
            np.testing.assert_array_equal(np.signbit(ones), np.signbit(expected))
            assert whole.dtype == dtype
