"""Bessel functions and integrals of one real number.

Floating-point dtypes are taken; SciPy computes in float64, and the result is rounded. Formulas:
Abramowitz and Stegun, "Handbook of Mathematical Functions", 1964, chapters 5, 7, 9 and 27.
"""

from __future__ import annotations

from typing import Any

from eagre.core.conversion import to_tensor
from eagre.primitives import bessel


def bessel_i0(x: Any, name: str | None = None) -> Any:
    """The modified Bessel function of order 0, which grows like exp(x).

    >>> tf.math.special.bessel_i0([0.0]).numpy()
    array([1.], dtype=float32)
    """
    return bessel.bessel_i0.door(to_tensor(x))


def bessel_i0e(x: Any, name: str | None = None) -> Any:
    """exp(-abs(x)) times `bessel_i0(x)`, which does not overflow.

    >>> tf.math.special.bessel_i0e([0.0]).numpy()
    array([1.], dtype=float32)
    """
    return bessel.bessel_i0e.door(to_tensor(x))


def bessel_i1(x: Any, name: str | None = None) -> Any:
    """The modified Bessel function of order 1, which grows like exp(x).

    >>> tf.math.special.bessel_i1([0.0]).numpy()
    array([0.], dtype=float32)
    """
    return bessel.bessel_i1.door(to_tensor(x))


def bessel_i1e(x: Any, name: str | None = None) -> Any:
    """exp(-abs(x)) times `bessel_i1(x)`, which does not overflow.

    >>> tf.math.special.bessel_i1e([0.0]).numpy()
    array([0.], dtype=float32)
    """
    return bessel.bessel_i1e.door(to_tensor(x))


def bessel_j0(x: Any, name: str | None = None) -> Any:
    """The Bessel function of the first kind of order 0.

    >>> tf.math.special.bessel_j0([0.0]).numpy()
    array([1.], dtype=float32)
    """
    return bessel.bessel_j0.door(to_tensor(x))


def bessel_j1(x: Any, name: str | None = None) -> Any:
    """The Bessel function of the first kind of order 1.

    >>> tf.math.special.bessel_j1([0.0]).numpy()
    array([0.], dtype=float32)
    """
    return bessel.bessel_j1.door(to_tensor(x))


def bessel_k0(x: Any, name: str | None = None) -> Any:
    """The modified Bessel function of the second kind of order 0; NaN for negative x.

    >>> tf.math.special.bessel_k0([1.0]).numpy()
    array([0.42102444], dtype=float32)
    """
    return bessel.bessel_k0.door(to_tensor(x))


def bessel_k0e(x: Any, name: str | None = None) -> Any:
    """exp(x) times `bessel_k0(x)`; NaN for negative x.

    >>> tf.math.special.bessel_k0e([1.0]).numpy()
    array([1.1444631], dtype=float32)
    """
    return bessel.bessel_k0e.door(to_tensor(x))


def bessel_k1(x: Any, name: str | None = None) -> Any:
    """The modified Bessel function of the second kind of order 1; NaN for negative x.

    >>> tf.math.special.bessel_k1([1.0]).numpy()
    array([0.60190725], dtype=float32)
    """
    return bessel.bessel_k1.door(to_tensor(x))


def bessel_k1e(x: Any, name: str | None = None) -> Any:
    """exp(x) times `bessel_k1(x)`; NaN for negative x.

    >>> tf.math.special.bessel_k1e([1.0]).numpy()
    array([1.6361535], dtype=float32)
    """
    return bessel.bessel_k1e.door(to_tensor(x))


def bessel_y0(x: Any, name: str | None = None) -> Any:
    """The Bessel function of the second kind of order 0; NaN for negative x.

    >>> tf.math.special.bessel_y0([1.0]).numpy()
    array([0.08825696], dtype=float32)
    """
    return bessel.bessel_y0.door(to_tensor(x))


def bessel_y1(x: Any, name: str | None = None) -> Any:
    """The Bessel function of the second kind of order 1; NaN for negative x.

    >>> tf.math.special.bessel_y1([1.0]).numpy()
    array([-0.7812128], dtype=float32)
    """
    return bessel.bessel_y1.door(to_tensor(x))


def dawsn(x: Any, name: str | None = None) -> Any:
    """Dawson's integral: exp(-x * x) times the integral of exp(t * t) from 0 to x.

    >>> tf.math.special.dawsn([1.0]).numpy()
    array([0.5380795], dtype=float32)
    """
    return bessel.dawsn.door(to_tensor(x))


def expint(x: Any, name: str | None = None) -> Any:
    """The exponential integral of exp(t) / t from -infinity to x; NaN for negative x.

    >>> tf.math.special.expint([1.0]).numpy()
    array([1.8951178], dtype=float32)
    """
    return bessel.expint.door(to_tensor(x))


def fresnel_cos(x: Any, name: str | None = None) -> Any:
    """The Fresnel integral of cos(pi / 2 * t * t) from 0 to x.

    >>> tf.math.special.fresnel_cos([0.0]).numpy()
    array([0.], dtype=float32)
    """
    return bessel.fresnel_cos.door(to_tensor(x))


def fresnel_sin(x: Any, name: str | None = None) -> Any:
    """The Fresnel integral of sin(pi / 2 * t * t) from 0 to x.

    >>> tf.math.special.fresnel_sin([0.0]).numpy()
    array([0.], dtype=float32)
    """
    return bessel.fresnel_sin.door(to_tensor(x))


def spence(x: Any, name: str | None = None) -> Any:
    """The integral of log(t) / (1 - t) from 1 to x; NaN for negative x.

    >>> tf.math.special.spence([1.0]).numpy()
    array([0.], dtype=float32)
    """
    return bessel.spence.door(to_tensor(x))
