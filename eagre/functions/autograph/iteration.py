"""What a loop of the graph can go through: the parts of tensors, numbered and side by side."""

from __future__ import annotations

from typing import Any

from eagre.core.conversion import to_tensor
from eagre.functions.autograph.lists import GrowingList
from eagre.functions.autograph.values import is_symbolic
from eagre.primitives.rearrangement import shape_of_tensor


class Rows:
    """The parts of a tensor along its first axis."""

    def __init__(self, tensor: Any) -> None:
        self.tensor = to_tensor(tensor, name="for")
        if self.tensor.sizes == ():
            raise TypeError(
                "for expected a tensor with at least one axis. Received: shape=(). "
                "Use tf.range to count."
            )

    def count(self) -> Any:
        """How many parts there are."""
        sizes = self.tensor.sizes
        if sizes is not None and sizes[0] is not None:
            return sizes[0]
        return shape_of_tensor(self.tensor)[0]

    def item(self, index: Any) -> Any:
        """One part."""
        return self.tensor[index]

    def __iter__(self) -> Any:
        return iter(self.tensor)


class Enumerated:
    """`enumerate(tensor, start)`."""

    def __init__(self, iterable: Any, start: Any = 0) -> None:
        self.parts = sequence_of(iterable)
        self.start = start

    def count(self) -> Any:
        """How many items there are."""
        return self.parts.count()

    def item(self, index: Any) -> Any:
        """The number of an item and the item."""
        return index + self.start, self.parts.item(index)

    def __iter__(self) -> Any:
        return enumerate(self.parts, self.start)


class Zipped:
    """`zip(…)` of tensors."""

    def __init__(self, *iterables: Any) -> None:
        self.parts = [sequence_of(each) for each in iterables]

    def count(self) -> Any:
        """How many items the shortest has."""
        from eagre.ops.math import minimum

        count = self.parts[0].count()
        for each in self.parts[1:]:
            other = each.count()
            are_ints = isinstance(count, int) and isinstance(other, int)
            count = min(count, other) if are_ints else minimum(count, other)
        return count

    def item(self, index: Any) -> Any:
        """The items at one place."""
        return tuple([each.item(index) for each in self.parts])

    def __iter__(self) -> Any:
        return zip(*self.parts, strict=False)


SEQUENCES = (Rows, Enumerated, Zipped)


def sequence_of(iterable: Any) -> Any:
    """The parts of a symbolic tensor or of several; None for what Python iterates."""
    if isinstance(iterable, SEQUENCES):
        return iterable
    if isinstance(iterable, GrowingList):
        return Rows(iterable)
    return Rows(iterable) if is_symbolic(iterable) else None
