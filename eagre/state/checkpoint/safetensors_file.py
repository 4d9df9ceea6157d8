"""One file in the safetensors format: eight bytes of length, a JSON header, the bytes of arrays.

Arrays are written one after the other straight from memory. A file is checked whole before
anything is read of it: header, names, dtypes, shapes and places; no code is ever run.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from eagre.core import dtypes
from eagre.core.caller import Called
from eagre.core.errors import DataLossError
from eagre.state.checkpoint.checksums import (
    BLOCK,
    FIELD,
    Checksum,
    checksum,
    is_unbroken,
    seal,
    seal_of,
)
from eagre.state.checkpoint.file_bytes import ALIGNMENT, FileBytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HEADER_LIMIT = 100_000_000
_RANK_LIMIT = 64
_NO_SUM = "0" * 16

CODES = {
    "BOOL": dtypes.bool_, "U8": dtypes.uint8, "I8": dtypes.int8, "U16": dtypes.uint16,
    "I16": dtypes.int16, "F16": dtypes.float16, "BF16": dtypes.bfloat16, "U32": dtypes.uint32,
    "I32": dtypes.int32, "F32": dtypes.float32, "U64": dtypes.uint64, "I64": dtypes.int64,
    "F64": dtypes.float64, "C64": dtypes.complex64,
}  # fmt: skip
"""The dtypes that the format has, by its names for them."""

CODE_OF = {dtype.name: code for code, dtype in CODES.items()}


class Entry(NamedTuple):
    """Where an array stands: dtype, shape, and the first byte and the end within the file."""

    code: str
    shape: tuple[int, ...]
    start: int
    stop: int


# Writing --------------------------------------------------------------------------------------


class Stored(NamedTuple):
    """An array to write, the dtype and shape that the header gives for it, and a note."""

    array: Any
    code: str
    shape: tuple[int, ...]
    note: dict[str, Any]


def write_file(
    file: Any, tensors: Mapping[str, Stored], metadata: Mapping[str, str], advance: Any
) -> str:
    """Write tensors to an empty unbuffered file, with a checksum for each.

    `advance` is told how many bytes have been written. Returns the seal of the header.
    """
    order = sorted(tensors, key=lambda name: _rank(tensors[name].array))
    ordered = {name: tensors[name] for name in order}
    sums = dict.fromkeys(order, _NO_SUM)
    file.seek(8 + len(_header(ordered, sums, metadata)))
    with ThreadPoolExecutor(1) as pool:
        # Both let other threads run: the sums are there as soon as the bytes are.
        results = {name: pool.submit(_sum_of, each.array) for name, each in ordered.items()}
        try:
            for stored in ordered.values():
                _write_array(file, stored.array, advance)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
        sums = {name: result.result() for name, result in results.items()}
    header = seal(_header(ordered, sums, metadata))
    file.seek(0)
    file.write(len(header).to_bytes(8, "little") + header)
    return seal_of(header) or ""


def _rank(array: Any) -> tuple[bool, int]:
    """Whole multiples of the alignment first, then large elements: so each array is aligned."""
    return array.nbytes % ALIGNMENT != 0, -array.itemsize


def _header(
    tensors: Mapping[str, Stored], sums: dict[str, str], metadata: Mapping[str, str]
) -> bytes:
    notes = {name: {"checksum": sums[name], **stored.note} for name, stored in tensors.items()}
    header: dict[str, Any] = {"__metadata__": {**FIELD, **metadata, "tensors": to_json(notes)}}
    end = 0
    for name, (array, code, shape, _) in tensors.items():
        start, end = end, end + array.nbytes
        header[name] = {"dtype": code, "shape": shape, "data_offsets": (start, end)}
    text = to_json(header).encode()
    return text + b" " * (-(8 + len(text)) % ALIGNMENT)


def to_json(value: Any) -> str:
    """A value as JSON without spaces."""
    return json.dumps(value, separators=(",", ":"))


def _write_array(file: Any, array: Any, advance: Any) -> None:
    for block in blocks(array):
        view = memoryview(block)
        while view:
            view = view[file.write(view) :]
        advance(block.size)


def _sum_of(array: Any) -> str:
    result = Checksum()
    for block in blocks(array):
        result.add(block)
    return str(result)


def blocks(array: Any) -> Iterator[Any]:
    """The bytes of an array in row-major order, block by block, copied only where they lie apart.

    >>> from eagre.state.checkpoint.safetensors_file import blocks
    >>> [block.tolist() for block in blocks(np.array([[1, 2], [3, 4]], np.uint8).T)]
    [[1, 3, 2, 4]]
    """
    if array.flags.c_contiguous:
        data = array.reshape(-1).view(np.uint8)
        for start in range(0, data.size, BLOCK):
            yield data[start : start + BLOCK]
        return
    per_block = BLOCK // array.itemsize
    for start in range(0, array.size, per_block):
        # A flat iterator copies the elements that are asked for, whatever their strides.
        part = array.flat[start : start + per_block]
        yield part.view(np.uint8)


# Reading --------------------------------------------------------------------------------------


class SafetensorsFile:
    """A file that has been opened and checked; arrays are read when they are asked for."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._bytes = FileBytes(path)
        self.close, self._size = self._bytes.close, self._bytes.size
        try:
            header = self._read_header()
            self.seal = seal_of(header)
            if self.seal is not None and not is_unbroken(header):
                raise self.damaged("a header that is as it was written", f"seal={self.seal!r}")
            self._parse(header)
        except BaseException:
            self.close()
            raise

    def damaged(self, expected: str, received: str) -> DataLossError:
        """The error for a file that is not as it should be."""
        return DataLossError(
            f"{Called('restore')} expected {expected} in a safetensors file. "
            f"Received: {received:.200} in path={self.path!r}. The file is damaged, or no "
            "safetensors file."
        )

    def _read_header(self) -> bytes:
        first = bytes(self._bytes.read(0, min(8, self._size)))
        length = int.from_bytes(first, "little")
        if len(first) < 8 or length > min(HEADER_LIMIT, self._size - 8):
            raise self.damaged(
                f"a header within the file and of at most {HEADER_LIMIT} bytes",
                f"{length} bytes of header, {self._size} of file",
            )
        self._data_start = 8 + length
        header = bytes(self._bytes.read(8, 8 + length))
        if header[:1] != b"{":
            raise self.damaged("a header of JSON", repr(header[:20]))
        return header

    def _parse(self, text: bytes) -> None:
        header = parse_json(text, self.damaged)
        metadata = header.pop("__metadata__", {})
        if not is_text_table(metadata):
            raise self.damaged("metadata of texts", f"{metadata!r}")
        if metadata.get("format") == "eagre" and self.seal is None:
            raise self.damaged("a header with its seal", "none")
        self.metadata: dict[str, str] = metadata
        self.entries = {name: self._entry(name, found) for name, found in header.items()}
        self._check_places()
        about = parse_json(metadata.get("tensors", "{}").encode(), self.damaged)
        self.notes: dict[str, dict[str, Any]] = about
        for name, note in about.items():
            if name not in self.entries or not isinstance(note, dict):
                raise self.damaged("notes about its tensors", f"{name!r}: {note!r}")

    def _entry(self, name: str, found: Any) -> Entry:
        expected = f"a dtype, shape and place of {name!r:.80}"
        if not isinstance(found, dict) or found.keys() != {"dtype", "shape", "data_offsets"}:
            raise self.damaged(expected, f"{found!r}")
        code, shape, place = found["dtype"], found["shape"], found["data_offsets"]
        if not (is_sizes(shape) and is_sizes(place) and len(place) == 2):
            raise self.damaged(expected, f"{found!r}")
        if not isinstance(code, str) or code not in CODES:
            raise self.damaged(f"a dtype among {', '.join(CODES)} for {name!r:.80}", f"{code!r}")
        if place[1] - place[0] != prod(shape) * CODES[code].size:
            raise self.damaged(f"as many bytes as the shape of {name!r:.80} needs", f"{found!r}")
        return Entry(code, tuple(shape), *(self._data_start + each for each in place))

    def _check_places(self) -> None:
        end = self._data_start
        for name, entry in sorted(self.entries.items(), key=lambda item: item[1][2:]):
            if entry.start != end:
                raise self.damaged(
                    f"{name!r:.80} right after the tensor before it, at {end}", f"{entry.start}"
                )
            end = entry.stop
        if end != self._size:
            raise self.damaged(f"{end} bytes", f"{self._size} bytes")

    def read(self, name: str, is_checked: bool = True) -> Any:
        """A whole array that nobody may write to; its checksum, where there is one, is compared."""
        entry = self.entries[name]
        data = self._bytes.read(entry.start, entry.stop)
        expected = self.notes.get(name, {}).get("checksum")
        if is_checked and expected is not None and checksum(data) != expected:
            raise self.damaged(f"the bytes of {name!r:.80} as they were written", "other bytes")
        return data.view(CODES[entry.code].numpy.newbyteorder("<")).reshape(entry.shape)

    def read_rows(self, name: str, start: int, stop: int) -> Any:
        """Rows of an array, of which nothing else is read; there is no checksum for them."""
        entry = self.entries[name]
        row = (entry.stop - entry.start) // max(entry.shape[0], 1)
        data = self._bytes.read(entry.start + start * row, entry.start + stop * row)
        dtype = CODES[entry.code].numpy.newbyteorder("<")
        return data.view(dtype).reshape(stop - start, *entry.shape[1:])


def is_sizes(value: Any) -> bool:
    """Whether a value of JSON is a list of sizes or places."""
    return (
        isinstance(value, list)
        and len(value) <= _RANK_LIMIT
        and all(each.__class__ is int and 0 <= each < 2**63 for each in value)
    )


def is_text_table(value: Any) -> bool:
    """Whether a value of JSON is an object whose values are texts."""
    return isinstance(value, dict) and all(isinstance(each, str) for each in value.values())


def parse_json(text: bytes, damaged: Any) -> dict[str, Any]:
    """A JSON object of which no name stands twice; `damaged` words the error."""
    try:
        found = json.loads(text.decode("utf-8"), object_pairs_hook=_without_repetition)
    except (ValueError, RecursionError) as error:
        raise damaged("JSON whose names differ", str(error)) from None
    if not isinstance(found, dict):
        raise damaged("a JSON object", f"{found!r}")
    return found


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found
