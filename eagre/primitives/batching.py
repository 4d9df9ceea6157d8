"""Batching rules that primitives share: one application to all examples of a batch at once.

A rule is `(primitive, batched, *inputs, **params) -> output(s)`. `batched` says which inputs have
an additional first axis of examples; the others are the same for each example. The outputs have
that axis, but for those in a `Plain`. A rule returns NotImplemented where examples have to be done
one by one, and raises `NoRuleError` where nothing better is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.doors import apply

if TYPE_CHECKING:
    from collections.abc import Callable

    from eagre.core.primitive import Primitive

Flags = tuple[bool, ...]


class NoRuleError(Exception):
    """The primitive does not know how to do such inputs for a whole batch."""


class Plain:
    """An output that is the same for each example, and so has no axis of examples."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


class Carried:
    """In place of a rule: input `number` is handed on from example to example.

    The last output is its next value; so each example has random numbers of its own.
    """

    __slots__ = ("number",)

    def __init__(self, number: int) -> None:
        self.number = number


# Sizes and axes -------------------------------------------------------------------------------


def size_of(batched: Flags, inputs: Any) -> Any:
    """The number of examples: an int where it is known, else a scalar tensor."""
    from eagre.primitives.families import shape_of

    first = inputs[batched.index(True)]
    sizes = first.sizes
    return shape_of(first)[0] if sizes is None or sizes[0] is None else sizes[0]


def rank_of(x: Any, is_batched: bool) -> int:
    """The number of axes of one example."""
    if x.ndim is None:
        raise NoRuleError
    return x.ndim - is_batched


def sizes_of(x: Any) -> list[Any]:
    """The size of each axis: an int where it is known, else a scalar tensor."""
    from eagre.primitives.families import shape_tensor

    if x.sizes is None:
        raise NoRuleError
    if None not in x.sizes:
        return list(x.sizes)
    shape = shape_tensor(x)
    return [shape[axis] if size is None else size for axis, size in enumerate(x.sizes)]


def vector_of(sizes: Any) -> Any:
    """The sizes as a tuple where all are known, else as an int32 vector."""
    from eagre.primitives.rearrangement import stack

    if all(size.__class__ is int for size in sizes):
        return tuple(sizes)
    return stack([to_tensor(size, dtypes.int32) for size in sizes])


def reshaped(x: Any, sizes: Any) -> Any:
    """The elements in a shape of ints and scalar tensors."""
    from eagre.primitives.rearrangement import reshape

    return reshape(x, vector_of(sizes))


def moved(x: Any, source: int, target: int) -> Any:
    """The tensor with one axis at another place; negative axes count from the end."""
    from eagre.primitives.rearrangement import transpose

    rank = rank_of(x, False)
    source, target = source % rank, target % rank
    if source == target:
        return x
    rest = [axis for axis in range(rank) if axis != source]
    rest.insert(target, source)
    return transpose(x, perm=tuple(rest))


def spread_rows(x: Any, size: Any) -> Any:
    """What is the same for each example, repeated along an axis of examples."""
    from eagre.primitives.families import shape_of
    from eagre.primitives.rearrangement import broadcast_to_primitive, expand_dims

    shape, vector = shape_of(x), None
    if shape.__class__ is not tuple:
        shape, vector = x.sizes, shape
    one = expand_dims(x, axis=(0,))
    return apply_led(broadcast_to_primitive, (one,), size, (shape, vector), {})


def all_batched(batched: Flags, inputs: Any) -> tuple[Any, ...]:
    """The inputs, each with an axis of examples."""
    if all(batched):
        return tuple(inputs)
    size = size_of(batched, inputs)
    pairs = zip(batched, inputs, strict=True)
    return tuple([x if is_batched else spread_rows(x, size) for is_batched, x in pairs])


