"""Values that stand in a graph itself."""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes
from eagre.core.primitive import Primitive
from eagre.core.specs import TensorSpec
from eagre.primitives.families import WIDE


class Constant(Primitive):
    """A value that stands in the graph itself."""

    def infer(self, *, value: Any) -> TensorSpec:
        """The spec of the value."""
        return TensorSpec.of(value.shape, dtypes.from_numpy(value.dtype))

    def kernel(self, *, value: Any) -> Any:
        return value

    def known(self, *, value: Any) -> Any:
        """The numbers, where they are few."""
        is_few = value.size <= 64 and dtypes.from_numpy(value.dtype) in WIDE
        return tuple(value.ravel().tolist()) if is_few else None


constant = Constant()
