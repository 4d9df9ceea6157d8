"""Stages that choose which elements come: zip, take, skip, shard, repeat, concatenate, enumerate.

Over a dataset that gives elements by their numbers, each is arithmetic on these numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes, structure
from eagre.core.errors import InvalidArgumentError
from eagre.core.specs import TensorSpec
from eagre.data.cursors import Course, Cursor, Element, joined, mixed
from eagre.data.dataset import Dataset
from eagre.data.specs import INFINITE, UNKNOWN, common_spec, datasets_in, integer


class Zip(Dataset):
    """Elements side by side."""

    def __init__(self, datasets: Any) -> None:
        inputs = datasets_in(datasets, "Dataset.zip")
        if not inputs:
            raise TypeError("Dataset.zip expected at least one dataset. Received: none")
        # A list of datasets gives tuples, since lists are no structures of elements.
        nest = tuple(datasets) if datasets.__class__ is list else datasets
        spec = structure.map_structure(lambda each: each.element_spec, nest)
        super().__init__(spec, *inputs, stage="zip")
        self.is_indexed = all(each.is_indexed for each in inputs)

    def size(self) -> int:
        sizes = [each.size() for each in self.inputs]
        if UNKNOWN in sizes:
            return UNKNOWN
        return min([size for size in sizes if size != INFINITE], default=INFINITE)

    def element(self, index: int) -> Element:
        return tuple([part for each in self.inputs for part in each.element(index)])

    def span(self, start: int, stop: int) -> Element:
        return tuple([part for each in self.inputs for part in each.span(start, stop)])

    def gather(self, indices: Any) -> Element:
        return tuple([part for each in self.inputs for part in each.gather(indices)])

    def begin(self, run: Course, key: int) -> Cursor:
        if self.is_indexed:
            return super().begin(run, key)
        inputs = [each.cursor(run, mixed(key, n)) for n, each in enumerate(self.inputs)]
        return _ZipCursor(inputs)


class _ZipCursor(Cursor):
    __slots__ = ("_inputs", "_is_over")

    def __init__(self, inputs: list[Cursor]) -> None:
        self._inputs = inputs
        self._is_over = False

    def next(self) -> Element | None:
        found: list[Any] = []
        for each in () if self._is_over else self._inputs:
            element = each.next()
            if element is None:
                self._is_over = True
                return None
            found.extend(element)
        return None if self._is_over else tuple(found)

    def state(self) -> Any:
        return [self._is_over, *[each.state() for each in self._inputs]]

    def restore(self, state: Any) -> None:
        self._is_over, *states = state
        for each, one in zip(self._inputs, states, strict=True):
            each.restore(one)


class _Selection(Dataset):
    """Some elements of one dataset: those of the numbers first, first + step, and so on."""

    def __init__(self, source: Dataset, stage: str, start: Any, count: Any, step: Any = 1) -> None:
        super().__init__(source.element_spec, source, stage=stage)
        self.start, self.count, self.step = start, count, step
        self.is_indexed = source.is_indexed and None not in (start, count, step)

    def _number(self, index: Any) -> Any:
        return self.start + index * self.step

    def element(self, index: int) -> Element:
        return self.inputs[0].element(self._number(index))

    def span(self, start: int, stop: int) -> Element:
        if self.step == 1:
            return self.inputs[0].span(self.start + start, self.start + stop)
        return self.gather(np.arange(start, stop))

    def gather(self, indices: Any) -> Element:
        return self.inputs[0].gather(self._number(indices))

    def size(self) -> int:
        size = self.inputs[0].size()
        if size == UNKNOWN or None in (self.start, self.count, self.step):
            return UNKNOWN
        return self._size_of(size)

    def _size_of(self, size: int) -> int:
        raise NotImplementedError

    def begin(self, run: Course, key: int) -> Cursor:
        if self.is_indexed:
            return super().begin(run, key)
        first = self.inputs[0].cursor(run, key)
        return _SelectionCursor(first, self.start, self.count, self.step)


class Take(_Selection):
    """The first elements; all of them for -1."""

    def __init__(self, source: Dataset, count: Any) -> None:
        super().__init__(source, "take", 0, integer(count, "Dataset.take(count)"))

    def _size_of(self, size: int) -> int:
        return size if self.count < 0 else self.count if size < 0 else min(self.count, size)


class Skip(_Selection):
    """All but the first elements; none for -1."""

    def __init__(self, source: Dataset, count: Any) -> None:
        count = integer(count, "Dataset.skip(count)")
        super().__init__(source, "skip", count, 0 if count is not None and count < 0 else -1)

    def _size_of(self, size: int) -> int:
        return size if size < 0 else 0 if self.start < 0 else max(size - self.start, 0)


class Shard(_Selection):
    """Each element whose number leaves a given remainder."""

    def __init__(self, source: Dataset, count: Any, index: Any) -> None:
        count = integer(count, "Dataset.shard(num_shards)", 1)
        index = integer(index, "Dataset.shard(index)")
        if index is not None and count is not None and not 0 <= index < count:
            raise InvalidArgumentError(
                f"Dataset.shard expected an index from 0 to {count - 1}, since num_shards is "
                f"{count}. Received: index={index}"
            )
        super().__init__(source, "shard", index, -1, count)

    def _size_of(self, size: int) -> int:
        return size if size < 0 else max(-(-(size - self.start) // self.step), 0)


class _SelectionCursor(Cursor):
    """Elements of another cursor; `taken` is how many have come."""

    __slots__ = ("_count", "_input", "_start", "_step", "_taken")

    def __init__(self, source: Cursor, start: int, count: int, step: int) -> None:
        self._input = source
        self._start, self._count, self._step = start, count, step
        self._taken = 0

    def next(self) -> Element | None:
        if self._taken == self._count or not self._go():
            return None
        element = self._input.next()
        self._taken += element is not None
        return element

    def _go(self) -> bool:
        """Go past what is not chosen; whether there was as much."""
        gap = self._step - 1 if self._taken else self._start
        return gap <= 0 or self._input.skip(gap) == gap

    def rows(self, count: int) -> Element | None:
        if self._step != 1:
            return super().rows(count)
        if self._count >= 0:
            count = min(count, self._count - self._taken)
        if not count or not self._go():
            return None
        found = self._input.rows(count)
        self._taken += 0 if found is None else len(found[0])
        return found

    def state(self) -> Any:
        return [self._taken, self._input.state()]

    def restore(self, state: Any) -> None:
        self._taken, position = state
        self._input.restore(position)


class Enumerate(Dataset):
    """Each element with its number."""

    def __init__(self, source: Dataset, start: Any) -> None:
        spec = (TensorSpec.of((), dtypes.int64), source.element_spec)
        super().__init__(spec, source, stage="enumerate")
        self.start = integer(start, "Dataset.enumerate(start)")
        self.is_indexed = source.is_indexed

    def element(self, index: int) -> Element:
        return (np.array(self.start + index, np.int64), *self.inputs[0].element(index))

    def span(self, start: int, stop: int) -> Element:
        numbers = np.arange(self.start + start, self.start + stop)
        return (numbers, *self.inputs[0].span(start, stop))

    def gather(self, indices: Any) -> Element:
        return (self.start + np.asarray(indices, np.int64), *self.inputs[0].gather(indices))

    def begin(self, run: Course, key: int) -> Cursor:
        if self.is_indexed:
            return super().begin(run, key)
        return _EnumerateCursor(self.inputs[0].cursor(run, key), self.start)


class _EnumerateCursor(Cursor):
    __slots__ = ("_input", "_number")

    def __init__(self, source: Cursor, start: int) -> None:
        self._input = source
        self._number = start

    def next(self) -> Element | None:
        element = self._input.next()
        if element is None:
            return None
        self._number += 1
        return (np.array(self._number - 1, np.int64), *element)

    def rows(self, count: int) -> Element | None:
        found = self._input.rows(count)
        if found is None:
            return None
        first, self._number = self._number, self._number + len(found[0])
        return (np.arange(first, self._number), *found)

    def state(self) -> Any:
        return [self._number, self._input.state()]

    def restore(self, state: Any) -> None:
        self._number, position = state
        self._input.restore(position)


class Repeat(Dataset):
    """All elements again and again; without an end for None or -1."""

    def __init__(self, source: Dataset, count: Any) -> None:
        super().__init__(source.element_spec, source, stage="repeat")
        self.count = integer(-1 if count is None else count, "Dataset.repeat(count)")
        is_known = self.count is not None and self.count >= 0
        self.is_indexed = source.is_indexed and is_known

    def size(self) -> int:
        size = self.inputs[0].size()
        if self.count is None:
            return UNKNOWN
        if self.count < 0:
            return 0 if size == 0 else INFINITE
        return 0 if self.count == 0 else size if size < 0 else size * self.count

    def element(self, index: int) -> Element:
        return self.inputs[0].element(index % self.inputs[0].size())

    def span(self, start: int, stop: int) -> Element:
        size = self.inputs[0].size()
        first = start % size
        if first + stop - start <= size:
            return self.inputs[0].span(first, first + stop - start)
        return self.gather(np.arange(start, stop))

    def gather(self, indices: Any) -> Element:
        return self.inputs[0].gather(indices % self.inputs[0].size())

    def begin(self, run: Course, key: int) -> Cursor:
        if self.is_indexed:
            return super().begin(run, key)
        return _Passes(_RepeatPlan(self, run, key))


class Concatenate(Dataset):
    """The elements of one dataset after those of another."""

    def __init__(self, first: Dataset, second: Any) -> None:
        name = "Dataset.concatenate"
        datasets_in(second, f"{name}(dataset)")
        spec = common_spec(first.element_spec, [second.element_spec], name)
        super().__init__(spec, first, second, stage="concatenate")

    def size(self) -> int:
        sizes = [each.size() for each in self.inputs]
        return INFINITE if INFINITE in sizes else UNKNOWN if UNKNOWN in sizes else sum(sizes)

    def element(self, index: int) -> Element:
        first, second = self.inputs
        size = first.size()
        return first.element(index) if index < size else second.element(index - size)

    def begin(self, run: Course, key: int) -> Cursor:
        return _Passes(_ConcatenatePlan(self, run, key))


class _RepeatPlan:
    """The passes of `repeat`: the same dataset, each time under another key."""

    __slots__ = ("_count", "_key", "_run", "_source")

    def __init__(self, dataset: Repeat, run: Course, key: int) -> None:
        self._source = dataset.inputs[0]
        self._count, self._run, self._key = dataset.count, run, key

    def begin(self, number: int, is_after_nothing: bool) -> Cursor | None:
        """The cursor of a pass, None after the last; an empty pass is the last one too."""
        if number == self._count or is_after_nothing:
            return None
        return self._source.cursor(self._run, mixed(self._key, number))


class _ConcatenatePlan:
    """The passes of `concatenate`: one for each dataset."""

    __slots__ = ("_inputs", "_key", "_run")

    def __init__(self, dataset: Concatenate, run: Course, key: int) -> None:
        self._inputs, self._run, self._key = dataset.inputs, run, key

    def begin(self, number: int, is_after_nothing: bool) -> Cursor | None:
        """The cursor of a pass, None after the last."""
        if number == len(self._inputs):
            return None
        return self._inputs[number].cursor(self._run, mixed(self._key, number))


class _Passes(Cursor):
    """One pass after the other, as a plan says."""

    __slots__ = ("_current", "_has_come", "_number", "_plan")

    def __init__(self, plan: Any) -> None:
        self._plan = plan
        self._number = 0
        self._has_come = False
        self._current: Cursor | None = plan.begin(0, False)

    def next(self) -> Element | None:
        while self._current is not None:
            element = self._current.next()
            if element is not None:
                self._has_come = True
                return element
            self._advance()
        return None

    def rows(self, count: int) -> Element | None:
        found: list[Element] = []
        while self._current is not None and count:
            piece = self._current.rows(count)
            if piece is None:
                self._advance()
                continue
            self._has_come = True
            found.append(piece)
            count -= len(piece[0])
        return joined(found) if found else None

    def _advance(self) -> None:
        self._number += 1
        self._current = self._plan.begin(self._number, not self._has_come)
        self._has_come = False

    def state(self) -> Any:
        inner = None if self._current is None else self._current.state()
        return [self._number, self._has_come, inner]

    def restore(self, state: Any) -> None:
        self._number, self._has_come, inner = state
        self._current = None if inner is None else self._plan.begin(self._number, False)
        if self._current is not None:
            self._current.restore(inner)
