"""Rectangles in images: which of overlapping ones to keep, and frames drawn around them."""

from __future__ import annotations

import heapq
from math import exp
from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.shapes import are_compatible, format_sizes
from eagre.core.specs import TensorSpec
from eagre.primitives import batching
from eagre.primitives.families import check_dtypes, contiguous

_INDEX = frozenset({dtypes.int32})
_SINGLE = frozenset({dtypes.float32, dtypes.float16})
_FLOAT = frozenset({dtypes.float32})


class SelectBoxes(Primitive):
    """Of overlapping boxes those with the best scores: indices, scores and counts.

    Boxes are [batch, n, 4], or with `is_pairwise` their overlaps [batch, n, n]; indices and scores
    are [batch, number], with zeros after so many as the counts say. Greedy suppression; with a
    spread above 0 that of Bodla, Singh, Chellappa and Davis, "Soft-NMS", 2017.
    """

    public = "non_max_suppression"
    vectorize = batching.by_rows
    stops_gradients = True
    can_fail = True

    def infer(
        self, boxes: TensorSpec, scores: TensorSpec, number: TensorSpec, overlap: TensorSpec,
        least: TensorSpec, spread: TensorSpec, *, is_pairwise: bool,
    ) -> tuple[TensorSpec, ...]:  # fmt: skip
        """The number of boxes to select is a value, so the sizes are unknown."""
        dtype = check_dtypes(self, (boxes, scores, overlap, least, spread), _SINGLE)
        check_dtypes(self, (number,), _INDEX)
        for spec in (number, overlap, least, spread):
            if spec.sizes not in (None, ()):
                raise InvalidArgumentError(
                    f"{self.public} expected max_output_size and thresholds to be scalars. "
                    f"Received: shape={format_sizes(spec.sizes)}"
                )
        batch = self._check(boxes.sizes, scores.sizes, is_pairwise)
        table = (batch, None)
        return (
            TensorSpec.of(table, dtypes.int32),
            TensorSpec.of(table, dtype),
            TensorSpec.of((batch,), dtypes.int32),
        )

    def _check(self, boxes: Any, scores: Any, is_pairwise: bool) -> Any:
        """The size of the batch, when shapes fit."""
        count = None if scores is None or len(scores) != 2 else scores[1]
        batch = None if scores is None or len(scores) != 2 else scores[0]
        expected = (batch, count, count if is_pairwise else 4)
        is_matrix = scores is None or len(scores) == 2
        if not is_matrix or not are_compatible(boxes, expected):
            raise InvalidArgumentError(
                f"{self.public} expected {'overlaps [n, n]' if is_pairwise else 'boxes [n, 4]'} "
                f"and scores [n], each perhaps with a batch in front. "
                f"Received: shapes {format_sizes(boxes)} and {format_sizes(scores)} with a batch"
            )
        return batch

    def kernel(
        self, boxes: Any, scores: Any, number: Any, overlap: Any, least: Any, spread: Any, *,
        is_pairwise: bool,
    ) -> tuple[Any, ...]:  # fmt: skip
        kinds = {each.dtype for each in (boxes, scores, overlap, least, spread)}
        if number.ndim + overlap.ndim + least.ndim + spread.ndim or len(kinds) > 1:
            raise ValueError("inputs that infer refuses")
        self._check(boxes.shape, scores.shape, is_pairwise)
        if number.dtype != np.int32 or number < 0:
            raise InvalidArgumentError(
                f"{self.public} expected max_output_size of at least 0. Received: {number}"
            )
        if not 0 <= overlap <= 1:
            name = "overlap_threshold" if is_pairwise else "iou_threshold"
            raise InvalidArgumentError(
                f"{self.public} expected {name} from 0 to 1. Received: {float(overlap)}"
            )
        if np.isnan(scores).any():
            raise InvalidArgumentError(f"{self.public} expected scores that are numbers. "
                                       "Received: NaN")  # fmt: skip
        size = int(number)
        indices = np.zeros((len(scores), size), np.int32)
        kept = np.zeros((len(scores), size), scores.dtype)
        counts = np.zeros(len(scores), np.int32)
        for row, (box, score) in enumerate(zip(boxes, scores, strict=True)):
            likeness = _Overlaps(box, is_pairwise)
            found = _selected(likeness, score, size, (overlap, least, spread))
            counts[row] = len(found)
            for place, (value, index) in enumerate(found):
                indices[row, place], kept[row, place] = index, value
        return indices, kept, counts


class _Overlaps:
    """The intersection of boxes over their union, a row of them at a time."""

    def __init__(self, boxes: Any, is_pairwise: bool) -> None:
        self.rows: dict[int, Any] = {}
        self.table = np.asarray(boxes, np.float32) if is_pairwise else None
        if not is_pairwise:
            wide = np.asarray(boxes, np.float32)
            self.low, self.high = np.minimum(wide[:, :2], wide[:, 2:]), np.maximum(
                wide[:, :2], wide[:, 2:]
            )
            self.areas = np.prod(self.high - self.low, 1)

    def row(self, index: int) -> Any:
        """The overlaps of one box with all, as a list."""
        if index not in self.rows:
            self.rows[index] = self._row(index).tolist()
        return self.rows[index]

    def _row(self, index: int) -> Any:
        if self.table is not None:
            return self.table[:, index]
        low = np.maximum(self.low, self.low[index])
        high = np.minimum(self.high, self.high[index])
        shared = np.prod(np.maximum(high - low, 0), 1)
        union = self.areas + self.areas[index] - shared
        is_box = (self.areas > 0) & (self.areas[index] > 0)
        return np.where(is_box, shared / np.where(union == 0, 1, union), 0)


