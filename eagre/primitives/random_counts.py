"""Random counts: numbers of Poisson and binomial distributions, as in `random_rejection`."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from eagre.core.caller import Called
from eagre.core.errors import InvalidArgumentError
from eagre.core.shapes import are_compatible
from eagre.core.specs import TensorSpec
from eagre.primitives.random_distributions import doubles
from eagre.primitives.random_few import BlocksOfOne
from eagre.primitives.random_rejection import (
    COUNTS,
    STEP,
    Blocks,
    Outputs,
    ParameterizedDraw,
    Supply,
    for_each,
    uniforms,
)

_where: Any = np.where
_FACTORIALS = 256
"""So many logarithms of factorials are looked up; a series serves where numbers are larger."""

_MOST_OF_FEW = 1e4
"""Rates below this have counts that all dtypes can hold."""

_INVERSION_STEP = 42
"""How many blocks lie between the beginnings of two outputs that are drawn by inversion."""

Tries = Callable[[Any, Any, Any], Any]


# Numbers out of many ----------------------------------------------------------------------------


def _how_many(outputs: Outputs, step: int, total: float, join: Any, columns: Any) -> Any:
    """How many numbers can be joined to a total of each output until it ends.

    `join(total, numbers, *columns)` is the next total and whether it goes on; one that has ended
    stays so. The columns have a number for each output or one for all.
    """
    number = len(outputs.rows)
    result, count = np.zeros(number), np.zeros(number)
    totals, offsets, places = np.full(number, total), outputs.offsets(step), np.arange(number)
    while True:
        goes_on = np.zeros(0, bool)
        for numbers in outputs.pairs(offsets)[::-1]:
            totals, goes_on = join(totals, doubles(numbers), *columns)
            count += goes_on
        open_ones = np.flatnonzero(goes_on)
        if 4 * len(open_ones) < 3 * len(places):
            result[places] = count
            places, count, totals = places[open_ones], count[open_ones], totals[open_ones]
            offsets = offsets[open_ones]
            columns = [for_each(column, open_ones) for column in columns]
        if not len(open_ones):
            return result
        offsets += np.uint64(1)


def _by_candidates(outputs: Outputs, tries: Tries, *columns: Any) -> Any:
    """Numbers of which `tries(u, v, columns)` makes candidates and says whether they fit.

    Of the first candidates most fit; outputs for which one does not begin again.
    """
    v, u = map(doubles, outputs.pairs(outputs.offsets()))
    result, fits = tries(u, v, columns)
    left = np.flatnonzero(~fits)
    if len(left):
        rest = outputs.some(left)
        uniform = Supply(Blocks(rest), uniforms)
        own = [np.broadcast_to(for_each(column, left), len(left)) for column in columns]
        found = np.empty(len(left))
        pending = np.arange(len(left))
        while len(pending):
            u, v = uniform.take(pending), uniform.take(pending)
            numbers, fits = tries(u, v, [column[pending] for column in own])
            found[pending[fits]] = numbers[fits]
            pending = pending[~fits]
        result[left] = found
    return result


@functools.cache
def _log_factorials() -> Any:
    return np.array([math.lgamma(k + 1) for k in range(_FACTORIALS)])


def _log_factorial(k: Any) -> Any:
    """The logarithm of k!, for whole numbers."""
    large = np.maximum(k, _FACTORIALS)
    series = (1 / 12 - (1 / 360 - 1 / 1260 / (large * large)) / (large * large)) / large
    logs = (large + 0.5) * np.log(large) - large + 0.5 * math.log(2 * math.pi) + series
    known = np.minimum(k, _FACTORIALS - 1).astype(np.intp)
    return _where(k < _FACTORIALS, _log_factorials()[known], logs)


# Poisson --------------------------------------------------------------------------------------


class RandomPoisson(ParameterizedDraw):
    """Counts of events, for each rate and sample.

    Products of uniform numbers (Knuth) where the rate is less than 10, else Hörmann, "The
    transformed rejection method for generating Poisson random variables", 1993.
    """

    public = Called("poisson")
    takes = COUNTS
    can_fail = True

    def check_values(self, values: Any, dtype: Any) -> None:
        most = math.inf if dtype.is_floating else float(np.iinfo(dtype.numpy).max)
        self.refuse_unless(values >= 0, values, "rates of at least 0")
        self.refuse_unless(values <= most, values, f"rates that {dtype.name} can hold")

    def is_for_few(self, values: list[Any]) -> bool:
        return all(0 <= rate < _MOST_OF_FEW for rate in values)

    def draw_one(self, blocks: BlocksOfOne, value: Any) -> float:
        return blocks.poisson(value)

    def draw(self, values: Any, outputs: Outputs, dtype: Any) -> Any:
        """An infinite rate gives infinity."""
        is_small = values < 10
        if is_small.all():
            return _by_products(values, outputs)
        result = np.full(len(outputs.rows), math.inf)
        is_large = ~is_small & np.isfinite(values)
        if len(values) == 1:
            return _by_transformation(values, outputs, dtype) if is_large.all() else result
        if is_small.any():
            result[is_small] = _by_products(values[is_small], outputs.some(is_small))
        if is_large.any():
            some = outputs.some(is_large)
            result[is_large] = _by_transformation(values[is_large], some, dtype)
        return result


def _by_products(rate: Any, outputs: Outputs) -> Any:
    """How many uniform numbers can be multiplied until exp(-rate) is reached."""

    def join(product: Any, numbers: Any, limit: Any) -> Any:
        product *= numbers
        return product, product > limit

    return _how_many(outputs, STEP, 1.0, join, [np.exp(-rate)])


def _by_transformation(rate: Any, outputs: Outputs, dtype: Any) -> Any:
    most = float(dtype.max)

    def tries(u: Any, v: Any, columns: Any) -> tuple[Any, Any]:
        rate, a, b = columns
        u -= 0.5
        room = 0.5 - np.abs(u)
        k = np.floor((2 * a / room + b) * u + rate + 0.43)
        fits = (room >= 0.07) & (v <= 0.9277 - 3.6224 / (b - 2))
        places = np.flatnonzero(~fits & (k >= 0) & ((room >= 0.013) | (v <= room)))
        rate, a, b = (for_each(column, places) for column in columns)
        room, v, count = room[places], v[places], k[places]
        scale = (1.1239 + 1.1328 / (b - 3.4)) / (a / (room * room) + b)
        bound = -rate + count * np.log(rate) - _log_factorial(count)
        fits[places] = np.log(v * scale) <= bound
        return k, fits & (k <= most)

    b = 0.931 + 2.53 * np.sqrt(rate)
    return _by_candidates(outputs, tries, rate, -0.059 + 0.02483 * b, b)


# Binomial -------------------------------------------------------------------------------------


class RandomBinomial(ParameterizedDraw):
    """How many of `counts` trials succeed, for each pair [..., 2] of counts and probabilities.

    Sums of geometric numbers where few are expected, else Hörmann, "The generation of binomial
    random variates", 1993 (BTRS).
    """

    public = Called("stateless_binomial")
    takes = COUNTS
    can_fail = True
    step_of_few = _INVERSION_STEP

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
        stream = self.stream(key, counter, dtype, algorithm)
        if counts.shape != probs.shape:
            raise ValueError("parameters of two shapes")
        # Complex numbers carry the pairs through the order of samples and parameters.
        pairs = counts.astype(np.float64) + 1j * probs.astype(np.float64)
        return self.table(stream, pairs, self.final_shape(shape, *sizes), dtype)

    def check_values(self, values: Any, dtype: Any) -> None:
        counts, probs = np.floor(values.real), values.imag
        self.refuse_unless(counts < math.inf, counts, "counts that are finite")
        self.refuse_unless(~np.isnan(probs), probs, "probs that are numbers")

    def is_for_few(self, values: list[Any]) -> bool:
        """Where few are expected of each, and no outcome is certain."""
        return all(
            1 <= value.real < math.inf and 0 < value.imag < 1
            and math.floor(value.real) * min(value.imag, 1 - value.imag) < 10
            for value in values
        )  # fmt: skip

    def draw_one(self, blocks: BlocksOfOne, value: Any) -> float:
        count, prob = math.floor(value.real), value.imag
        if prob <= 0.5:
            return blocks.binomial(count, prob)
        return count - blocks.binomial(count, 1 - prob)

    def draw(self, values: Any, outputs: Outputs, dtype: Any) -> Any:
        """Of the two outcomes the rarer one is counted."""
        counts, probs = np.floor(values.real), values.imag
        rare = _where(probs > 0.5, 1 - probs, probs)
        is_open = (counts > 0) & (probs > 0) & (probs < 1)
        is_many = counts * rare >= 10
        result = np.zeros(len(outputs.rows))
        for is_drawn, draw in ((is_open & is_many, _btrs), (is_open & ~is_many, _by_inversion)):
            if is_drawn.all():
                result[...] = draw(counts, rare, outputs)
            elif is_drawn.any():
                some = outputs.some(is_drawn)
                result[is_drawn] = draw(counts[is_drawn], rare[is_drawn], some)
        result = _where(is_open & (probs > 0.5), counts - result, result)
        return _where((probs >= 1) & (counts > 0), counts, result)


def _by_inversion(count: Any, prob: Any, outputs: Outputs) -> Any:
    """How many geometric numbers can be added until their sum exceeds the count."""

    def join(total: Any, numbers: Any, limit: Any, rate: Any) -> Any:
        np.log(numbers, numbers)
        numbers /= rate
        total += np.ceil(numbers, numbers)
        return total, total <= limit

    return _how_many(outputs, _INVERSION_STEP, 0.0, join, [count, np.log1p(-prob)])


def _btrs(count: Any, prob: Any, outputs: Outputs) -> Any:
    def tries(u: Any, v: Any, columns: Any) -> tuple[Any, Any]:
        n, p, spread, a, b = columns
        u -= 0.5
        room = 0.5 - np.abs(u)
        k = np.floor((2 * a / room + b) * u + (n * p + 0.5))
        fits = (room >= 0.07) & (v <= 0.92 - 4.2 / b)
        places = np.flatnonzero(~fits & (k >= 0) & (k <= n))
        n, p, spread, a, b = (for_each(column, places) for column in columns)
        room, v = room[places], v[places]
        scale = (2.83 + 5.1 / b) * spread / (a / (room * room) + b)
        fits[places] = np.log(v * scale) <= _log_ratio(n, p, k[places])
        return k, fits

    spread = np.sqrt(count * prob * (1 - prob))
    b = 1.15 + 2.53 * spread
    a = -0.0873 + 0.0248 * b + 0.01 * prob
    return _by_candidates(outputs, tries, count, prob, spread, a, b)


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
    square = (k + 1) ** 2
    series = (1 / 12 - (1 / 360 - 1 / 1260 / square) / square) / (k + 1)
    return _where(k <= 9, _small_tails()[np.minimum(k, 9).astype(np.intp)], series)


@functools.cache
def _small_tails() -> Any:
    k = np.arange(10.0)
    logs = (k + 0.5) * np.log(k + 1) - (k + 1) + 0.5 * math.log(2 * math.pi)
    return _log_factorials()[:10] - logs


random_poisson = RandomPoisson()
random_binomial = RandomBinomial()
