"""TFRecord files: records of bytes, each with its length and masked checksums of both.

A record is its length in eight bytes, the checksum of these, the bytes, and their checksum.
"""

from __future__ import annotations

import zlib
from struct import Struct
from typing import Any

import numpy as np

from eagre.core.crc32c import masked
from eagre.core.errors import DataLossError, FailedPreconditionError
from eagre.files.checksums import checksum, masked_checksum
from eagre.files.opening import path_of, worded
from eagre.files.streams import Reader, compression_of

_HEADER = Struct("<QI")
_FRAME = 16
_HEAD = 12
_MOST_KNOWN = 4096
_known_lengths: dict[bytes, int] = {}
"""Headers whose checksum was right, and the lengths in them."""


def _length_of(header: bytes) -> int | None:
    """The length in a header; None if its checksum is another."""
    length, check = _HEADER.unpack(header)
    if masked_checksum(header[:8]) != check:
        return None
    if len(_known_lengths) >= _MOST_KNOWN:
        _known_lengths.clear()
    _known_lengths[header] = length
    return length


class RecordReader(Reader):
    """Reads the records of a TFRecord file."""

    __slots__ = ()

    def read(self, count: int) -> list[bytes]:
        """The next records; those before a damaged one come first, then the error."""
        blocks = self.blocks
        records, checks, place = self._whole_records(count)
        if not records:
            if not blocks.fill(_HEAD):
                self._check_end()
                return []
            length = self._checked_length()
            if not blocks.fill(_FRAME + length):
                raise self._damaged(
                    f"a record that takes {_FRAME + length} bytes, of which there are "
                    f"{len(blocks.data) - blocks.at}"
                )
            records, checks, place = self._whole_records(count)
        good = _first_damaged(records, checks)
        if good < len(records):
            if not good:
                raise self._damaged("a record with another checksum than its bytes have")
            records = records[:good]
            place = blocks.at + sum(map(len, records)) + _FRAME * good
        blocks.at = place
        return records

    def _whole_records(self, count: int) -> tuple[list[bytes], list[bytes], int]:
        """Records that the block has to their ends, their checksums, and the place after them."""
        data, at = self.blocks.data, self.blocks.at
        end = len(data)
        records: list[bytes] = []
        checks: list[bytes] = []
        known = _known_lengths
        for _ in range(count):
            start = at + _HEAD
            header = data[at:start]
            length = known.get(header)
            if length is None:
                length = _length_of(header) if start <= end else None
                if length is None:
                    break
            stop = start + length
            after = stop + 4
            if after > end:
                break
            records.append(data[start:stop])
            checks.append(data[stop:after])
            at = after
        return records, checks, at

    def _checked_length(self) -> int:
        at = self.blocks.at
        length = _length_of(self.blocks.data[at : at + _HEAD])
        if length is None:
            raise self._damaged("a length with another checksum than it has")
        return length

    def _check_end(self) -> None:
        left = len(self.blocks.data) - self.blocks.at
        if left:
            raise self._damaged(f"{left} bytes at the end, too few for a record")

    def _damaged(self, what: str) -> DataLossError:
        blocks = self.blocks
        start = blocks.data[blocks.at : blocks.at + 2]
        hint = ""
        if not blocks.offset and start in (b"\x1f\x8b", b"\x78\x9c", b"\x78\x01", b"\x78\xda"):
            kind = "GZIP" if start[0] == 31 else "ZLIB"
            hint = f". It begins as compressed ones do: give compression_type={kind!r}"
        return DataLossError(
            f"{blocks.name} expected a file of whole, undamaged records. Received: "
            f"{blocks.path!r}, at byte {blocks.offset}: {what}{hint}"
        )


def _first_damaged(records: list[bytes], checks: list[bytes]) -> int:
    """The number of the first record whose checksum is wrong, or that of all records."""
    found: Any = np.fromiter(map(checksum(), records), np.uint32, len(records))
    wanted: Any = np.frombuffer(b"".join(checks), "<u4")
    wrong = _masked(found) != wanted
    return int(wrong.argmax()) if wrong.any() else len(records)


def _masked(checksums: Any) -> Any:
    """`masked` for an array."""
    turned = (checksums >> np.uint32(15)) | (checksums << np.uint32(17))
    return turned + np.uint32(masked(0))


