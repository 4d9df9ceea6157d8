"""Gamma and beta functions, inverses of error functions: special functions and their gradients.

SciPy computes them in float64, whatever the dtype; the result is rounded once. The inverse of erf
in float32 is a fit.
"""

from __future__ import annotations

import math
from typing import Any, NoReturn

import numpy as np

from eagre.core import dtypes
from eagre.primitives import scipy_kernels
from eagre.primitives.arithmetic import FloorMod, IntegerDivision, conjugated, square
from eagre.primitives.beside_numbers import has_zeros
from eagre.primitives.comparison import chosen, equal, select
from eagre.primitives.error_functions import fitted_erfinv
from eagre.primitives.families import (
    FLOATS,
    INEXACTS,
    REALS,
    Binary,
    Elementwise,
    one_like,
    shape_of,
    zero_like,
)
from eagre.primitives.remainders import divided
from eagre.primitives.scipy_kernels import in_float64, special_kernel
from eagre.primitives.transcendental import Inexact, exp, log, log1p


class Special(Inexact):
    """What the special functions of one real number share."""

    takes = FLOATS
    needs = ("x",)


class Lgamma(Special):
    """The logarithm of the absolute value of gamma."""

    kernel = staticmethod(scipy_kernels.lgamma)

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad * digamma(x),)


class Digamma(Special):
    """The derivative of `lgamma`."""

    kernel = staticmethod(scipy_kernels.digamma)

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad * polygamma(one_like(x), x),)


class Erfinv(Special):
    """The number whose erf is x."""

    of_doubles = special_kernel("erfinv")
    needs = ("output",)

    def kernel(self, x: Any) -> Any:
        return self.of_doubles(x) if x.itemsize == 8 else fitted_erfinv(x)

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad * (exp(square(output)) * (math.sqrt(math.pi) / 2)),)


class Ndtri(Special):
    """The number below which a standard normal variable is with probability x."""

    kernel = special_kernel("ndtri")
    needs = ("output",)

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad * (exp(square(output) * 0.5) * math.sqrt(2 * math.pi)),)


class SpecialPair(Binary):
    """What the special functions of two real numbers share."""

    takes = FLOATS
    is_exact = False


class Polygamma(SpecialPair):
    """The derivative of order `a` of `digamma`; no gradient flows to `a`."""

    kernel = staticmethod(in_float64(scipy_kernels.polygamma))

    needs = ("a", "x")

    def gradient(self, grad: Any, output: Any, a: Any, x: Any) -> Any:
        return None, lambda: grad * polygamma(a + 1, x)


class Zeta(SpecialPair):
    """The sum of (q + n) to the power -x over all n >= 0; no gradient flows to `x`."""

    kernel = staticmethod(in_float64(scipy_kernels.zeta))

    needs = ("x", "q")

    def gradient(self, grad: Any, output: Any, x: Any, q: Any) -> Any:
        return None, lambda: -(grad * x * zeta(x + 1, q))


def _gamma_density(a: Any, x: Any) -> Any:
    return exp((a - 1) * log(x) - x - lgamma(a))


class Igamma(SpecialPair):
    """The lower incomplete gamma function, divided by gamma."""

    kernel = staticmethod(in_float64(scipy_kernels.igamma))
    needs = ("a", "x")

    def gradient(self, grad: Any, output: Any, a: Any, x: Any) -> Any:
        return lambda: grad * igamma_slope(a, x), lambda: grad * _gamma_density(a, x)


class Igammac(SpecialPair):
    """The upper incomplete gamma function, divided by gamma."""

    kernel = staticmethod(in_float64(scipy_kernels.igammac))
    needs = ("a", "x")

    def gradient(self, grad: Any, output: Any, a: Any, x: Any) -> Any:
        return lambda: -(grad * igamma_slope(a, x)), lambda: -(grad * _gamma_density(a, x))


class IgammaSlope(SpecialPair):
    """The derivative of `igamma` for `a`."""

    kernel = staticmethod(in_float64(scipy_kernels.igamma_slope))
    needs = ("a", "x")

    def gradient(self, grad: Any, output: Any, a: Any, x: Any) -> Any:
        slope = _gamma_density(a, x) * (log(x) - digamma(a))
        return _refuse_second_slope, lambda: grad * slope


