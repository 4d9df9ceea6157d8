"""Windows of images: side by side, around a point, or of boxes at one size."""

from __future__ import annotations

from operator import index
from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError, OutOfRangeError, UnimplementedError
from eagre.core.shapes import are_compatible
from eagre.core.tensor import EagerTensor
from eagre.ops.creation import range as range_
from eagre.ops.drawing import check_dtype
from eagre.ops.gathering import gather_nd
from eagre.ops.image_dtypes import image_of
from eagre.ops.joining import concat, stack
from eagre.ops.math import clip_by_value, floor, maximum, minimum
from eagre.ops.random import normal, uniform
from eagre.ops.reductions import reduce_max, reduce_mean, reduce_min
from eagre.ops.selection import gather, where
from eagre.ops.shaping import (
    axis_sizes,
    broadcast_to,
    cast,
    expand_dims,
    known_as,
    reshape,
    shape,
    stop_gradient,
    transpose,
)
from eagre.ops.squares import reduce_std
from eagre.ops.window_arguments import padding_for_all_axes
from eagre.primitives.checking import demand
from eagre.primitives.families import REALS


def extract_patches(
    images: Any, sizes: Any, strides: Any, rates: Any, padding: Any, name: str | None = None
) -> Any:
    """The windows of `images` [batch, height, width, channels], each as one long vector.

    The result is [batch, rows, columns, elements]; the elements of a window are in row-major
    order, and zeros in what is padded.

    Args:
        sizes: the size of the windows, [1, height, width, 1].
        strides: the distance between windows, in the same form.
        rates: the distance between the pixels of a window, in the same form.
        padding: "SAME" (size / strides windows) or "VALID" (within the images only).

    Raises:
        InvalidArgumentError: `images` does not have 4 axes, or a window does not fit.
        UnimplementedError: a size is not 1 for batch or channels.

    >>> image = tf.reshape(tf.range(9), [1, 3, 3, 1])
    >>> tf.image.extract_patches(image, [1, 2, 2, 1], [1] * 4, [1] * 4, "VALID").numpy()[0, 1]
    array([[3, 4, 6, 7],
           [4, 5, 7, 8]], dtype=int32)
    """
    function = "extract_patches"
    x = image_of(images, function, (4,), "images")
    check_dtype(x.dtype, REALS, function)
    if x.ndim is None:
        raise ValueError(f"{function} needs images of known rank. Received: shape={x.shape}")
    words = {"sizes": sizes, "strides": strides, "rates": rates}
    window, steps, spaces = (_numbers(value, word) for word, value in words.items())
    if not isinstance(padding, str):
        raise TypeError(
            f"{function} expected padding 'SAME' or 'VALID'. Received: padding={padding}"
        )
    is_same = padding_for_all_axes(padding, 2, function) is None
    counts = []
    # From the columns on, so that the place of the rows stays.
    for axis in (2, 1):
        geometry = (window[axis - 1], steps[axis - 1], spaces[axis - 1])
        x, count = _with_windows(x, axis, geometry, is_same)
        counts.insert(0, count)
    x = transpose(x, (0, 1, 3, 2, 4, 5))
    elements = None if x.sizes[5] is None else window[0] * window[1] * x.sizes[5]
    found = reshape(x, concat([shape(x)[:3], to_tensor([-1])], 0))
    return known_as(found, [x.sizes[0], *counts, elements])


