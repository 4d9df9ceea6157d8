"""Values for placeholders: what a session may be given for a tensor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from eagre.core.conversion import to_array
from eagre.core.shapes import are_compatible
from eagre.core.tensor import Tensor

if TYPE_CHECKING:
    from eagre.core.tensor import SymbolicTensor


def feed_array(value: Any, tensor: SymbolicTensor) -> Any:
    """The value as an array of the tensor's dtype, which nobody else can change.

    NumPy converts numbers as it assigns them, so that a float64 array may be fed for float32.

    Raises:
        TypeError: it cannot be of the dtype, or is a tensor.
        ValueError: it has another shape than the tensor.
    """
    if isinstance(value, Tensor) or hasattr(value, "__tensor__"):
        raise TypeError(
            f"Session.run(feed_dict) expected a number, list or array for {tensor.name}. "
            "Received: a tensor. Feed tensor.numpy(), or use the tensor in the graph itself."
        )
    array = _converted(value, tensor)
    if not are_compatible(tensor.sizes, array.shape):
        raise ValueError(
            f"Session.run(feed_dict) expected a value of shape {tensor.shape} for {tensor.name}. "
            f"Received: shape={array.shape}"
        )
    return array


def _converted(value: Any, tensor: SymbolicTensor) -> Any:
    dtype = tensor.dtype
    try:
        if dtype.name == "string":
            return to_array(value, dtype, "Session.run(feed_dict)")
        with np.errstate(all="ignore"):
            return np.array(value, dtype.numpy, order="C")
    except (TypeError, ValueError, OverflowError) as error:
        kind = ValueError if isinstance(error, ValueError) else TypeError
        raise kind(
            f"Session.run(feed_dict) expected a value of dtype {dtype.name} for {tensor.name}. "
            f"Received: {value!r:.80}"
        ) from error
