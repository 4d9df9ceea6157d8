"""Boxes [y1, x1, y2, x2] in images: which to keep, drawn, cut out, or at random."""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.ops.creation import range as range_
from eagre.ops.creation import zeros
from eagre.ops.drawing import algorithm_number
from eagre.ops.image_dtypes import image_of
from eagre.ops.joining import concat
from eagre.ops.math import clip_by_value, minimum
from eagre.ops.random import global_stream, stateless_stream
from eagre.ops.reductions import reduce_sum
from eagre.ops.selection import gather, where
from eagre.ops.shaping import broadcast_to, cast, expand_dims, reshape, shape, transpose
from eagre.ops.sorting import argsort
from eagre.primitives import boxes as primitives
from eagre.primitives.random_boxes import sample_box

_NEVER = float("-inf")


def _selected(
    name: str, boxes: Any, scores: Any, number: Any, limits: Any, is_pairwise: bool = False
) -> tuple[Any, Any, Any]:
    """Indices, scores and counts for a batch."""
    boxes = to_tensor(boxes, hint=dtypes.float32, name=f"{name}(boxes)")
    scores = to_tensor(scores, boxes.dtype, name=f"{name}(scores)")
    thresholds = [
        cast(to_tensor(each, hint=dtypes.float32, name=name), boxes.dtype) for each in limits
    ]
    count = cast(to_tensor(number, hint=dtypes.int32, name=f"{name}(max_output_size)"),
                 dtypes.int32)  # fmt: skip
    return primitives.select_boxes(boxes, scores, count, *thresholds, is_pairwise=is_pairwise)


def _one(name: str, boxes: Any, scores: Any, *rest: Any) -> tuple[Any, Any, Any]:
    """The same for boxes without a batch, cut to their count."""
    boxes = to_tensor(boxes, hint=dtypes.float32, name=f"{name}(boxes)")
    scores = to_tensor(scores, boxes.dtype, name=f"{name}(scores)")
    indices, kept, counts = _selected(name, expand_dims(boxes, 0), expand_dims(scores, 0), *rest)
    return indices[0, : counts[0]], kept[0, : counts[0]], counts[0]


def non_max_suppression(
    boxes: Any,
    scores: Any,
    max_output_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = _NEVER,
    name: str | None = None,
) -> Any:
    """The indices of the best boxes, none of which overlaps a better one by much.

    Args:
        boxes: [n, 4], each with two opposite corners [y1, x1, y2, x2].
        scores: [n]; of equal ones the first is better.
        max_output_size: how many to keep at most.
        iou_threshold: from which intersection over union on a box is left out.
        score_threshold: up to which score a box is left out.

    >>> boxes = [[0.0, 0.0, 1.0, 1.0], [0.0, 0.1, 1.0, 1.0], [0.0, 2.0, 1.0, 3.0]]
    >>> tf.image.non_max_suppression(boxes, [0.5, 0.9, 0.7], 3).numpy()
    array([1, 2], dtype=int32)
    """
    limits = (iou_threshold, score_threshold, 0.0)
    return _one("non_max_suppression", boxes, scores, max_output_size, limits)[0]


def non_max_suppression_with_scores(
    boxes: Any,
    scores: Any,
    max_output_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = _NEVER,
    soft_nms_sigma: Any = 0.0,
    name: str | None = None,
) -> tuple[Any, Any]:
    """`non_max_suppression`, with the scores of what is kept.

    Args:
        soft_nms_sigma: above 0, overlapping boxes are not left out but lose
            exp(-iou**2 / (2 sigma)) of their score.

    >>> boxes = [[0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 1.0, 1.0]]
    >>> indices, scores = tf.image.non_max_suppression_with_scores(
    ...     boxes, [0.5, 0.9], 2, iou_threshold=1.0, soft_nms_sigma=0.5)
    >>> indices.numpy(), scores.numpy()
    (array([1, 0], dtype=int32), array([0.9       , 0.18393973], dtype=float32))
    """
    limits = (iou_threshold, score_threshold, soft_nms_sigma)
    found = _one("non_max_suppression_with_scores", boxes, scores, max_output_size, limits)
    return found[0], found[1]


