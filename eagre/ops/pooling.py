"""The largest or the mean element of windows over space."""

from __future__ import annotations

from math import prod
from typing import Any

from eagre.core.conversion import as_operand, to_tensor
from eagre.core.dtypes import float32
from eagre.core.errors import UnimplementedError
from eagre.ops.window_arguments import (
    DATA_FORMATS,
    channels_are_first,
    for_all_axes,
    kept,
    padding_for_all_axes,
)
from eagre.primitives import arithmetic, windows
from eagre.primitives.families import HALVES, one_like, shape_of
from eagre.primitives.rearrangement import broadcast_to


def max_pool(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = None,
    name: str | None = None,
) -> Any:
    """The largest element of each window, in one to three dimensions of space.

    Arguments are as those of `max_pool2d`.

    >>> tf.nn.max_pool([[[1.0], [3.0], [2.0], [0.0]]], 2, 2, "VALID").numpy()
    array([[[3.],
            [2.]]], dtype=float32)
    """
    x = to_tensor(input)
    space = _axes_of_space(x, data_format, "max_pool")
    return _max_pool(x, space, ksize, strides, padding, data_format, "max_pool")


def max_pool1d(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NWC",
    name: str | None = None,
) -> Any:
    """The largest element of each window of `input` [batch, width, channels].

    Arguments are as those of `max_pool2d`.

    >>> tf.nn.max_pool1d([[[1.0], [3.0], [2.0]]], 2, 1, "SAME").numpy()
    array([[[3.],
            [3.],
            [2.]]], dtype=float32)
    """
    return _max_pool(input, 1, ksize, strides, padding, data_format, "max_pool1d")


def max_pool2d(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NHWC",
    name: str | None = None,
) -> Any:
    """The largest element of each window of `input` [batch, height, width, channels].

    NaN is left out; a window of nothing else has the least finite number. The gradient goes to
    the first largest element in row-major order.

    Args:
        ksize: the size of the window: one int, one for each axis of space, or for each axis.
        strides: the distance between windows, in the same forms.
        padding: "SAME" (size / strides windows), "VALID" (within the input only), or a pair
            (before, after) for each axis. What is padded is never the largest.
        data_format: "NHWC", or "NCHW" for [batch, channels, height, width].

    Raises:
        InvalidArgumentError: a window does not fit into the input.
        ValueError: `ksize`, `strides` or a list of paddings has another length.

    >>> image = tf.reshape(tf.range(16.0), [1, 4, 4, 1])
    >>> tf.nn.max_pool2d(image, 2, 2, "VALID").numpy()[0, :, :, 0]
    array([[ 5.,  7.],
           [13., 15.]], dtype=float32)
    """
    return _max_pool(input, 2, ksize, strides, padding, data_format, "max_pool2d")


def max_pool3d(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NDHWC",
    name: str | None = None,
) -> Any:
    """The largest element of each window of `input` [batch, depth, height, width, channels].

    Arguments are as those of `max_pool2d`.

    >>> tf.nn.max_pool3d(tf.ones([1, 4, 4, 4, 2]), 2, 2, "VALID").shape
    TensorShape([1, 2, 2, 2, 2])
    """
    return _max_pool(input, 3, ksize, strides, padding, data_format, "max_pool3d")


def avg_pool(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = None,
    name: str | None = None,
) -> Any:
    """The mean of each window, in one to three dimensions of space.

    Arguments are as those of `avg_pool2d`.

    >>> tf.nn.avg_pool([[[1.0], [3.0], [2.0], [0.0]]], 2, 2, "VALID").numpy()
    array([[[2.],
            [1.]]], dtype=float32)
    """
    x = to_tensor(input)
    space = _axes_of_space(x, data_format, "avg_pool")
    return _avg_pool(x, space, ksize, strides, padding, data_format, "avg_pool")


def avg_pool1d(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NWC",
    name: str | None = None,
) -> Any:
    """The mean of each window of `input` [batch, width, channels].

    Arguments are as those of `avg_pool2d`.

    >>> tf.nn.avg_pool1d([[[1.0], [3.0], [2.0]]], 2, 2, "SAME").numpy()
    array([[[2.],
            [2.]]], dtype=float32)
    """
    return _avg_pool(input, 1, ksize, strides, padding, data_format, "avg_pool1d")


