"""Making arrays, and diagonals, where NumPy has more than the array API standard."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.arrays import algebra, statistics
from eagre.arrays.creating import eye, linspace, zeros_like
from eagre.arrays.elementwise import exp, log
from eagre.arrays.manipulating import (
    expand_dims,
    flip,
    moveaxis,
    where,
)
from eagre.arrays.promotion import (
    as_array,
    as_inexact,
    dtype_of,
    promoted,
    rank_of,
    result_type,
)
from eagre.core import dtypes
from eagre.ops import selection, shaping
from eagre.ops.creation import range as numbers
from eagre.ops.padding import pad
from eagre.ops.shaping import axis_sizes, cast


def array(val: Any, dtype: Any = None, copy: bool = True, ndmin: int = 0) -> Any:
    """The tensor that `val` is or becomes, with at least `ndmin` axes.

    >>> tf.experimental.numpy.array([1, 2], ndmin=2).numpy()
    array([[1, 2]])
    """
    x = as_array(val, dtype, name="array")
    missing = ndmin - rank_of(x, "array") if ndmin else 0
    return expand_dims(x, tuple(range(missing))) if missing > 0 else x


def asanyarray(a: Any, dtype: Any = None) -> Any:
    """The tensor that `a` is or becomes.

    >>> tf.experimental.numpy.asanyarray([1.5]).dtype
    tf.float64
    """
    return as_array(a, dtype, name="asanyarray")


def ascontiguousarray(a: Any, dtype: Any = None) -> Any:
    """The tensor that `a` is or becomes, with at least one axis.

    >>> tf.experimental.numpy.ascontiguousarray(3).shape
    TensorShape([1])
    """
    return array(a, dtype, ndmin=1)


def copy(a: Any) -> Any:
    """The tensor that `a` is or becomes: tensors never change.

    >>> tf.experimental.numpy.copy([1, 2]).numpy()
    array([1, 2])
    """
    return as_array(a, name="copy")


def identity(n: int, dtype: Any = float) -> Any:
    """Ones on the diagonal of a square matrix, zeros elsewhere.

    >>> tf.experimental.numpy.identity(2).numpy()
    array([[1., 0.],
           [0., 1.]])
    """
    return eye(n, dtype=dtype)


def tri(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Any:
    """Ones on the diagonal number `k` and below, zeros above.

    >>> tf.experimental.numpy.tri(2).numpy()
    array([[1., 0.],
           [1., 1.]])
    """
    ones = np.tri(N, M, k, bool)
    return as_array(ones, float if dtype is None else dtype)


def logspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    base: float = 10.0,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """`base` to the power of evenly spaced numbers.

    >>> tf.experimental.numpy.logspace(0, 2, 3).numpy()
    array([  1.,  10., 100.])
    """
    powers = linspace(start, stop, num, endpoint, axis=axis)
    values = as_array(base, powers.dtype) ** powers
    return values if dtype is None else cast(values, dtype_of(dtype))


def geomspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """Numbers of which each is the one before times the same factor.

    >>> tf.experimental.numpy.geomspace(1, 4, 3).numpy()
    array([1., 2., 4.])
    """
    first, last = (as_inexact(x, "geomspace") for x in promoted(start, stop, name="geomspace"))
    sign = where(first < 0, zeros_like(first) - 1, zeros_like(first) + 1)
    spaced = exp(linspace(log(first * sign), log(last * sign), num, endpoint, axis=axis))
    values = spaced * expand_dims(sign, axis) if sign.ndim else spaced * sign
    return values if dtype is None else cast(values, dtype_of(dtype))


def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    """The powers of each element, in columns.

    >>> tf.experimental.numpy.vander([2, 3], 3).numpy()
    array([[4, 2, 1],
           [9, 3, 1]])
    """
    x = as_array(x, name="vander")
    if rank_of(x, "vander") != 1:
        raise ValueError(f"vander expected a vector. Received: shape={x.shape}")
    count = axis_sizes(x, "vander")[0] if N is None else N
    if isinstance(count, int) and count < 0:
        raise ValueError(f"vander expected N of at least 0. Received: N={N}")
    dtype = result_type(x, int)
    powers = numbers(cast(count, dtypes.int64), dtype=dtypes.int64)
    powers = powers if increasing else flip(powers)
    return expand_dims(cast(x, dtype), 1) ** cast(powers, dtype)


def ix_(*args: Any) -> tuple[Any, ...]:
    """Indices that together name the points of a grid.

    >>> [x.shape for x in tf.experimental.numpy.ix_([0, 1], [2, 3, 4])]
    [TensorShape([2, 1]), TensorShape([1, 3])]
    """
    grids = []
    for place, arg in enumerate(args):
        x = as_array(arg, name="ix_")
        if x.ndim != 1:
            raise ValueError(f"ix_ expected vectors. Received: shape={x.shape}")
        if x.dtype == dtypes.bool_:
            x = selection.where(x)[:, 0]
        before, after = place, len(args) - place - 1
        grids.append(shaping.reshape(x, [1] * before + [-1] + [1] * after))
    return tuple(grids)


# Diagonals ------------------------------------------------------------------------------------


def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """The elements on the diagonal number `offset` of two axes.

    >>> tf.experimental.numpy.diagonal([[1, 2], [3, 4]]).numpy()
    array([1, 4])
    """
    x = as_array(a, name="diagonal")
    return algebra.diagonal(moveaxis(x, (axis1, axis2), (-2, -1)), offset=offset)


def trace(
    a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None
) -> Any:
    """The sum of the diagonal number `offset` of two axes.

    >>> tf.experimental.numpy.trace([[1, 2], [3, 4]]).numpy()
    np.int64(5)
    """
    return statistics.sum(diagonal(a, offset, axis1, axis2), -1, dtype)


def diag(v: Any, k: int = 0) -> Any:
    """A matrix with the vector on its diagonal number `k`; of a matrix, that diagonal.

    >>> tf.experimental.numpy.diag([1, 2]).numpy()
    array([[1, 0],
           [0, 2]])
    """
    x = as_array(v, name="diag")
    rank = rank_of(x, "diag")
    if rank == 2:
        return diagonal(x, k)
    if rank != 1:
        raise ValueError(f"diag expected a vector or a matrix. Received: shape={x.shape}")
    # The elements stand at their columns, and each row keeps the one on the diagonal.
    row = expand_dims(pad(x, [[max(k, 0), max(-k, 0)]]), 0)
    places = numbers(axis_sizes(row, "diag")[1])
    on_diagonal = expand_dims(places, 0) - expand_dims(places, 1) == k
    return where(on_diagonal, row, zeros_like(row))


def diagflat(v: Any, k: int = 0) -> Any:
    """A matrix with all elements of `v` on its diagonal number `k`.

    >>> tf.experimental.numpy.diagflat([[1, 2]]).numpy()
    array([[1, 0],
           [0, 2]])
    """
    return diag(shaping.reshape(as_array(v, name="diagflat"), (-1,)), k)


def diag_indices(n: int, ndim: int = 2) -> tuple[Any, ...]:
    """The indices of the diagonal of an array with `ndim` axes of size `n`.

    >>> [x.numpy().tolist() for x in tf.experimental.numpy.diag_indices(2)]
    [[0, 1], [0, 1]]
    """
    if n < 0 or ndim < 0:
        raise ValueError(f"diag_indices expected n and ndim of at least 0. Received: {n=}, {ndim=}")
    return (numbers(cast(n, dtypes.int64), dtype=dtypes.int64),) * ndim
