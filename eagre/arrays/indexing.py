"""Brackets as NumPy has them: arrays of indices and masks in any place of the key."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.arrays.manipulating import (
    InvalidIndexError,
    broadcast_arrays,
    moveaxis,
    nonzero,
    where,
)
from eagre.arrays.promotion import as_array, rank_of
from eagre.core import dtypes
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.core.tensor import Tensor
from eagre.ops.gathering import gather_nd
from eagre.ops.joining import stack
from eagre.ops.shaping import axis_sizes, cast
from eagre.primitives.indexing import getitem


def numpy_getitem(x: Any, key: Any) -> Any:
    """`x[key]` for a key of ints, slices, None, Ellipsis, arrays of integers and masks."""
    if isinstance(key, list):
        key = np.asarray(key, np.int64 if not key else None)
    parts = key if isinstance(key, tuple) else (key,)
    parts = tuple([_prepared(part) for part in parts])
    if not any(_is_array(part) for part in parts):
        return getitem(x, parts)
    if any(_is_array(part) and part.ndim == 0 for part in parts):
        # A mask without axes picks from a new axis of size 1.
        x, parts = getitem(x, (None,)), _with_vectors_for_scalars(parts)
    parts = _without_ellipsis(parts, rank_of(x, "tensor[...]"))
    return _pick(x, _without_masks(parts, x.sizes))


def _with_vectors_for_scalars(parts: Any) -> Any:
    """A key with one mask without axes, as a mask of the new first axis."""
    if len(parts) != 1:
        raise InvalidArgumentError(
            "tensor[...] expected a mask without axes to stand alone. "
            f"Received: {len(parts)} parts"
        )
    return (getitem(parts[0], (None,)),)


def _prepared(part: Any) -> Any:
    if isinstance(part, list):
        return as_array(part)
    if isinstance(part, bool | np.bool_):
        return as_array(bool(part))
    if isinstance(part, np.ndarray):
        return as_array(part)
    return part


def _is_array(part: Any) -> bool:
    """Whether it is an array of indices, or a mask: a scalar index is as good as an int."""
    return isinstance(part, Tensor) and (part.ndim != 0 or part.dtype == dtypes.bool_)


def _axes_taken(part: Any) -> int:
    if part is None:
        return 0
    is_mask = isinstance(part, Tensor) and part.dtype == dtypes.bool_
    return rank_of(part, "tensor[...]") if is_mask else 1


def _without_ellipsis(parts: Any, rank: int) -> list[Any]:
    """The key with a slice for each axis that it does not name."""
    given = [part for part in parts if part is not Ellipsis]
    if len(parts) - len(given) > 1:
        raise InvalidArgumentError(
            f"tensor[...] expected at most one Ellipsis (...). Received: {len(parts)} parts"
        )
    missing = rank - sum(_axes_taken(part) for part in given)
    if missing < 0:
        raise InvalidIndexError(
            f"tensor[...] expected at most {rank} indices. Received: {rank - missing}"
        )
    place = next((i for i, part in enumerate(parts) if part is Ellipsis), len(parts))
    return [*parts[:place], *[slice(None)] * missing, *parts[place + 1 :]]


def _without_masks(parts: list[Any], sizes: Any) -> list[Any]:
    """The key with masks replaced by the indices of what is true."""
    result: list[Any] = []
    axis = 0
    for part in parts:
        taken = _axes_taken(part)
        if _is_array(part) and part.dtype == dtypes.bool_:
            _check_mask(part.sizes, sizes[axis : axis + taken])
            result.extend(nonzero(part))
        else:
            result.append(part)
        axis += taken
    return result


def _check_mask(mask: Any, axes: Any) -> None:
    """A mask has the sizes of the axes that it stands for; as in NumPy, an empty one fits all."""
    if any(x not in (0, None, y) and y is not None for x, y in zip(mask, axes, strict=True)):
        raise InvalidIndexError(
            f"tensor[...] expected a mask of shape {axes}, that of the axes it stands for. "
            f"Received: a mask of shape {mask}"
        )


def _pick(x: Any, parts: list[Any]) -> Any:
    """First what slices and new axes do, then all arrays of indices together."""
    plain = [slice(None) if _is_index(part) else part for part in parts]
    x = getitem(x, tuple(plain))
    axes = [place for place, part in enumerate(parts) if _is_index(part)]
    sizes = axis_sizes(x, "tensor[...]")
    indices = broadcast_arrays(*[_from_front(parts[place], sizes[place]) for place in axes])
    front = list(range(len(axes)))
    picked = gather_nd(moveaxis(x, axes, front), stack(indices, -1))
    count = rank_of(indices[0], "tensor[...]")
    if axes == list(range(axes[0], axes[0] + len(axes))) and axes[0]:
        # Neighbors leave their result in their place, others leave it in front.
        return moveaxis(picked, list(range(count)), list(range(axes[0], axes[0] + count)))
    return picked


def _is_index(part: Any) -> bool:
    return part is not None and not isinstance(part, slice)


def _from_front(part: Any, size: Any) -> Any:
    index = as_array(part)
    if not index.dtype.is_integer:
        raise DTypeMismatchError(
            f"tensor[...] expected integers or a mask. Received: dtype={index.dtype.name}"
        )
    index = cast(index, dtypes.int64)
    return where(index < 0, index + cast(size, dtypes.int64), index)