def apply_led(
    primitive: Primitive, inputs: tuple[Any, ...], size: Any, shape: Any, params: dict[str, Any]
) -> Any:
    """Apply a primitive that takes a shape, with the number of examples before that shape.

    `shape` is a pair of what is known of it and of the vector of its sizes, None if all is known.
    """
    known, vector = shape
    first = size if size.__class__ is int else None
    static = None if known is None else (first, *known)
    if static is not None and None not in static:
        return apply(primitive, inputs, {**params, "shape": static})
    from eagre.primitives.arithmetic import cast
    from eagre.primitives.rearrangement import concat, expand_dims

    rest = to_tensor(list(known or ()), dtypes.int32) if vector is None else vector
    lead = cast(to_tensor(size, None if first is None else dtypes.int32), dtype=rest.dtype)
    whole = concat(expand_dims(lead, axis=(0,)), rest, axis=0)
    if static is not None:
        static = tuple([None if n == -1 else n for n in static])
    return apply(primitive, (*inputs, whole), {**params, "shape": static})


def without_sizes(batched: Flags, inputs: Any, shape: Any) -> tuple[Flags, Any, Any]:
    """The inputs without the vector of sizes that stands last where `shape` is not all known.

    Returns which are batched, the inputs, and the shape as `apply_led` takes it.
    """
    if shape is not None and None not in shape:
        return batched, inputs, (shape, None)
    if batched[-1]:
        raise NoRuleError
    return batched[:-1], inputs[:-1], (shape, inputs[-1])


# Rules ----------------------------------------------------------------------------------------


def by_rows(primitive: Primitive, batched: Flags, /, *inputs: Any, **params: Any) -> Any:
    """One example after the other."""
    return NotImplemented


def broadcasting(primitive: Primitive, batched: Flags, *inputs: Any, **params: Any) -> Any:
    """Inputs whose leading axes broadcast: those of examples are brought to one rank."""
    from eagre.primitives.rearrangement import expand_dims

    pairs = list(zip(inputs, batched, strict=True))
    shaped = [pair for pair in pairs if pair[0].sizes != ()]
    if len(shaped) > 1:
        rank = max([rank_of(*pair) for pair in pairs])
        inputs = tuple(
            [
                expand_dims(x, axis=tuple(range(1, 1 + rank - rank_of(x, True))))
                if is_batched and rank_of(x, True) < rank
                else x
                for x, is_batched in pairs
            ]
        )
    return apply(primitive, inputs, params)


def together(primitive: Primitive, batched: Flags, *inputs: Any, **params: Any) -> Any:
    """Inputs that all have the same leading axes, of which examples are one more."""
    return apply(primitive, all_batched(batched, inputs), params)


def as_it_is(primitive: Primitive, batched: Flags, *inputs: Any, **params: Any) -> Any:
    """The same operation, which does not ask how its inputs are divided into examples."""
    return apply(primitive, inputs, params)


def shaped(primitive: Primitive, batched: Flags, *inputs: Any, shape: Any, **params: Any) -> Any:
    """The same with a parameter `shape`, that of the output."""
    flags, inputs, led = without_sizes(batched, inputs, shape)
    size = size_of(flags, inputs)
    return apply_led(primitive, all_batched(flags, inputs), size, led, params)


def along(*names: str) -> Callable[..., Any]:
    """The rule of one input and of parameters that name axes: an axis, or a tuple of them."""

    def rule(primitive: Primitive, batched: Flags, *inputs: Any, **params: Any) -> Any:
        if any(batched[1:]):
            raise NoRuleError
        return apply(primitive, inputs, {**params, **{n: shifted(params[n]) for n in names}})

    return rule


def shifted(axis: Any) -> Any:
    """An axis, or a tuple of axes, of one example as an axis of the batch."""
    if axis.__class__ is tuple:
        return tuple([shifted(each) for each in axis])
    return axis + 1 if axis >= 0 else axis


def reduction(primitive: Primitive, batched: Flags, x: Any, *, axis: Any, keepdims: bool) -> Any:
    """A reduction of axes, None for all but that of the examples."""
    axes = tuple(range(1, rank_of(x, False))) if axis is None else shifted(axis)
    return apply(primitive, (x,), {"axis": axes, "keepdims": keepdims})


def shape(primitive: Primitive, batched: Flags, x: Any) -> Any:
    """The shape of one example, which is that of all."""
    return Plain(primitive(x)[1:])


