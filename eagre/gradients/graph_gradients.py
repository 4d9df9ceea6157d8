"""Gradients of a graph as a graph: the same `backpropagate`, over operations instead of a tape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eagre.core.conversion import to_tensor
from eagre.core.errors import UnimplementedError
from eagre.gradients.backpropagate import Entry, backpropagate, path_from, zeros_like
from eagre.graph.graph import Graph
from eagre.graph.trace import Trace
from eagre.primitives.families import INEXACTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from eagre.core.primitive import Operation
    from eagre.core.tensor import Tensor


def entries_of(operations: Iterable[Operation]) -> list[Entry]:
    """The operations as `backpropagate` takes them."""
    return [
        (
            operation.primitive,
            operation.inputs,
            operation.params,
            operation.outputs if operation.has_several_outputs else operation.outputs[0],
        )
        for operation in operations
        if not operation.primitive.stops_gradients
    ]


def gradients_in(
    graph: Graph, targets: Sequence[Tensor], sources: Sequence[Tensor], seeds: Sequence[Tensor]
) -> list[Tensor | None]:
    """The gradients of symbolic tensors of a graph that is being traced, added to that graph."""
    numbers = {id(source) for source in sources}
    flows = [(id(target), seed) for target, seed in zip(targets, seeds, strict=True)]
    path, dependent = path_from(entries_of(graph.operations), numbers, numbers, id)
    found = backpropagate(path, flows, numbers, dependent, id)
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
            zeros_like(source) if grad is None else to_tensor(grad)
            for grad, source in zip(found, sources, strict=True)
        ]
    result.drop_unused()
    return result


def refuse_effects(graph: Graph) -> None:
    """Raise unless running the operations of a graph again changes nothing."""
    for operation in graph.all_operations():
        if operation.primitive.effect not in (None, "read", "check"):
            raise UnimplementedError(
                "GradientTape.gradient runs a branch or loop again, which therefore cannot assign "
                "variables, draw random numbers or print. Received: "
                f"{operation.primitive.public} at {operation.line}. "
                "Move that line out of the branch or loop."
            )
