"""Writing parts at indices, and parting tensors by numbers and putting them together again."""

from __future__ import annotations

from math import prod
from typing import Any

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.core.python_numbers import described
from eagre.ops.axes import integer_of
from eagre.ops.joining import to_tensors
from eagre.ops.reductions import cumprod, reduce_max, reduce_prod
from eagre.ops.selection import same_dtype
from eagre.ops.shaping import as_shape, axis_sizes, vector_of
from eagre.primitives import arithmetic, comparison, indexing, rearrangement
from eagre.primitives import scattering as primitives
from eagre.primitives.checking import demand, demand_below
from eagre.primitives.families import static_sizes


def _refuse_policy(policy: Any, name: str) -> None:
    if policy not in ("", "DEFAULT", "ERROR"):
        raise ValueError(
            f"{name} refuses indices outside the shape: it expected bad_indices_policy 'ERROR'. "
            f"Received: bad_indices_policy={policy!r}"
        )


def scatter_nd(
    indices: Any, updates: Any, shape: Any, bad_indices_policy: str = "", name: str | None = None
) -> Any:
    """Zeros of a shape to which updates are added at the places that vectors of indices name.

    `indices` [..., depth], `updates` [..., *shape[depth:]].

    >>> tf.scatter_nd([[1], [3], [1]], [5, 6, 7], [5]).numpy()
    array([ 0, 12,  0,  6,  0], dtype=int32)
    """
    _refuse_policy(bad_indices_policy, "scatter_nd")
    indices, updates = to_tensor(indices, name="scatter_nd"), to_tensor(updates, name="scatter_nd")
    sizes = vector_of(shape, "scatter_nd", "shape")
    if sizes.__class__ is tuple and any(n < 0 for n in sizes):
        raise InvalidArgumentError(
            f"scatter_nd expected sizes of at least 0. Received: shape={shape}"
        )
    return primitives.scatter_nd(updates, indices, sizes)


def _scatter(primitive: Any, tensor: Any, indices: Any, updates: Any, policy: Any = "") -> Any:
    name = primitive.public
    _refuse_policy(policy, name)
    tensor, updates = same_dtype(tensor, updates, name)
    return primitive.door(tensor, to_tensor(indices, name=name), updates)


def tensor_scatter_nd_update(
    tensor: Any,
    indices: Any,
    updates: Any,
    name: str | None = None,
    bad_indices_policy: str = "",
) -> Any:
    """The tensor with updates in place of the parts that vectors of indices name.

    >>> tf.tensor_scatter_nd_update([1, 2, 3], [[0], [2]], [7, 9]).numpy()
    array([7, 2, 9], dtype=int32)
    """
    return _scatter(
        primitives.tensor_scatter_update, tensor, indices, updates, bad_indices_policy
    )


def tensor_scatter_nd_add(
    tensor: Any,
    indices: Any,
    updates: Any,
    bad_indices_policy: str = "",
    name: str | None = None,
) -> Any:
    """The tensor with updates added to the parts that vectors of indices name.

    >>> tf.tensor_scatter_nd_add([1, 2, 3], [[0], [0]], [10, 20]).numpy()
    array([31,  2,  3], dtype=int32)
    """
    return _scatter(primitives.tensor_scatter_add, tensor, indices, updates, bad_indices_policy)


def tensor_scatter_nd_sub(
    tensor: Any,
    indices: Any,
    updates: Any,
    bad_indices_policy: str = "",
    name: str | None = None,
) -> Any:
    """The tensor with updates subtracted from the parts that vectors of indices name.

    >>> tf.tensor_scatter_nd_sub([1, 2, 3], [[0], [0]], [10, 20]).numpy()
    array([-29,   2,   3], dtype=int32)
    """
    tensor, updates = same_dtype(tensor, updates, "tensor_scatter_nd_sub")
    # 0 - x wraps around as unsigned integers do; of floats, -x keeps the sign of zero.
    updates = 0 - updates if updates.dtype.is_unsigned else -updates
    return _scatter(primitives.tensor_scatter_subtract, tensor, indices, updates,
                    bad_indices_policy)


def tensor_scatter_nd_max(
    tensor: Any,
    indices: Any,
    updates: Any,
    bad_indices_policy: str = "",
    name: str | None = None,
) -> Any:
    """The maxima of the parts that vectors of indices name and their updates, in the tensor.

    >>> tf.tensor_scatter_nd_max([1, 2, 3], [[0], [2]], [7, 0]).numpy()
    array([7, 2, 3], dtype=int32)
    """
    return _scatter(
        primitives.tensor_scatter_maximum, tensor, indices, updates, bad_indices_policy
    )


def tensor_scatter_nd_min(
    tensor: Any,
    indices: Any,
    updates: Any,
    bad_indices_policy: str = "",
    name: str | None = None,
) -> Any:
    """The minima of the parts that vectors of indices name and their updates, in the tensor.

    >>> tf.tensor_scatter_nd_min([1, 2, 3], [[0], [2]], [7, 0]).numpy()
    array([1, 2, 0], dtype=int32)
    """
    return _scatter(
        primitives.tensor_scatter_minimum, tensor, indices, updates, bad_indices_policy
    )