def non_max_suppression_overlaps(
    overlaps: Any,
    scores: Any,
    max_output_size: Any,
    overlap_threshold: Any = 0.5,
    score_threshold: Any = _NEVER,
    name: str | None = None,
) -> Any:
    """`non_max_suppression` by overlaps [n, n] of any kind.

    >>> overlaps = [[1.0, 0.8, 0.0], [0.8, 1.0, 0.0], [0.0, 0.0, 1.0]]
    >>> tf.image.non_max_suppression_overlaps(overlaps, [0.5, 0.9, 0.7], 3).numpy()
    array([1, 2], dtype=int32)
    """
    limits = (overlap_threshold, score_threshold, 0.0)
    rest = (max_output_size, limits, True)
    return _one("non_max_suppression_overlaps", overlaps, scores, *rest)[0]


def non_max_suppression_padded(
    boxes: Any,
    scores: Any,
    max_output_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = _NEVER,
    pad_to_max_output_size: bool = False,
    name: str | None = None,
    sorted_input: bool = False,
    canonicalized_coordinates: bool = False,
    tile_size: int = 512,
) -> tuple[Any, Any]:
    """`non_max_suppression` of boxes [..., n, 4], and how many are kept.

    Args:
        pad_to_max_output_size: fill up the indices with zeros, which a batch needs.
        sorted_input, canonicalized_coordinates, tile_size: for TensorFlow's sake.

    >>> boxes = [[[0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 1.0, 1.0]]]
    >>> indices, count = tf.image.non_max_suppression_padded(
    ...     boxes, [[0.5, 0.9]], 3, pad_to_max_output_size=True)
    >>> indices.numpy(), count.numpy()
    (array([[1, 0, 0]], dtype=int32), array([1], dtype=int32))
    """
    function = "non_max_suppression_padded"
    boxes = to_tensor(boxes, hint=dtypes.float32, name=f"{function}(boxes)")
    scores = to_tensor(scores, boxes.dtype, name=f"{function}(scores)")
    is_batch = boxes.ndim != 2
    if is_batch and not pad_to_max_output_size:
        raise ValueError(
            f"{function} expected pad_to_max_output_size=True for a batch of boxes. "
            f"Received: boxes.shape={boxes.shape}"
        )
    lead = shape(boxes)[:-2]
    sizes = shape(boxes)[-2:]
    limits = (iou_threshold, score_threshold, 0.0)
    indices, _, counts = _selected(
        function, reshape(boxes, concat([to_tensor([-1]), sizes], 0)),
        reshape(scores, concat([to_tensor([-1]), shape(scores)[-1:]], 0)), max_output_size, limits,
    )  # fmt: skip
    counts = reshape(counts, lead)
    indices = reshape(indices, concat([lead, shape(indices)[1:]], 0))
    return indices if pad_to_max_output_size else indices[:counts], counts


