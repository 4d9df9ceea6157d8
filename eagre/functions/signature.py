"""How a call fits the signature of a Python function: one form for each way of saying the same."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from eagre.core import structure
from eagre.core.conversion import to_tensor
from eagre.core.python_numbers import described
from eagre.core.specs import TensorSpec
from eagre.core.tensor import EagerTensor
from eagre.functions.arguments import Arguments
from eagre.graph.graph import leaves_under

if TYPE_CHECKING:
    from collections.abc import Callable

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class Signature:
    """The parameters of a function, with specs for the first of them if the user gives some."""

    def __init__(
        self, function: Callable[..., Any], name: str, input_signature: Any, is_method: bool
    ) -> None:
        self.name = name
        self.parameters = _signature_of(function)
        if is_method:
            first, *others = self.parameters.parameters.values()
            rest = others if first.kind in _POSITIONAL else [first, *others]
            self.parameters = self.parameters.replace(parameters=rest)
        kinds = [each.kind for each in self.parameters.parameters.values()]
        self._count = len(kinds) if all(kind in _POSITIONAL for kind in kinds) else -1
        self.specs = _checked_specs(input_signature, name)

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The arguments in the order of the parameters, defaults included."""
        if self.specs is not None:
            return self._bind_to_specs(args, kwargs)
        if not kwargs and len(args) == self._count:
            return args, kwargs
        return self._bind(args, kwargs)

    def _bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        try:
            bound = self.parameters.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(
                f"{self.name} expected arguments that fit its signature {self}. Received: "
                f"{counted(len(args), 'positional argument')}"
                f"{', and ' + ', '.join(sorted(kwargs)) + ' by name' if kwargs else ''}: {error}"
            ) from None
        bound.apply_defaults()
        return bound.args, bound.kwargs

    def _bind_to_specs(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The arguments as tensors of the specs of `input_signature`."""
        args, kwargs = self._bind(args, kwargs)
        count = len(self.specs)
        if len(args) < count:
            raise TypeError(
                f"{self.name} expected a parameter for each spec of its input_signature. Received: "
                f"{counted(count, 'spec')} for the signature {self}"
            )
        pairs = zip(self.specs, args[:count], strict=True)
        tensors = [self._tensor(spec, value, i) for i, (spec, value) in enumerate(pairs)]
        return (*tensors, *args[count:]), kwargs

    def _tensor(self, spec: Any, value: Any, index: int) -> Any:
        name = f"{self.name}({self.path_names(index + 1)[index]})"
        specs = structure.flatten(spec)
        values = leaves_under(spec, value, name)
        leaves = [_fitting(one, leaf, name) for one, leaf in zip(specs, values, strict=True)]
        return structure.pack_sequence_as(spec, leaves)

    def parts_of_specs(self, args: tuple[Any, ...]) -> int:
        """How many parts of a key tell of the arguments that have specs."""
        return len(Arguments(args[: len(self.specs)], {}).parts)

    def path_names(self, count: int) -> list[str]:
        """What messages call the first positional arguments."""
        names: list[str] = []
        for parameter in self.parameters.parameters.values():
            if parameter.kind in _POSITIONAL:
                names.append(parameter.name)
            elif parameter.kind is inspect.Parameter.VAR_POSITIONAL:
                names += [f"{parameter.name}[{i}]" for i in range(count - len(names))]
        return names[:count]

    def __str__(self) -> str:
        return f"{self.name}{self.parameters}"


def counted(count: int, noun: str) -> str:
    """A number of things in words."""
    return f"{count} {noun}" + ("" if count == 1 else "s")


def _signature_of(function: Callable[..., Any]) -> inspect.Signature:
    """The signature, for some functions that are not written in Python any arguments."""
    try:
        return inspect.signature(function)
    except (TypeError, ValueError):
        kinds = {"args": inspect.Parameter.VAR_POSITIONAL, "kwargs": inspect.Parameter.VAR_KEYWORD}
        return inspect.Signature([inspect.Parameter(name, kind) for name, kind in kinds.items()])


def _checked_specs(input_signature: Any, name: str) -> Any:
    if input_signature is None:
        return None
    if not isinstance(input_signature, list | tuple):
        raise TypeError(
            "function expected input_signature to be a list or tuple of tf.TensorSpec. "
            f"Received: input_signature={input_signature!r}"
        )
    for leaf in structure.flatten(input_signature):
        if not isinstance(leaf, TensorSpec):
            raise TypeError(
                "function expected tf.TensorSpec in input_signature. "
                f"Received: {described(leaf)}, for {name}"
            )
    return tuple(input_signature)


def _fitting(spec: TensorSpec, value: Any, name: str) -> Any:
    """The value as a tensor that fits a spec."""
    if isinstance(value, TensorSpec):
        fits = value.is_subtype_of(TensorSpec(spec.shape, spec.dtype, value.name))
    else:
        try:
            value = value if value.__class__ is EagerTensor else to_tensor(value, spec.dtype)
        except (TypeError, ValueError):
            raise TypeError(
                f"{name} expected what fits {spec} of its input_signature. "
                f"Received: {described(value)}"
            ) from None
        fits = value.dtype == spec.dtype and spec.shape.is_compatible_with(value.shape)
    if not fits:
        raise TypeError(
            f"{name} expected what fits {spec} of its input_signature. Received: "
            f"{value if isinstance(value, TensorSpec) else value.spec}"
        )
    return value
