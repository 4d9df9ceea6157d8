"""Sums along axes of arrays.

For few elements, or many sums of few, BLAS is asked for the product with ones: that takes a third
of the time of `np.add.reduce`, whose cost is in starting.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

_add_reduce: Any = np.add.reduce

FEW = 512
"""Up to how many elements BLAS adds up, with an error like that of pairwise sums."""

SHORT = 16
"""Up to how many elements a row may have so that adding it up once for each is cheap."""


class Ones(dict[int, Any]):
    """Vectors or square matrices of ones by their length, made on first use."""

    def __init__(self, dtype: Any, rank: int) -> None:
        super().__init__()
        self.dtype = dtype
        self.rank = rank

    def __missing__(self, length: int) -> Any:
        ones = self[length] = np.ones((length,) * self.rank, self.dtype)
        return ones


_BLAS_HAS = (np.dtype(np.float32), np.dtype(np.float64))
_vectors_of = {dtype: Ones(dtype, 1) for dtype in _BLAS_HAS}.get
_squares_of = {dtype: Ones(dtype, 2) for dtype in _BLAS_HAS}.get


def reduce_sum(x: Any, axis: Any, keepdims: bool) -> Any:
    """Sum in the dtype of `x`; halves add up in float32. `axis` is None or a tuple."""
    ones = _vectors_of(x.dtype)
    if ones is None or (keepdims if axis is None else len(axis) != 1):
        return _reduced(x, axis, keepdims)
    if axis is None:
        count = x.size
        return x.ravel().dot(ones[count]) if 1 < count <= FEW else _reduced(x, None, False)
    shape = x.shape
    rank = len(shape)
    place = axis[0]
    count = shape[place]
    if not 1 < count <= FEW:
        return _reduced(x, axis, keepdims)
    if place == -1 or place == rank - 1:
        if not x.flags.c_contiguous:
            x = np.ascontiguousarray(x)
        total = x.dot(ones[count]) if rank < 3 else _sum_of_rows(x, ones[count])
        return total[..., None] if keepdims else total
    if place == 0 or place == -rank:
        total = _sum_of_columns(x, ones[count])
        return total[None] if keepdims else total
    return _reduced(x, axis, keepdims)


def _sum_of_rows(x: Any, ones: Any) -> Any:
    """Sums over the last of three axes or more."""
    return x.reshape(-1, len(ones)).dot(ones).reshape(x.shape[:-1])


def _sum_of_columns(x: Any, ones: Any) -> Any:
    """Sums over the first of two axes or more."""
    if not x.flags.c_contiguous:
        x = np.ascontiguousarray(x)
    if x.ndim == 2:
        return ones.dot(x)
    shape = x.shape[1:]
    return ones.dot(x.reshape(len(ones), prod(shape))).reshape(shape)


def _reduced(x: Any, axis: Any, keepdims: bool) -> Any:
    if not x.flags.c_contiguous:
        x = np.ascontiguousarray(x)
    dtype = x.dtype
    if dtype.itemsize == 2 and dtype.kind not in "iu":
        return _add_reduce(x, axis, np.float32, None, keepdims).astype(dtype)
    return _add_reduce(x, axis, dtype, None, keepdims)


def sum_to_shape(x: Any, shape: tuple[int, ...]) -> Any:
    """`x` summed down to a shape that broadcasts to its own."""
    lead = x.ndim - len(shape)
    if lead == 1 and x.shape[1:] == shape:
        return x.reshape(shape) if x.shape[0] == 1 else reduce_sum(x, (0,), False)
    axes = tuple(
        axis
        for axis in range(x.ndim)
        if axis < lead or (shape[axis - lead] == 1 and x.shape[axis] != 1)
    )
    return reduce_sum(x, axes, True).reshape(shape) if axes else x.reshape(shape)


def sums_beside(x: Any, axis: int) -> Any:
    """Sums along an axis, in a shape that broadcasts with `x`.

    Short rows are multiplied by a square of ones: so the sums come in the shape of `x` itself, and
    what is computed from both need not broadcast.
    """
    shape = x.shape
    rank = len(shape)
    if rank < 3 and 1 < shape[-1] <= SHORT and (axis == -1 or axis == rank - 1):
        squares = _squares_of(x.dtype)
        if squares is not None:
            return x.dot(squares[shape[-1]])
    return reduce_sum(x, (axis,), True)
