"""`cache` of a file and `snapshot`: the first pass writes what further ones read."""

from __future__ import annotations

import os
from typing import Any

from eagre.core.errors import FailedPreconditionError, InvalidArgumentError
from eagre.data.cursors import Course, Cursor, Element, Run, mixed
from eagre.data.dataset import Dataset
from eagre.data.identity import fingerprint
from eagre.data.storage.folder import Index, Writer, compression_of, folder_path, open_index
from eagre.data.storage.loading import Loaded, read_by
from eagre.data.storage.saving import Sharding


class KeptInFiles(Dataset):
    """The same elements, which are written by the first whole pass and read by further ones."""

    def __init__(
        self, source: Dataset, path: Any, stage: str, compression: Any = None,
        reader: Any = None, shard_func: Any = None,
    ) -> None:  # fmt: skip
        name = f"Dataset.{stage}"
        self.reader = reader
        self.identity = fingerprint(source)
        folder = folder_path(path, name)
        is_snapshot = stage == "snapshot"
        self.folder = os.path.join(folder, self.identity) if is_snapshot else folder
        self.compression = compression_of(compression, name)
        self.sharding = Sharding(source, shard_func, name)
        self.is_in_order = reader is None and shard_func is None
        super().__init__(source.element_spec, source, stage=stage)
        Writer.check(source.element_spec, name)
        self.index()

    def index(self) -> Index | None:
        """What is in the folder, if it belongs to this pipeline."""
        found = open_index(self.folder)
        if found is not None and found.about.get("pipeline") != self.identity:
            raise FailedPreconditionError(
                f"{self.stage} at {self.line} expected the elements of this pipeline in "
                f"{self.folder!r}. Received: those of another one, with {found.spec!r}. Remove "
                "the folder, or name another."
            )
        return found

    def element(self, index: int) -> Element:
        found = self.index()
        if found is None or not self.is_in_order:
            return self.inputs[0].element(index)
        return read_by(found, None, self.element_spec, self.stage).element(index)

    def begin(self, run: Course, key: int) -> Cursor:
        return _KeptCursor(self, mixed(run.luck, key))

    def writer(self, origin: Any) -> Writer:
        """What writes the elements of a run that began in a state."""
        about = {"compression": self.compression, "pipeline": self.identity, "origin": origin}
        return Writer(self.folder, self.element_spec, about, self.stage)


class _KeptCursor(Cursor):
    """Reads what is whole, or goes through the input in a run of its own and writes.

    What is kept does not depend on who asked first. `origin` is the state in which that run began.
    """

    __slots__ = ("_luck", "_origin", "_position", "_run", "_stage", "_writer")

    def __init__(self, stage: KeptInFiles, luck: int) -> None:
        self._stage, self._luck = stage, luck
        self._position = 0
        self._writer: Writer | None = None
        index = stage.index()
        if index is None:
            self._run = Run(stage.inputs[0])
            self._origin = self._run.state()
            self._writer = stage.writer(self._origin)
        else:
            self._run, self._origin = self._reading(index), index.about.get("origin")

    def _reading(self, index: Index) -> Run:
        """A run through the files."""
        stage = self._stage
        found = read_by(index, stage.reader, stage.element_spec, stage.stage)
        return Run(found, self._luck)

    def next(self) -> Element | None:
        element = self._run.cursor.next()
        if element is not None:
            self._position += 1
        if self._writer is not None:
            self._keep(self._writer, element)
        return element

    def _keep(self, writer: Writer, element: Element | None) -> None:
        if element is not None:
            writer.add(element, self._stage.sharding.shard(element))
        else:
            writer.finish(False)
            self._writer = None

    def rows(self, count: int) -> Element | None:
        if self._writer is not None or not self._reads():
            return super().rows(count)
        found = self._run.cursor.rows(count)
        self._position += 0 if found is None else len(found[0])
        return found

    def _reads(self) -> bool:
        return isinstance(self._run.course.dataset, Loaded)

    def state(self) -> Any:
        inner = None if self._stage.is_in_order else [self._is_reading(), self._run.state()]
        return [self._position, self._origin, inner]

    def _is_reading(self) -> bool:
        return self._run.course.dataset is not self._stage.inputs[0]

    def restore(self, state: Any) -> None:
        """Elements that are not kept here are computed again, and kept on the way."""
        position, origin, inner = state
        stage = self._stage
        index = stage.index()
        is_whole = index is not None and index.about.get("origin") == origin
        was_reading = inner is not None and inner[0]
        if is_whole and (stage.is_in_order or was_reading):
            self._restore_reading(index, position, inner)
            return
        if was_reading:
            raise InvalidArgumentError(
                f"{stage.stage} expected the files that the iterator was reading. "
                f"Received: other ones, or none, in {stage.folder!r}"
            )
        if self._writer is not None:
            self._writer.abandon()
        source = stage.inputs[0]
        self._run, self._origin = Run(source, 0), origin
        self._run.restore(source, origin)
        self._writer = stage.writer(origin) if index is None else None
        self._position = 0
        self.pass_over(position)

    def _restore_reading(self, index: Any, position: int, inner: Any) -> None:
        if self._writer is not None:
            self._writer.abandon()
            self._writer = None
        self._run, self._position = self._reading(index), position
        self._origin = index.about.get("origin")
        if inner is None:
            self._run.cursor.skip(position)
        else:
            self._run.restore(self._run.course.dataset, inner[1])
