"""Streams of bytes from files that may be compressed, and blocks of them to look into.

Compressed files are read in pieces: what is held in memory does not grow with the file.
"""

from __future__ import annotations

import zlib
from typing import Any

from eagre.core.errors import DataLossError, FailedPreconditionError, InvalidArgumentError
from eagre.files.opening import open_to_read, size_of, worded

_WINDOW_BITS = {"GZIP": 31, "ZLIB": 15}
_PIECE = 1 << 18
BLOCK = 1 << 20
_LARGEST_PIECE = 1 << 24


def compression_of(value: Any, name: str) -> str:
    """`"GZIP"`, `"ZLIB"` or an empty text, from an argument."""
    if hasattr(value, "numpy"):
        value = value.numpy()
    text = value.decode() if isinstance(value, bytes) else value
    if text not in (None, "", "GZIP", "ZLIB"):
        raise InvalidArgumentError(
            f"{name} expected compression_type to be 'GZIP', 'ZLIB' or ''. "
            f"Received: compression_type={value!r}"
        )
    return text or ""


class _Plain:
    """The bytes of a file as they are."""

    def __init__(self, path: str, name: str) -> None:
        self._file = open_to_read(path, name)
        self._path, self._name = path, name

    def read(self, count: int) -> bytes:
        """The next bytes, fewer at the end."""
        with worded(self._name, self._path):
            return self._file.read(count)

    def skip(self, count: int) -> None:
        """Go past bytes."""
        self._file.seek(count, 1)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


class _Inflated:
    """The contents of a compressed file, which may be several such files in a row."""

    def __init__(self, path: str, name: str, kind: str) -> None:
        self._plain = _Plain(path, name)
        self._path, self._name, self._kind = path, name, kind
        self._machine: Any = None
        self._pending = b""

    def read(self, count: int) -> bytes:
        """The next bytes, in pieces; none at the end."""
        while True:
            if not self._pending:
                self._pending = self._plain.read(_PIECE)
            if not self._pending:
                if self._machine is not None:
                    raise self._damaged("a file that ends too early")
                return b""
            found = self._inflate(count)
            if found:
                return found

    def _inflate(self, count: int) -> bytes:
        if self._machine is None:
            self._machine = zlib.decompressobj(_WINDOW_BITS[self._kind])
        machine = self._machine
        try:
            found = machine.decompress(self._pending, count)
        except zlib.error as error:
            raise self._damaged(str(error).split(": ")[-1]) from error
        self._pending = machine.unconsumed_tail
        if machine.eof:
            self._machine, self._pending = None, machine.unused_data
        return found

    def _damaged(self, reason: str) -> DataLossError:
        return DataLossError(
            f"{self._name} expected a file compressed by {self._kind}. "
            f"Received: {self._path!r}: {reason}"
        )

    def skip(self, count: int) -> None:
        """Go past bytes, which have to be decompressed."""
        while count and (found := self.read(min(count, BLOCK))):
            count -= len(found)

    def close(self) -> None:
        """Let go of the file."""
        self._plain.close()


class Blocks:
    """The bytes of a file, of which a block is in memory.

    `data` is the block, `at` the place in it of the next byte, `offset` the place in the file,
    which counts what comes out of the decompression.
    """

    __slots__ = ("_size", "_start", "_stream", "at", "data", "is_whole", "name", "path")

    def __init__(self, path: str, compression: str, name: str, size: Any = None) -> None:
        self.path, self.name = path, name
        self._size = size or BLOCK
        self._stream: Any = None
        self._stream = _Inflated(path, name, compression) if compression else _Plain(path, name)
        self.data = b""
        self.at = self._start = 0
        self.is_whole = False

    @property
    def offset(self) -> int:
        """The place in the file of the next byte."""
        return self._start + self.at

    def move_to(self, offset: int) -> None:
        """Go to a place further on."""
        ahead = offset - self.offset
        inside = min(ahead, len(self.data) - self.at)
        self.at += inside
        if ahead > inside:
            self._stream.skip(ahead - inside)
            self._start, self.at, self.data = offset, 0, b""

    def fill(self, count: int) -> bool:
        """Have that many bytes in the block from `at` on; whether there are that many."""
        missing = count - (len(self.data) - self.at)
        if missing <= 0:
            return True
        pieces = [self.data[self.at :]]
        self._start += self.at
        self.at = 0
        while missing > 0 and not self.is_whole:
            # A length that lies does not make room for itself: pieces come as the file has them.
            piece = self._stream.read(min(max(missing, self._size), _LARGEST_PIECE))
            self.is_whole = not piece
            pieces.append(piece)
            missing -= len(piece)
        self.data = b"".join(pieces)
        return missing <= 0

    def close(self) -> None:
        """Let go of the file."""
        if self._stream is not None:
            self._stream.close()

    def __del__(self) -> None:
        stream = getattr(self, "_stream", None)
        if stream is not None:
            stream.close()


class Reader:
    """Records of a file, one after the other: of what kind, a subclass says.

    Args:
        path: the file.
        compression: how it is compressed.
        name: what messages begin with.
        size: the number of bytes to read at once.
    """

    __slots__ = ("blocks", "known_size")

    def __init__(self, path: str, compression: str, name: str, size: Any = None) -> None:
        self.blocks = Blocks(path, compression, name, size)
        self.known_size = size_of(path, name)

    def begin(self) -> None:
        """Go to the first record."""

    def read(self, count: int) -> list[bytes]:
        """The next records: at least one, up to `count`; none at the end."""
        raise NotImplementedError

    @property
    def offset(self) -> int:
        """The place in the file of the next record."""
        return self.blocks.offset

    def move_to(self, offset: int, size: int) -> None:
        """Go to the place where a reader of the same file stood, which had a number of bytes."""
        blocks, found = self.blocks, self.known_size
        if found != size:
            raise FailedPreconditionError(
                f"{blocks.name} expected the file that was read when the state was taken, of "
                f"{size} bytes. Received: {blocks.path!r}, of {found} bytes"
            )
        blocks.move_to(offset)

    def close(self) -> None:
        """Let go of the file."""
        self.blocks.close()
