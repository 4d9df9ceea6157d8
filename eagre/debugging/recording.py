"""`record`: keeps the operations of a run, to look at them, to change one and to run on from there.

A recording is a straight list: Python's own decisions (`if x > 0`) are as they were. `change`
computes again only what depends on the change, and touches nothing outside the recording.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from eagre.core import ambient
from eagre.core.conversion import to_tensor
from eagre.core.dtypes import resource
from eagre.core.origin import shown_spec
from eagre.core.tensor import Tensor
from eagre.debugging.bad_numbers import first_bad
from eagre.debugging.numbers import short
from eagre.gradients.backpropagate import backpropagate, ones_like
from eagre.graph.observing import Observer
from eagre.graph.trace import user_line
from eagre.primitives.families import INEXACTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eagre.core.primitive import Primitive

ROWS = 40
"""How many operations a recording prints."""


class Step:
    """One operation of a recording: `number`, `line`, `name`, `inputs`, `outputs`, `value`."""

    __slots__ = ("inputs", "line", "number", "params", "primitive", "raw")

    def __init__(
        self,
        number: int,
        line: str,
        primitive: Primitive,
        inputs: tuple[Any, ...],
        params: Any,
        raw: Any,
    ) -> None:
        self.number = number
        self.line = line
        self.primitive = primitive
        self.inputs = inputs
        self.params = params
        self.raw = raw

    @property
    def outputs(self) -> tuple[Any, ...]:
        """The outputs, of which there is one most often."""
        return self.raw if self.raw.__class__ is tuple else (self.raw,)

    @property
    def name(self) -> str:
        """The name of the operation."""
        return self.primitive.public

    @property
    def is_of_gradient(self) -> bool:
        """Whether it belongs to the gradient of another operation."""
        return " (gradient of " in self.line

    @property
    def label(self) -> str:
        """The name of the operation, with those of the variables that it reads or assigns."""
        return " ".join([self.name, *[x.array.name for x in self.inputs if x.dtype is resource]])

    @property
    def output(self) -> Any:
        """The output, or the outputs as a tuple."""
        return self.outputs[0] if len(self.outputs) == 1 else self.outputs

    @property
    def value(self) -> Any:
        """The value of the output as a NumPy array, or of the outputs as a tuple of them."""
        values = tuple(output.numpy() for output in self.outputs)
        return values[0] if len(values) == 1 else values

    def __repr__(self) -> str:
        made = ", ".join(f"{shown_spec(x.spec)} = {short(x)}" for x in self.outputs)
        return f"<step {self.number}: {self.name} at {self.line}: {made}>"


class Recording(Observer):
    """The operations of a run in their order: `len(run)`, `run[3]`, `for step in run`."""

    __slots__ = ("_changes", "_gradients", "_makers", "_takings", "leaves", "stale", "steps")
    public = "record"

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[Step] = []
        self.leaves: list[tuple[Any, str]] = []
        self.stale: list[str] = []
        self._makers: dict[int, Step] = {}
        self._takings: list[tuple[Any, str, str]] = []
        self._gradients: dict[int, dict[int, Tensor]] = {}
        self._changes: dict[int, Any] = {}

    # Recording --------------------------------------------------------------------------------

    def done(
        self, line: str, primitive: Primitive, inputs: tuple[Any, ...], params: Any, output: Any
    ) -> None:
        """Keep an operation."""
        self._keep(Step(len(self.steps), line, primitive, inputs, params, output))

    def made(self, line: str, tensor: Any) -> None:
        """Keep a tensor that was made of Python or NumPy values."""
        self.leaves.append((tensor, line))

    def note_taking(self, tensor: Any, way: str) -> None:
        """Keep that Python took a value out."""
        self._takings.append((tensor, way, user_line()))
        super().note_taking(tensor, way)

    def _keep(self, step: Step) -> None:
        self.steps.append(step)
        self._makers.update((id(output), step) for output in step.outputs)

    # Looking ----------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self.steps)

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __getitem__(self, number: int) -> Step:
        return self.steps[number]

    def step_of(self, tensor: Any) -> Step | None:
        """The operation that made a tensor, None if it came from outside."""
        return self._makers.get(id(tensor))

    def find(self, name: str | None = None, line: str | int | None = None) -> list[Step]:
        """The operations of a name, and of a line: its number, or the end of `file:line`."""
        end = f":{line}" if isinstance(line, int) else line or ""
        return [
            step
            for step in self.steps
            if name in (None, step.name) and step.line.partition(" (")[0].endswith(end)
        ]

    def gradient(self, target: Any, of: Any) -> Any:
        """The gradient of `target` with respect to `of`: any two values of the recording.

        Args:
            target: a tensor or a step; its elements are summed.
            of: a tensor, a step, the number of a step, or a variable.

        Returns None where `target` does not depend on `of` by differentiable operations.
        """
        end, value = self._tensor(target), self._tensor(of)
        if id(end) not in self._gradients:
            self._gradients[id(end)] = self._backpropagate(end)
        return self._gradients[id(end)].get(id(value))

    def _backpropagate(self, target: Any) -> dict[int, Tensor]:
        entries: list[Any] = []
        needed, known = {id(target)}, {id(target)}
        for step in reversed(self.steps):
            primitive = step.primitive
            is_on_the_way = not needed.isdisjoint(map(id, step.outputs))
            if not is_on_the_way or primitive.stops_gradients or not primitive.is_differentiable:
                continue
            entries.append((primitive, step.inputs, step.params, step.raw))
            needed.update(map(id, step.inputs))
            known.update(id(x) for x in (*step.inputs, *step.outputs) if _has_gradient(x))
        with ambient.outside(None):
            seeds = [(id(target), ones_like(target))]
            found = backpropagate(entries[::-1], seeds, set(known), known, id)
            return {number: to_tensor(grad) for number, grad in found.items()}

    def _tensor(self, what: Any) -> Any:
        """The tensor that a step, its number, a variable or a tensor stands for."""
        if isinstance(what, int) and not isinstance(what, bool):
            what = self.steps[what]
        if isinstance(what, Step):
            if len(what.outputs) != 1:
                raise ValueError(
                    f"record expected a step with one output. Received: {what!r:.160}. "
                    "Take one of step.outputs."
                )
            return what.outputs[0]
        found = getattr(what, "handle", what)
        if not isinstance(found, Tensor):
            raise TypeError(
                "record expected a tensor, a variable, a step or the number of a step. "
                f"Received: {what!r:.80} of type {type(what).__name__}"
            )
        return found

    def first_bad(self, target: Any = None) -> Step | None:
        """The operation that made NaN or infinity of finite numbers.

        With a `target` that is not finite it is found by bisection, else by going through all.
        """
        return first_bad(self.steps, None if target is None else self._tensor(target))

    # Changing ---------------------------------------------------------------------------------

    def change(self, what: Any, value: Any) -> Recording:
        """The recording as it would be if `what` had another value.

        Only what depends on it is computed again; the rest is shared. Assignments count within
        the recording and leave the variables alone; what is printed is not printed again.

        Args:
            what: a tensor that was made or used, a step, or the number of a step.
            value: of the same shape and dtype.

        The result's `stale` lists the lines where Python took out a value that is now another:
        what it did with it is as it was.

        Raises:
            RuntimeError: a Python function, or a graph with effects, would have to run again.
        """
        from eagre.debugging.replaying import replay

        old = self._tensor(what)
        new = to_tensor(value, old.dtype, name="record")
        if old.dtype is resource or not old.shape.is_compatible_with(new.shape):
            raise ValueError(
                f"record expected a value of shape {old.shape}. Received: shape={new.shape}"
            )
        return replay(self, old, new)

    def now(self, tensor: Any) -> Any:
        """What stands here for a tensor of the recording from which this one was made."""
        return self._changes.get(id(tensor), tensor)

    # Showing ----------------------------------------------------------------------------------

    def save_html(self, path: Any, target: Any = None) -> None:
        """Write a picture of the computation, one HTML file that needs nothing else.

        Each operation is a row under its Python line, with its value and norm and an arc from
        each of its inputs. With gradients of `target`, by default the last scalar before any
        gradient was taken, arcs through which none comes back are marked as dead, and those with
        huge ones as exploding.
        """
        from eagre.debugging.picture import page

        chosen = self._last_scalar() if target is None else self._tensor(target)
        with open(path, "w", encoding="utf-8") as file:
            file.write(page(self, chosen))

    def _last_scalar(self) -> Any:
        # What follows the first gradient belongs to gradients and to how they are applied.
        before = itertools.takewhile(lambda step: not step.is_of_gradient, self.steps)
        outputs = [step.outputs[0] for step in before if len(step.outputs) == 1]
        fitting = [x for x in outputs if x.sizes == () and x.dtype in INEXACTS]
        return fitting[-1] if fitting else None

    def __repr__(self) -> str:
        return f"<recording of {len(self.steps)} operations>"

    def __str__(self) -> str:
        rows = [(str(s.number), s.line, s.label, ", ".join(map(short, s.outputs)))
                for s in self.steps[:ROWS]]
        widths = [max((len(row[i]) for row in rows), default=0) for i in range(3)]
        lines = [
            f"{n:>{widths[0]}}  {line:<{widths[1]}}  {name:<{widths[2]}}  {value}"
            for n, line, name, value in rows
        ]
        more = len(self.steps) - ROWS
        return "\n".join([*lines, f"... {more} more"] if more > 0 else lines)

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(str(self))}</pre>"


def _has_gradient(x: Any) -> bool:
    return x.dtype is resource or x.dtype in INEXACTS


def record(*values: Any) -> Recording:
    """A context that keeps each operation that runs in it, with the values.

    The result is the recording, which is read in it and after it: from `pdb`, in a notebook.
    Operations of a `tf.function` are kept one by one; a branch or loop of a graph is one.

    >>> with tf.debugging.record() as run:
    ...     x = tf.constant(3.0)
    ...     y = x * x
    ...     z = tf.exp(-y)
    >>> [step.name for step in run]
    ['multiply', 'negative', 'exp']
    >>> run[0].value, run.gradient(run[1], x).numpy()
    (np.float32(9.0), np.float32(-6.0))
    >>> changed = run.change(y, 0.0)
    >>> changed[2].value
    np.float32(1.0)
    """
    if values:
        raise TypeError(
            "record expected no arguments: it is a context, `with tf.debugging.record() as run:`. "
            f"Received: {values[0]!r}"
        )
    return Recording()
