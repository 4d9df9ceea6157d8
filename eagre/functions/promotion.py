"""Python integers that vary from call to call, traced as tensors.

An integer argument chooses a graph by its value. Where only such values differ from call to call,
a further trace passes an object in the integer's place that tells how it is used. If it served as
an operand of tensors and nothing else looked at its value, the graph takes it as an input.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.specs import TensorSpec
from eagre.core.tensor import Tensor
from eagre.primitives.arithmetic import cast

SPEC = TensorSpec.of((), dtypes.int64)
_PACKAGE = os.path.dirname(os.path.dirname(__file__)) + os.sep

# An integer of 32 bits becomes one of these in the same way as a number and as a tensor.
_EXACT = frozenset({
    dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64, dtypes.complex64, dtypes.complex128,
})  # fmt: skip


def fits(value: Any) -> bool:
    """Whether an integer may be an input of a graph: it then is an int32 wherever one is made."""
    return value.__class__ is int and -(2**31) <= value < 2**31


class TracedInteger:
    """Stands for an integer argument while a function is traced; `was_read` tells whether
    something besides tensor operations asked for the value."""

    __slots__ = ("_tensor", "_value", "was_read")

    def __init__(self, value: int, tensor: Tensor) -> None:
        self._value = value
        self._tensor = tensor
        self.was_read = False

    def read(self) -> int:
        """The value, which the graph then depends on."""
        self.was_read = True
        return self._value

    def __operand__(self, dtype: Any) -> Tensor:
        return self.__tensor__(dtype)

    def __tensor__(self, dtype: Any) -> Tensor:
        dtype = dtype or dtypes.int32
        if dtype not in _EXACT:
            return to_tensor(self.read(), dtype)
        return cast(self._tensor, dtype=dtype)

    @property
    def __class__(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """What `isinstance` asks: an integer for the user, for eagre what it is."""
        asker = sys._getframe(1).f_code.co_filename  # pyright: ignore[reportPrivateUsage]
        if asker.startswith(_PACKAGE):
            return TracedInteger
        self.was_read = True
        return int

    def __getattr__(self, name: str) -> Any:
        return getattr(self.read(), name)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return np.asarray(self.read(), dtype)


def _delegate(name: str) -> Any:
    method = getattr(int, name)

    def operator(self: TracedInteger, *others: Any) -> Any:
        if any(isinstance(other, Tensor | np.ndarray | np.generic) for other in others):
            return NotImplemented
        if any(hasattr(other, "handle") for other in others):
            return NotImplemented
        values = [x.read() if type(x) is TracedInteger else x for x in others]
        return method(self.read(), *values)

    operator.__name__ = name
    return operator


_OPERATORS = "add sub mul truediv floordiv mod divmod pow and or xor lshift rshift".split()
_OTHERS = """eq ne lt le gt ge neg pos abs invert bool int float index hash repr str format round
    trunc floor ceil""".split()
for _name in [*_OPERATORS, *("r" + each for each in _OPERATORS), *_OTHERS]:
    setattr(TracedInteger, f"__{_name}__", _delegate(f"__{_name}__"))
