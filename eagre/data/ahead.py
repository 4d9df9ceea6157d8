"""`prefetch`: elements that a thread computes before they are wanted.

Each element that waits has with it where the source stood: a snapshot that is taken every so often,
and how many elements have come since. So an iterator that is saved stands where its consumer does.
"""

from __future__ import annotations

from collections import deque
from threading import Condition
from time import perf_counter
from typing import Any

from eagre.data.cursors import Cursor, Element
from eagre.data.pace import AUTOTUNE, RAM_BUDGET, duration
from eagre.data.workers import Helper

WORTHWHILE = 100e-6
"""A thread helps where both an element and what is done with it take longer than this."""
_SNAPSHOTS = 0.02
"""The seconds of work after which a snapshot is taken: as much is done again after a restore."""
_FIRST, _LARGEST = 2, 16


class Stock:
    """How many elements `prefetch` may have waiting, and whether it needs a thread at all.

    For `AUTOTUNE` there are 2 at first. Each time the consumer finds none after all places had been
    full, there are twice as many, up to 16 and within the bound of memory.
    """

    def __init__(self, asked: int, options: Any) -> None:
        tuning = options.autotune
        self._is_tuned = tuning.enabled is not False
        self._grows = asked == AUTOTUNE
        self._budget = tuning.ram_budget or RAM_BUDGET
        self.places = _FIRST if self._grows else asked
        self.is_threaded = not self._is_tuned and self.places > 0
        self.making = self.using = 0.0
        """The mean seconds that an element takes, and those that its consumer takes."""
        self._noted = 0
        self._was_full = False

    def note(self, making: float, using: float) -> None:
        """An element was made in the caller's thread, which had been away for a time."""
        self.making += (making - self.making) * (0.25 if self.making else 1.0)
        self.using += (using - self.using) * (0.25 if self.using else 1.0)
        self._noted += 1
        if self._is_tuned and self._noted > 2:
            self.is_threaded = min(self.making, self.using) > WORTHWHILE and self.places > 0

    def find(self, waiting: int, element: Any) -> None:
        """The consumer comes and finds so many elements, of which it takes one."""
        if self._grows and waiting == 0 and self._was_full:
            size = sum(part.nbytes for part in element if hasattr(part, "nbytes"))
            if 2 * self.places <= _LARGEST and 2 * self.places * size <= self._budget:
                self.places *= 2
            self._was_full = False
        elif waiting >= self.places:
            self._was_full = True

    def __str__(self) -> str:
        if self.is_threaded:
            return f"in a thread, up to {self.places} elements ahead"
        return f"in the caller's thread: {duration(self.making)} an element"


class _Waiting:
    """An element or error that waits, and where the source stands after it."""

    __slots__ = ("count", "element", "error", "snapshot")

    def __init__(self, element: Any, error: Any, snapshot: Any, count: int) -> None:
        self.element, self.error = element, error
        self.snapshot, self.count = snapshot, count


class _Shelf:
    """What a producing thread and its consumer share."""

    def __init__(self, places: int) -> None:
        self.places = places
        self.waiting: deque[_Waiting] = deque()
        self.changed = Condition()
        self.is_closed = False


class Producer(Helper):
    """A thread that goes through a cursor, as far ahead as there are places."""

    def __init__(self, source: Cursor, snapshot: Any, places: int) -> None:
        super().__init__()
        self.shelf = _Shelf(places)
        self.begin("Dataset.prefetch", _produce, source, self.shelf, snapshot)

    def waiting(self) -> int:
        """How many elements wait."""
        return len(self.shelf.waiting)

    def take(self, places: int) -> _Waiting:
        """The next element, as soon as it is there."""
        self.demand_threads()
        shelf = self.shelf
        with shelf.changed:
            shelf.places = places
            while not shelf.waiting:
                shelf.changed.wait()
            found = shelf.waiting.popleft()
            shelf.changed.notify_all()
        return found

    def close(self) -> None:
        """The thread ends after the element that it makes now."""
        shelf: Any = getattr(self, "shelf", None)
        if shelf is not None:
            with shelf.changed:
                shelf.is_closed = True
                shelf.changed.notify_all()


def _produce(source: Cursor, shelf: _Shelf, snapshot: Any) -> None:
    count = 0
    since = perf_counter()
    while True:
        element, error = None, None
        try:
            element = source.next()
            count += element is not None
            if perf_counter() - since > _SNAPSHOTS:
                snapshot, count, since = source.state(), 0, perf_counter()
        except BaseException as raised:
            error = raised
            snapshot, count = source.state(), 0
        with shelf.changed:
            while len(shelf.waiting) >= shelf.places and not shelf.is_closed:
                shelf.changed.wait()
            if shelf.is_closed:
                return
            shelf.waiting.append(_Waiting(element, error, snapshot, count))
            shelf.changed.notify_all()
        if element is None and error is None:
            return
        del element, error


class AheadCursor(Cursor):
    """Another cursor's elements, which a thread may make before they are wanted."""

    __slots__ = ("_count", "_input", "_is_over", "_left", "_producer", "_snapshot", "_stock")

    def __init__(self, source: Cursor, stock: Stock) -> None:
        self._input, self._stock = source, stock
        self._producer: Producer | None = None
        self._snapshot: Any = None
        self._count = 0
        self._is_over = False
        self._left = 0.0

    def next(self) -> Element | None:
        if self._producer is not None:
            return self._ready()
        if self._stock.is_threaded and not self._is_over:
            self._begin()
            return self._ready()
        return self._made()

    def gives_rows(self) -> bool:
        return self._producer is None and self._input.gives_rows()

    def rows(self, count: int) -> Element | None:
        return self._input.rows(count) if self.gives_rows() else super().rows(count)

    def _begin(self) -> None:
        """From now on a thread makes the elements."""
        self._snapshot, self._count = self._input.state(), 0
        self._producer = Producer(self._input, self._snapshot, self._stock.places)

    def _made(self) -> Element | None:
        """An element that is made now; the next one is left to a thread if that helps."""
        start = perf_counter()
        found = self._input.next()
        end = perf_counter()
        if self._left:
            self._stock.note(end - start, start - self._left)
        self._left = end
        self._is_over = found is None
        if self._stock.is_threaded and not self._is_over:
            self._begin()
        return found

    def _ready(self) -> Element | None:
        """An element that the thread makes."""
        if self._is_over or self._producer is None:
            return None
        waiting = self._producer.waiting()
        found = self._producer.take(self._stock.places)
        self._snapshot, self._count = found.snapshot, found.count
        if found.error is not None:
            raise found.error
        if found.element is None:
            self._is_over = True
            return None
        self._stock.find(waiting, found.element)
        return found.element

    def state(self) -> Any:
        """Where the source stood at a snapshot, and how many elements have come since."""
        if self._producer is None:
            return [self._input.state(), 0]
        return [self._snapshot, self._count]

    def restore(self, state: Any) -> None:
        position, count = state
        self._input.restore(position)
        self._input.pass_over(count)
