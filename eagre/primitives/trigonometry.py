"""The tangent, the inverses of trigonometric functions, hyperbolic functions and theirs."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.primitives.arithmetic import conjugated, square
from eagre.primitives.families import FLOATS, Binary
from eagre.primitives.transcendental import Inexact, rsqrt


class Tan(Inexact):
    """The tangent."""

    kernel = np.tan
    needs = ("output",)

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad * conjugated(square(output) + 1),)


class Asin(Inexact):
    """The angle whose sine is x."""

    kernel = np.arcsin
    needs = ("x",)

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad * conjugated(rsqrt(1 - square(x))),)


class Acos(Inexact):
    """The angle whose cosine is x."""

    kernel = np.arccos
    needs = ("x",)

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (-grad * conjugated(rsqrt(1 - square(x))),)


class Atan(Inexact):
    """The angle whose tangent is x."""

    kernel = np.arctan
    needs = ("x",)

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad / conjugated(square(x) + 1),)


class Sinh(Inexact):
    """The hyperbolic sine."""

    kernel = np.sinh
    needs = ("x",)

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad * conjugated(cosh(x)),)


class Cosh(Inexact):
    """The hyperbolic cosine."""

    kernel = np.cosh
    needs = ("x",)

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad * conjugated(sinh(x)),)


class Asinh(Inexact):
    """The number whose hyperbolic sine is x."""

    kernel = np.arcsinh
    needs = ("output",)

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad / conjugated(cosh(output)),)


class Acosh(Inexact):
    """The number, at least zero, whose hyperbolic cosine is x."""

    kernel = np.arccosh
    needs = ("output",)

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad / conjugated(sinh(output)),)


class Atanh(Inexact):
    """The number whose hyperbolic tangent is x."""

    kernel = np.arctanh
    needs = ("x",)

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad / conjugated(1 - square(x)),)


class Atan2(Binary):
    """The angle of the point (x, y) from the positive x axis, in [-pi, pi]."""

    takes = FLOATS
    is_exact = False
    kernel = np.arctan2
    needs = ("y", "x")

    def gradient(self, grad: Any, output: Any, y: Any, x: Any) -> Any:
        scaled = grad / (square(x) + square(y))
        return lambda: x * scaled, lambda: -(y * scaled)


tan = Tan()
asin = Asin()
acos = Acos()
atan = Atan()
sinh = Sinh()
cosh = Cosh()
asinh = Asinh()
acosh = Acosh()
atanh = Atanh()
atan2 = Atan2()
