"""`Clock`: how long the consumer of a pipeline waits, and for which of the stages.

Looking at the time costs as much as a cheap stage does. So the clock is on for a while at the start
and again each time twice as many elements have come, and between these cursors call each other as
if there were none.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

if TYPE_CHECKING:
    from eagre.data.cursors import Cursor
    from eagre.data.dataset import Dataset

_SECONDS, _LEAST, _ELEMENTS = 0.05, 10, 1000
"""The clock is on for so long and so many elements at least, and for so many at most."""


class Tally:
    """How long the calls of one stage have taken, those of its inputs included."""

    __slots__ = ("seconds",)

    def __init__(self) -> None:
        self.seconds = 0.0


class Clock:
    """The tallies of the stages of one run, while `is_on`."""

    def __init__(self) -> None:
        self.is_on = True
        self.elements = 0
        """How many elements came while it was on."""
        self.due = 1
        """The number of elements after which `look` is to be called."""
        self._tallies: dict[int, Tally] = {}
        self._cursors: WeakSet[TimedCursor] = WeakSet()
        self._since = perf_counter()
        self._first = 0

    def timed(self, node: Dataset, cursor: Cursor) -> Any:
        """The cursor of a stage, under observation."""
        tally = self._tallies.setdefault(id(node), Tally())
        found = TimedCursor(cursor, tally)
        found.switch(self.is_on)
        self._cursors.add(found)
        return found

    def begin(self, position: int) -> None:
        """The run begins where so many elements have come."""
        self._first, self.due = position, position + 1

    def look(self, position: int) -> None:
        """So many elements have come: go on measuring, stop, or begin again."""
        if not self.is_on:
            self._since, self._first = perf_counter(), position
            self._switch(True)
        self.due = position + 1
        count, spent = position - self._first, perf_counter() - self._since
        if count >= _ELEMENTS or count >= _LEAST and spent > _SECONDS:
            self.elements += count
            self._first = position
            self._switch(False)
            self.due = max(2 * position, position + _ELEMENTS)

    def stop(self, position: int) -> None:
        """The end."""
        if self.is_on:
            self.elements += position - self._first
            self._first = position

    def _switch(self, is_on: bool) -> None:
        self.is_on = is_on
        for cursor in list(self._cursors):
            cursor.switch(is_on)

    def seconds(self, node: Dataset) -> float:
        """How long the calls of a stage took, those of its inputs included."""
        tally = self._tallies.get(id(node))
        return tally.seconds if tally else 0.0

    def shares(self, last: Dataset) -> dict[int, float]:
        """For each stage, by identity, which part of the waiting it is the reason of.

        What is computed ahead is the reason as far as somebody waits for it.
        """
        found: dict[int, float] = {}
        total = self.seconds(last)
        pending = [(last, 1.0)] if total > 0 else []
        while pending:
            node, part = pending.pop()
            own, inner = self.seconds(node), sum(self.seconds(each) for each in node.inputs)
            if own <= 0:
                found.update({id(node): 0.0} if id(node) in self._tallies else {})
                continue
            whole = inner if node.is_threaded() and inner > 0 else max(own, inner)
            found[id(node)] = found.get(id(node), 0.0) + part * (1 - inner / whole)
            pending.extend((each, part * self.seconds(each) / whole) for each in node.inputs)
        return found


class TimedCursor:
    """A cursor whose calls are timed, or called directly: it has the methods of the moment."""

    __slots__ = ("__weakref__", "_cursor", "_tally", "elements", "next", "rows")

    def __init__(self, cursor: Cursor, tally: Tally) -> None:
        self._cursor, self._tally = cursor, tally

    def switch(self, is_on: bool) -> None:
        """Time the calls from now on, or no longer."""
        for name in ("next", "rows", "elements"):
            method = getattr(self._cursor, name)
            setattr(self, name, _timed(method, self._tally) if is_on else method)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


def _timed(method: Any, tally: Tally) -> Any:
    def call(*args: Any) -> Any:
        start = perf_counter()
        try:
            return method(*args)
        finally:
            tally.seconds += perf_counter() - start

    return call
