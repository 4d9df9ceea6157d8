"""What a format has to offer, and finding the files that a path means."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Protocol

from eagre.core.caller import Called
from eagre.core.errors import DataLossError, InvalidArgumentError, NotFoundError
from eagre.state.checkpoint.bundle_checkpoint import BundleReader
from eagre.state.checkpoint.durable import as_operation_error
from eagre.state.checkpoint.files import INDEX_SUFFIX, SUFFIX, SafetensorsReader
from eagre.state.checkpoint.tensor_bundle import INDEX

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eagre.core.specs import TensorSpec
    from eagre.state.checkpoint.object_graph import Node


_SUFFIXES = (INDEX_SUFFIX, SUFFIX, INDEX)
"""In the order in which they are looked for."""
_TRIES = 20


class Reader(Protocol):
    """A checkpoint that has been opened and checked; a further format is one more such class."""

    path: str
    nodes: list[Node]
    """The object graph; its root is the first."""

    def specs(self) -> Mapping[str, TensorSpec]:
        """Shapes and dtypes of the tensors, by name."""
        ...

    def checksums(self) -> Mapping[str, str]:
        """Something that differs between tensors that differ, by name, as far as it is known."""
        ...

    def read(self, name: str, rows: slice | None = None) -> Any:
        """An array, or rows of it; only their bytes are read. Nobody may write to it."""
        ...

    def close(self) -> None:
        """Let go of the files; arrays that were read stay."""
        ...


def open_checkpoint(path: Any, verifies: bool = True) -> Reader:
    """A reader of the checkpoint at a path: what saving has returned, or the name of a file.

    Raises:
        NotFoundError: there is no checkpoint.
        DataLossError: it is damaged, or no checkpoint.
    """
    prefix = as_path(path, "path")
    names = [*(prefix + suffix for suffix in _SUFFIXES), prefix]
    for _ in range(_TRIES):
        marks = [_mark(name) for name in names]
        try:
            return _open_first(prefix, names, verifies)
        except (NotFoundError, DataLossError):
            # What another process replaces meanwhile is gone in part, and there anew.
            if marks == [_mark(name) for name in names]:
                raise
    return _open_first(prefix, names, verifies)


def _open_first(prefix: str, names: list[str], verifies: bool) -> Reader:
    for name in names:
        if os.path.isfile(name):
            return _open_file(name, verifies)
    if os.path.isdir(prefix):
        raise NotFoundError(
            f"{Called('restore')} expected the path of a checkpoint, such as 'folder/ckpt-1'. "
            f"Received: path={prefix!r}, a folder. Use tf.train.latest_checkpoint(path)."
        )
    raise NotFoundError(
        f"{Called('restore')} expected a checkpoint. Received: path={prefix!r}, for which there "
        f"is no {os.path.basename(prefix)}{SUFFIX} or {INDEX}. Is the number at its end missing?"
    )


def _mark(name: str) -> tuple[int, int] | None:
    """What differs between a file and the one that takes its place; None where there is none."""
    try:
        found = os.stat(name)
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


def _open_file(name: str, verifies: bool) -> Reader:
    with as_operation_error(Called("restore"), "open", name):
        kind = BundleReader if name.endswith(INDEX) else SafetensorsReader
        return kind(name, verifies)


def exists(prefix: str) -> bool:
    """Whether there is a checkpoint at a path."""
    return any(os.path.isfile(prefix + suffix) for suffix in _SUFFIXES)


def as_path(path: Any, argument: str) -> str:
    """A path as a text."""
    if isinstance(path, str | bytes | os.PathLike):
        text = os.fsdecode(path)
        if text and "\0" not in text:
            return text
    raise InvalidArgumentError(
        f"{Called('restore')} expected a path. Received: {argument}={path!r:.120}"
    )
