"""Reductions and running results by NumPy's functions, for arrays of any proportions.

NumPy starts anew for each row: short rows are therefore laid side by side before they are reduced,
and few columns are taken for more.
"""

from __future__ import annotations

from math import isqrt, prod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

if TYPE_CHECKING:
    from collections.abc import Callable

_MANY = 4096
"""From how many elements on it matters how they lie."""

_NARROW = 32
"""Up to how many elements of a row its start takes longer than its elements."""

_WIDE = 128
"""From how many elements on a row is worth a call."""

_LONG = 400
"""From how many factors on a row is multiplied in lanes."""


def places_of(axis: Any, rank: int) -> tuple[int, ...]:
    """The axes that are reduced, as ascending numbers."""
    return tuple(range(rank)) if axis is None else tuple(sorted(normalize_axis_tuple(axis, rank)))


def over_axes(
    x: Any,
    axis: Any,
    keepdims: bool,
    fold: Callable[[Any], Any],
    first: Callable[[Any], Any] | None = None,
) -> Any:
    """Reduce one group of neighboring axes after the other, from the last to the first.

    `fold` reduces the middle one of three axes; `first` does so for the first group, if given.
    """
    shape = x.shape
    place = len(shape)
    axes = places_of(axis, place)
    result = x if x.flags.c_contiguous else np.ascontiguousarray(x)
    columns = 1
    while place:
        last = place
        while place and place - 1 in axes:
            place -= 1
        if place < last:
            blocks = result.reshape(prod(shape[:place]), prod(shape[place:last]), columns)
            result = (first or fold)(blocks)
            first = None
        while place and place - 1 not in axes:
            place -= 1
            columns *= shape[place]
    if keepdims:
        return result.reshape([1 if i in axes else n for i, n in enumerate(shape)])
    return result.reshape([n for i, n in enumerate(shape) if i not in axes])


def reduced(ufunc: Any, x: Any, axis: Any, keepdims: bool, dtype: Any = None) -> Any:
    """`ufunc.reduce`, for a function to which the order of elements is no matter."""
    if x.size < _MANY or axis == () or not x.flags.c_contiguous:
        return ufunc.reduce(x, axis, dtype, None, keepdims)
    return over_axes(x, axis, keepdims, lambda blocks: _folded(ufunc, blocks, dtype))


def _folded(ufunc: Any, x: Any, dtype: Any) -> Any:
    """The blocks reduced over the middle axis."""
    blocks, count, columns = x.shape
    if columns == 1:
        rows = x.reshape(blocks, count)
        if count <= _NARROW < blocks:
            return ufunc.reduce(np.ascontiguousarray(rows.T), 0, dtype)
        if ufunc is np.multiply and count >= _LONG:
            return _in_lanes(ufunc, rows, dtype)
        return ufunc.reduce(rows, 1, dtype)
    width = _WIDE // columns
    if width < 2 or count < 2 * width:
        return ufunc.reduce(x, 1, dtype)
    whole = count // width * width
    lanes = ufunc.reduce(x[:, :whole].reshape(blocks, -1, width * columns), 1, dtype)
    result = ufunc.reduce(lanes.reshape(blocks, width, columns), 1, dtype)
    return result if whole == count else ufunc(result, ufunc.reduce(x[:, whole:], 1, dtype))


def _in_lanes(ufunc: Any, x: Any, dtype: Any) -> Any:
    """The rows of a matrix reduced by a function of which NumPy computes one at a time."""
    rows, count = x.shape
    while count >= _LONG:
        least = 3 * isqrt(count)
        # Rests are short rows, which take long where there are many.
        width = next((w for w in range(least, least + 64) if not count % w), least)
        whole = count // width * width
        lanes = ufunc.reduce(x[:, :whole].reshape(rows, -1, width), 1, dtype)
        if count > whole:
            rest = lanes[:, : count - whole]
            ufunc(rest, x[:, whole:], out=rest)
        x, count = lanes, width
    return ufunc.reduce(x, 1, dtype)


def accumulated(ufunc: Any, x: Any, axis: int) -> Any:
    """`ufunc.accumulate` of a row-major array in its own dtype: the same steps, many at once."""
    if x.size < _MANY:
        return ufunc.accumulate(x, axis, x.dtype)
    shape = x.shape
    count = shape[axis]
    columns = prod(shape[axis % x.ndim + 1 :])
    if columns == 1 and 1 < count <= _NARROW and x.size >= count * _MANY:
        result = np.ascontiguousarray(x.reshape(-1, count).T)
        _run(ufunc, result, result)
        return np.ascontiguousarray(result.T).reshape(shape)
    if columns < _WIDE or count < 2:
        return ufunc.accumulate(x, axis, x.dtype)
    blocks = x.reshape(-1, count, columns)
    result: Any = np.empty(blocks.shape, x.dtype)
    _run(ufunc, blocks.swapaxes(0, 1), result.swapaxes(0, 1))
    return result.reshape(shape)


def _run(ufunc: Any, rows: Any, results: Any) -> None:
    """Each row joined with the result of the one before."""
    last = results[0]
    last[...] = rows[0]
    for row, result in zip(rows[1:], results[1:], strict=True):
        ufunc(last, row, out=result)
        last = result
