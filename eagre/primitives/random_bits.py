"""Random bits as functions of a key and a counter: Philox 4x32-10 and ThreeFry 2x32-20.

The order in which the words of these algorithms become numbers is TensorFlow's. What the numbers
follow besides the uniform distribution stands in `random_distributions`, where keys and counters
come from in `random_streams`.
"""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

import numpy as np

from eagre.core import dtypes
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.shapes import are_compatible, count
from eagre.core.specs import TensorSpec
from eagre.primitives import batching
from eagre.primitives.families import target_shape
from eagre.primitives.philox import philox_blocks, philox_words
from eagre.primitives.threefry import threefry_blocks, threefry_words

PHILOX = 1
THREEFRY = 2

COUNTER_LENGTHS = {PHILOX: 2, THREEFRY: 1}
"""How many uint64 numbers a counter of each algorithm has; a key has one."""

FULL_RANGE = frozenset({dtypes.int32, dtypes.int64, dtypes.uint32, dtypes.uint64})


class Stream(NamedTuple):
    """The random words that belong to a key and a counter, as integers."""

    key: int
    counter: int
    algorithm: int


class Draw(Primitive):
    """What all draws share: numbers of a shape and dtype as a function of a key and a counter.

    `key` is a uint64 vector of one element, `counter` one of two (Philox) or one (ThreeFry).
    """

    vectorize = batching.by_rows
    stops_gradients = True
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
        stream = self.stream(key, counter, dtype, algorithm)
        return self.written(stream, self.final_shape(shape, *rest), dtype, self.write)

    def written(self, stream: Stream, shape: Any, dtype: Any, write: Any) -> Any:
        """Numbers of a shape, written piece by piece: the words of a piece are in the cache."""
        needed = self.shape_of_words(shape)
        per_number = 2 if dtype.size == 8 else 1
        number, pieces = random_words(stream, needed, per_number)
        output: Any = np.empty(number // per_number, dtype.numpy)
        place = 0
        for words in pieces:
            end = place + len(words) // per_number
            write(words, output[place:end], dtype, stream.algorithm)
            place = end
        return output[: prod(shape)].reshape(shape)

    def stream(self, key: Any, counter: Any, dtype: Any, algorithm: int) -> Stream:
        """The words to draw from; an error, which `infer` words, where something does not fit."""
        if dtype not in self.takes:
            raise TypeError("a dtype that cannot be drawn")
        return as_stream(key, counter, algorithm)

    def final_shape(self, shape: Any, sizes: Any = None) -> tuple[int, ...]:
        """The shape, checked: the parameter, or the value of the input that holds the sizes."""
        shape = target_shape(shape, sizes)
        if shape and min(shape) < 0:
            refuse_negative(self.public, shape)
        return shape

    def shape_of_words(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape for which words are drawn."""
        return shape

    def write(self, words: Any, output: Any, dtype: Any, algorithm: int) -> None:
        """Make numbers of a flat piece of random words, in order; the words stay as they are."""
        raise NotImplementedError


def as_stream(key: Any, counter: Any, algorithm: int) -> Stream:
    """The words that belong to arrays of a key and a counter."""
    if key.shape != (1,) or counter.shape != (COUNTER_LENGTHS[algorithm],):
        raise ValueError("no key and counter")
    first, *high = counter.tolist()
    return Stream(key.item(), first | high[0] << 64 if high else first, algorithm)


def random_words(stream: Stream, shape: tuple[int, ...], per_number: int) -> tuple[int, Any]:
    """How many random words there are for a value of `shape`, and these in flat pieces, each of
    which is to be used before the next."""
    words = prod(shape) * per_number
    if stream.algorithm == THREEFRY:
        return words, [threefry_words(stream.key, stream.counter, shape, per_number == 2)]
    blocks = -(-words // 4)
    return 4 * blocks, philox_words(stream.key, stream.counter, blocks)


def flat_words(stream: Stream, number: int) -> Any:
    """So many random words in one piece."""
    if stream.algorithm == THREEFRY:
        return threefry_words(stream.key, stream.counter, (number,), False)
    offsets = np.arange(-(-number // 4), dtype=np.uint64)
    return philox_blocks(stream.key, stream.counter, offsets).reshape(-1)[:number]


def four_words(stream: Stream, offsets: Any) -> Any:
    """Four words for each offset, flat; of ThreeFry they are two blocks. The offsets ascend."""
    if stream.algorithm == PHILOX:
        return philox_blocks(stream.key, stream.counter, offsets).reshape(-1)
    places = np.stack([2 * offsets, 2 * offsets + 1], 1).reshape(-1)
    return threefry_blocks(stream.key, stream.counter, places).reshape(-1)


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


class RandomBits(Draw):
    """Integers that are uniform over the whole range of their dtype."""

    takes = FULL_RANGE

    def write(self, words: Any, output: Any, dtype: Any, algorithm: int) -> None:
        """The bits as they come."""
        np.copyto(output.view(np.uint32), words)


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
        stream = self.stream(key, counter, dtype, algorithm)
        kind = dtype.numpy
        if minval.ndim or maxval.ndim or minval.dtype != kind or maxval.dtype != kind:
            raise TypeError("bounds that are not scalars of the dtype")
        shape = self.final_shape(shape, *sizes)
        low, high = minval.item(), maxval.item()
        if low >= high and count(shape) != 0:
            raise InvalidArgumentError(
                f"uniform expected minval < maxval. Received: minval={low}, maxval={high}"
            )
        unsigned = np.dtype(f"u{dtype.size}")
        many = np.array(max(high - low, 1), unsigned)
        least = np.array(low % 2 ** (8 * dtype.size), unsigned)

        def write(words: Any, output: Any, dtype: Any, algorithm: int) -> None:
            # By a quotient, which NumPy finds for many numbers at once, and remainders one by one.
            bits = words.view(unsigned)
            output = output.view(unsigned)
            np.floor_divide(bits, many, output)
            np.multiply(output, many, output)
            np.subtract(bits, output, output)
            np.add(output, least, output)

        return self.written(stream, shape, dtype, write)


random_bits = RandomBits()
random_integers = RandomIntegers()
