"""Error functions and their inverses, gamma and beta functions.

Floating-point dtypes are taken; shapes broadcast. SciPy computes all but erf and erfc, in float64,
and the result is rounded. Formulas: Abramowitz and Stegun, "Handbook of Mathematical Functions",
1964, chapters 6, 7, 23 and 26.
"""

from __future__ import annotations

from math import sqrt
from typing import Any

from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.ops.activations import check_floats
from eagre.ops.reductions import reduce_sum
from eagre.ops.selection import same_dtype
from eagre.primitives import error_functions, special


def erf(x: Any, name: str | None = None) -> Any:
    """The error function: 2 / sqrt(pi) times the integral of exp(-t * t) from 0 to x.

    >>> tf.math.erf([0.0, 9.0]).numpy()
    array([0., 1.], dtype=float32)
    """
    return error_functions.erf.door(to_tensor(x))


def erfc(x: Any, name: str | None = None) -> Any:
    """1 - erf(x), precise also where that is small.

    >>> tf.math.erfc([0.0]).numpy()
    array([1.], dtype=float32)
    """
    return error_functions.erfc.door(to_tensor(x))


def erfinv(x: Any, name: str | None = None) -> Any:
    """The number whose `erf` is x; NaN outside [-1, 1].

    >>> tf.math.erfinv([0.0, 1.0]).numpy()
    array([ 0., inf], dtype=float32)
    """
    return special.erfinv.door(to_tensor(x))


def erfcinv(x: Any, name: str | None = None) -> Any:
    """The number whose `erfc` is x; NaN outside [0, 2].

    >>> tf.math.erfcinv([0.0, 2.0]).numpy()
    array([ inf, -inf], dtype=float32)
    """
    x = to_tensor(x)
    check_floats("erfcinv", x=x)
    return -special.ndtri(x * 0.5) * sqrt(0.5)


def ndtri(x: Any, name: str | None = None) -> Any:
    """The number below which a standard normal variable is with probability x.

    >>> tf.math.ndtri([0.0, 0.5]).numpy()
    array([-inf,   0.], dtype=float32)
    """
    return special.ndtri.door(to_tensor(x))


def lgamma(x: Any, name: str | None = None) -> Any:
    """The logarithm of the absolute value of gamma(x); infinite at its poles 0, -1, -2, ...

    >>> tf.math.lgamma([1.0, 0.0]).numpy()
    array([ 0., inf], dtype=float32)
    """
    return special.lgamma.door(to_tensor(x))


def digamma(x: Any, name: str | None = None) -> Any:
    """The derivative of `lgamma`; NaN at 0, -1, -2, ...

    >>> tf.math.digamma([1.0]).numpy()
    array([-0.5772157], dtype=float32)
    """
    return special.digamma.door(to_tensor(x))


def polygamma(a: Any, x: Any, name: str | None = None) -> Any:
    """The derivative of order `a` of `digamma`; NaN unless `a` is a whole number of at least 0.

    No gradient flows to `a`.

    >>> tf.math.polygamma(1.0, [1.0]).numpy()
    array([1.644934], dtype=float32)
    """
    a, x = same_dtype(a, x, "polygamma")
    return special.polygamma.door(a, x)


def zeta(x: Any, q: Any, name: str | None = None) -> Any:
    """The sum of (q + n) to the power -x over n = 0, 1, 2, ...: Hurwitz's zeta function.

    No gradient flows to `x`.

    >>> tf.math.zeta([2.0], 1.0).numpy()
    array([1.644934], dtype=float32)
    """
    x, q = same_dtype(x, q, "zeta")
    return special.zeta.door(x, q)


def lbeta(x: Any, name: str | None = None) -> Any:
    """The logarithm of the absolute value of beta, the elements of the last axis its arguments.

    It is the sum of `lgamma(x)` less `lgamma` of the sum of x; [..., n] becomes [...].

    >>> tf.math.lbeta([1.0, 1.0]).numpy()
    np.float32(0.0)
    """
    x = to_tensor(x)
    check_floats("lbeta", x=x)
    if x.ndim == 0:
        raise InvalidArgumentError("lbeta expected at least one axis. Received: x.shape=()")
    return reduce_sum(special.lgamma(x), -1) - special.lgamma(reduce_sum(x, -1))


def igamma(a: Any, x: Any, name: str | None = None) -> Any:
    """The integral of t ** (a - 1) * exp(-t) from 0 to x, divided by gamma(a); `a` is positive.

    >>> tf.math.igamma(1.0, [0.0, 50.0]).numpy()
    array([0., 1.], dtype=float32)
    """
    a, x = same_dtype(a, x, "igamma")
    return special.igamma.door(a, x)


def igammac(a: Any, x: Any, name: str | None = None) -> Any:
    """1 - igamma(a, x), precise also where that is small.

    >>> tf.math.igammac(1.0, [0.0]).numpy()
    array([1.], dtype=float32)
    """
    a, x = same_dtype(a, x, "igammac")
    return special.igammac.door(a, x)


def betainc(a: Any, b: Any, x: Any, name: str | None = None) -> Any:
    """The integral of t ** (a - 1) * (1 - t) ** (b - 1) from 0 to x, divided by that to 1.

    `a` and `b` are positive, `x` is in [0, 1]; no gradient flows to `a` and `b`.

    >>> tf.math.betainc(1.0, 1.0, [0.25]).numpy()
    array([0.25], dtype=float32)
    """
    a, x = same_dtype(a, x, "betainc")
    b, x = same_dtype(b, x, "betainc")
    return special.betainc(a, b, x)
