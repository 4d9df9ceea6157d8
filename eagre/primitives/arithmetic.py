"""Arithmetic, comparison and logic on elements."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.shapes import broadcast_sizes
from eagre.core.specs import TensorSpec
from eagre.primitives.families import (
    BOOLS,
    COMPLEXES,
    EVERYTHING,
    FLOATS,
    INEXACTS,
    INTEGERS,
    NUMBERS,
    REALS,
    SIGNED,
    Binary,
    Elementwise,
    Unary,
    check_dtypes,
    contiguous,
)


class Add(Binary):
    """Sum."""

    takes = NUMBERS | {dtypes.string}
    kernel = np.add
    needs = ()

    def gradient(self, grad: Any, output: Any, x: Any, y: Any) -> Any:
        return grad, grad

    def scalar(self, emit: Any, x: Any, y: Any) -> Any:
        return emit.add(x, y)


class Subtract(Binary):
    """Difference."""

    kernel = np.subtract
    needs = ()

    def gradient(self, grad: Any, output: Any, x: Any, y: Any) -> Any:
        return grad, lambda: -grad

    def scalar(self, emit: Any, x: Any, y: Any) -> Any:
        return emit.subtract(x, y)


class Multiply(Binary):
    """Product."""

    kernel = np.multiply

    def gradient(self, grad: Any, output: Any, x: Any, y: Any) -> Any:
        return lambda: grad * conjugated(y), lambda: grad * conjugated(x)

    def scalar(self, emit: Any, x: Any, y: Any) -> Any:
        return emit.multiply(x, y)


class Divide(Binary):
    """Quotient of inexact numbers."""

    takes = INEXACTS
    kernel = np.divide

    def gradient(self, grad: Any, output: Any, x: Any, y: Any) -> Any:
        return (
            lambda: grad / conjugated(y),
            lambda: grad * conjugated((-x / y) / y),
        )

    def scalar(self, emit: Any, x: Any, y: Any) -> Any:
        return emit.divide(x, y)


class IntegerDivision(Binary):
    """What division and remainder share: integers must not be divided by zero."""

    takes = REALS
    can_fail = True
    ufunc: Any

    def kernel(self, x: Any, y: Any) -> Any:
        if y.dtype.kind in "iu" and not y.all():
            raise InvalidArgumentError(
                f"{self.public} of integers expected a divisor without zeros. Received: {y}"
            )
        return self.ufunc(x, y)


class FloorDivide(IntegerDivision):
    """Quotient rounded towards negative infinity."""

    public = "floordiv"
    ufunc = np.floor_divide
    stops_gradients = True


class FloorMod(IntegerDivision):
    """Remainder of `floor_divide`; it has the sign of the divisor."""

    public = "floormod"
    ufunc = np.remainder
    needs = ("x", "y")

    def gradient(self, grad: Any, output: Any, x: Any, y: Any) -> Any:
        return grad, lambda: grad * -(x // y)


class Power(Binary):
    """`x` to the power `y`."""

    public = "pow"
    can_fail = True

    def kernel(self, x: Any, y: Any) -> Any:
        if not (x.flags.c_contiguous and y.flags.c_contiguous):
            x, y = contiguous(x), contiguous(y)
        if y.dtype.kind == "i" and (y < 0).any():
            raise InvalidArgumentError(
                f"pow of integers expected exponents of at least 0. Received: {y}"
            )
        return np.power(x, y)

    def gradient(self, grad: Any, output: Any, x: Any, y: Any) -> Any:
        from eagre.primitives.transcendental import log

        def of_x() -> Any:
            return grad * conjugated(y * x ** (y - 1))

        def of_y() -> Any:
            is_defined = not_equal(x, zero_like(x)) if x.dtype in COMPLEXES else x > 0
            safe = select(is_defined, x, one_like(x))
            return grad * conjugated(output * select(is_defined, log(safe), zero_like(x)))

        return of_x, of_y


class Maximum(Binary):
    """The larger element; NaN if either is."""

    takes = REALS
    kernel = np.maximum

    def gradient(self, grad: Any, output: Any, x: Any, y: Any) -> Any:
        zero = zero_like(grad)
        return lambda: select(x >= y, grad, zero), lambda: select(x >= y, zero, grad)


class Minimum(Binary):
    """The smaller element; NaN if either is."""

    takes = REALS
    kernel = np.minimum

    def gradient(self, grad: Any, output: Any, x: Any, y: Any) -> Any:
        zero = zero_like(grad)
        return lambda: select(x <= y, grad, zero), lambda: select(x <= y, zero, grad)


class Negative(Unary):
    """The number with the other sign."""

    takes = SIGNED | INEXACTS
    kernel = np.negative
    needs = ()

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (-grad,)

    def scalar(self, emit: Any, x: Any) -> Any:
        return emit.negative(x)


class Absolute(Unary):
    """The absolute value of a real number."""

    public = "abs"
    takes = SIGNED | FLOATS
    kernel = np.absolute

    needs = ("x",)

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad * sign(x),)


class Sign(Unary):
    """-1, 0 or 1."""

    takes = SIGNED | FLOATS
    kernel = np.sign
    needs = ()

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (zero_like(grad),)


class Square(Unary):
    """The number times itself."""

    kernel = np.square
    needs = ("x",)

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad * conjugated(x * 2),)

    def scalar(self, emit: Any, x: Any) -> Any:
        return emit.multiply(x, x)


class Rounding(Unary):
    """What the rounding functions share: steps, whose gradient is none."""

    takes = FLOATS
    stops_gradients = True


class Floor(Rounding):
    """The largest integer that is not larger."""

    kernel = np.floor


class Ceil(Rounding):
    """The smallest integer that is not smaller."""

    kernel = np.ceil


class Rint(Rounding):
    """The nearest integer; halves go to the even one."""

    public = "round"
    kernel = np.rint


class Conjugate(Unary):
    """The complex conjugate."""

    public = "conj"
    takes = COMPLEXES
    kernel = np.conjugate
    needs = ()

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (conjugate(grad),)


class Comparison(Binary):
    """Two numbers make a truth value."""

    takes = REALS
    gives = dtypes.bool_
    stops_gradients = True


class Equal(Comparison):
    """Whether elements are equal."""

    takes = EVERYTHING
    kernel = np.equal


class NotEqual(Comparison):
    """Whether elements differ."""

    takes = EVERYTHING
    kernel = np.not_equal


class Less(Comparison):
    """Whether `x` is smaller."""

    kernel = np.less


class LessEqual(Comparison):
    """Whether `x` is smaller or equal."""

    kernel = np.less_equal


class Greater(Comparison):
    """Whether `x` is larger."""

    kernel = np.greater


class GreaterEqual(Comparison):
    """Whether `x` is larger or equal."""

    kernel = np.greater_equal


class LogicalAnd(Binary):
    """Whether both are true."""

    takes = BOOLS
    kernel = np.logical_and
    stops_gradients = True


class LogicalOr(Binary):
    """Whether at least one is true."""

    takes = BOOLS
    kernel = np.logical_or
    stops_gradients = True


class LogicalXor(Binary):
    """Whether exactly one is true."""

    takes = BOOLS
    kernel = np.logical_xor
    stops_gradients = True


class LogicalNot(Unary):
    """Whether it is false."""

    takes = BOOLS
    kernel = np.logical_not
    stops_gradients = True


class BitwiseAnd(Binary):
    """The bits that both integers have."""

    takes = INTEGERS
    kernel = np.bitwise_and
    stops_gradients = True


class BitwiseOr(Binary):
    """The bits that at least one integer has."""

    takes = INTEGERS
    kernel = np.bitwise_or
    stops_gradients = True


class BitwiseXor(Binary):
    """The bits that exactly one integer has."""

    takes = INTEGERS
    kernel = np.bitwise_xor
    stops_gradients = True


class Invert(Unary):
    """The bits that the integer has not."""

    takes = INTEGERS
    kernel = np.invert
    stops_gradients = True


class IsNan(Unary):
    """Whether an element is not a number."""

    takes = FLOATS
    gives = dtypes.bool_
    kernel = np.isnan
    stops_gradients = True


class IsFinite(Unary):
    """Whether an element is neither infinite nor NaN."""

    takes = FLOATS
    gives = dtypes.bool_
    kernel = np.isfinite
    stops_gradients = True


class Select(Elementwise):
    """`x` where the condition is true, else `y`."""

    public = "where"
    needs = ("condition",)

    def infer(self, condition: TensorSpec, x: TensorSpec, y: TensorSpec) -> TensorSpec:
        """Broadcast all three; the condition is bool, the others of one dtype."""
        check_dtypes(self, (condition,), BOOLS)
        dtype = check_dtypes(self, (x, y), EVERYTHING)
        try:
            sizes = broadcast_sizes(condition.sizes, broadcast_sizes(x.sizes, y.sizes))
        except InvalidArgumentError:
            raise InvalidArgumentError(
                "where expected shapes that broadcast. Received: "
                f"condition.shape={condition.shape}, x.shape={x.shape}, y.shape={y.shape}"
            ) from None
        return TensorSpec.of(sizes, dtype)

    kernel = staticmethod(np.where)

    def gradient(self, grad: Any, output: Any, condition: Any, x: Any, y: Any) -> Any:
        zero = zero_like(grad)
        return None, lambda: select(condition, grad, zero), lambda: select(condition, zero, grad)


class Cast(Primitive):
    """The nearest value of another dtype; floats to integers round towards zero."""

    has_one_input = True
    needs = ()

    def infer(self, x: TensorSpec, *, dtype: dtypes.DType) -> TensorSpec:
        """The same shape."""
        if (x.dtype == dtypes.string) != (dtype == dtypes.string):
            raise InvalidArgumentError(
                f"cast cannot convert between strings and numbers. "
                f"Received: {x.dtype.name} to {dtype.name}. Use tf.strings.to_number or as_string."
            )
        return TensorSpec.of(x.sizes, dtype)

    def kernel(self, x: Any, *, dtype: dtypes.DType) -> Any:
        if x.dtype.kind == "c" and not dtype.is_complex:
            x = x.real
        return x.astype(dtype.numpy)

    def gradient(self, grad: Any, output: Any, x: Any, *, dtype: dtypes.DType) -> Any:
        if x.dtype not in INEXACTS or dtype not in INEXACTS:
            return (None,)
        return (cast(grad, dtype=x.dtype),)


class Identity(Unary):
    """The tensor itself."""

    takes = EVERYTHING
    needs = ()

    def kernel(self, x: Any) -> Any:
        return x

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad,)


class StopGradient(Unary):
    """The tensor itself, whose gradient is none."""

    takes = EVERYTHING
    stops_gradients = True

    def kernel(self, x: Any) -> Any:
        return x


add = Add()
subtract = Subtract()
multiply = Multiply()
divide = Divide()
floor_divide = FloorDivide()
floor_mod = FloorMod()
power = Power()
maximum = Maximum()
minimum = Minimum()
negative = Negative()
absolute = Absolute()
sign = Sign()
square = Square()
floor = Floor()
ceil = Ceil()
rint = Rint()
conjugate = Conjugate()
equal = Equal()
not_equal = NotEqual()
less = Less()
less_equal = LessEqual()
greater = Greater()
greater_equal = GreaterEqual()
logical_and = LogicalAnd()
logical_or = LogicalOr()
logical_xor = LogicalXor()
logical_not = LogicalNot()
bitwise_and = BitwiseAnd()
bitwise_or = BitwiseOr()
bitwise_xor = BitwiseXor()
invert = Invert()
is_nan = IsNan()
is_finite = IsFinite()
select = Select()
cast = Cast()
identity = Identity()
stop_gradient = StopGradient()


def conjugated(x: Any) -> Any:
    """The conjugate where numbers are complex: gradients follow TensorFlow's convention."""
    return conjugate(x) if x.is_complex else x


def zero_like(x: Any) -> Any:
    """A scalar zero of the dtype of `x`; it broadcasts."""
    from eagre.core.conversion import as_operand

    return as_operand(0, x, "zero")


def one_like(x: Any) -> Any:
    """A scalar one of the dtype of `x`; it broadcasts."""
    from eagre.core.conversion import as_operand

    return as_operand(1, x, "one")
