"""Parts of images, borders around them, and images turned and mirrored."""

from __future__ import annotations

from operator import index
from typing import Any

import numpy as np

from eagre.control.choosing import switch_case
from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.core.tensor import EagerTensor, Tensor
from eagre.ops.creation import zeros
from eagre.ops.image_dtypes import check_channels, image_of
from eagre.ops.shaping import as_shape, axis_sizes, cast, known_as
from eagre.primitives import comparison, padding, rearrangement, turning
from eagre.primitives.arithmetic import maximum, minimum
from eagre.primitives.checking import demand

# Mirrors and turns ----------------------------------------------------------------------------


def _swapped(x: Any, name: str) -> Any:
    """Rows as columns."""
    if x.ndim is None:
        raise ValueError(f"{name} needs an image of known rank. Received: image.shape={x.shape}")
    lead = tuple(range(x.ndim - 3))
    return rearrangement.transpose(x, perm=(*lead, x.ndim - 2, x.ndim - 3, x.ndim - 1))


def flip_left_right(image: Any) -> Any:
    """The image, or each of a batch, mirrored: columns in reverse order.

    >>> tf.image.flip_left_right([[[1], [2]], [[3], [4]]]).numpy()[:, :, 0]
    array([[2, 1],
           [4, 3]], dtype=int32)
    """
    return turning.reverse(image_of(image, "flip_left_right"), axis=(-2,))


def flip_up_down(image: Any) -> Any:
    """The image, or each of a batch, upside down: rows in reverse order.

    >>> tf.image.flip_up_down([[[1], [2]], [[3], [4]]]).numpy()[:, :, 0]
    array([[3, 4],
           [1, 2]], dtype=int32)
    """
    return turning.reverse(image_of(image, "flip_up_down"), axis=(-3,))


def transpose(image: Any, name: str | None = None) -> Any:
    """The image, or each of a batch, with rows as columns.

    >>> tf.image.transpose([[[1], [2]], [[3], [4]]]).numpy()[:, :, 0]
    array([[1, 3],
           [2, 4]], dtype=int32)
    """
    return _swapped(image_of(image, "transpose"), "transpose")


def rot90(image: Any, k: Any = 1, name: str | None = None) -> Any:
    """The image, or each of a batch, turned counterclockwise by `k` right angles.

    >>> tf.image.rot90([[[1], [2]], [[3], [4]]]).numpy()[:, :, 0]
    array([[2, 4],
           [1, 3]], dtype=int32)
    """
    x = image_of(image, "rot90")
    turns = {
        0: lambda: x,
        1: lambda: turning.reverse(_swapped(x, "rot90"), axis=(-3,)),
        2: lambda: turning.reverse(x, axis=(-3, -2)),
        3: lambda: turning.reverse(_swapped(x, "rot90"), axis=(-2,)),
    }
    if not isinstance(k, Tensor) and hasattr(k, "__index__"):
        return turns[index(k) % 4]()
    number: Any = to_tensor(k, name="rot90(k)")
    if not number.dtype.is_integer or number.ndim not in (0, None):
        raise InvalidArgumentError(f"rot90 expected k to be one integer. Received: k={k!r}")
    if isinstance(number, EagerTensor):
        return turns[int(number.array) % 4]()
    return switch_case(cast(number % 4, dtypes.int32), turns)


# Parts ----------------------------------------------------------------------------------------


def _number(value: Any, name: str, word: str) -> Any:
    """An integer: an int where it is known, else a scalar int32 tensor."""
    if not isinstance(value, Tensor) and hasattr(value, "__index__"):
        return index(value)
    x = to_tensor(value, name=f"{name}({word})")
    if not x.dtype.is_integer or x.ndim not in (0, None):
        raise InvalidArgumentError(f"{name} expected {word} to be one integer. Received: {value!r}")
    if isinstance(x, EagerTensor):
        return int(x.array)
    return cast(x, dtypes.int32)


def _demand(number: Any, condition: Any, message: str, word: str, more: str = "") -> Any:
    """A number if a condition holds that is known now or when the graph runs."""
    if isinstance(condition, bool | np.bool_):
        if not condition:
            raise InvalidArgumentError(f"{message} Received: {word}={number}{more}")
        return number
    value = to_tensor(number, dtypes.int32)
    return demand(value, condition, message=f"{message} Received: {word}=")


