"""The error function, its complement and its inverse, and the normal distribution function.

In float64 they are the standard library's (and SciPy's inverse); narrower floats get quotients of
polynomials whose largest relative error is spread evenly. All but one are continued fractions:
`b1 / (t + a1 + b2 / (t + a2 + ...))` takes three steps for what takes four by Horner's rule.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from eagre.primitives.blockwise import Number, in_blocks
from eagre.primitives.families import FLOATS
from eagre.primitives.transcendental import Inexact, exp

_add, _subtract, _multiply, _divide = np.add, np.subtract, np.multiply, np.divide


class ErrorFunction(Inexact):
    """What they share: the library's in float64, a fit for narrower floats."""

    takes = FLOATS
    needs = ("x",)
    of_each: Any
    fitted: Any
    exponent = -1.0
    slope: float

    def kernel(self, x: Any) -> Any:
        return np.array(self.of_each(x), x.dtype) if x.dtype.itemsize == 8 else self.fitted(x)

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad * (exp(x * x * self.exponent) * self.slope),)


def _constants(*values: float) -> tuple[Any, ...]:
    """Numbers as arrays: NumPy takes longer to convert a number than to add it to a few others."""
    return tuple([np.array(value, np.float32) for value in values])


def _fraction(pairs: tuple[Any, ...], t: Any, out: Any) -> None:
    """b1 / (t + a1 + b2 / (t + a2 + ...)), the innermost pair first."""
    b, a = pairs[0]
    _add(t, a, out)
    _divide(b, out, out)
    for b, a in pairs[1:]:
        _add(out, t, out)
        _add(out, a, out)
        _divide(b, out, out)


# atanh(erf(x)) = x + x * (c + t * fraction(t)) where t = x * x: to within 3.3e-9 up to 4, beyond
# which erf rounds to 1. The limit of t keeps infinities out.
_ERF = (
    _constants(37.53123136049681, 4.081925520953198),
    _constants(-137.2019795974012, 4.703115621954968),
    _constants(5.575593665287584, 64.12414428947218),
)
_ERF_SLOPE = np.array(0.1283791708459623, np.float32)
_LIMIT = Number(1e30)


def _erf(x: Any, out: Any, t: Any) -> None:
    _multiply(x, x, t)
    np.minimum(t, _LIMIT.beside(t), out=t)
    _fraction(_ERF, t, out)
    _multiply(out, t, out)
    _add(out, _ERF_SLOPE, out)
    _multiply(out, x, out)
    _add(out, x, out)
    np.tanh(out, out)


class Erf(ErrorFunction):
    """The error function."""

    of_each = np.frompyfunc(math.erf, 1, 1)
    fitted = staticmethod(in_blocks(_erf, 1))
    slope = 2.0 / math.sqrt(math.pi)


# exp(x * x) * erfc(x) on [0, 10.1], to within 5.7e-9. Beyond, erfc rounds to 0 in float32.
_ERFC_LIMIT = 10.1
_ERFC_NUMERATOR = (0.03279812392, 0.2292264726, 0.7316202612, 1.238425849, 1.000000006)
_ERFC_DENOMINATOR = (
    0.05813246229, 0.4063197443, 1.325398682, 2.402265042, 2.366805595, 1.0,
)  # fmt: skip


def _erfc(x: Any, out: Any, size: Any, room: Any) -> None:
    """By float64: the square of x would lose what exp needs."""
    np.abs(x, size)
    np.minimum(size, _ERFC_LIMIT, out=size)
    _polynomial(_ERFC_NUMERATOR, size, out)
    _polynomial(_ERFC_DENOMINATOR, size, room)
    _divide(out, room, out)
    _multiply(size, size, room)
    np.negative(room, room)
    np.exp(room, room)
    _multiply(out, room, out)
    _multiply(x < 0, 2.0, room)
    _reflect(out, room)


def _reflect(tail: Any, whole: Any) -> None:
    """The tail where the whole is 0, else the whole without it: no branch for each element."""
    _subtract(whole, tail, tail)
    np.abs(tail, tail)


def _polynomial(coefficients: tuple[float, ...], x: Any, out: Any) -> None:
    _multiply(x, coefficients[0], out)
    for coefficient in coefficients[1:-1]:
        _add(out, coefficient, out)
        _multiply(out, x, out)
    _add(out, coefficients[-1], out)


class Erfc(ErrorFunction):
    """1 - erf(x), precise also where that is small."""

    of_each = np.frompyfunc(math.erfc, 1, 1)
    fitted = staticmethod(in_blocks(_erfc, 2, least=np.float64))
    slope = -2.0 / math.sqrt(math.pi)


# exp(x * x / 2) times the probability beyond x, for x of at least 0: as exact as the exponential.
_TAIL = (
    _constants(17.331682205200195, 1.3170230388641357),
    _constants(-10.429777145385742, 4.052995204925537),
    _constants(1.234653115272522, 2.1293811798095703),
    _constants(0.3988185226917267, -0.012796565890312195),
)
_MINUS_HALF, _ZERO, _ONE = _constants(-0.5, 0.0, 1.0)


def _normal_cdf(x: Any, out: Any, room: Any) -> None:
    np.abs(x, room)
    _fraction(_TAIL, room, out)
    _multiply(x, x, room)
    _multiply(room, _MINUS_HALF, room)
    np.exp(room, room)
    _multiply(out, room, out)
    np.copyto(room, x > _ZERO)
    _reflect(out, room)


def _exact_normal_cdf(x: Any) -> Any:
    return 0.5 * Erfc.of_each(-math.sqrt(0.5) * x)


class NormalCdf(ErrorFunction):
    """The probability that a standard normal variable is smaller than x."""

    of_each = staticmethod(_exact_normal_cdf)
    fitted = staticmethod(in_blocks(_normal_cdf, 1))
    exponent = -0.5
    slope = 1.0 / math.sqrt(2.0 * math.pi)


# erfinv(x) = x * (c + t * (fraction(t) - d)) where t = log(1 - x * x), to within 2.6e-9.
_ERFINV = (
    _constants(68.93811244443188, 4.933929703977037),
    _constants(38.55568720979543, -1.8869314575048681),
    _constants(78.92909182893139, -6.332451266621376),
    _constants(-525.4142202132282, -14.91880541246634),
    _constants(8.892296026512138, -57.51563951390605),
)
_ERFINV_SLOPE, _ERFINV_END = _constants(0.8862269232143108, 0.031704349359881596)


def _erfinv(x: Any, out: Any, t: Any) -> None:
    _subtract(_ONE, x, t)
    _add(_ONE, x, out)
    _multiply(t, out, t)
    np.log(t, t)
    _fraction(_ERFINV, t, out)
    _subtract(out, _ERFINV_END, out)
    _multiply(out, t, out)
    _add(out, _ERFINV_SLOPE, out)
    _multiply(out, x, out)


fitted_erfinv = in_blocks(_erfinv, 1)

erf = Erf()
erfc = Erfc()
normal_cdf = NormalCdf()
