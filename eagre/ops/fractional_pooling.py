"""Pooling by ratios that need not be whole: windows of two sizes, in random order.

Graham, "Fractional max-pooling", 2014.
"""

from __future__ import annotations

from math import floor
from operator import index
from typing import Any, NamedTuple

import numpy as np

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.ops.division import truncatediv
from eagre.ops.drawing import check_dtype
from eagre.ops.random import global_stream, repeated_stream
from eagre.ops.reductions import argmax, cumsum, reduce_sum
from eagre.ops.selection import gather, where
from eagre.ops.shaping import cast, reshape, shape, transpose
from eagre.primitives.arithmetic import minimum
from eagre.primitives.random_bits import PHILOX
from eagre.primitives.random_choices import random_permutation
from eagre.primitives.random_distributions import random_uniform
from eagre.primitives.rearrangement import concat

_DTYPES = frozenset({dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64})


class FractionalPool(NamedTuple):
    """What pooling by ratios returns: where the windows begin, and the end, besides the result."""

    output: Any
    row_pooling_sequence: Any
    col_pooling_sequence: Any


def fractional_max_pool(
    value: Any,
    pooling_ratio: Any,
    pseudo_random: bool = False,
    overlapping: bool = False,
    seed: Any = 0,
    name: str | None = None,
) -> FractionalPool:
    """The largest element of each window of `value` [batch, height, width, channels].

    Windows are as large as the ratio rounded down or up, in random order: TensorFlow's for each
    seed. Without a seed the order is drawn from the global random state.

    Args:
        pooling_ratio: height and width divided by those of the result, rounded down: one number,
            or [1.0, rows, columns, 1.0].
        pseudo_random: whether sizes follow the multiples of the ratio from a random place on,
            instead of being shuffled.
        overlapping: whether each window has the first row and column of the next one too.
        seed: an integer other than 0, for which each call has the same windows.

    Raises:
        ValueError: a ratio is less than 1, or not 1 for batch or channels.
        InvalidArgumentError: a ratio is larger than the image, or `value` does not have 4 axes.

    >>> tf.random.set_seed(5)
    >>> image = tf.reshape(tf.range(9.0), [1, 3, 3, 1])
    >>> output, rows, columns = tf.nn.fractional_max_pool(image, 1.5, seed=1)
    >>> output.shape, rows.numpy()
    (TensorShape([1, 2, 2, 1]), array([0, 2, 3]))
    """
    plan = _Plan("fractional_max_pool", value, pooling_ratio, pseudo_random, overlapping, seed)
    elements = transpose(plan.elements(), (0, 1, 3, 5, 2, 4))
    windows = reshape(elements, concat(shape(elements)[:4], to_tensor([-1]), axis=0))
    best = gather(windows, argmax(windows, -1), axis=-1, batch_dims=4)
    return FractionalPool(best, *plan.sequences)


def fractional_avg_pool(
    value: Any,
    pooling_ratio: Any,
    pseudo_random: bool = False,
    overlapping: bool = False,
    seed: Any = 0,
    name: str | None = None,
) -> FractionalPool:
    """The mean of each window of `value` [batch, height, width, channels].

    Arguments and errors are those of `fractional_max_pool`; means of integers are truncated.

    >>> image = tf.reshape(tf.range(9.0), [1, 3, 3, 1])
    >>> tf.nn.fractional_avg_pool(image, 3.0).output.numpy().ravel()
    array([4.], dtype=float32)
    """
    plan = _Plan("fractional_avg_pool", value, pooling_ratio, pseudo_random, overlapping, seed)
    elements = plan.elements()
    is_inside, counts = plan.inside()
    sums = reduce_sum(where(is_inside, elements, to_tensor(0, elements.dtype)), (2, 4))
    counts = cast(counts, sums.dtype)
    mean = truncatediv(sums, counts) if sums.dtype.is_integer else sums / counts
    return FractionalPool(mean, *plan.sequences)


