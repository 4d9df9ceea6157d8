"""Some elements as one file in the safetensors format, and the columns of such a file.

The tensor `0` holds the first component of all elements, stacked. Where their shapes differ it
holds their values one after the other, `0.ranks` the rank of each element and `0.shapes` all
sizes one after the other. `1`, `2` … are the further components, in the order of a flat element.
"""

from __future__ import annotations

import gzip
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from eagre.core.errors import DataLossError, NotFoundError
from eagre.data.cursors import Element, RaggedError
from eagre.data.sources import row
from eagre.state.checkpoint.durable import new_file
from eagre.state.checkpoint.encoding import decode, encode, spec_of
from eagre.state.checkpoint.safetensors_file import (
    CODES,
    Entry,
    SafetensorsFile,
    Stored,
    is_sizes,
    write_file,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_LEVEL = 1


# Writing --------------------------------------------------------------------------------------


def write_piece(path: str, elements: list[Element], compression: str) -> str:
    """Write elements to a new file; the seal of the file, by which its index knows it."""
    tensors: dict[str, Stored] = {}
    for place, parts in enumerate(zip(*elements, strict=True)):
        for name, array in _column(str(place), parts).items():
            stored = encode(array)
            tensors[name] = _compressed(stored) if compression else stored
    metadata = {"format": "eagre", "elements": str(len(elements))}
    with new_file(path) as file:
        return write_file(file, tensors, metadata, lambda count: None)


def _column(name: str, parts: Any) -> dict[str, Any]:
    """The tensors for the values of one component."""
    shapes = [part.shape for part in parts]
    dtype = parts[0].dtype
    if len(set(shapes)) == 1:
        whole = np.empty((len(parts), *shapes[0]), dtype)
        for number, part in enumerate(parts):
            whole[number] = part if part.ndim else part[()]
        return {name: whole}
    values = [part.reshape(-1) for part in parts]
    return {
        name: np.concatenate(values),
        f"{name}.ranks": np.array([len(shape) for shape in shapes], np.int64),
        f"{name}.shapes": np.array([size for shape in shapes for size in shape], np.int64),
    }


def _compressed(stored: Stored) -> Stored:
    array, code, shape, note = stored
    data = gzip.compress(np.ascontiguousarray(array).tobytes(), _LEVEL, mtime=0)
    packed = np.frombuffer(data, np.uint8)
    whole = {"code": code, "shape": list(shape), "note": note}
    return Stored(packed, "U8", packed.shape, {"gzip": whole})


# Reading --------------------------------------------------------------------------------------


class Piece:
    """The elements of one file, whose checksums are compared when it is opened."""

    __slots__ = ("columns", "count", "path")

    def __init__(self, path: str, seal: str, count: int, leaves: Any) -> None:
        self.path, self.count = path, count
        try:
            self.columns = self._columns(seal, leaves)
        except FileNotFoundError as error:
            raise NotFoundError(
                f"load expected the files that elements.json names. Received: no file {path!r}. "
                "They have been removed, or another program has saved to the same path."
            ) from error
        except DataLossError as error:
            if str(error).startswith("load"):
                raise
            raise damaged(path, "a file as it was written", "another one") from error

    def _columns(self, seal: str, leaves: Any) -> list[Any]:
        """The columns of the file, if it is the one that the index knows by its seal."""
        file = SafetensorsFile(self.path)
        try:
            if file.seal != seal or file.metadata.get("elements") != str(self.count):
                raise damaged(self.path, "the file that the index was written with", "another one")
            return [self._column(file, str(place), leaf) for place, leaf in enumerate(leaves)]
        finally:
            file.close()

    def _column(self, file: SafetensorsFile, name: str, leaf: Any) -> Any:
        array = _read(file, name)
        if array.dtype != (object if leaf.dtype.name == "string" else leaf.dtype.numpy):
            raise damaged(self.path, f"values of {leaf.dtype.name}", f"values of {array.dtype}")
        if f"{name}.ranks" not in file.entries:
            if array.ndim == 0 or len(array) != self.count:
                raise damaged(self.path, f"{self.count} elements", f"shape {array.shape}")
            return Stacked(array)
        ranks, sizes = _read(file, f"{name}.ranks"), _read(file, f"{name}.shapes")
        return Scattered.of(array, ranks, sizes, self.count, partial(damaged, self.path))

    def element(self, number: int) -> Element:
        """The components of one element."""
        return tuple([column.element(number) for column in self.columns])

    def take(self, numbers: Any) -> Element:
        """The components of several elements, stacked."""
        return tuple([
            column.take(numbers, place) for place, column in enumerate(self.columns)
        ])


def damaged(path: str, expected: str, received: str) -> DataLossError:
    """The error for a file of elements that is not as it should be."""
    return DataLossError(
        f"load expected {expected}. Received: {received:.200} in path={path!r}. "
        "The file is damaged. Remove the folder, and write it anew."
    )


def _read(file: SafetensorsFile, name: str) -> Any:
    if name not in file.entries:
        raise damaged(file.path, f"a tensor {name!r}", f"{list(file.entries)}")
    stored, note, entry = file.read(name), file.notes.get(name, {}), file.entries[name]
    if "gzip" in note:
        stored, entry, note = _unpacked(file.path, stored, note["gzip"])
    return decode(stored, spec_of(entry, note, file.damaged), file.damaged)


def _unpacked(path: str, packed: Any, whole: Any) -> Any:
    """The array that was compressed, and what the file would say of it."""
    is_known = isinstance(whole, dict) and whole.get("code") in CODES
    if not is_known or not is_sizes(whole.get("shape")) or not isinstance(whole.get("note"), dict):
        raise damaged(path, "what a compressed tensor is", f"{whole!r}")
    dtype, shape = CODES[whole["code"]].numpy.newbyteorder("<"), tuple(whole["shape"])
    try:
        data = gzip.decompress(packed.tobytes())
        array = np.frombuffer(data, dtype).reshape(shape)
    except (OSError, EOFError, ValueError) as error:
        raise damaged(path, f"compressed bytes for shape {shape}", str(error)) from None
    return array, Entry(whole["code"], shape, 0, len(data)), whole["note"]


class Stacked:
    """Values of one shape."""

    __slots__ = ("_array",)

    def __init__(self, array: Any) -> None:
        self._array = array

    def element(self, number: int) -> Any:
        """One value."""
        return row(self._array, number)

    def take(self, numbers: Any, place: int) -> Any:
        """Several values, stacked."""
        return self._array[numbers]


class Scattered:
    """Values of several shapes."""

    __slots__ = ("_array", "_bounds", "_shapes")

    def __init__(self, array: Any, bounds: list[int], shapes: list[Any]) -> None:
        self._array, self._bounds, self._shapes = array, bounds, shapes

    @classmethod
    def of(
        cls, array: Any, ranks: Any, sizes: Any, count: int, damaged: Callable[..., Exception]
    ) -> Scattered:
        """The values that a file holds, if its tables go together."""
        known = ranks.dtype == sizes.dtype == np.int64 and ranks.ndim == sizes.ndim == 1
        if not known or len(ranks) != count or array.ndim != 1 or (ranks < 0).any():
            raise damaged(f"the shapes of {count} elements", f"{len(ranks)} ranks")
        if ranks.sum() != len(sizes) or (sizes < 0).any():
            raise damaged(f"{ranks.sum()} sizes of at least 0", f"{len(sizes)} sizes")
        pieces = np.split(sizes, np.cumsum(ranks)[:-1])
        shapes = [tuple(piece.tolist()) for piece in pieces]
        counts = [int(np.prod(shape, dtype=object)) for shape in shapes]
        if sum(counts) != len(array):
            raise damaged(f"{sum(counts)} values", f"{len(array)} values")
        return cls(array, np.cumsum([0, *counts]).tolist(), shapes)

    def element(self, number: int) -> Any:
        """One value."""
        part = self._array[self._bounds[number] : self._bounds[number + 1]]
        return part.reshape(self._shapes[number])

    def take(self, numbers: Any, place: int) -> Any:
        """Several values, stacked."""
        wanted = np.arange(len(self._shapes))[numbers].tolist()
        parts = [self.element(number) for number in wanted]
        for number, part in enumerate(parts):
            if part.shape != parts[0].shape:
                raise RaggedError(place, number, parts[0].shape, part.shape)
        return np.stack(parts)
