"""Stochastic gradient descent."""

from __future__ import annotations

from typing import Any

from eagre.primitives.indexed_slices import IndexedSlices
from eagre.state.optimizers.optimizer import Optimizer


class SGD(Optimizer):
    """Gradient descent, with momentum if asked.

    w ← w - rate · g; with momentum m: v ← m · v - rate · g and w ← w + v; Nesterov's form adds
    m · v - rate · g instead.

    Args:
        learning_rate: a number, a variable, or a function of the step.
        momentum: 0 for none.
        nesterov: whether to look ahead (Sutskever et al., ICML 2013).

    >>> w = tf.Variable(1.0)
    >>> tf.optimizers.SGD(0.1).apply_gradients([(tf.constant(2.0), w)])
    >>> w.numpy()
    np.float32(0.8)
    """

    def __init__(
        self,
        learning_rate: Any = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        name: str = "SGD",
    ) -> None:
        if not 0.0 <= momentum <= 1.0:
            raise ValueError(f"SGD expected momentum within [0, 1]. Received: momentum={momentum}")
        self.momentum = momentum
        self.nesterov = nesterov
        self.slot_names = ("momentum",) if momentum else ()
        self.takes_slices = not momentum
        super().__init__(learning_rate, name)

    def update(self, grad: Any, variable: Any, slots: Any) -> None:
        """Change one variable by its gradient."""
        if isinstance(grad, IndexedSlices):
            variable.scatter_sub(grad.with_values(self.rate(variable) * grad.values))
            return
        step = self.rate(variable) * grad
        if not self.momentum:
            variable.assign_sub(step)
            return
        velocity = slots["momentum"].value() * self.momentum - step
        slots["momentum"].assign(velocity)
        variable.assign_add(velocity * self.momentum - step if self.nesterov else velocity)
