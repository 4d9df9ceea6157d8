"""Sums along axes of arrays: products with ones, by BLAS.

That takes a third of the time of `np.add.reduce`, whose cost is in starting where elements are few
and in adding them one after the other where they are many. BLAS gets at most `AT_ONCE` elements at
once, so that the bits do not depend on the number of its threads, and at most so many of one sum
that the error stays that of NumPy's pairwise sums.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from eagre.primitives.folding import over_axes, places_of, reduced

_add_reduce: Any = np.add.reduce
_matmul, _vecdot = np.matmul, np.vecdot

AT_ONCE = 8192
"""Up to how many elements of a matrix BLAS takes by one thread, whatever the number of threads."""

SHORT = 16
"""Up to how many elements a row may have so that adding it up once for each is cheap."""

_FEW = 128
"""Up to how many elements of a sum a product with a matrix adds as well as NumPy's sum."""

_MANY = 1 << 15
"""From how many elements on rows are cut into pieces."""

_NARROW = 32
"""Up to how many columns several rows are worth being taken for one."""


class Ones(dict[int, Any]):
    """Vectors or square matrices of ones by their length, made on first use."""

    def __init__(self, dtype: Any, rank: int) -> None:
        super().__init__()
        self.dtype = dtype
        self.rank = rank
        self.longest = 4096 // dtype.itemsize
        """Up to how many elements a product of two vectors adds as well as NumPy's sum."""
        self.piece = self.longest * 15 // 16
        """A little less, since full pages of memory fall on the same lines of the cache."""
        self.wide = 2048 // dtype.itemsize
        """From how many columns on NumPy adds rows as fast as memory brings them."""

    def __missing__(self, length: int) -> Any:
        ones = self[length] = np.ones((length,) * self.rank, self.dtype)
        return ones


_BLAS_HAS = (np.dtype(np.float32), np.dtype(np.float64))
vectors_of: Any = {dtype: Ones(dtype, 1) for dtype in _BLAS_HAS}.get
_squares_of = {dtype: Ones(dtype, 2) for dtype in _BLAS_HAS}.get


def reduce_sum(x: Any, axis: Any, keepdims: bool) -> Any:
    """Sum in the dtype of `x`; halves add up in float32. `axis` is None or a tuple."""
    ones = vectors_of(x.dtype)
    if ones is None:
        return _sum_of_others(x, axis, keepdims)
    if keepdims if axis is None else len(axis) != 1:
        return _sum_over_several(x, axis, keepdims, ones)
    if axis is None:
        count = x.size
        if 1 < count <= ones.longest:
            return x.ravel().dot(ones[count])
        return _reduced(x, None, False) if count < _MANY else _sum_of_row(x, ones)
    shape = x.shape
    rank = len(shape)
    place = axis[0]
    count = shape[place]
    if count > 1 and (place == -1 or place == rank - 1):
        if not x.flags.c_contiguous:
            x = np.ascontiguousarray(x)
        if rank < 3 and count <= _FEW and x.size <= AT_ONCE:
            total = x.dot(ones[count])
        else:
            total = sums_of_rows(x.reshape(-1, count), ones).reshape(shape[:-1])
        return total[..., None] if keepdims else total
    if count > 1 and (place == 0 or place == -rank):
        total = _sum_of_columns(x, ones)
        return total[None] if keepdims else total
    return _sum_over_several(x, axis, keepdims, ones)


def _sum_of_row(x: Any, ones: Ones) -> Any:
    """The sum of all elements, of which there are many."""
    return sums_of_rows(np.ascontiguousarray(x).reshape(1, -1), ones)[0]


def _sum_of_columns(x: Any, ones: Ones) -> Any:
    """Sums over the first of two axes or more."""
    if not x.flags.c_contiguous:
        x = np.ascontiguousarray(x)
    shape = x.shape
    count = shape[0]
    if x.size > AT_ONCE or count > ones.longest:
        return sums_of_blocks(x.reshape(1, count, -1), ones).reshape(shape[1:])
    if len(shape) == 2:
        return ones[count].dot(x)
    return ones[count].dot(x.reshape(count, prod(shape[1:]))).reshape(shape[1:])


def _sum_over_several(x: Any, axis: Any, keepdims: bool, ones: Ones) -> Any:
    few = x.size <= AT_ONCE
    return _reduced(x, axis, keepdims) if few else sum_over_axes(x, axis, keepdims, ones)


def _reduced(x: Any, axis: Any, keepdims: bool) -> Any:
    if not x.flags.c_contiguous:
        x = np.ascontiguousarray(x)
    return _add_reduce(x, axis, x.dtype, None, keepdims)


