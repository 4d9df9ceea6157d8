"""The operations that do examples one after the other, for what has no batching rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from eagre.core.doors import apply
from eagre.core.dtypes import int32
from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.specs import TensorSpec
from eagre.gradients.graph_gradients import Places, backward_run, refuse_effects
from eagre.gradients.keeping import runs_again, widened
from eagre.graph.graph import Graph, apply_flow
from eagre.graph.trace import Trace
from eagre.primitives import batching
from eagre.primitives.families import INEXACTS, apply_with_shape, target_shape
from eagre.primitives.reductions import reduce_sum

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eagre.core.tensor import Tensor


class EachRow(Primitive):
    """The outputs of `graph` for each row of the values that are batched, stacked."""

    public = "vectorized_map"
    can_fail = True
    needs = ("inputs",)
    vectorize = batching.by_rows

    def infer(
        self, *values: TensorSpec, graph: Graph, batched: Any, count: int | None = None
    ) -> tuple[TensorSpec, ...]:
        """One more axis than the graph's outputs have."""
        size: Any = None
        for value, parameter, is_batched in zip(values, graph.parameters, batched, strict=True):
            row = value
            if is_batched and value.sizes is not None:
                _check_rank(value)
                size = size if value.sizes[0] is None else value.sizes[0]
                row = TensorSpec.of(value.sizes[1:], value.dtype)
            elif is_batched:
                row = TensorSpec.of(None, value.dtype)
            if not parameter.spec.is_compatible_with(row):
                raise InvalidArgumentError(
                    f"{self.public} expected {parameter.name} of each example to be "
                    f"{parameter.spec}. Received: {row}"
                )
        rows = [
            TensorSpec.of(None if x.sizes is None else (size, *x.sizes), x.dtype)
            for x in graph.outputs
        ]
        ranks = [graph.outputs[i].ndim for i in _varying(graph, count)]
        return (*rows, *[TensorSpec.of((size, rank), int32) for rank in ranks])

    def kernel(
        self, *values: Any, graph: Graph, batched: Any, count: int | None = None
    ) -> Any:
        sizes = {len(x) for x, is_batched in zip(values, batched, strict=True) if is_batched}
        if len(sizes) != 1:
            raise InvalidArgumentError(
                f"{self.public} expected as many examples in each element. "
                f"Received: sizes {sorted(sizes)}"
            )
        pairs = list(zip(values, batched, strict=True))
        rows = [
            graph.compute([_row(x, number) if is_batched else x for x, is_batched in pairs])
            for number in range(sizes.pop())
        ]
        columns = zip(*rows, strict=True) if rows else [()] * len(graph.outputs)
        pairs, places = list(zip(columns, graph.outputs, strict=True)), _varying(graph, count)
        return (
            *[
                batching.padded(column, x.dtype.numpy)
                if i in places and column
                else _stacked(column, x)
                for i, (column, x) in enumerate(pairs)
            ],
            *[batching.shapes_of(pairs[i][0], graph.outputs[i].ndim) for i in places],
        )

    def recording(self, params: Any) -> Any:
        """The parameters with which rows keep what their gradient cannot compute again."""
        graph = params["graph"]
        if "count" in params or runs_again(graph):
            return params
        if "rows" not in graph.memo:
            graph.memo["rows"] = widened(graph)[0]
        return {**params, "graph": graph.memo["rows"], "count": len(graph.outputs)}

    def gradients(
        self, wanted: list[bool], grad: Any, output: Any, inputs: Any, params: Any
    ) -> list[Any]:
        """The gradient of the graph for each row; rows share what is not batched."""
        graph, batched = params["graph"], params["batched"]
        if "count" not in params:
            refuse_effects(graph)
        positions = [i for i, want in enumerate(wanted) if want and inputs[i].dtype in INEXACTS]
        given = [i for i, x in enumerate(graph.outputs) if x.dtype in INEXACTS]
        run = backward_run(graph, Places(tuple(positions), tuple(given)))
        numbers = {id(x): i for i, x in enumerate(graph.outputs)}
        kept = [numbers[id(x)] for x in run.kept]
        more = [*[grad[i] for i in given], *[output[i] for i in kept]]
        varying = _varying(graph, params.get("count"))
        places = {len(inputs) + n: i for n, i in enumerate([*given, *kept]) if i in varying}
        if places:
            key = "cutting", tuple(positions), tuple(given)
            if key not in graph.memo:
                graph.memo[key] = _cutting(run.graph, places, graph.outputs)
            shapes = dict(zip(varying, output[len(graph.outputs) :], strict=True))
            more += [shapes[i] for i in dict.fromkeys(places.values())]
        back = graph.memo[key] if places else run.graph
        found = each_row(back, [*inputs, *more], (*batched, *[True] * len(more)))
        result: list[Any] = [None] * len(inputs)
        # Behind the gradients may come flags: whether there is one at all.
        for position, part in zip(positions, found, strict=False):
            is_shared = not batched[position]
            result[position] = reduce_sum(part, axis=(0,), keepdims=False) if is_shared else part
        return result


