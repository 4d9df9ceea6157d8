"""Where the pieces of an isotonic regression lie."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.specs import TensorSpec
from eagre.primitives import batching
from eagre.primitives.families import FLOATS, check_dtypes


class IsotonicPieces(Primitive):
    """For each element of the vectors along the last axis the number of its piece.

    The pieces are those on which the nearest non-increasing vector is constant: neighbors are
    put together while the mean of the later one is larger. Barlow et al., "Statistical inference
    under order restrictions", 1972.
    """

    vectorize = batching.as_it_is
    has_one_input = True
    stops_gradients = True
    public = "isotonic_regression"
    checks_always = True

    def infer(self, x: TensorSpec) -> TensorSpec:
        """The same shape, in int32."""
        check_dtypes(self, (x,), FLOATS)
        if x.sizes == ():
            raise InvalidArgumentError(
                "isotonic_regression expected at least one axis. Received: inputs.shape=()"
            )
        return TensorSpec.of(x.sizes, dtypes.int32)

    def kernel(self, x: Any) -> Any:
        """Row by row."""
        rows = x.astype(np.float64).reshape(-1, x.shape[-1])
        pieces = np.array([_pieces(row.tolist()) for row in rows], np.int32)
        return pieces.reshape(x.shape)


def _pieces(row: list[float]) -> list[int]:
    sums: list[float] = []
    counts: list[int] = []
    for value in row:
        sums.append(value)
        counts.append(1)
        while len(sums) > 1 and sums[-2] / counts[-2] < sums[-1] / counts[-1]:
            total, count = sums.pop(), counts.pop()
            sums[-1] += total
            counts[-1] += count
    return [number for number, count in enumerate(counts) for _ in range(count)]


isotonic_pieces = IsotonicPieces()
