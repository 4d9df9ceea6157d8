"""The functions of a pipeline: each is traced once, for the specs of the elements.

What takes or returns datasets runs as Python, for a pipeline is made by Python. So does what cannot
be traced, such as a function that asks for values: then its first call says what it returns.
"""

from __future__ import annotations

from _thread import get_ident
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import numpy as np

from eagre.control.calling import call_graph
from eagre.control.host_calls import host_call, taped_call
from eagre.core import ambient, structure
from eagre.core.conversion import to_tensor
from eagre.core.errors import InaccessibleTensorError, OperatorNotAllowedInGraphError
from eagre.core.python_numbers import described
from eagre.core.specs import TensorSpec
from eagre.core.tensor import SymbolicTensor, wrap
from eagre.data.specs import (
    DatasetSpec,
    Layout,
    are_compatible,
    as_value,
    is_dataset,
    normalized,
    spec_of,
)
from eagre.data.workers import quiet_runs
from eagre.functions.autograph.conversion import convert
from eagre.functions.function import Function
from eagre.functions.surroundings import Surroundings
from eagre.functions.tracing import Request, trace_call
from eagre.graph.graph import effects_of
from eagre.ops.drawing_apart import Apart, Together
from eagre.ops.random import is_global
from eagre.primitives.families import Elementwise
from eagre.transforms.vectorize import batch_whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from eagre.data.cursors import Element
    from eagre.data.dataset import Dataset

debugging = {"is_on": False}


def enable_debug_mode() -> None:
    """Let the functions of all datasets that are made from now on run as Python.

    A breakpoint in such a function stops there, and a print prints for each element.
    """
    debugging["is_on"] = True


def is_debugging() -> bool:
    """Whether stages run one after the other, in the caller's thread."""
    return debugging["is_on"]


class _ReturnsDatasetsError(Exception):
    """A function that was traced returns datasets: `spec` says of what."""

    def __init__(self, spec: Any) -> None:
        super().__init__()
        self.spec = spec


