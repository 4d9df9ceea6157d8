"""A folder of elements: its index, the one who writes it, and what is known of a whole one."""

from __future__ import annotations

import os
import re
import shutil
import weakref
from contextlib import ExitStack, suppress
from typing import Any, NamedTuple

from eagre.core.errors import DataLossError, FailedPreconditionError, NotFoundError
from eagre.data.cursors import Element
from eagre.data.storage.pieces import write_piece
from eagre.data.storage.specs_as_text import spec_from_json, spec_to_json
from eagre.state.checkpoint.checksums import FIELD, is_unbroken, seal
from eagre.state.checkpoint.durable import (
    UNFINISHED,
    as_operation_error,
    new_file,
    remove_unfinished,
)
from eagre.state.checkpoint.safetensors_file import parse_json, to_json

INDEX = "elements.json"
FORMAT = "eagre elements"
COMPRESSIONS = {None: "", "": "", "NONE": "", "AUTO": "", "GZIP": "GZIP"}
_RUN = "run-"
_BYTES = 1 << 24
_COUNT = 1 << 16


class PieceEntry(NamedTuple):
    """A file of an index: the shard it belongs to, how many elements it has, and its seal."""

    shard: int
    count: int
    seal: str


class Index(NamedTuple):
    """What the index of a whole folder says."""

    folder: str
    run: str
    spec: Any
    pieces: list[PieceEntry]
    about: dict[str, Any]
    """The compression, and what identifies the pipeline and the order of the elements."""

    def path(self, number: int) -> str:
        """Where a file is."""
        return os.path.join(self.folder, self.run, f"{number:08}.safetensors")

    def shards(self) -> list[list[int]]:
        """For each shard the numbers of its files."""
        found: dict[int, list[int]] = {}
        for number, piece in enumerate(self.pieces):
            found.setdefault(piece.shard, []).append(number)
        return [found[shard] for shard in sorted(found)]


def folder_path(path: Any, name: str) -> str:
    """The folder that a user names."""
    value = getattr(path, "array", path)
    value = value.item() if hasattr(value, "item") else value
    if not isinstance(value, str | bytes | os.PathLike) or not os.fspath(value):
        raise TypeError(f"{name} expected the path of a folder. Received: path={path!r}")
    found = os.fsdecode(value)
    if os.path.exists(found) and not os.path.isdir(found):
        raise FailedPreconditionError(
            f"{name} expected the path of a folder, which is made if it is not there. "
            f"Received: path={found!r}, a file"
        )
    return found


def compression_of(value: Any, name: str) -> str:
    """How files are compressed."""
    if value not in COMPRESSIONS:
        raise ValueError(
            f"{name} expected compression to be None, 'AUTO' (none) or 'GZIP'. "
            f"Received: compression={value!r}"
        )
    return COMPRESSIONS[value]


# Reading --------------------------------------------------------------------------------------


def open_index(folder: str) -> Index | None:
    """The index of a folder, None where nothing whole is."""
    path = os.path.join(folder, INDEX)
    try:
        with as_operation_error("load", "read", path), open(path, "rb") as file:
            text = file.read()
    except NotFoundError:
        return None

    def damaged(expected: str, received: str) -> DataLossError:
        return DataLossError(
            f"load expected {expected}. Received: {received:.200} in path={path!r}. The file is "
            "damaged. Remove the folder, and write it anew."
        )

    if not is_unbroken(text):
        raise damaged("an index as it was written", f"{len(text)} other bytes")
    found = parse_json(text, damaged)
    if found.get("format") != FORMAT or found.get("version") != 1:
        raise damaged(f"{FORMAT}, version 1", f"{found.get('format')}, {found.get('version')}")
    try:
        if not isinstance(found["pieces"], list):
            raise TypeError(f"{found['pieces']!r}")
        pieces = [_piece(each) for each in found["pieces"]]
        spec, run, about = spec_from_json(found["spec"]), found["run"], found["about"]
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise damaged("a run, a spec and files", f"{error}") from None
    if not re.fullmatch(rf"{_RUN}[0-9a-f]+", str(run)) or not isinstance(about, dict):
        raise damaged("the name of a folder beside the index", f"{run!r}")
    return Index(folder, run, spec, pieces, about)


def _piece(value: Any) -> PieceEntry:
    shard, count, text = value
    if shard.__class__ is not int or count.__class__ is not int or count < 1:
        raise ValueError(f"{value!r}")
    if not isinstance(text, str):
        raise TypeError(f"{value!r}")
    return PieceEntry(shard, count, text)


