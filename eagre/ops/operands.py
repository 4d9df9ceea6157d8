"""Operands of ops that are composed of others, checked under the op's own name."""

from __future__ import annotations

from typing import Any

from eagre.core.errors import DTypeMismatchError
from eagre.core.shapes import broadcast_sizes
from eagre.ops.selection import same_dtype


def operands(x: Any, y: Any, name: str, allowed: Any, expected: str) -> tuple[Any, Any]:
    """Two tensors of one allowed dtype whose shapes broadcast; an error says what else came."""
    x, y = same_dtype(x, y, name)
    dtype = x.dtype
    if dtype in allowed and dtype is y.dtype and x.sizes == y.sizes:
        return x, y
    for tensor in (x, y):
        if tensor.dtype not in allowed or tensor.dtype != x.dtype:
            found = f"{x.dtype.name} and {y.dtype.name}"
            raise DTypeMismatchError(
                f"{name} expected {expected}, of one dtype. Received: dtypes {found}. "
                "Use tf.cast to convert."
            )
    broadcast_sizes(x.sizes, y.sizes, name)
    return x, y
