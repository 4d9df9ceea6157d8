"""Random numbers of distributions that are drawn by rejection, each from blocks of its own.

An output draws candidates out of consecutive blocks until one fits. Where its blocks begin
depends on its number only, so that the numbers are TensorFlow's on a CPU and outputs are
independent of each other. The number of an output counts samples first, then parameters.
Most first candidates fit: they are tried for all outputs in rows without gaps, and the few others
begin again, candidate by candidate.
"""

from __future__ import annotations

import math
from math import prod
from typing import Any, NamedTuple

import numpy as np

from eagre.core import dtypes
from eagre.core.caller import Called
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.core.shapes import are_compatible
from eagre.core.specs import TensorSpec
from eagre.primitives.families import FLOATS, unbroadcast
from eagre.primitives.philox import philox_pairs
from eagre.primitives.random_bits import PHILOX, Draw, Stream, four_words
from eagre.primitives.random_distributions import as_pairs, box_muller_double, doubles, radii
from eagre.primitives.random_few import FEW, BlocksOfOne, blocks_of_each
from eagre.primitives.special import gamma_sample_slope

COUNTS = frozenset({dtypes.float16, dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64})
"""The dtypes of numbers that are counts."""

STEP = 256
"""How many blocks lie between the beginnings of two outputs."""

_where: Any = np.where
# So many outputs at a time: fewer would take longer to start than to draw.
_PIECE = 65536


class Outputs(NamedTuple):
    """Outputs of a draw, by their numbers, which ascend, and where their blocks begin."""

    stream: Stream
    rows: Any

    def offsets(self, step: int = STEP) -> Any:
        """Where the blocks of each begin."""
        return self.rows.astype(np.uint64) * np.array(step, np.uint64)

    def pairs(self, offsets: Any) -> Any:
        """Blocks as numbers of 64 bits [2, blocks]."""
        if self.stream.algorithm == PHILOX:
            return philox_pairs(self.stream.key, self.stream.counter, offsets)
        words = as_pairs(four_words(self.stream, offsets))
        return np.ascontiguousarray(words.reshape(-1, 2).T)

    def some(self, places: Any) -> Outputs:
        """Those at some places among these."""
        return Outputs(self.stream, self.rows[places])


class Supply:
    """For each output a store of two numbers, filled from the blocks that belong to it."""

    def __init__(self, blocks: Blocks, make: Any) -> None:
        self.blocks = blocks
        self.make = make
        self.values: Any = np.empty((len(blocks.offsets), 2))
        self.left: Any = np.zeros(len(blocks.offsets), np.int8)

    def take(self, places: Any) -> Any:
        """The next number of each of these outputs; the second one of a block comes first."""
        empty = places[self.left[places] == 0]
        if len(empty):
            self.values[empty] = self.make(*self.blocks.next_pairs(empty))
            self.left[empty] = 2
        self.left[places] -= 1
        return self.values[places, self.left[places]]


class Blocks:
    """The place of each output in the stream of random blocks."""

    def __init__(self, outputs: Outputs, step: int = STEP) -> None:
        self.outputs = outputs
        self.offsets = outputs.offsets(step)

    def next_pairs(self, places: Any) -> Any:
        """The next block of each of these outputs, as numbers of 64 bits."""
        pairs = self.outputs.pairs(self.offsets[places])
        self.offsets[places] += np.uint64(1)
        return pairs


def uniforms(x: Any, y: Any) -> Any:
    """The two fractions [blocks, 2] of blocks."""
    return np.stack([doubles(x), doubles(y)], 1)


def normals(x: Any, y: Any) -> Any:
    """The two normal numbers [blocks, 2] of blocks."""
    return box_muller_double(x, y, np.empty(2 * len(x))).reshape(-1, 2)


