"""How a tape lets go of values on the way back: each as soon as no gradient needs it any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.core.outline import outline

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGE = 1 << 16
"""Bytes of a value from which on it matters when it is let go."""


class Released:
    """Operations that lose their values, from last to first, while each is gone through."""

    __slots__ = ("operations",)

    def __init__(self, operations: list[Any]) -> None:
        self.operations = operations

    def __iter__(self) -> Iterator[Any]:
        return iter(self.operations)

    def __reversed__(self) -> Iterator[Any]:
        operations = self.operations
        for place in range(len(operations) - 1, -1, -1):
            yield operations[place]
            operations[place] = hollow(operations[place])


def hollow(entry: Any) -> Any:
    """An operation with outlines in the places of values."""
    primitive, inputs, params, output = entry
    outputs = tuple(map(outline, output)) if output.__class__ is tuple else outline(output)
    return primitive, tuple(map(outline, inputs)), params, outputs
