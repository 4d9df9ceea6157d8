"""Updates of some rows of a variable: what sparse gradients do in TensorFlow 1.

Rows without a gradient stay as they are, and so do their slots: momentum does not go on.
"""

from __future__ import annotations

from typing import Any

from eagre.ops.segments import unsorted_segment_sum
from eagre.ops.selection import gather
from eagre.ops.shaping import size
from eagre.ops.sorting import unique
from eagre.primitives.indexed_slices import IndexedSlices
from eagre.state.optimizers.optimizer import Optimizer


class Rows:
    """Some rows of a variable, which are read and assigned as a variable is."""

    def __init__(self, variable: Any, places: Any) -> None:
        self._variable = variable
        self._places = places

    def value(self) -> Any:
        """The rows now."""
        return gather(self._variable.value(), self._places)

    def assign(self, value: Any) -> None:
        """Put other rows in their place."""
        self._variable.scatter_update(IndexedSlices(value, self._places))

    def assign_sub(self, value: Any) -> None:
        """Subtract from the rows."""
        self._variable.scatter_sub(IndexedSlices(value, self._places))


class RowByRow(Optimizer):
    """A rule, put before another among the bases, that changes only rows that have a gradient."""

    takes_slices = True

    def update(self, grad: Any, variable: Any, slots: Any, rate: Any) -> None:
        """Change one variable, or those rows of it that slices name, by its gradient."""
        if isinstance(grad, IndexedSlices):
            places, of = unique(grad.indices)
            grad = unsorted_segment_sum(grad.values, of, size(places))
            variable = Rows(variable, places)
            slots = {name: Rows(slot, places) for name, slot in slots.items()}
        super().update(grad, variable, slots, rate)
