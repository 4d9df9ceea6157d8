"""Gradients of a graph as a graph: the same `backpropagate`, over operations instead of a tape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
    graph: Graph,
    targets: Sequence[Tensor],
    sources: Sequence[Tensor],
    seeds: Sequence[Tensor],
    sums: dict[int, Tensor] | None = None,
    stopped: Sequence[Any] = (),
) -> list[Tensor | None]:
    """The gradients of symbolic tensors of a graph that is being traced, added to that graph.

    Operations that make one of `stopped` are no way for gradients.
    """
    numbers = {id(source) for source in sources}
    ends = {id(tensor.operation) for tensor in stopped}
    flows = [(id(target), seed) for target, seed in zip(targets, seeds, strict=True)]
    operations = [each for each in graph.operations if id(each) not in ends]
    path, dependent = path_from(entries_of(operations), numbers, numbers, id)
    found = backpropagate(path, flows, numbers, dependent, id, sums=dict(sums or {}))
    return [found.get(id(source)) for source in sources]


class BackwardRun:
    """A graph that runs a graph again, and then back from its outputs to parameters.

    Its inputs are values of `graph.parameters`, a gradient for each output that `given` names, and
    the sum so far for each position that `summed` names. Its outputs are the new sums for
    `positions`; `reached` are those of them to which a gradient flows.
    """

    def __init__(
        self, graph: Graph, positions: Sequence[int], given: Sequence[int], summed: Sequence[int]
    ) -> None:
        refuse_effects(graph)
        self.graph = Graph(graph.name + "_backward")
        with Trace(self.graph):
            values = [self.graph.add_input(p.spec, p.name) for p in graph.parameters]
            outputs = graph.run(values)
            targets = [outputs[place] for place in given]
            seeds = [self.graph.add_input(target.spec, "grad") for target in targets]
            inputs = {place: self.graph.add_input(values[place].spec, "sum") for place in summed}
            sources = [values[place] for place in positions]
            sums: dict[int, Tensor] = {
                id(values[place]): total for place, total in inputs.items()
            }
            found = gradients_in(self.graph, targets, sources, seeds, sums)
            pairs = list(zip(sources, found, strict=True))
            self.graph.outputs = [
                nothing_like(source) if total is None else to_tensor(total)
                for source, total in pairs
            ]
        before = {id(total) for total in inputs.values()}
        places = zip(positions, found, strict=True)
        self.reached = [i for i, total in places if total is not None and id(total) not in before]
        self.graph.drop_unused()


def backward_run(
    graph: Graph, positions: Sequence[int], given: Sequence[int], summed: Sequence[int] = ()
) -> BackwardRun:
    """The backward run of a graph for these places, made once."""
    key = ("backward_run", tuple(positions), tuple(given), tuple(summed))
    if key not in graph.memo:
        graph.memo[key] = BackwardRun(graph, positions, given, summed)
    return graph.memo[key]


def backward_graph(graph: Graph, positions: Sequence[int]) -> Graph:
    """The graph of a backward run to parameters, for a gradient of each inexact output."""
    inexact = [i for i, output in enumerate(graph.outputs) if output.dtype in INEXACTS]
    return backward_run(graph, positions, inexact).graph


def nothing_like(x: Tensor) -> Tensor:
    """Zeros that change no bit of what is added to them: -0.0, since 0.0 + -0.0 is 0.0."""
    return -zeros_like(x)


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
