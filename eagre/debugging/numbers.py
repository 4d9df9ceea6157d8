"""What a value looks like in few words: how many elements, of what size, how many are bad."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from eagre.core.tensor import EagerTensor

_INEXACT = "fcV"


class Summary(NamedTuple):
    """The numbers of NaN and infinite elements, and the size of the others."""

    count: int
    nans: int
    infinities: int
    lowest: float
    highest: float
    norm: float

    @property
    def is_bad(self) -> bool:
        """Whether an element is NaN or infinite."""
        return bool(self.nans or self.infinities)

    @property
    def bad(self) -> str:
        """The bad elements in words."""
        parts = [_counted(self.nans, "NaN", "NaNs"),
                 _counted(self.infinities, "infinity", "infinities")]
        return " and ".join(part for part in parts if part)


def _counted(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}" if count else ""


def is_bad(tensor: Any) -> bool:
    """Whether a tensor that has its value holds NaN or infinity."""
    if tensor.__class__ is not EagerTensor or tensor.array.__class__ is not np.ndarray:
        return False
    array = tensor.array
    return array.dtype.kind in _INEXACT and not bool(np.isfinite(array).all())


def summary(tensor: Any) -> Summary | None:
    """The summary of a tensor with numbers, None for others."""
    if tensor.__class__ is not EagerTensor or tensor.array.__class__ is not np.ndarray:
        return None
    array = tensor.array
    if array.dtype.kind not in "biufcV":
        return None
    wide = np.abs(array).astype(float) if array.dtype.kind == "c" else array.astype(float)
    finite = wide[np.isfinite(wide)]
    nans = int(np.isnan(wide).sum())
    lowest, highest = (finite.min(), finite.max()) if finite.size else (np.nan, np.nan)
    with np.errstate(over="ignore"):
        norm = np.sqrt(np.sum(finite * finite))
    infinities = wide.size - finite.size - nans
    return Summary(wide.size, nans, infinities, float(lowest), float(highest), float(norm))


def short(tensor: Any) -> str:
    """A value on less than a line: itself if it is one number, else the range of its elements."""
    found = summary(tensor)
    if found is None:
        return f"{getattr(tensor, 'array', '')!s:.40}"
    if found.count == 1:
        return f"{tensor.array.reshape(()):.4g}" if tensor.array.dtype.kind != "b" else str(
            bool(tensor.array)
        )
    if found.count == 0:
        return "empty"
    bad = f", {found.bad}" if found.is_bad else ""
    return f"{found.lowest:.4g} to {found.highest:.4g}{bad}"
