"""Uniform and normal random numbers as functions of a key and a counter.

Philox gives the numbers of TensorFlow on a CPU: uniform ones and integers bit for bit, normal
ones to the rounding of sine and logarithm.
"""

from __future__ import annotations

from math import cos, log, pi, prod, sin
from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.primitives.families import FLOATS
from eagre.primitives.philox import philox_pairs
from eagre.primitives.random_bits import PHILOX, THREEFRY, Draw, Stream, four_words

_BITS = {"float16": 10, "bfloat16": 7, "float32": 23}
"""How many random bits a uniform number of each dtype has."""

_STEPS = {
    name: (np.array((1 << bits) - 1, np.uint32), np.array(2.0**-bits, np.float32))
    for name, bits in _BITS.items()
}
"""The bits as a mask, and the distance between neighbors."""

_HALF = np.array(32, np.uint64)
_MANTISSA = np.array((1 << 52) - 1, np.uint64)
_ONE = np.array(0x3FF << 52, np.uint64)
"""The bits of 1.0: those of a mantissa beside them make numbers from 1 up to 2."""

# Up to so many words, Python's floats are quicker than the start of twenty kernels.
_FEW = 16
# So many groups at a time stay in the cache.
_CHUNK = 16384

# Box and Muller's method takes the logarithm of a number that is at least float32's 1e-7, which
# is less than the least of the 2^23 numbers above 0.
_LEAST = float(np.float32(1e-7)) * 2**23


# Uniform --------------------------------------------------------------------------------------