def _at_least(value: Any, bound: int) -> Any:
    """Whether a number that may be a tensor is at least another."""
    if isinstance(value, int):
        return value >= bound
    return comparison.greater_equal.door(value, to_tensor(bound, value.dtype))


def crop_to_bounding_box(
    image: Any, offset_height: Any, offset_width: Any, target_height: Any, target_width: Any
) -> Any:
    """The part of the image, or of each of a batch, that begins at a row and a column.

    Raises:
        InvalidArgumentError: the part does not lie within the image, or is empty.

    >>> image = tf.reshape(tf.range(12), [3, 4, 1])
    >>> tf.image.crop_to_bounding_box(image, 1, 2, 2, 2).numpy()[:, :, 0]
    array([[ 6,  7],
           [10, 11]], dtype=int32)
    """
    name = "crop_to_bounding_box"
    x = image_of(image, name)
    sizes = axis_sizes(x, name)[-3:-1]
    sides = ("height", "width")
    given = ((offset_height, target_height), (offset_width, target_width))
    parts = []
    for side, size, (offset, target) in zip(sides, sizes, given, strict=True):
        start, length = _number(offset, name, f"offset_{side}"), _number(target, name, side)
        words = f"offset_{side}", f"target_{side}"
        start = _demand(start, _at_least(start, 0), f"{name} expected {words[0]} of at least 0.",
                        words[0])  # fmt: skip
        length = _demand(length, _at_least(length, 1), f"{name} expected {words[1]} of at least 1.",
                         words[1])  # fmt: skip
        start = _demand(
            start, _at_least(size - (start + length), 0),
            f"{name} expected offset_{side} + target_{side} to be at most the {side} of the image.",
            words[0], f", {words[1]}={length}, {side}={size}",
        )  # fmt: skip
        parts.append((start, length))
    return _cut(x, parts)


def _cut(x: Any, parts: Any) -> Any:
    """Rows and columns from a place on, so many of them."""
    keys = [slice(start, start + length) for start, length in parts]
    return known_as(x[(..., *keys, slice(None))], [*[None] * (x.ndim - 3), *[n for _, n in parts],
                                                   x.sizes[-1]])  # fmt: skip


def pad_to_bounding_box(
    image: Any, offset_height: Any, offset_width: Any, target_height: Any, target_width: Any
) -> Any:
    """The image, or each of a batch, within zeros: at a row and a column of a larger image.

    Raises:
        InvalidArgumentError: the image does not fit there.

    >>> tf.image.pad_to_bounding_box([[[5]]], 0, 1, 2, 3).numpy()[:, :, 0]
    array([[0, 5, 0],
           [0, 0, 0]], dtype=int32)
    """
    name = "pad_to_bounding_box"
    x = image_of(image, name)
    sizes = axis_sizes(x, name)[-3:-1]
    given = ((offset_height, target_height), (offset_width, target_width))
    pads = []
    for side, size, (offset, target) in zip(("height", "width"), sizes, given, strict=True):
        before, whole = _number(offset, name, f"offset_{side}"), _number(target, name, side)
        words = f"offset_{side}", f"target_{side}"
        before = _demand(before, _at_least(before, 0), f"{name} expected {words[0]} of at least 0.",
                         words[0])  # fmt: skip
        whole = _demand(
            whole, _at_least(whole - before - size, 0),
            f"{name} expected target_{side} of at least offset_{side} + the {side} of the image.",
            words[1], f", {words[0]}={before}, {side}={size}",
        )  # fmt: skip
        after = whole - before - size
        pads.append((before, after, whole))
    return _bordered(x, pads)


