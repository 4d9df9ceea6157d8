"""Functions of the elements of one or two tensors.

Shapes of two tensors broadcast; their dtypes must be the same, and a Python value takes the dtype
of the tensor beside it. InvalidArgumentError (also a ValueError) says what does not fit.
"""

from __future__ import annotations

from typing import Any

from eagre.core.conversion import to_tensor
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.core.shapes import are_compatible
from eagre.ops.selection import same_dtype
from eagre.primitives import arithmetic, comparison, transcendental
from eagre.primitives.indexed_slices import IndexedSlices


def negative(x: Any, name: str | None = None) -> Any:
    """-x, element by element.

    >>> tf.negative([1.0, -2.0]).numpy()
    array([-1.,  2.], dtype=float32)
    """
    return arithmetic.negative.door(x)


def square(x: Any, name: str | None = None) -> Any:
    """x times x.

    >>> tf.square([1.0, -2.0]).numpy()
    array([1., 4.], dtype=float32)
    """
    return arithmetic.square.door(x)


def sqrt(x: Any, name: str | None = None) -> Any:
    """The square root; NaN for negative numbers.

    >>> tf.sqrt([4.0, 9.0]).numpy()
    array([2., 3.], dtype=float32)
    """
    return transcendental.sqrt.door(x)


def rsqrt(x: Any, name: str | None = None) -> Any:
    """One over the square root.

    >>> tf.math.rsqrt([4.0]).numpy()
    array([0.5], dtype=float32)
    """
    return transcendental.rsqrt.door(x)


def exp(x: Any, name: str | None = None) -> Any:
    """e to the power x.

    >>> tf.exp([0.0]).numpy()
    array([1.], dtype=float32)
    """
    return transcendental.exp.door(x)


def expm1(x: Any, name: str | None = None) -> Any:
    """exp(x) - 1, exact near zero.

    >>> tf.math.expm1([0.0]).numpy()
    array([0.], dtype=float32)
    """
    return transcendental.expm1.door(x)


def log(x: Any, name: str | None = None) -> Any:
    """The natural logarithm; NaN for negative numbers.

    >>> tf.math.log([1.0]).numpy()
    array([0.], dtype=float32)
    """
    return transcendental.log.door(x)


def log1p(x: Any, name: str | None = None) -> Any:
    """log(1 + x), exact near zero.

    >>> tf.math.log1p([0.0]).numpy()
    array([0.], dtype=float32)
    """
    return transcendental.log1p.door(x)


def sin(x: Any, name: str | None = None) -> Any:
    """The sine of an angle in radians.

    >>> tf.sin([0.0]).numpy()
    array([0.], dtype=float32)
    """
    return transcendental.sin.door(x)


def cos(x: Any, name: str | None = None) -> Any:
    """The cosine of an angle in radians.

    >>> tf.cos([0.0]).numpy()
    array([1.], dtype=float32)
    """
    return transcendental.cos.door(x)


def tanh(x: Any, name: str | None = None) -> Any:
    """The hyperbolic tangent.

    >>> tf.tanh([0.0]).numpy()
    array([0.], dtype=float32)
    """
    return transcendental.tanh.door(x)


def sigmoid(x: Any, name: str | None = None) -> Any:
    """The logistic function 1 / (1 + exp(-x)).

    >>> tf.sigmoid([0.0]).numpy()
    array([0.5], dtype=float32)
    """
    return transcendental.sigmoid.door(x)


def softplus(x: Any, name: str | None = None) -> Any:
    """log(1 + exp(x)), without overflow.

    >>> tf.math.softplus([0.0]).numpy()
    array([0.6931472], dtype=float32)
    """
    return transcendental.softplus.door(x)


def sign(x: Any, name: str | None = None) -> Any:
    """-1, 0 or 1, as x is negative, zero or positive; of a complex number x / abs(x), or 0.

    >>> tf.sign([-3.0, 0.0]).numpy()
    array([-1.,  0.], dtype=float32)
    """
    x = to_tensor(x, name="sign")
    if not x.dtype.is_complex:
        return arithmetic.sign.door(x)
    from eagre.primitives.special import divide_no_nan

    return divide_no_nan.door(x, arithmetic.cast(abs(x), dtype=x.dtype))


def floor(x: Any, name: str | None = None) -> Any:
    """The largest integer that is not larger.

    >>> tf.floor([1.7, -1.2]).numpy()
    array([ 1., -2.], dtype=float32)
    """
    return arithmetic.floor.door(x)


