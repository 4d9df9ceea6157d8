"""The sum of several tensors of one shape."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.shapes import are_compatible, merge_sizes
from eagre.core.specs import TensorSpec
from eagre.primitives import batching
from eagre.primitives.families import NUMBERS, check_dtypes


class AddN(Primitive):
    """The sum, of which each but the first step adds to what is there: a copy less for each."""

    vectorize = batching.together
    is_exact = True
    needs = ()

    def infer(self, *specs: TensorSpec) -> TensorSpec:
        """The shape that all have."""
        dtype = check_dtypes(self, specs, NUMBERS | {dtypes.string})
        sizes = specs[0].sizes
        for spec in specs[1:]:
            if not are_compatible(sizes, spec.sizes):
                raise InvalidArgumentError(
                    f"{self.public} expected tensors of one shape. "
                    f"Received: {specs[0].shape} and {spec.shape}"
                )
            sizes = merge_sizes(sizes, spec.sizes)
        return TensorSpec.of(sizes, dtype)

    def kernel(self, x: Any, y: Any, *others: Any) -> Any:
        if any(each.shape != x.shape for each in (y, *others)):
            raise ValueError("several shapes")
        total = np.add(x, y)
        for each in others:
            total = np.add(total, each, out=total if x.ndim else None)
        return total

    def gradient(self, grad: Any, output: Any, *inputs: Any) -> Any:
        return (grad,) * len(inputs)


add_n = AddN()
