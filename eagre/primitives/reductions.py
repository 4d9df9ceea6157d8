"""Reductions over axes. `axis` is None (all axes) or a tuple of axes, negative ones allowed."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.specs import TensorSpec
from eagre.primitives import batching, families, sums
from eagre.primitives.arithmetic import cast, conjugated, maximum
from eagre.primitives.comparison import equal, select
from eagre.primitives.families import (
    BOOLS,
    INEXACTS,
    NUMBERS,
    REALS,
    check_dtypes,
    one_like,
    shape_of,
    zero_like,
)
from eagre.primitives.folding import accumulated, reduced
from eagre.primitives.rearrangement import (
    broadcast_to,
    concat,
    expand_dims,
    normalized_axis,
    reshape,
    shape_of_tensor,
    stack,
    transpose,
)

_add_reduce: Any = np.add.reduce
_maximum_reduce: Any = np.maximum.reduce
_MANY = 8192


class Reduction(Primitive):
    """What all reductions share: the shape rule."""

    vectorize = batching.reduction
    has_one_input = True
    takes = NUMBERS

    def infer(self, x: TensorSpec, *, axis: Any, keepdims: bool) -> TensorSpec:
        """The shape without the reduced axes, or with size 1 there."""
        dtype = check_dtypes(self, (x,), self.takes)
        if x.sizes is None:
            return TensorSpec.of(() if axis is None and not keepdims else None, dtype)
        axes = reduced_axes(axis, len(x.sizes), self.public)
        if keepdims:
            return TensorSpec.of(tuple(1 if i in axes else n for i, n in enumerate(x.sizes)), dtype)
        return TensorSpec.of(tuple(n for i, n in enumerate(x.sizes) if i not in axes), dtype)


def reduced_axes(axis: Any, rank: int, name: str) -> set[int]:
    """The axes as non-negative numbers; an error for those outside the rank or named twice."""
    if axis is None:
        return set(range(rank))
    axes = [normalized_axis(each, rank, name) for each in axis]
    if len(set(axes)) < len(axes):
        raise InvalidArgumentError(f"{name} expected each axis once. Received: axis={axis}")
    return set(axes)


def kept(x: Any, like: Any, axis: Any, keepdims: bool) -> Any:
    """A reduced value in a shape that broadcasts with `like`."""
    if axis is None or keepdims:
        return x
    rank = like.ndim
    # Axes counted from the end insert at the right places only in the full rank.
    return expand_dims(x, axis=axis if rank is None else tuple(sorted(a % rank for a in axis)))


def spread(x: Any, like: Any, axis: Any, keepdims: bool) -> Any:
    """A reduced value, repeated along the reduced axes of `like`."""
    return broadcast_to(kept(x, like, axis, keepdims), shape_of(like))


class ReduceSum(Reduction):
    """The sum."""

    is_exact_for_integers = True
    needs = ()

    kernel = staticmethod(sums.reduce_sum)

    def gradient(self, grad: Any, output: Any, x: Any, *, axis: Any, keepdims: bool) -> Any:
        return (spread(grad, x, axis, keepdims),)


class ReduceMean(Reduction):
    """The sum over the count, a primitive since it costs half of the composition; the mean of
    integers is rounded towards zero."""

    is_exact_for_integers = True
    needs = ()

    def kernel(self, x: Any, *, axis: Any, keepdims: bool) -> Any:
        count = x.size if axis is None else prod([x.shape[each] for each in axis])
        dtype = x.dtype
        if dtype.kind in "iu":
            wide = _add_reduce(x, axis, np.dtype(dtype.kind + "8"), None, keepdims)
            return np.trunc(wide / np.float64(count)).astype(dtype)
        total = sums.reduce_sum(x, axis, keepdims)
        if total.__class__ is np.ndarray or dtype.itemsize == 2:
            return np.divide(total, count, dtype=dtype)
        return total / count

    def gradient(self, grad: Any, output: Any, x: Any, *, axis: Any, keepdims: bool) -> Any:
        return (spread(grad / element_count(x, axis), x, axis, keepdims),)


class Extremum(Reduction):
    """What maximum and minimum share: ties divide the gradient evenly."""

    is_exact_for_integers = True  # Which of two zeros is the larger one depends on the order.
    takes = REALS
    ufunc: Any

    def kernel(self, x: Any, *, axis: Any, keepdims: bool) -> Any:
        if x.size:
            return reduced(self.ufunc, x, axis, keepdims)
        return self.ufunc.reduce(x, axis, None, None, keepdims, initial=self.of_nothing(x.dtype))

    def of_nothing(self, dtype: Any) -> Any:
        """The value of a reduction over no elements."""
        raise NotImplementedError

    def gradient(self, grad: Any, output: Any, x: Any, *, axis: Any, keepdims: bool) -> Any:
        hits = cast(equal(x, spread(output, x, axis, keepdims)), dtype=grad.dtype)
        count = reduce_sum(hits, axis=axis, keepdims=keepdims)
        # Where there is no element none is equal; with NaN none is either, and 0 / 0 is NaN.
        count = maximum(count, cast(equal(output, output), dtype=grad.dtype))
        return (spread(grad / count, x, axis, keepdims) * hits,)


class ReduceMax(Extremum):
    """The largest element."""

    ufunc = np.maximum

    def of_nothing(self, dtype: Any) -> Any:
        """Negative infinity, or the least integer."""
        return -np.inf if dtype.kind not in "iu" else np.iinfo(dtype).min


class ReduceMin(Extremum):
    """The smallest element."""

    ufunc = np.minimum

    def of_nothing(self, dtype: Any) -> Any:
        """Infinity, or the largest integer."""
        return np.inf if dtype.kind not in "iu" else np.iinfo(dtype).max


class ReduceAny(Reduction):
    """Whether at least one is true."""

    is_exact = True
    takes = BOOLS
    stops_gradients = True

    def kernel(self, x: Any, *, axis: Any, keepdims: bool) -> Any:
        return reduced(np.logical_or, x, axis, keepdims)


class ReduceAll(Reduction):
    """Whether all are true."""

    is_exact = True
    takes = BOOLS
    stops_gradients = True

    def kernel(self, x: Any, *, axis: Any, keepdims: bool) -> Any:
        return reduced(np.logical_and, x, axis, keepdims)


class ArgExtremum(Primitive):
    """The index of an extremum along one axis; the first one wins a tie, NaN never wins."""

    is_exact_for_integers = True  # Where there is NaN, infinities are the largest numbers.
    vectorize = batching.along("axis")
    has_one_input = True
    stops_gradients = True
    find: Any
    pass_over: Any
    """`(x, bound) -> array`: the elements, the bound where they are NaN or beyond it."""
    bound: str

    def infer(self, x: TensorSpec, *, axis: int, dtype: dtypes.DType) -> TensorSpec:
        """The shape without the axis."""
        check_dtypes(self, (x,), REALS | BOOLS)
        if x.sizes is None:
            return TensorSpec.of(None, dtype)
        axis = normalized_axis(axis, len(x.sizes), self.public)
        if x.sizes[axis] == 0:
            raise InvalidArgumentError(
                f"{self.public} expected at least one element along axis {axis}. "
                f"Received: shape={x.shape}"
            )
        return TensorSpec.of(x.sizes[:axis] + x.sizes[axis + 1 :], dtype)

    def kernel(self, x: Any, *, axis: int, dtype: dtypes.DType) -> Any:
        if not x.ndim:
            raise ValueError("no axis")
        places = np.asarray(self.find(x, axis))
        if x.dtype.kind not in "iub" and _has_nan(_found(x, places, axis)):
            bound = getattr(dtypes.from_numpy(x.dtype), self.bound)
            places = np.asarray(self.find(self.pass_over(x, np.asarray(bound, x.dtype)), axis))
        return places.astype(dtype.numpy, copy=False)


def _found(x: Any, places: Any, axis: int) -> Any:
    """Elements of which one is NaN if any of `x` is: those that were found, since NumPy takes the
    first NaN for the extremum, or all where that is as quick."""
    if x.size < _MANY or x.dtype.kind != "f":
        return x
    if axis in (-1, x.ndim - 1) and x.flags.c_contiguous:
        count = x.shape[axis]
        return x.ravel()[places.ravel() + np.arange(0, x.size, count)]
    return np.take_along_axis(x, np.expand_dims(places, axis), axis)


def _has_nan(x: Any) -> bool:
    largest = _maximum_reduce(x, None) if x.size else x.dtype.type(0)
    return bool(largest != largest)


class Argmax(ArgExtremum):
    """The index of the largest element."""

    find = staticmethod(np.argmax)
    pass_over = staticmethod(np.fmax)
    bound = "min"


class Argmin(ArgExtremum):
    """The index of the smallest element."""

    find = staticmethod(np.argmin)
    pass_over = staticmethod(np.fmin)
    bound = "max"


class ReduceProd(Reduction):
    """The product. Its second gradient takes factors of 0 for constants, as TensorFlow's does."""

    is_exact_for_integers = True
    needs = ("x",)

    def kernel(self, x: Any, *, axis: Any, keepdims: bool) -> Any:
        return reduced(np.multiply, families.contiguous(x), axis, keepdims, x.dtype)

    def gradient(self, grad: Any, output: Any, x: Any, *, axis: Any, keepdims: bool) -> Any:
        """Each factor's gradient is the product of the others, right also where some are 0."""
        rank = x.ndim
        if rank is None:
            raise ValueError("The gradient of reduce_prod needs a known rank.")
        axes = sorted(reduced_axes(axis, rank, self.public))
        perm = (*[i for i in range(rank) if i not in axes], *axes)
        kept = rank - len(axes)
        moved = transpose(x, perm=perm)
        lead = shape_of_tensor(moved)[:kept]
        count = to_scalar(element_count(moved, tuple(range(kept, rank))), dtypes.int32)
        flat = reshape(moved, concat(lead, expand_dims(count, axis=(0,)), axis=0))
        others = cumulative_product(flat, axis=-1, exclusive=True, reverse=False)
        others = others * cumulative_product(flat, axis=-1, exclusive=True, reverse=True)
        inverse = tuple(sorted(range(rank), key=perm.__getitem__))
        others = transpose(reshape(others, shape_of(moved)), perm=inverse)
        return (spread(grad, x, axis, keepdims) * conjugated(others),)


