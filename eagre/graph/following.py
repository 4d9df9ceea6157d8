"""Which operation a gradient belongs to: how a level follows the way back through a tape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class WayBack:
    """Operations that give their line to a level, from last to first, while each is gone through.

    So what a gradient rule does carries the line of the operation that it is the gradient of.
    """

    __slots__ = ("level", "operations")

    def __init__(self, level: Any, operations: Sequence[Any]) -> None:
        self.level = level
        self.operations = operations

    def __len__(self) -> int:
        return len(self.operations)

    def __getitem__(self, index: int) -> Any:
        return self.operations[index]

    def __reversed__(self) -> Iterator[Any]:
        level = self.level
        before = level.line
        try:
            for entry in reversed(self.operations):
                line = None if entry[0] is None else level.line_of(entry)
                level.line = before if line is None else f"{line} (gradient of {entry[0].public})"
                yield entry
        finally:
            level.line = before
