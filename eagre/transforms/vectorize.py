"""Graphs for whole batches: each operation is done for all examples at once.

The operations of a graph are applied again, in order. Each value is either the same for each
example, or has an additional first axis of examples. Operations go through `apply`, so tapes and
traces see them; there is no new kind of tensor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.core.conversion import to_tensor
from eagre.core.doors import apply
from eagre.core.errors import UnimplementedError
from eagre.core.specs import TensorSpec
from eagre.graph.graph import at_its_line, effects_of, graphs_in
from eagre.primitives.batching import (
    Carried,
    Flags,
    NoRuleError,
    Plain,
    size_of,
    spread_rows,
)
from eagre.transforms.rows import each_row, graph_of_one, repeated, rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eagre.core.primitive import Operation
    from eagre.core.tensor import Tensor
    from eagre.graph.graph import Graph

Missing = Any
"""`(operation) -> None`, called before an operation without a rule is done example by example."""


def refuse(operation: Operation) -> None:
    """No loop: who asks does the whole graph one by one instead."""
    raise NoRuleError(f"{operation.primitive.public} at {operation.line}")


def allow(operation: Operation) -> None:
    """A loop, without a word."""


def batch(
    graph: Graph,
    values: Sequence[Tensor],
    batched: Sequence[bool],
    size: Any = None,
    missing: Missing = refuse,
) -> tuple[list[Tensor], Flags]:
    """The outputs of a graph for a batch of values, and which of them have an axis of examples.

    Args:
        values: for each of the graph's parameters a tensor.
        batched: which of these have an additional first axis, of examples.
        size: the number of examples, an int or a scalar; by default that of the values.
        missing: called with an operation that has to be done example by example.
    """
    flags = tuple(batched)
    if not any(flags) and size is None:
        return graph.run(values), (False,) * len(graph.outputs)
    run = _Run(size_of(flags, values) if size is None else size, missing)
    pairs = zip(values, flags, strict=True)
    environment = {id(p): pair for p, pair in zip(graph.parameters, pairs, strict=True)}
    for operation, dead in zip(graph.operations, graph.last_uses(), strict=True):
        inputs = [environment[id(x)] for x in operation.inputs]
        found = at_its_line(operation, run.do, operation, inputs)
        for output, pair in zip(operation.outputs, found, strict=True):
            environment[id(output)] = pair
        for number in dead:
            del environment[number]
    results = [environment[id(output)] for output in graph.outputs]
    return [x for x, _ in results], tuple([is_batched for _, is_batched in results])


def batch_whole(
    graph: Graph,
    values: Sequence[Tensor],
    batched: Sequence[bool],
    size: Any = None,
    missing: Missing = refuse,
) -> list[Tensor]:
    """As `batch`, with an axis of examples in each output."""
    size = size_of(tuple(batched), values) if size is None else size
    outputs, flags = batch(graph, values, batched, size, missing)
    pairs = zip(outputs, flags, strict=True)
    return [x if is_batched else spread_rows(x, size) for x, is_batched in pairs]


class _Run:
    """One pass over a graph: the number of examples, and what was assigned on the way."""

    __slots__ = ("missing", "size", "steps")

    def __init__(self, size: Any, missing: Missing) -> None:
        self.size = size
        self.missing = missing
        self.steps: set[int] = set()

    def do(self, operation: Operation, pairs: Any) -> list[tuple[Any, bool]]:
        """The outputs of an operation, for inputs that come each with whether it is batched."""
        primitive, params = operation.primitive, operation.params
        inputs, flags = tuple([x for x, _ in pairs]), tuple([flag for _, flag in pairs])
        rule: Any = primitive.vectorize
        if "write" in effects_of(operation):
            self._check_assignment(operation, flags)
            if operation.primitive.effect != "write":
                self.missing(operation)
                return [(x, True) for x in _by_rows(operation, inputs, flags, self.size)]
        if isinstance(rule, Carried) and not any(flags):
            *rows, last = repeated(primitive, rule.number, self.size, inputs, params)
            self.steps.update(map(id, operation.outputs[-1:]))
            return [*[(x, True) for x in rows], (last, False)]
        if not any(flags):
            result = apply(primitive, inputs, params)
            return [(x, False) for x in _as_tuple(result)]
        result = self._by_rule(operation, inputs, flags)
        if result is NotImplemented:
            result = _by_rows(operation, inputs, flags)
        return [_told(x) for x in _as_tuple(result)]

    def _by_rule(self, operation: Operation, inputs: Any, flags: Flags) -> Any:
        """What the primitive's rule gives, NotImplemented where examples are done one by one."""
        rule: Any = operation.primitive.vectorize
        if isinstance(rule, Carried):
            return NotImplemented
        try:
            if rule is None:
                raise NoRuleError
            return rule(flags, *inputs, **operation.params)
        except NoRuleError:
            self.missing(operation)
            return NotImplemented

    def _check_assignment(self, operation: Operation, flags: Flags) -> None:
        """Only states of random numbers move on: each example has its own step."""
        if operation.primitive.effect == "write":
            is_allowed = id(operation.inputs[1]) in self.steps and not any(flags)
        else:
            is_allowed = all(map(_moves_states_only, graphs_in(operation)))
        if not is_allowed:
            raise UnimplementedError(
                "vectorized_map expected a function that assigns no variables. Received: "
                f"{operation.primitive.public} at {operation.line}. Use tf.map_fn."
            )


def _moves_states_only(graph: Graph) -> bool:
    """Whether what a graph assigns are the states of random numbers after a draw."""
    return all(map(_moves_a_state, graph.all_operations()))


def _moves_a_state(operation: Operation) -> bool:
    if operation.primitive.effect != "write":
        return True
    source = getattr(operation.inputs[1], "operation", None)
    return source is not None and isinstance(source.primitive.vectorize, Carried)


def _by_rows(operation: Operation, inputs: Any, flags: Flags, size: Any = None) -> Any:
    """The operation for one example after the other, `size` times where none is batched."""
    graph = graph_of_one(operation.primitive, rows_of(inputs, flags), operation.params)
    if not any(flags):
        rows = spread_rows(to_tensor(0), size)
        graph.add_input(TensorSpec.of((), rows.dtype), "row")
        inputs, flags = (*inputs, rows), (*flags, True)
    return each_row(graph, inputs, flags)


def _told(output: Any) -> tuple[Any, bool]:
    """An output of a rule, and whether it is batched."""
    return (output.value, False) if output.__class__ is Plain else (output, True)


def _as_tuple(result: Any) -> tuple[Any, ...]:
    return result if result.__class__ is tuple else (result,)
