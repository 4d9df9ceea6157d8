"""CRC-32C, the checksum in TensorFlow's files, by NumPy.

The checksum of bytes is a remainder of a polynomial. What stands early in a long text may be added
to later places instead, at distances that are exponents in a multiple of the divisor: a text of
any length becomes a short one with the same checksum, by whole arrays at a time.
"""

from __future__ import annotations

from typing import Any

import numpy as np

_POLYNOMIAL = 0x82F63B78
_ONES = 0xFFFFFFFF
_MASK_DELTA = 0xA282EAD8
_BLOCK = 1 << 20

DISTANCES = ((4323, 5259, 5685), (154, 177, 183, 258, 290))
"""In bytes. The square of a multiple is one, too, so each of them may be doubled at will."""


def _remainders() -> Any:
    """What each byte leaves when 0, 1, 2 … bytes of zeros follow: [followers, byte]."""
    found: Any = np.empty((DISTANCES[-1][-1], 256), np.uint32)
    register: Any = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        register = (register >> 1) ^ np.where(register & 1, np.uint32(_POLYNOMIAL), np.uint32(0))
    bytewise = register
    for row in found:
        row[:] = register
        register = bytewise[register & 255] ^ (register >> 8)
    return found


_REMAINDERS = _remainders()
_PLACES: Any = 256 * np.arange(len(_REMAINDERS))[::-1]
"""Where in the table the remainders of each byte begin, for a text as long as the table."""


def crc32c(data: Any, before: int = 0) -> int:
    """The checksum of bytes, or of bytes that follow those whose checksum is `before`.

    >>> from eagre.core.crc32c import crc32c
    >>> hex(crc32c(b"123456789")), crc32c(b"789", crc32c(b"123456")) == crc32c(b"123456789")
    ('0xe3069283', True)
    """
    array: Any = np.frombuffer(data, np.uint8)
    register = before ^ _ONES
    for start in range(0, array.size, _BLOCK):
        register = _advance(register, array[start : start + _BLOCK])
    return register ^ _ONES


def masked(checksum: int) -> int:
    """A checksum in the form in which files hold it, so that it may be checksummed again."""
    return (((checksum >> 15) | (checksum << 17)) + _MASK_DELTA) & _ONES


def _advance(register: int, block: Any) -> int:
    if block.size < 4:
        for byte in block.tolist():
            register = int(_REMAINDERS[0, (register ^ byte) & 255]) ^ (register >> 8)
        return register
    block = block.copy()
    block[:4] ^= np.frombuffer(register.to_bytes(4, "little"), np.uint8)
    block = _shortened(block)
    found = _REMAINDERS.take(_PLACES[_PLACES.size - block.size :] + block)
    return int(np.bitwise_xor.reduce(found))


def _shortened(block: Any) -> Any:
    """A text with the remainder of `block`, which is used up."""
    for distances in DISTANCES:
        scale = 1
        while 2 * scale * distances[-1] < block.size:
            scale *= 2
        while scale:
            block = _moved(block, [scale * distance for distance in distances])
            scale //= 2
    return block


def _moved(block: Any, distances: list[int]) -> Any:
    nearest, farthest = distances[0], distances[-1]
    while block.size > farthest:
        length = min(nearest, block.size - farthest)
        for distance in distances:
            block[distance : distance + length] ^= block[:length]
        block = block[length:]
    return block
