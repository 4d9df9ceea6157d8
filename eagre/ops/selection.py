"""Picking elements: slices, indices, masks, conditions."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.conversion import as_operand, to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.core.tensor import EagerTensor, SymbolicTensor, Tensor
from eagre.ops import creation
from eagre.ops.axes import array_of, integer_of, integers_of, plain_integers
from eagre.ops.shaping import cast, known_as, transpose
from eagre.primitives import comparison, indexing, rearrangement
from eagre.primitives.known_values import known_value
from eagre.primitives.rearrangement import normalized_axis


def slice_(input_: Any, begin: Any, size: Any, name: str | None = None) -> Any:
    """The part that begins at `begin` and has the sizes `size`; -1 means up to the end.

    >>> tf.slice([1, 2, 3], [1], [2]).numpy()
    array([2, 3], dtype=int32)
    """
    x = to_tensor(input_)
    if x.sizes is None or None in x.sizes or _is_symbolic(begin) or _is_symbolic(size):
        return _slice_by_tensors(x, begin, size)
    sizes: Any = x.sizes
    starts, counts = _integers(begin, "begin"), _integers(size, "size")
    if starts is None or counts is None or not len(starts) == len(counts) == len(sizes):
        raise _wrong_slice_length(x, starts or begin, counts or size)
    key: list[slice] = []
    for start, count, length in zip(starts, counts, sizes, strict=True):
        if not (0 <= start <= length and -1 <= count <= length - start):
            raise InvalidArgumentError(
                f"slice expected begin and size within the shape {x.shape}. "
                f"Received: begin={starts}, size={counts}"
            )
        key.append(slice(start, None if count == -1 else start + count))
    return indexing.slice_primitive.door(x, key=tuple(key))


def _is_symbolic(value: Any) -> bool:
    """Whether a value is, or holds, a tensor whose value is not known yet."""
    if isinstance(value, list | tuple):
        for part in value:
            if part.__class__ is not int and _is_symbolic(part):
                return True
        return False
    return isinstance(value, SymbolicTensor) and known_value(value) is None


def _integers(value: Any, argument: str) -> list[int] | None:
    """The integers of a list or vector, None where it is something else."""
    plain = plain_integers(value)
    if plain is not None:
        return plain
    if isinstance(value, list | tuple):
        is_flat = not any(isinstance(each, list | tuple) for each in value)
        return [integer_of(each, argument) for each in value] if is_flat else None
    return list(integers_of(value, argument)) if array_of(value, argument).ndim == 1 else None


def _wrong_slice_length(x: Any, begin: Any, size: Any) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"slice expected begin and size of one entry for each of the {x.ndim} axes. "
        f"Received: begin={begin}, size={size}"
    )


def _slice_by_tensors(x: Any, begin: Any, size: Any) -> Any:
    """`slice` where its bounds can be checked only when the graph runs."""
    known = [None if n == -1 else n for n in _known_entries(size)]
    begin, size = to_tensor(begin, name="slice"), to_tensor(size, name="slice")
    rank = x.ndim if begin.sizes in (None, (None,)) else begin.sizes[0]
    if rank is None:
        raise ValueError(f"slice needs a tensor of known rank. Received: shape={x.shape}")
    fits = all(each.shape.is_compatible_with([rank]) for each in (begin, size))
    if not fits or x.ndim not in (rank, None):
        raise _wrong_slice_length(x, begin, size)
    begin, size = cast(begin, dtypes.int32), cast(size, dtypes.int32)
    limits = rearrangement.shape_of_tensor(x)
    size = comparison.select(comparison.equal.door(size, -1), limits - begin, size)
    fits = comparison.logical_and(
        comparison.logical_and(begin >= 0, size >= 0), begin + size <= limits
    )
    from eagre.primitives.checking import demand

    begin = demand(
        begin, fits, message="slice expected begin and size within the shape. Received: begin="
    )
    stop = begin + size
    part = x[tuple(slice(begin[i], stop[i]) for i in range(rank))]
    return known_as(part, known or [None] * rank)


def _known_entries(vector: Any) -> list[Any]:
    """The entries that have values, None in the place of the others; empty if none has."""
    if isinstance(vector, list | tuple):
        return [None if _is_symbolic(each) else integer_of(each, "size") for each in vector]
    return [] if _is_symbolic(vector) else list(integers_of(vector, "size"))


def strided_slice(
    input_: Any,
    begin: Any,
    end: Any,
    strides: Any = None,
    begin_mask: int = 0,
    end_mask: int = 0,
    ellipsis_mask: int = 0,
    new_axis_mask: int = 0,
    shrink_axis_mask: int = 0,
    var: Any = None,
    name: str | None = None,
) -> Any:
    """`input_[begin[0]:end[0]:strides[0], begin[1]:end[1]:strides[1], ...]`.

    Bit `i` of a mask changes entry `i`: without its begin, without its end, `...`, a new axis, or
    the one index `begin[i]`.

    >>> tf.strided_slice([1, 2, 3, 4], [3], [0], [-2]).numpy()
    array([4, 2], dtype=int32)
    """
    if var is not None:
        raise ValueError("strided_slice expected no variable to assign to. Received: var")
    starts, stops = _entries(begin), _entries(end)
    steps = [1] * len(starts) if strides is None else _entries(strides)
    if not len(starts) == len(stops) == len(steps) or ellipsis_mask & (ellipsis_mask - 1):
        raise InvalidArgumentError(
            "strided_slice expected begin, end and strides of one length, and one ellipsis. "
            f"Received: begin={begin}, end={end}, strides={strides}, {ellipsis_mask=}"
        )
    key: list[Any] = []
    for i, (start, stop, step) in enumerate(zip(starts, stops, steps, strict=True)):
        bit = 1 << i
        if ellipsis_mask & bit:
            key.append(Ellipsis)
        elif new_axis_mask & bit:
            key.append(None)
        elif shrink_axis_mask & bit:
            key.append(_single_index(start, step))
        else:
            first = None if begin_mask & bit else start
            key.append(slice(first, None if end_mask & bit else stop, step))
    return to_tensor(input_)[tuple(key)]


def _single_index(start: Any, step: Any) -> Any:
    if isinstance(step, int) and step < 0:
        raise InvalidArgumentError(
            f"strided_slice expected a positive stride for a single index. Received: {step}"
        )
    return start


def _entries(vector: Any) -> list[Any]:
    """The entries of a vector: ints where their values are known."""
    if isinstance(vector, list | tuple):
        return [
            each if each.__class__ is int or _is_symbolic(each) else integer_of(each, "bound")
            for each in vector
        ]
    vector = to_tensor(vector, name="strided_slice")
    if vector.ndim != 1 or vector.sizes == (None,):
        raise InvalidArgumentError(
            f"strided_slice expected vectors of known length. Received: shape={vector.shape}"
        )
    if isinstance(vector, EagerTensor):
        return vector.array.tolist()
    return [vector[i] for i in range(vector.sizes[0])]


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
    x, indices = to_tensor(params), to_tensor(indices)
    axis = axis if axis is None else integer_of(axis)
    # As in TensorFlow, where batch_dims does not count beside an axis of 0.
    if not batch_dims or axis == 0:
        return indexing.gather.door(x, indices, axis=axis or 0)
    from eagre.ops.gathering import gather_in_batches

    return gather_in_batches(x, indices, axis, integer_of(batch_dims, "batch_dims"))


def boolean_mask(tensor: Any, mask: Any, axis: Any = None, name: str = "boolean_mask") -> Any:
    """The parts of `tensor`, along its leading axes from `axis` on, where `mask` is true.

    Numbers are true unless they are 0.

    >>> tf.boolean_mask([1, 2, 3], [True, False, True]).numpy()
    array([1, 3], dtype=int32)
    """
    x = to_tensor(tensor)
    mask = to_tensor(mask, name="boolean_mask")
    if mask.dtype.is_numeric:
        mask = comparison.not_equal(mask, creation.scalar(0, mask.dtype))
    axis = 0 if axis is None else integer_of(axis)
    if not axis:
        return indexing.boolean_mask.door(x, mask)
    rank = x.ndim or 0
    axis = normalized_axis(axis, rank, "boolean_mask")
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
        from eagre.primitives.sorting import nonzero

        return nonzero(condition)
    if x is None or y is None:
        absent = "x" if x is None else "y"
        raise ValueError(f"where expected both x and y, or neither. Received: {absent}=None")
    x, y = same_dtype(x, y, "where")
    return comparison.select.door(condition, x, y)


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
