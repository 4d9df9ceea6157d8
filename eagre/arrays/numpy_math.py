"""Functions of elements and products that NumPy has and the array API standard lacks."""

from __future__ import annotations

import math as python_math
from typing import Any

from eagre.arrays import elementwise
from eagre.arrays.creating import zeros_like
from eagre.arrays.manipulating import where
from eagre.arrays.promotion import (
    as_array,
    as_inexact,
    promoted,
    promoted_inexact,
    result_type,
)
from eagre.control.looping import while_loop
from eagre.core import dtypes
from eagre.core.errors import DTypeMismatchError
from eagre.ops import math, reductions
from eagre.ops.shaping import cast


def fabs(x: Any) -> Any:
    """The distance from zero, as a floating-point number.

    >>> tf.experimental.numpy.fabs([-1, 2]).numpy()
    array([1., 2.])
    """
    return elementwise.absolute(as_inexact(x, "fabs"))


def cbrt(x: Any) -> Any:
    """The cube root.

    >>> tf.experimental.numpy.cbrt([-8.0, 27.0]).numpy()
    array([-2.,  3.])
    """
    x = as_inexact(x, "cbrt")
    return math.sign(x) * math.abs(x) ** (1 / 3)


def exp2(x: Any) -> Any:
    """2 to the power of the number.

    >>> tf.experimental.numpy.exp2([3.0, -1.0]).numpy()
    array([8. , 0.5])
    """
    x = as_inexact(x, "exp2")
    return math.pow(cast(2, x.dtype), x)


def fix(x: Any) -> Any:
    """The whole number next to it towards zero, as a floating-point number.

    >>> tf.experimental.numpy.fix([-1.7, 1.7]).numpy()
    array([-1.,  1.])
    """
    return elementwise.trunc(as_inexact(x, "fix"))


def deg2rad(x: Any) -> Any:
    """Degrees as radians.

    >>> tf.experimental.numpy.deg2rad([180.0]).numpy()
    array([3.14159265])
    """
    return as_inexact(x, "deg2rad") * (python_math.pi / 180)


def rad2deg(x: Any) -> Any:
    """Radians as degrees.

    >>> tf.experimental.numpy.rad2deg([0.0]).numpy()
    array([0.])
    """
    return as_inexact(x, "rad2deg") * (180 / python_math.pi)


def angle(z: Any, deg: bool = False) -> Any:
    """The direction of complex numbers, in radians or in degrees.

    >>> tf.experimental.numpy.angle([1j, -1.0], deg=True).numpy()
    array([ 90., 180.])
    """
    x = as_inexact(z, "angle")
    radians = elementwise.atan2(elementwise.imag(x), elementwise.real(x))
    return rad2deg(radians) if deg else radians


def sinc(x: Any) -> Any:
    """sin(pi x) / (pi x), and 1 at 0.

    >>> tf.experimental.numpy.sinc([0.0, 1.0]).numpy().round(3)
    array([1., 0.])
    """
    x = as_inexact(x, "sinc")
    is_zero = math.equal(x, zeros_like(x))
    scaled = where(is_zero, zeros_like(x) + 1, x) * python_math.pi
    return where(is_zero, zeros_like(x) + 1, math.sin(scaled) / scaled)


def divmod(x1: Any, x2: Any) -> tuple[Any, Any]:
    """The quotient rounded down, and what is left.

    >>> [x.numpy() for x in tf.experimental.numpy.divmod(7, 3)]
    [np.int64(2), np.int64(1)]
    """
    return elementwise.floor_divide(x1, x2), elementwise.remainder(x1, x2)


def float_power(x1: Any, x2: Any) -> Any:
    """The first number to the power of the second, in floating point.

    >>> tf.experimental.numpy.float_power(2, -1).numpy()
    np.float64(0.5)
    """
    x, y = promoted(x1, x2, name="float_power")
    dtype = result_type(x, dtypes.float64)
    return math.pow(cast(x, dtype), cast(y, dtype))


def heaviside(x1: Any, x2: Any) -> Any:
    """0 for negative x1, 1 for positive x1, x2 where x1 is 0.

    >>> tf.experimental.numpy.heaviside([-1.0, 0.0, 2.0], 0.5).numpy()
    array([0. , 0.5, 1. ])
    """
    x, y = promoted_inexact(x1, x2, name="heaviside")
    step = cast(x > 0, x.dtype)
    step = where(elementwise.isnan(x), x, step)
    return where(math.equal(x, zeros_like(x)), y, step)


def logaddexp2(x1: Any, x2: Any) -> Any:
    """log2(2**x1 + 2**x2).

    >>> tf.experimental.numpy.logaddexp2(3.0, 3.0).numpy()
    np.float64(4.0)
    """
    x, y = promoted_inexact(x1, x2, name="logaddexp2")
    scale = python_math.log(2)
    return elementwise.logaddexp(x * scale, y * scale) / scale


