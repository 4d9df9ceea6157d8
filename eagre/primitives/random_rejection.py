"""Random numbers of distributions that are drawn by rejection, each from blocks of its own.

An output draws candidates out of consecutive blocks until one fits. Where its blocks begin
depends on its number only, so that the numbers are TensorFlow's on a CPU and outputs are
independent of each other. The number of an output counts samples first, then parameters.
"""

from __future__ import annotations

import math
from math import prod
from typing import Any, NamedTuple

import numpy as np

from eagre.core import dtypes
from eagre.core.caller import Called
from eagre.core.conversion import DTypeMismatchError
from eagre.core.errors import InvalidArgumentError
from eagre.core.shapes import are_compatible
from eagre.core.specs import TensorSpec
from eagre.primitives.families import FLOATS, unbroadcast
from eagre.primitives.random_bits import PHILOX, Draw, as_counter
from eagre.primitives.random_distributions import box_muller, four_words, fractions
from eagre.primitives.random_few import FEW, BlocksOfOne, blocks_of_each
from eagre.primitives.special import gamma_sample_slope

COUNTS = frozenset({dtypes.float16, dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64})
"""The dtypes of numbers that are counts."""

_where: Any = np.where
# So many outputs at a time stay in the cache.
_PIECE = 8192
_STEP = 256
"""How many blocks lie between the beginnings of two outputs."""


class Supply:
    """For each output a store of two numbers, filled from the blocks that belong to it."""

    def __init__(self, blocks: Blocks, make: Any) -> None:
        self.blocks = blocks
        self.make = make
        self.values: Any = np.empty((len(blocks.offsets), 2))
        self.left: Any = np.zeros(len(blocks.offsets), np.int8)

    def take(self, rows: Any) -> Any:
        """The next number of each of these outputs; the second one of a block comes first."""
        empty = rows[self.left[rows] == 0]
        if len(empty):
            self.values[empty] = self.make(self.blocks.words(empty), dtypes.float64).reshape(-1, 2)
            self.left[empty] = 2
        self.left[rows] -= 1
        return self.values[rows, self.left[rows]]


class Stream(NamedTuple):
    """The random blocks of outputs, of which the first one has the number `start`."""

    key: Any
    counter: Any
    algorithm: int
    start: int

    def is_for_few(self, values: Any) -> bool:
        """Whether the outputs with these parameters are few enough to be drawn one by one."""
        return self.start == 0 and len(values) <= FEW and self.algorithm == PHILOX

    def blocks_of_few(self, values: Any) -> list[BlocksOfOne]:
        """For each of few outputs its blocks."""
        return blocks_of_each(int(self.key[0]), as_counter(self.counter), len(values), _STEP)


class Blocks:
    """The place of each output in the stream of random blocks."""

    def __init__(self, stream: Any, offsets: Any) -> None:
        self.stream = stream
        self.offsets = offsets

    def words(self, rows: Any) -> Any:
        """The four words of the next block of each of these outputs, flat."""
        words = four_words(self.offsets[rows], *self.stream)
        self.offsets[rows] += np.uint64(1)
        return words


def _blocks_of(stream: Stream, rows: Any, step: int = _STEP) -> Blocks:
    """Blocks for these outputs of a piece."""
    return Blocks(stream[:3], (rows + stream.start).astype(np.uint64) * np.uint64(step))


