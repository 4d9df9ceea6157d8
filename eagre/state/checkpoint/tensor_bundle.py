"""TensorFlow's own files: a sorted table `prefix.index` that says where in `prefix.data-*` what is.

The table holds under "" how many files of data there are, and under the name of each tensor its
dtype, shape, place and checksum. Tensors stand in the files as they stand in memory; strings are
their lengths, a checksum of these, and the bytes of all of them.
"""

from __future__ import annotations

import os
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from eagre.core import dtypes
from eagre.core.caller import Called
from eagre.core.crc32c import crc32c, masked
from eagre.core.errors import DataLossError, NotFoundError, UnimplementedError
from eagre.core.specs import TensorSpec
from eagre.core.wire_format import (
    Message,
    bytes_field,
    fixed_field,
    integer_field,
    read_varint,
    varint,
)
from eagre.state.checkpoint.checksums import BLOCK
from eagre.state.checkpoint.durable import new_file
from eagre.state.checkpoint.file_bytes import ALIGNMENT, FileBytes
from eagre.state.checkpoint.safetensors_file import HEADER_LIMIT, PIECE, blocks, write_all
from eagre.state.checkpoint.sorted_table import read_table, write_table
from eagre.state.checkpoint.tensor_slices import SLICE, Slice, read_slices

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eagre.core.dtypes import DType

INDEX = ".index"
SHARD = r"\.data-[0-9]{5}-of-[0-9]{5}"
_HEADER = b""

# The numbers of the fields of the messages BundleHeaderProto, BundleEntryProto, TensorShapeProto.
_SHARDS, _ENDIANNESS, _VERSION = 1, 2, 3
_DTYPE, _SHAPE, _SHARD, _OFFSET, _SIZE, _CHECKSUM, _SLICES = range(1, 8)
_DIMENSION, _DIMENSION_SIZE = 2, 1
_LARGEST = 2**62
_RANKS = 64


class Entry(NamedTuple):
    """Where a tensor stands: shape and dtype, the file, the place in it, the masked checksum.

    A divided one stands in its parts, which have entries of their own.
    """

    spec: TensorSpec
    shard: int
    start: int
    size: int
    checksum: int
    parts: tuple[Slice, ...]


def shard_path(prefix: str, number: int, count: int) -> str:
    """The name of a file of data."""
    return f"{prefix}.data-{number:05}-of-{count:05}"


# Reading --------------------------------------------------------------------------------------


