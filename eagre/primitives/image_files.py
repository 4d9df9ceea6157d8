"""Pictures as files: bytes to pixels and back, and what the header of a JPEG file says.

The formats stand in eagre/files. Kernels let go of the interpreter lock while a file is decoded.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.caller import Called
from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.shapes import format_sizes
from eagre.core.specs import TensorSpec
from eagre.files import pictures, recognizing
from eagre.files.png import write_png
from eagre.primitives import batching
from eagre.primitives.families import check_dtypes

_STRINGS = frozenset({dtypes.string})
_DEPTHS = frozenset({dtypes.uint8, dtypes.uint16})
_METHODS = ("", "INTEGER_FAST", "INTEGER_ACCURATE")


def check_choice(name: str, word: str, value: Any, choices: Any) -> None:
    """Refuse a parameter that is none of the choices."""
    if value not in choices:
        listed = ", ".join(map(repr, choices))
        raise InvalidArgumentError(
            f"{name} expected {word} to be one of {listed}. Received: {word}={value!r}"
        )


def check_file(name: str, x: TensorSpec) -> None:
    """Refuse what is not one string."""
    check_dtypes(_named(name), (x,), _STRINGS)
    if x.sizes not in (None, ()):
        raise InvalidArgumentError(
            f"{name} expected the bytes of one file, a scalar. "
            f"Received: contents.shape={format_sizes(x.sizes)}. "
            "Use tf.map_fn or a Dataset for several."
        )


def _named(name: str) -> Any:
    return SimpleNamespace(public=name)


def _bytes_of(x: Any) -> bytes:
    """The one string in an array."""
    value = x[()]
    if not isinstance(value, bytes):
        raise TypeError("not one string")
    return value


class DecodeImage(Primitive):
    """The pixels of a file. `function` is that of `tf.io` which asks: it says what is allowed.

    A second input, if there is one, is the window of `decode_and_crop_jpeg`.
    """

    vectorize = batching.by_rows
    stops_gradients = True
    can_fail = True

    def infer(
        self, x: TensorSpec, window: Any = None, *, function: str, channels: int, dtype: Any,
        expands: bool, **options: Any,
    ) -> TensorSpec:  # fmt: skip
        """[height, width, channels], for animations with an axis of frames in front."""
        check_file(function, x)
        check_choice(function, "channels", channels, (0, 1, 3, 4))
        check_dtype_of(function, dtype)
        _check_options(function, **options)
        if window is not None:
            _check_window(function, window)
        depth = channels or None
        if function == "decode_image" and expands:
            return TensorSpec.of(None, dtype)
        frames = {"decode_gif": (None,), "decode_webp": (None,)}.get(function, ())
        depth = 3 if function == "decode_gif" else depth
        return TensorSpec.of((*frames, None, None, depth), dtype)

    def kernel(
        self, x: Any, window: Any = None, *, function: str, channels: int, dtype: Any,
        expands: bool, **options: Any,
    ) -> Any:  # fmt: skip
        data = _bytes_of(x)
        check_choice(function, "channels", channels, (0, 1, 3, 4))
        check_dtype_of(function, dtype)
        _check_options(function, **options)
        kind = _check_kind(function, data)
        wanted = pictures.JpegOptions(**options)
        pixels = recognizing.read_picture(function, data, channels, wanted)
        if pixels.ndim == 4:
            pixels = _frames_for(function, pixels, expands)
        elif function in ("decode_gif", "decode_webp"):
            pixels = pixels[None]
        if window is not None:
            if kind != "JPEG" or window.shape != (4,):
                raise ValueError("a window that infer refuses")
            pixels = _cropped(function, pixels, window.tolist())
        return recognizing.as_dtype(pixels, dtype.numpy, kind == "PNG")


def check_dtype_of(function: str, dtype: Any) -> None:
    """Refuse a dtype that pixels do not have."""
    choices = ("uint8", "uint16", *(("float32",) if function == "decode_image" else ()))
    check_choice(function, "dtype", dtype.name, choices)


def _check_options(function: str, **options: Any) -> None:
    check_choice(function, "ratio", options["ratio"], (1, 2, 4, 8))
    check_choice(function, "dct_method", options["dct_method"], _METHODS)


def _check_window(function: str, window: TensorSpec) -> None:
    check_dtypes(_named(function), (window,), frozenset({dtypes.int32}))
    if window.sizes not in (None, (4,), (None,)):
        raise InvalidArgumentError(
            f"{function} expected crop_window to be [row, column, height, width]. "
            f"Received: crop_window.shape={format_sizes(window.sizes)}"
        )


def _check_kind(function: str, data: bytes) -> str | None:
    """Refuse a format that the function does not read: BMP has its own, a window needs JPEG."""
    kind = recognizing.kind_of(data)
    if kind is None:
        return None
    expected = {"decode_bmp": "BMP", "decode_and_crop_jpeg": "JPEG"}.get(function, kind)
    if kind == expected and (kind != "BMP" or function in ("decode_bmp", "decode_image")):
        return kind
    wanted = expected if kind != expected else "JPEG, PNG, GIF or WebP"
    raise InvalidArgumentError(
        f"{function} expected a {wanted} file. Received: a {kind} file of {len(data)} bytes. "
        "Use tf.io.decode_image, which reads every format."
    )


def _frames_for(function: str, frames: Any, expands: bool) -> Any:
    """All frames, or the only one, or the first one, as the function gives them."""
    if function in ("decode_gif", "decode_webp") or (function == "decode_image" and expands):
        return frames
    if function != "decode_image" and len(frames) > 1:
        raise InvalidArgumentError(
            f"{function} expected a file of one picture. Received: {len(frames)} frames. "
            "Use tf.io.decode_gif or tf.io.decode_image for animations."
        )
    return frames[0]


def _cropped(function: str, pixels: Any, window: list[int]) -> Any:
    row, column, height, width = window
    rows, columns, _ = pixels.shape
    is_inside = row >= 0 <= column and row + height <= rows and column + width <= columns
    if not is_inside or height < 1 or width < 1:
        raise InvalidArgumentError(
            f"{function} expected crop_window [row, column, height, width] to lie within the "
            f"picture of {rows} rows and {columns} columns. Received: crop_window={window}"
        )
    return np.ascontiguousarray(pixels[row : row + height, column : column + width])


class EncodeJpeg(Primitive):
    """A JPEG file of pixels [height, width, 1 or 3]."""

    vectorize = batching.by_rows
    stops_gradients = True
    can_fail = True

    def infer(self, x: TensorSpec, quality: TensorSpec, *, format: str, **settings: Any) -> Any:
        """One string."""
        check_dtypes(self, (x,), frozenset({dtypes.uint8}))
        check_dtypes(self, (quality,), frozenset({dtypes.int32}))
        if quality.sizes not in (None, ()):
            raise InvalidArgumentError(
                f"{self.public} expected quality to be one number. "
                f"Received: quality.shape={format_sizes(quality.sizes)}"
            )
        if x.sizes is not None and len(x.sizes) != 3:
            raise InvalidArgumentError(
                f"{self.public} expected an image [height, width, channels]. "
                f"Received: image.shape={format_sizes(x.sizes)}"
            )
        self._check(x.sizes, format, settings)
        return TensorSpec.of((), dtypes.string)

    def _check(self, sizes: Any, format: str, settings: Any) -> None:
        name = self.public
        check_choice(name, "format", format, ("", "grayscale", "rgb"))
        check_choice(name, "density_unit", settings["density_unit"], ("in", "cm"))
        for word in ("x_density", "y_density"):
            if not 0 <= settings[word] < 65536:
                raise InvalidArgumentError(
                    f"{name} expected {word} to be from 0 to 65535. "
                    f"Received: {word}={settings[word]}"
                )
        allowed = {"grayscale": (1,), "rgb": (3,)}.get(format, (1, 3))
        if sizes is not None and sizes[2] not in (*allowed, None):
            raise InvalidArgumentError(
                f"{name} expected an image with {' or '.join(map(str, allowed))} channels"
                f"{f' for format={format!r}' if format else ''}. "
                f"Received: image.shape={format_sizes(sizes)}"
            )

    def kernel(self, x: Any, quality: Any, *, format: str, **settings: Any) -> Any:
        if x.ndim != 3 or x.dtype != np.uint8 or quality.ndim or quality.dtype != np.int32:
            raise ValueError("an image or a quality that infer refuses")
        self._check(x.shape, format, settings)
        if not x.size:
            raise _no_pixels(self.public, x)
        number = int(quality)
        if not 0 <= number <= 100:
            raise InvalidArgumentError(
                f"{Called(self.public)} expected quality to be from 0 to 100. "
                f"Received: quality={number}"
            )
        wanted = pictures.JpegSettings(number, **settings)
        return _string(pictures.write_jpeg(self.public, x, wanted))


def _no_pixels(name: str, x: Any) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"{name} expected an image with pixels. Received: image.shape={x.shape}"
    )


def _string(value: bytes) -> Any:
    """One string as an array."""
    result = np.empty((), object)
    result[()] = value
    return result


class EncodePng(Primitive):
    """PNG files of pixels [..., height, width, 1 to 4]."""

    vectorize = batching.as_it_is
    has_one_input = True
    stops_gradients = True
    can_fail = True

    def infer(self, x: TensorSpec, *, compression: int) -> TensorSpec:
        """A string for each picture."""
        check_dtypes(self, (x,), _DEPTHS)
        sizes = x.sizes
        self._check(sizes, compression)
        return TensorSpec.of(None if sizes is None else sizes[:-3], dtypes.string)

    def _check(self, sizes: Any, compression: int) -> None:
        if not -1 <= compression <= 9:
            raise InvalidArgumentError(
                f"{self.public} expected compression to be from -1 to 9. "
                f"Received: compression={compression}"
            )
        if sizes is not None and (len(sizes) < 3 or sizes[-1] not in (1, 2, 3, 4, None)):
            raise InvalidArgumentError(
                f"{self.public} expected an image [..., height, width, channels] with 1 to 4 "
                f"channels. Received: image.shape={format_sizes(sizes)}"
            )

    def kernel(self, x: Any, *, compression: int) -> Any:
        self._check(x.shape, compression)
        if 0 in x.shape[-3:]:
            raise _no_pixels(self.public, x)
        result = np.empty(x.shape[:-3], object)
        for place in np.ndindex(*result.shape):
            result[place] = write_png(x[place], compression)
        return result


class JpegShape(Primitive):
    """Height, width and channels of a JPEG file, by its header."""

    public = "extract_jpeg_shape"
    vectorize = batching.by_rows
    has_one_input = True
    stops_gradients = True
    can_fail = True

    def infer(self, x: TensorSpec, *, dtype: Any) -> TensorSpec:
        """A vector of three."""
        check_file(self.public, x)
        check_choice(self.public, "output_type", dtype.name, ("int32", "int64"))
        return TensorSpec.of((3,), dtype)

    def kernel(self, x: Any, *, dtype: Any) -> Any:
        check_choice(self.public, "output_type", dtype.name, ("int32", "int64"))
        return np.array(pictures.jpeg_frame(self.public, _bytes_of(x))[:3], dtype.numpy)


class IsJpeg(Primitive):
    """Whether strings begin as JPEG files do."""

    vectorize = batching.as_it_is
    has_one_input = True
    stops_gradients = True

    def infer(self, x: TensorSpec) -> TensorSpec:
        """The same shape."""
        check_dtypes(self, (x,), _STRINGS)
        return TensorSpec.of(x.sizes, dtypes.bool_)

    def kernel(self, x: Any) -> Any:
        start = recognizing.JPEG_START
        flags = [value.startswith(start) for value in x.ravel().tolist()]
        return np.array(flags, np.bool_).reshape(x.shape)


decode_image = DecodeImage()
encode_jpeg = EncodeJpeg()
encode_png = EncodePng()
jpeg_shape = JpegShape()
is_jpeg = IsJpeg()
