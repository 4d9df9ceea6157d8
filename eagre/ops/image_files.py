"""Files of images: decoding and encoding JPEG, PNG, GIF, BMP and WebP."""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import UnimplementedError
from eagre.ops.image_dtypes import convert_image_dtype, floating
from eagre.primitives import image_files

_NO_OPTIONS = {
    "ratio": 1,
    "fancy_upscaling": True,
    "try_recover_truncated": False,
    "acceptable_fraction": 1.0,
    "dct_method": "",
}


def _decode(
    function: str, contents: Any, channels: Any, dtype: Any = dtypes.uint8, expands: bool = True,
    window: Any = None, **options: Any,
) -> Any:  # fmt: skip
    inputs = [to_tensor(contents, dtypes.string, name=function)]
    if window is not None:
        inputs.append(to_tensor(window, dtypes.int32, name=f"{function}(crop_window)"))
    return image_files.decode_image(
        *inputs, function=function, channels=int(channels or 0), dtype=dtypes.as_dtype(dtype),
        expands=expands, **{**_NO_OPTIONS, **options},
    )  # fmt: skip


def decode_jpeg(
    contents: Any,
    channels: int = 0,
    ratio: int = 1,
    fancy_upscaling: bool = True,
    try_recover_truncated: bool = False,
    acceptable_fraction: float = 1,
    dct_method: str = "",
    name: str | None = None,
) -> Any:
    """The pixels of a JPEG file, [height, width, channels] of uint8; other formats are read too.

    The pixels are those of TensorFlow bit by bit for gray images, for files that keep colors at
    full resolution, without `fancy_upscaling`, and with "INTEGER_ACCURATE". For the others the
    accurate method is used, whose pixels are off by 1 level of 255 in the mean of a photograph.

    Args:
        channels: 1 for gray, 3 for colors, 0 for what the file has.
        ratio: decode at 1 / ratio of height and width: 1, 2, 4 or 8.
        fancy_upscaling: smooth colors that are stored at half the resolution.
        try_recover_truncated: what a file that ends too early does not have is gray.
        acceptable_fraction: for TensorFlow's sake; all rows come out of a file that is recovered.
        dct_method: "INTEGER_FAST" (as by default) or "INTEGER_ACCURATE", a wish.

    Raises:
        InvalidArgumentError: the bytes are damaged or of no format that is known.

    >>> file = tf.io.encode_jpeg(tf.zeros([4, 6, 3], tf.uint8))
    >>> tf.io.decode_jpeg(file, channels=1).shape
    TensorShape([4, 6, 1])
    """
    return _decode(
        "decode_jpeg", contents, channels, ratio=int(ratio), fancy_upscaling=bool(fancy_upscaling),
        try_recover_truncated=bool(try_recover_truncated),
        acceptable_fraction=float(acceptable_fraction), dct_method=dct_method,
    )  # fmt: skip


def decode_and_crop_jpeg(
    contents: Any,
    crop_window: Any,
    channels: int = 0,
    ratio: int = 1,
    fancy_upscaling: bool = True,
    try_recover_truncated: bool = False,
    acceptable_fraction: float = 1,
    dct_method: str = "",
    name: str | None = None,
) -> Any:
    """A part of the pixels of a JPEG file.

    Args:
        crop_window: [row, column, height, width] of the part, in the decoded image.

    Other arguments and errors are those of `decode_jpeg`; the window has to lie in the image.

    >>> file = tf.io.encode_jpeg(tf.zeros([4, 6, 3], tf.uint8))
    >>> tf.io.decode_and_crop_jpeg(file, [1, 2, 3, 4]).shape
    TensorShape([3, 4, 3])
    """
    return _decode(
        "decode_and_crop_jpeg", contents, channels, window=crop_window, ratio=int(ratio),
        fancy_upscaling=bool(fancy_upscaling), try_recover_truncated=bool(try_recover_truncated),
        acceptable_fraction=float(acceptable_fraction), dct_method=dct_method,
    )  # fmt: skip


