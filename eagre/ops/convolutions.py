"""Convolution in one to three dimensions, depthwise and transposed."""

from __future__ import annotations

from math import prod
from typing import Any

from eagre.core.errors import InvalidArgumentError
from eagre.ops.selection import same_dtype
from eagre.ops.shaping import as_shape
from eagre.ops.window_arguments import DATA_FORMATS, channels_are_first, geometry_of
from eagre.primitives import rearrangement
from eagre.primitives.convolution import convolution as convolve
from eagre.primitives.convolution import input_gradient
from eagre.primitives.families import shape_of


def conv1d(
    input: Any,
    filters: Any,
    stride: Any,
    padding: Any,
    data_format: str = "NWC",
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """The convolution of `input` [batch, width, in] with `filters` [window, in, out].

    Arguments are as those of `conv2d`.

    >>> tf.nn.conv1d([[[1.0], [2.0], [3.0]]], [[[1.0]], [[10.0]]], 1, "VALID").numpy()
    array([[[21.],
            [32.]]], dtype=float32)
    """
    return _convolution(input, filters, 1, stride, padding, data_format, dilations, "conv1d")


def conv2d(
    input: Any,
    filters: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NHWC",
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """The convolution of `input` [batch, height, width, in] with `filters` [h, w, in, out].

    output[b, i, j, o] is the sum over h, w, c of
    input[b, strides * i + dilations * h, strides * j + dilations * w, c] * filters[h, w, c, o].
    Filters with fewer input channels, [h, w, in / groups, out], connect groups of channels.

    Args:
        strides: one int, one for each axis of space, or one for each axis.
        padding: "SAME" (zeros around, so that size / strides remains), "VALID" (none), or a pair
            (before, after) for each axis of the input.
        data_format: "NHWC", or "NCHW" for input and output [batch, channels, height, width].
        dilations: the distance between the elements of a window, in the forms of `strides`.

    Raises:
        InvalidArgumentError: shapes do not fit together, or dtypes differ.
        ValueError: strides, dilations or a list of paddings has another length.

    Fukushima, "Neocognitron", 1980; LeCun et al., "Backpropagation applied to handwritten zip
    code recognition", 1989.

    >>> image = tf.reshape(tf.range(9.0), [1, 3, 3, 1])
    >>> tf.nn.conv2d(image, tf.ones([2, 2, 1, 1]), 1, "VALID").numpy()[0, :, :, 0]
    array([[ 8., 12.],
           [20., 24.]], dtype=float32)
    """
    return _convolution(input, filters, 2, strides, padding, data_format, dilations, "conv2d")


def conv3d(
    input: Any,
    filters: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NDHWC",
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """The convolution of `input` [batch, depth, height, width, in] with `filters`.

    Filters are [d, h, w, in, out]; the other arguments are as those of `conv2d`.

    >>> tf.nn.conv3d(tf.ones([1, 3, 3, 3, 1]), tf.ones([2, 2, 2, 1, 1]), 1, "VALID").shape
    TensorShape([1, 2, 2, 2, 1])
    """
    return _convolution(input, filters, 3, strides, padding, data_format, dilations, "conv3d")


def convolution(
    input: Any,
    filters: Any,
    strides: Any = None,
    padding: Any = "VALID",
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """The convolution in as many dimensions as `filters` [*window, in, out] has.

    Arguments are as those of `conv2d`.

    >>> tf.nn.convolution(tf.ones([1, 5, 2]), tf.ones([2, 2, 3])).shape
    TensorShape([1, 4, 3])
    """
    input, filters = same_dtype(input, filters, "convolution")
    space = _axes_of_space(filters, data_format, "convolution")
    return _convolution(
        input, filters, space, strides or 1, padding, data_format, dilations, "convolution"
    )


def depthwise_conv2d(
    input: Any,
    filter: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """Each channel of `input` [batch, height, width, in] convolved with filters of its own.

    Output channel c * multiplier + m is channel c convolved with filter[:, :, c, m]. Arguments
    are as those of `conv2d`, with `filter` [h, w, in, multiplier].

    Raises:
        InvalidArgumentError: the filter has another number of channels than the input.

    >>> x = tf.constant([[[[1.0, 2.0]]]])
    >>> tf.nn.depthwise_conv2d(x, [[[[3.0], [5.0]]]], [1, 1, 1, 1], "SAME").numpy()
    array([[[[ 3., 10.]]]], dtype=float32)
    """
    x, filters = same_dtype(input, filter, "depthwise_conv2d")
    is_first = channels_are_first(data_format, 2, "depthwise_conv2d")
    if is_first:
        x = with_channels_last(x, 2, "depthwise_conv2d")
    _check_depthwise(x, filters)
    rows, columns, multiplier = [_size(filters, axis) for axis in (0, 1, 3)]
    shape = (rows, columns, 1, _size(x, 3) * multiplier)
    grouped = rearrangement.reshape(filters, as_shape(shape, "depthwise_conv2d"))
    y = convolve(x, grouped, **geometry_of(2, strides, padding, dilations, is_first, "conv2d"))
    return with_channels_first(y, 2) if is_first else y


def _check_depthwise(x: Any, filters: Any) -> None:
    fits = (
        x.ndim in (4, None)
        and filters.ndim in (4, None)
        and (
            x.sizes is None
            or filters.sizes is None
            or x.sizes[3] == filters.sizes[2]
            or None in (x.sizes[3], filters.sizes[2])
        )
    )
    if not fits:
        raise InvalidArgumentError(
            "depthwise_conv2d expected an input [batch, height, width, channels] and a filter "
            "[height, width, channels, multiplier]. "
            f"Received: input.shape={x.shape}, filter.shape={filters.shape}"
        )


def conv1d_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: Any = "SAME",
    data_format: str = "NWC",
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """The transpose of `conv1d`: see `conv2d_transpose`.

    >>> tf.nn.conv1d_transpose([[[1.0], [2.0]]], [[[1.0]], [[10.0]]], [1, 4, 1], 2).numpy()
    array([[[ 1.],
            [10.],
            [ 2.],
            [20.]]], dtype=float32)
    """
    return _transposed(
        input, filters, output_shape, 1, strides, padding, data_format, dilations
    )


def conv2d_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: Any = "SAME",
    data_format: str = "NHWC",
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """The transpose of `conv2d`, which makes a tensor of `output_shape`.

    A convolution of a tensor of `output_shape` with these arguments has the shape of `input`;
    `filters` is [height, width, output channels, input channels].

    Raises:
        InvalidArgumentError: a convolution of `output_shape` has another shape than `input`.

    Zeiler et al., "Deconvolutional networks", 2010.

    >>> x = tf.ones([1, 2, 2, 1])
    >>> tf.nn.conv2d_transpose(x, tf.ones([2, 2, 3, 1]), [1, 4, 4, 3], 2).shape
    TensorShape([1, 4, 4, 3])
    """
    return _transposed(
        input, filters, output_shape, 2, strides, padding, data_format, dilations
    )


def conv3d_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: Any = "SAME",
    data_format: str = "NDHWC",
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """The transpose of `conv3d`: see `conv2d_transpose`.

    >>> x = tf.ones([1, 1, 1, 1, 1])
    >>> tf.nn.conv3d_transpose(x, tf.ones([2, 2, 2, 3, 1]), [1, 2, 2, 2, 3], 2).shape
    TensorShape([1, 2, 2, 2, 3])
    """
    return _transposed(
        input, filters, output_shape, 3, strides, padding, data_format, dilations
    )


def conv_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: Any = "SAME",
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """The transpose of `convolution`: see `conv2d_transpose`.

    >>> tf.nn.conv_transpose(tf.ones([1, 3, 1]), tf.ones([2, 2, 1]), [1, 6, 2], 2).shape
    TensorShape([1, 6, 2])
    """
    input, filters = same_dtype(input, filters, "conv_transpose")
    space = _axes_of_space(filters, data_format, "conv_transpose")
    return _transposed(
        input, filters, output_shape, space, strides, padding, data_format, dilations
    )


# What they share --------------------------------------------------------------------------------


def _convolution(
    x: Any,
    filters: Any,
    space: int,
    strides: Any,
    padding: Any,
    data_format: Any,
    dilations: Any,
    name: str,
) -> Any:
    x, filters = same_dtype(x, filters, name)
    is_first = channels_are_first(data_format, space, name)
    geometry = geometry_of(space, strides, padding, dilations, is_first, name)
    lead = x.sizes[: -space - 1] if x.ndim is not None and x.ndim > space + 2 else None
    if lead is not None:
        x = _with_batch(x, (_known_product(lead, name),), space, name)
    y = convolve(with_channels_last(x, space, name) if is_first else x, filters, **geometry)
    y = with_channels_first(y, space) if is_first else y
    return y if lead is None else _with_batch(y, lead, space, name)


def _with_batch(x: Any, batch: tuple[int, ...], space: int, name: str) -> Any:
    """The tensor with other axes of batch."""
    others = [_size(x, axis) for axis in range(-space - 1, 0)]
    return rearrangement.reshape(x, as_shape((*batch, *others), name))


def _known_product(sizes: Any, name: str) -> int:
    if None in sizes:
        raise ValueError(
            f"{name} needs known sizes where there is more than one axis of batch. "
            f"Received: batch sizes {sizes}"
        )
    return prod(sizes)


def _transposed(
    y: Any,
    filters: Any,
    output_shape: Any,
    space: int,
    strides: Any,
    padding: Any,
    data_format: Any,
    dilations: Any,
) -> Any:
    name = f"conv{space}d_transpose"
    y, filters = same_dtype(y, filters, name)
    is_first = channels_are_first(data_format, space, name)
    geometry = geometry_of(space, strides, padding, dilations, is_first, name)
    shape = as_shape(output_shape, name)
    if is_first:
        y = with_channels_last(y, space, name)
        parts = [shape[axis] for axis in (0, *range(2, space + 2), 1)]
        shape = as_shape(parts, name)
    if isinstance(shape, tuple) and len(shape) != space + 2:
        raise InvalidArgumentError(
            f"{name} expected an output_shape of {space + 2} sizes. Received: {output_shape}"
        )
    x = input_gradient(y, filters, shape, **geometry)
    return with_channels_first(x, space) if is_first else x


def _size(x: Any, axis: int) -> Any:
    """The size of an axis, a scalar tensor where it is unknown."""
    size = None if x.sizes is None else x.sizes[axis]
    return shape_of(x)[axis] if size is None else size


def _axes_of_space(filters: Any, data_format: Any, name: str) -> int:
    rank = len(data_format) if filters.ndim is None and data_format else filters.ndim
    if rank is None or rank - 2 not in DATA_FORMATS:
        raise ValueError(
            f"{name} expected filters with 3, 4 or 5 axes. Received: filters.shape={filters.shape}"
        )
    return rank - 2


def with_channels_last(x: Any, space: int, name: str) -> Any:
    if x.ndim not in (None, space + 2):
        raise InvalidArgumentError(
            f"{name} expected an input with {space + 2} axes. Received: input.shape={x.shape}"
        )
    return rearrangement.transpose(x, perm=(0, *range(2, space + 2), 1))


def with_channels_first(x: Any, space: int) -> Any:
    return rearrangement.transpose(x, perm=(0, space + 1, *range(1, space + 1)))