class ParameterizedDraw(Draw):
    """What the draws share whose shape ends with that of their parameters."""

    step_of_few = STEP
    """How many blocks lie between the beginnings of outputs that are drawn one by one."""

    def infer(
        self, key: TensorSpec, counter: TensorSpec, *rest: TensorSpec, shape: Any, **params: Any
    ) -> TensorSpec:
        """The shape and dtype asked for."""
        (spec, *sizes) = rest
        self.check_parameter(spec, params["dtype"])
        self.check_end(shape, spec.sizes)
        return super().infer(key, counter, *sizes, shape=shape, **params)

    def check_parameter(self, spec: TensorSpec, dtype: dtypes.DType) -> None:
        """Refuse a parameter of a dtype from which nothing can be drawn."""
        if spec.dtype not in COUNTS | FLOATS:
            raise DTypeMismatchError(
                f"{self.public} expected parameters of a dtype out of float16, float32, float64, "
                f"int32, int64. Received: dtype={spec.dtype.name}"
            )

    def takes_parameter(self, kind: Any, dtype: dtypes.DType) -> bool:
        """Whether numbers of a dtype may have a parameter of another that has been accepted."""
        return True

    def check_end(self, shape: Any, end: Any) -> None:
        """Refuse a shape that does not end with the parameters'."""
        if shape is None or end is None:
            return
        if len(end) > len(shape) or not are_compatible(shape[len(shape) - len(end) :], end):
            raise InvalidArgumentError(
                f"{self.public} expected a shape that ends with that of the parameters, {end}. "
                f"Received: shape={list(shape)}"
            )

    def kernel(
        self, key: Any, counter: Any, *rest: Any, shape: Any, dtype: Any, algorithm: int
    ) -> Any:
        parameter, *sizes = rest
        stream = self.stream(key, counter, dtype, algorithm)
        if not self.takes_parameter(parameter.dtype, dtype):
            raise TypeError("a parameter of another dtype")
        shape = self.final_shape(shape, *sizes)
        return self.table(stream, parameter.astype(np.float64), shape, dtype)

    def table(self, stream: Stream, parameter: Any, shape: Any, dtype: Any) -> Any:
        """Numbers of the shape for the parameters."""
        if parameter.shape != shape[len(shape) - parameter.ndim :]:
            self.check_end(shape, parameter.shape)
        values = parameter.reshape(-1)
        samples = prod(shape[: len(shape) - parameter.ndim])
        if samples * len(values) <= FEW and stream.algorithm == PHILOX:
            few = [value for value in values.tolist() for _ in range(samples)]
            if self.is_for_few(few):
                blocks = blocks_of_each(stream.key, stream.counter, len(few), self.step_of_few)
                drawn = np.array([*map(self.draw_one, blocks, few)], dtype.numpy)
                return _in_shape(drawn, samples, shape)
        self.check_values(values, dtype)
        return _in_shape(self.draw_all(stream, values, samples, dtype), samples, shape)

    def draw_all(self, stream: Stream, values: Any, samples: int, dtype: Any) -> Any:
        """So many numbers for each of the parameters, piece by piece: a piece stays in the cache
        until its last number fits."""
        drawn: Any = np.empty(samples * len(values), dtype.numpy)
        for start in range(0, len(drawn), _PIECE):
            rows = np.arange(start, min(start + _PIECE, len(drawn)))
            first, last = start // samples, int(rows[-1]) // samples
            # Where all have the same parameter it stands for them once.
            own = values[first : first + 1] if first == last else values[rows // samples]
            drawn[start : start + len(rows)] = self.draw(own, Outputs(stream, rows), dtype)
        return drawn

    def is_for_few(self, values: list[Any]) -> bool:
        """Whether numbers for these parameters, which are right, can be drawn one by one."""
        return False

    def draw_one(self, blocks: BlocksOfOne, value: Any) -> float:
        """A number out of the blocks of one output."""
        raise NotImplementedError

    def check_values(self, values: Any, dtype: Any) -> None:
        """Refuse parameters that there are no numbers for."""

    def draw(self, values: Any, outputs: Outputs, dtype: Any) -> Any:
        """A number in float64 for each output; its parameters are one for each or one for all."""
        raise NotImplementedError

    def refuse_unless(self, is_right: Any, values: Any, expected: str) -> None:
        """An error that shows the first parameter that is not as expected."""
        if not is_right.all():
            wrong = values[~is_right][0]
            raise InvalidArgumentError(f"{self.public} expected {expected}. Received: {wrong}")


def _in_shape(drawn: Any, samples: int, shape: Any) -> Any:
    """Numbers that are in the order of their parameters, in the order of the shape."""
    if 1 < samples < len(drawn):
        drawn = np.ascontiguousarray(drawn.reshape(-1, samples).T)
    return drawn.reshape(shape)


def for_each(values: Any, places: Any) -> Any:
    """The parameters of some outputs; they are one for each or one for all."""
    return values if len(values) == 1 else values[places]


# Gamma ----------------------------------------------------------------------------------------


class RandomGamma(ParameterizedDraw):
    """Numbers of gamma distributions with rate 1, one for each `alpha` and sample.

    Marsaglia and Tsang, "A simple method for generating gamma variables", 2000.
    """

    public = Called("gamma")
    takes = FLOATS
    stops_gradients = False
    can_fail = True
    needs = ("alpha", "output")

    def check_parameter(self, spec: TensorSpec, dtype: dtypes.DType) -> None:
        if spec.dtype != dtype:
            raise DTypeMismatchError(
                f"{self.public} expected alpha of dtype {dtype.name}. "
                f"Received: dtype={spec.dtype.name}"
            )

    def takes_parameter(self, kind: Any, dtype: dtypes.DType) -> bool:
        return kind == dtype.numpy

    def check_values(self, values: Any, dtype: Any) -> None:
        is_right = (values >= 0) & np.isfinite(values)
        self.refuse_unless(is_right, values, "alpha that is finite and at least 0")

    def is_for_few(self, values: list[Any]) -> bool:
        return all(0 <= alpha < math.inf for alpha in values)

    def draw_one(self, blocks: BlocksOfOne, value: Any) -> float:
        return blocks.gamma(value)

    def draw(self, values: Any, outputs: Outputs, dtype: Any) -> Any:
        """Where alpha is 1, a logarithm does it."""
        is_one = values == 1
        if not is_one.any():
            return _gamma(values, outputs)
        if is_one.all():
            return _exponential(outputs)
        result = np.empty(len(outputs.rows))
        result[is_one] = _exponential(outputs.some(is_one))
        result[~is_one] = _gamma(values[~is_one], outputs.some(~is_one))
        return result

    def gradient(
        self,
        grad: Any,
        output: Any,
        key: Any,
        counter: Any,
        alpha: Any,
        sizes: Any = None,
        *,
        shape: Any,
        dtype: Any,
        algorithm: int,
    ) -> Any:
        """Implicit differentiation: Figurnov et al., "Implicit reparameterization", 2018."""
        slope = gamma_sample_slope(alpha, output)
        grads = (None, None, unbroadcast(grad * slope, alpha))
        return grads if sizes is None else (*grads, None)


def _exponential(outputs: Outputs) -> Any:
    return -np.log1p(-doubles(outputs.pairs(outputs.offsets())[1]))


def _gamma(alpha: Any, outputs: Outputs) -> Any:
    """Numbers for alpha other than 1: of the first candidates nineteen out of twenty fit."""
    d, c = _squeeze_of(alpha)
    offsets = outputs.offsets()
    x = _second_normals(*outputs.pairs(offsets))
    v = x * c
    v += 1.0
    is_positive = v > 0
    v *= v * v
    later, uniform = outputs.pairs(offsets + np.uint64(1))
    fits = is_positive & _fits_squeeze(x, doubles(uniform))
    v *= d
    if (alpha < 1).any():
        v *= _where(alpha < 1, doubles(later) ** _exponents(alpha), 1.0)
    left = np.flatnonzero(~fits)
    if len(left):
        v[left] = _gamma_by_candidates(for_each(alpha, left), outputs.some(left))
    return v


def _second_normals(x: Any, y: Any) -> Any:
    """Of the two normal numbers of each block the second one, which comes first.

    It is a cosine, of twice an angle whose tangent NumPy computes for many numbers at once. The
    error is that of a number near 1, which is enough for a candidate.
    """
    radius, cosine = radii(x), doubles(y)
    cosine *= math.pi
    np.tan(cosine, cosine)
    cosine *= cosine
    cosine += 1.0
    np.divide(2.0, cosine, cosine)
    cosine -= 1.0
    cosine *= radius
    return cosine


def _squeeze_of(alpha: Any) -> tuple[Any, Any]:
    """The constants for alpha, or for alpha + 1 where that is less than 1."""
    d = alpha + _where(alpha < 1, 2.0 / 3, -1.0 / 3)
    return d, 1.0 / 3 / np.sqrt(d)


def _fits_squeeze(x: Any, uniform: Any) -> Any:
    bound = x * x
    bound *= bound
    bound *= -0.0331
    bound += 1.0
    return uniform < bound


def _exponents(alpha: Any) -> Any:
    """For alpha less than 1 the power of a uniform number that leads back from alpha + 1."""
    return 1 / np.minimum(alpha, 1)


def _gamma_by_candidates(alpha: Any, outputs: Outputs) -> Any:
    """The same from the beginning, one candidate after the other."""
    blocks, number = Blocks(outputs), len(outputs.rows)
    uniform, normal = Supply(blocks, uniforms), Supply(blocks, normals)
    alpha = np.broadcast_to(alpha, number)
    d, c = _squeeze_of(alpha)
    result = np.empty(number)
    pending = np.arange(number)
    while len(pending):
        x = normal.take(pending)
        v = 1 + c[pending] * x
        is_positive = v > 0
        tried, x, v = pending[is_positive], x[is_positive], v[is_positive]
        v *= v * v
        u = uniform.take(tried)
        bound = 0.5 * x * x + d[tried] * (1 - v + np.log(v))
        fits = _fits_squeeze(x, u) | (np.log(u) < bound)
        result[tried[fits]] = d[tried[fits]] * v[fits]
        pending = np.sort(np.concatenate([pending[~is_positive], tried[~fits]]))
    small = np.flatnonzero(alpha < 1)
    result[small] *= uniform.take(small) ** _exponents(alpha[small])
    return result


random_gamma = RandomGamma()
