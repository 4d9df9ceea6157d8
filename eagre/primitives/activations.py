"""Elementwise functions that stand between the layers of a neural network."""

from __future__ import annotations

from math import erf as erf_of_one
from math import pi, sqrt
from typing import Any

import numpy as np

from eagre.primitives.arithmetic import select, zero_like
from eagre.primitives.families import FLOATS, REALS, Unary
from eagre.primitives.transcendental import Inexact, exp


class Relu(Unary):
    """The number, or zero where it is negative."""

    takes = REALS
    needs = ("output",)

    def kernel(self, x: Any) -> Any:
        # The second argument wins where both are zero: -0.0 stays, as in TensorFlow.
        return np.maximum(x.dtype.type(0), x)

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        zero = zero_like(grad)
        return (select(output > zero, grad, zero),)


class Relu6(Unary):
    """The number, brought into [0, 6]."""

    takes = REALS
    needs = ("output",)

    def kernel(self, x: Any) -> Any:
        kind = x.dtype.type
        return np.minimum(np.maximum(kind(0), x), kind(6))

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        zero = zero_like(grad)
        return (select((output > zero) & (output < 6), grad, zero),)


class Erf(Inexact):
    """The error function."""

    takes = FLOATS
    needs = ("x",)

    def kernel(self, x: Any) -> Any:
        if x.dtype.itemsize == 8:
            return np.array(_erf_of_each(x), x.dtype)
        result = np.empty(x.shape, x.dtype)
        source, target = x.reshape(-1), result.reshape(-1)
        for start in range(0, x.size, _BLOCK):
            part = slice(start, start + _BLOCK)
            target[part] = _rational_erf(source[part].astype(np.float64))
        return result

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad * (exp(-(x * x)) * (2.0 / sqrt(pi))),)


_BLOCK = 1 << 14
_erf_of_each: Any = np.frompyfunc(erf_of_one, 1, 1)

# erf(x) / x as a quotient of polynomials in x * x on [0, 3.92]: fitted to math.erf with the largest
# relative error, 1.9e-8, spread evenly. Beyond, erf rounds to 1 in float32.
_LIMIT = 3.9192059
_NUMERATOR = (
    0.0000020507166, 0.000284888927, 0.00376454764, 0.0527455546, 0.190377578, 1.12837911,
)  # fmt: skip
_DENOMINATOR = (
    0.0000380985293, 0.00116233178, 0.0149670616, 0.114097759, 0.502050459, 1.0,
)  # fmt: skip


def _rational_erf(x: Any) -> Any:
    x = np.clip(x, -_LIMIT, _LIMIT)
    square = x * x
    quotient = _polynomial(_NUMERATOR, square) / _polynomial(_DENOMINATOR, square)
    return np.clip(x * quotient, -1.0, 1.0)


def _polynomial(coefficients: tuple[float, ...], x: Any) -> Any:
    result = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        result *= x
        result += coefficient
    return result


relu = Relu()
relu6 = Relu6()
erf = Erf()