def unravel_index(indices: Any, dims: Any, name: str | None = None) -> Any:
    """The coordinates, in an array of shape `dims`, of elements that are numbered in row-major
    order: a row for each axis.

    >>> tf.unravel_index([1, 5], [2, 3]).numpy()
    array([[0, 1],
           [1, 2]], dtype=int32)
    """
    if hasattr(indices, "dtype"):
        indices = to_tensor(indices, name="unravel_index")
        dims = to_tensor(dims, hint=indices.dtype, name="unravel_index")
    dims = to_tensor(dims, name="unravel_index")
    indices = to_tensor(indices, hint=dims.dtype, name="unravel_index")
    if indices.dtype != dims.dtype or not dims.dtype.is_integer:
        raise DTypeMismatchError(
            "unravel_index expected indices and dims of one integer dtype. "
            f"Received: indices of {indices.dtype.name}, dims of {dims.dtype.name}"
        )
    if indices.ndim not in (0, 1, None) or dims.ndim not in (1, None):
        raise InvalidArgumentError(
            "unravel_index expected a number or a vector, and a vector of sizes. "
            f"Received: indices.shape={indices.shape}, dims.shape={dims.shape}"
        )
    message = "unravel_index expected indices inside dims. Received: indices="
    sizes = static_sizes(dims)
    if sizes is not None and None not in sizes:
        indices = demand_below(indices, limit=prod(sizes), message=message)
        following = [prod(sizes[axis + 1 :]) for axis in range(len(sizes))]
        strides = to_tensor(following, dims.dtype, name="unravel_index")
    else:
        inside = comparison.logical_and(indices >= 0, indices < reduce_prod(dims))
        indices = demand(indices, inside, message=message)
        strides = cumprod(dims, exclusive=True, reverse=True)
    if indices.ndim != 0:
        strides = rearrangement.expand_dims(strides, axis=(1,))
        dims = rearrangement.expand_dims(dims, axis=(1,))
    return indices // strides % dims


def dynamic_partition(
    data: Any, partitions: Any, num_partitions: int, name: str | None = None
) -> list[Any]:
    """The parts of `data` in `num_partitions` tensors: `partitions` numbers the one for each part.

    >>> [part.numpy().tolist() for part in tf.dynamic_partition([5, 6, 7], [0, 1, 0], 2)]
    [[5, 7], [6]]
    """
    x = to_tensor(data)
    numbers = to_tensor(partitions, dtypes.int32, name="dynamic_partition")
    count = integer_of(num_partitions, "num_partitions")
    if count < 1:
        raise InvalidArgumentError(
            f"dynamic_partition expected at least 1 partition. Received: {num_partitions=}"
        )
    if numbers.sizes is not None and not x.shape[: len(numbers.sizes)].is_compatible_with(
        numbers.shape
    ):
        raise InvalidArgumentError(
            "dynamic_partition expected partitions of the shape of data's leading axes. "
            f"Received: data.shape={x.shape}, partitions.shape={numbers.shape}"
        )
    if numbers.ndim == 0:
        x = rearrangement.expand_dims(x, axis=(0,))
        numbers = rearrangement.expand_dims(numbers, axis=(0,))
    message = f"dynamic_partition expected partitions in [0, {count}). Received: partitions="
    numbers = demand_below(numbers, limit=count, message=message)
    equal, masked = comparison.equal.door, indexing.boolean_mask.door
    return [masked(x, equal(numbers, number)) for number in range(count)]


def dynamic_stitch(indices: Any, data: Any, name: str | None = None) -> Any:
    """The parts of the tensors of a list put together: `indices[i]` has the place of each part of
    `data[i]`. Places that no index names hold zeros; of several parts the last stays.

    >>> tf.dynamic_stitch([[0, 2], [1]], [[10, 30], [20]]).numpy()
    array([10, 20, 30], dtype=int32)
    """
    for argument, values in (("indices", indices), ("data", data)):
        if not hasattr(values, "__iter__"):
            raise TypeError(
                f"dynamic_stitch expected a list of {argument}. "
                f"Received: {argument}={described(values)}"
            )
    places = [to_tensor(each, dtypes.int32, name="dynamic_stitch") for each in indices]
    parts = to_tensors(data, "dynamic_stitch") if len(data) else []
    if not places or len(places) != len(parts):
        raise InvalidArgumentError(
            "dynamic_stitch expected as many indices as data, and at least one. "
            f"Received: {len(places)} indices, {len(parts)} data"
        )
    flat: list[Any] = []
    for place, part in zip(places, parts, strict=True):
        rank = place.ndim
        if rank is None:
            raise ValueError(
                f"dynamic_stitch needs indices of known rank. Received: shape={place.shape}"
            )
        if not part.shape[:rank].is_compatible_with(place.shape):
            raise InvalidArgumentError(
                "dynamic_stitch expected data whose leading axes have the shape of the indices. "
                f"Received: data.shape={part.shape}, indices.shape={place.shape}"
            )
        rest = axis_sizes(part, "dynamic_stitch")[rank:]
        lead = -1 if None in part.shape[:rank] else prod(part.sizes[:rank])
        flat.append(rearrangement.reshape(part, as_shape([lead, *rest], "dynamic_stitch")))
    numbers = rearrangement.concat(*[rearrangement.reshape(x, (-1,)) for x in places], axis=0)
    numbers = demand_below(
        numbers,
        limit=None,
        message="dynamic_stitch expected indices of at least 0. Received: indices=",
    )
    size = arithmetic.maximum(reduce_max(numbers), to_tensor(-1)) + 1
    rest = axis_sizes(flat[0], "dynamic_stitch")[1:]
    return primitives.tensor_scatter_update(
        primitives.zeros(flat[0], as_shape([size, *rest], "dynamic_stitch")),
        rearrangement.expand_dims(numbers, axis=(1,)),
        rearrangement.concat(*flat, axis=0),
    )
