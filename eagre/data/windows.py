"""`window`: datasets of consecutive elements."""

from __future__ import annotations

from typing import Any

from eagre.core import structure
from eagre.data.cursors import Course, Cursor, Element, stacked
from eagre.data.dataset import Dataset
from eagre.data.specs import DatasetSpec, integer


class Window(Dataset):
    """Datasets of consecutive elements."""

    def __init__(self, source: Dataset, size: Any, shift: Any, stride: Any, drops: Any) -> None:
        name = "Dataset.window"
        self.length = integer(size, f"{name}(size)", 1)
        self.shift = integer(size if shift is None else shift, f"{name}(shift)", 1)
        self.stride = integer(stride, f"{name}(stride)", 1)
        self.drops = bool(drops)
        spec = structure.map_structure(DatasetSpec, source.element_spec)
        super().__init__(spec, source, stage="window")

    @property
    def reach(self) -> int:
        """How many elements a window goes over."""
        return (self.length - 1) * self.stride + 1

    def size(self) -> int:
        size = self.inputs[0].size()
        if size < 0:
            return size
        last = size - self.reach if self.drops else size - 1
        return max(last // self.shift + 1, 0)

    def begin(self, run: Course, key: int) -> Cursor:
        return _WindowsCursor(self, self.inputs[0].cursor(run, key))


class _WindowsCursor(Cursor):
    """The elements of the current window are kept; restoring reads them again."""

    __slots__ = ("_input", "_kept", "_states", "_window")

    def __init__(self, window: Window, source: Cursor) -> None:
        self._window, self._input = window, source
        self._kept: list[Element] = []
        self._states: list[Any] = []

    def next(self) -> Element | None:
        window, kept = self._window, self._kept
        while len(kept) < window.reach:
            before = self._input.state()
            element = self._input.next()
            if element is None:
                break
            kept.append(element)
            self._states.append(before)
        if not kept or window.drops and len(kept) < window.reach:
            return None
        chosen = kept[: window.reach : window.stride]
        gap = window.shift - len(kept)
        del kept[: window.shift], self._states[: window.shift]
        if gap > 0:
            self._input.skip(gap)
        return _datasets_of(chosen, window.inputs[0].layout)

    def state(self) -> Any:
        """The state before the elements that are kept, and their number."""
        first = self._states[0] if self._states else self._input.state()
        return [first, len(self._kept)]

    def restore(self, state: Any) -> None:
        first, count = state
        self._input.restore(first)
        for _ in range(count):
            self._states.append(self._input.state())
            element = self._input.next()
            if element is not None:
                self._kept.append(element)


def _datasets_of(elements: list[Element], layout: Any) -> Element:
    """For each component the dataset of its values."""
    columns = zip(*elements, strict=True)
    return tuple([
        Kept([(value,) for value in column], leaf, "window")
        for column, leaf in zip(columns, layout.leaves, strict=True)
    ])


class Kept(Dataset):
    """Elements that are in memory, whatever their shapes."""

    is_indexed = True

    def __init__(self, elements: list[Element], spec: Any, stage: str) -> None:
        self.elements = elements
        super().__init__(spec, stage=stage)

    def size(self) -> int:
        return len(self.elements)

    def element(self, index: int) -> Element:
        return self.elements[index]

    def span(self, start: int, stop: int) -> Element:
        return stacked(self.elements[start:stop])

    def gather(self, indices: Any) -> Element:
        return stacked([self.elements[number] for number in indices])
