"""`tf.gradients`: gradients of tensors of a graph, added to that graph."""

from __future__ import annotations

from typing import Any

from eagre.core import ambient, structure
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.core.python_numbers import described
from eagre.core.tensor import Tensor
from eagre.gradients.backpropagate import ones_like, zeros_like
from eagre.gradients.graph_gradients import gradients_in
from eagre.gradients.keeping import keep_in
from eagre.gradients.perhaps import settled, zeros_if_absent
from eagre.gradients.tape import UnconnectedGradients, as_unconnected
from eagre.graph.trace import Trace
from eagre.primitives.constants import constant
from eagre.primitives.families import INEXACTS


def gradients(
    ys: Any,
    xs: Any,
    grad_ys: Any = None,
    name: str | None = "gradients",
    gate_gradients: bool = False,
    aggregation_method: Any = None,
    stop_gradients: Any = None,
    unconnected_gradients: Any = UnconnectedGradients.NONE,
) -> list[Any]:
    """The gradients of the sum of `ys` by each of `xs`, within a graph.

    Args:
        ys: a tensor, or a structure of them.
        xs: tensors and variables, or one.
        grad_ys: for each of `ys` the gradient that flows into it; None for ones.
        stop_gradients: tensors that count as constants.
        unconnected_gradients: what stands where there is none: None, or zeros for "zero".

    Raises:
        RuntimeError: operations run at once; use `tf.GradientTape`.

    >>> @tf.function
    ... def slope(x):
    ...     return tf.gradients(x * x, x)
    >>> slope(tf.constant(3.0))[0].numpy()
    np.float32(6.0)
    """
    level = open_trace("gradients")
    unconnected = as_unconnected(unconnected_gradients, "gradients")
    targets = [_target(y, level) for y in structure.flatten(ys)]
    sources = [_source(x, level) for x in structure.flatten(xs)]
    seeds = _seeds(targets, grad_ys)
    stopped = [_source(x, level) for x in structure.flatten(stop_gradients or [])]
    pairs = [(y, seed) for y, seed in zip(targets, seeds, strict=True) if y.dtype in INEXACTS]
    targets, seeds = [y for y, _ in pairs], [seed for _, seed in pairs]
    keep_in(level.graph.operations)
    found = gradients_in(level.graph, targets, sources, seeds, stopped=stopped)
    if unconnected is UnconnectedGradients.NONE:
        return [settled(grad) for grad in found]
    of = structure.flatten(xs)
    pairs = zip(of, found, strict=True)
    return [_zeros(x) if grad is None else zeros_if_absent(grad) for x, grad in pairs]


def open_trace(name: str) -> Trace:
    """The level of the graph that is being built.

    Raises:
        RuntimeError: operations run at once.
    """
    level = ambient.interpreter()
    if not isinstance(level, Trace):
        raise RuntimeError(
            f"{name} expected to be called while a graph is built, in a tf.function or by hand. "
            "Received: eager tensors, which do not know where they come from. "
            "Use tf.GradientTape."
        )
    return level


def _target(y: Any, level: Trace) -> Tensor:
    return level.inside(to_tensor(y, name="gradients(ys)"), constant)


def _source(x: Any, level: Trace) -> Tensor:
    """A tensor of the graph; for a variable its handle, to which all that was read leads back."""
    handle = getattr(x, "handle", None)
    if handle is None and not isinstance(x, Tensor):
        raise TypeError(
            "gradients expected tensors and variables to differentiate by. "
            f"Received: {described(x)}"
        )
    return level.inside(x if handle is None else handle, constant)


def _seeds(targets: list[Tensor], grad_ys: Any) -> list[Tensor]:
    given = [None] * len(targets) if grad_ys is None else structure.flatten(grad_ys)
    if len(given) != len(targets):
        raise ValueError(
            "gradients expected one of grad_ys for each of ys. "
            f"Received: {len(given)} of grad_ys, {len(targets)} of ys"
        )
    return [_seed(y, grad) for y, grad in zip(targets, given, strict=True)]


def _seed(target: Tensor, grad: Any) -> Tensor:
    if grad is None:
        return ones_like(target)
    grad = to_tensor(grad, target.dtype, name="gradients(grad_ys)")
    if not target.shape.is_compatible_with(grad.shape):
        raise InvalidArgumentError(
            f"gradients expected grad_ys of the shapes of ys, here {target.shape}. "
            f"Received: shape={grad.shape}"
        )
    return grad


def _zeros(x: Any) -> Any:
    return zeros_like(x.value() if hasattr(x, "handle") else x)
