"""Stages with a function for each element: map, filter, take_while, scan, reduce."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from eagre.core import ambient, structure
from eagre.core.errors import InvalidArgumentError
from eagre.core.python_numbers import described
from eagre.core.specs import TensorSpec
from eagre.data.calling import CountingCursor, FilterCursor, MapCursor, TakeWhileCursor
from eagre.data.cursors import Course, Cursor, Element, Run, mixed
from eagre.data.dataset import Dataset
from eagre.data.functions import ElementFunction, is_debugging, scalar_predicate
from eagre.data.pace import AUTOTUNE, chosen
from eagre.data.parallel import ParallelMapCursor, calls_at_a_time
from eagre.data.sources import arrays_of, new_seed
from eagre.data.specs import UNKNOWN, normalized, spec_of
from eagre.data.trails import following

_SMALL = 16_384
"""Elements of fewer numbers go through exact functions together, larger ones in threads."""


def first_of(source: Dataset) -> Element | None:
    """The components of the first element."""
    with ambient.outside(None):
        return Run(source).cursor.next()


def of_elements(
    name: str, function: Any, source: Dataset, leaf: Any = None
) -> ElementFunction:
    """A user's function of an element: of several arguments where elements are tuples."""
    spec = source.element_spec
    if spec.__class__ is not tuple:
        return ElementFunction(name, function, [spec], lambda: _alone(first_of(source)), leaf)
    if not callable(function):
        raise ValueError(f"{name} expected a function. Received: {described(function)}")
    counts = [len(structure.flatten(each)) for each in spec]

    def sample() -> Any:
        element = first_of(source)
        return None if element is None else split(element, counts)

    return ElementFunction(name, function, list(spec), sample, leaf)


def _alone(element: Element | None) -> Any:
    return None if element is None else (element,)


def split(element: Element, counts: list[int]) -> list[Element]:
    """The components of each argument."""
    found: list[Element] = []
    place = 0
    for count in counts:
        found.append(element[place : place + count])
        place += count
    return found


def applied(
    stage: Any, element: Element, number: int, draw: int | None, places: Any = None
) -> Element:
    """What the function of a stage returns; an error tells of the element."""
    try:
        if len(stage.counts) == 1:
            return stage.function(element, draw=draw, places=places)
        return stage.function(*split(element, stage.counts), draw=draw, places=places)
    except Exception as error:
        error.add_note(f"in element {number} of {stage.stage}, made at {stage.line}")
        raise


class FunctionStage(Dataset):
    """A stage that calls a function for each element of one dataset."""

    prefix = "Dataset."
    """What stands before the name of the stage in messages."""

    def __init__(self, source: Dataset, function: Any, stage: str, leaf: Any = None) -> None:
        self.function = of_elements(f"{self.prefix}{stage}", function, source, leaf)
        is_tuple = source.element_spec.__class__ is tuple
        parts = source.element_spec if is_tuple else [source.element_spec]
        self.counts = [len(structure.flatten(part)) for part in parts]
        super().__init__(self.spec_of(source), source, stage=stage)
        self.stage = self.function.stage
        if any(function.draws for function in self.functions()):
            self.seed = new_seed(None, self.stage, True)

    def functions(self) -> list[ElementFunction]:
        """The functions that draw from the seed of the stage."""
        return [self.function]

    def spec_of(self, source: Dataset) -> Any:
        """The spec of the elements."""
        return source.element_spec

    def seed_of(self, run: Course, key: int) -> int | None:
        """What decides the random numbers of one pass, None where the function draws none."""
        return None if self.seed is None else run.seed(self, key)

    def apply_to(
        self, element: Element, number: int, seed: int | None = None, places: Any = None
    ) -> Element:
        """What the function returns, in `places` where it can; an error tells of the element."""
        return applied(self, element, number, None if seed is None else mixed(seed, number), places)

    def detail(self) -> str:
        return self.function.detail()


