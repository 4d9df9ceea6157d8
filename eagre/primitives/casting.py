"""The same bits under another dtype, and floats as integers in each processor's way alike."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.specs import TensorSpec
from eagre.primitives.families import NUMBERS, check_dtypes


def floats_as_integers(x: Any, target: Any) -> Any:
    """Floats rounded towards zero; NaN and what is out of range become as in TensorFlow.

    NumPy's own answer there differs between processors, and between vectors and scalars.
    """
    info = np.iinfo(target)
    # 0.0 stands for an empty array; NaN fails each comparison.
    low, high = (float(x.min()), float(x.max())) if x.size else (0.0, 0.0)
    if info.min <= low and high < info.max:
        return x.astype(target)
    x = x.astype(np.float64)
    if info.bits == 64 and info.min == 0:
        upper = (x >= 2.0**63) & (x < 2.0**64)
        rest = _signed(np.where(upper, x - 2.0**63, x), 64).astype(target)
        return np.where(upper, rest + target.type(2**63), rest)
    return _signed(x, 64 if info.bits == 64 or target == np.uint32 else 32).astype(target)


def _signed(x: Any, bits: int) -> Any:
    """Floats as signed integers, of which the smallest stands for all that is out of range."""
    bound = 2.0 ** (bits - 1)
    x = np.trunc(x)
    inside = (x >= -bound) & (x < bound)
    return np.where(inside, np.where(inside, x, 0).astype(np.int64), -(2 ** (bits - 1)))


class Bitcast(Primitive):
    """The bits of the elements as elements of another dtype."""

    has_one_input = True
    stops_gradients = True

    def infer(self, x: TensorSpec, *, dtype: dtypes.DType) -> TensorSpec:
        """Narrower elements come in a new last axis; wider ones take the last axis up."""
        check_dtypes(self, (x,), NUMBERS)
        if dtype not in NUMBERS:
            raise InvalidArgumentError(
                f"bitcast expected a dtype of numbers. Received: type={dtype.name}"
            )
        if x.sizes is None or x.dtype.size == dtype.size:
            return TensorSpec.of(x.sizes, dtype)
        if x.dtype.size > dtype.size:
            return TensorSpec.of((*x.sizes, x.dtype.size // dtype.size), dtype)
        ratio = dtype.size // x.dtype.size
        if not x.sizes or x.sizes[-1] not in (ratio, None):
            raise InvalidArgumentError(
                f"bitcast expected a last axis of size {ratio} to make {dtype.name} of "
                f"{x.dtype.name}. Received: shape={x.shape}"
            )
        return TensorSpec.of(x.sizes[:-1], dtype)

    def kernel(self, x: Any, *, dtype: dtypes.DType) -> Any:
        target = dtype.numpy
        x = x.copy(order="C")
        if x.itemsize == target.itemsize:
            return x.view(target)
        if x.itemsize > target.itemsize:
            shape = (*x.shape, x.itemsize // target.itemsize)
        else:
            shape = x.shape[:-1]
            if not x.ndim or x.shape[-1] * x.itemsize != target.itemsize:
                raise ValueError("a last axis that does not fit")
        return np.frombuffer(x.tobytes(), target).reshape(shape)


bitcast = Bitcast()
