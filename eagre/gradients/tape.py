"""`GradientTape`: records operations as they run, and plays them back for gradients."""

from __future__ import annotations

import enum
import warnings
from operator import attrgetter
from typing import Any

from eagre.core import ambient, structure
from eagre.core.conversion import to_tensor
from eagre.core.primitive import outline
from eagre.core.tensor import SymbolicTensor, Tensor, next_id
from eagre.gradients.backpropagate import Record, backpropagate, ones_like, zeros_like
from eagre.primitives.families import INEXACTS


_id_of = attrgetter("id")


class UnconnectedGradients(enum.Enum):
    """What stands for the gradient of a source on which the target does not depend."""

    NONE = "none"
    ZERO = "zero"


class GradientTape(ambient.Recorder):
    """Records the operations on watched tensors and on variables, for `gradient`.

    Args:
        persistent: whether `gradient` may be called more than once.
        watch_accessed_variables: whether trainable variables are watched when they are read.

    >>> x = tf.constant(3.0)
    >>> with tf.GradientTape() as tape:
    ...     tape.watch(x)
    ...     y = x * x
    >>> tape.gradient(y, x)
    <tf.Tensor: shape=(), dtype=float32, numpy=6.0>
    """

    __slots__ = (
        "__weakref__",
        "_append",
        "_first",
        "_is_used_up",
        "_records",
        "_watched",
        "_watches_variables",
        "is_persistent",
        "is_recording",
    )

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True) -> None:
        self.is_persistent = persistent
        self._watches_variables = watch_accessed_variables
        self.is_recording = False
        self.reset()

    # Recording --------------------------------------------------------------------------------

    def __enter__(self) -> GradientTape:
        if self.is_recording:
            raise ValueError("GradientTape is still recording; leave its `with` block first.")
        self.is_recording = True
        ambient.enter(self)
        return self

    def __exit__(self, *error: object) -> None:
        if self.is_recording:
            self._stop()

    def _stop(self) -> None:
        self.is_recording = False
        ambient.leave(self)

    def record(self, primitive: Any, inputs: tuple[Any, ...], params: Any, output: Any) -> None:
        """Note an operation if one of its inputs may depend on something watched.

        Values that this tape has recorded have ids from `_first` on. Some of these may be
        connected to another tape only; `gradient` sorts that out.
        """
        ids = tuple(map(_id_of, inputs))
        first = self._first
        for number in ids:
            if number >= first:
                break
        else:
            if not self._is_watched(primitive, inputs, ids):
                return
        if primitive.stops_gradients:
            return
        if output.__class__ is tuple:
            self._record_several(primitive, inputs, params, ids, output)
            return
        number = output.id
        if not number:
            output.id = number = next_id()
        kept = inputs if primitive.kept is None else primitive.remember(inputs)
        held = output if primitive.keeps_output else None
        self._append((primitive, params, ids, kept, number, held))

    def _record_several(
        self, primitive: Any, inputs: Any, params: Any, ids: Any, outputs: tuple[Any, ...]
    ) -> None:
        for output in outputs:
            output.id = output.id or next_id()
        numbers = tuple([output.id for output in outputs])
        kept = outputs if primitive.keeps_output else tuple([outline(x) for x in outputs])
        self._append((primitive, params, ids, primitive.remember(inputs), numbers, kept))

    def _is_watched(self, primitive: Any, inputs: Any, ids: tuple[int, ...]) -> bool:
        if primitive.effect != "write" and self._watches_variables:
            for handle in inputs:
                if handle.id < 0 and _cell(handle).is_watched:
                    self._watch_value(handle)
        return not self._watched.keys().isdisjoint(ids)

    # What is watched --------------------------------------------------------------------------

    def watch(self, tensor: Any) -> None:
        """Record operations on a tensor, a variable, or a structure of them, from now on."""
        for value in structure.flatten(tensor):
            handle = getattr(value, "handle", None)
            if not isinstance(value, Tensor) and handle is None:
                raise ValueError(
                    "GradientTape.watch expected tensors or variables. "
                    f"Received: {value!r} of type {type(value).__name__}. "
                    "Use tf.constant to make a tensor of it."
                )
            if value.dtype not in INEXACTS:
                warnings.warn(
                    "GradientTape.watch expected a floating-point or complex tensor: others have "
                    f"no gradient. Received: dtype={value.dtype.name}",
                    stacklevel=2,
                )
            self._watch_value(value if handle is None else handle, value)

    def _watch_value(self, value: Any, owner: Any = None) -> None:
        if not value.id:
            value.id = next_id()
        if value.id not in self._watched:
            self._watched[value.id] = value if owner is None else owner
            self._append((None, None, (), (), value.id, None))

    def watched_variables(self) -> tuple[Any, ...]:
        """The variables watched so far, in the order in which they were met."""
        found = []
        for value in self._watched.values():
            owner = value if hasattr(value, "handle") else getattr(_cell(value), "owner", None)
            variable = owner() if callable(owner) else owner
            if variable is not None:
                found.append(variable)
        return tuple(found)

    def stop_recording(self) -> _StopRecording:
        """Context in which this tape records nothing."""
        if not self.is_recording:
            raise ValueError("GradientTape.stop_recording expected a tape that is recording.")
        return _StopRecording(self)

    def reset(self) -> None:
        """Forget everything that was recorded and watched."""
        self._records: list[Record] = []
        self._append = self._records.append
        self._watched: dict[int, Any] = {}
        self._first = next_id()
        self._is_used_up = False

    # Playing back -----------------------------------------------------------------------------

    def gradient(
        self,
        target: Any,
        sources: Any,
        output_gradients: Any = None,
        unconnected_gradients: Any = UnconnectedGradients.NONE,
    ) -> Any:
        """The gradient of the sum of the targets with respect to each source.

        Args:
            target: a tensor or a structure of tensors.
            sources: a tensor, a variable, or a structure of them; the result has its structure.
            output_gradients: for each target the gradient that flows into it; ones by default.
            unconnected_gradients: whether a source on which no target depends has None or zeros.

        Raises:
            RuntimeError: a tape that is not persistent is asked a second time.
        """
        unconnected = UnconnectedGradients(unconnected_gradients)
        if self._is_used_up:
            raise RuntimeError(
                "GradientTape.gradient can be called once on a tape that is not persistent. "
                "Use tf.GradientTape(persistent=True) for more."
            )
        if self.is_recording and not self.is_persistent:
            self._stop()
        targets = [_value(t) for t in structure.flatten(target)]
        values = [_value(s) for s in structure.flatten(sources)]
        seeds = _seeds(targets, output_gradients)
        numbers = {value.id for value in values if value.id}
        self._drop_unconnected(numbers)
        found = backpropagate(self._records, seeds, numbers) if numbers else {}
        for number, seed in seeds:
            if number in numbers and number not in found:
                found[number] = seed
        if not self.is_persistent:
            self._use_up()
        grads = [found.get(value.id) if value.id else None for value in values]
        if unconnected is UnconnectedGradients.ZERO:
            grads = [
                _zeros(source) if grad is None else grad
                for grad, source in zip(grads, structure.flatten(sources), strict=True)
            ]
        return structure.pack_sequence_as(sources, grads)

    def _drop_unconnected(self, numbers: set[int]) -> None:
        """Take out the sources that do not depend on anything that this tape watches."""
        if numbers <= self._watched.keys():
            return
        connected: set[int] = set()
        for primitive, _, input_ids, _, output_ids, _ in self._records:
            if primitive is None or not connected.isdisjoint(input_ids):
                connected.update(output_ids if isinstance(output_ids, tuple) else (output_ids,))
        numbers.intersection_update(connected)

    def _use_up(self) -> None:
        self._is_used_up = True
        self._records.clear()
        self._watched.clear()

    def holds(self, tensor: Tensor) -> bool:
        """Whether this tape keeps the value of `tensor` for a gradient."""
        if tensor.id in self._watched:
            return True
        return any(
            tensor is kept
            for entry in self._records
            for part in (entry[3], entry[5])
            for kept in (part if isinstance(part, tuple) else (part,))
        )


