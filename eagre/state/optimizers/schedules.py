"""Schedules: learning rates that depend on the step."""

from __future__ import annotations

import math
from typing import Any

from eagre.core.conversion import to_tensor
from eagre.ops.math import ceil, cos, floor, log, maximum, minimum
from eagre.ops.selection import where
from eagre.ops.shaping import cast


class LearningRateSchedule:
    """A function from the step to the learning rate. Subclasses define `__call__`.

    An optimizer calls it with its number of steps, a tensor, so that it is traced like any
    operation. With a `get_config` that returns the arguments it can be written to a file.
    """

    def __call__(self, step: Any) -> Any:
        raise NotImplementedError(
            f"{type(self).__name__} needs a method __call__(step), which returns the rate."
        )

    def get_config(self) -> dict[str, Any]:
        """The arguments that make a schedule like this one."""
        raise NotImplementedError(
            f"{type(self).__name__} needs a method get_config(), which returns its arguments."
        )

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A schedule with the arguments that `get_config` returned."""
        return cls(**config)


class _Decay(LearningRateSchedule):
    """What the schedules of this file share: they keep their arguments under their names."""

    def get_config(self) -> dict[str, Any]:
        """The arguments that make a schedule like this one."""
        code = type(self).__init__.__code__
        return {name: getattr(self, name) for name in code.co_varnames[1 : code.co_argcount]}

    def _check_positive(self, name: str) -> None:
        if getattr(self, name) <= 0:
            raise ValueError(
                f"{type(self).__name__} expected {name} to be positive. "
                f"Received: {name}={getattr(self, name)}"
            )


class ExponentialDecay(_Decay):
    """rate(t) = initial_learning_rate · decay_rate^(t / decay_steps).

    Args:
        staircase: whether t / decay_steps is rounded down, so that the rate falls in steps.

    >>> schedule = tf.optimizers.schedules.ExponentialDecay(0.5, decay_steps=10, decay_rate=0.25)
    >>> schedule(5).numpy()
    np.float32(0.25)
    """

    def __init__(
        self,
        initial_learning_rate: Any,
        decay_steps: Any,
        decay_rate: Any,
        staircase: bool = False,
        name: str = "ExponentialDecay",
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.decay_rate = decay_rate
        self.staircase = staircase
        self.name = name
        self._check_positive("decay_steps")

    def __call__(self, step: Any) -> Any:
        """The rate at a step."""
        first = to_tensor(self.initial_learning_rate)
        return first * cast(self.decay_rate, first.dtype) ** _periods(self, step, first.dtype)


class InverseTimeDecay(_Decay):
    """rate(t) = initial_learning_rate / (1 + decay_rate · t / decay_steps).

    Args:
        staircase: whether t / decay_steps is rounded down, so that the rate falls in steps.

    >>> schedule = tf.optimizers.schedules.InverseTimeDecay(0.5, decay_steps=10, decay_rate=2.0)
    >>> schedule(5).numpy()
    np.float32(0.25)
    """

    def __init__(
        self,
        initial_learning_rate: Any,
        decay_steps: Any,
        decay_rate: Any,
        staircase: bool = False,
        name: str = "InverseTimeDecay",
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.decay_rate = decay_rate
        self.staircase = staircase
        self.name = name
        self._check_positive("decay_steps")

    def __call__(self, step: Any) -> Any:
        """The rate at a step."""
        first = to_tensor(self.initial_learning_rate)
        falls = cast(self.decay_rate, first.dtype) * _periods(self, step, first.dtype)
        return first / (1.0 + falls)


class PiecewiseConstantDecay(_Decay):
    """rate(t) = values[i] from after boundaries[i - 1] up to and with boundaries[i].

    Args:
        boundaries: steps in ascending order.
        values: rates, one more than there are boundaries.

    >>> schedule = tf.optimizers.schedules.PiecewiseConstantDecay([100, 200], [1.0, 0.5, 0.25])
    >>> [float(schedule(step)) for step in (0, 100, 101, 1000)]
    [1.0, 1.0, 0.5, 0.25]
    """

    def __init__(self, boundaries: Any, values: Any, name: str = "PiecewiseConstant") -> None:
        if len(boundaries) != len(values) - 1:
            raise ValueError(
                "PiecewiseConstantDecay expected one value more than boundaries. "
                f"Received: {len(boundaries)} boundaries and {len(values)} values"
            )
        self.boundaries = boundaries
        self.values = values
        self.name = name

    def __call__(self, step: Any) -> Any:
        """The rate at a step."""
        step = to_tensor(step)
        rate, *later = [to_tensor(value) for value in self.values]
        for boundary, value in zip(self.boundaries, later, strict=True):
            rate = where(step > cast(boundary, step.dtype), value, rate)
        return rate


class PolynomialDecay(_Decay):
    """rate(t) = (initial - end) · (1 - t / decay_steps)^power + end, from decay_steps on: end.

    Args:
        cycle: whether the rate rises again: decay_steps is then multiplied by the least whole
            number that makes it at least t.

    >>> schedule = tf.optimizers.schedules.PolynomialDecay(1.0, 4, end_learning_rate=0.0)
    >>> [float(schedule(step)) for step in (0, 1, 4, 9)]
    [1.0, 0.75, 0.0, 0.0]
    """

    def __init__(
        self,
        initial_learning_rate: Any,
        decay_steps: Any,
        end_learning_rate: Any = 0.0001,
        power: Any = 1.0,
        cycle: bool = False,
        name: str = "PolynomialDecay",
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.end_learning_rate = end_learning_rate
        self.power = power
        self.cycle = cycle
        self.name = name
        self._check_positive("decay_steps")

    def __call__(self, step: Any) -> Any:
        """The rate at a step."""
        first = to_tensor(self.initial_learning_rate)
        end, power = cast(self.end_learning_rate, first.dtype), cast(self.power, first.dtype)
        step, steps = cast(step, first.dtype), cast(self.decay_steps, first.dtype)
        if self.cycle:
            steps = steps * maximum(ceil(step / steps), 1.0)
        else:
            step = minimum(step, steps)
        return (first - end) * (1.0 - step / steps) ** power + end


class CosineDecay(_Decay):
    """rate(t) = initial · ((1 - alpha) · (1 + cos(π t / decay_steps)) / 2 + alpha).

    From decay_steps on it is alpha · initial (Loshchilov and Hutter, "SGDR", ICLR 2017).

    Args:
        alpha: the least rate, as a part of the first.
        warmup_target: the rate to which a straight line leads in the first `warmup_steps` steps,
            and from which the cosine then falls. None for no such line.

    >>> schedule = tf.optimizers.schedules.CosineDecay(0.0, 10, warmup_target=1.0, warmup_steps=4)
    >>> [round(float(schedule(step)), 3) for step in (0, 2, 4, 9, 14)]
    [0.0, 0.5, 1.0, 0.5, 0.0]
    """

    def __init__(
        self,
        initial_learning_rate: Any,
        decay_steps: Any,
        alpha: Any = 0.0,
        name: str = "CosineDecay",
        warmup_target: Any = None,
        warmup_steps: Any = 0,
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.alpha = alpha
        self.name = name
        self.warmup_target = warmup_target
        self.warmup_steps = warmup_steps
        self._check_positive("decay_steps")

    def __call__(self, step: Any) -> Any:
        """The rate at a step."""
        first = to_tensor(self.initial_learning_rate)
        step, steps = cast(step, first.dtype), cast(self.decay_steps, first.dtype)
        if self.warmup_target is None:
            return first * self._part(minimum(step, steps) / steps)
        target = cast(self.warmup_target, first.dtype)
        warmup = cast(self.warmup_steps, first.dtype)
        falling = target * self._part(minimum(step - warmup, steps) / steps)
        # Not divided by zero steps: then none of them is before the cosine.
        rising = (target - first) * (step / maximum(warmup, 1.0)) + first
        return where(step < warmup, rising, falling)

    def _part(self, fraction: Any) -> Any:
        return (1.0 - self.alpha) * (0.5 * (1.0 + cos(math.pi * fraction))) + self.alpha


class CosineDecayRestarts(_Decay):
    """`CosineDecay` in periods, each with a fresh start (Loshchilov and Hutter, "SGDR", ICLR 2017).

    Args:
        t_mul: how many times as long as the one before a period is.
        m_mul: which part of the first rate of the one before a period begins with.
        alpha: the least rate, as a part of the first.

    >>> schedule = tf.optimizers.schedules.CosineDecayRestarts(1.0, 10, m_mul=0.5)
    >>> [round(float(schedule(step)), 3) for step in (0, 5, 10, 20)]
    [1.0, 0.5, 0.5, 0.25]
    """

    def __init__(
        self,
        initial_learning_rate: Any,
        first_decay_steps: Any,
        t_mul: Any = 2.0,
        m_mul: Any = 1.0,
        alpha: Any = 0.0,
        name: str = "SGDRDecay",
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.first_decay_steps = first_decay_steps
        self.t_mul = t_mul
        self.m_mul = m_mul
        self.alpha = alpha
        self.name = name
        self._check_positive("first_decay_steps")

    def __call__(self, step: Any) -> Any:
        """The rate at a step."""
        first = to_tensor(self.initial_learning_rate)
        alpha, shrink = cast(self.alpha, first.dtype), cast(self.m_mul, first.dtype)
        fraction = cast(step, first.dtype) / cast(self.first_decay_steps, first.dtype)
        restarts, fraction = self._period(fraction)
        cosine = 0.5 * shrink**restarts * (1.0 + cos(math.pi * fraction))
        return first * ((1.0 - alpha) * cosine + alpha)

    def _period(self, fraction: Any) -> tuple[Any, Any]:
        """How many restarts there were, and the part that is gone of the period since."""
        if self.t_mul == 1.0:
            restarts = floor(fraction)
            return restarts, fraction - restarts
        growth = cast(self.t_mul, fraction.dtype)
        restarts = floor(log(1.0 - fraction * (1.0 - growth)) / log(growth))
        before = (1.0 - growth**restarts) / (1.0 - growth)
        return restarts, (fraction - before) / growth**restarts


def _periods(schedule: Any, step: Any, dtype: Any) -> Any:
    """t / decay_steps, rounded down for a staircase."""
    periods = cast(step, dtype) / cast(schedule.decay_steps, dtype)
    return floor(periods) if schedule.staircase else periods


# As dictionaries ------------------------------------------------------------------------------

_HOME = "keras.optimizers.schedules"


def serialize(learning_rate_schedule: LearningRateSchedule) -> dict[str, Any]:
    """A schedule as a dictionary, which can be written as JSON: its class and its arguments."""
    kind = type(learning_rate_schedule)
    is_known = globals().get(kind.__name__) is kind
    return {
        "module": _HOME if is_known else kind.__module__,
        "class_name": kind.__name__,
        "config": learning_rate_schedule.get_config(),
        "registered_name": None if is_known else kind.__name__,
    }


def deserialize(config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
    """The schedule of which `serialize` made a dictionary.

    Args:
        custom_objects: classes of one's own, by their names.

    >>> schedule = tf.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5)
    >>> tf.optimizers.schedules.deserialize(tf.optimizers.schedules.serialize(schedule))(10).numpy()
    np.float32(0.05)
    """
    name = config.get("class_name")
    known = {kind.__name__: kind for kind in _Decay.__subclasses__()}
    kind = {**known, **(custom_objects or {})}.get(str(name))
    if kind is None:
        raise ValueError(
            f"deserialize expected the name of a schedule: {', '.join(sorted(known))}, or one of "
            f"custom_objects. Received: class_name={name!r}"
        )
    return kind.from_config(config["config"])
