"""What a gradient needs of effects: a branch or loop runs once, so what it reads and draws is kept.

The gradient of a branch or loop computes its values again. What reads variables that change,
writes, draws or calls Python is not done again: its outputs are further outputs of the branch or
loop, and stand in its place.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from eagre.gradients.graph_gradients import BackwardRun, Places, backward_run, has_gradient
from eagre.graph.graph import can_run_again

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eagre.core.primitive import Operation
    from eagre.graph.graph import Graph


def runs_again(graph: Graph) -> bool:
    """Whether a graph that runs once more has the same outputs, and no effect."""
    return all(map(can_run_again, graph.operations))


def keeping(graph: Graph) -> Graph:
    """The graph, of which branches and loops keep what their gradients need."""
    if "keeping" not in graph.memo:
        operations = [_kept(each) for each in graph.operations]
        is_same = all(a is b for a, b in zip(operations, graph.operations, strict=True))
        wide = graph if is_same else copy(graph)
        if not is_same:
            wide.operations, wide.memo = operations, {}
        graph.memo["keeping"] = wide
    return graph.memo["keeping"]


def keep_in(operations: Sequence[Operation]) -> None:
    """Let branches and loops of a graph that is being built keep what their gradients need."""
    for each in operations:
        params = _recording(each)
        if params is not each.params:
            each.graph.extend(each, params)


def _kept(operation: Operation) -> Operation:
    params = _recording(operation)
    if params is operation.params:
        return operation
    wide = copy(operation)
    wide.graph.extend(wide, params)
    return wide


def _recording(operation: Operation) -> dict[str, Any]:
    recording = operation.primitive.recording
    return operation.params if recording is None else recording(operation.params)


def widened(graph: Graph) -> tuple[Graph, BackwardRun]:
    """The graph of a branch or body with what gradients need of effects as further outputs, and
    the backward run that reads all that any does."""
    graph = keeping(graph)
    results = [x for each in graph.operations if not can_run_again(each) for x in each.outputs]
    wide = copy(graph)
    wide.outputs, wide.memo = [*graph.outputs, *results], {}
    positions = tuple([i for i, x in enumerate(graph.parameters) if has_gradient(x)])
    given = tuple([i for i, x in enumerate(wide.outputs) if has_gradient(x)])
    run = backward_run(wide, Places(positions, given))
    wide.outputs, wide.memo = [*graph.outputs, *run.kept], {}
    return wide, run
