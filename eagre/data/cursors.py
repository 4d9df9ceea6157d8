"""Cursors: the state machines that go through a dataset, and the seeds that they draw from.

A dataset says what its elements are; a `Cursor` is one pass through it. `state()` tells in a few
plain numbers where it stands: positions and seeds, never elements. `restore` of a new cursor of
the same dataset goes there.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from eagre.core.errors import InvalidArgumentError
from eagre.data.trails import following
from eagre.ops.random import number_of_run

if TYPE_CHECKING:
    from collections.abc import Callable

    from eagre.data.dataset import Dataset

Element = tuple[Any, ...]
"""The components of an element."""

_MASK = 2**64 - 1
_LARGE = 1 << 15
"""Elements of so many bytes are put into their batch one by one, as they come."""

_ROOM = 1 << 28
"""The most bytes that are set aside for a batch before its elements have come."""


def mixed(*numbers: int) -> int:
    """A number of 63 bits that depends on all bits of all numbers, in their order."""
    value = 0x9E3779B97F4A7C15
    for number in numbers:
        value = (value ^ (number & _MASK)) + 0x9E3779B97F4A7C15 & _MASK
        value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & _MASK
        value = (value ^ value >> 27) * 0x94D049BB133111EB & _MASK
        value ^= value >> 31
    return value >> 1


def chance() -> int:
    """A number of 63 bits that nobody can foresee."""
    return int.from_bytes(os.urandom(8), "little") >> 1


class Seed:
    """Where a dataset that draws gets its numbers from: `base`, and whether passes differ."""

    __slots__ = ("base", "differs", "is_given", "iterations")

    def __init__(self, number: int, is_given: bool, differs: bool) -> None:
        self.is_given = is_given
        self.base = mixed(number)
        self.differs = differs
        self.iterations = 0

    def for_iteration(self) -> int:
        """The seed of the next iterator."""
        if not self.differs:
            return self.base
        self.iterations += 1
        return mixed(self.base, self.iterations)


class Draws:
    """Numbers of 64 bits from a seed, by number: the same for each version of NumPy."""

    __slots__ = ("_count", "_numbers", "_source")
    _AT_ONCE = 1024

    def __init__(self, seed: int) -> None:
        self._source: Any = np.random.PCG64(seed)
        self._numbers: list[int] = []
        self._count = 0

    def next(self) -> int:
        """The next number."""
        place = self._count % self._AT_ONCE
        if place == 0:
            self._numbers = self._source.random_raw(self._AT_ONCE).tolist()
        self._count += 1
        return self._numbers[place]

    def move_to(self, count: int) -> None:
        """Go to where `count` numbers have been drawn from the beginning."""
        self._source.advance(count // self._AT_ONCE * self._AT_ONCE)
        self._count = count
        if count % self._AT_ONCE:
            self._numbers = self._source.random_raw(self._AT_ONCE).tolist()


def permutation(count: int, seed: int) -> Any:
    """The numbers below `count` in an order that the seed decides."""
    bits = max(count - 1, 1).bit_length()
    keys = np.random.PCG64(seed).random_raw(count) << np.uint64(bits)
    keys |= np.arange(count, dtype=np.uint64)
    keys.sort()
    keys &= np.uint64((1 << bits) - 1)
    return keys.view(np.int64)


class Cursor:
    """One pass through a dataset."""

    __slots__ = ()

    def next(self) -> Element | None:
        """The components of the next element, None at the end."""
        raise NotImplementedError

    def state(self) -> Any:
        """Where the pass stands: numbers, strings, None and lists of such."""
        raise NotImplementedError

    def restore(self, state: Any) -> None:
        """Go to where another pass stood; this one is new."""
        raise NotImplementedError

    def elements(self, count: int) -> list[Element]:
        """The next elements, fewer at the end."""
        found: list[Element] = []
        while len(found) < count:
            element = self.next()
            if element is None:
                break
            found.append(element)
        return found

    def rows(self, count: int) -> Element | None:
        """The next elements stacked, fewer at the end, None if there is none."""
        room = self.room(count)
        if room is not None:
            return self._gathered(room, count, 0)
        first = self.next()
        if first is None:
            return None
        if not is_large([part.nbytes for part in first], count):
            return stacked([first, *self.elements(count - 1)])
        room = tuple([np.empty((count, *part.shape), part.dtype) for part in first])
        _put(room, 0, first)
        del first
        return self._gathered(room, count, 1)

    def room(self, count: int) -> Element | None:
        """The memory of the next batch, where it is known before its elements are."""
        return None

    def next_into(self, places: Element) -> Element | None:
        """The next element, which may stand in the places: arrays of the shapes it should have."""
        return self.next()

    def _gathered(self, room: Element, count: int, start: int) -> Element | None:
        """The room for a batch, in which the first elements stand, with those that follow.

        Each is let go of before the next is computed, which finds its memory in the cache.
        """
        for number in range(start, count):
            element = self.next_into(places_in(room, number))
            if element is None and not number:
                return None
            if element is None:
                return tuple([part[:number].copy() for part in room])
            if not _put(room, number, element):
                before = [tuple([part[place] for part in room]) for place in range(number)]
                return stacked([*before, element, *self.elements(count - number - 1)])
            del element
        return room

    def gives_rows(self) -> bool:
        """Whether `rows` is made otherwise than of elements one by one."""
        return type(self).rows is not Cursor.rows

    def skip(self, count: int) -> int:
        """Go past elements; how many there were."""
        for number in range(count):
            if self.next() is None:
                return number
        return count

    def pass_over(self, count: int) -> None:
        """Go past elements that had come before a state was saved, computing what has to be.

        Errors on the way had come before as well.
        """
        if type(self).skip is not Cursor.skip:
            self.skip(count)
            return
        for _ in range(count):
            following(self)


class RaggedError(InvalidArgumentError):
    """Components of several shapes cannot be stacked; `place` is that of the component."""

    def __init__(self, place: int, number: int, first: Any, other: Any) -> None:
        super().__init__(f"shapes {first} and {other}")
        self.place = place
        self.number = number
        self.shapes = first, other


def stacked(elements: list[Element]) -> Element:
    """The elements as one, each component with a further first axis."""
    return tuple([_stack(place, parts) for place, parts in enumerate(zip(*elements, strict=True))])


def is_large(sizes: list[int], count: int) -> bool:
    """Whether elements whose components have so many bytes get the memory of a batch at once."""
    return _LARGE <= sum(sizes) <= _ROOM // count


def places_in(room: Element, number: int) -> Element:
    """The place of an element in a batch: for each component an array."""
    return tuple([whole[number, ...] for whole in room])


def _put(room: Element, number: int, element: Element) -> bool:
    """Put an element into its place in a batch; whether it has the shapes of the others.

    NumPy returns at once where it stands there already.
    """
    if any(part.shape != whole.shape[1:] for part, whole in zip(element, room, strict=True)):
        return False
    for whole, part in zip(room, element, strict=True):
        whole[number] = part if part.ndim else part[()]
    return True


def _stack(place: int, parts: Any) -> Any:
    first = parts[0]
    shape = first.shape
    for number, part in enumerate(parts):
        if part.shape != shape:
            raise RaggedError(place, number, shape, part.shape)
    whole = np.empty((len(parts), *shape), first.dtype)
    for number, part in enumerate(parts):
        whole[number] = part if part.ndim else part[()]
    return whole


def joined(pieces: list[Element]) -> Element:
    """Rows after rows."""
    if len(pieces) == 1:
        return pieces[0]
    for piece in pieces:
        for place, (a, b) in enumerate(zip(pieces[0], piece, strict=True)):
            if a.shape[1:] != b.shape[1:]:
                raise RaggedError(place, len(pieces[0][0]), a.shape[1:], b.shape[1:])
    return tuple([np.concatenate(parts) for parts in zip(*pieces, strict=True)])


class Course:
    """What the cursors of a run share. It holds none of them, so that they go when the run goes."""

    __slots__ = ("_paces", "_shared", "clock", "dataset", "luck", "options", "seeds")

    def __init__(
        self, dataset: Dataset, luck: int, seeds: dict[int, int], clock: Any = None
    ) -> None:
        self.dataset = dataset
        self.clock = clock
        self.luck = luck
        self.seeds = seeds
        """For each dataset that draws its number, by the identity of the dataset."""
        self.options: Any = None
        self._paces: dict[int, Any] = {}
        self._shared: dict[int, Any] = {}

    def tunes(self) -> bool:
        """Whether eagre may choose how the work is done."""
        if self.options is None:
            self.options = self.dataset.options()
        return self.options.autotune.enabled is not False

    def pace(self, node: Dataset, asked: int, kind: Any = None) -> Any:
        """The `Pace` of a stage, or what it has of another kind: one for all its passes."""
        from eagre.data.pace import Pace

        self.tunes()
        if id(node) not in self._paces:
            node.pace = self._paces[id(node)] = (kind or Pace)(asked, self.options)
        return self._paces[id(node)]

    def shared(self, node: Dataset, make: Callable[[], Any]) -> Any:
        """What all passes of a stage share, as long as the run goes on."""
        if id(node) not in self._shared:
            self._shared[id(node)] = make()
        return self._shared[id(node)]

    def end(self) -> None:
        """Nothing is shared any more."""
        self._shared.clear()

    def seed(self, node: Dataset, key: int) -> int:
        """The seed for one pass through a dataset that draws."""
        number = self.seeds[id(node)]
        return mixed(number, key) if node.seed.differs else number


class Run:
    """A pass through a pipeline from its end: the cursor of the last stage, and all seeds.

    Args:
        luck: within another run, the number that takes the place of chance.
        since: datasets of this number and above were made for this run alone.
        clock: measures how long the stages take.
    """

    __slots__ = ("course", "cursor")

    def __init__(
        self, dataset: Dataset, luck: int | None = None, since: int = 0, clock: Any = None
    ) -> None:
        stages = pipeline(dataset)
        for stage in stages:
            stage.demand_values()
        nodes = [node for node in stages if node.seed is not None]
        if luck is None:
            numbers = [node.seed.for_iteration() for node in nodes]
            # So `set_seed` governs what is drawn within, by datasets that functions return.
            governed = numbers or number_of_run()
            luck = mixed(*governed) if governed else chance()
        else:
            numbers = [_inner_seed(node, luck, place, since) for place, node in enumerate(nodes)]
        seeds = {id(node): number for node, number in zip(nodes, numbers, strict=True)}
        self.course = Course(dataset, luck, seeds, clock)
        self.cursor: Cursor = dataset.cursor(self.course, 0)

    def state(self) -> Any:
        """The seeds and the state of the cursor."""
        return [self.course.luck, [*self.course.seeds.values()], self.cursor.state()]

    def restore(self, dataset: Dataset, state: Any) -> None:
        """Go to where another run stood."""
        luck, numbers, position = state
        if len(numbers) != len(self.course.seeds):
            raise ValueError("another number of stages that draw")
        seeds = dict(zip(self.course.seeds, numbers, strict=True))
        self.course = Course(dataset, luck, seeds, self.course.clock)
        self.cursor = dataset.cursor(self.course, 0)
        self.cursor.restore(position)


def _inner_seed(node: Dataset, luck: int, place: int, since: int) -> int:
    """The seed within another run, of which nothing may depend on what else was iterated."""
    if node.seed.is_given:
        is_new = node.number >= since or not node.seed.differs
        return node.seed.base if is_new else mixed(node.seed.base, luck)
    return mixed(luck, place) if node.seed.differs or node.number >= since else node.seed.base


def pipeline(dataset: Dataset) -> list[Dataset]:
    """A dataset and all that it is made of, each once, the last stage first."""
    found: list[Dataset] = []
    pending, seen = [dataset], set[int]()
    while pending:
        node = pending.pop()
        if id(node) not in seen:
            seen.add(id(node))
            found.append(node)
            pending.extend(reversed(node.inputs))
    return found


class IndexedCursor(Cursor):
    """A pass through a dataset that gives elements by their numbers."""

    __slots__ = ("_dataset", "_position", "_size")

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._position = 0
        self._size = dataset.size()

    def next(self) -> Element | None:
        position = self._position
        if position >= self._size:
            return None
        self._position = position + 1
        return self._dataset.element(position)

    def rows(self, count: int) -> Element | None:
        start = self._position
        stop = self._position = min(start + count, self._size)
        return self._dataset.span(start, stop) if stop > start else None

    def skip(self, count: int) -> int:
        start = self._position
        self._position = min(start + count, self._size)
        return self._position - start

    def state(self) -> Any:
        return self._position

    def restore(self, state: Any) -> None:
        self._position = state
