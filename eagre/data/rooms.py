"""Memory for batches that is set aside before their elements come.

A function that knows the sizes of its results writes them where they stand in the batch.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from eagre.data.cursors import Element, is_large, places_in


class Rooms:
    """The memory for batches of what a function returns."""

    __slots__ = ("_leaves",)

    def __init__(self, function: Any) -> None:
        leaves: list[Any] = function.layout.leaves
        is_graph = function.traced()[0] is not None
        is_known = is_graph and all(leaf.shape.is_fully_defined() for leaf in leaves)
        self._leaves = leaves if is_known else None

    def room(self, count: int) -> Element | None:
        """Memory for so many results; None where these are small or their sizes not known."""
        if self._leaves is None:
            return None
        sizes = [math.prod(leaf.sizes) * leaf.dtype.numpy.itemsize for leaf in self._leaves]
        if not is_large(sizes, count):
            return None
        return tuple([np.empty((count, *leaf.sizes), leaf.dtype.numpy) for leaf in self._leaves])


class RoomsAhead:
    """The memory of batches whose elements are computed ahead.

    Args:
        rooms: where it comes from.
        count: how many elements are in a batch.
        number: that of the first element of the first batch.
    """

    __slots__ = ("_begun", "_first", "_next", "_rooms", "count")

    def __init__(self, rooms: Rooms, count: int, number: int) -> None:
        self._rooms = rooms
        self.count, self._first, self._next = count, number, number
        self._begun: dict[int, Element | None] = {}

    def places(self) -> Element | None:
        """Where the next element that is computed may stand."""
        batch, row = divmod(self._next - self._first, self.count)
        self._next += 1
        room = self._room(batch)
        return None if room is None else places_in(room, row)

    def of(self, number: int) -> Element | None:
        """The memory of the batch that begins with an element, None if none does."""
        batch, row = divmod(number - self._first, self.count)
        return None if row else self._room(batch)

    def let_go(self, number: int) -> None:
        """The elements before this one have come: the consumer alone holds their batches."""
        batch = (number - self._first) // self.count
        for other in [key for key in self._begun if key < batch]:
            del self._begun[other]

    def _room(self, batch: int) -> Element | None:
        if batch not in self._begun:
            self._begun[batch] = self._rooms.room(self.count)
        return self._begun[batch]
