"""`explain_gradients`: keeps what is needed to tell afterwards why a gradient is None."""

from __future__ import annotations

import os
import sys
import warnings
from itertools import count
from typing import TYPE_CHECKING, Any

from eagre.core import ambient
from eagre.core.origin import WeakIdentities
from eagre.core.tensor import SymbolicTensor
from eagre.gradients.history import (
    History,
    Making,
    Step,
    Taking,
    Watch,
    history_of_graph,
    is_inexact,
    name_of,
)
from eagre.gradients.tape import GradientTape
from eagre.gradients.why_none import (
    GradientWarning,
    WhyNone,
    likely_mistake,
    used_up,
    value_of,
    why,
)
from eagre.graph.observing import Observer
from eagre.graph.trace import user_line

if TYPE_CHECKING:
    from eagre.core.primitive import Primitive

_next_number = count(1).__next__


class explain_gradients(Observer):
    """Context that keeps the lines and operations of a computation, for `why_none`.

    Values are not kept, except as long as the program keeps them. A computation within it runs
    operation by operation, also where a `tf.function` is called, and takes several times as long.

    >>> x, w = tf.constant(2.0), tf.Variable(3.0)
    >>> with tf.explain_gradients() as explained:
    ...     with tf.GradientTape() as tape:
    ...         y = w * tf.stop_gradient(w * x)
    ...         z = tf.stop_gradient(y) + x
    >>> explained.why_none(z, w).reason
    'stopped'
    """

    __slots__ = (
        "__weakref__",
        "_history",
        "_last_tape",
        "_numbers",
        "_tapes",
    )
    public = "explain_gradients"

    def __init__(self) -> None:
        super().__init__()
        self._numbers = WeakIdentities()
        self._tapes = WeakIdentities()
        self._history = History(self._number, has_lines=True)
        self._last_tape: int | None = None

    def why_none(self, target: Any, source: Any, tape: GradientTape | None = None) -> WhyNone:
        """Why the gradient of `target` with respect to `source` is None.

        Args:
            target: a tensor.
            source: a tensor or a variable.
            tape: by default the one that was entered last within this context.
        """
        target, source = value_of(target), value_of(source)
        number = self._last_tape if tape is None else self._tapes.get(tape)
        return why(self._history, target, source, tape, 0 if number is None else number)

    def done(
        self, line: str, primitive: Primitive, inputs: tuple[Any, ...], params: Any, output: Any
    ) -> None:
        """Note an operation."""
        outputs = output if output.__class__ is tuple else (output,)
        read = tuple([self._number(x) for x in inputs])
        made = tuple([self._number(x, line) for x in outputs])
        step = Step(primitive, line, read, made, is_inexact(output), self._tapes_here())
        self._history.events.append(step)

    def made(self, line: str, tensor: Any) -> None:
        """Note a tensor that was made of Python or NumPy values."""
        self._history.events.append(Making(self._number(tensor, line), line))

    def note_taking(self, tensor: Any, way: str) -> None:
        """Note that Python took a value out."""
        self._history.events.append(Taking(self._number(tensor), way, user_line()))
        super().note_taking(tensor, way)

    def note_watch(self, recorder: Any, value: Any) -> None:
        """Note that a tape began to watch."""
        watch = Watch(self._tape(recorder), self._number(value), user_line())
        self._history.events.append(watch)
        super().note_watch(recorder, value)

    def number_of(self, tape: Any) -> int:
        """The number by which the history knows a tape."""
        return self._tapes.get(tape)

    def _number(self, value: Any, line: str = "") -> int:
        number = self._numbers.get(value)
        if number is None:
            number = _next_number()
            self._numbers.set(value, number)
            self._history.names[number] = name_of(value)
            if line:
                self._history.lines[number] = line
        return number

    def _tape(self, tape: Any) -> int:
        number = self._tapes.get(tape)
        if number is None:
            number = _next_number()
            self._tapes.set(tape, number)
            explanations.set(tape, self)
        self._last_tape = number
        return number

    def _tapes_here(self) -> frozenset[int]:
        """The tapes that are on the stack."""
        tapes = [level for level in ambient.stack() if isinstance(level, GradientTape)]
        return frozenset([self._tape(tape) for tape in tapes])


explanations = WeakIdentities()
"""For each tape the `explain_gradients` that saw it last."""


def explain(tape: GradientTape, kept: History | None, target: Any, source: Any) -> WhyNone:
    """Why a gradient is None, by the most that is known of the computation."""
    target, source = value_of(target), value_of(source)
    explanation = explanations.get(tape)
    if explanation is not None:
        return explanation.why_none(target, source, tape)
    known = tape.skeleton() if kept is None else kept
    if kept is None and tape.is_used_up:
        return used_up()
    if isinstance(target, SymbolicTensor):
        known = history_of_graph(target.graph, known, id(tape))
    return why(known, target, source, tape, id(tape))


_PACKAGE = os.path.dirname(os.path.dirname(__file__)) + os.sep


def warn_of_none(tape: GradientTape, known: History, targets: Any, values: Any, grads: Any) -> None:
    """Warn of gradients that are None where the user asked for them and a mistake is likely."""
    caller = sys._getframe(3)  # pyright: ignore[reportPrivateUsage]
    if caller.f_code.co_filename.startswith(_PACKAGE):
        return
    found = likely_mistake(known, tape, targets, values, grads)
    if found:
        warnings.warn(
            f"GradientTape.gradient expected {found}: the gradient is None. "
            "tape.why_none(target, source) tells more.",
            GradientWarning,
            stacklevel=4,
        )
