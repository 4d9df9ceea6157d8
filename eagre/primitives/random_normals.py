"""Normal numbers within bounds, by three ways of rejection, which follow on from one another."""

from __future__ import annotations

from math import prod, sqrt
from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.errors import DTypeMismatchError, InternalError, InvalidArgumentError
from eagre.core.shapes import are_compatible, merge_sizes
from eagre.core.specs import TensorSpec
from eagre.primitives.comparison import is_finite, select
from eagre.primitives.error_functions import erfc
from eagre.primitives.families import FLOATS, unbroadcast, zero_like
from eagre.primitives.random_bits import Stream, four_words
from eagre.primitives.random_distributions import box_muller, fractions
from eagre.primitives.random_rejection import ParameterizedDraw
from eagre.primitives.transcendental import exp

_NAMES = ("means", "stddevs", "minvals", "maxvals")
_PER_BLOCK = 16
"""How many bytes of numbers a block makes."""

_ENOUGH = 1.3
"""How many deviations a bound is from the mean where normal numbers are tried."""

_MOST_TURNS = 1000
"""How often candidates are made in vain."""


class RandomBoundedNormal(ParameterizedDraw):
    """Normal numbers between bounds; the four parameters have one shape.

    Normal numbers are tried where the bounds are wide, uniform ones where they are narrow, else
    exponential ones: Robert, "Simulation of truncated normal variables", 1995.
    """

    public = "stateless_parameterized_truncated_normal"
    takes = FLOATS
    stops_gradients = False
    can_fail = True
    needs = ("mean", "deviation", "low", "high", "output")

    def infer(
        self, key: TensorSpec, counter: TensorSpec, *rest: TensorSpec, shape: Any, **params: Any
    ) -> TensorSpec:
        """The shape and dtype asked for."""
        means, *others = rest[:4]
        sizes = means.sizes
        for other in others:
            if other.dtype != means.dtype or not are_compatible(other.sizes, sizes):
                raise DTypeMismatchError(
                    f"{self.public} expected parameters of one dtype and shape. Received: "
                    f"{', '.join(f'{x.dtype.name} {x.shape}' for x in rest[:4])}"
                )
            sizes = merge_sizes(sizes, other.sizes)
        end = TensorSpec.of(sizes, means.dtype)
        return super().infer(key, counter, end, *rest[4:], shape=shape, **params)

    def kernel(
        self, key: Any, counter: Any, *rest: Any, shape: Any, dtype: Any, algorithm: int
    ) -> Any:
        stream = self.stream(key, counter, dtype, algorithm)
        if len({(x.dtype, x.shape) for x in rest[:4]}) != 1:
            raise TypeError("parameters of several dtypes or shapes")
        shape = self.final_shape(shape, *rest[4:])
        self.check_end(shape, rest[0].shape)
        samples = prod(shape[: len(shape) - rest[0].ndim])
        kind = np.dtype(np.float64 if dtype == dtypes.float64 else np.float32)
        columns = [x.astype(kind).reshape(-1) for x in rest[:4]]
        result = np.empty((rest[0].size, samples), kind)
        words = _Words(stream)
        for row, parameters in zip(result, zip(*columns, strict=True), strict=True):
            self.check_parameters(*parameters)
            row[...] = _bounded(words, samples, *parameters)
        return np.ascontiguousarray(result.T).astype(dtype.numpy).reshape(shape)

    def check_parameters(self, *values: Any) -> None:
        """Refuse parameters between which there is nothing."""
        mean, deviation, low, high = values
        is_bounded = np.isfinite(low) or np.isfinite(high)
        if not (np.isfinite(mean) and deviation > 0 and low < high and is_bounded):
            came = ", ".join(f"{n}={v}" for n, v in zip(_NAMES, values, strict=True))
            raise InvalidArgumentError(
                f"{self.public} expected stddevs > 0 and minvals < maxvals, one of them finite. "
                f"Received: {came}"
            )

    def gradient(
        self,
        grad: Any,
        output: Any,
        key: Any,
        counter: Any,
        mean: Any,
        deviation: Any,
        low: Any,
        high: Any,
        sizes: Any = None,
        *,
        shape: Any,
        dtype: Any,
        algorithm: int,
    ) -> Any:
        """Implicit differentiation, the quantile of each number being held."""
        z, a, b = ((x - mean) / deviation for x in (output, low, high))
        of_a = exp((z * z - a * a) * 0.5) * _mass(z, b) / _mass(a, b)
        of_b = exp((z * z - b * b) * 0.5) * _mass(a, z) / _mass(a, b)
        finite_a, finite_b = (select(is_finite(x), x, zero_like(x)) for x in (a, b))
        grads = (
            None,
            None,
            lambda: unbroadcast(grad * (1 - of_a - of_b), mean),
            lambda: unbroadcast(grad * (z - finite_a * of_a - finite_b * of_b), deviation),
            lambda: unbroadcast(grad * of_a, low),
            lambda: unbroadcast(grad * of_b, high),
        )
        return grads if sizes is None else (*grads, None)


