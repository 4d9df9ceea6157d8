"""Classes drawn as candidates for the sampled losses, out of one stream of random words."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.caller import Called
from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.shapes import are_compatible
from eagre.core.specs import TensorSpec
from eagre.primitives import batching
from eagre.primitives.random_bits import PHILOX, as_stream, check_stream, flat_words
from eagre.primitives.random_distributions import fractions

_where: Any = np.where


class RandomCandidates(Primitive):
    """So many classes, and how many were drawn until that many different ones were found.

    The chances of the classes are given by `kind`: "uniform", "log_uniform" (those of Zipf's
    law), "counts" and "weights", the last two by a vector of them.
    """

    vectorize = batching.by_rows
    public = Called("candidate_sampler")
    stops_gradients = True
    can_fail = True
    checks_always = True

    def infer(
        self,
        key: TensorSpec,
        counter: TensorSpec,
        weights: TensorSpec,
        *,
        kind: str,
        number: int,
        unique: bool,
        classes: int,
    ) -> Any:
        """The classes and the count."""
        check_stream(self, key, counter, PHILOX)
        length = classes if kind in ("counts", "weights") else 0
        dtype = dtypes.float32 if kind == "weights" else dtypes.int64
        if weights.dtype != dtype or not are_compatible(weights.sizes, (length,)):
            raise InvalidArgumentError(
                f"{self.public} expected {length} weights of dtype {dtype.name}. "
                f"Received: shape={weights.shape}, dtype={weights.dtype.name}"
            )
        return TensorSpec.of((number,), dtypes.int64), TensorSpec.of((), dtypes.int64)

    def kernel(
        self,
        key: Any,
        counter: Any,
        weights: Any,
        *,
        kind: str,
        number: int,
        unique: bool,
        classes: int,
    ) -> Any:
        """More and more words are looked at until there are enough different classes."""
        if unique and kind in ("counts", "weights") and np.count_nonzero(weights) < number:
            raise InvalidArgumentError(
                f"{self.public} expected {number} classes with weights above 0. "
                f"Received: {np.count_nonzero(weights)}"
            )
        stream, size = as_stream(key, counter, PHILOX), number
        while True:
            words = flat_words(stream, 2 * size)
            found = _DRAWS[kind](words, classes, weights)
            first = _first_places(found, classes) if unique else np.arange(len(found))
            if len(first) >= number:
                chosen = first[:number]
                tries = int(chosen[-1]) + 1 if number else 0
                return found[chosen].astype(np.int64), np.int64(tries)
            size = 2 * size + 4


def _first_places(found: Any, classes: int) -> Any:
    """Where classes stand that have not been found before."""
    if classes > _MOST_PLACES:
        return np.sort(np.unique(found, return_index=True)[1])
    places = np.arange(len(found))
    first = np.empty(classes, np.intp)
    # Of several values for one place the last stays, which is the first one backwards.
    first[found[::-1]] = places[::-1]
    return np.flatnonzero(first[found] == places)


_MOST_PLACES = 1 << 22
"""For so many classes there may be a place for each; most of this memory is never touched."""


def _uniform(words: Any, classes: int, weights: Any) -> Any:
    return _below(words[: len(words) // 2 * 2].view(np.uint64), classes)


def _log_uniform(words: Any, classes: int, weights: Any) -> Any:
    chances: Any = fractions(words[: len(words) // 2 * 2], dtypes.float64)
    return (np.exp(chances * np.log1p(classes)).astype(np.int64) - 1) % classes


def _by_counts(words: Any, classes: int, weights: Any) -> Any:
    totals: Any = np.cumsum(weights)
    return totals.searchsorted(_below(words, int(totals[-1])), "right")


def _by_weights(words: Any, classes: int, weights: Any) -> Any:
    """Walker's method: a class, or its alias with the chance that is missing to the mean."""
    kept, alias = _aliases(weights)
    chance = fractions(words[0::2], dtypes.float32)
    chosen = _below(words[1::2], classes)
    chance = chance[: len(chosen)]
    return _where(chance < kept[chosen], chosen, alias[chosen])


def _below(words: Any, limit: int) -> Any:
    """Numbers below a limit; the lowest words are left out so that none is likelier."""
    kind = words.dtype.type
    if limit & (limit - 1) == 0:
        return (words & kind(limit - 1)).astype(np.int64)
    rest = int(np.iinfo(kind).max) % limit + 1
    return (words[words >= kind(rest)] % kind(limit)).astype(np.int64)


def _aliases(weights: Any) -> tuple[Any, Any]:
    """For each class the chance to keep it and the class that is taken otherwise."""
    chances = (weights.astype(np.float64) * len(weights) / weights.sum(dtype=np.float64)).tolist()
    alias = list(range(len(chances)))
    low = [i for i, chance in enumerate(chances) if chance < 1]
    high = [i for i, chance in enumerate(chances) if chance >= 1]
    while low and high:
        poor, rich = low.pop(), high.pop()
        alias[poor] = rich
        chances[rich] -= 1 - chances[poor]
        (low if chances[rich] < 1 else high).append(rich)
    for left in low + high:
        chances[left] = 1.0
    return np.array(chances, np.float32), np.array(alias, np.int64)


_DRAWS: dict[str, Any] = {
    "uniform": _uniform,
    "log_uniform": _log_uniform,
    "counts": _by_counts,
    "weights": _by_weights,
}

random_candidates = RandomCandidates()
