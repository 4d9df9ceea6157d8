"""Lengths along an axis: ints where they are known, scalar int32 tensors where they are not."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.core.tensor import EagerTensor, Tensor
from eagre.ops import creation
from eagre.ops.reductions import reduce_prod
from eagre.ops.shaping import as_shape, cast, known_as
from eagre.primitives import arithmetic, padding, rearrangement
from eagre.primitives.checking import demand
from eagre.primitives.families import shape_of


def as_length(value: Any, name: str, word: str, least: int = 0) -> Any:
    """What a user gave as a length, checked: an integer of at least `least`."""
    message = f"{name} expected {word} to be at least {least}. Received: {word}="
    if not isinstance(value, Tensor) and hasattr(value, "__index__"):
        value = value.__index__()
    else:
        value = to_tensor(value, name=name)
        if not value.dtype.is_integer or value.ndim not in (0, None):
            kind = InvalidArgumentError if value.dtype.is_integer else DTypeMismatchError
            raise kind(
                f"{name} expected {word} to be an integer. "
                f"Received: {word} of dtype {value.dtype.name} and shape {value.shape}"
            )
        if not isinstance(value, EagerTensor):
            value = cast(value, dtypes.int32)
            return demand(value, value >= least, message=message)
        value = int(value.array)
    if value < least:
        raise InvalidArgumentError(f"{message}{value}")
    return value


def length_along(x: Any, axis: int) -> Any:
    """The size of an axis."""
    size = None if x.sizes is None else x.sizes[axis]
    return shape_of(x)[axis] if size is None else size


def larger(a: Any, b: Any) -> Any:
    """The larger one of two lengths."""
    if isinstance(a, Tensor) or isinstance(b, Tensor):
        return arithmetic.maximum(*[to_tensor(each, dtypes.int32) for each in (a, b)])
    return max(a, b)


def numbers_below(length: Any) -> Any:
    """The numbers from 0 up to, not including, a length."""
    if isinstance(length, Tensor):
        return creation.range(length)
    return to_tensor(np.arange(length, dtype=np.int32))


def count_of(shape: Any) -> Any:
    """The number of elements of a shape, a tuple or a vector."""
    return prod(shape) if shape.__class__ is tuple else reduce_prod(shape)


def joined_shape(*parts: Any) -> Any:
    """A shape that is made of tuples of lengths and of vectors of sizes."""
    if all(part.__class__ is tuple for part in parts):
        return as_shape([length for part in parts for length in part], "reshape")
    shapes = [as_shape(part, "reshape") for part in parts]
    return rearrangement.concat(*[to_tensor(each, dtypes.int32) for each in shapes], axis=0)


def resized(x: Any, length: Any, axis: int = -1, filler: Any = None) -> Any:
    """The tensor cut at the end of an axis, or lengthened with zeros or another scalar."""
    size = length_along(x, axis)
    if size.__class__ is length.__class__ is int and size == length:
        return x
    filler = creation.zeros((), x.dtype) if filler is None else filler
    if isinstance(size, int) and isinstance(length, int):
        if size < length:
            paddings = [(0, 0)] * x.ndim
            paddings[axis] = (0, length - size)
            return padding.pad(x, filler, paddings=tuple(paddings))
        return x[_up_to(length, axis)]
    shape = shape_of(x)
    border = joined_shape(shape[:axis], (larger(length - size, 0),), shape[axis:][1:])
    border = rearrangement.broadcast_to(filler, border)
    grown = rearrangement.concat(x[_up_to(length, axis)], border, axis=axis)
    return with_length(grown, axis, length)


def _up_to(length: Any, axis: int) -> Any:
    """The key of the first elements along an axis."""
    rest = (slice(None),)
    return (..., slice(length), *rest * (-1 - axis)) if axis < 0 else (*rest * axis, slice(length))


def with_length(x: Any, axis: int, length: Any) -> Any:
    """The tensor, of which a length that is an int is known from now on."""
    if x.sizes is None:
        return x
    sizes = list(x.sizes)
    sizes[axis] = length
    return known_as(x, sizes)
