"""RMSprop."""

from __future__ import annotations

from typing import Any

from eagre.primitives.transcendental import sqrt
from eagre.state.optimizers.optimizer import Optimizer
from eagre.state.optimizers.slots import moved


class RMSprop(Optimizer):
    """Gradients divided by a mean of their sizes (Tieleman and Hinton, 2012, lecture 6.5).

    v ← rho · v + (1 - rho) · g²; w ← w - rate · g / sqrt(v + epsilon).
    With momentum m: u ← m · u + rate · g / sqrt(v + epsilon) and w ← w - u.

    Args:
        learning_rate: a number, a variable, a schedule, or a function.
        rho: the decay of the mean of squares.
        momentum: m, 0 for none.
        epsilon: what keeps the quotient finite.
        centered: whether the square of the mean of gradients is taken from v, which makes a
            variance of it (Graves, "Generating sequences", 2013, section 4.2).
        options: those of `tf.optimizers.Optimizer`.

    >>> w = tf.Variable(1.0)
    >>> optimizer = tf.optimizers.RMSprop(0.25, rho=0.75)
    >>> _ = optimizer.apply_gradients([(tf.constant(2.0), w)])
    >>> print(f"{float(w):.4f}")
    0.5000
    """

    option_names = ("rho", "momentum", "epsilon", "centered")

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.rho = rho
        self.momentum = momentum
        self.epsilon = epsilon
        self.centered = centered
        further = (("momentum", momentum), ("mean", centered))
        self.slot_names = ("mean_square", *[name for name, is_wanted in further if is_wanted])

    def update(self, grad: Any, variable: Any, slots: Any, rate: Any) -> None:
        """Change one variable by its gradient."""
        variance = moved(slots["mean_square"], grad * grad, 1.0 - self.rho)
        if self.centered:
            variance = variance - moved(slots["mean"], grad, 1.0 - self.rho) ** 2.0
        step = rate * grad / sqrt(variance + self.epsilon)
        if self.momentum:
            step = slots["momentum"].value() * self.momentum + step
            slots["momentum"].assign(step)
        variable.assign_sub(step)
