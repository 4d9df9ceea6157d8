"""Draw the files in `images/`, which make_image.py lets TensorFlow decode.

Run from the root of the repository in the project's own environment, which has Pillow:

    python tests/oracle/draw_images.py
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

FOLDER = Path(__file__).with_name("images")



def chunk(kind: bytes, content: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + checksum


def deep_png(pixels: Any, is_interlaced: bool, *more: bytes) -> bytes:
    """A PNG file of 16 bits whose rows have all filters in turn."""
    height, width, channels = pixels.shape
    body, passes = b"", [(0, 0, 1, 1)]
    if is_interlaced:
        passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2),
                  (0, 1, 2, 2), (1, 0, 2, 1)]  # fmt: skip
    for row, column, down, right in passes:
        part = pixels[row::down, column::right]
        above = bytes(part.shape[1] * channels * 2)
        for number, line in enumerate(part.astype(">u2") if part.size else ()):
            here = line.tobytes()
            body += filtered(number % 5, here, above, 2 * channels)
            above = here
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    header = struct.pack(">IIBBBBB", width, height, 16, kind, 0, 0, int(is_interlaced))
    data = chunk(b"IDAT", zlib.compress(body))
    parts = [chunk(b"IHDR", header), *more, data, chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def filtered(number: int, here: bytes, above: bytes, step: int) -> bytes:
    """A row by one filter of the standard."""
    result = [number]
    for i, byte in enumerate(here):
        left, both = (here[i - step], above[i - step]) if i >= step else (0, 0)
        paeth = min((left, above[i], both), key=lambda n: abs(left + above[i] - both - n))
        guess = (0, left, above[i], (left + above[i]) // 2, paeth)[number]
        result.append((byte - guess) % 256)
    return bytes(result)


def draw_files() -> None:
    """Write the files."""
    y, x = np.mgrid[0:37, 0:53]
    rgb = np.stack([(x * 4 + y) % 256, y * 6 % 256, x * y % 256], -1).astype(np.uint8)
    rgb[8:30, 8:30] //= 3
    gray = rgb[..., 0]
    rgba = np.concatenate([rgb, gray[..., None]], -1)
    deep = rgba.astype(np.uint16) * 251 + 7
    indexed = Image.fromarray(rgb).quantize(200)
    frames = [Image.fromarray(np.roll(rgb, 7 * i, 1)).quantize(32) for i in range(3)]
    saves: dict[str, tuple[Any, dict[str, Any]]] = {
        "rgb.jpg": (rgb, {"quality": 90}),
        "full.jpg": (rgb, {"quality": 80, "subsampling": 0, "progressive": True}),
        "gray.jpg": (gray, {}),
        "rgb.png": (rgb, {}), "gray.png": (gray, {}), "rgba.png": (rgba, {}),
        "rgb.bmp": (rgb, {}), "gray.bmp": (gray, {}), "rgba.bmp": (rgba, {}),
        "rgb.webp": (rgb, {"lossless": True}), "rgba.webp": (rgba, {"lossless": True}),
    }  # fmt: skip
    for name, (pixels, more) in saves.items():
        Image.fromarray(pixels).save(FOLDER / name, **more)
    Image.fromarray(np.stack([gray, 255 - gray], -1), "LA").save(FOLDER / "la.png")
    Image.fromarray(rgb).convert("CMYK").save(FOLDER / "cmyk.jpg", subsampling=0)
    Image.fromarray(gray > 128).save(FOLDER / "bit.png")
    Image.fromarray(gray).save(FOLDER / "clear_gray.png", transparency=40)
    Image.fromarray(rgb).save(FOLDER / "clear.png", transparency=(60, 90, 225))
    indexed.save(FOLDER / "indexed.png")
    indexed.save(FOLDER / "clear_indexed.png", transparency=3)
    frames[0].save(FOLDER / "frames.gif", save_all=True, append_images=frames[1:])
    frames[0].save(FOLDER / "clear_frames.gif", save_all=True, append_images=frames[1:],
                   disposal=2, transparency=0)  # fmt: skip
    frames[0].save(FOLDER / "one.gif")
    one = bytearray((FOLDER / "one.gif").read_bytes())
    place = one.index(b",\0\0\0\0") + 1
    # A frame that begins within a larger screen.
    one[place : place + 4], one[6:10] = struct.pack("<HH", 9, 5), struct.pack("<HH", 80, 60)
    (FOLDER / "shifted.gif").write_bytes(one)
    for channels in (1, 2, 3, 4):
        (FOLDER / f"deep{channels}.png").write_bytes(deep_png(deep[..., :channels], False))
    clear = chunk(b"tRNS", struct.pack(">HHH", *deep[3, 4, :3].tolist()))
    (FOLDER / "deep_clear.png").write_bytes(deep_png(deep[..., :3], False, clear))
    (FOLDER / "deep_woven.png").write_bytes(deep_png(deep[..., :3], True))


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    draw_files()
