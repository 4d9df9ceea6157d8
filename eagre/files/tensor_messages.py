"""Arrays as TensorFlow's message for tensors: a dtype, a shape, and the bytes of the values."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.wire_format import Message, bytes_field, integer_field, read_fields
from eagre.files.example_fields import varints

_DTYPE, _SHAPE, _CONTENT, _STRINGS = 1, 2, 4, 8
_DIMENSION, _UNKNOWN_RANK, _SIZE = 2, 3, 1
_LARGEST = 2**62

_FLOAT, _DOUBLE, _INT, _COMPLEX, _INT64, _BOOL, _DOUBLE_COMPLEX, _HALF = 5, 6, 7, 9, 10, 11, 12, 13
_UINT32, _UINT64 = 16, 17
_PACKED = {_FLOAT: "<f4", _DOUBLE: "<f8", _COMPLEX: "<c8", _DOUBLE_COMPLEX: "<c16"}
_FIELDS = {
    "float32": _FLOAT, "float64": _DOUBLE, "complex64": _COMPLEX, "complex128": _DOUBLE_COMPLEX,
    "int64": _INT64, "bool": _BOOL, "float16": _HALF, "bfloat16": _HALF, "uint32": _UINT32,
    "uint64": _UINT64,
}  # fmt: skip


def encoded_shape(shape: tuple[int, ...]) -> bytes:
    """The message for a shape."""
    sizes = [bytes_field(_DIMENSION, integer_field(_SIZE, size)) for size in shape]
    return b"".join(sizes)


def encoded(array: Any) -> bytes:
    """The message for an array; strings are an array of bytes objects."""
    dtype = dtypes.from_numpy(array.dtype)
    head = integer_field(_DTYPE, dtype.as_datatype_enum)
    head += bytes_field(_SHAPE, encoded_shape(array.shape))
    if dtype is dtypes.string:
        return head + b"".join([bytes_field(_STRINGS, each) for each in array.reshape(-1).tolist()])
    values = np.ascontiguousarray(array)
    if values.dtype.byteorder == ">":
        values = values.astype(values.dtype.newbyteorder("<"))
    content = values.tobytes()
    return head + (bytes_field(_CONTENT, content) if content else b"")


def decoded(data: bytes) -> Any:
    """The array in a message.

    Raises:
        ValueError: the bytes are no such message.
    """
    message = Message(data)
    number = message.integer(_DTYPE)
    known = (*dtypes.ALL, *dtypes.NARROW)
    dtype = next((each for each in known if each.as_datatype_enum == number), None)
    if dtype is None or dtype.numpy is None:
        raise ValueError(f"values of the kind {number}, of which there is no dtype")
    shape = _decoded_shape(message.last_bytes(_SHAPE))
    count = prod(shape)
    if dtype is dtypes.string:
        values: Any = np.empty(len(message.all_bytes(_STRINGS)), object)
        values[:] = message.all_bytes(_STRINGS)
        return _filled(values, count, b"").reshape(shape)
    content = message.last_bytes(_CONTENT)
    if content:
        if len(content) != count * dtype.size:
            raise ValueError(f"{len(content)} bytes of content for a shape of {list(shape)}")
        return np.frombuffer(content, dtype.numpy).reshape(shape).copy()
    values = _listed(data, dtype)
    return _filled(values, count, 0).reshape(shape)


def _decoded_shape(data: bytes) -> tuple[int, ...]:
    message = Message(data)
    if message.integer(_UNKNOWN_RANK):
        raise ValueError("a shape of unknown rank")
    sizes = [Message(each).integer(_SIZE) for each in message.all_bytes(_DIMENSION)]
    if any(size > _LARGEST for size in sizes) or prod(sizes) > _LARGEST or len(sizes) > 32:
        raise ValueError(f"a shape of {sizes}")
    return tuple(sizes)


def _filled(values: Any, count: int, nothing: Any) -> Any:
    """So many values: the last one stands for those that are not there."""
    if values.size > count or (not values.size and count > 1 << 31):
        raise ValueError(f"{values.size} values for a shape of {count} elements")
    if values.size == count:
        return values
    found: Any = np.empty(count, values.dtype)
    found[: values.size] = values
    found[values.size :] = values[-1] if values.size else nothing
    return found


def _listed(data: bytes, dtype: Any) -> Any:
    """The values of a list, of the field that TensorFlow has for the dtype."""
    wanted = _FIELDS.get(dtype.name, _INT)
    pieces: list[Any] = []
    for number, content in read_fields(data):
        if number == wanted:
            pieces.append(_piece(content, wanted))
    if not pieces:
        return np.zeros(0, dtype.numpy)
    whole = np.concatenate(pieces)
    if wanted == _HALF:
        return whole.astype(np.uint16).view(dtype.numpy)
    return whole.astype(dtype.numpy)


def _piece(content: Any, wanted: int) -> Any:
    if not isinstance(content, bytes):
        if wanted in (_FLOAT, _DOUBLE):
            width = 4 if wanted == _FLOAT else 8
            return np.frombuffer(content.to_bytes(width, "little"), _PACKED[wanted])
        return np.array([content], np.uint64).view(np.int64)
    if wanted in _PACKED:
        return np.frombuffer(content, _PACKED[wanted])
    found = varints(np.frombuffer(content, np.uint8))
    if found is None:
        raise ValueError("integers that do not end")
    return found[0]
