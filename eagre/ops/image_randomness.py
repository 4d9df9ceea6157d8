"""Images changed at random: functions of the global random state, and functions of a seed.

Each draws what the ones in image_colors.py and image_geometry.py take.
"""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.core.tensor import EagerTensor
from eagre.ops.image_colors import adjust_brightness, adjust_contrast, adjust_hue, adjust_saturation
from eagre.ops.image_dtypes import image_of
from eagre.ops.image_files import adjust_jpeg_quality
from eagre.ops.random import stateless_uniform, uniform
from eagre.ops.selection import slice_, where
from eagre.ops.shaping import as_shape, reshape, shape
from eagre.primitives.checking import demand
from eagre.primitives.comparison import less_equal
from eagre.primitives.families import shape_of
from eagre.primitives.turning import reverse

# A draw is a function of a shape and of the other arguments of `uniform`.


def _chance(seed: Any) -> Any:
    """Draws from the global random state."""
    return lambda sizes, low=0, high=None, dtype=dtypes.float32: uniform(
        sizes, low, high, dtype, seed
    )


def _function_of(seed: Any) -> Any:
    """Draws that are a function of a seed."""
    return lambda sizes, low=0, high=None, dtype=dtypes.float32: stateless_uniform(
        sizes, seed, low, high, dtype
    )


def _flipped(image: Any, name: str, axis: int, draw: Any) -> Any:
    """The image mirrored or not; of a batch each by a draw of its own."""
    x = image_of(image, name)
    if x.ndim is None:
        raise ValueError(f"{name} needs an image of known rank. Received: image.shape={x.shape}")
    if x.ndim == 3:
        return where(draw(()) < 0.5, reverse(x, axis=(axis,)), x)
    batch = shape_of(x)[:1]
    is_kept = reshape(draw(batch) <= 0.5, (-1, 1, 1, 1))
    return where(is_kept, x, reverse(x, axis=(axis,)))


def random_flip_left_right(image: Any, seed: Any = None) -> Any:
    """The image mirrored or not, each with probability 1/2; a batch image by image.

    >>> tf.random.set_seed(5)
    >>> tf.image.random_flip_left_right([[[1], [2]]]).numpy().ravel()
    array([1, 2], dtype=int32)
    """
    return _flipped(image, "random_flip_left_right", -2, _chance(seed))


def random_flip_up_down(image: Any, seed: Any = None) -> Any:
    """The image upside down or not, each with probability 1/2; a batch image by image.

    >>> tf.random.set_seed(5)
    >>> tf.image.random_flip_up_down([[[1]], [[2]]]).numpy().ravel()
    array([1, 2], dtype=int32)
    """
    return _flipped(image, "random_flip_up_down", -3, _chance(seed))


def stateless_random_flip_left_right(image: Any, seed: Any) -> Any:
    """The image mirrored or not, as a seed of two integers says.

    >>> tf.image.stateless_random_flip_left_right([[[1], [2]]], [2, 3]).numpy().ravel()
    array([2, 1], dtype=int32)
    """
    return _flipped(image, "stateless_random_flip_left_right", -2, _function_of(seed))


def stateless_random_flip_up_down(image: Any, seed: Any) -> Any:
    """The image upside down or not, as a seed of two integers says.

    >>> tf.image.stateless_random_flip_up_down([[[1]], [[2]]], [2, 3]).numpy().ravel()
    array([2, 1], dtype=int32)
    """
    return _flipped(image, "stateless_random_flip_up_down", -3, _function_of(seed))


def _check_bounds(name: str, lower: Any, upper: Any, words: str = "lower and upper") -> None:
    """Refuse bounds of which the first is negative, or not below the second."""
    low, high = words.split(" and ")
    if not 0 <= lower < upper:
        raise InvalidArgumentError(
            f"{name} expected {low} of at least 0, and {high} above it. "
            f"Received: {low}={lower}, {high}={upper}"
        )


def _check_extent(name: str, extent: Any, most: float) -> None:
    """Refuse a negative extent of what is drawn, or one beyond a limit."""
    if not 0 <= extent <= most:
        limit = "" if most == float("inf") else f" and at most {most}"
        raise InvalidArgumentError(
            f"{name} expected max_delta of at least 0{limit}. Received: max_delta={extent}"
        )


