"""Making tensors: from values, of one value, as sequences of numbers."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from eagre.core import ambient, dtypes
from eagre.core.conversion import literal, scalar, to_array, to_tensor
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.core.tensor import SymbolicTensor, Tensor
from eagre.ops.shaping import as_shape, cast, static_shape
from eagre.primitives import rearrangement
from eagre.primitives.families import shape_of
from eagre.primitives.known_values import known_value
from eagre.primitives.ranges import known_size, range_primitive


def constant(value: Any, dtype: Any = None, shape: Any = None, name: str = "Const") -> Any:
    """A tensor with a copy of `value`: a number, string, nested list, array or tensor.

    Args:
        dtype: by default int32 (int64 where needed), float32, bool, complex128 or string for
            Python values, and the array's own dtype for NumPy arrays.
        shape: into which the elements are arranged, or over which a single one is repeated.

    Raises:
        ValueError: ragged lists, mixed types, foreign objects.
        TypeError: values that do not fit `dtype` or `shape`.

    >>> tf.constant([[1, 2], [3, 4]])
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[1, 2],
           [3, 4]], dtype=int32)>
    """
    tensor = to_tensor(value, dtype, name="constant")
    if shape is None:
        return tensor
    wanted = static_shape(shape, "constant")
    if tensor.sizes == wanted:
        return tensor
    sizes: Any = tensor.sizes
    count = None if sizes is None else prod(sizes)
    if count == prod(wanted):
        return rearrangement.reshape(tensor, wanted)
    if count == 1:
        return rearrangement.broadcast_to(rearrangement.reshape(tensor, ()), wanted)
    raise TypeError(
        f"constant expected {prod(wanted)} values for shape {wanted}. Received: {count} values"
    )


def convert_to_tensor(
    value: Any, dtype: Any = None, dtype_hint: Any = None, name: str | None = None
) -> Any:
    """The tensor that `value` is or becomes; `dtype_hint` is preferred where it fits.

    >>> tf.convert_to_tensor([1, 2], dtype_hint=tf.float32)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>
    """
    return to_tensor(value, dtype, hint=dtype_hint, name="convert_to_tensor")


def fill(dims: Any, value: Any, name: str | None = None, layout: Any = None) -> Any:
    """A tensor of one value.

    >>> tf.fill([2], 7)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([7, 7], dtype=int32)>
    """
    value = to_tensor(value, name="fill")
    if value.sizes == (1,):
        value = value[0]
    if value.sizes not in ((), None):
        raise InvalidArgumentError(f"fill expected a scalar. Received: value.shape={value.shape}")
    shape = as_shape(dims, "fill")
    if shape.__class__ is tuple and shape and min(shape) < 0:
        static_shape(shape, "fill")
    return rearrangement.broadcast_to(value, shape)


def zeros(shape: Any, dtype: Any = dtypes.float32, name: str | None = None, layout: Any = None):
    """A tensor of zeros (False, empty strings).

    >>> tf.zeros([2, 2]).numpy()
    array([[0., 0.],
           [0., 0.]], dtype=float32)
    """
    return _filled(shape, 0, dtypes.as_dtype(dtype), "zeros")


def ones(shape: Any, dtype: Any = dtypes.float32, name: str | None = None, layout: Any = None):
    """A tensor of ones.

    >>> tf.ones([2], tf.int32)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 1], dtype=int32)>
    """
    return _filled(shape, 1, dtypes.as_dtype(dtype), "ones")


def _filled(shape: Any, value: Any, dtype: dtypes.DType, name: str) -> Any:
    if dtype.name == "string":
        value = "" if value == 0 else value
    elif dtype.is_bool:
        value = bool(value)
    shape = as_shape(shape, name)
    one = scalar(value, dtype)
    if shape.__class__ is not tuple or not shape:
        return rearrangement.broadcast_to(one, shape)
    if min(shape) < 0:
        static_shape(shape, name)
    return rearrangement.broadcast_to_primitive.door(one, shape=shape)


def zeros_like(input: Any, dtype: Any = None, name: str | None = None, layout: Any = None):
    """Zeros of the shape of `input`.

    >>> tf.zeros_like([1.0, 2.0]).numpy()
    array([0., 0.], dtype=float32)
    """
    x = to_tensor(input)
    return _filled(shape_of(x), 0, x.dtype if dtype is None else dtypes.as_dtype(dtype), "zeros")


def ones_like(input: Any, dtype: Any = None, name: str | None = None, layout: Any = None):
    """Ones of the shape of `input`.

    >>> tf.ones_like([1.0, 2.0]).numpy()
    array([1., 1.], dtype=float32)
    """
    x = to_tensor(input)
    return _filled(shape_of(x), 1, x.dtype if dtype is None else dtypes.as_dtype(dtype), "ones")


def eye(
    num_rows: Any,
    num_columns: Any = None,
    batch_shape: Any = None,
    dtype: Any = dtypes.float32,
    name: str | None = None,
) -> Any:
    """An identity matrix, or a batch of them.

    >>> tf.eye(2).numpy()
    array([[1., 0.],
           [0., 1.]], dtype=float32)
    """
    dtype = dtypes.as_dtype(dtype)
    if not (dtype.is_numeric or dtype.is_bool):
        raise DTypeMismatchError(
            f"eye expected a dtype of numbers or booleans. Received: dtype={dtype.name}"
        )
    columns = num_rows if num_columns is None else num_columns
    if not all(map(_is_known, (num_rows, columns))):
        is_diagonal = range(num_rows)[:, np.newaxis] == range(columns)
        matrix = cast(is_diagonal, dtype)
    else:
        matrix = _identity(num_rows, columns, dtype)
    return matrix if batch_shape is None else _batch_of(matrix, as_shape(batch_shape, "eye"))


def _is_known(size: Any) -> bool:
    return not isinstance(size, SymbolicTensor) or known_value(size) is not None


def _identity(rows: Any, columns: Any, dtype: dtypes.DType) -> Any:
    sizes = static_shape(as_shape((rows, columns), "eye"), "eye")
    matrix = np.eye(*sizes, dtype=dtype.numpy)
    return literal(matrix if dtype.name != "string" else to_array(matrix, dtype, "eye"))


def _batch_of(matrix: Any, batch: Any) -> Any:
    """The matrix as often as a shape says: a tuple, or a vector that is known later."""
    sizes = shape_of(matrix)
    if batch.__class__ is tuple and sizes.__class__ is tuple:
        return rearrangement.broadcast_to(matrix, (*static_shape(batch, "eye"), *sizes))
    parts = [cast(to_tensor(part, dtypes.int32), dtypes.int32) for part in (batch, sizes)]
    return rearrangement.broadcast_to(matrix, rearrangement.concat(*parts, axis=0))


def range(
    start: Any, limit: Any = None, delta: Any = 1, dtype: Any = None, name: str = "range"
) -> Any:
    """The numbers from `start` up to, not including, `limit`, in steps of `delta`.

    >>> tf.range(3)
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([0, 1, 2], dtype=int32)>
    """
    if limit is None:
        start, limit = 0, start
    if dtype is None:
        dtype, *others = _number_dtype(start), _number_dtype(limit), _number_dtype(delta)
        if not dtype is others[0] is others[1]:
            dtype = max({dtype, *others}, key=_breadth)
    else:
        dtype = dtypes.as_dtype(dtype)
    start, limit, delta = _scalar(start, dtype), _scalar(limit, dtype), _scalar(delta, dtype)
    size = known_size(start, limit, delta) if ambient.interpreters else None
    params = {} if size is None else {"size": size}
    return range_primitive.door(start, limit, delta, **params)


def _breadth(dtype: dtypes.DType) -> int:
    """The place of a dtype among those that `range` chooses from."""
    order = (dtypes.int32, dtypes.int64, dtypes.float16, dtypes.bfloat16, dtypes.float32,
             dtypes.float64)
    return order.index(dtype) if dtype in order else 0


def _number_dtype(value: Any) -> dtypes.DType:
    is_short = value.__class__ is int and -(2**31) <= value < 2**31
    return dtypes.int32 if is_short else to_tensor(value).dtype


def _scalar(value: Any, dtype: dtypes.DType) -> Any:
    if value.__class__ is int:
        return scalar(value, dtype, "range")
    if isinstance(value, Tensor) or hasattr(value, "__tensor__"):
        return cast(value, dtype)
    return scalar(value, dtype, "range")