def combined_non_max_suppression(
    boxes: Any,
    scores: Any,
    max_output_size_per_class: Any,
    max_total_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = _NEVER,
    pad_per_class: bool = False,
    clip_boxes: bool = True,
    name: str | None = None,
) -> tuple[Any, Any, Any, Any]:
    """The best boxes of all classes, suppressed class by class: boxes, scores, classes, counts.

    Args:
        boxes: [batch, n, classes or 1, 4].
        scores: [batch, n, classes].
        max_output_size_per_class: how many to keep of each class at most.
        max_total_size: how many to keep of all classes; what is missing is zero.
        pad_per_class: give `max_output_size_per_class * classes`, if that is less.
        clip_boxes: cut boxes to [0, 1].

    >>> boxes = tf.constant([[[[0.0, 0.0, 1.0, 1.0]], [[0.0, 0.0, 1.0, 0.9]]]])
    >>> found = tf.image.combined_non_max_suppression(boxes, [[[0.5], [0.9]]], 2, 2)
    >>> found[1].numpy(), found[3].numpy()
    (array([[0.9, 0. ]], dtype=float32), array([1], dtype=int32))
    """
    function = "combined_non_max_suppression"
    boxes = to_tensor(boxes, dtypes.float32, name=f"{function}(boxes)")
    scores = to_tensor(scores, dtypes.float32, name=f"{function}(scores)")
    if boxes.ndim not in (4, None) or scores.ndim not in (3, None):
        raise InvalidArgumentError(
            f"{function} expected boxes [batch, n, classes or 1, 4] and scores "
            f"[batch, n, classes]. Received: shapes {boxes.shape} and {scores.shape}"
        )
    batch, count, classes = (shape(scores)[axis] for axis in range(3))
    spread = broadcast_to(boxes, _vector(batch, count, classes, 4))
    spread = reshape(transpose(spread, (0, 2, 1, 3)), _vector(-1, count, 4))
    flat = reshape(transpose(scores, (0, 2, 1)), _vector(-1, count))
    most = cast(to_tensor(max_output_size_per_class, hint=dtypes.int32, name=function),
                dtypes.int32)  # fmt: skip
    limits = (iou_threshold, score_threshold, 0.0)
    each = minimum(most, count)
    indices, kept, counts = _selected(function, spread, flat, each, limits)
    places = shape(indices)[1]
    is_kept = where(range_(places) < expand_dims(counts, 1), kept, to_tensor(_NEVER))
    ordered = reshape(is_kept, _vector(batch, -1))
    found = gather(spread, indices, batch_dims=1)
    total = cast(to_tensor(max_total_size, hint=dtypes.int32, name=function), dtypes.int32)
    if pad_per_class:
        total = minimum(total, most * classes)
    return _best(ordered, reshape(found, _vector(batch, -1, 4)), places, total, clip_boxes)


