"""JPEG, WebP, PNG of up to 8 bits and the pixels of GIF, decoded by Pillow; JPEG encoded by it.

Pillow is imported here only, when the first picture is read or written. Its decoders let other
threads run meanwhile. Functions take `name`, the public function that messages begin with.
"""

from __future__ import annotations

import io
import math
import struct
import zlib
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np

from eagre.core.errors import InvalidArgumentError, ResourceExhaustedError

LIMIT = 1 << 29
"""The elements that a picture may have; what says that it has more is refused unread."""

# What Pillow raises on damaged bytes, of which it documents only the first two.
_DAMAGE = (
    OSError, SyntaxError, ValueError, IndexError, KeyError, EOFError, TypeError, AttributeError,
    OverflowError, struct.error, zlib.error, AssertionError,
)  # fmt: skip


class JpegOptions(NamedTuple):
    """How a JPEG file is decoded, in TensorFlow's words."""

    ratio: int = 1
    fancy_upscaling: bool = True
    try_recover_truncated: bool = False
    acceptable_fraction: float = 1.0
    dct_method: str = ""


def _pillow(module: str) -> Any:
    """A module of Pillow; an ImportError with a remedy if there is none."""
    try:
        return import_module(f"PIL.{module}")
    except ImportError as error:
        raise ImportError(
            "Pictures are decoded and encoded by Pillow, which cannot be imported. "
            "Install it: python -m pip install 'eagre[data]'"
        ) from error


def damaged(name: str, kind: str, data: bytes, reason: Any = None) -> InvalidArgumentError:
    """The error for bytes that are not a whole, sound file of their kind."""
    why = f" ({reason})" if reason is not None and str(reason) else ""
    return InvalidArgumentError(
        f"{name} expected a whole, undamaged {kind} file. "
        f"Received: {len(data)} bytes that cannot be decoded{why}"
    )


def check_size(name: str, kind: str, height: int, width: int, channels: int) -> None:
    """Refuse a picture without pixels, or one too large, before there is memory for it."""
    if height < 1 or width < 1:
        raise InvalidArgumentError(
            f"{name} expected a picture with pixels. "
            f"Received: a {kind} file of {height} rows and {width} columns"
        )
    if height * width * channels >= LIMIT:
        raise InvalidArgumentError(
            f"{name} expected a picture of fewer than {LIMIT} elements. "
            f"Received: a {kind} file of {height} rows, {width} columns and {channels} channels"
        )


def _opened(name: str, kind: str, data: bytes) -> Any:
    """The picture, of which only the header has been read.

    The class of the format is called by itself: `Image.open` would look for other formats too.
    """
    word = "WebP" if kind == "WebP" else kind.title()
    reader = getattr(_pillow(f"{word}ImagePlugin"), f"{word}ImageFile")
    try:
        return reader(io.BytesIO(data))
    except _DAMAGE as error:
        raise damaged(name, kind, data, error) from error


def _pixels(name: str, kind: str, data: bytes, image: Any, mode: str | None = None) -> Any:
    """The pixels of an opened picture, [height, width] or [height, width, channels]."""
    try:
        return _array_of(image if mode in (None, image.mode) else image.convert(mode))
    except MemoryError as error:
        raise ResourceExhaustedError(
            f"{name} expected memory for the pixels. Received: a {kind} file of "
            f"{image.height} rows and {image.width} columns"
        ) from error
    except _DAMAGE as error:
        raise damaged(name, kind, data, error) from error


_BANDS = {"L": (), "RGB": (3,), "RGBA": (4,), "CMYK": (4,)}


def _array_of(image: Any) -> Any:
    """The pixels of a picture, packed at once: `Image.tobytes` packs pieces and joins them.

    The encoder is Pillow's own and not public: without it NumPy asks for the same bytes.
    """
    image.load()
    encoder_of = getattr(_pillow("Image"), "_getencoder", None)
    if encoder_of is None or image.mode not in _BANDS:
        return np.asarray(image)
    width, height = image.size
    shape = (height, width, *_BANDS[image.mode])
    encoder = encoder_of(image.mode, "raw", image.mode)
    try:
        encoder.setimage(image.im, (0, 0, width, height))
        packed = encoder.encode(math.prod(shape))[2]
    finally:
        encoder.cleanup()
    return np.frombuffer(packed, np.uint8).reshape(shape)


