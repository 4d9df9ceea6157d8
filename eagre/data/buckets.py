"""`bucket_by_sequence_length`: batches of elements of about one length."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

from eagre.core import structure
from eagre.core.errors import InvalidArgumentError
from eagre.core.python_numbers import described
from eagre.core.specs import TensorSpec
from eagre.data.batching import Batch, PaddedBatch
from eagre.data.cursors import Element
from eagre.data.dataset import Dataset
from eagre.data.groups import Grouping
from eagre.data.specs import integer
from eagre.data.windows import Kept

_NAME = "Dataset.bucket_by_sequence_length"


class Bucket(Grouping):
    """Elements wait in buckets, each for a range of lengths; a full one becomes a batch."""

    def __init__(
        self, source: Dataset, length_func: Any, boundaries: Any, sizes: Any, shapes: Any,
        values: Any, fills: Any, has_no_padding: Any, drops: Any,
    ) -> None:  # fmt: skip
        self.boundaries = _increasing(boundaries)
        self.sizes = [integer(size, f"{_NAME}(bucket_batch_sizes)", 1) for size in sizes]
        if len(self.sizes) != len(self.boundaries) + 1:
            raise ValueError(
                f"{_NAME} expected a batch size for each bucket, one more than boundaries. "
                f"Received: {len(self.sizes)} sizes for {len(self.boundaries)} boundaries"
            )
        self.shapes, self.values = shapes, values
        self.fills, self.pads, self.drops = bool(fills), not has_no_padding, bool(drops)
        super().__init__(source, length_func, "bucket_by_sequence_length")

    def spec_of(self, source: Dataset) -> Any:
        spec = self.function.spec
        if not isinstance(spec, TensorSpec) or spec.sizes or not spec.dtype.is_integer:
            raise TypeError(
                f"{_NAME} expected element_length_func to return an integer scalar. "
                f"Received: {spec!r}"
            )
        return self._batch(Kept([], source.element_spec, "window"), 1, self.shapes, False)

    def _batch(self, kept: Dataset, size: int, shapes: Any, drops: bool) -> Any:
        """The batch of a group; for the empty one that the buckets begin with, its spec."""
        if self.pads:
            made: Dataset = PaddedBatch(kept, size, shapes, self.values, drops)
        else:
            made = Batch(kept, size, drops)
        return made if kept.size() else made.element_spec

    def key(self, element: Element, number: int, seed: int | None) -> int:
        length = int(self.apply_to(element, number, seed)[0])
        place = bisect_right(self.boundaries, length)
        if self.fills and self.pads and place == len(self.boundaries):
            raise InvalidArgumentError(
                f"{self.stage} at {self.line} expected elements shorter than the last boundary, "
                f"since pad_to_bucket_boundary fills up to it. Received: element {number} of "
                f"length {length} for bucket_boundaries={self.boundaries}"
            )
        return place

    def size_of(self, key: int, draw: int) -> int:
        return self.sizes[key]

    def made_of(self, key: int, group: Dataset, draw: int) -> Dataset:
        shapes = self._filled(key) if self.fills else self.shapes
        return self._batch(group, self.sizes[key], shapes, self.drops)

    def _filled(self, key: int) -> Any:
        """The padded shapes of a bucket: sizes that are left open are those of its boundary."""
        whole = PaddedBatch(Kept([], self.inputs[0].element_spec, "window"), 1, self.shapes,
                            self.values, False).shapes  # fmt: skip
        bound = self.boundaries[key] - 1
        filled = [[bound if size is None else size for size in sizes] for sizes in whole]
        spec = self.inputs[0].element_spec
        if not structure.is_nested(spec):
            return filled[0]
        numbers = structure.pack_sequence_as(spec, list(range(len(filled))))
        return structure.map_structure(lambda number: tuple(filled[number]), numbers)


def _increasing(boundaries: Any) -> list[int]:
    found = [integer(each, f"{_NAME}(bucket_boundaries)") for each in list(boundaries)]
    if any(a >= b for a, b in zip(found, found[1:], strict=False)):
        raise ValueError(
            f"{_NAME} expected bucket_boundaries that increase. "
            f"Received: bucket_boundaries={described(boundaries)}"
        )
    return found