class ParameterizedDraw(Draw):
    """What the draws share whose shape ends with that of their parameters."""

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
        shape = self.final_shape(shape, *sizes)
        self.check_end(shape, parameter.shape)
        samples = prod(shape[: len(shape) - parameter.ndim])
        values = np.repeat(parameter.reshape(-1).astype(np.float64), samples)
        drawn = self.draw_all(values, (key, counter, algorithm), dtype)
        table = np.ascontiguousarray(drawn.reshape(parameter.size, samples).T)
        return table.astype(dtype.numpy).reshape(shape)

    def draw_all(self, values: Any, stream: Any, dtype: Any) -> Any:
        """A number in float64 for each of the parameters, piece by piece: a piece stays in the
        cache until its last number fits."""
        key, counter, algorithm = stream
        drawn = np.empty(len(values))
        for start in range(0, len(values), _PIECE):
            piece = slice(start, start + _PIECE)
            drawn[piece] = self.draw(values[piece], Stream(key, counter, algorithm, start), dtype)
        return drawn

    def draw(self, values: Any, stream: Stream, dtype: Any) -> Any:
        """A number in float64 for each of the parameters of a piece."""
        raise NotImplementedError

    def refuse_unless(self, is_right: Any, values: Any, expected: str) -> None:
        """An error that shows the first parameter that is not as expected."""
        if not is_right.all():
            wrong = values[~is_right][0]
            raise InvalidArgumentError(f"{self.public} expected {expected}. Received: {wrong}")


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

    def draw(self, values: Any, stream: Stream, dtype: Any) -> Any:
        """Where alpha is 1, a logarithm does it."""
        is_right = (values >= 0) & np.isfinite(values)
        self.refuse_unless(is_right, values, "alpha that is finite and at least 0")
        if stream.is_for_few(values):
            each = zip(stream.blocks_of_few(values), values.tolist(), strict=True)
            return [blocks.gamma(alpha) for blocks, alpha in each]
        blocks = _blocks_of(stream, np.arange(len(values)))
        uniform, normal = Supply(blocks, fractions), Supply(blocks, box_muller)
        result = np.zeros(len(values))
        is_one = values == 1
        ones = np.flatnonzero(is_one)
        result[ones] = -np.log1p(-uniform.take(ones))
        rows = np.flatnonzero(~is_one)
        result[rows] = _by_squeeze(values[rows], rows, uniform, normal)
        small = np.flatnonzero(values < 1)
        result[small] *= uniform.take(small) ** (1 / values[small])
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


def _by_squeeze(alpha: Any, rows: Any, uniform: Supply, normal: Supply) -> Any:
    """Numbers for alpha, or for alpha + 1 where that is less than 1."""
    d = alpha + _where(alpha < 1, 2.0 / 3, -1.0 / 3)
    c = 1.0 / 3 / np.sqrt(d)
    result = np.empty(len(rows))
    pending = np.arange(len(rows))
    while len(pending):
        x = normal.take(rows[pending])
        v = 1 + c[pending] * x
        is_positive = v > 0
        tried, x, v = pending[is_positive], x[is_positive], v[is_positive] ** 3
        u = uniform.take(rows[tried])
        bound = 0.5 * x * x + d[tried] * (1 - v + np.log(v))
        fits = (u < 1 - 0.0331 * (x * x) * (x * x)) | (np.log(u) < bound)
        result[tried[fits]] = d[tried[fits]] * v[fits]
        pending = np.sort(np.concatenate([pending[~is_positive], tried[~fits]]))
    return result


# Poisson --------------------------------------------------------------------------------------


class RandomPoisson(ParameterizedDraw):
    """Counts of events, for each rate and sample.

    Products of uniform numbers (Knuth) where the rate is less than 10, else Hörmann, "The
    transformed rejection method for generating Poisson random variables", 1993.
    """

    public = Called("poisson")
    takes = COUNTS
    can_fail = True

    def draw(self, values: Any, stream: Stream, dtype: Any) -> Any:
        """An infinite rate gives infinity."""
        most = math.inf if dtype.is_floating else float(np.iinfo(dtype.numpy).max)
        self.refuse_unless(values >= 0, values, "rates of at least 0")
        self.refuse_unless(values <= most, values, f"rates that {dtype.name} can hold")
        if stream.is_for_few(values) and (values < 10).all():
            each = zip(stream.blocks_of_few(values), values.tolist(), strict=True)
            return [blocks.poisson(rate) for blocks, rate in each]
        uniform = Supply(_blocks_of(stream, np.arange(len(values))), fractions)
        result = np.full(len(values), math.inf)
        small = np.flatnonzero(values < 10)
        result[small] = _by_products(values[small], small, uniform)
        large = np.flatnonzero((values >= 10) & np.isfinite(values))
        result[large] = _by_transformation(values[large], large, uniform, float(dtype.max))
        return result


