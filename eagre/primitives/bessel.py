"""Bessel functions and integrals, computed by SciPy in float64 and rounded once."""

from __future__ import annotations

import math
from typing import Any

from eagre.primitives import scipy_kernels
from eagre.primitives.arithmetic import sign, square
from eagre.primitives.comparison import equal, select
from eagre.primitives.families import one_like, zero_like
from eagre.primitives.scipy_kernels import in_float64, special_kernel
from eagre.primitives.special import Special
from eagre.primitives.transcendental import cos, exp, log, sin


def _over(output: Any, x: Any) -> Any:
    """output / x with the limit 1/2 at 0, where functions of order 1 are x / 2."""
    is_zero = equal(x, zero_like(x))
    quotient = output / select(is_zero, one_like(x), x)
    return select(is_zero, one_like(x) * 0.5, quotient)


class BesselI0(Special):
    """The modified Bessel function of order 0."""

    kernel = special_kernel("i0")

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad * bessel_i1(x),)


class BesselI0e(Special):
    """exp(-abs(x)) times `bessel_i0`."""

    kernel = special_kernel("i0e")
    needs = ("output", "x")

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad * (bessel_i1e(x) - sign(x) * output),)


class BesselI1(Special):
    """The modified Bessel function of order 1."""

    kernel = special_kernel("i1")
    needs = ("output", "x")

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad * (bessel_i0(x) - _over(output, x)),)


class BesselI1e(Special):
    """exp(-abs(x)) times `bessel_i1`."""

    kernel = special_kernel("i1e")
    needs = ("output", "x")

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad * (bessel_i0e(x) - sign(x) * output - _over(output, x)),)


class BesselJ0(Special):
    """The Bessel function of the first kind of order 0."""

    kernel = special_kernel("j0")

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (-(grad * bessel_j1(x)),)


class BesselJ1(Special):
    """The Bessel function of the first kind of order 1."""

    kernel = special_kernel("j1")
    needs = ("output", "x")

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad * (bessel_j0(x) - _over(output, x)),)


class BesselK0(Special):
    """The modified Bessel function of the second kind of order 0."""

    kernel = special_kernel("k0")

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (-(grad * bessel_k1(x)),)


class BesselK0e(Special):
    """exp(x) times `bessel_k0`."""

    kernel = special_kernel("k0e")
    needs = ("output", "x")

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad * (output - bessel_k1e(x)),)


class BesselK1(Special):
    """The modified Bessel function of the second kind of order 1."""

    kernel = special_kernel("k1")
    needs = ("output", "x")

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (-(grad * (bessel_k0(x) + output / x)),)


class BesselK1e(Special):
    """exp(x) times `bessel_k1`."""

    kernel = special_kernel("k1e")
    needs = ("output", "x")

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad * (output - output / x - bessel_k0e(x)),)


class BesselY0(Special):
    """The Bessel function of the second kind of order 0."""

    kernel = special_kernel("y0")

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (-(grad * bessel_y1(x)),)


class BesselY1(Special):
    """The Bessel function of the second kind of order 1."""

    kernel = special_kernel("y1")
    needs = ("output", "x")

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad * (bessel_y0(x) - output / x),)


class Dawsn(Special):
    """exp(-x * x) times the integral of exp(t * t) from 0 to x."""

    kernel = special_kernel("dawsn")
    needs = ("output", "x")

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad * (1 - x * output * 2),)


class Expint(Special):
    """The integral of exp(t) / t from -infinity to x, for positive x."""

    kernel = staticmethod(in_float64(scipy_kernels.expint))

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad * exp(x) / x,)


class FresnelCos(Special):
    """The integral of cos(pi / 2 * t * t) from 0 to x."""

    kernel = staticmethod(in_float64(scipy_kernels.fresnel_cos))

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad * cos(square(x) * (math.pi / 2)),)


class FresnelSin(Special):
    """The integral of sin(pi / 2 * t * t) from 0 to x."""

    kernel = staticmethod(in_float64(scipy_kernels.fresnel_sin))

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad * sin(square(x) * (math.pi / 2)),)


class Spence(Special):
    """The integral of log(t) / (1 - t) from 1 to x."""

    kernel = special_kernel("spence")

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        is_one = equal(x, one_like(x))
        safe = select(is_one, one_like(x) * 2, x)
        return (grad * select(is_one, -one_like(x), log(safe) / (1 - safe)),)


bessel_i0 = BesselI0()
bessel_i0e = BesselI0e()
bessel_i1 = BesselI1()
bessel_i1e = BesselI1e()
bessel_j0 = BesselJ0()
bessel_j1 = BesselJ1()
bessel_k0 = BesselK0()
bessel_k0e = BesselK0e()
bessel_k1 = BesselK1()
bessel_k1e = BesselK1e()
bessel_y0 = BesselY0()
bessel_y1 = BesselY1()
dawsn = Dawsn()
expint = Expint()
fresnel_cos = FresnelCos()
fresnel_sin = FresnelSin()
spence = Spence()
