"""Reductions over the elements that have the same number, and checks of such numbers.

`ids` has the shape of the leading axes of `data`; elements with negative ids are left out. The
number of segments is a parameter, or the last input where only the running program knows it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.doors import apply
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.shapes import are_compatible
from eagre.core.specs import TensorSpec
from eagre.core.tensor import EagerTensor
from eagre.primitives import batched_indexing, batching
from eagre.primitives.arithmetic import cast, conjugated, maximum
from eagre.primitives.comparison import equal, select
from eagre.primitives.families import (
    EVERYTHING,
    HALVES,
    INTEGERS,
    NUMBERS,
    REALS,
    check_dtypes,
    one_like,
    zero_like,
)
from eagre.primitives.places import add_rows, is_below
from eagre.primitives.rearrangement import shape_of_tensor


class SegmentReduction(Primitive):
    """What the reductions over segments share."""

    vectorize = batched_indexing.segment_reduction
    takes = NUMBERS
    can_fail = True
    ufunc: Any

    def infer(
        self, data: TensorSpec, ids: TensorSpec, count: Any = None, *, num_segments: Any
    ) -> TensorSpec:
        """The segments in place of the axes of the ids."""
        dtype = check_dtypes(self, (data,), self.takes)
        check_ids(self.public, ids)
        _check_count(self.public, count, num_segments)
        if ids.sizes is None or data.sizes is None:
            return TensorSpec.of(None, dtype)
        rank = len(ids.sizes)
        if rank > len(data.sizes) or not are_compatible(data.sizes[:rank], ids.sizes):
            raise InvalidArgumentError(
                f"{self.public} expected segment_ids with the shape of the leading axes of data. "
                f"Received: segment_ids.shape={ids.shape}, data.shape={data.shape}"
            )
        return TensorSpec.of((num_segments, *data.sizes[rank:]), dtype)

    def kernel(self, data: Any, ids: Any, count: Any = None, *, num_segments: Any) -> Any:
        size = num_segments if count is None else count.item()
        if size < 0 or data.shape[: ids.ndim] != ids.shape:
            raise InvalidArgumentError(
                f"{self.public} expected num_segments of at least 0 and segment_ids with the shape "
                f"of the leading axes of data. Received: num_segments={size}, "
                f"segment_ids.shape={ids.shape}, data.shape={data.shape}"
            )
        rest = data.shape[ids.ndim :]
        if not ids.size or is_below(ids, size):
            rows, ids = data.reshape(ids.size, *rest), ids.reshape(-1)
        elif ids.max() >= size:
            raise InvalidArgumentError(
                f"{self.public} expected segment_ids below num_segments={size}. "
                f"Received: {ids.max()}"
            )
        else:
            is_kept = ids >= 0
            rows, ids = data[is_kept], ids[is_kept]
        return self.reduce(rows, ids, (size, *rest))

    def reduce(self, rows: Any, ids: Any, shape: tuple[int, ...]) -> Any:
        """The rows joined where their ids are the same."""
        result = np.full(shape, self.of_nothing(rows.dtype), rows.dtype)
        self.ufunc.at(result, ids, rows)
        return result

    def of_nothing(self, dtype: Any) -> Any:
        """The value of a segment without elements."""
        raise NotImplementedError


class SegmentSum(SegmentReduction):
    """The sums of segments."""

    public = "unsorted_segment_sum"
    needs = ("ids",)

    def reduce(self, rows: Any, ids: Any, shape: tuple[int, ...]) -> Any:
        """Halves add up in float32."""
        is_half = dtypes.from_numpy(rows.dtype) in HALVES
        total = np.zeros(shape, np.float32 if is_half else rows.dtype)
        add_rows(total, ids, rows.astype(total.dtype, copy=False))
        return total.astype(rows.dtype, copy=False)

    def gradient(
        self, grad: Any, output: Any, data: Any, ids: Any, count: Any = None, *, num_segments: Any
    ) -> Any:
        return _for_data(take_segments(grad, ids), count)


class SegmentProduct(SegmentReduction):
    """The products of segments. The second gradient takes factors of 0 for constants."""

    public = "unsorted_segment_prod"
    ufunc = np.multiply
    needs = ("data", "ids", "count")

    def of_nothing(self, dtype: Any) -> Any:
        """One."""
        return 1

    def gradient(
        self, grad: Any, output: Any, data: Any, ids: Any, count: Any = None, *, num_segments: Any
    ) -> Any:
        """Each factor's gradient is the product of the others, right also where some are 0."""
        is_zero = equal(data, zero_like(data))
        size = num_segments if count is None else count
        factors = select(is_zero, one_like(data), data)
        zeros = cast(is_zero, dtype=dtypes.int32)
        other_zeros = take_segments(segment_sum(zeros, ids, size), ids) - zeros
        others = take_segments(segment_product(factors, ids, size), ids) / factors
        partial = select(equal(other_zeros, zero_like(zeros)), others, zero_like(data))
        return _for_data(take_segments(grad, ids) * conjugated(partial), count)


