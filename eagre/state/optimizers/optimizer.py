"""What optimizers share: slots, the step counter, applying gradients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.core import dtypes
from eagre.core.ambient import executing_eagerly
from eagre.core.conversion import DTypeMismatchError, to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.core.shapes import are_compatible
from eagre.primitives.families import shape_of
from eagre.primitives.indexed_slices import IndexedSlices
from eagre.primitives.rearrangement import broadcast_to
from eagre.state.module import Module
from eagre.state.trackable import slots_appeared, waiting
from eagre.state.variable import Variable

if TYPE_CHECKING:
    from collections.abc import Iterable


class Optimizer(Module):
    """A rule by which gradients change variables. Subclasses define `slots` and `update`.

    `iterations` counts the steps; `slots` names the further variables that the rule keeps for
    each one that it changes. They are made at the first step, or by `build`.
    """

    slot_names: tuple[str, ...] = ()
    takes_slices = False
    """Whether `update` takes `tf.IndexedSlices` too; else they are made dense for it."""

    def __init__(self, learning_rate: Any, name: str) -> None:
        super().__init__(name)
        if not (callable(learning_rate) or hasattr(learning_rate, "__float__")):
            raise TypeError(
                f"{type(self).__name__} expected a learning_rate that is a number, a variable, or "
                f"a function of the step. Received: learning_rate={learning_rate!r}"
            )
        self.learning_rate = learning_rate
        self.iterations = Variable(0, trainable=False, dtype=dtypes.int64, name="iterations")
        self._slots = _SlotTable()

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The step counter and the slots; not the variables that the optimizer changes."""
        rate = [self.learning_rate] if isinstance(self.learning_rate, Variable) else []
        return (self.iterations, *rate, *self._slots.all())

    def build(self, variables: Iterable[Variable]) -> None:
        """Make the slots of these variables; needed before a step is traced."""
        for variable in variables:
            self._slots_of(variable)

    def _slots_of(self, variable: Variable) -> dict[str, Variable]:
        found = self._slots.of(variable)
        if found is not None:
            return found
        if not executing_eagerly():
            raise ValueError(
                f"apply_gradients cannot make the variables that {type(self).__name__} keeps for "
                f"{variable.name} while tracing. Call optimizer.build(variables) before."
            )
        slots = {name: _zeros(variable, name) for name in self.slot_names}
        self._slots.add(variable, slots)
        if waiting:
            slots_appeared(self, variable, slots)
        return slots

    def __checkpoint_slots__(self) -> list[tuple[Variable, str, Variable]]:
        """Each slot with the variable that it is for and its name."""
        return self._slots.each()

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Variable]]) -> None:
        """Take one step: change each variable by its gradient; None leaves it as it is.

        Raises:
            ValueError: no variable has a gradient.
        """
        pairs = [_pair(each) for each in grads_and_vars]
        pairs = [(grad, variable) for grad, variable in pairs if grad is not None]
        if not pairs:
            raise ValueError(
                "apply_gradients expected a gradient for at least one variable. Received: only "
                "None, or no pairs. Was the loss computed within the tape?"
            )
        for grad, variable in pairs:
            grad = _fitting(grad, variable)
            if isinstance(grad, IndexedSlices) and not self.takes_slices:
                grad = to_tensor(grad)
            self.update(grad, variable, self._slots_of(variable))
            if variable.constraint is not None:
                variable.assign(variable.constraint(variable.value()))
        self.iterations.assign_add(1)

    def update(self, grad: Any, variable: Variable, slots: dict[str, Variable]) -> None:
        """Change one variable by its gradient."""
        raise NotImplementedError

    def rate(self, variable: Variable) -> Any:
        """The learning rate now, in the dtype of the variable."""
        from eagre.ops.shaping import cast

        value = self.learning_rate
        if callable(value) and not isinstance(value, Variable):
            value = value(self.iterations.value())
        return to_tensor(value, variable.dtype) if isinstance(value, float | int) else cast(
            value, variable.dtype
        )


class _SlotTable:
    """For each variable its slots. Not a list or a dictionary: a module looks into those."""

    def __init__(self) -> None:
        self._pairs: list[tuple[Variable, dict[str, Variable]]] = []

    def of(self, variable: Variable) -> dict[str, Variable] | None:
        """The slots of a variable, None if it has none yet."""
        return next((slots for known, slots in self._pairs if known is variable), None)

    def add(self, variable: Variable, slots: dict[str, Variable]) -> None:
        """Take in a new variable."""
        self._pairs.append((variable, slots))

    def each(self) -> list[tuple[Variable, str, Variable]]:
        """Variables, names and slots, in the order in which the variables came."""
        return [(of, name, slot) for of, slots in self._pairs for name, slot in slots.items()]

    def all(self) -> list[Variable]:
        """All slots, in the order in which their variables came."""
        return [slot for _, _, slot in self.each()]


def _pair(pair: Any) -> tuple[Any, Variable]:
    """The gradient and the variable that it is for."""
    is_pair = isinstance(pair, tuple | list) and len(pair) == 2
    if not is_pair or not isinstance(pair[1], Variable):
        came = f"variable={pair[1]!r:.120}" if is_pair else f"{pair!r:.120}"
        raise TypeError(
            f"apply_gradients expected pairs (gradient, variable). Received: {came}. "
            "Use zip(gradients, variables)."
        )
    return pair[0], pair[1]


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


def _zeros(variable: Variable, name: str) -> Variable:
    value = variable.value()
    zeros = broadcast_to(to_tensor(0, variable.dtype), shape_of(value))
    return Variable(zeros, trainable=False, name=f"{variable.name[:-2]}/{name}")
