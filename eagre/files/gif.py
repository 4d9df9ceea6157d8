"""GIF files: frames drawn one over the other, as CompuServe's "GIF89a" (1990) has them.

Here stand the blocks of the format; the codes of pixels are decoded by Pillow, frame by frame.
"""

from __future__ import annotations

import struct
from typing import Any, NamedTuple

import numpy as np

from eagre.core.errors import InvalidArgumentError
from eagre.files.pictures import check_size, damaged, read_indices


class _Frame(NamedTuple):
    """One picture of a file: where it lies, its colors, and its codes as they stand."""

    left: int
    top: int
    width: int
    height: int
    flags: int
    colors: bytes
    transparent: int | None
    codes: bytes


def read_gif(name: str, data: bytes) -> Any:
    """The frames of a GIF file, [frames, height, width, 3]; all of them are as large as the
    largest, and what no frame has drawn is black."""
    try:
        frames = _frames(data)
    except (IndexError, struct.error) as error:
        raise damaged(name, "GIF", data, "it ends within a block") from error
    if not frames:
        raise damaged(name, "GIF", data, "no frame in it")
    height, width = (max(getattr(f, side) for f in frames) for side in ("height", "width"))
    check_size(name, "GIF", height, width, 3 * len(frames))
    result = np.zeros((len(frames), height, width, 3), np.uint8)
    for number, frame in enumerate(frames):
        if number:
            result[number] = result[number - 1]
        _draw(name, data, frame, result[number])
    return result


def _draw(name: str, data: bytes, frame: _Frame, canvas: Any) -> None:
    """Color the pixels of a frame, but for those that it lets show through."""
    if not frame.width or not frame.height:
        return
    indices = read_indices(name, _alone(frame))
    height, width = canvas.shape[:2]
    indices = indices[: max(height - frame.top, 0), : max(width - frame.left, 0)]
    colors = np.frombuffer(frame.colors, np.uint8).reshape(-1, 3)
    is_drawn = indices != (-1 if frame.transparent is None else frame.transparent)
    if not colors.size or (is_drawn & (indices >= len(colors))).any():
        raise InvalidArgumentError(
            f"{name} expected colors for all pixels of a GIF file. "
            f"Received: {len(data)} bytes with a table of {len(colors)} colors"
        )
    part = canvas[frame.top : frame.top + len(indices), frame.left : frame.left + indices.shape[1]]
    part[is_drawn] = colors[indices[is_drawn]]


def _alone(frame: _Frame) -> bytes:
    """A file of this frame alone, with colors that are not those of a scale of grays."""
    size = struct.pack("<HH", frame.width, frame.height)
    head = b"GIF87a" + size + b"\xf7\x00\x00" + bytes(range(255, -1, -1)) * 3
    return head + b",\0\0\0\0" + size + bytes([frame.flags & 0x40]) + frame.codes + b";"


def _frames(data: bytes) -> list[_Frame]:
    """The frames of a file, up to its end or its trailer."""
    flags = data[10]
    shared, place = _colors(data, 13, flags)
    frames: list[_Frame] = []
    transparent = None
    while data[place] != 0x3B:
        if data[place] == 0x21:
            if data[place + 1] == 0xF9 and data[place + 2] == 4:
                transparent = data[place + 6] if data[place + 3] & 1 else None
            place = _after_blocks(data, place + 2)
        elif data[place] == 0x2C:
            left, top, width, height, flags = struct.unpack_from("<HHHHB", data, place + 1)
            own, start = _colors(data, place + 10, flags)
            place = _after_blocks(data, start + 1)
            codes, colors = data[start:place], own if flags & 0x80 else shared
            frames.append(_Frame(left, top, width, height, flags, colors, transparent, codes))
            transparent = None
        else:
            raise IndexError
    return frames


def _colors(data: bytes, place: int, flags: int) -> tuple[bytes, int]:
    """The table of colors at a place, if the flags say that there is one, and its end."""
    end = place + 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else place
    if end > len(data):
        raise IndexError
    return data[place:end], end


def _after_blocks(data: bytes, place: int) -> int:
    """The place after a row of blocks that each begin with their length."""
    while data[place]:
        place += 1 + data[place]
    return place + 1
