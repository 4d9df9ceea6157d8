"""Cursors that call a function for each element, or for many stacked ones at once.

A function whose operations are exact one element at a time has the same bits for stacked ones. If
it fails for these, they are gone through again one by one: so the error is that of its element,
and what comes before it is not lost.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from eagre.data.cursors import Cursor, Element, joined
from eagre.data.functions import truth
from eagre.data.rooms import Rooms
from eagre.data.sources import row


class CountingCursor(Cursor):
    """A cursor that knows how many elements of its input it has read.

    Args:
        seed: decides the random numbers of its function.
    """

    __slots__ = ("_input", "_number", "_seed", "_stage")

    def __init__(self, stage: Any, source: Cursor, seed: int | None = None) -> None:
        self._stage, self._input, self._seed = stage, source, seed
        self._number = 0

    def _applied(self, element: Element, places: Element | None = None) -> Element:
        """What the function returns for the element that was read last."""
        self._number += 1
        return self._stage.apply_to(element, self._number - 1, self._seed, places)

    def state(self) -> Any:
        return [self._number, self._input.state()]

    def restore(self, state: Any) -> None:
        self._number, position = state
        self._input.restore(position)


class _StackedCursor(CountingCursor):
    """Calls the function for stacked elements where that gives the same bits.

    `_rest` are elements to be gone through one by one, of which `_taken` have come, and `_before`
    is the state of the input before them.
    """

    __slots__ = ("_before", "_rest", "_taken")

    def __init__(self, stage: Any, source: Cursor, seed: int | None = None) -> None:
        super().__init__(stage, source, seed)
        self._rest: deque[Element] = deque()
        self._before: Any = None
        self._taken = 0

    def gives_rows(self) -> bool:
        return self._stage.function.is_whole() and not self._rest

    def _read(self) -> Element | None:
        """The next element of the input."""
        if not self._rest:
            return self._input.next()
        self._taken += 1
        return self._rest.popleft()

    def _stacked(self, count: int) -> tuple[Element, Element] | None:
        """The next elements of the input and what the function returns: () where it failed."""
        function = self._stage.function
        before = self._input.state() if function.may_fail() else None
        found = self._input.rows(count)
        if found is None:
            return None
        try:
            results = function.on_rows(found)
        except Exception:
            if not function.may_fail():
                raise
            self._before, self._taken = before, 0
            self._rest.extend(
                tuple([row(part, place) for part in found]) for place in range(len(found[0]))
            )
            return found, ()
        self._number += len(found[0])
        return found, results

    def state(self) -> Any:
        if self._rest:
            return [self._number, self._before, self._taken]
        return [*super().state(), 0]

    def restore(self, state: Any) -> None:
        *inner, taken = state
        super().restore(inner)
        self._input.pass_over(taken)


class MapCursor(_StackedCursor):
    """What the function returns. The state is that of a cursor with threads."""

    __slots__ = ("_rooms",)

    def __init__(self, stage: Any, source: Cursor, seed: int | None = None) -> None:
        super().__init__(stage, source, seed)
        self._rooms = Rooms(stage.function)

    def next(self) -> Element | None:
        element = self._read()
        return None if element is None else self._applied(element)

    def room(self, count: int) -> Element | None:
        return self._rooms.room(count)

    def next_into(self, places: Element) -> Element | None:
        element = self._read()
        return None if element is None else self._applied(element, places)

    def rows(self, count: int) -> Element | None:
        if not self.gives_rows():
            return super().rows(count)
        found = self._stacked(count)
        if found is None:
            return None
        return found[1] or super().rows(count)

    def pass_over(self, count: int) -> None:
        if self._rest or not self._stage.function.is_certain():
            super().pass_over(count)
            return
        self._number += count
        self._input.pass_over(count)


class FilterCursor(_StackedCursor):
    """The elements for which the function is true."""

    __slots__ = ()

    def next(self) -> Element | None:
        while (element := self._read()) is not None:
            if truth(self._applied(element)):
                return element
        return None

    def rows(self, count: int) -> Element | None:
        """As many are read as are wanted, then as many as are missing, and so on."""
        kept: list[Element] = []
        while count and self.gives_rows():
            found = self._stacked(count)
            if found is None:
                break
            if found[1]:
                chosen = tuple([part[found[1][0]] for part in found[0]])
                kept.append(chosen)
                count -= len(chosen[0])
        if count and not self.gives_rows():
            others = super().rows(count)
            kept.extend([] if others is None else [others])
        kept = [piece for piece in kept if len(piece[0])]
        return joined(kept) if kept else None


class TakeWhileCursor(CountingCursor):
    """The elements before the first for which the function is false."""

    __slots__ = ("_is_over",)

    def __init__(self, stage: Any, source: Cursor, seed: int | None) -> None:
        super().__init__(stage, source, seed)
        self._is_over = False

    def next(self) -> Element | None:
        element = None if self._is_over else self._input.next()
        if element is None:
            return None
        if truth(self._applied(element)):
            return element
        self._is_over = True
        return None

    def state(self) -> Any:
        return [self._is_over, *super().state()]

    def restore(self, state: Any) -> None:
        self._is_over, *inner = state
        super().restore(inner)
