"""PNG files: sizes, those of 16 bits decoded, all of them encoded; ISO/IEC 15948:2004.

Files of up to 8 bits are decoded by Pillow, which would drop half of 16 bits.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from eagre.files.pictures import check_size, damaged, read_small_png

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_COLOR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}

# Adam7: first row and column of each pass, and the distances between them.
_PASSES = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2),
           (1, 0, 2, 1))  # fmt: skip


class _Header(NamedTuple):
    """What stands in the first chunk."""

    width: int
    height: int
    bits: int
    color_type: int
    compression: int
    filtering: int
    interlacing: int


def read_png(name: str, data: bytes, has_opacity: bool) -> Any:
    """The pixels of a PNG file, [height, width, channels] of uint8 or uint16.

    With `has_opacity` a color that the file calls transparent gives a channel of opacity.
    """
    header = _header(name, data)
    is_small = header.bits < 16
    pixels = read_small_png(name, data) if is_small else _large(name, data, header)
    if not has_opacity or header.color_type not in (0, 2):
        return pixels
    for kind, content in _chunks(name, data):
        if kind == b"tRNS" and len(content) == 2 * pixels.shape[2]:
            color = np.frombuffer(content, ">u2").astype(np.int64)
            scale = 255 // (2**header.bits - 1) if is_small else 1
            is_clear = (pixels == color * scale).all(2, keepdims=True)
            full = np.iinfo(pixels.dtype).max
            opacity = np.where(is_clear, 0, full).astype(pixels.dtype)
            colors = pixels if pixels.shape[2] == 3 else np.repeat(pixels, 3, 2)
            return np.concatenate([colors, opacity], 2)
    return pixels


def _large(name: str, data: bytes, header: _Header) -> Any:
    """The pixels of a file of 16 bits."""
    body = b"".join(each for kind, each in _chunks(name, data) if kind == b"IDAT")
    step = 2 * _CHANNELS[header.color_type]
    parts = _parts(header, step)
    expected = sum(rows * (1 + columns * step) for rows, columns, _ in parts)
    try:
        inflate = zlib.decompressobj()
        raw = np.frombuffer(inflate.decompress(body, expected), np.uint8)
    except zlib.error as error:
        raise damaged(name, "PNG", data, error) from error
    if len(raw) < expected:
        raise damaged(name, "PNG", data, "it has too few pixels")
    pixels = np.empty((header.height, header.width, step), np.uint8)
    place = 0
    for rows, columns, key in parts:
        lines = raw[place : place + rows * (1 + columns * step)].reshape(rows, -1)
        place += lines.size
        if lines[:, 0].max() > 4:
            raise damaged(name, "PNG", data, "a row has no known filter")
        pixels[key] = _unfiltered(lines[:, 0], lines[:, 1:].reshape(rows, columns, step))
    return pixels.view(">u2").astype(np.uint16)


def _header(name: str, data: bytes) -> _Header:
    """The header, when it is sound and what it promises may be in so many bytes."""
    if len(data) < 33 or data[:8] != SIGNATURE or data[12:16] != b"IHDR":
        raise damaged(name, "PNG", data, "no header in it")
    header = _Header(*struct.unpack_from(">IIBBBBB", data, 16))
    channels = _CHANNELS.get(header.color_type)
    allowed = {0: (1, 2, 4, 8, 16), 3: (1, 2, 4, 8)}.get(header.color_type, (8, 16))
    if channels is None or header.bits not in allowed or header.interlacing > 1:
        raise damaged(name, "PNG", data, f"no PNG file has {header}")
    check_size(name, "PNG", header.height, header.width, channels)
    # A byte of deflated data stands for 1032 at most.
    size = header.height * (header.width * channels * header.bits // 8)
    if size > 1040 * len(data):
        raise damaged(name, "PNG", data, f"too few for {header.height} x {header.width} pixels")
    return header


def _chunks(name: str, data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The kind and the content of each chunk, up to the end."""
    place = 8
    while place + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, place)
        kind, content = data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        if place + 12 + length > len(data):
            break
        (checksum,) = struct.unpack_from(">I", data, place + 8 + length)
        if checksum != zlib.crc32(kind + content):
            raise damaged(name, "PNG", data, f"the checksum of {kind!r} is wrong")
        if kind == b"IEND":
            return
        yield kind, content
        place += 12 + length
    raise damaged(name, "PNG", data, "no end in it")


