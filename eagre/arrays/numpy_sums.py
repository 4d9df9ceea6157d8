"""Reductions and products that NumPy has and the array API standard lacks."""

from __future__ import annotations

from typing import Any

from eagre.arrays import elementwise, statistics
from eagre.arrays.algebra import tensordot
from eagre.arrays.creating import zeros_like
from eagre.arrays.elementwise import refuse
from eagre.arrays.manipulating import expand_dims, moveaxis, stack, unstack, where
from eagre.arrays.promotion import (
    as_array,
    as_inexact,
    promoted,
    promoted_inexact,
    rank_of,
)
from eagre.ops import einsum as contraction
from eagre.ops import math, reductions, shaping
from eagre.ops.shaping import axis_sizes, cast


def clip(a: Any, a_min: Any, a_max: Any) -> Any:
    """The elements, those below `a_min` and above `a_max` replaced by these.

    >>> tf.experimental.numpy.clip([1, 5, 9], 2, 6).numpy()
    array([2, 5, 6])
    """
    if a_min is None and a_max is None:
        raise ValueError("clip expected a_min, a_max or both. Received: a_min=None, a_max=None")
    return elementwise.clip(a, a_min, a_max)


def amax(a: Any, axis: Any = None, out: Any = None, keepdims: Any = None) -> Any:
    """The largest element over axes, by default all.

    >>> tf.experimental.numpy.amax([[1, 2], [3, 4]], axis=1).numpy()
    array([2, 4])
    """
    refuse("amax", out=out)
    return statistics.max(a, axis, keepdims)


def amin(a: Any, axis: Any = None, out: Any = None, keepdims: Any = None) -> Any:
    """The smallest element over axes, by default all.

    >>> tf.experimental.numpy.amin([[1, 2], [3, 4]], axis=1).numpy()
    array([1, 3])
    """
    refuse("amin", out=out)
    return statistics.min(a, axis, keepdims)


def ptp(a: Any, axis: Any = None, keepdims: Any = None) -> Any:
    """The largest element less the smallest, over axes.

    >>> tf.experimental.numpy.ptp([1, 5, 3]).numpy()
    np.int64(4)
    """
    return statistics.max(a, axis, keepdims) - statistics.min(a, axis, keepdims)


def nansum(a: Any, axis: Any = None, dtype: Any = None, keepdims: Any = False) -> Any:
    """The sum over axes, in which NaN counts as 0.

    >>> tf.experimental.numpy.nansum([1.0, float("nan")]).numpy()
    np.float64(1.0)
    """
    return statistics.sum(_without_nan(a, 0, "nansum"), axis, dtype, keepdims)


def nanprod(a: Any, axis: Any = None, dtype: Any = None, keepdims: Any = False) -> Any:
    """The product over axes, in which NaN counts as 1.

    >>> tf.experimental.numpy.nanprod([2.0, float("nan")]).numpy()
    np.float64(2.0)
    """
    return statistics.prod(_without_nan(a, 1, "nanprod"), axis, dtype, keepdims)


def nanmean(a: Any, axis: Any = None, dtype: Any = None, keepdims: Any = None) -> Any:
    """The mean over axes of the elements that are not NaN.

    >>> tf.experimental.numpy.nanmean([1.0, 3.0, float("nan")]).numpy()
    np.float64(2.0)
    """
    x = as_inexact(a, "nanmean")
    total = nansum(x, axis, dtype, keepdims)
    counted = math.logical_not(elementwise.isnan(x))
    return total / statistics.sum(counted, axis, total.dtype, keepdims)


def _without_nan(a: Any, value: int, name: str) -> Any:
    x = as_array(a, name=name)
    return where(elementwise.isnan(x), cast(value, x.dtype), x)


def average(a: Any, axis: Any = None, weights: Any = None, returned: bool = False) -> Any:
    """The mean over axes, in which elements count by their weights.

    >>> tf.experimental.numpy.average([1.0, 4.0], weights=[2.0, 1.0]).numpy()
    np.float64(2.0)
    """
    x = as_inexact(a, "average")
    counts = zeros_like(x) + 1 if weights is None else weights
    x, counts = promoted_inexact(x, counts, name="average")
    if counts.shape != x.shape:
        counts = _along(counts, rank_of(x, "average"), axis) + zeros_like(x)
    total = reductions.reduce_sum(counts, axis)
    mean = reductions.reduce_sum(x * counts, axis) / total
    return (mean, total) if returned else mean


def _along(weights: Any, rank: int, axis: Any) -> Any:
    """A vector of weights laid along an axis."""
    if weights.ndim != 1 or not isinstance(axis, int):
        raise ValueError(
            "average expected weights in the shape of the array, or a vector and one axis. "
            f"Received: weights.shape={weights.shape}, axis={axis}"
        )
    return moveaxis(shaping.reshape(weights, (*[1] * (rank - 1), -1)), -1, axis)