def ceil(x: Any, name: str | None = None) -> Any:
    """The smallest integer that is not smaller.

    >>> tf.math.ceil([1.2, -1.7]).numpy()
    array([ 2., -1.], dtype=float32)
    """
    return arithmetic.ceil.door(x)


def is_nan(x: Any, name: str | None = None) -> Any:
    """Whether an element is not a number.

    >>> tf.math.is_nan([1.0, float('nan')]).numpy()
    array([False,  True])
    """
    return comparison.is_nan.door(x)


def is_finite(x: Any, name: str | None = None) -> Any:
    """Whether an element is neither infinite nor NaN.

    >>> tf.math.is_finite([1.0, float('inf')]).numpy()
    array([ True, False])
    """
    return comparison.is_finite.door(x)


def logical_not(x: Any, name: str | None = None) -> Any:
    """Whether it is false.

    >>> tf.logical_not([True, False]).numpy()
    array([False,  True])
    """
    return comparison.logical_not.door(x)


def add(x: Any, y: Any, name: str | None = None) -> Any:
    """x + y; shapes broadcast.

    >>> tf.add([1, 2], 3).numpy()
    array([4, 5], dtype=int32)
    """
    x, y = same_dtype(x, y, "add")
    return arithmetic.add.door(x, y)


def subtract(x: Any, y: Any, name: str | None = None) -> Any:
    """x - y; shapes broadcast.

    >>> tf.subtract([1, 2], 3).numpy()
    array([-2, -1], dtype=int32)
    """
    x, y = same_dtype(x, y, "subtract")
    return arithmetic.subtract.door(x, y)


def multiply(x: Any, y: Any, name: str | None = None) -> Any:
    """x * y; shapes broadcast.

    >>> tf.multiply([1, 2], 3).numpy()
    array([3, 6], dtype=int32)
    """
    x, y = same_dtype(x, y, "multiply")
    return arithmetic.multiply.door(x, y)


def floordiv(x: Any, y: Any, name: str | None = None) -> Any:
    """x / y rounded towards negative infinity.

    >>> tf.math.floordiv([7, -7], 2).numpy()
    array([ 3, -4], dtype=int32)
    """
    x, y = same_dtype(x, y, "floordiv")
    return arithmetic.floor_divide.door(x, y)


def floormod(x: Any, y: Any, name: str | None = None) -> Any:
    """The remainder of `floordiv`; it has the sign of y.

    >>> tf.math.floormod([7, -7], 3).numpy()
    array([1, 2], dtype=int32)
    """
    x, y = same_dtype(x, y, "floormod")
    return arithmetic.floor_mod.door(x, y)


def pow(x: Any, y: Any, name: str | None = None) -> Any:
    """x to the power y.

    >>> tf.pow([2, 3], 2).numpy()
    array([4, 9], dtype=int32)
    """
    x, y = same_dtype(x, y, "pow")
    return arithmetic.power.door(x, y)


def maximum(x: Any, y: Any, name: str | None = None) -> Any:
    """The larger of x and y; NaN where either is.

    >>> tf.maximum([1, 5], 3).numpy()
    array([3, 5], dtype=int32)
    """
    x, y = same_dtype(x, y, "maximum")
    return arithmetic.maximum.door(x, y)


def minimum(x: Any, y: Any, name: str | None = None) -> Any:
    """The smaller of x and y; NaN where either is.

    >>> tf.minimum([1, 5], 3).numpy()
    array([1, 3], dtype=int32)
    """
    x, y = same_dtype(x, y, "minimum")
    return arithmetic.minimum.door(x, y)


def equal(x: Any, y: Any, name: str | None = None) -> Any:
    """Whether x equals y; shapes must broadcast.

    >>> tf.equal([1, 2], 2).numpy()
    array([False,  True])
    """
    x, y = same_dtype(x, y, "equal")
    return comparison.equal.door(x, y)


def not_equal(x: Any, y: Any, name: str | None = None) -> Any:
    """Whether x differs from y; shapes must broadcast.

    >>> tf.not_equal([1, 2], 2).numpy()
    array([ True, False])
    """
    x, y = same_dtype(x, y, "not_equal")
    return comparison.not_equal.door(x, y)


def less(x: Any, y: Any, name: str | None = None) -> Any:
    """Whether x < y.

    >>> tf.less([1, 2], 2).numpy()
    array([ True, False])
    """
    x, y = same_dtype(x, y, "less")
    return comparison.less.door(x, y)


