"""Division in its variants, and products in which a zero wins over everything."""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes
from eagre.core.conversion import DTypeMismatchError, to_tensor
from eagre.core.shapes import broadcast_sizes
from eagre.ops.selection import same_dtype
from eagre.primitives import arithmetic, special, transcendental
from eagre.primitives.comparison import equal, select
from eagre.primitives.families import INEXACTS, one_like, zero_like


def reciprocal(x: Any, name: str | None = None) -> Any:
    """1 / x for floating-point or complex numbers.

    >>> tf.math.reciprocal([2.0, 0.0]).numpy()
    @@
    """
    x = to_tensor(x)
    _check("reciprocal", x)
    return arithmetic.divide.door(one_like(x), x)


def reciprocal_no_nan(x: Any, name: str | None = None) -> Any:
    """1 / x, and 0 where x is 0.

    >>> tf.math.reciprocal_no_nan([2.0, 0.0]).numpy()
    @@
    """
    x = to_tensor(x)
    _check("reciprocal_no_nan", x)
    return _quotient(one_like(x), x, equal(x, zero_like(x)))


def divide_no_nan(x: Any, y: Any, name: str | None = None) -> Any:
    """x / y, and 0 where y is 0; integers are divided as `truediv` does. Shapes broadcast.

    >>> tf.math.divide_no_nan([1.0, 1.0], [2.0, 0.0]).numpy()
    @@
    """
    x, y = same_dtype(x, y, "divide_no_nan")
    if x.dtype.is_integer and x.dtype == y.dtype:
        wide = dtypes.float64 if x.dtype.size > 2 else dtypes.float32
        x, y = arithmetic.cast(x, dtype=wide), arithmetic.cast(y, dtype=wide)
    _check("divide_no_nan", x, y)
    return _quotient(x, y, equal(y, zero_like(y)))


def multiply_no_nan(x: Any, y: Any, name: str | None = None) -> Any:
    """x * y, and 0 where y is 0 even if x is infinite or NaN. Shapes broadcast.

    >>> tf.math.multiply_no_nan([2.0, float('nan')], [3.0, 0.0]).numpy()
    @@
    """
    x, y = same_dtype(x, y, "multiply_no_nan")
    return special.multiply_no_nan.door(x, y)


def xdivy(x: Any, y: Any, name: str | None = None) -> Any:
    """x / y, and 0 where x is 0. Shapes broadcast.

    >>> tf.math.xdivy([1.0, 0.0], [2.0, 0.0]).numpy()
    @@
    """
    x, y = same_dtype(x, y, "xdivy")
    _check("xdivy", x, y)
    return _quotient(x, y, equal(x, zero_like(x)))


def xlogy(x: Any, y: Any, name: str | None = None) -> Any:
    """x * log(y), and 0 where x is 0. Shapes broadcast.

    >>> tf.math.xlogy([1.0, 0.0], [1.0, 0.0]).numpy()
    @@
    """
    x, y = same_dtype(x, y, "xlogy")
    _check("xlogy", x, y)
    is_zero = equal(x, zero_like(x))
    safe = select(is_zero, one_like(y), y)
    return select(is_zero, zero_like(x), x) * transcendental.log(safe)


def xlog1py(x: Any, y: Any, name: str | None = None) -> Any:
    """x * log(1 + y), and 0 where x is 0. Shapes broadcast.

    >>> tf.math.xlog1py([1.0, 0.0], [0.0, -1.0]).numpy()
    @@
    """
    x, y = same_dtype(x, y, "xlog1py")
    _check("xlog1py", x, y)
    is_zero = equal(x, zero_like(x))
    safe = select(is_zero, zero_like(y), y)
    return select(is_zero, zero_like(x), x) * transcendental.log1p(safe)


def realdiv(x: Any, y: Any, name: str | None = None) -> Any:
    """x / y for floating-point or complex numbers. Shapes broadcast.

    >>> tf.realdiv([1.0], [2.0]).numpy()
    @@
    """
    x, y = same_dtype(x, y, "realdiv")
    _check("realdiv", x, y)
    return arithmetic.divide.door(x, y)


def truncatediv(x: Any, y: Any, name: str | None = None) -> Any:
    """x / y rounded towards zero. Shapes broadcast.

    >>> tf.truncatediv([7, -7], 2).numpy()
    @@
    """
    x, y = same_dtype(x, y, "truncatediv")
    return special.truncate_divide.door(x, y)


def truncatemod(x: Any, y: Any, name: str | None = None) -> Any:
    """The remainder of `truncatediv`; it has the sign of x. Shapes broadcast.

    >>> tf.truncatemod([7, -7], 3).numpy()
    @@
    """
    x, y = same_dtype(x, y, "truncatemod")
    return special.truncate_mod.door(x, y)


def _quotient(x: Any, y: Any, is_zero: Any) -> Any:
    """x / y, and 0 with a gradient of 0 where the mask is true."""
    return select(is_zero, zero_like(x), x) / select(is_zero, one_like(y), y)


def _check(name: str, x: Any, y: Any = None) -> None:
    """Raise an error under the op's own name unless dtypes and shapes fit."""
    y = x if y is None else y
    if x.dtype not in INEXACTS or x.dtype != y.dtype:
        found = x.dtype.name if x is y else f"{x.dtype.name} and {y.dtype.name}"
        raise DTypeMismatchError(
            f"{name} expected a floating-point or complex dtype, the same for all. "
            f"Received: dtype={found}. Use tf.cast to convert."
        )
    broadcast_sizes(x.sizes, y.sizes, name)
