"""Sequences along an axis: evenly spaced numbers, grids, rolling, repeating, masks of lengths."""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes
from eagre.core.conversion import scalar, to_tensor
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.core.tensor import EagerTensor, SymbolicTensor, Tensor
from eagre.ops import creation
from eagre.ops.axes import axes_of, integer_of
from eagre.ops.joining import to_tensors
from eagre.ops.reductions import reduce_all, reduce_max
from eagre.ops.selection import gather
from eagre.ops.shaping import as_shape, axis_sizes, cast, known_as, transpose
from eagre.primitives import arithmetic, comparison, rearrangement, repeating, turning
from eagre.primitives.checking import demand, demand_below
from eagre.primitives.families import known_number, shape_of
from eagre.primitives.known_values import known_value
from eagre.primitives.rearrangement import normalized_axis


def linspace(start: Any, stop: Any, num: Any, name: str | None = None, axis: Any = 0) -> Any:
    """`num` numbers from `start` to `stop`, both included, evenly spaced along a new axis.

    Integers are taken for float64.

    >>> tf.linspace(0.0, 1.0, 5).numpy()
    array([0.  , 0.25, 0.5 , 0.75, 1.  ], dtype=float32)
    """
    start = to_tensor(start, name="linspace")
    stop = to_tensor(stop, start.dtype, name="linspace")
    if start.dtype.is_integer:
        start, stop = cast(start, dtypes.float64), cast(stop, dtypes.float64)
    if start.ndim is None or stop.ndim is None:
        raise ValueError(
            "linspace needs tensors of known rank. "
            f"Received: start.shape={start.shape}, stop.shape={stop.shape}"
        )
    rank = max(start.ndim, stop.ndim)
    axis = normalized_axis(integer_of(axis), rank + 1, "linspace")
    num = _count(num)
    last = _at_least_one(num - 1)
    delta = (stop - start) / _as_scalar(last, start.dtype)
    steps = cast(creation.range(1, last), start.dtype)
    if rank:
        steps = rearrangement.reshape(steps, (-1, *[1] * (rank - axis)))
        start, stop, delta = (_with_axis(each, rank, axis) for each in (start, stop, delta))
        shape = shape_of(delta)
        start, stop = (rearrangement.broadcast_to(each, shape) for each in (start, stop))
    middle = start + delta * steps
    if not rank:
        start, stop = (rearrangement.expand_dims.door(each, axis=(0,)) for each in (start, stop))
    result = rearrangement.concat(start, middle, stop, axis=axis)
    if num.__class__ is int and num > 1:
        return result
    # There are two ends, of which less may be asked for.
    return result[(*[slice(None)] * axis, slice(num))]


def _count(num: Any) -> Any:
    """The number of numbers: an int where it is known."""
    if not isinstance(num, SymbolicTensor) or known_value(num) is not None:
        num = integer_of(num, "num", takes_lists=True)
    elif not num.dtype.is_integer:
        raise TypeError(f"linspace expected an integer num. Received: num of {num.dtype.name}")
    message = "linspace expected num to be at least 0. Received: num="
    if num.__class__ is not int:
        return demand(num, num >= 0, message=message)
    if num < 0:
        raise InvalidArgumentError(f"{message}{num}")
    return num


def _as_scalar(value: Any, dtype: Any) -> Any:
    return scalar(value, dtype) if value.__class__ is int else cast(value, dtype)


def _with_axis(x: Any, rank: int, axis: int) -> Any:
    """The tensor with leading axes of size 1 up to the rank, and one more at `axis`."""
    lead = tuple(range(rank - x.ndim))
    if lead:
        x = rearrangement.expand_dims(x, axis=lead)
    return rearrangement.expand_dims(x, axis=(axis,))