def less_equal(x: Any, y: Any, name: str | None = None) -> Any:
    """Whether x <= y.

    >>> tf.less_equal([1, 3], 2).numpy()
    array([ True, False])
    """
    x, y = same_dtype(x, y, "less_equal")
    return comparison.less_equal.door(x, y)


def greater(x: Any, y: Any, name: str | None = None) -> Any:
    """Whether x > y.

    >>> tf.greater([1, 3], 2).numpy()
    array([False,  True])
    """
    x, y = same_dtype(x, y, "greater")
    return comparison.greater.door(x, y)


def greater_equal(x: Any, y: Any, name: str | None = None) -> Any:
    """Whether x >= y.

    >>> tf.greater_equal([1, 2], 2).numpy()
    array([False,  True])
    """
    x, y = same_dtype(x, y, "greater_equal")
    return comparison.greater_equal.door(x, y)


def logical_and(x: Any, y: Any, name: str | None = None) -> Any:
    """Whether both are true.

    >>> tf.logical_and([True, False], True).numpy()
    array([ True, False])
    """
    x, y = same_dtype(x, y, "logical_and")
    return comparison.logical_and.door(x, y)


def logical_or(x: Any, y: Any, name: str | None = None) -> Any:
    """Whether at least one is true.

    >>> tf.logical_or([True, False], False).numpy()
    array([ True, False])
    """
    x, y = same_dtype(x, y, "logical_or")
    return comparison.logical_or.door(x, y)


def logical_xor(x: Any, y: Any, name: str | None = None) -> Any:
    """Whether exactly one is true.

    >>> tf.math.logical_xor([True, False], True).numpy()
    array([False,  True])
    """
    x, y = same_dtype(x, y, "logical_xor")
    return comparison.logical_xor.door(x, y)


def abs(x: Any, name: str | None = None) -> Any:
    """The absolute value; that of complex numbers is real.

    >>> tf.abs([-1.5, 2.0]).numpy()
    array([1.5, 2. ], dtype=float32)
    """
    return to_tensor(x).__abs__()


def round(x: Any, name: str | None = None) -> Any:
    """The nearest integer; halves go to the even one.

    >>> tf.round([0.5, 1.5, 2.6]).numpy()
    array([0., 2., 3.], dtype=float32)
    """
    x = to_tensor(x)
    return x if x.dtype.is_integer else arithmetic.rint(x)


def truediv(x: Any, y: Any, name: str | None = None) -> Any:
    """x / y; integers are divided as float64 (those of at most 16 bits as float32).

    >>> tf.truediv([1, 2], 2).numpy()
    array([0.5, 1. ])
    """
    x, y = same_dtype(x, y, "truediv")
    return x / y


divide = truediv
mod = floormod


def squared_difference(x: Any, y: Any, name: str | None = None) -> Any:
    """(x - y) squared; of complex numbers the square of the absolute value.

    >>> tf.math.squared_difference([1.0, 5.0], 3.0).numpy()
    array([4., 4.], dtype=float32)
    """
    x, y = same_dtype(x, y, "squared_difference")
    d = x - y
    return d * arithmetic.conjugated(d) if d.is_complex else arithmetic.square(d)


def clip_by_value(t: Any, clip_value_min: Any, clip_value_max: Any, name: str | None = None) -> Any:
    """The elements, those outside the bounds moved to the bounds; of `tf.IndexedSlices` the values.

    >>> tf.clip_by_value([-1.0, 0.5, 3.0], 0.0, 1.0).numpy()
    array([0. , 0.5, 1. ], dtype=float32)
    """
    if isinstance(t, IndexedSlices):
        return t.with_values(clip_by_value(t.values, clip_value_min, clip_value_max))
    t = to_tensor(t)
    _, low = same_dtype(t, clip_value_min, "clip_by_value")
    _, high = same_dtype(t, clip_value_max, "clip_by_value")
    if not low.dtype == high.dtype == t.dtype:
        raise DTypeMismatchError(
            f"clip_by_value expected bounds of dtype {t.dtype.name}. "
            f"Received: dtypes {low.dtype.name}, {high.dtype.name}. Use tf.cast to convert them."
        )
    clipped = arithmetic.clip.door(t, low, high)
    if not are_compatible(clipped.sizes, t.sizes):
        raise InvalidArgumentError(
            "clip_by_value expected bounds whose shapes broadcast to that of t. "
            f"Received: shapes {low.shape} and {high.shape}, t.shape={t.shape}"
        )
    return clipped
