"""What a user may write in brackets, and how it becomes the key of a slice."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import DTypeMismatchError
from eagre.core.tensor import EagerTensor, Tensor
from eagre.primitives.known_values import known_value

_array_type: Any = np.ndarray
_sequence_types: Any = (tuple, list)


class Bound:
    """In the key of a slice: the place of an index that is a tensor, input number `number`."""

    __slots__ = ("number",)

    def __init__(self, number: int) -> None:
        self.number = number

    def __repr__(self) -> str:
        return f"Bound({self.number})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bound) and other.number == self.number

    def __hash__(self) -> int:
        return hash(self.number)


def filled_key(key: Any, bounds: Any) -> Any:
    """The key with the values of its bounds in place."""
    def value(part: Any) -> Any:
        return int(bounds[part.number]) if isinstance(part, Bound) else part

    return tuple(
        slice(value(part.start), value(part.stop), value(part.step))
        if part.__class__ is slice
        else value(part)
        for part in key
    )


def mask_of(key: Any) -> Tensor | None:
    """The key as a boolean mask, None where it is none."""
    if isinstance(key, Tensor):
        return key if key.dtype is dtypes.bool_ else None
    if isinstance(key, _array_type) and key.dtype == np.bool_:
        return to_tensor(key)
    return None


def parse_key(key: Any) -> tuple[tuple[Any, ...], list[Tensor]]:
    """The parts of a key, and the tensors among them whose values are not known yet."""
    bounds: list[Tensor] = []
    if not isinstance(key, _sequence_types):
        return (_part(key, bounds),), bounds
    return tuple([_part(part, bounds) for part in key]), bounds


def _part(part: Any, bounds: list[Tensor]) -> Any:
    if part is None or part is Ellipsis:
        return part
    if part.__class__ is slice:
        start, stop, step = part.start, part.stop, part.step
        return slice(_end(start, bounds), _end(stop, bounds), _end(step, bounds))
    return _index(part, bounds)


def _end(end: Any, bounds: list[Tensor]) -> Any:
    return end if end is None or end.__class__ is int else _index(end, bounds)


def _index(part: Any, bounds: list[Tensor]) -> Any:
    if part.__class__ is int:
        return part
    if part.__class__ is not EagerTensor and hasattr(part, "__tensor__"):
        part = part.__tensor__(None)
    if isinstance(part, Tensor) and not isinstance(part, EagerTensor):
        if part.dtype.is_integer and part.sizes in ((), None):
            known = known_value(part)
            if known is not None and not known.shape:
                return int(known)
            bounds.append(part)
            return Bound(len(bounds) - 1)
    elif not isinstance(part, bool) and hasattr(part, "__index__"):
        try:
            return part.__index__()
        except TypeError:
            pass
    raise DTypeMismatchError(
        "tensor[...] expected integers, slices (`:`), Ellipsis (`...`), tf.newaxis (`None`), "
        f"scalar integer tensors, or one boolean mask. Received: {part!r}. "
        "Use tf.gather for a list of indices."
    )
