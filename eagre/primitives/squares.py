"""Sums of squares, and variances, over axes.

Each is one primitive, since its parts would each write as many elements as it reads.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from eagre.primitives.families import FLOATS
from eagre.primitives.folding import over_axes, places_of
from eagre.primitives.reductions import Reduction, element_count, kept, reduce_mean
from eagre.primitives.sums import (
    AT_ONCE,
    Ones,
    reduce_sum,
    sums_of_blocks,
    sums_of_rows,
    vectors_of,
)

_vecdot = np.vecdot

_LONG = 64
"""From how many elements on each row is multiplied with itself by one call of BLAS."""

_IN_CACHE = 1 << 18
"""How many squares or differences are written before they are summed."""


class ReduceSumOfSquares(Reduction):
    """The sum of the squares."""

    public = "reduce_sum"
    takes = FLOATS
    needs = ("x",)

    def kernel(self, x: Any, *, axis: Any, keepdims: bool) -> Any:
        return sum_of_squares(x, axis, keepdims)

    def gradient(self, grad: Any, output: Any, x: Any, *, axis: Any, keepdims: bool) -> Any:
        return (kept(grad * 2, x, axis, keepdims) * x,)


class ReduceVariance(Reduction):
    """The mean of the squared differences to the mean."""

    public = "reduce_variance"
    takes = FLOATS
    needs = ("x",)

    def kernel(self, x: Any, *, axis: Any, keepdims: bool) -> Any:
        mean = reduce_mean.kernel(x, axis=axis, keepdims=True)
        if x.itemsize == 2:
            return reduce_mean.kernel(np.square(x - mean), axis=axis, keepdims=keepdims)
        total = _squares_about(x, mean, axis, keepdims)
        count = x.size if axis is None else prod([x.shape[each] for each in axis])
        return np.divide(total, count, dtype=x.dtype)

    def gradient(self, grad: Any, output: Any, x: Any, *, axis: Any, keepdims: bool) -> Any:
        """The differences add up to 0, so that the mean itself has no part in it."""
        scale = kept(grad * 2 / element_count(x, axis), x, axis, keepdims)
        return (scale * (x - reduce_mean(x, axis=axis, keepdims=True)),)


reduce_sum_of_squares = ReduceSumOfSquares()
reduce_variance = ReduceVariance()


def sum_of_squares(x: Any, axis: Any, keepdims: bool) -> Any:
    """The sum of squares in the dtype of `x`; those of halves add up in float32."""
    ones = vectors_of(x.dtype)
    if ones is None:
        return reduce_sum(np.square(x), axis, keepdims)
    if x.size > AT_ONCE and axis != ():
        return _fold(x, None, axis, keepdims, ones)
    if axis is None and not keepdims and x.size <= ones.longest:
        flat = x.ravel()
        return flat.dot(flat)
    rank = x.ndim
    if axis is not None and len(axis) == 1 and axis[0] in (-1, rank - 1) and rank:
        if x.shape[-1] <= ones.longest:
            x = x if x.flags.c_contiguous else np.ascontiguousarray(x)
            total = _vecdot(x, x)
            return total[..., None] if keepdims else total
    return reduce_sum(np.square(x), axis, keepdims)


def _squares_about(x: Any, mean: Any, axis: Any, keepdims: bool) -> Any:
    """The sum of the squared differences to the mean, of which the axes are kept."""
    ones = vectors_of(x.dtype)
    axes = places_of(axis, x.ndim)
    if x.size <= AT_ONCE or not axes or axes[-1] - axes[0] >= len(axes):
        return sum_of_squares(x - mean, axis, keepdims)
    return _fold(x, mean, axis, keepdims, ones)


def _fold(x: Any, mean: Any, axis: Any, keepdims: bool, ones: Ones) -> Any:
    """Sums over groups of axes, of which the first to be summed are those of squares."""

    def add_squares(blocks: Any) -> Any:
        center = None if mean is None else mean.reshape(len(blocks), 1, -1)
        return _squares(blocks, center, ones)

    return over_axes(x, axis, keepdims, lambda blocks: sums_of_blocks(blocks, ones), add_squares)


def _squares(x: Any, center: Any, ones: Ones) -> Any:
    """Sums over the middle axis: of the squares, or of those of differences to a center."""
    blocks, count, columns = x.shape
    width = ones.wide // columns
    if 1 < columns and 1 < width <= count:
        return _squares_of_narrow(x, center, ones, width)
    is_written = center is not None or (columns == 1 and count < _LONG)
    if is_written and x.size > _IN_CACHE:
        return _squares_of_parts(x, center, ones)
    if center is not None:
        x = x - center
    if columns > 1:
        return np.einsum("bij,bij->bj", x, x)
    x = x.reshape(blocks, count)
    return sums_of_rows(x * x, ones) if count < _LONG else _squares_of_rows(x, ones)


def _squares_of_parts(x: Any, center: Any, ones: Ones) -> Any:
    """The same for so many elements at a time as stay in cache."""
    blocks, count, columns = x.shape
    step = _IN_CACHE // (count * columns)
    if blocks > 1:
        step = max(1, step)
        parts = [slice(start, start + step) for start in range(0, blocks, step)]
        about = [None if center is None else center[part] for part in parts]
        found = [_squares(x[i], c, ones) for i, c in zip(parts, about, strict=True)]
        return np.concatenate(found)
    step = max(1, _IN_CACHE // columns)
    step = step // ones.piece * ones.piece or step
    starts = range(0, count, step)
    sums = [_squares(x[:, start : start + step], center, ones) for start in starts]
    return sums_of_blocks(np.stack(sums, 1).reshape(1, len(starts), columns), ones)


def _squares_of_narrow(x: Any, center: Any, ones: Ones, width: int) -> Any:
    """The same of columns of which there are few: `width` rows are taken for one."""
    blocks, count, columns = x.shape
    whole = count // width * width
    long = x[:, :whole].reshape(blocks, whole // width, width * columns)
    about = None if center is None else np.tile(center, (1, 1, width))
    partial = np.empty((blocks, width + (count > whole), columns), x.dtype)
    partial[:, :width] = _squares(long, about, ones).reshape(blocks, width, columns)
    if count > whole:
        partial[:, width] = _squares(x[:, whole:], center, ones)
    return sums_of_blocks(partial, ones)


def _squares_of_rows(x: Any, ones: Ones) -> Any:
    rows, count = x.shape
    if count <= ones.longest:
        return _vecdot(x, x)
    pieces, rest = divmod(count, ones.piece)
    whole = count - rest
    partial = np.empty((rows, pieces + (rest > 0)), x.dtype)
    cut = x[:, :whole].reshape(rows, pieces, ones.piece)
    _vecdot(cut, cut, out=partial[:, :pieces])
    if rest:
        _vecdot(x[:, whole:], x[:, whole:], out=partial[:, pieces])
    return sums_of_rows(partial, ones)
