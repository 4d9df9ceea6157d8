"""A checkpoint as files: `ckpt-1.safetensors`, or shards and an index that names them.

The index is that of the wider world: `{"metadata": {...}, "weight_map": {name: shard}}`. It is
read first when both kinds are there, so a checkpoint is replaced in one step: a single file by
its renaming, shards, which have names of their own, by that of the index.
"""

from __future__ import annotations

import os
import re
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from eagre.core.caller import Called
from eagre.core.errors import DataLossError, InvalidArgumentError
from eagre.state.checkpoint.checksums import FIELD, is_unbroken, seal, seal_of
from eagre.state.checkpoint.durable import new_file, remove, remove_unfinished
from eagre.state.checkpoint.encoding import decode, encode, spec_of
from eagre.state.checkpoint.object_graph import (
    Node,
    graph_from_json,
    graph_from_names,
    graph_to_json,
)
from eagre.state.checkpoint.safetensors_file import (
    HEADER_LIMIT,
    METADATA,
    SafetensorsFile,
    Stored,
    is_text_table,
    parse_json,
    to_json,
    write_file,
)
from eagre.state.checkpoint.tensor_bundle import INDEX, SHARD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eagre.core.specs import TensorSpec

SUFFIX = ".safetensors"
INDEX_SUFFIX = ".safetensors.index.json"
_SHARD = r"(-[0-9a-f]{8})?-[0-9]{5,}-of-[0-9]{5,}\.safetensors"


# Writing --------------------------------------------------------------------------------------


def write_checkpoint(
    prefix: str, arrays: Mapping[str, Any], nodes: list[Node], shard_size: int, advance: Any
) -> None:
    """Write a checkpoint; on return it is on the disk, and what it replaces is gone."""
    if METADATA in arrays:
        raise InvalidArgumentError(
            f"{Called('save')} expected names other than {METADATA!r}, which the format of files "
            f"keeps for itself. Received: a variable of that name. Give its attribute another one."
        )
    remove_unfinished(os.path.dirname(prefix))
    metadata = {"format": "eagre", "objects": graph_to_json(nodes)}
    stored = {name: encode(array) for name, array in arrays.items()}
    shards = _distribute(stored, shard_size)
    before = files_of(prefix)
    if len(shards) == 1:
        size = sum(tensor.array.nbytes for tensor in stored.values())
        with new_file(prefix + SUFFIX, size) as file:
            write_file(file, stored, metadata, advance)
        written = {prefix + SUFFIX}
    else:
        written = _write_shards(prefix, shards, metadata, advance, before)
    _remove_all(path for path in before if path not in written)


def _distribute(stored: Mapping[str, Stored], shard_size: int) -> list[dict[str, Stored]]:
    """Tensors in the order of their names, as many to a shard as it takes."""
    shards: list[dict[str, Stored]] = [{}]
    room = shard_size
    for name, tensor in stored.items():
        if tensor.array.nbytes > room and shards[-1]:
            shards.append({})
            room = shard_size
        shards[-1][name] = tensor
        room -= tensor.array.nbytes
    return shards


def _write_shards(
    prefix: str, shards: list[dict[str, Stored]], metadata: dict[str, str], advance: Any,
    before: list[str],
) -> set[str]:
    # The index in place names its own shards until the new one is there.
    tag = f"-{os.urandom(4).hex()}" if before else ""
    names = [f"{prefix}{tag}-{number:05}-of-{len(shards):05}{SUFFIX}"
             for number in range(1, len(shards) + 1)]  # fmt: skip
    seals: dict[str, str] = {}
    places: dict[str, str] = {}
    for path, shard in zip(names, shards, strict=True):
        size = sum(tensor.array.nbytes for tensor in shard.values())
        with new_file(path, size) as file:
            seals[os.path.basename(path)] = write_file(file, shard, {"format": "eagre"}, advance)
        places |= dict.fromkeys(shard, os.path.basename(path))
    size = sum(tensor.array.nbytes for shard in shards for tensor in shard.values())
    about = {**FIELD, "total_size": size, **metadata, "seals": seals}
    with new_file(prefix + INDEX_SUFFIX) as file:
        file.write(seal(to_json({"metadata": about, "weight_map": places}).encode()))
    return {*names, prefix + INDEX_SUFFIX}


def files_of(prefix: str) -> list[str]:
    """The files of a checkpoint, of either format, those that are read first at the beginning."""
    folder, name = os.path.split(prefix)
    ours = rf"{_SHARD}|\.safetensors(\.index\.json)?"
    pattern = re.compile(re.escape(name) + rf"({ours}|{re.escape(INDEX)}|{SHARD})")
    names = [entry.name for entry in os.scandir(folder or ".") if pattern.fullmatch(entry.name)]
    return [os.path.join(folder, name) for name in sorted(names, key=_removal_order)]


def _removal_order(name: str) -> tuple[bool, str]:
    return not name.endswith((INDEX_SUFFIX, INDEX)), name


def remove_checkpoint(prefix: str) -> None:
    """Remove a checkpoint: the index before the shards, so that it is gone in one step."""
    if os.path.isdir(os.path.dirname(prefix) or "."):
        _remove_all(files_of(prefix))


