"""Stages that put elements into groups by a key: group_by_window, group_by_reducer."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes, structure
from eagre.core.python_numbers import described
from eagre.core.specs import TensorSpec
from eagre.data import dataset as datasets
from eagre.data.cursors import Course, Cursor, Element, Run, mixed
from eagre.data.dataset import Dataset
from eagre.data.functions import ElementFunction
from eagre.data.mapping import FunctionStage, first_of, relaxed_state, split
from eagre.data.specs import INFINITE, UNKNOWN, DatasetSpec, as_value, integer
from eagre.data.trails import Trail
from eagre.data.windows import Kept

KEY = TensorSpec.of((), dtypes.int64)
_OF_SIZE, _OF_GROUP = 1, 2
"""What tells the random numbers of one function from those of another."""


def as_int64(value: Any, name: str) -> Any:
    """A value that a function returned, as a tensor of int64."""
    return as_value(value, name, dtypes.int64)


def demand_key(function: ElementFunction, argument: str) -> None:
    """Refuse a function that does not return one number of int64."""
    spec = function.spec
    if not isinstance(spec, TensorSpec) or not KEY.is_compatible_with(spec):
        raise ValueError(
            f"{function.stage} expected {argument} to return an int64 scalar. Received: {spec!r}"
        )


class Grouping(FunctionStage):
    """Elements with one key wait until there are enough, and then become a dataset."""

    def size(self) -> int:
        return INFINITE if self.inputs[0].size() == INFINITE else UNKNOWN

    def begin(self, run: Course, key: int) -> Cursor:
        source, luck = self.inputs[0].cursor(run, key), mixed(run.luck, key)
        return _GroupingCursor(self, source, luck, self.seed_of(run, key))

    def key(self, element: Element, number: int, seed: int | None) -> int:
        """The key of an element."""
        return int(self.apply_to(element, number, seed)[0])

    def size_of(self, key: int, draw: int) -> int:
        """How many elements of a key make a group; `draw` decides random numbers."""
        raise NotImplementedError

    def made_of(self, key: int, group: Dataset, draw: int) -> Dataset:
        """The dataset that a group becomes; `draw` decides random numbers."""
        raise NotImplementedError


class GroupByWindow(Grouping):
    """What a function of a key and of a dataset of as many elements with this key returns."""

    def __init__(
        self, source: Dataset, key_func: Any, reduce_func: Any, size: Any, size_func: Any
    ) -> None:
        name = "Dataset.group_by_window"
        if (size is None) == (size_func is None):
            raise ValueError(
                f"{name} expected window_size or window_size_func, one of them. Received: "
                f"{'neither' if size is None else 'both'}"
            )
        self.reduce_func, self.window_size, self.size_func = reduce_func, size, size_func
        super().__init__(source, key_func, "group_by_window", as_int64)

    def spec_of(self, source: Dataset) -> Any:
        name = self.function.stage
        demand_key(self.function, "key_func")
        group = DatasetSpec(source.element_spec)
        self.reduction = ElementFunction(
            name, self.reduce_func, [KEY, group], lambda: self._sample(source)
        )
        spec = self.reduction.spec
        if not isinstance(spec, DatasetSpec):
            raise TypeError(
                f"{name} expected reduce_func to return a dataset. Received: {spec!r}"
            )
        if self.size_func is None:
            self.window_size = integer(self.window_size, f"{name}(window_size)", 1)
            return spec.element_spec
        self.sizes = ElementFunction(name, self.size_func, [KEY], leaf=as_int64)
        demand_key(self.sizes, "window_size_func")
        return spec.element_spec

    def _sample(self, source: Dataset) -> Any:
        element = first_of(source)
        if element is None:
            return None
        group = Kept([element], source.element_spec, "group_by_window")
        return self.function(*split(element, self.counts)), (group,)

    def size_of(self, key: int, draw: int) -> int:
        if self.size_func is None:
            return self.window_size
        size = self.sizes((_scalar(key),), draw=draw)[0]
        return integer(size, f"{self.stage}, where window_size_func({key}) is called,", 1)

    def made_of(self, key: int, group: Dataset, draw: int) -> Dataset:
        return self.reduction((_scalar(key),), (group,), draw=draw)[0]


def _scalar(key: int) -> Any:
    return np.array(key, np.int64)


class _Open:
    """The group that is being gone through: its key, and between which numbers its elements are."""

    __slots__ = ("after", "dataset", "first", "key", "last", "number", "run")

    def __init__(self, key: int, after: int, first: int, last: int, number: int) -> None:
        self.key, self.after, self.first, self.last = key, after, first, last
        self.number = number
        self.dataset: Any = None
        self.run: Any = None


class _GroupingCursor(Cursor):
    """Elements wait by their keys. For each key it is known which element was the last to go.

    So the elements that wait follow from the input, which is read again from the oldest of them.
    """

    __slots__ = ("_count", "_gone", "_groups", "_is_over", "_luck", "_open", "_seed", "_sizes",
                 "_stage", "_trail")  # fmt: skip

    def __init__(self, stage: Grouping, source: Cursor, luck: int, seed: int | None) -> None:
        self._stage, self._luck, self._seed = stage, luck, seed
        self._trail = Trail(source)
        self._groups: dict[int, list[tuple[int, Element]]] = {}
        self._sizes: dict[int, int] = {}
        self._gone: dict[int, int] = {}
        self._open: _Open | None = None
        self._count = 0
        self._is_over = False

    def next(self) -> Element | None:
        while True:
            if self._open is not None:
                found = self._open.run.cursor.next()
                if found is not None:
                    return found
                self._open = None
            if self._is_over and not self._groups:
                return None
            key = min(self._groups) if self._is_over else self._take()
            if key is not None:
                self._begin(key)

    def _take(self) -> int | None:
        """Let one more element wait; its key if its group is complete."""
        element = self._trail.next()
        if element is None:
            self._is_over = True
            return None
        number = self._trail.number - 1
        key = self._stage.key(element, number, self._seed)
        if key not in self._groups:
            self._sizes[key] = self._size_of(key, number)
        group = self._groups.setdefault(key, [])
        group.append((number, element))
        return key if len(group) >= self._sizes[key] else None

    def _begin(self, key: int) -> None:
        """Go through the group of a key."""
        group = self._groups.pop(key)
        del self._sizes[key]
        first, last = group[0][0], group[-1][0]
        found = _Open(key, self._gone.get(key, -1), first, last, self._count)
        self._gone[key] = last
        self._count += 1
        if len(self._gone) > 64 + 2 * len(self._groups):
            oldest = self._oldest()
            self._gone = {each: last for each, last in self._gone.items() if last >= oldest}
        self._make(found, group)
        self._open = found

    def _make(self, found: _Open, group: list[tuple[int, Element]]) -> None:
        stage = self._stage
        since = datasets.next_number()
        elements = [element for _, element in group]
        kept = Kept(elements, stage.inputs[0].element_spec, stage.stage.removeprefix("Dataset."))
        draw = mixed(self._luck, found.number, _OF_GROUP)
        found.dataset = stage.made_of(found.key, kept, draw)
        found.run = Run(found.dataset, mixed(self._luck, found.number), since)

    def _size_of(self, key: int, number: int) -> int:
        """The size of the group that begins with the element of a number."""
        return self._stage.size_of(key, mixed(self._luck, number, _OF_SIZE))

    def _oldest(self) -> int:
        numbers = [group[0][0] for group in self._groups.values()]
        if self._open is not None:
            numbers.append(self._open.first)
        return min(numbers, default=self._trail.number)

    def state(self) -> Any:
        oldest = self._oldest()
        current = self._open and [
            self._open.key, self._open.after, self._open.last, self._open.number,
            self._open.run.state(),
        ]  # fmt: skip
        gone = [[key, last] for key, last in self._gone.items() if last >= oldest]
        trail = self._trail.state(oldest)
        return [self._count, self._is_over, self._luck, oldest, gone, current, trail]

    def restore(self, state: Any) -> None:
        self._count, self._is_over, self._luck, oldest, gone, current, trail = state
        self._gone = dict(gone)
        key, after, last, number, inner = current or [None, 0, 0, 0, None]
        group: list[tuple[int, Element]] = []
        for place, element in self._trail.restore(trail):
            own = self._key_again(element, place) if place >= oldest else None
            if own is None:
                continue
            if place > self._gone.get(own, -1):
                self._groups.setdefault(own, []).append((place, element))
            elif own == key and after < place <= last:
                group.append((place, element))
        self._sizes = {key: self._size_of(key, each[0][0]) for key, each in self._groups.items()}
        if key is not None:
            self._open = _Open(key, after, group[0][0], last, number)
            self._make(self._open, group)
            self._open.run.restore(self._open.dataset, inner)

    def _key_again(self, element: Element, number: int) -> int | None:
        """The key of an element, None where asking for it failed when it first came."""
        try:
            return self._stage.key(element, number, self._seed)
        except Exception:
            return None


class Reducer:
    """How `group_by_reducer` makes one element of all elements with one key.

    Args:
        init_func: the state to begin with, for a key.
        reduce_func: the next state, for a state and an element.
        finalize_func: the element, for the last state.

    >>> total = tf.data.experimental.Reducer(
    ...     lambda key: tf.constant(0, tf.int64), lambda state, x: state + x, lambda state: state)
    >>> by_parity = tf.data.experimental.group_by_reducer(lambda x: x % 2, total)
    >>> [int(x) for x in tf.data.Dataset.range(5).apply(by_parity)]
    [6, 4]
    """

    def __init__(self, init_func: Any, reduce_func: Any, finalize_func: Any) -> None:
        self._functions = init_func, reduce_func, finalize_func

    @property
    def init_func(self) -> Any:
        """The state to begin with, for a key."""
        return self._functions[0]

    @property
    def reduce_func(self) -> Any:
        """The next state, for a state and an element."""
        return self._functions[1]

    @property
    def finalize_func(self) -> Any:
        """The element, for the last state."""
        return self._functions[2]


class GroupByReducer(FunctionStage):
    """For each key one element, made of all elements that have it."""

    prefix = ""

    def __init__(self, source: Dataset, key_func: Any, reducer: Any) -> None:
        if not isinstance(reducer, Reducer):
            raise TypeError(
                "group_by_reducer expected a tf.data.experimental.Reducer. "
                f"Received: reducer={described(reducer)}"
            )
        self.reducer = reducer
        super().__init__(source, key_func, "group_by_reducer", as_int64)

    def spec_of(self, source: Dataset) -> Any:
        name = self.function.stage
        demand_key(self.function, "key_func")
        self.initial = ElementFunction(name, self.reducer.init_func, [KEY])
        spec = self.initial.spec
        for _ in range(20):
            self.step = ElementFunction(
                name, self.reducer.reduce_func, [spec, source.element_spec]
            )
            relaxed = relaxed_state(spec, self.step.spec, name)
            if relaxed == spec:
                break
            spec = relaxed
        states = list(spec) if spec.__class__ is tuple else [spec]
        self.lengths = [len(structure.flatten(each)) for each in states]
        self.final = ElementFunction(name, self.reducer.finalize_func, states)
        return self.final.spec

    def functions(self) -> list[ElementFunction]:
        return [self.function, self.initial, self.step, self.final]

    def size(self) -> int:
        return INFINITE if self.inputs[0].size() == INFINITE else UNKNOWN

    def begin(self, run: Course, key: int) -> Cursor:
        return _ReducerCursor(self, self.inputs[0].cursor(run, key), self.seed_of(run, key))


class _ReducerCursor(Cursor):
    """All elements are gone through before the first result: restoring does it again."""

    __slots__ = ("_first", "_input", "_position", "_results", "_seed", "_stage")

    def __init__(self, stage: GroupByReducer, source: Cursor, seed: int | None) -> None:
        self._stage, self._input, self._seed = stage, source, seed
        self._first = source.state()
        self._results: list[Element] | None = None
        self._position = 0

    def next(self) -> Element | None:
        if self._results is None:
            self._results = self._reduced()
        if self._position >= len(self._results):
            return None
        self._position += 1
        return self._results[self._position - 1]

    def _reduced(self) -> list[Element]:
        stage, states = self._stage, dict[int, Element]()
        number = 0
        while (element := self._input.next()) is not None:
            key = int(stage.apply_to(element, number, self._seed)[0])
            state = states.get(key)
            if state is None:
                state = stage.initial((_scalar(key),), draw=self._draw(key, 1))
            states[key] = stage.step(state, element, draw=self._draw(number, 2))
            number += 1
        return [
            stage.final(*split(states[key], stage.lengths), draw=self._draw(key, 3))
            for key in sorted(states)
        ]

    def _draw(self, number: int, function: int) -> int | None:
        """What decides the random numbers of one call of a function."""
        return None if self._seed is None else mixed(self._seed, number, function)

    def state(self) -> Any:
        return [self._position, self._first]

    def restore(self, state: Any) -> None:
        self._position, self._first = state
        self._input.restore(self._first)