def _best(scores: Any, boxes: Any, places: Any, total: Any, clips: bool) -> tuple[Any, ...]:
    """The best of all classes, filled up with zeros."""
    order = argsort(scores, direction="DESCENDING", stable=True)[:, :total]
    best = gather(scores, order, batch_dims=1)
    is_there = best > _NEVER
    chosen = gather(boxes, order, batch_dims=1)
    if clips:
        chosen = clip_by_value(chosen, 0.0, 1.0)
    zero = to_tensor(0.0)
    missing = total - shape(order)[1]
    found = (
        where(expand_dims(is_there, -1), chosen, zero),
        where(is_there, best, zero),
        where(is_there, cast(order // places, dtypes.float32), zero),
    )
    filled = [_filled(each, missing) for each in found]
    return (*filled, reduce_sum(cast(is_there, dtypes.int32), 1))


def _filled(x: Any, missing: Any) -> Any:
    """The rows with so many zeros behind."""
    sizes = shape(x)
    rest = concat([sizes[:1], expand_dims(missing, 0), sizes[2:]], 0)
    return concat([x, zeros(rest, x.dtype)], 1)


def _vector(*sizes: Any) -> Any:
    """The sizes as a vector."""
    return concat([expand_dims(cast(to_tensor(n), dtypes.int32), 0) for n in sizes], 0)


def draw_bounding_boxes(images: Any, boxes: Any, colors: Any, name: str | None = None) -> Any:
    """The images with a frame, one pixel wide, around each box.

    Args:
        images: [batch, height, width, 1, 3 or 4] of float16 or float32.
        boxes: [batch, number, 4], corners [y1, x1, y2, x2] from 0 to 1.
        colors: [number, channels], which take turns; None for ten colors of TensorFlow's.

    >>> image = tf.zeros([1, 3, 3, 1])
    >>> tf.image.draw_bounding_boxes(image, [[[0.0, 0.0, 1.0, 1.0]]], [[1.0]]).numpy()[0, :, :, 0]
    array([[1., 1., 1.],
           [1., 0., 1.],
           [1., 1., 1.]], dtype=float32)
    """
    function = "draw_bounding_boxes"
    x = image_of(images, function, (4,), "images")
    frames = to_tensor(boxes, dtypes.float32, name=f"{function}(boxes)")
    if colors is None:
        return primitives.draw_bounding_boxes(x, frames)
    table = to_tensor(colors, dtypes.float32, name=f"{function}(colors)")
    return primitives.draw_bounding_boxes(x, frames, table)


# At random ------------------------------------------------------------------------------------


def sample_distorted_bounding_box(
    image_size: Any,
    bounding_boxes: Any,
    seed: Any = 0,
    min_object_covered: Any = 0.1,
    aspect_ratio_range: Any = None,
    area_range: Any = None,
    max_attempts: int | None = None,
    use_image_if_no_bounding_boxes: bool | None = None,
    name: str | None = None,
) -> tuple[Any, Any, Any]:
    """A random part of an image that covers enough of a box: begin, size, and the part as a box.

    Begin and size are for `tf.slice`; the box [1, 1, 4] is for `draw_bounding_boxes`. Where no
    part is found it is the whole image.

    Args:
        image_size: [height, width, channels].
        bounding_boxes: [batch, number, 4], from 0 to 1.
        seed: an integer other than 0, with which the draw belongs to `tf.random.set_seed`.
        min_object_covered: which fraction of some box the part has at least.
        aspect_ratio_range: width / height, by default (0.75, 1.33).
        area_range: the fraction of the image, by default (0.05, 1).
        max_attempts: by default 100.
        use_image_if_no_bounding_boxes: take the image for a box where there is none.

    >>> tf.random.set_seed(3)
    >>> begin, size, box = tf.image.sample_distorted_bounding_box(
    ...     [40, 50, 3], [[[0.1, 0.2, 0.6, 0.7]]], seed=4)
    >>> begin.numpy(), size.numpy()
    (array([ 5, 12,  0], dtype=int32), array([28, 36, -1], dtype=int32))
    """
    stream = global_stream(seed or None, "sample_distorted_bounding_box")((max_attempts or 100,))
    return _sampled(
        stream, image_size, bounding_boxes, min_object_covered, aspect_ratio_range, area_range,
        max_attempts, use_image_if_no_bounding_boxes,
    )  # fmt: skip


def stateless_sample_distorted_bounding_box(
    image_size: Any,
    bounding_boxes: Any,
    seed: Any,
    min_object_covered: Any = 0.1,
    aspect_ratio_range: Any = None,
    area_range: Any = None,
    max_attempts: int | None = None,
    use_image_if_no_bounding_boxes: bool | None = None,
    name: str | None = None,
) -> tuple[Any, Any, Any]:
    """`sample_distorted_bounding_box` as a function of a seed of two integers.

    >>> begin, size, box = tf.image.stateless_sample_distorted_bounding_box(
    ...     [40, 50, 3], [[[0.1, 0.2, 0.6, 0.7]]], [1, 2])
    >>> begin.numpy(), size.numpy()
    (array([12,  3,  0], dtype=int32), array([26, 32, -1], dtype=int32))
    """
    function = "stateless_sample_distorted_bounding_box"
    stream = stateless_stream(seed, algorithm_number("philox", function), function)(())
    return _sampled(
        stream, image_size, bounding_boxes, min_object_covered, aspect_ratio_range, area_range,
        max_attempts, use_image_if_no_bounding_boxes,
    )  # fmt: skip


def _sampled(
    stream: Any, size: Any, boxes: Any, covered: Any, aspects: Any, areas: Any, attempts: Any,
    uses_image: Any,
) -> tuple[Any, Any, Any]:  # fmt: skip
    name = "sample_distorted_bounding_box"
    return sample_box(
        *stream, to_tensor(size, hint=dtypes.int32, name=f"{name}(image_size)"),
        to_tensor(boxes, dtypes.float32, name=f"{name}(bounding_boxes)"),
        to_tensor(covered, dtypes.float32, name=f"{name}(min_object_covered)"),
        aspects=tuple(map(float, aspects or (0.75, 1.33))),
        areas=tuple(map(float, areas or (0.05, 1.0))),
        attempts=int(attempts or 100), uses_image=bool(uses_image),
    )  # fmt: skip
