"""FarmHash's 64-bit fingerprint of bytes: a hash that is the same on every machine and for ever.

Pike and Alakuijala, "FarmHash", 2014: the function that the library calls Fingerprint64.
"""

from __future__ import annotations

from struct import unpack_from

_MASK = (1 << 64) - 1
_K0, _K1, _K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F


def fingerprint(data: bytes) -> int:
    """The fingerprint, an integer of 64 bits without a sign."""
    if len(data) <= 16:
        return _of_up_to_16(data)
    if len(data) <= 32:
        return _of_up_to_32(data)
    return _of_up_to_64(data) if len(data) <= 64 else _of_many(data)


def _word(data: bytes, place: int) -> int:
    return unpack_from("<Q", data, place)[0]


def _turned(x: int, bits: int) -> int:
    """Rotated to the right."""
    x &= _MASK
    return x >> bits | x << (64 - bits) & _MASK


def _folded(x: int) -> int:
    x &= _MASK
    return x ^ x >> 47


def _joined(x: int, y: int, factor: int) -> int:
    """A hash of two numbers."""
    first = _folded((x ^ y) * factor)
    return _folded((y ^ first) * factor) * factor & _MASK


def _of_up_to_16(data: bytes) -> int:
    size = len(data)
    factor = _K2 + 2 * size
    if size >= 8:
        a, b = _word(data, 0) + _K2 & _MASK, _word(data, size - 8)
        c = _turned(b, 37) * factor + a & _MASK
        d = (_turned(a, 25) + b) * factor & _MASK
        return _joined(c, d, factor)
    if size >= 4:
        first, last = unpack_from("<I", data)[0], unpack_from("<I", data, size - 4)[0]
        return _joined(size + (first << 3), last, factor)
    if size:
        y = data[0] + (data[size >> 1] << 8)
        z = size + (data[-1] << 2)
        return _folded(y * _K2 & _MASK ^ z * _K0 & _MASK) * _K2 & _MASK
    return _K2


def _of_up_to_32(data: bytes) -> int:
    size = len(data)
    factor = _K2 + 2 * size
    a, b = _word(data, 0) * _K1, _word(data, 8)
    c, d = _word(data, size - 8) * factor, _word(data, size - 16) * _K2
    x = _turned(a + b, 43) + _turned(c, 30) + d & _MASK
    return _joined(x, a + _turned(b + _K2, 18) + c & _MASK, factor)


def _of_up_to_64(data: bytes) -> int:
    size = len(data)
    factor = _K2 + 2 * size
    a, b = _word(data, 0) * _K2, _word(data, 8)
    c, d = _word(data, size - 8) * factor, _word(data, size - 16) * _K2
    y = _turned(a + b, 43) + _turned(c, 30) + d & _MASK
    z = _joined(y, a + _turned(b + _K2, 18) + c & _MASK, factor)
    e, f = _word(data, 16) * factor, _word(data, 24)
    g, h = (y + _word(data, size - 32)) * factor, (z + _word(data, size - 24)) * factor
    x = _turned(e + f, 43) + _turned(g, 30) + h & _MASK
    return _joined(x, e + _turned(f + a, 18) + g & _MASK, factor)


def _block(data: bytes, place: int, a: int, b: int) -> tuple[int, int]:
    """32 bytes and two numbers as two numbers."""
    w, x, y, z = unpack_from("<4Q", data, place)
    a += w
    b = _turned(b + a + z, 21)
    c = a
    a += x + y
    b += _turned(a, 44)
    return a + z & _MASK, b + c & _MASK


def _of_many(data: bytes) -> int:
    y = 81 * _K1 + 113 & _MASK
    z = _folded(y * _K2 + 113) * _K2 & _MASK
    x = 81 * _K2 + _word(data, 0) & _MASK
    v, w = (0, 0), (0, 0)
    for place in range(0, (len(data) - 1) // 64 * 64, 64):
        x, y, z, v, w = _mixed(data, place, (x, y, z), v, w, (_K1, 1, 1))
    factor = _K1 + ((z & 0xFF) << 1)
    w = (w[0] + (len(data) - 1 & 63) & _MASK, w[1])
    v = (v[0] + w[0] & _MASK, v[1])
    w = (w[0] + v[0] & _MASK, w[1])
    x, y, z, v, w = _mixed(data, len(data) - 64, (x, y, z), v, w, (factor, 9, 9))
    first = _joined(v[0], w[0], factor) + _folded(y) * _K0 + z & _MASK
    return _joined(first, _joined(v[1], w[1], factor) + x & _MASK, factor)


def _mixed(
    data: bytes, place: int, xyz: tuple[int, int, int], v: tuple[int, int], w: tuple[int, int],
    factors: tuple[int, int, int],
) -> tuple[int, int, int, tuple[int, int], tuple[int, int]]:
    """64 bytes more."""
    x, y, z = xyz
    factor, of_w, of_v = factors
    x = _turned(x + y + v[0] + _word(data, place + 8), 37) * factor
    y = _turned(y + v[1] + _word(data, place + 48), 42) * factor
    x = (x ^ w[1] * of_w) & _MASK
    y = y + v[0] * of_v + _word(data, place + 40) & _MASK
    z = _turned(z + w[0], 33) * factor & _MASK
    v = _block(data, place, v[1] * factor, x + w[0])
    w = _block(data, place + 32, z + w[1], y + _word(data, place + 16))
    return z, y, x, v, w
