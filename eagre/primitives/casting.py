"""Values and bits in another dtype; floats become integers alike on each processor."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.specs import TensorSpec
from eagre.primitives import batching
from eagre.primitives.families import (
    INEXACTS,
    INTEGERS,
    NUMBERS,
    WIDE,
    check_dtypes,
    static_sizes,
)

_where: Any = np.where
_least: Any = np.minimum.reduce
_greatest: Any = np.maximum.reduce
_ODD_NUMBERS = (
    math.nan, math.inf, -math.inf, -0.5, -1.5, 300.5, -300.5, 7e4, -7e4, *(
        sign * 2.0**power * factor
        for power in (7, 8, 15, 16, 31, 32, 63, 64, 100)
        for factor in (1.0, 1.5)
        for sign in (1, -1)
    ),
)  # fmt: skip
_BOUNDS = {dtype.numpy: (int(dtype.min), int(dtype.max)) for dtype in INTEGERS}


def floats_as_integers(x: Any, target: Any) -> Any:
    """Floats rounded towards zero; NaN and what is out of range become as in TensorFlow."""
    if _is_native(x.dtype, target):
        return x.astype(target)
    low, high = _BOUNDS[target]
    # NaN fails each comparison.
    if not x.size or (low <= float(_least(x, None)) and float(_greatest(x, None)) <= high):
        return x.astype(target)
    return _converted(x, target)


@lru_cache
def _is_native(source: Any, target: Any) -> bool:
    """Whether this processor's own conversion gives TensorFlow's answers.

    They are those of x86, but for large unsigned integers. Others differ, some of them between
    vectors and single numbers: so arrays of many lengths, and those with gaps, are converted.
    """
    with np.errstate(all="ignore"):
        numbers = np.resize(_ODD_NUMBERS, 4 * len(_ODD_NUMBERS) + 3).astype(source)
        expected = _converted(numbers, target)
        parts = [slice(n) for n in range(1, 40)] + [slice(n, None, n % 3 + 1) for n in range(9)]
        return all((numbers[part].astype(target) == expected[part]).all() for part in parts)


def _converted(x: Any, target: Any) -> Any:
    x = x.astype(np.float64)
    if target == np.uint64:
        upper = (x >= 2.0**63) & (x < 2.0**64)
        rest = _signed(_where(upper, x - 2.0**63, x), 64).astype(target)
        return _where(upper, rest + target.type(2**63), rest)
    bits = 64 if target in (np.int64, np.uint32) else 32
    return _signed(x, bits).astype(target)


def _signed(x: Any, bits: int) -> Any:
    """Floats as signed integers, of which the smallest stands for all that is out of range."""
    bound = 2.0 ** (bits - 1)
    x = np.trunc(x)
    inside = (x >= -bound) & (x < bound)
    return _where(inside, _where(inside, x, 0).astype(np.int64), -(2 ** (bits - 1)))


class Cast(Primitive):
    """The nearest value of another dtype; floats to integers round towards zero."""

    vectorize = batching.as_it_is
    has_one_input = True
    needs = ()

    def infer(self, x: TensorSpec, *, dtype: dtypes.DType) -> TensorSpec:
        """The same shape."""
        if (x.dtype == dtypes.string) != (dtype == dtypes.string):
            raise InvalidArgumentError(
                f"cast cannot convert between strings and numbers. "
                f"Received: {x.dtype.name} to {dtype.name}. Convert tensor.numpy() in Python."
            )
        return TensorSpec.of(x.sizes, dtype)

    def kernel(self, x: Any, *, dtype: dtypes.DType) -> Any:
        kind = x.dtype.kind
        if kind == "f" and dtype.is_floating:
            return x.astype(dtype.numpy)
        if kind == "c" and not dtype.is_complex:
            x = x.real
        if dtype is dtypes.string and kind != "O":
            raise TypeError("cast cannot convert numbers to strings")
        if kind == "V" and dtypes.from_numpy(x.dtype).is_integer:
            return x.astype(np.int32).astype(dtype.numpy)
        if dtype.is_integer and kind not in "iub":
            if dtype.size == 1 and dtype.numpy.kind == "V":
                return floats_as_integers(x, dtypes.int32.numpy).astype(dtype.numpy)
            return floats_as_integers(x, dtype.numpy)
        return x.astype(dtype.numpy)

    def known(self, x: Any, *, dtype: dtypes.DType) -> Any:
        """Integers that are the same in each dtype for sizes."""
        numbers = static_sizes(x) if dtype in WIDE else None
        if numbers is None:
            return None
        return tuple([n if n.__class__ is int and abs(n) < 2**24 else None for n in numbers])

    def gradient(self, grad: Any, output: Any, x: Any, *, dtype: dtypes.DType) -> Any:
        if x.dtype not in INEXACTS or dtype not in INEXACTS:
            return (None,)
        return (cast(grad, dtype=x.dtype),)


class Bitcast(Primitive):
    """The bits of the elements as elements of another dtype."""

    is_exact = True
    vectorize = batching.as_it_is
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
        if dtype not in NUMBERS:
            raise ValueError("not a dtype of numbers")
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


cast = Cast()
bitcast = Bitcast()
