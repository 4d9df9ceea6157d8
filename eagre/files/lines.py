"""Lines of text files, and records of one length."""

from __future__ import annotations

from typing import Any

from eagre.core.errors import DataLossError, InvalidArgumentError
from eagre.files.streams import Reader


class LineReader(Reader):
    """Reads lines, which end with a line feed; carriage returns are left out, as by TensorFlow."""

    __slots__ = ()

    def read(self, count: int) -> list[bytes]:
        """The next lines without their ends."""
        blocks = self.blocks
        last = blocks.data.rfind(b"\n", blocks.at)
        while last < 0 and not blocks.is_whole:
            known = len(blocks.data) - blocks.at
            blocks.fill(2 * known + 1)
            last = blocks.data.find(b"\n", blocks.at + known)
        if blocks.at == len(blocks.data):
            return []
        lines, blocks.at = _lines(blocks.data, blocks.at, count)
        return lines


def _lines(data: bytes, at: int, count: int) -> tuple[list[bytes], int]:
    """Lines that the data have to their ends, and the place after them; else what is left."""
    lines: list[bytes] = []
    for _ in range(count):
        stop = data.find(b"\n", at)
        if stop < 0:
            break
        lines.append(data[at:stop])
        at = stop + 1
    if not lines:
        lines, at = [data[at:]], len(data)
    if data.find(b"\r") >= 0:
        lines = [line.replace(b"\r", b"") for line in lines]
    return lines, at


class FixedLengthReader(Reader):
    """Reads records of one length, between a header and a footer that are left out."""

    __slots__ = ("_footer", "_header", "_length")

    def __init__(
        self, path: str, compression: str, name: str, size: Any, lengths: tuple[int, int, int]
    ) -> None:
        super().__init__(path, compression, name, size)
        self._length, self._header, self._footer = lengths
        if not compression:
            whole = self.known_size
            body = whole - self._header - self._footer
            if body < 0 or body % self._length:
                raise self._uneven(InvalidArgumentError, f"a file of {whole} bytes")

    def _uneven(self, kind: Any, what: str) -> Exception:
        return kind(
            f"{self.blocks.name} expected whole records of {self._length} bytes between a header "
            f"of {self._header} bytes and a footer of {self._footer}. "
            f"Received: {self.blocks.path!r}, {what}"
        )

    def begin(self) -> None:
        """Go past the header."""
        if not self.blocks.fill(self._header):
            raise self._uneven(DataLossError, f"which has {len(self.blocks.data)} bytes")
        self.blocks.at += self._header

    def read(self, count: int) -> list[bytes]:
        """The next records."""
        blocks, length = self.blocks, self._length
        if not blocks.fill(length + self._footer):
            left = len(blocks.data) - blocks.at
            if left != self._footer:
                raise self._uneven(DataLossError, f"with {left} bytes behind the last whole record")
            return []
        start = blocks.at
        found = min(count, (len(blocks.data) - start - self._footer) // length)
        blocks.at = stop = start + found * length
        return [blocks.data[at : at + length] for at in range(start, stop, length)]
