"""How many elements are not zero, are the same number, or are larger than a certain one."""

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
from eagre.primitives.families import EVERYTHING, FLOATS, INTEGERS, check_dtypes
from eagre.primitives.folding import reduced
from eagre.primitives.places import is_below
from eagre.primitives.reductions import Reduction

_count: Any = np.count_nonzero
_add: Any = np.add.reduce
_all: Any = np.logical_and.reduce
_MANY = 1024
NO_LIMIT = dtypes.int64.max
_KINDS = (np.dtype(np.uint8), np.dtype(np.uint16), np.dtype(np.uint32), np.dtype(np.uint64))
_LIMITS = [np.iinfo(kind).max for kind in _KINDS]


class CountNonzero(Reduction):
    """How many elements are not zero, not False and not empty, as int64."""

    takes = EVERYTHING
    stops_gradients = True

    def infer(self, x: TensorSpec, *, axis: Any, keepdims: bool) -> TensorSpec:
        """The shape without the counted axes, or with size 1 there."""
        return TensorSpec.of(super().infer(x, axis=axis, keepdims=keepdims).sizes, dtypes.int64)

    def kernel(self, x: Any, *, axis: Any, keepdims: bool) -> Any:
        is_whole = axis is None and not keepdims
        if x.dtype.kind != "b" and not (is_whole and x.size < _MANY):
            x = x.astype(np.bool_)  # Which NumPy does for many at once, and counts no others so.
        return np.asarray(_count(x), np.int64) if is_whole else count_true(x, axis, keepdims)


def count_true(flags: Any, axis: Any, keepdims: bool) -> Any:
    """How many bools are true, as int64."""
    if flags.size < _MANY:
        return _add(flags, axis, np.int64, None, keepdims)
    count = flags.size if axis is None else prod([flags.shape[each] for each in axis])
    # Sums of narrow numbers take many at once.
    kind = next(kind for kind, limit in zip(_KINDS, _LIMITS, strict=True) if count <= limit)
    return reduced(np.add, flags.view(np.uint8), axis, keepdims, kind).astype(np.int64)


class BinCount(Primitive):
    """How often each integer from 0 on stands in a tensor, up to the largest one.

    There are at least `least` and at most `most` counts: integer scalars.
    """

    public = "bincount"
    stops_gradients = True
    can_fail = True

    def infer(
        self, x: TensorSpec, least: TensorSpec, most: TensorSpec, *, dtype: dtypes.DType
    ) -> TensorSpec:
        """One axis, of a size that follows from the values."""
        _check_integers(self.public, arr=x)
        _check_scalars(self.public, minlength=least, maxlength=most)
        return TensorSpec.of((None,), dtype)

    def kernel(self, x: Any, least: Any, most: Any, *, dtype: dtypes.DType) -> Any:
        x = x.reshape(-1)
        if x.dtype == np.uint64:
            x = x.astype(np.int64)  # NumPy counts signed numbers; those beyond are negative.
        if least.ndim or most.ndim:
            raise ValueError("several limits")
        limit = most.item()
        length = max(0, min(least.item(), limit))
        if limit < NO_LIMIT and x.size and not is_below(x, limit):
            x, length = self.of_those_below(x, limit), limit
        try:
            found = np.bincount(x, minlength=length)
        except ValueError:
            found = np.bincount(self.of_those_below(x, limit))
        return found[:limit].astype(dtype.numpy)

    def of_those_below(self, x: Any, limit: int) -> Any:
        """The integers that are counted; an error where one is negative."""
        if limit < 0:
            raise InvalidArgumentError(
                f"{self.public} expected maxlength of at least 0. Received: maxlength={limit}"
            )
        if (x < 0).any():
            raise InvalidArgumentError(
                f"{self.public} expected arr of at least 0. Received: arr with {x[x < 0][0]}"
            )
        return x[x < limit]


class InTopK(Primitive):
    """Whether fewer than `k` elements of a row are larger than that of its target, all finite.

    Before the axes of rows and their elements there may be others, which `k` has too.
    """

    public = "in_top_k"
    vectorize = batching.together
    stops_gradients = True

    def infer(self, targets: TensorSpec, x: TensorSpec, k: TensorSpec) -> TensorSpec:
        """The shape of the targets."""
        check_dtypes(self, (x,), FLOATS)
        _check_integers(self.public, targets=targets, k=k)
        fits = x.sizes is None or len(x.sizes) >= 2
        if fits and x.sizes is not None:
            fits = are_compatible(x.sizes[:-1], targets.sizes)
            fits = fits and are_compatible(x.sizes[:-2], k.sizes)
        if not fits:
            raise InvalidArgumentError(
                f"{self.public} expected targets [batch], predictions [batch, classes] and a "
                f"scalar k. Received: targets.shape={targets.shape}, "
                f"predictions.shape={x.shape}, k.shape={k.shape}"
            )
        return TensorSpec.of(targets.sizes, dtypes.bool_)

    def kernel(self, targets: Any, x: Any, k: Any) -> Any:
        shape = x.shape
        if len(shape) < 2 or targets.shape != shape[:-1] or k.shape != shape[:-2]:
            raise ValueError("not a target for each row, and a k for all")
        is_right = (targets >= 0) & (targets < shape[-1])
        if not x.size:
            return is_right
        places = targets * is_right
        if len(shape) == 2:
            own = x[np.arange(shape[0]), places][:, None]
        else:
            own = np.take_along_axis(x, places[..., None].astype(np.int64), -1)
        larger = count_true(x > own, (-1,), False)
        return (larger < k[..., None]) & _all(np.isfinite(x), -1) & is_right


def _check_integers(name: str, **specs: TensorSpec) -> None:
    for argument, spec in specs.items():
        if spec.dtype not in INTEGERS:
            raise DTypeMismatchError(
                f"{name} expected {argument} of an integer dtype. "
                f"Received: {argument}.dtype={spec.dtype.name}"
            )


def _check_scalars(name: str, **specs: TensorSpec) -> None:
    _check_integers(name, **specs)
    for argument, spec in specs.items():
        if spec.sizes not in ((), None):
            raise InvalidArgumentError(
                f"{name} expected {argument} to be a scalar. "
                f"Received: {argument}.shape={spec.shape}"
            )


count_nonzero = CountNonzero()
bin_count = BinCount()
in_top_k = InTopK()
