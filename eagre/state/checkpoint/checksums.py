"""Checksums that cost less than reading memory does, and the seal of a header.

The checksum of bytes: for each block of 2²⁰ bytes the sum of its little-endian 64-bit words (the
last one filled up with zeros), and of these sums s the value of h ← h · K + s, all modulo 2⁶⁴. It
finds every change of a single word and of whole blocks; it is no protection against intent.

The seal of a JSON text is the CRC-32 of the text, written into a field of the text itself that
holds zeros while it is computed.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import Any
from zlib import crc32

import numpy as np

BLOCK = 1 << 20
_ROWS = 16
"""Blocks that a thread sums at once."""
_THREADS = 2
_PARTS = 4
"""Up to so many times `_ROWS` blocks are summed before a second thread would have begun."""
_FACTOR = 0x9E3779B97F4A7C15
_MASK = 2**64 - 1
_FIELD = b'"crc32":"'
_ZEROS = "0" * 8

FIELD = {"crc32": _ZEROS}
"""What a JSON object has to begin with so that its text can be sealed."""


class Checksum:
    """A checksum that grows with the bytes, given in blocks of which only the last is short."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value = 0

    def add(self, block: Any) -> None:
        """Take in the next block: a one-dimensional array of uint8, at most `BLOCK` long."""
        if block.size % 8:
            block = np.concatenate([block, np.zeros(-block.size % 8, np.uint8)])
        self.add_sum(int(_sums(block)) if block.size else 0)

    def add_sum(self, total: int) -> None:
        """Take in the next block by the sum of its words."""
        self.value = (self.value * _FACTOR + total) & _MASK

    def __str__(self) -> str:
        return f"{self.value:016x}"


def checksum(data: Any) -> str:
    """The checksum of a one-dimensional array of uint8, by two threads if it is large."""
    result = Checksum()
    if data.size <= BLOCK:
        result.add(data)
        return str(result)
    whole = data.size // BLOCK * BLOCK
    rows = data[:whole].reshape(-1, BLOCK)
    parts = [rows[i : i + _ROWS] for i in range(0, len(rows), _ROWS)]
    with ThreadPoolExecutor(_THREADS) if len(parts) > _PARTS else nullcontext() as pool:
        for sums in map(_sums, parts) if pool is None else pool.map(_sums, parts):
            for total in sums.tolist():
                result.add_sum(total)
    if whole < data.size:
        result.add(data[whole:])
    return str(result)


def _sums(data: Any) -> Any:
    """The sums of words along the last axis; NumPy lets other threads run meanwhile."""
    return np.add.reduce(data.view("<u8"), axis=-1, dtype=np.uint64)


def seal(text: bytes) -> bytes:
    """The text with its CRC-32 in its field."""
    at = text.index(_FIELD) + len(_FIELD)
    return text[:at] + b"%08x" % crc32(text) + text[at + len(_ZEROS) :]


def seal_of(text: bytes) -> str | None:
    """What stands in the field of a text, None if it has none near its beginning."""
    at = text.find(_FIELD, 0, 64)
    return None if at < 0 else text[at + len(_FIELD) :][: len(_ZEROS)].decode("ascii", "replace")


def is_unbroken(text: bytes) -> bool:
    """Whether a text is as it was when it was sealed."""
    at = text.find(_FIELD, 0, 64) + len(_FIELD)
    original = text[:at] + _ZEROS.encode() + text[at + len(_ZEROS) :]
    return seal_of(text) == f"{crc32(original):08x}"
