"""`load`: the elements of a folder, by their numbers; files are read when they are wanted."""

from __future__ import annotations

import time
from bisect import bisect_right
from threading import Lock
from typing import Any

import numpy as np

from eagre.core import structure
from eagre.core.errors import InvalidArgumentError
from eagre.data.cursors import Course, Cursor, Element, joined
from eagre.data.dataset import Dataset
from eagre.data.specs import DatasetSpec, are_compatible, is_dataset
from eagre.data.storage.folder import Index, existing_index, folder_path, open_index
from eagre.data.storage.pieces import Piece

_OPEN = 16
_PAUSE = 0.05


class Loaded(Dataset):
    """Elements of some files of a folder, one file after the other."""

    is_indexed = True
    incidental = frozenset({"_lock", "_pieces"})

    def __init__(self, index: Index, numbers: list[int], spec: Any) -> None:
        super().__init__(spec, stage="load")
        self._index, self._numbers = index, numbers
        counts = [index.pieces[number].count for number in numbers]
        self._starts: list[int] = np.cumsum([0, *counts], dtype=np.int64).tolist()
        self._pieces: dict[int, Piece] = {}
        self._lock = Lock()

    def size(self) -> int:
        return self._starts[-1]

    def _piece(self, place: int) -> Piece:
        """A file, of which the last few stay open."""
        pieces = self._pieces
        with self._lock:
            found = pieces.pop(place, None)
            if found is None:
                number = self._numbers[place]
                entry = self._index.pieces[number]
                path = self._index.path(number)
                found = Piece(path, entry.seal, entry.count, self.layout.leaves)
                if len(pieces) >= _OPEN:
                    del pieces[next(iter(pieces))]
            pieces[place] = found
        return found

    def element(self, index: int) -> Element:
        place = bisect_right(self._starts, index) - 1
        return self._piece(place).element(index - self._starts[place])

    def span(self, start: int, stop: int) -> Element:
        found: list[Element] = []
        while start < stop:
            place = bisect_right(self._starts, start) - 1
            first, end = self._starts[place], self._starts[place + 1]
            until = min(stop, end)
            found.append(self._piece(place).take(slice(start - first, until - first)))
            start = until
        return joined(found)

    def gather(self, indices: Any) -> Element:
        indices = np.asarray(indices)
        places = np.searchsorted(self._starts, indices, side="right") - 1
        pieces: list[Element] = []
        order: list[Any] = []
        for place in np.unique(places).tolist():
            chosen = np.flatnonzero(places == place)
            pieces.append(self._piece(place).take(indices[chosen] - self._starts[place]))
            order.append(chosen)
        if len(pieces) == 1:
            return pieces[0]
        back = np.argsort(np.concatenate(order))
        return tuple([part[back] for part in joined(pieces)])


class Shards(Dataset):
    """The shards of a folder, each a dataset: what a `reader_func` is given."""

    is_indexed = False

    def __init__(self, shards: list[Dataset], spec: Any) -> None:
        super().__init__(DatasetSpec(spec), stage="load")
        self.shards = shards

    def size(self) -> int:
        return len(self.shards)

    def begin(self, run: Course, key: int) -> Cursor:
        return _ShardsCursor(self.shards)


class _ShardsCursor(Cursor):
    __slots__ = ("_position", "_shards")

    def __init__(self, shards: list[Dataset]) -> None:
        self._shards = shards
        self._position = 0

    def next(self) -> Element | None:
        if self._position >= len(self._shards):
            return None
        self._position += 1
        return (self._shards[self._position - 1],)

    def state(self) -> Any:
        return self._position

    def restore(self, state: Any) -> None:
        self._position = state


def read_by(index: Index, reader: Any, spec: Any, name: str) -> Dataset:
    """The elements of a folder as a function of the datasets of its shards has them."""
    shards = index.shards()
    if reader is None:
        return Loaded(index, [number for shard in shards for number in shard], spec)
    made = reader(Shards([Loaded(index, shard, spec) for shard in shards], spec))
    if not is_dataset(made):
        raise TypeError(f"{name} expected reader_func to return a dataset. Received: {made!r:.80}")
    return made


def loaded(
    path: Any, element_spec: Any, compression: Any, reader: Any, waits: Any
) -> Dataset:
    """The dataset of a folder."""
    name = "Dataset.load"
    folder = folder_path(path, name)
    while waits and open_index(folder) is None:
        time.sleep(_PAUSE)
    index = existing_index(folder)
    written = index.about.get("compression", "")
    if compression not in (None, "AUTO") and (compression or "") != written:
        raise InvalidArgumentError(
            f"{name} expected compression={written or None!r}, as the elements were saved. "
            f"Received: compression={compression!r}"
        )
    spec = index.spec if element_spec is None else _checked(element_spec, index.spec, name)
    return read_by(index, reader, spec, name)


def _checked(given: Any, written: Any, name: str) -> Any:
    if not are_compatible(given, written) or len(structure.flatten(given)) == 0:
        raise InvalidArgumentError(
            f"{name} expected element_spec to fit the elements that were saved, {written!r}. "
            f"Received: element_spec={given!r}"
        )
    return given
