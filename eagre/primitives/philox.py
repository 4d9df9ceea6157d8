"""Philox 4x32-10: blocks of four random words of 32 bits, as functions of a key and a counter.

The algorithm is that of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as
1, 2, 3" (SC 2011).
"""

from __future__ import annotations

from typing import Any

import numpy as np

_ROUNDS = 10
_FACTORS = 0xD2511F53, 0xCD9E8D57
_STEPS = 0x9E3779B9, 0xBB67AE85
_MASK = 0xFFFFFFFF
_MASK_64 = 0xFFFFFFFFFFFFFFFF
_MASK_128 = (1 << 128) - 1

# Up to so many blocks, Python's integers are quicker than the start of a hundred kernels.
_FEW = 80
# So many blocks at a time stay in the cache through all rounds.
_CHUNK = 16384
# So many words are made into numbers at a time: what is made of them on the way is small enough
# that the memory of one piece serves the next.
_PIECE = 16384
_BYTES = 16
_ONE = (1).to_bytes(_BYTES, "little")


def philox_block(key: int, counter: int) -> tuple[int, int, int, int]:
    """The words of one block."""
    words = _by_integers(counter, key, 1)
    return words & _MASK, words >> 32 & _MASK, words >> 64 & _MASK, words >> 96


def philox_blocks(key: int, counter: int, offsets: Any) -> Any:
    """The words [blocks, 4] of the blocks whose counters are `counter + offsets` (uint64)."""
    if len(offsets) > _FEW:
        return _by_arrays(key, counter, offsets)
    return _few_blocks(key, [counter + each & _MASK_128 for each in offsets.tolist()])


def philox_words(key: int, counter: int, blocks: int) -> Any:
    """The words of consecutive blocks, in flat pieces."""
    if blocks <= _FEW:
        few = [counter + block & _MASK_128 for block in range(blocks)]
        yield _few_blocks(key, few).reshape(-1)
        return
    for start in range(0, blocks, _CHUNK):
        offsets = np.arange(start, min(start + _CHUNK, blocks), dtype=np.uint64)
        words = _by_arrays(key, counter, offsets).reshape(-1)
        for place in range(0, len(words), _PIECE):
            yield words[place : place + _PIECE]


def _few_blocks(key: int, counters: list[int]) -> Any:
    """All blocks side by side in one large integer, of which each has 128 bits."""
    size = _BYTES * len(counters)
    joined = b"".join([each.to_bytes(_BYTES, "little") for each in counters])
    ones = int.from_bytes(_ONE * len(counters), "little")
    words = _by_integers(int.from_bytes(joined, "little"), key, ones)
    return np.frombuffer(words.to_bytes(size, "little"), "<u4").reshape(-1, 4)


def _by_integers(counters: int, key: int, ones: int) -> int:
    """The words of blocks in the places of their counters; `ones` has a 1 in each place."""
    mask = ones * _MASK
    c0, c1 = counters & mask, counters >> 32 & mask
    c2, c3 = counters >> 64 & mask, counters >> 96 & mask
    k0, k1 = key & _MASK, key >> 32
    for _ in range(_ROUNDS):
        p0, p1 = c0 * _FACTORS[0], c2 * _FACTORS[1]
        low0, low1 = p0 & mask, p1 & mask
        c0 = (p1 ^ low1) >> 32 ^ c1 ^ ones * k0
        c2 = (p0 ^ low0) >> 32 ^ c3 ^ ones * k1
        c1, c3 = low1, low0
        k0, k1 = k0 + _STEPS[0] & _MASK, k1 + _STEPS[1] & _MASK
    return c0 | c1 << 32 | c2 << 64 | c3 << 96


# Many blocks ----------------------------------------------------------------------------------

# Arrays without axes: NumPy takes them quicker than its scalars.
_HALF = np.array(32, np.uint64)
_FACTOR_0, _FACTOR_1 = (np.array(each, np.uint64) for each in _FACTORS)


def _by_arrays(key: int, counter: int, offsets: Any) -> Any:
    low, high = (np.array(each, np.uint64) for each in (counter & _MASK_64, counter >> 64))
    keys = _keys_of_rounds(key)
    room = np.empty((4, min(len(offsets), _CHUNK)), np.uint64)
    pairs = np.empty((len(offsets), 2), "<u8")
    for start in range(0, len(offsets), _CHUNK):
        piece = offsets[start : start + _CHUNK]
        x, y, t, u = room[:, : len(piece)]
        np.add(piece, low, t)
        np.add(np.less(t, piece), high, u)
        _turned(t, x, x)
        _turned(u, y, y)
        x, y, t, u = _through_rounds(keys, x, y, t, u)
        _turned(x, t, pairs[start : start + _CHUNK, 0])
        _turned(y, u, pairs[start : start + _CHUNK, 1])
    return pairs.view("<u4")


def _through_rounds(keys: Any, x: Any, y: Any, t: Any, u: Any) -> tuple[Any, Any, Any, Any]:
    """A block is two numbers of 64 bits, the even word above the odd one, so that a product as it
    is gives two words of the next round; `t` and `u` are room."""
    for of_x, of_y in keys:
        np.right_shift(y, _HALF, t)
        np.multiply(t, _FACTOR_1, t)
        np.right_shift(x, _HALF, u)
        np.multiply(u, _FACTOR_0, u)
        np.bitwise_xor(t, np.left_shift(x, _HALF, x), t)
        np.bitwise_xor(u, np.left_shift(y, _HALF, y), u)
        np.bitwise_xor(t, of_x, t)
        np.bitwise_xor(u, of_y, u)
        x, y, t, u = t, u, x, y
    return x, y, t, u


def _keys_of_rounds(key: int) -> list[tuple[Any, Any]]:
    """For each round its two words of the key, in the place of an even word."""
    words = [((key & _MASK) + i * _STEPS[0], (key >> 32) + i * _STEPS[1]) for i in range(_ROUNDS)]
    return [
        (np.array((a & _MASK) << 32, np.uint64), np.array((b & _MASK) << 32, np.uint64))
        for a, b in words
    ]


def _turned(x: Any, room: Any, output: Any) -> None:
    """Exchange the halves of numbers of 64 bits; `x` is used up."""
    np.left_shift(x, _HALF, room)
    np.right_shift(x, _HALF, x)
    np.bitwise_or(room, x, output)
