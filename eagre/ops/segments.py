"""Reductions over the elements of segments.

Elements of `data` that have the same number in `segment_ids` are one segment. Where `segment_ids`
ascend, the last one tells how many segments there are; the `unsorted_` ops are told.
"""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.core.shapes import are_compatible
from eagre.core.tensor import EagerTensor
from eagre.ops.division import truncatediv
from eagre.ops.inspecting import get_static_value
from eagre.primitives import segments, sorted_segments
from eagre.primitives.arithmetic import cast, maximum
from eagre.primitives.families import (
    COMPLEXES,
    INEXACTS,
    NUMBERS,
    one_like,
    shape_of,
    zero_like,
)
from eagre.primitives.rearrangement import broadcast_to
from eagre.primitives.reductions import reduce_max
from eagre.primitives.segments import checked_ids, reduce_segments
from eagre.primitives.segments import segment_sum as sum_segments
from eagre.primitives.transcendental import sqrt


def segment_sum(data: Any, segment_ids: Any, name: str | None = None) -> Any:
    """The sums of segments; `segment_ids` is a vector that ascends from 0.

    >>> tf.math.segment_sum([1, 2, 3], [0, 0, 2]).numpy()
    array([3, 0, 3], dtype=int32)
    """
    return _sorted(sorted_segments.sorted_segment_sum, "segment_sum", data, segment_ids)


def segment_prod(data: Any, segment_ids: Any, name: str | None = None) -> Any:
    """The products of segments; `segment_ids` is a vector that ascends from 0.

    >>> tf.math.segment_prod([1, 2, 3], [0, 0, 2]).numpy()
    array([2, 1, 3], dtype=int32)
    """
    return _sorted(sorted_segments.sorted_segment_product, "segment_prod", data, segment_ids)


def segment_max(data: Any, segment_ids: Any, name: str | None = None) -> Any:
    """The largest elements of segments, 0 where there are none; `segment_ids` ascends from 0.

    >>> tf.math.segment_max([1, 2, 3], [0, 0, 2]).numpy()
    array([2, 0, 3], dtype=int32)
    """
    return _sorted(sorted_segments.sorted_segment_max, "segment_max", data, segment_ids)


def segment_min(data: Any, segment_ids: Any, name: str | None = None) -> Any:
    """The smallest elements of segments, 0 where there are none; `segment_ids` ascends from 0.

    >>> tf.math.segment_min([1, 2, 3], [0, 0, 2]).numpy()
    array([1, 0, 3], dtype=int32)
    """
    return _sorted(sorted_segments.sorted_segment_min, "segment_min", data, segment_ids)


def segment_mean(data: Any, segment_ids: Any, name: str | None = None) -> Any:
    """The means of segments, 0 where there are no elements; those of integers are cut to integers.

    `segment_ids` is a vector that ascends from 0.

    >>> tf.math.segment_mean([1.0, 2.0, 3.0], [0, 0, 2]).numpy()
    array([1.5, 0. , 3. ], dtype=float32)
    """
    data, ids = _parts("segment_mean", data, segment_ids, NUMBERS)
    add = sorted_segments.sorted_segment_sum
    total = add(data, ids, function="segment_mean")
    count = _at_least_one(add(_ones(data), ids, function="segment_mean"))
    return truncatediv(total, count) if data.dtype.is_integer else total / count


def unsorted_segment_sum(
    data: Any, segment_ids: Any, num_segments: Any, name: str | None = None
) -> Any:
    """The sums of segments; elements with negative ids are left out.

    `segment_ids` has the shape of the leading axes of `data`.

    >>> tf.math.unsorted_segment_sum([1, 2, 3], [1, 0, 1], 2).numpy()
    array([2, 4], dtype=int32)
    """
    name = "unsorted_segment_sum"
    return _unsorted(segments.segment_sum_primitive, name, data, segment_ids, num_segments)


def unsorted_segment_prod(
    data: Any, segment_ids: Any, num_segments: Any, name: str | None = None
) -> Any:
    """The products of segments; elements with negative ids are left out.

    >>> tf.math.unsorted_segment_prod([1, 2, 3], [1, 0, 1], 2).numpy()
    array([2, 3], dtype=int32)
    """
    name = "unsorted_segment_prod"
    return _unsorted(segments.segment_product_primitive, name, data, segment_ids, num_segments)


def unsorted_segment_max(
    data: Any, segment_ids: Any, num_segments: Any, name: str | None = None
) -> Any:
    """The largest elements of segments; the lowest number of the dtype where there are none.

    >>> tf.math.unsorted_segment_max([1, 2, 3], [1, 0, 1], 2).numpy()
    array([2, 3], dtype=int32)
    """
    name = "unsorted_segment_max"
    return _unsorted(segments.segment_max_primitive, name, data, segment_ids, num_segments)


