"""What a graph built by hand is fed by: places for values, and an operation that does nothing."""

from __future__ import annotations

from typing import Any

from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.specs import TensorSpec


class Placeholder(Primitive):
    """A tensor that a session is given; it has no value by itself."""

    can_fail = True
    stops_gradients = True

    def infer(self, *, spec: TensorSpec) -> TensorSpec:
        """What was declared."""
        return spec

    def kernel(self, *, spec: TensorSpec) -> Any:
        raise InvalidArgumentError(
            f"placeholder expected a value of dtype {spec.dtype.name} and shape {spec.shape}. "
            "Received: none. Give it one: session.run(fetches, feed_dict={placeholder: value})."
        )


class PlaceholderWithDefault(Primitive):
    """The input, for which a session may be given another value of shape `spec`."""

    has_one_input = True
    needs = ()

    def infer(self, x: TensorSpec, *, spec: TensorSpec) -> TensorSpec:
        """The declared shape, which the input has to fit."""
        if not spec.is_compatible_with(x):
            raise InvalidArgumentError(
                f"placeholder_with_default expected an input of shape {spec.shape}. "
                f"Received: input.shape={x.shape}"
            )
        return spec

    def kernel(self, x: Any, *, spec: TensorSpec) -> Any:
        return x

    def gradient(self, grad: Any, output: Any, x: Any, *, spec: TensorSpec) -> Any:
        return (grad,)


class NoOperation(Primitive):
    """Nothing: an operation for others to be done before."""

    name = "no_op"
    stops_gradients = True

    def infer(self) -> tuple[TensorSpec, ...]:
        """No outputs."""
        return ()

    def kernel(self) -> Any:
        return ()


placeholder = Placeholder()
placeholder_with_default = PlaceholderWithDefault()
no_operation = NoOperation()
