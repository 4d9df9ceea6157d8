"""The largest element of windows, together with where it stands."""

from __future__ import annotations

from typing import Any, NamedTuple

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError, UnimplementedError
from eagre.ops.creation import range as numbers_below
from eagre.ops.drawing import check_dtype
from eagre.ops.selection import gather
from eagre.ops.shaping import cast, reshape
from eagre.ops.window_arguments import for_all_axes, padding_for_all_axes
from eagre.primitives import windows
from eagre.primitives.arithmetic import maximum, minimum
from eagre.primitives.families import REALS, shape_of
from eagre.primitives.geometry import Windows

_INDICES = frozenset({dtypes.int32, dtypes.int64})


class MaxPoolWithArgmax(NamedTuple):
    """What `max_pool_with_argmax` returns."""

    output: Any
    argmax: Any


def max_pool_with_argmax(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NHWC",
    output_dtype: Any = dtypes.int64,
    include_batch_in_index: bool = False,
    name: str | None = None,
) -> MaxPoolWithArgmax:
    """The largest element of each window of `input` [batch, height, width, channels], and where.

    The index of an element is (row * width + column) * channels + channel; with
    `include_batch_in_index` it counts from the beginning of the batch. The first largest element
    in row-major order is taken, to which the gradient goes. NaN is left out; where there is
    nothing else the first element is taken. The other arguments are as those of `max_pool2d`,
    with "SAME" and "VALID" as padding.

    Raises:
        InvalidArgumentError: a window does not fit into the input.
        ValueError: `ksize` or `strides` has another length, or the format is not "NHWC".

    >>> image = tf.reshape(tf.range(16.0), [1, 4, 4, 1])
    >>> output, where = tf.nn.max_pool_with_argmax(image, 2, 2, "VALID")
    >>> output.numpy().ravel(), where.numpy().ravel()
    (array([ 5.,  7., 13., 15.], dtype=float32), array([ 5,  7, 13, 15]))
    """
    name = "max_pool_with_argmax"
    x = to_tensor(input, name=name)
    check_dtype(x.dtype, REALS, name)
    output_dtype = check_dtype(dtypes.as_dtype(output_dtype), _INDICES, name)
    window, strides = _geometry(x, ksize, strides, padding, data_format)
    pairs = padding_for_all_axes(padding, 2, name)
    if x.sizes is not None:
        # So that the error for a window that does not fit has this name.
        Windows(name, x.sizes, window, strides=strides, padding=pairs, dilations=(1,) * 4,
                first_axis=0)  # fmt: skip
    places = windows.window_argmax(x, window=window, strides=strides, padding=pairs)
    sizes = [cast(n, dtypes.int64) for n in _axes(shape_of(x))]
    counts = _axes(shape_of(places))
    inner = cast(places, dtypes.int64)
    steps = (inner // window[2], inner % window[2])
    found = [
        _along(axis, counts, sizes, steps[axis - 1], window, strides, pairs) for axis in (1, 2)
    ]
    index = (found[0] * sizes[2] + found[1]) * sizes[3] + _numbers(counts[3])
    batch = _numbers(counts[0])[:, None, None, None] * (sizes[1] * sizes[2] * sizes[3])
    output = gather(reshape(x, (-1,)), index + batch)
    index = index + batch if include_batch_in_index else index
    return MaxPoolWithArgmax(output, cast(index, output_dtype))


def _along(
    axis: int, counts: Any, sizes: Any, steps: Any, window: Any, strides: Any, pairs: Any
) -> Any:
    """The places of the largest elements along one axis: the start of each window and a step.

    Only where a window has nothing but the least number can its place be one of the padding.
    """
    starts = _numbers(counts[axis]) * strides[axis]
    if pairs is None:
        number = cast(counts[axis], dtypes.int64)
        total = (number - 1) * strides[axis] + window[axis] - sizes[axis]
        starts = starts - maximum.door(total, total * 0) // 2
    places = reshape(starts, (1, -1, 1, 1) if axis == 1 else (1, 1, -1, 1)) + steps
    return minimum.door(maximum.door(places, places * 0), sizes[axis] - 1 + places * 0)


def _numbers(count: Any) -> Any:
    return numbers_below(cast(count, dtypes.int64))


def _axes(shape: Any) -> list[Any]:
    """The four sizes, each an int or a scalar tensor."""
    return [shape[axis] for axis in (0, 1, 2, 3)]


def _geometry(x: Any, ksize: Any, strides: Any, padding: Any, data_format: Any) -> Any:
    """The sizes of the window and the strides, for each axis."""
    name = "max_pool_with_argmax"
    if not isinstance(padding, str):
        raise TypeError(f"{name} expected padding 'SAME' or 'VALID'. Received: padding={padding}")
    if data_format != "NHWC":
        raise ValueError(
            f"{name} expected data_format 'NHWC'. Received: data_format={data_format!r}"
        )
    if x.ndim not in (4, None):
        raise InvalidArgumentError(
            f"{name} expected an input [batch, height, width, channels]. "
            f"Received: input.shape={x.shape}"
        )
    window = for_all_axes(ksize, 2, False, name, "ksize")
    steps = for_all_axes(strides, 2, False, name, "strides")
    if any(each[axis] != 1 for each in (window, steps) for axis in (0, 3)):
        raise UnimplementedError(
            f"{name} expected ksize and strides of 1 for the axes of batch and channels. "
            f"Received: ksize={ksize}, strides={strides}"
        )
    return window, steps
