"""Vectors that have one value at an index and another elsewhere."""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes
from eagre.core.conversion import scalar, to_tensor
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.core.tensor import SymbolicTensor
from eagre.ops.axes import integer_of
from eagre.ops.shaping import cast
from eagre.primitives.families import known_number
from eagre.primitives.one_hot import one_hot as one_hot_primitive


def one_hot(
    indices: Any,
    depth: Any,
    on_value: Any = None,
    off_value: Any = None,
    axis: Any = None,
    dtype: Any = None,
    name: str | None = None,
) -> Any:
    """Vectors of length `depth` with `on_value` at each index, zeros for indices outside.

    >>> tf.one_hot([0, 2], 3).numpy()
    array([[1., 0., 0.],
           [0., 0., 1.]], dtype=float32)
    """
    indices, depth = _indices_of(indices), _depth_of(depth)
    given = [v for v in (on_value, off_value) if v is not None]
    target = dtypes.float32 if dtype is None else dtypes.as_dtype(dtype)
    if dtype is None and given:
        target = to_tensor(given[0]).dtype
    on = scalar(1 if on_value is None else on_value, target, "one_hot")
    off = scalar(0 if off_value is None else off_value, target, "one_hot")
    place = -1 if axis is None else integer_of(axis)
    if place < -1:
        raise InvalidArgumentError(f"one_hot expected an axis of at least -1. Received: {axis=}")
    if depth.__class__ is int:
        return one_hot_primitive.door(indices, on, off, depth=depth, axis=place)
    return one_hot_primitive(indices, on, off, depth, depth=None, axis=place)


def _indices_of(value: Any) -> Any:
    """The indices of `one_hot`; a list without elements has any dtype."""
    indices = to_tensor(value, name="one_hot")
    if isinstance(value, list | tuple) and 0 in (indices.sizes or ()):
        return cast(indices, dtypes.int32)
    if not indices.dtype.is_integer:
        raise DTypeMismatchError(
            f"one_hot expected integer indices. Received: indices.dtype={indices.dtype.name}"
        )
    return indices


def _depth_of(depth: Any) -> Any:
    """The length of the vectors: an int, or a tensor that is known later."""
    if isinstance(depth, SymbolicTensor):
        known = known_number(depth)
        return depth if known is None or known < 0 else known
    depth = integer_of(depth, "depth")
    if depth < 0:
        raise InvalidArgumentError(f"one_hot expected a depth of at least 0. Received: {depth=}")
    return depth
