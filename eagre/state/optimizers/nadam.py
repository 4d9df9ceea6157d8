"""Nadam."""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes
from eagre.ops.shaping import cast
from eagre.primitives.transcendental import sqrt
from eagre.state.optimizers.optimizer import Optimizer
from eagre.state.optimizers.slots import moved
from eagre.state.variable import Variable


class Nadam(Optimizer):
    """Adam with Nesterov's momentum (Dozat, "Incorporating Nesterov momentum into Adam", 2016).

    With uₜ = b1 · (1 - 0.96ᵗ / 2) and pₜ = u₁ · … · uₜ:
    m ← b1 · m + (1 - b1) · g, v ← b2 · v + (1 - b2) · g²,
    h = uₜ₊₁ · m / (1 - pₜ₊₁) + (1 - uₜ) · g / (1 - pₜ),
    w ← w - rate · h / (sqrt(v / (1 - b2ᵗ)) + epsilon).

    Args:
        learning_rate: a number, a variable, a schedule, or a function.
        beta_1: b1, the decay of the mean of gradients.
        beta_2: b2, the decay of the mean of their squares.
        epsilon: what keeps the quotient finite.
        options: those of `tf.optimizers.Optimizer`.

    >>> w = tf.Variable(1.0)
    >>> _ = tf.optimizers.Nadam(0.1).apply_gradients([(tf.constant(2.0), w)])
    >>> print(f"{float(w):.3f}")
    0.894
    """

    slot_names = ("mean", "variance")
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
        self.product = Variable(1.0, trainable=False, dtype=dtypes.float64, name="product")

    def begin_step(self) -> None:
        """Multiply the momentum of this step to the product of all."""
        self.product.assign(self.product.value() * self._momentum(self.step()))

    def _momentum(self, step: Any) -> Any:
        return self.beta_1 * (1.0 - 0.5 * 0.96**step)

    def update(self, grad: Any, variable: Any, slots: Any, rate: Any) -> None:
        """Change one variable by its gradient."""
        step, product = self.step(), self.product.value()
        now, next_one = self._momentum(step), self._momentum(step + 1.0)
        of_mean = cast(next_one / (1.0 - product * next_one), rate.dtype)
        of_grad = cast((1.0 - now) / (1.0 - product), rate.dtype)
        mean = moved(slots["mean"], grad, 1.0 - self.beta_1)
        variance = moved(slots["variance"], grad * grad, 1.0 - self.beta_2)
        size = sqrt(variance / cast(1.0 - self.beta_2**step, rate.dtype))
        variable.assign_sub(rate * (of_mean * mean + of_grad * grad) / (size + self.epsilon))