class _StopRecording:
    """Takes a tape off the stack, and puts it back at its place."""

    __slots__ = ("saved", "tape")

    def __init__(self, tape: GradientTape) -> None:
        self.tape = tape

    def __enter__(self) -> None:
        self.saved = ambient.stack()
        ambient.replace_stack(tuple(level for level in self.saved if level is not self.tape))
        self.tape.is_recording = False

    def __exit__(self, *error: object) -> None:
        ambient.replace_stack(self.saved)
        self.tape.is_recording = True


def _cell(handle: Any) -> Any:
    return handle.spec if isinstance(handle, SymbolicTensor) else handle.array


def _value(source: Any) -> Any:
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


def _seeds(targets: list[Any], output_gradients: Any) -> list[tuple[int, Tensor]]:
    given = [None] * len(targets)
    if output_gradients is not None:
        given = structure.flatten(output_gradients)
        if len(given) != len(targets):
            raise ValueError(
                "GradientTape.gradient expected one output gradient for each target. "
                f"Received: {len(given)} for {len(targets)} targets"
            )
    return [
        (target.id, ones_like(target) if grad is None else _fitting(grad, target))
        for target, grad in zip(targets, given, strict=True)
        if target.id and target.dtype in INEXACTS
    ]


def _fitting(grad: Any, target: Any) -> Tensor:
    grad = to_tensor(grad, target.dtype, name="output_gradients")
    if not grad.shape.is_compatible_with(target.shape):
        raise ValueError(
            "GradientTape.gradient expected output gradients of the targets' shapes. "
            f"Received: shape={grad.shape} for a target of shape {target.shape}"
        )
    return grad


def _zeros(source: Any) -> Tensor:
    return zeros_like(to_tensor(source))
