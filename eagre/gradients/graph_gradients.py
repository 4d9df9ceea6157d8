"""Gradients of a graph as a graph: the same `backpropagate`, over operations instead of a tape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from eagre.core.conversion import to_tensor
from eagre.core.doors import apply
from eagre.core.dtypes import bool_
from eagre.core.errors import UnimplementedError
from eagre.core.specs import ResourceSpec, TensorSpec
from eagre.core.tensor import SymbolicTensor
from eagre.gradients.backpropagate import Entry, backpropagate, path_from, zeros_like
from eagre.gradients.perhaps import Perhaps
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

    One may be `Perhaps`. Operations that make one of `stopped` are no way for gradients.
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


class Places(NamedTuple):
    """What a backward run goes between: positions of parameters, and places of outputs.

    Gradients flow to the parameters at `positions` from the outputs that `given` names; there are
    sums already at those that `summed` names. Of `given` and `summed` those are `doubtful` and
    `doubted`, respectively, of which only values tell whether there is anything. `shared` are
    pairs of a position and another one, which holds the same tensor and the sum.
    """

    positions: tuple[int, ...]
    given: tuple[int, ...]
    summed: tuple[int, ...] = ()
    shared: tuple[tuple[int, int], ...] = ()
    doubtful: tuple[int, ...] = ()
    doubted: tuple[int, ...] = ()


class BackwardRun:
    """A graph that runs a graph again, and then back from its outputs to parameters.

    Its inputs are values of `graph.parameters`, a gradient for each output that is given, the sum
    so far for each position that is summed, for each that is in doubt whether it is there, and the
    values of `kept`: those tensors of `graph` that it reads and cannot compute again, for they come
    from operations with effects. Its outputs are the new sums, and for those that are in doubt
    whether they are there. `presence` tells of each position whether there is a sum, None for
    those in doubt; `reached` are those to which a gradient flows.
    """

    def __init__(self, graph: Graph, places: Places) -> None:
        self.graph = Graph(graph.name + "_backward")
        self.positions = places.positions
        self._stand_ins: list[tuple[Tensor, Any]] = []
        with Trace(self.graph):
            values = [self.graph.add_input(p.spec, p.name) for p in graph.parameters]
            entries, outputs = self._run_again(graph, values)
            targets = [outputs[place] for place in places.given]
            seeds = self._inputs("grad", [x.spec for x in targets], places.given, places.doubtful)
            specs = [value_spec(values[place]) for place in places.summed]
            totals = self._inputs("sum", specs, places.summed, places.doubted)
            sources = [values[place] for place in places.positions]
            number = _Numbers({id(values[i]): id(values[last]) for i, last in places.shared})
            before: dict[int, Any] = {}
            for key, total in zip([number(values[i]) for i in places.summed], totals, strict=True):
                before[key] = before[key] + total if key in before else total
            sums = dict(before)
            found = _gradients_of(entries, targets, sources, seeds, sums, number)
            pairs = list(zip(sources, found, strict=True))
            own = [total if number(x) == id(x) else None for x, total in pairs]
            self._give_out(sources, own)
        triples = zip(places.positions, sources, own, strict=True)
        self.reached = [
            i for i, x, each in triples if each is not None and each is not before.get(number(x))
        ]
        self.graph.drop_unused()
        self.kept = self._take_in_kept()

    def _inputs(self, name: str, specs: Any, places: Any, doubtful: Any) -> list[Any]:
        """An input for each place, and for those in doubt one that tells whether it is there."""
        inputs: list[Any] = [self.graph.add_input(spec, name) for spec in specs]
        flag = TensorSpec.of((), bool_)
        flags = {place: self.graph.add_input(flag, "is_there") for place in doubtful}
        return [
            Perhaps(x, flags[place]) if place in flags else x
            for place, x in zip(places, inputs, strict=True)
        ]

    def _give_out(self, sources: Sequence[Any], found: Sequence[Any]) -> None:
        pairs = zip(sources, found, strict=True)
        self.graph.outputs = [
            nothing_like(source) if total is None else to_tensor(total) for source, total in pairs
        ]
        flags = [total.is_there for total in found if total.__class__ is Perhaps]
        self.graph.outputs += [to_tensor(flag) for flag in flags]
        self.presence = {
            i: None if total.__class__ is Perhaps else total is not None
            for i, total in zip(self.positions, found, strict=True)
        }

    def results(self, arguments: Sequence[Any], wanted: Any, doubted: Any) -> list[Any]:
        """The new sums for `wanted` positions, and for `doubted` ones whether they are there."""
        found = self.graph.run(arguments)
        totals = dict(zip(self.positions, found, strict=False))
        rest = iter(found[len(self.positions) :])
        flags = {i: next(rest) if each is None else each for i, each in self.presence.items()}
        return [*[totals[i] for i in wanted], *[to_tensor(flags[i]) for i in doubted]]

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


def backward_run(graph: Graph, places: Places) -> BackwardRun:
    """The backward run of a graph between these places, made once."""
    key = "backward_run", places
    if key not in graph.memo:
        graph.memo[key] = BackwardRun(graph, places)
    return graph.memo[key]


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
