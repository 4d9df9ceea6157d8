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

METADATA = "__metadata__"
HEADER_LIMIT = 100_000_000
PIECE = 1 << 25
"""Bytes that one call writes: what comes in such pieces lies in the system's cache in large pages,
which a mapping finds sooner (see docs/decisions/checkpoint-format.md)."""
_RANK_LIMIT = 64
_NO_SUM = "0" * 16
_FIELDS = {"dtype", "shape", "data_offsets"}
_INTEGERS, _TEXTS = {int}, {str}

CODES = {
    "BOOL": dtypes.bool_, "U8": dtypes.uint8, "I8": dtypes.int8, "U16": dtypes.uint16,
    "I16": dtypes.int16, "F16": dtypes.float16, "BF16": dtypes.bfloat16, "U32": dtypes.uint32,
    "I32": dtypes.int32, "F32": dtypes.float32, "U64": dtypes.uint64, "I64": dtypes.int64,
    "F64": dtypes.float64, "C64": dtypes.complex64, "F8_E5M2": dtypes.float8_e5m2,
    "F8_E4M3": dtypes.float8_e4m3fn,
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
    file.seek(8 + len(_header(ordered, dict.fromkeys(order, _NO_SUM), metadata)))
    header = seal(_header(ordered, _write_arrays(file, ordered, advance), metadata))
    file.seek(0)
    file.write(len(header).to_bytes(8, "little") + header)
    return seal_of(header) or ""


def _write_arrays(file: Any, tensors: Mapping[str, Stored], advance: Any) -> dict[str, str]:
    """Write arrays one after the other, small ones many at once; returns their checksums."""
    stream = _Stream(file, advance)
    with ThreadPoolExecutor(1) as pool:
        # Both let other threads run: the sums are there as soon as the bytes are.
        later = {name: pool.submit(_sum_of, each.array) for name, each in tensors.items()
                 if each.array.nbytes > BLOCK and each.array.flags.c_contiguous}  # fmt: skip
        try:
            sums = {
                name: _write_array(stream, each.array, is_summed=name in later)
                for name, each in tensors.items()
            }
            stream.flush()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return {name: later[name].result() if name in later else sums[name] for name in tensors}


def _write_array(stream: _Stream, array: Any, is_summed: bool) -> str:
    """Write an array; returns its checksum unless a thread makes it."""
    total = Checksum()
    for block in blocks(array, PIECE if is_summed else BLOCK):
        if not is_summed:
            total.add(block)
        stream.write(block)
    return str(total)


class _Stream:
    """Gathers small blocks and writes them at once, large ones as they are."""

    __slots__ = ("_advance", "_file", "_gathered")

    def __init__(self, file: Any, advance: Any) -> None:
        self._file, self._advance = file, advance
        self._gathered = bytearray()

    def write(self, block: Any) -> None:
        """Take the next block; what is not gathered is written on return."""
        if block.size + len(self._gathered) > BLOCK:
            self.flush()
        if block.size < BLOCK:
            self._gathered += memoryview(block)
        else:
            write_all(self._file, block, self._advance)

    def flush(self) -> None:
        """Write what is gathered."""
        write_all(self._file, self._gathered, self._advance)
        self._gathered = bytearray()


def write_all(file: Any, data: Any, advance: Any = None) -> None:
    """Write bytes to an unbuffered file, which may take a part of them at a time."""
    view = memoryview(data)
    size = len(view)
    while view:
        view = view[file.write(view) :]
    if advance is not None:
        advance(size)


def _rank(array: Any) -> tuple[bool, int]:
    """Whole multiples of the alignment first, then large elements: so each array is aligned."""
    return array.nbytes % ALIGNMENT != 0, -array.itemsize


def _header(
    tensors: Mapping[str, Stored], sums: dict[str, str], metadata: Mapping[str, str]
) -> bytes:
    notes = {name: {"checksum": sums[name], **stored.note} for name, stored in tensors.items()}
    header: dict[str, Any] = {METADATA: {**FIELD, **metadata, "tensors": to_json(notes)}}
    end = 0
    for name, (array, code, shape, _) in tensors.items():
        start, end = end, end + array.nbytes
        header[name] = {"dtype": code, "shape": shape, "data_offsets": (start, end)}
    text = to_json(header).encode()
    return text + b" " * (-(8 + len(text)) % ALIGNMENT)


def to_json(value: Any) -> str:
    """A value as JSON without spaces."""
    return json.dumps(value, separators=(",", ":"))


def _sum_of(array: Any) -> str:
    result = Checksum()
    for block in blocks(array):
        result.add(block)
    return str(result)


def blocks(array: Any, size: int = BLOCK) -> Iterator[Any]:
    """The bytes of an array in row-major order, block by block, copied only where they lie apart.

    >>> from eagre.state.checkpoint.safetensors_file import blocks
    >>> [block.tolist() for block in blocks(np.array([[1, 2], [3, 4]], np.uint8).T)]
    [[1, 3, 2, 4]]
    """
    if array.flags.c_contiguous:
        data = array.reshape(-1).view(np.uint8)
        for start in range(0, data.size, size):
            yield data[start : start + size]
        return
    per_block = size // array.itemsize
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
        header = parse_json(text, self.damaged, self.seal is not None)
        metadata = header.pop(METADATA, {})
        if not is_text_table(metadata):
            raise self.damaged("metadata of texts", f"{metadata!r}")
        if metadata.get("format") == "eagre" and self.seal is None:
            raise self.damaged("a header with its seal", "none")
        self.metadata: dict[str, str] = metadata
        self.entries = {name: self._entry(name, found) for name, found in header.items()}
        self._check_places()
        about = metadata.get("tensors", "{}").encode()
        self.notes: dict[str, dict[str, Any]] = parse_json(
            about, self.damaged, self.seal is not None
        )
        for name, note in self.notes.items():
            if name not in self.entries or note.__class__ is not dict:
                raise self.damaged("notes about its tensors", f"{name!r}: {note!r}")

    def _entry(self, name: str, found: Any) -> Entry:
        if found.__class__ is not dict or found.keys() != _FIELDS:
            raise self._no_entry(name, found)
        code, shape, place = found["dtype"], found["shape"], found["data_offsets"]
        are_lists = shape.__class__ is place.__class__ is list
        if not (are_lists and len(place) == 2 and is_sizes(shape + place, _RANK_LIMIT + 2)):
            raise self._no_entry(name, found)
        if code.__class__ is not str or code not in CODES:
            raise self.damaged(f"a dtype among {', '.join(CODES)} for {name!r:.80}", f"{code!r}")
        start, stop = place
        if stop - start != prod(shape) * CODES[code].size:
            raise self.damaged(f"as many bytes as the shape of {name!r:.80} needs", f"{found!r}")
        return Entry(code, tuple(shape), self._data_start + start, self._data_start + stop)

    def _no_entry(self, name: str, found: Any) -> DataLossError:
        return self.damaged(f"a dtype, shape and place of {name!r:.80}", f"{found!r}")

    def _check_places(self) -> None:
        end = self._data_start
        for name, entry in sorted(self.entries.items(), key=_place):
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


def _place(item: tuple[str, Entry]) -> tuple[int, int]:
    return item[1][2:]


def is_sizes(value: Any, length: int = _RANK_LIMIT) -> bool:
    """Whether a value of JSON is a list of sizes or places, of at most some length."""
    return value.__class__ is list and len(value) <= length and are_numbers(value, 2**63)


def are_numbers(values: Any, limit: int) -> bool:
    """Whether values of JSON are whole numbers from 0 to below a limit."""
    return not values or (
        {*map(type, values)} == _INTEGERS and 0 <= min(values) <= max(values) < limit
    )


def is_text_table(value: Any) -> bool:
    """Whether a value of JSON is an object whose values are texts."""
    return value.__class__ is dict and {*map(type, value.values())} <= _TEXTS


def parse_json(text: bytes, damaged: Any, is_sealed: bool = False) -> dict[str, Any]:
    """A JSON object of which no name stands twice; `damaged` words the error.

    What is sealed was written from dictionaries: its names are not looked through once more.
    """
    try:
        hook = None if is_sealed else _without_repetition
        found = json.loads(text.decode("utf-8"), object_pairs_hook=hook)
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