def gcd(x1: Any, x2: Any) -> Any:
    """The greatest common divisor of integers.

    >>> tf.experimental.numpy.gcd(12, 18).numpy()
    np.int64(6)
    """
    x, y = _integers(x1, x2, "gcd")

    def remainder_of(x: Any, y: Any) -> Any:
        is_done = math.equal(y, zeros_like(y))
        left = math.floormod(x, where(is_done, zeros_like(y) + 1, y))
        return where(is_done, x, y), where(is_done, zeros_like(y), left)

    x, y = (elementwise.absolute(each) + zeros_like(x + y) for each in (x, y))
    return while_loop(_is_left, remainder_of, (x, y))[0]


def _is_left(x: Any, y: Any) -> Any:
    return reductions.reduce_any(math.not_equal(y, zeros_like(y)))


def lcm(x1: Any, x2: Any) -> Any:
    """The least common multiple of integers.

    >>> tf.experimental.numpy.lcm(4, 6).numpy()
    np.int64(12)
    """
    x, y = _integers(x1, x2, "lcm")
    divisor = gcd(x, y)
    product = elementwise.absolute(x * y)
    safe = where(math.equal(divisor, zeros_like(divisor)), zeros_like(divisor) + 1, divisor)
    return math.floordiv(product, safe)


def _integers(x1: Any, x2: Any, name: str) -> tuple[Any, Any]:
    x, y = promoted(x1, x2, name=name)
    if not x.dtype.is_integer:
        raise DTypeMismatchError(f"{name} expected integers. Received: dtype={x.dtype.name}")
    return x, y


# Questions ------------------------------------------------------------------------------------


def isclose(
    a: Any, b: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> Any:
    """Whether elements differ by at most atol + rtol * |b|.

    >>> tf.experimental.numpy.isclose([1.0, 2.0], [1.0, 2.1]).numpy()
    array([ True, False])
    """
    x, y = promoted(a, b, name="isclose")
    if not (x.dtype.is_floating or x.dtype.is_complex):
        return math.equal(x, y)
    near = math.abs(x - y) <= atol + rtol * math.abs(y)
    both_finite = math.logical_and(elementwise.isfinite(x), elementwise.isfinite(y))
    close = math.logical_or(math.equal(x, y), math.logical_and(near, both_finite))
    if not equal_nan:
        return close
    return math.logical_or(close, math.logical_and(elementwise.isnan(x), elementwise.isnan(y)))


def allclose(
    a: Any, b: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> Any:
    """Whether all elements differ by at most atol + rtol * |b|.

    >>> tf.experimental.numpy.allclose([1.0], [1.0 + 1e-9]).numpy()
    np.True_
    """
    return reductions.reduce_all(isclose(a, b, rtol, atol, equal_nan))


def array_equal(a1: Any, a2: Any) -> Any:
    """Whether two arrays have the same shape and elements.

    >>> tf.experimental.numpy.array_equal([1, 2], [1, 3]).numpy()
    np.False_
    """
    x, y = promoted(a1, a2, name="array_equal")
    if not x.shape.is_compatible_with(y.shape):
        return as_array(False)
    return reductions.reduce_all(math.equal(x, y))


def iscomplex(x: Any) -> Any:
    """Whether the imaginary part is not zero.

    >>> tf.experimental.numpy.iscomplex([1j, 1 + 0j]).numpy()
    array([ True, False])
    """
    part = elementwise.imag(x)
    return math.not_equal(part, zeros_like(part))


def isreal(x: Any) -> Any:
    """Whether the imaginary part is zero.

    >>> tf.experimental.numpy.isreal([1j, 1 + 0j]).numpy()
    array([False,  True])
    """
    return math.logical_not(iscomplex(x))


def iscomplexobj(x: Any) -> bool:
    """Whether the dtype is complex.

    >>> tf.experimental.numpy.iscomplexobj([1j])
    True
    """
    return as_array(x, name="iscomplexobj").dtype.is_complex


def isrealobj(x: Any) -> bool:
    """Whether the dtype is not complex.

    >>> tf.experimental.numpy.isrealobj([1j])
    False
    """
    return not iscomplexobj(x)


def isneginf(x: Any) -> Any:
    """Whether it is minus infinity.

    >>> tf.experimental.numpy.isneginf([-float("inf"), 1.0]).numpy()
    array([ True, False])
    """
    return _equals(x, -float("inf"), "isneginf")


def isposinf(x: Any) -> Any:
    """Whether it is plus infinity.

    >>> tf.experimental.numpy.isposinf([float("inf"), 1.0]).numpy()
    array([ True, False])
    """
    return _equals(x, float("inf"), "isposinf")


def _equals(x: Any, number: float, name: str) -> Any:
    x = as_inexact(x, name)
    if x.dtype.is_complex:
        raise DTypeMismatchError(f"{name} expected real numbers. Received: dtype={x.dtype.name}")
    return math.equal(x, cast(number, x.dtype))
