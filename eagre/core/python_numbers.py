"""Whether Python's numbers fit a dtype, and the errors for those that do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from eagre.core.dtypes import DType


def is_moderate(value: Any) -> bool:
    """Whether a number becomes float32 without a warning of NumPy's, which takes long to avoid."""
    return not value or (value.__class__ is float and 1e-37 < abs(value) < 1e38)


def too_large(value: Any, dtype: DType, name: str) -> ValueError:
    """The error for a number that is outside the range of its dtype."""
    kind = "an integer" if dtype.is_integer else "a number"
    return ValueError(f"{name} expected {kind} that fits {dtype.name}. Received: {short(value)}")


def wrapped_integer(value: int, dtype: DType, name: str) -> Any:
    """The array of an integer, of which the lowest bits count; it has 64 bits itself."""
    # The names of dtypes narrower than a byte end in the number of their bits.
    bits = int(dtype.name[-1]) if dtype.numpy.kind == "V" else dtype.size * 8
    if not -(2**63) <= value < (2**64 if dtype.name == "uint64" else 2**63):
        raise too_large(value, dtype, name)
    value %= 2**bits
    if not dtype.is_unsigned and value >= 2 ** (bits - 1):
        value -= 2**bits
    return np.array(value, dtype.numpy)


def fits(kind: type, dtype: DType) -> bool:
    """Whether numbers of a type of Python can be of a dtype."""
    if issubclass(kind, bool):
        return not dtype.name == "string"
    if issubclass(kind, int):
        return dtype.is_integer or dtype.is_floating or dtype.is_complex
    if issubclass(kind, float):
        return dtype.is_floating or dtype.is_complex
    return dtype.is_complex


def short(value: Any) -> str:
    """A value for a message."""
    if isinstance(value, int) and value.bit_length() > 256:
        return f"an integer of {value.bit_length()} bits"
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def described(value: Any) -> str:
    """A value of no use in a message: what it is, without addresses."""
    if value is None:
        return "None"
    if isinstance(value, type) or callable(value) and hasattr(value, "__name__"):
        kind = "class" if isinstance(value, type) else "function"
        return f"the {kind} {value.__name__}".replace("<lambda>", "lambda")
    kind: Any = value.__class__
    if kind.__repr__ is object.__repr__:
        return f"an object of type {kind.__name__}"
    return f"{short(value)} of type {kind.__name__}"
