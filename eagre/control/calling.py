"""`call`: the operation that runs a whole graph."""

from __future__ import annotations

from _thread import get_ident
from typing import TYPE_CHECKING, Any

from eagre.control import batched_flow
from eagre.control.backward import Pattern, backward_for, with_needed_values
from eagre.control.flow import variables_read
from eagre.core.ambient import interpreters, recorders
from eagre.core.doors import apply
from eagre.core.errors import InvalidArgumentError
from eagre.core.outline import outline
from eagre.core.primitive import Primitive
from eagre.gradients.graph_gradients import refuse_effects
from eagre.graph.building import builder
from eagre.graph.graph import changes_something

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eagre.core.specs import TensorSpec
    from eagre.core.tensor import Tensor
    from eagre.graph.graph import Graph


class Call(Primitive):
    """The outputs of `graph` for values of all its parameters."""

    vectorize = batched_flow.call
    can_fail = True
    needs = ("inputs",)
    reads_variables = True

    def infer(
        self, *values: TensorSpec, graph: Graph, places: Any = None
    ) -> tuple[TensorSpec, ...]:
        """The specs of the graph's outputs, for inputs that fit its parameters."""
        for value, parameter in zip(values, graph.parameters, strict=True):
            if not parameter.spec.is_compatible_with(value):
                raise InvalidArgumentError(
                    f"{graph.name} expected {parameter.name} to be {parameter.spec}. "
                    f"Received: {value}"
                )
        return tuple(output.spec for output in graph.outputs)

    def kernel(self, *values: Any, graph: Graph, places: Any = None) -> Any:
        return tuple(graph.compute(values, places))

    def accumulate(
        self, wanted: list[Any], sums: dict[Any, Any], grads: Any, output: Any, inputs: Any,
        params: Any,
    ) -> None:
        """Run the backward graph, which takes the sums so far and returns the new ones."""
        graph = params["graph"]
        if "needed" not in graph.memo:
            # The values that the gradient reads were not kept: they are computed again.
            refuse_effects(graph)
            graph = with_needed_values(graph)
            output = apply(call, inputs, {"graph": graph})
            grads = [*grads, *[None] * (len(output) - len(grads))]
        pattern = Pattern(wanted, sums, grads)
        backward = backward_for(graph, pattern)
        results = call_graph(backward.graph, backward.arguments(grads, pattern, inputs, output))
        for place, total in zip(backward.places, backward.packed(results), strict=True):
            sums[pattern.keys[place]] = total

    def variables_read(self, inputs: tuple[Any, ...], params: Any) -> list[Any]:
        """The variables that are read within."""
        return variables_read(inputs, params["graph"])

    def remember(self, inputs: tuple[Any, ...], output: Any, params: Any) -> tuple[Any, Any]:
        """Only what the backward graph reads is kept with its value."""
        graph = params["graph"]
        needed = graph.memo.get("needed")
        if needed is None:
            return super().remember(inputs, output, params)
        kept = [
            x if id(inner) in needed else outline(x)
            for inner, x in zip(graph.parameters, inputs, strict=True)
        ]
        outputs = [
            x if id(inner) in needed else outline(x)
            for inner, x in zip(graph.outputs, output, strict=True)
        ]
        return tuple(kept), tuple(outputs)


call = Call()


def call_graph(graph: Graph, inputs: Sequence[Tensor], places: Any = None) -> Any:
    """The outputs of a graph for a tensor for each of its parameters.

    A trace takes in the operations of the graph; for tapes the call is one operation.

    Args:
        places: for each output an array where its value may stand, as `Graph.compute` has it.
    """
    here = get_ident()
    if interpreters and here in interpreters:
        if builder() is None or not changes_something(graph):
            return graph.run(inputs)
        # Built by hand only what is asked for runs: one operation keeps its effects together.
        outputs = apply(call, tuple(inputs), {"graph": with_needed_values(graph)})
        return outputs[: len(graph.outputs)]
    if recorders and (recorder := recorders.get(here)) is not None:
        if not recorder.takes_calls:
            return graph.run(inputs)
        if any(x.id for x in inputs):
            outputs = apply(call, tuple(inputs), {"graph": with_needed_values(graph)})
            return outputs[: len(graph.outputs)]
    elif places is not None:
        return apply(call, tuple(inputs), {"graph": graph, "places": places})
    return apply(call, tuple(inputs), {"graph": graph})
