"""Adam, and Adam with decoupled weight decay."""

from __future__ import annotations

from typing import Any

from eagre.ops.math import maximum
from eagre.ops.shaping import cast
from eagre.primitives.transcendental import sqrt
from eagre.state.optimizers.optimizer import Optimizer
from eagre.state.optimizers.slots import moved


class Adam(Optimizer):
    """Adaptive moment estimation (Kingma and Ba, "Adam", ICLR 2015, the form before section 2.1).

    m ← b1 · m + (1 - b1) · g, v ← b2 · v + (1 - b2) · g²,
    w ← w - rate · sqrt(1 - b2ᵗ) / (1 - b1ᵗ) · m / (sqrt(v) + epsilon).

    Args:
        learning_rate: a number, a variable, a schedule, or a function.
        beta_1: b1, the decay of the mean of gradients.
        beta_2: b2, the decay of the mean of their squares.
        epsilon: what keeps the quotient finite.
        amsgrad: whether the largest v so far stands for v (Reddi et al., ICLR 2018).
        options: those of `tf.optimizers.Optimizer`.

    >>> w = tf.Variable(1.0)
    >>> _ = tf.optimizers.Adam(0.1).apply_gradients([(tf.constant(2.0), w)])
    >>> print(f"{float(w):.3f}")
    0.900
    """

    slot_names = ("mean", "variance")
    option_names = ("beta_1", "beta_2", "epsilon", "amsgrad")

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.amsgrad = amsgrad
        if amsgrad:
            self.slot_names = ("mean", "variance", "largest_variance")

    def step_rate(self, rate: Any) -> Any:
        """The learning rate, corrected for means that began with zero."""
        step = self.step()
        correction = (1.0 - self.beta_2**step) ** 0.5 / (1.0 - self.beta_1**step)
        return rate * cast(correction, rate.dtype)

    def update(self, grad: Any, variable: Any, slots: Any, rate: Any) -> None:
        """Change one variable by its gradient."""
        mean = moved(slots["mean"], grad, 1.0 - self.beta_1)
        variance = moved(slots["variance"], grad * grad, 1.0 - self.beta_2)
        if self.amsgrad:
            variance = maximum(slots["largest_variance"].value(), variance)
            slots["largest_variance"].assign(variance)
        variable.assign_sub(mean * rate / (sqrt(variance) + self.epsilon))


class AdamW(Adam):
    """Adam with decoupled weight decay (Loshchilov and Hutter, ICLR 2019).

    w ← w - weight_decay · rate · w, then the step of `Adam`.

    Args:
        learning_rate: a number, a variable, a schedule, or a function.
        weight_decay: the part of a weight that one step takes away, times the rate.
        beta_1, beta_2, epsilon, amsgrad: as for `tf.optimizers.Adam`.
        options: those of `tf.optimizers.Optimizer`.

    >>> w = tf.Variable(1.0)
    >>> optimizer = tf.optimizers.AdamW(0.5, weight_decay=0.5)
    >>> _ = optimizer.apply_gradients([(tf.constant(0.0), w)])
    >>> w.numpy()
    np.float32(0.75)
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **options: Any,
    ) -> None:
        if weight_decay is None:
            raise ValueError(
                "AdamW expected weight_decay to be a number. Received: weight_decay=None. "
                "Use tf.optimizers.Adam for none."
            )
        options["weight_decay"] = weight_decay
        super().__init__(learning_rate, beta_1, beta_2, epsilon, amsgrad, **options)
