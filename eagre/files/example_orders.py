"""Examples whose features come in one order, though their lengths differ.

All that stands before the values of a feature, its key and four lengths, follows from the first of
these lengths. So an `Order` knows for each feature the heads that it has met: one comparison of
bytes then goes past a head. What it does not know in this way it does not accept.
"""

from __future__ import annotations

from itertools import accumulate, compress
from typing import Any

import numpy as np

from eagre.core.wire_format import bytes_field, read_varint, varint
from eagre.files.example_fields import BYTES, FLOATS, Entry, entries, values_in, varints

_MARK = 6
"""So many bytes hold the first length, and tell it from others."""
_MOST_HEADS = 4096


class Order:
    """Keys and kinds in an order.

    Args:
        found: the entries of a record in this order.
        keys: those whose values are wanted.
    """

    __slots__ = ("_begins", "_entries", "_steps", "_wanted")

    def __init__(self, found: list[Entry], keys: list[bytes]) -> None:
        self._entries = found
        self._wanted = [entry.key in keys for entry in found]
        self._begins: dict[int, bytes] = {}
        self._steps: list[list[Any]] = [
            [b"\0", 1, 0, is_wanted, {}, number] for number, is_wanted in enumerate(self._wanted)
        ]

    @staticmethod
    def of(data: bytes, keys: list[bytes]) -> Order | None:
        """The order of a record, None where it is written in an unusual way."""
        found = entries(data)
        if not found or len({entry.key for entry in found}) < len(found):
            return None
        return Order(found, keys)

    def values(self, records: list[bytes]) -> tuple[list[bool], dict[bytes, Any]]:
        """Which records are in this order, and for each key the kind and the values of these."""
        rows = [self._parts(record) for record in records]
        flags = [row is not None for row in rows]
        columns = list(zip(*compress(rows, flags), strict=True))
        found: dict[bytes, Any] = {}
        for entry, column in zip(compress(self._entries, self._wanted), columns, strict=False):
            values = _values(entry.kind, column)
            if values is None:
                return [False] * len(records), {}
            found[entry.key] = entry.kind, values
        return flags, found

    def _parts(self, data: bytes) -> list[bytes] | None:
        """The bytes of the values of each wanted feature."""
        size = len(data)
        begin = self._begins.get(size) or self._begin(size)
        begins_with = data.startswith
        if not begins_with(begin):
            return None
        at = len(begin)
        parts: list[bytes] = []
        for step in self._steps:
            # Most heads are as in the record before.
            head, length, span, is_wanted, heads, number = step
            if not begins_with(head, at):
                found = heads.get(data[at : at + _MARK]) or self._learned(number, data, at)
                if found is None or not begins_with(found[0], at):
                    return None
                _, length, span = step[:3] = found
            start = at + length
            at = start + span
            if is_wanted:
                parts.append(data[start:at])
        return parts if at == size else None

    def _begin(self, size: int) -> bytes:
        """What stands before the features in a record of that many bytes."""
        found = next(
            (b"\x0a" + varint(size - 1 - width) for width in range(1, 6)
             if len(varint(size - 1 - width)) == width), b"\0",
        )  # fmt: skip
        if len(self._begins) >= _MOST_HEADS:
            self._begins.clear()
        self._begins[size] = found
        return found

    def _learned(self, number: int, data: bytes, at: int) -> tuple[bytes, int, int] | None:
        """The head that stands at a place, if it is one of this feature; its length, and what is
        the length of the values."""
        entry = self._entries[number]
        found = entry_at(data, at)
        if found is None or found[:2] != entry[:2] or not found.kind:
            return None
        places = values_in(data, found)
        if places is None or len(places) != 1 or places[0][1] != found.stop:
            return None
        start, stop = places[0]
        head = data[at:start], start - at, stop - start
        heads = self._steps[number][4]
        if len(heads) >= _MOST_HEADS:
            heads.clear()
        heads[data[at : at + _MARK]] = head
        return head


def entry_at(data: bytes, at: int) -> Entry | None:
    """The feature of an Example that stands at a place, as `entries` finds it."""
    try:
        length, start = read_varint(data, at + 1)
        alone = bytes_field(1, data[at : start + length])
    except (IndexError, ValueError):
        return None
    found = entries(alone)
    if not found or len(found) != 1:
        return None
    shift = at - (len(alone) - (start + length - at))
    entry = found[0]
    return Entry(entry.key, entry.kind, entry.start + shift, entry.stop + shift)


def _values(kind: int, column: Any) -> Any:
    """The values of a feature: an array of rows, or a list of rows of several lengths."""
    if kind == BYTES:
        found = np.empty((len(column), 1), object)
        found[:, 0] = column
        return found
    bounds = list(accumulate(map(len, column)))
    whole: Any = np.frombuffer(b"".join(column), np.uint8)
    if kind == FLOATS:
        if any(bound % 4 for bound in bounds):
            return None
        return _rows(whole.view("<f4").astype(np.float32), np.array(bounds) // 4)
    decoded = varints(whole)
    if decoded is None:
        return None
    values, ends = decoded
    counts = np.searchsorted(ends, bounds)
    # Each list has to end where an integer ends.
    if (ends[counts - 1] != np.array(bounds) - 1).any():
        return None
    return _rows(values, counts)


def _rows(values: Any, bounds: Any) -> Any:
    """Flat values cut at the bounds: an array where all rows are as long as the first."""
    size, count = int(bounds[0]), len(bounds)
    if values.size == size * count and (np.diff(bounds) == size).all():
        return values.reshape(count, size)
    return np.split(values, bounds[:-1])
