"""Sorting, searching, and the different elements of an array."""

from __future__ import annotations

from typing import Any, NamedTuple

from eagre.arrays.manipulating import take, take_along_axis
from eagre.arrays.promotion import as_array, promoted
from eagre.core import dtypes
from eagre.core.tensor import Tensor
from eagre.ops import combining, joining, reductions, selection, shaping, sorting
from eagre.ops.complex_parts import imag, real
from eagre.ops.creation import ones_like
from eagre.ops.shaping import cast
from eagre.primitives.families import shape_of


class UniqueAll(NamedTuple):
    """What `unique_all` returns."""

    values: Any
    indices: Any
    inverse_indices: Any
    counts: Any


class UniqueCounts(NamedTuple):
    """What `unique_counts` returns."""

    values: Any
    counts: Any


class UniqueInverse(NamedTuple):
    """What `unique_inverse` returns."""

    values: Any
    inverse_indices: Any


def _direction(descending: bool) -> str:
    return "DESCENDING" if descending else "ASCENDING"


def _sortable(a: Any, kind: Any, order: Any, name: str) -> Any:
    if kind not in ("quicksort", "stable", "mergesort", "heapsort", None) or order is not None:
        raise ValueError(
            f"{name} expected kind 'quicksort' or 'stable', and no order. "
            f"Received: {kind=}, {order=}"
        )
    x = as_array(a, name=name)
    return cast(x, dtypes.int8) if x.dtype == dtypes.bool_ else x


def argsort(
    a: Any,
    axis: Any = -1,
    kind: Any = "quicksort",
    order: Any = None,
    *,
    descending: bool = False,
    stable: bool = True,
) -> Any:
    """The indices that put the elements in order along an axis; equal ones keep theirs.

    >>> from eagre import array_api
    >>> array_api.argsort([3, 1, 2]).numpy()
    array([1, 2, 0])
    """
    x = _sortable(a, kind, order, "argsort")
    if axis is None:
        x, axis = shaping.reshape(x, (-1,)), -1
    if x.dtype.is_complex:
        return _complex_order(x, axis, _direction(descending))
    return cast(sorting.argsort(x, axis, _direction(descending)), dtypes.int64)


def _complex_order(x: Any, axis: int, direction: str) -> Any:
    """By real parts, and by imaginary parts where these are equal."""
    first = cast(sorting.argsort(imag(x), axis, direction), dtypes.int64)
    second = sorting.argsort(take_along_axis(real(x), first, axis), axis, direction)
    return take_along_axis(first, second, axis)


def sort(
    a: Any,
    axis: Any = -1,
    kind: Any = "quicksort",
    order: Any = None,
    *,
    descending: bool = False,
    stable: bool = True,
) -> Any:
    """The elements in order along an axis.

    >>> from eagre import array_api
    >>> array_api.sort([3, 1, 2], descending=True).numpy()
    array([3, 2, 1])
    """
    x = _sortable(a, kind, order, "sort")
    if axis is None:
        x, axis = shaping.reshape(x, (-1,)), -1
    if x.dtype.is_complex:
        return take_along_axis(x, _complex_order(x, axis, _direction(descending)), axis)
    dtype = a.dtype if isinstance(a, Tensor) else as_array(a).dtype
    return cast(sorting.sort(x, axis, _direction(descending)), dtype)


def searchsorted(
    x1: Any, x2: Any, /, *, side: str = "left", sorter: Any = None
) -> Any:
    """For each element of x2 the index at which it would stand in the sorted vector x1.

    >>> from eagre import array_api
    >>> array_api.searchsorted([1, 3, 5], [0, 3, 9]).numpy()
    array([0, 1, 3])
    """
    sequence, values = promoted(x1, x2, name="searchsorted")
    if sequence.ndim != 1:
        raise ValueError(f"searchsorted expected a vector x1. Received: shape={sequence.shape}")
    if sorter is not None:
        sequence = take(sequence, sorter, axis=0)
    flat = shaping.reshape(values, (-1,))
    places = sorting.searchsorted(sequence, flat, side, dtypes.int64)
    return shaping.reshape(places, shape_of(values))


def unique_all(x: Any, /) -> UniqueAll:
    """The different elements in order; where each comes first; for each element of x the index of
    its value; how often each value is there. Each NaN is a value of its own.

    >>> from eagre import array_api
    >>> [part.numpy().tolist() for part in array_api.unique_all([7, 5, 7])]
    [[5, 7], [1, 0], [1, 0, 1], [1, 2]]
    """
    x = as_array(x, name="unique_all")
    flat = shaping.reshape(x, (-1,))
    order = argsort(flat)
    ordered = selection.gather(flat, order)
    differs = ordered[1:] != ordered[:-1]
    is_first = joining.concat([ones_like(ordered[:1], dtypes.bool_), differs], 0)
    starts = selection.where(is_first)[:, 0]
    number = reductions.cumsum(cast(is_first, dtypes.int64)) - 1
    inverse = selection.gather(number, combining.invert_permutation(order))
    end = shaping.reshape(shaping.size(flat, dtypes.int64), (1,))
    counts = joining.concat([starts[1:], end], 0)[: shaping.size(starts)] - starts
    return UniqueAll(
        selection.gather(ordered, starts),
        selection.gather(order, starts),
        shaping.reshape(inverse, shape_of(x)),
        counts,
    )


def unique_counts(x: Any, /) -> UniqueCounts:
    """The different elements in order, and how often each is there.

    >>> from eagre import array_api
    >>> array_api.unique_counts([7, 5, 7]).counts.numpy()
    array([1, 2])
    """
    found = unique_all(x)
    return UniqueCounts(found.values, found.counts)


def unique_inverse(x: Any, /) -> UniqueInverse:
    """The different elements in order, and for each element of x the index of its value.

    >>> from eagre import array_api
    >>> array_api.unique_inverse([7, 5, 7]).inverse_indices.numpy()
    array([1, 0, 1])
    """
    found = unique_all(x)
    return UniqueInverse(found.values, found.inverse_indices)


def unique_values(x: Any, /) -> Any:
    """The different elements in order.

    >>> from eagre import array_api
    >>> array_api.unique_values([7, 5, 7]).numpy()
    array([5, 7])
    """
    return unique_all(x).values


def isin(x1: Any, x2: Any, /, *, invert: bool = False) -> Any:
    """For each element of x1 whether it is an element of x2.

    >>> from eagre import array_api
    >>> array_api.isin([1, 2, 3], [3, 1]).numpy()
    array([ True, False,  True])
    """
    x, values = promoted(x1, x2, name="isin")
    found = reductions.reduce_any(shaping.expand_dims(x, -1) == shaping.reshape(values, (-1,)), -1)
    return ~found if invert else found

