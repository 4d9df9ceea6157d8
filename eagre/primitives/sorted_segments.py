"""Reductions over segments whose numbers ascend: each is a run of elements.

The last number tells how many segments there are. TensorFlow fills segments without elements with
the value of an empty reduction, but extrema with zeros.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.shapes import are_compatible
from eagre.core.specs import TensorSpec
from eagre.primitives import batched_indexing, segments
from eagre.primitives.families import HALVES, REALS
from eagre.primitives.places import starts_of_runs
from eagre.primitives.rearrangement import shape_of_tensor


class SortedSegments(Primitive):
    """A reduction over runs of elements with one number, under the name of a function."""

    vectorize = batched_indexing.sorted_segments
    can_fail = True

    def __init__(self, name: str, ufunc: Any, nothing: int, whole: Any) -> None:
        self.name = name
        self.ufunc = ufunc
        self.nothing = nothing
        self.whole = whole
        """The primitive for numbers in any order, which knows the gradient."""
        self.takes = whole.takes
        self.needs = tuple(name for name in whole.needs if name != "count")
        super().__init__()

    def infer(self, data: TensorSpec, ids: TensorSpec, *, function: str) -> TensorSpec:
        """The segments, of which only the values tell how many there are, in place of the ids."""
        dtype = data.dtype
        if dtype not in self.takes:
            kind = "real numbers" if self.takes is REALS else "numbers"
            raise DTypeMismatchError(
                f"{function} expected data of {kind}. Received: data.dtype={dtype.name}"
            )
        segments.check_ids(function, ids)
        if ids.sizes is not None and len(ids.sizes) != 1:
            raise InvalidArgumentError(
                f"{function} expected segment_ids with one axis. Received: shape={ids.shape}"
            )
        if data.sizes is None:
            return TensorSpec.of(None, dtype)
        if not data.sizes or not are_compatible(data.sizes[:1], ids.sizes):
            raise InvalidArgumentError(
                f"{function} expected segment_ids with the shape of the leading axes of data. "
                f"Received: segment_ids.shape={ids.shape}, data.shape={data.shape}"
            )
        return TensorSpec.of((None, *data.sizes[1:]), dtype)

    def kernel(self, data: Any, ids: Any, *, function: str) -> Any:
        if ids.ndim != 1 or data.shape[:1] != ids.shape:
            raise ValueError("not a number for each element")
        starts = starts_of_runs(ids)
        present = ids[starts]
        size = int(present[-1]) + 1 if len(present) else 0
        if len(present) and (present[0] < 0 or not (present[1:] > present[:-1]).all()):
            self.refuse(ids, function)
        dtype = data.dtype
        wide = np.float32 if self.ufunc is np.add and dtypes.from_numpy(dtype) in HALVES else dtype
        if not len(present):
            return np.zeros((0, *data.shape[1:]), dtype)
        found = self.ufunc.reduceat(data, starts, 0, wide).astype(dtype, copy=False)
        if len(present) == size:
            return found
        result = np.full((size, *data.shape[1:]), self.nothing, dtype)
        result[present] = found
        return result

    def refuse(self, ids: Any, function: str) -> None:
        """An error for ids that do not ascend, or of which one is negative."""
        if (ids[1:] < ids[:-1]).any():
            raise InvalidArgumentError(
                f"{function} expected segment_ids in ascending order. "
                f"Received: segment_ids={ids}"
            )
        raise InvalidArgumentError(
            f"{function} expected segment_ids of at least 0. "
            f"Received: segment_ids with {ids[0]}"
        )

    def gradient(self, grad: Any, output: Any, data: Any, ids: Any, *, function: str) -> Any:
        sizes = output.sizes
        known = None if sizes is None else sizes[0]
        count = shape_of_tensor(output)[0] if known is None else None
        return self.whole.gradient(grad, output, data, ids, count, num_segments=known)[:2]


sorted_segment_sum = SortedSegments(
    "sorted_segment_sum", np.add, 0, segments.segment_sum_primitive
)
sorted_segment_product = SortedSegments(
    "sorted_segment_product", np.multiply, 1, segments.segment_product_primitive
)
sorted_segment_max = SortedSegments(
    "sorted_segment_max", np.maximum, 0, segments.segment_max_primitive
)
sorted_segment_min = SortedSegments(
    "sorted_segment_min", np.minimum, 0, segments.segment_min_primitive
)
