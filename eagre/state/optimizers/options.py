"""Options of all optimizers: which values they may have, and which weights do not decay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.core import dtypes
from eagre.state.variable import Variable

if TYPE_CHECKING:
    from collections.abc import Iterable

SHARED_OPTIONS = (
    "weight_decay",
    "clipnorm",
    "clipvalue",
    "global_clipnorm",
    "use_ema",
    "ema_momentum",
    "ema_overwrite_frequency",
    "loss_scale_factor",
    "gradient_accumulation_steps",
)


def check_options(optimizer: Any) -> None:
    """Refuse options of an optimizer that contradict each other or are out of range."""
    name = type(optimizer).__name__
    limits = {each: getattr(optimizer, each) for each in SHARED_OPTIONS[1:4]}
    if sum(limit is not None for limit in limits.values()) > 1:
        came = ", ".join(f"{each}={limit}" for each, limit in limits.items())
        raise ValueError(
            f"{name} expected at most one of clipnorm, clipvalue and global_clipnorm. "
            f"Received: {came}"
        )
    if optimizer.use_ema:
        check_within(optimizer, "ema_momentum", 0.0, 1.0)
        _check_count(optimizer, "ema_overwrite_frequency", 1)
    _check_count(optimizer, "gradient_accumulation_steps", 2)


def check_within(optimizer: Any, option: str, low: float, high: float = float("inf")) -> None:
    """Refuse an option that is not a number between two bounds."""
    value = getattr(optimizer, option)
    if not isinstance(value, float | int) or not low <= value <= high:
        if high == float("inf"):
            wanted = f"at least {low:g}"
        else:
            wanted = f"within [{low:g}, {high:g}]" if low > -high else f"at most {high:g}"
        raise ValueError(
            f"{type(optimizer).__name__} expected {option} {wanted}. Received: {option}={value!r}"
        )


def _check_count(optimizer: Any, option: str, least: int) -> None:
    value = getattr(optimizer, option)
    if value and (not isinstance(value, int) or value < least):
        raise ValueError(
            f"{type(optimizer).__name__} expected {option} to be an integer of at least {least}, "
            f"or None. Received: {option}={value!r}"
        )


def counter(name: str) -> Variable:
    """A variable that counts from 0 on."""
    return Variable(0, trainable=False, dtype=dtypes.int64, name=name)


class Exclusions:
    """Variables whose weights do not decay. Not a list: a checkpoint looks into those."""

    def __init__(self, variables: Iterable[Variable] = (), patterns: Iterable[str] = ()) -> None:
        self._variables = tuple(variables)
        self._patterns = tuple(patterns)

    def holds(self, variable: Variable) -> bool:
        """Whether a variable is named, or one of the patterns is found in its name."""
        if any(variable is each for each in self._variables):
            return True
        # Loaded when it is used, for most optimizers have no patterns.
        from re import search

        return any(search(pattern, variable.name) for pattern in self._patterns)
