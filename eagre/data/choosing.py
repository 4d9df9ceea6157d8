"""Elements of several datasets, in an order that is chosen or drawn."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.core.python_numbers import described
from eagre.core.specs import TensorSpec
from eagre.data.cursors import Course, Cursor, Draws, Element, mixed
from eagre.data.dataset import Dataset
from eagre.data.sources import new_seed
from eagre.data.specs import INFINITE, UNKNOWN, common_spec, datasets_in


def _checked(datasets: Any, name: str) -> tuple[list[Dataset], Any]:
    """The datasets and the spec that their elements have in common."""
    found = datasets_in(list(datasets), f"{name}(datasets)")
    if not found:
        raise ValueError(f"{name} expected at least one dataset. Received: datasets=[]")
    specs = [each.element_spec for each in found]
    return found, common_spec(specs[0], specs[1:], name)


class Choose(Dataset):
    """Elements from the dataset that the next number of another dataset names."""

    def __init__(self, datasets: Any, choices: Any, stops: bool) -> None:
        name = "Dataset.choose_from_datasets"
        found, spec = _checked(datasets, name)
        wanted = datasets_in(choices, f"{name}(choice_dataset)")[0].element_spec
        if wanted != TensorSpec.of((), dtypes.int64):
            raise TypeError(
                f"{name} expected choice_dataset to have int64 scalars for elements. "
                f"Received: {wanted!r}"
            )
        super().__init__(spec, *found, choices, stage="choose_from_datasets")
        self.stops = stops

    def size(self) -> int:
        return UNKNOWN

    def begin(self, run: Course, key: int) -> Cursor:
        cursors = [each.cursor(run, mixed(key, n)) for n, each in enumerate(self.inputs)]
        return _ChooseCursor(self, cursors)


class _SeveralCursor(Cursor):
    """Cursors that end one by one; the whole ends with the first where it is to."""

    __slots__ = ("_cursors", "_is_over", "_open", "_stage")

    def __init__(self, stage: Any, cursors: list[Cursor]) -> None:
        self._stage, self._cursors = stage, cursors
        self._open = [True] * len(cursors)
        self._is_over = False

    def next(self) -> Element | None:
        while not self._is_over:
            place = self._choice()
            if place is None:
                self._is_over = True
                break
            element = self._cursors[place].next() if self._open[place] else None
            if element is not None:
                return element
            self._open[place] = False
            self._is_over = self._stage.stops
        return None

    def _choice(self) -> int | None:
        """The place of the cursor that gives the next element, None for the end."""
        raise NotImplementedError

    def state(self) -> Any:
        return [self._is_over, list(self._open), [each.state() for each in self._cursors]]

    def restore(self, state: Any) -> None:
        self._is_over, is_open, states = state
        self._open = list(is_open)
        for each, one in zip(self._cursors, states, strict=True):
            each.restore(one)


class _ChooseCursor(_SeveralCursor):
    __slots__ = ()

    def _choice(self) -> int | None:
        chosen = self._cursors[-1].next()
        if chosen is None:
            return None
        place, count = int(chosen[0]), len(self._cursors) - 1
        if not 0 <= place < count:
            raise InvalidArgumentError(
                f"Dataset.choose_from_datasets expected choices from 0 to {count - 1}. "
                f"Received: {place}"
            )
        return place


class Sample(Dataset):
    """Elements from datasets that are drawn with given probabilities."""

    def __init__(self, datasets: Any, weights: Any, seed: Any, stops: bool, differs: bool) -> None:
        self.name = "Dataset.sample_from_datasets"
        found, spec = _checked(datasets, self.name)
        if hasattr(type(weights), "__dataset__"):
            raise TypeError(
                f"{self.name} expected weights to be numbers. Received: {described(weights)}"
            )
        self.weights = self._checked_weights(weights, len(found))
        super().__init__(spec, *found, stage="sample_from_datasets")
        self.seed = new_seed(seed, self.name, differs)
        self.stops = stops

    def _checked_weights(self, weights: Any, count: int) -> Any:
        if weights is None:
            return np.full(count, 1 / count)
        tensor: Any = to_tensor(weights, name=f"{self.name}(weights)")
        if tensor.sizes != (count,):
            raise ValueError(
                f"{self.name} expected a weight for each of {count} datasets. Received: weights "
                f"of shape {tensor.shape}"
            )
        if tensor.dtype.name not in ("float32", "float64"):
            raise TypeError(
                f"{self.name} expected weights of float32 or float64. "
                f"Received: dtype={tensor.dtype.name}"
            )
        found = tensor.array.astype(np.float64)
        if not (found >= 0).all() or not found.sum() > 0:
            raise InvalidArgumentError(
                f"{self.name} expected weights of at least 0, not all 0. "
                f"Received: weights={found.tolist()}"
            )
        return found

    def size(self) -> int:
        sizes = [each.size() for each in self.inputs]
        possible = [size for size, weight in zip(sizes, self.weights, strict=True) if weight > 0]
        if len(possible) == 1:
            return possible[0]
        return INFINITE if INFINITE in sizes else UNKNOWN

    def begin(self, run: Course, key: int) -> Cursor:
        cursors = [each.cursor(run, mixed(key, n)) for n, each in enumerate(self.inputs)]
        return _SampleCursor(self, cursors, run.seed(self, key))


class _SampleCursor(_SeveralCursor):
    __slots__ = ("_count", "_draws")

    def __init__(self, stage: Sample, cursors: list[Cursor], seed: int) -> None:
        super().__init__(stage, cursors)
        self._draws = Draws(seed)
        self._count = 0

    def _choice(self) -> int | None:
        stage = self._stage
        weights = stage.weights if stage.stops else np.where(self._open, stage.weights, 0.0)
        bounds = np.cumsum(weights)
        if not bounds[-1] > 0:
            return None
        self._count += 1
        drawn = (self._draws.next() >> 11) / 2**53 * bounds[-1]
        return int(np.searchsorted(bounds, drawn, side="right"))

    def state(self) -> Any:
        return [self._count, *super().state()]

    def restore(self, state: Any) -> None:
        self._count, *inner = state
        self._draws.move_to(self._count)
        super().restore(inner)
