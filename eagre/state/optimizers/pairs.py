"""Gradients with the variables that they are for: what `apply_gradients` takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.core.conversion import to_tensor
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.core.shapes import are_compatible
from eagre.core.tensor import Tensor
from eagre.primitives.indexed_slices import IndexedSlices
from eagre.state.variable import Variable

if TYPE_CHECKING:
    from collections.abc import Iterable

Pair = tuple[Any, Variable]


def fitting_pairs(grads_and_vars: Iterable[Pair]) -> list[Pair]:
    """The pairs that have a gradient, each gradient a tensor or slices that fit its variable."""
    pairs = [_pair(each) for each in grads_and_vars]
    pairs = [(grad, variable) for grad, variable in pairs if grad is not None]
    if not pairs:
        raise ValueError(
            "apply_gradients expected a gradient for at least one variable. Received: only "
            "None, or no pairs. Was the loss computed within the tape?"
        )
    return [(_fitting(grad, variable), variable) for grad, variable in pairs]


def _pair(pair: Any) -> Pair:
    """The gradient and the variable that it is for."""
    is_pair = isinstance(pair, tuple | list) and len(pair) == 2
    if is_pair and isinstance(pair[1], Variable):
        return pair[0], pair[1]
    came = f"variable={_outline(pair[1])}" if is_pair else _outline(pair)
    is_tensor = is_pair and isinstance(pair[1], Tensor)
    zipped = "Use zip(gradients, variables)"
    advice = "Only variables change: use tf.Variable" if is_tensor else zipped
    raise TypeError(
        f"apply_gradients expected pairs (gradient, variable). Received: {came}. {advice}."
    )


def _outline(value: Any) -> str:
    if isinstance(value, Tensor):
        return f"a tensor of shape {value.shape} and dtype {value.dtype.name}"
    return f"{value!r:.120}"


def _fitting(grad: Any, variable: Variable) -> Any:
    """A gradient, a tensor or slices, of the shape and dtype of its variable."""
    grad = grad if isinstance(grad, IndexedSlices) else to_tensor(grad)
    if grad.dtype != variable.dtype:
        raise DTypeMismatchError(
            f"apply_gradients expected a gradient of dtype {variable.dtype.name}, that of "
            f"{variable.name}. Received: dtype={grad.dtype.name}. Use tf.cast to convert it."
        )
    if not are_compatible(grad.shape.sizes, variable.shape.sizes):
        raise InvalidArgumentError(
            f"apply_gradients expected a gradient of shape {variable.shape}, that of "
            f"{variable.name}. Received: shape={grad.shape}"
        )
    return grad
