"""A part of an image at a random place and of a random size, which covers enough of some box.

The words of a stream become numbers in TensorFlow's order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.shapes import are_compatible, format_sizes
from eagre.core.specs import TensorSpec
from eagre.primitives import batching
from eagre.primitives.families import INTEGERS, check_dtypes
from eagre.primitives.philox import philox_block

_single = np.float32


class SampleBox(Primitive):
    """Begin, size and box [1, 1, 4] of a part of an image of size [height, width, channels]."""

    public = "sample_distorted_bounding_box"
    vectorize = batching.by_rows
    stops_gradients = True
    can_fail = True

    def infer(
        self, key: TensorSpec, counter: TensorSpec, size: TensorSpec, boxes: TensorSpec,
        covered: TensorSpec, *, aspects: Any, areas: Any, attempts: int, uses_image: bool,
    ) -> tuple[TensorSpec, ...]:  # fmt: skip
        """Two vectors of three, and one box."""
        check_dtypes(self, (key, counter), frozenset({dtypes.uint64}))
        dtype = check_dtypes(self, (size,), INTEGERS)
        check_dtypes(self, (boxes, covered), frozenset({dtypes.float32}))
        self._check(size.sizes, boxes.sizes, covered.sizes)
        self._check_params(aspects, areas, attempts)
        vector = TensorSpec.of((3,), dtype)
        return vector, vector, TensorSpec.of((1, 1, 4), dtypes.float32)

    def _check(self, size: Any, boxes: Any, covered: Any) -> None:
        if not are_compatible(size, (3,)):
            raise InvalidArgumentError(
                f"{self.public} expected image_size to be [height, width, channels]. "
                f"Received: image_size.shape={format_sizes(size)}"
            )
        if not are_compatible(boxes, (None, None, 4)):
            raise InvalidArgumentError(
                f"{self.public} expected bounding_boxes [batch, number, 4]. "
                f"Received: bounding_boxes.shape={format_sizes(boxes)}"
            )
        if not are_compatible(covered, ()):
            raise InvalidArgumentError(
                f"{self.public} expected min_object_covered to be one number. "
                f"Received: min_object_covered.shape={format_sizes(covered)}"
            )

    def _check_params(self, aspects: Any, areas: Any, attempts: int) -> None:
        for word, pair, most in (
            ("aspect_ratio_range", aspects, float("inf")), ("area_range", areas, 1.0)
        ):  # fmt: skip
            if len(pair) != 2 or min(pair) <= 0 or pair[0] > pair[1] or pair[1] > most:
                raise InvalidArgumentError(
                    f"{self.public} expected {word} to be two ascending numbers above 0"
                    f"{' and at most 1' if most == 1 else ''}. Received: {word}={list(pair)}"
                )
        if attempts < 1:
            raise InvalidArgumentError(
                f"{self.public} expected max_attempts of at least 1. "
                f"Received: max_attempts={attempts}"
            )

    def kernel(
        self, key: Any, counter: Any, size: Any, boxes: Any, covered: Any, *, aspects: Any,
        areas: Any, attempts: int, uses_image: bool,
    ) -> tuple[Any, ...]:  # fmt: skip
        self._check(size.shape, boxes.shape, covered.shape)
        self._check_params(aspects, areas, attempts)
        height, width = size.tolist()[:2]
        if height < 1 or width < 1:
            raise InvalidArgumentError(
                f"{self.public} expected image_size of at least 1. "
                f"Received: image_size={size.tolist()}"
            )
        whole = (0, 0, height, width)
        objects = self._objects(boxes.reshape(-1, 4), height, width)
        if not objects and not uses_image:
            raise InvalidArgumentError(
                f"{self.public} expected a bounding box, or "
                "use_image_if_no_bounding_boxes=True. Received: no bounding boxes"
            )
        words = _Words(int(key[0]), int(counter[0]) + (int(counter[1]) << 64))
        part = _sampled(words, (height, width), (aspects, areas), attempts,
                        (objects or [whole], float(covered))) or whole  # fmt: skip
        top, left, bottom, right = part
        box = np.array([[part]], _single) / np.array([height, width] * 2, _single)
        begin = np.array([top, left, 0]).astype(size.dtype)
        return begin, np.array([bottom - top, right - left, -1]).astype(size.dtype), box

    def _objects(self, boxes: Any, height: int, width: int) -> list[Any]:
        """The boxes in pixels."""
        if not ((boxes >= 0) & (boxes <= 1)).all():
            raise InvalidArgumentError(
                f"{self.public} expected bounding_boxes with coordinates from 0 to 1. "
                f"Received: bounding_boxes={boxes.tolist()}"
            )
        scale = np.array([height, width] * 2, _single)
        return [tuple(box) for box in (boxes * scale).astype(np.int64).tolist()]


class _Words:
    """Numbers out of the words of consecutive blocks."""

    def __init__(self, key: int, counter: int) -> None:
        self.key, self.counter = key, counter
        self.left: list[int] = []

    def word(self) -> int:
        if not self.left:
            self.left = list(philox_block(self.key, self.counter))
            self.counter += 1
        return self.left.pop(0)

    def fraction(self) -> Any:
        """A float32 from 0 up to, not including, 1."""
        bits = np.uint32((127 << 23) | (self.word() & 0x7FFFFF))
        return bits.view(_single) - _single(1)

    def below(self, limit: int) -> int:
        """An integer below a limit, each as likely as any other."""
        word = self.word()
        if limit & (limit - 1) == 0:
            return word & (limit - 1)
        least = (2**32 - 1) % limit + 1
        while word < least:
            word = self.word()
        return word % limit


def _sampled(words: _Words, size: Any, ranges: Any, attempts: int, wanted: Any) -> Any:
    """The first part that covers enough; None if none of so many does."""
    (low, high), areas = ranges
    for _ in range(attempts):
        aspect = words.fraction() * (_single(high) - _single(low)) + _single(low)
        part = _part(words, size, areas, aspect)
        if part is not None and _covers(part, *wanted):
            return part
    return None


def _round(value: Any) -> int:
    return int(np.rint(_single(value)))


def _part(words: _Words, size: Any, areas: Any, aspect: Any) -> Any:
    """A part of a width that is `aspect` times its height, and of an area between bounds."""
    height, width = size
    least, most = (_single(area) * _single(width) * _single(height) for area in areas)
    rows, limit = (_round(np.sqrt(_single(area / aspect))) for area in (least, most))
    if _round(_single(limit) * aspect) > width:
        limit = int((_single(width) + _single(0.5) - _single(1e-7)) / aspect)
        limit -= _round(_single(limit) * aspect) > width
    limit = min(limit, height)
    rows = min(rows, limit)
    if rows < limit:
        rows += words.below(limit - rows + 1)
    columns = _round(_single(rows) * aspect)
    # Rounding may have left the bounds by one row.
    for step, is_outside in ((1, columns * rows < least), (-1, columns * rows > most)):
        if is_outside:
            rows += step
            columns = _round(_single(rows) * aspect)
    is_right = least <= rows * columns <= most and 0 < rows <= height and 0 < columns <= width
    if not is_right:
        return None
    top = words.below(height - rows) if rows < height else 0
    left = words.below(width - columns) if columns < width else 0
    return top, left, top + rows, left + columns


def _covers(part: Any, objects: Any, covered: float) -> bool:
    """Whether a part has enough of the area of some object."""
    for top, left, bottom, right in objects:
        area = max(bottom - top, 0) * max(right - left, 0)
        rows = min(bottom, part[2]) - max(top, part[0])
        columns = min(right, part[3]) - max(left, part[1])
        shared = max(rows, 0) * max(columns, 0)
        if area >= 1 and _single(shared) / _single(area) >= _single(covered):
            return True
    return False


sample_box = SampleBox()
