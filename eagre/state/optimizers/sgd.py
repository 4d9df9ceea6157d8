"""Stochastic gradient descent."""

from __future__ import annotations

from typing import Any

from eagre.primitives.indexed_slices import IndexedSlices
from eagre.state.optimizers.optimizer import Optimizer
from eagre.state.optimizers.options import check_within


class SGD(Optimizer):
    """Gradient descent, with momentum if asked.

    w ← w - rate · g; with momentum m: v ← m · v - rate · g and w ← w + v; Nesterov's form adds
    m · v - rate · g instead.

    Args:
        learning_rate: a number, a variable, a schedule, or a function.
        momentum: 0 for none.
        nesterov: whether to look ahead (Sutskever et al., ICML 2013).
        options: those of `tf.optimizers.Optimizer`.

    >>> w = tf.Variable(1.0)
    >>> _ = tf.optimizers.SGD(0.1).apply_gradients([(tf.constant(2.0), w)])
    >>> w.numpy()
    np.float32(0.8)
    """

    option_names = ("momentum", "nesterov")

    def __init__(
        self,
        learning_rate: Any = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.momentum = momentum
        self.nesterov = nesterov
        check_within(self, "momentum", 0.0, 1.0)
        self.slot_names = ("momentum",) if momentum else ()
        self.takes_slices = not momentum

    def update(self, grad: Any, variable: Any, slots: Any, rate: Any) -> None:
        """Change one variable by its gradient."""
        if isinstance(grad, IndexedSlices):
            variable.scatter_sub(grad.with_values(rate * grad.values))
            return
        step = rate * grad
        if not self.momentum:
            variable.assign_sub(step)
            return
        velocity = slots["momentum"].value() * self.momentum - step
        slots["momentum"].assign(velocity)
        variable.assign_add(velocity * self.momentum - step if self.nesterov else velocity)
