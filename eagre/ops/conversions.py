"""Elements as other dtypes with care, and shapes of several tensors together."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.core.shapes import TensorShape, as_sizes, broadcast_sizes
from eagre.ops.math import clip_by_value
from eagre.ops.shaping import cast, shape
from eagre.primitives import casting, checking


def bitcast(input: Any, type: Any, name: str | None = None) -> Any:
    """The bits of the elements as elements of another dtype.

    Elements that are narrower than before come in a new last axis.

    >>> tf.bitcast([1.0, -0.0], tf.uint32).numpy().tolist()
    [1065353216, 2147483648]
    """
    return casting.bitcast(to_tensor(input), dtype=dtypes.as_dtype(type))


def saturate_cast(value: Any, dtype: Any, name: str | None = None) -> Any:
    """The elements converted to another dtype; what it cannot hold becomes its nearest bound.

    >>> tf.saturate_cast([300.5, -7.0], tf.uint8).numpy()
    array([255,   0], dtype=uint8)
    """
    x = to_tensor(value, name="saturate_cast")
    target = dtypes.as_dtype(dtype)
    if x.dtype.is_complex and not target.is_complex:
        x = cast(x, x.dtype.real_dtype)
    if target.is_complex:
        return cast(x, target)
    for each in (x.dtype, target):
        if not (each.is_integer or each.is_floating):
            raise TypeError(f"saturate_cast expected dtypes of numbers. Received: {each.name}")
    low, high = _bounds(x.dtype, target)
    return cast(clip_by_value(x, low, high), target)


@lru_cache
def _bounds(source: dtypes.DType, target: dtypes.DType) -> tuple[Any, Any]:
    """The least and the greatest value of `source` that `target` holds."""
    if source.is_integer:
        ends = (int(target.min), int(target.max))
        return max(source.min, ends[0]), min(source.max, ends[1])
    low, high = float(source.min), float(source.max)
    if float(target.max) >= high:
        return max(low, float(target.min)), high
    return float(target.min), _below(target.max, source)


def _below(number: Any, dtype: dtypes.DType) -> float:
    """The greatest value of a floating-point dtype that is not above the number."""
    near = np.array(number).astype(dtype.numpy)
    if int(near) > int(number):
        near = np.nextafter(near, np.array(0, dtype.numpy))
    return float(near)


def ensure_shape(x: Any, shape: Any, name: str | None = None) -> Any:
    """The tensor, known to be of a shape; an error when it turns out not to be.

    >>> tf.ensure_shape([1, 2], [None]).shape
    TensorShape([2])
    """
    return checking.ensure_shape(to_tensor(x), shape=as_sizes(shape, "ensure_shape"))


def shape_n(input: Any, out_type: Any = dtypes.int32, name: str | None = None) -> list[Any]:
    """The shapes of several tensors.

    >>> [s.numpy().tolist() for s in tf.shape_n([[1, 2], [[3]]])]
    [[2], [1, 1]]
    """
    if not isinstance(input, list | tuple):
        raise TypeError(f"shape_n expected a list of tensors. Received: input={input!r}")
    if not input:
        raise InvalidArgumentError("shape_n expected at least one tensor. Received: input=[]")
    return [shape(each, out_type) for each in input]


def broadcast_static_shape(shape_x: Any, shape_y: Any) -> TensorShape:
    """The shape to which two shapes broadcast, as far as it is known.

    >>> tf.broadcast_static_shape(tf.TensorShape([1, 2]), tf.TensorShape([None, 1]))
    TensorShape([None, 2])
    """
    name = "broadcast_static_shape"
    return TensorShape.of(
        broadcast_sizes(as_sizes(shape_x, name), as_sizes(shape_y, name), name)
    )


def broadcast_dynamic_shape(shape_x: Any, shape_y: Any) -> Any:
    """The shape to which two shapes broadcast, as a vector of integers.

    >>> tf.broadcast_dynamic_shape([1, 2], [3, 1]).numpy()
    array([3, 2], dtype=int32)
    """
    vectors = [_sizes_vector(each) for each in (shape_x, shape_y)]
    if any(vector.dtype == dtypes.int64 for vector in vectors):
        vectors = [cast(vector, dtypes.int64) for vector in vectors]
    return checking.broadcast_shapes(*vectors)


def _sizes_vector(value: Any) -> Any:
    if isinstance(value, TensorShape):
        value = value.as_list()
    if isinstance(value, list | tuple) and not value:
        return to_tensor(np.zeros(0, np.int32))
    return to_tensor(value, name="broadcast_dynamic_shape")