def existing_index(folder: str) -> Index:
    """The index of a folder, which is expected to be there."""
    found = open_index(folder)
    if found is None:
        raise NotFoundError(
            f"load expected a folder that Dataset.save has written. Received: path={folder!r}, "
            f"which has no whole {INDEX}"
        )
    return found


# Writing --------------------------------------------------------------------------------------


class _AbandonedError(Exception):
    """Nobody goes on writing."""


class Writer:
    """Writes elements into a folder; they are there when `finish` has returned, or not at all.

    While it writes, an unfinished index stands in the folder and is locked: who finds one without
    a lock removes it, and the files that were written for it.

    Args:
        kept: for a writer whose files stay when it is given up, those with which it begins: the
            name of their folder, or an empty text.
    """

    def __init__(
        self, folder: str, spec: Any, about: dict[str, Any], name: str, kept: str | None = None
    ) -> None:
        self.folder, self.about = folder, about
        self._spec = spec_to_json(spec, name)
        self.pieces: list[PieceEntry] = []
        self._waiting: dict[int, list[Element]] = {}
        self._sizes: dict[int, int] = {}
        with as_operation_error(name, "write", folder):
            os.makedirs(folder, exist_ok=True)
            remove_unfinished(folder)
        stack = ExitStack()
        self._file = stack.enter_context(new_file(os.path.join(folder, INDEX)))
        self.run = _RUN + os.path.basename(self._file.name).removesuffix(UNFINISHED).split(".")[-1]
        own = os.path.join(folder, self.run)
        if kept:
            os.rename(os.path.join(folder, kept), own)
        os.makedirs(own, exist_ok=True)
        self._end = weakref.finalize(self, _abandon, stack, own if kept is None else None)
        self._stack = stack
        _remove_abandoned(folder)

    @staticmethod
    def check(spec: Any, name: str) -> None:
        """Refuse elements that cannot be written."""
        spec_to_json(spec, name)

    def add(self, element: Element, shard: int = 0) -> None:
        """Take one more element."""
        waiting = self._waiting.setdefault(shard, [])
        waiting.append(element)
        size = self._sizes.get(shard, 0) + sum([_bytes_of(part) for part in element])
        self._sizes[shard] = size
        if size >= _BYTES or len(waiting) >= _COUNT:
            self._write(shard)

    def _write(self, shard: int) -> None:
        elements = self._waiting.pop(shard)
        del self._sizes[shard]
        path = os.path.join(self.folder, self.run, f"{len(self.pieces):08}.safetensors")
        mark = write_piece(path, elements, self.about["compression"])
        self.pieces.append(PieceEntry(shard, len(elements), mark))

    def flush(self) -> None:
        """Bring all elements that have been added into files."""
        for shard in sorted(self._waiting):
            self._write(shard)

    def finish(self, may_replace: bool) -> None:
        """Let the elements be there; what was there before goes, or these do."""
        self.flush()
        before = open_index(self.folder) if not may_replace else None
        if before is not None:
            self._end()
            return
        entry = {
            **FIELD, "format": FORMAT, "version": 1, "run": self.run, "spec": self._spec,
            "about": self.about, "pieces": [list(piece) for piece in self.pieces],
        }  # fmt: skip
        self._file.write(seal(to_json(entry).encode()))
        self._stack.close()
        self._end.detach()
        _remove_abandoned(self.folder)

    def abandon(self) -> None:
        """Stop writing, and leave nothing behind but what is to be kept."""
        self._end()


def _bytes_of(part: Any) -> int:
    return part.nbytes if part.dtype != object else sum(len(text) for text in part.reshape(-1))


def _abandon(stack: ExitStack, own: str | None) -> None:
    error = _AbandonedError()
    with suppress(_AbandonedError):
        stack.__exit__(_AbandonedError, error, None)
    if own is not None:
        shutil.rmtree(own, ignore_errors=True)


def _remove_abandoned(folder: str) -> None:
    """Remove the files of runs that no index names, whole or unfinished."""
    runs = [name for name in os.listdir(folder) if re.fullmatch(rf"{_RUN}[0-9a-f]+", name)]
    # A run that was there a moment ago is either still being written, or whole by now.
    pending = [name for name in os.listdir(folder) if name.endswith(UNFINISHED)]
    known = {_RUN + name.split(".")[-2] for name in pending}
    text = b""
    with suppress(FileNotFoundError), open(os.path.join(folder, INDEX), "rb") as file:
        text = file.read()
    for name in runs:
        if name not in known and name.encode() not in text:
            shutil.rmtree(os.path.join(folder, name), ignore_errors=True)
