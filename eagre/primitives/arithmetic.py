"""Arithmetic on elements."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.errors import InvalidArgumentError
from eagre.core.specs import TensorSpec
from eagre.core.tensor import EagerTensor
from eagre.primitives.beside_numbers import MANY, beside_number, powers
from eagre.primitives.casting import cast
from eagre.primitives.comparison import not_equal, select
from eagre.primitives.families import (
    COMPLEXES,
    EVERYTHING,
    FLOATS,
    INEXACTS,
    NUMBERS,
    REALS,
    SIGNED,
    Binary,
    Elementwise,
    Unary,
    check_dtypes,
    contiguous,
    known_by,
    one_like,
    shape_of,
    zero_like,
)
from eagre.primitives.remainders import divided, remainder_of_floats


class Arithmetic(Binary):
    """What the four operations share: a gradient rule for each input."""

    def __init__(self) -> None:
        super().__init__()
        self.partials = self.of_x, self.of_y

    def of_x(self, grad: Any, output: Any, x: Any, y: Any) -> Any:
        """The gradient of `x`."""
        raise NotImplementedError

    def of_y(self, grad: Any, output: Any, x: Any, y: Any) -> Any:
        """The gradient of `y`."""
        raise NotImplementedError

    def gradient(self, grad: Any, output: Any, x: Any, y: Any) -> Any:
        of_x, of_y = self.partials
        return lambda: of_x(grad, output, x, y), lambda: of_y(grad, output, x, y)


class Add(Arithmetic):
    """Sum."""

    takes = NUMBERS | {dtypes.string}
    kernel = np.add
    known = known_by(operator.add)
    needs = ()

    def of_x(self, grad: Any, output: Any, x: Any, y: Any) -> Any:
        return grad

    def of_y(self, grad: Any, output: Any, x: Any, y: Any) -> Any:
        return grad

    def scalar(self, emit: Any, x: Any, y: Any) -> Any:
        return emit.add(x, y)


class Subtract(Arithmetic):
    """Difference."""

    kernel = np.subtract
    known = known_by(operator.sub)
    needs = ()

    def of_x(self, grad: Any, output: Any, x: Any, y: Any) -> Any:
        return grad

    def of_y(self, grad: Any, output: Any, x: Any, y: Any) -> Any:
        return -grad

    def scalar(self, emit: Any, x: Any, y: Any) -> Any:
        return emit.subtract(x, y)


class Multiply(Arithmetic):
    """Product."""

    kernel = np.multiply
    known = known_by(operator.mul)
    is_exact = False
    is_exact_for_reals = True
    needs = ("x", "y")

    def of_x(self, grad: Any, output: Any, x: Any, y: Any) -> Any:
        return multiply.door(grad, conjugated(y))

    def of_y(self, grad: Any, output: Any, x: Any, y: Any) -> Any:
        return multiply.door(grad, conjugated(x))

    def scalar(self, emit: Any, x: Any, y: Any) -> Any:
        return emit.multiply(x, y)


class Divide(Arithmetic):
    """Quotient of inexact numbers."""

    takes = INEXACTS
    kernel = np.divide
    is_exact = False
    is_exact_for_reals = True
    needs = ("x", "y")

    def of_x(self, grad: Any, output: Any, x: Any, y: Any) -> Any:
        return grad / conjugated(y)

    def of_y(self, grad: Any, output: Any, x: Any, y: Any) -> Any:
        return grad * conjugated((-x / y) / y)

    def scalar(self, emit: Any, x: Any, y: Any) -> Any:
        return emit.divide(x, y)


class IntegerDivision(Binary):
    """What division and remainder share: integers must not be divided by zero."""

    takes = REALS
    can_fail = True
    ufunc: Any

    def kernel(self, x: Any, y: Any) -> Any:
        return divided(self.public, self.ufunc, x, y) if y.dtype.kind in "iu" else self.ufunc(x, y)


class FloorDivide(IntegerDivision):
    """Quotient rounded towards negative infinity; of floats the quotient that `divide` gives."""

    public = "floordiv"
    ufunc = np.floor_divide
    known = known_by(lambda x, y: x // y if y else None)
    stops_gradients = True

    def kernel(self, x: Any, y: Any) -> Any:
        return super().kernel(x, y) if y.dtype.kind in "iu" else np.floor(np.divide(x, y))


class FloorMod(IntegerDivision):
    """Remainder of `floor_divide`; it has the sign of the divisor, and a zero that of `x`."""

    public = "floormod"
    ufunc = np.remainder
    needs = ("x", "y")

    def kernel(self, x: Any, y: Any) -> Any:
        return super().kernel(x, y) if y.dtype.kind in "iu" else remainder_of_floats(x, y)

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
        return powers(x, y)

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
    kernel = beside_number(np.maximum, is_lower_bound=True)
    known = known_by(max)
    needs = ("x", "y")

    def gradient(self, grad: Any, output: Any, x: Any, y: Any) -> Any:
        zero = zero_like(grad)
        return lambda: select(x >= y, grad, zero), lambda: select(x >= y, zero, grad)


class Minimum(Binary):
    """The smaller element; NaN if either is."""

    takes = REALS
    kernel = beside_number(np.minimum, is_lower_bound=False)
    known = known_by(min)
    needs = ("x", "y")

    def gradient(self, grad: Any, output: Any, x: Any, y: Any) -> Any:
        zero = zero_like(grad)
        return lambda: select(x <= y, grad, zero), lambda: select(x <= y, zero, grad)


class Clip(Elementwise):
    """The element, or the bound that it exceeds; where the bounds cross, the lower one."""

    public = "clip_by_value"
    takes = REALS
    needs = ("x", "low", "high")

    def kernel(self, x: Any, low: Any, high: Any) -> Any:
        if x.size >= MANY and x.dtype.itemsize > 2 and (low <= high).all():
            return np.clip(x, low, high)
        return np.maximum(np.minimum(x, high), low)

    def gradient(self, grad: Any, output: Any, x: Any, low: Any, high: Any) -> Any:
        """As of the minimum and then the maximum: what is equal to a bound is within it."""
        zero = zero_like(grad)

        def is_inside() -> Any:
            return minimum(x, high) >= low

        return (
            lambda: select((x <= high) & (x >= low), grad, zero),
            lambda: select(is_inside(), zero, grad),
            lambda: select(x <= high, zero, select(is_inside(), grad, zero)),
        )


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


class Modulus(Unary):
    """The absolute value of a complex number."""

    public = "abs"
    takes = COMPLEXES
    kernel = np.absolute
    is_exact = False

    def infer(self, *specs: TensorSpec, **params: Any) -> TensorSpec:
        """Real numbers of half the size."""
        (x,) = specs
        dtype = check_dtypes(self, (x,), self.takes)
        real = dtypes.float32 if dtype == dtypes.complex64 else dtypes.float64
        return TensorSpec.of(x.sizes, real)

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        length = select(output > 0, output, one_like(output))
        return (cast(grad, dtype=x.dtype) * (x / cast(length, dtype=x.dtype)),)


class Sign(Unary):
    """-1, 0 or 1."""

    takes = SIGNED | FLOATS
    needs = ()

    def kernel(self, x: Any) -> Any:
        # Adding zero turns the -0 that bfloat16 gives for -0 into 0.
        return np.sign(x) if x.dtype.kind in "if" else np.sign(x) + x.dtype.type(0)

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        from eagre.primitives.rearrangement import broadcast_to

        return (broadcast_to(zero_like(grad), shape_of(x)),)


class Square(Unary):
    """The number times itself."""

    kernel = np.square
    is_exact = False
    is_exact_for_reals = True
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


class Identity(Unary):
    """The tensor itself."""

    takes, needs = EVERYTHING, ()
    keeps_order = True

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
clip = Clip()
negative = Negative()
absolute = Absolute()
modulus = Modulus()
sign = Sign()
square = Square()
floor = Floor()
ceil = Ceil()
rint = Rint()
conjugate = Conjugate()
identity = Identity()
stop_gradient = StopGradient()


_SINGLE = np.dtype(np.float32)


def conjugated(x: Any) -> Any:
    """The conjugate where numbers are complex: gradients follow TensorFlow's convention."""
    if x.__class__ is EagerTensor and x.array.dtype is _SINGLE:
        return x  # the usual case, at a third of the cost
    return conjugate(x) if x.is_complex else x
