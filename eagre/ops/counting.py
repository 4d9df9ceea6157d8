"""Counts: elements that are not zero, values in bins, labels against predictions, order."""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes
from eagre.core.conversion import scalar, to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.core.shapes import are_compatible
from eagre.core.shapes import count as known_count
from eagre.ops.axes import axes_of
from eagre.ops.segments import count_up_to
from eagre.ops.shaping import size
from eagre.primitives import counts, rearrangement, segments
from eagre.primitives.arithmetic import cast, maximum, minimum
from eagre.primitives.comparison import select
from eagre.primitives.families import NUMBERS, one_like, shape_of, zero_like
from eagre.primitives.ranges import range_primitive
from eagre.primitives.reductions import reduce_all
from eagre.primitives.segments import checked_ids, segment_sum


def count_nonzero(
    input: Any, axis: Any = None, keepdims: Any = None, dtype: Any = dtypes.int64,
    name: str | None = None,
) -> Any:
    """How many elements are not zero (not False, not empty), over axes.

    >>> tf.math.count_nonzero([0.0, 3.0, 1.0]).numpy()
    np.int64(2)
    """
    x = to_tensor(input)
    axes = None if axis is None else axes_of(axis)
    count = counts.count_nonzero.door(x, axis=axes, keepdims=bool(keepdims))
    dtype = dtypes.as_dtype(dtype)
    return count if dtype is dtypes.int64 else cast.door(count, dtype=dtype)


def zero_fraction(value: Any, name: str | None = None) -> Any:
    """The part of the elements that is zero, a float32; NaN if there are no elements.

    >>> tf.math.zero_fraction([0.0, 3.0, 0.0, 0.0]).numpy()
    np.float32(0.75)
    """
    x = to_tensor(value)
    whole = known_count(x.sizes)
    whole = size(x, dtypes.int64) if whole is None else scalar(whole, dtypes.int64)
    zeros = whole - counts.count_nonzero.door(x, axis=None, keepdims=False)
    return cast.door(zeros, dtype=dtypes.float32) / cast.door(whole, dtype=dtypes.float32)


def is_non_decreasing(x: Any, name: str | None = None) -> Any:
    """Whether no element, in row-major order, is smaller than the one before.

    >>> tf.math.is_non_decreasing([1, 1, 2]).numpy()
    np.True_
    """
    x = _row(x, "is_non_decreasing")
    return reduce_all(x[:-1] <= x[1:], axis=None, keepdims=False)


def is_strictly_increasing(x: Any, name: str | None = None) -> Any:
    """Whether each element, in row-major order, is larger than the one before.

    >>> tf.math.is_strictly_increasing([1, 1, 2]).numpy()
    np.False_
    """
    x = _row(x, "is_strictly_increasing")
    return reduce_all(x[:-1] < x[1:], axis=None, keepdims=False)


def _row(x: Any, name: str) -> Any:
    x = to_tensor(x)
    if x.dtype not in NUMBERS:
        raise TypeError(f"{name} expected numbers. Received: dtype={x.dtype.name}")
    if x.dtype.is_complex:
        raise InvalidArgumentError(
            f"{name} expected real numbers. Received: dtype={x.dtype.name}"
        )
    return _flat(x)


def _flat(x: Any) -> Any:
    return x if x.ndim == 1 else rearrangement.reshape(x, (-1,))


def bincount(
    arr: Any, weights: Any = None, minlength: Any = None, maxlength: Any = None,
    dtype: Any = dtypes.int32, name: str | None = None, axis: Any = None,
    binary_output: bool = False,
) -> Any:
    """How often each integer from 0 to the largest stands in `arr`, or the sums of its weights.

    The result has at least `minlength` and at most `maxlength` elements. With `axis=-1` each row
    of a matrix is counted for itself; `binary_output` says only whether an integer is there.

    Raises:
        InvalidArgumentError: a value is negative.
        ValueError: `axis` is neither None nor 0 nor -1, or weights come with `binary_output`.

    >>> tf.math.bincount([1, 1, 3]).numpy()
    array([0, 2, 0, 1], dtype=int32)
    """
    if axis not in (None, 0, -1):
        raise ValueError(f"bincount expected axis to be None, 0 or -1. Received: axis={axis}")
    if weights is not None and binary_output:
        raise ValueError("bincount expected weights or binary_output. Received: both")
    dtype = dtypes.as_dtype(dtype)
    if dtype not in NUMBERS:
        raise InvalidArgumentError(
            f"bincount expected a dtype of numbers. Received: dtype={dtype.name}"
        )
    ids = to_tensor(arr)
    if not ids.dtype.is_integer:
        ids = cast.door(ids, dtype=dtypes.int64)
    if weights is None and (axis != -1 or ids.ndim == 1):
        least, most = _limit(minlength, 0), _limit(maxlength, counts.NO_LIMIT)
        found = counts.bin_count(ids, least, most, dtype=dtype)
        return minimum(found, one_like(found)) if binary_output else found
    ids = cast.door(ids, dtype=dtypes.int64)
    ids = checked_ids(ids, function="bincount", argument="arr", dropped=False)
    values = _weights_of(ids, weights, dtype)
    length = _bounded(count_up_to(ids), minlength, maxlength)
    if maxlength is not None:
        ids = select(ids < length, ids, -one_like(ids))
    if axis == -1 and ids.ndim != 1:
        found = _count_rows(values, ids, length)
    else:
        found = segment_sum(_flat(values), _flat(ids), length)
    return minimum(found, one_like(found)) if binary_output else found