class TensorBundle:
    """The tensors of a checkpoint by their names in the files."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._prefix = path.removesuffix(INDEX)
        self._files: dict[int, FileBytes] = {}
        try:
            table = dict(read_table(self._read_index()))
            self._count = self._read_header(table.pop(_HEADER, None))
            messages = {key: Message(value) for key, value in table.items()}
            found = {
                key: _entry(key, message, self._dtype(key, message))
                for key, message in messages.items()
            }
            self._parts = {key: found.pop(key) for key in messages if key.startswith(SLICE)}
            self.entries = {key.decode("utf-8"): entry for key, entry in found.items()}
            self._check_parts()
        except ValueError as error:
            raise self.damaged(str(error)) from None
        try:
            self._open_files()
        except BaseException:
            self.close()
            raise

    def damaged(self, received: str) -> DataLossError:
        """The error for files that are not as they should be."""
        return DataLossError(
            f"{Called('restore')} expected a checkpoint as TensorFlow writes it. "
            f"Received: {received:.200} in path={self.path!r}. The files are damaged, or are not "
            "of TensorFlow's format."
        )

    def _read_index(self) -> bytes:
        with open(self.path, "rb") as file:
            data = file.read(HEADER_LIMIT + 1)
        if len(data) > HEADER_LIMIT:
            raise ValueError(f"an index of more than {HEADER_LIMIT} bytes")
        return data

    def _read_header(self, header: bytes | None) -> int:
        if header is None:
            raise ValueError("no header")
        message = Message(header)
        if message.integer(_ENDIANNESS):
            raise UnimplementedError(
                f"{Called('restore')} cannot read what a big-endian machine has written. "
                f"Received: path={self.path!r}. Save it with TensorFlow on another machine."
            )
        return message.integer(_SHARDS)

    def _dtype(self, key: bytes, message: Message) -> DType:
        number = message.integer(_DTYPE)
        known = (*dtypes.ALL, *dtypes.NARROW)
        found = next((each for each in known if each.as_datatype_enum == number), None)
        if found is None or found in (dtypes.variant, dtypes.resource):
            raise UnimplementedError(
                f"{Called('restore')} cannot read tensors whose dtype is number {number} of "
                f"TensorFlow's. Received: {key!r:.80} in path={self.path!r}. Save the checkpoint "
                "without it."
            )
        return found

    def _check_parts(self) -> None:
        """Check that each part of a divided tensor is there, undivided and of its shape."""
        for name, entry in self.entries.items():
            for place in entry.parts:
                part = self._parts.get(place.key)
                if part is None or part.parts or part.spec.dtype != entry.spec.dtype:
                    raise ValueError(f"{name!r:.80} without its part from {place.starts}")
                if part.spec.sizes != place.sizes:
                    raise ValueError(f"{name!r:.80} with a part {part.spec} for {place.sizes}")

    def _open_files(self) -> None:
        """Open what tensors need, and check that all of them lie within."""
        for name, entry in (*self.entries.items(), *self._parts.items()):
            file = self._file(entry)
            if entry.start + entry.size > (file.size if file else 0):
                raise self.damaged(
                    f"{name!r:.80} with {entry.size} bytes at {entry.start} in a file of "
                    f"{file.size if file else 0}"
                )

    def _file(self, entry: Entry) -> FileBytes | None:
        """The file of a tensor; one that has no bytes of its own needs none."""
        if entry.parts or not entry.size:
            return self._files.get(entry.shard)
        if entry.shard >= self._count:
            raise self.damaged(f"file {entry.shard} of {self._count}")
        if entry.shard not in self._files:
            path = shard_path(self._prefix, entry.shard, self._count)
            if not os.path.isfile(path):
                raise NotFoundError(
                    f"{Called('restore')} expected {os.path.basename(path)!r} beside the index. "
                    f"Received: path={self.path!r}, which has no such file. Copy all the files of "
                    "the checkpoint."
                )
            self._files[entry.shard] = FileBytes(path)
        return self._files[entry.shard]

    def read(self, name: str, is_checked: bool = True) -> Any:
        """A whole array that nobody may write to; its checksum is compared."""
        entry = self.entries[name]
        if not entry.parts:
            return self._read(name, entry, is_checked)
        sizes: Any = entry.spec.sizes
        array = np.empty(sizes, entry.spec.dtype.numpy)
        for place in entry.parts:
            array[place.index] = self._read(name, self._parts[place.key], is_checked)
        array.flags.writeable = False
        return array

    def _read(self, name: str, entry: Entry, is_checked: bool) -> Any:
        data = self._bytes(entry, 0, entry.size)
        if entry.spec.dtype == dtypes.string:
            return self._strings(name, entry, data.tobytes())
        if is_checked and masked(crc32c(data)) != entry.checksum:
            raise self.damaged(f"{name!r:.80} with other bytes than were written")
        return data.view(entry.spec.dtype.numpy.newbyteorder("<")).reshape(entry.spec.sizes)

    def read_rows(self, name: str, start: int, stop: int) -> Any:
        """Rows of an array, of which nothing else is read; there is no checksum for them."""
        entry = self.entries[name]
        sizes: Any = entry.spec.sizes
        if entry.spec.dtype == dtypes.string or entry.parts:
            return self.read(name)[start:stop]
        row = entry.size // max(sizes[0], 1)
        data = self._bytes(entry, start * row, stop * row)
        dtype = entry.spec.dtype.numpy.newbyteorder("<")
        return data.view(dtype).reshape(stop - start, *sizes[1:])

    def checksum(self, name: str) -> str | None:
        """What tensors of other bytes have another of; None where it is not known."""
        entry = self.entries[name]
        return None if entry.parts else f"{entry.checksum:08x}"

    def _bytes(self, entry: Entry, start: int, stop: int) -> Any:
        file = self._file(entry)
        return file.read(entry.start + start, entry.start + stop) if file else np.empty(0, np.uint8)

    def _strings(self, name: str, entry: Entry, data: bytes) -> Any:
        sizes: Any = entry.spec.sizes
        try:
            texts, checksum = _decode_strings(data, prod(sizes))
        except ValueError as error:
            raise self.damaged(f"{name!r:.80} with {error}") from None
        if masked(checksum) != entry.checksum:
            raise self.damaged(f"{name!r:.80} with other texts than were written")
        array = np.empty(len(texts), object)
        array[:] = texts
        return array.reshape(sizes)

    def close(self) -> None:
        """Close the files; arrays that were read stay."""
        for file in self._files.values():
            file.close()


def _entry(key: bytes, message: Message, dtype: DType) -> Entry:
    sizes = tuple(
        Message(each).integer(_DIMENSION_SIZE)
        for each in Message(message.last_bytes(_SHAPE)).all_bytes(_DIMENSION)
    )
    # NumPy cannot have a shape whose other axes have too many elements for one that is empty.
    if len(sizes) > _RANKS or prod(size or 1 for size in sizes) > _LARGEST:
        raise ValueError(f"{key!r:.80} of shape {sizes!s:.80}")
    entry = Entry(
        TensorSpec.of(sizes, dtype), message.integer(_SHARD), message.integer(_OFFSET),
        message.integer(_SIZE), message.integer(_CHECKSUM),
        read_slices(message.all_bytes(_SLICES), key, sizes) if message.all_bytes(_SLICES) else (),
    )  # fmt: skip
    count = prod(sizes)
    is_right = entry.size >= count if dtype == dtypes.string else entry.size == count * dtype.size
    if not (is_right or entry.parts):
        raise ValueError(f"{key!r:.80} of shape {sizes} and {dtype.name} in {entry.size} bytes")
    return entry


def _decode_strings(data: bytes, count: int) -> tuple[list[bytes], int]:
    """Texts and the checksum of what they are stored as."""
    lengths: list[int] = []
    at = 0
    for _ in range(count):
        length, at = read_varint(data, at)
        lengths.append(length)
    checksum = crc32c(_packed(lengths))
    sealed = data[at : at + 4]
    if masked(checksum) != int.from_bytes(sealed, "little") or len(sealed) < 4:
        raise ValueError("other lengths of texts than were written")
    at += 4
    checksum = crc32c(data[at:], crc32c(sealed, checksum))
    if at + sum(lengths) != len(data):
        raise ValueError(f"texts of {sum(lengths)} bytes in {len(data) - at}")
    texts: list[bytes] = []
    for length in lengths:
        texts.append(data[at : at + length])
        at += length
    return texts, checksum


def _packed(lengths: list[int]) -> bytes:
    """Lengths as they enter a checksum: in four bytes, and in eight where that is too few."""
    return b"".join(each.to_bytes(4 if each < 2**32 else 8, "little") for each in lengths)


# Writing --------------------------------------------------------------------------------------


def write_bundle(
    prefix: str, arrays: Mapping[str, Any], shard_size: int, advance: Any
) -> set[str]:
    """Write arrays as a checkpoint of TensorFlow; returns the names of the files.

    `advance` is told how many bytes have been written. The index comes last.
    """
    shards = _distribute(arrays, shard_size)
    table = {_HEADER: _header(len(shards))}
    paths: set[str] = set()
    for number, names in enumerate(shards):
        path = shard_path(prefix, number, len(shards))
        paths.add(path)
        with new_file(path, sum(arrays[name].nbytes for name in names)) as file:
            for name in names:
                table[name.encode()] = _write(file, arrays[name], number, advance)
    with new_file(prefix + INDEX) as file:
        write_all(file, write_table(sorted(table.items())))
    return {*paths, prefix + INDEX}


def _distribute(arrays: Mapping[str, Any], shard_size: int) -> list[list[str]]:
    shards: list[list[str]] = [[]]
    room = shard_size
    for name in sorted(arrays):
        if arrays[name].nbytes > room and shards[-1]:
            shards.append([])
            room = shard_size
        shards[-1].append(name)
        room -= arrays[name].nbytes
    return shards


def _header(count: int) -> bytes:
    return integer_field(_SHARDS, count) + bytes_field(_VERSION, integer_field(1, 1))


def _write(file: Any, array: Any, shard: int, advance: Any) -> bytes:
    """Write an array to the end of a file; returns its entry of the table."""
    dtype = dtypes.from_numpy(array.dtype)
    start = file.tell()
    if dtype == dtypes.string:
        data, checksum = _encode_strings(array)
        write_all(file, data)
        size = len(data)
    else:
        if array.nbytes >= ALIGNMENT:
            start += -start % ALIGNMENT
            file.seek(start)
        size, checksum = array.nbytes, 0
        for piece in blocks(array, PIECE if array.flags.c_contiguous else BLOCK):
            write_all(file, piece, advance)
            for block in blocks(piece):
                checksum = crc32c(block, checksum)
    shape = b"".join(
        bytes_field(_DIMENSION, integer_field(_DIMENSION_SIZE, each)) for each in array.shape
    )
    return (
        integer_field(_DTYPE, dtype.as_datatype_enum) + bytes_field(_SHAPE, shape)
        + integer_field(_SHARD, shard) + integer_field(_OFFSET, start)
        + integer_field(_SIZE, size) + fixed_field(_CHECKSUM, masked(checksum))
    )  # fmt: skip


def _encode_strings(array: Any) -> tuple[bytes, int]:
    texts = [each.encode() if isinstance(each, str) else bytes(each)
             for each in array.reshape(-1).tolist()]  # fmt: skip
    lengths = [len(text) for text in texts]
    checksum = crc32c(_packed(lengths))
    rest = masked(checksum).to_bytes(4, "little") + b"".join(texts)
    return b"".join(map(varint, lengths)) + rest, crc32c(rest, checksum)