def _bordered(x: Any, pads: Any) -> Any:
    """Zeros before and after rows and columns, so many that the whole has a size."""
    zero = to_tensor("" if x.dtype == dtypes.string else 0, x.dtype)
    if all(isinstance(n, int) for pad in pads for n in pad):
        lead = ((0, 0),) * (x.ndim - 3)
        pairs = [(before, after) for before, after, _ in pads]
        return padding.pad(x, zero, paddings=(*lead, *pairs, (0, 0)))
    for axis, (before, after, whole) in zip((x.ndim - 3, x.ndim - 2), pads, strict=True):
        sizes = axis_sizes(x, "pad_to_bounding_box")
        sides = []
        for count in (before, after):
            shape = as_shape([*sizes[:axis], count, *sizes[axis + 1 :]], "pad_to_bounding_box")
            sides.append(zeros(shape, x.dtype))
        x = rearrangement.concat(sides[0], x, sides[1], axis=axis)
        known: Any = x.sizes
        x = known_as(x, [*known[:axis], whole, *known[axis + 1 :]])
    return x


def resize_with_crop_or_pad(image: Any, target_height: Any, target_width: Any) -> Any:
    """The middle of the image, or of each of a batch, within zeros where it is too small.

    >>> tf.image.resize_with_crop_or_pad([[[1], [2], [3]]], 3, 1).numpy()[:, :, 0]
    array([[0],
           [2],
           [0]], dtype=int32)
    """
    name = "resize_with_crop_or_pad"
    x = image_of(image, name)
    sizes = axis_sizes(x, name)[-3:-1]
    parts, pads = [], []
    for side, size, target in zip(
        ("height", "width"), sizes, (target_height, target_width), strict=True
    ):
        whole = _number(target, name, f"target_{side}")
        word = f"target_{side}"
        whole = _demand(whole, _at_least(whole, 1), f"{name} expected {word} of at least 1.", word)
        kept = _least(size, whole)
        parts.append((_most((size - whole) // 2, 0), kept))
        before = _most((whole - size) // 2, 0)
        pads.append((before, whole - before - kept, whole))
    return _bordered(_cut(x, parts), pads)


def _least(x: Any, y: Any) -> Any:
    return min(x, y) if isinstance(x, int) and isinstance(y, int) else _pair(minimum, x, y)


def _most(x: Any, y: Any) -> Any:
    return max(x, y) if isinstance(x, int) and isinstance(y, int) else _pair(maximum, x, y)


def _pair(primitive: Any, x: Any, y: Any) -> Any:
    return primitive.door(to_tensor(x, dtypes.int32), to_tensor(y, dtypes.int32))


def central_crop(image: Any, central_fraction: Any) -> Any:
    """The middle of the image, or of each of a batch: a fraction of its height and width.

    Args:
        central_fraction: above 0 and at most 1; it may be a tensor.

    >>> image = tf.reshape(tf.range(16), [4, 4, 1])
    >>> tf.image.central_crop(image, 0.5).numpy()[:, :, 0]
    array([[ 5,  6],
           [ 9, 10]], dtype=int32)
    """
    name = "central_crop"
    x = image_of(image, name)
    fraction = to_tensor(central_fraction, hint=dtypes.float32, name=f"{name}(central_fraction)")
    message = f"{name} expected central_fraction to be above 0 and at most 1."
    fraction = cast(fraction, dtypes.float64)
    parts = []
    if isinstance(fraction, EagerTensor) or isinstance(central_fraction, int | float):
        number = float(central_fraction)
        if fraction.ndim or not 0 < number <= 1:
            raise InvalidArgumentError(f"{message} Received: central_fraction={central_fraction}")
        if number == 1:
            return x
        fraction = number
    else:
        is_right = (fraction > 0) & (fraction <= 1)
        fraction = demand(fraction, is_right, message=f"{message} Received: central_fraction=")
    for size in axis_sizes(x, name)[-3:-1]:
        if isinstance(size, int) and isinstance(fraction, float):
            start = int((size - size * fraction) / 2)
        else:
            wide = cast(to_tensor(size), dtypes.float64)
            start = cast((wide - wide * fraction) / 2, dtypes.int32)
        parts.append((start, size - 2 * start))
    return _cut(x, parts)


def grayscale_to_rgb(images: Any, name: str | None = None) -> Any:
    """Gray images [..., 1] with three equal channels.

    >>> tf.image.grayscale_to_rgb([[[7]]]).numpy()
    array([[[7, 7, 7]]], dtype=int32)
    """
    x = to_tensor(images, name="grayscale_to_rgb")
    check_channels(x, 1, "grayscale_to_rgb", "images")
    return rearrangement.concat(x, x, x, axis=-1)


