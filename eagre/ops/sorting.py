"""Sorting, searching in what is sorted, and different elements."""

from __future__ import annotations

from typing import Any, NamedTuple

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import DTypeMismatchError
from eagre.ops.axes import integer_of
from eagre.ops.selection import same_dtype
from eagre.primitives import indexing, rearrangement
from eagre.primitives.rearrangement import normalized_axis
from eagre.primitives.sorting import search_sorted, sort_indices, unique_indices
from eagre.primitives.sorting import sort as sort_primitive


class Unique(NamedTuple):
    """What `unique` returns."""

    y: Any
    idx: Any


class UniqueWithCounts(NamedTuple):
    """What `unique_with_counts` returns."""

    y: Any
    idx: Any
    count: Any


def sort(values: Any, axis: Any = -1, direction: str = "ASCENDING", name: str | None = None) -> Any:
    """The elements in order along an axis; NaN comes last in both directions.

    >>> tf.sort([3, 1, 2], direction="DESCENDING").numpy()
    array([3, 2, 1], dtype=int32)
    """
    return _in_order(values, axis, direction, "sort", sort_primitive)


def argsort(
    values: Any,
    axis: Any = -1,
    direction: str = "ASCENDING",
    stable: bool = False,
    name: str | None = None,
) -> Any:
    """The indices that put the elements in order along an axis; equal ones keep theirs.

    >>> tf.argsort([3, 1, 2]).numpy()
    array([1, 2, 0], dtype=int32)
    """
    return _in_order(values, axis, direction, "argsort", sort_indices)


def _in_order(values: Any, axis: Any, direction: str, name: str, primitive: Any) -> Any:
    if direction not in ("ASCENDING", "DESCENDING"):
        raise ValueError(
            f"{name} expected 'ASCENDING' or 'DESCENDING'. Received: direction={direction!r}"
        )
    x = to_tensor(values, name=name)
    if not (x.dtype.is_floating or x.dtype.is_integer):
        raise DTypeMismatchError(f"{name} expected real numbers. Received: {x.dtype.name}")
    if axis is None:
        raise ValueError(f"{name} expected an axis. Received: axis=None")
    axis, rank = integer_of(axis), x.ndim
    if rank is None and axis != -1:
        raise ValueError(
            f"{name} needs a tensor of known rank, or the last axis. Received: axis={axis}"
        )
    perm = None
    if rank is not None and (axis := normalized_axis(axis, rank, name)) != rank - 1:
        perm = tuple({axis: rank - 1, rank - 1: axis}.get(i, i) for i in range(rank))
        x = rearrangement.transpose.door(x, perm=perm)
    found = primitive.door(x, is_descending=direction == "DESCENDING")
    return found if perm is None else rearrangement.transpose.door(found, perm=perm)


def searchsorted(
    sorted_sequence: Any,
    values: Any,
    side: str = "left",
    out_type: Any = dtypes.int32,
    name: str | None = None,
) -> Any:
    """For each value the index at which it would stand in the sorted vector along the last axis.

    With `side="left"` that is before all equal elements, with "right" after them.

    >>> tf.searchsorted([1, 3, 5], [0, 3, 9]).numpy()
    array([0, 1, 3], dtype=int32)
    """
    if side not in ("left", "right"):
        raise ValueError(f"searchsorted expected 'left' or 'right'. Received: side={side!r}")
    x, values = same_dtype(sorted_sequence, values, "searchsorted")
    return search_sorted.door(x, values, side=side, dtype=_index_dtype(out_type, "searchsorted"))


def _index_dtype(dtype: Any, name: str) -> dtypes.DType:
    dtype = dtypes.as_dtype(dtype)
    if dtype is not dtypes.int32 and dtype is not dtypes.int64:
        raise DTypeMismatchError(
            f"{name} expected indices of int32 or int64. Received: {dtype.name}"
        )
    return dtype


def unique(x: Any, out_idx: Any = dtypes.int32, name: str | None = None) -> Unique:
    """The different elements of a vector in the order in which they come first, as `y`, and for
    each element its index in them, as `idx`.

    >>> y, idx = tf.unique([7, 5, 7])
    >>> y.numpy().tolist(), idx.numpy().tolist()
    ([7, 5], [0, 1, 0])
    """
    y, idx, _ = unique_with_counts(x, out_idx)
    return Unique(y, idx)


def unique_with_counts(
    x: Any, out_idx: Any = dtypes.int32, name: str | None = None
) -> UniqueWithCounts:
    """`unique`, and how often each different element stands in the vector, as `count`.

    >>> tf.unique_with_counts([7, 5, 7]).count.numpy()
    array([2, 1], dtype=int32)
    """
    x = to_tensor(x, name="unique")
    dtype = _index_dtype(out_idx, "unique")
    first, idx, count = unique_indices.door(x, dtype=dtype)
    return UniqueWithCounts(indexing.gather.door(x, first, axis=-1), idx, count)