class ElementFunction:
    """A user's function from elements to elements.

    Args:
        stage: the name that messages begin with.
        specs: for each argument the spec, which may be a structure.
        sample: gives the arguments of a first call, each as components; None for no such call.
        leaf: makes a tensor of each value that is returned, where not any tensor will do.
    """

    __slots__ = (
        "_captures", "_graph", "_layouts", "_leaf", "_whole", "function", "layout", "reason",
        "stage",
    )  # fmt: skip

    def __init__(
        self,
        stage: str,
        function: Any,
        specs: Any,
        sample: Callable[[], Any] | None = None,
        leaf: Callable[[Any, str], Any] | None = None,
    ) -> None:
        if isinstance(function, ElementFunction):
            for name in self.__slots__:
                setattr(self, name, getattr(function, name))
            return
        if not callable(function):
            raise ValueError(f"{stage} expected a function. Received: {described(function)}")
        self.stage = stage
        self.function = function
        self._layouts = [Layout(spec) for spec in specs]
        self._graph: Any = None
        self._captures: tuple[Any, ...] = ()
        self._leaf = leaf
        self.reason = ""
        self._whole: bool | None = None
        self.layout = Layout(self._trace(sample))

    @property
    def spec(self) -> Any:
        """The spec of what the function returns."""
        return self.layout.spec

    def traced(self) -> tuple[Any, tuple[Any, ...]]:
        """The graph, None where the function runs as Python, and what it captures."""
        return self._graph, self._captures

    def like(self, function: Any, captures: Any) -> ElementFunction:
        """This function as it is traced, with other captures."""
        made = ElementFunction(self.stage, self, ())
        made.function, made._captures = function, tuple(captures)
        return made

    def as_python(self) -> ElementFunction:
        """This function as it runs without a graph."""
        made = ElementFunction(self.stage, self, ())
        made._graph, made._captures, made.reason = None, (), "it runs in processes"
        return made

    def __reduce__(self) -> Any:
        if self._graph is not None:
            raise TypeError("a function of a pipeline, as a graph")
        function, specs = self.function, [layout.spec for layout in self._layouts]
        function = function.python_function if isinstance(function, Function) else function
        return _remade, (self.stage, function, specs, self._leaf, self.reason, self.spec)

    @property
    def draws(self) -> bool:
        """Whether the function may draw from the global random state."""
        return self._graph is None or any(is_global(x) is not None for x in self._captures)

    def depends_on_trace(self) -> bool:
        """Whether the function uses values that only a running graph knows."""
        return any(isinstance(capture, SymbolicTensor) for capture in self._captures)

    def keeps_order(self) -> str:
        """Why the function is called for one element after the other; empty where it need not."""
        if is_debugging():
            return "; one after the other: debug mode"
        return "; one after the other: it assigns variables" if self._assigns() else ""

    def is_certain(self) -> bool:
        """Whether nothing but its result tells whether the function was called."""
        if self._graph is None:
            return False
        kinds = [operation.primitive for operation in self._graph.all_operations()]
        fails = any(kind.can_fail or kind.effect in ("check", "visible") for kind in kinds)
        return not fails and not self._assigns()

    def _assigns(self) -> bool:
        """Whether the function assigns something other than states of random numbers."""
        if self._graph is None:
            return False
        parameters = self._graph.parameters[-len(self._captures) :] if self._captures else ()
        pairs = zip(parameters, self._captures, strict=True)
        states = {id(parameter) for parameter, x in pairs if is_global(x) is not None}
        return any(
            x.dtype.name == "resource" and id(x) not in states
            for operation in self._graph.operations if "write" in effects_of(operation)
            for x in operation.inputs
        )  # fmt: skip

    def calls_python(self) -> bool:
        """Whether a call runs Python, which holds the interpreter."""
        if self._graph is None:
            return True
        of_python = host_call, taped_call
        return any(each.primitive in of_python for each in self._graph.all_operations())

    def detail(self) -> str:
        """What `explain` says of the function."""
        if self._graph is None:
            return f"; the function is Python: {self.reason}"
        return "; the function is a graph" + (", for whole batches" if self.is_whole() else "")

    # Before anything runs ---------------------------------------------------------------------

    def _trace(self, sample: Any) -> Any:
        """Trace the function; the spec of what it returns."""
        specs = tuple([layout.spec for layout in self._layouts])
        if is_debugging():
            self.reason = "debug mode"
            return self._spec_by_calling(sample, None)
        try:
            # Within another trace, what belongs to that one is captured.
            around = ambient.outside(None) if ambient.executing_eagerly() else nullcontext()
            with around, Together():
                concrete = self._traced(specs)
        except _ReturnsDatasetsError as found:
            self.reason = "it returns datasets"
            return found.spec
        except (InaccessibleTensorError, OperatorNotAllowedInGraphError) as error:
            self.reason = f"{error}".split(". ")[0]
            return self._spec_by_calling(sample, error)
        except Exception as error:
            error.add_note(f"{self.stage} traced its function, which raised this.")
            if isinstance(error, TypeError) and "positional argument" in str(error):
                error.add_note(
                    f"It calls the function with {len(specs)} arguments, one for each of: {specs!r}"
                )
            raise
        result = concrete.structured_outputs
        if any(isinstance(leaf, DatasetSpec) for each in self._layouts for leaf in each.leaves):
            self.reason = "it takes datasets"
        else:
            self._graph, self._captures = concrete.graph, tuple(concrete.graph.captures)
        return structure.map_structure(lambda tensor: tensor.spec, result)

    def _traced(self, specs: Any) -> Any:
        function = self.function
        if isinstance(function, Function):
            function = function.python_function
        inner, stage, leaf = convert(function), self.stage, self._leaf or _as_result

        def run(*args: Any) -> Any:
            args = structure.map_structure(_stand_in, args)
            result = normalized(_as_several(inner(*args)), stage, leaf)
            if any(is_dataset(leaf) for leaf in structure.flatten(result)):
                raise _ReturnsDatasetsError(structure.map_structure(spec_of, result))
            return result

        leaves = [leaf for leaf in structure.flatten(specs) if isinstance(leaf, TensorSpec)]
        paths = zip(structure.paths(specs, "element"), structure.flatten(specs), strict=True)
        names = [path for path, leaf in paths if isinstance(leaf, TensorSpec)]
        around = [self.function, *Surroundings(function).objects()]
        name = getattr(function, "__name__", "function").strip("<>")
        request = Request(run, name, specs, {}, leaves, leaves, names, {}, around)
        promotion = trace_call(request, True)
        promotion.side_effects.report()
        return promotion.concrete

    def _spec_by_calling(self, sample: Any, error: Exception | None) -> Any:
        """The spec of what the function returns for the first element, of any shape."""
        arguments = None if sample is None else sample()
        if arguments is None:
            raise TypeError(
                f"{self.stage} expected a function that can be traced, or at least one element to "
                "call it with: the dataset has none. Received: a function that asks for values"
            ) from error
        result = self._called(arguments)
        return structure.map_structure(_spec_of_any_shape, result)

    # Running ----------------------------------------------------------------------------------

    def __call__(
        self, *arguments: Element, draw: int | None = None, places: Element | None = None
    ) -> Element:
        """The components of what the function returns, for the components of its arguments.

        Args:
            draw: decides the random numbers of this call; None for those of the global state.
            places: for each component an array where a graph may write it.
        """
        if self._graph is None:
            if draw is None:
                return self._checked(self._called(arguments))
            with Apart(draw):
                return self._checked(self._called(arguments))
        captures = self._captures
        if draw is not None:
            apart = Apart(draw)
            captures = [apart.handle(capture) for capture in captures]
        quiet_run = quiet_runs.get(get_ident())
        if quiet_run is not None:
            arrays = [part for argument in arguments for part in argument]
            arrays.extend([capture.array for capture in captures])
            return tuple(quiet_run(self._graph.compute, arrays, places))
        inputs = [wrap(part) for argument in arguments for part in argument]
        outputs = call_graph(self._graph, (*inputs, *captures), places)
        return tuple([output.array for output in outputs])

    def _called(self, arguments: Any) -> Any:
        pairs = zip(self._layouts, arguments, strict=True)
        args = [layout.pack(argument) for layout, argument in pairs]
        return normalized(_as_several(self.function(*args)), self.stage, self._leaf)

    def _checked(self, result: Any) -> Element:
        spec = structure.map_structure(spec_of, result)
        if not are_compatible(self.spec, spec):
            raise TypeError(
                f"{self.stage} expected its function to return for each element what fits "
                f"{self.spec!r}. Received: {spec!r}"
            )
        return tuple([getattr(leaf, "array", leaf) for leaf in structure.flatten(result)])

    def on_rows(self, rows: Element) -> Element:
        """The results for stacked elements, where `is_whole` says that bits are the same."""
        inputs = [wrap(part) for part in rows]
        flags = (*[True] * len(inputs), *[False] * len(self._captures))
        outputs: Any = batch_whole(
            self._graph, (*inputs, *self._captures), flags, size=len(rows[0])
        )
        return tuple([output.array for output in outputs])

    def is_whole(self) -> bool:
        """Whether each operation is done in one exactly rounded step, element by element."""
        if self._graph is None:
            return False
        if self._whole is None:
            self._whole = _is_exact_graph(self._graph)
        return self._whole

    def may_fail(self) -> bool:
        """Whether an element may be refused because of its values."""
        return any(each.primitive.can_fail for each in self._graph.all_operations())