def _with_windows(x: Any, axis: int, geometry: Any, is_same: bool) -> tuple[Any, Any]:
    """The tensor with an axis of windows, and one of the elements of each, in place of one."""
    length, step, space = geometry
    size = axis_sizes(x, "extract_patches")[axis]
    reach = (length - 1) * space + 1
    count = (size + step - 1) // step if is_same else (size - reach) // step + 1
    if isinstance(count, int) and count < 0:
        raise InvalidArgumentError(
            f"extract_patches expected windows that fit into the images. Received: a window over "
            f"{reach} of {size} pixels"
        )
    before: Any = 0
    if is_same:
        missing = (count - 1) * step + reach - size
        is_known = isinstance(missing, int)
        before = max(missing, 0) // 2 if is_known else maximum(missing, to_tensor(0)) // 2
    starts = expand_dims(range_(count) * step - before, 1)
    places = starts + to_tensor(np.arange(length, dtype=np.int32) * space)
    if not is_same:
        return gather(x, places, axis=axis), count
    is_inside = (places >= 0) & (places < size)
    elements = gather(x, where(is_inside, places, to_tensor(0)), axis=axis)
    behind = [1] * (elements.ndim - axis - 2)
    is_inside = reshape(is_inside, concat([shape(is_inside), to_tensor(behind, dtypes.int32)], 0))
    return where(is_inside, elements, to_tensor(0, x.dtype)), count


def _numbers(value: Any, word: str) -> tuple[int, ...]:
    """The entries for height and width."""
    numbers = tuple(map(index, value))
    if len(numbers) != 4 or min(numbers) < 1:
        raise InvalidArgumentError(
            f"extract_patches expected {word} to be four numbers of at least 1. "
            f"Received: {word}={value}"
        )
    if numbers[0] != 1 or numbers[3] != 1:
        raise UnimplementedError(
            f"extract_patches expected {word} of 1 for the axes of batch and channels. "
            f"Received: {word}={value}"
        )
    return numbers[1:3]


# Around a point -------------------------------------------------------------------------------


def extract_glimpse(
    input: Any,
    size: Any,
    offsets: Any,
    centered: bool = True,
    normalized: bool = True,
    noise: str = "uniform",
    name: str | None = None,
) -> Any:
    """A window of each image [batch, height, width, channels] of floats around a point.

    Args:
        size: height and width of the window.
        offsets: [batch, 2], the rows and columns of the points.
        centered: whether (0, 0) is the middle of an image; else it is its upper left corner.
        normalized: whether the offsets are fractions: from -1 to 1 where they are centered.
        noise: what stands outside of an image: "uniform" (between its least and its largest
            value), "gaussian" (with the mean, deviation and bounds of each channel) or "zero".

    >>> image = tf.reshape(tf.range(16.0), [1, 4, 4, 1])
    >>> tf.image.extract_glimpse(image, [2, 2], [[0.0, 0.0]]).numpy()[0, :, :, 0]
    array([[ 5.,  6.],
           [ 9., 10.]], dtype=float32)
    """
    function = "extract_glimpse"
    x = image_of(input, function, (4,), "input")
    if x.dtype != dtypes.float32 or x.ndim is None:
        raise TypeError(
            f"{function} expected input of float32 and of known rank. "
            f"Received: dtype={x.dtype.name}, shape={x.shape}"
        )
    points = to_tensor(offsets, dtypes.float32, name=f"{function}(offsets)")
    if not are_compatible(points.sizes, (None, 2)):
        raise InvalidArgumentError(
            f"{function} expected offsets [batch, 2]. Received: offsets.shape={points.shape}"
        )
    batch = (x.sizes[0], None if points.sizes is None else points.sizes[0])
    if None not in batch and batch[0] != batch[1]:
        raise InvalidArgumentError(
            f"{function} expected a point for each image. Received: input.shape={x.shape}, "
            f"offsets.shape={points.shape}"
        )
    if noise not in ("uniform", "gaussian", "zero"):
        raise InvalidArgumentError(
            f"{function} expected noise of 'uniform', 'gaussian' or 'zero'. "
            f"Received: noise={noise!r}"
        )
    lengths = tuple(map(int, size))
    if len(lengths) != 2 or min(lengths) < 1:
        raise InvalidArgumentError(
            f"{function} expected size to be a height and a width of at least 1. "
            f"Received: size={size}"
        )
    places = [
        _places(axis_sizes(x, function)[axis + 1], length, points[:, axis], centered, normalized)
        for axis, length in enumerate(lengths)
    ]
    return _glimpse(x, places, lengths, noise)


