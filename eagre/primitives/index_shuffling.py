"""Where an index goes in a random permutation, without the permutation.

The index is encrypted by a block cipher, Simon (Beaulieu et al., "The SIMON and SPECK families of
lightweight block ciphers", 2013) with blocks of as many bits as are needed, until it is one of the
permitted numbers (Black and Rogaway, "Ciphers with arbitrary finite domains", 2002).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.shapes import broadcast_sizes
from eagre.core.specs import TensorSpec
from eagre.primitives import batching
from eagre.primitives.families import check_dtypes

WIDE = frozenset({dtypes.int32, dtypes.uint32, dtypes.int64, dtypes.uint64})
_LEAST_BITS = 16
_FEW_NUMBERS = 1 << 10
"""Below so many permitted numbers a table of all blocks is the quicker way."""

_CONSTANTS = 0x7369F885192C0EF5
"""Bits that make the keys of the rounds different, from the lowest on."""

class IndexShuffle(Primitive):
    """The place of each index among the numbers up to the largest index."""

    vectorize = batching.by_rows
    stops_gradients = True
    can_fail = True
    public = "random_index_shuffle"

    def infer(
        self, index: TensorSpec, seed: TensorSpec, largest: TensorSpec, *, rounds: int
    ) -> TensorSpec:
        """A scalar, or a vector where one of the inputs has more than one."""
        dtype = check_dtypes(self, (index, largest), WIDE)
        if seed.dtype not in WIDE:
            raise DTypeMismatchError(
                f"{self.public} expected a seed of 32 or 64 bits. "
                f"Received: seed.dtype={seed.dtype.name}"
            )
        if rounds < 4 or rounds % 2:
            raise InvalidArgumentError(
                f"{self.public} expected an even number of rounds, at least 4. Received: {rounds=}"
            )
        if seed.rank not in (1, 2, None) or (seed.sizes and seed.sizes[-1] not in (3, None)):
            raise InvalidArgumentError(
                f"{self.public} expected a seed of three numbers, or of three for each index. "
                f"Received: seed.shape={seed.shape}"
            )
        for name, spec in (("index", index), ("max_index", largest)):
            if spec.rank not in (0, 1, None):
                raise InvalidArgumentError(
                    f"{self.public} expected {name} to be a scalar or a vector. "
                    f"Received: {name}.shape={spec.shape}"
                )
        if index.sizes is None or seed.sizes is None or largest.sizes is None:
            return TensorSpec.of(None, dtype)
        return TensorSpec.of(_joined(index.sizes, seed.sizes[:-1], largest.sizes), dtype)

    def kernel(self, index: Any, seed: Any, largest: Any, *, rounds: int) -> Any:
        if seed.shape[-1:] != (3,) or seed.ndim > 2 or max(index.ndim, largest.ndim) > 1:
            raise ValueError("shapes that do not fit")
        if rounds < 4 or rounds % 2:
            raise ValueError("a wrong number of rounds")
        shape = _joined(index.shape, seed.shape[:-1], largest.shape)
        self.refuse_outside(index, largest)
        keys = [np.broadcast_to(seed[..., i], shape).reshape(-1) for i in range(3)]
        numbers, most = [
            np.broadcast_to(each, shape).reshape(-1).astype(np.uint64) for each in (index, largest)
        ]
        found = _walked(numbers, [key.astype(np.uint32) for key in keys], most, rounds)
        return found.astype(index.dtype).reshape(shape)

    def refuse_outside(self, index: Any, largest: Any) -> None:
        """An error for negative numbers, and for an index above the largest."""
        for name, array in (("index", index), ("max_index", largest)):
            if (array < 0).any():
                raise InvalidArgumentError(
                    f"{self.public} expected {name} of at least 0. Received: {name}={array}"
                )
        if (index > largest).any():
            raise InvalidArgumentError(
                f"{self.public} expected index up to max_index. "
                f"Received: index={index}, max_index={largest}"
            )


def _joined(*sizes: Any) -> Any:
    """The common shape of scalars and vectors."""
    result: Any = ()
    for each in sizes:
        if None not in (*result, *each) and result and each and result != each:
            raise InvalidArgumentError(
                "random_index_shuffle expected scalars, or vectors of one length. "
                f"Received: shapes {result} and {each}"
            )
        result = broadcast_sizes(result, each)
    return result


def _walked(numbers: Any, keys: list[Any], most: Any, rounds: int) -> Any:
    """Each number encrypted again and again, until it is at most its limit."""
    bits = np.ceil(np.log2(np.maximum(most, 1).astype(np.float64))).astype(np.uint64)
    half = np.maximum(bits + bits % np.uint64(2), np.uint64(_LEAST_BITS)) // np.uint64(2)
    schedule = _keys_of_rounds([key.astype(np.uint64) for key in keys], half, rounds)
    if len(numbers) and most.max() < _FEW_NUMBERS and _are_alike(most, *keys):
        return _walked_by_table(numbers, [key[:1] for key in schedule], int(most[0]))
    result = numbers.copy()
    pending = np.arange(len(numbers))
    while len(pending):
        own = [key[pending] for key in schedule]
        result[pending] = _encrypted(result[pending], own, half[pending])
        pending = pending[result[pending] > most[pending]]
    return result


def _are_alike(*columns: Any) -> bool:
    """Whether all indices have one seed and one limit."""
    return all((column == column[0]).all() for column in columns)


def _walked_by_table(numbers: Any, schedule: list[Any], most: int) -> Any:
    """The same where a walk is long, since few of the numbers that a block can be are permitted."""
    whole = np.arange(1 << _LEAST_BITS, dtype=np.uint64)
    half = np.array(_LEAST_BITS // 2, np.uint64)
    following = _encrypted(whole, schedule, half).tolist()
    found: list[int] = []
    is_each = len(numbers) > most
    for number in range(most + 1) if is_each else numbers.tolist():
        place = following[number]
        while place > most:
            place = following[place]
        found.append(place)
    places = np.array(found, np.uint64)
    return places[numbers] if is_each else places


def _keys_of_rounds(keys: list[Any], half: Any, rounds: int) -> list[Any]:
    mask = _mask(half)
    found = [key & mask for key in keys]
    constants = _CONSTANTS
    for place in range(3, rounds):
        fixed = mask & np.uint64(0xFFFFFFFC) ^ np.uint64(constants & 1)
        before = found[place - 1]
        turned = _right(before, 3, half) ^ _right(before, 4, half)
        found.append(fixed ^ found[place - 3] ^ turned)
        constants >>= 1
    return found


def _encrypted(numbers: Any, keys: list[Any], half: Any) -> Any:
    mask = _mask(half)
    left, right = numbers & mask, numbers >> half & mask
    for key in keys:
        mixed = _left(left, 1, half) & _left(left, 8, half) ^ _left(left, 2, half)
        left, right = right ^ mixed ^ key, left
    return right << half | left


def _mask(half: Any) -> Any:
    return (np.uint64(1) << half) - np.uint64(1)


def _left(x: Any, places: int, half: Any) -> Any:
    """Rotated to the left within so many bits."""
    shift = np.uint64(places)
    return (x << shift | x >> (half - shift)) & _mask(half)


def _right(x: Any, places: int, half: Any) -> Any:
    shift = np.uint64(places)
    return (x >> shift | x << (half - shift)) & _mask(half)


index_shuffle = IndexShuffle()
