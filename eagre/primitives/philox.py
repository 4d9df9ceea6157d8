"""Philox 4x32-10: blocks of four random words of 32 bits, as functions of a key and a counter.

The algorithm is that of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as
1, 2, 3" (SC 2011).
"""

from __future__ import annotations

import functools
from itertools import pairwise
from typing import Any

import numpy as np

_ROUNDS = 10
_FACTORS = 0xD2511F53, 0xCD9E8D57
_STEPS = 0x9E3779B9, 0xBB67AE85
_MASK = 0xFFFFFFFF
_MASK_64 = 0xFFFFFFFFFFFFFFFF
_MASK_128 = (1 << 128) - 1

FEW = 48
"""Up to so many blocks, Python's integers are quicker than the start of eighty kernels."""

# So many blocks at a time stay in the cache through all rounds.
_CHUNK = 16384
# So many words are made into numbers at a time: what is made of them on the way is small enough
# that the memory of one piece serves the next.
_PIECE = 16384
_BYTES = 16
_ONE = (1).to_bytes(_BYTES, "little")


def philox_block(key: int, counter: int) -> tuple[int, int, int, int]:
    """The words of one block."""
    f0, f1 = _FACTORS
    c0, c1 = counter & _MASK, counter >> 32 & _MASK
    c2, c3 = counter >> 64 & _MASK, counter >> 96 & _MASK
    for k0, k1 in _keys_of_rounds(key):
        p0, p1 = c0 * f0, c2 * f1
        c0, c1, c2, c3 = p1 >> 32 ^ c1 ^ k0, p1 & _MASK, p0 >> 32 ^ c3 ^ k1, p0 & _MASK
    return c0, c1, c2, c3


def philox_blocks(key: int, counter: int, offsets: Any) -> Any:
    """The words [blocks, 4] of the blocks whose counters are `counter + offsets` (uint64).

    The offsets ascend.
    """
    if len(offsets) <= FEW:
        return _few_blocks(key, [counter + each & _MASK_128 for each in offsets.tolist()])
    pairs, room = np.empty((len(offsets), 2), "<u8"), _room(len(offsets))
    for start in range(0, len(offsets), _CHUNK):
        piece = slice(start, start + _CHUNK)
        _turn(_fill(key, counter, offsets[piece], room), room, pairs[piece])
    return pairs.view("<u4")


def philox_words(key: int, counter: int, blocks: int) -> Any:
    """The words of consecutive blocks, in flat pieces; each is to be used before the next."""
    if blocks == 1:
        return (np.array(philox_block(key, counter), np.uint32),)
    if blocks <= FEW:
        few = [counter + block & _MASK_128 for block in range(blocks)]
        return (_few_blocks(key, few).reshape(-1),)
    return _pieces_of_words(key, counter, blocks)


def _pieces_of_words(key: int, counter: int, blocks: int) -> Any:
    pairs, room = np.empty((min(blocks, _CHUNK), 2), "<u8"), _room(blocks)
    offsets = np.arange(len(pairs), dtype=np.uint64)
    words = pairs.view("<u4").reshape(-1)
    for start in range(0, blocks, _CHUNK):
        number = min(blocks - start, _CHUNK)
        found = _fill(key, counter + start, offsets[:number], room)
        _turn(found, room, pairs[:number])
        for place in range(0, 4 * number, _PIECE):
            yield words[place : min(place + _PIECE, 4 * number)]


def philox_pairs(key: int, counter: int, offsets: Any) -> Any:
    """The blocks as numbers [2, blocks] of 64 bits, in which the first word is above the second.

    The offsets ascend, and are as many as stay in the cache.
    """
    if len(offsets) > FEW:
        return _fill(key, counter, offsets, np.empty((4, len(offsets)), np.uint64))
    words = philox_blocks(key, counter, offsets).view("<u8").T
    return words << _HALF | words >> _HALF


@functools.lru_cache(256)
def _keys_of_rounds(key: int) -> list[tuple[int, int]]:
    """For each round its two words of the key."""
    low, high = key & _MASK, key >> 32
    return [(low + i * _STEPS[0] & _MASK, high + i * _STEPS[1] & _MASK) for i in range(_ROUNDS)]


# Few blocks -----------------------------------------------------------------------------------


def _few_blocks(key: int, counters: list[int]) -> Any:
    """All blocks side by side in one large integer, of which each has 128 bits."""
    if len(counters) == 1:
        return np.array([philox_block(key, counters[0])], np.uint32)
    joined = b"".join([each.to_bytes(_BYTES, "little") for each in counters])
    words = _by_integers(int.from_bytes(joined, "little"), key, _ones(len(counters)))
    return np.frombuffer(words.to_bytes(_BYTES * len(counters), "little"), "<u4").reshape(-1, 4)


@functools.lru_cache(FEW)
def _ones(blocks: int) -> int:
    """A 1 in the place of each block."""
    return int.from_bytes(_ONE * blocks, "little")


