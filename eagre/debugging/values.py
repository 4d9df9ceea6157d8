"""Changing the value of a tensor that other code holds."""

from __future__ import annotations

import gc
from typing import Any

from eagre.core.conversion import to_array
from eagre.core.errors import FailedPreconditionError, InvalidArgumentError
from eagre.core.tensor import EagerTensor, SymbolicTensor
from eagre.gradients.tape import GradientTape


def set_value(tensor: Any, value: Any) -> None:
    """Put `value` in place of a tensor's value, for all code that holds the tensor.

    For use in a debugger; a program assigns variables instead. Shape and dtype stay.

    Raises:
        FailedPreconditionError: a gradient tape keeps the tensor: its gradients would be wrong.
        InvalidArgumentError: `value` has another shape.

    >>> x = tf.constant([1.0, 2.0])
    >>> tf.debugging.set_value(x, [5.0, 6.0])
    >>> x
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([5., 6.], dtype=float32)>
    """
    if isinstance(tensor, SymbolicTensor):
        raise TypeError(f"set_value expected a tensor that has its value. Received: {tensor!r}")
    if not isinstance(tensor, EagerTensor):
        raise TypeError(
            f"set_value expected a tensor. Received: {tensor!r} of type {type(tensor).__name__}. "
            "Use variable.assign for a variable."
        )
    if any(tape.holds(tensor) for tape in _tapes()):
        raise FailedPreconditionError(
            "set_value cannot change a tensor that a GradientTape holds: its gradients would be "
            "those of a computation that never ran. Change the value before the tape records it, "
            "or after the tape is gone; tape.reset() makes it forget."
        )
    source = value.array if isinstance(value, EagerTensor) else value
    array = to_array(source, tensor.dtype, "set_value")
    if array.shape != tensor.sizes:
        raise InvalidArgumentError(
            f"set_value expected a value of shape {tensor.sizes}. Received: shape={array.shape}"
        )
    tensor.array = array


def _tapes() -> list[GradientTape]:
    return [each for each in gc.get_objects() if isinstance(each, GradientTape)]
