"""`flat_map` and `interleave`: the elements of datasets that a function returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.data import dataset as datasets
from eagre.data.cursors import Course, Cursor, Element, Run, mixed
from eagre.data.dataset import Dataset
from eagre.data.mapping import FunctionStage
from eagre.data.specs import UNKNOWN, DatasetSpec, integer

if TYPE_CHECKING:
    from collections.abc import Callable


class FlatMap(FunctionStage):
    """The elements of the datasets that a function returns, in turns of a few at once."""

    def __init__(
        self, source: Dataset, function: Any, cycle: Any = 1, block: Any = 1,
        stage: str = "flat_map",
    ) -> None:  # fmt: skip
        super().__init__(source, function, stage)
        self.cycle = integer(cycle, f"Dataset.{stage}(cycle_length)", 1)
        self.block = integer(block, f"Dataset.{stage}(block_length)", 1)

    def spec_of(self, source: Dataset) -> Any:
        spec = self.function.spec
        if not isinstance(spec, DatasetSpec):
            raise TypeError(
                f"{self.function.stage} expected a function that returns a dataset. "
                f"Received: {spec!r}"
            )
        return spec.element_spec

    def size(self) -> int:
        return UNKNOWN

    def opened(self, element: Element, number: int, luck: int) -> tuple[Dataset, Run]:
        """The dataset for an element, and a run through it."""
        since = datasets.next_number()
        made = self.apply_to(element, number)[0]
        return made, Run(made, mixed(luck, number), since)

    def begin(self, run: Course, key: int) -> Cursor:
        return _TurnsCursor(self, lambda: self.inputs[0].cursor(run, key), mixed(run.luck, key))


class _Turn:
    """A dataset that is being gone through: the state of the input before its element."""

    __slots__ = ("before", "dataset", "number", "run")

    def __init__(self, before: Any, number: int, opened: tuple[Dataset, Run]) -> None:
        self.before, self.number = before, number
        self.dataset, self.run = opened


class _TurnsCursor(Cursor):
    """Places for as many datasets as take turns; a place whose dataset has ended gets the next."""

    __slots__ = ("_begin", "_in_block", "_input", "_is_over", "_luck", "_number", "_place",
                 "_stage", "_turns")  # fmt: skip

    def __init__(self, stage: FlatMap, begin: Callable[[], Cursor], luck: int) -> None:
        self._stage, self._begin, self._luck = stage, begin, luck
        self._input = begin()
        self._turns: list[_Turn | None] = [None] * stage.cycle
        self._place = self._in_block = self._number = 0
        self._is_over = False

    def next(self) -> Element | None:
        empty = 0
        while empty <= self._stage.cycle:
            turn = self._turns[self._place] or self._fill()
            if turn is None:
                empty += 1
                self._move_on()
                continue
            element = turn.run.cursor.next()
            if element is not None:
                self._in_block += 1
                if self._in_block == self._stage.block:
                    self._move_on()
                return element
            empty = 0
            self._turns[self._place] = None
            self._move_on()
        return None

    def _move_on(self) -> None:
        self._in_block = 0
        self._place = (self._place + 1) % self._stage.cycle

    def _fill(self) -> _Turn | None:
        """Give the current place the dataset of the next element."""
        if self._is_over:
            return None
        before = self._input.state()
        element = self._input.next()
        if element is None:
            self._is_over = True
            return None
        opened = self._stage.opened(element, self._number, self._luck)
        turn = self._turns[self._place] = _Turn(before, self._number, opened)
        self._number += 1
        return turn

    def state(self) -> Any:
        turns = [turn and [turn.before, turn.number, turn.run.state()] for turn in self._turns]
        place = [self._place, self._in_block, self._number, self._is_over, self._luck]
        return [place, turns, self._input.state()]

    def restore(self, state: Any) -> None:
        place, turns, position = state
        self._place, self._in_block, self._number, self._is_over, self._luck = place
        for index, saved in enumerate(turns):
            if saved is None:
                continue
            before, number, inner = saved
            source = self._begin()
            source.restore(before)
            element = source.next()
            if element is None:
                raise ValueError("an element that is no longer there")
            opened = self._stage.opened(element, number, self._luck)
            opened[1].restore(opened[0], inner)
            self._turns[index] = _Turn(before, number, opened)
        self._input.restore(position)