def _refuse_second_slope() -> NoReturn:
    raise LookupError("igamma and igammac have no second derivative for a.")


class GammaSampleSlope(SpecialPair):
    """How a sample `x` of a gamma distribution moves with `a`, its quantile being held."""

    kernel = staticmethod(in_float64(scipy_kernels.gamma_sample_slope))
    public = "gamma"
    needs = ("a", "x", "output")

    def gradient(self, grad: Any, output: Any, a: Any, x: Any) -> Any:
        def of_x() -> Any:
            return grad * (digamma(a) - log(x) - output * ((a - 1) / x - 1))

        return _refuse_slope_of_slope, of_x


def _refuse_slope_of_slope() -> NoReturn:
    raise LookupError("gamma has no second derivative for alpha.")


class Betainc(Elementwise):
    """The incomplete beta function, divided by beta; no gradient flows to `a` and `b`."""

    takes = FLOATS
    kernel = staticmethod(in_float64(scipy_kernels.betainc))
    needs = ("a", "b", "x")

    def gradient(self, grad: Any, output: Any, a: Any, b: Any, x: Any) -> Any:
        def of_x() -> Any:
            log_beta = lgamma(a) + lgamma(b) - lgamma(a + b)
            return grad * exp((b - 1) * log1p(-x) + (a - 1) * log(x) - log_beta)

        return None, None, of_x


class MultiplyNoNan(Binary):
    """The product, 0 where y is 0 whatever x is."""

    takes = INEXACTS
    is_exact = False
    needs = ("x", "y")

    def kernel(self, x: Any, y: Any) -> Any:
        product = np.multiply(x, y)
        return product if not has_zeros(y) else chosen(y == 0, _ZEROS[x.dtype], product)

    def gradient(self, grad: Any, output: Any, x: Any, y: Any) -> Any:
        return (
            lambda: multiply_no_nan(grad, conjugated(y)),
            lambda: multiply_no_nan(conjugated(x), grad),
        )


class DivideNoNan(Binary):
    """The quotient, 0 where y is 0 whatever x is."""

    takes = INEXACTS
    is_exact = False
    needs = ("x", "y")

    def kernel(self, x: Any, y: Any) -> Any:
        quotient = np.divide(x, y)
        return quotient if not has_zeros(y) else chosen(y == 0, _ZEROS[x.dtype], quotient)

    def gradient(self, grad: Any, output: Any, x: Any, y: Any) -> Any:
        return (
            lambda: divide_no_nan(grad, conjugated(y)),
            lambda: grad * conjugated(divide_no_nan(divide_no_nan(-x, y), y)),
        )


class LogarithmTimes(Binary):
    """What products of a number and a logarithm share: they are 0 where the number is 0."""

    takes = INEXACTS
    is_exact = False
    needs = ("x", "y")
    logarithm: Any

    def kernel(self, x: Any, y: Any) -> Any:
        product = np.multiply(x, self.logarithm(y))
        return product if not has_zeros(x) else chosen(x == 0, _ZEROS[x.dtype], product)

    def gradient(self, grad: Any, output: Any, x: Any, y: Any) -> Any:
        """Zero for both where the number is 0."""

        def of_x() -> Any:
            safe = select(is_zero, one_like(y), y)
            return select(is_zero, zero_like(grad), grad * conjugated(self.log_of(safe)))

        def of_y() -> Any:
            safe = select(is_zero, one_like(y), self.divisor(y))
            return grad * conjugated(x / safe)

        is_zero = equal(x, zero_like(x))
        return of_x, of_y

    def log_of(self, y: Any) -> Any:
        """The logarithm as an operation."""
        raise NotImplementedError

    def divisor(self, y: Any) -> Any:
        """One over the derivative of the logarithm."""
        raise NotImplementedError


