"""The bytes of protocol buffers: numbered fields that hold an integer or bytes.

What the fields of a message mean is said where it is read. Damaged bytes raise a ValueError.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_WIDTHS = {_FIXED64: 8, _FIXED32: 4}
_LONGEST = 10


def varint(value: int) -> bytes:
    """An integer of at most 64 bits, seven bits to a byte, the lowest first.

    >>> from eagre.core.wire_format import varint
    >>> varint(300), len(varint(-1))
    (b'\\xac\\x02', 10)
    """
    value &= 2**64 - 1
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    found.append(value)
    return bytes(found)


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """The integer that stands at a place, and the place after it."""
    value = 0
    for number, byte in enumerate(data[at : at + _LONGEST]):
        value |= (byte & 127) << 7 * number
        if byte < 128:
            return value & (2**64 - 1), at + number + 1
    raise ValueError(f"no integer at byte {at} of {len(data)}")


def integer_field(number: int, value: int) -> bytes:
    """A field that holds an integer; one that holds 0 is left out."""
    return varint(number << 3 | _VARINT) + varint(value) if value else b""


def fixed_field(number: int, value: int) -> bytes:
    """A field that holds an integer in four bytes."""
    return varint(number << 3 | _FIXED32) + value.to_bytes(4, "little")


def bytes_field(number: int, value: bytes) -> bytes:
    """A field that holds bytes, a text in UTF-8, or a message."""
    return varint(number << 3 | _BYTES) + varint(len(value)) + value


def read_fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The numbers and contents of the fields of a message, in their order."""
    at = 0
    while at < len(data):
        tag, at = read_varint(data, at)
        kind = tag & 7
        if kind == _VARINT:
            value, at = read_varint(data, at)
            yield tag >> 3, value
            continue
        if kind == _BYTES:
            length, at = read_varint(data, at)
        elif kind in _WIDTHS:
            length = _WIDTHS[kind]
        else:
            raise ValueError(f"a field of kind {kind} at byte {at} of {len(data)}")
        content = data[at : at + length]
        if len(content) < length:
            raise ValueError(f"a field of {length} bytes at byte {at} of {len(data)}")
        at += length
        yield tag >> 3, content if kind == _BYTES else int.from_bytes(content, "little")


class Message:
    """The fields of a message, to be asked for by number.

    >>> from eagre.core.wire_format import Message, bytes_field, integer_field
    >>> message = Message(integer_field(1, 7) + bytes_field(2, b"a") + bytes_field(2, b"b"))
    >>> message.integer(1), message.integer(9), message.all_bytes(2)
    (7, 0, [b'a', b'b'])
    """

    __slots__ = ("_fields",)

    def __init__(self, data: bytes) -> None:
        self._fields: dict[int, list[int | bytes]] = {}
        for number, value in read_fields(data):
            self._fields.setdefault(number, []).append(value)

    def integer(self, number: int) -> int:
        """The integer in a field, the last one if there are several, 0 if there is none."""
        value = self._fields.get(number, [0])[-1]
        if isinstance(value, bytes):
            raise ValueError(f"bytes in field {number}, which holds an integer")
        return value

    def all_bytes(self, number: int) -> list[bytes]:
        """The bytes in all fields of a number."""
        values = self._fields.get(number, [])
        found = [value for value in values if isinstance(value, bytes)]
        if len(found) != len(values):
            raise ValueError(f"an integer in field {number}, which holds bytes")
        return found

    def last_bytes(self, number: int) -> bytes:
        """The bytes in a field, the last ones if there are several, none if there is none."""
        return next(reversed(self.all_bytes(number)), b"")

    def text(self, number: int) -> str:
        """The text in a field."""
        return self.last_bytes(number).decode("utf-8")
