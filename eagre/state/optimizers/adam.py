"""Adam."""

from __future__ import annotations

from typing import Any

from eagre.ops.shaping import cast
from eagre.state.optimizers.optimizer import Optimizer


class Adam(Optimizer):
    """Adaptive moment estimation (Kingma and Ba, "Adam", ICLR 2015, the form before section 2.1).

    m ← b1 · m + (1 - b1) · g, v ← b2 · v + (1 - b2) · g²,
    w ← w - rate · sqrt(1 - b2ᵗ) / (1 - b1ᵗ) · m / (sqrt(v) + epsilon).

    Args:
        learning_rate: a number, a variable, or a function of the step.
        beta_1: the decay of the mean of gradients.
        beta_2: the decay of the mean of their squares.
        epsilon: what keeps the quotient finite.

    >>> w = tf.Variable(1.0)
    >>> tf.optimizers.Adam(0.1).apply_gradients([(tf.constant(2.0), w)])
    >>> print(f"{float(w):.3f}")
    0.900
    """

    slot_names = ("mean", "variance")

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        name: str = "Adam",
    ) -> None:
        super().__init__(learning_rate, name)
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon

    def update(self, grad: Any, variable: Any, slots: Any) -> None:
        """Change one variable by its gradient."""
        step = cast(self.iterations.value() + 1, variable.dtype)
        correction = (1.0 - self.beta_2**step) ** 0.5 / (1.0 - self.beta_1**step)
        mean = slots["mean"].value()
        mean = mean + (grad - mean) * (1.0 - self.beta_1)
        variance = slots["variance"].value()
        variance = variance + (grad * grad - variance) * (1.0 - self.beta_2)
        slots["mean"].assign(mean)
        slots["variance"].assign(variance)
        rate = self.rate(variable) * correction
        variable.assign_sub(mean * rate / (variance**0.5 + self.epsilon))
