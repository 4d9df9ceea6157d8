"""Arrays of (nested) lists of numbers that are regular: most lists are, and quickly found to be.

What is not, or does not fit its dtype, is left to `conversion`, which words the errors.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from eagre.core import dtypes

if TYPE_CHECKING:
    from eagre.core.dtypes import DType

_LISTS = frozenset({list, tuple})
_INTEGERS = frozenset({int})
_FLOATS = frozenset({float})
_REALS = frozenset({int, float})
_BOOLS = frozenset({bool})
_LARGEST = float(np.finfo(np.float32).max)


def array_of_numbers(value: Any, dtype: DType | None) -> Any:
    """The array of a list of numbers; None where it takes more care to make one or to refuse."""
    if isinstance(value, bytes):
        # Bytes are one string, though Python sees numbers in them.
        return None
    leaves = value
    while (kinds := frozenset(map(type, leaves))) and kinds <= _LISTS:
        leaves = list(chain.from_iterable(leaves))
    if kinds == _INTEGERS and (dtype is None or dtype.is_integer):
        return _integers(value, dtype)
    if kinds == _FLOATS or (kinds == _REALS and (dtype is None or dtype.is_floating)):
        return _floats(value, dtypes.float32 if dtype is None else dtype)
    if kinds == _BOOLS and dtype in (None, dtypes.bool_):
        return _array(value, np.bool_)
    return None


def _array(value: Any, kind: Any) -> Any:
    try:
        return np.array(value, kind)
    except (ValueError, OverflowError):
        return None


def _integers(value: Any, dtype: DType | None) -> Any:
    """As int32, or int64 where that is too narrow, unless a dtype is asked for."""
    if dtype is not None:
        return _array(value, dtype.numpy)
    narrow = _array(value, np.int32)
    return _array(value, np.int64) if narrow is None else narrow


def _floats(value: Any, dtype: DType) -> Any:
    if dtype is not dtypes.float32 and dtype is not dtypes.float64:
        return None
    wide = _array(value, np.float64)
    if wide is None or dtype is dtypes.float64:
        return wide
    # NaN fails the comparison, as does what would become infinite or, tiny, raise a warning.
    size = np.abs(wide)
    is_moderate = ((size < _LARGEST) & ((size > 1e-37) | (size == 0))).all()
    return wide.astype(np.float32) if is_moderate else None