def _remove_all(paths: Any) -> None:
    for path in paths:
        remove(path)


# Reading --------------------------------------------------------------------------------------


class SafetensorsReader:
    """A checkpoint of one file or of shards; see `reader.Reader` for what readers do."""

    def __init__(self, path: str, verifies: bool = True) -> None:
        self.path = path
        self._verifies = verifies
        with ExitStack() as opened:
            self._places, objects, is_sealed = self._open(path, opened)
            self._specs = {
                name: spec_of(file.entries[name], file.notes.get(name, {}), file.damaged)
                for name, file in self._places.items()
            }
            self.nodes = (
                graph_from_names(self._specs)
                if objects is None
                else graph_from_json(objects, self._specs, self._damaged, is_sealed)
            )
            self.has_objects = objects is not None
            self._opened = opened.pop_all()

    def _open(
        self, path: str, opened: ExitStack
    ) -> tuple[dict[str, SafetensorsFile], str | None, bool]:
        """By names of tensors their files, the object graph, and whether it has a seal."""
        if path.endswith(".json"):
            return self._open_shards(path, opened)
        file = SafetensorsFile(path)
        opened.callback(file.close)
        is_sealed = file.seal is not None
        return dict.fromkeys(file.entries, file), file.metadata.get("objects"), is_sealed

    def _open_shards(
        self, path: str, opened: ExitStack
    ) -> tuple[dict[str, SafetensorsFile], str | None, bool]:
        index, metadata, places = self._read_index(path)
        folder = os.path.dirname(path)
        files: dict[str, SafetensorsFile] = {}
        seals = metadata.get("seals", {})
        for name in sorted(set(places.values())):
            files[name] = SafetensorsFile(os.path.join(folder, name))
            opened.callback(files[name].close)
            if index is not None and seals.get(name) != files[name].seal:
                raise self._damaged("the shards that it was written with", f"another {name!r}")
        for name, shard in places.items():
            if name not in files[shard].entries:
                raise self._damaged(f"{name!r:.80} in {shard!r}", "a shard without it")
        objects = metadata.get("objects")
        if not isinstance(objects, str | None):
            raise self._damaged("an object graph", f"{objects!r}")
        return {name: files[shard] for name, shard in places.items()}, objects, index is not None

    def _read_index(self, path: str) -> tuple[str | None, dict[str, Any], dict[str, str]]:
        with open(path, "rb") as file:
            text = file.read(HEADER_LIMIT + 1)
        mark = seal_of(text)
        if len(text) > HEADER_LIMIT or (mark is not None and not is_unbroken(text)):
            raise self._damaged("an index as it was written", f"{len(text)} bytes")
        index = parse_json(text, self._damaged, mark is not None)
        metadata: Any = index.get("metadata", {})
        places: Any = index.get("weight_map")
        if not isinstance(metadata, dict) or not is_text_table(places):
            raise self._damaged("metadata and a weight_map of file names", f"{text[:80]!r}")
        for name in set(places.values()):
            is_beside = name == os.path.basename(name) and "\0" not in name
            if not is_beside or not name.endswith(SUFFIX):
                raise self._damaged("shards beside the index", f"{name!r}")
        is_unsealed = mark is None and metadata.get("format") == "eagre"
        if is_unsealed or not isinstance(metadata.get("seals", {}), dict):
            raise self._damaged("the seals of shards", f"{metadata.get('seals')!r}")
        return mark, metadata, places

    def _damaged(self, expected: str, received: str) -> DataLossError:
        return DataLossError(
            f"{Called('restore')} expected {expected}. Received: {received:.200} in "
            f"path={self.path!r}. The checkpoint is damaged, or was not written by tf.train."
        )

    def specs(self) -> Mapping[str, TensorSpec]:
        """Shapes and dtypes of the tensors."""
        return self._specs

    def checksums(self) -> dict[str, str]:
        """The checksums of the tensors that have one."""
        notes = {name: file.notes.get(name, {}) for name, file in self._places.items()}
        return {name: str(note["checksum"]) for name, note in notes.items() if "checksum" in note}

    def read(self, name: str, rows: slice | None = None) -> Any:
        """An array that nobody may write to, or the rows of it in a slice, read from the file."""
        file = self._places[name]
        spec: Any = self._specs[name]
        if rows is None or not spec.sizes or rows.step not in (None, 1):
            whole = decode(file.read(name, self._verifies), spec, file.damaged)
            return whole if rows is None else whole[rows]
        if file.notes.get(name, {}).get("dtype") == "string":
            return decode(file.read(name), spec, file.damaged)[rows]
        start, stop, _ = rows.indices(spec.sizes[0])
        stored = file.read_rows(name, start, max(start, stop))
        return decode(stored, _with_rows(spec, len(stored)), file.damaged)

    def close(self) -> None:
        """Let go of the files; arrays that were read stay."""
        self._opened.close()


def _with_rows(spec: Any, count: int) -> Any:
    return type(spec).of((count, *spec.sizes[1:]), spec.dtype)