class _Plan:
    """Where the windows of one call lie."""

    def __init__(
        self, name: str, value: Any, ratio: Any, is_pseudo: bool, overlaps: bool, seed: Any
    ) -> None:
        self.x = to_tensor(value, name=name)
        check_dtype(self.x.dtype, _DTYPES, name)
        ratios = _ratios(ratio, name)
        inputs = _sizes(self.x, name)
        # TensorFlow keeps ratios in float32, and divides in it.
        outputs = [floor(np.float32(n) / each) for n, each in zip(inputs, ratios, strict=True)]
        if min(outputs) < 1:
            raise InvalidArgumentError(
                f"{name} expected a pooling_ratio that is at most the height and the width. "
                f"Received: pooling_ratio={ratio}, value.shape={self.x.shape}"
            )
        draw = _pseudo_random if is_pseudo else _shuffled
        stream = _Stream(name, seed)
        self.sequences = [draw(stream, *each) for each in zip(inputs, outputs, strict=True)]
        self.places = [
            _places(sequence, n, -(-n // out) + bool(overlaps), bool(overlaps))
            for sequence, n, out in zip(self.sequences, inputs, outputs, strict=True)
        ]

    def elements(self) -> Any:
        """The elements [batch, rows, height, columns, width, channels] of each window.

        Where a window is smaller than others its last rows and columns are repeated.
        """
        (rows, _), (columns, _) = self.places
        return gather(gather(self.x, rows, axis=1), columns, axis=3)

    def inside(self) -> Any:
        """Which of the elements are not repeated, and how many there are in each window."""
        (_, rows), (_, columns) = self.places
        both = rows[:, :, None, None, None] & columns[:, :, None]
        counts = [reduce_sum(cast(each, dtypes.int64), -1) for each in (rows, columns)]
        return both, counts[0][:, None, None] * counts[1][:, None]


class _Stream:
    """Random words, from which each draw takes whole blocks."""

    def __init__(self, name: str, seed: Any) -> None:
        number = index(seed)
        self.key, self.counter = (
            repeated_stream(number, name) if number else global_stream(None, name)(())
        )

    def draw(self, primitive: Any, number: int, dtype: Any, blocks: int) -> Any:
        key, counter = self.key, self.counter
        self.counter = counter + to_tensor([blocks, 0], dtypes.uint64)
        return primitive(key, counter, shape=(number,), dtype=dtype, algorithm=PHILOX)


def _ratios(ratio: Any, name: str) -> Any:
    """The ratios of rows and columns, in float32."""
    ratios = [1.0, ratio, ratio, 1.0] if isinstance(ratio, int | float) else list(ratio)
    if len(ratios) != 4 or ratios[0] != 1 or ratios[3] != 1 or min(ratios) < 1:
        raise ValueError(
            f"{name} expected pooling_ratio to be a number of at least 1, or a list "
            f"[1.0, rows, columns, 1.0] of such. Received: pooling_ratio={ratio}"
        )
    return np.array(ratios[1:3], np.float32)


def _sizes(x: Any, name: str) -> Any:
    """The height and the width."""
    if x.ndim not in (4, None):
        raise InvalidArgumentError(
            f"{name} expected a value [batch, height, width, channels]. "
            f"Received: value.shape={x.shape}"
        )
    if x.ndim is None or None in x.sizes[1:3]:
        raise ValueError(
            f"{name} needs a value of known height and width. Received: value.shape={x.shape}"
        )
    return x.sizes[1:3]


def _even(size: int, number: int) -> Any:
    return to_tensor(np.arange(number + 1) * (size // number))


def _shuffled(stream: _Stream, size: int, number: int) -> Any:
    """Where windows of two sizes begin whose order is drawn; the last entry is the end."""
    least, rest = divmod(size, number)
    if not rest:
        return _even(size, number)
    lengths = to_tensor(np.array([least + 1] * rest + [least] * (number - rest)))
    order = stream.draw(random_permutation, number, dtypes.int64, -(-number // 4))
    return concat(to_tensor([0], dtypes.int64), cumsum(gather(lengths, order)), axis=0)


def _pseudo_random(stream: _Stream, size: int, number: int) -> Any:
    """The multiples of the ratio from a random place on, rounded up; the last is the end."""
    if size % number == 0:
        return _even(size, number)
    ratio, least = size / number, size // number
    # Further right the first window were too large, or the last one too small.
    room = min((least + 2) / ratio - 1, (size + 1 - least) / ratio - (number - 1))
    place = stream.draw(random_uniform, 1, dtypes.float64, 1) * room
    inner = cast(-(-ratio * (np.arange(1.0, number) + place) // 1), dtypes.int64) - 1
    ends = [to_tensor([n], dtypes.int64) for n in (0, size)]
    return concat(ends[0], inner, ends[1], axis=0)


def _places(sequence: Any, size: int, length: int, overlaps: int) -> tuple[Any, Any]:
    """The places of the elements of each window [windows, length], and which are its own."""
    starts, stops = sequence[:-1, None], sequence[1:, None] + overlaps
    stops = minimum.door(stops, to_tensor(size, dtypes.int64))
    places = starts + np.arange(length)
    return minimum.door(places, stops - 1), places < stops
