"""Sums, means, extrema and their indices over axes.

`axis` is None (all axes), an integer or several; negative ones count from the end. With
`keepdims` the reduced axes stay, with size 1.
"""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.core.tensor import EagerTensor
from eagre.ops.axes import axes_of, integer_of
from eagre.primitives import (
    arithmetic,
    comparison,
    families,
    reductions,
    transcendental,
)


def reduced(primitive: Any, x: Any, axis: Any, keepdims: Any) -> Any:
    if x.__class__ is not EagerTensor:
        x = to_tensor(x)
    return primitive.door(x, axis=None if axis is None else axes_of(axis), keepdims=keepdims)


def reduce_sum(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Any:
    """The sum over axes.

    >>> tf.reduce_sum([[1, 2], [3, 4]], axis=0).numpy()
    array([4, 6], dtype=int32)
    """
    x = input_tensor if input_tensor.__class__ is EagerTensor else to_tensor(input_tensor)
    axis = None if axis is None else axes_of(axis)
    return reductions.reduce_sum.door(x, axis=axis, keepdims=keepdims)


def reduce_prod(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Any:
    """The product over axes.

    >>> tf.reduce_prod([[1, 2], [3, 4]]).numpy()
    np.int32(24)
    """
    return reduced(reductions.reduce_prod, input_tensor, axis, keepdims)


def reduce_max(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Any:
    """The largest element over axes; its gradient is shared evenly among ties.

    >>> tf.reduce_max([[1, 2], [3, 4]], axis=1).numpy()
    array([2, 4], dtype=int32)
    """
    return reduced(reductions.reduce_max, input_tensor, axis, keepdims)


def reduce_min(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Any:
    """The smallest element over axes; its gradient is shared evenly among ties.

    >>> tf.reduce_min([[1, 2], [3, 4]], axis=1).numpy()
    array([1, 3], dtype=int32)
    """
    return reduced(reductions.reduce_min, input_tensor, axis, keepdims)


def reduce_any(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Any:
    """Whether at least one element is true.

    >>> tf.reduce_any([True, False]).numpy()
    np.True_
    """
    return reduced(reductions.reduce_any, input_tensor, axis, keepdims)


def reduce_all(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Any:
    """Whether all elements are true.

    >>> tf.reduce_all([True, False]).numpy()
    np.False_
    """
    return reduced(reductions.reduce_all, input_tensor, axis, keepdims)


def reduce_mean(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Any:
    """The mean over axes; that of integers is rounded towards zero.

    >>> tf.reduce_mean([[1.0, 2.0], [3.0, 4.0]], axis=0).numpy()
    array([2., 3.], dtype=float32)
    """
    return reduced(reductions.reduce_mean, input_tensor, axis, keepdims)


def reduce_logsumexp(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Any:
    """log(sum(exp(x))) over axes, without overflow.

    >>> tf.math.reduce_logsumexp([0.0, 0.0]).numpy()
    np.float32(0.6931472)
    """
    x = to_tensor(input_tensor)
    peak = arithmetic.stop_gradient(reduce_max(x, axis, True))
    peak = comparison.select(comparison.is_finite(peak), peak, families.zero_like(peak))
    total = reduce_sum(transcendental.exp(x - peak), axis, keepdims)
    return transcendental.log(total) + _without(peak, axis, keepdims)


def _without(peak: Any, axis: Any, keepdims: bool) -> Any:
    return peak if keepdims else reduce_sum(peak, axis)


def argmax(
    input: Any, axis: Any = None, output_type: Any = dtypes.int64, name: str | None = None
) -> Any:
    """The index of the largest element along an axis, by default the first; ties: the first one.

    >>> tf.argmax([1, 5, 2]).numpy()
    np.int64(1)
    """
    return _index(reductions.argmax, input, axis, output_type)


def argmin(
    input: Any, axis: Any = None, output_type: Any = dtypes.int64, name: str | None = None
) -> Any:
    """The index of the smallest element along an axis, by default the first; ties: the first one.

    >>> tf.argmin([4, 1, 2]).numpy()
    np.int64(1)
    """
    return _index(reductions.argmin, input, axis, output_type)


def _index(primitive: Any, x: Any, axis: Any, output_type: Any) -> Any:
    axis = 0 if axis is None else integer_of(axis)
    dtype = dtypes.as_dtype(output_type)
    if not dtype.is_integer:
        raise InvalidArgumentError(
            f"{primitive.public} expected an integer output_type. "
            f"Received: output_type={dtype.name}"
        )
    return primitive.door(to_tensor(x), axis=axis, dtype=dtype)


def cumsum(
    x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None
) -> Any:
    """The sums of the elements up to each one (with `exclusive`, before each one).

    >>> tf.cumsum([1, 2, 3]).numpy()
    array([1, 3, 6], dtype=int32)
    """
    return reductions.cumulative_sum.door(
        to_tensor(x), axis=integer_of(axis), exclusive=bool(exclusive), reverse=bool(reverse)
    )


def cumprod(
    x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None
) -> Any:
    """The products of the elements up to each one (with `exclusive`, before each one).

    >>> tf.math.cumprod([1, 2, 3]).numpy()
    array([1, 2, 6], dtype=int32)
    """
    return reductions.cumulative_product.door(
        to_tensor(x), axis=integer_of(axis), exclusive=bool(exclusive), reverse=bool(reverse)
    )
