"""Reductions and running sums, with NumPy's dtypes: small integers add up in 64 bits."""

from __future__ import annotations

from typing import Any

from eagre.arrays.elementwise import refuse
from eagre.arrays.promotion import as_array, as_inexact, default_float, dtype_of, rank_of
from eagre.core import dtypes
from eagre.ops import counting, math, reductions
from eagre.ops.creation import zeros
from eagre.ops.joining import concat
from eagre.ops.shaping import (
    as_shape,
    axis_sizes,
    cast,
    expand_dims,
    reshape,
)
from eagre.ops.squares import reduce_variance
from eagre.primitives.rearrangement import normalized_axis


def _accumulated(x: Any, dtype: Any) -> Any:
    """The array in the dtype in which its elements add up."""
    if dtype is not None:
        return cast(x, dtype_of(dtype))
    if x.dtype == dtypes.bool_ or x.dtype.is_integer and not x.dtype.is_unsigned:
        return cast(x, dtypes.int64)
    return cast(x, dtypes.uint64) if x.dtype.is_unsigned else x


def sum(a: Any, axis: Any = None, dtype: Any = None, keepdims: Any = None) -> Any:
    """The sum over axes, by default all.

    >>> from eagre import array_api
    >>> array_api.sum([[1, 2], [3, 4]], axis=0).numpy()
    array([4, 6])
    """
    x = _accumulated(as_array(a, name="sum"), dtype)
    return reductions.reduce_sum(x, axis, bool(keepdims))


def prod(a: Any, axis: Any = None, dtype: Any = None, keepdims: Any = None) -> Any:
    """The product over axes, by default all.

    >>> from eagre import array_api
    >>> array_api.prod([[1, 2], [3, 4]], axis=0).numpy()
    array([3, 8])
    """
    x = _accumulated(as_array(a, name="prod"), dtype)
    return reductions.reduce_prod(x, axis, bool(keepdims))


def mean(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = None
) -> Any:
    """The mean over axes, by default all; of integers in the default floating-point dtype.

    >>> from eagre import array_api
    >>> array_api.mean([[1, 2], [3, 5]], axis=1).numpy()
    array([1.5, 4. ])
    """
    refuse("mean", out=out)
    x = as_inexact(a, "mean") if dtype is None else as_array(a, dtype, name="mean")
    return reductions.reduce_mean(x, axis, bool(keepdims))


def max(a: Any, axis: Any = None, keepdims: Any = None) -> Any:
    """The largest element over axes, by default all.

    >>> from eagre import array_api
    >>> array_api.max([[1, 2], [3, 4]], axis=1).numpy()
    array([2, 4])
    """
    return _extreme("max", reductions.reduce_max, reductions.reduce_any, a, axis, keepdims)


def min(a: Any, axis: Any = None, keepdims: Any = None) -> Any:
    """The smallest element over axes, by default all.

    >>> from eagre import array_api
    >>> array_api.min([[1, 2], [3, 4]], axis=1).numpy()
    array([1, 3])
    """
    return _extreme("min", reductions.reduce_min, reductions.reduce_all, a, axis, keepdims)


def _extreme(
    name: str, of_numbers: Any, of_booleans: Any, a: Any, axis: Any, keepdims: Any
) -> Any:
    x = as_array(a, name=name)
    operation = of_booleans if x.dtype == dtypes.bool_ else of_numbers
    return operation(x, axis, bool(keepdims))


def all(a: Any, axis: Any = None, keepdims: Any = None) -> Any:
    """Whether all elements over axes are true or not zero.

    >>> from eagre import array_api
    >>> array_api.all([[1, 0], [3, 4]], axis=1).numpy()
    array([False,  True])
    """
    x = as_array(a, dtypes.bool_, name="all")
    return reductions.reduce_all(x, axis, bool(keepdims))


def any(a: Any, axis: Any = None, keepdims: Any = None) -> Any:
    """Whether any element over axes is true or not zero.

    >>> from eagre import array_api
    >>> array_api.any([[1, 0], [0, 0]], axis=1).numpy()
    array([ True, False])
    """
    x = as_array(a, dtypes.bool_, name="any")
    return reductions.reduce_any(x, axis, bool(keepdims))


def var(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = None,
    *,
    correction: Any = None,
) -> Any:
    """The mean squared distance from the mean; `correction` (`ddof`) lessens the count.

    >>> from eagre import array_api
    >>> array_api.var([1.0, 3.0], correction=1).numpy()
    np.float64(2.0)
    """
    refuse("var", out=out)
    x = as_inexact(a, "var") if dtype is None else as_array(a, dtype, name="var")
    lessened = ddof if correction is None else correction
    if x.dtype.is_integer:
        x = cast(x, default_float())
    if not lessened:
        return reduce_variance(x, axis, bool(keepdims))
    squares = reduce_variance(x, axis, bool(keepdims))
    count = cast(_count(x, axis), squares.dtype)
    left = math.maximum(count - lessened, cast(0, count.dtype))
    return squares * count / left


