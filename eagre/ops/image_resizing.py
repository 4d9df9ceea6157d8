"""Images in another size."""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.core.tensor import EagerTensor
from eagre.ops.image_dtypes import batch_of, unbatched
from eagre.ops.image_geometry import pad_to_bounding_box
from eagre.ops.joining import stack
from eagre.ops.math import floor, maximum, minimum, round
from eagre.ops.shaping import as_shape, axis_sizes, cast, known_as
from eagre.primitives.arithmetic import identity
from eagre.primitives.families import REALS, apply_with_shape
from eagre.primitives.resampling import resample
from eagre.primitives.sampling_weights import METHODS


class ResizeMethod:
    """How pixels of another size are computed.

    >>> tf.image.ResizeMethod.BICUBIC
    'bicubic'
    """

    BILINEAR = "bilinear"
    NEAREST_NEIGHBOR = "nearest"
    BICUBIC = "bicubic"
    AREA = "area"
    LANCZOS3 = "lanczos3"
    LANCZOS5 = "lanczos5"
    GAUSSIAN = "gaussian"
    MITCHELLCUBIC = "mitchellcubic"


_PUBLIC_METHODS = tuple(
    value for name, value in vars(ResizeMethod).items() if not name.startswith("_")
)
# With antialiasing the widest part of a kernel follows the scale, for which others are in use.
_SMOOTH = {"bilinear": "triangle", "bicubic": "keyscubic"}


def resize(
    images: Any,
    size: Any,
    method: Any = ResizeMethod.BILINEAR,
    preserve_aspect_ratio: bool = False,
    antialias: bool = False,
    name: str | None = None,
) -> Any:
    """Images [height, width, channels] or [batch, height, width, channels] in another size.

    The result is float32, but for "nearest", which keeps the dtype and its values.

    Args:
        size: the new height and width.
        method: one of `tf.image.ResizeMethod`: "bilinear", "nearest", "bicubic", "area",
            "lanczos3", "lanczos5", "gaussian" or "mitchellcubic".
        preserve_aspect_ratio: make the image as large as fits in `size`.
        antialias: whether smaller images are means over all their pixels, for all methods but
            "nearest" and "area".

    Raises:
        InvalidArgumentError: `size` is not two numbers of at least 1, or there are no pixels.

    >>> image = tf.constant([[[0.0], [4.0]]])
    >>> tf.image.resize(image, [1, 4]).numpy().ravel()
    array([0., 1., 3., 4.], dtype=float32)
    """
    x, is_batch = batch_of(images, "resize", "images")
    method = _method(method)
    height, width = _size(size, "resize")
    if preserve_aspect_ratio:
        height, width = _fitted(axis_sizes(x, "resize")[1:3], height, width)
    is_same = isinstance(height, int) and (height, width) == x.sizes[1:3]
    if antialias and method in _SMOOTH:
        method = _SMOOTH[method]
    found = x if is_same else resized(x, height, width, method, bool(antialias))
    if is_same and method != "nearest":
        found = cast(x, dtypes.float32)
    return unbatched(found, is_batch)


def resized(
    x: Any, height: Any, width: Any, method: str, antialias: bool, name: str = "resize",
    align_corners: bool = False, half_pixel_centers: bool = True,
) -> Any:  # fmt: skip
    """Images [batch, height, width, channels] by a method, at positions of a kind."""
    if x.dtype not in REALS:
        raise DTypeMismatchError(
            f"{name} expected images of real numbers. Received: dtype={x.dtype.name}"
        )
    if x.dtype.is_floating and method != "nearest":
        x = cast(x, dtypes.float32)
    found = apply_with_shape(
        resample, (x,), as_shape([height, width], name), method=method, antialias=antialias,
        align_corners=align_corners, half_pixel_centers=half_pixel_centers,
    )  # fmt: skip
    return known_as(found, [x.sizes[0], height, width, x.sizes[3]])


def _method(method: Any) -> str:
    """The name of a method; TensorFlow 1 has numbers for the first four."""
    if method.__class__ is int and 0 <= method < 4:
        return METHODS[method]
    if method not in _PUBLIC_METHODS:
        raise InvalidArgumentError(
            f"resize expected method to be one of {', '.join(_PUBLIC_METHODS)}. "
            f"Received: method={method!r}"
        )
    return method


def _size(size: Any, name: str) -> tuple[Any, Any]:
    """Height and width: ints where they are known, else scalar int32 tensors."""
    shape = as_shape(size, name)
    if shape.__class__ is not tuple:
        if shape.sizes not in (None, (2,), (None,)):
            raise _wrong_size(size, name)
        shape = cast(shape, dtypes.int32)
        return shape[0], shape[1]
    if len(shape) != 2 or min(shape) < 1:
        raise _wrong_size(size, name)
    return shape[0], shape[1]


def _wrong_size(size: Any, name: str) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"{name} expected size to be a height and a width of at least 1. Received: size={size}"
    )


def _fitted(sizes: Any, height: Any, width: Any) -> tuple[Any, Any]:
    """The largest height and width of the same ratio that fit."""
    wide = [cast(to_tensor(n), dtypes.float32) for n in (*sizes, height, width)]
    scale = minimum(wide[2] / wide[0], wide[3] / wide[1])
    found = [cast(round(scale * each), dtypes.int32) for each in wide[:2]]
    if all(isinstance(each, EagerTensor) for each in found):
        return int(found[0]), int(found[1])
    return found[0], found[1]


