"""Tracing: running a Python function on symbolic tensors, which leaves a graph."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from eagre.core import ambient, structure
from eagre.core.conversion import to_tensor
from eagre.core.errors import InaccessibleTensorError
from eagre.core.leaking import made, way_out
from eagre.core.python_numbers import described
from eagre.core.specs import TensorSpec
from eagre.core.tensor import SymbolicTensor, Tensor
from eagre.graph.following import WayBack
from eagre.graph.graph import Graph
from eagre.primitives.constants import constant

if TYPE_CHECKING:
    from collections.abc import Callable

    from eagre.core.primitive import Primitive

_PACKAGE = os.path.dirname(os.path.dirname(__file__)) + os.sep


class Trace(ambient.Interpreter):
    """The interpreter that writes operations into a graph."""

    __slots__ = ("graph",)
    is_tracing = True

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.line = None

    def interpret(self, primitive: Primitive, inputs: tuple[Tensor, ...], params: Any) -> Any:
        """Add the operation to the graph; tensors from outside become captures."""
        inside = tuple([self.inside(x, primitive) for x in inputs])
        return self.graph.add(primitive, inside, params, self.line or user_line())

    def literal(self, tensor: Any) -> Tensor:
        """A value made while tracing is a constant of the graph."""
        return self.graph.add(constant, (), {"value": tensor.array}, user_line())

    def value_of(self, tensor: Tensor) -> Tensor:
        """The value of a tensor that depends on no argument: what leads to it is run now."""
        if not isinstance(tensor, SymbolicTensor) or tensor.graph is not self.graph:
            return tensor
        part = self.graph.part_for(tensor)
        if part.inputs:
            return tensor
        with ambient.outside(self):
            return part.run(part.captures)[0]

    def follow(self, operations: Any) -> Any:
        """The operations of a tape; those of their gradients are traced at the same lines."""
        return WayBack(self, operations)

    def line_of(self, entry: Any) -> str | None:
        """The line of an operation on a tape, if it is one of a graph."""
        outputs = entry[3] if entry[3].__class__ is tuple else (entry[3],)
        operation = getattr(outputs[0], "operation", None) if outputs else None
        return None if operation is None else operation.line

    def inside(self, tensor: Tensor, primitive: Primitive) -> Tensor:
        """The tensor of this graph that stands for `tensor`."""
        if not isinstance(tensor, SymbolicTensor):
            return self.graph.capture(tensor)
        if tensor.graph is self.graph:
            return tensor
        open_graphs = [each.graph for each in ambient.stack() if isinstance(each, Trace)]
        if not any(tensor.graph is graph for graph in open_graphs):
            raise InaccessibleTensorError(
                f"{primitive.public} expected tensors of the graph that is being traced. Received: "
                f"{tensor!r}{made(tensor)}. {way_out(tensor)}."
            )
        return self.graph.capture(tensor)

    def __enter__(self) -> Graph:
        ambient.enter(self)
        return self.graph

    def __exit__(self, *error: object) -> None:
        ambient.leave(self)


def trace(function: Callable[..., Any], *specs: Any, name: str | None = None) -> Graph:
    """The graph of what `function` does to tensors of the given specs.

    Args:
        function: called once, with symbolic tensors in the structure of `specs`.
        specs: for each argument a `tf.TensorSpec`, a tensor (whose spec counts), or a structure
            of them. Sizes may be unknown.
        name: the name of the graph; by default that of the function.

    >>> graph = tf.trace(lambda x: x * x + 1.0, tf.TensorSpec([None], tf.float32))
    >>> graph(tf.constant([1.0, 2.0]))
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([2., 5.], dtype=float32)>
    """
    if not callable(function):
        raise TypeError(f"trace expected a function. Received: {described(function)}")
    graph = Graph(name or getattr(function, "__name__", "graph").strip("<>"))
    leaves = [_spec(leaf) for leaf in structure.flatten(specs)]
    with Trace(graph):
        named = zip(leaves, _argument_names(function, specs), strict=True)
        inputs = [graph.add_input(spec, spec.name or name) for spec, name in named]
        args = structure.pack_sequence_as(specs, inputs)
        result = function(*args)
        finish(graph, result)
    graph.input_structure = specs
    return graph


def finish(graph: Graph, result: Any) -> None:
    """Make `result`, a structure of tensors and numbers, the output of the graph being traced."""
    level = ambient.interpreter()
    if not isinstance(level, Trace):
        raise RuntimeError("finish expected to be called while tracing")
    if result.__class__ is list and all(isinstance(leaf, Tensor) for leaf in result):
        graph.give_out([level.inside(leaf, constant) for leaf in result])  # the usual case
        return
    name = f"{graph.name}, in what it returns,"
    leaves = structure.flatten(result, expand_composites=True)
    outputs = [None if leaf is None else to_tensor(leaf, name=name) for leaf in leaves]
    if any(output is None for output in outputs):
        raise TypeError(
            f"{graph.name} expected to return tensors. Received: None within {result!r:.120}. "
            "Return only what has a value."
        )
    graph.outputs = [level.inside(x, constant) for x in outputs if x is not None]
    graph.output_structure = structure.map_structure(
        _placeholder, result, expand_composites=True
    )


def _placeholder(_: Any) -> int:
    return 0


def _spec(leaf: Any) -> TensorSpec:
    if isinstance(leaf, TensorSpec):
        return leaf
    try:
        return to_tensor(leaf).spec
    except ValueError:
        raise ValueError(
            "trace expected a tf.TensorSpec, or a tensor, for each argument. "
            f"Received: {described(leaf)}"
        ) from None


def _argument_names(function: Callable[..., Any], specs: tuple[Any, ...]) -> list[str]:
    """The parameters' names, each with numbers behind it where the argument is a structure."""
    code = getattr(function, "__code__", None)
    first = int(hasattr(function, "__self__"))
    names = [] if code is None else [*code.co_varnames[first : code.co_argcount]]
    names += [f"argument_{i}" for i in range(len(names), len(specs))]
    return [
        f"{name}_{i}" if structure.is_nested(spec) else name
        for name, spec in zip(names, specs, strict=False)
        for i in range(len(structure.flatten(spec)))
    ]


def user_line() -> str:
    """The innermost line of the calling code that is not eagre's, as `file:line`."""
    frame = user_frame()
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"


def user_frame() -> Any:
    """The frame of that line."""
    frame = sys._getframe(2)  # pyright: ignore[reportPrivateUsage]
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame = frame.f_back
    return frame
