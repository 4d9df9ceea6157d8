"""Elementwise functions that stand between the layers of a neural network."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from eagre.core.specs import TensorSpec
from eagre.primitives import arithmetic, batching
from eagre.primitives.beside_numbers import MANY
from eagre.primitives.comparison import chosen, select
from eagre.primitives.families import FLOATS, REALS, Elementwise, Unary, check_dtypes, zero_like
from eagre.primitives.transcendental import Inexact, exp

# Zeros as arrays: NumPy takes longer to convert a scalar than to compute four maxima.
_ZEROS = {np.dtype(code): np.zeros((), code) for code in "fdbhilqBHILQ"}


def _rectified(x: Any) -> Any:
    zero = _ZEROS.get(x.dtype)
    if zero is not None:
        # The second argument wins where both are zero, so that -0.0 stays as in TensorFlow.
        return _larger(zero, x)
    # For halves NumPy has it the other way round, and takes longer than the detour.
    return np.maximum(_ZEROS[_SINGLE], x.astype(_SINGLE)).astype(x.dtype)


_larger: Any = arithmetic.maximum.kernel
_smaller: Any = arithmetic.minimum.kernel
_SINGLE = np.dtype(np.float32)


class Relu(Unary):
    """The number, or zero where it is negative."""

    takes = REALS
    needs = ("output",)

    kernel = staticmethod(_rectified)

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        zero = zero_like(grad)
        return (select(output > zero, grad, zero),)


class Relu6(Unary):
    """The number, brought into [0, 6]."""

    takes = REALS
    needs = ("output",)

    def kernel(self, x: Any) -> Any:
        if x.size >= MANY and x.dtype in _ZEROS:
            return np.clip(x, _ZEROS[x.dtype], np.array(6, x.dtype))
        return _smaller(_rectified(x), np.array(6, x.dtype))

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        zero = zero_like(grad)
        return (select((output > zero) & (output < 6), grad, zero),)


class LeakyRelu(Elementwise):
    """The number where it is positive, else `alpha` times it."""

    vectorize = batching.as_it_is
    broadcasts = False
    has_one_input = True
    takes = FLOATS
    needs = ("x",)

    def infer(self, x: TensorSpec, *, alpha: float) -> TensorSpec:
        """The same shape and dtype."""
        return TensorSpec.of(x.sizes, check_dtypes(self, (x,), self.takes))

    def kernel(self, x: Any, *, alpha: float) -> Any:
        scaled = x * np.array(alpha, x.dtype)
        if 0 < alpha <= 1 and x.dtype in _ZEROS:
            # The larger one is chosen without a branch; both are NaN, and zeros of one sign.
            return np.maximum(scaled, x, out=scaled if x.ndim else None)
        return chosen(x > np.zeros((), x.dtype), x, scaled)

    def gradient(self, grad: Any, output: Any, x: Any, *, alpha: float) -> Any:
        return (select(x > zero_like(x), grad, grad * alpha),)


class Softsign(Unary):
    """x / (|x| + 1)."""

    takes = FLOATS
    needs = ("x",)

    def kernel(self, x: Any) -> Any:
        return x / (np.abs(x) + np.array(1, x.dtype))

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        """By a formula that is 0, not NaN, where the number is infinite."""
        return (grad / arithmetic.square(arithmetic.absolute(x) + 1),)


class ErrorFunction(Inexact):
    """What erf and its complement share: the library's in float64, a fit for narrower floats."""

    takes = FLOATS
    needs = ("x",)
    of_each: Any
    fitted: Any
    slope: float

    def kernel(self, x: Any) -> Any:
        if x.dtype.itemsize == 8:
            return np.array(self.of_each(x), x.dtype)
        result = np.empty(x.shape, x.dtype)
        source, target = x.reshape(-1), result.reshape(-1)
        for start in range(0, x.size, _BLOCK):
            part = slice(start, start + _BLOCK)
            target[part] = self.fitted(source[part].astype(np.float64))
        return result

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad * (exp(-(x * x)) * self.slope),)


# The fits are computed in float64 for so many elements at a time that they stay in cache.
_BLOCK = 1 << 14

# erf(x) / x as a quotient of polynomials in x * x on [0, 3.92]: fitted to math.erf with the largest
# relative error, 1.9e-8, spread evenly. Beyond, erf rounds to 1 in float32.
_ERF_LIMIT = 3.9192059
_ERF_NUMERATOR = (
    0.000002050716651, 0.0002848889313, 0.003764547734, 0.05274555307, 0.1903775753, 1.128379146,
)  # fmt: skip
_ERF_DENOMINATOR = (
    0.00003809853053, 0.001162331814, 0.01496706116, 0.1140977601, 0.5020504758, 1.0,
)  # fmt: skip

# exp(x * x) * erfc(x) as a quotient of polynomials in x on [0, 10.1], in the same way: relative
# error 5.7e-9. Beyond, erfc rounds to 0 in float32.
_ERFC_LIMIT = 10.1
_ERFC_NUMERATOR = (0.03279812392, 0.2292264726, 0.7316202612, 1.238425849, 1.000000006)
_ERFC_DENOMINATOR = (
    0.05813246229, 0.4063197443, 1.325398682, 2.402265042, 2.366805595, 1.0,
)  # fmt: skip


def _fitted_erf(x: Any) -> Any:
    x = np.clip(x, -_ERF_LIMIT, _ERF_LIMIT)
    square = x * x
    quotient = _polynomial(_ERF_NUMERATOR, square) / _polynomial(_ERF_DENOMINATOR, square)
    return np.clip(x * quotient, -1.0, 1.0)


def _fitted_erfc(x: Any) -> Any:
    size = np.minimum(np.abs(x), _ERFC_LIMIT)
    quotient = _polynomial(_ERFC_NUMERATOR, size) / _polynomial(_ERFC_DENOMINATOR, size)
    tail = np.exp(-size * size) * quotient
    np.copyto(tail, 2.0 - tail, where=x < 0)
    return tail


def _polynomial(coefficients: tuple[float, ...], x: Any) -> Any:
    result = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        result *= x
        result += coefficient
    return result


class Erf(ErrorFunction):
    """The error function."""

    of_each = np.frompyfunc(math.erf, 1, 1)
    fitted = staticmethod(_fitted_erf)
    slope = 2.0 / math.sqrt(math.pi)


class Erfc(ErrorFunction):
    """1 - erf(x), precise also where that is small."""

    of_each = np.frompyfunc(math.erfc, 1, 1)
    fitted = staticmethod(_fitted_erfc)
    slope = -2.0 / math.sqrt(math.pi)


relu = Relu()
relu6 = Relu6()
leaky_relu = LeakyRelu()
softsign = Softsign()
erf = Erf()
erfc = Erfc()
