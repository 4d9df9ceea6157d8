"""Division without zeros, and remainders of floats: of many of them by quotients, since NumPy takes
one after the other."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core.errors import InvalidArgumentError
from eagre.primitives.beside_numbers import MANY, has_zeros
from eagre.primitives.blockwise import in_blocks
from eagre.primitives.comparison import chosen


def divided(name: str, ufunc: Any, x: Any, y: Any) -> Any:
    """What a function of NumPy makes of integers; an error if one of the divisors is zero."""
    if y.size < MANY:
        has_failed = has_zeros(y)
    else:
        # NumPy sees the zeros on its way: looking for them first takes a pass of its own.
        try:
            with np.errstate(divide="raise"):
                return ufunc(x, y)
        except FloatingPointError:
            has_failed = True
    if has_failed:
        raise InvalidArgumentError(
            f"{name} of integers expected a divisor without zeros. Received: {y}"
        )
    return ufunc(x, y)


def remainder_of_floats(x: Any, y: Any) -> Any:
    """What a floored quotient leaves: it has the sign of `y`, and a zero that of `x`."""
    if y.itemsize < 8 and max(x.size, y.size) >= MANY:
        return by_quotients(x, y)
    result = np.remainder(x, y)
    return np.copysign(result, chosen(result == 0, x, result)) if has_zeros(result) else result


_LARGE = 2.0**28
_least: Any = np.minimum.reduce
_greatest: Any = np.maximum.reduce


def _remainder(x: Any, y: Any, out: Any, quotient: Any) -> None:
    """x - floor(x / y) * y in float64, of numbers that float32 holds.

    It is exact. A quotient below 2^28 that is no integer is further from one than its rounding,
    for x and y have 24 bits each; its product with y then has 52, and what is left over has 24
    again, or is x + y rounded so finely that rounding it once more makes no difference.
    """
    np.divide(x, y, quotient)
    np.floor(quotient, quotient)
    np.multiply(quotient, y, out)
    np.subtract(x, out, out)
    if not x.size:
        return
    is_small = _least(quotient) > -_LARGE and _greatest(quotient) < _LARGE
    # Beside an infinite y the quotient is small, but the rest is NaN.
    if not (is_small and _greatest(out) < np.inf):
        np.remainder(x, y, out)
    if not out.all():
        np.copyto(out, np.copysign(0.0, x), where=out == 0)


by_quotients = in_blocks(_remainder, 1, inputs=2, least=np.float64)
