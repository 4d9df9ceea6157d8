"""`ForwardAccumulator`: derivatives along a direction, computed while operations run.

An operation's Jacobian times a tangent is had from its gradient rule, which is linear in the
gradient that comes in: its own gradient is the transposed of the transposed.

Wengert, "A simple automatic derivative evaluation program", 1964; Christianson, "Reverse
accumulation and accurate rounding error estimates for Taylor series coefficients", 1992.
"""

from __future__ import annotations

import weakref
from types import FunctionType
from typing import Any

from eagre.core import ambient, structure
from eagre.core.conversion import to_tensor
from eagre.core.dtypes import resource
from eagre.core.tensor import Tensor, next_handle_id, next_id
from eagre.gradients.backpropagate import ones_like, zeros_like
from eagre.gradients.tape import GradientTape, UnconnectedGradients, as_unconnected
from eagre.primitives.families import FLOATS, INEXACTS, Elementwise, shape_of, unbroadcast
from eagre.primitives.indexed_slices import IndexedSlices
from eagre.primitives.rearrangement import broadcast_to


class ForwardAccumulator(ambient.Recorder):
    """Computes Jacobian-vector products alongside the operations, without a tape.

    Args:
        primals: a tensor, a variable, or a structure of them.
        tangents: for each primal the direction in which it moves, of its shape and dtype.

    Raises:
        ValueError: tangents do not fit the primals; the accumulator is entered twice.

    >>> x = tf.constant([2.0, 3.0])
    >>> with tf.autodiff.ForwardAccumulator(x, tf.constant([1.0, 0.0])) as accumulator:
    ...     y = tf.reduce_sum(x * x)
    >>> accumulator.jvp(y).numpy()
    np.float32(4.0)
    """

    __slots__ = ("__weakref__", "_is_recording", "_references", "_tangents")
    takes_calls = False

    def __init__(self, primals: Any, tangents: Any) -> None:
        self._is_recording = False
        self._tangents: dict[int, Tensor] = {}
        self._references: dict[int, Any] = {}
        structure.assert_same_structure(primals, tangents, check_types=False)
        pairs = zip(structure.flatten(primals), structure.flatten(tangents), strict=True)
        for primal, tangent in pairs:
            self._watch(primal, tangent)

    def _watch(self, primal: Any, tangent: Any) -> None:
        value = getattr(primal, "handle", primal)
        if not isinstance(value, Tensor):
            raise ValueError(
                "ForwardAccumulator expected tensors or variables as primals. "
                f"Received: {primal!r} of type {type(primal).__name__}"
            )
        tangent = to_tensor(tangent, primal.dtype, name="ForwardAccumulator(tangents)")
        if not tangent.shape.is_compatible_with(primal.shape):
            raise ValueError(
                "ForwardAccumulator expected tangents of the shapes of the primals. "
                f"Received: tangent.shape={tangent.shape}, primal.shape={primal.shape}"
            )
        if primal.dtype in INEXACTS:
            key = self._number(value)
            before = self._tangents.get(key)
            self._tangents[key] = tangent if before is None else before + tangent

    def __enter__(self) -> ForwardAccumulator:
        if self._is_recording:
            raise ValueError(
                "ForwardAccumulator cannot be entered while it records. Leave its `with` block "
                "first."
            )
        self._is_recording = True
        ambient.enter(self)
        return self

    def __exit__(self, *error: object) -> None:
        self._is_recording = False
        ambient.leave(self)

    def record(self, primitive: Any, inputs: tuple[Any, ...], params: Any, output: Any) -> None:
        """Compute the tangents of the outputs, if an input has one."""
        if primitive.stops_gradients:
            return
        tangents = [self._tangents.get(x.id) if x.id else None for x in inputs]
        if all(tangent is None for tangent in tangents):
            return
        outputs = output if output.__class__ is tuple else (output,)
        with ambient.outside(self):
            found = push_forward(primitive, inputs, params, output, tangents)
        for each, tangent in zip(outputs, found, strict=True):
            if tangent is not None:
                self._tangents[self._number(each)] = tangent

    def _number(self, value: Any) -> int:
        """The number of a tensor; its tangent goes when the tensor goes."""
        value.id = value.id or (next_handle_id() if value.dtype is resource else next_id())
        number = value.id
        if number not in self._references:
            forget = weakref.WeakMethod(self._forget)
            self._references[number] = weakref.ref(value, lambda _: _call(forget, number))
        return number

    def _forget(self, number: int) -> None:
        self._tangents.pop(number, None)
        self._references.pop(number, None)

    def jvp(
        self, primals: Any, unconnected_gradients: Any = UnconnectedGradients.NONE
    ) -> Any:
        """The tangents of tensors that were computed within the `with` block.

        Args:
            primals: a tensor, a variable, or a structure of them; the result has its structure.
                The tangent of `tf.IndexedSlices` is that of their values, as slices.
            unconnected_gradients: whether what does not depend on the first primals has None or
                zeros.
        """
        unconnected = as_unconnected(unconnected_gradients, "ForwardAccumulator.jvp")

        def tangent_of(primal: Any) -> Any:
            if isinstance(primal, IndexedSlices):
                values = tangent_of(primal.values)
                return None if values is None else primal.with_values(values)
            tangent = self._tangents.get(getattr(primal, "handle", primal).id)
            if tangent is None and unconnected is UnconnectedGradients.ZERO:
                return zeros_like(to_tensor(primal))
            return tangent

        return structure.map_structure(tangent_of, primals)


