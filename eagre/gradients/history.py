"""What is known of a computation when somebody asks why a gradient is None.

A history has steps, each one operation with the numbers of its inputs and outputs, and the moments
at which tapes began to watch and Python took values out. It comes from `explain_gradients`, from a
graph, or from what a tape still has; only the tape's own has no lines and no steps that stop
gradients. Values are not kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from eagre.core.dtypes import resource
from eagre.core.origin import shown_spec
from eagre.primitives.families import INEXACTS
from eagre.primitives.state import assign_variable, read_variable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Step(NamedTuple):
    """One operation; `tapes` are the numbers of the tapes that were there, None for all."""

    primitive: Any
    line: str | None
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    is_inexact: bool
    tapes: frozenset[int] | None = None

    @property
    def stops(self) -> bool:
        """Whether no gradient comes back through it."""
        return self.primitive.stops_gradients or not self.is_inexact


class Watch(NamedTuple):
    """The moment from which a tape watches a value."""

    tape: int
    value: int
    line: str | None


class Taking(NamedTuple):
    """The moment at which Python took a value out of a tensor."""

    value: int
    way: str
    line: str


class Making(NamedTuple):
    """The moment at which a tensor was made of Python or NumPy values."""

    value: int
    line: str


class History:
    """Steps and moments in their order, and what the values are called."""

    def __init__(self, number: Callable[[Any], int], has_lines: bool) -> None:
        self.events: list[Any] = []
        self.names: dict[int, str] = {}
        self.lines: dict[int, str] = {}
        self.number = number
        self.has_lines = has_lines

    def described(self, number: int) -> str:
        """What a value is called, with the line that made it where that is known."""
        line = self.lines.get(number)
        return self.names.get(number, "") + (f", made at {line}" if line else "")

    def steps(self) -> Iterable[tuple[int, Step]]:
        """The operations, with their places among the events."""
        return ((i, event) for i, event in enumerate(self.events) if event.__class__ is Step)

    def of_kind(self, kind: type[Any]) -> list[tuple[int, Any]]:
        """The moments of one kind, with their places among the events."""
        return [(i, event) for i, event in enumerate(self.events) if event.__class__ is kind]

    def ancestors(self, target: int) -> set[int]:
        """The numbers of all values that `target` was computed from, and its own.

        A variable that is read passes on what was assigned to it last.
        """
        found, handles = {target}, set[int]()
        for _, step in reversed(list(self.steps())):
            if step.primitive is assign_variable and step.inputs[0] in handles:
                handles.discard(step.inputs[0])
                found.update(step.outputs, step.inputs)
            elif not found.isdisjoint(step.outputs):
                found.update(step.inputs)
                if step.primitive is read_variable:
                    handles.add(step.inputs[0])
        return found

    def descendants(self, source: int) -> set[int]:
        """The numbers of all values that were computed from `source`, and its own."""
        found = {source}
        for _, step in self.steps():
            if not found.isdisjoint(step.inputs):
                found.update(step.outputs)
                if step.primitive is assign_variable:
                    found.add(step.inputs[0])
        return found

    def reached(self, sources: set[int], tape: int) -> set[int]:
        """The numbers of the values to which gradients of `sources` lead on a tape.

        A source that the tape watches counts from that moment.
        """
        later = {watch.value for _, watch in self.of_kind(Watch) if watch.tape == tape}
        found = sources - later
        for event in self.events:
            if event.__class__ is Watch and event.tape == tape and event.value in sources:
                found.add(event.value)
            elif event.__class__ is Step and not event.stops and _saw(event, tape):
                if not found.isdisjoint(event.inputs):
                    found.update(event.outputs)
        return found


def _saw(step: Step, tape: int) -> bool:
    return step.tapes is None or tape in step.tapes


def is_inexact(output: Any) -> bool:
    """Whether one of the outputs of an operation has numbers that have gradients."""
    outputs = output if output.__class__ is tuple else (output,)
    return any(x.dtype in INEXACTS for x in outputs)


def name_of(value: Any) -> str:
    """What messages call a tensor or a handle."""
    spec = value.spec
    if value.dtype is resource:
        name = getattr(getattr(value, "array", None), "name", getattr(value, "name", "variable"))
        return f"the variable {name!r}, {shown_spec(spec)}"
    return f"a tensor {shown_spec(spec)}"


def skeleton(records: Iterable[Any], tape: int) -> History:
    """The history that a tape knows: what it recorded, by the numbers of the values."""
    history = History(lambda value: value.id, has_lines=False)
    for primitive, inputs, _, output in records:
        if primitive is None:
            history.names[output.id] = name_of(output)
            history.events.append(Watch(tape, output.id, None))
            continue
        outputs = output if output.__class__ is tuple else (output,)
        if primitive.reads_variables:
            handles = [x for x in inputs if x.id and x.dtype is resource]
            history.names.update((x.id, name_of(x)) for x in handles)
        numbers = tuple(x.id for x in outputs)
        read = tuple(x.id for x in inputs if x.id)
        history.events.append(Step(primitive, None, read, numbers, is_inexact(output)))
    return history


def history_of_graph(graph: Any, known: History, tape: int) -> History:
    """The history of a graph, with lines; `known` tells which of it a tape recorded."""
    history = History(lambda value: id(value), has_lines=True)
    for _, watch in known.of_kind(Watch):
        for tensor in (*graph.tensors(), *graph.captures):
            if tensor.id == watch.value:
                history.events.append(Watch(tape, id(tensor), None))
    recorded = {number for _, step in known.steps() for number in step.outputs}
    inner = dict(zip(map(id, graph.captured), graph.captures, strict=True))
    for tensor in (*graph.parameters, *graph.captures):
        history.names[id(tensor)] = name_of(tensor)
    for operation in graph.operations:
        inputs = tuple(id(inner.get(id(x), x)) for x in operation.inputs)
        outputs = operation.outputs
        stops = operation.primitive.stops_gradients or not is_inexact(outputs)
        is_there = stops or any(x.id in recorded for x in outputs)
        history.events.append(
            Step(
                operation.primitive,
                operation.line,
                inputs,
                tuple(map(id, outputs)),
                is_inexact(outputs),
                frozenset([tape]) if is_there else frozenset(),
            )
        )
        history.names.update((id(x), name_of(x)) for x in outputs)
    return history
