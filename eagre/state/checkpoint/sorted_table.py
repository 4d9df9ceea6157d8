"""A sorted table of keys and values in one file, as LevelDB has it and TensorFlow's indexes are.

A block holds entries, of which each shares the beginning of its key with the one before it, and
the places where none is shared; after it stand the kind of its compression and a masked CRC-32C.
Blocks of entries come first, then one that lists them, and a footer says where that one is.
Damaged bytes raise a ValueError.
"""

from __future__ import annotations

from os.path import commonprefix
from typing import TYPE_CHECKING

from eagre.core.crc32c import crc32c, masked
from eagre.core.wire_format import read_varint, varint
from eagre.state.checkpoint.snappy import decompress

if TYPE_CHECKING:
    from collections.abc import Iterable

_MAGIC = (0xDB4775248B80FB57).to_bytes(8, "little")
_FOOTER = 48
_TRAILER = 5
_PLAIN, _SNAPPY = 0, 1
_BLOCK = 1 << 18
_INTERVAL = 16
_TOTAL_OF_KEYS = 1 << 27

Entries = list[tuple[bytes, bytes]]


# Reading --------------------------------------------------------------------------------------


def read_table(data: bytes) -> Entries:
    """The keys and values of a table, all of them checked."""
    if len(data) < _FOOTER or data[-8:] != _MAGIC:
        raise ValueError(f"{len(data)} bytes without the end of a sorted table")
    footer = data[-_FOOTER:]
    further, at = _read_place(footer, 0)
    index, _ = _read_place(footer, at)
    is_at_the_end = sum(further) + _TRAILER == index[0]
    is_at_the_end &= sum(index) + _TRAILER + _FOOTER == len(data)
    if not is_at_the_end or footer != _footer(further, index) or _read_block(data, further):
        raise ValueError(f"a sorted table whose index is at {index} of {len(data)} bytes")
    found: Entries = []
    end = total = 0
    for _, value in _read_block(data, index):
        place, _ = _read_place(value, 0)
        # Blocks in their order, each once: so a small file cannot be a large table.
        if place[0] < end or sum(place) > index[0]:
            raise ValueError(f"a block at {place}, after one that ends at {end}")
        end = sum(place)
        entries = _read_block(data, place)
        total += sum(len(key) for key, _ in entries)
        if total > _TOTAL_OF_KEYS or (found and entries and entries[0][0] <= found[-1][0]):
            raise ValueError(f"{total} bytes of keys, or keys out of order")
        found += entries
    return found


def _read_place(data: bytes, at: int) -> tuple[tuple[int, int], int]:
    start, at = read_varint(data, at)
    size, at = read_varint(data, at)
    return (start, size), at


def _read_block(data: bytes, place: tuple[int, int]) -> Entries:
    start, size = place
    content = data[start : start + size]
    trailer = data[start + size : start + size + _TRAILER]
    if len(content) < size or len(trailer) < _TRAILER:
        raise ValueError(f"a block at {place} of {len(data)} bytes")
    if masked(crc32c(content + trailer[:1])) != int.from_bytes(trailer[1:], "little"):
        raise ValueError(f"a block at {place} with another checksum")
    if trailer[0] not in (_PLAIN, _SNAPPY):
        raise ValueError(f"a block at {place} with compression {trailer[0]}")
    return _entries(decompress(content) if trailer[0] == _SNAPPY else content)


def _entries(block: bytes) -> Entries:
    count = int.from_bytes(block[-4:], "little")
    end = len(block) - 4 * (count + 1)
    if len(block) < 4 or end < 0:
        raise ValueError(f"a block of {len(block)} bytes with {count} places")
    found: Entries = []
    key, at, total = b"", 0, 0
    while at < end:
        shared, at = read_varint(block, at)
        own, at = read_varint(block, at)
        size, at = read_varint(block, at)
        before, stop = key, at + own + size
        key = key[:shared] + block[at : at + own]
        total += len(key)
        if shared > len(before) or stop > end or total > _TOTAL_OF_KEYS:
            raise ValueError(f"an entry that ends at {stop} in a block of {end} bytes")
        if found and key <= before:
            raise ValueError(f"the key {key!r:.80} after {before!r:.80}")
        found.append((key, block[at + own : stop]))
        at = stop
    return found


# Writing --------------------------------------------------------------------------------------


def write_table(entries: Iterable[tuple[bytes, bytes]]) -> bytes:
    """A table of entries whose keys ascend.

    >>> from eagre.state.checkpoint.sorted_table import read_table, write_table
    >>> read_table(write_table([(b"a", b"1"), (b"ab", b"2")]))
    [(b'a', b'1'), (b'ab', b'2')]
    """
    table = bytearray()
    index: Entries = []
    for block in _distributed(entries):
        index.append((block[-1][0], _written(_append(table, block, _INTERVAL))))
    if index:
        index[-1] = _short_key_after(index[-1][0]), index[-1][1]
    places = _append(table, [], _INTERVAL), _append(table, index, 1)
    return bytes(table) + _footer(*places)


def _footer(further: tuple[int, int], index: tuple[int, int]) -> bytes:
    """The end of a file, by which the rest is found."""
    places = _written(further) + _written(index)
    return places.ljust(_FOOTER - len(_MAGIC), b"\0") + _MAGIC


def _written(place: tuple[int, int]) -> bytes:
    return varint(place[0]) + varint(place[1])


def _distributed(entries: Iterable[tuple[bytes, bytes]]) -> list[Entries]:
    blocks: list[Entries] = []
    room = 0
    for key, value in entries:
        if room <= 0:
            blocks.append([])
            room = _BLOCK
        blocks[-1].append((key, value))
        room -= len(key) + len(value)
    return blocks


def _short_key_after(key: bytes) -> bytes:
    """A short key that is not before `key`: what LevelDB names the last block by."""
    for place, byte in enumerate(key):
        if byte < 255:
            return key[:place] + bytes([byte + 1])
    return key


def _append(table: bytearray, entries: Entries, interval: int) -> tuple[int, int]:
    """Append a block to a table; returns its place."""
    content = _block(entries, interval) + bytes([_PLAIN])
    place = len(table), len(content) - 1
    table += content + masked(crc32c(content)).to_bytes(4, "little")
    return place


def _block(entries: Entries, interval: int) -> bytes:
    block, restarts, before = bytearray(), [0], b""
    for number, (key, value) in enumerate(entries):
        is_restart = number % interval == 0
        shared = 0 if is_restart else len(commonprefix([before, key]))
        if number and is_restart:
            restarts.append(len(block))
        block += varint(shared) + varint(len(key) - shared) + varint(len(value))
        block += key[shared:] + value
        before = key
    places = [*restarts, len(restarts)]
    return bytes(block) + b"".join(place.to_bytes(4, "little") for place in places)