class Cumulative(Primitive):
    """What the cumulative reductions share."""

    is_exact_for_reals = True  # One element after the other, in each case.
    vectorize = batching.along("axis")
    has_one_input = True
    ufunc: Any
    neutral: int

    def infer(self, x: TensorSpec, *, axis: int, exclusive: bool, reverse: bool) -> TensorSpec:
        """The same shape."""
        check_dtypes(self, (x,), NUMBERS)
        if x.sizes is not None:
            normalized_axis(axis, len(x.sizes), self.public)
        return x

    def kernel(self, x: Any, *, axis: int, exclusive: bool, reverse: bool) -> Any:
        x = np.flip(x, axis) if reverse else x
        result = accumulated(self.ufunc, families.contiguous(x), axis)
        if exclusive:
            result = np.roll(result, 1, axis)
            np.moveaxis(result, axis, 0)[:1] = self.neutral
        return np.flip(result, axis) if reverse else result


class CumulativeSum(Cumulative):
    """Sums of the elements up to each one, along an axis."""

    public = "cumsum"
    needs = ()
    ufunc = np.add
    neutral = 0

    def gradient(
        self, grad: Any, output: Any, x: Any, *, axis: int, exclusive: bool, reverse: bool
    ) -> Any:
        return (cumulative_sum(grad, axis=axis, exclusive=exclusive, reverse=not reverse),)


