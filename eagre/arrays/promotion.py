"""The dtype that several values have in common, and values of that dtype.

The rules are NumPy's: dtypes of arrays count, Python numbers only say their kind.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.dtypes import DType
from eagre.core.tensor import EagerTensor, Tensor
from eagre.ops import math
from eagre.ops.shaping import cast

_NUMBERS = (bool, int, float, complex)
_chosen = {"float": dtypes.float64}


def prefer_float32(is_preferred: bool) -> None:
    """Whether Python floats become float32 rather than float64."""
    _chosen["float"] = dtypes.float32 if is_preferred else dtypes.float64


def default_float() -> DType:
    """The dtype of Python floats, and of the results of integers in functions like `sin`."""
    return _chosen["float"]


def default_dtype(kind: type) -> DType:
    """The dtype of Python numbers of a kind, where no array says more."""
    if kind is bool:
        return dtypes.bool_
    if kind is int:
        return dtypes.int64
    if kind is float:
        return default_float()
    return dtypes.complex64 if default_float() == dtypes.float32 else dtypes.complex128


def dtype_of(dtype: Any) -> DType:
    """The dtype that a user names; Python's types stand for their defaults."""
    # By identity: `tf.float32 == float` holds.
    if dtype is int or dtype is float or dtype is complex or dtype is bool:
        return default_dtype(dtype)
    return dtypes.as_dtype(dtype)


def result_type(*arrays_and_dtypes: Any) -> DType:
    """The dtype to which values and dtypes promote together.

    >>> from eagre import array_api
    >>> array_api.result_type(tf.constant(1, tf.int8), tf.uint8), array_api.result_type(tf.int8, 3)
    (tf.int16, tf.int8)
    """
    keys = [_key(value) for value in arrays_and_dtypes]
    if not keys:
        raise ValueError("result_type expected at least one array or dtype. Received: none")
    known = {key for key in keys if isinstance(key, np.dtype)}
    if dtypes.bfloat16 in known and not any(isinstance(key, complex) for key in keys):
        # NumPy does not know that bfloat16 is a kind of float, and finds float64.
        keys = list(known)
    try:
        dtype = dtypes.as_dtype(np.result_type(*keys))
    except TypeError:
        dtype = None
    if dtype is None or dtype == dtypes.string and any(key != dtype.numpy for key in keys):
        names = ", ".join(_name_of(key) for key in keys)
        raise TypeError(
            f"result_type expected dtypes that promote to a common one. Received: {names}"
        )
    return dtype


def _name_of(key: Any) -> str:
    return dtypes.as_dtype(key).name if isinstance(key, np.dtype) else repr(key)


def _key(value: Any) -> Any:
    """What NumPy is to know of a value: a dtype, or a Python number."""
    if isinstance(value, Tensor):
        return value.dtype.numpy
    if isinstance(value, float | complex) and not isinstance(value, np.generic):
        narrow = default_float() == dtypes.float32
        return default_dtype(type(value)).numpy if narrow else value
    if isinstance(value, _NUMBERS):
        return value
    if isinstance(value, np.ndarray | np.generic):
        return value.dtype
    if isinstance(value, DType | np.dtype | type | str):
        return dtype_of(value).numpy
    return as_array(value).dtype.numpy


def as_array(value: Any, dtype: Any = None, *, name: str = "asarray") -> Any:
    """The tensor that `value` is or becomes by NumPy's rules: floats are float64 by default."""
    if not isinstance(value, Tensor):
        if dtype is not None and isinstance(value, list | tuple):
            value = _with_long_integers(value, dtype)
        value = _converted(value, name)
    if dtype is None or (wanted := dtype_of(dtype)) == value.dtype:
        return value
    if wanted == dtypes.bool_ and value.dtype.is_complex:
        return math.not_equal(value, cast(0, value.dtype))
    return cast(value, wanted)


def _converted(value: Any, name: str) -> Tensor:
    if hasattr(value, "__tensor__"):
        return to_tensor(value, name=name)
    if isinstance(value, np.ndarray | np.generic):
        return to_tensor(value, name=name)
    if isinstance(value, list | tuple) and holds_tensors(value):
        items = promoted(*value, name=name)
        return to_tensor(list(items), name=name)
    if isinstance(value, (*_NUMBERS, list, tuple, range)):
        array = np.asarray(value)
        if array.dtype.kind not in "fc":
            return to_tensor(array, name=name)
        return to_tensor(array.astype(default_dtype(float if array.dtype.kind == "f" else complex)
                                      .numpy, copy=False), name=name)
    return to_tensor(value, name=name)


def _with_long_integers(value: Any, dtype: Any) -> Any:
    """For uint64 the integers of a list, which on both sides of 2**63 are floats for NumPy."""
    if dtype_of(dtype) != dtypes.uint64 or holds_tensors(value):
        return value
    items = np.asarray(value, object)
    are_whole = all(isinstance(item, int) and item >= 0 for item in items.flat)
    return items.astype(np.uint64) if are_whole else value


def holds_tensors(value: Any) -> bool:
    """Whether a nested sequence has tensors among its items."""
    return any(
        isinstance(item, Tensor)
        or hasattr(item, "__tensor__")
        or isinstance(item, list | tuple) and holds_tensors(item)
        for item in value
    )


def promoted(*values: Any, name: str) -> tuple[Any, ...]:
    """Tensors of the dtype that the values have in common."""
    if not values:
        raise ValueError(f"{name} expected at least one array. Received: none")
    if any(kind is str or kind is bytes for kind in map(type, values)):
        # As values they are texts, not names of dtypes.
        values = tuple([to_tensor(x, name=name) if type(x) in (str, bytes) else x for x in values])
    dtype = result_type(*values)
    return tuple([_of_dtype(value, dtype, name) for value in values])


def _of_dtype(value: Any, dtype: DType, name: str) -> Any:
    if value.__class__ in _NUMBERS:
        return to_tensor(value, dtype, name=name)
    return as_array(value, dtype, name=name)


def as_inexact(value: Any, name: str) -> Any:
    """A floating-point or complex tensor: integers and booleans become the default float."""
    x = as_array(value, name=name)
    return x if x.dtype.is_floating or x.dtype.is_complex else cast(x, default_float())


def promoted_inexact(*values: Any, name: str) -> tuple[Any, ...]:
    """Floating-point or complex tensors of one dtype."""
    return tuple([as_inexact(x, name) for x in promoted(*values, name=name)])


def rank_of(x: Tensor, name: str) -> int:
    """The number of axes, which has to be known."""
    if x.ndim is None:
        raise ValueError(f"{name} needs a tensor of known rank. Received: shape={x.shape}")
    return x.ndim


def value_of(x: Any, name: str) -> Any:
    """A Python number or list where the caller has to know the value."""
    if isinstance(x, Tensor) and not isinstance(x, EagerTensor):
        raise ValueError(f"{name} needs a value that is known while tracing. Received: {x!r}")
    return np.asarray(x).tolist() if not isinstance(x, str) else x
