"""Random bits as functions of a key and a counter: Philox 4x32-10 and ThreeFry 2x32-20.

The algorithms are those of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as
1, 2, 3" (SC 2011); the order in which their words become numbers is TensorFlow's. What the
numbers follow besides the uniform distribution stands in `random_distributions`, where keys and
counters come from in `random_streams`.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.conversion import DTypeMismatchError
from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.shapes import are_compatible, count
from eagre.core.specs import TensorSpec
from eagre.primitives import batching
from eagre.primitives.families import target_shape
from eagre.primitives.philox import philox_words

PHILOX = 1
THREEFRY = 2

COUNTER_LENGTHS = {PHILOX: 2, THREEFRY: 1}
"""How many uint64 numbers a counter of each algorithm has; a key has one."""

FULL_RANGE = frozenset({dtypes.int32, dtypes.int64, dtypes.uint32, dtypes.uint64})

# So many blocks of ThreeFry at a time stay in the cache through all rounds.
_CHUNK = 8192
_MASK = 0xFFFFFFFF
_MASK_64 = 0xFFFFFFFFFFFFFFFF


# ThreeFry -------------------------------------------------------------------------------------

_ROTATIONS = (13, 15, 26, 6, 17, 29, 16, 24)


def threefry(x0: Any, x1: Any, key: int) -> tuple[Any, Any]:
    """The two 32-bit words of each block; the counter is two uint32 arrays."""
    k0, k1 = key & _MASK, key >> 32
    keys = [np.uint32(each) for each in (k0, k1, 0x1BD11BDA ^ k0 ^ k1)]
    x0, x1 = x0 + keys[0], x1 + keys[1]
    for step in range(20):
        turn = _ROTATIONS[step % 8]
        x0 = x0 + x1
        x1 = (x1 << np.uint32(turn) | x1 >> np.uint32(32 - turn)) ^ x0
        if step % 4 == 3:
            injection = step // 4 + 1
            x0 = x0 + keys[injection % 3]
            x1 = x1 + keys[(injection + 1) % 3] + np.uint32(injection)
    return x0, x1


def threefry_blocks(key: int, counter: int, offsets: Any) -> Any:
    """The words [blocks, 2] of the blocks at `counter + offsets` (uint64)."""
    counters = offsets + np.uint64(counter & _MASK_64)
    words = np.empty((len(offsets), 2), np.uint32)
    for start in range(0, len(offsets), _CHUNK):
        piece = counters[start : start + _CHUNK]
        pair = threefry(piece.astype(np.uint32), (piece >> 32).astype(np.uint32), key)
        words[start : start + _CHUNK, 0], words[start : start + _CHUNK, 1] = pair
    return words


def threefry_words(key: int, counter: int, shape: tuple[int, ...], wide: bool) -> Any:
    """The flat words of a value of `shape`, two for an element if it is `wide`.

    The words of a block stand side by side along the first axis of even size, or else along the
    longest one, which is then cut. That is how XLA has it, the only engine of TensorFlow for
    ThreeFry.
    """
    if wide:
        return threefry_blocks(key, counter, _consecutive(prod(shape))).reshape(-1)
    sizes = list(shape) or [1]
    even = [axis for axis, size in enumerate(sizes) if size % 2 == 0]
    axis = even[0] if even else sizes.index(max(sizes))
    sizes[axis] = -(-sizes[axis] // 2)
    blocks = threefry_blocks(key, counter, _consecutive(prod(sizes)))
    pairs = np.moveaxis(blocks.reshape(*sizes, 2), -1, axis + 1)
    sizes[axis] *= 2
    cut = (slice(None),) * axis + (slice((*shape, 1)[axis]),)
    return pairs.reshape(sizes)[cut].reshape(-1)


def _consecutive(number: int) -> Any:
    return np.arange(number, dtype=np.uint64)


# Primitives -----------------------------------------------------------------------------------


class Draw(Primitive):
    """What all draws share: numbers of a shape and dtype as a function of a key and a counter.

    `key` is a uint64 vector of one element, `counter` one of two (Philox) or one (ThreeFry).
    """

    vectorize = batching.by_rows
    stops_gradients = True
    checks_always = True
    takes: frozenset[dtypes.DType]

    def infer(
        self, key: TensorSpec, counter: TensorSpec, *rest: TensorSpec, shape: Any, **params: Any
    ) -> TensorSpec:
        """The shape and dtype asked for."""
        check_stream(self, key, counter, params["algorithm"])
        dtype = params["dtype"]
        if dtype not in self.takes:
            expected = ", ".join(sorted(each.name for each in self.takes))
            raise DTypeMismatchError(
                f"{self.public} expected a dtype out of {expected}. Received: dtype={dtype.name}"
            )
        if shape is not None:
            refuse_negative(self.public, shape)
        return TensorSpec.of(shape, dtype)

    def kernel(
        self, key: Any, counter: Any, *rest: Any, shape: Any, dtype: Any, algorithm: int
    ) -> Any:
        shape = self.final_shape(shape, *rest)
        output: Any = np.empty(prod(shape), dtype.numpy)
        wide = dtype.size == 8
        place = 0
        for words in random_words(key, counter, self.shape_of_words(shape), wide, algorithm):
            values = self.of_words(words, dtype, algorithm)
            end = min(place + len(values), len(output))
            output[place:end] = values[: end - place]
            place = end
        return output.reshape(shape)

    def final_shape(self, shape: Any, sizes: Any = None) -> tuple[int, ...]:
        """The shape, checked: the parameter, or the value of the input that holds the sizes."""
        shape = target_shape(shape, sizes)
        refuse_negative(self.public, shape)
        return shape

    def shape_of_words(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape for which words are drawn."""
        return shape

    def of_words(self, words: Any, dtype: Any, algorithm: int) -> Any:
        """The numbers of a flat piece of random words, in order."""
        raise NotImplementedError


