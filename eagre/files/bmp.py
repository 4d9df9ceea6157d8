"""BMP files without compression: bytes to arrays."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

from eagre.core.errors import InvalidArgumentError
from eagre.files.pictures import check_size, damaged


def read_bmp(name: str, data: bytes) -> Any:
    """The pixels of a BMP file of 8, 24 or 32 bits, [height, width, 1, 3 or 4].

    With 8 bits a pixel is its number, without a table of colors, as in TensorFlow.
    """
    try:
        (start,) = struct.unpack_from("<I", data, 10)
        width, signed = struct.unpack_from("<ii", data, 18)
        (bits,) = struct.unpack_from("<H", data, 28)
        (compression,) = struct.unpack_from("<I", data, 30)
    except struct.error as error:
        raise damaged(name, "BMP", data, "it ends within its header") from error
    height, channels = abs(signed), bits // 8
    if bits not in (8, 24, 32) or compression not in (0, 3):
        raise InvalidArgumentError(
            f"{name} expected a BMP file with 8, 24 or 32 bits for each pixel, not compressed. "
            f"Received: {bits} bits, compression={compression}"
        )
    check_size(name, "BMP", height, width, channels)
    row = (width * channels + 3) // 4 * 4
    # The padding of the last row may be left out.
    if start < 14 or start + row * (height - 1) + width * channels > len(data):
        raise damaged(name, "BMP", data, f"{height} rows of {row} bytes do not fit")
    body = np.frombuffer(data[start : start + row * height].ljust(row * height, b"\0"), np.uint8)
    pixels = body.reshape(height, row)[:, : width * channels].reshape(height, width, channels)
    pixels = pixels if signed < 0 else pixels[::-1]
    order = {1: [0], 3: [2, 1, 0], 4: [2, 1, 0, 3]}[channels]
    return np.ascontiguousarray(pixels[:, :, order])
