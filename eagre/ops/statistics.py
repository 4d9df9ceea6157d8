"""Moments in steps and with weights, and the normalizations of early networks."""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.ops.activations import check_floats
from eagre.ops.axes import axes_of
from eagre.ops.division import divide_no_nan
from eagre.ops.math import pow as power
from eagre.ops.math import square, squared_difference
from eagre.ops.normalization import batch_normalization
from eagre.ops.reductions import reduce_prod, reduce_sum
from eagre.ops.selection import gather, same_dtype
from eagre.ops.shaping import broadcast_to, cast, shape, squeeze
from eagre.primitives import windows
from eagre.primitives.families import HALVES, shape_of


def sufficient_statistics(
    x: Any, axes: Any, shift: Any = None, keepdims: bool = False, name: str | None = None
) -> tuple[Any, Any, Any, Any]:
    """How many elements there are along axes, their sum, the sum of their squares, the shift.

    With a `shift`, which keeps the sums small, both are those of x - shift.

    >>> count, total, squares, _ = tf.nn.sufficient_statistics([1.0, 2.0, 3.0], [0])
    >>> count.numpy(), total.numpy(), squares.numpy()
    (np.float32(3.0), np.float32(6.0), np.float32(14.0))
    """
    x = to_tensor(x)
    axes = list(axes_of(axes))
    count = cast(reduce_prod(gather(shape(x), axes)), x.dtype)
    if shift is None:
        return count, reduce_sum(x, axes, keepdims), reduce_sum(square(x), axes, keepdims), None
    _, shift = same_dtype(x, shift, "sufficient_statistics")
    squares = reduce_sum(squared_difference(x, shift), axes, keepdims)
    return count, reduce_sum(x - shift, axes, keepdims), squares, shift


def normalize_moments(
    counts: Any, mean_ss: Any, variance_ss: Any, shift: Any, name: str | None = None
) -> tuple[Any, Any]:
    """The mean and the variance of what `sufficient_statistics` has summed up.

    >>> mean, variance = tf.nn.normalize_moments(3.0, 6.0, 14.0, None)
    >>> mean.numpy(), variance.numpy().round(4)
    (np.float32(2.0), np.float32(0.6667))
    """
    share = 1.0 / to_tensor(counts)
    inner = share * mean_ss
    variance = share * variance_ss - square(inner)
    return (inner if shift is None else inner + shift), variance


def weighted_moments(
    x: Any, axes: Any, frequency_weights: Any, keepdims: bool = False, name: str | None = None
) -> tuple[Any, Any]:
    """The mean and the variance over axes where each element counts as often as its weight says.

    `frequency_weights` broadcasts with `x`; halves are computed in float32. Where all weights
    are 0, both are 0.

    >>> mean, variance = tf.nn.weighted_moments([1.0, 4.0], [0], [2.0, 1.0])
    >>> mean.numpy(), variance.numpy()
    (np.float32(2.0), np.float32(2.0))
    """
    x, weights = same_dtype(x, frequency_weights, "weighted_moments")
    dtype = x.dtype
    if dtype in HALVES:
        x, weights = cast(x, dtypes.float32), cast(weights, dtypes.float32)
    axes = list(axes_of(axes))
    # As many weights as elements: those that broadcast count for all of them.
    weights = broadcast_to(weights, shape_of(x + weights))
    total = reduce_sum(weights, axes, keepdims=True)
    mean = divide_no_nan(reduce_sum(weights * x, axes, keepdims=True), total)
    squares = reduce_sum(weights * squared_difference(x, mean), axes, keepdims=True)
    variance = divide_no_nan(squares, total)
    if not keepdims:
        mean, variance = squeeze(mean, axes), squeeze(variance, axes)
    return cast(mean, dtype), cast(variance, dtype)


def batch_norm_with_global_normalization(
    input: Any,
    mean: Any,
    variance: Any,
    beta: Any,
    gamma: Any,
    variance_epsilon: Any,
    scale_after_normalization: bool,
    name: str | None = None,
) -> Any:
    """`batch_normalization` with `beta` as offset and, if asked for, `gamma` as scale.

    >>> tf.nn.batch_norm_with_global_normalization(
    ...     tf.constant([[[[1.0], [3.0]]]]), [2.0], [1.0], [0.5], [9.0], 0.0, False
    ... ).numpy().ravel()
    array([-0.5,  1.5], dtype=float32)
    """
    scale = gamma if scale_after_normalization else None
    return batch_normalization(input, mean, variance, beta, scale, variance_epsilon)


def local_response_normalization(
    input: Any,
    depth_radius: int = 5,
    bias: float = 1,
    alpha: float = 1,
    beta: float = 0.5,
    name: str | None = None,
) -> Any:
    """input / (bias + alpha * s) ** beta, where s sums the squares of the channels around.

    `input` is [batch, height, width, channels]; s is taken over `depth_radius` channels on
    either side. Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep
    convolutional neural networks", 2012.

    >>> tf.nn.local_response_normalization(tf.constant([[[[3.0, 4.0]]]]), bias=0.0).numpy()
    array([[[[0.6, 0.8]]]], dtype=float32)
    """
    name = "local_response_normalization"
    x = to_tensor(input)
    check_floats(name, input=x)
    if x.ndim not in (4, None):
        raise InvalidArgumentError(
            f"{name} expected an input [batch, height, width, channels]. "
            f"Received: input.shape={x.shape}"
        )
    radius = int(depth_radius)
    sums = windows.sum_pool(
        square(x),
        window=(1, 1, 1, 2 * radius + 1),
        strides=(1, 1, 1, 1),
        padding=((0, 0), (0, 0), (0, 0), (radius, radius)),
    )
    return x * power(bias + alpha * sums, -beta)


lrn = local_response_normalization
