"""What can become a tensor, and of which dtype: TensorFlow's rules.

Python numbers take the dtype that the place asks for, or int32, float32, bool, complex128; strings
become bytes; NumPy arrays keep their dtype; any object with `__tensor__`, `__dlpack__` or
`__array__` converts itself. Values are copied.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.ambient import interpreter, interpreters
from eagre.core.caller import CALLED
from eagre.core.dtypes import DType
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.core.number_lists import array_of_numbers
from eagre.core.python_numbers import (
    described,
    fits,
    is_moderate,
    short,
    too_large,
    wrapped_integer,
)
from eagre.core.sequences import array_of_sequence, as_bytes, dtype_of
from eagre.core.shapes import TensorShape, are_compatible
from eagre.core.sharing import foreign_array
from eagre.core.tensor import EagerTensor, Tensor, wrap

_NUMBERS: Any = (bool, int, float, complex)
_SEQUENCES: Any = (list, tuple, range)
_ARRAY: Any = np.ndarray
_ARRAYS: Any = (np.ndarray, np.generic)


def to_tensor(value: Any, dtype: Any = None, *, hint: Any = None, name: str = CALLED) -> Tensor:
    """The tensor that `value` is or becomes.

    `dtype` is demanded: a tensor of another dtype is an error. `hint` is only preferred.
    `name` begins messages; by default it is the function that the user called.
    """
    kind = value.__class__
    if kind is EagerTensor and dtype is None:
        return value
    if (kind is int or kind is float) and hint is None:
        wanted = None if dtype is None else dtypes.as_dtype(dtype)
        return literal(_number(value, wanted, name))
    if isinstance(value, Tensor):
        return _checked(value, dtype, name)
    if kind is _ARRAY and dtype is None and hint is None:
        return literal(_from_numpy(value, None, name))
    wanted = None if dtype is None else dtypes.as_dtype(dtype)
    if (kind is list or kind is tuple) and hint is None:
        array = array_of_numbers(value, wanted)
        if array is not None:
            return literal(array)
    if hasattr(value, "__tensor__"):
        return _checked(value.__tensor__(wanted), wanted, name)
    if isinstance(value, list | tuple) and (tensor := _some_tensor(value)) is not None:
        return _pack(value, tensor, wanted, name)
    array = None
    if wanted is None and hint is not None:
        array = _try_hint(value, dtypes.as_dtype(hint), name)
    return literal(to_array(value, wanted, name) if array is None else array)


def as_operand(value: Any, other: Any, name: str) -> Any:
    """The tensor that an operator makes of the operand that stands beside the tensor `other`.

    Numbers, lists and NumPy arrays take the dtype of `other`. NotImplemented for foreign objects.
    """
    kind = value.__class__
    if kind is EagerTensor:
        return value
    if kind is float or kind is int:
        is_eager = other.__class__ is EagerTensor
        char = other.array.dtype.char if is_eager else getattr(other.dtype.numpy, "char", "")
        if (known := _scalars[kind].get(char)) is not None:
            array = known.get(value or repr(value))
            if array is None:
                array = _scalar(value, other.dtype, known, name)
            return literal(array) if interpreters else wrap(array)
        return literal(_number(value, other.dtype, name))
    if kind is bool or kind is complex:
        return literal(_number(value, other.dtype, name))
    if isinstance(value, Tensor):
        return value
    if hasattr(value, "__operand__"):
        return value.__operand__(other.dtype)
    if hasattr(value, "__tensor__"):
        return value.__tensor__(None)
    if isinstance(value, np.ndarray | np.generic):
        return literal(_operand_array(value, other.dtype, name))
    if isinstance(value, (*_SEQUENCES, *_NUMBERS, str, bytes, TensorShape)):
        return to_tensor(value, other.dtype, name=name)
    if hasattr(value, "__array__"):
        return literal(_operand_array(foreign_array(value, name), other.dtype, name))
    if hasattr(value, "__dlpack__"):
        return to_tensor(value, name=name)
    items = _items_of_buffer(value)
    return NotImplemented if items is None else to_tensor(items, other.dtype, name=name)


_MOST_SCALARS = 1000
_scalars: dict[type, dict[str, dict[Any, Any]]] = {
    float: {char: {} for char in "eEfd"},
    # Without "L", which is the letter of uint64 and of a float8 of ml_dtypes alike.
    int: {char: {} for char in "eEfdbhilqBHIQ"},
}
"""For each type of number and NumPy's letter of a dtype the arrays of numbers that were operands,
by number. Zeros have signs, so that their text stands for them."""


def _scalar(value: float, dtype: DType, known: dict[Any, Any], name: str) -> Any:
    """The array of a number beside a tensor, made once for each number."""
    array = _number(value, dtype, name)
    if len(known) < _MOST_SCALARS:
        array.flags.writeable = False
        known[value or repr(value)] = array
    return array


def scalar(value: Any, dtype: DType, name: str = CALLED) -> Tensor:
    """The tensor of a Python number, which is made once where it is that of an operand."""
    known = _scalars.get(value.__class__, _NO_SCALARS).get(getattr(dtype.numpy, "char", ""))
    if known is None:
        return to_tensor(value, dtype, name=name)
    array = known.get(value or repr(value))
    if array is None:
        array = _scalar(value, dtype, known, name)
    return literal(array) if interpreters else wrap(array)


_NO_SCALARS: dict[str, dict[Any, Any]] = {}


def to_array(value: Any, dtype: DType | None, name: str) -> Any:
    """A new NumPy array with the value of a number, string, (nested) sequence or array."""
    if isinstance(value, np.ndarray | np.generic):
        return _from_numpy(value, dtype, name)
    if isinstance(value, _NUMBERS):
        return _number(value, dtype, name)
    if isinstance(value, (*_SEQUENCES, str, bytes)):
        return array_of_sequence(value, dtype, name)
    if isinstance(value, TensorShape):
        sizes, usual = value.as_literal()
        return array_of_sequence(sizes, dtype or dtypes.as_dtype(usual), name)
    if hasattr(value, "__array__") or hasattr(value, "__dlpack__"):
        return _from_numpy(foreign_array(value, name), dtype, name)
    items = _items_of_buffer(value)
    if items is not None:
        return to_array(items, dtype, name)
    raise ValueError(
        f"{name} expected a number, string, sequence, array or tensor. "
        f"Received: {described(value)}"
    )


def _items_of_buffer(value: Any) -> Any:
    """The numbers in a `memoryview`, `array.array` or `bytearray`: they count as Python's."""
    try:
        return memoryview(value).tolist()
    except (TypeError, NotImplementedError):
        return None


