"""A graph as one Python function over arrays: kernel after kernel, and nothing between them.

The function is written as source, one operation a line, and compiled by Python. No level sees
what it does: it is what the kernel of an operation that holds a graph runs.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from numpy import copyto, ndarray, ufunc

from eagre.core.doors import reworded
from eagre.core.primitive import Operation
from eagre.core.tensor import as_array, wrap
from eagre.primitives.constants import constant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eagre.core.tensor import Tensor
    from eagre.graph.graph import Graph


class Step(NamedTuple):
    """An operation and the names of its inputs in a program."""

    operation: Operation
    inputs: list[str]


class Program:
    """The compiled form of a graph: from arrays of all parameters to a list of output arrays.

    With places it takes them too, for each output an array where the value is to stand. `source` is
    its text, and `steps` tells for a line of it the operation that stands there.
    """

    __slots__ = ("_function", "source", "steps")

    def __init__(self, graph: Graph, has_places: bool = False) -> None:
        writer = _Writer(graph, has_places)
        self.steps = writer.steps
        self.source = "\n".join(writer.lines) + "\n"
        exec(compile(self.source, f"<graph {graph.name}>", "exec"), writer.values)
        self._function = writer.values["program"]

    def __call__(self, arrays: Sequence[Any], *places: Any) -> list[Any]:
        try:
            return self._function(arrays, *places)
        except Exception as error:
            self._explain(error)
            raise

    def _explain(self, error: Exception) -> None:
        """Name the operation that failed, and raise what its shape rule says if that refuses."""
        frame = error.__traceback__
        while frame is not None and frame.tb_frame.f_code is not self._function.__code__:
            frame = frame.tb_next
        if frame is None or frame.tb_lineno not in self.steps:
            return
        operation, names = self.steps[frame.tb_lineno]
        values = frame.tb_frame.f_globals | frame.tb_frame.f_locals
        inputs = [wrap(values[name]) for name in names]
        other = reworded(error, operation.primitive, inputs, operation.params)
        other.add_note(f"in {operation.name}, traced at {operation.line}")
        if other is not error:
            raise other from None


class _Writer:
    """Writes the source of a program, and collects the objects that it names."""

    def __init__(self, graph: Graph, has_places: bool) -> None:
        self.values: dict[str, Any] = {
            "array": as_array, "_arrays": _arrays, "_placed": _placed, "ndarray": ndarray,
        }  # fmt: skip
        self.names: dict[int, str] = {}
        self.lines = [f"def program(arrays{', places' * has_places}):"]
        self.steps: dict[int, Step] = {}
        self.rooms = _rooms(graph) if has_places else {}
        if graph.parameters:
            self.lines.append(f" {self._list(graph.parameters)}, = arrays")
        for operation, dead in zip(graph.operations, graph.last_uses(), strict=True):
            self._write(operation, dead)
        outputs = f"[{self._list(graph.outputs)}]"
        self.lines.append(f" return _placed({outputs}, places)" if has_places
                          else f" return {outputs}")  # fmt: skip

    def _list(self, tensors: Sequence[Tensor]) -> str:
        return ", ".join([self._name(tensor) for tensor in tensors])

    def _name(self, tensor: Tensor) -> str:
        return self.names.setdefault(id(tensor), f"v{len(self.names)}")

    def _write(self, operation: Operation, dead: list[int]) -> None:
        """The line of one operation; a constant has none, its value stands among the globals."""
        primitive, number = operation.primitive, len(self.lines)
        if primitive is constant:
            self.values[self._name(operation.outputs[0])] = operation.params["value"]
            return
        inputs = [self._name(x) for x in operation.inputs]
        self.values[f"{primitive.name}_{number}"] = primitive.kernel
        arguments = [*inputs, *self._keywords(operation, number)]
        if operation.outputs and id(operation.outputs[0]) in self.rooms:
            place, sizes = self.rooms[id(operation.outputs[0])]
            self.values[f"{primitive.name}_{number}"] = _kernel_into(operation)
            arguments.append(f"out=places[{place}].reshape({sizes})")
        arguments = ", ".join(arguments)
        call = f"{primitive.name}_{number}({arguments})"
        if _needs_check(operation):
            self.values[f"_{number}_check"] = partial(_check, operation)
            call = f"_{number}_check({', '.join(inputs)}) or {call}"
        self.steps[number + 1] = Step(operation, inputs)
        self.lines.append(f" {self._assignment(operation, call)}{self._release(dead)}")

    def _keywords(self, operation: Operation, number: int) -> list[str]:
        """The static parameters, each under a name of its own."""
        for key, value in operation.params.items():
            self.values[f"_{number}_{key}"] = value
        return [f"{key}=_{number}_{key}" for key in operation.params]

    def _assignment(self, operation: Operation, call: str) -> str:
        outputs = operation.outputs
        if operation.has_several_outputs:
            return f"{self._list(outputs)}, = _arrays({call})" if outputs else call
        name = self._name(outputs[0])
        if outputs[0].sizes:
            return f"{name} = {call}"
        # NumPy's kernels return scalars, and not arrays, where there is no axis.
        return f"{name} = {call}; {name} = {name} if {name}.__class__ is ndarray else array({name})"

    def _release(self, dead: list[int]) -> str:
        """Let go of what nobody needs any more; constants stay, they are not the program's."""
        names = [self.names[number] for number in dead if number in self.names]
        local = [name for name in names if name not in self.values]
        return f"; del {', '.join(local)}" if local else ""


