"""Gradients that are there or not, as values tell when a graph runs.

Eager code has no gradient where nothing was computed. A graph does not know before it runs which
branch is taken and how often a loop goes round, and a zero would not do: times infinity it is NaN,
and added to -0.0 it is 0.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.core.conversion import to_tensor
from eagre.primitives.comparison import logical_or, select
from eagre.primitives.indexed_slices import IndexedSlices

if TYPE_CHECKING:
    from eagre.core.tensor import Tensor


class Perhaps:
    """A gradient of which a bool scalar, `is_there`, tells whether something was computed.

    Where nothing was `value` is -0.0, which changes no bit of what is added to it, or slices of
    any value.
    """

    __slots__ = ("is_there", "value")

    def __init__(self, value: Any, is_there: Tensor) -> None:
        self.value = value
        self.is_there = is_there

    def __add__(self, other: Any) -> Any:
        if other.__class__ is not Perhaps:
            return to_tensor(self) + other
        total = to_tensor(self) + to_tensor(other)
        return Perhaps(total, logical_or(self.is_there, other.is_there))

    def __tensor__(self, dtype: Any) -> Tensor:
        if self.value.__class__ is IndexedSlices:
            return _if(self.is_there, to_tensor(self.value), None)
        return self.value

    def __composite__(self) -> tuple[list[Any], Any]:
        return [to_tensor(self), self.is_there], _rebuild


def _rebuild(parts: list[Any]) -> Perhaps:
    return Perhaps(*parts)


def _if(is_there: Tensor, value: Tensor, other: Any) -> Tensor:
    """The value, else another one; what changes no bit if that is None."""
    return select(is_there, value, -to_tensor(0, value.dtype) if other is None else other)


def settled(grad: Any) -> Any:
    """What a user gets: a tensor in place of `Perhaps`."""
    return to_tensor(grad) if grad.__class__ is Perhaps else grad


def zeros_if_absent(grad: Any) -> Any:
    """A gradient, with zeros in place of nothing."""
    if grad.__class__ is not Perhaps:
        return grad
    value = to_tensor(grad)
    return _if(grad.is_there, value, to_tensor(0, value.dtype))


def added_if(is_there: Tensor, new: Any, old: Any) -> Any:
    """The sum `new` where there was something to be added to `old`, which may be None."""
    if old is None:
        is_sparse = new.__class__ is IndexedSlices
        return Perhaps(new if is_sparse else _if(is_there, new, None), is_there)
    total = _if(is_there, to_tensor(new), to_tensor(old))
    is_sure = old.__class__ is not Perhaps
    return total if is_sure else Perhaps(total, logical_or(is_there, old.is_there))


def either(flags: Any) -> Any:
    """Whether one of some is there: True, False, or a tensor where only values tell."""
    if True in [flag for flag in flags if flag.__class__ is bool]:
        return True
    tensors = [flag for flag in flags if flag.__class__ is not bool]
    found: Any = tensors[0] if tensors else False
    for each in tensors[1:]:
        found = logical_or(found, each)
    return found