def with_channels(array: Any) -> Any:
    """The picture as [height, width, channels]."""
    return array[:, :, None] if array.ndim == 2 else array


# JPEG -----------------------------------------------------------------------------------------


def read_jpeg(name: str, data: bytes, channels: int, options: JpegOptions) -> Any:
    """The pixels of a JPEG file: gray, or red, green and blue; `channels` 0 keeps what it has.

    Where no colors were stored at a lower resolution, or `fancy_upscaling` is off, the method of
    decoding is the fast one, unless `dct_method` asks for the accurate one; Pillow has no other
    choice.
    """
    height, width, found, is_subsampled = jpeg_frame(name, data)
    check_size(name, "JPEG", height, width, max(found, 3))
    # libjpeg ends at these two bytes, and repeats the last colors that it has.
    data = data + b"\xff\xd9" if options.try_recover_truncated else data
    if found == 4 and channels == 1:
        raise InvalidArgumentError(
            f"{name} expected channels=0 or 3 for a JPEG file with four colors. "
            "Received: channels=1"
        )
    if found not in _JPEG_MODES:
        raise damaged(name, "JPEG", data, f"{found} channels")
    has_less_colors = is_subsampled and channels != 1
    is_fast = options.dct_method != "INTEGER_ACCURATE" and not has_less_colors
    mode = "L" if channels == 1 else _JPEG_MODES[found]
    size = (-(-width // options.ratio), -(-height // options.ratio))
    way = (options.ratio, int(is_fast or not options.fancy_upscaling))
    pixels = _unpacked(name, data, mode, size, way)
    if mode == "L":
        return np.repeat(pixels[:, :, None], 3, 2) if channels == 3 else pixels[:, :, None]
    return _without_black(pixels) if mode == "CMYK" else packed(pixels)


_JPEG_MODES = {1: "L", 3: "RGBX", 4: "CMYK"}


def _unpacked(name: str, data: bytes, mode: str, size: tuple[int, int], way: Any) -> Any:
    """The pixels of a JPEG file as Pillow's decoder writes them: [height, width] or [.., 4]."""
    width, height = size
    try:
        pixels = np.empty((height, width) if mode == "L" else (height, width, 4), np.uint8)
        # Programs store the four colors inverted.
        raw = "CMYK;I" if mode == "CMYK" else mode
        image = _pillow("Image").frombuffer(mode, size, pixels, "raw", mode, 0, 1)
        return _decoded(image, pixels, data, (raw, "", *way))
    except MemoryError as error:
        raise ResourceExhaustedError(
            f"{name} expected memory for the pixels. Received: a JPEG file of {height} rows and "
            f"{width} columns"
        ) from error
    except _DAMAGE as error:
        raise damaged(name, "JPEG", data, error) from error


def _decoded(image: Any, pixels: Any, data: bytes, arguments: tuple[Any, ...]) -> Any:
    """The pixels, which are the memory of the picture, after a file is decoded into it.

    Pillow copies each row of colors out of one of its own. Where that one begins at a multiple of
    32 bytes, libjpeg writes past the cache and the copy waits for the memory: 40% of the time. So
    this is `Image.frombytes` with a say in it; the function that makes decoders is Pillow's own.
    """
    decoder_of = getattr(_pillow("Image"), "_getdecoder", None)
    if decoder_of is None:
        image.frombytes(data, "jpeg", *arguments)
        return np.array(image)
    decoder = decoder_of(image.mode, "jpeg", arguments)
    kept = _amid_lines(pixels.strides[0] if pixels.ndim == 3 else 0)
    decoder.setimage(image.im, (0, 0, *image.size))
    del kept
    missing, error = decoder.decode(data)
    if missing >= 0:
        raise ValueError("the file is truncated")
    if error:
        raise ValueError(f"error {error}")
    return pixels


def _amid_lines(size: int) -> list[Any]:
    """Lets the next allocation of `size` bytes begin amid a line of the cache, as far as it can.

    What is returned is to be kept until then: it holds the places that begin elsewhere.
    """
    kept: list[Any] = []
    while 1024 < size and len(kept) < 8:
        place = np.empty(size, np.uint8)
        if place.__array_interface__["data"][0] % 32:
            break  # Its memory is free from here on, and the first to be found.
        # An odd number of 16 bytes moves what comes behind it.
        kept += [place, np.empty(1032, np.uint8)]
    return kept


def packed(pixels: Any) -> Any:
    """Red, green and blue of pixels of four bytes, [height, width, 3].

    Four bytes are written at each third one, and the next pixel overwrites the fourth: three by
    three NumPy takes fifteen times as long.
    """
    height, width = pixels.shape[:2]
    count = height * width
    room = np.empty(3 * count + 1, np.uint8)
    np.ndarray((count,), np.uint32, room, 0, (3,))[...] = pixels.view(np.uint32).reshape(count)
    return room[:-1].reshape(height, width, 3)


def _without_black(pixels: Any) -> Any:
    """Red, green and blue of cyan, magenta, yellow and black."""
    light = 255 - pixels.astype(np.int32)
    return (light[:, :, :3] * light[:, :, 3:] // 255).astype(np.uint8)


_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


def jpeg_frame(name: str, data: bytes) -> tuple[int, int, int, bool]:
    """Height, width and channels of a JPEG file, and whether colors have fewer samples."""
    place = 2
    while place + 4 <= len(data) and data[:2] == b"\xff\xd8":
        if data[place] != 0xFF:
            break
        marker = data[place + 1]
        if marker in (0xFF, 0x01, *range(0xD0, 0xD9)):
            place += 1 if marker == 0xFF else 2
            continue
        (length,) = struct.unpack_from(">H", data, place + 2)
        if marker in _FRAMES and place + 10 <= len(data):
            height, width, channels = struct.unpack_from(">HHB", data, place + 5)
            samples = data[place + 11 : place + 10 + 3 * channels : 3]
            return height, width, channels, len(set(samples)) > 1
        if marker in (0xD9, 0xDA) or length < 2:
            break
        place += 2 + length
    raise damaged(name, "JPEG", data, "no sizes in its header")


class JpegSettings(NamedTuple):
    """How a JPEG file is written, in TensorFlow's words."""

    quality: int = 95
    progressive: bool = False
    optimize_size: bool = False
    chroma_downsampling: bool = True
    density_unit: str = "in"
    x_density: int = 300
    y_density: int = 300
    xmp_metadata: str = ""


def write_jpeg(name: str, pixels: Any, settings: JpegSettings) -> bytes:
    """A JPEG file of pixels [height, width, 1 or 3] of uint8."""
    height, width, channels = pixels.shape
    if max(height, width) > 65535:
        raise InvalidArgumentError(
            f"{name} expected at most 65535 rows and columns. Received: image.shape={pixels.shape}"
        )
    image = _pillow("Image").fromarray(np.ascontiguousarray(pixels[..., 0] if channels == 1
                                                            else pixels))  # fmt: skip
    more: dict[str, Any] = {}
    if settings.xmp_metadata:
        more["xmp"] = settings.xmp_metadata.encode()
    if channels == 3:
        more["subsampling"] = 2 if settings.chroma_downsampling else 0
    target = io.BytesIO()
    image.save(
        target, "JPEG", quality=max(settings.quality, 1), progressive=settings.progressive,
        optimize=settings.optimize_size, dpi=(settings.x_density, settings.y_density), **more,
    )  # fmt: skip
    written = bytearray(target.getvalue())
    if settings.density_unit == "cm":
        written[13] = 2
    return bytes(written)


# Others ---------------------------------------------------------------------------------------


def read_webp(name: str, data: bytes) -> Any:
    """The frames of a WebP file, [frames, height, width, 3 or 4]."""
    image = _opened(name, "WebP", data)
    count = getattr(image, "n_frames", 1)
    check_size(name, "WebP", image.height, image.width, 4 * count)
    frames = []
    for number in range(count):
        try:
            image.seek(number)
        except _DAMAGE as error:
            raise damaged(name, "WebP", data, error) from error
        frames.append(_pixels(name, "WebP", data, image))
    return np.stack(frames)


def read_small_png(name: str, data: bytes) -> Any:
    """The pixels of a PNG file with at most 8 bits; those of a palette in its colors."""
    image = _opened(name, "PNG", data)
    modes = {"1": "L", "P": "RGBA" if "transparency" in image.info else "RGB"}
    return with_channels(_pixels(name, "PNG", data, image, modes.get(image.mode)))


def read_indices(name: str, data: bytes) -> Any:
    """The indices of the colors in a GIF file of one frame."""
    image = _opened(name, "GIF", data)
    return _pixels(name, "GIF", data, image)
