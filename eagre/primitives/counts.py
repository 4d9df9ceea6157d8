"""How many elements are not zero."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.specs import TensorSpec
from eagre.primitives.families import EVERYTHING
from eagre.primitives.reductions import Reduction

_count: Any = np.count_nonzero
_sum: Any = np.add.reduce


class CountNonzero(Reduction):
    """How many elements are not zero, not False and not empty, as int64."""

    takes = EVERYTHING
    stops_gradients = True

    def infer(self, x: TensorSpec, *, axis: Any, keepdims: bool) -> TensorSpec:
        """The shape without the counted axes, or with size 1 there."""
        return TensorSpec.of(super().infer(x, axis=axis, keepdims=keepdims).sizes, dtypes.int64)

    def kernel(self, x: Any, *, axis: Any, keepdims: bool) -> Any:
        if axis is None and not keepdims:
            return np.asarray(_count(x), np.int64)
        flags = x if x.dtype.kind == "b" else x.astype(np.bool_)
        return _sum(flags, axis, np.int64, None, keepdims)


count_nonzero = CountNonzero()