class Map(FunctionStage):
    """What a function returns for each element, `calls` of them at a time (None: one).

    `job` is the call as it goes to processes, None where it runs in threads.
    """

    incidental = frozenset({"job"})

    def __init__(
        self, source: Dataset, function: Any, calls: Any = None, in_processes: bool = False
    ) -> None:
        self.calls = calls_at_a_time(calls, "Dataset.map")
        super().__init__(source, function, "map")
        self.job: Any = None
        if in_processes:
            from eagre.data.elsewhere import job_of

            self.job, self.calls = job_of(self), AUTOTUNE if calls is None else self.calls
            if self.seed is None:
                self.seed = new_seed(None, self.stage, True)
                self.incidental = self.incidental | {"incidental", "seed"}

    def spec_of(self, source: Dataset) -> Any:
        return self.function.spec

    def element(self, index: int) -> Element:
        seed = None if self.seed is None else self.seed.base
        return self.apply_to(self.inputs[0].element(index), index, seed)

    def begin(self, run: Course, key: int) -> Cursor:
        source, seed = self.inputs[0].cursor(run, key), self.seed_of(run, key)
        if self.job is not None and not is_debugging():
            from eagre.data.elsewhere import cursor_elsewhere

            return cursor_elsewhere(self, run, source, seed)
        if self.calls is None or self.function.keeps_order() or self._is_stacked(run):
            return MapCursor(self, source, seed)
        call = partial(self._apply_to_load, seed)
        return ParallelMapCursor(self, source, run.pace(self, self.calls), call)

    def _apply_to_load(self, seed: int | None, load: tuple[Element, Any], number: int) -> Element:
        """What the function returns for an element that came with its places."""
        return self.apply_to(load[0], number, seed, load[1])

    def _is_stacked(self, run: Course) -> bool:
        """Whether small elements go through the function together, and no thread is needed."""
        leaves = self.inputs[0].layout.leaves
        sizes = [math.prod(leaf.sizes) if leaf.shape.is_fully_defined() else 0 for leaf in leaves]
        return run.tunes() and self.function.is_whole() and max(sizes, default=0) < _SMALL

    def detail(self) -> str:
        if self.job is not None and not is_debugging():
            return f"; {self.pace or 'in processes'}"
        order = "" if self.calls is None else self.function.keeps_order()
        return self.function.detail() + (order or chosen(self.calls, self.pace)) + self._hint()

    def _hint(self) -> str:
        """What the user may choose for a function that keeps threads from running."""
        is_stuck = getattr(self.pace, "is_given_up", False) and self.function.calls_python()
        return ", map(in_processes=True) may be" if is_stuck else ""


class Filter(FunctionStage):
    """The elements for which a function is true."""

    def __init__(self, source: Dataset, predicate: Any) -> None:
        super().__init__(source, predicate, "filter")
        scalar_predicate(self.function, "predicate")

    def size(self) -> int:
        return UNKNOWN

    def begin(self, run: Course, key: int) -> Cursor:
        return FilterCursor(self, self.inputs[0].cursor(run, key), self.seed_of(run, key))


class TakeWhile(FunctionStage):
    """The elements before the first for which a function is false."""

    def __init__(self, source: Dataset, predicate: Any) -> None:
        super().__init__(source, predicate, "take_while")
        scalar_predicate(self.function, "predicate")

    def size(self) -> int:
        return UNKNOWN

    def begin(self, run: Course, key: int) -> Cursor:
        return TakeWhileCursor(self, self.inputs[0].cursor(run, key), self.seed_of(run, key))


class Scan(Dataset):
    """What a function of a state and an element returns, which also returns the next state."""

    def __init__(self, source: Dataset, initial: Any, function: Any) -> None:
        name = "Dataset.scan"
        state = normalized(initial, f"{name}(initial_state)")
        self.initial = structure.flatten(state)
        spec, pair = structure.map_structure(spec_of, state), None
        for _ in range(20):
            self.function = ElementFunction(
                name, function, [spec, source.element_spec], lambda: self._sample(source)
            )
            pair = self.function.spec
            if pair.__class__ is not tuple or len(pair) != 2:
                raise TypeError(
                    f"{name} expected a function that returns the next state and an element. "
                    f"Received: {pair!r}"
                )
            relaxed = relaxed_state(spec, pair[0], name)
            if relaxed == spec:
                break
            spec = relaxed
        assert pair is not None
        super().__init__(pair[1], source, stage="scan")
        if self.function.draws:
            self.seed = new_seed(None, self.stage, True)

    def _sample(self, source: Dataset) -> Any:
        element = first_of(source)
        return None if element is None else (self.first_state(), element)

    def first_state(self) -> Element:
        """The components of the initial state."""
        return tuple([arrays_of(value) for value in self.initial])

    def begin(self, run: Course, key: int) -> Cursor:
        seed = None if self.seed is None else run.seed(self, key)
        return _ScanCursor(self, self.inputs[0].cursor(run, key), seed)

    def detail(self) -> str:
        return self.function.detail()


