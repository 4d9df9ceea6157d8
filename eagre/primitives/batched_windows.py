"""Batching rules of convolutions and pooling; see `batching.py`.

Where only what has an axis of batches comes with examples, they become part of that axis. Else
they become part of the channels: where both operands have them, as groups.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.core.doors import apply
from eagre.primitives.batching import (
    Flags,
    all_batched,
    apply_led,
    moved,
    reshaped,
    size_of,
    sizes_of,
    vector_of,
    without_sizes,
)
from eagre.primitives.families import apply_with_shape

if TYPE_CHECKING:
    from eagre.core.primitive import Primitive


def _merged(x: Any, axis: int) -> Any:
    """The axis of examples as part of another axis of each example, counted from the end."""
    x = moved(x, 0, axis - 1)
    sizes = sizes_of(x)
    sizes[axis - 1 : len(sizes) + axis + 1] = [sizes[axis - 1] * sizes[axis]]
    return reshaped(x, sizes)


def _parted(x: Any, axis: int, size: Any) -> Any:
    """The reverse of `_merged`."""
    sizes = sizes_of(x)
    axis %= len(sizes)
    sizes[axis : axis + 1] = [size, sizes[axis] // size if _is_known(size) else -1]
    return moved(reshaped(x, sizes), axis, 0)


def _is_known(size: Any) -> bool:
    return size.__class__ is int and size > 0


def _is_divided(size: Any, channels: Any, depth: Any) -> bool:
    """Whether examples cannot be channels: there are none, or may be several groups already."""
    is_empty = size.__class__ is int and size == 0
    return is_empty or channels is None or depth is None or channels != depth


def convolution(
    primitive: Primitive, batched: Flags, x: Any, filters: Any, **geometry: Any
) -> Any:
    """Examples as part of the batch, of the output channels, or as groups."""
    size = size_of(batched, (x, filters))
    rank = len(geometry["strides"]) + 2
    if not batched[1]:
        found = apply(primitive, (_merged(x, -rank), filters), geometry)
        return _parted(found, 0, size)
    depth = None if filters.sizes is None else filters.sizes[-2]
    if x.sizes is None or _is_divided(size, x.sizes[-1], depth):
        return NotImplemented
    x = _merged(x, -1) if batched[0] else x
    return _parted(apply(primitive, (x, _merged(filters, -1)), geometry), -1, size)


def input_gradient(
    primitive: Primitive, batched: Flags, *inputs: Any, shape: Any, **geometry: Any
) -> Any:
    """Examples as part of the batch, of the input channels, or as groups."""
    flags, (y, filters), (known, vector) = without_sizes(batched, inputs, shape)
    size = size_of(flags, (y, filters))
    rank = len(geometry["strides"]) + 2
    if known is None:
        return NotImplemented
    sizes = [n if n is not None else vector[i] for i, n in enumerate(known)]
    if not flags[1]:
        sizes[0] = size * sizes[0]
        values = _merged(y, -rank), filters
        return _parted(apply_with_shape(primitive, values, vector_of(sizes), **geometry), 0, size)
    if filters.sizes is None or _is_divided(size, known[-1], filters.sizes[-2]):
        return NotImplemented
    sizes[-1] = size * sizes[-1]
    # Without examples of y the filters share its channels: examples lie side by side in `in`.
    values = (_merged(y, -1), _merged(filters, -1)) if flags[0] else (y, _merged(filters, -2))
    return _parted(apply_with_shape(primitive, values, vector_of(sizes), **geometry), -1, size)


def filter_gradient(
    primitive: Primitive, batched: Flags, *inputs: Any, shape: Any, **geometry: Any
) -> Any:
    """Examples as part of the input channels, of the output channels, or as groups."""
    flags, (x, y), (known, vector) = without_sizes(batched, inputs, shape)
    size = size_of(flags, (x, y))
    if known is None or x.sizes is None or _is_divided(size, x.sizes[-1], known[-2]):
        return NotImplemented
    sizes = [n if n is not None else vector[i] for i, n in enumerate(known)]
    axis = -1 if flags[1] else -2
    sizes[axis] = size * sizes[axis]
    values = [_merged(each, -1) if flag else each for each, flag in zip((x, y), flags, strict=True)]
    found = apply_with_shape(primitive, tuple(values), vector_of(sizes), **geometry)
    return _parted(found, axis, size)


def pooling(primitive: Primitive, batched: Flags, *inputs: Any, **params: Any) -> Any:
    """Examples as one more axis, along which windows have the size 1."""
    padding = params["padding"]
    led = {
        **params,
        "window": (1, *params["window"]),
        "strides": (1, *params["strides"]),
        "padding": padding if padding is None else ((0, 0), *padding),
    }
    if "shape" not in params:
        return apply(primitive, all_batched(batched, inputs), led)
    flags, inputs, shape = without_sizes(batched, inputs, led.pop("shape"))
    size = size_of(flags, inputs)
    return apply_led(primitive, all_batched(flags, inputs), size, shape, led)