def _places(size: Any, length: int, point: Any, centered: bool, normalized: bool) -> Any:
    """The rows, or columns, of each window, and which of them are there."""
    wide = cast(to_tensor(size), dtypes.float32)
    start = point * wide if normalized else point
    if centered:
        start = start / 2 + wide / 2 - length / 2 if normalized else start + wide / 2
    first = cast(start, dtypes.int32)
    places = expand_dims(first, 1) + to_tensor(np.arange(length, dtype=np.int32))
    return clip_by_value(places, 0, size - 1), (places >= 0) & (places < size)


def _glimpse(x: Any, places: Any, lengths: Any, noise: str) -> Any:
    (rows, has_row), (columns, has_column) = places
    found = _at(x, rows, columns)
    is_there = has_row[:, :, None, None] & has_column[:, None, :, None]
    if noise == "zero":
        return where(is_there, found, to_tensor(0.0))
    return where(is_there, found, _noise(stop_gradient(x), shape(found), noise))


def _noise(x: Any, sizes: Any, noise: str) -> Any:
    """Numbers out of the global random state that look like those of each image."""
    if noise == "uniform":
        axes = (1, 2, 3)
        low, high = reduce_min(x, axes, True), reduce_max(x, axes, True)
        return uniform(sizes) * (high - low) + low
    axes = (1, 2)
    drawn = normal(sizes) * reduce_std(x, axes, True) + reduce_mean(x, axes, True)
    return minimum(maximum(drawn, reduce_min(x, axes, True)), reduce_max(x, axes, True))


def _at(x: Any, rows: Any, columns: Any) -> Any:
    """For each image the pixels at rows [batch, n] and columns [batch, m]."""
    found = gather(x, rows, axis=1, batch_dims=1)
    across = transpose(found, (0, 2, 1, 3))
    return transpose(gather(across, columns, axis=1, batch_dims=1), (0, 2, 1, 3))


# Boxes ----------------------------------------------------------------------------------------


def crop_and_resize(
    image: Any,
    boxes: Any,
    box_indices: Any,
    crop_size: Any,
    method: str = "bilinear",
    extrapolation_value: Any = 0.0,
    name: str | None = None,
) -> Any:
    """Parts of images in one size, [number, height, width, channels] of float32.

    Gradients flow to the images and, with "bilinear", to the boxes.

    Args:
        image: [batch, height, width, channels].
        boxes: [number, 4], corners [y1, x1, y2, x2]; 0 is the first pixel and 1 the last one. A
            box whose second corner is above or left of the first one is mirrored.
        box_indices: [number], which image each is of.
        crop_size: height and width of the result.
        method: "bilinear" or "nearest".
        extrapolation_value: what stands outside of the image.

    >>> image = tf.reshape(tf.range(16.0), [1, 4, 4, 1])
    >>> tf.image.crop_and_resize(image, [[0.0, 0.0, 1.0, 1.0]], [0], [2, 2]).numpy()[0, :, :, 0]
    array([[ 0.,  3.],
           [12., 15.]], dtype=float32)
    """
    function = "crop_and_resize"
    x = cast(image_of(image, function, (4,)), dtypes.float32)
    if x.ndim is None:
        raise ValueError(f"{function} needs an image of known rank. Received: shape={x.shape}")
    corners = to_tensor(boxes, dtypes.float32, name=f"{function}(boxes)")
    numbers = to_tensor(box_indices, hint=dtypes.int32, name=f"{function}(box_indices)")
    lengths = tuple(map(int, crop_size))
    _check_crops(function, corners, numbers, lengths, method)
    batch, height, width = axis_sizes(x, function)[:3]
    numbers = _checked_numbers(function, numbers, batch)
    rows = _samples(corners[:, 0], corners[:, 2], height, lengths[0])
    columns = _samples(corners[:, 1], corners[:, 3], width, lengths[1])
    found = _mixed(x, numbers, (rows, columns), (height, width), method)
    limits = [cast(to_tensor(size - 1), dtypes.float32) for size in (height, width)]
    is_row, is_column = (
        (places >= 0) & (places <= limit)
        for places, limit in zip((rows, columns), limits, strict=True)
    )
    is_there = is_row[:, :, None, None] & is_column[:, None, :, None]
    return where(is_there, found, to_tensor(extrapolation_value, dtypes.float32))


