"""Moving elements without computing: reshape, transpose, broadcast, concat, pad, reverse, fill.

Kernels that show all elements of their input return views of it.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.doors import apply, list_door
from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.shapes import merge_sizes
from eagre.core.specs import TensorSpec
from eagre.primitives import batching
from eagre.primitives.families import (
    EVERYTHING,
    Moving,
    apply_with_shape,
    check_dtypes,
    is_list,
    own_if_small,
    shape_of,
    static_sizes,
    sum_to,
    target_shape,
)

# The function itself, which does not ask arrays for `__array_function__` first.
_concatenate: Any = getattr(np.concatenate, "_implementation", np.concatenate)


def normalized_axis(axis: int, rank: int, name: str) -> int:
    """The axis counted from the front; an error when it is outside the rank."""
    if not rank:
        raise InvalidArgumentError(
            f"{name} needs a tensor with at least one axis. Received: a scalar"
        )
    if not -rank <= axis < rank:
        raise InvalidArgumentError(
            f"{name} expected an axis in [{-rank}, {rank}). "
            f"Received: axis={axis} for a tensor of rank {rank}"
        )
    return axis % rank


class Reshape(Moving):
    """The same elements in row-major order with another shape; one size may be -1."""

    vectorize = batching.reshape
    has_one_input = keeps_order = True

    def infer(self, x: TensorSpec, sizes: Any = None, *, shape: Any) -> TensorSpec:
        """The shape asked for; -1 is what remains."""
        if shape is None or sizes is not None:
            return TensorSpec.of(shape, x.dtype)
        return TensorSpec.of(_reshaped(x, shape), x.dtype)

    def kernel(self, x: Any, sizes: Any = None, *, shape: Any) -> Any:
        if sizes is not None:
            shape = target_shape(shape, sizes)
        if shape and min(shape) < -1:
            raise ValueError("a negative size")
        try:
            return x.reshape(shape)
        except ValueError:
            if x.size == 0 and 0 in shape and -1 in shape:
                return x.reshape(_filled_in(x.shape, shape))
            raise

    def gradient(self, grad: Any, output: Any, x: Any, sizes: Any = None, *, shape: Any) -> Any:
        grads = (reshape(grad, shape_of(x)),)
        return grads if sizes is None else (*grads, None)


def _reshaped(x: TensorSpec, shape: Any) -> Any:
    sizes: Any = x.sizes
    known = prod(n for n in shape if n not in (-1, None))
    total = None if sizes is None or None in sizes else prod(sizes)
    if shape.count(-1) > 1 or any(n is not None and n < -1 for n in shape):
        raise InvalidArgumentError(
            f"reshape expected sizes of at least 0, and -1 at most once. Received: shape={shape}"
        )
    if total == 0 and known == 0 and -1 in shape:
        return _filled_in(sizes, shape)
    if -1 in shape and total is not None and not (known and total % known == 0):
        raise InvalidArgumentError(
            f"reshape expected a shape whose known sizes divide the {total} elements of the "
            f"tensor. Received: tensor.shape={x.shape}, shape={shape}"
        )
    if -1 not in shape and None not in shape and total is not None and known != total:
        raise InvalidArgumentError(
            f"reshape expected a shape for {total} elements. "
            f"Received: tensor.shape={x.shape}, shape={shape}, which has {known}"
        )
    rest = None if total is None or known == 0 else total // known
    return tuple(rest if n == -1 else n for n in shape)


def _filled_in(sizes: Any, shape: Any) -> Any:
    """A shape with zeros, of no elements, in which the other sizes decide what -1 stands for."""
    rest = prod(filter(None, sizes)) // prod(n for n in shape if n > 0)
    return tuple(rest if n == -1 else n for n in shape)


class Transpose(Moving):
    """The axes in another order."""

    vectorize = batching.transpose
    has_one_input = True

    def infer(self, x: TensorSpec, *, perm: tuple[int, ...]) -> TensorSpec:
        """The sizes in the new order."""
        if x.sizes is None:
            return TensorSpec.of((None,) * len(perm), x.dtype)
        if sorted(perm) != list(range(len(x.sizes))):
            raise InvalidArgumentError(
                f"transpose expected a permutation of the axes 0 to {len(x.sizes) - 1}. "
                f"Received: perm={perm}, shape={x.shape}"
            )
        return TensorSpec.of(tuple(x.sizes[axis] for axis in perm), x.dtype)

    def kernel(self, x: Any, *, perm: tuple[int, ...]) -> Any:
        return x.transpose(perm)

    def gradient(self, grad: Any, output: Any, x: Any, *, perm: tuple[int, ...]) -> Any:
        inverse = tuple(sorted(range(len(perm)), key=perm.__getitem__))
        return (transpose(grad, perm=inverse),)


class ExpandDims(Moving):
    """Axes of size 1, inserted; `axis` counts in the output."""

    vectorize = batching.along("axis")
    has_one_input = keeps_order = True

    def infer(self, x: TensorSpec, *, axis: tuple[int, ...]) -> TensorSpec:
        """The sizes with ones between."""
        if x.sizes is None:
            return TensorSpec.of(None, x.dtype)
        rank = len(x.sizes) + len(axis)
        places = {normalized_axis(each, rank, self.public) for each in axis}
        if len(places) < len(axis):
            raise InvalidArgumentError(f"expand_dims expected each axis once. Received: {axis}")
        rest = iter(x.sizes)
        return TensorSpec.of(tuple(1 if i in places else next(rest) for i in range(rank)), x.dtype)

    def kernel(self, x: Any, *, axis: tuple[int, ...]) -> Any:
        if len(axis) == 1:
            (place,) = axis
            place += x.ndim + 1 if place < 0 else 0
            if 0 <= place <= x.ndim:
                return x.reshape(*x.shape[:place], 1, *x.shape[place:])
        return np.expand_dims(x, axis)

    def gradient(self, grad: Any, output: Any, x: Any, *, axis: tuple[int, ...]) -> Any:
        return (squeeze(grad, axis=axis),)


class Squeeze(Moving):
    """Axes of size 1, removed."""

    vectorize = batching.along("axis")
    has_one_input = keeps_order = True

    def infer(self, x: TensorSpec, *, axis: tuple[int, ...]) -> TensorSpec:
        """The sizes without those."""
        if x.sizes is None:
            return TensorSpec.of(None, x.dtype)
        places = {normalized_axis(each, len(x.sizes), self.public) for each in axis}
        if len(places) < len(axis):
            raise InvalidArgumentError(f"squeeze expected each axis once. Received: axis={axis}")
        wrong = [i for i in sorted(places) if x.sizes[i] not in (1, None)]
        if wrong:
            raise InvalidArgumentError(
                f"squeeze expected axes of size 1. Received: axis={wrong[0]}, shape={x.shape}"
            )
        return TensorSpec.of(tuple(n for i, n in enumerate(x.sizes) if i not in places), x.dtype)

    def kernel(self, x: Any, *, axis: tuple[int, ...]) -> Any:
        return x.squeeze(axis)

    def gradient(self, grad: Any, output: Any, x: Any, *, axis: tuple[int, ...]) -> Any:
        return (reshape(grad, shape_of(x)),)


class BroadcastTo(Moving):
    """The value, repeated along axes of size 1 and new leading axes."""

    vectorize = batching.broadcast_to
    has_one_input = True

    def infer(self, x: TensorSpec, sizes: Any = None, *, shape: Any) -> TensorSpec:
        """The shape asked for."""
        if shape is None or x.sizes is None:
            return TensorSpec.of(shape, x.dtype)
        misfit = len(x.sizes) > len(shape) or any(
            have not in (1, None, want) and want is not None
            for have, want in zip(reversed(x.sizes), reversed(shape), strict=False)
        )
        if misfit or any(n is not None and n < 0 for n in shape):
            raise InvalidArgumentError(
                f"broadcast_to expected a shape to which {x.shape} can be repeated. "
                f"Received: shape={shape}"
            )
        if sizes is not None and None not in x.sizes:
            # A size that is more than 1 stays as it is.
            lead = (None,) * (len(shape) - len(x.sizes))
            known = (*lead, *[None if n == 1 else n for n in x.sizes])
            shape = merge_sizes(shape, known)
        return TensorSpec.of(shape, x.dtype)

    def kernel(self, x: Any, sizes: Any = None, *, shape: Any) -> Any:
        shape = target_shape(shape, sizes)
        if x.ndim > len(shape):
            raise ValueError("more axes than the shape")
        if not x.ndim and x.dtype.kind != "O" and not any(x.tobytes()):
            # Memory that the system hands out is blank already.
            return np.zeros(shape, x.dtype)
        if x.ndim and x.shape[-1] == 1 and x.shape[:-1] == shape[:-1]:
            return np.repeat(x, shape[-1], -1)
        result = np.empty(shape, x.dtype)
        result[...] = x
        return result

    def gradient(self, grad: Any, output: Any, x: Any, sizes: Any = None, *, shape: Any) -> Any:
        grads = (apply_with_shape(sum_to, (grad,), shape_of(x)),)
        return grads if sizes is None else (*grads, None)


class Concat(Moving):
    """Tensors side by side along an axis."""

    vectorize = batching.concat

    def __init__(self) -> None:
        super().__init__()
        self.of_list = list_door(self, "axis")

    def infer(self, *inputs: TensorSpec, axis: int) -> TensorSpec:
        """The sizes along the axis add up; the others are the same."""
        dtype = check_dtypes(self, inputs, EVERYTHING)
        known: list[Any] = [x for x in inputs if x.sizes is not None]
        if not known:
            return TensorSpec.of(None, dtype)
        rank = len(known[0].sizes)
        if any(len(x.sizes) != rank for x in known):
            shapes = ", ".join(str(each.shape) for each in inputs)
            raise InvalidArgumentError(
                f"concat expected tensors of one rank. Received: shapes {shapes}"
            )
        axis = normalized_axis(axis, rank, self.public)
        merged: Any = (None,) * rank
        for x in known:
            others = (*x.sizes[:axis], None, *x.sizes[axis + 1 :])
            try:
                merged = merge_sizes(merged, others)
            except ValueError:
                shapes = ", ".join(str(each.shape) for each in inputs)
                raise InvalidArgumentError(
                    f"concat expected shapes that differ only along axis {axis}. "
                    f"Received: shapes {shapes}"
                ) from None
        along = [x.sizes[axis] for x in known]
        total = sum(along) if len(known) == len(inputs) and None not in along else None
        return TensorSpec.of((*merged[:axis], total, *merged[axis + 1 :]), dtype)

    def kernel(self, *arrays: Any, axis: int) -> Any:
        return _concatenate(arrays, axis)

    kernel_of_list = staticmethod(_concatenate)

    def known(self, *inputs: Any, axis: int) -> Any:
        """The numbers of vectors, one vector after the other."""
        parts: list[Any] = [static_sizes(x) if is_list(x) else None for x in inputs]
        return None if None in parts else tuple([n for part in parts for n in part])

    def gradient(self, grad: Any, output: Any, *inputs: Any, axis: int) -> Any:
        along = [None if x.sizes is None else x.sizes[axis] for x in inputs]
        if None not in along:
            return split(grad, sizes=tuple(along), axis=axis)
        sizes = stack([shape_of_tensor(x)[axis] for x in inputs])
        return apply(split, (grad, sizes), {"sizes": tuple(along), "axis": axis})


class Split(Primitive):
    """A tensor in pieces along an axis: the reverse of `concat`."""

    is_exact = True
    vectorize = batching.along("axis")
    needs = ()

    def infer(self, x: TensorSpec, tensor_sizes: Any = None, *, sizes: Any, axis: int) -> Any:
        """One shape for each size."""
        if x.sizes is None:
            return tuple(TensorSpec.of(None, x.dtype) for _ in sizes)
        axis = normalized_axis(axis, len(x.sizes), self.public)
        if None not in (*sizes, x.sizes[axis]) and sum(sizes) != x.sizes[axis]:
            raise InvalidArgumentError(
                f"split expected sizes that add up to {x.sizes[axis]}, the size of axis {axis}. "
                f"Received: sizes={sizes}"
            )
        lead, rest = x.sizes[:axis], x.sizes[axis + 1 :]
        return tuple(TensorSpec.of((*lead, n, *rest), x.dtype) for n in sizes)

    def kernel(self, x: Any, tensor_sizes: Any = None, *, sizes: Any, axis: int) -> Any:
        sizes = sizes if tensor_sizes is None else tensor_sizes.tolist()
        if sum(sizes) != x.shape[axis]:
            raise ValueError("sizes that do not add up")
        lead = (slice(None),) * (axis % x.ndim)
        pieces: list[Any] = []
        start = 0
        for size in sizes:
            pieces.append(own_if_small(x[(*lead, slice(start, start + size))]))
            start += size
        return tuple(pieces)

    def gradient(
        self, grad: Any, output: Any, x: Any, tensor_sizes: Any = None, *, sizes: Any, axis: int
    ) -> Any:
        grads = (concat(*grad, axis=axis),)
        return grads if tensor_sizes is None else (*grads, None)


class Reverse(Moving):
    """The order of the elements reversed along axes."""

    vectorize = batching.along("axis")
    has_one_input = True

    def infer(self, x: TensorSpec, *, axis: tuple[int, ...]) -> TensorSpec:
        """The same shape."""
        if x.sizes is not None:
            places = {normalized_axis(each, len(x.sizes), self.public) for each in axis}
            if len(places) < len(axis):
                raise InvalidArgumentError(f"reverse expected each axis once. Received: {axis}")
        return x

    def kernel(self, x: Any, *, axis: tuple[int, ...]) -> Any:
        return np.flip(x, axis)

    def gradient(self, grad: Any, output: Any, x: Any, *, axis: tuple[int, ...]) -> Any:
        return (reverse(grad, axis=axis),)


class Pad(Primitive):
    """A border of one value around the elements."""

    is_exact = True
    vectorize = batching.pad
    needs = ()

    def infer(self, x: TensorSpec, value: TensorSpec, *, paddings: Any) -> TensorSpec:
        """The sizes plus what is put before and after."""
        dtype = check_dtypes(self, (x, value), EVERYTHING)
        if value.sizes not in ((), None):
            raise InvalidArgumentError(
                f"pad expected a scalar constant_values. Received: shape={value.shape}"
            )
        if x.sizes is not None and len(paddings) != len(x.sizes):
            raise InvalidArgumentError(
                f"pad expected a pair (before, after) for each of the {len(x.sizes)} axes. "
                f"Received: paddings={paddings}"
            )
        if any(n < 0 for pair in paddings for n in pair):
            raise InvalidArgumentError(
                f"pad expected sizes of at least 0. Received: paddings={paddings}"
            )
        sizes = x.sizes or (None,) * len(paddings)
        pairs = zip(sizes, paddings, strict=True)
        grown = [None if n is None else n + a + b for n, (a, b) in pairs]
        return TensorSpec.of(tuple(grown), dtype)

    def kernel(self, x: Any, value: Any, *, paddings: Any) -> Any:
        if value.ndim:
            raise ValueError("not a scalar")
        shape = [n + a + b for n, (a, b) in zip(x.shape, paddings, strict=True)]
        result = np.empty(shape, value.dtype)
        for axis, (before, after) in enumerate(paddings):
            lead = (slice(None),) * axis
            if before:
                result[(*lead, slice(before))] = value
            if after:
                result[(*lead, slice(-after, None))] = value
        result[_inside(paddings)] = x
        return result

    def gradient(self, grad: Any, output: Any, x: Any, value: Any, *, paddings: Any) -> Any:
        from eagre.primitives.reductions import reduce_sum

        inner = grad[_inside(paddings)]
        return (
            inner,
            lambda: reduce_sum(grad, axis=None, keepdims=False)
            - reduce_sum(inner, axis=None, keepdims=False),
        )


def _inside(paddings: Any) -> tuple[slice, ...]:
    return tuple(slice(before, -after or None) for before, after in paddings)


reshape_primitive = Reshape()
transpose = Transpose()
expand_dims = ExpandDims()
squeeze = Squeeze()
broadcast_to_primitive = BroadcastTo()
concat = Concat()
split = Split()
reverse = Reverse()
pad = Pad()


def reshape(x: Any, shape: Any) -> Any:
    """The elements of `x` in another shape: a tuple, or a vector of sizes."""
    if shape.__class__ is tuple:
        return reshape_primitive.door(x, shape=shape)
    return apply_with_shape(reshape_primitive, (x,), shape)


def broadcast_to(x: Any, shape: Any) -> Any:
    """`x` repeated to a shape: a tuple, or a vector of sizes."""
    if shape.__class__ is tuple:
        return x if x.sizes == shape else broadcast_to_primitive.door(x, shape=shape)
    return apply_with_shape(broadcast_to_primitive, (x,), shape)


def stack(tensors: Any, axis: int = 0) -> Any:
    """Tensors of one shape along a new axis."""
    return concat.of_list([expand_dims.door(x, axis=(axis,)) for x in tensors], axis)


def shape_of_tensor(x: Any) -> Any:
    """The shape as a tensor, also where it is known."""
    from eagre.core.conversion import to_tensor

    shape = shape_of(x)
    return to_tensor(list(shape), dtypes.int32) if shape.__class__ is tuple else shape


