"""Moving elements without computing: reshape, transpose, broadcast, concat, split, stack.

Kernels that show all elements of their input return views of it.
"""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.doors import apply, list_door
from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.shapes import filled_in, merge_sizes, reshaped_sizes
from eagre.core.specs import TensorSpec
from eagre.primitives import batching
from eagre.primitives.families import (
    EVERYTHING,
    Moving,
    apply_with_shape,
    check_dtypes,
    filled,
    is_list,
    own_if_small,
    shape_of,
    static_sizes,
    sum_to,
    target_shape,
    zero_like,
)

# The function itself, which does not ask arrays for `__array_function__` first.
concatenate: Any = getattr(np.concatenate, "_implementation", np.concatenate)


def _stacked(arrays: Any, axis: int) -> Any:
    """Arrays of one shape along a new axis."""
    shape = arrays[0].shape
    place = axis + len(shape) + 1 if axis < 0 else axis
    if not 0 <= place <= len(shape):
        raise ValueError("an axis outside")
    for array in arrays:
        if array.shape != shape:
            raise ValueError("another shape")
    row = (*shape[:place], 1, *shape[place:])
    return concatenate([array.reshape(row) for array in arrays], place)


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
        return TensorSpec.of(reshaped_sizes(x.sizes, shape), x.dtype)

    def kernel(self, x: Any, sizes: Any = None, *, shape: Any) -> Any:
        if sizes is not None:
            shape = target_shape(shape, sizes)
        if shape and min(shape) < -1:
            raise ValueError("a negative size")
        try:
            return x.reshape(shape)
        except ValueError:
            if x.size == 0 and 0 in shape and -1 in shape:
                return x.reshape(filled_in(x.shape, shape))
            raise

    def gradient(self, grad: Any, output: Any, x: Any, sizes: Any = None, *, shape: Any) -> Any:
        grads = (reshape(grad, shape_of(x)),)
        return grads if sizes is None else (*grads, None)


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
        if sizes is not None:
            shape = tuple(sizes.tolist())
        if not x.ndim:
            return filled(shape, x)
        if x.ndim > len(shape):
            raise ValueError("more axes than the shape")
        if x.shape[-1] == 1 and x.shape[:-1] == shape[:-1]:
            return np.repeat(x, shape[-1], -1)
        result = np.empty(shape, x.dtype)
        result[...] = x
        return result

    def gradient(self, grad: Any, output: Any, x: Any, sizes: Any = None, *, shape: Any) -> Any:
        grads = (apply_with_shape(sum_to, (grad,), shape_of(x)),)
        return grads if sizes is None else (*grads, None)


class Joining(Moving):
    """Several tensors made one along an axis, by a door for a list of them."""

    vectorize = batching.concat

    def __init__(self) -> None:
        super().__init__()
        self.of_list = list_door(self, "axis")


class Concat(Joining):
    """Tensors side by side along an axis."""

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
        return concatenate(arrays, axis)

    kernel_of_list = staticmethod(concatenate)

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

    is_exact = has_parts = True
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
        starts = accumulate(sizes, initial=0)
        spans = [slice(start, start + size) for start, size in zip(starts, sizes, strict=False)]
        return tuple([own_if_small(x[(*lead, span)]) for span in spans])

    def gradient(
        self, grad: Any, output: Any, x: Any, tensor_sizes: Any = None, *, sizes: Any, axis: int
    ) -> Any:
        grads = (concat(*grad, axis=axis),)
        return grads if tensor_sizes is None else (*grads, None)


class Stack(Joining):
    """Tensors of one shape along a new axis."""

    def infer(self, *inputs: TensorSpec, axis: int) -> TensorSpec:
        """The common shape with one more size, the number of tensors."""
        dtype = check_dtypes(self, inputs, EVERYTHING)
        sizes: Any = None
        for x in inputs:
            try:
                sizes = merge_sizes(sizes, x.sizes)
            except ValueError:
                shapes = ", ".join(str(each.shape) for each in inputs)
                raise InvalidArgumentError(
                    f"stack expected tensors of one shape. Received: shapes {shapes}"
                ) from None
        if sizes is None:
            return TensorSpec.of(None, dtype)
        axis = normalized_axis(axis, len(sizes) + 1, self.public)
        return TensorSpec.of((*sizes[:axis], len(inputs), *sizes[axis:]), dtype)

    def kernel(self, *arrays: Any, axis: int) -> Any:
        return _stacked(arrays, axis)

    def known(self, *inputs: Any, axis: int) -> Any:
        """The numbers of scalars."""
        parts: list[Any] = [static_sizes(x) if x.sizes == () else None for x in inputs]
        return None if None in parts else tuple([n for part in parts for n in part])

    kernel_of_list = staticmethod(_stacked)

    def gradient(self, grad: Any, output: Any, *inputs: Any, axis: int) -> Any:
        return unstack(grad, num=len(inputs), axis=axis)


class Unstack(Moving):
    """The parts of a tensor along an axis: the reverse of `stack`."""

    has_parts = True
    vectorize = batching.along("axis")

    def infer(self, x: TensorSpec, *, num: int, axis: int) -> Any:
        """As many shapes without the axis as its size says."""
        if x.sizes is None:
            return (TensorSpec.of(None, x.dtype),) * num
        axis = normalized_axis(axis, len(x.sizes), self.public)
        if x.sizes[axis] not in (None, num):
            raise InvalidArgumentError(
                f"unstack expected num to be the size of axis {axis}. "
                f"Received: num={num}, shape={x.shape}"
            )
        return (TensorSpec.of((*x.sizes[:axis], *x.sizes[axis + 1 :]), x.dtype),) * num

    def kernel(self, x: Any, *, num: int, axis: int) -> Any:
        if x.shape[axis] != num:
            raise ValueError("another number of parts")
        if axis:
            axis %= x.ndim
            x = x.transpose(axis, *[i for i in range(x.ndim) if i != axis])
        parts = tuple(x)
        if num and x.ndim > 1 and own_if_small(parts[0]) is not parts[0]:
            return tuple([part.copy() for part in parts])
        return parts

    def known(self, x: Any, *, num: int, axis: int) -> Any:
        """For each output the number of a vector."""
        whole = static_sizes(x) if is_list(x) else None
        return None if whole is None else tuple([(number,) for number in whole])

    def gradient(self, grad: Any, output: Any, x: Any, *, num: int, axis: int) -> Any:
        return (stack(grad, axis) if num else broadcast_to(zero_like(x), shape_of(x)),)


reshape_primitive = Reshape()
transpose = Transpose()
expand_dims = ExpandDims()
squeeze = Squeeze()
broadcast_to_primitive = BroadcastTo()
concat = Concat()
split = Split()
stack_primitive = Stack()
unstack = Unstack()


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
    return stack_primitive.of_list(tensors, axis)


def shape_of_tensor(x: Any) -> Any:
    """The shape as a tensor, also where it is known."""
    shape = shape_of(x)
    return to_tensor(list(shape), dtypes.int32) if shape.__class__ is tuple else shape