def meshgrid(*args: Any, **kwargs: Any) -> list[Any]:
    """For each vector a tensor of all combinations, in which it runs along one axis.

    Args:
        indexing: "xy" (default), where the first vector runs along the second axis and the second
            along the first, or "ij".

    >>> [grid.numpy().tolist() for grid in tf.meshgrid([1, 2], [3, 4])]
    [[[1, 2], [1, 2]], [[3, 3], [4, 4]]]
    """
    indexing_mode = kwargs.pop("indexing", "xy")
    kwargs.pop("name", None)
    if kwargs:
        raise TypeError(f"meshgrid expected indexing and name. Received: {sorted(kwargs)}")
    if indexing_mode not in ("xy", "ij"):
        raise ValueError(f"meshgrid expected 'xy' or 'ij'. Received: indexing={indexing_mode!r}")
    if not args:
        return []
    vectors = [rearrangement.reshape(x, (-1,)) for x in to_tensors(args, "meshgrid")]
    places = list(range(len(vectors)))
    if indexing_mode == "xy" and len(places) > 1:
        places[:2] = [1, 0]
    sizes: list[Any] = [None] * len(vectors)
    for place, vector in zip(places, vectors, strict=True):
        sizes[place] = axis_sizes(vector, "meshgrid")[0]
    shape = as_shape(sizes, "meshgrid")
    rank = len(sizes)
    return [
        known_as(
            rearrangement.broadcast_to(
                rearrangement.reshape(vector, (-1, *[1] * (rank - place - 1))), shape
            ),
            sizes,
        )
        for place, vector in zip(places, vectors, strict=True)
    ]


def roll(input: Any, shift: Any, axis: Any, name: str | None = None) -> Any:
    """The elements moved along axes by `shift` places; what leaves at the end comes in again.

    >>> tf.roll([1, 2, 3, 4], shift=1, axis=0).numpy()
    array([4, 1, 2, 3], dtype=int32)
    """
    x = to_tensor(input)
    axes = axes_of(axis)
    if shift.__class__ is int and len(axes) == 1:
        return turning.roll.door(x, shift=(shift,), axis=axes)
    vector = to_tensor(shift, name="roll")
    count = len(axes)
    if not vector.dtype.is_integer or vector.sizes not in ((), (count,)) or (
        vector.sizes == () and count != 1
    ):
        raise InvalidArgumentError(
            f"roll expected an integer shift for each of the {count} axes. "
            f"Received: shift={shift!r}"
        )
    if isinstance(vector, EagerTensor):
        return turning.roll.door(x, shift=tuple(vector.array.reshape(-1).tolist()), axis=axes)
    vector = cast(rearrangement.reshape(vector, (count,)), dtypes.int32)
    return turning.roll(x, vector, shift=None, axis=axes)


def _at_least_one(size: Any) -> Any:
    if isinstance(size, Tensor):
        return arithmetic.maximum(size, to_tensor(1, size.dtype))
    return max(size, 1)


def reverse(tensor: Any, axis: Any, name: str | None = None) -> Any:
    """The elements in reverse order along axes.

    >>> tf.reverse([1, 2, 3], [0]).numpy()
    array([3, 2, 1], dtype=int32)
    """
    if not isinstance(axis, list | tuple) and getattr(axis, "ndim", 0) == 0:
        raise InvalidArgumentError(
            f"reverse expected axes in a list or a vector. Received: axis={axis!r}"
        )
    return turning.reverse(to_tensor(tensor), axis=axes_of(axis))


def repeat(input: Any, repeats: Any, axis: Any = None, name: str | None = None) -> Any:
    """Each part along an axis `repeats` times, one number for all or one for each part.

    Without `axis`, the elements of the tensor as a vector are repeated.

    >>> tf.repeat([1, 2, 3], [2, 0, 1]).numpy()
    array([1, 1, 3], dtype=int32)
    """
    x = to_tensor(input)
    if axis is None or x.ndim == 0:
        x, axis = rearrangement.reshape(x, (-1,)), 0 if axis is None else axis
    if repeats.__class__ is int and repeats >= 0:
        return repeating.repeat.door(x, times=repeats, axis=integer_of(axis))
    counts = to_tensor(repeats, name="repeat")
    if not counts.dtype.is_integer:
        raise DTypeMismatchError(
            f"repeat expected integer repeats. Received: repeats={repeats!r}"
        )
    if (counts.ndim or 0) > 1:
        raise ValueError(f"repeat expected a number or a vector. Received: repeats={repeats!r}")
    sizes = axis_sizes(x, "repeat")
    axis = normalized_axis(integer_of(axis), len(sizes), "repeat")
    size = sizes[axis]
    given = counts.shape.num_elements()
    if isinstance(size, int) and given not in (1, size, None):
        raise InvalidArgumentError(
            f"repeat expected one number of repeats, or {size}, the size of axis {axis}. "
            f"Received: repeats={repeats!r}"
        )
    times = known_number(counts)
    if times is not None and times >= 0:
        return repeating.repeat.door(x, times=times, axis=axis)
    # Also while tracing a negative number is refused when the graph runs.
    counts = demand_below(
        counts, limit=None, message="repeat expected repeats of at least 0. Received: repeats="
    )
    if given == 1:
        counts = rearrangement.broadcast_to(
            rearrangement.reshape(counts, ()), as_shape([size], "repeat")
        )
    return repeating.repeat(x, counts, times=None, axis=axis)


