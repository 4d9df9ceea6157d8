"""Optimizers of TensorFlow 1 with a rate for each weight.

Their rules are those of `tf.optimizers`, with other defaults and beginnings. Sparse gradients
change their rows only, but for `AdamOptimizer`.
"""

from __future__ import annotations

from typing import Any, ClassVar

from eagre.compat.optimizer import Optimizer
from eagre.compat.rows import RowByRow
from eagre.state.optimizers.adadelta import Adadelta
from eagre.state.optimizers.adagrad import Adagrad
from eagre.state.optimizers.adam import Adam
from eagre.state.optimizers.ftrl import Ftrl
from eagre.state.optimizers.rmsprop import RMSprop


class AdamOptimizer(Optimizer):
    """The rule of `tf.optimizers.Adam`.

    >>> w = tf.Variable(1.0)
    >>> tf.compat.v1.train.AdamOptimizer(0.25).minimize(lambda: w * w)
    >>> print(f"{float(w):.3f}")
    0.750
    """

    slots_by_name: ClassVar = {"m": "mean", "v": "variance"}

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        use_locking: bool = False,
        name: str = "Adam",
    ) -> None:
        super().__init__(use_locking, name)
        self.rule = Adam(learning_rate, beta1, beta2, epsilon)


class AdagradOptimizer(Optimizer):
    """The rule of `tf.optimizers.Adagrad` without an epsilon.

    >>> w = tf.Variable(1.0)
    >>> tf.compat.v1.train.AdagradOptimizer(0.25).minimize(lambda: w * w)
    >>> print(f"{float(w):.3f}")
    0.753
    """

    slots_by_name: ClassVar = {"accumulator": "accumulator"}

    def __init__(
        self,
        learning_rate: Any,
        initial_accumulator_value: float = 0.1,
        use_locking: bool = False,
        name: str = "Adagrad",
    ) -> None:
        super().__init__(use_locking, name)
        if initial_accumulator_value <= 0.0:
            raise ValueError(
                "AdagradOptimizer expected initial_accumulator_value to be positive. "
                f"Received: initial_accumulator_value={initial_accumulator_value}"
            )
        self.rule = _AdagradRows(learning_rate, initial_accumulator_value, epsilon=0.0)


class _AdagradRows(RowByRow, Adagrad):
    pass


class AdadeltaOptimizer(Optimizer):
    """The rule of `tf.optimizers.Adadelta`.

    >>> w = tf.Variable(1.0)
    >>> tf.compat.v1.train.AdadeltaOptimizer(0.25, rho=0.75, epsilon=1.0).minimize(lambda: w * w)
    >>> print(f"{float(w):.3f}")
    0.646
    """

    slots_by_name: ClassVar = {"accum": "mean_square", "accum_update": "mean_square_of_steps"}

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.95,
        epsilon: float = 1e-8,
        use_locking: bool = False,
        name: str = "Adadelta",
    ) -> None:
        super().__init__(use_locking, name)
        self.rule = _AdadeltaRows(learning_rate, rho, epsilon)


class _AdadeltaRows(RowByRow, Adadelta):
    pass


class RMSPropOptimizer(Optimizer):
    """The rule of `tf.optimizers.RMSprop`, whose mean of squares begins with 1.

    >>> w = tf.Variable(1.0)
    >>> tf.compat.v1.train.RMSPropOptimizer(0.25, decay=0.5, epsilon=0.0).minimize(lambda: w * w)
    >>> print(f"{float(w):.3f}")
    0.684
    """

    slots_by_name: ClassVar = {"rms": "mean_square", "momentum": "momentum", "mg": "mean"}

    def __init__(
        self,
        learning_rate: Any,
        decay: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-10,
        use_locking: bool = False,
        centered: bool = False,
        name: str = "RMSProp",
    ) -> None:
        super().__init__(use_locking, name)
        self.rule = _RowsFromOne(learning_rate, decay, momentum, epsilon, centered)


class _RowsFromOne(RowByRow, RMSprop):
    def first_value(self, slot_name: str) -> float:
        return 1.0 if slot_name == "mean_square" else super().first_value(slot_name)


class FtrlOptimizer(Optimizer):
    """The rule of `tf.optimizers.Ftrl`.

    >>> w = tf.Variable(1.0)
    >>> tf.compat.v1.train.FtrlOptimizer(
    ...     0.25, l1_regularization_strength=9.0).minimize(lambda: w * w)
    >>> w.numpy()
    np.float32(0.0)
    """

    slots_by_name: ClassVar = {"accum": "accumulator", "linear": "linear"}

    def __init__(
        self,
        learning_rate: Any,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        use_locking: bool = False,
        name: str = "Ftrl",
        accum_name: str | None = None,
        linear_name: str | None = None,
        l2_shrinkage_regularization_strength: float = 0.0,
        beta: float | None = None,
    ) -> None:
        super().__init__(use_locking, name)
        self.rule = _FtrlRows(
            learning_rate,
            learning_rate_power,
            initial_accumulator_value,
            l1_regularization_strength,
            l2_regularization_strength,
            l2_shrinkage_regularization_strength,
            beta or 0.0,
        )


class _FtrlRows(RowByRow, Ftrl):
    pass