def _call(method: Any, number: int) -> None:
    forget = method()
    if forget is not None:
        forget(number)


def push_forward(
    primitive: Any, inputs: tuple[Any, ...], params: Any, output: Any, tangents: list[Any]
) -> list[Any]:
    """The tangents of the outputs of an operation, None where there is none."""
    if _is_diagonal(primitive, inputs, output):
        return [_diagonal(primitive, inputs, params, output, tangents)]
    return _transposed(primitive, inputs, params, output, tangents)


def _is_diagonal(primitive: Any, inputs: tuple[Any, ...], output: Any) -> bool:
    """Whether the gradient rule multiplies elements by real numbers: then it is symmetric."""
    if not isinstance(primitive, Elementwise) or output.dtype not in FLOATS:
        return False
    return all(x.dtype is output.dtype for x in inputs if x.dtype in INEXACTS)


def _diagonal(
    primitive: Any, inputs: tuple[Any, ...], params: Any, output: Any, tangents: list[Any]
) -> Any:
    total: Any = None
    for place, tangent in enumerate(tangents):
        if tangent is None:
            continue
        if primitive.broadcasts and tangent.sizes != output.sizes:
            tangent = broadcast_to(tangent, shape_of(output))
        part = primitive.gradient(tangent, output, *inputs, **params)[place]
        part = part() if callable(part) else part
        if part is not None:
            total = part if total is None else total + part
    return total


def _transposed(
    primitive: Any, inputs: tuple[Any, ...], params: Any, output: Any, tangents: list[Any]
) -> list[Any]:
    """The gradient, with respect to the gradient that comes in, of those that go out."""
    outputs = output if output.__class__ is tuple else (output,)
    with GradientTape() as tape:
        # The rule is linear, so any gradient will do; ones are far from where a rule is careful.
        seeds = [ones_like(each) if _has_tangent(each) else zeros_like(each) for each in outputs]
        tape.watch([seed for seed, each in zip(seeds, outputs, strict=True) if _has_tangent(each)])
        grad: Any = tuple(seeds) if output.__class__ is tuple else seeds[0]
        parts = _gradients(primitive, grad, output, inputs, params, tangents)
    pairs = [(p, t) for p, t in zip(parts, tangents, strict=True) if p is not None]
    if not pairs:
        return [None] * len(outputs)
    found = tape.gradient([p for p, _ in pairs], seeds, [t for _, t in pairs])
    return [None if tangent is None else to_tensor(tangent) for tangent in found]


def _has_tangent(value: Tensor) -> bool:
    return value.dtype in INEXACTS


def _gradients(
    primitive: Any, grad: Any, output: Any, inputs: Any, params: Any, tangents: list[Any]
) -> list[Any]:
    """What the gradient rule gives for those inputs that have tangents."""
    wanted = [tangent is not None for tangent in tangents]
    if primitive.accumulate is not None:
        sums: dict[int, Any] = {}
        keys = [place if want else None for place, want in enumerate(wanted)]
        primitive.accumulate(keys, sums, grad, output, inputs, params)
        rules: Any = [sums.get(place) for place in range(len(inputs))]
    elif primitive.gradients is None:
        rules = primitive.gradient(grad, output, *inputs, **params)
    else:
        rules = primitive.gradients(wanted, grad, output, inputs, params)
    parts: list[Any] = []
    for x, rule, want in zip(inputs, rules, wanted, strict=True):
        part: Any = rule() if want and rule.__class__ is FunctionType else rule
        if part is None or not want:
            parts.append(None)
            continue
        part = to_tensor(part)
        parts.append(unbroadcast(part, x) if primitive.broadcasts else part)
    return parts
