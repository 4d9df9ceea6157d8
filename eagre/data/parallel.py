"""Stages whose calls are done by several threads, and whose elements come in order all the same.

The source is read by whoever asks for an element; what is read goes to the threads in pieces, each
with the state of the source before it. So a state never tells of what is computed ahead.
"""

from __future__ import annotations

from collections import deque
from time import perf_counter
from typing import TYPE_CHECKING, Any

from eagre.data.cursors import Cursor, Element
from eagre.data.pace import AUTOTUNE, Pace
from eagre.data.rooms import Rooms, RoomsAhead
from eagre.data.specs import integer
from eagre.data.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable

    from eagre.data.dataset import Dataset


def calls_at_a_time(value: Any, name: str) -> int | None:
    """What `num_parallel_calls` says: None for one after the other."""
    if value is None:
        return None
    number = integer(value, f"{name}(num_parallel_calls)")
    return number if number == AUTOTUNE else integer(number, f"{name}(num_parallel_calls)", 1)


class Failure:
    """An error that stands in the place of an element."""

    __slots__ = ("error",)

    def __init__(self, error: BaseException) -> None:
        self.error = error


class Piece:
    """A piece of work: what was read, the state of the source before it, and what became of it.

    `error` is what the source raised after it.
    """

    __slots__ = ("before", "error", "found", "loads", "number", "task")

    def __init__(self, before: Any, number: int) -> None:
        self.before, self.number = before, number
        self.loads: list[Any] = []
        self.error: Exception | None = None
        self.found: list[Any] = []
        self.task: Any = None


def _all_done(pace: Pace, call: Any, piece: Piece) -> list[Any]:
    """What the calls of a piece return, a `Failure` for each that raises an error."""
    found: list[Any] = []
    for number, load in enumerate(piece.loads, piece.number):
        try:
            found.append(pace.timed(call, load, number))
        except BaseException as error:
            found.append(Failure(error))
    piece.loads = []
    pace.weigh(found)
    return found