def _by_products(rate: Any, rows: Any, uniform: Supply) -> Any:
    """How many uniform numbers can be multiplied until exp(-rate) is reached."""
    limit = np.exp(-rate)
    product, result = np.ones(len(rows)), np.zeros(len(rows))
    pending = np.arange(len(rows))
    while len(pending):
        product[pending] *= uniform.take(rows[pending])
        pending = pending[product[pending] > limit[pending]]
        result[pending] += 1
    return result


def _by_transformation(rate: Any, rows: Any, uniform: Supply, most: float) -> Any:
    b = 0.931 + 2.53 * np.sqrt(rate)
    a = -0.059 + 0.02483 * b
    result = np.empty(len(rows))
    pending = np.arange(len(rows))
    while len(pending):
        u = uniform.take(rows[pending]) - 0.5
        v = uniform.take(rows[pending])
        rate_, a_, b_ = rate[pending], a[pending], b[pending]
        room = 0.5 - np.abs(u)
        k = np.floor((2 * a_ / room + b_) * u + rate_ + 0.43)
        is_inside = (room >= 0.07) & (v <= 0.9277 - 3.6224 / (b_ - 2))
        is_outside = (k < 0) | ((room < 0.013) & (v > room))
        scale = (1.1239 + 1.1328 / (b_ - 3.4)) / (a_ / (room * room) + b_)
        bound = -rate_ + k * np.log(rate_) - _log_factorial(np.maximum(k, 0))
        fits = (k <= most) & (is_inside | (~is_outside & (np.log(v * scale) <= bound)))
        result[pending[fits]] = k[fits]
        pending = pending[~fits]
    return result


_lgamma: Any = np.frompyfunc(math.lgamma, 1, 1)


def _log_factorial(k: Any) -> Any:
    return _lgamma(k + 1).astype(np.float64)


# Binomial -------------------------------------------------------------------------------------


class RandomBinomial(ParameterizedDraw):
    """How many of `counts` trials succeed, for each pair [..., 2] of counts and probabilities.

    Sums of geometric numbers where few are expected, else Hörmann, "The generation of binomial
    random variates", 1993 (BTRS).
    """

    public = Called("stateless_binomial")
    takes = COUNTS
    can_fail = True

    def infer(
        self, key: TensorSpec, counter: TensorSpec, *rest: TensorSpec, shape: Any, **params: Any
    ) -> TensorSpec:
        """The shape and dtype asked for; both parameters have one shape."""
        counts, probs, *sizes = rest
        self.check_parameter(probs, params["dtype"])
        if not are_compatible(counts.sizes, probs.sizes):
            raise InvalidArgumentError(
                "stateless_binomial expected counts and probs of one shape. "
                f"Received: counts.shape={counts.shape}, probs.shape={probs.shape}"
            )
        return super().infer(key, counter, counts, *sizes, shape=shape, **params)

    def kernel(
        self, key: Any, counter: Any, *rest: Any, shape: Any, dtype: Any, algorithm: int
    ) -> Any:
        counts, probs, *sizes = rest
        # Complex numbers carry the pairs through the order of samples and parameters.
        pairs = counts.astype(np.float64) + 1j * probs.astype(np.float64)
        shape = self.final_shape(shape, *sizes)
        self.check_end(shape, pairs.shape)
        samples = prod(shape[: len(shape) - pairs.ndim])
        values = np.repeat(pairs.reshape(-1), samples)
        drawn = self.draw_all(values, (key, counter, algorithm), dtype)
        table = np.ascontiguousarray(drawn.reshape(pairs.size, samples).T)
        return table.astype(dtype.numpy).reshape(shape)

    def draw(self, values: Any, stream: Stream, dtype: Any) -> Any:
        """Of the two outcomes the rarer one is counted."""
        counts, probs = np.floor(values.real), values.imag
        self.refuse_unless(counts < math.inf, counts, "counts that are finite")
        self.refuse_unless(~np.isnan(probs), probs, "probs that are numbers")
        rare = _where(probs > 0.5, 1 - probs, probs)
        result = np.zeros(len(values))
        is_open = (counts > 0) & (probs > 0) & (probs < 1)
        is_many = counts * rare >= 10
        for is_drawn, draw, step in ((is_many, _btrs, _STEP), (~is_many, _by_inversion, 42)):
            rows = np.flatnonzero(is_open & is_drawn)
            uniform = Supply(_blocks_of(stream, rows, step), fractions)
            result[rows] = draw(counts[rows], rare[rows], uniform)
        result = _where(is_open & (probs > 0.5), counts - result, result)
        return _where((probs >= 1) & (counts > 0), counts, result)