def _mass(low: Any, high: Any) -> Any:
    """The chance of a normal number between two bounds, exact in both tails."""
    is_right = low > 0
    near, far = select(is_right, low, -high), select(is_right, high, -low)
    root = sqrt(0.5)
    return (erfc(near * root) - erfc(far * root)) * 0.5


class _Words:
    """The blocks of a stream, one after the other."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.place = 0

    def peek(self, blocks: int) -> Any:
        """The words of the next blocks."""
        offsets = np.arange(self.place, self.place + blocks, dtype=np.uint64)
        return four_words(self.stream, offsets)


def _bounded(words: _Words, samples: int, mean: Any, deviation: Any, low: Any, high: Any) -> Any:
    """Numbers of one distribution; they use up whole turns of the stream."""
    if low == -np.inf or high < mean:
        low, high, deviation = high, low, -deviation
    a, b = (low - mean) / deviation, (high - mean) / deviation
    root = np.sqrt(a * a + 4)
    cutoff = 2 * np.exp(0.5 + (a * (a - root)) / 4) / (a + root)
    if (a < -_ENOUGH and b >= 0) or (b > _ENOUGH and a <= 0):
        tries, blocks = _normals, 1
    elif b - a < cutoff:
        tries, blocks = _uniforms, 2
    else:
        tries, blocks = _exponentials, 1
    found = np.empty(0, a.dtype)
    in_vain = 0
    while len(found) < samples:
        if in_vain == _MOST_TURNS:
            raise InternalError(
                f"{RandomBoundedNormal.public} expected bounds between which numbers of this dtype "
                f"can be found. Received: {mean=!s}, {deviation=!s}, {low=!s}, {high=!s}"
            )
        # A turn gives one to four candidates; of those to spare the blocks stay unused.
        turns = max(samples - len(found), 1)
        z, fits = tries(words.peek(turns * blocks), a, b)
        z, fits = z.reshape(turns, -1), fits.reshape(turns, -1)
        reached = len(found) + np.cumsum(fits.sum(1))
        used = min(int(np.searchsorted(reached, samples)) + 1, turns)
        words.place += used * blocks
        in_vain = 0 if fits.any() else in_vain + 1
        found = np.concatenate([found, z[:used][fits[:used]]])
    return found[:samples] * deviation + mean


def _dtype_of(x: Any) -> dtypes.DType:
    return dtypes.from_numpy(x.dtype)


def _normals(words: Any, a: Any, b: Any) -> tuple[Any, Any]:
    z = box_muller(words, _dtype_of(a))
    return z, (z >= a) & (z <= b)


def _uniforms(words: Any, a: Any, b: Any) -> tuple[Any, Any]:
    """The candidates are in one block, the chances to keep them in the next."""
    numbers = fractions(words, _dtype_of(a))
    z, u = np.moveaxis(numbers.reshape(-1, 2, _PER_BLOCK // a.dtype.itemsize), 1, 0)
    z = z * (b - a) + a
    least = a.dtype.type(0) if a < 0 else a * a
    return z, u <= np.exp((least - z * z) / 2)


def _exponentials(words: Any, a: Any, b: Any) -> tuple[Any, Any]:
    numbers = fractions(words, _dtype_of(a))
    rate = (a + np.sqrt(a * a + 4)) / 2
    z = -np.log(numbers[0::2]) / rate + a
    x = rate - z if a < rate else a - rate
    return z, (numbers[1::2] <= np.exp(-x * x / 2)) & (z < b)


random_bounded_normal = RandomBoundedNormal()
