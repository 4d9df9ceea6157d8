"""What a tape keeps of values that no gradient reads: shape and dtype."""

from __future__ import annotations

from typing import Any

from numpy import ndarray

from eagre.core.dtypes import from_numpy
from eagre.core.tensor import EagerTensor, Tensor

SMALL = 1024
"""Bytes up to which a tape keeps a value as it is: an outline would be as large."""


class Outline(Tensor):
    """Shape and dtype of a value that a tape does not keep."""

    __slots__ = ("_dtype", "id", "sizes")

    def __init__(self, sizes: Any, dtype: Any, number: int) -> None:
        self.sizes = sizes
        self._dtype = dtype
        self.id = number

    @property
    def dtype(self) -> Any:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The dtype of the elements."""
        return from_numpy(self._dtype)

    def __repr__(self) -> str:
        return f"<outline shape={self.shape}, dtype={self.dtype.name}>"


def outline(tensor: Any) -> Tensor:
    """What is left of a tensor whose value is not needed; a symbolic one has none anyway."""
    if tensor.__class__ is EagerTensor:
        array = tensor.array
        if array.__class__ is ndarray and array.nbytes > SMALL:
            return Outline(array.shape, array.dtype, tensor.id)
    return tensor
