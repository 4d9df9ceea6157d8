"""Conversions to tensors that a program registers for classes of its own."""

from __future__ import annotations

from typing import Any

from eagre.core.python_numbers import described
from eagre.core.tensor import Tensor

DELEGATES: list[Any] = []
"""Functions that give a class the operators of tensors, to be called again when these change."""

_conversions: list[tuple[int, int, type, Any]] = []


def register_tensor_conversion_function(
    base_type: Any, conversion_func: Any, priority: int = 100
) -> None:
    """Let objects of a class stand wherever a tensor may.

    The class gets the method `__tensor__`, which a class of one's own may as well define.

    Args:
        base_type: a class written in Python, or a tuple of them.
        conversion_func: `(value, dtype, name, as_ref) -> tensor`; NotImplemented where it passes.
        priority: functions with low numbers are asked first, then those registered first.

    >>> class Celsius:
    ...     degrees = 20.0
    >>> def as_tensor(value, dtype=None, name=None, as_ref=False):
    ...     return tf.constant(value.degrees, dtype)
    >>> tf.register_tensor_conversion_function(Celsius, as_tensor)
    >>> (tf.constant(1.0) + Celsius()).numpy()
    np.float32(21.0)
    """
    name = "register_tensor_conversion_function"
    if not callable(conversion_func):
        raise TypeError(f"{name} expected a function. Received: {described(conversion_func)}")
    kinds: Any = base_type
    for kind in kinds if isinstance(base_type, tuple) else [kinds]:
        if not isinstance(kind, type):
            raise TypeError(f"{name} expected a class. Received: base_type={described(kind)}")
        try:
            kind.__tensor__ = _convert  # pyright: ignore[reportAttributeAccessIssue]
        except TypeError:
            raise TypeError(
                f"{name} expected a class written in Python. Received: {described(kind)}"
            ) from None
        _conversions.append((priority, len(_conversions), kind, conversion_func))


def _convert(value: Any, dtype: Any = None) -> Tensor:
    """What the first function makes of the value that does not pass."""
    for _, _, kind, function in sorted(_conversions, key=lambda each: each[:2]):
        if not isinstance(value, kind):
            continue
        result: Any = function(value, dtype=dtype, name=None, as_ref=False)
        if isinstance(result, Tensor):
            return result
        if result is not NotImplemented:
            raise RuntimeError(
                "register_tensor_conversion_function expected a function that returns a tensor. "
                f"Received: {described(result)}, for an object of type {type(value).__name__}"
            )
    raise TypeError(
        "register_tensor_conversion_function expected some function to convert the value. "
        f"Received: {described(value)}"
    )
