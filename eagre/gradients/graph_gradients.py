"""Gradients of a graph as a graph: the same `backpropagate`, over operations instead of a tape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.core.errors import UnimplementedError
from eagre.gradients.backpropagate import Record, backpropagate, zeros_like
from eagre.graph.graph import Graph
from eagre.graph.trace import Trace
from eagre.primitives.families import INEXACTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from eagre.core.primitive import Operation
    from eagre.core.tensor import Tensor


def records_of(operations: Iterable[Operation]) -> list[Record]:
    """The operations as `backpropagate` takes them; a value's id is that of its tensor object."""
    records: list[Record] = []
    for operation in operations:
        outputs: Any = operation.outputs
        output_ids: Any = tuple([id(output) for output in outputs])
        if not operation.has_several_outputs:
            outputs, output_ids = outputs[0], output_ids[0]
        ids = tuple([id(x) for x in operation.inputs])
        records.append(
            (operation.primitive, operation.params, ids, operation.inputs, output_ids, outputs)
        )
    return records


def gradients_in(
    graph: Graph, targets: Sequence[Tensor], sources: Sequence[Tensor], seeds: Sequence[Tensor]
) -> list[Tensor | None]:
    """The gradients of symbolic tensors of a graph that is being traced, added to that graph."""
    numbers = {id(source) for source in sources}
    markers: list[Record] = [(None, None, (), (), number, None) for number in numbers]
    flows = [(id(target), seed) for target, seed in zip(targets, seeds, strict=True)]
    found = backpropagate([*markers, *records_of(list(graph.operations))], flows, numbers)
    return [found.get(id(source)) for source in sources]


def backward_graph(graph: Graph, positions: Sequence[int]) -> Graph:
    """A graph from a graph's parameters and its outputs' gradients to gradients of parameters.

    Its inputs are those of `graph.parameters`, then one gradient for each inexact output; its
    outputs are the gradients of the parameters at `positions`, zeros where there is none. It
    computes the values that it needs again, so `graph` must not have effects besides reading.
    """
    refuse_effects(graph)
    result = Graph(graph.name + "_backward")
    with Trace(result):
        values = [result.add_input(p.spec, p.name) for p in graph.parameters]
        outputs = graph.run(values)
        inexact = [output for output in outputs if output.dtype in INEXACTS]
        seeds = [result.add_input(output.spec, "grad") for output in inexact]
        sources = [values[position] for position in positions]
        found = gradients_in(result, inexact, sources, seeds)
        result.outputs = [
            zeros_like(source) if grad is None else grad
            for grad, source in zip(found, sources, strict=True)
        ]
    result.drop_unused()
    return result


def refuse_effects(graph: Graph) -> None:
    """Raise unless running the operations of a graph again changes nothing."""
    for operation in graph.all_operations():
        if operation.primitive.effect not in (None, "read"):
            raise UnimplementedError(
                "The gradient of a branch or loop runs it again, so it must not assign variables, "
                f"draw random numbers or print. Received: {operation.name} at {operation.line}. "
                "Move that line out of the branch or loop."
            )
