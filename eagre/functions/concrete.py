"""`ConcreteFunction`: one graph of a function, with the structures of its arguments and results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import ref

from eagre.control.calling import call_graph
from eagre.core import structure
from eagre.core.conversion import to_tensor
from eagre.core.dtypes import resource
from eagre.core.python_numbers import described
from eagre.core.specs import ResourceSpec, TensorSpec
from eagre.core.tensor import Tensor
from eagre.functions.signature import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eagre.graph.graph import Graph


class ConcreteFunction:
    """A graph that is called like the function from which it was traced.

    `inputs`, `outputs` and `captured_inputs` are tensors of the graph and those that it reads from
    outside; `structured_input_signature` and `structured_outputs` tell where they stand.
    """

    __slots__ = ("__weakref__", "_returns_one", "graph", "integers", "signature")

    def __init__(self, graph: Graph, signature: Any) -> None:
        self.graph = graph
        self.signature = signature
        self.integers: tuple[int, ...] = ()
        nest = graph.output_structure
        self._returns_one = len(graph.outputs) == 1 and not structure.is_nested(nest)
        self._returns_one = self._returns_one and not hasattr(nest, "__composite__")

    # What it is -------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The name of the Python function."""
        return self.graph.name

    @property
    def inputs(self) -> list[Tensor]:
        """The tensors that stand for the arguments, and for what is captured."""
        return [*self.graph.parameters]

    @property
    def outputs(self) -> list[Tensor]:
        """The tensors that are returned, without their structure."""
        return self.graph.outputs

    @property
    def captured_inputs(self) -> list[Tensor]:
        """The tensors and handles of variables that the graph reads from outside."""
        return self.graph.captures

    @property
    def variables(self) -> tuple[Any, ...]:
        """The variables that the graph reads or assigns."""
        handles: list[Any] = [t for t in self.graph.captures if t.dtype is resource]
        owners = [handle.array.owner() for handle in handles]
        return tuple(owner for owner in owners if owner is not None)

    @property
    def trainable_variables(self) -> tuple[Any, ...]:
        """Those of the variables that gradient tapes watch."""
        return tuple(variable for variable in self.variables if variable.trainable)

    @property
    def structured_input_signature(self) -> Any:
        """The positional arguments and the keyword arguments, with specs in place of tensors."""
        return self.signature

    @property
    def structured_outputs(self) -> Any:
        """What is returned, with symbolic tensors or specs in place of tensors."""
        return self._packed(self.graph.outputs)

    @property
    def output_shapes(self) -> Any:
        """The shapes of what is returned."""
        return self._packed([output.shape for output in self.graph.outputs])

    @property
    def output_dtypes(self) -> Any:
        """The dtypes of what is returned."""
        return self._packed([output.dtype for output in self.graph.outputs])

    # Calling ----------------------------------------------------------------------------------

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call with tensors: positional as in the signature, or by the names of the inputs."""
        return self.run([*self._leaves(args, kwargs)])

    def run(self, leaves: Sequence[Any]) -> Any:
        """The structured result for a tensor for each input."""
        outputs = call_graph(self.graph, (*leaves, *self.graph.captures))
        return outputs[0] if self._returns_one else self._packed(outputs)

    def _packed(self, outputs: Sequence[Any]) -> Any:
        remaining = iter(outputs)
        nest = self.graph.output_structure
        flat = structure.flatten(nest, expand_composites=True)
        leaves = [None if leaf is None else next(remaining) for leaf in flat]
        return structure.pack_sequence_as(nest, leaves, expand_composites=True)

    def _leaves(self, args: Any, kwargs: Any) -> list[Any]:
        """One tensor for each input of the graph, from positional and named arguments.

        Python values of the signature may be among them, and have to be the same.
        """
        inputs = [(inner.name, inner.spec) for inner in self.graph.inputs]
        specs = structure.flatten(self.signature, expand_composites=True)
        given = structure.flatten(args, expand_composites=True)
        named = [name for name, _ in inputs[len(given) :] if name in kwargs]
        given += [kwargs[name] for name in named]
        others = {name: value for name, value in kwargs.items() if name not in named}
        constants = self.signature[1]
        odd = [k for k, v in others.items() if k not in constants or not _is_same(constants[k], v)]
        if odd or len(given) not in (len(specs), len(inputs)):
            wanted = ", ".join([name for name, _ in inputs]) or "nothing"
            came = [counted(len(given), "value"), *[f"{name} by name" for name in odd]]
            raise TypeError(
                f"{self.name} expected {len(inputs)} tensors, for {wanted}. Received: "
                f"{', and '.join(came)}"
            )
        if len(given) == len(inputs):
            pairs = zip(inputs, given, strict=True)
            return [self._fitting(name, spec, value) for (name, spec), value in pairs]
        return self._leaves_among_constants(specs, given, [name for name, _ in inputs])

    def _leaves_among_constants(self, specs: Any, given: Any, names: list[str]) -> list[Any]:
        leaves: list[Any] = []
        for spec, value in zip(specs, given, strict=True):
            if isinstance(spec, TensorSpec):
                leaves.append(self._fitting(names[len(leaves)], spec, value))
            elif not _is_same(spec, value):
                raise TypeError(
                    f"{self.name} expected {spec!r}, with which its graph was traced. Received: "
                    f"{_came(value)}. Make a graph for that by get_concrete_function."
                )
        return leaves

    def _fitting(self, name: str, spec: TensorSpec, value: Any) -> Any:
        """The value as a tensor that an input takes."""
        name = f"{self.name}({name})"
        if isinstance(spec, ResourceSpec):
            handle = getattr(value, "handle", None)
            if handle is None or not spec.value.is_compatible_with(handle.spec.value):
                raise TypeError(
                    f"{name} expected a tf.Variable that fits {spec.value}. "
                    f"Received: {described(value)}"
                )
            return handle
        try:
            tensor = to_tensor(value, spec.dtype)
        except (TypeError, ValueError):
            raise TypeError(f"{name} expected {spec}. Received: {_came(value)}") from None
        if not spec.shape.is_compatible_with(tensor.shape):
            raise ValueError(f"{name} expected {spec}. Received: shape={tensor.shape}")
        return tensor

    def __repr__(self) -> str:
        return f"<ConcreteFunction {self}>"

    def __str__(self) -> str:
        args, kwargs = self.signature
        shown = [_short(arg) for arg in args] + [f"{k}={_short(v)}" for k, v in kwargs.items()]
        result = structure.map_structure(
            lambda x: None if x is None else _short(getattr(x, "spec", x)), self.structured_outputs
        )
        return f"{self.name}({', '.join(shown)}) -> {_plain(result)}"


def _came(value: Any) -> Any:
    return value.spec if isinstance(value, Tensor) else described(value)


def _is_same(constant: Any, value: Any) -> bool:
    """Whether an argument is the Python value that a graph was traced with."""
    if isinstance(constant, ref):
        return constant() is value
    return constant is value or (type(constant) is type(value) and bool(constant == value))


def _short(value: Any) -> str:
    """A spec as `float32[2, None]`, anything else as it prints."""
    if structure.is_nested(value):
        return _plain(structure.map_structure(_short, value))
    if not isinstance(value, TensorSpec):
        return f"{value!r:.60}"
    spec = value.value if isinstance(value, ResourceSpec) else value
    sizes = "..." if spec.sizes is None else ", ".join(map(str, spec.sizes))
    kind = "variable " if isinstance(value, ResourceSpec) else ""
    return f"{kind}{spec.dtype.name}[{sizes}]"


def _plain(nest: Any) -> str:
    """A structure of texts without their quotation marks."""
    return str(nest).replace("'", "")
