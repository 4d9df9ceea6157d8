"""`rejection_resample`: elements are passed over, so that classes are as frequent as wanted."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.core.python_numbers import described
from eagre.core.specs import TensorSpec
from eagre.data.cursors import Course, Cursor, Draws, Element
from eagre.data.dataset import Dataset
from eagre.data.mapping import FunctionStage
from eagre.data.sources import new_seed
from eagre.data.specs import UNKNOWN

_NAME = "Dataset.rejection_resample"
_BEFORE = 10
"""How many elements of each class an estimate begins with, as if they had come."""


class Resample(FunctionStage):
    """Pairs of class and element; each element comes once or not at all.

    With the frequencies p of the source and t as wanted, an element of class c stays with the
    probability (t[c] / p[c]) / max(t / p): the classes of those that stay are distributed as t.
    """

    def __init__(
        self, source: Dataset, class_func: Any, target: Any, initial: Any, seed: Any
    ) -> None:
        self.target = _distribution(target, "target_dist")
        self.initial = None if initial is None else _distribution(initial, "initial_dist")
        if self.initial is not None and self.initial.shape != self.target.shape:
            raise InvalidArgumentError(
                f"{_NAME} expected initial_dist to have as many classes as target_dist, "
                f"{len(self.target)}. Received: {len(self.initial)}"
            )
        super().__init__(source, class_func, "rejection_resample")
        self.seed = new_seed(seed, _NAME, True)

    def spec_of(self, source: Dataset) -> Any:
        spec = self.function.spec
        if not isinstance(spec, TensorSpec) or spec.sizes or not spec.dtype.is_integer:
            raise TypeError(
                f"{_NAME} expected class_func to return an integer scalar. Received: {spec!r}"
            )
        return spec, source.element_spec

    def size(self) -> int:
        is_same = self.initial is not None and np.array_equal(self.initial, self.target)
        return self.inputs[0].size() if is_same else UNKNOWN

    def begin(self, run: Course, key: int) -> Cursor:
        return _ResampleCursor(self, self.inputs[0].cursor(run, key), run.seed(self, key))


def _distribution(values: Any, argument: str) -> Any:
    name = f"{_NAME}({argument})"
    tensor: Any = to_tensor(values, name=name)
    found = tensor.array.astype(np.float64) if tensor.dtype.name != "string" else np.zeros(())
    if found.ndim != 1 or not len(found) or not (found >= 0).all() or not found.sum() > 0:
        raise InvalidArgumentError(
            f"{name} expected a vector of frequencies of at least 0, not all 0. "
            f"Received: {described(values)}"
        )
    return found / found.sum()


class _ResampleCursor(Cursor):
    __slots__ = ("_counts", "_draws", "_input", "_number", "_seed", "_stage")

    def __init__(self, stage: Resample, source: Cursor, seed: int) -> None:
        self._stage, self._input = stage, source
        self._draws, self._seed = Draws(seed), seed
        self._number = 0
        self._counts = None if stage.initial is not None else np.zeros(len(stage.target), np.int64)

    def next(self) -> Element | None:
        stage = self._stage
        while (element := self._input.next()) is not None:
            number = self._number
            self._number += 1
            drawn = (self._draws.next() >> 11) / 2**53
            found = stage.apply_to(element, number, self._seed)
            if drawn < self._chance_of(int(found[0]), number):
                return (*found, *element)
        return None

    def _chance_of(self, kind: int, number: int) -> float:
        """The probability with which an element of a class stays."""
        stage = self._stage
        if not 0 <= kind < len(stage.target):
            raise InvalidArgumentError(
                f"{stage.stage} at {stage.line} expected classes from 0 to "
                f"{len(stage.target) - 1}. Received: class_func returned {kind} for element "
                f"{number}"
            )
        if self._counts is not None:
            self._counts[kind] += 1
        source: Any = stage.initial if self._counts is None else self._counts + _BEFORE
        if not source[kind]:
            return float(stage.target[kind] > 0)
        exists = source > 0
        ratios = stage.target[exists] / source[exists]
        return stage.target[kind] / source[kind] / ratios.max() if ratios.max() else 0.0

    def state(self) -> Any:
        counts = None if self._counts is None else self._counts.tolist()
        return [self._number, counts, self._input.state()]

    def restore(self, state: Any) -> None:
        self._number, counts, position = state
        self._counts = None if counts is None else np.array(counts, np.int64)
        self._draws.move_to(self._number)
        self._input.restore(position)
