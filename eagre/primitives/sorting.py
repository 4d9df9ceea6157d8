"""The order of elements: sorting, searching in what is sorted, unique elements, true elements.

All results are indices: the elements themselves are gathered by them. NaN counts as the largest
number in ascending order, and comes last in descending order too.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.shapes import are_compatible
from eagre.core.specs import TensorSpec
from eagre.primitives import batching
from eagre.primitives.families import BOOLS, NUMBERS, REALS, check_dtypes, shape_of

_count_nonzero: Any = np.count_nonzero
_BITS = {size: np.dtype(f"u{size}") for size in (2, 4, 8)}
_SIGNS = {size: np.array(1 << 8 * size - 1, bits) for size, bits in _BITS.items()}


def _sortable(x: Any) -> Any:
    """The array in a dtype that NumPy sorts by itself."""
    return x if x.dtype.kind in "iufO?" else x.astype(np.float32)


_DIGIT = 16
_MANY = 500
_MANY_VALUES = 4096


def stable_order(keys: Any) -> Any:
    """The int32 indices that sort along the last axis; equal keys keep their order."""
    if keys.shape[-1] < _MANY or keys.dtype.kind not in "iuf" or keys.dtype.itemsize <= 2:
        return keys.argsort(-1, "stable").astype(np.int32)
    # Of two bytes NumPy sorts stably in linear time: digit by digit, the lowest first.
    words = _as_unsigned(keys)
    words = words - words.min() if words.size else words
    order = words.astype(np.uint16).argsort(-1, "stable")
    for shift in range(_DIGIT, int(words.max(initial=0)).bit_length(), _DIGIT):
        digits = (words >> words.dtype.type(shift)).astype(np.uint16)
        order = _along(order, _along(digits, order).argsort(-1, "stable"))
    return order.astype(np.int32)


def _along(x: Any, order: Any) -> Any:
    return x.take(order) if x.ndim == 1 else np.take_along_axis(x, order, -1)


def _as_unsigned(keys: Any) -> Any:
    """Unsigned numbers in the order of the keys; NaN is the largest of all."""
    bits = _BITS[keys.dtype.itemsize]
    top = _SIGNS[keys.dtype.itemsize]
    if keys.dtype.kind == "u":
        return keys
    if keys.dtype.kind == "i":
        return keys.view(bits) ^ top
    where: Any = np.where
    signed: Any = (keys + keys.dtype.type(0)).view(bits)  # -0 becomes 0, its equal
    words = where(signed & top, ~signed, signed | top)
    return where(np.isnan(keys), ~bits.type(0), words)


class SortIndices(Primitive):
    """The indices that sort along the last axis; equal elements keep their order."""

    is_exact = True
    vectorize = batching.as_it_is
    has_one_input = True
    stops_gradients = True
    public = "argsort"

    def infer(self, x: TensorSpec, *, is_descending: bool) -> TensorSpec:
        """The same shape."""
        check_dtypes(self, (x,), REALS)
        if x.sizes == ():
            raise InvalidArgumentError(
                "argsort needs a tensor with at least one axis. Received: a scalar"
            )
        return TensorSpec.of(x.sizes, dtypes.int32)

    def kernel(self, x: Any, *, is_descending: bool) -> Any:
        if not x.ndim:
            raise ValueError("a scalar")
        keys = _sortable(x)
        if is_descending:
            keys = ~keys if keys.dtype.kind in "iu" else -keys
        return stable_order(keys)


def _has_negative_zeros(x: Any) -> bool:
    """Whether some floats of a row-major array are -0.0: of their bits, only the sign is there."""
    bits = x.view(_BITS[x.dtype.itemsize])
    return _count_nonzero(bits == _SIGNS[x.dtype.itemsize]) != 0


class Sort(Primitive):
    """The elements in order along the last axis; NaN comes last in both directions."""

    is_exact = True
    vectorize = batching.as_it_is
    has_one_input = True
    needs = ("x",)

    def infer(self, x: TensorSpec, *, is_descending: bool) -> TensorSpec:
        """The same shape."""
        dtype = check_dtypes(self, (x,), REALS)
        if x.sizes == ():
            raise InvalidArgumentError(
                "sort needs a tensor with at least one axis. Received: a scalar"
            )
        return TensorSpec.of(x.sizes, dtype)

    def kernel(self, x: Any, *, is_descending: bool) -> Any:
        if not x.ndim:
            raise ValueError("a scalar")
        keys = np.array(_sortable(x), order="C")
        is_whole = keys.dtype.kind in "iu"
        if not is_whole and _has_negative_zeros(keys):
            # Zeros of both signs are equal, and keep their order.
            order = stable_order(-keys if is_descending else keys)
            return np.take_along_axis(x, order, -1)
        if is_descending and not is_whole:
            np.negative(keys, keys)
        keys.sort(-1)
        if is_descending:
            keys = keys[..., ::-1] if is_whole else np.negative(keys, keys)
        return keys.astype(x.dtype, copy=False)

    def gradient(self, grad: Any, output: Any, x: Any, *, is_descending: bool) -> Any:
        from eagre.primitives.picking import put_along

        return (put_along(grad, sort_indices(x, is_descending=is_descending), shape_of(x)),)


class SearchSorted(Primitive):
    """Where values would stand in sorted vectors along the last axis."""

    vectorize = batching.together
    input_count = 2
    is_silent = stops_gradients = True
    public = "searchsorted"

    def infer(
        self, x: TensorSpec, values: TensorSpec, *, side: str, dtype: dtypes.DType
    ) -> TensorSpec:
        """The shape of the values."""
        check_dtypes(self, (x, values), REALS)
        is_scalar = () in (x.sizes, values.sizes)
        rows, wanted = (s.sizes and s.sizes[:-1] for s in (x, values))
        if is_scalar or not are_compatible(rows, wanted):
            raise InvalidArgumentError(
                "searchsorted expected tensors with axes that agree up to the last one. "
                f"Received: sorted_sequence.shape={x.shape}, values.shape={values.shape}"
            )
        return TensorSpec.of(values.sizes, dtype)

    def kernel(self, x: Any, values: Any, *, side: str, dtype: dtypes.DType) -> Any:
        if x.shape[:-1] != values.shape[:-1] or not (x.ndim and values.ndim):
            raise ValueError("rows that do not fit")
        if x.ndim == 1:
            return _found(_sortable(x), _sortable(values), side).astype(dtype.numpy, copy=False)
        count = prod(x.shape[:-1])
        rows: Any = _sortable(x).reshape(count, x.shape[-1])
        wanted: Any = _sortable(values).reshape(count, values.shape[-1])
        result: Any = np.empty(wanted.shape, dtype.numpy)
        for number in range(count):
            result[number] = _found(rows[number], wanted[number], side)
        return result.reshape(values.shape)


def _found(x: Any, values: Any, side: str) -> Any:
    """Where values would stand in a sorted vector.

    Many are looked up in their order, so that the next one is near: a processor guesses the way to
    a random one badly, and waits for memory.
    """
    if min(len(x), len(values)) < _MANY_VALUES:
        return x.searchsorted(values, side)
    order = stable_order(values)
    result = np.empty(len(values), np.int64)
    result[order] = x.searchsorted(values.take(order), side)
    return result


def _distinct(x: Any) -> Any:
    """An array whose equal elements are those that `unique` takes for one.

    For TensorFlow 0 and -0 of two bytes differ, as their bits do.
    """
    if x.dtype.itemsize > 2 or x.dtype.kind in "iub":
        return _sortable(x)
    wide = x.astype(np.float32)
    # A number below all positive halves stands for 0, its opposite for -0.
    return np.copysign(np.where(wide == 0, np.float32(1e-45), wide), wide)


class UniqueIndices(Primitive):
    """Of the different elements of a vector, in the order in which they come first: where they
    stand first, then for each element the number of the one that it is equal to, then counts."""

    has_parts = stops_gradients = True
    public = "unique"

    def infer(self, x: TensorSpec, *, dtype: dtypes.DType) -> tuple[TensorSpec, ...]:
        """How many there are depends on the values."""
        check_dtypes(self, (x,), REALS | BOOLS | {dtypes.string})
        if x.rank not in (1, None):
            raise InvalidArgumentError(f"unique expected a vector. Received: shape={x.shape}")
        length = None if x.sizes is None else x.sizes[0]
        some = TensorSpec.of((None,), dtype)
        return some, TensorSpec.of((length,), dtype), some

    def kernel(self, x: Any, *, dtype: dtypes.DType) -> Any:
        if x.ndim != 1:
            raise ValueError("not a vector")
        order = stable_order(keys := _distinct(x))
        ordered = keys.take(order)
        is_new = np.empty(len(x), np.bool_)
        is_new[:1] = True
        np.not_equal(ordered[1:], ordered[:-1], is_new[1:])
        starts = is_new.nonzero()[0]
        first = order.take(starts)
        # The different elements come in the order of their first places, not in that of sorting.
        turn = first.argsort()
        ranks = np.empty_like(turn)
        ranks[turn] = np.arange(len(turn))
        numbers = np.empty(len(x), dtype.numpy)
        counts = np.empty_like(starts)
        np.subtract(starts[1:], starts[:-1], counts[:-1])
        counts[-1:] = len(x) - starts[-1:]
        numbers[order] = ranks.repeat(counts)
        found: Any = (first.take(turn), numbers, counts.take(turn))
        return tuple([each.astype(dtype.numpy, copy=False) for each in found])


class Nonzero(Primitive):
    """The indices of all elements that are true, or not zero, in row-major order."""

    has_one_input = True
    stops_gradients = True
    public = "where"

    def infer(self, x: TensorSpec) -> TensorSpec:
        """A row for each such element."""
        check_dtypes(self, (x,), NUMBERS | BOOLS)
        if x.sizes == ():
            raise InvalidArgumentError(
                "where expected a condition with at least one axis. Received: a scalar"
            )
        return TensorSpec.of((None, x.rank), dtypes.int64)

    def kernel(self, x: Any) -> Any:
        if not x.ndim:
            raise ValueError("a scalar")
        places = x.nonzero()
        if x.ndim == 1:
            return places[0][:, None]
        return np.stack(places, 1).astype(np.int64, copy=False)


sort_indices = SortIndices()
sort = Sort()
search_sorted = SearchSorted()
unique_indices = UniqueIndices()
nonzero = Nonzero()