def literal(array: Any) -> Tensor:
    """The tensor of an array that nobody else holds: in a trace, a constant."""
    tensor = wrap(array)
    if interpreters and (level := interpreter()) is not None:
        return level.literal(tensor)
    return tensor


def _checked(tensor: Tensor, dtype: Any, name: str) -> Tensor:
    if dtype is not None and tensor.dtype != dtypes.as_dtype(dtype):
        raise DTypeMismatchError(
            f"{name} expected a tensor of dtype {dtypes.as_dtype(dtype).name}. "
            f"Received: dtype={tensor.dtype.name}. Use tf.cast to convert it."
        )
    return tensor


# Numbers and arrays ---------------------------------------------------------------------------


def _number(value: Any, dtype: DType | None, name: str) -> Any:
    if dtype is None:
        return _number_without_dtype(value, name)
    if not fits(value.__class__, dtype):
        raise DTypeMismatchError(
            f"{name} expected a value that {dtype.name} can hold. Received: {value!r}, a Python "
            f"{type(value).__name__}. Use tf.cast, or a number of that dtype."
        )
    if isinstance(value, int) and dtype.is_integer:
        return wrapped_integer(value, dtype, name)
    if dtype.size >= 4 and is_moderate(value):
        return np.array(value, dtype.numpy)
    try:
        with np.errstate(all="ignore"):
            array = np.array(value, dtype.numpy)
    except OverflowError:
        raise too_large(value, dtype, name) from None
    return array


def _number_without_dtype(value: Any, name: str) -> Any:
    if isinstance(value, bool | complex):
        return np.array(value)
    if isinstance(value, float):
        if is_moderate(value):
            return np.array(value, np.float32)
        array = _number(value, dtypes.float32, name)
        if np.isinf(array) and abs(value) != float("inf"):
            raise too_large(value, dtypes.float32, name)
        return array
    if -(2**31) <= value < 2**31:
        return np.array(value, np.int32)
    if -(2**63) <= value < 2**63:
        return np.array(value, np.int64)
    raise too_large(value, dtypes.int64, name)


def _from_numpy(value: Any, dtype: DType | None, name: str) -> Any:
    """A contiguous copy in native byte order; strings become bytes objects."""
    source = dtype_of(value, name)
    if source.name == "string":
        return _strings(value, dtype, name)
    target = source if dtype is None else dtype
    if target.name == "string":
        raise DTypeMismatchError(
            f"{name} cannot use an array of dtype {source.name} as string. "
            f"Received: {short(value)}"
        )
    if target is source:
        return np.array(value, target.numpy, order="C")
    with np.errstate(all="ignore"):
        return np.array(value, target.numpy, order="C")


def _operand_array(value: Any, dtype: DType, name: str) -> Any:
    source = dtypes.from_numpy(value.dtype)
    lossy = (
        source.is_floating and dtype.is_integer or source.is_complex and not dtype.is_complex
    )
    if lossy:
        raise DTypeMismatchError(
            f"{name} expected an array whose values {dtype.name} can hold, the dtype of the tensor "
            f"beside it. Received: array.dtype={source.name}. Use tf.cast on the tensor, or "
            "array.astype(...)."
        )
    return _from_numpy(value, dtype, name)


def _strings(value: Any, dtype: DType | None, name: str) -> Any:
    if dtype is not None and dtype.name != "string":
        raise DTypeMismatchError(
            f"{name} cannot use an array of strings as {dtype.name}. Received: {short(value)}"
        )
    array = np.array(value, object)
    flat = array.reshape(-1)
    for index, element in enumerate(flat):
        flat[index] = as_bytes(element, name)
    return array


# Sequences that hold tensors ------------------------------------------------------------------


def _some_tensor(value: Any) -> Tensor | None:
    """A tensor somewhere in a nested sequence, None if there is none."""
    for item in value:
        if isinstance(item, Tensor):
            return item
        if hasattr(item, "__tensor__"):
            return item.__tensor__(None)
        if isinstance(item, list | tuple) and (found := _some_tensor(item)) is not None:
            return found
    return None


def _pack(value: Any, some: Tensor, dtype: DType | None, name: str) -> Tensor:
    """Stack the items; those that are no tensors take the dtype of those that are."""
    wanted = some.dtype if dtype is None else dtype
    items = [
        item
        if item.__class__ is EagerTensor and item.dtype is wanted
        else to_tensor(item, wanted, name=name)
        for item in value
    ]
    first = items[0].sizes
    for item in items:
        if not are_compatible(first, item.sizes):
            shapes = f"{items[0].shape}, {item.shape}"
            raise InvalidArgumentError(
                f"{name} expected tensors of one shape. Received: shapes {shapes}"
            )
    return type(some).__pack__(items)


def _try_hint(value: Any, hint: DType, name: str) -> Any:
    try:
        return to_array(value, hint, name)
    except (TypeError, ValueError):
        return None