def random_words(key: Any, counter: Any, shape: Any, wide: bool, algorithm: int) -> Any:
    """Random words for a value of `shape` in flat pieces, two for an element if it is `wide`."""
    if algorithm == THREEFRY:
        return iter([threefry_words(int(key[0]), int(counter[0]), shape, wide)])
    words = prod(shape) * (2 if wide else 1)
    return philox_words(int(key[0]), as_counter(counter), -(-words // 4))


def as_counter(counter: Any) -> int:
    """The counter of Philox as one integer of 128 bits."""
    return int(counter[0]) | int(counter[1]) << 64


def check_stream(
    primitive: Primitive, key: TensorSpec, counter: TensorSpec, algorithm: int
) -> None:
    """Refuse what is no key and counter of the algorithm."""
    if algorithm not in COUNTER_LENGTHS:
        raise InvalidArgumentError(
            f"{primitive.public} expected the algorithm {PHILOX} (Philox) or {THREEFRY} "
            f"(ThreeFry). Received: algorithm={algorithm}"
        )
    for name, spec, length in (("key", key, 1), ("counter", counter, COUNTER_LENGTHS[algorithm])):
        sizes = (length,)
        if spec.dtype != dtypes.uint64 or not are_compatible(spec.sizes, sizes):
            raise InvalidArgumentError(
                f"{primitive.public} expected a {name} of dtype uint64 and shape {sizes}. "
                f"Received: dtype={spec.dtype.name}, shape={spec.shape}"
            )


def refuse_negative(name: str, shape: Any) -> None:
    """An error for a shape with a negative size."""
    if any(size is not None and size < 0 for size in shape):
        raise InvalidArgumentError(
            f"{name} expected sizes of at least 0. Received: shape={list(shape)}"
        )


def as_uint64(words: Any) -> Any:
    """Pairs of words as numbers of 64 bits, the first word in the low bits."""
    return np.ascontiguousarray(words, "<u4").view("<u8")


class RandomBits(Draw):
    """Integers that are uniform over the whole range of their dtype."""

    takes = FULL_RANGE

    def of_words(self, words: Any, dtype: Any, algorithm: int) -> Any:
        """The bits as they come."""
        return words.astype(dtype.numpy, copy=False) if dtype.size == 4 else as_uint64(words)


class RandomIntegers(Draw):
    """Integers from `minval` up to, not including, `maxval`: the bits modulo the difference."""

    public = "uniform"
    takes = frozenset({dtypes.int32, dtypes.int64})
    can_fail = True

    def infer(
        self, key: TensorSpec, counter: TensorSpec, *rest: TensorSpec, shape: Any, **params: Any
    ) -> TensorSpec:
        """The shape asked for; both bounds are scalars of the dtype."""
        for name, spec in zip(("minval", "maxval"), rest, strict=False):
            if spec.sizes not in ((), None) or spec.dtype != params["dtype"]:
                raise InvalidArgumentError(
                    f"uniform expected {name} to be a scalar of dtype {params['dtype'].name}. "
                    f"Received: {name}.shape={spec.shape}, {name}.dtype={spec.dtype.name}"
                )
        return super().infer(key, counter, *rest[2:], shape=shape, **params)

    def kernel(
        self, key: Any, counter: Any, *rest: Any, shape: Any, dtype: Any, algorithm: int
    ) -> Any:
        minval, maxval, *sizes = rest
        shape = self.final_shape(shape, *sizes)
        if minval >= maxval and count(shape) != 0:
            raise InvalidArgumentError(
                f"uniform expected minval < maxval. Received: minval={minval}, maxval={maxval}"
            )
        unsigned = dtypes.uint32 if dtype.size == 4 else dtypes.uint64
        bits = random_bits.kernel(key, counter, shape=shape, dtype=unsigned, algorithm=algorithm)
        low, high = (bound.astype(unsigned.numpy) for bound in (minval, maxval))
        np.remainder(bits, high - low, bits)
        return np.add(bits, low, bits).view(dtype.numpy)


random_bits = RandomBits()
random_integers = RandomIntegers()