def decode_png(
    contents: Any, channels: int = 0, dtype: Any = dtypes.uint8, name: str | None = None
) -> Any:
    """The pixels of a PNG file, [height, width, channels] of uint8 or uint16.

    Args:
        channels: 1 for gray, 3 for colors, 4 with opacity, 0 for what the file has.

    >>> tf.io.decode_png(tf.io.encode_png([[[1], [2]]])).numpy().ravel()
    array([1, 2], dtype=uint8)
    """
    return _decode("decode_png", contents, channels, dtype)


def decode_bmp(contents: Any, channels: int = 0, name: str | None = None) -> Any:
    """The pixels of a BMP file of 8, 24 or 32 bits, [height, width, channels] of uint8.

    >>> header = b"BM" + bytes(8) + b"\\x1a\\0\\0\\0" + b"\\x28\\0\\0\\0" + b"\\1\\0\\0\\0" * 2
    >>> file = header + b"\\1\\0\\x18\\0" + bytes(4) + b"\\3\\2\\1\\0"
    >>> tf.io.decode_bmp(file.replace(b"\\x1a", b"\\x22")).numpy()
    array([[[1, 2, 3]]], dtype=uint8)
    """
    return _decode("decode_bmp", contents, channels)


def decode_gif(contents: Any, name: str | None = None) -> Any:
    """The frames of a GIF file, [frames, height, width, 3] of uint8.

    What a frame leaves out is as in the frame before it, and black in the first one.

    >>> dot = b"GIF89a\\x01\\0\\x01\\0\\x80\\0\\0\\x07\\x08\\x09\\0\\0\\0"
    >>> dot += b",\\0\\0\\0\\0\\x01\\0\\x01\\0\\0\\x02\\x02\\x44\\x01\\0;"
    >>> tf.io.decode_gif(dot).numpy()
    array([[[[7, 8, 9]]]], dtype=uint8)
    """
    return _decode("decode_gif", contents, 0)


def decode_webp(
    contents: Any, channels: int = 0, dtype: Any = dtypes.uint8, name: str | None = None
) -> Any:
    """The frames of a WebP file, [frames, height, width, 3 or 4] of uint8.

    >>> file = b"RIFF\\x1e\\0\\0\\0WEBPVP8L\\x11\\0\\0"
    >>> file += b"\\0/\\0\\0\\0\\0\\x07P\\x84\\x1e4\\xa1\\xff\\x81\\x88\\xe8\\x7f\\0\\0"
    >>> tf.image.decode_webp(file).shape
    TensorShape([1, 1, 1, 3])
    """
    return _decode("decode_webp", contents, channels, dtype)


def decode_jxl(
    contents: Any, channels: int = 0, dtype: Any = dtypes.uint8, name: str | None = None
) -> Any:
    """Not available: neither Pillow nor Python reads JPEG XL files.

    Raises:
        UnimplementedError: always.
    """
    raise UnimplementedError(
        "decode_jxl expected a library that reads JPEG XL files, which Pillow does not. "
        f"Received: contents of type {type(contents).__name__}. "
        "Convert such files to PNG, which keeps each pixel."
    )


def decode_image(
    contents: Any,
    channels: int | None = None,
    dtype: Any = dtypes.uint8,
    name: str | None = None,
    expand_animations: bool = True,
) -> Any:
    """The pixels of a JPEG, PNG, GIF, BMP or WebP file in any dtype.

    JPEG, PNG and BMP give [height, width, channels]; GIF and WebP [frames, height, width,
    channels] with `expand_animations`, else their first frame. In a graph the rank is unknown
    with `expand_animations`. Values are scaled by `convert_image_dtype`.

    >>> file = tf.io.encode_png([[[255], [51]]])
    >>> tf.io.decode_image(file, dtype=tf.float32).numpy().ravel().round(3)
    array([1. , 0.2], dtype=float32)
    """
    target = dtypes.as_dtype(dtype)
    is_stored = target in (dtypes.uint8, dtypes.uint16, dtypes.float32)
    stored = target if is_stored else dtypes.uint16
    pixels = _decode("decode_image", contents, channels, stored, bool(expand_animations))
    return convert_image_dtype(pixels, target)


