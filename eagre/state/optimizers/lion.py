"""Lion."""

from __future__ import annotations

from typing import Any

from eagre.ops.math import sign
from eagre.state.optimizers.optimizer import Optimizer


class Lion(Optimizer):
    """Signs of momentum (Chen et al., "Symbolic discovery of optimization algorithms", 2023).

    w ← w - rate · sign(b1 · m + (1 - b1) · g), m ← b2 · m + (1 - b2) · g.

    Args:
        learning_rate: a number, a variable, a schedule, or a function.
        beta_1: b1, the part of momentum in the step.
        beta_2: b2, the decay of momentum.
        options: those of `tf.optimizers.Optimizer`.

    >>> w = tf.Variable([1.0, 1.0])
    >>> _ = tf.optimizers.Lion(0.25).apply_gradients([(tf.constant([9.0, -0.1]), w)])
    >>> w.numpy()
    array([0.75, 1.25], dtype=float32)
    """

    slot_names = ("momentum",)
    option_names = ("beta_1", "beta_2")

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.99,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        if not 0.0 < beta_1 <= 1.0:
            raise ValueError(
                f"Lion expected beta_1 above 0 and at most 1. Received: beta_1={beta_1}. "
                "With 0 the step would be the sign of the gradient alone."
            )

    def update(self, grad: Any, variable: Any, slots: Any, rate: Any) -> None:
        """Change one variable by its gradient."""
        momentum = slots["momentum"].value()
        variable.assign_sub(rate * sign(momentum * self.beta_1 + grad * (1.0 - self.beta_1)))
        slots["momentum"].assign(momentum * self.beta_2 + grad * (1.0 - self.beta_2))
