"""Borders around the elements."""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes, structure
from eagre.core.conversion import scalar, to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.core.tensor import SymbolicTensor
from eagre.ops.axes import array_of, plain_pairs
from eagre.primitives import arithmetic, comparison, indexing, padding, rearrangement
from eagre.primitives.checking import demand
from eagre.primitives.known_values import known_value


def pad(
    tensor: Any,
    paddings: Any,
    mode: str = "CONSTANT",
    constant_values: Any = 0,
    name: str | None = None,
) -> Any:
    """A border around the elements: `paddings` has a pair (before, after) for each axis.

    >>> tf.pad([1, 2], [[1, 1]]).numpy()
    array([0, 1, 2, 0], dtype=int32)
    """
    x = to_tensor(tensor)
    if not plain_pairs(paddings) and _holds_symbolic(paddings):
        vector = to_tensor(paddings, name="pad(paddings)")
        if known_value(vector) is None:
            return _padded_by_tensors(x, vector, mode, constant_values)
        paddings = vector
    pairs = _pairs(paddings)
    if mode.upper() == "CONSTANT":
        value = scalar(_border(constant_values, x), x.dtype, "pad")
        return padding.pad.door(x, value, paddings=pairs)
    if mode.upper() not in ("REFLECT", "SYMMETRIC"):
        raise ValueError(
            f"pad expected a mode of CONSTANT, REFLECT or SYMMETRIC. Received: mode={mode!r}"
        )
    return padding.mirror_pad.door(x, paddings=pairs, edge=int(mode.upper() == "REFLECT"))


def _pairs(paddings: Any) -> tuple[tuple[int, int], ...]:
    """The sizes before and after each axis."""
    if rows := plain_pairs(paddings):
        return tuple([(row[0], row[1]) for row in rows])
    table = array_of(paddings, "paddings")
    if table.ndim != 2 or table.shape[1] != 2 or table.dtype.kind not in "iu":
        raise InvalidArgumentError(
            "pad expected paddings of a pair of integers (before, after) for each axis. "
            f"Received: paddings={paddings}"
        )
    return tuple([(before, after) for before, after in table.tolist()])


def _holds_symbolic(paddings: Any) -> bool:
    return any(isinstance(each, SymbolicTensor) for each in structure.flatten(paddings))


def _padded_by_tensors(x: Any, paddings: Any, mode: str, constant_values: Any) -> Any:
    """A border of one value whose width is known when the graph runs."""
    if mode.upper() != "CONSTANT" or x.ndim is None:
        raise paddings.has_no_value("pad(paddings)")
    if not paddings.shape.is_compatible_with([x.ndim, 2]) or not paddings.dtype.is_integer:
        raise InvalidArgumentError(
            "pad expected paddings of a pair of integers (before, after) for each axis. "
            f"Received: paddings={paddings}"
        )
    value = to_tensor(_border(constant_values, x), x.dtype, name="pad")
    message = "pad expected paddings of at least 0. Received: paddings="
    holds = comparison.greater_equal.door(paddings, to_tensor(0, paddings.dtype))
    paddings = demand(paddings, holds, message=message)
    for axis in range(x.ndim):
        sizes = rearrangement.shape_of_tensor(x)
        ends = []
        for side in range(2):
            width = rearrangement.reshape(indexing.getitem(paddings, (axis, side)), (1,))
            width = arithmetic.cast(width, dtype=dtypes.int32)
            parts = (sizes[:axis], width, sizes[axis + 1 :])
            shape = rearrangement.concat(*parts, axis=0)
            ends.append(rearrangement.broadcast_to(value, shape))
        x = rearrangement.concat(ends[0], x, ends[1], axis=axis)
    return x


def _border(value: Any, x: Any) -> Any:
    """The value of a border: 0 stands for False and for the empty string too."""
    if value.__class__ not in (int, float, bool, str) or value:
        return value
    return {"bool": False, "string": ""}.get(x.dtype.name, 0)
