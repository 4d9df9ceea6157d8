"""Reading and assigning variables. The first input is the handle, whose value is a `Cell`."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.caller import Called
from eagre.core.doors import handle_door
from eagre.core.errors import DTypeMismatchError, FailedPreconditionError, InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.shapes import are_compatible
from eagre.core.specs import ResourceSpec, TensorSpec


class ReadVariable(Primitive):
    """The value of a variable now: arrays are never changed in place, so it stays as it is."""

    effect = "read"
    reads_variables = True
    has_one_input = True
    needs = ()

    def infer(self, handle: ResourceSpec) -> TensorSpec:
        """What the variable holds."""
        _check_handle(self, handle)
        return handle.value

    kernel = attrgetter("array")

    def gradient(self, grad: Any, output: Any, handle: Any) -> Any:
        return (grad,)


class AssignVariable(Primitive):
    """Put a value in place of a variable's; the output is the value."""

    effect = "write"
    public = "assign"
    is_silent = True
    stops_gradients = True
    needs = ()

    def __init__(self) -> None:
        super().__init__()
        self.door = handle_door(self)

    def infer(self, handle: ResourceSpec, value: TensorSpec) -> TensorSpec:
        """A value of the variable's dtype and of a shape that fits."""
        _check_handle(self, handle)
        held = handle.value
        if value.dtype != held.dtype:
            raise DTypeMismatchError(
                f"{Called('assign')} expected a value of the variable's dtype {held.dtype.name}. "
                f"Received: dtype={value.dtype.name}. Use tf.cast."
            )
        if not are_compatible(held.sizes, value.sizes):
            raise InvalidArgumentError(
                f"{Called('assign')} expected a value of the variable's shape {held.shape}. "
                f"Received: shape={value.shape}"
            )
        return value

    def kernel(self, cell: Any, value: Any) -> Any:
        try:
            held = cell.array
        except FailedPreconditionError:
            return _first_value(cell, value)
        if value.dtype is not held.dtype and value.dtype != held.dtype:
            raise TypeError("another dtype")
        if value.shape != held.shape and not are_compatible(cell.spec.sizes, value.shape):
            raise ValueError("another shape")
        cell.array = value
        return value


class VariableIsInitialized(Primitive):
    """Whether the variable has a value."""

    effect = "read"
    has_one_input = True
    stops_gradients = True
    needs = ()

    def infer(self, handle: ResourceSpec) -> TensorSpec:
        """A boolean."""
        _check_handle(self, handle)
        return TensorSpec.of((), dtypes.bool_)

    def kernel(self, cell: Any) -> Any:
        try:
            return np.bool_(cell.array is not None)
        except FailedPreconditionError:
            return np.bool_(False)


def _first_value(cell: Any, value: Any) -> Any:
    """Give a variable that has no value its first one."""
    if value.dtype != cell.spec.dtype.numpy:
        raise TypeError("another dtype")
    if not are_compatible(cell.spec.sizes, value.shape):
        raise ValueError("another shape")
    cell.array = value
    return value


def _check_handle(primitive: Primitive, handle: TensorSpec) -> None:
    if handle.dtype != dtypes.resource:
        raise DTypeMismatchError(
            f"{primitive.public} expected the handle of a variable. Received: {handle.dtype.name}"
        )


IN_FRONT: dict[str, Any] = {}
"""The parameters of a read in front of a branch or loop, by which it is known: it stands for all
reads of the variable within, each of which adds its gradient to that of the variable."""

read_variable = ReadVariable()
assign_variable = AssignVariable()
variable_is_initialized = VariableIsInitialized()
