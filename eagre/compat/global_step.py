"""The global step: one variable of the program, or of a graph, that counts steps of training."""

from __future__ import annotations

from typing import Any

from eagre.compat.collections import GraphKeys
from eagre.core import dtypes
from eagre.graph.building import ground
from eagre.state.variable import Variable

_found: list[Variable] = []


def _steps(graph: Any) -> list[Variable]:
    """Where the global step stands: for a graph that is built by hand in its collection."""
    if graph is None and (level := ground()) is not None:
        graph = level.graph
    return _found if graph is None else graph.get_collection_ref(GraphKeys.GLOBAL_STEP)


def get_global_step(graph: Any = None) -> Variable | None:
    """The global step, None if there is none yet."""
    found = _steps(graph)
    return found[0] if found else None


def create_global_step(graph: Any = None) -> Variable:
    """Make the global step.

    Raises:
        ValueError: there is one already.
    """
    found = _steps(graph)
    if found:
        raise ValueError(
            "create_global_step expected a program without a global step. "
            f"Received: {found[0]!r}. Use get_or_create_global_step."
        )
    found.append(Variable(0, trainable=False, dtype=dtypes.int64, name="global_step"))
    return found[0]


def get_or_create_global_step(graph: Any = None) -> Variable:
    """The global step, made at the first call: an int64 variable that is not trained.

    >>> step = tf.compat.v1.train.get_or_create_global_step()
    >>> step is tf.compat.v1.train.get_or_create_global_step()
    True
    """
    found = get_global_step(graph)
    return create_global_step(graph) if found is None else found