def _brightness(name: str, image: Any, extent: Any, draw: Any) -> Any:
    _check_extent(name, extent, float("inf"))
    return adjust_brightness(image, draw((), -extent, extent))


def _contrast(name: str, image: Any, lower: Any, upper: Any, draw: Any) -> Any:
    _check_bounds(name, lower, upper)
    return adjust_contrast(image, draw((), lower, upper))


def _hue(name: str, image: Any, extent: Any, draw: Any) -> Any:
    _check_extent(name, extent, 0.5)
    return adjust_hue(image, draw((), -extent, extent))


def _saturation(name: str, image: Any, lower: Any, upper: Any, draw: Any) -> Any:
    _check_bounds(name, lower, upper)
    return adjust_saturation(image, draw((), lower, upper))


def random_brightness(image: Any, max_delta: Any, seed: Any = None) -> Any:
    """The image with a number between -max_delta and max_delta added, as `adjust_brightness` does.

    >>> tf.random.set_seed(5)
    >>> tf.image.random_brightness([[[0.5]]], 0.25).shape
    TensorShape([1, 1, 1])
    """
    return _brightness("random_brightness", image, max_delta, _chance(seed))


def stateless_random_brightness(image: Any, max_delta: Any, seed: Any) -> Any:
    """`random_brightness` with a number that is a function of a seed of two integers.

    >>> tf.image.stateless_random_brightness([[[0.5]]], 0.25, [1, 2]).numpy().ravel()
    array([0.6720302], dtype=float32)
    """
    return _brightness("stateless_random_brightness", image, max_delta, _function_of(seed))


def random_contrast(image: Any, lower: Any, upper: Any, seed: Any = None) -> Any:
    """The image with contrast times a number between two bounds, as `adjust_contrast` does.

    >>> tf.random.set_seed(5)
    >>> tf.image.random_contrast([[[0.5]]], 0.5, 1.5).numpy().ravel()
    array([0.5], dtype=float32)
    """
    return _contrast("random_contrast", image, lower, upper, _chance(seed))


def stateless_random_contrast(image: Any, lower: Any, upper: Any, seed: Any) -> Any:
    """`random_contrast` with a number that is a function of a seed of two integers.

    >>> tf.image.stateless_random_contrast([[[0.0], [1.0]]], 0.5, 1.5, [1, 2]).numpy().ravel()
    array([-0.17203021,  1.1720302 ], dtype=float32)
    """
    return _contrast("stateless_random_contrast", image, lower, upper, _function_of(seed))


def random_hue(image: Any, max_delta: Any, seed: Any = None) -> Any:
    """The image with hues turned by a number between -max_delta and max_delta, at most 1/2.

    >>> tf.random.set_seed(5)
    >>> tf.image.random_hue([[[0.5, 0.5, 0.5]]], 0.25).numpy().ravel()
    array([0.5, 0.5, 0.5], dtype=float32)
    """
    return _hue("random_hue", image, max_delta, _chance(seed))


def stateless_random_hue(image: Any, max_delta: Any, seed: Any) -> Any:
    """`random_hue` with a number that is a function of a seed of two integers.

    >>> tf.image.stateless_random_hue([[[0.5, 0.5, 0.5]]], 0.25, [1, 2]).numpy().ravel()
    array([0.5, 0.5, 0.5], dtype=float32)
    """
    return _hue("stateless_random_hue", image, max_delta, _function_of(seed))


def random_saturation(image: Any, lower: Any, upper: Any, seed: Any = None) -> Any:
    """The image with saturation times a number between two bounds.

    >>> tf.random.set_seed(5)
    >>> tf.image.random_saturation([[[0.5, 0.5, 0.5]]], 0.5, 1.5).numpy().ravel()
    array([0.5, 0.5, 0.5], dtype=float32)
    """
    return _saturation("random_saturation", image, lower, upper, _chance(seed))


