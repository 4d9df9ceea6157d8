"""The convolution of any number of dimensions, and the gradients of that in two, as functions."""

from __future__ import annotations

from typing import Any

from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.ops.axes import integer_of
from eagre.ops.convolutions import convolution, with_channels_first, with_channels_last
from eagre.ops.shaping import as_shape, axis_sizes, reshape
from eagre.ops.window_arguments import channels_are_first, geometry_of
from eagre.primitives.convolution import filter_gradient, input_gradient
from eagre.primitives.families import shape_of


def conv2d_backprop_input_v2(
    input: Any,
    filter: Any,
    out_backprop: Any,
    strides: Any,
    padding: Any,
    use_cudnn_on_gpu: bool = True,
    explicit_paddings: Any = (),
    data_format: str = "NHWC",
    dilations: Any = (1, 1, 1, 1),
    name: str | None = None,
) -> Any:
    """The gradient of `tf.nn.conv2d` for its input, of which only the shape counts.

    Args:
        out_backprop: the gradient of the output [batch, height, width, out].
        padding: "SAME", "VALID", or "EXPLICIT" with the numbers of `explicit_paddings`, two for
            each axis.

    >>> x, grad = tf.zeros([1, 1, 1, 2]), tf.constant([[[[1.0]]]])
    >>> tf.conv2d_backprop_input_v2(x, [[[[3.0], [5.0]]]], grad, [1, 1, 1, 1], "SAME").numpy()
    array([[[[3., 5.]]]], dtype=float32)
    """
    called = "conv2d_backprop_input_v2"
    is_first = channels_are_first(data_format, 2, called)
    x, y = _channels_last(is_first, called, input, out_backprop)
    padding = _pairs(padding, explicit_paddings, called)
    geometry = geometry_of(2, strides, padding, dilations, is_first, "conv2d")
    grad = input_gradient(y, to_tensor(filter), shape_of(x), **geometry)
    return with_channels_first(grad, 2) if is_first else grad


def conv2d_backprop_filter_v2(
    input: Any,
    filter: Any,
    out_backprop: Any,
    strides: Any,
    padding: Any,
    use_cudnn_on_gpu: bool = True,
    explicit_paddings: Any = (),
    data_format: str = "NHWC",
    dilations: Any = (1, 1, 1, 1),
    name: str | None = None,
) -> Any:
    """The gradient of `tf.nn.conv2d` for its filter, of which only the shape counts.

    Arguments are as those of `tf.conv2d_backprop_input_v2`.

    >>> x, grad = tf.constant([[[[3.0, 5.0]]]]), tf.constant([[[[1.0]]]])
    >>> tf.conv2d_backprop_filter_v2(
    ...     x, tf.zeros([1, 1, 2, 1]), grad, [1, 1, 1, 1], "SAME"
    ... ).numpy().ravel()
    array([3., 5.], dtype=float32)
    """
    called = "conv2d_backprop_filter_v2"
    is_first = channels_are_first(data_format, 2, called)
    x, y = _channels_last(is_first, called, input, out_backprop)
    padding = _pairs(padding, explicit_paddings, called)
    geometry = geometry_of(2, strides, padding, dilations, is_first, "conv2d")
    return filter_gradient(x, y, shape_of(to_tensor(filter)), **geometry)


def _channels_last(is_first: bool, name: str, *images: Any) -> list[Any]:
    """The tensors of images with their channels last."""
    tensors = [to_tensor(each) for each in images]
    return [with_channels_last(x, 2, name) for x in tensors] if is_first else tensors


def conv(
    input: Any,
    filter: Any,
    strides: Any,
    padding: str,
    explicit_paddings: Any = (),
    data_format: str = "CHANNELS_LAST",
    dilations: Any = (),
    batch_dims: int = 1,
    groups: int = 1,
    name: str | None = None,
) -> Any:
    """The convolution of `input` [*batch, *space, in] in two or three dimensions of space.

    Args:
        filter: [*window, in / groups, out].
        strides, dilations: a number for each axis of [batch, *space, in].
        padding: "SAME", "VALID", or "EXPLICIT" with the numbers of `explicit_paddings`.
        data_format: "CHANNELS_LAST" or "CHANNELS_FIRST".
        batch_dims: the number of axes of batches.

    >>> tf.conv(tf.ones([2, 5, 3, 3, 1]), tf.ones([2, 2, 1, 4]), [1, 1, 1, 1], "VALID",
    ...         batch_dims=2).shape
    TensorShape([2, 5, 2, 2, 4])
    """
    x, filters = to_tensor(input), to_tensor(filter)
    if data_format not in ("CHANNELS_LAST", "CHANNELS_FIRST"):
        raise InvalidArgumentError(
            f"conv expected data_format CHANNELS_LAST or CHANNELS_FIRST. Received: {data_format=}"
        )
    lead = integer_of(batch_dims, "batch_dims")
    space = (x.ndim or 0) - lead - 1
    if lead < 0 or space not in (2, 3) or filters.ndim != space + 2:
        raise InvalidArgumentError(
            "conv expected an input [*batch, *space, in] of two or three axes of space and a "
            f"filter [*window, in / groups, out]. Received: input.shape={x.shape}, "
            f"filter.shape={filters.shape}, {batch_dims=}"
        )
    sizes = axis_sizes(x, "conv")
    is_first = data_format == "CHANNELS_FIRST"
    channels, inputs = x.shape[lead if is_first else -1], filters.shape[-2]
    if None not in (channels, inputs) and channels != inputs * groups:
        raise InvalidArgumentError(
            f"conv expected {channels} input channels to be those of the filter times groups. "
            f"Received: filter.shape={filters.shape}, {groups=}"
        )
    if lead != 1:
        x = reshape(x, as_shape([-1, *sizes[lead:]], "conv"))
    formats = {2: ("NHWC", "NCHW"), 3: ("NDHWC", "NCDHW")}[space]
    padding = _pairs(padding, explicit_paddings, "conv")
    y = convolution(x, filters, strides, padding, formats[is_first], dilations or None)
    return y if lead == 1 else reshape(y, as_shape([*sizes[:lead], *axis_sizes(y, "conv")[1:]],
                                                   "conv"))


def _pairs(padding: Any, numbers: Any, name: str) -> Any:
    """The padding, "EXPLICIT" in pairs for each axis."""
    if padding != "EXPLICIT":
        return padding
    if not numbers or len(numbers) % 2:
        raise InvalidArgumentError(
            f"{name} expected two explicit_paddings for each axis with padding='EXPLICIT'. "
            f"Received: explicit_paddings={numbers}"
        )
    return [[int(a), int(b)] for a, b in zip(numbers[::2], numbers[1::2], strict=True)]