class FloatDraw(Draw):
    """What draws of floats share: those of float64 come of blocks as numbers of 64 bits."""

    takes = FLOATS

    def kernel(
        self, key: Any, counter: Any, *rest: Any, shape: Any, dtype: Any, algorithm: int
    ) -> Any:
        stream, shape = self.stream(key, counter, dtype, algorithm), self.final_shape(shape, *rest)
        if algorithm != PHILOX or dtype != dtypes.float64:
            return self.written(stream, shape, dtype, self.write)
        number = prod(shape)
        output = np.empty(number + number % 2)
        for start in range(0, number, 2 * _CHUNK):
            piece = output[start : start + 2 * _CHUNK]
            offsets = np.arange(start // 2, (start + len(piece)) // 2, dtype=np.uint64)
            x, y = philox_pairs(stream.key, stream.counter, offsets)
            self.write_pairs(x, y, piece)
        return output[:number].reshape(shape)

    def write_pairs(self, x: Any, y: Any, output: Any) -> None:
        """Make numbers of float64, two of the two halves of each block, which are used up."""
        raise NotImplementedError


class RandomUniform(FloatDraw):
    """Floats in [0, 1), evenly spaced."""

    def write_pairs(self, x: Any, y: Any, output: Any) -> None:
        """All bits of a significand."""
        doubles(x, output[0::2])
        doubles(y, output[1::2])

    def write(self, words: Any, output: Any, dtype: Any, algorithm: int) -> None:
        """As many bits of each word as the dtype's significand has."""
        if algorithm == THREEFRY and dtype != dtypes.float16:
            output[...] = _from_high_bits(words, dtype)
        else:
            fractions(words, dtype, output)


def fractions(words: Any, dtype: Any, output: Any = None) -> Any:
    """Numbers in [0, 1) out of the low bits of words, for float64 of pairs of words."""
    if dtype is dtypes.float64:
        return doubles(as_pairs(words), output)
    mask, step = _STEPS[dtype.name]
    # Conversion from signed integers is the faster one.
    numbers = np.bitwise_and(words, mask).view(np.int32).astype(np.float32)
    if output is None or output.dtype == np.float32:
        return np.multiply(numbers, step, numbers if output is None else output)
    output[...] = np.multiply(numbers, step, numbers)
    return output


def as_pairs(words: Any) -> Any:
    """Pairs of words as numbers of 64 bits, the first word above the second."""
    numbers = words.view(np.uint64)
    return numbers << _HALF | numbers >> _HALF


def doubles(pairs: Any, output: Any = None) -> Any:
    """Numbers in [0, 1) of float64, of the low bits of numbers of 64 bits, which are used up."""
    np.bitwise_and(pairs, _MANTISSA, pairs)
    np.bitwise_or(pairs, _ONE, pairs)
    numbers = pairs.view(np.float64)
    return np.subtract(numbers, 1.0, numbers if output is None else output)


def _from_high_bits(words: Any, dtype: Any) -> Any:
    """XLA's rule, by which bfloat16 is a float32 whose lower half is cut off."""
    if dtype == dtypes.float64:
        return _scaled(words.view(np.uint64) >> 12, np.float64, 52)
    single = _scaled((words >> np.uint32(9)).view(np.int32), np.float32, 23)
    if dtype == dtypes.bfloat16:
        single = (single.view(np.uint32) & np.uint32(0xFFFF0000)).view(np.float32)
    return single


def _scaled(mantissa: Any, kind: Any, bits: int) -> Any:
    result = mantissa.astype(kind)
    return np.multiply(result, kind(2.0**-bits), result)


# Normal ---------------------------------------------------------------------------------------


class RandomNormal(FloatDraw):
    """Floats of mean 0 and standard deviation 1, by Box and Muller's method."""

    def write_pairs(self, x: Any, y: Any, output: Any) -> None:
        """Two numbers out of two fractions."""
        box_muller_double(x, y, output)

    def shape_of_words(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """An even number of them: normal numbers come in pairs."""
        number = prod(shape)
        return (number + number % 2,)

    def write(self, words: Any, output: Any, dtype: Any, algorithm: int) -> None:
        """Two numbers out of two fractions; halves are rounded float32 numbers."""
        if dtype is dtypes.float32:
            _box_muller_single(words, output)
        else:
            output[...] = box_muller(words, dtype)


def box_muller(words: Any, dtype: Any) -> Any:
    """Normal numbers, as many as fractions can be made of the words; halves are of float32."""
    if dtype != dtypes.float64:
        return _box_muller_single(words, np.empty(len(words), np.float32))
    pairs = as_pairs(words)
    return box_muller_double(pairs[0::2], pairs[1::2], np.empty(len(pairs)))


def box_muller_double(x: Any, y: Any, output: Any) -> Any:
    """Normal numbers of float64, two of the two halves of each block, which are used up."""
    radius, angle = radii(x), doubles(y)
    np.multiply(angle, 2 * pi, angle)
    np.multiply(np.sin(angle), radius, output[0::2])
    np.multiply(np.cos(angle, angle), radius, output[1::2])
    return output


def radii(x: Any) -> Any:
    """In float64, how far normal numbers are from 0, of which the first half of a block says it."""
    radius = doubles(x)
    np.maximum(radius, 1e-7, out=radius)
    np.multiply(np.log(radius, radius), -2.0, radius)
    return np.sqrt(radius, radius)


def _box_muller_single(words: Any, output: Any) -> Any:
    """In float32, each function rounded from float64: NumPy's own float32 ones are less exact."""
    if len(words) <= _FEW:
        return _box_muller_of_few(words, output)
    low = (words & np.uint32(0x7FFFFF)).view(np.int32)
    numbers = low.astype(np.float64)
    first = np.maximum(numbers[0::2], _LEAST)
    np.multiply(first, 2.0**-23, first)
    radius = np.log(first, first).astype(np.float32)
    np.multiply(radius, np.float32(-2), radius)
    np.sqrt(radius, radius)
    half = np.multiply(numbers[1::2], pi * 2.0**-23).astype(np.float32).astype(np.float64)
    sine, cosine = sine_and_cosine(half)
    np.multiply(sine, radius, output[0::2])
    np.multiply(cosine, radius, output[1::2])
    return output


def _box_muller_of_few(words: Any, output: Any) -> Any:
    """The same by Python's floats, of which each number is rounded to float32 as well."""
    low = [word & 0x7FFFFF for word in words.tolist()]
    squares = [-2 * log(max(number, _LEAST) * 2.0**-23) for number in low[0::2]]
    angles = np.array([number * (2 * pi * 2.0**-23) for number in low[1::2]], np.float32)
    lengths = np.sqrt(np.array(squares, np.float32))
    waves = [wave(angle) for angle in angles.tolist() for wave in (sin, cos)]
    np.multiply(np.array(waves, np.float32).reshape(-1, 2), lengths[:, None], output.reshape(-1, 2))
    return output


def sine_and_cosine(half: Any) -> tuple[Any, Any]:
    """In float32, of twice the float64 angles `half`: by their tangents, which NumPy computes for
    many numbers at once, where it takes sines one by one."""
    tangent = np.tan(half, half)
    twice = np.multiply(tangent, tangent)
    np.add(twice, 1.0, twice)
    np.divide(2.0, twice, twice)
    sine = np.multiply(tangent, twice, tangent).astype(np.float32)
    return sine, np.subtract(twice, 1.0, twice).astype(np.float32)


class RandomTruncatedNormal(Draw):
    """Normal numbers within two standard deviations: others are drawn again.

    Four numbers (of float64: two) share a stretch of 256 (128) blocks, from which they take the
    first that fit.
    """

    takes = FLOATS

    def kernel(
        self, key: Any, counter: Any, *rest: Any, shape: Any, dtype: Any, algorithm: int
    ) -> Any:
        stream = self.stream(key, counter, dtype, algorithm)
        shape = self.final_shape(shape, *rest)
        # Halves are rounded after the choice, so that 2 itself is among them.
        kind = dtypes.float64 if dtype == dtypes.float64 else dtypes.float32
        group = 2 if kind == dtypes.float64 else 4
        values = np.empty((-(-prod(shape) // group), group), kind.numpy)
        for start in range(0, len(values), _CHUNK):
            piece = values[start : start + _CHUNK]
            _fill_truncated(piece, start, stream)
        flat = values.reshape(-1)[: prod(shape)]
        return flat.astype(dtype.numpy, copy=False).reshape(shape)


def _fill_truncated(values: Any, start: int, stream: Stream) -> None:
    """Fill the groups of numbers of which the first has the number `start`."""
    groups, size = values.shape
    kind = dtypes.from_numpy(values.dtype)
    # The fits of a group as one number, which is this one where all fit.
    joined, all_fit = (np.uint32, 0x01010101) if size == 4 else (np.uint16, 0x0101)
    offsets = np.arange(start, start + groups, dtype=np.uint64) * np.array(64 * size, np.uint64)
    values.reshape(-1)[...] = box_muller(four_words(stream, offsets), kind)
    fits = np.abs(values) < 2
    pending = np.flatnonzero(fits.view(joined) != all_fit)
    if not len(pending):
        return
    candidates, fits = values[pending], fits[pending]
    block = 0
    while len(pending):
        block += 1
        words = four_words(stream, offsets[pending] + np.array(block, np.uint64))
        more = box_muller(words, kind).reshape(-1, size)
        candidates = np.concatenate([candidates, more], 1)
        fits = np.concatenate([fits, np.abs(more) < 2], 1)
        found = np.add.accumulate(fits, 1, np.int32)
        full = found[:, -1] >= size
        values[pending[full]] = candidates[full][(fits & (found <= size))[full]].reshape(-1, size)
        pending, candidates, fits = pending[~full], candidates[~full], fits[~full]


random_uniform = RandomUniform()
random_normal = RandomNormal()
random_truncated_normal = RandomTruncatedNormal()
