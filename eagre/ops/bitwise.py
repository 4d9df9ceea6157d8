"""Operations on the bits of integers; shapes broadcast."""

from __future__ import annotations

from typing import Any

from eagre.core.conversion import to_tensor
from eagre.core.errors import DTypeMismatchError
from eagre.ops.operands import operands
from eagre.primitives import comparison, shifts
from eagre.primitives.families import INTEGERS


def bitwise_and(x: Any, y: Any, name: str | None = None) -> Any:
    """The bits that both integers have.

    >>> tf.bitwise.bitwise_and([6], [3]).numpy()
    array([2], dtype=int32)
    """
    x, y = operands(x, y, "bitwise_and", INTEGERS, "integers")
    return comparison.bitwise_and.door(x, y)


def bitwise_or(x: Any, y: Any, name: str | None = None) -> Any:
    """The bits that at least one integer has.

    >>> tf.bitwise.bitwise_or([6], [3]).numpy()
    array([7], dtype=int32)
    """
    x, y = operands(x, y, "bitwise_or", INTEGERS, "integers")
    return comparison.bitwise_or.door(x, y)


def bitwise_xor(x: Any, y: Any, name: str | None = None) -> Any:
    """The bits that exactly one integer has.

    >>> tf.bitwise.bitwise_xor([6], [3]).numpy()
    array([5], dtype=int32)
    """
    x, y = operands(x, y, "bitwise_xor", INTEGERS, "integers")
    return comparison.bitwise_xor.door(x, y)


def invert(x: Any, name: str | None = None) -> Any:
    """The bits that the integer has not.

    >>> tf.bitwise.invert([6]).numpy()
    array([-7], dtype=int32)
    """
    x = to_tensor(x)
    if x.dtype not in INTEGERS:
        raise DTypeMismatchError(
            f"invert expected integers. Received: dtype={x.dtype.name}. Use tf.cast to convert."
        )
    return comparison.invert.door(x)


def left_shift(x: Any, y: Any, name: str | None = None) -> Any:
    """The bits of x moved y places up; y is brought into [0, number of bits).

    >>> tf.bitwise.left_shift([3], [2]).numpy()
    array([12], dtype=int32)
    """
    x, y = operands(x, y, "left_shift", INTEGERS, "integers")
    return shifts.left_shift.door(x, y)


def right_shift(x: Any, y: Any, name: str | None = None) -> Any:
    """The bits of x moved y places down, the sign kept; y is brought into [0, number of bits).

    >>> tf.bitwise.right_shift([-8], [2]).numpy()
    array([-2], dtype=int32)
    """
    x, y = operands(x, y, "right_shift", INTEGERS, "integers")
    return shifts.right_shift.door(x, y)
