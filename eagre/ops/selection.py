"""Picking elements: slices, indices, masks, conditions."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.conversion import as_operand, to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.core.tensor import EagerTensor, Tensor
from eagre.ops.shaping import transpose
from eagre.primitives import comparison, indexing
from eagre.primitives.rearrangement import normalized_axis


def slice_(input_: Any, begin: Any, size: Any, name: str | None = None) -> Any:
    """The part that begins at `begin` and has the sizes `size`; -1 means up to the end.

    >>> tf.slice([1, 2, 3], [1], [2]).numpy()
    array([2, 3], dtype=int32)
    """
    x = to_tensor(input_)
    starts = [int(n) for n in np.asarray(begin).tolist()]
    counts = [int(n) for n in np.asarray(size).tolist()]
    if x.sizes is not None and not len(starts) == len(counts) == len(x.sizes):
        raise InvalidArgumentError(
            f"slice expected begin and size of one entry for each of the {len(x.sizes)} axes. "
            f"Received: begin={starts}, size={counts}"
        )
    for axis, (start, count) in enumerate(zip(starts, counts, strict=True)):
        length = None if x.sizes is None else x.sizes[axis]
        stop = start + max(count, 0)
        if start < 0 or count < -1 or (length is not None and stop > length):
            raise InvalidArgumentError(
                f"slice expected begin and size within the shape {x.shape}. "
                f"Received: begin={starts}, size={counts}"
            )
    return x[
        tuple(
            slice(start, None if count == -1 else start + count)
            for start, count in zip(starts, counts, strict=True)
        )
    ]


def gather(
    params: Any,
    indices: Any,
    validate_indices: Any = None,
    axis: Any = None,
    batch_dims: int = 0,
    name: str | None = None,
) -> Any:
    """The parts of `params` along `axis` that `indices` name.

    >>> tf.gather([10, 20, 30], [2, 0]).numpy()
    array([30, 10], dtype=int32)
    """
    x = to_tensor(params)
    if batch_dims:
        raise NotImplementedError("gather with batch_dims is not there yet.")
    return indexing.gather(x, to_tensor(indices), axis=0 if axis is None else int(axis))


def boolean_mask(tensor: Any, mask: Any, axis: Any = None, name: str = "boolean_mask") -> Any:
    """The parts of `tensor`, along its leading axes from `axis` on, where `mask` is true.

    >>> tf.boolean_mask([1, 2, 3], [True, False, True]).numpy()
    array([1, 3], dtype=int32)
    """
    x = to_tensor(tensor)
    mask = to_tensor(mask, dtypes.bool_, name="boolean_mask")
    if not axis:
        return indexing.boolean_mask(x, mask)
    rank = x.ndim or 0
    axis = normalized_axis(int(axis), rank, "boolean_mask")
    perm = [axis, *[i for i in np.arange(rank).tolist() if i != axis]]
    picked = indexing.boolean_mask(transpose(x, perm), mask)
    return transpose(picked, np.argsort(perm).tolist())


def where(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Any:
    """`x` where the condition is true, else `y`; without them the indices of true elements.

    >>> tf.where([True, False], [1, 2], [3, 4]).numpy()
    array([1, 4], dtype=int32)
    """
    condition = to_tensor(condition)
    if x is None and y is None:
        if not isinstance(condition, EagerTensor):
            raise NotImplementedError("where with one argument cannot be traced yet.")
        return to_tensor(np.argwhere(condition.array).astype(np.int64))
    if x is None or y is None:
        absent = "x" if x is None else "y"
        raise ValueError(f"where expected both x and y, or neither. Received: {absent}=None")
    x, y = same_dtype(x, y, "where")
    return comparison.select(condition, x, y)


def same_dtype(x: Any, y: Any, name: str) -> tuple[Any, Any]:
    """Two operands as tensors; a Python value takes the dtype of the tensor beside it."""
    if x.__class__ is EagerTensor and y.__class__ is EagerTensor:
        return x, y
    if isinstance(x, Tensor) or hasattr(x, "__tensor__"):
        x = to_tensor(x)
        return x, _beside(x, y, name)
    if isinstance(y, Tensor) or hasattr(y, "__tensor__"):
        y = to_tensor(y)
        return _beside(y, x, name), y
    x = to_tensor(x, name=name)
    return x, _beside(x, y, name)


def _beside(tensor: Any, value: Any, name: str) -> Any:
    operand = as_operand(value, tensor, name)
    return to_tensor(value, name=name) if operand is NotImplemented else operand
