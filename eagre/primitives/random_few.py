"""Few numbers by rejection, one after the other by Python's floats.

A round of rejection over arrays takes a dozen calls of NumPy, whose start alone is longer than all
that a few outputs need. The blocks, their order and the methods are those of `random_rejection`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from eagre.primitives.philox import philox_block, philox_blocks

FEW = 16
"""Up to so many outputs this way is the quicker one."""

_LEAST = 1e-7  # Box and Muller's method takes the logarithm of a number that is at least this.

_AHEAD = 2

Numbers = Callable[[], float]


def _uniforms(words: Any) -> list[float]:
    """The two fractions of a block."""
    a, b, c, d = words
    return [((a & 0xFFFFF) << 32 | b) * 2.0**-52, ((c & 0xFFFFF) << 32 | d) * 2.0**-52]


def _normals(words: Any) -> list[float]:
    """The two normal numbers of a block, by Box and Muller's method."""
    first, second = _uniforms(words)
    radius = math.sqrt(-2.0 * math.log(max(first, _LEAST)))
    angle = 2 * math.pi * second
    return [math.sin(angle) * radius, math.cos(angle) * radius]


class BlocksOfOne:
    """The blocks of one output, and the stores of two numbers that are filled from them."""

    def __init__(self, key: int, counter: int, ahead: list[Any]) -> None:
        self.key = key
        self.counter = counter
        self.ahead = ahead

    def next_block(self) -> Any:
        """The four words of the next block."""
        if self.ahead:
            return self.ahead.pop()
        words = philox_block(self.key, self.counter)
        self.counter += 1
        return words

    def store(self, make: Any) -> Numbers:
        """A function that gives the next number; the second one of a block comes first."""
        left: list[float] = []

        def take() -> float:
            nonlocal left
            if not left:
                left = make(self.next_block())
            return left.pop()

        return take

    def gamma(self, alpha: float) -> float:
        """A number of the gamma distribution with rate 1."""
        uniform, normal = self.store(_uniforms), self.store(_normals)
        if alpha == 1:
            return -math.log1p(-uniform())
        number = _by_squeeze(alpha, uniform, normal)
        return number * uniform() ** (1 / alpha if alpha else math.inf) if alpha < 1 else number

    def poisson(self, rate: float) -> float:
        """For a rate of less than 10, how many uniform numbers can be multiplied until exp(-rate)
        is reached."""
        uniform = self.store(_uniforms)
        if rate >= 10:
            return _by_transformation(rate, uniform)
        limit, product, count = math.exp(-rate), uniform(), 0
        while product > limit:
            product *= uniform()
            count += 1
        return count


    def binomial(self, count: float, prob: float) -> int:
        """How many geometric numbers can be added until their sum exceeds the count."""
        uniform, rate = self.store(_uniforms), math.log1p(-prob)
        left, found = count, 0
        while (number := uniform()) > 0 and (steps := math.log(number) / rate) <= left:
            left -= math.ceil(steps)
            found += 1
        return found


def _by_transformation(rate: float, uniform: Numbers) -> float:
    b = 0.931 + 2.53 * math.sqrt(rate)
    a = -0.059 + 0.02483 * b
    while True:
        u, v = uniform() - 0.5, uniform()
        room = 0.5 - abs(u)
        if not room:
            continue
        k = math.floor((2 * a / room + b) * u + rate + 0.43)
        if room >= 0.07 and v <= 0.9277 - 3.6224 / (b - 2):
            return k
        if k < 0 or (room < 0.013 and v > room):
            continue
        chance = v * (1.1239 + 1.1328 / (b - 3.4)) / (a / (room * room) + b)
        if not chance or math.log(chance) <= -rate + k * math.log(rate) - math.lgamma(k + 1):
            return k


def blocks_of_each(key: int, counter: int, outputs: int, step: int) -> list[BlocksOfOne]:
    """For each output its blocks, which are `step` apart; those that all need come at once."""
    starts = [step * number for number in range(outputs)]
    offsets = [start + block for start in starts for block in reversed(range(_AHEAD))]
    words = philox_blocks(key, counter, np.array(offsets, np.uint64)).tolist()
    return [
        BlocksOfOne(key, counter + start + _AHEAD, words[_AHEAD * i : _AHEAD * (i + 1)])
        for i, start in enumerate(starts)
    ]


def _by_squeeze(alpha: float, uniform: Numbers, normal: Numbers) -> float:
    """A number for alpha, or for alpha + 1 where that is less than 1."""
    d = alpha + (2.0 / 3 if alpha < 1 else -1.0 / 3)
    c = 1.0 / 3 / math.sqrt(d)
    while True:
        x = normal()
        v = 1 + c * x
        v *= v * v
        if v <= 0:
            continue
        u = uniform()
        bound = 0.5 * x * x + d * (1 - v + math.log(v))
        if u < 1 - 0.0331 * (x * x) * (x * x) or math.log(u) < bound:
            return d * v
