"""Gradients of a graph as a graph: the same `backpropagate`, over operations instead of a tape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.core.conversion import to_tensor
from eagre.core.doors import apply
from eagre.core.errors import UnimplementedError
from eagre.core.specs import ResourceSpec, TensorSpec
from eagre.core.tensor import SymbolicTensor
from eagre.gradients.backpropagate import Entry, backpropagate, path_from, zeros_like
from eagre.graph.graph import Graph, at_its_line, can_run_again
from eagre.graph.trace import Trace
from eagre.primitives.families import INEXACTS
from eagre.primitives.rearrangement import broadcast_to
from eagre.primitives.state import read_variable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

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
    stopped: Sequence[Any] = (),
) -> list[Tensor | None]:
    """The gradients of symbolic tensors of a graph that is being traced, added to that graph.

    Operations that make one of `stopped` are no way for gradients.
    """
    ends = {id(tensor.operation) for tensor in stopped}
    operations = [each for each in graph.operations if id(each) not in ends]
    return _gradients_of(entries_of(operations), targets, sources, seeds, {}, id)


class _Numbers(dict[int, int]):
    """By which number a value is known: one for values that are one tensor."""

    def __call__(self, x: Any) -> int:
        return self.get(id(x), id(x))


def _gradients_of(
    entries: Sequence[Entry],
    targets: Any,
    sources: Any,
    seeds: Any,
    sums: dict[int, Tensor],
    number: Callable[[Any], int],
) -> list[Tensor | None]:
    numbers = {number(source) for source in sources}
    flows = [(number(target), seed) for target, seed in zip(targets, seeds, strict=True)]
    path, dependent = path_from(entries, numbers, numbers, number)
    found = backpropagate(path, flows, numbers, dependent, number, sums=sums)
    return [found.get(number(source)) for source in sources]


class BackwardRun:
    """A graph that runs a graph again, and then back from its outputs to parameters.

    Its inputs are values of `graph.parameters`, a gradient for each output that `given` names, the
    sum so far for each position that `summed` names, and the values of `kept`: those tensors of
    `graph` that it reads and cannot compute again, for they come from operations with effects.
    Its outputs are the new sums for `positions`; `reached` are those to which a gradient flows.
    `shared` are pairs of a position and another one, which holds the same tensor and the sum.
    """

    def __init__(
        self,
        graph: Graph,
        positions: Sequence[int],
        given: Sequence[int],
        summed: Sequence[int],
        shared: Sequence[tuple[int, int]],
    ) -> None:
        self.graph = Graph(graph.name + "_backward")
        self._stand_ins: list[tuple[Tensor, Any]] = []
        with Trace(self.graph):
            values = [self.graph.add_input(p.spec, p.name) for p in graph.parameters]
            entries, outputs = self._run_again(graph, values)
            targets = [outputs[place] for place in given]
            seeds = [self.graph.add_input(target.spec, "grad") for target in targets]
            specs = [value_spec(values[place]) for place in summed]
            inputs = [self.graph.add_input(spec, "sum") for spec in specs]
            sources = [values[place] for place in positions]
            number = _Numbers({id(values[i]): id(values[last]) for i, last in shared})
            sums: dict[int, Tensor] = {}
            for key, total in zip([number(values[i]) for i in summed], inputs, strict=True):
                sums[key] = sums[key] + total if key in sums else total
            found = _gradients_of(entries, targets, sources, seeds, sums, number)
            found = [
                total if number(x) == id(x) else None
                for x, total in zip(sources, found, strict=True)
            ]
            pairs = list(zip(sources, found, strict=True))
            self.graph.outputs = [
                nothing_like(source) if total is None else to_tensor(total)
                for source, total in pairs
            ]
        before = {id(total) for total in inputs}
        places = zip(positions, found, strict=True)
        self.reached = [i for i, total in places if total is not None and id(total) not in before]
        self.graph.drop_unused()
        self.kept = self._take_in_kept()

    def _run_again(self, graph: Graph, values: Sequence[Any]) -> tuple[list[Entry], list[Any]]:
        """Do the operations of `graph` that have no effects; of the others what they put out is
        taken as it was. Returns all as entries, and the outputs."""
        environment = {id(p): value for p, value in zip(graph.parameters, values, strict=True)}
        entries: list[Entry] = []
        for operation in graph.operations:
            inputs = tuple([environment[id(x)] for x in operation.inputs])
            primitive, params = operation.primitive, operation.params
            if can_run_again(operation):
                result = at_its_line(operation, apply, primitive, inputs, params)
                results = result if operation.has_several_outputs else (result,)
            else:
                results = tuple([self._stand_in(x) for x in operation.outputs])
            environment.update(zip(map(id, operation.outputs), results, strict=True))
            if not primitive.stops_gradients:
                output = results if operation.has_several_outputs else results[0]
                entries.append((primitive, inputs, params, output))
        return entries, [environment[id(x)] for x in graph.outputs]

    def _stand_in(self, x: Tensor) -> Any:
        self._stand_ins.append((x, SymbolicTensor(x.spec, self.graph, None, "kept")))
        return self._stand_ins[-1][1]

    def _take_in_kept(self) -> list[Tensor]:
        """Make those stand-ins inputs whose values are read."""
        read = {id(x) for operation in self.graph.operations for x in operation.inputs}
        read.update(map(id, self.graph.outputs))
        pairs = [pair for pair in self._stand_ins if id(pair[1]) in read]
        self.graph.inputs += [inner for _, inner in pairs]
        return [x for x, _ in pairs]


def backward_run(
    graph: Graph,
    positions: Sequence[int],
    given: Sequence[int],
    summed: Sequence[int] = (),
    shared: Sequence[tuple[int, int]] = (),
) -> BackwardRun:
    """The backward run of a graph for these places, made once."""
    key = ("backward_run", tuple(positions), tuple(given), tuple(summed), tuple(shared))
    if key not in graph.memo:
        graph.memo[key] = BackwardRun(graph, positions, given, summed, shared)
    return graph.memo[key]


def backward_graph(graph: Graph, positions: Sequence[int]) -> Graph:
    """The graph of a backward run to parameters, for a gradient of each inexact output."""
    refuse_effects(graph)
    inexact = [i for i, output in enumerate(graph.outputs) if output.dtype in INEXACTS]
    return backward_run(graph, positions, inexact).graph


def value_spec(x: Tensor) -> TensorSpec:
    """The spec of the gradient of a tensor; that of a handle is one of the variable's value."""
    return x.spec.value if isinstance(x.spec, ResourceSpec) else x.spec


def has_gradient(x: Tensor) -> bool:
    """Whether a tensor, or what the variable of a handle holds, has numbers with gradients."""
    return value_spec(x).dtype in INEXACTS


def nothing_like(x: Tensor) -> Tensor:
    """Zeros that change no bit of what is added to them: -0.0, since 0.0 + -0.0 is 0.0."""
    spec = value_spec(x)
    if spec is x.spec:
        return -zeros_like(x)
    if spec.sizes is None or None in spec.sizes:
        return -zeros_like(apply(read_variable, (x,), {}))
    return -broadcast_to(to_tensor(0, spec.dtype), spec.sizes)


def refuse_effects(graph: Graph) -> None:
    """Raise unless running the operations of a graph again changes nothing."""
    for operation in graph.all_operations():
        if operation.primitive.effect not in (None, "read", "check"):
            raise UnimplementedError(
                "GradientTape.gradient cannot run a branch or loop again, example by example, that "
                "assigns variables, draws random numbers or prints. Received: "
                f"{operation.primitive.public} at {operation.line}. "
                "Move that line out of the branch or loop, or use tf.map_fn."
            )