def _remade(*parts: Any) -> ElementFunction:
    """A function that runs as Python, of its parts in another process."""
    made = object.__new__(ElementFunction)
    made.stage, made.function, specs, made._leaf, made.reason, spec = parts
    made._layouts, made.layout = [Layout(each) for each in specs], Layout(spec)
    made._graph, made._captures, made._whole = None, (), None
    return made


def _is_exact_graph(graph: Any) -> bool:
    """Whether the operations on elements are exact; those on nothing but captures are done once."""
    count = len(graph.parameters) - len(graph.captures)
    of_elements = {id(x) for x in graph.parameters[:count]}
    for operation in graph.operations:
        if any(id(x) in of_elements for x in operation.inputs):
            of_elements.update(map(id, operation.outputs))
            if not _is_exact(operation):
                return False
        elif not effects_of(operation) <= {None, "read", "check"}:
            return False
    return True


def _is_exact(operation: Any) -> bool:
    primitive = operation.primitive
    if primitive.name == "cast":
        return all(x.dtype.name != "string" for x in (*operation.inputs, *operation.outputs))
    is_exact = primitive.is_exact or (
        primitive.is_exact_for_reals and not any(x.dtype.is_complex for x in operation.inputs)
    )
    if primitive.is_exact_for_integers:
        is_exact = not any(x.dtype.is_floating or x.dtype.is_complex for x in operation.inputs)
    is_known = all(x.shape.is_fully_defined() for x in operation.outputs) or (
        isinstance(primitive, Elementwise)
        and not primitive.can_fail
        and all(x.sizes is not None for x in operation.outputs)
    )
    is_plain = primitive.effect in (None, "check")
    return is_exact and is_known and is_plain and primitive.vectorize is not None


def _as_several(result: Any) -> Any:
    """What a function returns: a list is that of an operation with several results, a tuple."""
    return tuple(result) if result.__class__ is list else result


def _as_result(value: Any, name: str) -> Any:
    """A leaf of what a traced function returns; a variable is read where it is returned."""
    if is_dataset(value):
        return value
    if hasattr(type(value), "__tensor__"):
        return to_tensor(value, name=name)
    return as_value(value, name)


def _stand_in(value: Any) -> Any:
    return Placeholder.of(value) if isinstance(value, DatasetSpec) else value


def _spec_of_any_shape(leaf: Any) -> Any:
    return spec_of(leaf) if is_dataset(leaf) else TensorSpec.of(None, leaf.dtype)


def scalar_predicate(function: ElementFunction, argument: str) -> None:
    """Refuse a function that does not return one truth value."""
    spec = function.spec
    is_flag = isinstance(spec, TensorSpec) and spec.dtype.name == "bool" and not spec.sizes
    if not is_flag:
        raise ValueError(
            f"{function.stage} expected {argument} to return a bool scalar. Received: {spec!r}"
        )


class Placeholder:
    """Makes the datasets that a traced function gets in the place of datasets."""

    @staticmethod
    def of(spec: DatasetSpec) -> Dataset:
        """A dataset of which only the specs of the elements are known."""
        from eagre.data.dataset import Dataset

        class Unknown(Dataset):
            """It has no elements yet."""

            def size(self) -> int:
                return -2

            def begin(self, run: Any, key: int) -> Any:
                raise InaccessibleTensorError(
                    "Dataset expected to be iterated when it has its elements. Received: a "
                    "dataset that stands for others while a function is traced."
                )

        return Unknown(spec.element_spec)


def truth(components: Element) -> bool:
    """The one truth value of a result."""
    return bool(np.asarray(components[0]))