def sequence_mask(
    lengths: Any, maxlen: Any = None, dtype: Any = dtypes.bool_, name: str | None = None
) -> Any:
    """For each length a vector of `maxlen` elements, of which the first `length` are true.

    >>> tf.sequence_mask([1, 3]).numpy()
    array([[ True, False, False],
           [ True,  True,  True]])
    """
    lengths = to_tensor(lengths, name="sequence_mask")
    if maxlen.__class__ is int and maxlen >= 0:
        return _first_true(lengths, maxlen, dtypes.int32, dtype)
    if maxlen is None:
        maxlen = arithmetic.maximum(reduce_max(lengths), to_tensor(0, lengths.dtype))
    else:
        maxlen = to_tensor(maxlen, name="sequence_mask")
    if maxlen.ndim not in (0, None):
        raise ValueError(
            f"sequence_mask expected a scalar maxlen. Received: maxlen.shape={maxlen.shape}"
        )
    message = "sequence_mask expected maxlen to be at least 0. Received: maxlen="
    maxlen = demand_below(maxlen, limit=None, message=message)
    return _first_true(lengths, maxlen, maxlen.dtype, dtype)


def _first_true(lengths: Any, count: Any, number: Any, dtype: Any) -> Any:
    """For each length so many truth values, the first ones true; counted in the dtype `number`."""
    column = cast(rearrangement.expand_dims.door(lengths, axis=(-1,)), number)
    return cast(comparison.less.door(creation.range(count), column), dtype)


def reverse_sequence(
    input: Any,
    seq_lengths: Any,
    seq_axis: Any = None,
    batch_axis: Any = None,
    name: str | None = None,
) -> Any:
    """Each part along `batch_axis` with its first `seq_lengths[i]` elements along `seq_axis` in
    reverse order.

    >>> tf.reverse_sequence([[1, 2, 3], [4, 5, 6]], [2, 3], seq_axis=1).numpy()
    array([[2, 1, 3],
           [6, 5, 4]], dtype=int32)
    """
    x = to_tensor(input)
    lengths = to_tensor(seq_lengths, name="reverse_sequence")
    if seq_axis is None:
        raise TypeError("reverse_sequence needs seq_axis. Received: seq_axis=None")
    if not lengths.dtype.is_integer or lengths.ndim not in (1, None):
        raise InvalidArgumentError(
            "reverse_sequence expected a vector of integers. "
            f"Received: seq_lengths of {lengths.dtype.name}, shape {lengths.shape}"
        )
    sizes = axis_sizes(x, "reverse_sequence")
    sequence = normalized_axis(integer_of(seq_axis, "seq_axis"), len(sizes), "reverse_sequence")
    batch = integer_of(batch_axis or 0, "batch_axis")
    batch = normalized_axis(batch, len(sizes), "reverse_sequence")
    if sequence == batch:
        raise InvalidArgumentError(
            "reverse_sequence expected two different axes. "
            f"Received: seq_axis={seq_axis}, batch_axis={batch_axis}"
        )
    if not x.shape[batch : batch + 1].is_compatible_with(lengths.shape):
        raise InvalidArgumentError(
            "reverse_sequence expected a length for each part along batch_axis. "
            f"Received: input.shape={x.shape}, seq_lengths.shape={lengths.shape}"
        )
    rest = [axis for axis in range(len(sizes)) if axis not in (batch, sequence)]
    perm = [batch, sequence, *rest]
    moved = transpose(x, perm)
    turned = gather(moved, _turned_places(lengths, sizes[sequence]), axis=1, batch_dims=1)
    return known_as(transpose(turned, sorted(range(len(perm)), key=perm.__getitem__)), sizes)


def _turned_places(lengths: Any, size: Any) -> Any:
    """For each length the indices 0 to size, of which the first ones are in reverse order."""
    size = cast(to_tensor(size), lengths.dtype)
    zero = to_tensor(0, lengths.dtype)
    fits = comparison.logical_and(
        comparison.greater_equal(lengths, zero), comparison.less_equal(lengths, size)
    )
    lengths = demand(
        lengths,
        reduce_all(fits),
        message="reverse_sequence expected lengths from 0 to the size of seq_axis. "
        "Received: seq_lengths=",
    )
    numbers = creation.range(size)
    column = rearrangement.expand_dims(lengths, axis=(1,))
    return comparison.select(comparison.less(numbers, column), column - 1 - numbers, numbers)
