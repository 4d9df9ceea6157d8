"""Elements picked out of the vectors along the last axis by indices of their own."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.shapes import are_compatible
from eagre.core.specs import TensorSpec
from eagre.primitives import batching
from eagre.primitives.families import (
    EVERYTHING,
    INTEGERS,
    NUMBERS,
    REALS,
    apply_with_shape,
    check_dtypes,
    contiguous,
    shape_of,
    target_shape,
)
from eagre.primitives.places import is_below
from eagre.primitives.sorting import stable_order


class TakeAlong(Primitive):
    """`x[..., indices[..., k]]`: the shapes agree up to the last axis."""

    vectorize = batching.together
    input_count = 2
    is_silent = True
    needs = ("indices",)
    can_fail = True

    def infer(self, x: TensorSpec, indices: TensorSpec) -> TensorSpec:
        """The shape of the indices."""
        check_dtypes(self, (x,), EVERYTHING)
        if indices.dtype not in INTEGERS:
            raise DTypeMismatchError(
                f"{self.public} expected indices of an integer dtype. "
                f"Received: dtype={indices.dtype.name}"
            )
        if x.sizes is None or indices.sizes is None:
            return TensorSpec.of(indices.sizes, x.dtype)
        if not x.sizes or not are_compatible(x.sizes[:-1], indices.sizes[:-1]):
            raise InvalidArgumentError(
                f"{self.public} expected indices for each vector along the last axis. "
                f"Received: shape={x.shape}, indices.shape={indices.shape}"
            )
        return TensorSpec.of(indices.sizes, x.dtype)

    def kernel(self, x: Any, indices: Any) -> Any:
        if x.shape[:-1] != indices.shape[:-1]:
            raise ValueError("other vectors")
        size = x.shape[-1]
        if indices.size and not is_below(indices, size):
            place = tuple(np.argwhere((indices < 0) | (indices >= size))[0].tolist())
            raise InvalidArgumentError(
                f"{self.public} expected indices in [0, {size}). "
                f"Received: {indices[place]} at {place[:-1]}"
            )
        return x.reshape(-1).take(_places(indices, x.shape))

    def gradient(self, grad: Any, output: Any, x: Any, indices: Any) -> Any:
        return put_along(grad, indices, shape_of(x)), None


def _places(indices: Any, shape: tuple[int, ...]) -> Any:
    """Indices along the last axis of an array as those into its elements, one after the other."""
    rows = prod(shape[:-1])
    if rows == 1:
        return indices if indices.dtype.itemsize < 8 else indices.view(np.int64)
    places = indices.astype(np.int64)
    places += (np.arange(rows) * shape[-1]).reshape(*shape[:-1], 1)
    return places


class PickLabels(TakeAlong):
    """`take_along` under the name of the loss that picks the probabilities of labels."""

    public = "sparse_softmax_cross_entropy_with_logits"


class GatherAlong(TakeAlong):
    """`take_along` under the name of the function that gathers in each vector of a batch."""

    public = "gather"


class PutAlong(Primitive):
    """Zeros of a shape to which `y` is added at the indices along the last axis."""

    vectorize = batching.shaped
    needs = ("indices",)

    def infer(
        self, y: TensorSpec, indices: TensorSpec, sizes: Any = None, *, shape: Any
    ) -> TensorSpec:
        """The shape asked for."""
        return TensorSpec.of(shape, check_dtypes(self, (y,), NUMBERS))

    def kernel(
        self, y: Any, indices: Any, sizes: Any = None, *, shape: Any
    ) -> Any:
        shape = target_shape(shape, sizes)
        result = np.zeros(shape, y.dtype)
        places = _places(indices, shape)
        if indices.shape[-1] == 1:
            result.reshape(-1)[places] = y
        else:
            np.add.at(result.reshape(-1), places.reshape(-1), contiguous(y).reshape(-1))
        return result

    def gradient(
        self,
        grad: Any,
        output: Any,
        y: Any,
        indices: Any,
        sizes: Any = None,
        *,
        shape: Any,
    ) -> Any:
        grads = (take_along(grad, indices), None)
        return grads if sizes is None else (*grads, None)


class TopIndices(Primitive):
    """The indices of the `k` largest elements along the last axis, the largest first.

    The lower index comes first where elements are equal; NaN comes last.
    """

    vectorize = batching.as_it_is
    has_one_input = True
    stops_gradients = True
    public = "top_k"

    def infer(self, x: TensorSpec, *, k: int, dtype: dtypes.DType) -> TensorSpec:
        """The last size becomes `k`."""
        check_dtypes(self, (x,), REALS)
        if k < 0:
            raise InvalidArgumentError(f"top_k expected k to be at least 0. Received: k={k}")
        if x.sizes is None:
            return TensorSpec.of(None, dtype)
        if not x.sizes or (x.sizes[-1] is not None and x.sizes[-1] < k):
            raise InvalidArgumentError(
                f"top_k expected an input with at least k elements along its last axis. "
                f"Received: k={k}, input.shape={x.shape}"
            )
        return TensorSpec.of((*x.sizes[:-1], k), dtype)

    def kernel(self, x: Any, *, k: int, dtype: dtypes.DType) -> Any:
        if not 0 <= k <= x.shape[-1]:
            raise ValueError("no such elements")
        x = x if x.dtype.kind in "iuf" else x.astype(np.float32)
        length = x.shape[-1]
        if length < 500 or not 0 < k <= length // 8:
            return stable_order(_descending(x))[..., :k].astype(dtype.numpy, copy=False)
        result = np.empty((*x.shape[:-1], k), dtype.numpy)
        rows = zip(result.reshape(-1, k), x.reshape(-1, length), strict=True)
        for found, row in rows:
            found[:] = _largest(row, k)
        return result


def _descending(x: Any) -> Any:
    """Keys whose order is the reverse of that of the numbers; NaN comes last in both."""
    return ~x if x.dtype.kind in "iu" else -x


_LONGEST_BLOCK = 256


def _largest(row: Any, k: int) -> Any:
    """The indices of the `k` largest numbers of a vector: only such as may be are sorted.

    Where the vector is cut in blocks, `k` of them have a number of at least the `k`-th largest of
    their maxima.
    """
    block = max(1, min(_LONGEST_BLOCK, len(row) // (4 * k)))
    count = len(row) // block
    maxima = row[: count * block].reshape(count, block).max(1) if block > 1 else row
    limit = np.partition(maxima, count - k)[count - k]
    places = (row >= limit).nonzero()[0]
    if len(places) < k:  # NaN is among the maxima
        return stable_order(_descending(row))[:k]
    return places[stable_order(_descending(row[places]))[:k]]


take_along = TakeAlong()
pick_labels = PickLabels()
gather_along = GatherAlong()
put_along_primitive = PutAlong()
top_indices = TopIndices()


def put_along(y: Any, indices: Any, shape: Any) -> Any:
    """Zeros of a shape to which `y` is added at the indices along the last axis."""
    return apply_with_shape(put_along_primitive, (y, indices), shape)
