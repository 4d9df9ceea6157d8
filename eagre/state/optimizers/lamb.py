"""Lamb."""

from __future__ import annotations

from typing import Any

from eagre.ops.norms import norm
from eagre.ops.selection import where
from eagre.ops.shaping import cast
from eagre.primitives.transcendental import sqrt
from eagre.state.optimizers.optimizer import Optimizer
from eagre.state.optimizers.slots import moved


class Lamb(Optimizer):
    """Adam with steps as long as the weights of a layer, for large batches (You et al., ICLR 2020).

    m ← b1 · m + (1 - b1) · g, v ← b2 · v + (1 - b2) · g²,
    r = m / (1 - b1ᵗ) / (sqrt(v / (1 - b2ᵗ)) + epsilon), w ← w - rate · ‖w‖ / ‖r‖ · r.
    Where a norm is zero the quotient of norms is 1.

    Args:
        learning_rate: a number, a variable, a schedule, or a function.
        beta_1: b1, the decay of the mean of gradients.
        beta_2: b2, the decay of the mean of their squares.
        epsilon: what keeps the quotient finite.
        options: those of `tf.optimizers.Optimizer`.

    >>> w = tf.Variable([3.0, 4.0])
    >>> _ = tf.optimizers.Lamb(0.1).apply_gradients([(tf.constant([1.0, 0.0]), w)])
    >>> w.numpy()
    array([2.5, 4. ], dtype=float32)
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

    def update(self, grad: Any, variable: Any, slots: Any, rate: Any) -> None:
        """Change one variable by its gradient."""
        step = self.step()
        mean = moved(slots["mean"], grad, 1.0 - self.beta_1)
        mean = mean / cast(1.0 - self.beta_1**step, rate.dtype)
        variance = moved(slots["variance"], grad * grad, 1.0 - self.beta_2)
        variance = variance / cast(1.0 - self.beta_2**step, rate.dtype)
        change = mean / (sqrt(variance) + self.epsilon)
        long, wide = norm(variable.value()), norm(change)
        has_ratio = (long > 0.0) & (wide > 0.0)
        ratio = where(has_ratio, long, 1.0) / where(has_ratio, wide, 1.0)
        variable.assign_sub(ratio * rate * change)