class SegmentExtremum(SegmentReduction):
    """What the largest and smallest elements share: ties divide the gradient evenly."""

    takes = REALS
    needs = ("output", "data", "ids", "count")

    def gradient(
        self, grad: Any, output: Any, data: Any, ids: Any, count: Any = None, *, num_segments: Any
    ) -> Any:
        size = num_segments if count is None else count
        hits = cast(equal(data, take_segments(output, ids)), dtype=grad.dtype)
        number = segment_sum(hits, ids, size)
        shares = grad / maximum(number, one_like(number))
        return _for_data(take_segments(shares, ids) * hits, count)


class SegmentMax(SegmentExtremum):
    """The largest elements of segments; the lowest number of the dtype where there is none."""

    public = "unsorted_segment_max"
    ufunc = np.maximum

    def of_nothing(self, dtype: Any) -> Any:
        """The lowest finite number."""
        return dtypes.from_numpy(dtype).min


class SegmentMin(SegmentExtremum):
    """The smallest elements of segments; the highest number of the dtype where there is none."""

    public = "unsorted_segment_min"
    ufunc = np.minimum

    def of_nothing(self, dtype: Any) -> Any:
        """The highest finite number."""
        return dtypes.from_numpy(dtype).max


class TakeSegments(Primitive):
    """For each element the row of its segment, zeros for elements that are in none."""

    vectorize = batched_indexing.take_segments
    needs = ("ids",)
    can_fail = True

    def infer(self, x: TensorSpec, ids: TensorSpec) -> TensorSpec:
        """The shape of the ids in place of the first axis."""
        dtype = check_dtypes(self, (x,), EVERYTHING - {dtypes.string})
        check_ids(self.public, ids)
        if x.sizes == ():
            raise InvalidArgumentError(
                f"{self.public} expected at least one axis. Received: shape=()"
            )
        if x.sizes is None or ids.sizes is None:
            return TensorSpec.of(None, dtype)
        return TensorSpec.of((*ids.sizes, *x.sizes[1:]), dtype)

    def kernel(self, x: Any, ids: Any) -> Any:
        result = np.zeros((*ids.shape, *x.shape[1:]), x.dtype)
        is_kept = ids >= 0
        result[is_kept] = x[ids[is_kept]]
        return result

    def gradient(self, grad: Any, output: Any, x: Any, ids: Any) -> Any:
        sizes = x.sizes
        size = None if sizes is None else sizes[0]
        return segment_sum(grad, ids, shape_of_tensor(x)[0] if size is None else size), None


