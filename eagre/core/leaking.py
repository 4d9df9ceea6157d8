"""Symbolic tensors that got out of the trace that made them: what a user is told of one."""

from __future__ import annotations

from typing import Any

from eagre.core.ambient import stack


def is_leaked(tensor: Any) -> bool:
    """Whether no trace that is running made the tensor."""
    return not any(getattr(level, "graph", None) is tensor.graph for level in stack())


def made(tensor: Any) -> str:
    """Where a tensor comes from: `, made by exp at f.py:3 in the traced function f`."""
    graph, operation = tensor.graph, tensor.operation
    place = f"the traced function {graph.function}"
    if graph.hand is not None:
        place = "a graph built by hand"
    elif graph.name != graph.function:
        place = f"a branch or loop of {place}"
    if operation is None:
        return f", an input of {place}"
    return f", made by {operation.primitive.public} at {operation.line} in {place}"


def way_out(tensor: Any) -> str:
    """How the value gets to where it is wanted."""
    graph = tensor.graph
    if graph.name == graph.function:
        return f"Return it from {graph.function}, and use what the call of {graph.function} returns"
    return (
        f"Assign it to a variable of {graph.function} that has a value before; a list has to be a "
        "variable itself, not part of something"
    )