def _rooms(graph: Graph) -> dict[int, tuple[int, Any]]:
    """For tensors whose kernels can write into an output's place its number and the shape there."""
    makers = {id(x): operation for operation in graph.operations for x in operation.outputs}
    found: dict[int, tuple[int, Any]] = {}
    for number, tensor in enumerate(graph.outputs):
        maker = makers.get(id(tensor))
        while maker is not None and maker.primitive.keeps_order and _is_known(tensor):
            tensor = maker.inputs[0]
            maker = makers.get(id(tensor))
        if maker is None or maker.has_several_outputs or not _is_known(tensor):
            continue
        if _kernel_into(maker):
            found.setdefault(id(tensor), (number, tensor.sizes))
    return found


def _is_known(tensor: Tensor) -> bool:
    return tensor.sizes is not None and None not in tensor.sizes


def _kernel_into(operation: Operation) -> Any:
    """The kernel that writes into a given array, None if there is none."""
    primitive = operation.primitive
    is_real = not any(x.dtype.is_complex for x in operation.inputs)
    kernel = primitive.kernel_for_reals if is_real else None
    kernel = kernel or primitive.kernel
    if isinstance(kernel, ufunc):
        return partial(_by_function, kernel)
    return primitive.kernel_into


def _by_function(function: Any, *arrays: Any, out: Any) -> Any:
    """What a function of NumPy makes, in `out` unless what comes has another shape than was told.

    Without this NumPy would repeat a smaller result.
    """
    if any(array.shape == out.shape for array in arrays):
        return function(*arrays, out=out)
    return function(*arrays)


def _placed(values: list[Any], places: Sequence[Any]) -> list[Any]:
    """The values in their places; what has another shape or dtype than its place stays apart."""
    for number, (value, place) in enumerate(zip(values, places, strict=True)):
        if value.shape == place.shape and value.dtype == place.dtype:
            copyto(place, value)  # Which returns at once where the value stands there.
            values[number] = place
    return values


def _arrays(results: tuple[Any, ...]) -> list[Any]:
    return [as_array(result) for result in results]


def _needs_check(operation: Operation) -> bool:
    """Whether the kernel relies on a shape rule that tracing could not run on full shapes."""
    return operation.primitive.checks_always and not all(
        x.sizes is not None and None not in x.sizes for x in operation.inputs
    )


def _check(operation: Operation, *arrays: Any) -> None:
    operation.primitive.infer(*[wrap(array).spec for array in arrays], **operation.params)