def _by_inversion(count: Any, prob: Any, uniform: Supply) -> Any:
    """How many geometric numbers can be added until their sum exceeds the count."""
    rate = np.log1p(-prob)
    total, result = np.zeros(len(count)), np.zeros(len(count))
    pending = np.arange(len(count))
    while len(pending):
        total[pending] += np.ceil(np.log(uniform.take(pending)) / rate[pending])
        pending = pending[total[pending] <= count[pending]]
        result[pending] += 1
    return result


def _btrs(count: Any, prob: Any, uniform: Supply) -> Any:
    spread = np.sqrt(count * prob * (1 - prob))
    b = 1.15 + 2.53 * spread
    a = -0.0873 + 0.0248 * b + 0.01 * prob
    result = np.empty(len(count))
    pending = np.arange(len(count))
    while len(pending):
        n, p, a_, b_ = count[pending], prob[pending], a[pending], b[pending]
        u = uniform.take(pending) - 0.5
        v = uniform.take(pending)
        room = 0.5 - np.abs(u)
        k = np.floor((2 * a_ / room + b_) * u + (n * p + 0.5))
        is_inside = (room >= 0.07) & (v <= 0.92 - 4.2 / b_)
        scale = (2.83 + 5.1 / b_) * spread[pending] / (a_ / (room * room) + b_)
        is_count = (k >= 0) & (k <= n)
        bound = _log_ratio(n, p, _where(is_count, k, 0))
        fits = is_inside | (is_count & (np.log(v * scale) <= bound))
        result[pending[fits]] = k[fits]
        pending = pending[~fits]
    return result


def _log_ratio(n: Any, p: Any, k: Any) -> Any:
    """The logarithm of the chance of `k` over that of the likeliest count."""
    m = np.floor((n + 1) * p)
    odds = p / (1 - p)
    rest = n - k + 1
    return (
        (m + 0.5) * np.log((m + 1) / (odds * (n - m + 1)))
        + (n + 1) * np.log((n - m + 1) / rest)
        + (k + 0.5) * np.log(odds * rest / (k + 1))
        + (_stirling_tail(m) + _stirling_tail(n - m) - _stirling_tail(k) - _stirling_tail(n - k))
    )


def _stirling_tail(k: Any) -> Any:
    """What Stirling's formula leaves of log(k!); a series serves where k is large."""
    small = np.minimum(k, 9)
    logs = (small + 0.5) * np.log(small + 1) - (small + 1) + 0.5 * math.log(2 * math.pi)
    square = (k + 1) ** 2
    series = (1 / 12 - (1 / 360 - 1 / 1260 / square) / square) / (k + 1)
    return _where(k <= 9, _log_factorial(small) - logs, series)


random_gamma = RandomGamma()
random_poisson = RandomPoisson()
random_binomial = RandomBinomial()