def _sum_of_others(x: Any, axis: Any, keepdims: bool) -> Any:
    """Sums in dtypes that BLAS does not have, or has in parts."""
    dtype = x.dtype
    if dtype.kind in "iu":
        return reduced(np.add, x, axis, keepdims, dtype)
    if dtype.itemsize == 2:
        if x.size > AT_ONCE:
            return reduce_sum(x.astype(np.float32), axis, keepdims).astype(dtype)
        x = x if x.flags.c_contiguous else np.ascontiguousarray(x)
        return _add_reduce(x, axis, np.float32, None, keepdims).astype(dtype)
    if x.size <= AT_ONCE:
        return _reduced(x, axis, keepdims)
    # The real and imaginary parts are two columns.
    part = np.dtype(f"f{dtype.itemsize // 2}")
    axes = places_of(axis, x.ndim)
    parts = np.ascontiguousarray(x).view(part).reshape(*x.shape, 2)
    total = sum_over_axes(parts, axes, keepdims, vectors_of(part))
    return np.ascontiguousarray(total).view(dtype)[..., 0]


# Many elements --------------------------------------------------------------------------------


def sum_over_axes(x: Any, axis: Any, keepdims: bool, ones: Ones) -> Any:
    """Sums over groups of axes."""
    return over_axes(x, axis, keepdims, lambda blocks: sums_of_blocks(blocks, ones))


def sums_of_blocks(x: Any, ones: Ones) -> Any:
    """Sums over the middle one of three axes."""
    blocks, count, columns = x.shape
    if columns == 1:
        return sums_of_rows(x.reshape(blocks, count), ones)
    if count == 1:
        return x.reshape(blocks, columns)
    if columns > ones.wide or (columns > _NARROW and x.size < _MANY):
        return _add_reduce(x, 1)
    if columns < _NARROW and count > 2 * _FEW:
        return _sums_of_narrow(x, ones)
    return _sums_of_wide(x, ones)


def sums_of_rows(x: Any, ones: Ones) -> Any:
    """Sums of the rows of a matrix, in each of which one element follows the other."""
    rows, count = x.shape
    if count <= _FEW:
        return _products(x, ones[count])
    if count <= ones.longest:
        return _vecdot(x, ones[count])
    if rows * count < _MANY:
        return _add_reduce(np.ascontiguousarray(x), 1)
    length = ones.piece
    pieces, rest = divmod(count, length)
    whole = count - rest
    partial = np.empty((rows, pieces + (rest > 0)), x.dtype)
    _vecdot(x[:, :whole].reshape(rows, pieces, length), ones[length], out=partial[:, :pieces])
    if rest:
        partial[:, pieces] = sums_of_rows(x[:, whole:], ones)
    return sums_of_rows(partial, ones)


def _products(x: Any, ones: Any) -> Any:
    """The product of a matrix with a vector of ones, so many rows at once as one thread takes."""
    rows, count = x.shape
    height = AT_ONCE // count
    if rows <= height:
        return x.dot(ones)
    groups, rest = divmod(rows, height)
    whole = rows - rest
    total = np.empty(rows, x.dtype)
    _matmul(
        x[:whole].reshape(groups, height, count), ones, out=total[:whole].reshape(groups, height)
    )
    if rest:
        total[whole:] = x[whole:].dot(ones)
    return total


def _sums_of_narrow(x: Any, ones: Ones) -> Any:
    """Sums of columns of which there are few: many rows are taken for one longer row."""
    blocks, count, columns = x.shape
    width = 2 * _NARROW // columns
    whole = count // width * width
    long = x[:, :whole].reshape(blocks, whole // width, width * columns)
    partial = np.empty((blocks, width + count - whole, columns), x.dtype)
    partial[:, :width] = _sums_of_wide(long, ones).reshape(blocks, width, columns)
    partial[:, width:] = x[:, whole:]
    return _sums_of_wide(partial, ones)


def _sums_of_wide(x: Any, ones: Ones) -> Any:
    """Sums of columns: groups of rows by products with ones, and then their sums."""
    blocks, count, columns = x.shape
    height = min(_FEW, AT_ONCE // columns)
    if count <= height:
        return _matmul(ones[count], x)
    groups, rest = divmod(count, height)
    whole = count - rest
    partial = np.empty((blocks, groups + (rest > 0), columns), x.dtype)
    grouped = x[:, :whole].reshape(blocks, groups, height, columns)
    _matmul(ones[height], grouped, out=partial[:, :groups])
    if rest:
        _matmul(ones[rest], x[:, whole:], out=partial[:, groups])
    return _sums_of_wide(partial, ones)


# Sums in other shapes -------------------------------------------------------------------------


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