def unsorted_segment_min(
    data: Any, segment_ids: Any, num_segments: Any, name: str | None = None
) -> Any:
    """The smallest elements of segments; the highest number of the dtype where there are none.

    >>> tf.math.unsorted_segment_min([1, 2, 3], [1, 0, 1], 2).numpy()
    array([2, 1], dtype=int32)
    """
    name = "unsorted_segment_min"
    return _unsorted(segments.segment_min_primitive, name, data, segment_ids, num_segments)


def unsorted_segment_mean(
    data: Any, segment_ids: Any, num_segments: Any, name: str | None = None
) -> Any:
    """The means of segments, 0 where there are no elements; integers are divided as by `truediv`.

    >>> tf.math.unsorted_segment_mean([1.0, 2.0, 4.0], [1, 0, 1], 2).numpy()
    array([2. , 2.5], dtype=float32)
    """
    name = "unsorted_segment_mean"
    data, ids = _parts(name, data, segment_ids, NUMBERS)
    ids, size = _numbered(name, ids, num_segments)
    return sum_segments(data, ids, size) / _counts(data, ids, size)


def unsorted_segment_sqrt_n(
    data: Any, segment_ids: Any, num_segments: Any, name: str | None = None
) -> Any:
    """The sums of segments over the square roots of their numbers of elements.

    >>> tf.math.unsorted_segment_sqrt_n([1.0, 2.0, 3.0], [1, 0, 1], 2).numpy()
    array([2.      , 2.828427], dtype=float32)
    """
    name = "unsorted_segment_sqrt_n"
    data, ids = _parts(name, data, segment_ids, INEXACTS)
    ids, size = _numbered(name, ids, num_segments)
    return sum_segments(data, ids, size) / sqrt(_counts(data, ids, size))


def _unsorted(primitive: Any, name: str, data: Any, ids: Any, size: Any) -> Any:
    data, ids = _parts(name, data, ids, primitive.takes)
    return reduce_segments(primitive, data, ids, _static(_segment_count(name, size)))


def _sorted(primitive: Any, name: str, data: Any, ids: Any) -> Any:
    data, ids = _parts(name, data, ids, primitive.takes)
    return primitive(data, ids, function=name)


def _parts(name: str, data: Any, ids: Any, allowed: Any) -> tuple[Any, Any]:
    """Both as tensors, with errors under the op's own name."""
    data, ids = to_tensor(data, name=name), to_tensor(ids, name=name)
    if data.dtype not in allowed or not ids.dtype.is_integer:
        kinds = "real" if not COMPLEXES & allowed else "inexact" if allowed is INEXACTS else "any"
        raise DTypeMismatchError(
            f"{name} expected data of numbers ({kinds}) and segment_ids of integers. "
            f"Received: data.dtype={data.dtype.name}, segment_ids.dtype={ids.dtype.name}"
        )
    lead = data.sizes
    if lead is not None and ids.sizes is not None:
        lead = lead[: len(ids.sizes)]
    if not are_compatible(lead, ids.sizes):
        raise InvalidArgumentError(
            f"{name} expected segment_ids with the shape of the leading axes of data. "
            f"Received: segment_ids.shape={ids.shape}, data.shape={data.shape}"
        )
    return data, ids


def _numbered(name: str, ids: Any, value: Any) -> tuple[Any, Any]:
    """The ids, of which none is too large, and the number of segments."""
    size = _segment_count(name, value)
    ids = checked_ids(
        ids, size, function=name, argument="segment_ids", dropped=True
    )
    return ids, _static(size)


def _static(size: Any) -> Any:
    """A number of segments that a graph knows as an int, so that the shape is known too."""
    known = get_static_value(size)
    return size if known is None else int(known)


def count_up_to(ids: Any) -> Any:
    """One more than the largest id, 0 if there is none."""
    return maximum(reduce_max(ids, axis=None, keepdims=False) + 1, zero_like(ids))


def _segment_count(name: str, value: Any) -> Any:
    size = to_tensor(value, name=name)
    is_scalar = size.ndim in (0, None) and size.dtype.is_integer
    if not is_scalar or (isinstance(size, EagerTensor) and int(size.array) < 0):
        raise InvalidArgumentError(
            f"{name} expected num_segments to be an integer of at least 0. "
            f"Received: num_segments={value}"
        )
    return size


def _counts(data: Any, ids: Any, size: Any) -> Any:
    """The number of elements of each segment, at least 1, in the shape of the sums."""
    return _at_least_one(sum_segments(_ones(data), ids, size))


def _ones(data: Any) -> Any:
    return broadcast_to(one_like(data), shape_of(data))


def _at_least_one(count: Any) -> Any:
    if count.dtype not in COMPLEXES:
        return maximum(count, one_like(count))
    real = cast(count, dtype=dtypes.float64)
    return cast(maximum(real, one_like(real)), dtype=count.dtype)
