"""Kernels of several steps, done block by block: what lies between the steps stays in cache.

A step of NumPy reads and writes whole arrays. Where they are larger than the cache, memory is what
takes the time; so all steps are done for some elements before the next ones are looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

BLOCK = 1 << 15
"""How many elements of four bytes a processor's own cache holds several times over."""

_FEW = 256
_empty: Any = np.empty


def in_blocks(
    steps: Callable[..., Any], rooms: int = 0, inputs: int = 1, least: Any = np.float32
) -> Callable[..., Any]:
    """The kernel of `steps(*inputs, out, *rooms)`, which write the value of the inputs into `out`.

    They get row-major arrays of one shape, flat ones where elements are many, and so many rooms
    like `out` for what lies between. In place of arrays narrower than `least` they get copies of
    this dtype; the value is rounded once.
    """
    least = np.dtype(least)
    least_itemsize, numbers = least.itemsize, range(rooms)

    def kernel(*arrays: Any) -> Any:
        dtype = arrays[0].dtype
        alike, shape = _of_one_shape(arrays)
        target = result = _empty(shape, dtype)
        if len(shape) != 1:
            alike, target = [each.reshape(-1) for each in alike], result.reshape(-1)
        size = target.size
        if dtype.itemsize < least_itemsize:
            _each_block(_widened(steps, inputs), alike, target, inputs + 1 + rooms, least)
        elif size > BLOCK:
            _each_block(steps, alike, target, rooms, dtype)
        else:
            steps(*alike, target, *[_empty(size, dtype) for _ in numbers])
        return result

    def kernel_of_one(x: Any) -> Any:
        if x.size > _FEW:
            return kernel(x)
        dtype, shape = x.dtype, x.shape
        is_narrow = x.itemsize < least_itemsize
        if is_narrow:
            x = x.astype(least)
        result = _empty(shape, x.dtype)
        if rooms == 0:
            steps(x, result)
        elif rooms == 1:
            steps(x, result, _empty(shape, x.dtype))
        else:
            steps(x, result, *[_empty(shape, x.dtype) for _ in numbers])
        return result.astype(dtype) if is_narrow else result

    return kernel_of_one if inputs == 1 else kernel


class Number(dict[Any, Any]):
    """A number as an array, for each dtype: NumPy takes longer to convert a number than to add it
    to a few others."""

    def __init__(self, value: float) -> None:
        super().__init__()
        self.value = value
        self.rows: dict[Any, Any] = {}

    def __missing__(self, dtype: Any) -> Any:
        array = self[dtype] = np.array(self.value, dtype)
        return array

    def beside(self, x: Any) -> Any:
        """The number, as often as there are elements if they are many: beside a single one NumPy's
        `maximum` and `minimum` take one element at a time."""
        if x.size <= _FEW:
            return self[x.dtype]
        row = self.rows.get(x.dtype)
        if row is None:
            row = self.rows[x.dtype] = np.full(BLOCK, self.value, x.dtype)
        return row[: x.size]


def _of_one_shape(arrays: Any) -> tuple[list[Any], tuple[int, ...]]:
    """The arrays in row-major order and in the shape to which they broadcast, and that shape."""
    shape = arrays[0].shape
    for array in arrays:
        if array.shape != shape:
            arrays = np.broadcast_arrays(*arrays)
            shape = arrays[0].shape
            break
    return [x if x.flags.c_contiguous else np.ascontiguousarray(x) for x in arrays], shape


def _each_block(steps: Any, arrays: Any, target: Any, rooms: int, dtype: Any) -> None:
    size = target.size
    length = min(BLOCK * 4 // dtype.itemsize, size)
    scratch = [_empty(length, dtype) for _ in range(rooms)]
    for start in range(0, size, length or 1):
        part = slice(start, start + length)
        out = target[part]
        if out.size < length:
            scratch = [room[: out.size] for room in scratch]
        steps(*[each[part] for each in arrays], out, *scratch)


def _widened(steps: Any, inputs: int) -> Callable[..., None]:
    """The same steps for narrow arrays, whose wide copies stand in the first of the rooms."""

    def widened(*arrays: Any) -> None:
        narrow, rooms = arrays[: inputs + 1], arrays[inputs + 1 :]
        for array, copy in zip(narrow[:-1], rooms, strict=False):
            np.copyto(copy, array)
        steps(*rooms)
        np.copyto(narrow[-1], rooms[inputs], casting="unsafe")

    return widened
