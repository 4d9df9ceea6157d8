"""Colors of images: other spaces, brightness, contrast, saturation, hue."""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.core.tensor import EagerTensor
from eagre.ops.drawing import check_dtype
from eagre.ops.image_dtypes import check_channels, convert_image_dtype, floating, images_of
from eagre.ops.joining import stack, unstack
from eagre.ops.linalg import matmul
from eagre.ops.math import abs as absolute
from eagre.ops.math import clip_by_value, maximum, minimum
from eagre.ops.reductions import reduce_mean
from eagre.ops.selection import where
from eagre.ops.shaping import cast, expand_dims
from eagre.primitives.families import FLOATS

# Columns are what comes out, rows what goes in: red, green and blue on the side of colors.
_TO_YIQ = [
    [0.299, 0.59590059, 0.2115],
    [0.587, -0.27455667, -0.52273617],
    [0.114, -0.32134392, 0.31119955],
]
_FROM_YIQ = [
    [1.0, 1.0, 1.0],
    [0.95598634, -0.27201283, -1.10674021],
    [0.6208248, -0.64720424, 1.70423049],
]
_TO_YUV = [
    [0.299, -0.14714119, 0.61497538],
    [0.587, -0.28886916, -0.51496512],
    [0.114, 0.43601035, -0.10001026],
]
_FROM_YUV = [[1.0, 1.0, 1.0], [0.0, -0.394642334, 2.03206185], [1.13988303, -0.58062185, 0.0]]
_GRAY = [[0.2989], [0.587], [0.114]]


def _colors_of(images: Any, name: str) -> Any:
    """Images of floats with three channels."""
    x = to_tensor(images, name=name)
    check_dtype(x.dtype, FLOATS, name)
    if x.ndim == 0:
        raise InvalidArgumentError(
            f"{name} expected images with 3 channels along the last axis. "
            f"Received: images.shape={x.shape}"
        )
    check_channels(x, 3, name, "images")
    return x


def _mixed(x: Any, weights: Any) -> Any:
    """Each pixel times a matrix."""
    return matmul(x if x.ndim != 1 else expand_dims(x, 0), to_tensor(weights, x.dtype))


def _by(name: str, weights: Any, summary: str, value: str) -> Any:
    def function(images: Any) -> Any:
        x = _colors_of(images, name)
        found = _mixed(x, weights)
        return found if x.ndim != 1 else found[0]

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"""{summary}, along the last axis [..., 3] of floats.

    >>> tf.image.{name}([[1.0, 0.5, 0.0]]).numpy().round(4)
    {value}
    """
    return function


rgb_to_yiq = _by("rgb_to_yiq", _TO_YIQ, "Luma and chroma of NTSC from red, green and blue",
                 "array([[ 0.5925,  0.4586, -0.0499]], dtype=float32)")  # fmt: skip
yiq_to_rgb = _by("yiq_to_rgb", _FROM_YIQ, "Red, green and blue from luma and chroma of NTSC",
                 "array([[1.478 , 0.864 , 0.4466]], dtype=float32)")  # fmt: skip
rgb_to_yuv = _by("rgb_to_yuv", _TO_YUV, "Luma and chroma of PAL from red, green and blue",
                 "array([[ 0.5925, -0.2916,  0.3575]], dtype=float32)")  # fmt: skip
yuv_to_rgb = _by("yuv_to_rgb", _FROM_YUV, "Red, green and blue from luma and chroma of PAL",
                 "array([[1.    , 0.8027, 2.016 ]], dtype=float32)")  # fmt: skip


def rgb_to_grayscale(images: Any, name: str | None = None) -> Any:
    """Gray images [..., 1] of colors [..., 3], in their dtype.

    >>> tf.image.rgb_to_grayscale(tf.constant([[[255, 255, 0]]], tf.uint8)).numpy()
    array([[[226]]], dtype=uint8)
    """
    x = to_tensor(images, name="rgb_to_grayscale")
    check_channels(x, 3, "rgb_to_grayscale", "images")
    gray = _mixed(convert_image_dtype(x, dtypes.float32), _GRAY)
    return convert_image_dtype(gray if x.ndim != 1 else gray[0], x.dtype)


# Hue, saturation, value -----------------------------------------------------------------------


def rgb_to_hsv(images: Any, name: str | None = None) -> Any:
    """Hue, saturation and value, from 0 to 1, of red, green and blue [..., 3] of floats.

    >>> tf.image.rgb_to_hsv([[1.0, 0.5, 0.5]]).numpy()
    array([[0. , 0.5, 1. ]], dtype=float32)
    """
    x = _colors_of(images, "rgb_to_hsv")
    return stack(_hue_saturation_value(x), -1)


def _hue_saturation_value(x: Any) -> list[Any]:
    red, green, blue = unstack(x, 3, -1)
    value, least = red, red
    for each in (green, blue):
        # Beside NaN stands what comes after it, as in TensorFlow.
        value, least = where(value > each, value, each), where(least < each, least, each)
    span = value - least
    zero, one = to_tensor(0, x.dtype), to_tensor(1, x.dtype)
    is_bright, is_colored = value > 0, span > 0
    saturation = where(is_bright, span / where(is_bright, value, one), zero)
    step = 1 / (6 * where(is_colored, span, one))
    hue = where(
        red == value,
        step * (green - blue),
        where(green == value, step * (blue - red) + 2 / 6, step * (red - green) + 4 / 6),
    )
    hue = where(is_colored, hue, zero)
    return [where(hue < 0, hue + 1, hue), saturation, value]


