"""Which format the bytes of a picture have, and its pixels as uint8 or uint16."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core.errors import InvalidArgumentError
from eagre.files.bmp import read_bmp
from eagre.files.gif import read_gif
from eagre.files.pictures import JpegOptions, read_jpeg, read_webp
from eagre.files.png import SIGNATURE, read_png

JPEG_START = b"\xff\xd8\xff"


def kind_of(data: bytes) -> str | None:
    """JPEG, PNG, GIF, BMP or WebP by the first bytes; None for anything else."""
    if data.startswith(JPEG_START):
        return "JPEG"
    if data.startswith(SIGNATURE):
        return "PNG"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if data.startswith(b"BM"):
        return "BMP"
    return "WebP" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else None


def read_picture(name: str, data: bytes, channels: int, options: JpegOptions) -> Any:
    """The pixels of a picture of any format.

    [height, width, channels], or [frames, height, width, channels] for GIF and WebP.
    """
    kind = kind_of(data)
    if kind is None:
        start = f"{data[:8]!r}…" if len(data) > 8 else repr(data)
        raise InvalidArgumentError(
            f"{name} expected the bytes of a JPEG, PNG, GIF, BMP or WebP file. "
            f"Received: {len(data)} bytes, {start}"
        )
    allowed = {"JPEG": (0, 1, 3), "GIF": (0, 3), "BMP": (0, 3, 4), "WebP": (0, 3, 4)}.get(kind)
    if allowed and channels not in allowed:
        choices = ", ".join(map(str, allowed))
        raise InvalidArgumentError(
            f"{name} expected channels to be one of {choices} for a {kind} file. "
            f"Received: channels={channels}"
        )
    if kind == "JPEG":
        return read_jpeg(name, data, channels, options)
    if kind == "GIF":
        return read_gif(name, data)
    if kind == "WebP":
        return _webp(name, data, channels)
    is_png = kind == "PNG"
    pixels = read_png(name, data, channels == 4) if is_png else read_bmp(name, data)
    return in_channels(pixels, channels)


def _webp(name: str, data: bytes, channels: int) -> Any:
    """The frames of a WebP file, which has to have the channels that were asked for."""
    frames = read_webp(name, data)
    if channels not in (0, frames.shape[3]):
        raise InvalidArgumentError(
            f"{name} expected channels=0 or those of the WebP file, {frames.shape[3]}. "
            f"Received: channels={channels}"
        )
    return frames


def in_channels(pixels: Any, channels: int) -> Any:
    """The picture in 1 (gray), 3 or 4 channels (with opacity); 0 keeps it as it is."""
    found = pixels.shape[2]
    if channels in (0, found):
        return pixels
    colors = pixels[:, :, : found - 1] if found in (2, 4) else pixels
    if channels == 1:
        return colors if colors.shape[2] == 1 else _gray(colors)
    if colors.shape[2] == 1:
        colors = np.repeat(colors, 3, 2)
    if channels == 3:
        return np.ascontiguousarray(colors)
    full = np.iinfo(pixels.dtype).max
    opacity = pixels[:, :, found - 1 :] if found in (2, 4) else np.full_like(pixels[:, :, :1], full)
    return np.concatenate([colors, opacity], 2)


def _gray(colors: Any) -> Any:
    """The gray of red, green and blue, by libpng's rule of 15 bits."""
    red, green, blue = (colors[:, :, i : i + 1].astype(np.uint32) for i in range(3))
    half = 0 if colors.dtype == np.uint8 else 16384
    gray = (9797 * red + 19234 * green + 3737 * blue + half) >> 15
    is_gray = (red == green) & (red == blue)
    return np.where(is_gray, red, gray).astype(colors.dtype)


def as_dtype(pixels: Any, dtype: Any, is_png: bool) -> Any:
    """The pixels in uint8, uint16 or float32, where 1 is full.

    In uint16 65535 is full for PNG files, and 65280 for the others, as in TensorFlow.
    """
    if dtype == np.uint8:
        return pixels if pixels.dtype == dtype else (pixels >> 8).astype(np.uint8)
    if dtype == np.uint16:
        is_small = pixels.dtype == np.uint8
        return pixels.astype(np.uint16) * np.uint16((257 if is_png else 256) if is_small else 1)
    full = 255 if pixels.dtype == np.uint8 else 65535
    return np.multiply(pixels, np.float32(1 / full), dtype=np.float32)
