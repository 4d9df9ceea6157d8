"""Numbers in texts, as TensorFlow reads them: decimal, hexadecimal, with spaces around them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

_HALFWAY = np.uint64(1 << 28)
_REST: Any = np.uint64((1 << 29) - 1)


class NotANumberError(ValueError):
    """A text is no number of the dtype; `place` is that of the text."""

    def __init__(self, place: int) -> None:
        super().__init__(place)
        self.place = place


def integer_of(text: bytes) -> int:
    """The integer in a text; what is none raises a ValueError."""
    if b"_" in text:
        raise ValueError(text)
    return int(text)


def float_of(text: bytes) -> float:
    """The number in a text, rounded to 64 bits; what is none raises a ValueError."""
    if b"_" in text:
        raise ValueError(text)
    try:
        return float(text)
    except ValueError:
        if b"x" not in text.lower():
            raise
        return _hexadecimal(text)


def _hexadecimal(text: bytes) -> float:
    try:
        return float.fromhex(text.decode("ascii", "replace"))
    except OverflowError:
        return float("-inf" if text.strip().startswith(b"-") else "inf")


def numbers_of(texts: list[bytes], dtype: Any) -> Any:
    """The numbers in texts as an array.

    Raises:
        NotANumberError: one of them is no number of the dtype.
    """
    convert = integer_of if dtype.kind == "i" else float_of
    try:
        values = list(map(convert, texts))
    except ValueError:
        raise NotANumberError(_first_wrong(texts, convert)) from None
    if dtype.kind == "i":
        return _integers(values, dtype)
    found: Any = np.array(values, np.float64)
    return found if dtype.itemsize == 8 else _as_float32(texts, found)


def _first_wrong(texts: list[bytes], convert: Any) -> int:
    for place, text in enumerate(texts):
        try:
            convert(text)
        except ValueError:
            return place
    raise AssertionError("all of them are numbers")


def _integers(values: list[Any], dtype: Any) -> Any:
    bits = 8 * dtype.itemsize - 1
    for place, value in enumerate(values):
        if not -(1 << bits) <= value < 1 << bits:
            raise NotANumberError(place)
    return np.array(values, dtype)


def _as_float32(texts: list[bytes], values: Any) -> Any:
    """The numbers rounded once: twice is wrong where the first result lies between two float32."""
    with np.errstate(over="ignore"):
        found = values.astype(np.float32)
    for place in np.flatnonzero((values.view(np.uint64) & _REST) == _HALFWAY).tolist():
        found[place] = _rounded_once(texts[place], values[place], found[place])
    return found


def _rounded_once(text: bytes, middle: Any, rounded: Any) -> Any:
    if not np.isfinite(middle) or b"x" in text.lower():
        return rounded
    exact, between = Fraction(text.decode().strip()), Fraction(float(middle))
    if exact == between:
        return rounded
    low, high = np.float32(middle), np.float32(middle)
    if float(low) > middle:
        low = np.nextafter(low, np.float32(-np.inf))
    else:
        high = np.nextafter(high, np.float32(np.inf))
    return high if exact > between else low
