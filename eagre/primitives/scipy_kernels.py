"""Kernels that SciPy computes. It is imported here only, when the first of them runs."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np


def scipy_module(name: str) -> Any:
    """A module of SciPy, such as `special`; an ImportError with a remedy if there is none."""
    try:
        return import_module(f"scipy.{name}")
    except ImportError as error:
        raise ImportError(
            "This function is computed by SciPy, which cannot be imported. "
            "Install it: python -m pip install scipy"
        ) from error


def in_float64(function: Callable[..., Any]) -> Callable[..., Any]:
    """A kernel that computes in float64 and rounds the result to the dtype of its arrays."""

    def kernel(*arrays: Any) -> Any:
        wide = [np.asarray(x, np.float64) for x in arrays]
        return np.asarray(function(*wide)).astype(arrays[0].dtype, copy=False)

    return kernel


def special_kernel(name: str) -> Any:
    """The kernel of a function of `scipy.special`."""
    return staticmethod(in_float64(lambda *x: getattr(scipy_module("special"), name)(*x)))


def digamma(x: Any) -> Any:
    """The logarithmic derivative of gamma; NaN at its poles, zero among them."""
    return np.where(x == 0, np.nan, scipy_module("special").psi(x))


def polygamma(order: Any, x: Any) -> Any:
    """The derivatives of digamma; NaN for orders that are negative or not whole."""
    special = scipy_module("special")
    is_whole = (order >= 0) & (order == np.floor(order)) & np.isfinite(order)
    safe = np.where(is_whole, order, 0.0)
    sign = np.where(safe % 2 == 0, -1.0, 1.0)
    derivative = sign * special.gamma(safe + 1) * special.zeta(safe + 1, x)
    return np.where(is_whole, np.where(safe == 0, digamma(x), derivative), np.nan)


def igamma(a: Any, x: Any) -> Any:
    """The lower incomplete gamma function, regularized; NaN unless a is positive."""
    return np.where(a > 0, scipy_module("special").gammainc(a, x), np.nan)


def igammac(a: Any, x: Any) -> Any:
    """The upper incomplete gamma function, regularized; NaN unless a is positive."""
    return np.where(a > 0, scipy_module("special").gammaincc(a, x), np.nan)


def betainc(a: Any, b: Any, x: Any) -> Any:
    """The incomplete beta function, regularized; NaN unless a and b are positive."""
    return np.where((a > 0) & (b > 0), scipy_module("special").betainc(a, b, x), np.nan)


def expint(x: Any) -> Any:
    """The exponential integral; NaN for negative numbers."""
    return np.where(x < 0, np.nan, scipy_module("special").expi(np.abs(x)))


def fresnel_sin(x: Any) -> Any:
    """The Fresnel integral of the sine."""
    return scipy_module("special").fresnel(x)[0]


def fresnel_cos(x: Any) -> Any:
    """The Fresnel integral of the cosine."""
    return scipy_module("special").fresnel(x)[1]


# The derivative of igamma for a, which SciPy lacks ----------------------------------------------

_TERMS = 2000
_TINY = 2.0**-54


def igamma_slope(a: Any, x: Any) -> Any:
    """The derivative of igamma(a, x) for a: a series below a + 1, a continued fraction above."""
    a, x = np.broadcast_arrays(a, x)
    result = np.where((a > 0) & (x >= 0), 0.0, np.nan)
    inside = (a > 0) & (x > 0) & np.isfinite(a) & np.isfinite(x)
    is_low = inside & (x <= a + 1)
    is_high = inside & (x > a + 1)
    result[is_low] = _slope_by_series(a[is_low], x[is_low])
    result[is_high] = _slope_by_fraction(a[is_high], x[is_high])
    return result


def _slope_by_series(a: Any, x: Any) -> Any:
    """Each term and the sum, with their derivatives for a."""
    special = scipy_module("special")
    term, total = np.ones_like(a), np.ones_like(a)
    slope, slopes = np.zeros_like(a), np.zeros_like(a)
    for n in range(1, _TERMS):
        slope = (slope - term / (a + n)) * (x / (a + n))
        term = term * (x / (a + n))
        total, slopes = total + term, slopes + slope
        if (np.abs(slope) <= _TINY * np.abs(slopes)).all():
            break
    factor = np.exp(a * np.log(x) - x - special.gammaln(a + 1))
    return factor * ((np.log(x) - special.psi(a + 1)) * total + slopes)


def _slope_by_fraction(a: Any, x: Any) -> Any:
    """Numerators and denominators of the convergents, with their derivatives for a."""
    special = scipy_module("special")
    one, zero = np.ones_like(a), np.zeros_like(a)
    old, new = (one, x, zero, zero), (x + 1, (x + 2 - a) * x, zero, -x)
    value, slope = _convergent(*new)
    for n in range(1, _TERMS):
        y, z = n + 1 - a, x + 2 * n + 2 - a
        p = new[0] * z - old[0] * y * n
        q = new[1] * z - old[1] * y * n
        dp = new[2] * z - new[0] - old[2] * y * n + old[0] * n
        dq = new[3] * z - new[1] - old[3] * y * n + old[1] * n
        before, (value, slope) = slope, _convergent(p, q, dp, dq)
        scale = np.maximum(np.abs(q), 1.0)
        old, new = tuple(each / scale for each in new), tuple(
            each / scale for each in (p, q, dp, dq)
        )
        if (np.abs(slope - before) <= _TINY * np.abs(slope)).all():
            break
    factor = np.exp(a * np.log(x) - x - special.gammaln(a))
    return -factor * ((np.log(x) - special.psi(a)) * value + slope)


def _convergent(p: Any, q: Any, dp: Any, dq: Any) -> tuple[Any, Any]:
    value = p / q
    return value, (dp - value * dq) / q


def complex_schur(x: Any) -> Any:
    """The upper triangular matrix t and the unitary u with x = u t u^H."""
    return scipy_module("linalg").schur(x, output="complex")
