"""Adadelta."""

from __future__ import annotations

from typing import Any

from eagre.primitives.transcendental import sqrt
from eagre.state.optimizers.optimizer import Optimizer
from eagre.state.optimizers.slots import moved


class Adadelta(Optimizer):
    """Steps of the size of the steps before (Zeiler, "ADADELTA", 2012, algorithm 1).

    a ← rho · a + (1 - rho) · g², d = sqrt(b + epsilon) / sqrt(a + epsilon) · g,
    b ← rho · b + (1 - rho) · d², w ← w - rate · d. In the paper the rate is 1.

    Args:
        learning_rate: a number, a variable, a schedule, or a function.
        rho: the decay of the means of squares.
        epsilon: what keeps the quotient finite, and the first steps from being zero.
        options: those of `tf.optimizers.Optimizer`.

    >>> w = tf.Variable(1.0)
    >>> optimizer = tf.optimizers.Adadelta(1.0, rho=0.75, epsilon=1.0)
    >>> _ = optimizer.apply_gradients([(tf.constant(2.0), w)])
    >>> print(f"{float(w):.4f}")
    -0.4142
    """

    slot_names = ("mean_square", "mean_square_of_steps")
    option_names = ("rho", "epsilon")

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.95,
        epsilon: float = 1e-7,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.rho = rho
        self.epsilon = epsilon

    def update(self, grad: Any, variable: Any, slots: Any, rate: Any) -> None:
        """Change one variable by its gradient."""
        of_grads = moved(slots["mean_square"], grad * grad, 1.0 - self.rho)
        of_steps = slots["mean_square_of_steps"].value()
        step = sqrt(of_steps + self.epsilon) / sqrt(of_grads + self.epsilon) * grad
        moved(slots["mean_square_of_steps"], step * step, 1.0 - self.rho)
        variable.assign_sub(rate * step)