def stateless_random_saturation(image: Any, lower: Any, upper: Any, seed: Any = None) -> Any:
    """`random_saturation` with a number that is a function of a seed of two integers.

    >>> tf.image.stateless_random_saturation([[[1.0, 0.5, 0.5]]], 0.5, 1.5, [1, 2]).shape
    TensorShape([1, 1, 3])
    """
    return _saturation("stateless_random_saturation", image, lower, upper, _function_of(seed))


# Files ----------------------------------------------------------------------------------------


def _quality(name: str, image: Any, lower: Any, upper: Any, draw: Any) -> Any:
    if not 0 <= lower < upper <= 100:
        raise InvalidArgumentError(
            f"{name} expected min_jpeg_quality from 0 to 100, and max_jpeg_quality above it. "
            f"Received: min_jpeg_quality={lower}, max_jpeg_quality={upper}"
        )
    return adjust_jpeg_quality(image, draw((), lower, upper, dtypes.int32))


def random_jpeg_quality(
    image: Any, min_jpeg_quality: Any, max_jpeg_quality: Any, seed: Any = None
) -> Any:
    """The image after it was a JPEG file of a quality between two bounds.

    >>> tf.random.set_seed(5)
    >>> tf.image.random_jpeg_quality(tf.zeros([4, 4, 3]), 50, 90).shape
    TensorShape([4, 4, 3])
    """
    lower, upper = min_jpeg_quality, max_jpeg_quality
    return _quality("random_jpeg_quality", image, lower, upper, _chance(seed))


def stateless_random_jpeg_quality(
    image: Any, min_jpeg_quality: Any, max_jpeg_quality: Any, seed: Any
) -> Any:
    """`random_jpeg_quality` with a quality that is a function of a seed of two integers.

    >>> tf.image.stateless_random_jpeg_quality(tf.zeros([4, 4, 3]), 50, 90, [1, 2]).shape
    TensorShape([4, 4, 3])
    """
    lower, upper = min_jpeg_quality, max_jpeg_quality
    return _quality("stateless_random_jpeg_quality", image, lower, upper, _function_of(seed))


# Parts ----------------------------------------------------------------------------------------


def _part(name: str, value: Any, size: Any, draw: Any) -> Any:
    """A part of a size at a place that is drawn, each axis by itself."""
    x = to_tensor(value, name=name)
    wanted = as_shape(size, f"{name}(size)")
    rank = len(wanted) if isinstance(wanted, tuple) else None
    if x.ndim is not None and rank is not None and x.ndim != rank:
        raise InvalidArgumentError(
            f"{name} expected a size for each axis. "
            f"Received: size={wanted}, value.shape={x.shape}"
        )
    given, message = shape_of(x), f"{name} expected sizes of at most those of the value."
    if isinstance(given, tuple) and isinstance(wanted, tuple):
        if any(n > most or n < 0 for n, most in zip(wanted, given, strict=True)):
            raise InvalidArgumentError(f"{message} Received: size={wanted}, value.shape={x.shape}")
    whole, part = shape(x), to_tensor(wanted, dtypes.int32)
    if not (isinstance(whole, EagerTensor) and isinstance(part, EagerTensor)):
        part = demand(part, less_equal.door(part, whole), message=f"{message} Received: size=")
    places = draw(shape_of(whole), 0, int(dtypes.int32.max), dtypes.int32) % (whole - part + 1)
    return slice_(x, places, part if not isinstance(wanted, tuple) else wanted)


def random_crop(value: Any, size: Any, seed: Any = None, name: str | None = None) -> Any:
    """A part of a size at a random place.

    Args:
        size: a size for each axis of the value.

    >>> tf.random.set_seed(5)
    >>> tf.image.random_crop(tf.zeros([5, 6, 3]), [2, 3, 3]).shape
    TensorShape([2, 3, 3])
    """
    return _part("random_crop", value, size, _chance(seed))


def stateless_random_crop(value: Any, size: Any, seed: Any, name: str | None = None) -> Any:
    """A part of a size at a place that is a function of a seed of two integers.

    >>> tf.image.stateless_random_crop(tf.range(9), [3], [1, 2]).shape
    TensorShape([3])
    """
    return _part("stateless_random_crop", value, size, _function_of(seed))
