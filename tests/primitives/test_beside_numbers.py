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
