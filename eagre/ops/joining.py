"""Joining tensors, parting them, and putting borders around them."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.doors import apply
from eagre.core.errors import InvalidArgumentError
from eagre.core.python_numbers import described
from eagre.core.tensor import EagerTensor, SymbolicTensor, Tensor
from eagre.ops.axes import (
    integer_of,
    integers_of,
    plain_integers,
)
from eagre.primitives import arithmetic, comparison, rearrangement
from eagre.primitives.known_values import known_value
from eagre.primitives.rearrangement import normalized_axis
from eagre.primitives.reductions import reduce_sum


def to_tensors(values: Any, name: str) -> list[Any]:
    """A list of tensors of one dtype; what is no tensor takes the dtype of those that are."""
    if isinstance(values, Tensor):
        return list(values)
    if _are_eager(values):
        return list(values)
    known = [v.dtype for v in values if isinstance(v, Tensor) or hasattr(v, "handle")]
    first = known[0] if known else to_tensor(values[0], name=name).dtype
    return [
        to_tensor(v, name=name)
        if isinstance(v, Tensor) or hasattr(v, "__tensor__")
        else to_tensor(v, first, name=name)
        for v in values
    ]


def _are_eager(values: Any) -> bool:
    """Whether a list has tensors with values only, so that there is nothing to convert."""
    for value in values:
        if value.__class__ is not EagerTensor:
            return False
    return True


def concat(values: Any, axis: Any, name: str = "concat") -> Any:
    """Tensors side by side along an axis.

    >>> tf.concat([[1, 2], [3]], 0)
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([1, 2, 3], dtype=int32)>
    """
    if values.__class__ is not list and not isinstance(values, tuple | list):
        values = [values]
    if not values:
        raise InvalidArgumentError("concat expected at least one tensor. Received: values=[]")
    if not _are_eager(values):
        values = to_tensors(values, "concat")
    if axis.__class__ is not int:
        axis = integer_of(axis, takes_lists=True)
    return rearrangement.concat.of_list(values, axis)


def stack(values: Any, axis: int = 0, name: str = "stack") -> Any:
    """Tensors of one shape along a new axis.

    >>> tf.stack([1, 2])
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 2], dtype=int32)>
    """
    if axis.__class__ is not int:
        axis = integer_of(axis)
    if values.__class__ is list and values and _are_eager(values):
        return rearrangement.stack(values, axis)
    if axis == 0 and isinstance(values, list | tuple) and _is_plain(values):
        return to_tensor(values, name="stack")
    if not hasattr(values, "__iter__"):
        raise TypeError(f"stack expected a list of tensors. Received: values={described(values)}")
    tensors = to_tensors(values, "stack")
    if not tensors:
        raise InvalidArgumentError(
            f"stack expected at least one tensor along an axis other than 0. Received: {axis=}"
        )
    return rearrangement.stack(tensors, axis)


def _is_plain(value: Any) -> bool:
    """Whether a value is of Python or NumPy: such values have a dtype in common, and others each
    theirs."""
    if isinstance(value, list | tuple):
        return len({x.shape for x in value if isinstance(x, np.ndarray)}) < 2 and all(
            map(_is_plain, value)
        )
    return isinstance(value, int | float | complex | str | bytes | np.ndarray | np.generic)


def parallel_stack(values: Any, name: str = "parallel_stack") -> Any:
    """The same as `stack` along the first axis.

    >>> tf.parallel_stack([1, 2]).numpy()
    array([1, 2], dtype=int32)
    """
    return stack(to_tensors(values, "parallel_stack"))


def split(
    value: Any, num_or_size_splits: Any, axis: Any = 0, num: Any = None, name: str = "split"
) -> list[Any]:
    """A list of pieces along an axis: so many equal ones, or ones of given sizes.

    >>> [piece.numpy().tolist() for piece in tf.split([1, 2, 3, 4], 2)]
    [[1, 2], [3, 4]]
    """
    x = to_tensor(value)
    axis = integer_of(axis)
    length = None if x.sizes is None else x.sizes[normalized_axis(axis, len(x.sizes), "split")]
    if isinstance(num_or_size_splits, int | np.integer):
        count = int(num_or_size_splits)
        if length is None:
            return _split_evenly(x, count, axis)
        if count < 1 or length % count:
            raise InvalidArgumentError(
                "split expected a number of pieces that divides the size of the axis evenly. "
                f"Received: num_or_size_splits={count}, axis {axis} of size {length}"
            )
        return list(rearrangement.split.door(x, sizes=(length // count,) * count, axis=axis))
    if isinstance(num_or_size_splits, SymbolicTensor):
        known = known_value(num_or_size_splits)
        if known is None:
            return _split_by_tensor(x, num_or_size_splits, num, axis)
        num_or_size_splits = known
    sizes = _sizes_of_pieces(num_or_size_splits, num)
    if -1 in sizes and length is not None:
        sizes[sizes.index(-1)] = length - sum(sizes) - 1
    if any(n < 0 for n in sizes):
        raise InvalidArgumentError(
            f"split expected sizes of at least 0. Received: num_or_size_splits={sizes}"
        )
    return list(rearrangement.split.door(x, sizes=tuple(sizes), axis=axis))


def _sizes_of_pieces(sizes: Any, num: Any) -> list[int]:
    """The sizes that `split` was given, which are a list or a vector of `num` integers."""
    found = plain_integers(sizes)
    if not found and (np.ndim(sizes) != 1 or not len(sizes)):
        raise InvalidArgumentError(
            "split expected a number of pieces as an int, or their sizes in a list or a vector. "
            f"Received: num_or_size_splits={sizes!r}"
        )
    found = found or list(integers_of(sizes, "num_or_size_splits"))
    if num is not None and integer_of(num, "num") != len(found):
        raise InvalidArgumentError(
            f"split expected num to be the number of sizes. Received: {num=}, "
            f"num_or_size_splits={found}"
        )
    return found


def _split_evenly(x: Any, count: int, axis: int) -> list[Any]:
    """So many pieces of an axis of unknown size."""
    if count < 1:
        raise InvalidArgumentError(
            f"split expected at least 1 piece. Received: num_or_size_splits={count}"
        )
    from eagre.primitives.checking import demand

    size: Any = rearrangement.shape_of_tensor(x)[axis]
    message = f"split expected a size of axis {axis} that {count} divides. Received: size "
    size = demand(size, comparison.equal.door(size % count, 0), message=message)
    sizes = rearrangement.broadcast_to(size // count, (count,))
    params = {"sizes": (None,) * count, "axis": axis}
    return list(apply(rearrangement.split, (x, sizes), params))


def _split_by_tensor(x: Any, sizes: Any, num: int | None, axis: int) -> list[Any]:
    """Pieces whose sizes are known when the graph runs; -1 stands for what remains."""
    if sizes.ndim not in (1, None):
        raise InvalidArgumentError(
            f"split expected sizes in a vector. Received: num_or_size_splits.shape={sizes.shape}"
        )
    count = num if sizes.sizes in (None, (None,)) else sizes.sizes[0]
    if num not in (None, count):
        raise InvalidArgumentError(
            f"split expected num to be the number of sizes. Received: {num=}, "
            f"num_or_size_splits of shape {sizes.shape}"
        )
    if count is None:
        raise ValueError(
            "split needs num where the number of sizes is unknown. "
            f"Received: num_or_size_splits of shape {sizes.shape}"
        )
    sizes = arithmetic.cast(sizes, dtype=dtypes.int32)
    size = rearrangement.shape_of_tensor(x)[axis]
    total = reduce_sum(sizes, axis=None, keepdims=False)
    sizes = comparison.select(comparison.equal.door(sizes, -1), size - total - 1, sizes)
    fits = comparison.logical_and(
        sizes >= 0, comparison.equal(reduce_sum(sizes, axis=None, keepdims=False), size)
    )
    message = f"split expected sizes that add up to that of axis {axis}. Received: sizes="
    from eagre.primitives.checking import demand

    sizes = demand(sizes, fits, message=message)
    params = {"sizes": (None,) * count, "axis": axis}
    return list(apply(rearrangement.split, (x, sizes), params))


def unstack(value: Any, num: int | None = None, axis: int = 0, name: str = "unstack") -> list[Any]:
    """The parts along an axis as a list.

    >>> [part.numpy().tolist() for part in tf.unstack([[1, 2], [3, 4]])]
    [[1, 2], [3, 4]]
    """
    x = to_tensor(value)
    sizes = x.sizes
    if not sizes:
        raise ValueError(
            f"unstack expected a tensor with at least one axis. Received: shape={x.shape}"
        )
    axis = normalized_axis(integer_of(axis), len(sizes), "unstack")
    count = sizes[axis] if num is None else integer_of(num, "num")
    if count is None:
        raise ValueError(f"unstack needs num where the size is unknown. Received: shape={x.shape}")
    return list(rearrangement.unstack.door(x, num=count, axis=axis))
