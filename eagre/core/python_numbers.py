"""Python's numbers as arrays without axes, and the errors for those that do not fit a dtype."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from eagre.core import dtypes
from eagre.core.errors import InvalidArgumentError

if TYPE_CHECKING:
    from eagre.core.dtypes import DType


class DTypeMismatchError(InvalidArgumentError, TypeError):
    """Two dtypes meet that have to be the same, or a value does not fit its dtype."""


def number_array(value: Any, dtype: DType | None, name: str) -> Any:
    if dtype is None:
        return _number_without_dtype(value, name)
    if not fits(value.__class__, dtype):
        raise DTypeMismatchError(
            f"{name} expected a value that {dtype.name} can hold. Received: {value!r}, a Python "
            f"{type(value).__name__}. Use tf.cast, or a number of that dtype."
        )
    if isinstance(value, int) and dtype.is_integer:
        return wrapped_integer(value, dtype, name)
    if dtype.size >= 4 and _is_moderate(value):
        return np.array(value, dtype.numpy)
    try:
        with np.errstate(all="ignore"):
            array = np.array(value, dtype.numpy)
    except OverflowError:
        raise too_large(value, dtype, name) from None
    if isinstance(value, int | float) and np.isinf(array) and abs(value) != float("inf"):
        raise too_large(value, dtype, name)
    return array


def _is_moderate(value: Any) -> bool:
    """Whether a number becomes float32 without a warning of NumPy's, which takes long to avoid."""
    return not value or (value.__class__ is float and 1e-37 < abs(value) < 1e38)


def too_large(value: Any, dtype: DType, name: str) -> ValueError:
    kind = "an integer" if dtype.is_integer else "a number"
    return ValueError(f"{name} expected {kind} that fits {dtype.name}. Received: {short(value)}")


def _number_without_dtype(value: Any, name: str) -> Any:
    if isinstance(value, bool):
        return np.array(value)
    if isinstance(value, float):
        return number_array(value, dtypes.float32, name)
    if isinstance(value, complex):
        return np.array(value)
    if -(2**31) <= value < 2**31:
        return np.array(value, np.int32)
    if -(2**63) <= value < 2**63:
        return np.array(value, np.int64)
    raise too_large(value, dtypes.int64, name)


def wrapped_integer(value: int, dtype: DType, name: str) -> Any:
    bits = dtype.size * 8
    if not -(2**63) <= value < 2**64:
        raise too_large(value, dtype, name)
    value %= 2**bits
    if not dtype.is_unsigned and value >= 2 ** (bits - 1):
        value -= 2**bits
    return np.array(value, dtype.numpy)


def fits(kind: type, dtype: DType) -> bool:
    if issubclass(kind, bool):
        return not dtype.name == "string"
    if issubclass(kind, int):
        return dtype.is_integer or dtype.is_floating or dtype.is_complex
    if issubclass(kind, float):
        return dtype.is_floating or dtype.is_complex
    return dtype.is_complex


def short(value: Any) -> str:
    if isinstance(value, int) and value.bit_length() > 256:
        return f"an integer of {value.bit_length()} bits"
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