def encode_jpeg(
    image: Any,
    format: str = "",
    quality: int = 95,
    progressive: bool = False,
    optimize_size: bool = False,
    chroma_downsampling: bool = True,
    density_unit: str = "in",
    x_density: int = 300,
    y_density: int = 300,
    xmp_metadata: str = "",
    name: str | None = None,
) -> Any:
    """A JPEG file of an image [height, width, 1 or 3] of uint8: the bytes of TensorFlow's.

    Args:
        format: "grayscale" or "rgb" demands 1 or 3 channels.
        quality: from 0 to 100.
        chroma_downsampling: whether colors are stored at half the resolution.
        xmp_metadata: text that is embedded.

    >>> file = tf.io.encode_jpeg(tf.zeros([4, 6, 3], tf.uint8), quality=50)
    >>> tf.io.is_jpeg(file).numpy()
    np.True_
    """
    return image_files.encode_jpeg(
        to_tensor(image, hint=dtypes.uint8, name="encode_jpeg"),
        to_tensor(quality, dtypes.int32, name="encode_jpeg(quality)"),
        format=format, progressive=bool(progressive), optimize_size=bool(optimize_size),
        chroma_downsampling=bool(chroma_downsampling), density_unit=density_unit,
        x_density=int(x_density), y_density=int(y_density), xmp_metadata=xmp_metadata,
    )  # fmt: skip


def encode_png(image: Any, compression: int = -1, name: str | None = None) -> Any:
    """PNG files of images [..., height, width, 1 to 4] of uint8 or uint16.

    Args:
        compression: from 0 (quick) to 9 (small); -1 leaves the choice to zlib.

    >>> file = tf.io.encode_png([[[7]]])
    >>> tf.io.decode_png(file).numpy()
    array([[[7]]], dtype=uint8)
    """
    x = to_tensor(image, hint=dtypes.uint8, name="encode_png")
    return image_files.encode_png(x, compression=int(compression))


def extract_jpeg_shape(
    contents: Any, output_type: Any = dtypes.int32, name: str | None = None
) -> Any:
    """Height, width and channels of a JPEG file, of which only the header is read.

    >>> file = tf.io.encode_jpeg(tf.zeros([4, 6, 3], tf.uint8))
    >>> tf.io.extract_jpeg_shape(file).numpy()
    array([4, 6, 3], dtype=int32)
    """
    x = to_tensor(contents, dtypes.string, name="extract_jpeg_shape")
    return image_files.jpeg_shape(x, dtype=dtypes.as_dtype(output_type))


def is_jpeg(contents: Any, name: str | None = None) -> Any:
    """Whether strings begin as JPEG files do.

    >>> tf.io.is_jpeg([b"\\xff\\xd8\\xff\\xe0", b"GIF89a"]).numpy()
    array([ True, False])
    """
    return image_files.is_jpeg(to_tensor(contents, dtypes.string, name="is_jpeg"))


def adjust_jpeg_quality(
    image: Any, jpeg_quality: Any, dct_method: str = "", name: str | None = None
) -> Any:
    """The image after it was a JPEG file: with what such a file loses.

    Args:
        image: [height, width, 1 or 3]; floats are from 0 to 1.
        jpeg_quality: from 0 to 100; it may be a tensor.

    >>> image = tf.reshape(tf.range(0.0, 1.0, 1 / 48), [4, 4, 3])
    >>> tf.image.adjust_jpeg_quality(image, 75).shape
    TensorShape([4, 4, 3])
    """
    x = to_tensor(image, name="adjust_jpeg_quality")
    channels = None if x.sizes is None else x.sizes[-1]
    quality = to_tensor(jpeg_quality, dtypes.int32, name="adjust_jpeg_quality(jpeg_quality)")
    pixels = convert_image_dtype(x, dtypes.uint8, saturate=True)
    file = encode_jpeg(pixels, quality=quality)  # pyright: ignore[reportArgumentType]
    again = decode_jpeg(file, channels=channels or 0, dct_method=dct_method)
    return convert_image_dtype(again, floating(x).dtype if x.dtype.is_floating else x.dtype)
