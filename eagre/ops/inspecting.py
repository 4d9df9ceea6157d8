"""What is known of a value without computing: whether it is a tensor, its spec, its constant."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import ambient
from eagre.core.conversion import to_tensor
from eagre.core.python_numbers import described
from eagre.core.specs import TensorSpec
from eagre.core.tensor import EagerTensor, SymbolicTensor, Tensor
from eagre.primitives import clock, families
from eagre.primitives.known_values import known_value


def is_tensor(x: Any) -> bool:
    """Whether `x` is a tensor, or stands for one as a variable does.

    >>> tf.is_tensor(tf.constant(1)), tf.is_tensor(tf.Variable(1)), tf.is_tensor(1)
    (True, True, False)
    """
    if isinstance(x, Tensor) or hasattr(x, "__tensor__"):
        return True
    return hasattr(x, "__composite__") and not getattr(x, "is_container", False)


def is_symbolic_tensor(tensor: Any) -> bool:
    """Whether the tensor has no value, because it belongs to a graph.

    >>> tf.is_symbolic_tensor(tf.constant(1))
    False
    """
    return isinstance(tensor, SymbolicTensor)


def get_static_value(tensor: Any, partial: bool = False) -> Any:
    """The value of a tensor as NumPy has it, None where it is known only when the graph runs.

    In a graph few elements that are moved, cast, compared or counted from constants and shapes are
    known. With `partial`, the sizes of a shape that are not known stand as None in an array of
    objects.

    >>> tf.get_static_value(tf.constant([1, 2]))
    array([1, 2], dtype=int32)
    """
    if isinstance(tensor, EagerTensor):
        return tensor.numpy()
    if not isinstance(tensor, SymbolicTensor):
        return None if hasattr(tensor, "__tensor__") else tensor
    value = known_value(tensor)
    if value is not None:
        return value.copy() if value.shape else value[()]
    known = families.static_sizes(tensor) if partial and families.is_list(tensor) else None
    return np.array(known, object) if known is not None and any(known) else None


def type_spec_from_value(value: Any) -> Any:
    """The spec that describes a tensor, or a value that becomes one.

    >>> tf.type_spec_from_value([1.0, 2.0])
    TensorSpec(shape=(2,), dtype=tf.float32, name=None)
    """
    if hasattr(value, "__composite__"):
        return value.spec
    try:
        return TensorSpec.from_tensor(to_tensor(value, name="type_spec_from_value"))
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"type_spec_from_value expected what becomes a tensor. Received: {described(value)}"
        ) from error


def inside_function() -> bool:
    """Whether operations are being written into a graph.

    >>> tf.inside_function()
    False
    """
    return not ambient.executing_eagerly()


def init_scope() -> Any:
    """A context in which operations run at once, seen by no trace and no tape.

    Within a graph built by hand they go to that graph.

    >>> def f(x):
    ...     with tf.init_scope():
    ...         assert tf.executing_eagerly()
    ...     return x
    >>> graph = tf.trace(f, tf.TensorSpec([]))
    """
    return ambient.outside_functions()


def timestamp(name: str | None = None) -> Any:
    """The seconds since 1970 as a float64 scalar; a graph reads the clock each time that it runs.

    >>> tf.timestamp() > 1e9
    <tf.Tensor: shape=(), dtype=bool, numpy=True>
    """
    return clock.timestamp(unit=1.0)
