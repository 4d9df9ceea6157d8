"""A graph as Python source that runs: one line for each operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from eagre.core.specs import TensorSpec
from eagre.graph.graph import identifier

if TYPE_CHECKING:
    from eagre.core.primitive import Operation
    from eagre.core.tensor import Tensor
    from eagre.graph.graph import Graph

_array_type: Any = np.ndarray


def source(graph: Graph) -> str:
    """The graph as a function definition; graphs among the parameters come before it.

    Its free names are those of the primitives and of Python functions that it calls, `array`
    (from NumPy) and `TensorSpec`; each parameter stands with its spec in a comment.
    """
    name = identifier(graph.name)
    calls = {operation.primitive.name for operation in graph.all_operations()}
    return "\n".join(_lines(graph, name + "_graph" if name in calls else name))


def _lines(graph: Graph, name: str) -> list[str]:
    names = _names(graph)
    inner: list[str] = []
    body: list[str] = []
    for number, operation in enumerate(graph.operations):
        nested = _nested_graphs(operation, name, number)
        for label, nested_graph in nested.values():
            inner += [*_lines(nested_graph, label), ""]
        body.append("    " + _line(operation, names, nested))
    arguments = ", ".join(names[id(p)] for p in graph.parameters)
    result = ", ".join(names[id(output)] for output in graph.outputs)
    comments = [f"    # {names[id(p)]}: {_spec_text(p)}" for p in graph.parameters]
    closing = f"    return ({result},)" if graph.outputs else "    return ()"
    return [*inner, f"def {name}({arguments}):", *comments, *body, closing]


def _names(graph: Graph) -> dict[int, str]:
    """A name for each tensor; an argument called like a primitive gets an underscore."""
    calls = {operation.primitive.name for operation in graph.operations}
    names = {id(tensor): identifier(tensor.name) for tensor in graph.tensors()}
    for parameter in graph.parameters:
        if names[id(parameter)] in calls:
            names[id(parameter)] += "_"
    return names


def _line(operation: Operation, names: dict[int, str], nested: dict[str, Any]) -> str:
    arguments = [names[id(x)] for x in operation.inputs]
    for key, value in operation.params.items():
        text = nested[key][0] if key in nested else _value_text(value)
        arguments.append(f"{key}={text}")
    targets = ", ".join(names[id(output)] for output in operation.outputs)
    if len(operation.outputs) == 1 and operation.has_several_outputs:
        targets += ","
    specs = "; ".join(_spec_text(output) for output in operation.outputs)
    call = f"{operation.primitive.name}({', '.join(arguments)})"
    return f"{targets} = {call}  # {specs}" if targets else call


def _nested_graphs(operation: Operation, name: str, number: int) -> dict[str, tuple[str, Graph]]:
    return {
        key: (f"{name}_{number}_{key}", value)
        for key, value in operation.params.items()
        if hasattr(value, "operations")
    }


def _spec_text(tensor: Tensor) -> str:
    sizes = tensor.sizes
    shape = "..." if sizes is None else ", ".join("?" if n is None else str(n) for n in sizes)
    return f"{tensor.dtype.name}[{shape}]"


def _value_text(value: Any) -> str:
    if isinstance(value, _array_type):
        text = f"array({_element_text(value.tolist())}, {str(value.dtype)!r})"
        return text if value.size else f"{text}.reshape{value.shape!r}"
    if type(value).__name__ == "DType":
        return repr(value.name)
    if callable(value):
        return identifier(getattr(value, "__name__", type(value).__name__))
    if isinstance(value, TensorSpec):
        return f"TensorSpec({value.shape}, {value.dtype.name!r})"
    if value.__class__ is tuple and any(isinstance(each, TensorSpec) for each in value):
        return "(" + "".join(f"{_value_text(each)}, " for each in value) + ")"
    return repr(value)


def _element_text(value: Any) -> str:
    if value.__class__ is list:
        return "[" + ", ".join(_element_text(each) for each in value) + "]"
    if isinstance(value, float) and value != value:
        return "nan"
    if isinstance(value, complex):
        return f"complex({_element_text(value.real)}, {_element_text(value.imag)})"
    return repr(value)
