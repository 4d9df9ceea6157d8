"""Pooling at its edges: NaN, ties, many positions in a window, padding, messages."""

import numpy as np
import pytest

import eagre as tf
from eagre.core.errors import InvalidArgumentError
from eagre.core.tensor import wrap
from eagre.primitives.windows import max_pool, sum_pool, window_argmax

LOWEST = np.finfo(np.float32).min


def row(window, strides=1, padding=((0, 0),) * 3):
    """Parameters for a batch of rows with one channel."""
    return {"window": (1, window, 1), "strides": (1, strides, 1), "padding": padding}


def pooled(values, window):
    """The maxima of a row of numbers, and what its elements get of gradients 1, 10, 100 ..."""
    x = wrap(np.array(values, np.float32).reshape(1, -1, 1))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = max_pool(x, **row(window))
    weights = tf.constant(10.0 ** np.arange(y.array.size).reshape(y.sizes), tf.float32)
    grad = tape.gradient(y, x, weights)
    return y.numpy().ravel().tolist(), grad.numpy().ravel().tolist()


NAN, INFINITY = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("values", "window", "maxima", "grads"),
    [
        ([1, 1, 1, 0], 2, [1, 1, 1], [1, 10, 100, 0]),
        ([1, 2, 2, 1], 3, [2, 2], [0, 11, 0, 0]),
        ([NAN, 1, 2], 2, [1, 2], [0, 1, 10]),
        ([1, NAN, 2, 0], 3, [2, 2], [0, 0, 11, 0]),
        ([NAN, NAN, NAN], 2, [LOWEST, LOWEST], [1, 10, 0]),
        ([-INFINITY, -INFINITY, 3], 2, [LOWEST, 3], [1, 0, 10]),
        ([INFINITY, NAN, INFINITY], 2, [INFINITY, INFINITY], [1, 0, 10]),
    ],
)
def test_nan_is_left_out_and_the_first_maximum_wins(values, window, maxima, grads):
    assert pooled(values, window) == (maxima, grads)


def test_the_first_of_two_zeros_wins():
    y = max_pool(wrap(np.array([[[-0.0], [0.0], [-0.0]]], np.float32)), **row(2))
    assert np.signbit(y.numpy()).ravel().tolist() == [True, False]


def test_an_infinite_gradient_stays_at_its_place():
    x = wrap(np.array([[[1.0], [2.0]]], np.float32))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = max_pool(x, **row(2))
    grad = tape.gradient(y, x, tf.constant([[[INFINITY]]]))
    assert grad.numpy().ravel().tolist() == [0.0, INFINITY]


@pytest.mark.parametrize("size", [255, 256, 300])
def test_windows_of_many_elements(size):
    values = np.random.default_rng(5).standard_normal((1, size + 3, 1)).astype(np.float32)
    places = window_argmax(wrap(values), **row(size)).numpy()
    assert places.dtype == (np.uint8 if size < 256 else np.int32)
    expected = [values[0, start : start + size, 0].argmax() for start in range(4)]
    assert places.ravel().tolist() == expected


@pytest.mark.parametrize("sizes", [(1, 1), (3, 4), (5, 2)])
@pytest.mark.parametrize("window", [1, 2, 3, 5])
@pytest.mark.parametrize("strides", [1, 2, 4])
def test_the_average_of_ones_is_one(sizes, window, strides):
    ones = tf.ones([2, *sizes, 3])
    averages = tf.nn.avg_pool2d(ones, window, strides, "SAME").numpy()
    np.testing.assert_array_equal(averages, np.ones_like(averages))


def test_padding_that_a_window_would_see_alone():
    params = row(2, padding=((0, 0), (2, 0), (0, 0)))
    for pool in (max_pool, sum_pool):
        with pytest.raises(InvalidArgumentError, match="pool1d expected padding that is smaller"):
            pool(wrap(np.ones((1, 3, 1), np.float32)), **params)


def test_another_rank_is_refused():
    with pytest.raises(InvalidArgumentError, match="max_pool1d expected an input with 3 axes"):
        max_pool(wrap(np.ones((3, 1), np.float32)), **row(2))