def _by_integers(counters: int, key: int, ones: int) -> int:
    """The words of blocks in the places of their counters; `ones` has a 1 in each place."""
    mask = ones * _MASK
    f0, f1 = _FACTORS
    c0, c1 = counters & mask, counters >> 32 & mask
    c2, c3 = counters >> 64 & mask, counters >> 96 & mask
    for k0, k1 in _keys_of_rounds(key):
        p0, p1 = c0 * f0, c2 * f1
        low0, low1 = p0 & mask, p1 & mask
        c0 = (p1 ^ low1) >> 32 ^ c1 ^ ones * k0
        c2 = (p0 ^ low0) >> 32 ^ c3 ^ ones * k1
        c1, c3 = low1, low0
    return c0 | c1 << 32 | c2 << 64 | c3 << 96


# Many blocks ----------------------------------------------------------------------------------


def _whole(number: int) -> Any:
    """An array without axes: NumPy takes it quicker than a scalar of its own."""
    return np.array(number & _MASK_64, np.uint64)


_HALF = _whole(32)
_FACTOR_0, _FACTOR_1 = map(_whole, _FACTORS)


def _room(blocks: int) -> Any:
    """Memory for a chunk of blocks, and for the steps of a round beside them."""
    return np.empty((4, min(blocks, _CHUNK)), np.uint64)


def _fill(key: int, counter: int, offsets: Any, room: Any) -> Any:
    """The blocks of a chunk in the first two rows of the room."""
    room = room[:, : len(offsets)]
    first, last = counter + int(offsets[0]), counter + int(offsets[-1])
    if first >> 32 == last >> 32:
        _fill_alike(key, first & _MASK_128, offsets, room)
        return room[:2]
    rest = offsets + _whole(counter) >> _HALF
    cuts = [0, *(np.flatnonzero(rest[1:] != rest[:-1]) + 1).tolist(), len(offsets)]
    for start, stop in pairwise(cuts):
        first = counter + int(offsets[start]) & _MASK_128
        _fill_alike(key, first, offsets[start:stop], room[:, start:stop])
    return room[:2]


def _fill_alike(key: int, first: int, offsets: Any, room: Any) -> None:
    """Blocks whose counters differ in their lowest words only; `first` is the first one.

    A block is two numbers of 64 bits, the even word above the odd one, so that a product as it
    is gives two words of the next round. The keys of two rounds come in at once: that of the
    second one waits in the odd word, which becomes an even one.
    """
    x, y, t, u = room
    _first_rounds(x, y, _keys_of_rounds(key), first, offsets)
    for of_x, of_y in _keys_of_arrays(key):
        np.right_shift(y, _HALF, t)
        np.multiply(t, _FACTOR_1, t)
        np.right_shift(x, _HALF, u)
        np.multiply(u, _FACTOR_0, u)
        np.bitwise_xor(t, np.left_shift(x, _HALF, x), t)
        np.bitwise_xor(u, np.left_shift(y, _HALF, y), u)
        if of_x is not None:
            np.bitwise_xor(t, of_x, t)
            np.bitwise_xor(u, of_y, u)
        x, y, t, u = t, u, x, y


def _first_rounds(x: Any, y: Any, keys: Any, first: int, offsets: Any) -> None:
    """Two rounds and the keys of the third: of what does not differ one number is enough."""
    c0, c1 = first & _MASK, first >> 32 & _MASK
    c2, c3 = first >> 64 & _MASK, first >> 96
    (a0, b0), (a1, b1), (a2, b2) = keys[:3]
    p1 = c2 * _FACTORS[1]
    even, odd = p1 >> 32 ^ c1 ^ a0, p1 & _MASK
    np.multiply(offsets, _FACTOR_0, y)
    np.add(y, _whole((c0 - int(offsets[0])) * _FACTORS[0]), y)
    np.bitwise_xor(y, _whole((c3 ^ b0) << 32), y)
    np.right_shift(y, _HALF, x)
    np.multiply(x, _FACTOR_1, x)
    np.bitwise_xor(x, _whole((odd ^ a1) << 32 | a2), x)
    np.left_shift(y, _HALF, y)
    np.bitwise_xor(y, _whole(even * _FACTORS[0] ^ b1 << 32 ^ b2), y)


@functools.lru_cache(16)
def _keys_of_arrays(key: int) -> list[tuple[Any, Any]]:
    """For each round from the third on what comes in: for the fourth, sixth, eighth and tenth the
    keys of that round and of the next."""
    keys = [*_keys_of_rounds(key), (0, 0)]
    found: list[tuple[Any, Any]] = []
    for (a, b), (c, d) in zip(keys[3::2], keys[4::2], strict=True):
        found += [(None, None), (_whole(a << 32 | c), _whole(b << 32 | d))]
    return found


def _turn(blocks: Any, room: Any, pairs: Any) -> None:
    """Write the words of a chunk one after the other; its numbers of 64 bits are used up."""
    for number, x in enumerate(blocks):
        turned = np.left_shift(x, _HALF, room[2, : len(x)])
        np.right_shift(x, _HALF, x)
        np.bitwise_or(turned, x, pairs[:, number])
