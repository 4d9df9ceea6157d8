"""The time of day."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.primitive import Primitive
from eagre.core.specs import TensorSpec


class Timestamp(Primitive):
    """The time since 1970 in units of so many seconds, at each run of a graph anew."""

    effect = "read"

    def infer(self, *, unit: float) -> TensorSpec:
        """A scalar."""
        return TensorSpec.of((), dtypes.float64)

    def kernel(self, *, unit: float) -> Any:
        return np.array(time.time() / unit)


timestamp = Timestamp()
