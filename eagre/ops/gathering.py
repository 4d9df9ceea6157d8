"""Parts that vectors of indices name, and parts by batches."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.ops import creation
from eagre.ops.shaping import as_shape, axis_sizes, cast, transpose
from eagre.primitives import comparison, picking, rearrangement
from eagre.primitives.checking import demand
from eagre.primitives.rearrangement import normalized_axis
from eagre.primitives.scattering import gather_batches
from eagre.primitives.scattering import gather_nd as gather_nd_primitive


def gather_nd(
    params: Any,
    indices: Any,
    batch_dims: int = 0,
    name: str | None = None,
    bad_indices_policy: str = "",
) -> Any:
    """The parts of `params` that vectors of indices name: `indices` [..., depth].

    The first `batch_dims` axes of both are gone through together.

    >>> tf.gather_nd([[1, 2], [3, 4]], [[0, 1], [1, 0]]).numpy()
    array([2, 3], dtype=int32)
    """
    if bad_indices_policy not in ("", "DEFAULT", "ERROR"):
        raise ValueError(
            "gather_nd refuses indices outside the shape: it expected bad_indices_policy 'ERROR'. "
            f"Received: {bad_indices_policy=}"
        )
    x, indices = to_tensor(params), to_tensor(indices)
    if batch_dims:
        indices = batch_places(indices, x, int(batch_dims), "gather_nd")
    return gather_nd_primitive.door(x, indices)


def gather_in_batches(x: Any, indices: Any, axis: Any, batch_dims: int) -> Any:
    """The slices of each of a batch of tensors that its own indices name."""
    rank, inner = len(axis_sizes(x, "gather")), len(axis_sizes(indices, "gather"))
    count = batch_dims + inner if batch_dims < 0 else batch_dims
    axis = count if axis is None else normalized_axis(axis, rank, "gather")
    if not 0 <= count <= min(axis, inner, rank - 1):
        raise InvalidArgumentError(
            "gather expected batch_dims up to axis and to the axes of indices. Received: "
            f"params.shape={x.shape}, indices.shape={indices.shape}, {batch_dims=}, {axis=}"
        )
    sizes: Any = x.sizes, indices.sizes
    is_along = count == axis == rank - 1 == inner - 1 and sizes[0][:-1] == sizes[1][:-1]
    if is_along and None not in sizes[0]:
        return picking.gather_along.door(x, indices)
    order = [*range(count), axis, *[i for i in range(count, rank) if i != axis]]
    vectors = rearrangement.expand_dims(indices, axis=(inner,))
    picked = gather_batches(
        transpose(x, order), batch_places(vectors, x, count, "gather")
    )
    # [batch, indices, before, after] becomes [batch, before, indices, after].
    own = range(count, inner)
    before = range(inner, inner + axis - count)
    after = range(inner + axis - count, inner + rank - count - 1)
    return transpose(picked, [*range(count), *before, *own, *after])


def batch_places(indices: Any, x: Any, count: int, name: str) -> Any:
    """Vectors of indices with the indices of their first `count` axes in front."""
    sizes = axis_sizes(indices, name)
    if not 0 <= count < len(sizes) or x.ndim is None or count > x.ndim:
        raise InvalidArgumentError(
            f"{name} expected batch_dims up to the number of common axes. Received: "
            f"params.shape={x.shape}, indices.shape={indices.shape}, batch_dims={count}"
        )
    if not x.shape[:count].is_compatible_with(indices.shape[:count]):
        raise InvalidArgumentError(
            f"{name} expected params and indices with the same first {count} axes. "
            f"Received: params.shape={x.shape}, indices.shape={indices.shape}"
        )
    if None in (*x.sizes[:count], *sizes[:count]):
        own, other = (rearrangement.shape_of_tensor(each)[:count] for each in (indices, x))
        message = f"{name} expected indices with params' first {count} axes. Received: indices="
        indices = demand(indices, comparison.equal(own, other), message=message)
    indices = cast(indices, dtypes.int64)
    places: list[Any] = []
    for axis in np.arange(count).tolist():
        numbers = creation.range(to_tensor(sizes[axis]), dtype=dtypes.int64)
        column = rearrangement.reshape(numbers, (-1, *[1] * (len(sizes) - axis - 1)))
        places.append(rearrangement.broadcast_to(column, as_shape([*sizes[:-1], 1], name)))
    return rearrangement.concat(*places, indices, axis=len(sizes) - 1)
