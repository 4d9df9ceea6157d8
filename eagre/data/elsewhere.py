"""`map` in processes: there its function runs as Python; elements and order are those of threads.

A process that is killed loses nothing: what it had not answered is done again by another one.
"""

from __future__ import annotations

import random
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from eagre.core.errors import UnavailableError
from eagre.core.python_numbers import described
from eagre.core.tensor import SymbolicTensor, Tensor
from eagre.data.cursors import mixed
from eagre.data.pace import Pace, duration
from eagre.data.parallel import CallsCursor, Failure, Piece
from eagre.data.parcels import Parcel, SentError, packed_with_code
from eagre.data.processes import Crew, LostProcessError, Processes
from eagre.data.specs import Layout
from eagre.ops.random import follow, global_setting

if TYPE_CHECKING:
    from eagre.data.cursors import Cursor
    from eagre.data.mapping import Map

_PIECE = 4e-3
"""Short calls are handed over together, so many seconds of them at most."""
_TRIES = 3
"""How often a call is begun that its process does not survive."""


class Call:
    """What a stage does with an element, in a form that goes to other processes."""

    def __init__(self, stage: Any) -> None:
        self.function: Any = stage.function.as_python()
        self.counts, self.stage, self.line = stage.counts, stage.stage, stage.line

    def __call__(self, question: Any) -> tuple[list[Any], float]:
        """The elements for what was read, a `SentError` for each that fails; and the seconds."""
        from eagre.data.mapping import applied

        loads, number, seed, setting = question
        follow(setting)
        start = perf_counter()
        found: list[Any] = []
        for place, load in enumerate(loads, number):
            draw = mixed(seed, place)
            # What a function draws by other means follows from its element, too.
            random.seed(draw)
            np.random.seed(draw % 2**32)
            try:
                found.append(applied(self, load, place, draw))
            except BaseException as error:
                found.append(SentError(error))
        return found, perf_counter() - start


def job_of(stage: Any) -> Parcel:
    """The call of a stage as bytes; an error that says what cannot be sent."""
    demand_tensors(stage)
    try:
        return packed_with_code(Call(stage), _reduced)
    except ImportError:
        raise
    except Exception as error:
        raise TypeError(
            f"{stage.stage}(in_processes=True) expected a function that goes to other processes, "
            f"with all that it uses. Received: {described(stage.function.function)}, of which this "
            f"cannot be sent: {error}"
        ) from error


def demand_tensors(stage: Any) -> None:
    """Refuse elements that are datasets."""
    for spec in (stage.inputs[0].element_spec, stage.element_spec):
        if any(not hasattr(leaf, "dtype") for leaf in Layout(spec).leaves):
            raise TypeError(
                f"{stage.stage}(in_processes=True) expected elements of tensors. Received: {spec!r}"
            )


def _reduced(value: Any) -> Any:
    """Refuse what is another thing in another process; all else goes as it is pickled."""
    handle = getattr(value, "handle", value)
    if isinstance(handle, SymbolicTensor):
        raise TypeError("a symbolic tensor, whose value would not be the same there")
    if isinstance(handle, Tensor) and handle.dtype.name == "resource":
        raise TypeError("a variable, whose value would not be the same there")
    return NotImplemented


# In this process ------------------------------------------------------------------------------


class ProcessPace(Pace):
    """How many processes a stage has, how long its calls take, and how many processes it lost."""

    __slots__ = ("lost",)

    def __init__(self, asked: int, options: Any) -> None:
        super().__init__(asked, options)
        self.is_threaded = True
        self.lost = 0

    def decide(self, waited: float) -> None:
        """The user has decided."""

    def calls_in_a_piece(self) -> int:
        return int(_PIECE / (self.seconds or _PIECE)) or 1 if self._is_tuned else 1

    def __str__(self) -> str:
        several = "process" if self.limit == 1 else "processes"
        text = f"as Python in {self.limit} {several}, {duration(self.seconds)} a call"
        return text + (f", {self.lost} lost and replaced" if self.lost else "")


def cursor_elsewhere(stage: Map, run: Any, source: Cursor, seed: Any) -> Cursor:
    """The cursor of one pass; all passes of a run share the processes."""
    processes = run.shared(stage, lambda: Processes(stage.job))
    pace = run.pace(stage, stage.calls, ProcessPace)
    return ElsewhereCursor(stage, source, pace, seed, processes)


def _asked(pace: Any, asking: Any, piece: Piece) -> list[Any]:
    """The elements of a piece."""
    loads, piece.loads = piece.loads, []
    try:
        return asking.answer(pace, loads, piece.number)
    except LostProcessError:
        pace.lost += 1
        numbered = enumerate(loads, piece.number)
        return [asking.alone(pace, load, number) for number, load in numbered]
    except BaseException as error:
        return [Failure(error) for _ in loads]


class ElsewhereCursor(CallsCursor):
    """What a function returns in other processes, of which each has a thread that asks it."""

    __slots__ = ("_processes",)
    _MOST = 64
    _done = staticmethod(_asked)

    def __init__(
        self, stage: Any, source: Cursor, pace: ProcessPace, seed: int, processes: Processes
    ) -> None:
        asking: Any = _Asking(processes.crew, seed, stage)
        super().__init__(stage, source, pace, asking)
        self._processes = processes


class _Asking:
    """How the elements of a piece are made: by asking a process."""

    __slots__ = ("_crew", "_line", "_seed", "_stage")

    def __init__(self, crew: Crew, seed: int, stage: Any) -> None:
        self._crew, self._seed = crew, seed
        self._stage, self._line = stage.stage, stage.line

    def answer(self, pace: Any, loads: list[Any], number: int) -> list[Any]:
        """The elements of what was read, a `Failure` for each call that fails."""
        found, seconds = self._crew.answer((loads, number, self._seed, global_setting()))
        pace.observe(seconds / len(loads))
        pace.weigh(found)
        return [Failure(each.error()) if isinstance(each, SentError) else each for each in found]

    def alone(self, pace: Any, load: Any, number: int) -> Any:
        """One element, where a process has not survived the calls."""
        fate = ""
        for _ in range(_TRIES - 1):
            try:
                return self.answer(pace, [load], number)[0]
            except LostProcessError as error:
                pace.lost += 1
                fate = error.message
        error = UnavailableError(
            f"{self._stage} expected its processes to survive element {number}. Received: "
            f"{_TRIES} that did not, of which the last, {fate}. See what it wrote to the "
            "standard error, and whether memory ran out."
        )
        error.add_note(f"in element {number} of {self._stage}, made at {self._line}")
        return Failure(error)
