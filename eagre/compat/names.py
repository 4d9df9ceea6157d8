"""Functions of TensorFlow 1 whose arguments are others than those of today."""

from __future__ import annotations

from typing import Any

from eagre.graph.building import disable_eager_execution, enable_eager_execution
from eagre.ops import ordering


def name_scope(name: str | None, default_name: str | None = None, values: Any = None) -> Any:
    """A context in which operations of a graph built by hand have names that begin so.

    Args:
        default_name: the name, where `name` is None.
        values: kept, but without effect.

    >>> with tf.Graph().as_default(), tf.compat.v1.name_scope(None, "layer"):
    ...     tf.constant(1.0, name="x").name
    'layer/x:0'
    """
    chosen = default_name if name is None else name
    if chosen is None:
        raise ValueError("name_scope expected a name or default_name. Received: None for both")
    return ordering.name_scope(chosen)


def disable_v2_behavior() -> None:
    """As `disable_eager_execution`; tensors still compare by their elements."""
    disable_eager_execution()


def enable_v2_behavior() -> None:
    """As `enable_eager_execution`."""
    enable_eager_execution()
