"""Comparison, logic and bits of elements, and the choice between two values."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.errors import InvalidArgumentError
from eagre.core.shapes import broadcast_sizes
from eagre.core.specs import TensorSpec
from eagre.primitives.beside_numbers import MANY
from eagre.primitives.blockwise import BLOCK
from eagre.primitives.families import (
    BOOLS,
    EVERYTHING,
    FLOATS,
    INTEGERS,
    REALS,
    Binary,
    Elementwise,
    Unary,
    check_dtypes,
    zero_like,
)


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

    public = "&"
    takes = INTEGERS
    kernel = np.bitwise_and
    stops_gradients = True


class BitwiseOr(Binary):
    """The bits that at least one integer has."""

    public = "|"
    takes = INTEGERS
    kernel = np.bitwise_or
    stops_gradients = True


class BitwiseXor(Binary):
    """The bits that exactly one integer has."""

    public = "^"
    takes = INTEGERS
    kernel = np.bitwise_xor
    stops_gradients = True


class Invert(Unary):
    """The bits that the integer has not."""

    public = "~"
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


_where: Any = np.where
_BITS = {1: np.dtype(np.int8), 2: np.dtype(np.int16), 4: np.dtype(np.int32), 8: np.dtype(np.int64)}


def chosen(condition: Any, x: Any, y: Any) -> Any:
    """`np.where`, but by their bits where elements are many: a processor guesses branches badly."""
    bits = _BITS.get(x.dtype.itemsize)
    shape = condition.shape
    if condition.size < MANY or bits is None or x.dtype.kind == "O":
        return _where(condition, x, y)
    if x.shape not in (shape, ()) or y.shape not in (shape, ()):
        return _where(condition, x, y)
    result = np.empty(shape, x.dtype)
    target = result.view(bits).reshape(-1)
    flags = np.ascontiguousarray(condition).view(np.int8).reshape(-1)
    a, b = (np.ascontiguousarray(each).view(bits).reshape(-1) for each in (x, y))
    room = np.empty(min(BLOCK, target.size), bits)
    if b.size == 1 and not b[0]:
        _choose_or_zero(flags, a, target, room)
    elif a.size == 1 and not a[0]:
        _choose_or_zero(1 - flags, b, target, room)
    else:
        _choose(flags, a, b, target, room)
    return result


def _choose_or_zero(flags: Any, x: Any, target: Any, room: Any) -> None:
    """Bits times 0 or 1."""
    for start in range(0, target.size, BLOCK):
        part = slice(start, start + BLOCK)
        out = target[part]
        factors = room[: out.size]
        np.copyto(factors, flags[part])
        np.multiply(x[part] if x.size > 1 else x, factors, out)


def _choose(flags: Any, x: Any, y: Any, target: Any, room: Any) -> None:
    """y ^ ((x ^ y) & mask)."""
    for start in range(0, target.size, BLOCK):
        part = slice(start, start + BLOCK)
        out = target[part]
        mask = room[: out.size]
        np.copyto(mask, flags[part])
        np.negative(mask, mask)
        own, other = (each[part] if each.size > 1 else each for each in (x, y))
        np.bitwise_xor(own, other, out)
        np.bitwise_and(out, mask, out)
        np.bitwise_xor(out, other, out)


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

    kernel = staticmethod(chosen)

    def gradient(self, grad: Any, output: Any, condition: Any, x: Any, y: Any) -> Any:
        zero = zero_like(grad)
        return None, lambda: select(condition, grad, zero), lambda: select(condition, zero, grad)


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