def _count(x: Any, axis: Any) -> Any:
    """The number of elements over axes."""
    sizes = axis_sizes(x, "var")
    axes = range(len(sizes)) if axis is None else (axis if isinstance(axis, tuple) else (axis,))
    count: Any = 1
    for each in axes:
        count = count * sizes[each]
    return count


def std(a: Any, axis: Any = None, keepdims: Any = None, *, correction: Any = 0) -> Any:
    """The square root of `var`.

    >>> from eagre import array_api
    >>> array_api.std([1.0, 3.0]).numpy()
    np.float64(1.0)
    """
    return math.sqrt(var(a, axis, keepdims=keepdims, correction=correction))


def count_nonzero(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """The number of elements over axes that are true or not zero.

    >>> from eagre import array_api
    >>> array_api.count_nonzero([0, 3, 4]).numpy()
    np.int64(2)
    """
    x = as_array(a, name="count_nonzero")
    return counting.count_nonzero(x, axis, keepdims, dtypes.int64)


def argmax(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """The index of the largest element along an axis, by default of all; ties: the first one.

    NaN is passed over.

    >>> from eagre import array_api
    >>> array_api.argmax([[1, 5], [9, 2]]).numpy()
    np.int64(2)
    """
    return _place("argmax", reductions.argmax, a, axis, keepdims)


def argmin(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """The index of the smallest element along an axis, by default of all; ties: the first one.

    NaN is passed over.

    >>> from eagre import array_api
    >>> array_api.argmin([[4, 5], [1, 2]], axis=1).numpy()
    array([0, 0])
    """
    return _place("argmin", reductions.argmin, a, axis, keepdims)


def _place(name: str, operation: Any, a: Any, axis: Any, keepdims: bool) -> Any:
    x = as_array(a, name=name)
    if axis is not None:
        index = operation(x, axis)
        return expand_dims(index, axis) if keepdims else index
    index = operation(reshape(x, (-1,)), 0)
    return reshape(index, (1,) * rank_of(x, name)) if keepdims else index


def cumsum(a: Any, axis: Any = None, dtype: Any = None) -> Any:
    """The sums of the elements up to each one along an axis, by default of all in a row.

    >>> from eagre import array_api
    >>> array_api.cumulative_sum([1, 2, 3]).numpy()
    array([1, 3, 6])
    """
    return _running(reductions.cumsum, as_array(a, name="cumsum"), axis, dtype)


def cumprod(a: Any, axis: Any = None, dtype: Any = None) -> Any:
    """The products of the elements up to each one along an axis, by default of all in a row.

    >>> from eagre import array_api
    >>> array_api.cumulative_prod([1, 2, 3]).numpy()
    array([1, 2, 6])
    """
    return _running(reductions.cumprod, as_array(a, name="cumprod"), axis, dtype)


def _running(operation: Any, x: Any, axis: Any, dtype: Any) -> Any:
    x = _accumulated(x, dtype)
    return operation(reshape(x, (-1,)), 0) if axis is None else operation(x, axis)


def cumulative_sum(
    x: Any,
    /,
    *,
    axis: int | None = None,
    dtype: Any = None,
    include_initial: bool = False,
) -> Any:
    """`cumsum` of a vector or along an axis, with `include_initial` beginning with 0.

    >>> from eagre import array_api
    >>> array_api.cumulative_sum([1, 2, 3], include_initial=True).numpy()
    array([0, 1, 3, 6])
    """
    return _cumulative("cumulative_sum", cumsum, x, axis, dtype, 0, include_initial)


def cumulative_prod(
    x: Any,
    /,
    *,
    axis: int | None = None,
    dtype: Any = None,
    include_initial: bool = False,
) -> Any:
    """`cumprod` of a vector or along an axis, with `include_initial` beginning with 1.

    >>> from eagre import array_api
    >>> array_api.cumulative_prod([1, 2, 3], include_initial=True).numpy()
    array([1, 1, 2, 6])
    """
    return _cumulative("cumulative_prod", cumprod, x, axis, dtype, 1, include_initial)


def _cumulative(
    name: str, operation: Any, x: Any, axis: Any, dtype: Any, first: int, begins: bool
) -> Any:
    x = as_array(x, name=name)
    rank = rank_of(x, name)
    if axis is None and rank != 1:
        raise ValueError(f"{name} expected an axis for {rank} axes. Received: axis=None")
    axis = normalized_axis(0 if axis is None else axis, rank, name)
    running = operation(x, axis, dtype)
    if not begins:
        return running
    sizes = [1 if i == axis else n for i, n in enumerate(axis_sizes(running, name))]
    start = zeros(as_shape(sizes, name), running.dtype) + cast(first, running.dtype)
    return concat([start, running], axis)
