"""Shapes, joining, splitting and taking, where NumPy has more than the array API standard."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.arrays import manipulating
from eagre.arrays.creating import zeros_like
from eagre.arrays.elementwise import refuse
from eagre.arrays.manipulating import (
    concatenate,
    expand_dims,
    flip,
    permute_dims,
    where,
)
from eagre.arrays.numpy_creation import array
from eagre.arrays.promotion import as_array, promoted, rank_of, value_of
from eagre.core import dtypes
from eagre.core.tensor import Tensor
from eagre.ops import joining, padding, selection, shaping
from eagre.ops.math import maximum, minimum
from eagre.ops.shaping import axis_sizes, cast
from eagre.primitives.families import shape_of
from eagre.primitives.rearrangement import normalized_axis


def reshape(a: Any, newshape: Any, order: str = "C") -> Any:
    """The elements in another shape, taken and laid in row-major or column-major order.

    >>> tf.experimental.numpy.reshape([1, 2, 3, 4], (2, 2), order="F").numpy()
    array([[1, 3],
           [2, 4]])
    """
    if order not in ("C", "F"):
        raise ValueError(f"reshape expected order 'C' or 'F'. Received: order={order!r}")
    x = as_array(a, name="reshape")
    if order == "C":
        return shaping.reshape(x, newshape)
    sizes = value_of(newshape, "reshape")
    sizes = sizes if isinstance(sizes, list) else [sizes]
    return transpose(shaping.reshape(transpose(x), sizes[::-1]))


def ravel(a: Any) -> Any:
    """All elements in a row.

    >>> tf.experimental.numpy.ravel([[1, 2], [3, 4]]).numpy()
    array([1, 2, 3, 4])
    """
    return shaping.reshape(as_array(a, name="ravel"), (-1,))


def flatten(a: Any, order: str = "C") -> Any:
    """All elements in a row, in row-major or column-major order.

    >>> tf.experimental.numpy.flatten([[1, 2], [3, 4]], order="F").numpy()
    array([1, 3, 2, 4])
    """
    x = as_array(a, name="flatten")
    if order not in ("C", "A", "K", "F"):
        raise ValueError(f"flatten expected order 'C' or 'F'. Received: order={order!r}")
    return ravel(transpose(x) if order == "F" else x)


def transpose(a: Any, axes: Any = None) -> Any:
    """The axes in another order, by default the opposite one.

    >>> tf.experimental.numpy.transpose([[1, 2], [3, 4]]).numpy()
    array([[1, 3],
           [2, 4]])
    """
    x = as_array(a, name="transpose")
    return shaping.transpose(x) if axes is None else permute_dims(x, axes)


def swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    """Two axes exchanged.

    >>> tf.experimental.numpy.swapaxes([[1, 2], [3, 4]], 0, 1).numpy()
    array([[1, 3],
           [2, 4]])
    """
    x = as_array(a, name="swapaxes")
    rank = rank_of(x, "swapaxes")
    first, second = (normalized_axis(int(each), rank, "swapaxes") for each in (axis1, axis2))
    order = list(range(rank))
    order[first], order[second] = second, first
    return shaping.transpose(x, order)


def atleast_1d(*arys: Any) -> Any:
    """The arrays, scalars among them as vectors.

    >>> tf.experimental.numpy.atleast_1d(3).shape
    TensorShape([1])
    """
    return _one_or_all([array(x, ndmin=1) for x in arys])


def atleast_2d(*arys: Any) -> Any:
    """The arrays with at least two axes; new ones stand in front.

    >>> tf.experimental.numpy.atleast_2d([1, 2]).shape
    TensorShape([1, 2])
    """
    return _one_or_all([array(x, ndmin=2) for x in arys])


def atleast_3d(*arys: Any) -> Any:
    """The arrays with at least three axes; the last of two stays the second.

    >>> tf.experimental.numpy.atleast_3d([1, 2]).shape
    TensorShape([1, 2, 1])
    """
    places = {0: (0, 1, 2), 1: (0, 2), 2: (2,)}
    arrays = [as_array(x, name="atleast_3d") for x in arys]
    return _one_or_all(
        [expand_dims(x, places.get(rank_of(x, "atleast_3d"), ())) for x in arrays]
    )


def _one_or_all(arrays: list[Any]) -> Any:
    return arrays[0] if len(arrays) == 1 else arrays


def fliplr(m: Any) -> Any:
    """The elements in the opposite order along the second axis.

    >>> tf.experimental.numpy.fliplr([[1, 2]]).numpy()
    array([[2, 1]])
    """
    return flip(m, 1)


def flipud(m: Any) -> Any:
    """The elements in the opposite order along the first axis.

    >>> tf.experimental.numpy.flipud([1, 2]).numpy()
    array([2, 1])
    """
    return flip(m, 0)


def rot90(m: Any, k: int = 1, axes: Any = (0, 1)) -> Any:
    """The plane of two axes turned by `k` quarters, from the first axis towards the second.

    >>> tf.experimental.numpy.rot90([[1, 2], [3, 4]]).numpy()
    array([[2, 4],
           [1, 3]])
    """
    x = as_array(m, name="rot90")
    first, second = axes
    turns = k % 4
    if turns == 2:
        return flip(flip(x, first), second)
    if turns == 1:
        return swapaxes(flip(x, second), first, second)
    return flip(swapaxes(x, first, second), second) if turns else x


def ndim(a: Any) -> Any:
    """The number of axes.

    >>> tf.experimental.numpy.ndim([[1, 2]])
    2
    """
    return rank_of(as_array(a, name="ndim"), "ndim")


def shape(a: Any) -> Any:
    """The shape: a tuple of integers where it is known, else a vector.

    >>> tf.experimental.numpy.shape([[1, 2]])
    (1, 2)
    """
    return shape_of(as_array(a, name="shape"))


def size(x: Any, axis: Any = None) -> Any:
    """The number of elements: an integer where it is known, else a tensor.

    >>> tf.experimental.numpy.size([[1, 2]])
    2
    """
    if axis is not None:
        raise NotImplementedError(f"size cannot count along an axis. Received: axis={axis}")
    x = as_array(x, name="size")
    count = x.shape.num_elements()
    return shaping.size(x, dtypes.int64) if count is None else count


def isscalar(num: Any) -> bool:
    """Whether it is a number, a string or a tensor without axes.

    >>> tf.experimental.numpy.isscalar(1.5), tf.experimental.numpy.isscalar([1.5])
    (True, False)
    """
    is_array = isinstance(num, Tensor | np.ndarray)
    return num.ndim == 0 if is_array else bool(np.isscalar(num))


# Joining and splitting ------------------------------------------------------------------------


def append(arr: Any, values: Any, axis: Any = None) -> Any:
    """The values after the array, along an axis or all elements in a row.

    >>> tf.experimental.numpy.append([1, 2], [[3]]).numpy()
    array([1, 2, 3])
    """
    return concatenate([arr, values], axis)


def hstack(tup: Any) -> Any:
    """The arrays side by side: along the second axis, vectors along the first.

    >>> tf.experimental.numpy.hstack([[1, 2], [3]]).numpy()
    array([1, 2, 3])
    """
    arrays = [array(x, ndmin=1) for x in tup]
    return concatenate(arrays, 0 if arrays[0].ndim == 1 else 1)


def vstack(tup: Any) -> Any:
    """The arrays below each other, vectors as rows.

    >>> tf.experimental.numpy.vstack([[1, 2], [3, 4]]).numpy()
    array([[1, 2],
           [3, 4]])
    """
    return concatenate([array(x, ndmin=2) for x in tup])


def dstack(tup: Any) -> Any:
    """The arrays behind each other, along the third axis.

    >>> tf.experimental.numpy.dstack([[1, 2], [3, 4]]).shape
    TensorShape([1, 2, 2])
    """
    return concatenate([atleast_3d(x) for x in tup], 2)



def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """The array in so many equal parts along an axis, or parts that begin at these indices.

    >>> [x.numpy().tolist() for x in tf.experimental.numpy.split([1, 2, 3, 4], [1, 3])]
    [[1], [2, 3], [4]]
    """
    return _split(ary, indices_or_sections, axis, "split")


def _split(ary: Any, indices_or_sections: Any, axis: int, name: str) -> list[Any]:
    x = as_array(ary, name=name)
    axis = normalized_axis(axis, rank_of(x, name), name)
    places = value_of(indices_or_sections, name)
    if not isinstance(places, list):
        length = axis_sizes(x, name)[axis]
        if not isinstance(length, int) or length % places:
            raise ValueError(
                f"{name} expected a size that the number of parts divides. "
                f"Received: shape={x.shape}, axis={axis}, indices_or_sections={places}"
            )
        return joining.split(x, places, axis)
    before = (slice(None),) * axis
    bounds = zip([None, *places], [*places, None], strict=True)
    return [x[(*before, slice(start, stop))] for start, stop in bounds]


def hsplit(ary: Any, indices_or_sections: Any) -> list[Any]:
    """`split` along the second axis, of a vector along the first.

    >>> [x.numpy().tolist() for x in tf.experimental.numpy.hsplit([[1, 2], [3, 4]], 2)]
    [[[1], [3]], [[2], [4]]]
    """
    x = as_array(ary, name="hsplit")
    return _split(x, indices_or_sections, 0 if rank_of(x, "hsplit") == 1 else 1, "hsplit")


def vsplit(ary: Any, indices_or_sections: Any) -> list[Any]:
    """`split` along the first axis.

    >>> [x.numpy().tolist() for x in tf.experimental.numpy.vsplit([[1, 2], [3, 4]], 2)]
    [[[1, 2]], [[3, 4]]]
    """
    return _split(ary, indices_or_sections, 0, "vsplit")


def dsplit(ary: Any, indices_or_sections: Any) -> list[Any]:
    """`split` along the third axis.

    >>> [x.numpy().tolist() for x in tf.experimental.numpy.dsplit([[[1, 2]]], 2)]
    [[[[1]]], [[[2]]]]
    """
    return _split(ary, indices_or_sections, 2, "dsplit")


# Taking ---------------------------------------------------------------------------------------


def take(
    a: Any, indices: Any, axis: Any = None, out: Any = None, mode: str = "clip"
) -> Any:
    """The slices along an axis that `indices` name; those outside are clipped, or wrapped around.

    >>> tf.experimental.numpy.take([10, 20, 30], [2, 7], mode="wrap").numpy()
    array([30, 20])
    """
    refuse("take", out=out)
    if mode not in ("clip", "wrap"):
        raise ValueError(f"take expected mode 'clip' or 'wrap'. Received: mode={mode!r}")
    x, indices = as_array(a, name="take"), as_array(indices, dtypes.int64, name="take")
    if axis is None:
        x, axis = ravel(x), 0
    axis = normalized_axis(axis, rank_of(x, "take"), "take")
    size = cast(axis_sizes(x, "take")[axis], dtypes.int64)
    nothing = zeros_like(indices)
    indices = indices % size if mode == "wrap" else minimum(maximum(indices, nothing), size - 1)
    return manipulating.take(x, indices, axis=axis)


def compress(condition: Any, a: Any, axis: Any = None) -> Any:
    """The slices along an axis where the condition is true; it may be shorter than the axis.

    >>> tf.experimental.numpy.compress([False, True], [1, 2, 3]).numpy()
    array([2])
    """
    condition = as_array(condition, dtypes.bool_, name="compress")
    if condition.ndim != 1:
        raise ValueError(f"compress expected a vector. Received: shape={condition.shape}")
    places = selection.where(condition)[:, 0]
    return manipulating.take(a, places, axis=axis)


def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """The elements of the first choice whose condition is true, else the default.

    >>> tf.experimental.numpy.select([[True, False]], [[1, 2]], 9).numpy()
    array([1, 9])
    """
    if len(condlist) != len(choicelist) or not condlist:
        raise ValueError(
            "select expected as many choices as conditions, at least one. "
            f"Received: {len(condlist)} conditions and {len(choicelist)} choices"
        )
    *choices, result = promoted(*choicelist, default, name="select")
    for condition, choice in zip(reversed(condlist), reversed(choices), strict=True):
        result = where(condition, choice, result)
    return result


def pad(array: Any, pad_width: Any, mode: str, **kwargs: Any) -> Any:
    """The array with a margin: 'constant', 'reflect' or 'symmetric'.

    >>> tf.experimental.numpy.pad([1, 2], 1, "constant", constant_values=9).numpy()
    array([9, 1, 2, 9])
    """
    x = as_array(array, name="pad")
    if mode not in ("constant", "reflect", "symmetric"):
        raise ValueError(
            f"pad expected mode 'constant', 'reflect' or 'symmetric'. Received: mode={mode!r}"
        )
    value = kwargs.pop("constant_values", 0)
    refuse("pad", **kwargs)
    widths = np.broadcast_to(np.array(value_of(pad_width, "pad")), (rank_of(x, "pad"), 2))
    return padding.pad(x, widths.tolist(), mode, as_array(value, x.dtype))
