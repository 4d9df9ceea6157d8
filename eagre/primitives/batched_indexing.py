"""Batching rules of what indices, keys, masks and segments choose; see `batching.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.doors import apply
from eagre.primitives.batching import (
    Flags,
    NoRuleError,
    all_batched,
    apply_led,
    broadcasting,
    moved,
    rank_of,
    reshaped,
    shifted,
    size_of,
    sizes_of,
    spread_rows,
    vector_of,
    without_sizes,
)

if TYPE_CHECKING:
    from eagre.core.primitive import Primitive


def with_rows(indices: Any, depth: int) -> Any:
    """Vectors that name an example and an index: `indices` [B, ...] as [B, ..., 1 + depth].

    `depth` is 0 where the elements are indices of one axis, which then become vectors of one.
    """
    from eagre.primitives.arithmetic import cast
    from eagre.primitives.ranges import range_primitive
    from eagre.primitives.rearrangement import broadcast_to, concat, expand_dims

    indices = cast(indices, dtype=dtypes.int64)
    vectors = indices if depth else expand_dims(indices, axis=(-1,))
    sizes = sizes_of(vectors)
    ends = [cast(to_tensor(n), dtype=dtypes.int64) for n in (0, sizes[0], 1)]
    numbers = reshaped(range_primitive(*ends), (-1, *[1] * (len(sizes) - 1)))
    rows = broadcast_to(numbers, vector_of([*sizes[:-1], 1]))
    return concat(rows, vectors, axis=-1)


def _moved_behind(x: Any, count: int) -> Any:
    """The axis of examples behind the first `count` axes of each example."""
    return moved(x, 0, count)


def _rotated(x: Any, first: int, second: int) -> Any:
    """`first` axes of each example and the `second` ones after them, exchanged."""
    for _ in range(first if second else 0):
        x = moved(x, 1, first + second)
    return x


# Slices ---------------------------------------------------------------------------------------


def sliced(primitive: Primitive, batched: Flags, x: Any, *bounds: Any, key: Any) -> Any:
    """The same part of each example, or one element along an axis by an index of its own."""
    if not any(batched[1:]):
        return apply(primitive, (x, *bounds), {"key": (slice(None), *key)})
    axis = _axis_of_index(key)
    if axis is None:
        return NotImplemented
    from eagre.primitives.comparison import select
    from eagre.primitives.indexing import gather as gather_primitive

    (index,) = bounds
    size = sizes_of(x)[axis + batched[0]]
    index = select(index < 0, index + to_tensor(size, index.dtype), index)
    return gather(gather_primitive, batched, x, index, axis=axis)


def _axis_of_index(key: Any) -> int | None:
    """The axis that a key indexes by a tensor, if it takes all of the other axes."""
    parts = [part for part in key if part.__class__ is not slice or part != slice(None)]
    if key[-1:] == (Ellipsis,):
        parts = parts[:-1]
    is_index = len(parts) == 1 and parts[0].__class__ not in (int, slice, type(...), type(None))
    return key.index(parts[0]) if is_index else None


def unsliced(
    primitive: Primitive, batched: Flags, *inputs: Any, shape: Any, key: Any
) -> Any:
    """Zeros around each example, at the same place."""
    flags, inputs, led = without_sizes(batched, inputs, shape)
    if any(flags[1:]):
        return NotImplemented
    key = (slice(None), *key)
    return apply_led(primitive, inputs, size_of(flags, inputs), led, {"key": key})


def replaced(
    primitive: Primitive, batched: Flags, x: Any, part: Any, *bounds: Any, key: Any
) -> Any:
    """A part of each example, at the same place."""
    if any(batched[2:]):
        return NotImplemented
    x, part = all_batched(batched[:2], (x, part))
    return apply(primitive, (x, part, *bounds), {"key": (slice(None), *key)})


# Gather and scatter ---------------------------------------------------------------------------


def gather(primitive: Primitive, batched: Flags, x: Any, indices: Any, *, axis: int) -> Any:
    """Parts of each example, of one tensor, or of each example its own."""
    if not batched[1]:
        return apply(primitive, (x, indices), {"axis": shifted(axis)})
    axis %= rank_of(x, batched[0])
    if not batched[0]:
        return moved(apply(primitive, (x, indices), {"axis": axis}), axis, 0)
    from eagre.primitives.scattering import gather_batches

    count = rank_of(indices, True)
    found = gather_batches(moved(x, axis + 1, 1), with_rows(indices, 0))
    return _rotated(found, count, axis)


def scatter_add(
    primitive: Primitive, batched: Flags, *inputs: Any, shape: Any, axis: int
) -> Any:
    """Updates of each example, added up within it."""
    flags, (updates, indices), (known, vector) = without_sizes(batched, inputs, shape)
    size = size_of(flags, (updates, indices))
    if not flags[1]:
        params = {"axis": shifted(axis)}
        return apply_led(primitive, (updates, indices), size, (known, vector), params)
    if known is None:
        raise NoRuleError
    updates, indices = all_batched(flags, (updates, indices))
    axis %= len(known)
    count = rank_of(indices, True)
    updates = _rotated(updates, axis, count)
    sizes = [n if n is not None else vector[i] for i, n in enumerate(known)]
    from eagre.primitives.scattering import scatter_nd

    order = [sizes[axis], *sizes[:axis], *sizes[axis + 1 :]]
    result = scatter_nd(updates, with_rows(indices, 0), vector_of([size, *order]))
    return moved(result, 1, axis + 1)


def gather_nd(primitive: Primitive, batched: Flags, x: Any, indices: Any) -> Any:
    """Parts of one tensor, or of each example its own."""
    if not batched[0]:
        return apply(primitive, (x, indices), {})
    x, indices = all_batched(batched, (x, indices))
    return apply(primitive, (x, with_rows(indices, 1)), {})


def tensor_scatter(
    primitive: Primitive, batched: Flags, x: Any, indices: Any, updates: Any
) -> Any:
    """Updates of each example that meet parts of the same example."""
    x, indices, updates = all_batched(batched, (x, indices, updates))
    return apply(primitive, (x, with_rows(indices, 1), updates), {})


# Elements of tensor arrays --------------------------------------------------------------------


def read_element(primitive: Primitive, batched: Flags, x: Any, index: Any) -> Any:
    """The same element of each example, or elements of one array."""
    if not batched[1]:
        return apply(primitive, (moved(x, 0, 1), index), {})
    return NotImplemented


def write_element(
    primitive: Primitive, batched: Flags, x: Any, index: Any, value: Any, *, grows: bool
) -> Any:
    """The same element of each example."""
    if batched[1]:
        return NotImplemented
    size = size_of(batched, (x, index, value))
    x = x if batched[0] else spread_rows(x, size)
    value = value if batched[2] else spread_rows(value, size)
    return moved(apply(primitive, (moved(x, 0, 1), index, value), {"grows": grows}), 1, 0)


def one_hot(
    primitive: Primitive, batched: Flags, indices: Any, on: Any, off: Any, *size: Any, **params: Any
) -> Any:
    """The indices of each example; values of each are chosen for what the indices say."""
    if any(batched[3:]):
        raise NoRuleError
    if batched[0]:
        params["axis"] = shifted(params["axis"])
    if not any(batched[1:]):
        return apply(primitive, (indices, on, off, *size), params)
    from eagre.primitives.comparison import select

    flags = apply(primitive, (indices, to_tensor(True), to_tensor(False), *size), params)
    return broadcasting(select, batched[:3], flags, on, off)


# Masks and segments ---------------------------------------------------------------------------


def boolean_mask(primitive: Primitive, batched: Flags, x: Any, mask: Any) -> Any:
    """The parts of each example where one mask is true."""
    if batched[1]:
        raise NoRuleError
    return moved(apply(primitive, (_moved_behind(x, rank_of(mask, False)), mask), {}), 1, 0)


def unmask(primitive: Primitive, batched: Flags, *inputs: Any, shape: Any) -> Any:
    """Zeros around the parts of each example."""
    flags, (x, mask), (known, vector) = without_sizes(batched, inputs, shape)
    if flags[1] or known is None:
        raise NoRuleError
    count = rank_of(mask, False)
    sizes = [n if n is not None else vector[i] for i, n in enumerate(known)]
    sizes.insert(count, size_of(flags, (x, mask)))
    from eagre.primitives.families import apply_with_shape

    parts = apply_with_shape(primitive, (moved(x, 0, 1), mask), vector_of(sizes))
    return moved(parts, count, 0)


def take_segments(primitive: Primitive, batched: Flags, x: Any, ids: Any) -> Any:
    """Rows of one tensor, or of each example by ids that all share."""
    if not batched[0]:
        return apply(primitive, (x, ids), {})
    if batched[1]:
        return NotImplemented
    return moved(apply(primitive, (moved(x, 0, 1), ids), {}), rank_of(ids, False), 0)


def segment_reduction(
    primitive: Primitive, batched: Flags, data: Any, ids: Any, *count: Any, num_segments: Any
) -> Any:
    """The segments of each example, by ids that all share."""
    if any(batched[1:]):
        return NotImplemented
    data = _moved_behind(data, rank_of(ids, False))
    return moved(apply(primitive, (data, ids, *count), {"num_segments": num_segments}), 1, 0)


def sorted_segments(
    primitive: Primitive, batched: Flags, data: Any, ids: Any, *, function: str
) -> Any:
    """The segments of each example, by ids that all share."""
    if batched[1]:
        return NotImplemented
    found = apply(primitive, (_moved_behind(data, 1), ids), {"function": function})
    return moved(found, 1, 0)


def checked_ids(primitive: Primitive, batched: Flags, *inputs: Any, **params: Any) -> Any:
    """The ids of all examples, by one limit."""
    if any(batched[1:]):
        return NotImplemented
    return apply(primitive, inputs, params)
