"""The backward graph of a graph, for a call of it that is one operation of a tape.

It takes gradients of outputs, the sums of gradients of inputs that are there already, and values
of the forward graph; it returns the new sums. So it adds contributions in the order in which a
tape of the graph's own operations would add them, and the result is the same to the last bit.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from eagre.core import structure
from eagre.core.specs import ResourceSpec, TensorSpec
from eagre.core.tensor import SymbolicTensor, Tensor
from eagre.gradients.backpropagate import backpropagate, path_from
from eagre.gradients.graph_gradients import entries_of
from eagre.gradients.keeping import keeping
from eagre.gradients.perhaps import Perhaps
from eagre.graph.graph import Graph
from eagre.graph.trace import Trace
from eagre.primitives.constants import constant
from eagre.primitives.families import INEXACTS

if TYPE_CHECKING:
    from collections.abc import Sequence


class Pattern:
    """Which gradients flow into a call, which are wanted, and which of those are sums already.

    `keys` are those of the wanted inputs, each once: inputs that are one tensor have one sum.
    `given` and `sums` may be `Perhaps`, of which the backward graph takes both parts.
    `key` tells patterns apart, for one graph.
    """

    __slots__ = ("given", "grads", "key", "keys", "places", "sums")

    def __init__(self, wanted: Sequence[Any], sums: dict[Any, Any], grads: Sequence[Any]) -> None:
        self.keys = list(dict.fromkeys([key for key in wanted if key is not None]))
        self.places = tuple([None if key is None else self.keys.index(key) for key in wanted])
        self.grads = grads
        self.given = tuple(map(_kind, grads))
        self.sums = [sums.get(key) for key in self.keys]
        self.key = self.given, self.places, tuple(map(_kind, self.sums))


def _kind(total: Any) -> Any:
    """None where there is no sum yet, True for a tensor, for a composite what its parts are."""
    if total is None or isinstance(total, Tensor):
        return total is not None or None
    return (type(total), *[(part.dtype, part.ndim) for part in _parts(total)])


def _parts(value: Any) -> list[Any]:
    return structure.flatten(value, expand_composites=True)


class Backward:
    """The backward graph of `forward` for a pattern, and the places of the sums that it returns."""

    def __init__(self, forward: Graph, pattern: Pattern) -> None:
        self.forward = forward
        self.graph = Graph(forward.name + "_backward")
        with Trace(self.graph):
            self._trace(pattern)
        self.graph.drop_unused()
        self.graph.drop_unused_captures()

    def _trace(self, pattern: Pattern) -> None:
        for operation in self.forward.operations:
            if operation.primitive is constant:
                again = self.graph.add(constant, (), operation.params, operation.line)
                self.graph.stand_for(operation.outputs[0], again)
        entries = [self._inside(entry) for entry in entries_of(self.forward.operations)]
        inner = [self.graph.capture(x) for x in self.forward.parameters]
        first = [id(inner[pattern.places.index(place)]) for place in range(len(pattern.keys))]
        number = _Numbers(inner, pattern.places, first)
        outputs = zip(self.forward.outputs, pattern.grads, strict=True)
        seeds = [
            (number(self.graph.capture(x)), self._input("grad", x.spec, grad))
            for x, grad in outputs
            if grad is not None
        ]
        sums = {
            first[place]: self._input("sum", inner[pattern.places.index(place)].spec, total)
            for place, total in enumerate(pattern.sums)
            if total is not None
        }
        sources = set(first)
        path, dependent = path_from(entries, sources, sources, number)
        found = backpropagate(path, seeds, sources, dependent, number, sums=sums)
        self.places = [place for place, key in enumerate(first) if key in found]
        self.graph.output_structure = [found[first[place]] for place in self.places]
        self.graph.outputs = _parts(self.graph.output_structure)

    def _inside(self, entry: Any) -> Any:
        primitive, inputs, params, output = entry
        inputs = tuple([self.graph.capture(x) for x in inputs])
        if output.__class__ is tuple:
            return primitive, inputs, params, tuple([self.graph.capture(x) for x in output])
        return primitive, inputs, params, self.graph.capture(output)

    def _input(self, name: str, spec: TensorSpec, total: Any) -> Any:
        """What stands for a gradient that is there already: an input for each of its parts."""
        spec = spec.value if isinstance(spec, ResourceSpec) else spec
        if isinstance(total, Tensor):
            return self.graph.add_input(spec, name)
        specs = [TensorSpec.of((None,) * part.ndim, part.dtype) for part in _parts(total)]
        if total.__class__ is Perhaps:
            specs[0] = spec
        inputs = [self.graph.add_input(each, name) for each in specs]
        return structure.pack_sequence_as(total, inputs, expand_composites=True)

    def values_read(self) -> list[SymbolicTensor]:
        """The values of the forward graph that the backward graph reads."""
        captures = self.graph.captures
        return [x for x in captures if isinstance(x, SymbolicTensor)]

    def arguments(
        self, grads: Sequence[Any], pattern: Pattern, inputs: Sequence[Any], outputs: Sequence[Any]
    ) -> list[Any]:
        """A tensor for each parameter of the backward graph."""
        values = {id(x): value for x, value in zip(self.forward.parameters, inputs, strict=True)}
        values.update(zip(map(id, self.forward.outputs), outputs, strict=True))
        given = [part for grad in grads if grad is not None for part in _parts(grad)]
        sums = [part for total in pattern.sums if total is not None for part in _parts(total)]
        captures = [values.get(id(capture), capture) for capture in self.graph.captures]
        return [*given, *sums, *captures]

    def packed(self, results: Sequence[Any]) -> list[Any]:
        """The results as sums: composites where the backward graph makes them."""
        nest = self.graph.output_structure
        return structure.pack_sequence_as(nest, list(results), expand_composites=True)


class _Numbers:
    """By which number a value of the backward graph is known: one for inputs with one sum."""

    def __init__(self, inner: Sequence[Any], places: Sequence[Any], first: Sequence[int]) -> None:
        pairs = zip(inner, places, strict=True)
        self._shared = {id(x): first[place] for x, place in pairs if place is not None}

    def __call__(self, x: Any) -> int:
        return self._shared.get(id(x), id(x))


def backward_for(forward: Graph, pattern: Pattern) -> Backward:
    """The backward graph for a pattern, made once."""
    if pattern.key not in forward.memo:
        forward.memo[pattern.key] = Backward(forward, pattern)
    return forward.memo[pattern.key]


def with_needed_values(graph: Graph) -> Graph:
    """The graph with further outputs: all values that its gradient may read.

    `needed` in its memo are the numbers of the inputs and outputs among those values.
    """
    if "forward" in graph.memo:
        return graph.memo["forward"]
    bare, graph = graph, keeping(graph)
    kinds = [isinstance(x.spec, ResourceSpec) or x.dtype in INEXACTS for x in graph.parameters]
    wanted = [place if kind else None for place, kind in enumerate(kinds)]
    grads = [x if x.dtype in INEXACTS else None for x in graph.outputs]
    needed = Backward(graph, Pattern(wanted, {}, grads)).values_read()
    known = {id(x) for x in (*graph.parameters, *graph.outputs)}
    forward = copy(graph)
    forward.outputs = [*graph.outputs, *[x for x in needed if id(x) not in known]]
    forward.memo = {"needed": {id(x) for x in needed}}
    bare.memo["forward"] = forward
    return forward
