"""What optimizers share: slots, the step counter, applying gradients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.core import dtypes
from eagre.core.ambient import executing_eagerly
from eagre.core.conversion import to_tensor
from eagre.primitives.families import shape_of
from eagre.primitives.rearrangement import broadcast_to
from eagre.state.module import Module
from eagre.state.variable import Variable

if TYPE_CHECKING:
    from collections.abc import Iterable


class Optimizer(Module):
    """A rule by which gradients change variables. Subclasses define `slots` and `update`.

    `iterations` counts the steps; `slots` names the further variables that the rule keeps for
    each one that it changes. They are made at the first step, or by `build`.
    """

    slot_names: tuple[str, ...] = ()

    def __init__(self, learning_rate: Any, name: str) -> None:
        super().__init__(name)
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
                f"{self.name} has no slots for {variable.name}, and cannot make variables while "
                "tracing. Call optimizer.build(variables) before."
            )
        slots = {name: _zeros(variable, name) for name in self.slot_names}
        self._slots.add(variable, slots)
        return slots

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Variable]]) -> None:
        """Take one step: change each variable by its gradient; None leaves it as it is.

        Raises:
            ValueError: no variable has a gradient.
        """
        pairs = [(grad, variable) for grad, variable in grads_and_vars if grad is not None]
        if not pairs:
            raise ValueError(
                "apply_gradients expected a gradient for at least one variable. Received: None "
                "for all. Was the loss computed within the tape?"
            )
        for grad, variable in pairs:
            self.update(to_tensor(grad), variable, self._slots_of(variable))
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

    def all(self) -> list[Variable]:
        """All slots, in the order in which their variables came."""
        return [slot for _, slots in self._pairs for slot in slots.values()]


def _zeros(variable: Variable, name: str) -> Variable:
    value = variable.value()
    zeros = broadcast_to(to_tensor(0, variable.dtype), shape_of(value))
    return Variable(zeros, trainable=False, name=f"{variable.name[:-2]}/{name}")
