"""Learning rates that depend on the global step, as TensorFlow 1 has them.

Eagerly each is a function of nothing that computes the rate for the step as it is then, which
optimizers take for a rate; while a function is traced it is the rate itself.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from eagre.core.ambient import executing_eagerly
from eagre.state.optimizers.schedules import (
    CosineDecay,
    CosineDecayRestarts,
    ExponentialDecay,
    InverseTimeDecay,
    LearningRateSchedule,
    PiecewiseConstantDecay,
    PolynomialDecay,
)


def _at(schedule: LearningRateSchedule, step: Any, name: str) -> Any:
    if step is None:
        raise ValueError(f"{name} expected a global_step. Received: global_step=None")
    rate = partial(schedule, step)
    return rate if executing_eagerly() else rate()


def piecewise_constant(x: Any, boundaries: Any, values: Any, name: str | None = None) -> Any:
    """As `tf.optimizers.schedules.PiecewiseConstantDecay` at `x`.

    >>> step = tf.Variable(0)
    >>> rate = tf.compat.v1.train.piecewise_constant(step, [10, 20], [1.0, 0.5, 0.25])
    >>> _ = step.assign(15)
    >>> rate().numpy()
    np.float32(0.5)
    """
    return _at(PiecewiseConstantDecay(boundaries, values), x, "piecewise_constant")


piecewise_constant_decay = piecewise_constant


def exponential_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    decay_rate: Any,
    staircase: bool = False,
    name: str | None = None,
) -> Any:
    """As `tf.optimizers.schedules.ExponentialDecay` at the global step.

    >>> step = tf.Variable(5)
    >>> tf.compat.v1.train.exponential_decay(0.5, step, decay_steps=10, decay_rate=0.25)().numpy()
    np.float32(0.25)
    """
    schedule = ExponentialDecay(learning_rate, decay_steps, decay_rate, staircase)
    return _at(schedule, global_step, "exponential_decay")


def natural_exp_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    decay_rate: float,
    staircase: bool = False,
    name: str | None = None,
) -> Any:
    """rate(t) = learning_rate · exp(-decay_rate · t / decay_steps).

    >>> float(tf.compat.v1.train.natural_exp_decay(0.5, tf.constant(0), 10, 1.0)())
    0.5
    """
    schedule = ExponentialDecay(learning_rate, decay_steps, math.exp(-decay_rate), staircase)
    return _at(schedule, global_step, "natural_exp_decay")


def inverse_time_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    decay_rate: Any,
    staircase: bool = False,
    name: str | None = None,
) -> Any:
    """As `tf.optimizers.schedules.InverseTimeDecay` at the global step.

    >>> float(tf.compat.v1.train.inverse_time_decay(0.5, tf.constant(10), 10, 1.0)())
    0.25
    """
    schedule = InverseTimeDecay(learning_rate, decay_steps, decay_rate, staircase)
    return _at(schedule, global_step, "inverse_time_decay")


def polynomial_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    end_learning_rate: Any = 0.0001,
    power: Any = 1.0,
    cycle: bool = False,
    name: str | None = None,
) -> Any:
    """As `tf.optimizers.schedules.PolynomialDecay` at the global step.

    >>> float(tf.compat.v1.train.polynomial_decay(1.0, tf.constant(5), 10, 0.0)())
    0.5
    """
    schedule = PolynomialDecay(learning_rate, decay_steps, end_learning_rate, power, cycle)
    return _at(schedule, global_step, "polynomial_decay")


def cosine_decay(
    learning_rate: Any, global_step: Any, decay_steps: Any, alpha: Any = 0.0, name: Any = None
) -> Any:
    """As `tf.optimizers.schedules.CosineDecay` at the global step.

    >>> round(float(tf.compat.v1.train.cosine_decay(1.0, tf.constant(5), 10)()), 3)
    0.5
    """
    return _at(CosineDecay(learning_rate, decay_steps, alpha), global_step, "cosine_decay")


def cosine_decay_restarts(
    learning_rate: Any,
    global_step: Any,
    first_decay_steps: Any,
    t_mul: Any = 2.0,
    m_mul: Any = 1.0,
    alpha: Any = 0.0,
    name: str | None = None,
) -> Any:
    """As `tf.optimizers.schedules.CosineDecayRestarts` at the global step.

    >>> float(tf.compat.v1.train.cosine_decay_restarts(1.0, tf.constant(10), 10, m_mul=0.5)())
    0.5
    """
    schedule = CosineDecayRestarts(learning_rate, first_decay_steps, t_mul, m_mul, alpha)
    return _at(schedule, global_step, "cosine_decay_restarts")
