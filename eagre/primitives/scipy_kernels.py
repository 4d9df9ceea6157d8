"""Kernels that SciPy computes. It is imported here only, when the first of them runs."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from typing import Any

import numpy as np

from eagre.primitives.blockwise import Number, in_blocks

_where: Any = np.where


@lru_cache
def scipy_module(name: str) -> Any:
    """A module of SciPy, such as `special`; an ImportError with a remedy if there is none."""
    try:
        return import_module(f"scipy.{name}")
    except ImportError as error:
        raise ImportError(
            "This function is computed by SciPy, which cannot be imported. "
            "Install it: python -m pip install scipy"
        ) from error


@lru_cache
def fourier_module() -> Any:
    """`scipy.fft`, which transforms several rows at once, where NumPy takes them one by one."""
    return scipy_module("fft")


@lru_cache
def triangular_solver(letter: str) -> Any:
    """The routine of BLAS for triangular systems, by NumPy's letter of a dtype."""
    (routine,) = scipy_module("linalg.blas").get_blas_funcs(("trsm",), dtype=letter)
    return routine


@lru_cache
def orthogonal_routines(letter: str) -> Any:
    """The routines of LAPACK that factorize by reflections, and multiply these out."""
    form = "orgqr" if letter in "fd" else "ungqr"
    return scipy_module("linalg.lapack").get_lapack_funcs(("geqrf", form), dtype=letter)


def in_float64(function: Callable[..., Any]) -> Callable[..., Any]:
    """A kernel that computes in float64 and rounds the result to the dtype of its arrays."""

    def kernel(*arrays: Any) -> Any:
        wide = [np.asarray(x, np.float64) for x in arrays]
        return np.asarray(function(*wide)).astype(arrays[0].dtype, copy=False)

    return kernel


def special_kernel(name: str) -> Any:
    """The kernel of a function of one number of `scipy.special`."""

    def steps(x: Any, out: Any) -> None:
        getattr(scipy_module("special"), name)(x, out)

    return staticmethod(in_blocks(steps, least=np.float64))


_BELOW = Number(-1e300)


def _lgamma(x: Any, out: Any) -> None:
    """All large negative numbers are poles, and minus infinity becomes one of them."""
    np.maximum(x, _BELOW.beside(x), out=out)
    scipy_module("special").gammaln(out, out)


def _digamma(x: Any, out: Any, room: Any) -> None:
    """What is added is NaN at 0, a pole like the others, and else 0."""
    scipy_module("special").psi(x, out)
    np.divide(0.0, x, room)
    np.add(out, room, out)


lgamma = in_blocks(_lgamma, least=np.float64)
digamma = in_blocks(_digamma, 1, least=np.float64)


def polygamma(order: Any, x: Any) -> Any:
    """The derivatives of digamma; NaN for orders that are negative or not whole."""
    special = scipy_module("special")
    is_whole = (order >= 0) & (order == np.floor(order)) & np.isfinite(order)
    safe = _where(is_whole, order, 0.0)
    sign = _where(safe % 2 == 0, -1.0, 1.0)
    derivative = sign * special.gamma(safe + 1) * zeta(safe + 1, x)
    value = _where(safe == 0, digamma(x), derivative)
    at_infinity = _where(x == 1, np.inf, np.nan)
    return _where(is_whole, value, _where(order == np.inf, at_infinity, np.nan))


def zeta(x: Any, q: Any) -> Any:
    """Hurwitz's zeta function; at its poles infinite for even x, and NaN for all others."""
    value = _where(np.isposinf(x) & (q > 1), 0.0, scipy_module("special").zeta(x, q))
    is_pole = (x > 1) & (q <= 0) & (q == np.floor(q))
    return _where(is_pole & (np.isfinite(x) & (x % 2 != 0)), np.nan, value)


def igamma(a: Any, x: Any) -> Any:
    """The lower incomplete gamma function, regularized; 0 at x = 0, else NaN unless a > 0."""
    value = _where(a > 0, scipy_module("special").gammainc(a, x), np.nan)
    return _where((x == 0) | (np.isposinf(a) & np.isposinf(x)), 0.0, value)


def igammac(a: Any, x: Any) -> Any:
    """The upper incomplete gamma function, regularized; NaN unless a is positive."""
    value = _where(a > 0, scipy_module("special").gammaincc(a, x), np.nan)
    return _where(np.isposinf(a) & np.isposinf(x), 0.0, value)


def betainc(a: Any, b: Any, x: Any) -> Any:
    """The incomplete beta function, regularized; NaN unless a and b are positive."""
    return _where((a > 0) & (b > 0), scipy_module("special").betainc(a, b, x), np.nan)


def expint(x: Any) -> Any:
    """The exponential integral; NaN for negative numbers."""
    return _where(x < 0, np.nan, scipy_module("special").expi(np.abs(x)))


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
    """The derivative of igamma(a, x) for a: a series for small x, else a continued fraction."""
    a, x = np.broadcast_arrays(a, x)
    density = np.exp(a * np.log(x) - x - scipy_module("special").gammaln(a))
    slope = density * _scaled_slope(a, x)
    is_inside = (a > 0) & (x > 0) & np.isfinite(a) & np.isfinite(x)
    return _where(is_inside, slope, _where((a > 0) & (x >= 0), 0.0, np.nan))


def gamma_sample_slope(a: Any, x: Any) -> Any:
    """How a sample x of a gamma distribution moves with a, its quantile being held."""
    a, x = np.broadcast_arrays(a, x)
    return _where((a > 0) & (x > 0), -x * _scaled_slope(a, x), _where(x == 0, 0.0, np.nan))


def _scaled_slope(a: Any, x: Any) -> Any:
    """The derivative of igamma over x times the density of the gamma distribution."""
    result = np.zeros(a.shape)
    inside = (a > 0) & (x > 0) & np.isfinite(a) & np.isfinite(x)
    is_low = inside & (x <= np.maximum(a + 1, 3))
    is_high = inside & ~is_low
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
    return ((np.log(x) - special.psi(a + 1)) * total + slopes) / a


def _slope_by_fraction(a: Any, x: Any) -> Any:
    """The fraction from its end to its beginning, with its derivative for a."""
    special = scipy_module("special")
    tail, slope = np.zeros_like(a), np.zeros_like(a)
    depth = 60 + int(10 * np.sqrt(a.max(initial=0.0)))
    for n in range(min(depth, _TERMS), 0, -1):
        divisor = x + 2 * n + 1 - a + tail
        tail = n * (a - n) / divisor
        slope = (n + tail * (1 - slope)) / divisor
    value = 1 / (x + 1 - a + tail)
    slope = value * value * (1 - slope)
    return -((np.log(x) - special.psi(a)) * value + slope)


def sobol_points(dim: int, first: int, count: int) -> Any:
    """Points [count, dim] of Sobol's sequence, in float64; the first one has number `first`."""
    engine = scipy_module("stats").qmc.Sobol(dim, scramble=False, bits=32)
    return engine.fast_forward(first).random(count)
