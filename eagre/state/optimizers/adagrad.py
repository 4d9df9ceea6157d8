"""Adagrad."""

from __future__ import annotations

from typing import Any

from eagre.primitives.transcendental import sqrt
from eagre.state.optimizers.optimizer import Optimizer
from eagre.state.optimizers.options import check_within


class Adagrad(Optimizer):
    """Rates that fall with the sum of squares (Duchi, Hazan and Singer, JMLR 12, 2011).

    a ← a + g², w ← w - rate · g / sqrt(a + epsilon).

    Args:
        learning_rate: a number, a variable, a schedule, or a function.
        initial_accumulator_value: what the sum a begins with.
        epsilon: what keeps the quotient finite.
        options: those of `tf.optimizers.Optimizer`.

    >>> w = tf.Variable(1.0)
    >>> optimizer = tf.optimizers.Adagrad(0.5, initial_accumulator_value=0.0)
    >>> _ = optimizer.apply_gradients([(tf.constant(4.0), w)])
    >>> w.numpy()
    np.float32(0.5)
    """

    slot_names = ("accumulator",)
    option_names = ("initial_accumulator_value", "epsilon")

    def __init__(
        self,
        learning_rate: Any = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.initial_accumulator_value = initial_accumulator_value
        self.epsilon = epsilon
        check_within(self, "initial_accumulator_value", 0.0)

    def first_value(self, slot_name: str) -> float:
        """What a new slot is filled with."""
        if slot_name == "accumulator":
            return self.initial_accumulator_value
        return super().first_value(slot_name)

    def update(self, grad: Any, variable: Any, slots: Any, rate: Any) -> None:
        """Change one variable by its gradient."""
        total = slots["accumulator"].value() + grad * grad
        slots["accumulator"].assign(total)
        variable.assign_sub(rate * grad / sqrt(total + self.epsilon))
