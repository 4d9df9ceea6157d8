"""Tracing a Python function on the arguments of a call, which makes a `ConcreteFunction`."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, NamedTuple

from eagre.core import ambient, structure
from eagre.core.conversion import to_tensor
from eagre.core.python_numbers import described
from eagre.core.specs import ResourceSpec, TensorSpec
from eagre.core.tensor import EagerTensor
from eagre.functions.arguments import substitute, without_objects
from eagre.functions.concrete import ConcreteFunction
from eagre.functions.effects import SideEffects
from eagre.functions.promotion import SPEC, TracedInteger
from eagre.graph.graph import Graph
from eagre.graph.trace import Trace
from eagre.primitives.constants import constant

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from eagre.state.variable import Variable


class FunctionTrace(Trace):
    """The trace of a `tf.function`, which minds the variables that are made on the way."""

    __slots__ = ("created", "may_create", "side_effects")

    def __init__(self, graph: Graph, may_create: bool) -> None:
        super().__init__(graph)
        self.side_effects: SideEffects | None = None
        self.may_create = may_create
        self.created: list[Any] = []

    def note_variable(self, variable: Variable) -> None:
        """Let a variable be made, on the first call of the function only."""
        if not self.may_create:
            raise ValueError(
                f"{self.graph.name} expected to make its variables on its first call only: a "
                f"graph cannot make them anew each time. Received: a new tf.Variable "
                f"{variable.name!r}. Make it outside the function, or keep it: "
                "`if self.v is None: self.v = tf.Variable(...)`."
            )
        self.created.append(variable)


class Request(NamedTuple):
    """What is to be traced: a Python function, and the arguments of a call."""

    function: Callable[..., Any]
    name: str
    args: Any
    kwargs: Any
    leaves: Sequence[Any]
    specs: Sequence[TensorSpec]
    input_names: Sequence[str]
    integers: dict[int, int]
    """Integers to be taken as inputs: their values by their count among the arguments."""
    surroundings: Sequence[Any]
    """The objects that the function names and that are outside it."""


class Promotion(NamedTuple):
    """A graph that takes integers as inputs, and those whose values it depends on after all."""

    concrete: ConcreteFunction
    were_read: list[int]
    side_effects: SideEffects


def trace_call(request: Request, may_create: bool) -> Promotion:
    """The graph of a call. Variables are made in a first pass, which a second one repeats."""
    promotion, created = _trace_once(request, may_create)
    return _trace_once(request, False)[0] if created else promotion


def _trace_once(request: Request, may_create: bool) -> tuple[Promotion, list[Any]]:
    graph = Graph(request.name)
    level = FunctionTrace(graph, may_create)
    with level:
        stand_ins = _add_inputs(graph, request)
        integers = {
            count: TracedInteger(value, graph.add_input(SPEC, f"integer_{count}"))
            for count, value in request.integers.items()
        }
        args, kwargs = substitute(request.args, request.kwargs, stand_ins, integers)
        roots = [request.function, *request.surroundings, args, kwargs, request.args]
        effects = level.side_effects = SideEffects(request.name, roots)
        _return(level, request.function(*args, **kwargs))
    graph.forget_stand_ins()
    graph.drop_unused()
    pairs = zip(request.specs, graph.inputs, strict=False)
    specs = [_named(spec, inner) for spec, inner in pairs]
    signature = without_objects(*substitute(request.args, request.kwargs, specs))
    were_read = [count for count, integer in integers.items() if integer.was_read]
    return Promotion(ConcreteFunction(graph, signature), were_read, effects), level.created


def _named(spec: TensorSpec, inner: Any) -> TensorSpec:
    if isinstance(spec, ResourceSpec):
        return spec
    return TensorSpec(spec.shape, spec.dtype, spec.name or inner.name)


def _add_inputs(graph: Graph, request: Request) -> list[Any]:
    """The inputs of the graph, and for variables stand-ins whose handles are inputs."""
    stand_ins: list[Any] = []
    variables: dict[int, Any] = {}
    leaves = zip(request.leaves, request.specs, request.input_names, strict=True)
    for leaf, spec, name in leaves:
        inner = graph.add_input(spec, spec.name or _identifier(name))
        if not isinstance(spec, ResourceSpec):
            stand_ins.append(inner)
            continue
        if id(leaf) not in variables:
            with ambient.outside(None):
                variables[id(leaf)] = deepcopy(leaf.array.owner())
            graph.stand_for(variables[id(leaf)].handle, inner)
        stand_ins.append(variables[id(leaf)])
    return stand_ins


def _identifier(path: str) -> str:
    """`x['a'][0]` as `x_a_0`."""
    return "_".join("".join(c if c.isalnum() else " " for c in path).split())


def _return(level: Trace, result: Any) -> None:
    """Make what the function returned the outputs of the graph; None stays as it is."""
    graph = level.graph
    flat = structure.flatten(result, expand_composites=True)
    outputs = [_output(leaf, graph.name) for leaf in flat]
    nest = structure.pack_sequence_as(result, outputs, expand_composites=True)
    flat = structure.flatten(nest, expand_composites=True)
    graph.outputs = [level.inside(x, constant) for x in flat if x is not None]
    graph.output_structure = nest


def _output(leaf: Any, name: str) -> Any:
    if leaf is None or leaf.__class__ is EagerTensor:
        return leaf
    try:
        return to_tensor(leaf)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"{name} expected to return tensors, numbers, strings, None, or structures of such. "
            f"Received: {described(leaf)}. Return only what its graph can compute."
        ) from error
