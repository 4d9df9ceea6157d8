"""The ends of a way back: targets and sources as the user gives them, and what comes back."""

from __future__ import annotations

from typing import Any

from eagre.core import structure
from eagre.core.conversion import to_tensor
from eagre.core.tensor import Tensor
from eagre.gradients.backpropagate import ones_like, zeros_like


def flatten(values: Any) -> list[Any]:
    """The leaves; nearly always there is one tensor, or a list of tensors or variables."""
    if isinstance(values, Tensor):
        return [values]
    return values if _is_flat(values) else structure.flatten(values)


def _is_flat(values: Any) -> bool:
    return values.__class__ is list and all(map(_is_leaf, values))


def _is_leaf(value: Any) -> bool:
    return isinstance(value, Tensor) or hasattr(value, "handle")


def packed(sources: Any, grads: list[Any]) -> Any:
    """The gradients in the structure of the sources."""
    if _is_leaf(sources):
        return grads[0]
    return grads if _is_flat(sources) else structure.pack_sequence_as(sources, grads)


def value_of(source: Any) -> Any:
    """The tensor by whose id a tape knows a target or source."""
    handle = getattr(source, "handle", None)
    if handle is not None:
        return handle
    if isinstance(source, Tensor):
        return source
    raise TypeError(
        "GradientTape.gradient expected tensors or variables. "
        f"Received: {source!r} of type {type(source).__name__}"
    )


def seeds_of(ends: Any, targets: list[Any], output_gradients: Any) -> list[tuple[int, Tensor]]:
    """The numbers of the targets with the gradients that flow into them, ones by default.

    `ends` are the targets as the user gives them: of a variable its value is read.
    """
    given = [None] * len(targets)
    if output_gradients is not None:
        given = structure.flatten(output_gradients)
        if len(given) != len(targets):
            raise ValueError(
                "GradientTape.gradient expected one output gradient for each target. "
                f"Received: {len(given)} for {len(targets)} targets"
            )
    found: list[tuple[int, Tensor]] = []
    for end, target, grad in zip(ends, targets, given, strict=True):
        value = target if end is target else to_tensor(end)
        if target.id and (value.dtype.is_floating or value.is_complex):
            found.append((target.id, ones_like(value) if grad is None else _fitting(grad, value)))
    return found


def _fitting(grad: Any, target: Any) -> Tensor:
    grad = to_tensor(grad, target.dtype, name="GradientTape.gradient(output_gradients)")
    if not grad.shape.is_compatible_with(target.shape):
        raise ValueError(
            "GradientTape.gradient expected output gradients of the targets' shapes. "
            f"Received: shape={grad.shape} for a target of shape {target.shape}"
        )
    return grad


def zeros_for(source: Any) -> Tensor:
    """What stands for the gradient of a source on which nothing depends."""
    return zeros_like(to_tensor(source))
