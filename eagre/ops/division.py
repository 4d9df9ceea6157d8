"""Division in its variants, and products in which a zero wins over everything."""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import DTypeMismatchError
from eagre.ops.operands import operands
from eagre.ops.selection import same_dtype
from eagre.primitives import arithmetic, special
from eagre.primitives.comparison import equal, select
from eagre.primitives.families import INEXACTS, one_like, zero_like

_INEXACT = "floating-point or complex numbers"


def reciprocal(x: Any, name: str | None = None) -> Any:
    """1 / x for floating-point or complex numbers.

    >>> tf.math.reciprocal([2.0, 0.0]).numpy()
    array([0.5, inf], dtype=float32)
    """
    x = to_tensor(x)
    _check("reciprocal", x)
    return arithmetic.divide.door(one_like(x), x)


def reciprocal_no_nan(x: Any, name: str | None = None) -> Any:
    """1 / x, and 0 where x is 0.

    >>> tf.math.reciprocal_no_nan([2.0, 0.0]).numpy()
    array([0.5, 0. ], dtype=float32)
    """
    x = to_tensor(x)
    _check("reciprocal_no_nan", x)
    return special.divide_no_nan.door(one_like(x), x)


def divide_no_nan(x: Any, y: Any, name: str | None = None) -> Any:
    """x / y, and 0 where y is 0; integers are divided as `truediv` does. Shapes broadcast.

    >>> tf.math.divide_no_nan([1.0, 1.0], [2.0, 0.0]).numpy()
    array([0.5, 0. ], dtype=float32)
    """
    x, y = same_dtype(x, y, "divide_no_nan")
    if x.dtype.is_integer and x.dtype == y.dtype:
        wide = dtypes.float64 if x.dtype.size > 2 else dtypes.float32
        x, y = arithmetic.cast(x, dtype=wide), arithmetic.cast(y, dtype=wide)
    x, y = operands(x, y, "divide_no_nan", INEXACTS, _INEXACT)
    return special.divide_no_nan.door(x, y)


def multiply_no_nan(x: Any, y: Any, name: str | None = None) -> Any:
    """x * y, and 0 where y is 0 even if x is infinite or NaN. Shapes broadcast.

    >>> tf.math.multiply_no_nan([2.0, float('nan')], [3.0, 0.0]).numpy()
    array([6., 0.], dtype=float32)
    """
    x, y = same_dtype(x, y, "multiply_no_nan")
    return special.multiply_no_nan.door(x, y)


def xdivy(x: Any, y: Any, name: str | None = None) -> Any:
    """x / y, and 0 where x is 0. Shapes broadcast.

    >>> tf.math.xdivy([1.0, 0.0], [2.0, 0.0]).numpy()
    array([0.5, 0. ], dtype=float32)
    """
    x, y = operands(x, y, "xdivy", INEXACTS, _INEXACT)
    return _quotient(x, y, equal(x, zero_like(x)))


def xlogy(x: Any, y: Any, name: str | None = None) -> Any:
    """x * log(y), and 0 where x is 0. Shapes broadcast.

    >>> tf.math.xlogy([1.0, 0.0], [1.0, 0.0]).numpy()
    array([0., 0.], dtype=float32)
    """
    x, y = operands(x, y, "xlogy", INEXACTS, _INEXACT)
    return special.xlogy.door(x, y)


def xlog1py(x: Any, y: Any, name: str | None = None) -> Any:
    """x * log(1 + y), and 0 where x is 0. Shapes broadcast.

    >>> tf.math.xlog1py([1.0, 0.0], [0.0, -1.0]).numpy()
    array([0., 0.], dtype=float32)
    """
    x, y = operands(x, y, "xlog1py", INEXACTS, _INEXACT)
    return special.xlog1py.door(x, y)


def realdiv(x: Any, y: Any, name: str | None = None) -> Any:
    """x / y for floating-point or complex numbers. Shapes broadcast.

    >>> tf.realdiv([1.0], [2.0]).numpy()
    array([0.5], dtype=float32)
    """
    x, y = operands(x, y, "realdiv", INEXACTS, _INEXACT)
    return arithmetic.divide.door(x, y)


def truncatediv(x: Any, y: Any, name: str | None = None) -> Any:
    """x / y rounded towards zero. Shapes broadcast.

    >>> tf.truncatediv([7, -7], 2).numpy()
    array([ 3, -3], dtype=int32)
    """
    x, y = same_dtype(x, y, "truncatediv")
    return special.truncate_divide.door(x, y)


def truncatemod(x: Any, y: Any, name: str | None = None) -> Any:
    """The remainder of `truncatediv`; it has the sign of x. Shapes broadcast.

    >>> tf.truncatemod([7, -7], 3).numpy()
    array([ 1, -1], dtype=int32)
    """
    x, y = same_dtype(x, y, "truncatemod")
    return special.truncate_mod.door(x, y)


def _quotient(x: Any, y: Any, is_zero: Any) -> Any:
    """x / y, and 0 with a gradient of 0 where the mask is true."""
    return select(is_zero, zero_like(x), x) / select(is_zero, one_like(y), y)


def _check(name: str, x: Any) -> None:
    if x.dtype not in INEXACTS:
        raise DTypeMismatchError(
            f"{name} expected {_INEXACT}. Received: dtype={x.dtype.name}. Use tf.cast to convert."
        )
