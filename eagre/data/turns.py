"""`flat_map` and `interleave`: the elements of datasets that a function returns."""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any

from eagre.data import dataset as datasets
from eagre.data.cursors import Course, Cursor, Element, Run, mixed
from eagre.data.dataset import Dataset
from eagre.data.functions import is_debugging
from eagre.data.mapping import FunctionStage
from eagre.data.pace import chosen
from eagre.data.parallel import calls_at_a_time
from eagre.data.reading import AheadTurn, Turn
from eagre.data.specs import UNKNOWN, DatasetSpec, integer
from eagre.data.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable


class FlatMap(FunctionStage):
    """The elements of the datasets that a function returns, in turns of a few at once.

    Args:
        calls: how many of the datasets may be read at a time, each in a thread (None: one).
    """

    def __init__(
        self, source: Dataset, function: Any, cycle: Any = 1, block: Any = 1,
        calls: Any = None, stage: str = "flat_map",
    ) -> None:  # fmt: skip
        super().__init__(source, function, stage)
        self.cycle = integer(cycle, f"Dataset.{stage}(cycle_length)", 1)
        self.block = integer(block, f"Dataset.{stage}(block_length)", 1)
        self.calls = calls_at_a_time(calls, f"Dataset.{stage}")

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

    def opened(
        self, element: Element, number: int, luck: int, seed: int | None
    ) -> tuple[Dataset, Run]:
        """The dataset for an element, and a run through it."""
        since = datasets.next_number()
        made = self.apply_to(element, number, seed)[0]
        return made, Run(made, mixed(luck, number), since)

    def begin(self, run: Course, key: int) -> Cursor:
        pace = None
        if self.calls is not None and not is_debugging():
            pace = run.pace(self, self.calls)
        begin = partial(self.inputs[0].cursor, run, key)
        return _TurnsCursor(self, begin, mixed(run.luck, key), self.seed_of(run, key), pace)

    def detail(self) -> str:
        return super().detail() + chosen(self.calls, self.pace)


class _TurnsCursor(Cursor):
    """Places for as many datasets as take turns; a place whose dataset has ended gets the next.

    Datasets that have been opened ahead wait in `_upcoming`.
    """

    __slots__ = ("_begin", "_in_block", "_input", "_is_over", "_luck", "_number", "_pace",
                 "_place", "_seed", "_stage", "_turns", "_upcoming", "_workers")  # fmt: skip

    def __init__(
        self, stage: FlatMap, begin: Callable[[], Cursor], luck: int, seed: int | None, pace: Any
    ) -> None:
        self._stage, self._begin = stage, begin
        self._luck, self._seed = luck, seed
        self._pace = pace
        self._input = begin()
        self._turns: list[Any] = [None] * stage.cycle
        self._upcoming: deque[Any] = deque()
        self._workers: Workers | None = None
        self._place = self._in_block = self._number = 0
        self._is_over = False

    def next(self) -> Element | None:
        if self._pace is None:
            return self._following()
        return self._pace.watched(self._following)

    def _following(self) -> Element | None:
        empty = 0
        while empty <= self._stage.cycle:
            turn = self._turns[self._place] or self._fill()
            if turn is None:
                empty += 1
                self._move_on()
                continue
            element = self._element_of(turn)
            if element is not None:
                self._in_block += 1
                if self._in_block == self._stage.block:
                    self._move_on()
                return element
            empty = 0
            self._turns[self._place] = None
            self._move_on()
        self._workers = None  # Its threads end.
        return None

    def _element_of(self, turn: Any) -> Element | None:
        try:
            return turn.next()
        except Exception:
            if not turn.is_open:
                self._turns[self._place] = None
            raise

    def _move_on(self) -> None:
        self._in_block = 0
        self._place = (self._place + 1) % self._stage.cycle

    # Opening datasets -------------------------------------------------------------------------

    def _fill(self) -> Any:
        """Give the current place the dataset of the next element."""
        if self._pace is not None and self._pace.is_threaded:
            wanted = max(self._turns.count(None), min(self._pace.limit, self._stage.cycle))
            while len(self._upcoming) < wanted and self._open():
                pass
        if not self._upcoming and not self._open():
            return None
        turn = self._turns[self._place] = self._upcoming.popleft()
        return turn

    def _open(self) -> bool:
        """Read one more element of the input, and open its dataset; whether there was one."""
        if self._is_over:
            return False
        before = self._input.state()
        element = self._input.next()
        if element is None:
            self._is_over = True
            return False
        self._number += 1
        self._upcoming.append(self._turn(before, element, self._number - 1, None))
        return True

    def _turn(self, before: Any, element: Element, number: int, saved: Any) -> Any:
        opened = partial(self._stage.opened, element, number, self._luck, self._seed)
        if self._pace is None or not self._pace.is_threaded:
            return Turn(before, number, opened, saved)
        if self._workers is None:
            self._workers = Workers(self._pace.limit, self._stage.stage)
        return AheadTurn(before, number, opened, saved, self._pace, self._workers)

    # Where it stands --------------------------------------------------------------------------

    def state(self) -> Any:
        """Of datasets that no place has yet, only where the input stood before the first."""
        turns = [turn and [turn.before, turn.number, *turn.state()] for turn in self._turns]
        number, before, is_over = self._number, None, self._is_over
        if self._upcoming:
            number, before, is_over = self._upcoming[0].number, self._upcoming[0].before, False
        else:
            before = self._input.state()
        return [[self._place, self._in_block, number, is_over, self._luck], turns, before]

    def restore(self, state: Any) -> None:
        place, turns, position = state
        self._place, self._in_block, self._number, self._is_over, self._luck = place
        for index, saved in enumerate(turns):
            if saved is None:
                continue
            before, number, *inner = saved
            source = self._begin()
            source.restore(before)
            element = source.next()
            if element is None:
                raise ValueError("an element that is no longer there")
            self._turns[index] = self._turn(before, element, number, inner)
        self._input.restore(position)
