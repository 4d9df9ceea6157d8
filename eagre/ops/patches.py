"""Windows of volumes, side by side as they are."""

from __future__ import annotations

from operator import index
from typing import Any

import numpy as np

from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError, UnimplementedError
from eagre.ops.drawing import check_dtype
from eagre.ops.joining import concat
from eagre.ops.selection import gather, where
from eagre.ops.shaping import reshape, shape, transpose
from eagre.ops.window_arguments import padding_for_all_axes
from eagre.primitives.families import REALS
from eagre.primitives.geometry import Windows

_NAME = "extract_volume_patches"


def extract_volume_patches(
    input: Any, ksizes: Any, strides: Any, padding: Any, name: str | None = None
) -> Any:
    """The windows of `input` [batch, depth, height, width, channels], each as one long vector.

    The result is [batch, depths, rows, columns, elements]; the elements of a window are in
    row-major order, and zeros in what is padded.

    Args:
        ksizes: the size of the windows, [1, depth, height, width, 1].
        strides: the distance between windows, in the same form.
        padding: "SAME" (size / strides windows) or "VALID" (within the input only).

    Raises:
        InvalidArgumentError: `input`, `ksizes` or `strides` does not have 5 axes, or a window
            does not fit.
        UnimplementedError: `ksizes` or `strides` is not 1 for batch or channels.

    >>> volume = tf.reshape(tf.range(8), [1, 1, 2, 4, 1])
    >>> ksizes, strides = [1, 1, 2, 2, 1], [1, 1, 1, 2, 1]
    >>> tf.extract_volume_patches(volume, ksizes, strides, "VALID").numpy()[0, 0, 0]
    array([[0, 1, 4, 5],
           [2, 3, 6, 7]], dtype=int32)
    """
    x = to_tensor(input, name=_NAME)
    check_dtype(x.dtype, REALS, _NAME)
    sizes = _volume(x)
    window, steps = _numbers(ksizes, "ksizes"), _numbers(strides, "strides")
    if not isinstance(padding, str):
        raise TypeError(f"{_NAME} expected padding 'SAME' or 'VALID'. Received: padding={padding}")
    pairs = padding_for_all_axes(padding, 3, _NAME)
    windows = Windows(
        _NAME, sizes, window, strides=steps, padding=pairs and pairs[1:4], dilations=(1, 1, 1),
        first_axis=1,
    )
    # From the last axis on, so that the places of the other axes stay.
    for axis in (2, 1, 0):
        x = _with_windows(x, axis + 1, windows, sizes[axis])
    x = transpose(x, (0, 1, 3, 5, 2, 4, 6, 7))
    return reshape(x, concat([shape(x)[:4], to_tensor([-1])], 0))


def _with_windows(x: Any, axis: int, windows: Windows, size: int) -> Any:
    """The tensor with an axis of windows, and one of the elements of each, in place of one."""
    count, before, _ = windows.places[axis - 1]
    starts = np.arange(count) * windows.strides[axis - 1] - before
    places = starts[:, None] + np.arange(windows.window[axis - 1])
    is_inside = (places >= 0) & (places < size)
    elements = gather(x, to_tensor(np.where(is_inside, places, 0)), axis=axis)
    if is_inside.all():
        return elements
    behind = (1,) * (elements.ndim - axis - 2)
    return where(is_inside.reshape(*is_inside.shape, *behind), elements, to_tensor(0, x.dtype))


def _volume(x: Any) -> Any:
    """The sizes of the axes of space."""
    if x.ndim not in (5, None):
        raise InvalidArgumentError(
            f"{_NAME} expected an input [batch, depth, height, width, channels]. "
            f"Received: input.shape={x.shape}"
        )
    if x.ndim is None or None in x.sizes[1:4]:
        raise ValueError(
            f"{_NAME} needs an input of known depth, height and width. "
            f"Received: input.shape={x.shape}"
        )
    return x.sizes[1:4]


def _numbers(value: Any, word: str) -> tuple[int, ...]:
    """The entries for the axes of space."""
    numbers = tuple(map(index, value))
    if len(numbers) != 5:
        raise InvalidArgumentError(f"{_NAME} expected {word} of length 5. Received: {word}={value}")
    if numbers[0] != 1 or numbers[4] != 1:
        raise UnimplementedError(
            f"{_NAME} expected {word} of 1 for the axes of batch and channels. "
            f"Received: {word}={value}"
        )
    return numbers[1:4]