def _limit(value: Any, default: int) -> Any:
    if value is None:
        return scalar(default, dtypes.int64)
    return cast(to_tensor(value), dtype=dtypes.int64)


def _weights_of(ids: Any, weights: Any, dtype: Any) -> Any:
    if weights is None:
        return rearrangement.broadcast_to(to_tensor(1, dtype), shape_of(ids))
    weights = to_tensor(weights)
    if not are_compatible(weights.sizes, ids.sizes):
        raise InvalidArgumentError(
            "bincount expected weights of the shape of arr. "
            f"Received: weights.shape={weights.shape}, arr.shape={ids.shape}"
        )
    return weights


def _bounded(length: Any, minlength: Any, maxlength: Any) -> Any:
    if minlength is not None:
        length = maximum(length, cast(to_tensor(minlength), dtype=length.dtype))
    if maxlength is not None:
        length = minimum(length, cast(to_tensor(maxlength), dtype=length.dtype))
    return length


def _count_rows(values: Any, ids: Any, length: Any) -> Any:
    """The counts of each row: bins of different rows have different numbers."""
    if ids.ndim != 2:
        raise InvalidArgumentError(
            f"bincount with axis=-1 expected at most two axes. Received: arr.shape={ids.shape}"
        )
    rows = cast(rearrangement.shape_of_tensor(ids)[0], dtype=dtypes.int64)
    numbers = range_primitive(zero_like(rows), rows, one_like(rows))
    places = select(ids < 0, ids, ids + rearrangement.expand_dims(numbers * length, axis=(1,)))
    found = segment_sum(_flat(values), _flat(places), rows * length)
    return rearrangement.reshape(found, rearrangement.stack([rows, length]))


def confusion_matrix(
    labels: Any, predictions: Any, num_classes: Any = None, weights: Any = None,
    dtype: Any = dtypes.int32, name: str | None = None,
) -> Any:
    """How often each class (row) was predicted as each class (column), or the sums of weights.

    Raises:
        InvalidArgumentError: a label or a prediction is not in [0, num_classes), or their shapes
            differ.

    >>> tf.math.confusion_matrix([0, 1, 1], [0, 1, 0]).numpy()
    array([[1, 0],
           [1, 1]], dtype=int32)
    """
    labels, predictions = _squeezed(to_tensor(labels), to_tensor(predictions))
    limit = None
    if num_classes is not None:
        limit = cast(to_tensor(num_classes), dtype=dtypes.int64)
    labels = _classes(labels, limit, "labels")
    predictions = _classes(predictions, limit, "predictions")
    if not are_compatible(labels.sizes, predictions.sizes):
        raise InvalidArgumentError(
            "confusion_matrix expected labels and predictions of one shape. "
            f"Received: labels.shape={labels.shape}, predictions.shape={predictions.shape}"
        )
    count = limit
    if count is None:
        count = maximum(count_up_to(labels), count_up_to(predictions))
    values = _class_weights(predictions, weights, dtypes.as_dtype(dtype))
    places = _flat(labels * count + predictions)
    found = segments.segment_sum(_flat(values), places, count * count)
    return rearrangement.reshape(found, rearrangement.stack([count, count]))


def _classes(x: Any, limit: Any, argument: str) -> Any:
    ids = cast(x, dtype=dtypes.int64)
    more = () if limit is None else (limit,)
    return checked_ids(
        ids, *more, function="confusion_matrix", argument=argument, dropped=False
    )


def _squeezed(labels: Any, predictions: Any) -> tuple[Any, Any]:
    """Both with the same rank, where one has a last axis of size 1 more."""
    more = (labels.ndim or 0) - (predictions.ndim or 0)
    if more == 1 and labels.sizes[-1] == 1:
        labels = rearrangement.squeeze(labels, axis=(-1,))
    if more == -1 and predictions.sizes[-1] == 1:
        predictions = rearrangement.squeeze(predictions, axis=(-1,))
    return labels, predictions


def _class_weights(predictions: Any, weights: Any, dtype: Any) -> Any:
    if weights is None:
        return rearrangement.broadcast_to(to_tensor(1, dtype), shape_of(predictions))
    weights = to_tensor(weights)
    if not are_compatible(weights.sizes, predictions.sizes):
        raise ValueError(
            "confusion_matrix expected weights of the shape of predictions. "
            f"Received: weights.shape={weights.shape}, predictions.shape={predictions.shape}"
        )
    return cast(weights, dtype=dtype)
