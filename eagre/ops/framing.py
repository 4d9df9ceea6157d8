"""Signals cut into frames that may overlap, and frames added up to a signal."""

from __future__ import annotations

from typing import Any

from eagre.core.conversion import to_tensor
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.ops.axes import integer_of
from eagre.ops.lengths import (
    as_length,
    count_of,
    joined_shape,
    larger,
    length_along,
    numbers_below,
    resized,
    with_length,
)
from eagre.ops.shaping import known_as
from eagre.primitives import framing, indexing, rearrangement, reductions
from eagre.primitives.families import NUMBERS, shape_of
from eagre.primitives.rearrangement import normalized_axis


def frame(
    signal: Any,
    frame_length: Any,
    frame_step: Any,
    pad_end: bool = False,
    pad_value: Any = 0,
    axis: Any = -1,
    name: str | None = None,
) -> Any:
    """Windows of `frame_length` elements, `frame_step` apart, along an axis.

    `signal` [..., samples, ...] becomes [..., frames, frame_length, ...].

    Args:
        pad_end: whether frames that begin in the signal and reach beyond its end are kept, filled
            up with `pad_value`.

    Raises:
        InvalidArgumentError: a frame_length below 0, a frame_step below 1, an axis outside.

    >>> tf.signal.frame([1, 2, 3, 4, 5], 3, 2).numpy()
    array([[1, 2, 3],
           [3, 4, 5]], dtype=int32)
    """
    x = to_tensor(signal, name="frame")
    length = as_length(frame_length, "frame", "frame_length")
    step = as_length(frame_step, "frame", "frame_step", least=1)
    axis = integer_of(axis)
    if x.ndim is not None:
        axis = normalized_axis(axis, x.ndim, "frame")
    count = length_along(x, axis)
    frames: Any = None
    if pad_end:
        frames = -(-count // step)
        whole = larger(count, length + step * (frames - 1))
        x, count = resized(x, whole, axis, _scalar(pad_value, x)), whole
    if x.ndim is not None and _are_known(length, step):
        return framing.frames_of(x, length=length, step=step, axis=axis - x.ndim)
    if frames is None:
        frames = larger(1 + (count - length) // step, 0)
    shape = shape_of(x)
    lead, rest = shape[:axis], shape[axis:][1:]
    framed = _gathered(x, (count_of(lead), count, count_of(rest)), length, step, frames)
    framed = rearrangement.reshape(framed, joined_shape(lead, (frames, length), rest))
    first = axis if axis >= 0 else axis - 1
    return with_length(with_length(framed, first, frames), first + 1, length)


def _are_known(length: Any, step: Any) -> bool:
    """Whether frames have elements, and of their length and step the values are known."""
    return length.__class__ is int and length > 0 and step.__class__ is int


def _gathered(x: Any, sizes: tuple[Any, Any, Any], length: Any, step: Any, frames: Any) -> Any:
    """The frames of the second of three axes."""
    x = rearrangement.reshape(x, joined_shape(sizes))
    starts = rearrangement.expand_dims(numbers_below(frames) * step, axis=(1,))
    return indexing.gather(x, starts + numbers_below(length), axis=1)


def _scalar(pad_value: Any, x: Any) -> Any:
    value = to_tensor(pad_value, x.dtype, name="frame")
    if value.ndim not in (0, None):
        raise InvalidArgumentError(
            f"frame expected a scalar pad_value. Received: pad_value.shape={value.shape}"
        )
    return value


def overlap_and_add(signal: Any, frame_step: Any, name: str | None = None) -> Any:
    """The sum of frames that are put `frame_step` apart.

    `signal` [..., frames, frame_length] becomes
    [..., (frames - 1) * frame_step + frame_length].

    Raises:
        InvalidArgumentError: fewer than two axes, a frame_step below 1, no numbers.

    >>> tf.signal.overlap_and_add([[1, 1, 1], [2, 2, 2]], 2).numpy()
    array([1, 1, 3, 2, 2], dtype=int32)
    """
    x = to_tensor(signal, name="overlap_and_add")
    step = as_length(frame_step, "overlap_and_add", "frame_step", least=1)
    if x.dtype not in NUMBERS:
        raise DTypeMismatchError(
            f"overlap_and_add expected numbers. Received: dtype={x.dtype.name}"
        )
    if x.ndim is not None and x.ndim < 2:
        raise InvalidArgumentError(
            "overlap_and_add expected frames [..., frames, frame_length]. "
            f"Received: signal.shape={x.shape}"
        )
    lead = shape_of(x)[:-2]
    frames, length = length_along(x, -2), length_along(x, -1)
    total = larger(length + step * (frames - 1), 0)
    sums = _overlapped(x, count_of(lead), frames, length, step)
    result = rearrangement.reshape(resized(sums, total), joined_shape(lead, (total,)))
    return result if x.sizes is None else known_as(result, [*x.sizes[:-2], total])


def _overlapped(x: Any, batch: Any, frames: Any, length: Any, step: Any) -> Any:
    """Each frame in pieces of `step` elements, piece i moved i places on, all added up."""
    pieces = -(-length // step)
    x = resized(x, pieces * step)
    x = rearrangement.reshape(x, joined_shape((batch, frames, pieces, step)))
    x = rearrangement.transpose.door(x, perm=(0, 2, 1, 3))
    x = resized(x, frames + pieces, -2)
    # Read in rows that are one shorter, each row of pieces begins one place later.
    row = larger(frames + pieces - 1, 0)
    x = rearrangement.reshape(x, joined_shape((batch, pieces * (frames + pieces), step)))
    x = resized(x, pieces * row, -2)
    x = rearrangement.reshape(x, joined_shape((batch, pieces, row, step)))
    x = reductions.reduce_sum.door(x, axis=(1,), keepdims=False)
    return rearrangement.reshape(x, joined_shape((batch, row * step)))
