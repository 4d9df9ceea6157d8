"""Follow the regularized leader."""

from __future__ import annotations

from typing import Any

from eagre.ops.math import clip_by_value
from eagre.state.optimizers.optimizer import Optimizer
from eagre.state.optimizers.options import check_within

_STRENGTHS = (
    "l1_regularization_strength",
    "l2_regularization_strength",
    "l2_shrinkage_regularization_strength",
)


class Ftrl(Optimizer):
    """Follow the regularized leader, for sparse weights (McMahan et al., KDD 2013, algorithm 1).

    With p = -learning_rate_power and a' = a + g²:
    z ← z + g + 2 · shrinkage · w - (a'ᵖ - aᵖ) / rate · w,
    w ← (clip(z, -l1, l1) - z) / (a'ᵖ / rate + 2 · l2 + beta / rate), a ← a'.

    Args:
        learning_rate: a number, a variable, a schedule, or a function.
        learning_rate_power: how fast rates fall; 0 for rates that stay.
        initial_accumulator_value: what the sum a begins with.
        l1_regularization_strength: l1, which makes weights zero.
        l2_regularization_strength: l2, which makes weights small.
        l2_shrinkage_regularization_strength: shrinkage, a penalty on the size of w as it is now.
        beta: a constant that is added to the sum of sizes.
        options: those of `tf.optimizers.Optimizer`.

    >>> w = tf.Variable(1.0)
    >>> optimizer = tf.optimizers.Ftrl(0.5, l1_regularization_strength=10.0)
    >>> _ = optimizer.apply_gradients([(tf.constant(2.0), w)])
    >>> w.numpy()
    np.float32(0.0)
    """

    slot_names = ("accumulator", "linear")
    option_names = ("learning_rate_power", "initial_accumulator_value", *_STRENGTHS, "beta")

    def __init__(
        self,
        learning_rate: Any = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        l2_shrinkage_regularization_strength: float = 0.0,
        beta: float = 0.0,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.learning_rate_power = learning_rate_power
        self.initial_accumulator_value = initial_accumulator_value
        self.l1_regularization_strength = l1_regularization_strength
        self.l2_regularization_strength = l2_regularization_strength
        self.l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength
        self.beta = beta
        check_within(self, "learning_rate_power", -float("inf"), 0.0)
        for option in ("initial_accumulator_value", *_STRENGTHS):
            check_within(self, option, 0.0)

    def first_value(self, slot_name: str) -> float:
        """What a new slot is filled with."""
        if slot_name == "accumulator":
            return self.initial_accumulator_value
        return super().first_value(slot_name)

    def update(self, grad: Any, variable: Any, slots: Any, rate: Any) -> None:
        """Change one variable by its gradient."""
        power, value = -self.learning_rate_power, variable.value()
        before = slots["accumulator"].value()
        after = before + grad * grad
        slope = grad + 2.0 * self.l2_shrinkage_regularization_strength * value
        linear = slots["linear"].value() + slope - (after**power - before**power) / rate * value
        limit = self.l1_regularization_strength
        curvature = (after**power + self.beta) / rate + 2.0 * self.l2_regularization_strength
        slots["accumulator"].assign(after)
        slots["linear"].assign(linear)
        variable.assign((clip_by_value(linear, -limit, limit) - linear) / curvature)
