"""Which operations of a graph built by hand have to run for what a session is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eagre.core.primitive import Operation
from eagre.core.tensor import SymbolicTensor
from eagre.graph.graph import Graph

if TYPE_CHECKING:
    from collections.abc import Sequence


def part_of(
    graph: Graph,
    tensors: Sequence[SymbolicTensor],
    operations: Sequence[Operation],
    feeds: Sequence[SymbolicTensor],
) -> Graph:
    """The graph from `feeds` to `tensors`, which also does `operations`.

    What they need is done in the order in which it was written, and each operation once.
    """
    part = Graph(graph.name)
    fed = {id(feed) for feed in feeds}
    needed = {id(tensor) for tensor in tensors}
    asked = {id(operation) for operation in operations}
    for operation in reversed(graph.operations):
        made = {id(output) for output in operation.outputs} - fed
        if id(operation) not in asked and needed.isdisjoint(made):
            continue
        part.operations.append(_without(operation, fed))
        needed.update(id(x) for x in operation.inputs)
        asked.update(id(each) for each in graph.controls_of(operation))
    part.operations.reverse()
    part.inputs = list(feeds)
    pairs = zip(graph.captures, graph.captured, strict=True)
    used = [(outer, inner) for outer, inner in pairs if id(inner) in needed - fed]
    part.captures, part.captured = [x for x, _ in used], [x for _, x in used]
    part.outputs = list(tensors)
    return part


def _without(operation: Operation, fed: set[int]) -> Operation:
    """The operation, with other outputs in place of those that are fed."""
    if fed.isdisjoint(id(output) for output in operation.outputs):
        return operation
    copy = Operation(operation.primitive, operation.inputs, operation.params, operation.line)
    copy.graph, copy.label = operation.graph, operation.label
    copy.has_several_outputs = operation.has_several_outputs
    copy.outputs = tuple(
        [
            SymbolicTensor(x.spec, operation.graph, copy, x.name) if id(x) in fed else x
            for x in operation.outputs
        ]
    )
    return copy