def resize_with_pad(
    image: Any,
    target_height: Any,
    target_width: Any,
    method: Any = ResizeMethod.BILINEAR,
    antialias: bool = False,
) -> Any:
    """The image, or each of a batch, as large as fits in a size, in the middle of zeros.

    Arguments are those of `resize`.

    >>> tf.image.resize_with_pad(tf.ones([2, 2, 1]), 2, 4).numpy()[:, :, 0]
    array([[0., 1., 1., 0.],
           [0., 1., 1., 0.]], dtype=float32)
    """
    name = "resize_with_pad"
    return _in_the_middle(
        name, image, (target_height, target_width),
        lambda x, size: resize(x, size, method, antialias=antialias),
    )  # fmt: skip


def _in_the_middle(name: str, image: Any, target: Any, change: Any) -> Any:
    """The image in the size that fits into another one, amid zeros."""
    x, is_batch = batch_of(image, name)
    target_height, target_width = target
    height, width = _size([target_height, target_width], name)
    sizes = axis_sizes(x, name)[1:3]
    wide = [cast(to_tensor(n), dtypes.float64) for n in (*sizes, height, width)]
    ratio = maximum(wide[0] / wide[2], wide[1] / wide[3])
    parts = [each / ratio for each in wide[:2]]
    offsets = [
        maximum(to_tensor(0, dtypes.int32), cast(floor((whole - part) / 2), dtypes.int32))
        for whole, part in zip(wide[2:], parts, strict=True)
    ]
    inner = [cast(floor(part), dtypes.int32) for part in parts]
    if all(isinstance(each, EagerTensor) for each in (*offsets, *inner)):
        offsets, inner = [int(each) for each in offsets], [int(each) for each in inner]
    small = change(x, inner if isinstance(inner[0], int) else stack(inner))
    return unbatched(pad_to_bounding_box(small, offsets[0], offsets[1], height, width), is_batch)


# TensorFlow 1 ---------------------------------------------------------------------------------


def resize_images(
    images: Any,
    size: Any,
    method: Any = 0,
    align_corners: bool = False,
    preserve_aspect_ratio: bool = False,
    name: str | None = None,
) -> Any:
    """Images in another size, with pixels at corners, as in TensorFlow 1.

    Args:
        method: bilinear (0), nearest (1), bicubic (2), area (3), or the name of any.
        align_corners: whether the pixels in the corners stay where they are.

    >>> tf.compat.v1.image.resize_images(tf.constant([[[0.0], [4.0]]]), [1, 4]).numpy().ravel()
    array([0., 2., 4., 4.], dtype=float32)
    """
    x, is_batch = batch_of(images, "resize_images", "images")
    height, width = _size(size, "resize_images")
    if preserve_aspect_ratio:
        height, width = _fitted(axis_sizes(x, "resize_images")[1:3], height, width)
    if isinstance(height, int) and (height, width) == x.sizes[1:3]:
        return unbatched(identity(x), is_batch)
    found = resized(x, height, width, _method(method), True, "resize_images", align_corners, False)
    return unbatched(found, is_batch)


def resize_image_with_pad(
    image: Any,
    target_height: Any,
    target_width: Any,
    method: Any = 0,
    align_corners: bool = False,
) -> Any:
    """The image, or each of a batch, as large as fits in a size, in the middle of zeros.

    Arguments are those of `resize_images`.

    >>> tf.compat.v1.image.resize_image_with_pad(tf.ones([2, 2, 1]), 2, 4).numpy()[:, :, 0]
    array([[0., 1., 1., 0.],
           [0., 1., 1., 0.]], dtype=float32)
    """
    return _in_the_middle(
        "resize_image_with_pad", image, (target_height, target_width),
        lambda x, size: resize_images(x, size, method, align_corners),
    )  # fmt: skip


def _by(function_name: str, method: str, summary: str) -> Any:
    def function(
        images: Any,
        size: Any,
        align_corners: bool = False,
        name: str | None = None,
        half_pixel_centers: bool = False,
    ) -> Any:
        x: Any = to_tensor(images, name=function_name)
        sides = _size(size, function_name)
        return resized(x, *sides, method, False, function_name, align_corners, half_pixel_centers)

    function.__name__ = function.__qualname__ = function_name
    function.__doc__ = f"""Images [batch, height, width, channels] in another size: {summary}.

    Args:
        align_corners: whether the pixels in the corners stay where they are.
        half_pixel_centers: whether a pixel stands for its middle, not for its corner.

    >>> x = tf.reshape(tf.constant([0.0, 4.0]), [1, 1, 2, 1])
    >>> tf.compat.v1.image.{function_name}(x, [1, 2]).numpy().ravel()
    array([0., 4.], dtype=float32)
    """
    return function


resize_bilinear = _by("resize_bilinear", "bilinear", "between the nearest four")
resize_nearest_neighbor = _by("resize_nearest_neighbor", "nearest", "the nearest pixel")
resize_bicubic = _by("resize_bicubic", "bicubic", "a cubic curve through four rows and columns")


def resize_area(
    images: Any, size: Any, align_corners: bool = False, name: str | None = None
) -> Any:
    """Images [batch, height, width, channels] in another size: the mean over the area of a pixel.

    >>> x = tf.reshape(tf.constant([0.0, 4.0]), [1, 1, 2, 1])
    >>> tf.compat.v1.image.resize_area(x, [1, 1]).numpy().ravel()
    array([2.], dtype=float32)
    """
    x = to_tensor(images, name="resize_area")
    height, width = _size(size, "resize_area")
    return resized(x, height, width, "area", False, "resize_area", align_corners, False)