def _check_rank(value: TensorSpec) -> None:
    if not value.sizes:
        raise InvalidArgumentError(
            "vectorized_map expected tensors with an axis of examples. Received: a scalar"
        )


def _row(x: Any, number: int) -> Any:
    return np.asarray(x[number], x.dtype)


def _varying(graph: Graph, count: int | None) -> list[int]:
    """The outputs, of those that are kept for gradients, whose sizes may vary."""
    places = [] if count is None else range(count, len(graph.outputs))
    return [i for i in places if None in (graph.outputs[i].sizes or ())]


def _cutting(graph: Graph, places: dict[int, int], outputs: Sequence[Tensor]) -> Graph:
    """A graph whose inputs at some places are padded, which takes their sizes as further inputs:
    one for each of the outputs that `places` names."""
    cut = Graph(graph.name)
    with Trace(cut):
        inputs: list[Any] = [cut.add_input(x.spec, x.name) for x in graph.parameters]
        sizes = {
            i: cut.add_input(TensorSpec.of((outputs[i].ndim,), int32), "sizes")
            for i in dict.fromkeys(places.values())
        }
        for place, i in places.items():
            axes = enumerate(outputs[i].sizes or ())
            key = [slice(None, sizes[i][axis] if n is None else None) for axis, n in axes]
            inputs[place] = inputs[place][tuple(key)]
        cut.outputs = graph.run(inputs)
    return cut


def _stacked(rows: Sequence[Any], output: Tensor) -> Any:
    if not rows:
        sizes = output.sizes or ()
        return np.zeros((0, *[n or 0 for n in sizes]), output.dtype.numpy)
    shapes = {row.shape for row in rows}
    if len(shapes) > 1:
        raise InvalidArgumentError(
            "vectorized_map expected results of one shape for all examples. "
            f"Received: shapes {sorted(shapes)}. Use tf.map_fn."
        )
    return np.stack(rows)


class RepeatedStep(Primitive):
    """Some outputs of `graph` for each of several steps, stacked, and the value after the last.

    The first input is the number of steps where that is not known; input `carried` of the graph
    is handed on: the last output of a step is its next value.
    """

    public = "vectorized_map"
    stops_gradients = True
    vectorize = batching.by_rows

    def infer(self, *values: TensorSpec, graph: Graph, carried: int, shape: Any) -> Any:
        """One more axis than the outputs have, but for the last."""
        (size,) = shape
        if size is not None and size < 0:
            raise InvalidArgumentError(
                f"{self.public} expected at least 0 examples. Received: {size}"
            )
        rows = [
            TensorSpec.of(None if x.sizes is None else (size, *x.sizes), x.dtype)
            for x in graph.outputs[:-1]
        ]
        return (*rows, graph.outputs[-1].spec)

    def kernel(self, *values: Any, graph: Graph, carried: int, shape: Any) -> Any:
        count = len(graph.inputs)
        (size,) = target_shape(shape, values[count] if len(values) > count else None)
        inputs, rows = list(values[:count]), list[Any]()
        for _ in range(size):
            *row, inputs[carried] = graph.compute(inputs)
            rows.append(row)
        columns: Any = zip(*rows, strict=True) if rows else [()] * (len(graph.outputs) - 1)
        pairs = zip(columns, graph.outputs, strict=False)
        return (*[_stacked(column, x) for column, x in pairs], inputs[carried])


each_row_primitive = EachRow()
repeated_step = RepeatedStep()


def each_row(graph: Graph, values: Sequence[Tensor], batched: batching.Flags) -> tuple[Any, ...]:
    """The outputs of a graph without captures for each row of the batched values, stacked."""
    params = {"graph": graph, "batched": tuple(batched)}
    return apply_flow(each_row_primitive, tuple(values), params)[: len(graph.outputs)]


def rows_of(values: Sequence[Tensor], batched: Sequence[bool]) -> list[TensorSpec]:
    """The specs of one example of each value."""
    specs: list[TensorSpec] = []
    for x, is_batched in zip(values, batched, strict=True):
        sizes = x.sizes[1:] if is_batched and x.sizes is not None else x.sizes
        specs.append(TensorSpec.of(sizes, x.dtype) if is_batched else x.spec)
    return specs


def graph_of_one(primitive: Primitive, specs: Sequence[TensorSpec], params: Any) -> Graph:
    """The graph of one application of a primitive, without captures."""
    graph = Graph(primitive.name)
    with Trace(graph):
        inputs = [graph.add_input(spec, f"value_{i}") for i, spec in enumerate(specs)]
        output = apply(primitive, tuple(inputs), params)
    graph.outputs = list(output) if output.__class__ is tuple else [output]
    return graph


def repeated(primitive: Primitive, carried: int, size: Any, inputs: Any, params: Any) -> Any:
    """A primitive applied `size` times, each time to the last output of the time before."""
    graph = graph_of_one(primitive, [x.spec for x in inputs], params)
    shape = batching.vector_of([size])
    return apply_with_shape(repeated_step, tuple(inputs), shape, graph=graph, carried=carried)
