"""Making arrays, with NumPy's defaults: float64, and int64 for integers."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.arrays.promotion import (
    as_array,
    dtype_of,
    promoted_inexact,
    rank_of,
    result_type,
    value_of,
)
from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.tensor import SymbolicTensor, Tensor, wrap
from eagre.ops import creation, sequences
from eagre.ops.selection import where
from eagre.ops.shaping import (
    as_shape,
    axis_sizes,
    broadcast_to,
    cast,
    expand_dims,
    transpose,
)
from eagre.primitives.families import shape_of

DEVICE: str = wrap(None).device
_DEVICES = (None, "CPU", "CPU:0", "/CPU:0", DEVICE)


def check_device(device: Any, name: str) -> None:
    """Refuse a device other than the one there is."""
    if device not in _DEVICES and str(device).upper() not in _DEVICES:
        raise ValueError(f"{name} expected the device 'CPU:0'. Received: device={device!r}")


def asarray(a: Any, dtype: Any = None, *, device: Any = None, copy: bool | None = None) -> Any:
    """The tensor that `a` is or becomes.

    Python numbers and lists become float64, int64, complex128 or bool. With `copy=False` the
    tensor shares the memory of an array, which nobody may change from then on, or it is an error.

    >>> from eagre import array_api
    >>> array_api.asarray([1, 2.5])
    <tf.Tensor: shape=(2,), dtype=float64, numpy=array([1. , 2.5])>
    """
    check_device(device, "asarray")
    if copy is False and not isinstance(a, Tensor):
        return _shared(a, dtype)
    x = as_array(a, dtype)
    if copy is False and x is not a:
        raise ValueError(
            f"asarray expected a tensor of the wanted dtype, as copy=False was given. "
            f"Received: dtype={a.dtype.name}"
        )
    return x


def _shared(a: Any, dtype: Any) -> Any:
    wanted = None if dtype is None else dtype_of(dtype).numpy
    try:
        array = np.asarray(a, wanted, copy=False)
    except (ValueError, TypeError):
        array = None
    if array is None or isinstance(a, bool | int | float | complex):
        raise ValueError(
            "asarray expected an array whose memory can be shared, as copy=False was given. "
            f"Received: a value of type {type(a).__name__}"
        )
    dtypes.as_dtype(array.dtype)
    return wrap(array)


def zeros(shape: Any, dtype: Any = float, *, device: Any = None) -> Any:
    """An array of zeros.

    >>> from eagre import array_api
    >>> array_api.zeros(2).numpy()
    array([0., 0.])
    """
    return _filled("zeros", shape, 0, dtype, device)


def ones(shape: Any, dtype: Any = float, *, device: Any = None) -> Any:
    """An array of ones.

    >>> from eagre import array_api
    >>> array_api.ones((1, 2)).numpy()
    array([[1., 1.]])
    """
    return _filled("ones", shape, 1, dtype, device)


def empty(shape: Any, dtype: Any = float, *, device: Any = None) -> Any:
    """An array whose values nobody should rely on: zeros.

    >>> from eagre import array_api
    >>> array_api.empty(3).shape
    TensorShape([3])
    """
    return _filled("empty", shape, 0, dtype, device)


def _filled(name: str, shape: Any, value: int, dtype: Any, device: Any) -> Any:
    check_device(device, name)
    target = dtype_of(float if dtype is None else dtype)
    return broadcast_to(cast(to_tensor(value), target), as_shape(shape, name))


def full(shape: Any, fill_value: Any, dtype: Any = None, *, device: Any = None) -> Any:
    """An array of one value, or of an array that is broadcast.

    >>> from eagre import array_api
    >>> array_api.full(2, 7).numpy()
    array([7, 7])
    """
    check_device(device, "full")
    return broadcast_to(as_array(fill_value, dtype, name="full"), as_shape(shape, "full"))


def zeros_like(a: Any, dtype: Any = None, *, device: Any = None) -> Any:
    """Zeros in the shape of `a`, and in its dtype unless another is given.

    >>> from eagre import array_api
    >>> array_api.zeros_like([1, 2]).numpy()
    array([0, 0])
    """
    return _filled_like("zeros_like", creation.zeros_like, a, dtype, device)


def ones_like(a: Any, dtype: Any = None, *, device: Any = None) -> Any:
    """Ones in the shape of `a`, and in its dtype unless another is given.

    >>> from eagre import array_api
    >>> array_api.ones_like([1.5, 2]).numpy()
    array([1., 1.])
    """
    return _filled_like("ones_like", creation.ones_like, a, dtype, device)


def empty_like(a: Any, dtype: Any = None, *, device: Any = None) -> Any:
    """An array in the shape of `a` whose values nobody should rely on: zeros.

    >>> from eagre import array_api
    >>> array_api.empty_like([1, 2]).shape
    TensorShape([2])
    """
    return _filled_like("empty_like", creation.zeros_like, a, dtype, device)


def _filled_like(name: str, operation: Any, a: Any, dtype: Any, device: Any) -> Any:
    check_device(device, name)
    x = as_array(a, name=name)
    return operation(x, x.dtype if dtype is None else dtype_of(dtype))


def full_like(
    a: Any,
    fill_value: Any,
    dtype: Any = None,
    order: str = "K",
    subok: bool = True,
    shape: Any = None,
    *,
    device: Any = None,
) -> Any:
    """An array of one value in the shape of `a`, and in its dtype unless another is given.

    >>> from eagre import array_api
    >>> array_api.full_like([1, 2], 7).numpy()
    array([7, 7])
    """
    if order != "K" or subok is not True or shape is not None:
        raise ValueError(
            "full_like cannot use `order`, `subok` and `shape`: tensors have one order. "
            f"Received: {order=}, {subok=}, {shape=}"
        )
    check_device(device, "full_like")
    x = as_array(a, name="full_like")
    value = as_array(fill_value, x.dtype if dtype is None else dtype, name="full_like")
    return broadcast_to(value, shape_of(x))


def arange(
    start: Any, stop: Any = None, step: Any = 1, dtype: Any = None, *, device: Any = None
) -> Any:
    """The numbers from `start` (by default 0) up to `stop`, which is left out.

    >>> from eagre import array_api
    >>> array_api.arange(2, 7, 2).numpy()
    array([2, 4, 6])
    """
    check_device(device, "arange")
    if stop is None:
        start, stop = 0, start
    target = result_type(start, stop, step) if dtype is None else dtype_of(dtype)
    if any(isinstance(part, SymbolicTensor) for part in (start, stop, step)):
        ends = [cast(as_array(part), target) for part in (start, stop, step)]
        return creation.range(*ends)
    parts: Any = [np.asarray(part)[()] for part in (start, stop, step)]
    if parts[2] == 0:
        raise ValueError(f"arange expected a step that is not 0. Received: {step=}")
    if not all(map(np.isfinite, parts)):
        raise ValueError(f"arange expected finite numbers. Received: {start=}, {stop=}, {step=}")
    return cast(to_tensor(np.arange(*parts)), target)


def linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = float,
    axis: int = 0,
    *,
    device: Any = None,
) -> Any:
    """`num` evenly spaced numbers from `start` to `stop`, which `endpoint=False` leaves out.

    >>> from eagre import array_api
    >>> array_api.linspace(0, 1, 3).numpy()
    array([0. , 0.5, 1. ])
    """
    check_device(device, "linspace")
    count = int(value_of(num, "linspace"))
    if count < 0:
        raise ValueError(f"linspace expected num of at least 0. Received: num={num}")
    target = result_type(start, stop, float) if dtype is None or dtype is float else dtype_of(dtype)
    first, last = promoted_inexact(start, stop, name="linspace")
    if target.is_floating or target.is_complex:
        first, last = cast(first, target), cast(last, target)
    parts = count - 1 if endpoint else count
    step = (last - first) / cast(max(parts, 1), first.dtype)
    numbers = expand_dims(first, 0) + _places(count, first, last) * expand_dims(step, 0)
    if endpoint and count > 1:
        is_last = _column(np.arange(count) == count - 1, rank_of(numbers, "linspace"))
        numbers = where(is_last, expand_dims(last, 0), numbers)
    numbers = _moved_from_front(cast(numbers, target), axis)
    return (numbers, step) if retstep else numbers


def _column(values: Any, rank: int) -> Any:
    return to_tensor(values.reshape(-1, *[1] * (rank - 1)))


def _places(count: int, first: Any, last: Any) -> Any:
    rank = max(rank_of(first, "linspace"), rank_of(last, "linspace")) + 1
    return cast(_column(np.arange(count), rank), first.dtype)


def _moved_from_front(x: Any, axis: int) -> Any:
    rank = rank_of(x, "linspace")
    axis = axis % rank
    order = [*range(1, axis + 1), 0, *range(axis + 1, rank)]
    return transpose(x, order) if axis else x


def eye(
    N: Any, M: Any = None, k: int = 0, dtype: Any = float, *, device: Any = None
) -> Any:
    """Ones on the diagonal number `k`, zeros elsewhere.

    >>> from eagre import array_api
    >>> array_api.eye(2, 3, k=1).numpy()
    array([[0., 1., 0.],
           [0., 0., 1.]])
    """
    check_device(device, "eye")
    rows = int(value_of(N, "eye"))
    columns = rows if M is None else int(value_of(M, "eye"))
    target = dtype_of(float if dtype is None else dtype)
    return cast(to_tensor(np.eye(rows, columns, int(value_of(k, "eye")), bool)), target)


def tril(m: Any, k: int = 0) -> Any:
    """The matrices with zeros above the diagonal number `k`.

    >>> from eagre import array_api
    >>> array_api.tril([[1, 2], [3, 4]]).numpy()
    array([[1, 0],
           [3, 4]])
    """
    return _triangle(m, k, "tril", is_lower=True)


def triu(m: Any, k: int = 0) -> Any:
    """The matrices with zeros below the diagonal number `k`.

    >>> from eagre import array_api
    >>> array_api.triu([[1, 2], [3, 4]]).numpy()
    array([[1, 2],
           [0, 4]])
    """
    return _triangle(m, k, "triu", is_lower=False)


def _triangle(m: Any, k: Any, name: str, *, is_lower: bool) -> Any:
    x = as_array(m, name=name)
    if rank_of(x, name) < 2:
        raise ValueError(f"{name} expected at least two axes. Received: shape={x.shape}")
    rows, columns = (creation.range(n) for n in axis_sizes(x, name)[-2:])
    distance = expand_dims(columns, 0) - expand_dims(rows, 1)
    keeps = distance <= int(k) if is_lower else distance >= int(k)
    return where(keeps, x, creation.zeros_like(x))


def meshgrid(*xi: Any, **kwargs: Any) -> tuple[Any, ...]:
    """Coordinates of the points of a grid, from vectors of the coordinates along each axis.

    >>> from eagre import array_api
    >>> [x.numpy().tolist() for x in array_api.meshgrid([1, 2], [3, 4, 5])]
    [[[1, 2], [1, 2], [1, 2]], [[3, 3], [4, 4], [5, 5]]]
    """
    indexing = kwargs.pop("indexing", "xy")
    if kwargs:
        raise ValueError(
            f"meshgrid expected no keyword but indexing. Received: {', '.join(sorted(kwargs))}"
        )
    arrays = [as_array(x, name="meshgrid") for x in xi]
    return tuple(sequences.meshgrid(*arrays, indexing=indexing)) if arrays else ()


def astype(x: Any, dtype: Any, /, *, copy: bool = True, device: Any = None) -> Any:
    """The array in another dtype.

    >>> from eagre import array_api
    >>> array_api.astype([1.7, -1.7], tf.int32).numpy()
    array([ 1, -1], dtype=int32)
    """
    check_device(device, "astype")
    return as_array(x, dtype, name="astype")

