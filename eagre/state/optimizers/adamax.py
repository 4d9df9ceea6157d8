"""Adamax."""

from __future__ import annotations

from typing import Any

from eagre.ops.math import maximum
from eagre.ops.shaping import cast
from eagre.state.optimizers.optimizer import Optimizer
from eagre.state.optimizers.slots import moved


class Adamax(Optimizer):
    """Adam with the largest size in place of the mean of squares (Kingma and Ba, section 7.1).

    m ← b1 · m + (1 - b1) · g, u ← max(b2 · u, |g|),
    w ← w - rate / (1 - b1ᵗ) · m / (u + epsilon).

    Args:
        learning_rate: a number, a variable, a schedule, or a function.
        beta_1: b1, the decay of the mean of gradients.
        beta_2: b2, the decay of the largest size.
        epsilon: what keeps the quotient finite.
        options: those of `tf.optimizers.Optimizer`.

    >>> w = tf.Variable(1.0)
    >>> _ = tf.optimizers.Adamax(0.25).apply_gradients([(tf.constant(2.0), w)])
    >>> print(f"{float(w):.3f}")
    0.750
    """

    slot_names = ("mean", "largest")
    option_names = ("beta_1", "beta_2", "epsilon")

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon

    def step_rate(self, rate: Any) -> Any:
        """The learning rate, corrected for a mean that began with zero."""
        return rate / cast(1.0 - self.beta_1 ** self.step(), rate.dtype)

    def update(self, grad: Any, variable: Any, slots: Any, rate: Any) -> None:
        """Change one variable by its gradient."""
        mean = moved(slots["mean"], grad, 1.0 - self.beta_1)
        largest = maximum(slots["largest"].value() * self.beta_2, abs(grad))
        slots["largest"].assign(largest)
        variable.assign_sub(rate * mean / (largest + self.epsilon))