def relaxed_state(spec: Any, after: Any, name: str) -> Any:
    """The spec that a state has before and after an element."""
    try:
        structure.assert_same_structure(spec, after, check_types=False)
    except (TypeError, ValueError):
        pairs: Any = [(None, None)]
    else:
        pairs = list(zip(structure.flatten(spec), structure.flatten(after), strict=True))
    if any(getattr(a, "dtype", 0) != getattr(b, "dtype", 1) for a, b in pairs):
        raise TypeError(
            f"{name} expected a function that keeps the structure and the dtypes of the state. "
            f"Received: {spec!r} before and {after!r} after an element"
        )
    leaves = [
        TensorSpec.of(a.shape.most_specific_compatible_shape(b.shape).sizes, a.dtype)
        for a, b in pairs
    ]
    return structure.pack_sequence_as(spec, leaves)


class _ScanCursor(CountingCursor):
    """The state follows from the elements: restoring goes through them again."""

    __slots__ = ("_first", "_length", "_value")

    def __init__(self, stage: Scan, source: Cursor, seed: int | None) -> None:
        super().__init__(stage, source, seed)
        self._first = source.state()
        self._value = stage.first_state()
        self._length = len(self._value)

    def next(self) -> Element | None:
        element = self._input.next()
        if element is None:
            return None
        draw = None if self._seed is None else mixed(self._seed, self._number)
        try:
            found = self._stage.function(self._value, element, draw=draw)
        except Exception as error:
            error.add_note(f"in element {self._number} of Dataset.scan, at {self._stage.line}")
            raise
        self._number += 1
        self._value = found[: self._length]
        return found[self._length :]

    def state(self) -> Any:
        return [self._number, self._first]

    def restore(self, state: Any) -> None:
        number, self._first = state
        self._input.restore(self._first)
        self.pass_over(number)


class Unique(Dataset):
    """Each element once."""

    def __init__(self, source: Dataset) -> None:
        if len(source.layout.leaves) != 1 or not isinstance(source.layout.leaves[0], TensorSpec):
            raise InvalidArgumentError(
                "Dataset.unique expected elements of one tensor. Received: "
                f"element_spec={source.element_spec!r}"
            )
        super().__init__(source.element_spec, source, stage="unique")

    def size(self) -> int:
        return UNKNOWN

    def begin(self, run: Course, key: int) -> Cursor:
        return _UniqueCursor(self, self.inputs[0].cursor(run, key))


class _UniqueCursor(CountingCursor):
    """What has come is not saved: restoring goes through the elements again."""

    __slots__ = ("_first", "_seen")

    def __init__(self, stage: Any, source: Cursor) -> None:
        super().__init__(stage, source)
        self._first = source.state()
        self._seen: set[Any] = set()

    def next(self) -> Element | None:
        while (element := self._input.next()) is not None:
            self._number += 1
            if self._is_new(element[0]):
                return element
        return None

    def _is_new(self, array: Any) -> bool:
        count = len(self._seen)
        value = array.tobytes() if array.dtype != object else tuple(array.reshape(-1))
        self._seen.add((array.shape, value))
        return len(self._seen) > count

    def state(self) -> Any:
        return [self._number, self._first]

    def restore(self, state: Any) -> None:
        number, self._first = state
        self._input.restore(self._first)
        while self._number < number:
            element = following(self._input)
            self._number += 1
            if element is not None:
                self._is_new(element[0])
