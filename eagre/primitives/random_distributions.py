"""Random numbers of several distributions as functions of a key and a counter.

Philox gives the numbers of TensorFlow on a CPU: uniform ones and integers bit for bit, normal
ones to the rounding of sine and logarithm.
"""

from __future__ import annotations

from math import pi, prod
from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.conversion import DTypeMismatchError
from eagre.core.errors import InvalidArgumentError
from eagre.core.specs import TensorSpec
from eagre.primitives.families import FLOATS
from eagre.primitives.philox import philox_blocks
from eagre.primitives.random_bits import (
    PHILOX,
    THREEFRY,
    Draw,
    as_counter,
    as_uint64,
    random_words,
    threefry_blocks,
)
from eagre.primitives.sorting import stable_order

_BITS = {dtypes.float16: 10, dtypes.bfloat16: 7, dtypes.float32: 23, dtypes.float64: 52}
"""How many random bits a uniform number of each dtype has."""

# So many groups at a time stay in the cache.
_CHUNK = 8192
# So few groups are often all complete at once.
_FEW = 8

# Box and Muller's method takes the logarithm of a number that is at least float32's 1e-7.
_LEAST = float(np.float32(1e-7))


# Uniform --------------------------------------------------------------------------------------


class RandomUniform(Draw):
    """Floats in [0, 1), evenly spaced."""

    takes = FLOATS

    def of_words(self, words: Any, dtype: Any, algorithm: int) -> Any:
        """As many bits of each word as the dtype's significand has."""
        if algorithm == THREEFRY and dtype != dtypes.float16:
            return _from_high_bits(words, dtype)
        return fractions(words, dtype)


def fractions(words: Any, dtype: Any) -> Any:
    """Numbers in [0, 1) out of the low bits of words, for float64 of pairs of words."""
    if dtype == dtypes.float64:
        mantissa = (words[0::2] & np.uint32(0xFFFFF)).astype(np.uint64) << 32 | words[1::2]
        return _scaled(mantissa, np.float64, 52)
    bits = _BITS[dtype]
    # Conversion from signed integers is the faster one.
    low = (words & np.uint32((1 << bits) - 1)).view(np.int32)
    return _scaled(low, np.float32, bits).astype(dtype.numpy, copy=False)


def _from_high_bits(words: Any, dtype: Any) -> Any:
    """XLA's rule, by which bfloat16 is a float32 whose lower half is cut off."""
    if dtype == dtypes.float64:
        return _scaled(as_uint64(words) >> 12, np.float64, 52)
    single = _scaled((words >> np.uint32(9)).view(np.int32), np.float32, 23)
    if dtype == dtypes.bfloat16:
        single = (single.view(np.uint32) & np.uint32(0xFFFF0000)).view(np.float32)
    return single.astype(dtype.numpy, copy=False)


def _scaled(mantissa: Any, kind: Any, bits: int) -> Any:
    result = mantissa.astype(kind)
    return np.multiply(result, kind(2.0**-bits), result)


# Normal ---------------------------------------------------------------------------------------


