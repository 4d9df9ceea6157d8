"""Stages that put elements together and take them apart: batch, padded_batch, unbatch, rebatch."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import structure
from eagre.core.conversion import to_tensor
from eagre.core.errors import DataLossError, InvalidArgumentError
from eagre.core.shapes import TensorShape
from eagre.core.specs import TensorSpec
from eagre.data.cursors import Course, Cursor, Element, RaggedError, joined, stacked
from eagre.data.dataset import Dataset
from eagre.data.functions import is_debugging
from eagre.data.pace import chosen
from eagre.data.parallel import ParallelBatchCursor, calls_at_a_time
from eagre.data.sources import row
from eagre.data.specs import (
    INFINITE,
    UNKNOWN,
    integer,
    with_batch,
    without_batch,
)


def pieces_of(size: int, length: int, drops: bool) -> int:
    """How many pieces of a length `size` elements make."""
    return size if size < 0 else size // length if drops else -(-size // length)


class Batch(Dataset):
    """Consecutive elements, stacked; `calls` batches at a time (None: one)."""

    def __init__(self, source: Dataset, length: Any, drops: Any, calls: Any = None) -> None:
        name = "Dataset.batch"
        self.calls = calls_at_a_time(calls, name)
        self.length = integer(length, f"{name}(batch_size)", 1)
        self.drops = bool(drops)
        spec = with_batch(source.element_spec, self.length if self.drops else None, name)
        super().__init__(spec, source, stage="batch")

    def size(self) -> int:
        if self.length is None:
            return UNKNOWN
        return pieces_of(self.inputs[0].size(), self.length, self.drops)

    def begin(self, run: Course, key: int) -> Cursor:
        source = self.inputs[0].cursor(run, key)
        if self.calls is None or source.gives_rows() or is_debugging():
            return _BatchCursor(self, source)
        return ParallelBatchCursor(self, source, run.pace(self, self.calls), self.stacked)

    def detail(self) -> str:
        return chosen(self.calls, self.pace)

    def element(self, index: int) -> Element:
        source = self.inputs[0]
        start = index * self.length
        stop = min(start + self.length, source.size())
        if source.is_indexed:
            return source.span(start, stop)
        return self.stacked([source.element(number) for number in range(start, stop)], index)

    def stacked(self, elements: list[Element], number: int) -> Element:
        """The elements as one batch."""
        try:
            return stacked(elements)
        except RaggedError as error:
            raise self.worded(error, number) from None

    def worded(self, error: RaggedError, number: int) -> Exception:
        """The error for the user where elements have several shapes."""
        first, other = error.shapes
        place = self.inputs[0].layout.places()[error.place]
        return InvalidArgumentError(
            f"{self.stage} at {self.line} expected elements of one shape. Received: in batch "
            f"{number} {place} of shape {first} and, {error.number} elements later, of shape "
            f"{other}. Use Dataset.padded_batch."
        )


class _BatchCursor(Cursor):
    __slots__ = ("_batch", "_input", "_number")

    def __init__(self, batch: Batch, source: Cursor) -> None:
        self._batch, self._input = batch, source
        self._number = 0

    def next(self) -> Element | None:
        batch = self._batch
        try:
            found = self._input.rows(batch.length)
        except RaggedError as error:
            raise batch.worded(error, self._number) from None
        if found is None or batch.drops and len(found[0]) < batch.length:
            return None
        self._number += 1
        return found

    def state(self) -> Any:
        return [self._number, self._input.state(), 0]

    def restore(self, state: Any) -> None:
        self._number, position, _ = state
        self._input.restore(position)


class PaddedBatch(Dataset):
    """Consecutive elements, filled up to one shape and stacked."""

    def __init__(
        self, source: Dataset, length: Any, shapes: Any, values: Any, drops: Any
    ) -> None:
        name = "Dataset.padded_batch"
        self.length = integer(length, f"{name}(batch_size)", 1)
        self.drops = bool(drops)
        self.shapes = _padded_shapes(source, shapes, name)
        self.values = _padding_values(source, values, name)
        size = self.length if self.drops else None
        leaves = [
            TensorSpec.of((size, *shape), leaf.dtype)
            for shape, leaf in zip(self.shapes, source.layout.leaves, strict=True)
        ]
        spec = structure.pack_sequence_as(source.element_spec, leaves)
        super().__init__(spec, source, stage="padded_batch")

    def size(self) -> int:
        if self.length is None:
            return UNKNOWN
        return pieces_of(self.inputs[0].size(), self.length, self.drops)

    def begin(self, run: Course, key: int) -> Cursor:
        return _PaddedCursor(self, self.inputs[0].cursor(run, key))

    def stacked(self, elements: list[Element]) -> Element:
        """The elements as one batch."""
        columns = zip(*elements, strict=True)
        sides = zip(columns, self.shapes, self.values, strict=True)
        return tuple([self._column(*side, place) for place, side in enumerate(sides)])

    def _column(self, parts: Any, shape: Any, value: Any, place: int) -> Any:
        sizes = [
            max(part.shape[axis] for part in parts) if size is None else size
            for axis, size in enumerate(shape)
        ]
        whole = np.full((len(parts), *sizes), value, parts[0].dtype)
        for number, part in enumerate(parts):
            if any(a > b for a, b in zip(part.shape, sizes, strict=True)):
                raise DataLossError(
                    f"{self.stage} at {self.line} expected elements that fit padded_shapes. "
                    f"Received: {self.inputs[0].layout.places()[place]} of shape {part.shape} for "
                    f"{TensorShape(shape)}"
                )
            whole[(number, *[slice(size) for size in part.shape])] = part if part.ndim else part[()]
        return whole


class _PaddedCursor(Cursor):
    __slots__ = ("_batch", "_input")

    def __init__(self, batch: PaddedBatch, source: Cursor) -> None:
        self._batch, self._input = batch, source

    def next(self) -> Element | None:
        batch = self._batch
        found = self._input.elements(batch.length)
        if not found or batch.drops and len(found) < batch.length:
            return None
        return batch.stacked(found)

    def state(self) -> Any:
        return self._input.state()

    def restore(self, state: Any) -> None:
        self._input.restore(state)


def _padded_shapes(source: Dataset, shapes: Any, name: str) -> list[tuple[int | None, ...]]:
    """For each component the sizes to fill up to, None for that of the largest element."""
    leaves = source.layout.leaves
    if any(not isinstance(leaf, TensorSpec) or leaf.sizes is None for leaf in leaves):
        raise ValueError(
            f"{name} expected elements of tensors of known rank. "
            f"Received: {source.element_spec!r}"
        )
    if shapes is None:
        return [leaf.sizes for leaf in leaves]
    if structure.is_nested(source.element_spec):
        flat = _places_of_shapes(source.element_spec, shapes, name)
    else:
        flat = [shapes]
    found = [_as_sizes(shape) for shape in flat]
    for sizes, leaf in zip(found, leaves, strict=True):
        if len(sizes) != len(leaf.sizes):
            raise ValueError(
                f"{name} expected padded_shapes of the ranks of the elements. Received: "
                f"{TensorShape(sizes)} for {leaf!r}"
            )
    return found


def _places_of_shapes(spec: Any, shapes: Any, name: str) -> list[Any]:
    if not structure.is_nested(spec):
        return [shapes]
    try:
        if hasattr(spec, "keys"):
            pairs = [(spec[key], shapes[key]) for key in sorted(spec)]
        else:
            pairs = list(zip(spec, shapes, strict=True))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"{name} expected padded_shapes in the structure of the elements, {spec!r}. "
            f"Received: {shapes!r}"
        ) from error
    return [shape for part, below in pairs for shape in _places_of_shapes(part, below, name)]


def _as_sizes(shape: Any) -> tuple[int | None, ...]:
    """Sizes of a shape, in which -1 and None both stand for the largest."""
    if hasattr(shape, "numpy"):
        shape = shape.numpy().tolist()
    sizes = [None if size == -1 else size for size in list(shape)]
    return tuple(TensorShape(sizes).as_list())


def _padding_values(source: Dataset, values: Any, name: str) -> list[Any]:
    leaves = source.layout.leaves
    if values is None or not structure.is_nested(values):
        flat: list[Any] = [values] * len(leaves)
    else:
        flat = _places_of_shapes(source.element_spec, values, name)
    return [_padding_value(value, leaf, name) for value, leaf in zip(flat, leaves, strict=True)]


def _padding_value(value: Any, leaf: TensorSpec, name: str) -> Any:
    if value is None:
        return b"" if leaf.dtype.name == "string" else np.zeros((), leaf.dtype.numpy)
    try:
        found: Any = to_tensor(value, leaf.dtype, name=name)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"{name} expected padding_values of the dtypes of the elements. Received: {value!r} "
            f"for {leaf.dtype.name}"
        ) from error
    if found.sizes != ():
        raise ValueError(f"{name} expected padding_values to be scalars. Received: {value!r}")
    return found.array[()]


class Unbatch(Dataset):
    """The rows of elements."""

    def __init__(self, source: Dataset) -> None:
        spec = without_batch(source.element_spec, "Dataset.unbatch")
        super().__init__(spec, source, stage="unbatch")
        sizes = {leaf.sizes[0] for leaf in source.layout.leaves if leaf.sizes} - {None}
        if len(sizes) > 1:
            raise ValueError(
                "Dataset.unbatch expected components with one number of rows. Received: "
                f"element_spec={source.element_spec!r}"
            )
        self.length = next(iter(sizes), None)

    def size(self) -> int:
        size = self.inputs[0].size()
        if size < 0:
            return size
        return UNKNOWN if self.length is None else size * self.length

    def begin(self, run: Course, key: int) -> Cursor:
        return RowsCursor(self, self.inputs[0].cursor(run, key))


class RowsCursor(Cursor):
    """The rows of the elements of another cursor; `place` is the next one in the current."""

    __slots__ = ("_before", "_current", "_input", "_number", "_place", "_stage")

    def __init__(self, stage: Dataset, source: Cursor) -> None:
        self._stage, self._input = stage, source
        self._before: Any = source.state()
        self._current: Element | None = None
        self._place = self._number = 0

    def _advance(self) -> bool:
        """Take the next element with rows; whether there is one."""
        while self._current is None or self._place >= len(self._current[0]):
            self._before = self._input.state()
            self._current, self._place = self._input.next(), 0
            if self._current is None:
                return False
            self._number += 1
            if len({len(part) for part in self._current}) > 1:
                shapes = ", ".join(str(part.shape) for part in self._current)
                raise InvalidArgumentError(
                    f"{self._stage.stage} at {self._stage.line} expected components with one "
                    f"number of rows. Received: element {self._number - 1} with shapes {shapes}"
                )
        return True

    def next(self) -> Element | None:
        if not self._advance() or self._current is None:
            return None
        self._place += 1
        return tuple([row(part, self._place - 1) for part in self._current])

    def rows(self, count: int) -> Element | None:
        found: list[Element] = []
        while count and self._advance() and self._current is not None:
            start, stop = self._place, min(self._place + count, len(self._current[0]))
            found.append(tuple([part[start:stop] for part in self._current]))
            self._place = stop
            count -= stop - start
        return joined(found) if found else None

    def state(self) -> Any:
        return [self._before, self._place, self._number]

    def restore(self, state: Any) -> None:
        self._before, place, number = state
        self._input.restore(self._before)
        if place:
            self._current = self._input.next()
        self._place, self._number = place, number


class Rebatch(Dataset):
    """Batches of other sizes; several sizes take turns."""

    def __init__(self, source: Dataset, lengths: Any, drops: Any) -> None:
        name = "Dataset.rebatch"
        tensor: Any = to_tensor(lengths, name=f"{name}(batch_size)")
        numbers = tensor.array.reshape(-1).tolist()
        self.lengths = [integer(each, f"{name}(batch_size)", 1) for each in numbers]
        self.drops = bool(drops)
        rows = without_batch(source.element_spec, name)
        is_static = self.drops and len(set(self.lengths)) == 1
        spec = with_batch(rows, self.lengths[0] if is_static else None, name)
        super().__init__(spec, source, stage="rebatch")

    def size(self) -> int:
        return INFINITE if self.inputs[0].size() == INFINITE else UNKNOWN

    def begin(self, run: Course, key: int) -> Cursor:
        return _RebatchCursor(self, RowsCursor(self, self.inputs[0].cursor(run, key)))


class _RebatchCursor(Cursor):
    __slots__ = ("_number", "_rows", "_stage")

    def __init__(self, stage: Rebatch, rows: RowsCursor) -> None:
        self._stage, self._rows = stage, rows
        self._number = 0

    def next(self) -> Element | None:
        lengths = self._stage.lengths
        length = lengths[self._number % len(lengths)]
        found = self._rows.rows(length)
        if found is None or self._stage.drops and len(found[0]) < length:
            return None
        self._number += 1
        return found

    def state(self) -> Any:
        return [self._number, self._rows.state()]

    def restore(self, state: Any) -> None:
        self._number, position = state
        self._rows.restore(position)
