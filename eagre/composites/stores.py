"""Where a tensor array keeps its elements.

`Rows` keeps each in a list: eagerly, and while tracing as long as all indices are known. `Stack`
keeps all in one tensor, which loops can carry and tensors can index. `Blank` has none yet, nor
their shape, but a size.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError, OutOfRangeError
from eagre.core.shapes import TensorShape
from eagre.ops.shaping import as_shape, axis_sizes, cast
from eagre.primitives import indexing, rearrangement
from eagre.primitives.arithmetic import maximum
from eagre.primitives.checking import demand
from eagre.primitives.elements import read_element, write_element
from eagre.primitives.families import shape_of
from eagre.primitives.reductions import reduce_max
from eagre.primitives.scattering import tensor_scatter_update, zeros


class Rows:
    """Elements in a list; None stands for one that was not written."""

    def __init__(self, rows: list[Any], cleared: frozenset[int] = frozenset()) -> None:
        self.rows = rows
        self.cleared = cleared

    def copy(self) -> Rows:
        """Rows that can be written for themselves."""
        return Rows(list(self.rows), self.cleared)

    def size(self) -> Any:
        """How many elements there are."""
        return to_tensor(np.int32(len(self.rows)))

    def row_sizes(self) -> Any:
        """The shape of an element as far as it is known, None where none was written."""
        return next((row.sizes for row in self.rows if row is not None), None)

    def check(self, index: int, name: str, grows: bool = False) -> None:
        """Raise OutOfRangeError unless the index is one of the array's, or makes it grow."""
        if index < 0 or not (grows or index < len(self.rows)):
            allowed = "of at least 0" if grows else f"in [0, {len(self.rows)})"
            raise OutOfRangeError(
                f"TensorArray.{name} expected an index {allowed}. Received: index={index}"
            )

    def write(self, index: int, value: Any, grows: bool, name: str) -> None:
        """Put a value in the place of an element."""
        self.check(index, name, grows)
        self.rows += [None] * (index + 1 - len(self.rows))
        self.rows[index] = value
        self.cleared -= {index}

    def clear(self, index: int) -> None:
        """Let go of an element that has been read."""
        self.rows[index] = None
        self.cleared |= {index}

    def filled(self, sizes: Any, dtype: Any, name: str) -> list[Any]:
        """All elements; of those not written zeros, of the shape of the others or of `sizes`."""
        written = [row for row in self.rows if row is not None]
        if len(written) == len(self.rows):
            return written
        if written:
            blank = zeros(written[0], shape_of(written[0]))
        else:
            blank = blank_elements(dtype, _known(sizes, name))
        return [blank if row is None else row for row in self.rows]

    def stacked(self, sizes: Any, dtype: Any, name: str) -> Any:
        """All elements in one tensor."""
        if not self.rows:
            inner = () if sizes is None else tuple([n or 0 for n in sizes])
            return blank_elements(dtype, (0, *inner))
        rows = self.filled(sizes, dtype, name)
        first = rows[0].shape
        if not all(first.is_compatible_with(row.shape) for row in rows):
            came = ", ".join(sorted({str(row.shape) for row in rows}))
            raise InvalidArgumentError(
                f"TensorArray.{name} expected elements of one shape, to stack them. "
                f"Received: shapes {came}"
            )
        return rearrangement.stack(rows)


class Stack:
    """Elements stacked in one tensor."""

    def __init__(self, elements: Any) -> None:
        self.elements = elements

    def copy(self) -> Stack:
        """A stack that can be written for itself."""
        return Stack(self.elements)

    def size(self) -> Any:
        """How many elements there are."""
        return rearrangement.shape_of_tensor(self.elements)[0]

    def row_sizes(self) -> Any:
        """The shape of an element as far as it is known."""
        return self.elements.sizes[1:]

    def read(self, index: Any) -> Any:
        """One element."""
        return read_element(self.elements, index)

    def gather(self, indices: Any) -> Any:
        """Several elements, stacked."""
        return indexing.gather(self.elements, indices, axis=0)

    def write(self, index: Any, value: Any, grows: bool) -> None:
        """Put a value in the place of an element."""
        self.elements = write_element(self.elements, index, value, grows=grows)

    def scatter(self, indices: Any, values: Any, grows: bool) -> None:
        """Put stacked values in the places of elements."""
        if grows:
            self._grow(reduce_max(indices, axis=None, keepdims=False) + 1)
        indices = demand(
            indices,
            indices < cast(self.size(), indices.dtype),
            message="TensorArray.scatter expected indices inside the array. Received: indices=",
        )
        vectors = rearrangement.expand_dims(indices, axis=(1,))
        self.elements = tensor_scatter_update(self.elements, vectors, values)

    def _grow(self, count: Any) -> None:
        sizes = axis_sizes(self.elements, "TensorArray.scatter")
        missing = maximum(cast(count, self.size().dtype) - self.size(), to_tensor(np.int32(0)))
        more = zeros(self.elements, as_shape([missing, *sizes[1:]], "TensorArray.scatter"))
        self.elements = rearrangement.concat(self.elements, more, axis=0)

    def joined(self) -> Any:
        """The elements one after the other."""
        count, first, *rest = axis_sizes(self.elements, "TensorArray.concat")
        return rearrangement.reshape(
            self.elements, as_shape([count * first, *rest], "TensorArray.concat")
        )


class Blank:
    """A size without elements."""

    def __init__(self, count: Any) -> None:
        self.count = count

    def copy(self) -> Blank:
        """The same."""
        return self

    def size(self) -> Any:
        """How many elements there will be."""
        return self.count

    def row_sizes(self) -> None:
        """Unknown."""
        return


def blank_elements(dtype: Any, shape: Any) -> Any:
    """Zeros (False, empty strings) in a shape that is a tuple or a vector."""
    value = {"string": b"", "bool": False}.get(dtype.name, 0)
    return rearrangement.broadcast_to(to_tensor(value, dtype), shape)


def _known(sizes: Any, name: str) -> Any:
    if sizes is None or None in sizes:
        raise ValueError(
            f"TensorArray.{name} needs the element_shape where an element was not written, to put "
            f"zeros in its place. Received: element_shape={TensorShape.of(sizes)}"
        )
    return sizes
