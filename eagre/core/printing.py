"""How tensors and variables show themselves: as TensorFlow prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from eagre.core.tensor import EagerTensor

_number_types: Any = (np.bool_, np.number)


def value_repr(array: Any) -> str:
    """The value as `repr` shows it: a scalar bare, an array as NumPy prints it."""
    if array.shape:
        text = repr(array)
        return "\n" + text if "\n" in text else text
    value = array[()]
    return repr(value.item() if isinstance(value, _number_types) else value)


def value_str(array: Any) -> str:
    """The value as `str` shows it."""
    text = str(array) if array.shape else str(array[()])
    return "\n" + text if "\n" in text else text


def _is_resource(tensor: EagerTensor) -> bool:
    return tensor.dtype.name == "resource"


def tensor_repr(tensor: EagerTensor) -> str:
    """`<tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>`."""
    if _is_resource(tensor):
        return f"<tf.Tensor: shape=(), dtype=resource, value=<{tensor.array.name}>>"
    array = tensor.array
    return (
        f"<tf.Tensor: shape={array.shape}, dtype={tensor.dtype.name}, numpy={value_repr(array)}>"
    )


def tensor_str(tensor: EagerTensor) -> str:
    """`tf.Tensor([1. 2.], shape=(2,), dtype=float32)`."""
    if _is_resource(tensor):
        return tensor_repr(tensor)
    array = tensor.array
    return f"tf.Tensor({value_str(array)}, shape={array.shape}, dtype={tensor.dtype.name})"
