"""Each part along an axis several times."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.core.shapes import are_compatible
from eagre.core.specs import TensorSpec
from eagre.primitives import batching
from eagre.primitives.families import INTEGERS, Moving, check_dtypes, shape_of
from eagre.primitives.indexing import scatter_add
from eagre.primitives.ranges import range_primitive
from eagre.primitives.rearrangement import normalized_axis
from eagre.primitives.reductions import reduce_sum


class Repeat(Moving):
    """Each part along an axis `times` times, or as often as `counts` says, a number for each."""

    vectorize = batching.along("axis")
    has_one_input = True
    can_fail = True
    needs = ("counts",)

    def infer(self, x: TensorSpec, counts: Any = None, *, times: int | None, axis: int) -> Any:
        """The size of the axis as often, unknown where the counts are a tensor."""
        if counts is None and (times is None or times < 0):
            raise InvalidArgumentError(
                f"repeat expected repeats of at least 0. Received: repeats={times}"
            )
        if x.sizes is None:
            return TensorSpec.of(None, x.dtype)
        axis = normalized_axis(axis, len(x.sizes), self.public)
        size = x.sizes[axis]
        if counts is not None:
            check_dtypes(self, (counts,), INTEGERS)
            if not are_compatible(counts.sizes, (size,)):
                raise InvalidArgumentError(
                    f"repeat expected repeats for each of the {size} parts along axis {axis}. "
                    f"Received: repeats.shape={counts.shape}"
                )
            size = None
        elif size is not None and times is not None:
            size *= times
        return TensorSpec.of((*x.sizes[:axis], size, *x.sizes[axis + 1 :]), x.dtype)

    def kernel(self, x: Any, counts: Any = None, *, times: int | None, axis: int) -> Any:
        if counts is None:
            if times is None or times < 0 or not x.ndim:
                raise ValueError("negative repeats, or a scalar")
            return x.repeat(times, axis)
        if counts.shape != x.shape[axis : axis + 1 or None]:
            raise ValueError("another number of counts")
        return x.repeat(counts.astype(np.int64, copy=False), axis)

    def gradient(
        self, grad: Any, output: Any, x: Any, counts: Any = None, *, times: int | None, axis: int
    ) -> Any:
        if x.ndim is None:
            raise ValueError(f"repeat needs a tensor of known rank. Received: shape={x.shape}")
        if counts is not None:
            return lambda: scatter_add(grad, _owners(counts), shape_of(x), axis), None
        sizes = batching.sizes_of(x)
        place = axis % len(sizes) + 1
        sizes.insert(place, times)
        return (reduce_sum(batching.reshaped(grad, sizes), axis=(place,), keepdims=False),)


def _owners(counts: Any) -> Any:
    """For each part of the output the number of the part of the input that it is."""
    size = shape_of(counts)[0]
    ends = [to_tensor(0, dtypes.int32), to_tensor(size, dtypes.int32), to_tensor(1, dtypes.int32)]
    return repeat(range_primitive(*ends), counts, times=None, axis=0)


repeat = Repeat()