class CumulativeProduct(Cumulative):
    """Products of the elements up to each one, along an axis."""

    public = "cumprod"
    ufunc = np.multiply
    neutral = 1

    def gradient(
        self, grad: Any, output: Any, x: Any, *, axis: int, exclusive: bool, reverse: bool
    ) -> Any:
        total = cumulative_sum(
            conjugated(output) * grad, axis=axis, exclusive=exclusive, reverse=not reverse
        )
        is_zero = equal(x, zero_like(x))
        quotient = total / conjugated(select(is_zero, one_like(x), x))
        return (select(is_zero, zero_like(x), quotient),)


reduce_sum = ReduceSum()
reduce_mean = ReduceMean()
reduce_max = ReduceMax()
reduce_min = ReduceMin()
reduce_any = ReduceAny()
reduce_all = ReduceAll()
argmax = Argmax()
argmin = Argmin()
reduce_prod = ReduceProd()
cumulative_sum = CumulativeSum()
cumulative_product = CumulativeProduct()


def element_count(x: Any, axis: Any) -> Any:
    """How many elements a reduction joins: an int where it is known, else a scalar tensor."""
    sizes = x.sizes
    if sizes is not None:
        joined = sizes if axis is None else [sizes[each] for each in axis]
        if None not in joined:
            return prod(joined)
    shape = cast(shape_of_tensor(x), dtype=dtypes.int64)
    if axis is not None:
        shape = stack([shape[each] for each in axis]) if axis else shape[:0]
    count = reduce_prod(shape, axis=None, keepdims=False)
    return cast(count, dtype=x.dtype) if x.dtype in INEXACTS else count


def to_scalar(number: Any, dtype: dtypes.DType) -> Any:
    """A number or scalar tensor as a tensor of the dtype."""
    from eagre.core.conversion import to_tensor

    return to_tensor(number, dtype) if isinstance(number, int) else cast(number, dtype=dtype)
