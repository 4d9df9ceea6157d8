"""`with_progress`: a bar that moves as elements come."""

from __future__ import annotations

from typing import Any

from eagre.core.progress import progress_bar
from eagre.data.cursors import Course, Cursor, Element
from eagre.data.dataset import Dataset


class WithProgress(Dataset):
    """The elements of another dataset, counted by a bar."""

    def __init__(self, source: Dataset, title: str | None) -> None:
        super().__init__(source.element_spec, source, stage="with_progress")
        self.title = title

    def begin(self, run: Course, key: int) -> Cursor:
        return _ProgressCursor(self, self.inputs[0].cursor(run, key))


class _ProgressCursor(Cursor):
    """The bar is there from the first element to the end, or until nobody iterates any more."""

    __slots__ = ("_bar", "_input", "_number", "_stage")

    def __init__(self, stage: WithProgress, source: Cursor) -> None:
        self._stage, self._input = stage, source
        self._bar: Any = None
        self._number = 0

    def next(self) -> Element | None:
        return self._told(self._input.next(), 1)

    def gives_rows(self) -> bool:
        return self._input.gives_rows()

    def rows(self, count: int) -> Element | None:
        found = self._input.rows(count)
        return self._told(found, 0 if found is None else len(found[0]))

    def _told(self, found: Element | None, count: int) -> Element | None:
        if found is None:
            self.close()
            return None
        if self._bar is None:
            size = self._stage.size()
            title = self._stage.title
            self._bar = progress_bar(size if size >= 0 else None, title, self._number)
        self._number += count
        self._bar.update(count)
        return found

    def close(self) -> None:
        """Leave the bar as it is."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def __del__(self) -> None:
        self.close()

    def state(self) -> Any:
        return [self._number, self._input.state()]

    def restore(self, state: Any) -> None:
        self._number, position = state
        self._input.restore(position)