def dot(a: Any, b: Any) -> Any:
    """The sums of products over the last axis of `a` and the last but one of `b`.

    >>> tf.experimental.numpy.dot([1, 2], [3, 4]).numpy()
    np.int64(11)
    """
    x, y = promoted(a, b, name="dot")
    if not rank_of(x, "dot") or not rank_of(y, "dot"):
        return elementwise.multiply(x, y)
    return tensordot(x, y, ([-1], [-2 if y.ndim != 1 else -1]))


def inner(a: Any, b: Any) -> Any:
    """The sums of products over the last axes.

    >>> tf.experimental.numpy.inner([1, 2], [3, 4]).numpy()
    np.int64(11)
    """
    x, y = promoted(a, b, name="inner")
    if not rank_of(x, "inner") or not rank_of(y, "inner"):
        return elementwise.multiply(x, y)
    return tensordot(x, y, ([-1], [-1]))


def vdot(a: Any, b: Any) -> Any:
    """The sum of the products of all elements; those of `a` are conjugated.

    >>> tf.experimental.numpy.vdot([1j, 2], [1j, 3]).numpy()
    np.complex128(7+0j)
    """
    x, y = promoted(a, b, name="vdot")
    return dot(elementwise.conj(shaping.reshape(x, (-1,))), shaping.reshape(y, (-1,)))


def outer(a: Any, b: Any) -> Any:
    """The products of all pairs of elements.

    >>> tf.experimental.numpy.outer([1, 2], [3, 4]).numpy()
    array([[3, 4],
           [6, 8]])
    """
    x, y = promoted(a, b, name="outer")
    return elementwise.multiply(shaping.reshape(x, (-1, 1)), shaping.reshape(y, (1, -1)))


def kron(a: Any, b: Any) -> Any:
    """Each element of `a`, replaced by its product with `b`.

    >>> tf.experimental.numpy.kron([1, 10], [1, 2]).numpy()
    array([ 1,  2, 10, 20])
    """
    x, y = promoted(a, b, name="kron")
    rank = max(rank_of(x, "kron"), rank_of(y, "kron"))
    x, y = (expand_dims(each, tuple(range(rank - each.ndim))) for each in (x, y))
    sizes = [m * n for m, n in zip(axis_sizes(x, "kron"), axis_sizes(y, "kron"), strict=True)]
    x = expand_dims(x, tuple(range(1, 2 * rank, 2)))
    y = expand_dims(y, tuple(range(0, 2 * rank, 2)))
    return shaping.reshape(elementwise.multiply(x, y), shaping.as_shape(sizes, "kron"))


def cross(
    a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> Any:
    """The vectors at right angles to pairs of vectors with two or three elements.

    >>> tf.experimental.numpy.cross([1, 0, 0], [0, 1, 0]).numpy()
    array([0, 0, 1])
    """
    if axis is not None:
        axisa = axisb = axisc = axis
    x, y = promoted(a, b, name="cross")
    x, y = moveaxis(x, axisa, 0), moveaxis(y, axisb, 0)
    sizes = x.shape[0], y.shape[0]
    if not set(sizes) <= {2, 3}:
        raise ValueError(
            "cross expected two or three elements along the axis. "
            f"Received: shapes {x.shape} and {y.shape}"
        )
    first = list(unstack(x)) + [zeros_like(x[0])] * (3 - sizes[0])
    second = list(unstack(y)) + [zeros_like(y[0])] * (3 - sizes[1])
    pairs = ((1, 2), (2, 0), (0, 1))[2 * (sizes == (2, 2)) :]
    parts = [first[i] * second[j] - first[j] * second[i] for i, j in pairs]
    return parts[0] if len(parts) == 1 else moveaxis(stack(parts), 0, axisc)


def einsum(subscripts: str, *operands: Any, **kwargs: Any) -> Any:
    """Sums of products that letters for axes describe.

    >>> tf.experimental.numpy.einsum("ij,j", [[1, 2], [3, 4]], [1, 10]).numpy()
    array([21, 43])
    """
    kwargs.pop("casting", None)
    kwargs.pop("optimize", None)
    refuse("einsum", **kwargs)
    arrays = promoted(*operands, name="einsum")
    return contraction.einsum(subscripts, *arrays)


def polyval(p: Any, x: Any) -> Any:
    """The value at `x` of the polynomial with coefficients `p`, the highest power first.

    >>> tf.experimental.numpy.polyval([1, 0, 2], 3).numpy()
    np.int64(11)
    """
    coefficients, x = promoted(p, x, name="polyval")
    value = zeros_like(x)
    for coefficient in unstack(coefficients):
        value = value * x + coefficient
    return value

