"""Observers: levels that look at every operation and leave the doing to the levels outside them.

A recorder is shown what may depend on a tape; an observer sees everything, and nothing costs
anything while none is entered. What is built on it stands in `gradients` and `debugging`.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

from eagre.core import ambient
from eagre.core.doors import apply
from eagre.graph.following import WayBack
from eagre.graph.trace import user_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eagre.core.primitive import Primitive
    from eagre.core.tensor import Tensor

NUMBERS_KEPT = 100_000
"""For how many values on tapes an observer remembers the line that made them, at least."""


class Observer(ambient.Interpreter):
    """A level with a word on each operation that is done, with the user's line.

    A subclass says `done`, and `made` where it wants to know of tensors from Python values.
    `public` is the name that the user types.
    """

    __slots__ = ("_last", "_lines", "line")
    public = "observe"

    def __init__(self) -> None:
        self.line = None
        self._lines: dict[int, str] = {}
        self._last: tuple[list[weakref.ref[Any]], str] | None = None

    # What a subclass says ---------------------------------------------------------------------

    def done(
        self, line: str, primitive: Primitive, inputs: tuple[Any, ...], params: Any, output: Any
    ) -> None:
        """Note an operation."""

    def made(self, line: str, tensor: Any) -> None:
        """Note a tensor that was made from Python or NumPy values."""

    def failed(self, error: Exception, primitive: Primitive, inputs: tuple[Any, ...]) -> None:
        """Note that an operation raised."""

    def perform(self, primitive: Primitive, inputs: tuple[Any, ...], params: Any) -> Any:
        """Do an operation; only the levels outside are there."""
        return apply(primitive, inputs, params)

    # Being a level ----------------------------------------------------------------------------

    def interpret(self, primitive: Primitive, inputs: tuple[Tensor, ...], params: Any) -> Any:
        """Let the levels outside do the operation, and note it."""
        line = self.line or user_line()
        try:
            with ambient.outside(self), _at(line):
                output = self.perform(primitive, inputs, params)
        except Exception as error:
            self.failed(error, primitive, inputs)
            raise
        self._settle()
        outputs = output if output.__class__ is tuple else (output,)
        self._last = ([weakref.ref(each) for each in outputs], line)
        self.done(line, primitive, inputs, params, output)
        return output

    def literal(self, tensor: Tensor) -> Tensor:
        """Note a tensor that was just made."""
        line = self.line or user_line()
        with ambient.outside(self), _at(line):
            level = ambient.interpreter()
            tensor = tensor if level is None else level.literal(tensor)
        self.made(line, tensor)
        return tensor

    def note_variable(self, variable: Any) -> None:
        """Tell the level outside."""
        self._tell("note_variable", variable)

    def note_taking(self, tensor: Any, way: str) -> None:
        """Tell the level outside."""
        self._tell("note_taking", tensor, way)

    def note_watch(self, recorder: Any, value: Any) -> None:
        """Tell the level outside."""
        self._tell("note_watch", recorder, value)

    def _tell(self, method: str, *args: Any) -> None:
        with ambient.outside(self):
            level = ambient.interpreter()
            if level is not None:
                getattr(level, method)(*args)

    def __enter__(self) -> Any:
        if not ambient.executing_eagerly():
            raise RuntimeError(
                f"{self.public} cannot be entered while a function is traced, for there are no "
                "values then. Enter it where the function is called."
            )
        ambient.enter(self)
        return self

    def __exit__(self, *error: object) -> None:
        ambient.leave(self)
        self._settle()

    # The way back -----------------------------------------------------------------------------

    def follow(self, operations: Sequence[Any]) -> Any:
        """The operations of a tape, whose lines what their gradients do carries."""
        self._settle()
        return WayBack(self, operations)

    def line_of(self, entry: Any) -> str | None:
        """The line of an operation on a tape."""
        outputs = entry[3] if entry[3].__class__ is tuple else (entry[3],)
        return next((self._lines[x.id] for x in outputs if x.id in self._lines), None)

    def _settle(self) -> None:
        """Note the line of the last operation under the numbers that tapes gave its outputs."""
        if self._last is None:
            return
        outputs, line = self._last
        self._last = None
        for reference in outputs:
            output = reference()
            if output is not None and output.id:
                self._lines[output.id] = line
        if len(self._lines) > 2 * NUMBERS_KEPT:
            self._lines = dict(list(self._lines.items())[-NUMBERS_KEPT:])


class _at:
    """Context in which what the innermost level notes has the line of another level."""

    __slots__ = ("before", "level", "line")

    def __init__(self, line: str) -> None:
        self.line = line

    def __enter__(self) -> None:
        self.level = level = ambient.interpreter()
        if level is not None:
            self.before, level.line = getattr(level, "line", None), self.line

    def __exit__(self, *error: object) -> None:
        if self.level is not None:
            self.level.line = self.before
