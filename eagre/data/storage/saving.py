"""`save`: all elements of a dataset into a folder, at once or in stretches between checkpoints."""

from __future__ import annotations

import json
import os
from typing import Any

from eagre.core import ambient, structure
from eagre.core.errors import InvalidArgumentError
from eagre.core.specs import TensorSpec
from eagre.data.dataset import Dataset
from eagre.data.functions import ElementFunction
from eagre.data.mapping import of_elements, split
from eagre.data.specs import INFINITE
from eagre.data.storage.folder import (
    PieceEntry,
    Writer,
    compression_of,
    folder_path,
    open_index,
)

NAME = "Dataset.save"


class Sharding:
    """Which shard an element goes to: what a user's function says."""

    __slots__ = ("_counts", "_function", "_name")

    def __init__(self, source: Dataset, function: Any, name: str) -> None:
        self._name = name
        spec = source.element_spec
        parts = spec if spec.__class__ is tuple else [spec]
        self._counts = [len(structure.flatten(part)) for part in parts]
        self._function: ElementFunction | None = None
        if function is None:
            return
        self._function = of_elements(name, function, source)
        spec = self._function.spec
        if not isinstance(spec, TensorSpec) or spec.sizes or not spec.dtype.is_integer:
            raise InvalidArgumentError(
                f"{name} expected shard_func to return an integer scalar. Received: {spec!r}"
            )

    def shard(self, element: Any) -> int:
        """The number of the shard of an element."""
        if self._function is None:
            return 0
        found = int(self._function(*split(element, self._counts))[0])
        if found < 0:
            raise InvalidArgumentError(
                f"{self._name} expected shard_func to return a number of at least 0. "
                f"Received: {found}"
            )
        return found


class _Progress:
    """What a checkpoint holds of a save: the position of the iterator, and the files so far."""

    def __init__(self, iterator: Any) -> None:
        self.iterator = iterator
        self.writer: Any = None
        self.found: Any = None

    def __checkpoint__(self) -> dict[str, Any]:
        if self.writer is None:  # A restore looks at what there is before it brings values.
            return {"state": ""}
        self.writer.flush()
        pieces = [list(piece) for piece in self.writer.pieces]
        return {"state": json.dumps([self.iterator.state(), self.writer.run, pieces])}

    def __restore__(self, values: Any) -> None:
        text = values["state"]
        self.found = json.loads(text.item() if hasattr(text, "item") else text)


def save(
    dataset: Dataset, path: Any, compression: Any, shard_func: Any, checkpoint_args: Any
) -> None:
    """Write all elements of a dataset."""
    if not ambient.executing_eagerly():
        raise RuntimeError(
            f"{NAME} cannot be a part of a graph. Received: a call in a function that is traced. "
            "Save the dataset outside."
        )
    if dataset.size() == INFINITE:
        raise InvalidArgumentError(
            f"{NAME} expected a dataset with an end. Received: {dataset!r}. "
            "Use dataset.take(count)."
        )
    folder = folder_path(path, NAME)
    about = {"compression": compression_of(compression, NAME)}
    sharding = Sharding(dataset, shard_func, NAME)
    if checkpoint_args is None:
        writer = Writer(folder, dataset.element_spec, about, NAME)
        _write(writer, iter(dataset), sharding, lambda: None)
        return
    writer, iterator, after_each = _resumed(dataset, folder, about, dict(checkpoint_args))
    _write(writer, iterator, sharding, after_each)


def _write(writer: Writer, iterator: Any, sharding: Sharding, after_each: Any) -> None:
    try:
        while (element := iterator.next_components()) is not None:
            writer.add(element, sharding.shard(element))
            after_each()
        writer.finish(True)
    except Exception:
        writer.abandon()
        raise


def _resumed(dataset: Dataset, folder: str, about: Any, args: Any) -> Any:
    """A writer and an iterator where the last checkpoint stands, and what makes checkpoints."""
    from eagre.state.checkpoint.checkpoint import Checkpoint
    from eagre.state.checkpoint.manager import CheckpointManager

    iterator: Any = iter(dataset)
    progress = _Progress(iterator)
    step = args.get("step_counter")
    parts = {"progress": progress} if step is None else {"progress": progress, "step": step}
    args.setdefault("max_to_keep", 1)
    manager = CheckpointManager(Checkpoint(**parts), **args)
    if manager.latest_checkpoint is not None:
        manager.restore_or_initialize()
    position, run, pieces = progress.found or (None, None, [])
    whole = open_index(folder)
    if run is None or not os.path.isdir(os.path.join(folder, run)) or whole and whole.run == run:
        progress.writer = Writer(folder, dataset.element_spec, about, NAME, "")
    else:
        progress.writer = Writer(folder, dataset.element_spec, about, NAME, run)
        progress.writer.pieces = [PieceEntry(*piece) for piece in pieces]
        iterator.restore(position)

    def after_each() -> None:
        if step is not None:
            step.assign_add(1)
        manager.save(check_interval=True)

    return progress.writer, iterator, after_each
