"""Where elements come from: tensors in memory, numbers, files of text."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import ambient, dtypes, structure
from eagre.core.errors import InvalidArgumentError
from eagre.core.specs import TensorSpec
from eagre.core.tensor import SymbolicTensor
from eagre.data.cursors import Course, Cursor, Draws, Element, Seed
from eagre.data.dataset import Dataset
from eagre.data.specs import (
    INFINITE,
    UNKNOWN,
    as_value,
    common_spec,
    integer,
    normalized,
    spec_of,
)


class Tensors(Dataset):
    """One element, the structure itself."""

    is_indexed = True

    def __init__(self, tensors: Any) -> None:
        element = normalized(tensors, "Dataset.from_tensors")
        self.values = structure.flatten(element)
        if not self.values:
            raise InvalidArgumentError(
                f"Dataset.from_tensors expected at least one tensor. Received: tensors={tensors!r}"
            )
        super().__init__(structure.map_structure(spec_of, element), stage="from_tensors")
        self.is_indexed = not any(hasattr(value, "element_spec") for value in self.values)

    def size(self) -> int:
        return 1

    def element(self, index: int) -> Element:
        return tuple([arrays_of(value) for value in self.values])

    def span(self, start: int, stop: int) -> Element:
        return tuple([part[None] for part in self.element(0)])

    def gather(self, indices: Any) -> Element:
        return tuple([part[None][indices] for part in self.element(0)])


def arrays_of(value: Any) -> Any:
    """The component for a leaf of an element."""
    if isinstance(value, SymbolicTensor):
        raise value.has_no_value("Dataset")
    return getattr(value, "array", value)


class Slices(Dataset):
    """The rows of tensors."""

    is_indexed = True

    def __init__(self, tensors: Any, stage: str = "from_tensor_slices") -> None:
        name = f"Dataset.{stage}"
        element = normalized(tensors, name, as_value)
        self.values: list[Any] = structure.flatten(element)
        places = structure.paths(element, "tensors")
        self._size = _common_size(self.values, places, name)
        super().__init__(structure.map_structure(_row_spec, element), stage=stage)

    @classmethod
    def of(cls, arrays: Any, spec: Any, stage: str) -> Slices:
        """The rows of NumPy arrays, which are components of elements of the spec."""
        made = object.__new__(cls)
        from eagre.core.tensor import wrap

        made.values = [wrap(array) for array in arrays]
        made._size = len(arrays[0])
        Dataset.__init__(made, spec, stage=stage)
        return made

    def size(self) -> int:
        return self._size

    def element(self, index: int) -> Element:
        return tuple([row(arrays_of(value), index) for value in self.values])

    def span(self, start: int, stop: int) -> Element:
        return tuple([arrays_of(value)[start:stop] for value in self.values])

    def gather(self, indices: Any) -> Element:
        return tuple([arrays_of(value).take(indices, 0) for value in self.values])


def row(array: Any, index: int) -> Any:
    """One row as an array; a scalar is an array too."""
    found = array[index]
    if found.__class__ is np.ndarray:
        return found
    return np.array(found, array.dtype)


def _row_spec(value: Any) -> TensorSpec:
    return TensorSpec.of(None if value.sizes is None else value.sizes[1:], value.dtype)


def _common_size(values: list[Any], places: list[str], name: str) -> int:
    if not values:
        raise ValueError(f"{name} expected at least one tensor. Received: none")
    known: dict[str, int] = {}
    for value, place in zip(values, places, strict=True):
        if value.sizes == ():
            raise ValueError(
                f"{name} expected tensors with at least one axis. Received: {place}, a scalar. "
                "Use Dataset.from_tensors for one element."
            )
        if value.sizes is not None and value.sizes[0] is not None:
            known[place] = value.sizes[0]
    if len(set(known.values())) > 1:
        sizes = ", ".join(f"{place} with {size}" for place, size in known.items())
        raise ValueError(f"{name} expected tensors with one number of rows. Received: {sizes}")
    return min(known.values(), default=UNKNOWN) if len(known) == len(values) else UNKNOWN


class Range(Dataset):
    """Numbers at equal distances."""

    is_indexed = True
    _AT_ONCE = 1024

    def __init__(self, start: Any, stop: Any, step: Any, dtype: dtypes.DType) -> None:
        super().__init__(TensorSpec.of((), dtype), stage="range")
        self._bounds = tuple([integer(each, "Dataset.range") for each in (start, stop, step)])
        if self._bounds[2] == 0:
            raise InvalidArgumentError("Dataset.range expected a step other than 0. Received: 0")
        self._dtype: Any = dtype.numpy

    @classmethod
    def of(
        cls, *args: Any, output_type: Any = dtypes.int64, name: str | None = None
    ) -> Range:
        """The dataset for the arguments of `Dataset.range`."""
        if not 1 <= len(args) <= 3:
            raise ValueError(
                "Dataset.range expected stop; start and stop; or start, stop and step. Received: "
                f"{len(args)} arguments"
            )
        start, stop, step = {1: [0, *args, 1], 2: [*args, 1], 3: args}[len(args)]
        return cls(start, stop, step, dtypes.as_dtype(output_type))

    def size(self) -> int:
        return UNKNOWN if None in self._bounds else len(range(*self._bounds))

    def element(self, index: int) -> Element:
        return (np.array(self._bounds[0] + index * self._bounds[2], self._dtype),)

    def span(self, start: int, stop: int) -> Element:
        first, _, step = self._bounds
        return (np.arange(first + start * step, first + stop * step, step).astype(self._dtype),)

    def gather(self, indices: Any) -> Element:
        return ((self._bounds[0] + indices * self._bounds[2]).astype(self._dtype),)


class Counting(Dataset):
    """Numbers at equal distances without an end."""

    def __init__(self, start: Any, step: Any, dtype: Any) -> None:
        name = "Dataset.counter"
        dtype = dtypes.as_dtype(dtype)
        if not (dtype.is_integer or dtype.is_floating):
            raise TypeError(f"{name} expected dtype to be one of numbers. Received: {dtype!r}")
        super().__init__(TensorSpec.of((), dtype), stage="counter")
        self.start, self.step = integer(start, f"{name}(start)"), integer(step, f"{name}(step)")
        self._dtype: Any = dtype.numpy

    def size(self) -> int:
        return INFINITE

    def element(self, index: int) -> Element:
        # Beyond the bounds of int64 the numbers wrap around, as TensorFlow's do.
        number = (self.start + index * self.step + 2**63) % 2**64 - 2**63
        return (np.array(number, np.int64).astype(self._dtype),)

    def begin(self, run: Course, key: int) -> Cursor:
        return _CountingCursor(self)


class _CountingCursor(Cursor):
    __slots__ = ("_dataset", "_position")

    def __init__(self, dataset: Counting) -> None:
        self._dataset = dataset
        self._position = 0

    def next(self) -> Element | None:
        self._position += 1
        return self._dataset.element(self._position - 1)

    def skip(self, count: int) -> int:
        self._position += count
        return count

    def state(self) -> Any:
        return self._position

    def restore(self, state: Any) -> None:
        self._position = state


def list_elements(elements: Any) -> tuple[list[Element], Any]:
    """The components of the elements of a list, and the spec that they have in common."""
    name = "from_list"
    if elements.__class__ is not list or not elements:
        raise ValueError(
            f"{name} expected a list with at least one element. Received: "
            f"elements={elements!r:.80}. Use tf.data.Dataset.range(0) for no elements."
        )
    values = [normalized(each, name, as_value) for each in elements]
    specs = [structure.map_structure(spec_of, each) for each in values]
    spec = common_spec(specs[0], specs[1:], name)
    return [tuple([arrays_of(leaf) for leaf in structure.flatten(each)]) for each in values], spec


class Random(Dataset):
    """Numbers without an end."""

    def __init__(self, seed: Any, differs: bool) -> None:
        super().__init__(TensorSpec.of((), dtypes.int64), stage="random")
        self.seed = new_seed(seed, "Dataset.random", differs)

    def size(self) -> int:
        return INFINITE

    def begin(self, run: Course, key: int) -> Cursor:
        return _RandomCursor(run.seed(self, key))


class _RandomCursor(Cursor):
    __slots__ = ("_count", "_draws")

    def __init__(self, seed: int) -> None:
        self._draws = Draws(seed)
        self._count = 0

    def next(self) -> Element | None:
        self._count += 1
        return (np.array(self._draws.next() >> 32, np.int64),)

    def state(self) -> Any:
        return self._count

    def restore(self, state: Any) -> None:
        self._count = state
        self._draws.move_to(state)


def new_seed(seed: Any, name: str, differs: bool) -> Seed:
    """The seed of a stage: an integer, or a number that `tf.random.set_seed` governs."""
    if seed is not None:
        number = integer(seed, f"{name}(seed)")
        return Seed(0 if number is None else number, True, differs)
    from eagre.ops.random import uniform

    with ambient.outside(None):
        number: Any = uniform((), maxval=2**62, dtype=dtypes.int64)
    return Seed(number.array.item(), False, differs)
