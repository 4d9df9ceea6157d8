"""Datasets of an `interleave` that are being read, each by who asks or by threads, ahead of it."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from eagre.data.cursors import Element, Run
    from eagre.data.dataset import Dataset
    from eagre.data.pace import Pace
    from eagre.data.workers import Task, Workers

    Opened = Callable[[], tuple[Dataset, Run]]

_MOST, _AT_ONCE = 64, 1e-3
"""A thread reads so many elements of a dataset in one go, unless they take longer than this."""


def begun(opened: Opened, saved: Any) -> Run:
    """A run through a dataset, from the start or from where a saved one stood."""
    dataset, run = opened()
    if saved and saved[0] is not None:
        run.restore(dataset, saved[0])
        run.cursor.pass_over(saved[1])
    return run


class Turn:
    """A dataset that is read by who asks; `before` is the state of the input before its element."""

    __slots__ = ("_opened", "_run", "before", "number")

    def __init__(self, before: Any, number: int, opened: Opened, saved: Any) -> None:
        self.before, self.number = before, number
        self._opened = opened
        self._run: Run | None = begun(opened, saved) if saved else None

    @property
    def is_open(self) -> bool:
        """Whether the dataset could be opened."""
        return self._run is not None

    def next(self) -> Element | None:
        """The next element, None at the end."""
        if self._run is None:
            self._run = begun(self._opened, None)
        return self._run.cursor.next()

    def state(self) -> Any:
        """Where the dataset stood (None: at the start), and how many elements have come since."""
        return [None if self._run is None else self._run.state(), 0]


class _Reader:
    """Reads a dataset a few elements at a time; it is all that a thread knows of its turn."""

    __slots__ = ("opened", "pace", "run", "saved")

    def __init__(self, opened: Opened, saved: Any, pace: Pace) -> None:
        self.opened, self.saved, self.pace = opened, saved, pace
        self.run: Run | None = None

    def read(self) -> _Portion:
        """The next elements."""
        portion = _Portion(self.saved)
        try:
            if self.run is None:
                self.run = begun(self.opened, self.saved)
            portion.position = [self.run.state(), 0]
            self._read_into(portion, self.run)
        except BaseException as error:
            portion.error = error
            portion.after = [None if self.run is None else self.run.state(), 0]
        return portion

    def _read_into(self, portion: _Portion, run: Run) -> None:
        start, elements = perf_counter(), portion.elements
        spent = 0.0
        while len(elements) < _MOST and spent < _AT_ONCE:
            element = run.cursor.next()
            spent = perf_counter() - start
            if element is None:
                portion.is_last = True
                break
            elements.append(element)
        self.pace.observe(spent / (len(elements) or 1))


class _Portion:
    """Elements, the position before them, and what came after: an error, the end, or more."""

    __slots__ = ("after", "elements", "error", "is_last", "position")

    def __init__(self, position: Any) -> None:
        self.position = self.after = position
        self.elements: list[Element] = []
        self.error: BaseException | None = None
        self.is_last = False


class AheadTurn:
    """A dataset of which threads read a portion while who asks goes through the one before."""

    __slots__ = ("_place", "_portion", "_reader", "_task", "_workers", "before", "is_open",
                 "number")  # fmt: skip

    def __init__(
        self, before: Any, number: int, opened: Opened, saved: Any, pace: Pace, workers: Workers
    ) -> None:
        self.before, self.number = before, number
        self._reader = _Reader(opened, saved, pace)
        self._workers = workers
        self._portion = _Portion(saved or [None, 0])
        self._place = 0
        self.is_open = False
        self._task: Task | None = workers.call(self._reader.read)

    def next(self) -> Element | None:
        """The next element, None at the end."""
        while self._place == len(self._portion.elements):
            portion = self._portion
            if portion.error is not None:
                self._portion, self._place = _Portion(portion.after), 0
                raise portion.error
            if portion.is_last or self._task is None:
                return None
            self._portion = self._workers.wait(self._task)
            self._place = 0
            self.is_open = self._reader.run is not None
            goes_on = self.is_open and not self._portion.is_last
            self._task = self._workers.call(self._reader.read) if goes_on else None
        self._place += 1
        return self._portion.elements[self._place - 1]

    def state(self) -> Any:
        """Where the dataset stood before the portion, and how many of this have come."""
        position, more = self._portion.position, self._place
        return [position[0], position[1] + more]
