"""What stands for a learning rate: a number, a variable, a schedule, or a function."""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.graph.building import builder
from eagre.state.optimizers.schedules import LearningRateSchedule, deserialize, serialize
from eagre.state.variable import Variable


def as_rate(rate: Any, name: str) -> Any:
    """What an optimizer keeps: a variable for a number, so that traced steps see a new one."""
    if isinstance(rate, Variable) or callable(rate):
        return rate
    if not hasattr(rate, "__float__"):
        raise TypeError(
            f"{name} expected a learning_rate that is a number, a variable, a schedule, or a "
            f"function of the step or of nothing. Received: learning_rate={rate!r}"
        )
    if builder() is not None:
        return lambda: rate  # A session may be given another value for it.
    return Variable(rate, trainable=False, dtype=dtypes.float32, name="learning_rate")


def rate_now(rate: Any, step: Any) -> Any:
    """The learning rate for a step."""
    if isinstance(rate, Variable):
        return rate.value()
    if isinstance(rate, LearningRateSchedule):
        return to_tensor(rate(step))
    return to_tensor(rate(step) if _takes_step(rate) else rate())


def _takes_step(function: Any) -> bool:
    """Whether a function wants an argument."""
    # Loaded when it is used, for it is heavy.
    from inspect import Parameter, signature

    wanted = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    parameters = signature(function).parameters.values()
    return any(each.kind in wanted and each.default is Parameter.empty for each in parameters)


def described_rate(rate: Any) -> Any:
    """The rate as a number, or a schedule as a dictionary."""
    if isinstance(rate, LearningRateSchedule):
        return serialize(rate)
    if isinstance(rate, Variable):
        return float(rate)
    raise ValueError(
        "get_config expected a learning rate that is a number, a variable or a schedule. "
        f"Received: learning_rate={getattr(rate, '__name__', type(rate).__name__)}. "
        "Write a subclass of tf.optimizers.schedules.LearningRateSchedule."
    )


def rate_of(description: Any, custom_objects: Any) -> Any:
    """The rate of which `described_rate` made a description."""
    if isinstance(description, dict):
        return deserialize(description, custom_objects)
    return description