def sum_to(
    primitive: Primitive, batched: Flags, x: Any, *rest: Any, shape: Any
) -> Any:
    """Sum to the rank of `x`, then drop the axes of size 1 in front."""
    from eagre.primitives.rearrangement import squeeze

    _, _, (known, vector) = without_sizes(batched, (x, *rest), shape)
    if known is None:
        raise NoRuleError
    missing = rank_of(x, True) - len(known)
    ones = (1,) * missing
    if vector is not None:
        from eagre.primitives.rearrangement import concat

        vector = concat(to_tensor(list(ones), vector.dtype), vector, axis=0)
    led = (*ones, *known), vector
    summed = apply_led(primitive, (x,), size_of(batched, (x, *rest)), led, {})
    return squeeze(summed, axis=tuple(range(1, 1 + missing))) if missing else summed


def broadcast_to(primitive: Primitive, batched: Flags, x: Any, *rest: Any, shape: Any) -> Any:
    """Axes of size 1 up to the rank of the shape, then repeat."""
    from eagre.primitives.rearrangement import expand_dims

    _, _, led = without_sizes(batched, (x, *rest), shape)
    if led[0] is None:
        raise NoRuleError
    missing = len(led[0]) - rank_of(x, True)
    full = expand_dims(x, axis=tuple(range(1, 1 + missing))) if missing > 0 else x
    return apply_led(primitive, (full,), size_of(batched, (x, *rest)), led, {})


def reshape(primitive: Primitive, batched: Flags, x: Any, *rest: Any, shape: Any) -> Any:
    """Reshape each example; a size of -1 is computed where that can be done."""
    from eagre.core.specs import TensorSpec

    _, _, (known, vector) = without_sizes(batched, (x, *rest), shape)
    if vector is None and x.sizes is not None:
        found: Any = primitive.infer(TensorSpec.of(x.sizes[1:], x.dtype), shape=shape).sizes
        known = tuple([n if m is None else m for n, m in zip(known, found, strict=True)])
    return apply_led(primitive, (x,), size_of(batched, (x, *rest)), (known, vector), {})


def transpose(primitive: Primitive, batched: Flags, x: Any, *, perm: tuple[int, ...]) -> Any:
    """The axes of each example in another order."""
    return apply(primitive, (x,), {"perm": (0, *[axis + 1 for axis in perm])})


def concat(primitive: Primitive, batched: Flags, *inputs: Any, axis: int) -> Any:
    """Side by side along an axis of each example."""
    return apply(primitive, all_batched(batched, inputs), {"axis": shifted(axis)})


def pad(primitive: Primitive, batched: Flags, x: Any, value: Any, *, paddings: Any) -> Any:
    """No border along the axis of examples; they share the value of the border."""
    if batched[1]:
        return NotImplemented
    return apply(primitive, (x, value), {"paddings": ((0, 0), *paddings)})


def mirrored(primitive: Primitive, batched: Flags, x: Any, *, paddings: Any, edge: int) -> Any:
    """No border along the axis of examples."""
    return apply(primitive, (x,), {"paddings": ((0, 0), *paddings), "edge": edge})


def ensure_shape(primitive: Primitive, batched: Flags, x: Any, *, shape: Any) -> Any:
    """Any number of examples."""
    return apply(primitive, (x,), {"shape": None if shape is None else (None, *shape)})


def demand(primitive: Primitive, batched: Flags, x: Any, condition: Any, *, message: str) -> Any:
    """All examples, or an error if the condition is false for one of them."""
    x = x if batched[0] else spread_rows(x, size_of(batched, (x, condition)))
    return apply(primitive, (x, condition), {"message": message})


# Rows of several shapes -------------------------------------------------------------------------


def padded(rows: Any, dtype: Any) -> Any:
    """Arrays of one rank, stacked, the smaller ones with zeros behind them."""
    sizes = np.max([row.shape for row in rows], axis=0)
    result: Any = np.zeros((len(rows), *sizes), dtype)
    for place, row in zip(result, rows, strict=True):
        place[tuple(map(slice, row.shape))] = row
    return result


def shapes_of(rows: Any, rank: Any) -> Any:
    """The shapes of arrays of one rank."""
    return np.array([row.shape for row in rows], np.int32).reshape(len(rows), rank)
