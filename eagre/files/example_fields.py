"""The fields of `tf.train.Example` and `SequenceExample` in their bytes.

An Example is a map from keys to features, and a feature is a list of bytes, floats or integers.
`entries` goes quickly through bytes as programs write them; what is written in another way that is
allowed (fields in several parts, values that are not packed) is read field by field.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from eagre.core.wire_format import Message, read_fields, read_varint

BYTES, FLOATS, INTEGERS = 1, 2, 3
KINDS = {BYTES: "string", FLOATS: "float32", INTEGERS: "int64"}
_MAP_ENTRY, _KEY, _VALUE = 0x0A, 0x0A, 0x12
_LISTS = {0x0A: BYTES, 0x12: FLOATS, 0x1A: INTEGERS}
_LONGEST = 10


class Entry(NamedTuple):
    """A feature in an Example: its key, what is in its list (0: nothing), and where that stands."""

    key: bytes
    kind: int
    start: int
    stop: int


def entries(data: bytes) -> list[Entry] | None:
    """The features of an Example in one piece, None where it is written in another way."""
    try:
        return _entries(data)
    except (IndexError, ValueError):
        return None


def _entries(data: bytes) -> list[Entry] | None:
    found: list[Entry] = []
    if not data:
        return found
    end = len(data)
    length, at = _length(data, 1)
    if data[0] != 0x0A or at + length != end:
        return None
    while at < end:
        if data[at] != _MAP_ENTRY:
            return None
        length, at = _length(data, at + 1)
        stop = at + length
        entry = _entry(data, at, stop) if stop <= end else None
        if entry is None:
            return None
        found.append(entry)
        at = stop
    return found


def _entry(data: bytes, at: int, stop: int) -> Entry | None:
    if data[at] != _KEY:
        return None
    length, at = _length(data, at + 1)
    key, at = data[at : at + length], at + length
    if data[at] != _VALUE:
        return None
    length, at = _length(data, at + 1)
    if at + length != stop:
        return None
    if not length:
        return Entry(key, 0, at, at)
    kind = _LISTS.get(data[at], 0)
    length, at = _length(data, at + 1)
    return Entry(key, kind, at, stop) if kind and at + length == stop else None


def _length(data: bytes, at: int) -> tuple[int, int]:
    first = data[at]
    return (first, at + 1) if first < 128 else read_varint(data, at)


def values_in(data: bytes, entry: Entry) -> list[tuple[int, int]] | None:
    """Where the values of a list stand: each of the bytes, or all numbers, packed, at once."""
    at, stop = entry.start, entry.stop
    places: list[tuple[int, int]] = []
    while at < stop:
        if data[at] != 0x0A:
            return None
        length, at = _length(data, at + 1)
        if at + length > stop:
            return None
        places.append((at, at + length))
        at += length
    return places if entry.kind == BYTES or len(places) < 2 else None


# Field by field -------------------------------------------------------------------------------


def features_of(data: bytes) -> dict[bytes, tuple[int, Any]]:
    """For each key of an Example the kind of its values, and these; damage raises a ValueError."""
    quick = entries(data)
    if quick is None or len({entry.key for entry in quick}) < len(quick):
        return features_in(b"".join(Message(data).all_bytes(1)))
    return {e.key: (e.kind, listed(e.kind, data[e.start : e.stop])) for e in quick}


def features_in(data: bytes) -> dict[bytes, tuple[int, Any]]:
    """The same for the bytes of `Features`."""
    return {key: feature(message) for key, message in map_of(data).items()}


def map_of(data: bytes) -> dict[bytes, bytes]:
    """The messages that a map has for its keys; of several for one key the last one counts."""
    pairs = [Message(pair) for pair in Message(data).all_bytes(1)]
    if not all(pair.all_bytes(2) for pair in pairs):
        raise ValueError("a key without a value")
    return {pair.last_bytes(1): pair.last_bytes(2) for pair in pairs}


def feature(data: bytes) -> tuple[int, Any]:
    """The kind of the values of a feature, and these: kind 0 where nothing is set."""
    kind, lists = 0, list[bytes]()
    for number, content in read_fields(data):
        if number not in KINDS:
            continue
        if not isinstance(content, bytes):
            raise ValueError(f"an integer in field {number}, which holds a list")
        lists = [*lists, content] if number == kind else [content]
        kind = number
    return kind, listed(kind, b"".join(lists))


def listed(kind: int, data: bytes) -> Any:
    """The values of a list: bytes, or an array."""
    if kind == BYTES:
        return Message(data).all_bytes(1)
    if kind == FLOATS:
        return _floats(data)
    return _integers(data) if kind == INTEGERS else []


def _floats(data: bytes) -> Any:
    pieces: list[bytes] = []
    for number, content in read_fields(data):
        if number == 1:
            pieces.append(content if isinstance(content, bytes) else content.to_bytes(4, "little"))
    packed = b"".join(pieces)
    if len(packed) % 4:
        raise ValueError(f"{len(packed)} bytes of floats, which are not whole numbers")
    return np.frombuffer(packed, "<f4").astype(np.float32)


def _integers(data: bytes) -> Any:
    pieces: list[Any] = []
    for number, content in read_fields(data):
        if number == 1 and isinstance(content, bytes):
            found = varints(np.frombuffer(content, np.uint8))
            if found is None:
                raise ValueError("integers that do not end")
            pieces.append(found[0])
        elif number == 1:
            pieces.append(np.array([content], np.uint64).view(np.int64))
    return np.concatenate(pieces) if pieces else np.zeros(0, np.int64)


def varints(data: Any) -> Any:
    """The integers of 64 bits in packed bytes, and the places of their last bytes.

    None where the last one does not end, or one is too long.
    """
    is_last = data < 128
    if is_last.all():
        return data.astype(np.int64), np.arange(data.size)
    ends: Any = np.flatnonzero(is_last)
    if not is_last[-1]:
        return None
    starts: Any = np.zeros_like(ends)
    starts[1:] = ends[:-1] + 1
    lengths = ends - starts + 1
    if lengths.max() > _LONGEST:
        return None
    places = np.arange(data.size) - np.repeat(starts, lengths)
    parts: Any = (data & np.uint8(127)).astype(np.uint64) << (7 * places).astype(np.uint64)
    return np.bitwise_or.reduceat(parts, starts).view(np.int64), ends
