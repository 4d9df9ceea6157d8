"""`shuffle`: a permutation of numbers where elements have numbers, else a window of elements.

A window is not saved: which elements stand in it follows from the seed and from how many have
left it, and these are fetched again.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.data.cursors import Course, Cursor, Draws, Element, permutation
from eagre.data.dataset import Dataset
from eagre.data.sources import new_seed
from eagre.data.specs import integer
from eagre.data.trails import following


class Shuffle(Dataset):
    """Elements in an order that a seed decides."""

    def __init__(self, source: Dataset, buffer_size: Any, seed: Any, differs: bool) -> None:
        super().__init__(source.element_spec, source, stage="shuffle")
        size = integer(buffer_size, "Dataset.shuffle(buffer_size)")
        if size is not None and size < 0 and source.size() >= 0:
            size = max(source.size(), 1)  # UNKNOWN stands for all
        self.waiting: Any = size
        if size is not None:
            self.waiting = integer(size, "Dataset.shuffle(buffer_size)", 1)
        self.seed = new_seed(seed, "Dataset.shuffle", differs)

    def begin(self, run: Course, key: int) -> Cursor:
        source, seed = self.inputs[0], run.seed(self, key)
        if not source.is_indexed:
            return _WindowCursor(source.cursor(run, key), self.waiting, seed)
        if self.waiting >= source.size():
            return _PermutationCursor(source, seed)
        return _IndexWindowCursor(source, self.waiting, seed)

    def detail(self) -> str:
        source = self.inputs[0]
        if source.is_indexed and self.waiting >= source.size():
            return "; a permutation of numbers"
        return f"; a window of {self.waiting} {'numbers' if source.is_indexed else 'elements'}"


class _PermutationCursor(Cursor):
    """Elements by their numbers, in a permutation that is made when the first is wanted."""

    __slots__ = ("_order", "_position", "_seed", "_size", "_source")

    def __init__(self, source: Dataset, seed: int) -> None:
        self._source, self._seed = source, seed
        self._size = source.size()
        self._position = 0
        self._order: Any = None

    def _numbers(self, count: int) -> Any:
        if self._order is None:
            self._order = permutation(self._size, self._seed)
        start = self._position
        self._position = min(start + count, self._size)
        return self._order[start : self._position]

    def next(self) -> Element | None:
        numbers = self._numbers(1)
        return self._source.element(int(numbers[0])) if len(numbers) else None

    def rows(self, count: int) -> Element | None:
        numbers = self._numbers(count)
        return self._source.gather(numbers) if len(numbers) else None

    def skip(self, count: int) -> int:
        return len(self._numbers(count))

    def state(self) -> Any:
        return self._position

    def restore(self, state: Any) -> None:
        self._position = state


class _IndexWindowCursor(Cursor):
    """A window of numbers over a dataset that gives elements by their numbers."""

    __slots__ = ("_draws", "_left", "_read", "_seed", "_size", "_source", "_waiting", "_window")

    def __init__(self, source: Dataset, window: int, seed: int) -> None:
        self._source, self._window = source, window
        self._size = source.size()
        self._draws = Draws(seed)
        self._waiting: list[int] = []
        self._read = self._left = 0

    def _number(self) -> int:
        """The number of the next element, -1 at the end."""
        waiting = self._waiting
        wanted = min(self._window - len(waiting), self._size - self._read)
        waiting.extend(range(self._read, self._read + wanted))
        self._read += wanted
        if not waiting:
            return -1
        self._left += 1
        return _drawn(waiting, self._draws)

    def next(self) -> Element | None:
        number = self._number()
        return None if number < 0 else self._source.element(number)

    def rows(self, count: int) -> Element | None:
        numbers = [number for _ in range(count) if (number := self._number()) >= 0]
        return self._source.gather(np.array(numbers)) if numbers else None

    def skip(self, count: int) -> int:
        return sum(self._number() >= 0 for _ in range(count))

    def state(self) -> Any:
        return self._left

    def restore(self, state: Any) -> None:
        self.skip(state)


def _drawn(waiting: list[Any], draws: Draws) -> Any:
    """One of those that wait; the last one takes its place."""
    place = draws.next() % len(waiting)
    found, waiting[place] = waiting[place], waiting[-1]
    waiting.pop()
    return found


class _WindowCursor(Cursor):
    """A window of elements. `read` is how many came into it and `left` how many have gone."""

    __slots__ = ("_draws", "_first", "_input", "_is_over", "_left", "_read", "_waiting",
                 "_window")  # fmt: skip

    def __init__(self, source: Cursor, window: int, seed: int) -> None:
        self._input, self._window = source, window
        self._first = source.state()
        self._draws = Draws(seed)
        self._waiting: list[Any] = []
        self._is_over = False
        self._read = self._left = 0

    def next(self) -> Element | None:
        waiting = self._waiting
        while len(waiting) < self._window and not self._is_over:
            element = self._input.next()
            if element is None:
                self._is_over = True
            else:
                waiting.append(element)
                self._read += 1
        if not waiting:
            return None
        self._left += 1
        return _drawn(waiting, self._draws)

    def state(self) -> Any:
        return [self._read, self._left, self._is_over, self._first]

    def restore(self, state: Any) -> None:
        """Find by their numbers which elements wait, and fetch those from the source again."""
        read, left, is_over, self._first = state
        self._input.restore(self._first)
        numbers: list[int] = []
        come = 0
        for _ in range(left):
            wanted = min(self._window - len(numbers), read - come)
            numbers.extend(range(come, come + wanted))
            come += wanted
            _drawn(numbers, self._draws)
        # What came in after the last one left, before an error stopped the filling.
        numbers.extend(range(come, read))
        found: dict[int, Any] = {}
        position = 0
        for number in sorted(numbers):
            self._input.pass_over(number - position)
            found[number] = following(self._input)
            position = number + 1
        self._input.pass_over(read - position)
        self._waiting = [found[number] for number in numbers]
        self._read, self._left, self._is_over = read, left, is_over
