"""Arrays that the format has no dtype for, as arrays that it has, with a note that says so.

* complex128: float64 with one more axis, of the real and the imaginary part; the note is
  `{"dtype": "complex128"}`.
* the narrow dtypes that the format does not name, as int4: uint8; the note is `{"dtype": "int4"}`.
* strings: bytes (uint8); first where each string begins and the last one ends, counted from the
  end of this table, as little-endian 64-bit integers, then the strings. The note is
  `{"dtype": "string", "shape": [...]}`.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.specs import TensorSpec
from eagre.state.checkpoint.safetensors_file import CODE_OF, CODES, Stored, is_sizes

_NARROW = tuple(sorted(each.name for each in dtypes.NARROW if each.name not in CODE_OF))
_NOTED = ("complex128", "string", *_NARROW)


def encode(array: Any) -> Stored:
    """How an array is stored."""
    dtype = dtypes.from_numpy(array.dtype)
    if dtype == dtypes.string:
        data = _encode_strings(array)
        return Stored(data, "U8", data.shape, {"dtype": "string", "shape": list(array.shape)})
    if dtype == dtypes.complex128:
        return Stored(array, "F64", (*array.shape, 2), {"dtype": "complex128"})
    if dtype.name in _NARROW:
        return Stored(array.view(np.uint8), "U8", array.shape, {"dtype": dtype.name})
    return Stored(array, CODE_OF[dtype.name], array.shape, {})


def _encode_strings(array: Any) -> Any:
    texts = [_as_bytes(text) for text in array.reshape(-1).tolist()]
    ends = np.cumsum([0, *map(len, texts)], dtype="<i8")
    return np.frombuffer(b"".join([ends.tobytes(), *texts]), np.uint8)


def _as_bytes(text: Any) -> bytes:
    return text.encode() if isinstance(text, str) else bytes(text)


def spec_of(entry: Any, note: dict[str, Any], damaged: Any) -> TensorSpec:
    """Shape and dtype of the array that was encoded; `damaged` words the error."""
    kind, stored = note.get("dtype"), CODES[entry.code]
    if kind is None:
        return TensorSpec.of(entry.shape, stored)
    if kind == "string" and is_sizes(note.get("shape")) and stored == dtypes.uint8:
        if len(entry.shape) == 1 and entry.shape[0] >= 8 * (prod(note["shape"]) + 1):
            return TensorSpec.of(tuple(note["shape"]), dtypes.string)
    if kind == "complex128" and stored == dtypes.float64 and entry.shape[-1:] == (2,):
        return TensorSpec.of(entry.shape[:-1], dtypes.complex128)
    if kind in _NARROW and stored == dtypes.uint8:
        return TensorSpec.of(entry.shape, dtypes.as_dtype(kind))
    raise damaged(f"a note of a dtype among {', '.join(_NOTED)} that fits the tensor", f"{note!r}")


def decode(stored: Any, spec: Any, damaged: Any) -> Any:
    """The array that was encoded, of which `spec_of` has said what it is."""
    if spec.dtype == dtypes.complex128:
        return np.ascontiguousarray(stored).view(np.complex128).reshape(spec.sizes)
    if spec.dtype == dtypes.string:
        return _decode_strings(stored, spec, damaged)
    return stored.view(spec.dtype.numpy) if spec.dtype.name in _NARROW else stored


def _decode_strings(stored: Any, spec: Any, damaged: Any) -> Any:
    count = prod(spec.sizes)
    table, texts = np.ascontiguousarray(stored[: 8 * (count + 1)]), stored[8 * (count + 1) :]
    ends = table.view("<i8").tolist()
    if ends[0] != 0 or ends[-1] != len(texts) or sorted(ends) != ends:
        raise damaged("strings one after the other", f"places {ends[:8]}")
    data = texts.tobytes()
    array = np.empty(count, object)
    for number in range(count):
        array[number] = data[ends[number] : ends[number + 1]]
    return array.reshape(spec.sizes)