class RandomNormal(Draw):
    """Floats of mean 0 and standard deviation 1, by Box and Muller's method."""

    takes = FLOATS

    def shape_of_words(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """An even number of them: normal numbers come in pairs."""
        number = prod(shape)
        return (number + number % 2,)

    def of_words(self, words: Any, dtype: Any, algorithm: int) -> Any:
        """Two numbers out of two fractions; halves are rounded float32 numbers."""
        return box_muller(words, dtype)


def box_muller(words: Any, dtype: Any) -> Any:
    """Normal numbers, as many as fractions can be made of the words."""
    if dtype != dtypes.float64:
        return _box_muller_single(words).astype(dtype.numpy, copy=False)
    uniform = fractions(words, dtypes.float64)
    radius = np.sqrt(-2.0 * np.log(np.maximum(uniform[0::2], 1e-7)))
    angle = 2 * pi * uniform[1::2]
    result = np.empty_like(uniform)
    np.multiply(np.sin(angle), radius, result[0::2])
    np.multiply(np.cos(angle), radius, result[1::2])
    return result


def _box_muller_single(words: Any) -> Any:
    """In float32, each function rounded from float64: NumPy's own float32 ones are less exact."""
    uniform = _scaled((words & np.uint32(0x7FFFFF)).view(np.int32), np.float64, 23)
    logarithm = np.log(np.maximum(uniform[0::2], _LEAST)).astype(np.float32)
    radius = np.sqrt(np.float32(-2) * logarithm)
    angle = (2 * pi * uniform[1::2]).astype(np.float32).astype(np.float64)
    sine, cosine = sine_and_cosine(angle)
    result = np.empty(len(words), np.float32)
    np.multiply(sine, radius, result[0::2])
    np.multiply(cosine, radius, result[1::2])
    return result


def sine_and_cosine(angle: Any) -> tuple[Any, Any]:
    """In float32, of float64 angles: by the tangent of their halves, which NumPy computes for many
    numbers at once, where it takes sines one by one."""
    tangent = np.tan(angle * 0.5)
    square = tangent * tangent
    whole = 1.0 + square
    np.divide(tangent + tangent, whole, tangent)
    np.divide(1.0 - square, whole, square)
    return tangent.astype(np.float32), square.astype(np.float32)


class RandomTruncatedNormal(Draw):
    """Normal numbers within two standard deviations: others are drawn again.

    Four numbers (of float64: two) share a stretch of 256 (128) blocks, from which they take the
    first that fit.
    """

    takes = FLOATS

    def kernel(
        self, key: Any, counter: Any, *rest: Any, shape: Any, dtype: Any, algorithm: int
    ) -> Any:
        shape = self.final_shape(shape, *rest)
        # Halves are rounded after the choice, so that 2 itself is among them.
        kind = dtypes.float64 if dtype == dtypes.float64 else dtypes.float32
        group = 2 if kind == dtypes.float64 else 4
        values = np.empty((-(-prod(shape) // group), group), kind.numpy)
        for start in range(0, len(values), _CHUNK):
            piece = values[start : start + _CHUNK]
            _fill_truncated(piece, start, (key, counter, algorithm))
        flat = values.reshape(-1)[: prod(shape)]
        return flat.astype(dtype.numpy, copy=False).reshape(shape)


def _fill_truncated(values: Any, start: int, stream: Any) -> None:
    """Fill the groups of numbers of which the first has the number `start`."""
    groups, size = values.shape
    kind = dtypes.from_numpy(values.dtype)
    filled = np.zeros(groups, np.intp)
    block = 0
    while len(pending := _unfilled(filled, size)):
        offsets = (pending + start).astype(np.uint64) * np.uint64(64 * size) + np.uint64(block)
        candidates = box_muller(four_words(offsets, *stream), kind).reshape(-1, size)
        fits = np.abs(candidates) < 2
        if block == 0:
            # Most groups are complete at once.
            values[...] = candidates
            filled[fits.all(1)] = size
            if groups <= _FEW and (filled == size).all():
                return
        _fill_up(values, filled, pending, candidates, fits)
        block += 1


def _unfilled(filled: Any, size: int) -> Any:
    return np.flatnonzero(filled < size)


def _fill_up(values: Any, filled: Any, pending: Any, candidates: Any, fits: Any) -> None:
    """Put the candidates that fit into the free places of their groups, in order."""
    size = values.shape[1]
    places = _unfilled(filled[pending], size)
    for candidate, fit in zip(candidates[places].T, fits[places].T, strict=True):
        takes = fit & (filled[pending[places]] < size)
        rows = pending[places[takes]]
        values[rows, filled[rows]] = candidate[takes]
        filled[rows] += 1


def four_words(offsets: Any, key: Any, counter: Any, algorithm: int) -> Any:
    """Four words for each offset, flat; of ThreeFry they are two blocks."""
    if algorithm == PHILOX:
        return philox_blocks(int(key[0]), as_counter(counter), offsets).reshape(-1)
    places = np.stack([2 * offsets, 2 * offsets + 1], 1).reshape(-1)
    return threefry_blocks(int(key[0]), int(counter[0]), places).reshape(-1)


# Choices --------------------------------------------------------------------------------------


class RandomPermutation(Draw):
    """The numbers below n in random order, by Fisher and Yates' method; the shape is (n,)."""

    takes = frozenset({dtypes.int32, dtypes.int64})

    def kernel(
        self, key: Any, counter: Any, *rest: Any, shape: Any, dtype: Any, algorithm: int
    ) -> Any:
        (number,) = self.final_shape(shape, *rest)
        words = flat_words(key, counter, max(number - 1, 0), algorithm)
        partners = np.arange(number, dtype=np.int32)
        partners[:-1] += (words % np.arange(number, 1, -1, dtype=np.uint32)).astype(np.int32)
        return _swapped(partners).astype(dtype.numpy)


def _swapped(partners: Any) -> Any:
    """The numbers below n after each in turn has changed places with a partner at or after it."""
    steps = np.arange(len(partners), dtype=np.int32)
    order = stable_order(partners)
    ordered = partners[order]
    # For each step the last one before it with the same partner, or -1.
    before = np.full_like(steps, -1)
    before[order[1:]] = np.where(ordered[1:] == ordered[:-1], order[:-1], -1)
    # What step i finds at place i is what the last step that swapped with i had found.
    last = np.full_like(steps, -1)
    last[ordered] = order
    last = np.where(last == steps, before, last)
    found = np.where(last < 0, steps, last)
    while not np.array_equal(found, further := found[found]):
        found = further
    return np.where(before < 0, partners, found[before])


def flat_words(key: Any, counter: Any, number: int, algorithm: int) -> Any:
    """So many random words in one piece."""
    pieces = list(random_words(key, counter, (number,), False, algorithm))
    return np.concatenate(pieces)[:number] if pieces else np.empty(0, np.uint32)


class RandomCategories(Draw):
    """For each row of logits a row of class numbers, chosen with the classes' probabilities.

    The shape is (samples,). A logit that is not finite gives its class no chance.
    """

    public = "categorical"
    takes = frozenset({dtypes.int32, dtypes.int64})

    def infer(
        self, key: TensorSpec, counter: TensorSpec, *rest: TensorSpec, shape: Any, **params: Any
    ) -> TensorSpec:
        """One row of samples for each row of logits."""
        logits = rest[0]
        if logits.dtype not in FLOATS:
            raise DTypeMismatchError(
                "categorical expected logits of a floating-point dtype. "
                f"Received: logits.dtype={logits.dtype.name}"
            )
        if logits.sizes is not None and (len(logits.sizes) != 2 or logits.sizes[1] == 0):
            raise InvalidArgumentError(
                "categorical expected logits of shape [batch, classes] with at least one class. "
                f"Received: logits.shape={logits.shape}"
            )
        samples = super().infer(key, counter, shape=shape, **params)
        batch = None if logits.sizes is None else logits.sizes[0]
        return TensorSpec.of((batch, *(samples.sizes or (None,))), samples.dtype)

    def kernel(
        self, key: Any, counter: Any, *rest: Any, shape: Any, dtype: Any, algorithm: int
    ) -> Any:
        logits, *sizes = rest
        shape = self.final_shape(shape, *sizes)
        output = np.empty((len(logits), *shape), dtype.numpy)
        words = flat_words(key, counter, 2 * output.size, algorithm)
        chances = fractions(words, dtypes.float64).reshape(output.shape)
        rows = zip(_running_totals(logits), chances, strict=True)
        for row, (totals, chance) in enumerate(rows):
            output[row] = totals.searchsorted(chance * totals[-1], "right")
        return output


def _running_totals(logits: Any) -> Any:
    """For each row the probabilities of the classes up to each, not normalized."""
    logits = logits.astype(np.float64)
    finite = np.isfinite(logits)
    lowest = np.finfo(np.float64).min
    largest = np.max(logits, -1, keepdims=True, where=finite, initial=lowest)
    return np.cumsum(np.where(finite, np.exp(logits - largest), 0.0), -1)


random_uniform = RandomUniform()
random_normal = RandomNormal()
random_truncated_normal = RandomTruncatedNormal()
random_permutation = RandomPermutation()
random_categories = RandomCategories()