def _check_crops(function: str, corners: Any, numbers: Any, lengths: Any, method: Any) -> None:
    if not are_compatible(corners.sizes, (None, 4)):
        raise InvalidArgumentError(
            f"{function} expected boxes [number, 4]. Received: boxes.shape={corners.shape}"
        )
    counts = [None if each.sizes is None else each.sizes[0] for each in (corners, numbers)]
    if numbers.ndim not in (1, None) or (None not in counts and counts[0] != counts[1]):
        raise InvalidArgumentError(
            f"{function} expected box_indices [number], one for each box. "
            f"Received: box_indices.shape={numbers.shape}, boxes.shape={corners.shape}"
        )
    if len(lengths) != 2 or min(lengths) < 1:
        raise InvalidArgumentError(
            f"{function} expected crop_size to be a height and a width of at least 1. "
            f"Received: crop_size={lengths}"
        )
    if method not in ("bilinear", "nearest"):
        raise InvalidArgumentError(
            f"{function} expected method 'bilinear' or 'nearest'. Received: method={method!r}"
        )


def _checked_numbers(function: str, numbers: Any, batch: Any) -> Any:
    """The indices of images, each of which is there."""
    message = f"{function} expected box_indices of at least 0, below the number of images."
    is_right = (numbers >= 0) & (numbers < cast(to_tensor(batch), numbers.dtype))
    if isinstance(numbers, EagerTensor) and isinstance(is_right, EagerTensor):
        if not is_right.array.all():
            received = f"box_indices={numbers.array.tolist()}, {batch} images"
            raise OutOfRangeError(f"{message} Received: {received}")
        return numbers
    return demand(numbers, is_right, message=f"{message} Received: box_indices=")


def _samples(start: Any, end: Any, size: Any, length: int) -> Any:
    """Where the pixels [number, length] lie between two ends."""
    last = cast(to_tensor(size - 1), dtypes.float32)
    if length == 1:
        return expand_dims(0.5 * (start + end) * last, 1)
    step = (end - start) * last / (length - 1)
    return expand_dims(start * last, 1) + to_tensor(
        np.arange(length, dtype=np.float32)
    ) * expand_dims(step, 1)


def _mixed(x: Any, numbers: Any, samples: Any, sizes: Any, method: str) -> Any:
    """The pixels of images at rows [number, n] and columns [number, m], mixed of the nearest."""
    ends = []
    for places, size in zip(samples, sizes, strict=True):
        if method == "nearest":
            # Halves are rounded away from zero.
            near = floor(stop_gradient(places) + 0.5)
            ends.append((clip_by_value(cast(near, dtypes.int32), 0, size - 1),))
            continue
        low = stop_gradient(floor(places))
        share = places - low
        before = clip_by_value(cast(low, dtypes.int32), 0, size - 1)
        after = clip_by_value(before + cast(share > 0, dtypes.int32), 0, size - 1)
        ends.append((before, after, share))
    rows, columns = ends
    if method == "nearest":
        return _pixels(x, numbers, rows[0], columns[0])
    across = columns[2][:, None, :, None]
    lines = []
    for row in rows[:2]:
        left, right = (_pixels(x, numbers, row, column) for column in columns[:2])
        lines.append(left + (right - left) * across)
    return lines[0] + (lines[1] - lines[0]) * rows[2][:, :, None, None]


def _pixels(x: Any, numbers: Any, rows: Any, columns: Any) -> Any:
    sizes = concat([shape(rows), shape(columns)[1:]], 0)
    parts = (cast(numbers, dtypes.int32)[:, None, None], rows[:, :, None], columns[:, None, :])
    return gather_nd(x, stack([broadcast_to(part, sizes) for part in parts], -1))
