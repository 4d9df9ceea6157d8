"""Functions of the elements, with promotion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.arrays.promotion import (
    as_array,
    as_inexact,
    promoted,
    promoted_inexact,
    result_type,
)
from eagre.core import dtypes
from eagre.core.errors import DTypeMismatchError
from eagre.ops import bitwise, combining, complex_parts, division, math, selection, trigonometry
from eagre.ops.conversions import bitcast
from eagre.ops.creation import ones_like, zeros_like
from eagre.ops.shaping import cast
from eagre.primitives import special

if TYPE_CHECKING:
    from collections.abc import Callable

_BITS = {1: dtypes.int8, 2: dtypes.int16, 4: dtypes.int32, 8: dtypes.int64}


def _named(function: Any, name: str, meaning: str) -> Any:
    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"{meaning}, of elements after promotion."
    return function


def _unary(name: str, operation: Callable[[Any], Any], meaning: str) -> Any:
    """A function of one array in its own dtype."""

    def function(x: Any) -> Any:
        return operation(as_array(x, name=name))

    return _named(function, name, meaning)


def _inexact(name: str, operation: Callable[[Any], Any], meaning: str) -> Any:
    """A function of one array whose values are no integers."""

    def function(x: Any) -> Any:
        return operation(as_inexact(x, name))

    return _named(function, name, meaning)


def _binary(name: str, operation: Callable[[Any, Any], Any], meaning: str) -> Any:
    """A function of two arrays in their common dtype."""

    def function(x1: Any, x2: Any) -> Any:
        return operation(*promoted(x1, x2, name=name))

    return _named(function, name, meaning)


def _binary_inexact(name: str, operation: Callable[[Any, Any], Any], meaning: str) -> Any:
    """A function of two arrays whose values are no integers."""

    def function(x1: Any, x2: Any) -> Any:
        return operation(*promoted_inexact(x1, x2, name=name))

    return _named(function, name, meaning)


def _is_bool(x: Any) -> bool:
    return x.dtype == dtypes.bool_


def _for_booleans(on_booleans: Any, on_numbers: Any) -> Any:
    def operation(x: Any, *others: Any) -> Any:
        return (on_booleans if _is_bool(x) else on_numbers)(x, *others)

    return operation


# One array ------------------------------------------------------------------------------------


def _absolute(x: Any) -> Any:
    return x if x.dtype.is_unsigned or _is_bool(x) else math.abs(x)


def _rounding(operation: Any) -> Any:
    """Integers and booleans are whole already."""
    return lambda x: x if x.dtype.is_integer or _is_bool(x) else operation(x)


def _truncate(x: Any) -> Any:
    return selection.where(x < 0, math.ceil(x), math.floor(x))


def _negative(x: Any) -> Any:
    return math.subtract(zeros_like(x), x) if x.dtype.is_unsigned else math.negative(x)


def _sign(x: Any) -> Any:
    if x.dtype.is_complex:
        size = cast(math.abs(x), x.dtype)
        return selection.where(math.equal(x, zeros_like(x)), x, x / size)
    if x.dtype.is_unsigned:
        return cast(x > 0, x.dtype)
    return math.sign(x)


def _of_parts(test: Any, either: Any) -> Any:
    """A question to the parts of complex numbers; `either` joins the answers."""

    def operation(x: Any) -> Any:
        if x.dtype.is_complex:
            return either(test(complex_parts.real(x)), test(complex_parts.imag(x)))
        return test(x) if x.dtype.is_floating else test(zeros_like(x, dtypes.float32))

    return operation


def _sign_bit(x: Any) -> Any:
    if x.dtype.is_floating:
        x = bitcast(x, _BITS[x.dtype.size])
    return zeros_like(x, dtypes.bool_) if _is_bool(x) else x < 0


def _logarithm(base: float) -> Any:
    def operation(x: Any) -> Any:
        value = math.log(x)
        if not x.dtype.is_complex:
            return value / math.log(cast(base, x.dtype))
        # By parts: a complex quotient of infinity is NaN.
        scale = math.log(cast(base, x.dtype.real_dtype))
        parts = complex_parts.real(value) / scale, complex_parts.imag(value) / scale
        return complex_parts.complex(*parts)

    return operation


def _conjugate(x: Any) -> Any:
    return complex_parts.conj(x) if x.dtype.is_complex else x


def real(val: Any) -> Any:
    """The real part of elements.

    >>> tf.experimental.numpy.real([1 + 2j]).numpy()
    array([1.])
    """
    x = as_array(val, name="real")
    return complex_parts.real(x) if x.dtype.is_complex else x


def imag(val: Any) -> Any:
    """The imaginary part of elements.

    >>> tf.experimental.numpy.imag([1 + 2j]).numpy()
    array([2.])
    """
    x = as_array(val, name="imag")
    return complex_parts.imag(x) if x.dtype.is_complex else zeros_like(x)


def _reciprocal(x: Any) -> Any:
    if x.dtype.is_floating or x.dtype.is_complex:
        return division.reciprocal(x)
    return math.floordiv(ones_like(x), x)


absolute = _unary("abs", _absolute, "The distance from zero")
negative = _unary("negative", _negative, "The number with the other sign")
positive = _unary("positive", lambda x: x, "The number itself")
square = _unary("square", lambda x: math.multiply(x, x), "The number times itself")
reciprocal = _unary("reciprocal", _reciprocal, "One divided by the number")
ceil = _unary("ceil", _rounding(math.ceil), "The next whole number above")
floor = _unary("floor", _rounding(math.floor), "The next whole number below")
trunc = _unary("trunc", _rounding(_truncate), "The whole number next to it towards zero")
signum = _unary("sign", _sign, "-1, 0 or 1; of complex numbers the direction")
conj = _unary("conj", _conjugate, "The complex conjugate")
signbit = _unary("signbit", _sign_bit, "Whether the sign is negative, that of zero too")
isnan = _unary("isnan", _of_parts(math.is_nan, math.logical_or), "Whether it is no number")
isinf = _unary("isinf", _of_parts(combining.is_inf, math.logical_or), "Whether it is infinite")
isfinite = _unary(
    "isfinite", _of_parts(math.is_finite, math.logical_and), "Whether it is a finite number"
)
logical_not = _unary(
    "logical_not", lambda x: math.logical_not(as_array(x, bool)), "Whether it is false or zero"
)
bitwise_invert = _unary(
    "bitwise_invert", _for_booleans(math.logical_not, bitwise.invert), "All bits turned over"
)

sin = _inexact("sin", math.sin, "The sine")
cos = _inexact("cos", math.cos, "The cosine")
tan = _inexact("tan", trigonometry.tan, "The tangent")
asin = _inexact("asin", trigonometry.asin, "The inverse sine")
acos = _inexact("acos", trigonometry.acos, "The inverse cosine")
atan = _inexact("atan", trigonometry.atan, "The inverse tangent")
sinh = _inexact("sinh", trigonometry.sinh, "The hyperbolic sine")
cosh = _inexact("cosh", trigonometry.cosh, "The hyperbolic cosine")
tanh = _inexact("tanh", math.tanh, "The hyperbolic tangent")
asinh = _inexact("asinh", trigonometry.asinh, "The inverse hyperbolic sine")
acosh = _inexact("acosh", trigonometry.acosh, "The inverse hyperbolic cosine")
atanh = _inexact("atanh", trigonometry.atanh, "The inverse hyperbolic tangent")
sqrt = _inexact("sqrt", math.sqrt, "The square root")
exp = _inexact("exp", math.exp, "The exponential")
expm1 = _inexact("expm1", math.expm1, "The exponential minus 1, precise near 0")
log = _inexact("log", math.log, "The natural logarithm")
log1p = _inexact("log1p", math.log1p, "The natural logarithm of 1 plus the number")
log2 = _inexact("log2", _logarithm(2), "The logarithm to the base 2")
log10 = _inexact("log10", _logarithm(10), "The logarithm to the base 10")


# Two arrays -----------------------------------------------------------------------------------


def _divide(x: Any, y: Any) -> Any:
    if _is_bool(x):
        x, y = as_inexact(x, "divide"), as_inexact(y, "divide")
    return math.truediv(x, y)


def _as_integers(operation: Any) -> Any:
    """An operation that has no booleans, on 0 and 1."""

    def on_integers(x: Any, y: Any) -> Any:
        if _is_bool(x):
            x, y = cast(x, dtypes.int8), cast(y, dtypes.int8)
        return operation(x, y)

    return on_integers


def _logical(operation: Any) -> Any:
    return lambda x, y: operation(as_array(x, bool), as_array(y, bool))


def _shift(name: str, operation: Any, meaning: str) -> Any:
    def shifted(x: Any, y: Any) -> Any:
        if not x.dtype.is_integer:
            raise DTypeMismatchError(
                f"{name} expected integers. Received: dtype={x.dtype.name}. Use tf.cast."
            )
        result = operation(x, y)
        if operation is bitwise.right_shift and not x.dtype.is_unsigned:
            return result
        # All bits leave; TensorFlow's operations leave that open.
        width = ones_like(y) * (x.dtype.size * 8)
        return selection.where(math.less(y, width), result, zeros_like(result))

    return _binary(name, shifted, meaning)


def _copy_sign(x: Any, y: Any) -> Any:
    size = math.abs(x)
    return selection.where(_sign_bit(y), math.negative(size), size)


def _hypotenuse(x: Any, y: Any) -> Any:
    """Scaled by the longer side, so that no square overflows."""
    x, y = math.abs(x), math.abs(y)
    long, short = math.maximum(x, y), math.minimum(x, y)
    one = ones_like(long)
    divisor = selection.where(math.equal(long, zeros_like(long)), one, long)
    ratio = short / divisor
    length = long * math.sqrt(one + ratio * ratio)
    infinite = math.logical_or(combining.is_inf(x), combining.is_inf(y))
    return selection.where(infinite, one * float("inf"), length)


def _log_add_exp(x: Any, y: Any) -> Any:
    """Relative to the larger one, so that no exponential overflows."""
    same = math.equal(x, y)
    distance = selection.where(same, zeros_like(x - y), -math.abs(x - y))
    return math.maximum(x, y) + math.log1p(math.exp(distance))


def _floor_divide(x: Any, y: Any) -> Any:
    """As NumPy and the standard have it: of the exact quotient, where `//` rounds it first."""
    return special.exact_floor_divide.door(*selection.same_dtype(x, y, "floor_divide"))


def _remainder(x: Any, y: Any) -> Any:
    """As NumPy and the standard have it: a zero has the sign of the divisor."""
    return special.exact_floor_mod.door(*selection.same_dtype(x, y, "remainder"))


def _next_after(x: Any, y: Any) -> Any:
    return combining.nextafter(x, y)


add = _binary("add", _for_booleans(math.logical_or, math.add), "The sum")
subtract = _binary("subtract", math.subtract, "The difference")
multiply = _binary("multiply", _for_booleans(math.logical_and, math.multiply), "The product")
divide = _binary("divide", _divide, "The quotient")
floor_divide = _binary("floor_divide", _as_integers(_floor_divide), "The quotient, rounded down")
remainder = _binary("remainder", _as_integers(_remainder), "What is left by `floor_divide`")
power = _binary("pow", math.pow, "The first number to the power of the second")
maximum = _binary("maximum", _for_booleans(math.logical_or, math.maximum), "The larger number")
minimum = _binary("minimum", _for_booleans(math.logical_and, math.minimum), "The smaller number")
atan2 = _binary_inexact("atan2", trigonometry.atan2, "The angle of the point (x2, x1)")
copysign = _binary_inexact("copysign", _copy_sign, "The first number with the second one's sign")
hypot = _binary_inexact("hypot", _hypotenuse, "The long side of a right triangle")
logaddexp = _binary_inexact("logaddexp", _log_add_exp, "log(exp(x1) + exp(x2))")
nextafter = _binary_inexact("nextafter", _next_after, "The next number after x1 towards x2")
equal = _binary("equal", math.equal, "Whether both are equal")
not_equal = _binary("not_equal", math.not_equal, "Whether they differ")
less = _binary("less", _as_integers(math.less), "Whether the first is smaller")
less_equal = _binary("less_equal", _as_integers(math.less_equal), "Whether the first is not larger")
greater = _binary("greater", _as_integers(math.greater), "Whether the first is larger")
greater_equal = _binary(
    "greater_equal", _as_integers(math.greater_equal), "Whether the first is not smaller"
)
logical_and = _binary("logical_and", _logical(math.logical_and), "Whether both are true")
logical_or = _binary("logical_or", _logical(math.logical_or), "Whether one is true, or both")
logical_xor = _binary("logical_xor", _logical(math.logical_xor), "Whether exactly one is true")
bitwise_and = _binary(
    "bitwise_and", _for_booleans(math.logical_and, bitwise.bitwise_and), "The bits that both have"
)
bitwise_or = _binary(
    "bitwise_or", _for_booleans(math.logical_or, bitwise.bitwise_or), "The bits that one has"
)
bitwise_xor = _binary(
    "bitwise_xor", _for_booleans(math.logical_xor, bitwise.bitwise_xor), "The bits that differ"
)
bitwise_left_shift = _shift(
    "bitwise_left_shift", bitwise.left_shift, "The bits moved up by x2 places"
)
bitwise_right_shift = _shift(
    "bitwise_right_shift", bitwise.right_shift, "The bits moved down by x2 places"
)


def clip(x: Any, /, min: Any = None, max: Any = None) -> Any:
    """The elements, those below `min` and above `max` replaced by these.

    >>> from eagre import array_api
    >>> array_api.clip([1, 5, 9], 2, 6).numpy()
    array([2, 5, 6])
    """
    x = as_array(x, name="clip")
    for limit, nearer in ((min, math.maximum), (max, math.minimum)):
        if limit is not None:
            dtype = result_type(x, limit)
            x = nearer(cast(x, dtype), as_array(limit, dtype, name="clip"))
    return x


def round(a: Any, decimals: int = 0) -> Any:
    """The nearest whole numbers, or numbers of so many decimals; halves go to even ones.

    >>> from eagre import array_api
    >>> array_api.round([0.5, 1.5, -0.7]).numpy()
    array([ 0.,  2., -1.])
    """
    x = as_array(a, name="round")
    if x.dtype.is_complex:
        real_part, imaginary = complex_parts.real(x), complex_parts.imag(x)
        return complex_parts.complex(round(real_part, decimals), round(imaginary, decimals))
    if decimals and not _is_bool(x):
        floating = as_inexact(x, "round")
        if decimals < 0:
            factor = 10.0**-decimals
            return cast(math.round(floating / factor) * factor, x.dtype)
        factor = 10.0**decimals
        return cast(math.round(floating * factor) / factor, x.dtype)
    return math.round(x) if x.dtype.is_floating else x


def sign(x: Any, out: Any = None, where: Any = None, **kwargs: Any) -> Any:
    """-1, 0 or 1; of complex numbers the direction. Other arguments than `x` are refused.

    >>> from eagre import array_api
    >>> array_api.sign([-2.0, 0.0, 5.0]).numpy()
    array([-1.,  0.,  1.])
    """
    refuse("sign", out=out, where=where, **kwargs)
    return signum(x)


def refuse(name: str, **arguments: Any) -> None:
    """An error for arguments of NumPy's that have no meaning for tensors."""
    for word, value in arguments.items():
        if value is not None:
            raise ValueError(
                f"{name} cannot use `{word}`: it has no meaning for tensors, which never change. "
                f"Received: {word}={value!r}"
            )