class TFRecordOptions:
    """How a TFRecord file is compressed.

    Args:
        compression_type: `"GZIP"`, `"ZLIB"`; None or an empty string for neither.
        compression_level: from 0, fast, to 9, small; -1 for a middle way.
        flush_mode, input_buffer_size, output_buffer_size: accepted.
        window_bits, compression_method, mem_level, compression_strategy: for zlib.

    >>> tf.io.TFRecordOptions("GZIP").compression_type
    'GZIP'
    """

    compression_type_map = {0: "", 1: "ZLIB", 2: "GZIP"}

    def __init__(
        self,
        compression_type: Any = None,
        flush_mode: Any = None,
        input_buffer_size: Any = None,
        output_buffer_size: Any = None,
        window_bits: Any = None,
        compression_level: Any = None,
        compression_method: Any = None,
        mem_level: Any = None,
        compression_strategy: Any = None,
    ) -> None:
        self.compression_type = self.get_compression_type_string(compression_type)
        self.flush_mode = flush_mode
        self.input_buffer_size = input_buffer_size
        self.output_buffer_size = output_buffer_size
        self.window_bits = window_bits
        self.compression_level = compression_level
        self.compression_method = compression_method
        self.mem_level = mem_level
        self.compression_strategy = compression_strategy

    @classmethod
    def get_compression_type_string(cls, options: Any) -> str:
        """The compression that options, a name, a number of TensorFlow 1 or None stand for."""
        if isinstance(options, TFRecordOptions):
            return options.compression_type
        if options.__class__ is int and options in cls.compression_type_map:
            return cls.compression_type_map[options]
        return compression_of(options, "TFRecordOptions")

    def compressor(self) -> Any:
        """What compresses bytes, None where nothing does."""
        if not self.compression_type:
            return None
        bits = self.window_bits or 15
        if self.compression_type == "GZIP" and bits <= 15:
            bits += 16
        level, memory = self.compression_level, self.mem_level
        return zlib.compressobj(
            -1 if level is None else level,
            zlib.DEFLATED,
            bits,
            memory or zlib.DEF_MEM_LEVEL,
            self.compression_strategy or zlib.Z_DEFAULT_STRATEGY,
        )


class TFRecordWriter:
    """Writes records to a TFRecord file, which is made anew.

    Args:
        path: the file.
        options: a compression, `"GZIP"` or `"ZLIB"`, or `tf.io.TFRecordOptions`.

    Raises:
        NotFoundError: there is no folder for it.
        FailedPreconditionError: the writer is closed.

    >>> with tf.io.TFRecordWriter("words.tfrecord") as writer:
    ...     for word in ["one", "two"]:
    ...         writer.write(word)
    >>> list(tf.data.TFRecordDataset("words.tfrecord").as_numpy_iterator())
    [b'one', b'two']
    """

    def __init__(self, path: Any, options: Any = None) -> None:
        self._file: Any = None
        self._path = path_of(path, "TFRecordWriter")
        if not isinstance(options, TFRecordOptions):
            options = TFRecordOptions(options)
        self._compressor = options.compressor()
        with worded("TFRecordWriter", self._path):
            self._file = open(self._path, "wb")

    def write(self, record: Any) -> None:
        """Add a record: bytes, or text, which is written in UTF-8."""
        data = _bytes_of(record)
        length = len(data).to_bytes(8, "little")
        head = length + masked_checksum(length).to_bytes(4, "little")
        self._put(head + data + masked_checksum(data).to_bytes(4, "little"))

    def flush(self) -> None:
        """Hand what was written to the system."""
        if self._compressor is not None:
            self._put(b"", zlib.Z_SYNC_FLUSH)
        with worded("TFRecordWriter", self._path):
            self._opened().flush()

    def close(self) -> None:
        """End the file."""
        if self._file is None:
            return
        if self._compressor is not None:
            self._put(b"", zlib.Z_FINISH)
        file, self._file = self._file, None
        with worded("TFRecordWriter", self._path):
            file.close()

    def _put(self, data: bytes, flush: int | None = None) -> None:
        file = self._opened()
        if self._compressor is not None:
            data = self._compressor.compress(data)
            data += b"" if flush is None else self._compressor.flush(flush)
        with worded("TFRecordWriter", self._path):
            file.write(data)

    def _opened(self) -> Any:
        if self._file is None:
            raise FailedPreconditionError(
                f"TFRecordWriter expected to be open. Received: a writer of {self._path!r} that "
                "was closed"
            )
        return self._file

    def __enter__(self) -> TFRecordWriter:
        self._opened()
        return self

    def __exit__(self, *unused: Any) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_file", None) is not None:
            self.close()

    def __repr__(self) -> str:
        state = "closed" if self._file is None else "open"
        return f"<TFRecordWriter of {self._path!r}, {state}>"


def _bytes_of(record: Any) -> bytes:
    if hasattr(record, "numpy") and not isinstance(record, str | bytes):
        record = record.numpy()
    if isinstance(record, str):
        return record.encode()
    if isinstance(record, bytes | bytearray | memoryview):
        return bytes(record)
    raise TypeError(
        "TFRecordWriter.write expected bytes or text, such as example.SerializeToString(). "
        f"Received: an object of type {type(record).__name__}"
    )