class XLogY(LogarithmTimes):
    """x * log(y)."""

    public = "xlogy"
    logarithm = np.log

    def log_of(self, y: Any) -> Any:
        """log(y)."""
        return log(y)

    def divisor(self, y: Any) -> Any:
        """y."""
        return y


class XLog1pY(LogarithmTimes):
    """x * log(1 + y)."""

    public = "xlog1py"
    logarithm = np.log1p

    def log_of(self, y: Any) -> Any:
        """log(1 + y)."""
        return log1p(y)

    def divisor(self, y: Any) -> Any:
        """1 + y."""
        return y + 1


class _Zeros(dict[Any, Any]):
    """A zero of each dtype as an array without axes, made when it is first asked for."""

    def __missing__(self, dtype: Any) -> Any:
        zero = self[dtype] = np.zeros((), dtype)
        return zero


_ZEROS = _Zeros()


class NextAfter(Binary):
    """The number beside `x` in the direction of `y`."""

    public = "nextafter"
    takes = frozenset({dtypes.float32, dtypes.float64})
    kernel = np.nextafter
    needs = ()

    def gradient(self, grad: Any, output: Any, x: Any, y: Any) -> Any:
        from eagre.primitives.rearrangement import broadcast_to

        return grad, lambda: broadcast_to(zero_like(grad), shape_of(grad))


class Truncating(Binary):
    """What division towards zero and its remainder share: no integer is divided by zero."""

    takes = REALS
    can_fail = True

    def kernel(self, x: Any, y: Any) -> Any:
        if y.dtype.kind in "iu":
            return divided(self.public, self.compute, x, y)
        return self.compute(x, y)

    def compute(self, x: Any, y: Any) -> Any:
        """The value where the divisor is allowed."""
        raise NotImplementedError


class ExactFloorDivide(IntegerDivision):
    """The exact quotient rounded towards negative infinity, as Python and NumPy have it.

    At infinities it is the array API standard's: of an infinite dividend infinite, and below an
    infinite divisor a zero with the sign of the quotient.
    """

    public = "floor_divide"
    ufunc = np.floor_divide
    stops_gradients = True

    def kernel(self, x: Any, y: Any) -> Any:
        exact = super().kernel(x, y)
        if y.dtype.kind in "iu":
            return exact
        infinite = np.logical_or(np.isinf(x), np.isinf(y))
        if not infinite.any():
            return exact
        return select.kernel(infinite, np.floor(np.divide(x, y)), exact)


class ExactFloorMod(FloorMod):
    """The remainder of `exact_floor_divide`; a zero too has the sign of the divisor."""

    public = "remainder"
    kernel = IntegerDivision.kernel


class TruncateDivide(Truncating):
    """The quotient rounded towards zero."""

    public = "truncatediv"
    stops_gradients = True

    def compute(self, x: Any, y: Any) -> Any:
        """For integers without a detour through floats."""
        if y.dtype.kind in "iu":
            return np.floor_divide(x - np.fmod(x, y), y)
        return np.trunc(np.divide(x, y))


class TruncateMod(Truncating):
    """The remainder of `truncate_divide`; it has the sign of the dividend."""

    public = "truncatemod"
    needs = ("x", "y")

    def compute(self, x: Any, y: Any) -> Any:
        """Remainders are exact."""
        return np.fmod(x, y)

    def gradient(self, grad: Any, output: Any, x: Any, y: Any) -> Any:
        return grad, lambda: -(grad * truncate_divide(x, y))


lgamma = Lgamma()
digamma = Digamma()
erfinv = Erfinv()
ndtri = Ndtri()
polygamma = Polygamma()
exact_floor_divide = ExactFloorDivide()
exact_floor_mod = ExactFloorMod()
zeta = Zeta()
igamma = Igamma()
igammac = Igammac()
igamma_slope = IgammaSlope()
gamma_sample_slope = GammaSampleSlope()
betainc = Betainc()
multiply_no_nan = MultiplyNoNan()
divide_no_nan = DivideNoNan()
xlogy = XLogY()
xlog1py = XLog1pY()
next_after = NextAfter()
truncate_divide = TruncateDivide()
truncate_mod = TruncateMod()