class OrderedCursor(Cursor):
    """Does calls ahead, and gives what they return in order.

    `_number` counts the elements that have come, and `_place` those of the current piece.

    Args:
        call: makes an element of what `_load` gives, and of its number. It does not know the
            cursor: what waits for its turn in a thread keeps no cursor alive.
    """

    __slots__ = ("_call", "_input", "_is_over", "_number", "_pace", "_pending", "_piece", "_place",
                 "_stage", "_started", "_workers")  # fmt: skip
    _MOST = 1
    """How many calls a piece has at most, where they are short."""
    _done = staticmethod(_all_done)
    """Does the calls of a piece, in a thread."""

    def __init__(
        self, stage: Dataset, source: Cursor, pace: Pace, call: Callable[[Any, int], Element]
    ) -> None:
        self._stage: Any = stage
        self._call = call
        self._input, self._pace = source, pace
        self._pending: deque[Piece] = deque()
        self._piece: Piece | None = None
        self._workers: Workers | None = None
        self._number = self._started = self._place = 0
        self._is_over = False

    def _load(self) -> Any:
        """What the next call takes, None at the end."""
        raise NotImplementedError

    def next(self) -> Element | None:
        start = perf_counter()
        piece = self._piece
        if piece is None:
            if not self._pace.is_threaded and not self._pending:
                return self._at_once(start)
            piece = self._advance()
        if piece is None:
            return None
        found = self._taken(piece)
        self._pace.decide(perf_counter() - start)
        if found.__class__ is Failure:
            raise found.error
        return found

    def _at_once(self, start: float) -> Element | None:
        load = None if self._is_over else self._load()
        if load is None:
            self._is_over = True
            return None
        self._number = self._started = self._number + 1
        found = self._pace.timed(self._call, load, self._number - 1)
        self._pace.decide(perf_counter() - start)
        return found

    def _taken(self, piece: Piece) -> Any:
        place = self._place
        if place < len(piece.found):
            found, piece.found[place] = piece.found[place], None
            self._place += 1
            self._number += 1
        else:
            found = Failure(piece.error) if piece.error else None
            piece.error = None
        if self._place >= len(piece.found) and piece.error is None:
            self._piece = None
        return found

    # Ahead ------------------------------------------------------------------------------------

    def _advance(self) -> Piece | None:
        """Have further pieces done, and go to the next."""
        pending = self._pending
        self._fill()
        if not pending:
            self._workers = None  # Its threads end.
            return None
        piece = pending[0]
        assert self._workers is not None
        piece.found = self._workers.wait(piece.task)
        pending.popleft()
        self._piece, self._place = piece, 0
        self._fill()  # So no thread is idle while the consumer works.
        return piece if piece.found or piece.error else self._advance()

    def _fill(self) -> None:
        """Have as many pieces done at a time as there are threads, and a few more wait."""
        pace = self._pace
        while pace.is_threaded and len(self._pending) < pace.places() and not self._is_over:
            self._begin()

    def _begin(self) -> None:
        """Read the next piece, and have it done."""
        pace, workers = self._pace, self._workers
        if workers is None or workers.limit != pace.limit and not self._pending:
            workers = self._workers = Workers(pace.limit, self._stage.stage)
        piece = Piece(self._input.state(), self._started)
        count = min(pace.calls_in_a_piece(), self._MOST)
        try:
            while len(piece.loads) < count and not self._is_over:
                load = self._load()
                self._is_over = load is None
                if load is not None:
                    piece.loads.append(load)
        except Exception as error:
            piece.error = error
        self._started += len(piece.loads)
        if piece.loads or piece.error:
            piece.task = workers.call(self._done, self._pace, self._call, piece)
            self._pending.append(piece)

    # Where it stands --------------------------------------------------------------------------

    def _is_ahead(self) -> bool:
        """Whether more has been read than has come."""
        return self._piece is not None or bool(self._pending)

    def state(self) -> Any:
        """How many have come, the state of the source before a piece, and how many of this."""
        if self._piece is not None:
            return [self._number, self._piece.before, self._place]
        before = self._pending[0].before if self._pending else self._input.state()
        return [self._number, before, 0]

    def restore(self, state: Any) -> None:
        self._number, position, taken = state
        self._started = self._number
        self._input.restore(position)
        self._input.pass_over(taken)


class CallsCursor(OrderedCursor):
    """What a function returns for each element."""

    __slots__ = ()

    def _load(self) -> Any:
        return self._input.next()

    def pass_over(self, count: int) -> None:
        if self._is_ahead() or not self._stage.function.is_certain():
            super().pass_over(count)
            return
        self._number += count
        self._started = self._number
        self._input.pass_over(count)


class ParallelMapCursor(CallsCursor):
    """The same in threads, which write large results where these stand in their batch."""

    __slots__ = ("_ahead", "_rooms")
    _MOST = 4

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._rooms = Rooms(self._stage.function)
        self._ahead: RoomsAhead | None = None

    def _load(self) -> Any:
        element = super()._load()
        if element is None:
            return None
        return element, None if self._ahead is None else self._ahead.places()

    def rows(self, count: int) -> Element | None:
        ahead = self._ahead
        if (ahead is None or ahead.count != count) and not self._is_ahead():
            self._ahead = RoomsAhead(self._rooms, count, self._number)
        found = super().rows(count)
        if self._ahead is not None:
            self._ahead.let_go(self._number)
        return found

    def room(self, count: int) -> Element | None:
        ahead = self._ahead
        return ahead.of(self._number) if ahead is not None and ahead.count == count else None

    def pass_over(self, count: int) -> None:
        if not self._is_ahead():
            self._ahead = None
        super().pass_over(count)

    def restore(self, state: Any) -> None:
        self._ahead = None
        super().restore(state)


class ParallelBatchCursor(OrderedCursor):
    """Batches of elements that come one by one, put together by several threads."""

    __slots__ = ()

    def _load(self) -> Any:
        stage = self._stage
        elements = self._input.elements(stage.length)
        return None if not elements or stage.drops and len(elements) < stage.length else elements
