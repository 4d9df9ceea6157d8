"""Joining tensors, parting them, and putting borders around them."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.conversion import DTypeMismatchError, described, to_tensor
from eagre.core.doors import apply
from eagre.core.errors import InvalidArgumentError
from eagre.core.shapes import are_compatible
from eagre.core.tensor import EagerTensor, SymbolicTensor, Tensor
from eagre.ops.axes import axes_of, integer_of, integers_of
from eagre.primitives import arithmetic, comparison, indexing, rearrangement
from eagre.primitives.checking import demand
from eagre.primitives.rearrangement import normalized_axis
from eagre.primitives.reductions import reduce_sum


def to_tensors(values: Any, name: str) -> list[Any]:
    """A list of tensors of one dtype; what is no tensor takes the dtype of those that are."""
    if isinstance(values, Tensor):
        return list(values)
    if all(value.__class__ is EagerTensor for value in values):
        return list(values)
    known = [v.dtype for v in values if isinstance(v, Tensor) or hasattr(v, "handle")]
    first = known[0] if known else to_tensor(values[0], name=name).dtype
    return [
        to_tensor(v, name=name)
        if isinstance(v, Tensor) or hasattr(v, "__tensor__")
        else to_tensor(v, first, name=name)
        for v in values
    ]


def concat(values: Any, axis: Any, name: str = "concat") -> Any:
    """Tensors side by side along an axis.

    >>> tf.concat([[1, 2], [3]], 0)
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([1, 2, 3], dtype=int32)>
    """
    if values.__class__ is not list and not isinstance(values, tuple | list):
        values = [values]
    if not values:
        raise InvalidArgumentError("concat expected at least one tensor. Received: values=[]")
    for value in values:
        if value.__class__ is not EagerTensor:
            values = to_tensors(values, "concat")
            break
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
    has_tensors = bool(values.__class__ is list and values) and values[0].__class__ is EagerTensor
    if axis == 0 and not has_tensors and isinstance(values, list | tuple) and _is_plain(values):
        return to_tensor(values, name="stack")
    if not hasattr(values, "__iter__"):
        raise TypeError(f"stack expected a list of tensors. Received: values={described(values)}")
    tensors = to_tensors(values, "stack")
    if not tensors:
        raise InvalidArgumentError(
            f"stack expected at least one tensor along an axis other than 0. Received: {axis=}"
        )
    first, dtype = tensors[0].sizes, tensors[0].dtype
    if not all(are_compatible(first, tensor.sizes) for tensor in tensors):
        came = ", ".join(str(tensor.shape) for tensor in tensors)
        raise InvalidArgumentError(
            f"stack expected tensors of one shape. Received: shapes {came}"
        )
    if not all(tensor.dtype is dtype for tensor in tensors):
        came = ", ".join(tensor.dtype.name for tensor in tensors)
        raise DTypeMismatchError(
            f"stack expected tensors of one dtype. Received: dtypes {came}. "
            "Use tf.cast to bring them together."
        )
    if first is not None:
        axis = normalized_axis(axis, len(first) + 1, "stack")
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
        return list(rearrangement.split(x, sizes=(length // count,) * count, axis=axis))
    if isinstance(num_or_size_splits, SymbolicTensor):
        return _split_by_tensor(x, num_or_size_splits, num, axis)
    sizes = _sizes_of_pieces(num_or_size_splits, num)
    if -1 in sizes and length is not None:
        sizes[sizes.index(-1)] = length - sum(sizes) - 1
    if any(n < 0 for n in sizes):
        raise InvalidArgumentError(
            f"split expected sizes of at least 0. Received: num_or_size_splits={sizes}"
        )
    return list(rearrangement.split(x, sizes=tuple(sizes), axis=axis))


def _sizes_of_pieces(sizes: Any, num: Any) -> list[int]:
    """The sizes that `split` was given, which are a list or a vector of `num` integers."""
    if np.ndim(sizes) != 1 or not len(sizes):
        raise InvalidArgumentError(
            "split expected a number of pieces as an int, or their sizes in a list or a vector. "
            f"Received: num_or_size_splits={sizes!r}"
        )
    found = list(integers_of(sizes, "num_or_size_splits"))
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
    if sizes[axis] not in (None, count):
        raise InvalidArgumentError(
            f"unstack expected num to be the size of axis {axis}. "
            f"Received: num={num}, shape={x.shape}"
        )
    lead = (slice(None),) * axis
    return [indexing.getitem(x, (*lead, index)) for index in range(count)]


def pad(
    tensor: Any,
    paddings: Any,
    mode: str = "CONSTANT",
    constant_values: Any = 0,
    name: str | None = None,
) -> Any:
    """A border around the elements: `paddings` has a pair (before, after) for each axis.

    >>> tf.pad([1, 2], [[1, 1]]).numpy()
    array([0, 1, 2, 0], dtype=int32)
    """
    x = to_tensor(tensor)
    table = np.asarray(paddings)
    if table.ndim != 2 or table.shape[1] != 2 or table.dtype.kind not in "iu":
        raise InvalidArgumentError(
            "pad expected paddings of a pair of integers (before, after) for each axis. "
            f"Received: paddings={paddings}"
        )
    pairs = tuple((int(a), int(b)) for a, b in table.tolist())
    if mode.upper() == "CONSTANT":
        value = to_tensor(_border(constant_values, x), x.dtype, name="pad")
        return rearrangement.pad(x, value, paddings=pairs)
    if mode.upper() not in ("REFLECT", "SYMMETRIC"):
        raise ValueError(
            f"pad expected a mode of CONSTANT, REFLECT or SYMMETRIC. Received: mode={mode!r}"
        )
    for axis, (before, after) in enumerate(pairs):
        limit = _known_size(x, axis) - (mode.upper() == "REFLECT")
        if max(before, after) > limit:
            raise InvalidArgumentError(
                f"pad expected at most {limit} on each side of axis {axis} with mode={mode!r}. "
                f"Received: paddings={paddings}"
            )
        x = _mirrored(x, axis, before, after, is_reflected=mode.upper() == "REFLECT")
    return x


def _mirrored(x: Any, axis: int, before: int, after: int, is_reflected: bool) -> Any:
    """The elements between their mirror images, which leave out the edge where `is_reflected`."""
    lead = (slice(None),) * axis
    first, last = int(is_reflected), _known_size(x, axis) - 1 - is_reflected
    front = slice(first + before - 1, first - 1 if first else None, -1)
    back = slice(last, last - after if last >= after else None, -1)
    parts = [indexing.getitem(x, (*lead, front))] if before else []
    parts += [x]
    parts += [indexing.getitem(x, (*lead, back))] if after else []
    return rearrangement.concat(*parts, axis=axis) if len(parts) > 1 else x


def _border(value: Any, x: Any) -> Any:
    """The value of a border: 0 stands for False and for the empty string too."""
    if value.__class__ not in (int, float, bool, str) or value:
        return value
    return {"bool": False, "string": ""}.get(x.dtype.name, 0)


def _known_size(x: Any, axis: int) -> int:
    """The known size of an axis."""
    if x.sizes is None or x.sizes[axis] is None:
        raise ValueError(
            f"pad needs known sizes where it repeats elements. Received: shape={x.shape}"
        )
    return x.sizes[axis]


def reverse(tensor: Any, axis: Any, name: str | None = None) -> Any:
    """The elements in reverse order along axes.

    >>> tf.reverse([1, 2, 3], [0]).numpy()
    array([3, 2, 1], dtype=int32)
    """
    if not isinstance(axis, list | tuple) and getattr(axis, "ndim", 0) == 0:
        raise InvalidArgumentError(
            f"reverse expected axes in a list or a vector. Received: axis={axis!r}"
        )
    return rearrangement.reverse(to_tensor(tensor), axis=axes_of(axis))
