"""Stages that leave elements as they are: prefetch, options, cache."""

from __future__ import annotations

from typing import Any

from eagre.core import ambient
from eagre.core.errors import OutOfRangeError
from eagre.data.ahead import AheadCursor, Stock
from eagre.data.cursors import Course, Cursor, Element, Run
from eagre.data.dataset import Dataset
from eagre.data.functions import is_debugging
from eagre.data.options import Options
from eagre.data.pace import AUTOTUNE
from eagre.data.specs import datasets_in, integer


class _Same(Dataset):
    """The elements of another dataset."""

    is_same = True

    def __init__(self, source: Dataset, stage: str) -> None:
        super().__init__(source.element_spec, source, stage=stage)
        self.is_indexed = source.is_indexed

    def element(self, index: int) -> Element:
        return self.inputs[0].element(index)

    def span(self, start: int, stop: int) -> Element:
        return self.inputs[0].span(start, stop)

    def gather(self, indices: Any) -> Element:
        return self.inputs[0].gather(indices)

    def begin(self, run: Course, key: int) -> Cursor:
        return self.inputs[0].cursor(run, key)


class Prefetch(_Same):
    """Elements that may be computed before they are wanted."""

    def __init__(self, source: Dataset, buffer_size: Any) -> None:
        super().__init__(source, "prefetch")
        size = AUTOTUNE if buffer_size is None else buffer_size
        self.places = integer(size, "Dataset.prefetch(buffer_size)", -1)

    def begin(self, run: Course, key: int) -> Cursor:
        source = self.inputs[0].cursor(run, key)
        places = 0 if is_debugging() else self.places
        return AheadCursor(source, run.pace(self, places, Stock))

    def detail(self) -> str:
        return f"; {self.pace}" if self.pace else ""

    def is_threaded(self) -> bool:
        return self.pace is not None and self.pace.is_threaded


class WithOptions(_Same):
    """A pipeline with options."""

    def __init__(self, source: Dataset, options: Any) -> None:
        super().__init__(source, "with_options")
        self.own_options = Options().merge(options)


class Cache(Dataset):
    """Elements that are kept when they have come once."""

    incidental = frozenset({"origin", "values"})

    def __init__(self, source: Dataset) -> None:
        super().__init__(source.element_spec, source, stage="cache")
        self.values: list[Element] = []
        self.origin: Any = None
        """The state in which the run began whose elements are kept, None while none are."""

    def begin(self, run: Course, key: int) -> Cursor:
        return _CacheCursor(self)

    def element(self, index: int) -> Element:
        return self.values[index] if self.origin else self.inputs[0].element(index)


class _CacheCursor(Cursor):
    """A run of its own fills the cache: what is kept does not depend on who asked first."""

    __slots__ = ("_cache", "_found", "_origin", "_position", "_run")

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._position = 0
        self._found: list[Element] = []
        self._run = Run(cache.inputs[0]) if cache.origin is None else None
        self._origin = cache.origin if self._run is None else self._run.state()

    def next(self) -> Element | None:
        element = self._kept() if self._run is None else self._fresh(self._run)
        self._position += element is not None
        return element

    def _kept(self) -> Element | None:
        values = self._cache.values
        return values[self._position] if self._position < len(values) else None

    def _fresh(self, run: Run) -> Element | None:
        element = run.cursor.next()
        if element is not None:
            self._found.append(element)
        elif self._cache.origin is None:
            self._cache.values, self._cache.origin = self._found, self._origin
        return element

    def state(self) -> Any:
        return [self._position, self._origin]

    def restore(self, state: Any) -> None:
        """Elements that are not kept here are computed again."""
        position, origin = state
        if origin == self._cache.origin:
            self._position, self._origin, self._run = position, origin, None
            return
        source = self._cache.inputs[0]
        # What another run kept comes in another order: the passes of this one go on as they were.
        self._cache.values, self._cache.origin = [], None
        self._run, self._origin = Run(source, 0), origin
        self._run.restore(source, origin)
        self.skip(position)


def element_at(dataset: Any, index: Any) -> Any:
    """The element of a number, without going through those before it.

    Raises:
        OutOfRangeError: there is none of that number.
        UnimplementedError: a stage has to be gone through.

    >>> squares = tf.data.Dataset.range(5).map(lambda x: x * x)
    >>> tf.data.experimental.at(squares, 3).numpy()
    np.int64(9)
    """
    source = datasets_in(dataset, "at(dataset)")[0]
    number, size = integer(index, "at(index)"), source.size()
    if size >= 0 and not 0 <= number < size:
        raise OutOfRangeError(
            f"at expected an index from 0 to {size - 1}. Received: index={number}"
        )
    with ambient.outside(None):
        return source.layout.pack(source.element(number))
