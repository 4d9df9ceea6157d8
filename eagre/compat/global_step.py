"""The global step: one variable of the program that counts steps of training."""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes
from eagre.state.variable import Variable

_found: list[Variable] = []


def get_global_step(graph: Any = None) -> Variable | None:
    """The global step, None if there is none yet."""
    return _found[0] if _found else None


def create_global_step(graph: Any = None) -> Variable:
    """Make the global step.

    Raises:
        ValueError: there is one already.
    """
    if _found:
        raise ValueError(
            "create_global_step expected a program without a global step. "
            f"Received: {_found[0]!r}. Use get_or_create_global_step."
        )
    _found.append(Variable(0, trainable=False, dtype=dtypes.int64, name="global_step"))
    return _found[0]


def get_or_create_global_step(graph: Any = None) -> Variable:
    """The global step, made at the first call: an int64 variable that is not trained.

    >>> step = tf.compat.v1.train.get_or_create_global_step()
    >>> step is tf.compat.v1.train.get_or_create_global_step()
    True
    """
    return _found[0] if _found else create_global_step()
