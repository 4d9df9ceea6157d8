"""Arrays from and for other libraries, in the same memory, by the DLPack protocol."""

from __future__ import annotations

from typing import Any

from eagre.arrays.creating import check_device
from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.core.sharing import Handout, shared_array
from eagre.core.tensor import EagerTensor, wrap


def from_dlpack(x: Any, /, *, device: Any = None, copy: bool | None = None) -> Any:
    """The tensor in the memory of an object with `__dlpack__`, or in a copy of it.

    Nobody may change the memory from then on: tensors never change.

    >>> import numpy as np
    >>> from eagre import array_api
    >>> array_api.from_dlpack(np.array([1, 2])).numpy()
    array([1, 2])
    """
    check_device(device, "from_dlpack")
    if not hasattr(x, "__dlpack__"):
        raise TypeError(
            "from_dlpack expected an object with __dlpack__. "
            f"Received: a value of type {type(x).__name__}"
        )
    array = shared_array(x, copy, "from_dlpack")
    dtypes.as_dtype(array.dtype)
    return wrap(array)


def dlpack_to_tensor(dlcapsule: Any) -> Any:
    """The tensor in the memory that a DLPack capsule hands out; it can be used once.

    >>> capsule = tf.experimental.dlpack.to_dlpack(tf.constant([1, 2]))
    >>> tf.experimental.dlpack.from_dlpack(capsule).numpy()
    array([1, 2], dtype=int32)
    """
    if hasattr(dlcapsule, "__dlpack__"):
        return from_dlpack(dlcapsule)
    if type(dlcapsule).__name__ != "PyCapsule":
        raise TypeError(
            "from_dlpack expected a DLPack capsule. "
            f"Received: a value of type {type(dlcapsule).__name__}"
        )
    if '"dltensor' not in repr(dlcapsule):
        raise InvalidArgumentError(
            "from_dlpack expected a DLPack capsule that nobody has used yet. "
            "Received: one that is used up. Make a new one by to_dlpack."
        )
    return from_dlpack(Handout(dlcapsule))


def to_dlpack(tf_tensor: Any) -> Any:
    """A DLPack capsule of the tensor's memory, which its receiver may not change.

    >>> type(tf.experimental.dlpack.to_dlpack(tf.constant([1, 2]))).__name__
    'PyCapsule'
    """
    tensor: Any = to_tensor(tf_tensor, name="to_dlpack")
    if not isinstance(tensor, EagerTensor):
        raise tensor.has_no_value("to_dlpack")
    if not (tensor.dtype.is_numeric or tensor.dtype.is_bool):
        raise InvalidArgumentError(
            "to_dlpack expected booleans or numbers. "
            f"Received: dtype={tensor.dtype.name}. Use tf.cast to convert the tensor."
        )
    return tensor.__dlpack__()
