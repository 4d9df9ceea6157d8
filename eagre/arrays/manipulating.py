"""Rearranging, joining and taking elements."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.arrays.promotion import as_array, promoted, rank_of, value_of
from eagre.core import dtypes
from eagre.core.errors import InvalidArgumentError
from eagre.core.shapes import broadcast_sizes
from eagre.ops import joining, selection, sequences, shaping
from eagre.ops.conversions import broadcast_dynamic_shape
from eagre.ops.math import subtract
from eagre.ops.shaping import as_shape, axis_sizes, known_as
from eagre.primitives.families import shape_of
from eagre.primitives.rearrangement import normalized_axis


class InvalidIndexError(InvalidArgumentError, IndexError):
    """An axis, index or mask that the array does not have, for TensorFlow's code and NumPy's."""


def _axes(axis: Any, rank: int, name: str) -> tuple[int, ...]:
    """The axes, counted from the front; an error where one stands twice."""
    values = value_of(axis, name)
    given = values if isinstance(values, list) else [values]
    try:
        axes = tuple([normalized_axis(int(each), rank, name) for each in given])
    except InvalidArgumentError as error:
        raise InvalidIndexError(error.message) from None
    if len(set(axes)) != len(axes):
        raise ValueError(f"{name} expected different axes. Received: {axis}")
    return axes


def reshape(x: Any, /, shape: Any, *, copy: bool | None = None) -> Any:
    """The elements in row-major order in another shape, in which one size may be -1.

    >>> from eagre import array_api
    >>> array_api.reshape([1, 2, 3, 4], (2, -1)).numpy()
    array([[1, 2],
           [3, 4]])
    """
    return shaping.reshape(as_array(x, name="reshape"), shape)


def concatenate(arys: Any, axis: Any = 0) -> Any:
    """The arrays one after the other along an axis; with `axis=None` all elements in a row.

    >>> from eagre import array_api
    >>> array_api.concat(([1, 2], [3.5])).numpy()
    array([1. , 2. , 3.5])
    """
    arrays = _several(arys, "concat")
    if axis is None:
        arrays = tuple([shaping.reshape(x, (-1,)) for x in arrays])
        axis = 0
    return joining.concat(arrays, normalized_axis(axis, rank_of(arrays[0], "concat"), "concat"))


def _several(arrays: Any, name: str) -> tuple[Any, ...]:
    """The arrays in one dtype; numbers among them count as arrays."""
    return promoted(*[as_array(x, name=name) for x in arrays], name=name)


def stack(arrays: Any, axis: int = 0) -> Any:
    """The arrays side by side along a new axis.

    >>> from eagre import array_api
    >>> array_api.stack([[1, 2], [3, 4]], axis=1).numpy()
    array([[1, 3],
           [2, 4]])
    """
    return joining.stack(_several(arrays, "stack"), axis)


def unstack(x: Any, /, *, axis: int = 0) -> tuple[Any, ...]:
    """The slices along an axis.

    >>> from eagre import array_api
    >>> [part.numpy().tolist() for part in array_api.unstack([[1, 2], [3, 4]], axis=1)]
    [[1, 3], [2, 4]]
    """
    return tuple(joining.unstack(as_array(x, name="unstack"), axis=axis))


def expand_dims(a: Any, axis: Any = 0) -> Any:
    """The array with new axes of size 1, at these places of the result.

    >>> from eagre import array_api
    >>> array_api.expand_dims([1, 2], axis=1).shape
    TensorShape([2, 1])
    """
    x = as_array(a, name="expand_dims")
    given = axis if isinstance(axis, tuple | list) else (axis,)
    for each in sorted(_axes(given, rank_of(x, "expand_dims") + len(given), "expand_dims")):
        x = shaping.expand_dims(x, each)
    return x


def squeeze(a: Any, axis: Any = None) -> Any:
    """The array without axes of size 1: these, or by default all.

    >>> from eagre import array_api
    >>> array_api.squeeze([[1, 2]], axis=0).numpy()
    array([1, 2])
    """
    x = as_array(a, name="squeeze")
    if axis == ():
        return x
    return shaping.squeeze(x, list(axis) if isinstance(axis, tuple) else axis)


def permute_dims(x: Any, /, axes: Any) -> Any:
    """The axes in another order.

    >>> from eagre import array_api
    >>> array_api.permute_dims([[1, 2], [3, 4]], (1, 0)).numpy()
    array([[1, 3],
           [2, 4]])
    """
    x = as_array(x, name="permute_dims")
    order = _axes(axes, rank_of(x, "permute_dims"), "permute_dims") if len(axes) else ()
    return shaping.transpose(x, order)


def matrix_transpose(x: Any, /) -> Any:
    """The last two axes exchanged.

    >>> from eagre import array_api
    >>> array_api.matrix_transpose([[1, 2], [3, 4]]).numpy()
    array([[1, 3],
           [2, 4]])
    """
    x = as_array(x, name="matrix_transpose")
    rank = rank_of(x, "matrix_transpose")
    if rank < 2:
        raise ValueError(f"matrix_transpose expected at least two axes. Received: shape={x.shape}")
    return shaping.transpose(x, [*range(rank - 2), rank - 1, rank - 2])


def moveaxis(a: Any, source: Any, destination: Any) -> Any:
    """The axes `source` moved to the places `destination`; the others keep their order.

    >>> from eagre import array_api
    >>> array_api.moveaxis(array_api.zeros((2, 3, 4)), 0, -1).shape
    TensorShape([3, 4, 2])
    """
    x = as_array(a, name="moveaxis")
    rank = rank_of(x, "moveaxis")
    origins = _axes(source, rank, "moveaxis")
    places = _axes(destination, rank, "moveaxis")
    if len(origins) != len(places):
        raise ValueError(
            "moveaxis expected as many sources as destinations. "
            f"Received: source={source}, destination={destination}"
        )
    order = [axis for axis in range(rank) if axis not in origins]
    for place, origin in sorted(zip(places, origins, strict=True)):
        order.insert(place, origin)
    return shaping.transpose(x, order)


def flip(m: Any, axis: Any = None) -> Any:
    """The elements in the opposite order along axes, by default all.

    >>> from eagre import array_api
    >>> array_api.flip([1, 2, 3]).numpy()
    array([3, 2, 1])
    """
    x = as_array(m, name="flip")
    rank = rank_of(x, "flip")
    if not rank:
        return x
    axes = range(rank) if axis is None else _axes(axis, rank, "flip")
    return sequences.reverse(x, list(axes))


def roll(a: Any, shift: Any, axis: Any = None) -> Any:
    """The elements moved along axes; those that leave at the end come in at the front.

    >>> from eagre import array_api
    >>> array_api.roll([1, 2, 3], 1).numpy()
    array([3, 1, 2])
    """
    x = as_array(a, name="roll")
    if axis is None:
        total = int(np.sum(value_of(shift, "roll")))
        return shaping.reshape(sequences.roll(shaping.reshape(x, (-1,)), total, 0), shape_of(x))
    shifts, axes = (np.atleast_1d(value_of(each, "roll")) for each in (shift, axis))
    shifts, axes = np.broadcast_arrays(shifts, axes)
    return sequences.roll(x, shifts.tolist(), axes.tolist())


def repeat(a: Any, repeats: Any, axis: Any = None) -> Any:
    """Each element, or each slice along an axis, so many times.

    >>> from eagre import array_api
    >>> array_api.repeat([1, 2], [2, 1]).numpy()
    array([1, 1, 2])
    """
    x = as_array(a, name="repeat")
    if axis is None:
        x, axis = shaping.reshape(x, (-1,)), 0
    counts = as_array(repeats, name="repeat")
    if counts.ndim == 1 and counts.sizes == (1,):
        counts = counts[0]
    return sequences.repeat(x, counts, axis)


def tile(a: Any, reps: Any) -> Any:
    """The array so many times along each axis; missing axes are added in front.

    >>> from eagre import array_api
    >>> array_api.tile([1, 2], (2, 2)).numpy()
    array([[1, 2, 1, 2],
           [1, 2, 1, 2]])
    """
    x = as_array(a, name="tile")
    times = np.atleast_1d(np.array(value_of(reps, "tile"), np.int64)).tolist()
    missing = len(times) - rank_of(x, "tile")
    times = [1] * -missing + times
    if missing > 0:
        x = expand_dims(x, tuple(range(missing)))
    return shaping.tile(x, times) if times else x


def broadcast_to(array: Any, shape: Any) -> Any:
    """The array repeated along axes of size 1 to a shape.

    >>> from eagre import array_api
    >>> array_api.broadcast_to([1, 2], (2, 2)).numpy()
    array([[1, 2],
           [1, 2]])
    """
    return shaping.broadcast_to(as_array(array, name="broadcast_to"), shape)


def broadcast_arrays(*args: Any, **kwargs: Any) -> tuple[Any, ...]:
    """The arrays, each repeated to the shape that all have in common.

    >>> from eagre import array_api
    >>> [x.shape for x in array_api.broadcast_arrays([1, 2], [[3], [4]])]
    [TensorShape([2, 2]), TensorShape([2, 2])]
    """
    if kwargs.pop("subok", False) or kwargs:
        raise ValueError("broadcast_arrays expected arrays only. Received: keyword arguments")
    arrays = [as_array(x, name="broadcast_arrays") for x in args]
    if not arrays:
        return ()
    shape = shape_of(arrays[0])
    for x in arrays[1:]:
        shape = _common_shape(shape, shape_of(x))
    return tuple([shaping.broadcast_to(x, shape) for x in arrays])


def _common_shape(left: Any, right: Any) -> Any:
    if isinstance(left, tuple) and isinstance(right, tuple):
        return broadcast_sizes(left, right, "broadcast_arrays")
    return broadcast_dynamic_shape(left, right)


def broadcast_shapes(*shapes: Any) -> tuple[int, ...]:
    """The shape to which arrays of these shapes broadcast.

    >>> from eagre import array_api
    >>> array_api.broadcast_shapes((2, 1), (3,))
    (2, 3)
    """
    try:
        return tuple(np.broadcast_shapes(*[tuple(shape) for shape in shapes]))
    except ValueError:
        raise ValueError(
            f"broadcast_shapes expected shapes that broadcast. Received: shapes={shapes}"
        ) from None


def diff(a: Any, n: int = 1, axis: int = -1, *, prepend: Any = None, append: Any = None) -> Any:
    """The differences of neighbors along an axis, taken `n` times.

    >>> from eagre import array_api
    >>> array_api.diff([1, 4, 9]).numpy()
    array([3, 5])
    """
    if n < 0:
        raise ValueError(f"diff expected n of at least 0. Received: n={n}")
    x = as_array(a, name="diff")
    axis = normalized_axis(axis, rank_of(x, "diff"), "diff")
    ends = [part for part in (prepend, x, append) if part is not None]
    if len(ends) > 1:
        x = concatenate([_as_slice(part, x, axis) for part in ends], axis)
    for _ in range(n):
        later, earlier = _part(x, axis, slice(1, None)), _part(x, axis, slice(None, -1))
        x = later != earlier if x.dtype == dtypes.bool_ else subtract(later, earlier)
    return x


def _as_slice(part: Any, x: Any, axis: int) -> Any:
    """A number as a slice of size 1 along an axis of `x`."""
    part = as_array(part, name="diff")
    if part.ndim:
        return part
    sizes = [1 if i == axis else size for i, size in enumerate(axis_sizes(x, "diff"))]
    return shaping.broadcast_to(part, as_shape(sizes, "diff"))


def _part(x: Any, axis: int, part: Any) -> Any:
    return x[(slice(None),) * axis + (part,)]


# Taking elements ------------------------------------------------------------------------------


def take(x: Any, indices: Any, /, *, axis: int | None = None) -> Any:
    """The slices along an axis that `indices` name; negative ones count from the end.

    >>> from eagre import array_api
    >>> array_api.take([10, 20, 30], [2, 0]).numpy()
    array([30, 10])
    """
    x = as_array(x, name="take")
    if axis is None:
        x, axis = shaping.reshape(x, (-1,)), 0
    axis = normalized_axis(axis, rank_of(x, "take"), "take")
    return selection.gather(x, _from_front(indices, axis_sizes(x, "take")[axis]), axis=axis)


def _from_front(indices: Any, size: Any) -> Any:
    """Indices counted from the front."""
    indices = as_array(indices, dtypes.int64, name="take")
    return selection.where(indices < 0, indices + shaping.cast(size, dtypes.int64), indices)


def take_along_axis(arr: Any, indices: Any, axis: Any = -1) -> Any:
    """For each place the element along an axis that the index at that place names.

    >>> from eagre import array_api
    >>> array_api.take_along_axis([[10, 20], [30, 40]], [[1], [0]], axis=1).numpy()
    array([[20],
           [30]])
    """
    x = as_array(arr, name="take_along_axis")
    indices = as_array(indices, name="take_along_axis")
    if axis is None:
        x, axis = shaping.reshape(x, (-1,)), 0
    rank = rank_of(x, "take_along_axis")
    axis = normalized_axis(axis, rank, "take_along_axis")
    x, indices = moveaxis(x, axis, -1), moveaxis(indices, axis, -1)
    length, count = axis_sizes(x, "take_along_axis")[-1], axis_sizes(indices, "take_along_axis")[-1]
    batch = _common_shape(shape_of(x)[:-1], shape_of(indices)[:-1])
    x, indices = (_with_batch(each, batch, n) for each, n in ((x, length), (indices, count)))
    picked = selection.gather(x, _from_front(indices, length), axis=rank - 1, batch_dims=rank - 1)
    return moveaxis(picked, -1, axis)


def _with_batch(x: Any, batch: Any, size: Any) -> Any:
    if isinstance(batch, tuple):
        return shaping.broadcast_to(x, as_shape([*batch, size], "take_along_axis"))
    shape = joining.concat([batch, shaping.cast([size], batch.dtype)], 0)
    return known_as(shaping.broadcast_to(x, shape), [None] * (x.ndim or 0))


def where(condition: Any, x: Any = None, y: Any = None) -> Any:
    """Where the condition is true, elements of x, else of y; without these, `nonzero`.

    >>> from eagre import array_api
    >>> array_api.where([True, False], [1, 2], 0).numpy()
    array([1, 0])
    """
    condition = as_array(condition, dtypes.bool_, name="where")
    if x is None and y is None:
        return nonzero(condition)
    if x is None or y is None:
        raise ValueError("where expected both x and y, or neither. Received: one of them")
    return selection.where(condition, *promoted(x, y, name="where"))


def nonzero(a: Any) -> tuple[Any, ...]:
    """For each axis the indices of the elements that are true or not zero.

    >>> from eagre import array_api
    >>> [x.numpy().tolist() for x in array_api.nonzero([[0, 1], [1, 0]])]
    [[0, 1], [1, 0]]
    """
    x = as_array(a, dtypes.bool_, name="nonzero")
    if not rank_of(x, "nonzero"):
        raise ValueError("nonzero expected at least one axis. Received: shape=()")
    return tuple(joining.unstack(selection.where(x), axis=1))
