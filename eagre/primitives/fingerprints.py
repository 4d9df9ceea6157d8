"""Fingerprints of the rows of a tensor."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.errors import InvalidArgumentError
from eagre.core.farmhash import fingerprint as fingerprint_of
from eagre.core.primitive import Primitive
from eagre.core.specs import TensorSpec
from eagre.primitives import batching
from eagre.primitives.families import EVERYTHING, check_dtypes, contiguous


class Fingerprint(Primitive):
    """For each row the 8 bytes of its hash."""

    vectorize = batching.by_rows
    has_one_input = True
    stops_gradients = True

    def infer(self, x: TensorSpec) -> TensorSpec:
        """[rows, 8]."""
        check_dtypes(self, (x,), EVERYTHING)
        if x.sizes == ():
            raise InvalidArgumentError(
                "fingerprint expected data with at least one axis. Received: data.shape=()"
            )
        return TensorSpec.of((None if x.sizes is None else x.sizes[0], 8), dtypes.uint8)

    def kernel(self, x: Any) -> Any:
        if not x.ndim:
            raise ValueError("a scalar")
        rows = x.reshape(len(x), -1) if x.size else np.zeros((len(x), 0), x.dtype)
        of_row = _of_strings if x.dtype.kind == "O" else _of_numbers
        hashes = [of_row(row) for row in rows]
        return np.array(hashes, "<u8").view(np.uint8).reshape(len(x), 8)


def _of_numbers(row: Any) -> int:
    return fingerprint_of(contiguous(row).tobytes())


def _of_strings(row: Any) -> int:
    hashes = [fingerprint_of(text) for text in row]
    if len(hashes) == 1:
        return hashes[0]
    return fingerprint_of(np.array(hashes, "<u8").tobytes())


fingerprint = Fingerprint()
