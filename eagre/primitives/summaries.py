"""Values as TensorFlow's operations write them: numbers, and arrays with their middle left out."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from eagre.core import dtypes

_array_type: Any = np.ndarray
_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "'": "\\'", "\\": "\\\\"}


def summary(array: Any, summarize: int) -> str:
    """The array with at most `summarize` elements at both ends of each axis, -1 for all."""
    write = _writer(array.dtype)
    if not array.shape:
        return write(array[()]) if summarize else "..."
    ends = min(array.size, array.size if summarize < 0 else summarize)
    return _axis(array, array.ndim, ends, write)


def _axis(array: Any, rank: int, ends: int, write: Any) -> str:
    """The elements along the first axis of what is left of an array of `rank` axes."""
    if array.__class__ is not _array_type:
        return write(array)
    size, depth = len(array), rank - array.ndim
    gap = " " if array.ndim == 1 else "\n" * (array.ndim - 1) + " " * (depth + 1)
    start = [_axis(array[index], rank, ends, write) for index in range(min(ends, size))]
    end = range(max(ends, size - ends), size)
    dots = ["..."] if size > 2 * ends else []
    parts = [*start, *dots, *[_axis(array[index], rank, ends, write) for index in end]]
    lead = gap if dots and not start else ""
    return f"[{lead}{gap.join(parts)}]"


def _writer(dtype: Any) -> Any:
    """The function that writes one element of a NumPy dtype."""
    name = dtypes.from_numpy(dtype).name
    if name == "string":
        return quoted
    if name == "bool":
        return _truth
    if name.startswith("complex"):
        return _wide_complex if name == "complex128" else _complex
    if name == "float64":
        return _double
    return _single if dtypes.as_dtype(name).is_floating else str


def _truth(value: Any) -> str:
    return str(int(value))


def _complex(value: Any) -> str:
    return f"({_single(value.real)},{_single(value.imag)})"


def _wide_complex(value: Any) -> str:
    return f"({_double(value.real)},{_double(value.imag)})"


def _single(value: Any) -> str:
    return _shortest(np.float32(value), 6, 9)


def _double(value: Any) -> str:
    return _shortest(np.float64(value), 15, 17)


def _shortest(value: Any, few: int, many: int) -> str:
    """The number with few digits, or with so many that it can be read back."""
    text = f"{value:.{few}g}"
    return text if type(value)(text) == value or value != value else f"{value:.{many}g}"


def quoted(value: bytes) -> str:
    """A string between quotation marks; what cannot be shown stands as its octal code."""
    text = value.decode("utf-8", "surrogateescape")
    letters = [_ESCAPES.get(letter) or _shown(letter) for letter in text]
    return '"' + "".join(letters) + '"'


def _shown(letter: str) -> str:
    code = ord(letter)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\{code - 0xDC00:03o}"
    return f"\\{code:03o}" if code < 32 or code == 127 else letter


def listed(array: Any, summarize: int) -> str:
    """The first elements, for a message: `[1 2 3 ...]`."""
    count = prod(array.shape)
    shown = count if summarize < 0 else summarize
    if not array.shape or count <= shown:
        return summary(array, -1)
    write = _writer(array.dtype)
    return "[" + " ".join([write(each) for each in array.reshape(-1)[:shown]]) + " ...]"
