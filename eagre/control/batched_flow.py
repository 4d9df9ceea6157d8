"""Batching rules of calls, branches and loops; see eagre/primitives/batching.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.control.branches import close_together, trace_inner
from eagre.core.doors import apply
from eagre.core.specs import TensorSpec
from eagre.primitives.batching import (
    Flags,
    Plain,
    broadcasting,
    moved,
    size_of,
    spread_rows,
)
from eagre.primitives.comparison import select
from eagre.primitives.reductions import reduce_any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eagre.core.primitive import Primitive
    from eagre.core.tensor import Tensor
    from eagre.graph.graph import Graph


def call(primitive: Primitive, batched: Flags, *inputs: Any, graph: Graph) -> Any:
    """The operations of the graph, each by its own rule."""
    from eagre.transforms.vectorize import batch

    outputs, flags = batch(graph, inputs, batched)
    return tuple(map(_told, outputs, flags))


def conditional(
    primitive: Primitive,
    batched: Flags,
    condition: Any,
    *values: Any,
    true_graph: Graph,
    false_graph: Graph,
    count: int | None = None,
) -> Any:
    """The branch that all examples take, or of both branches for each example the right one."""
    from eagre.control.branching import cond
    from eagre.transforms.vectorize import batch_whole

    size, flags = size_of(batched, (condition, *values)), batched[1:]

    def of(graph: Graph) -> Any:
        return lambda: batch_whole(graph, values, flags, size)

    if count is not None:
        return NotImplemented
    if not batched[0]:
        return tuple(cond(condition, of(true_graph), of(false_graph)))
    if _can_fail(true_graph) or _can_fail(false_graph):
        return NotImplemented
    pairs = zip(of(true_graph)(), of(false_graph)(), strict=True)
    return tuple([_chosen(condition, x, y) for x, y in pairs])


def _chosen(condition: Any, x: Any, y: Any) -> Any:
    """For each example the part of `x` or of `y`."""
    return broadcasting(select, (True, True, True), condition, x, y)


def _can_fail(graph: Graph) -> bool:
    """Whether the graph may raise for examples that it is not meant for."""
    return any(operation.primitive.can_fail for operation in graph.all_operations())


def _told(output: Any, is_batched: bool) -> Any:
    return output if is_batched else Plain(output)


# Loops ----------------------------------------------------------------------------------------


def while_loop(primitive: Primitive, batched: Flags, *values: Any, **params: Any) -> Any:
    """One loop for all examples, which goes on until the last is done; the others stay."""
    count, history, shapes = params["count"], params["history"], params.get("shapes", ())
    size = size_of(batched, values)
    flags = batched
    if any(position >= count for position in history):
        return NotImplemented
    while True:
        loop = _Loop(params, flags)
        graphs = trace_inner(
            {"cond": loop.goes_on, "body": loop.step}, loop.specs(values, size), "while_loop"
        )
        if loop.is_divided and (history or _can_fail(params["body"])):
            return NotImplemented
        if loop.flags == flags:
            break
        flags = loop.flags
    captures = close_together(graphs)
    pairs = zip(values, batched, flags, strict=True)
    inputs = [spread_rows(x, size) if flag and not was else x for x, was, flag in pairs]
    found = {**params, "condition": graphs[0], "body": graphs[1]}
    outputs = apply(primitive, (*inputs, *captures), found)
    stacks, lists = outputs[count : count + len(history)], outputs[count + len(history) :]
    return (
        *[_told(x, flag) for x, flag in zip(outputs[:count], flags, strict=False)],
        *[moved(x, 1, 0) if flags[i] else Plain(x) for i, x in zip(history, stacks, strict=True)],
        *[Plain(x[:, 1:] if flags[i] else x) for i, x in zip(shapes, lists, strict=True)],
    )


class _Loop:
    """The functions of a loop over batches, in which the inputs with a flag are batched.

    Calling them finds out which become so: `flags` afterwards.
    """

    def __init__(self, params: Any, flags: Flags) -> None:
        self.condition: Graph = params["condition"]
        self.body: Graph = params["body"]
        self.count: int = params["count"]
        self.given = flags
        self.flags = flags
        self.is_divided = False

    def specs(self, values: Sequence[Tensor], size: Any) -> list[TensorSpec]:
        """What stays of all inputs: the loop's own specs, with an axis where there is a flag."""
        first = size if size.__class__ is int else None
        specs = [x.spec for x in self.body.inputs]
        specs[self.count :] = [
            TensorSpec.of(x.sizes if not flag or x.sizes is None else x.sizes[1:], x.dtype)
            for x, flag in zip(values[self.count :], self.given[self.count :], strict=True)
        ]
        pairs = zip(specs, self.given, strict=True)
        return [
            TensorSpec.of(None if spec.sizes is None else (first, *spec.sizes), spec.dtype)
            if flag
            else spec
            for spec, flag in pairs
        ]

    def _verdict(self, values: Any) -> tuple[Any, bool]:
        from eagre.transforms.vectorize import batch

        (verdict,), (is_divided,) = batch(self.condition, values, self.given)
        return verdict, is_divided

    def goes_on(self, *values: Any) -> Any:
        """Whether any example goes on."""
        verdict, self.is_divided = self._verdict(values)
        return reduce_any(verdict, axis=None, keepdims=False) if self.is_divided else verdict

    def step(self, *values: Any) -> Any:
        """The body for the examples that go on."""
        from eagre.transforms.vectorize import batch

        outputs, found = batch(self.body, values, self.given)
        pairs = zip(found, self.given, strict=False)
        after = [flag or was or self.is_divided for flag, was in pairs]
        self.flags = (*after, *self.given[self.count :])
        if self.flags != self.given:
            return outputs
        triples = zip(outputs, found, after, strict=True)
        size = size_of(self.given, values)
        new = [spread_rows(x, size) if flag and not was else x for x, was, flag in triples]
        if not self.is_divided:
            return new
        verdict, _ = self._verdict(values)
        old = values[: self.count]
        return [_chosen(verdict, x, y) for x, y in zip(new, old, strict=True)]