def _selected(likeness: _Overlaps, scores: Any, size: int, limits: Any) -> list[tuple[Any, int]]:
    """The scores and indices of what is kept, best first."""
    overlap, least, spread = (float(each) for each in limits)
    # Of equal scores the first one is kept; an entry knows up to where it was compared.
    queue = [(-score, index, 0) for index, score in enumerate(scores.tolist()) if score > least]
    heapq.heapify(queue)
    kept: list[tuple[Any, int]] = []
    while queue and len(kept) < size:
        negative, index, seen = heapq.heappop(queue)
        score, is_out = -negative, False
        for _, other in reversed(kept[seen:]):
            shared = likeness.row(other)[index]
            if spread <= 0:
                is_out = shared > overlap
            else:
                weight = exp(-0.5 / spread * shared * shared)
                score = float(np.float32(score) * np.float32(weight))
            if is_out or score <= least:
                break
        if is_out or score <= least:
            continue
        if score == -negative:
            kept.append((score, index))
        else:
            heapq.heappush(queue, (-score, index, len(kept)))
    return kept


# Frames ---------------------------------------------------------------------------------------

_PALETTE = [
    [1, 1, 0, 1], [0, 0, 1, 1], [1, 0, 0, 1], [0, 1, 0, 1], [0.5, 0, 0.5, 1], [0.5, 0.5, 0, 1],
    [0.5, 0, 0, 1], [0, 0, 0.5, 1], [0, 1, 1, 1], [1, 0, 1, 1],
]  # fmt: skip


class DrawBoundingBoxes(Primitive):
    """Images with frames one pixel wide around boxes; colors take turns."""

    vectorize = batching.by_rows
    stops_gradients = True

    def infer(self, images: TensorSpec, boxes: TensorSpec, *colors: TensorSpec) -> TensorSpec:
        """The images' own shape."""
        check_dtypes(self, (images,), _SINGLE)
        for spec in (boxes, *colors):
            check_dtypes(self, (spec,), _FLOAT)
        self._check(images.sizes, boxes.sizes, *[each.sizes for each in colors])
        return images

    def _check(self, images: Any, boxes: Any, colors: Any = (None, None)) -> None:
        name = self.public
        is_image = images is None or (len(images) == 4 and images[3] in (1, 3, 4, None))
        if not is_image:
            raise InvalidArgumentError(
                f"{name} expected images [batch, height, width, 1, 3 or 4]. "
                f"Received: images.shape={format_sizes(images)}"
            )
        batch, channels = (None, None) if images is None else (images[0], images[3])
        if not are_compatible(boxes, (batch, None, 4)):
            raise InvalidArgumentError(
                f"{name} expected boxes [batch, number, 4], as many as images. Received: "
                f"images.shape={format_sizes(images)}, boxes.shape={format_sizes(boxes)}"
            )
        is_table = colors is None or (len(colors) == 2 and colors[0] != 0)
        if not is_table or (
            colors is not None and None not in (channels, colors[1]) and colors[1] < channels
        ):
            raise InvalidArgumentError(
                f"{name} expected colors [number, channels], with the channels of the images. "
                f"Received: images.shape={format_sizes(images)}, "
                f"colors.shape={format_sizes(colors)}"
            )

    def kernel(self, images: Any, boxes: Any, *colors: Any) -> Any:
        self._check(images.shape, boxes.shape, *[each.shape for each in colors])
        channels = images.shape[3]
        table = colors[0] if colors else np.array(_PALETTE, np.float32)
        table = np.ones((1, 1), np.float32) if not colors and channels == 1 else table
        table = contiguous(table)[:, :channels].astype(images.dtype)
        result = images.copy(order="C")
        for image, several in zip(result, boxes, strict=True):
            for number, box in enumerate(several):
                _draw(image, box, table[number % len(table)])
        return result


def _draw(image: Any, box: Any, color: Any) -> None:
    """One frame, of which what lies outside is left out."""
    height, width = image.shape[:2]
    if not np.isfinite(box).all():
        return
    ends = box * np.array([height - 1, width - 1] * 2, np.float32)
    top, left, bottom, right = np.clip(ends, -(2**30), 2**30).astype(np.int64).tolist()
    if top > bottom or left > right or top >= height or left >= width or bottom < 0 or right < 0:
        return
    rows = slice(max(top, 0), min(bottom, height - 1) + 1)
    columns = slice(max(left, 0), min(right, width - 1) + 1)
    for row in (top, bottom):
        if 0 <= row < height:
            image[row, columns] = color
    for column in (left, right):
        if 0 <= column < width:
            image[rows, column] = color


select_boxes = SelectBoxes()
draw_bounding_boxes = DrawBoundingBoxes()