def avg_pool2d(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NHWC",
    name: str | None = None,
) -> Any:
    """The mean of each window of `input` [batch, height, width, channels].

    With padding "SAME" only elements of the input count. The other arguments and the errors are
    those of `max_pool2d`; explicit paddings are a TypeError.

    >>> image = tf.reshape(tf.range(9.0), [1, 3, 3, 1])
    >>> tf.nn.avg_pool2d(image, 2, 2, "SAME").numpy()[0, :, :, 0]
    array([[2. , 3.5],
           [6.5, 8. ]], dtype=float32)
    """
    return _avg_pool(input, 2, ksize, strides, padding, data_format, "avg_pool2d")


def avg_pool3d(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NDHWC",
    name: str | None = None,
) -> Any:
    """The mean of each window of `input` [batch, depth, height, width, channels].

    Arguments are as those of `avg_pool2d`.

    >>> tf.nn.avg_pool3d(tf.ones([1, 4, 4, 4, 2]), 2, 2, "VALID").shape
    TensorShape([1, 2, 2, 2, 2])
    """
    return _avg_pool(input, 3, ksize, strides, padding, data_format, "avg_pool3d")


# What they share --------------------------------------------------------------------------------


def _max_pool(
    x: Any, space: int, ksize: Any, strides: Any, padding: Any, data_format: Any, name: str
) -> Any:
    geometry = _geometry(space, ksize, strides, padding, data_format, name)
    return windows.max_pool.door(to_tensor(x), **geometry)


def _avg_pool(
    x: Any, space: int, ksize: Any, strides: Any, padding: Any, data_format: Any, name: str
) -> Any:
    if not isinstance(padding, str):
        raise TypeError(f"{name} expected padding 'SAME' or 'VALID'. Received: padding={padding}")
    geometry = _geometry(space, ksize, strides, padding, data_format, name)
    x = to_tensor(x)
    if x.dtype in HALVES:
        # The sum of a window may be too large for a half where the mean is not.
        return arithmetic.cast(_mean(arithmetic.cast(x, dtype=float32), geometry), dtype=x.dtype)
    return _mean(x, geometry)


def _mean(x: Any, geometry: dict[str, Any]) -> Any:
    sums = windows.sum_pool.door(x, **geometry)
    if geometry["padding"] is None and _may_be_padded(x, geometry):
        return sums / windows.sum_pool.door(_ones(x, geometry["window"]), **geometry)
    return sums / as_operand(prod(geometry["window"]), x, "avg_pool")


def _may_be_padded(x: Any, geometry: dict[str, Any]) -> bool:
    """Whether windows may see more than `x` has."""
    is_unknown = x.sizes is None or None in x.sizes
    return is_unknown or windows.sum_pool.layout(x.sizes, geometry).is_padded


def _ones(x: Any, window: tuple[int, ...]) -> Any:
    """Ones in the shape of `x`, or one where windows have size 1 if that is known."""
    if x.sizes is None or len(x.sizes) != len(window):
        return broadcast_to(one_like(x), shape_of(x))
    sizes = tuple(1 if n == 1 else size for size, n in zip(x.sizes, window, strict=True))
    return broadcast_to(one_like(x), shape_of(x) if None in sizes else sizes)


@kept
def _geometry(
    space: int, ksize: Any, strides: Any, padding: Any, data_format: Any, name: str
) -> dict[str, Any]:
    is_first = channels_are_first(data_format, space, name)
    window = for_all_axes(ksize, space, is_first, name, "ksize")
    steps = for_all_axes(strides, space, is_first, name, "strides")
    if window[0] != 1 or steps[0] != 1:
        raise UnimplementedError(
            f"{name} expected ksize and strides of 1 for the axis of batch. "
            f"Received: ksize={ksize}, strides={strides}"
        )
    pairs = padding_for_all_axes(padding, space, name)
    return {"window": window, "strides": steps, "padding": pairs}


def _axes_of_space(x: Any, data_format: Any, name: str) -> int:
    rank = len(data_format) if x.ndim is None and data_format else x.ndim
    if rank is None or rank - 2 not in DATA_FORMATS:
        raise ValueError(
            f"{name} expected an input with 3, 4 or 5 axes. Received: input.shape={x.shape}"
        )
    return rank - 2
