"""erf, erfc and the normal distribution function beside the standard library's."""

import math

import numpy as np
import pytest

import eagre as tf
from eagre.primitives import error_functions

NUMBERS = np.concatenate([np.linspace(-6, 11, 20001), np.geomspace(1e-300, 1, 500)])


def exact_cdf(x):
    """By the standard library."""
    return 0.5 * math.erfc(-math.sqrt(0.5) * x)


# Units in the last place of float32 that the result may be wrong by: TensorFlow's own erf is wrong
# by up to 6, its erfc by up to 65.
@pytest.mark.parametrize(
    ("name", "function", "units"),
    [("erf", math.erf, 2.2), ("erfc", math.erfc, 0.85)],
)
def test_error_functions_are_those_of_the_standard_library(name, function, units):
    primitive = getattr(error_functions, name)
    exact = primitive(tf.constant(NUMBERS)).numpy()
    assert exact.tolist() == [function(x) for x in NUMBERS]
    single = primitive(tf.constant(NUMBERS, tf.float32)).numpy()
    expected = np.array([function(x) for x in NUMBERS.astype(np.float32).tolist()])
    unit = np.spacing(np.abs(expected).astype(np.float32))
    assert np.max(np.abs(single - expected) / unit) < units
    edges = primitive(tf.constant([np.nan, np.inf, -np.inf, -0.0], tf.float32)).numpy()
    np.testing.assert_array_equal(edges, [np.nan, *map(function, (math.inf, -math.inf, -0.0))])
    assert np.signbit(edges[3]) == (name == "erf")


def test_normal_distribution_function():
    """As exact as the exponential of x * x / 2 rounded to float32."""
    x = np.concatenate([np.linspace(-13, 7, 20001), np.geomspace(1e-38, 1, 500)])
    exact = error_functions.normal_cdf(tf.constant(x)).numpy()
    assert exact.tolist() == [exact_cdf(each) for each in x]
    x = x.astype(np.float32)
    single = error_functions.normal_cdf(tf.constant(x)).numpy()
    expected = np.array([exact_cdf(each) for each in x.tolist()])
    allowed = 3e-7 + 6e-8 * np.where(x < 0, x * x, 0)
    assert np.max(np.abs(single - expected) / expected / allowed) < 1
    edges = error_functions.normal_cdf(tf.constant([np.nan, np.inf, -np.inf, -0.0])).numpy()
    np.testing.assert_array_equal(edges, [np.nan, 1, 0, 0.5])


@pytest.mark.parametrize("name", ["erf", "erfc", "normal_cdf"])
def test_large_numbers_stay_in_their_bounds(name):
    x = np.array([1e10, 1e18, 1e20, 3e38], np.float32)
    primitive = getattr(error_functions, name)
    upper, lower = (primitive(tf.constant(each)).numpy().tolist() for each in (x, -x))
    least, greatest = {"erf": (-1, 1), "erfc": (2, 0), "normal_cdf": (0, 1)}[name]
    assert (lower, upper) == ([least] * 4, [greatest] * 4)


def test_inverse_of_erf():
    """Beside SciPy's in float64; at both ends infinite, beyond them NaN."""
    ends = 1 - np.geomspace(6e-8, 1, 5001)
    x = np.concatenate([np.linspace(-1, 1, 20002), ends, -ends, np.geomspace(1e-38, 1, 500)])
    x = x.astype(np.float32)
    x = x[np.abs(x) < 1]
    found = tf.math.erfinv(tf.constant(x)).numpy()
    expected = tf.math.erfinv(tf.constant(x, tf.float64)).numpy()
    assert np.max(np.abs(found - expected) / np.spacing(np.abs(expected).astype(np.float32))) < 2.9
    edges = tf.math.erfinv(tf.constant([1.0, -1.0, 1.5, -1.5, np.nan, np.inf, 0.0, -0.0])).numpy()
    np.testing.assert_array_equal(edges, [np.inf, -np.inf, *[np.nan] * 4, 0, 0])
    assert np.signbit(edges[6:]).tolist() == [False, True]
