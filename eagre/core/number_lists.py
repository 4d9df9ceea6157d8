"""Arrays of (nested) lists of numbers that are regular: most lists are, and quickly found to be.

What is not, or does not fit its dtype, is left to `conversion`, which words the errors.
"""

from __future__ import annotations

import contextvars
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from eagre.core import dtypes

if TYPE_CHECKING:
    from eagre.core.dtypes import DType

_LISTS = frozenset({list, tuple})
_REALS = frozenset({int, float})
_array_of: Any = np.array
_isfinite: Any = np.isfinite
_count_nonzero: Any = np.count_nonzero

# Numbers become narrower in a context of their own, where NumPy is silent about what they lose.
_quiet = contextvars.Context()
_quiet.run(np.seterr, all="ignore")
_quietly: Any = _quiet.run


def array_of_numbers(value: Any, dtype: DType | None) -> Any:
    """The array of a list of numbers; None where it takes more care to make one or to refuse."""
    if isinstance(value, bytes):
        # Bytes are one string, though Python sees numbers in them.
        return None
    leaves = value
    while (kinds := set(map(type, leaves))) and kinds <= _LISTS:
        leaves = list(chain.from_iterable(leaves))
    if not kinds <= _REALS:
        is_bool = kinds == {bool} and dtype in (None, dtypes.bool_)
        return _array(value, np.bool_) if is_bool else None
    if float in kinds:
        return _floats(value, dtypes.float32 if dtype is None else dtype)
    if kinds and (dtype is None or dtype.is_integer):
        return _integers(value, dtype)
    return None


def _array(value: Any, kind: Any) -> Any:
    try:
        return _array_of(value, kind)
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
    try:
        array = _quietly(_array_of, value, dtype.numpy)
    except (ValueError, OverflowError, RuntimeError):  # the last of a context that is in use
        return None
    # What is not finite was so before, or is too large: `conversion` tells which.
    is_sure = dtype is dtypes.float64 or _count_nonzero(_isfinite(array)) == array.size
    return array if is_sure else None
