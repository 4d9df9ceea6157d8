"""Tracing the functions given to control operations into graphs without captures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.core import ambient, structure
from eagre.core.doors import apply
from eagre.core.tensor import Tensor
from eagre.graph.graph import Graph
from eagre.graph.trace import Trace, finish
from eagre.primitives.state import IN_FRONT, read_variable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from eagre.core.primitive import Primitive
    from eagre.core.specs import TensorSpec


class InnerTrace(Trace):
    """The trace of a branch or loop body. Variables that it does not write are read outside it:
    so they are values, which gradients can flow to and which cannot change on the way."""

    __slots__ = ("hoisted", "reads_inside")

    def __init__(self, graph: Graph, reads_inside: Sequence[Tensor]) -> None:
        super().__init__(graph)
        self.reads_inside = reads_inside
        self.hoisted: list[tuple[Tensor, Tensor]] = []

    def interpret(self, primitive: Primitive, inputs: tuple[Tensor, ...], params: Any) -> Any:
        """As in any trace, but for reads of variables that are not written here."""
        if primitive is not read_variable or _contains(self.reads_inside, inputs[0]):
            return super().interpret(primitive, inputs, params)
        for handle, value in self.hoisted:
            if handle is inputs[0]:
                return self.graph.capture(value)
        with ambient.outside(self):
            value = apply(primitive, inputs, IN_FRONT)
        self.hoisted.append((inputs[0], value))
        return self.graph.capture(value)

    def note_variable(self, variable: Any) -> None:
        """As in the trace around it, which keeps or refuses it."""
        with ambient.outside(self):
            around = ambient.interpreter()
            if around is not None:
                around.note_variable(variable)


def trace_inner(
    functions: dict[str, Callable[..., Any]], specs: Sequence[TensorSpec], owner: str
) -> list[Graph]:
    """Graphs, with captures, of functions that run together in an operation called `owner`."""
    written: list[Tensor] = []
    while True:
        levels = [_trace_one(f, specs, name, owner, written) for name, f in functions.items()]
        changed = [handle for level in levels for handle in level.graph.written()]
        hoisted = [handle for level in levels for handle, _ in level.hoisted]
        handles = [handle for handle in hoisted if _contains(changed, handle)]
        if not handles:
            return [level.graph for level in levels]
        # A variable that is read here and written too has to be read here each time.
        written += handles


def _trace_one(
    function: Any, specs: Sequence[TensorSpec], name: str, owner: str, written: list[Tensor]
) -> InnerTrace:
    if not callable(function):
        raise TypeError(f"{owner} expected {name} to be a function. Received: {function!r}")
    level = InnerTrace(Graph(name), written)
    around = ambient.interpreter()
    if isinstance(around, Trace):
        level.graph.function = around.graph.function
    with level as graph:
        arguments = [graph.add_input(spec, f"value_{i}") for i, spec in enumerate(specs)]
        result: Any = function(*arguments)
        is_plain = result.__class__ is list and all(isinstance(leaf, Tensor) for leaf in result)
        if not is_plain and any(leaf is None for leaf in structure.flatten(result)):
            raise TypeError(f"{owner} expected {name} to return tensors. Received: {result!r}")
        finish(graph, result)
    return level


def settle(values: Any, others: Any) -> Any:
    """The values, of which those composites that have no parts yet get the parts of `others`.

    None where there is nothing to do.
    """
    leaves, counterparts = structure.flatten(values), structure.flatten(others)
    if len(leaves) != len(counterparts):
        return None
    pairs = list(zip(leaves, counterparts, strict=True))
    if not any(_is_unsettled(leaf, other) for leaf, other in pairs):
        return None
    settled = [
        leaf.__settle__(other) if _is_unsettled(leaf, other) else leaf for leaf, other in pairs
    ]
    return structure.pack_sequence_as(values, settled)


def _is_unsettled(leaf: Any, other: Any) -> bool:
    return (
        hasattr(leaf, "__settle__")
        and type(leaf) is type(other)
        and not leaf.is_settled
        and other.is_settled
    )


def close_together(graphs: Sequence[Graph]) -> list[Tensor]:
    """Turn the captures of all graphs into further inputs, the same ones for each graph."""
    union = {id(tensor): tensor for graph in graphs for tensor in graph.captures}
    captures = list(union.values())
    for graph in graphs:
        graph.close(captures)
    return captures


def _contains(tensors: Sequence[Tensor], tensor: Tensor) -> bool:
    return any(each is tensor for each in tensors)
