"""Indices as kernels meet them: whether they are inside, and additions at them."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.primitives.sorting import stable_order

_add_at: Any = np.add.at
_sum_runs: Any = np.add.reduceat
_MANY = 256
_MANY_PLACES = 4096


_SIGNED = {char: (np.dtype(char.upper()), int(np.iinfo(char).max)) for char in "bhilq"}
"""For the letter of each signed dtype the unsigned one, and the largest number."""


def is_below(places: Any, limit: int | None) -> bool:
    """Whether all places, of which there are some, are in [0, limit); None is no limit."""
    signed = _SIGNED.get(places.dtype.char)
    if signed is not None:
        # Without their sign negative numbers are the large ones.
        unsigned, largest = signed
        places = places.view(unsigned)
        if limit is None or limit > largest:
            limit = largest + 1
    return limit is None or places.item(places.argmax()) < limit


def taken(x: Any, places: Any, axis: int) -> Any:
    """The parts of an array at places along an axis; IndexError if one is not in [0, size)."""
    dtype = places.dtype
    if dtype.itemsize < 8:
        signed = _SIGNED.get(dtype.char)
        return x.take(places if signed is None else places.view(signed[0]), axis)
    # Of this width NumPy takes signed numbers only, and from the end where they are negative.
    if places.size and not is_below(places, x.shape[axis]):
        raise IndexError("a place outside")
    return x.take(places.view(np.int64), axis)


def add_rows(target: Any, places: Any, rows: Any) -> None:
    """`target[place] += row` for each place, in place; none of them is negative.

    The sums of runs of equal places are faster than single additions, for which NumPy waits for
    the one before. Long rows are worth being brought into such runs.
    """
    count = len(places)
    if count < _MANY:
        _add_at(target, places, rows)
        return
    if not (_ascend(places[:_MANY]) and _ascend(places)):
        if rows.ndim == 1 or rows.size < 8 * count:
            _add_at(target, places, rows)
            return
        order = stable_order(places)
        places, rows = places[order], rows[order]
    starts = starts_of_runs(places)
    target[places[starts]] += _sum_runs(rows, starts, 0, target.dtype)


def _ascend(places: Any) -> bool:
    return bool((places[:-1] <= places[1:]).all())


def starts_of_runs(places: Any) -> Any:
    """Where the runs of equal places begin."""
    count = len(places)
    is_start = np.empty(count + -count % 8, bool)
    is_start[count:] = False
    is_start[:1] = count > 0
    np.not_equal(places[1:], places[:-1], out=is_start[1:count])
    if count < _MANY_PLACES:
        return np.flatnonzero(is_start)
    # Eight at a time: most of them begin no run where runs are long.
    words = np.flatnonzero(is_start.view(np.uint64) != 0)
    if 8 * len(words) > len(is_start) // 8:
        return np.flatnonzero(is_start)
    rows, columns = np.nonzero(is_start.reshape(-1, 8)[words])
    return words[rows] * 8 + columns
