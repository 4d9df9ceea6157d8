"""Optimizers of TensorFlow 1 that go down the gradient itself."""

from __future__ import annotations

from typing import Any, ClassVar

from eagre.compat.optimizer import Optimizer
from eagre.compat.rows import RowByRow
from eagre.ops.math import maximum, sign
from eagre.state.optimizers.optimizer import Optimizer as Rule
from eagre.state.optimizers.sgd import SGD


class GradientDescentOptimizer(Optimizer):
    """w ← w - rate · g.

    Args:
        learning_rate: a number, a variable, or a function of nothing.

    >>> w = tf.Variable(1.0)
    >>> optimizer = tf.compat.v1.train.GradientDescentOptimizer(0.25)
    >>> pairs = optimizer.compute_gradients(lambda: w * w)
    >>> optimizer.apply_gradients([(2.0 * grad, variable) for grad, variable in pairs])
    >>> w.numpy()
    np.float32(0.0)
    """

    def __init__(
        self, learning_rate: Any, use_locking: bool = False, name: str = "GradientDescent"
    ) -> None:
        super().__init__(use_locking, name)
        self.rule = SGD(learning_rate)


class MomentumOptimizer(Optimizer):
    """v ← momentum · v + g, w ← w - rate · v; Nesterov's form subtracts rate · (g + momentum · v).

    Unlike in `tf.optimizers.SGD`, a new rate also holds for the momentum that there is. Sparse
    gradients change their rows only.

    Args:
        learning_rate: a number, a variable, or a function of nothing.
        use_nesterov: whether to look ahead.

    >>> w = tf.Variable(1.0)
    >>> tf.compat.v1.train.MomentumOptimizer(0.25, 0.9).minimize(lambda: w * w)
    >>> w.numpy()
    np.float32(0.5)
    """

    slots_by_name: ClassVar = {"momentum": "momentum"}

    def __init__(
        self,
        learning_rate: Any,
        momentum: Any,
        use_locking: bool = False,
        name: str = "Momentum",
        use_nesterov: bool = False,
    ) -> None:
        super().__init__(use_locking, name)
        self.rule = _RowsWithMomentum(learning_rate, momentum, use_nesterov)


class _Momentum(Rule):
    slot_names = ("momentum",)

    def __init__(self, learning_rate: Any, momentum: Any, nesterov: bool) -> None:
        super().__init__(learning_rate, name="momentum")
        self.momentum = momentum
        self.nesterov = nesterov

    def update(self, grad: Any, variable: Any, slots: Any, rate: Any) -> None:
        momentum = self.momentum() if callable(self.momentum) else self.momentum
        velocity = slots["momentum"].value() * momentum + grad
        slots["momentum"].assign(velocity)
        variable.assign_sub(rate * (grad + velocity * momentum if self.nesterov else velocity))


class _RowsWithMomentum(RowByRow, _Momentum):
    pass


class ProximalGradientDescentOptimizer(Optimizer):
    """A step down the gradient, then one toward zero (Duchi and Singer, JMLR 10, 2009).

    u = w - rate · g, w ← sign(u) · max(|u| - rate · l1, 0) / (1 + rate · l2).

    Args:
        learning_rate: a number, a variable, or a function of nothing.
        l1_regularization_strength: l1, which makes weights zero.
        l2_regularization_strength: l2, which makes weights small.

    >>> w = tf.Variable([1.0, 0.1])
    >>> make = tf.compat.v1.train.ProximalGradientDescentOptimizer
    >>> make(0.5, l1_regularization_strength=0.5).apply_gradients([(tf.zeros(2), w)])
    >>> w.numpy()
    array([0.75, 0.  ], dtype=float32)
    """

    def __init__(
        self,
        learning_rate: Any,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        use_locking: bool = False,
        name: str = "ProximalGradientDescent",
    ) -> None:
        super().__init__(use_locking, name)
        strengths = l1_regularization_strength, l2_regularization_strength
        self.rule = _ProximalRows(learning_rate, *strengths)


class _Proximal(Rule):
    def __init__(self, learning_rate: Any, l1: float, l2: float) -> None:
        super().__init__(learning_rate, name="proximal")
        self.l1, self.l2 = l1, l2

    def update(self, grad: Any, variable: Any, slots: Any, rate: Any) -> None:
        goal = variable.value() - rate * grad
        size = maximum(abs(goal) - rate * self.l1, 0.0)
        variable.assign(sign(goal) * size / (1.0 + rate * self.l2))


class _ProximalRows(RowByRow, _Proximal):
    pass
