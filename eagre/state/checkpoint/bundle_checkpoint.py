"""Checkpoints in TensorFlow's format: reading them into eagre's names, and writing them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from eagre.core import dtypes
from eagre.state.checkpoint.durable import remove, remove_unfinished
from eagre.state.checkpoint.files import files_of
from eagre.state.checkpoint.keras_optimizers import with_lists, with_slots
from eagre.state.checkpoint.object_graph import Node, graph_from_names
from eagre.state.checkpoint.tensor_bundle import INDEX, TensorBundle, write_bundle
from eagre.state.checkpoint.trackable_graph import (
    KEY,
    decode_graph,
    encode_graph,
    keys_of,
    own_name,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eagre.core.specs import TensorSpec


class BundleReader:
    """A checkpoint that TensorFlow has written; see `reader.Reader` for what readers do."""

    def __init__(self, path: str, verifies: bool = True) -> None:
        self.path = path
        self._verifies = verifies
        self._bundle = TensorBundle(path)
        try:
            self._keys = self._names()
            self._specs = {
                name: self._bundle.entries[key].spec for name, key in self._keys.items()
            }
            self.nodes = self._read_graph()
        except BaseException:
            self.close()
            raise

    def _names(self) -> dict[str, str]:
        """By the names in eagre those in the files."""
        keys = [key for key in self._bundle.entries if key != KEY]
        # A name is shortened only where that leaves it different from the others.
        return {key if own_name(key) in self._bundle.entries else own_name(key): key
                for key in keys}  # fmt: skip

    def _read_graph(self) -> list[Node]:
        entry = self._bundle.entries.get(KEY)
        if entry is None:
            return graph_from_names(self._specs)
        if entry.spec.dtype != dtypes.string or entry.spec.sizes != ():
            came = f"{entry.spec.dtype.name} {entry.spec.shape}"
            raise self._bundle.damaged(f"an object graph that is a tensor {came}")
        text = self._bundle.read(KEY)[()]
        try:
            return with_slots(decode_graph(text, {key: own for own, key in self._keys.items()}))
        except ValueError as error:
            raise self._bundle.damaged(str(error)) from None

    def specs(self) -> Mapping[str, TensorSpec]:
        """Shapes and dtypes of the tensors, by name."""
        return self._specs

    def checksums(self) -> Mapping[str, str]:
        """The checksums that stand in the index; divided tensors have none."""
        found = {name: self._bundle.checksum(key) for name, key in self._keys.items()}
        return {name: checksum for name, checksum in found.items() if checksum is not None}

    def read(self, name: str, rows: slice | None = None) -> Any:
        """An array, or rows of it, which nobody may write to."""
        key = self._keys[name]
        sizes: Any = self._specs[name].sizes
        if rows is not None and sizes:
            start, stop, step = rows.indices(sizes[0])
            if step == 1:
                return self._bundle.read_rows(key, start, max(start, stop))
        array = self._bundle.read(key, self._verifies)
        return array if rows is None else array[rows]

    def close(self) -> None:
        """Let go of the files; arrays that were read stay."""
        self._bundle.close()


def write_checkpoint(
    prefix: str, arrays: Mapping[str, Any], nodes: list[Node], shard_size: int, advance: Any
) -> None:
    """Write a checkpoint for TensorFlow; on return it is on the disk, and what it replaces gone."""
    remove_unfinished(os.path.dirname(prefix))
    nodes = with_lists(nodes)
    keys = keys_of(nodes)
    tensors = {keys[name]: array for name, array in arrays.items()}
    graph: Any = np.empty((), object)
    graph[()] = encode_graph(nodes)
    before = files_of(prefix)
    # Its files would be another's in part: a checkpoint without an index is none.
    remove(prefix + INDEX)
    written = write_bundle(prefix, {**tensors, KEY: graph}, shard_size, advance)
    for path in before:
        if path not in written:
            remove(path)
