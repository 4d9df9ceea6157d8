"""Kernels that go block by block: an element has the same bits wherever it stands."""

import numpy as np
import pytest

import eagre as tf
from eagre.primitives.blockwise import BLOCK, in_blocks

SIZES = [BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 2 * BLOCK + 17]
UNARY = {
    "erf": tf.math.erf, "erfc": tf.math.erfc, "gelu": tf.nn.gelu, "elu": tf.nn.elu,
    "selu": tf.nn.selu, "erfinv": tf.math.erfinv, "lgamma": tf.math.lgamma,
    "softplus": tf.math.softplus, "sigmoid": tf.sigmoid,
    "loss": lambda x: tf.nn.sigmoid_cross_entropy_with_logits(x, x),
}  # fmt: skip
SPECIAL = [np.nan, np.inf, -np.inf, -0.0, 0.0, 1e-40, -1e-40, 3e38, -3e38, 1.0, -1.0]


def numbers(size, dtype):
    """Numbers of all sizes, with special ones at both ends."""
    random = np.random.default_rng(size)
    x = random.normal(size=size) * np.exp(random.uniform(-9, 3, size))
    x[: len(SPECIAL)] = x[-len(SPECIAL) :] = SPECIAL
    return tf.cast(tf.constant(x), dtype)


def bits(array):
    """The bytes of the elements; all NaN count as one."""
    return np.where(array != array, np.array(np.nan, array.dtype), array).tobytes()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "bfloat16"])
@pytest.mark.parametrize("name", UNARY)
def test_bits_do_not_depend_on_the_place(name, dtype, size):
    function = UNARY[name]
    if dtype == "float64" and name.startswith("erf") and size > BLOCK + 1:
        size = BLOCK + 1
    x = numbers(size, dtype)
    found = function(x).numpy()
    random = np.random.default_rng(0)
    starts = [0, size - 40, BLOCK - 20, *random.integers(0, size - 40, 20)]
    for start in starts:
        for length in (1, 7, 20, 40):
            part = slice(start, start + length)
            assert bits(function(x[part]).numpy()) == bits(found[part])
    if size % 2 == 0:
        turned = tf.transpose(tf.reshape(x, [2, -1]))
        assert bits(function(turned).numpy().T) == bits(found)


def test_shapes():
    double = in_blocks(lambda x, out, room: (np.add(x, x, room), np.copyto(out, room)), 1)
    for shape in ([], [0], [3, 0], [2, 3, 4], [BLOCK, 3], [1, BLOCK + 1]):
        x = np.random.default_rng(0).normal(size=shape).astype(np.float32)
        found = double(x)
        assert found.shape == x.shape
        np.testing.assert_array_equal(found, x + x)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_several_arrays_broadcast(dtype):
    minus = in_blocks(np.subtract, inputs=2)
    x = np.random.default_rng(0).normal(size=(300, 1, 400)).astype(dtype)
    y = np.random.default_rng(1).normal(size=(7, 1)).astype(dtype)
    for a, b in ((x, y), (y, x), (x, x.T.T), (x, np.asarray(2, dtype)), (x[:, 0].T, x[:, 0].T)):
        assert minus(a, b).tobytes() == (a - b).tobytes()


def test_narrow_arrays_are_rounded_once():
    cube = in_blocks(lambda x, out: np.multiply(x * x, x, out), least=np.float64)
    x = np.linspace(-3, 3, 2 * BLOCK + 5).astype(np.float32)
    assert cube(x).tobytes() == (x.astype(np.float64) ** 3).astype(np.float32).tobytes()
