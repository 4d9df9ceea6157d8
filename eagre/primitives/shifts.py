"""Integers whose bits are moved."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.primitives.families import INTEGERS, Binary


class Shift(Binary):
    """What both directions share: distances are brought into [0, bits)."""

    takes = INTEGERS
    stops_gradients = True
    ufunc: Any

    def kernel(self, x: Any, y: Any) -> Any:
        return self.ufunc(x, np.clip(y, 0, 8 * x.dtype.itemsize - 1))


class LeftShift(Shift):
    """The bits moved towards the higher places."""

    ufunc = np.left_shift


class RightShift(Shift):
    """The bits moved towards the lower places; the sign stays."""

    ufunc = np.right_shift


left_shift = LeftShift()
right_shift = RightShift()
