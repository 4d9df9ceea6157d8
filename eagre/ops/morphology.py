"""Dilation and erosion of images: maxima and minima over windows with heights of their own."""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError, UnimplementedError
from eagre.core.shapes import are_compatible
from eagre.ops.creation import ones_like
from eagre.ops.joining import stack
from eagre.ops.padding import pad
from eagre.ops.selection import same_dtype
from eagre.ops.sequences import reverse
from eagre.ops.shaping import expand_dims, squeeze
from eagre.ops.window_arguments import padding_for_all_axes
from eagre.primitives import picking
from eagre.primitives.comparison import select
from eagre.primitives.families import REALS, zero_like
from eagre.primitives.geometry import Windows
from eagre.primitives.reductions import argmax


def dilation2d(
    input: Any,
    filters: Any,
    strides: Any,
    padding: Any,
    data_format: str,
    dilations: Any,
    name: str | None = None,
) -> Any:
    """The largest sum of `input` and `filters` over each window, by channels.

    output[b, i, j, c] is the maximum over h, w of
    input[b, strides * i + dilations * h, strides * j + dilations * w, c] + filters[h, w, c].
    What "SAME" pads is never the largest. The gradient goes to the first maximum.

    Args:
        input: [batch, height, width, channels]; height and width have to be known.
        filters: [h, w, channels].
        strides, dilations: four numbers, the first and the last of which are 1.

    >>> x = tf.reshape(tf.range(9.0), [1, 3, 3, 1])
    >>> tf.nn.dilation2d(x, tf.zeros([2, 2, 1]), [1] * 4, "VALID", "NHWC", [1] * 4).numpy().ravel()
    array([4., 5., 7., 8.], dtype=float32)
    """
    return _dilated(input, filters, strides, padding, data_format, dilations, "dilation2d")


def erosion2d(
    value: Any,
    filters: Any,
    strides: Any,
    padding: Any,
    data_format: str,
    dilations: Any,
    name: str | None = None,
) -> Any:
    """The smallest difference of `value` and `filters` over each window, by channels.

    It is the dilation of -value with the filters turned around, negated.

    >>> x = tf.reshape(tf.range(1.0, 10.0), [1, 3, 3, 1])
    >>> tf.nn.erosion2d(x, tf.zeros([2, 2, 1]), [1] * 4, "VALID", "NHWC", [1] * 4).numpy().ravel()
    array([1., 2., 4., 5.], dtype=float32)
    """
    x, filters = same_dtype(value, filters, "erosion2d")
    turned = reverse(filters, [0, 1])
    return -_dilated(-x, turned, strides, padding, data_format, dilations, "erosion2d")


def _dilated(
    x: Any, filters: Any, strides: Any, padding: Any, data_format: Any, dilations: Any, name: str
) -> Any:
    x, filters = same_dtype(x, filters, name)
    windows, pairs = _windows(x, filters, strides, padding, data_format, dilations, name)
    lowest = zero_like(x) + x.dtype.min
    padded = pad(x, pairs)
    is_inside = pad(ones_like(x), pairs) != 0
    sums = []
    for (row, column), key in windows.taps():
        found = padded[key] + filters[row, column]
        sums.append(select(is_inside[key], found, lowest))
    table = stack(sums, -1)
    best = argmax.door(table, axis=-1, dtype=dtypes.int32)
    return squeeze(picking.take_along(table, expand_dims(best, -1)), [-1])


def _windows(
    x: Any, filters: Any, strides: Any, padding: Any, data_format: Any, dilations: Any, name: str
) -> tuple[Windows, Any]:
    """The windows over height and width, and the padding of all axes."""
    if data_format != "NHWC":
        raise ValueError(
            f"{name} expected a data_format of 'NHWC'. Received: data_format={data_format!r}"
        )
    for word, numbers in (("strides", strides), ("dilations", dilations)):
        if len(numbers) != 4 or numbers[0] != 1 or numbers[3] != 1:
            raise UnimplementedError(
                f"{name} expected four {word}, the first and the last of them 1. "
                f"Received: {word}={numbers}"
            )
    if x.dtype not in REALS:
        raise DTypeMismatchError(f"{name} expected real numbers. Received: dtype={x.dtype.name}")
    sizes, own = x.sizes or (), filters.sizes or ()
    if (len(sizes), len(own)) != (4, 3) or not are_compatible(sizes[3:], own[2:]):
        raise InvalidArgumentError(
            f"{name} expected [batch, height, width, channels] and filters [h, w, channels]. "
            f"Received: shapes {x.shape} and {filters.shape}"
        )
    if None in (*sizes[1:3], *own[:2]):
        raise ValueError(
            f"{name} needs known heights and widths. Received: {x.shape} and {filters.shape}"
        )
    pairs = padding_for_all_axes(padding, 2, name)
    windows = Windows(
        name,
        sizes[1:3],
        own[:2],
        strides=tuple(strides[1:3]),
        padding=None if pairs is None else pairs[1:3],
        dilations=tuple(dilations[1:3]),
        first_axis=1,
    )
    return windows, [[0, 0], *[place[1:] for place in windows.places], [0, 0]]
