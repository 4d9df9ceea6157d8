"""`IndexedSlices`: a tensor that is zero but for some parts along its first axis."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.composite_specs import CompositeSpec
from eagre.core.conversion import CALLED, to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.core.shapes import TensorShape
from eagre.core.tensor import SymbolicTensor, Tensor
from eagre.primitives.families import shape_of, static_sizes
from eagre.primitives.rearrangement import concat, reshape, shape_of_tensor


class IndexedSlices:
    """A tensor of which `values[i]` is the part at `indices[i]`; all else is zero.

    Parts with one index are added. Gradients of `tf.gather` along axis 0 have this form. It
    stands wherever a tensor may and is then made dense.

    Args:
        values: parts, stacked: [count, ...].
        indices: their places along the first axis: [count], integers.
        dense_shape: the shape of the tensor; without it no tensor can be made.

    >>> slices = tf.IndexedSlices([[1.0, 2.0], [3.0, 4.0]], [2, 0], dense_shape=[3, 2])
    >>> tf.convert_to_tensor(slices).numpy()
    array([[3., 4.],
           [0., 0.],
           [1., 2.]], dtype=float32)
    """

    __slots__ = ("_shape", "indices", "values")
    __array_priority__ = 100

    def __init__(self, values: Any, indices: Any, dense_shape: Any = None) -> None:
        self.values: Any = to_tensor(values, name="IndexedSlices(values)")
        self.indices: Any = to_tensor(indices, name="IndexedSlices(indices)")
        self._shape: Any = None
        if dense_shape is not None:
            self._shape = to_tensor(dense_shape, name="IndexedSlices(dense_shape)")

    @property
    def dense_shape(self) -> Any:
        """The shape as a vector, None where it was not given."""
        if self._shape.__class__ is tuple:
            return to_tensor(np.array(self._shape, np.int32))
        return self._shape

    @property
    def shape(self) -> TensorShape:
        """The shape, as far as it is known."""
        return TensorShape.of(None if self._shape is None else static_sizes(self._shape))

    @property
    def spec(self) -> IndexedSlicesSpec:
        """Shapes and dtypes, without the values."""
        return IndexedSlicesSpec.from_value(self)

    @property
    def dtype(self) -> dtypes.DType:
        """The dtype of the elements."""
        return self.values.dtype

    @property
    def device(self) -> str:
        """The name of the device that holds the values."""
        return self.values.device

    @property
    def name(self) -> str:
        """The name of the values, which only symbolic tensors have."""
        return self.values.name

    @property
    def op(self) -> Any:
        """The operation that makes the values, which only symbolic tensors have."""
        return self.values.op

    @property
    def graph(self) -> Any:
        """The graph of the values, which only symbolic tensors have."""
        return self.values.graph

    def consumers(self) -> list[Any]:
        """The operations of the graph that take the values; eagerly there are none."""
        if not isinstance(self.values, SymbolicTensor):
            return []
        operations: Any = self.values.graph.operations
        return [each for each in operations if any(x is self.values for x in each.inputs)]

    def with_values(self, values: Any) -> IndexedSlices:
        """The same places with other values."""
        return indexed_slices(values, self.indices, self._shape)

    def __neg__(self) -> IndexedSlices:
        return self.with_values(-self.values)

    def __add__(self, other: Any) -> Any:
        """With slices, all parts of both; with anything else, dense."""
        if not isinstance(other, IndexedSlices):
            return to_tensor(self) + other
        mine, others = self.indices, other.indices
        if mine.dtype != others.dtype:
            from eagre.primitives.arithmetic import cast

            mine, others = cast(mine, dtype=dtypes.int64), cast(others, dtype=dtypes.int64)
        return indexed_slices(
            concat(self.values, other.values, axis=0), concat(mine, others, axis=0), self._shape
        )

    def added_to(self, total: Tensor) -> Tensor:
        """A tensor to which the parts have been added one by one: slices that are added to these
        later make the same dense sum."""
        from eagre.primitives.scattering import tensor_scatter_add

        # Parts that nothing comes to are zeros, which -0.0 is not.
        return tensor_scatter_add(total + 0.0, reshape(self.indices, (-1, 1)), self.values)

    def __tensor__(self, dtype: Any) -> Tensor:
        from eagre.primitives.indexing import scatter_add

        if self._shape is None:
            raise ValueError(
                f"{CALLED} expected IndexedSlices with a dense_shape, to make a tensor of them. "
                f"Received: dense_shape=None, values.shape={self.values.shape}"
            )
        if not self.values.shape[: self.indices.ndim].is_compatible_with(self.indices.shape):
            raise InvalidArgumentError(
                f"{CALLED} expected IndexedSlices with a part for each index. Received: "
                f"values.shape={self.values.shape}, indices.shape={self.indices.shape}"
            )
        return scatter_add(self.values, self.indices, self._shape, 0)

    def __composite__(self) -> tuple[list[Any], Any]:
        parts = [self.values, self.indices]
        shape = self.dense_shape
        return parts if shape is None else [*parts, shape], _rebuild

    def __repr__(self) -> str:
        return (
            f"IndexedSlices(indices={self.indices!s}, values={self.values!s}, "
            f"dense_shape={self._shape!s})"
        )


def _rebuild(parts: list[Any]) -> IndexedSlices:
    return indexed_slices(*parts)


def indexed_slices(values: Any, indices: Any, shape: Any = None) -> IndexedSlices:
    """Slices of tensors, and of a shape that is a vector or a tuple: nothing is converted."""
    slices = object.__new__(IndexedSlices)
    slices.values, slices.indices = values, indices
    slices._shape = shape  # pyright: ignore[reportPrivateUsage]
    return slices


def slices_of_gather(grad: Any, indices: Any, x: Any) -> IndexedSlices:
    """The gradient that a gather along the first axis gives to `x`: parts of it in a row."""
    if indices.ndim != 1:
        indices = reshape(indices, (-1,))
        if x.sizes is None or None in (*x.sizes[1:], indices.sizes[0]):
            sizes = concat(shape_of_tensor(indices), shape_of_tensor(x)[1:], axis=0)
        else:
            sizes = (*indices.sizes, *x.sizes[1:])
        grad = reshape(grad, sizes)
    return indexed_slices(grad, indices, shape_of(x))


class IndexedSlicesSpec(CompositeSpec):
    """What is known of `IndexedSlices` without their values.

    >>> tf.IndexedSlicesSpec([3, 2]).is_compatible_with(tf.IndexedSlicesSpec([None, 2]))
    True
    """

    __slots__ = ()
    value_type = IndexedSlices

    def __init__(
        self,
        shape: Any = None,
        dtype: Any = dtypes.float32,
        indices_dtype: Any = dtypes.int64,
        dense_shape_dtype: Any = None,
        indices_shape: Any = None,
    ) -> None:
        self.fields = (
            TensorShape(shape),
            dtypes.as_dtype(dtype),
            dtypes.as_dtype(indices_dtype),
            None if dense_shape_dtype is None else dtypes.as_dtype(dense_shape_dtype),
            TensorShape([None] if indices_shape is None else indices_shape),
        )

    @classmethod
    def _fields_of(cls, value: Any) -> tuple[Any, ...]:
        shape = value.dense_shape
        known = value.shape
        if shape is None and value.values.sizes is not None:
            known = TensorShape([None, *value.values.sizes[1:]])
        return (
            known,
            value.dtype,
            value.indices.dtype,
            None if shape is None else shape.dtype,
            value.indices.shape,
        )


class ScatteredParts:
    """A gradient that is zero but for parts that vectors of indices name; dense in a sum.

    Like `IndexedSlices` it is added part by part: the bits are the same where only running a
    graph tells that the vectors have one element.
    """

    __slots__ = ("indices", "shape", "values")

    def __init__(self, values: Any, indices: Any, shape: Any) -> None:
        self.values = values
        self.indices = indices
        self.shape = shape

    def added_to(self, total: Any) -> Any:
        """A tensor to which the parts have been added."""
        from eagre.primitives.scattering import tensor_scatter_add

        # Parts that nothing comes to are zeros, which -0.0 is not.
        return tensor_scatter_add(total + 0.0, self.indices, self.values)

    def __tensor__(self, dtype: Any) -> Any:
        from eagre.primitives.scattering import scatter_nd

        return scatter_nd(self.values, self.indices, self.shape)