def _parts(header: _Header, step: int) -> list[tuple[int, int, Any]]:
    """The rows, columns and places of the pixels that are stored together."""
    if not header.interlacing:
        return [(header.height, header.width, ())]
    parts = []
    for row, column, down, right in _PASSES:
        rows = -(-(header.height - row) // down)
        columns = -(-(header.width - column) // right)
        if rows > 0 and columns > 0:
            parts.append((rows, columns, (slice(row, None, down), slice(column, None, right))))
    return parts


# Filters --------------------------------------------------------------------------------------


def _unfiltered(filters: Any, differences: Any) -> Any:
    """The pixels [rows, columns, bytes] of what stands for them in the file.

    A pixel is known when those to its left and above are, so each step does a diagonal of all
    rows: one pixel of the first row, the one before it in the second row, and so on.
    """
    rows, columns, step = differences.shape
    known = np.zeros((rows + 1, columns + 1, step), np.int16)
    is_left, is_above, is_mean, is_paeth = (filters == number for number in (1, 2, 3, 4))
    for diagonal in range(rows + columns - 1):
        first = max(diagonal - columns + 1, 0)
        row = np.arange(first, min(diagonal, rows - 1) + 1)
        column = diagonal - row
        left, above, both = known[row + 1, column], known[row, column + 1], known[row, column]
        guess = np.where(is_left[row, None], left, 0)
        guess = np.where(is_above[row, None], above, guess)
        guess = np.where(is_mean[row, None], (left + above) >> 1, guess)
        guess = np.where(is_paeth[row, None], _paeth(left, above, both), guess)
        known[row + 1, column + 1] = (differences[row, column] + guess) & 255
    return known[1:, 1:].astype(np.uint8)


def _paeth(left: Any, above: Any, both: Any) -> Any:
    """Of three neighbors the one that is nearest to left + above - both."""
    to_left, to_above = np.abs(above - both), np.abs(left - both)
    to_both = np.abs(left + above - 2 * both)
    nearest = np.where(to_above <= to_both, above, both)
    return np.where((to_left <= to_above) & (to_left <= to_both), left, nearest)


# Writing --------------------------------------------------------------------------------------


def write_png(pixels: Any, compression: int) -> bytes:
    """A PNG file of pixels [height, width, 1 to 4] of uint8 or uint16."""
    height, width, channels = pixels.shape
    size = pixels.dtype.itemsize
    stored = np.ascontiguousarray(pixels if size == 1 else pixels.astype(">u2"))
    lines = _filtered(stored.view(np.uint8).reshape(height, width, channels * size))
    header = struct.pack(">IIBBBBB", width, height, 8 * size, _COLOR_TYPES[channels], 0, 0, 0)
    body = zlib.compress(lines.tobytes(), compression)
    chunks = ((b"IHDR", header), (b"IDAT", body), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(*each) for each in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + checksum


def _filtered(pixels: Any) -> Any:
    """The rows, each with the filter that leaves the smallest differences, and its number."""
    rows, columns, step = pixels.shape
    wide = np.zeros((rows + 1, columns + 1, step), np.int16)
    wide[1:, 1:] = pixels
    own, left, above, both = wide[1:, 1:], wide[1:, :-1], wide[:-1, 1:], wide[:-1, :-1]
    guesses = (0, left, above, (left + above) >> 1, _paeth(left, above, both))
    best = np.full(rows, np.iinfo(np.int64).max)
    lines = np.zeros((rows, 1 + columns * step), np.uint8)
    for number, guess in enumerate(guesses):
        differences = (own - guess).astype(np.uint8).reshape(rows, -1)
        sizes = np.abs(differences.view(np.int8).astype(np.int16)).sum(1, dtype=np.int64)
        is_best = sizes < best
        best = np.where(is_best, sizes, best)
        lines[is_best, 0] = number
        lines[is_best, 1:] = differences[is_best]
    return lines
