"""Many Examples of one layout at once, as the rows of one array.

Programs write their records alike: the same keys in the same order, and lists of the same length.
A `Layout` says of each byte of a record whether it belongs to this frame or to a value. Records
that have the frame of a known layout are read by slicing columns; others are left to who reads
record by record.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.files.example_fields import (
    BYTES,
    FLOATS,
    INTEGERS,
    Entry,
    entries,
    values_in,
    varints,
)

_FRAME, _ENDS, _FREE = 0xFF, 0x80, 0x00


class Layout:
    """Where the values of each feature stand in records of one length and one frame."""

    __slots__ = ("_frame", "_mask", "places")

    def __init__(self, data: bytes, found: list[Entry]) -> None:
        self._mask = np.full(len(data), _FRAME, np.uint8)
        self.places: dict[bytes, tuple[int, list[tuple[int, int]]]] = {}
        for entry in found:
            places = values_in(data, entry)
            if places is None or entry.key in self.places:
                raise ValueError("another way of writing")
            for start, stop in places:
                self._free(data, entry.kind, start, stop)
            self.places[entry.key] = entry.kind, places
        self._frame = np.frombuffer(data, np.uint8) & self._mask

    def _free(self, data: bytes, kind: int, start: int, stop: int) -> None:
        """Let the bytes of values differ; of integers, which bytes end them has to be equal."""
        if kind == FLOATS and (stop - start) % 4:
            raise ValueError("no whole numbers")
        if kind == INTEGERS and varints(np.frombuffer(data[start:stop], np.uint8)) is None:
            raise ValueError("integers that do not end")
        self._mask[start:stop] = _ENDS if kind == INTEGERS else _FREE

    @staticmethod
    def of(data: bytes) -> Layout | None:
        """The layout of a record, None where it is written in an unusual way."""
        found = entries(data)
        try:
            return None if found is None else Layout(data, found)
        except (IndexError, ValueError):
            return None

    def fits(self, matrix: Any) -> Any:
        """Which rows have this frame."""
        return ((matrix & self._mask) == self._frame).all(1)

    def values(self, key: bytes, records: list[bytes], matrix: Any) -> Any:
        """The kind of the values of a feature, and these as an array, a row for each record."""
        kind, places = self.places.get(key, (0, []))
        count = len(records)
        if kind == BYTES:
            return kind, _slices(records, places)
        if not places:
            return kind, np.zeros((count, 0), _DTYPES.get(kind, np.int64))
        start, stop = places[0]
        columns: Any = np.ascontiguousarray(matrix[:, start:stop])
        if kind == FLOATS:
            return kind, columns.view("<f4").astype(np.float32, copy=False)
        found = varints(columns.reshape(-1))
        return kind, found[0].reshape(count, -1)


_DTYPES: dict[int, Any] = {FLOATS: np.float32, INTEGERS: np.int64}


def _slices(records: list[bytes], places: list[tuple[int, int]]) -> Any:
    found = np.empty((len(records), len(places)), object)
    for number, (start, stop) in enumerate(places):
        found[:, number] = [record[start:stop] for record in records]
    return found


def matrix_of(records: list[bytes]) -> Any:
    """Records of one length as the rows of an array of bytes."""
    whole: Any = np.frombuffer(b"".join(records), np.uint8)
    return whole.reshape(len(records), len(records[0]))
