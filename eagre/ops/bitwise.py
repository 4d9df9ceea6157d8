"""Operations on the bits of integers; shapes broadcast."""

from __future__ import annotations

from typing import Any

from eagre.core.conversion import to_tensor
from eagre.ops.selection import same_dtype
from eagre.primitives import comparison, shifts


def bitwise_and(x: Any, y: Any, name: str | None = None) -> Any:
    """The bits that both integers have.

    >>> tf.bitwise.bitwise_and([6], [3]).numpy()
    @@
    """
    x, y = same_dtype(x, y, "bitwise_and")
    return comparison.bitwise_and.door(x, y)


def bitwise_or(x: Any, y: Any, name: str | None = None) -> Any:
    """The bits that at least one integer has.

    >>> tf.bitwise.bitwise_or([6], [3]).numpy()
    @@
    """
    x, y = same_dtype(x, y, "bitwise_or")
    return comparison.bitwise_or.door(x, y)


def bitwise_xor(x: Any, y: Any, name: str | None = None) -> Any:
    """The bits that exactly one integer has.

    >>> tf.bitwise.bitwise_xor([6], [3]).numpy()
    @@
    """
    x, y = same_dtype(x, y, "bitwise_xor")
    return comparison.bitwise_xor.door(x, y)


def invert(x: Any, name: str | None = None) -> Any:
    """The bits that the integer has not.

    >>> tf.bitwise.invert([6]).numpy()
    @@
    """
    return comparison.invert.door(to_tensor(x))


def left_shift(x: Any, y: Any, name: str | None = None) -> Any:
    """The bits of x moved y places up; y is brought into [0, number of bits).

    >>> tf.bitwise.left_shift([3], [2]).numpy()
    @@
    """
    x, y = same_dtype(x, y, "left_shift")
    return shifts.left_shift.door(x, y)


def right_shift(x: Any, y: Any, name: str | None = None) -> Any:
    """The bits of x moved y places down, the sign kept; y is brought into [0, number of bits).

    >>> tf.bitwise.right_shift([-8], [2]).numpy()
    @@
    """
    x, y = same_dtype(x, y, "right_shift")
    return shifts.right_shift.door(x, y)
