"""The tangent, inverses of trigonometric functions, hyperbolic functions and theirs.

Floating-point and complex dtypes are taken; other ones are an InvalidArgumentError.
"""

from __future__ import annotations

from typing import Any

from eagre.core.conversion import to_tensor
from eagre.ops.selection import same_dtype
from eagre.primitives import trigonometry


def tan(x: Any, name: str | None = None) -> Any:
    """The tangent of an angle in radians.

    >>> tf.tan([0.0]).numpy()
    array([0.], dtype=float32)
    """
    return trigonometry.tan.door(to_tensor(x))


def asin(x: Any, name: str | None = None) -> Any:
    """The angle, in [-pi/2, pi/2], whose sine is x; NaN outside [-1, 1].

    >>> tf.asin([0.0, 2.0]).numpy()
    array([ 0., nan], dtype=float32)
    """
    return trigonometry.asin.door(to_tensor(x))


def acos(x: Any, name: str | None = None) -> Any:
    """The angle, in [0, pi], whose cosine is x; NaN outside [-1, 1].

    >>> tf.acos([1.0, 2.0]).numpy()
    array([ 0., nan], dtype=float32)
    """
    return trigonometry.acos.door(to_tensor(x))


def atan(x: Any, name: str | None = None) -> Any:
    """The angle, in [-pi/2, pi/2], whose tangent is x.

    >>> tf.atan([0.0]).numpy()
    array([0.], dtype=float32)
    """
    return trigonometry.atan.door(to_tensor(x))


def sinh(x: Any, name: str | None = None) -> Any:
    """The hyperbolic sine.

    >>> tf.sinh([0.0]).numpy()
    array([0.], dtype=float32)
    """
    return trigonometry.sinh.door(to_tensor(x))


def cosh(x: Any, name: str | None = None) -> Any:
    """The hyperbolic cosine.

    >>> tf.cosh([0.0]).numpy()
    array([1.], dtype=float32)
    """
    return trigonometry.cosh.door(to_tensor(x))


def asinh(x: Any, name: str | None = None) -> Any:
    """The number whose hyperbolic sine is x.

    >>> tf.asinh([0.0]).numpy()
    array([0.], dtype=float32)
    """
    return trigonometry.asinh.door(to_tensor(x))


def acosh(x: Any, name: str | None = None) -> Any:
    """The number, at least 0, whose hyperbolic cosine is x; NaN below 1.

    >>> tf.acosh([1.0, 0.5]).numpy()
    array([ 0., nan], dtype=float32)
    """
    return trigonometry.acosh.door(to_tensor(x))


def atanh(x: Any, name: str | None = None) -> Any:
    """The number whose hyperbolic tangent is x; NaN outside [-1, 1].

    >>> tf.atanh([0.0, 1.0]).numpy()
    array([ 0., inf], dtype=float32)
    """
    return trigonometry.atanh.door(to_tensor(x))


def atan2(y: Any, x: Any, name: str | None = None) -> Any:
    """The angle of the point (x, y) from the positive x axis, in [-pi, pi]; shapes broadcast.

    >>> tf.atan2([1.0, 0.0], [0.0, -1.0]).numpy()
    array([1.5707964, 3.1415927], dtype=float32)
    """
    y, x = same_dtype(y, x, "atan2")
    return trigonometry.atan2.door(y, x)
