"""Snappy, in which blocks of a sorted table may be compressed: reading only.

A length, then literals and copies of what stands before. Damaged bytes raise a ValueError.
"""

from __future__ import annotations

from eagre.core.wire_format import read_varint

_LARGEST_RATIO = 32


def decompress(data: bytes) -> bytes:
    """The bytes that were compressed.

    >>> from eagre.state.checkpoint.snappy import decompress
    >>> decompress(bytes([6, 1 << 2]) + b"ab" + bytes([0b001, 2]))
    b'ababab'
    """
    length, at = read_varint(data, 0)
    # The densest element makes 64 bytes of 3.
    if length > _LARGEST_RATIO * len(data):
        raise ValueError(f"{length} bytes compressed to {len(data)}")
    found = bytearray()
    while at < len(data) and len(found) < length:
        kind = data[at] & 3
        at = _literal(data, at, found) if kind == 0 else _copy(data, at, kind, found)
    if at != len(data) or len(found) != length:
        raise ValueError(f"{len(found)} bytes in place of {length} compressed ones")
    return bytes(found)


def _literal(data: bytes, at: int, found: bytearray) -> int:
    length, at = data[at] >> 2, at + 1
    if length >= 60:
        width = length - 59
        length, at = _number(data, at, width), at + width
    text = data[at : at + length + 1]
    if len(text) <= length:
        raise ValueError(f"{length + 1} compressed bytes at byte {at} of {len(data)}")
    found += text
    return at + length + 1


def _copy(data: bytes, at: int, kind: int, found: bytearray) -> int:
    tag, at = data[at], at + 1
    if kind == 1:
        length, distance = (tag >> 2 & 7) + 4, (tag >> 5) << 8 | _number(data, at, 1)
        width = 1
    else:
        width = 2 if kind == 2 else 4
        length, distance = (tag >> 2) + 1, _number(data, at, width)
    if not 0 < distance <= len(found):
        raise ValueError(f"a copy of what stands {distance} bytes before byte {len(found)}")
    # The copy may overlap what it makes: then it repeats.
    part = bytes(found[len(found) - distance :][:length])
    found += (part * (length // len(part) + 1))[:length]
    return at + width


def _number(data: bytes, at: int, width: int) -> int:
    text = data[at : at + width]
    if len(text) < width:
        raise ValueError(f"the end of compressed bytes within an element, at byte {at}")
    return int.from_bytes(text, "little")
