"""`GradientTape`: records operations as they run, and plays them back for gradients."""

from __future__ import annotations

import enum
import warnings
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from eagre.core import ambient, structure
from eagre.core.dtypes import resource
from eagre.core.tensor import EagerTensor, SymbolicTensor, Tensor, next_handle_id, next_id
from eagre.gradients.backpropagate import Entry, backpropagate, path_from
from eagre.gradients.ends import flatten, packed, seeds_of, value_of, zeros_for
from eagre.gradients.perhaps import settled, zeros_if_absent
from eagre.gradients.releasing import LARGE, Released, hollow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eagre.gradients.why_none import WhyNone

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
        "append",
        "_first",
        "_has_large",
        "_has_late_watch",
        "_is_used_up",
        "_kept",
        "_owners",
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
            raise ValueError(
                "GradientTape cannot be entered while it records. Leave its `with` block first."
            )
        if self._is_used_up:
            self.reset()
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

        Such values have numbers from `_first` on. Some may be connected to another tape only, or
        be variables that are not watched; `gradient` sorts that out. Small operations come
        straight to `append`, which is that of the list of records.
        """
        if primitive.stops_gradients:
            return
        first = self._first
        watched = self._watched
        for x in inputs:
            if x.id >= first or x.id in watched:
                break
        else:
            return
        if output.__class__ is EagerTensor:
            output.id = output.id or next_id()
            if output.array.nbytes > LARGE:
                self._has_large = True
        else:
            self._number(output if output.__class__ is tuple else (output,))
        if primitive.reads_variables and self._watches_variables:
            self._note_reads(primitive.variables_read(inputs, params))
        inputs, output = primitive.remember(inputs, output, params)
        self.append((primitive, inputs, params, output))

    def _number(self, outputs: tuple[Any, ...]) -> None:
        for each in outputs:
            each.id = each.id or next_id()
            if each.id < self._first:
                # Read in front of a branch or loop, and once already for an earlier tape within.
                self._watched[each.id] = each
            if each.__class__ is EagerTensor and each.array.nbytes > LARGE:
                self._has_large = True

    def _note_reads(self, inputs: Iterable[Any]) -> None:
        watched = self._watched
        for x in inputs:
            if x.id and x.id not in watched and x.dtype is resource:
                watched[x.id] = x

    # What is watched --------------------------------------------------------------------------

    def watch(self, tensor: Any) -> None:
        """Record operations on a tensor, a variable, or a structure of them, from now on."""
        for value in flatten(tensor):
            handle = getattr(value, "handle", None)
            if not isinstance(value, Tensor) and handle is None:
                raise ValueError(
                    "GradientTape.watch expected tensors or variables. "
                    f"Received: {value!r} of type {type(value).__name__}. "
                    "Use tf.constant to make a tensor of it."
                )
            dtype = value.dtype
            if not (dtype.is_floating or dtype.is_complex):
                warnings.warn(
                    "GradientTape.watch expected a floating-point or complex tensor: others have "
                    f"no gradient. Received: dtype={dtype.name}",
                    stacklevel=2,
                )
            self._watch_value(value if handle is None else handle)

    def _watch_value(self, value: Any) -> None:
        if value.id in self._watched:
            return
        if not value.id:
            value.id = next_handle_id() if value.dtype is resource else next_id()
        self._has_late_watch |= len(self._records) > len(self._watched)
        self._watched[value.id] = value
        self.append((None, (), None, value))
        if (level := ambient.interpreter()) is not None:
            level.note_watch(self, value)

    def watched_variables(self) -> tuple[Any, ...]:
        """The variables watched so far, in the order in which they were met.

        A tape that is used up still names them, but does not keep them.
        """
        owners = [owner() for owner in self._owners or self._watched_owners()]
        return tuple(owner for owner in owners if owner is not None)

    def _watched_owners(self) -> list[Any]:
        handles = [value for value in self._watched.values() if value.dtype is resource]
        return [_cell(handle).owner for handle in handles]

    def stop_recording(self) -> _StopRecording:
        """Context in which this tape records nothing."""
        if not self.is_recording:
            raise ValueError(
                "GradientTape.stop_recording expected a tape that is recording. "
                "Use it within the tape's `with` block."
            )
        return _StopRecording(self)

    def reset(self) -> None:
        """Forget everything that was recorded and watched."""
        self._records: list[Entry] = []
        self.append = self._records.append
        self._watched: dict[int, Any] = {}
        self._has_late_watch = False
        self._has_large = False
        self._first = next_id()
        self._is_used_up = False
        self._owners: list[Any] = []
        self._kept: Any = None

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
        if unconnected_gradients.__class__ is not UnconnectedGradients:
            unconnected_gradients = as_unconnected(unconnected_gradients, "GradientTape.gradient")
        if self._is_used_up:
            raise RuntimeError(
                "GradientTape.gradient can be called once on a tape that is not persistent. "
                "Use tf.GradientTape(persistent=True) for more."
            )
        if self.is_recording and not self.is_persistent:
            self._stop()
        ends = flatten(target)
        targets = [value_of(t) for t in ends]
        values = [value_of(s) for s in flatten(sources)]
        seeds = seeds_of(ends, targets, output_gradients)
        numbers = {value.id for value in values if value.id}
        found = self._backpropagate(seeds, numbers)
        grads = [found.get(value.id) if value.id else None for value in values]
        if len(found) < len(values) and any(grad is None for grad in grads):
            is_asked = unconnected_gradients is UnconnectedGradients.NONE
            self._note_none(targets, values, grads, is_asked)
        if not self.is_persistent and not _is_asked_within(targets):
            self._use_up()
        if unconnected_gradients is UnconnectedGradients.ZERO:
            grads = [
                zeros_for(source) if grad is None else zeros_if_absent(grad)
                for grad, source in zip(grads, structure.flatten(sources), strict=True)
            ]
        return packed(sources, [settled(grad) for grad in grads])

    def jacobian(
        self,
        target: Any,
        sources: Any,
        unconnected_gradients: Any = UnconnectedGradients.NONE,
        parallel_iterations: int | None = None,
        experimental_use_pfor: bool = True,
    ) -> Any:
        """For each source the gradients of all elements of `target`: [*target, *source].

        Args:
            target: a tensor.
            sources: a tensor, a variable, or a structure of them; the result has its structure.
            unconnected_gradients: as for `gradient`.
            parallel_iterations: how many rows are computed at once; all by default.
            experimental_use_pfor: whether rows are computed at once, and not one by one.

        >>> x = tf.constant([1.0, 2.0])
        >>> with tf.GradientTape() as tape:
        ...     tape.watch(x)
        ...     y = x * x
        >>> tape.jacobian(y, x).numpy()
        array([[2., 0.],
               [0., 4.]], dtype=float32)
        """
        from eagre.transforms.jacobian import jacobian

        rest = unconnected_gradients, parallel_iterations, experimental_use_pfor
        return jacobian(self, target, sources, *rest)

    def batch_jacobian(
        self,
        target: Any,
        source: Any,
        unconnected_gradients: Any = UnconnectedGradients.NONE,
        parallel_iterations: int | None = None,
        experimental_use_pfor: bool = True,
    ) -> Any:
        """The jacobian of each example: of target[i] by source[i], the others left out.

        A target [batch, *y] and a source [batch, *x] make [batch, *y, *x]. The parameters are
        those of `jacobian`; zeros stand for a source on which the target does not depend.

        >>> x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
        >>> with tf.GradientTape() as tape:
        ...     tape.watch(x)
        ...     y = x * x
        >>> tape.batch_jacobian(y, x).numpy()[1]
        array([[6., 0.],
               [0., 8.]], dtype=float32)
        """
        from eagre.transforms.jacobian import batch_jacobian

        rest = unconnected_gradients, parallel_iterations, experimental_use_pfor
        return batch_jacobian(self, target, source, *rest)

    def _backpropagate(self, seeds: Any, numbers: set[int]) -> dict[int, Tensor]:
        if self._has_late_watch or numbers != self._watched.keys() or not self._watches_variables:
            # The rare case: some of what was recorded does not lead to a source.
            if not numbers <= self._watched.keys():
                numbers.intersection_update(self._connected())
            reads = self._reads() if self._watches_variables else set[int]()
            path, dependent = path_from(self._records, numbers, reads & numbers, _id_of)
            if self._lets_go:
                self._records[:] = map(hollow, self._records)
            return backpropagate(self._way(path), seeds, numbers, dependent, None)
        way = self._way(self._records)
        return backpropagate(way, seeds, numbers, self._watched, None, self._first)

    @property
    def _lets_go(self) -> bool:
        """Whether values are let go on the way back."""
        return self._has_large and not self.is_persistent

    def _way(self, operations: list[Entry]) -> Any:
        return Released(operations) if self._lets_go else operations

    def _reads(self) -> set[int]:
        """The numbers of the variables that are watched."""
        return {number for number, value in self._watched.items() if value.dtype is resource}

    def _connected(self) -> set[int]:
        """The numbers of all values that depend on something that this tape watches."""
        connected = self._reads() if self._watches_variables else set[int]()
        for _, inputs, _, output in self._records:
            outputs = output if output.__class__ is tuple else (output,)
            if not inputs or not connected.isdisjoint([x.id for x in inputs]):
                connected.update([each.id for each in outputs])
        return connected

    # Why None ---------------------------------------------------------------------------------

    @property
    def watches_variables(self) -> bool:
        """Whether trainable variables are watched when they are read."""
        return self._watches_variables

    @property
    def is_used_up(self) -> bool:
        """Whether `gradient` has been called on a tape that is not persistent."""
        return self._is_used_up

    def why_none(self, target: Any, source: Any) -> WhyNone:
        """Why the gradient of `target` with respect to `source` is None.

        It can be asked before `gradient` and after it. Within `tf.explain_gradients()`, and after
        it, the answer names the line; so it does where both are of a function that is traced.

        >>> x = tf.constant(2.0)
        >>> with tf.GradientTape() as tape:
        ...     y = x * x
        >>> print(tape.why_none(y, x))
        not watched: the source, a tensor float32[], is not watched by the tape.
        Call tape.watch(tensor) within the tape's block, before the tensor is used.
        """
        from eagre.gradients.explaining import explain

        return explain(self, self._kept, target, source)

    def skeleton(self) -> Any:
        """What was recorded, without the values."""
        from eagre.gradients.history import skeleton

        return skeleton(self._records, id(self))

    def _note_none(self, targets: Any, values: Any, grads: Any, is_asked: bool) -> None:
        """Keep what `why_none` needs, and warn where a mistake is likely."""
        from eagre.gradients.explaining import warn_of_none

        self._kept = self.skeleton()
        if is_asked:
            warn_of_none(self, self._kept, targets, values, grads)

    def _use_up(self) -> None:
        self._is_used_up = True
        self._owners = self._watched_owners()
        self._records.clear()
        self._watched.clear()

    def holds(self, tensor: Tensor) -> bool:
        """Whether this tape keeps the value of `tensor` for a gradient."""
        if tensor.id in self._watched:
            return True
        return any(
            tensor is kept
            for _, inputs, _, output in self._records
            for kept in (*inputs, *(output if output.__class__ is tuple else (output,)))
        )


def _is_asked_within(targets: Any) -> bool:
    """Whether a branch or loop asks for gradients of what was computed in front of it: it may be
    traced again, and of several branches one will run."""
    graph = getattr(ambient.interpreter(), "graph", None)
    return graph is not None and any(
        each.__class__ is SymbolicTensor and each.graph is not graph for each in targets
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


def as_unconnected(choice: Any, name: str) -> UnconnectedGradients:
    """The choice that a user made, by its name or as a member of `UnconnectedGradients`."""
    try:
        return UnconnectedGradients(choice)
    except ValueError:
        raise ValueError(
            f'{name} expected unconnected_gradients to be "none" or "zero", or a '
            f"member of tf.UnconnectedGradients. Received: unconnected_gradients={choice!r}"
        ) from None


def _cell(handle: Any) -> Any:
    return handle.spec if isinstance(handle, SymbolicTensor) else handle.array