def hsv_to_rgb(images: Any, name: str | None = None) -> Any:
    """Red, green and blue of hue, saturation and value [..., 3] of floats.

    >>> tf.image.hsv_to_rgb([[0.0, 0.5, 1.0]]).numpy()
    array([[1. , 0.5, 0.5]], dtype=float32)
    """
    return _red_green_blue(*unstack(_colors_of(images, "hsv_to_rgb"), 3, -1))


def _red_green_blue(hue: Any, saturation: Any, value: Any) -> Any:
    turn = hue * 6
    parts = [absolute(turn - 3) - 1, 2 - absolute(turn - 2), 2 - absolute(turn - 4)]
    rest = 1 - saturation
    return stack(
        [(rest + saturation * clip_by_value(part, 0, 1)) * value for part in parts], -1
    )


def adjust_hue(image: Any, delta: Any, name: str | None = None) -> Any:
    """Colors [..., 3] turned by a part of the circle of hues.

    Args:
        delta: from -1 to 1, which are whole turns.

    >>> tf.image.adjust_hue([[[1.0, 0.0, 0.0]]], 1 / 3).numpy().round(3)
    array([[[0., 1., 0.]]], dtype=float32)
    """
    shift = to_tensor(delta, hint=dtypes.float32, name="adjust_hue(delta)")
    if isinstance(shift, EagerTensor) and shift.ndim == 0 and not -1 <= float(shift) <= 1:
        raise InvalidArgumentError(
            f"adjust_hue expected delta to be from -1 to 1. Received: delta={delta}"
        )

    def change(x: Any) -> Any:
        hue, saturation, value = _hue_saturation_value(x)
        return _red_green_blue((hue + cast(shift, x.dtype)) % 1, saturation, value)

    return _adjusted("adjust_hue", image, change, channels=3)


def adjust_saturation(image: Any, saturation_factor: Any, name: str | None = None) -> Any:
    """Colors [..., 3] with their saturation times a factor, at most full.

    >>> tf.image.adjust_saturation([[[1.0, 0.5, 0.5]]], 0.5).numpy()
    array([[[1.  , 0.75, 0.75]]], dtype=float32)
    """
    factor = to_tensor(saturation_factor, hint=dtypes.float32, name="adjust_saturation")

    def change(x: Any) -> Any:
        hue, saturation, value = _hue_saturation_value(x)
        one, zero = to_tensor(1, x.dtype), to_tensor(0, x.dtype)
        saturation = minimum(one, maximum(zero, saturation * cast(factor, x.dtype)))
        return _red_green_blue(hue, saturation, value)

    return _adjusted("adjust_saturation", image, change, channels=3)


# Light ----------------------------------------------------------------------------------------


def _adjusted(name: str, image: Any, change: Any, channels: int | None = None) -> Any:
    """What a function makes of the image as floats, in the dtype of the image."""
    x = images_of(image, name) if name != "adjust_brightness" else to_tensor(image, name=name)
    if channels is not None:
        check_channels(x, channels, name)
    return convert_image_dtype(change(floating(x)), x.dtype, saturate=True)


def adjust_brightness(image: Any, delta: Any) -> Any:
    """The image with `delta` added to its values, which are from 0 to 1 in integers too.

    >>> tf.image.adjust_brightness(tf.constant([0, 102, 255], tf.uint8), 0.2).numpy()
    array([ 51, 153, 255], dtype=uint8)
    """
    shift = to_tensor(delta, hint=dtypes.float32, name="adjust_brightness(delta)")
    return _adjusted("adjust_brightness", image, lambda x: x + cast(shift, x.dtype))


def adjust_contrast(images: Any, contrast_factor: Any) -> Any:
    """Images [..., height, width, channels], each channel farther from its mean by a factor.

    >>> tf.image.adjust_contrast([[[0.0], [1.0]]], 2.0).numpy().ravel()
    array([-0.5,  1.5], dtype=float32)
    """
    factor = to_tensor(contrast_factor, hint=dtypes.float32, name="adjust_contrast")

    def change(x: Any) -> Any:
        mean = reduce_mean(x, (-3, -2), True)
        return (x - mean) * cast(factor, x.dtype) + mean

    return _adjusted("adjust_contrast", images, change)


def adjust_gamma(image: Any, gamma: Any = 1, gain: Any = 1) -> Any:
    """The image to the power of `gamma`, times `gain`.

    >>> tf.image.adjust_gamma([[[0.5]]], 2.0, 3.0).numpy().ravel()
    array([0.75], dtype=float32)
    """
    power = to_tensor(gamma, hint=dtypes.float32, name="adjust_gamma(gamma)")
    if isinstance(power, EagerTensor) and (power.array < 0).any():
        raise InvalidArgumentError(
            f"adjust_gamma expected gamma of at least 0. Received: gamma={gamma}"
        )
    scale = to_tensor(gain, hint=dtypes.float32, name="adjust_gamma(gain)")
    x = to_tensor(image, name="adjust_gamma")
    found = cast(scale, floating(x).dtype) * floating(x) ** cast(power, floating(x).dtype)
    return convert_image_dtype(found, x.dtype, saturate=True)