class CheckedIds(Primitive):
    """The ids themselves, if none is too large or, unless those are dropped, negative."""

    vectorize = batched_indexing.checked_ids
    needs = ()
    stops_gradients = True
    can_fail = True

    def infer(
        self, ids: TensorSpec, limit: Any = None, *, function: str, argument: str, dropped: bool
    ) -> TensorSpec:
        """The same shape."""
        check_ids(function, ids, argument)
        if limit is not None:
            _check_count(function, limit, None)
        return ids

    def kernel(
        self, ids: Any, limit: Any = None, *, function: str, argument: str, dropped: bool
    ) -> Any:
        if ids.size and not is_below(ids, None if limit is None else limit.item()):
            self.refuse_outside(ids, limit, function, argument, dropped)
        return ids

    def refuse_outside(
        self, ids: Any, limit: Any, function: str, argument: str, dropped: bool
    ) -> None:
        """An error for the first id that is outside the bounds."""
        wrong = np.zeros(ids.shape, bool) if limit is None else ids >= limit.item()
        wrong = wrong if dropped else wrong | (ids < 0)
        if wrong.any():
            bounds = "of at least 0" if limit is None else f"in [0, {limit})"
            raise InvalidArgumentError(
                f"{function} expected {argument} {bounds}. Received: {argument} with "
                f"{ids[wrong][0]}"
            )


class InvertPermutation(Primitive):
    """The permutation that undoes another."""

    has_one_input = True
    vectorize = batching.by_rows
    stops_gradients = True
    can_fail = True

    def infer(self, x: TensorSpec) -> TensorSpec:
        """The same shape: one axis."""
        check_dtypes(self, (x,), INTEGERS)
        if x.sizes is not None and len(x.sizes) != 1:
            raise InvalidArgumentError(
                f"invert_permutation expected one axis. Received: shape={x.shape}"
            )
        return x

    def kernel(self, x: Any) -> Any:
        count = len(x)
        result = np.empty(count, x.dtype if x.dtype.kind == "i" else np.int64)
        result.fill(-1)
        if x.ndim == 1 and (not count or is_below(x, count)):
            result[x] = np.arange(count)
        if x.ndim != 1 or count and not is_below(result, None):
            raise InvalidArgumentError(
                f"invert_permutation expected each number in [0, {count}) once. Received: {x}"
            )
        return result.astype(x.dtype, copy=False)


def check_ids(name: str, ids: TensorSpec, argument: str = "segment_ids") -> None:
    """An error unless the ids are integers."""
    if ids.dtype not in INTEGERS:
        raise DTypeMismatchError(
            f"{name} expected {argument} of an integer dtype. "
            f"Received: {argument}.dtype={ids.dtype.name}"
        )


def _check_count(name: str, count: Any, number: Any) -> None:
    if count is not None and (count.dtype not in INTEGERS or count.sizes not in ((), None)):
        raise InvalidArgumentError(
            f"{name} expected a number that is an integer scalar. "
            f"Received: dtype={count.dtype.name}, shape={count.shape}"
        )
    if number is not None and number < 0:
        raise InvalidArgumentError(
            f"{name} expected num_segments of at least 0. Received: num_segments={number}"
        )


def _for_data(grad: Any, count: Any) -> Any:
    return (grad, None) if count is None else (grad, None, None)


segment_sum_primitive = SegmentSum()
segment_product_primitive = SegmentProduct()
segment_max_primitive = SegmentMax()
segment_min_primitive = SegmentMin()
take_segments = TakeSegments()
checked_ids = CheckedIds()
invert_permutation = InvertPermutation()


def reduce_segments(primitive: Primitive, data: Any, ids: Any, size: Any) -> Any:
    """A reduction over `size` segments: an int, or a scalar tensor."""
    if isinstance(size, EagerTensor) and size.array.ndim == 0 and size.array.dtype.kind in "iu":
        size = int(size.array)
    if isinstance(size, int):
        return apply(primitive, (data, ids), {"num_segments": size})
    return apply(primitive, (data, ids, size), {"num_segments": None})


def segment_sum(data: Any, ids: Any, size: Any) -> Any:
    """The sums of `size` segments."""
    return reduce_segments(segment_sum_primitive, data, ids, size)


def segment_product(data: Any, ids: Any, size: Any) -> Any:
    """The products of `size` segments."""
    return reduce_segments(segment_product_primitive, data, ids, size)
