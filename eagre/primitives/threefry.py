"""ThreeFry 2x32-20: blocks of two random words of 32 bits, as functions of a key and a counter.

The algorithm is that of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as
1, 2, 3" (SC 2011).
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

_ROTATIONS = (13, 15, 26, 6, 17, 29, 16, 24)
_ROUNDS = 20
_PARITY = 0x1BD11BDA
_MASK = 0xFFFFFFFF
_MASK_64 = 0xFFFFFFFFFFFFFFFF

# Up to so many blocks, Python's integers are quicker than the start of a hundred kernels.
_FEW = 128
# So many blocks at a time stay in the cache through all rounds.
_CHUNK = 16384


def threefry_blocks(key: int, counter: int, offsets: Any) -> Any:
    """The words [blocks, 2] of the blocks at `counter + offsets` (uint64)."""
    counters = offsets + np.array(counter & _MASK_64, np.uint64)
    words = np.empty((len(offsets), 2), np.uint32)
    if len(offsets) <= _FEW:
        words[:, 0], words[:, 1] = _few_blocks(key, counters)
        return words
    room = np.empty((3, _CHUNK), np.uint32)
    for start in range(0, len(offsets), _CHUNK):
        piece = counters[start : start + _CHUNK]
        x0, x1, spare = room[:, : len(piece)]
        np.copyto(x0, piece, casting="unsafe")
        np.copyto(x1, piece >> np.uint64(32), casting="unsafe")
        _through_rounds(key, x0, x1, spare)
        words[start : start + _CHUNK, 0], words[start : start + _CHUNK, 1] = x0, x1
    return words


def threefry_words(key: int, counter: int, shape: tuple[int, ...], wide: bool) -> Any:
    """The flat words of a value of `shape`, two for an element if it is `wide`.

    The words of a block stand side by side along the first axis of even size, or else along the
    longest one, which is then cut. That is how XLA has it, the only engine of TensorFlow for
    ThreeFry.
    """
    if wide:
        return threefry_blocks(key, counter, _consecutive(prod(shape))).reshape(-1)
    sizes = list(shape) or [1]
    even = [axis for axis, size in enumerate(sizes) if size % 2 == 0]
    axis = even[0] if even else sizes.index(max(sizes))
    sizes[axis] = -(-sizes[axis] // 2)
    blocks = threefry_blocks(key, counter, _consecutive(prod(sizes)))
    pairs = np.moveaxis(blocks.reshape(*sizes, 2), -1, axis + 1)
    sizes[axis] *= 2
    cut = (slice(None),) * axis + (slice((*shape, 1)[axis]),)
    return pairs.reshape(sizes)[cut].reshape(-1)


def _consecutive(number: int) -> Any:
    return np.arange(number, dtype=np.uint64)


def _keys(key: int) -> tuple[int, int, int]:
    k0, k1 = key & _MASK, key >> 32
    return k0, k1, _PARITY ^ k0 ^ k1


def _through_rounds(key: int, x0: Any, x1: Any, spare: Any) -> None:
    """The words of counters, in place of these."""
    keys = _keys(key)
    np.add(x0, _word(keys[0]), x0)
    np.add(x1, _word(keys[1]), x1)
    for step in range(_ROUNDS):
        turn = _ROTATIONS[step % 8]
        np.add(x0, x1, x0)
        np.left_shift(x1, _word(turn), spare)
        np.right_shift(x1, _word(32 - turn), x1)
        np.bitwise_or(x1, spare, x1)
        np.bitwise_xor(x1, x0, x1)
        if step % 4 == 3:
            injection = step // 4 + 1
            np.add(x0, _word(keys[injection % 3]), x0)
            np.add(x1, _word(keys[(injection + 1) % 3] + injection), x1)


def _word(number: int) -> Any:
    return np.array(number & _MASK, np.uint32)


def _few_blocks(key: int, counters: Any) -> tuple[Any, Any]:
    """All blocks side by side in one large integer, of which each has 64 bits."""
    size = 8 * len(counters)
    ones = int.from_bytes((1).to_bytes(8, "little") * len(counters), "little")
    mask = ones * _MASK
    keys = _keys(key)
    joined = int.from_bytes(counters.astype("<u8").tobytes(), "little")
    x0 = (joined & mask) + ones * keys[0] & mask
    x1 = (joined >> 32 & mask) + ones * keys[1] & mask
    for step in range(_ROUNDS):
        x0 = x0 + x1 & mask
        turned = x1 << _ROTATIONS[step % 8]
        x1 = (turned & mask | turned >> 32 & mask) ^ x0
        if step % 4 == 3:
            injection = step // 4 + 1
            x0 = x0 + ones * keys[injection % 3] & mask
            x1 = x1 + ones * (keys[(injection + 1) % 3] + injection) & mask
    first, second = (np.frombuffer(x.to_bytes(size, "little"), "<u8") for x in (x0, x1))
    return first, second
