"""Convolutions and pools made of others: dilated, separable, and gradients by themselves."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.core.shapes import are_compatible
from eagre.ops.convolutions import (
    conv2d,
    conv2d_transpose,
    convolution,
    depthwise_conv2d,
    with_channels_first,
    with_channels_last,
)
from eagre.ops.pooling import avg_pool, max_pool
from eagre.ops.shaping import as_shape, axis_sizes
from eagre.ops.spaces import batch_to_space, space_to_batch
from eagre.ops.window_arguments import channels_are_first, geometry_of
from eagre.primitives import rearrangement
from eagre.primitives.convolution import filter_gradient, input_gradient


def atrous_conv2d(
    value: Any, filters: Any, rate: Any, padding: Any, name: str | None = None
) -> Any:
    """`conv2d` with `rate` between the elements of a window: `dilations` by another name.

    >>> x = tf.reshape(tf.range(9.0), [1, 3, 3, 1])
    >>> tf.nn.atrous_conv2d(x, tf.ones([2, 2, 1, 1]), 2, "VALID").numpy().ravel()
    array([16.], dtype=float32)
    """
    return convolution(value, filters, padding=padding, dilations=[rate, rate])


def atrous_conv2d_transpose(
    value: Any, filters: Any, output_shape: Any, rate: Any, padding: Any, name: str | None = None
) -> Any:
    """The transpose of `atrous_conv2d`, which makes a tensor of `output_shape`.

    `filters` is [height, width, output channels, input channels].

    >>> x, filters = tf.ones([1, 1, 1, 1]), tf.ones([2, 2, 1, 1])
    >>> tf.nn.atrous_conv2d_transpose(x, filters, [1, 3, 3, 1], 2, "VALID").numpy()[0, :, :, 0]
    array([[1., 0., 1.],
           [0., 0., 0.],
           [1., 0., 1.]], dtype=float32)
    """
    return conv2d_transpose(value, filters, output_shape, 1, padding, dilations=rate)


def separable_conv2d(
    input: Any,
    depthwise_filter: Any,
    pointwise_filter: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """`depthwise_conv2d`, whose channels are then mixed by `pointwise_filter` [1, 1, in, out].

    >>> x = tf.constant([[[[1.0, 2.0]]]])
    >>> depthwise, pointwise = [[[[3.0], [5.0]]]], [[[[1.0], [10.0]]]]
    >>> tf.nn.separable_conv2d(x, depthwise, pointwise, [1, 1, 1, 1], "SAME").numpy()
    array([[[[103.]]]], dtype=float32)
    """
    y = depthwise_conv2d(input, depthwise_filter, strides, padding, data_format, dilations)
    point = to_tensor(pointwise_filter, hint=y.dtype)
    if not are_compatible(None if point.sizes is None else point.sizes[:2], (1, 1)):
        raise ValueError(
            "separable_conv2d expected a pointwise_filter [1, 1, in, out]. "
            f"Received: pointwise_filter.shape={point.shape}"
        )
    return conv2d(y, point, 1, "VALID", data_format or "NHWC")


def depthwise_conv2d_backprop_input(
    input_sizes: Any,
    filter: Any,
    out_backprop: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NHWC",
    dilations: Any = (1, 1, 1, 1),
    name: str | None = None,
) -> Any:
    """The gradient of `depthwise_conv2d` for its input of the shape `input_sizes`.

    >>> filters, grad = tf.constant([[[[3.0], [5.0]]]]), tf.constant([[[[1.0, 2.0]]]])
    >>> tf.nn.depthwise_conv2d_backprop_input(
    ...     [1, 1, 1, 2], filters, grad, [1, 1, 1, 1], "SAME"
    ... ).numpy()
    array([[[[ 3., 10.]]]], dtype=float32)
    """
    name = "depthwise_conv2d_backprop_input"
    is_first = channels_are_first(data_format, 2, name)
    y, filters = to_tensor(out_backprop), to_tensor(filter)
    shape = as_shape(input_sizes, name)
    if is_first:
        y = with_channels_last(y, 2, name)
        shape = as_shape([shape[axis] for axis in (0, 2, 3, 1)], name)
    rows, columns, channels, multiplier = axis_sizes(filters, name)
    grouped = (rows, columns, 1, channels * multiplier)
    filters = rearrangement.reshape(filters, as_shape(grouped, name))
    geometry = geometry_of(2, strides, padding, dilations, is_first, "conv2d")
    x = input_gradient(y, filters, shape, **geometry)
    return with_channels_first(x, 2) if is_first else x


def depthwise_conv2d_backprop_filter(
    input: Any,
    filter_sizes: Any,
    out_backprop: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NHWC",
    dilations: Any = (1, 1, 1, 1),
    name: str | None = None,
) -> Any:
    """The gradient of `depthwise_conv2d` for its filter of the shape `filter_sizes`.

    >>> x, grad = tf.constant([[[[3.0, 5.0]]]]), tf.constant([[[[1.0, 2.0]]]])
    >>> tf.nn.depthwise_conv2d_backprop_filter(
    ...     x, [1, 1, 2, 1], grad, [1, 1, 1, 1], "SAME"
    ... ).numpy().ravel()
    array([ 3., 10.], dtype=float32)
    """
    name = "depthwise_conv2d_backprop_filter"
    is_first = channels_are_first(data_format, 2, name)
    x, y = to_tensor(input), to_tensor(out_backprop)
    if is_first:
        x, y = with_channels_last(x, 2, name), with_channels_last(y, 2, name)
    shape = as_shape(filter_sizes, name)
    grouped = as_shape((shape[0], shape[1], 1, shape[2] * shape[3]), name)
    geometry = geometry_of(2, strides, padding, dilations, is_first, "conv2d")
    return rearrangement.reshape(filter_gradient(x, y, grouped, **geometry), shape)


# Pools and any other operation on windows -------------------------------------------------------


def pool(
    input: Any,
    window_shape: Any,
    pooling_type: str,
    strides: Any = None,
    padding: Any = "VALID",
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """The largest ("MAX") or the mean ("AVG") element of windows, which may be dilated.

    `window_shape`, `strides` and `dilations` have a number for each axis of space. Dilated
    windows have a stride of 1 and no padding.

    >>> x = tf.constant([[[1.0], [5.0], [2.0], [4.0]]])
    >>> tf.nn.pool(x, [2], "MAX", dilations=[2]).numpy().ravel()
    array([2., 5.], dtype=float32)
    """
    functions = {"MAX": max_pool, "AVG": avg_pool}
    if pooling_type not in functions:
        raise ValueError(
            f"pool expected a pooling_type of 'MAX' or 'AVG'. Received: {pooling_type=}"
        )
    count = len(window_shape)
    strides = [1] * count if strides is None else list(strides)
    rates = [1] * count if dilations is None else list(dilations)
    if not len(strides) == len(rates) == count:
        raise ValueError(
            f"pool expected {count} strides and dilations, as many as window_shape has. "
            f"Received: strides={strides}, dilations={rates}"
        )
    if max(rates) > 1 and (max(strides) > 1 or padding != "VALID"):
        raise ValueError(
            "pool expected strides of 1 and padding 'VALID' for dilations above 1. "
            f"Received: strides={strides}, padding={padding!r}, dilations={rates}"
        )

    def apply(x: Any, _: int, padding: Any) -> Any:
        return functions[pooling_type](x, window_shape, strides, padding, data_format)

    return with_space_to_batch(
        to_tensor(input), rates, padding, apply, window_shape, data_format=data_format
    )


def with_space_to_batch(
    input: Any,
    dilation_rate: Any,
    padding: Any,
    op: Any,
    filter_shape: Any = None,
    spatial_dims: Any = None,
    data_format: str | None = None,
) -> Any:
    """`op(input, number of axes of space, padding)` as if its windows were dilated.

    Where a rate is above 1, the op sees each place within a block as an element of the batch.

    Args:
        dilation_rate: a number for each axis of space.
        padding: "VALID", or "SAME", which needs `filter_shape`.
        spatial_dims: the axes of space, by default those after the batch (and the channels).

    >>> def sums(x, count, padding):
    ...     return x[:, :-1] + x[:, 1:]
    >>> tf.nn.with_space_to_batch(tf.range(5.0)[None], [2], "VALID", sums).numpy()
    array([[2., 4., 6.]], dtype=float32)
    """
    x, rates = to_tensor(input), np.asarray(dilation_rate)
    count = len(rates)
    is_first = data_format is not None and data_format.startswith("NC")
    axes = list(range(1 + is_first, 1 + is_first + count))
    axes = axes if spatial_dims is None else [int(axis) for axis in spatial_dims]
    if len(axes) != count or sorted(set(axes)) != axes or axes[0] < 1 or rates.min() < 1:
        raise ValueError(
            "with_space_to_batch expected rates of at least 1 and as many ascending spatial_dims "
            f"of at least 1. Received: dilation_rate={dilation_rate}, spatial_dims={axes}"
        )
    if padding not in ("SAME", "VALID") or (padding == "SAME" and filter_shape is None):
        raise ValueError(
            "with_space_to_batch expected padding 'VALID', or 'SAME' and filter_shape. "
            f"Received: padding={padding!r}, filter_shape={filter_shape}"
        )
    if (rates == 1).all():
        return op(x, count, padding)
    total = np.zeros(count, int)
    if padding == "SAME":
        total = (np.asarray(filter_shape[:count]) - 1) * rates
    return _in_batches(x, axes, rates, total, op)


def _in_batches(x: Any, axes: list[int], rates: Any, total: Any, op: Any) -> Any:
    """The op on blocks, with `total` zeros around each axis of space."""
    sizes = axis_sizes(x, "with_space_to_batch")[1 : axes[-1] + 1]
    blocks, pads = np.ones(axes[-1], int), np.zeros((axes[-1], 2), int)
    for axis, rate, room in zip(axes, rates, total, strict=True):
        blocks[axis - 1], pads[axis - 1] = rate, (room // 2, room - room // 2)
    if not all(isinstance(size, int) for size in sizes):
        raise InvalidArgumentError(
            f"with_space_to_batch needs known sizes of space. Received: input.shape={x.shape}"
        )
    extra = -(np.array(sizes) + pads.sum(1)) % blocks
    pads[:, 1] += extra
    y = op(space_to_batch(x, blocks, pads), len(axes), "VALID")
    return batch_to_space(y, blocks, np.stack([extra * 0, extra], 1))
