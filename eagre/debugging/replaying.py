"""Running a recording on from a changed value."""

from __future__ import annotations

from typing import Any

from eagre.core import ambient
from eagre.core.doors import apply
from eagre.debugging.recording import Recording, Step
from eagre.graph.graph import Graph
from eagre.primitives.state import assign_variable, read_variable


def replay(run: Recording, old: Any, new: Any) -> Recording:
    """The recording in which `old` is `new`, and what depends on it is computed again."""
    result = Recording()
    result._changes = changes = {id(old): new}
    held: dict[int, Any] = {}
    for step in run.steps:
        outputs = tuple(changes.get(id(x), x) for x in step.outputs)
        inputs = tuple(changes.get(id(x), x) for x in step.inputs)
        if id(old) not in map(id, step.outputs):
            outputs = _outputs(step, inputs, held)
            pairs = zip(step.outputs, outputs, strict=True)
            changes.update((id(a), b) for a, b in pairs if a is not b)
        raw = outputs if step.raw.__class__ is tuple else outputs[0]
        result._keep(Step(step.number, step.line, step.primitive, inputs, step.params, raw))
    result.leaves = [(changes.get(id(x), x), line) for x, line in run.leaves]
    result._takings = run._takings
    taken = [f"{way} at {line}" for x, way, line in run._takings if id(x) in changes]
    result.stale = list(dict.fromkeys(taken))
    return result


def _outputs(step: Step, inputs: tuple[Any, ...], held: dict[int, Any]) -> tuple[Any, ...]:
    """What a step gives for inputs; `held` has the values of variables that are now others."""
    is_same = all(a is b for a, b in zip(step.inputs, inputs, strict=True))
    if step.primitive is assign_variable:
        held.pop(id(step.inputs[0]), None)
        if is_same:
            return step.outputs
        held[id(step.inputs[0])] = inputs[1]
        return (inputs[1],)
    if step.primitive is read_variable and id(step.inputs[0]) in held:
        return (held[id(step.inputs[0])],)
    graphs = [value for value in step.params.values() if isinstance(value, Graph)]
    if is_same and not (graphs and any(id(x) in held for x in inputs)):
        return step.outputs
    return _again(step, inputs, graphs)


def _again(step: Step, inputs: tuple[Any, ...], graphs: list[Graph]) -> tuple[Any, ...]:
    inner = [operation for graph in graphs for operation in graph.all_operations()]
    effects = {step.primitive.effect, *[operation.primitive.effect for operation in inner]}
    if "visible" in effects and not step.outputs:
        return ()
    reads_handles = graphs and any(operation.primitive is read_variable for operation in inner)
    if reads_handles or not effects <= {None, "read", "check"}:
        raise RuntimeError(
            "record cannot run again what has an effect outside the recording. "
            f"Received: {step!r:.200}. Change a value behind it."
        )
    with ambient.outside(None):
        output = apply(step.primitive, inputs, step.params)
    return output if output.__class__ is tuple else (output,)
