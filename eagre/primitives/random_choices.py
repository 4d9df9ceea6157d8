"""Random choices: permutations, and classes with given probabilities."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.core.specs import TensorSpec
from eagre.primitives.comparison import chosen
from eagre.primitives.families import FLOATS
from eagre.primitives.random_bits import Draw, flat_words
from eagre.primitives.random_distributions import fractions

# Up to so many, Python's lists are the quicker way.
_FEW = 100
# Up to so many samples of a row, counting the totals below each is quicker than searching.
_FEW_SAMPLES = 4


class RandomPermutation(Draw):
    """The numbers below n in random order, by Fisher and Yates' method; the shape is (n,)."""

    takes = frozenset({dtypes.int32, dtypes.int64})

    def kernel(
        self, key: Any, counter: Any, *rest: Any, shape: Any, dtype: Any, algorithm: int
    ) -> Any:
        stream = self.stream(key, counter, dtype, algorithm)
        (number,) = self.final_shape(shape, *rest)
        words = flat_words(stream, max(number - 1, 0))
        if number <= _FEW:
            return np.array(_swapped(words.tolist(), number), dtype.numpy)
        partners = np.arange(number)
        partners[:-1] += words % np.arange(number, 1, -1, dtype=np.uint32)
        return _after_swaps(partners).astype(dtype.numpy, copy=False)


def _swapped(words: list[int], number: int) -> list[int]:
    """The numbers below `number`, one swap after the other."""
    order = list(range(number))
    for place, word in enumerate(words):
        partner = place + word % (number - place)
        order[place], order[partner] = order[partner], order[place]
    return order


def _after_swaps(partners: Any) -> Any:
    """The numbers below n after each in turn has changed places with a partner at or after it.

    What a step finds at its own place is what the last step with that place as a partner had found
    at its own, and so on; what it finds at its partner's, what the step before it with the same
    partner had found.
    """
    number = len(partners)
    found = np.arange(number + 1)
    # Of several values for one place the last stays; steps that swap nothing write to a spare one.
    idle = np.flatnonzero(partners == found[:-1])
    partners[idle] = number
    found[partners] = np.arange(number)
    partners[idle] = idle
    _follow(found)
    order = _in_order(partners)
    values = partners.astype(np.int32)[order]
    is_later = values[1:] == values[:-1]
    before = found.astype(np.int32)[order[:-1]]
    values[1:] = chosen(is_later, before, values[1:])
    result = np.empty_like(values)
    result[order] = values
    return result


def _follow(found: Any) -> None:
    """Let each place point where its chain of places ends, which points to itself."""
    after = found[found]
    active = np.flatnonzero(after != found)
    found[...] = after
    while len(active):
        before = found[active]
        after = found[before]
        found[active] = after
        active = active[after != before]


def _in_order(partners: Any) -> Any:
    """The stable order of numbers below their number: NumPy sorts 16 bits many times faster."""
    order = np.argsort(partners.astype(np.uint16), kind="stable")
    for shift in range(16, len(partners).bit_length(), 16):
        digits = (partners >> shift).astype(np.uint16)[order]
        order = order[np.argsort(digits, kind="stable")]
    return order


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
        stream = self.stream(key, counter, dtype, algorithm)
        if logits.ndim != 2 or logits.shape[1] == 0:
            raise TypeError("logits without classes")
        output: Any = np.empty((len(logits), *shape), dtype.numpy)
        words = flat_words(stream, 2 * output.size)
        places: Any = fractions(words, dtypes.float64).reshape(output.shape)
        totals: Any = _running_totals(logits)
        places *= totals[:, -1:]
        if shape[0] <= _FEW_SAMPLES:
            for column, place in zip(output.T, places.T, strict=True):
                np.add.reduce(totals <= place[:, None], 1, out=column, dtype=column.dtype)
        else:
            for row, own, place in zip(output, totals, places, strict=True):
                row[...] = own.searchsorted(place, "right")
        return output


def _running_totals(logits: Any) -> Any:
    """For each row the probabilities of the classes up to each, not normalized."""
    logits = logits.astype(np.float64)
    finite = np.isfinite(logits)
    if finite.all():
        return np.cumsum(np.exp(logits - logits.max(-1, keepdims=True)), -1)
    lowest = np.finfo(np.float64).min
    largest = np.max(logits, -1, keepdims=True, where=finite, initial=lowest)
    return np.cumsum(np.where(finite, np.exp(logits - largest), 0.0), -1)


random_permutation = RandomPermutation()
random_categories = RandomCategories()
