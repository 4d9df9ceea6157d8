"""`TensorArray`: a list of tensors that is written element by element, in loops too."""

from __future__ import annotations

from math import inf
from operator import index as as_index
from typing import Any

import numpy as np

from eagre.composites.stores import Blank, Rows, Stack, blank_elements
from eagre.core import dtypes
from eagre.core.ambient import executing_eagerly
from eagre.core.composite_specs import CompositeSpec
from eagre.core.conversion import to_tensor
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.core.python_numbers import described
from eagre.core.shapes import TensorShape
from eagre.core.tensor import EagerTensor, Tensor
from eagre.ops.shaping import as_shape, axis_sizes, cast, known_as
from eagre.primitives import rearrangement


class TensorArray:
    """A list of tensors of one dtype.

    Eagerly writing changes the array and returns it. While tracing it returns a new array, so
    always go on with what `write`, `unstack`, `scatter` and `split` return. Elements that were not
    written are zeros. Gradients flow from what is read to what was written.

    Args:
        dtype: of the elements.
        size: how many elements there are.
        dynamic_size: whether writing behind the end makes the array grow.
        clear_after_read: whether an element can be read only once, eagerly; True by default.
        infer_shape: whether all elements have to have one shape.
        element_shape: what is known of the shape of elements.
        tensor_array_name, handle, flow, colocate_with_first_write_call, name: without effect.

    >>> array = tf.TensorArray(tf.float32, size=3)
    >>> _, array = tf.while_loop(
    ...     lambda i, array: i < 3,
    ...     lambda i, array: (i + 1, array.write(i, tf.cast(i * i, tf.float32))),
    ...     (tf.constant(0), array),
    ... )
    >>> array.stack().numpy()
    array([0., 1., 4.], dtype=float32)
    """

    is_container = True

    def __init__(
        self,
        dtype: Any,
        size: Any = None,
        dynamic_size: bool | None = None,
        clear_after_read: bool | None = None,
        tensor_array_name: str | None = None,
        handle: Any = None,
        flow: Any = None,
        infer_shape: bool = True,
        element_shape: Any = None,
        colocate_with_first_write_call: bool = True,
        name: str | None = None,
    ) -> None:
        if handle is not None:
            raise ValueError("TensorArray expected handle=None. Received: another handle")
        if size is None:
            raise ValueError("TensorArray expected a size. Received: size=None")
        self._dtype = dtypes.as_dtype(dtype)
        self._grows = bool(dynamic_size)
        self._clears = clear_after_read is not False
        self._infers = bool(infer_shape)
        self._element = TensorShape(element_shape)
        self._store = self._first_store(size)

    def _first_store(self, size: Any) -> Any:
        if isinstance(size, Tensor) and not isinstance(size, EagerTensor):
            store = Blank(cast(size, dtypes.int32))
            return store if self._element.rank is None else Stack(self._blank(store.count))
        try:
            count = as_index(size)
        except TypeError:
            raise TypeError(
                f"TensorArray expected an integer size. Received: size={described(size)}"
            ) from None
        if count < 0:
            raise InvalidArgumentError(
                f"TensorArray expected a size of at least 0. Received: {size=}"
            )
        return Rows([None] * count)

    # What it is -------------------------------------------------------------------------------

    @property
    def dtype(self) -> dtypes.DType:
        """The dtype of the elements."""
        return self._dtype

    @property
    def dynamic_size(self) -> bool:
        """Whether writing behind the end makes the array grow."""
        return self._grows

    @property
    def element_shape(self) -> TensorShape:
        """What is known of the shape of all elements."""
        return self._element

    @property
    def spec(self) -> TensorArraySpec:
        """What is known without the elements."""
        return TensorArraySpec.from_value(self)

    @property
    def has_values(self) -> bool:
        """Whether all elements are there, as one tensor that has its value."""
        return isinstance(self._store, Stack) and isinstance(self._store.elements, EagerTensor)

    @property
    def flow(self) -> Any:
        """A number without a meaning: there is no flow to carry on."""
        return to_tensor(np.int32(0))

    @property
    def handle(self) -> None:
        """None: there is no resource."""
        return

    def size(self, name: str | None = None) -> Any:
        """How many elements there are, as a scalar tensor."""
        return self._store.size()

    def __repr__(self) -> str:
        return (
            f"<tf.TensorArray dtype={self._dtype.name}, element_shape={self._element}, "
            f"dynamic_size={self._grows}>"
        )

    # Reading ----------------------------------------------------------------------------------

    def read(self, index: Any, name: str | None = None) -> Any:
        """Element `index`.

        Raises:
            OutOfRangeError: there is no such element.
            InvalidArgumentError: the element was cleared when it was read before.
        """
        store, number = self._store, _known_index(index, "read")
        if number is None or not isinstance(store, Rows):
            return self._stack("read").read(to_tensor(index))
        store.check(number, "read")
        if number in store.cleared:
            raise InvalidArgumentError(
                f"TensorArray.read cannot read element {number} twice. Received: index={number}. "
                "Use clear_after_read=False."
            )
        row = store.rows[number]
        if row is None:
            row = Rows([*store.rows[:number], None]).filled(self._sizes(), self._dtype, "read")[-1]
        elif self._clears and executing_eagerly():
            store.clear(number)
        return row

    def gather(self, indices: Any, name: str | None = None) -> Any:
        """The elements that a vector of indices names, stacked."""
        store = self._store
        if not isinstance(store, Rows) or not executing_eagerly():
            return self._stack("gather").gather(to_tensor(indices))
        numbers = _known_vector(indices, "gather")
        for number in numbers:
            store.check(number, "gather")
        written = Rows([store.rows[number] for number in numbers])
        return written.stacked(self._sizes(), self._dtype, "gather")

    def stack(self, name: str | None = None) -> Any:
        """All elements in one tensor: [size, ...]."""
        store = self._store
        if isinstance(store, Rows):
            return store.stacked(self._sizes(), self._dtype, "stack")
        return self._stack("stack").elements

    def concat(self, name: str | None = None) -> Any:
        """All elements one after the other, along their first axis."""
        store = self._store
        rows = []
        if isinstance(store, Rows):
            rows = store.filled(self._sizes(), self._dtype, "concat")
        elif self._stack("concat").row_sizes():
            return self._stack("concat").joined()
        if not rows or any(row.ndim == 0 for row in rows):
            came = "scalars" if self._element.rank == 0 or rows else "no elements"
            raise InvalidArgumentError(
                f"TensorArray.concat expected elements with at least one axis. Received: {came}"
            )
        return rearrangement.concat(*rows, axis=0)

    # Writing ----------------------------------------------------------------------------------

    def write(self, index: Any, value: Any, name: str | None = None) -> TensorArray:
        """The array with `value` in place of element `index`.

        Raises:
            OutOfRangeError: there is no such element, and the size is not dynamic.
            ValueError: the shape is not that of the other elements.
        """
        value, number = self._fitting(value, "write"), _known_index(index, "write")
        target = self._target()
        target._learn(value.shape, "write")
        if number is not None and isinstance(target._store, Rows):
            target._store.write(number, value, self._grows, "write")
            return target
        target._store = target._stack("write", value)
        target._store.write(to_tensor(index), value, self._grows)
        return target

    def unstack(self, value: Any, name: str | None = None) -> TensorArray:
        """The array whose elements are the parts of `value` along its first axis."""
        value = self._fitting(value, "unstack")
        if not value.ndim:
            raise ValueError(
                "TensorArray.unstack expected a tensor with at least one axis. "
                f"Received: shape={value.shape}"
            )
        most = len(self._store.rows) if isinstance(self._store, Rows) else inf
        if not self._grows and (value.sizes[0] or 0) > most:
            raise ValueError(
                f"TensorArray.unstack expected at most {most} elements. "
                f"Received: {value.sizes[0]}. Use dynamic_size=True for more."
            )
        target = self._target()
        target._learn(value.shape[1:], "unstack")
        target._store = Rows(_parts(value)) if executing_eagerly() else Stack(value)
        return target

    def scatter(self, indices: Any, value: Any, name: str | None = None) -> TensorArray:
        """The array with the parts of `value` in place of the elements that `indices` name."""
        value = self._fitting(value, "scatter")
        places = to_tensor(indices, hint=dtypes.int32)
        if places.ndim not in (1, None) or not value.shape[:1].is_compatible_with(places.shape):
            raise InvalidArgumentError(
                "TensorArray.scatter expected a vector of indices, one for each part of value. "
                f"Received: indices.shape={places.shape}, value.shape={value.shape}"
            )
        target = self._target()
        target._learn(value.shape[1:], "scatter")
        if executing_eagerly() and isinstance(target._store, Rows):
            numbers = _known_vector(places, "scatter")
            for number, part in zip(numbers, _parts(value), strict=True):
                target._store.write(number, part, self._grows, "scatter")
            return target
        target._store = target._stack("scatter", value, is_stacked=True)
        target._store.scatter(places, value, self._grows)
        return target

    def split(self, value: Any, lengths: Any, name: str | None = None) -> TensorArray:
        """The array whose elements are pieces of `value` of the given lengths, along axis 0."""
        value = self._fitting(value, "split")
        numbers = _known_vector(lengths, "split")
        count = len(self._store.rows) if isinstance(self._store, Rows) else None
        if value.sizes in (None, ()) or value.sizes[0] not in (sum(numbers), None):
            raise InvalidArgumentError(
                "TensorArray.split expected lengths whose sum is the first size of value. "
                f"Received: {lengths=}, value.shape={value.shape}"
            )
        if not self._grows and count not in (len(numbers), None):
            raise InvalidArgumentError(
                f"TensorArray.split expected a length for each of the {count} elements. "
                f"Received: {lengths=}"
            )
        target = self._target()
        if len(set(numbers)) == 1:
            target._learn(TensorShape([numbers[0], *value.shape[1:]]), "split")
        pieces = rearrangement.split(value, sizes=tuple(numbers), axis=0) if numbers else []
        target._store = Rows(list(pieces))
        return target

    def identity(self) -> TensorArray:
        """The array: the very same eagerly, another of the same elements while tracing."""
        return self._target()

    def close(self, name: str | None = None) -> None:
        """Let go of the elements."""
        if executing_eagerly():
            self._store = Rows([])

    # Parts ------------------------------------------------------------------------------------

    @property
    def is_settled(self) -> bool:
        """Whether the shape of the elements is known, so that they can be one tensor."""
        return isinstance(self._store, Stack) or self._sizes() is not None

    def __settle__(self, other: TensorArray) -> TensorArray:
        target = self._like(self._store)
        sizes = other._store.row_sizes()
        target._element = other._element
        target._store = Stack(target._blank(self._store.size(), other._sizes(sizes)))
        return target

    def __composite__(self) -> tuple[list[Any], Any]:
        if not self.is_settled:
            return [self._store.size()], lambda parts: self._like(Blank(parts[0]))
        elements = self._stack("stack").elements
        return [elements], lambda parts: self._like(Stack(parts[0]))

    def _like(self, store: Any) -> TensorArray:
        """An array of the same kind with another store."""
        array = object.__new__(TensorArray)
        array.__dict__.update(self.__dict__)
        array._store = store
        return array

    def _target(self) -> TensorArray:
        """The array that a write changes: this one, while tracing a new one."""
        return self if executing_eagerly() else self._like(self._store.copy())

    def _sizes(self, sizes: Any = None) -> Any:
        """The shape of an element as far as it is known, from what is written or declared."""
        sizes = self._store.row_sizes() if sizes is None else sizes
        return self._element.sizes if sizes is None else sizes

    def _stack(self, name: str, value: Any = None, is_stacked: bool = False) -> Stack:
        """The elements as a stack; `value` is the one, or are those, to be written next."""
        store = self._store
        if isinstance(store, Stack):
            return store
        if isinstance(store, Rows) and store.row_sizes() is not None:
            return Stack(store.stacked(self._sizes(), self._dtype, name))
        if value is not None:
            return Stack(self._blank(store.size(), axis_sizes(value, name)[int(is_stacked) :]))
        if self._element.rank is None:
            raise ValueError(
                f"TensorArray.{name} needs the shape of the elements. Received: element_shape="
                "<unknown> for an array in which nothing was written. Pass element_shape."
            )
        return Stack(self._blank(store.size()))

    def _blank(self, count: Any, sizes: Any = None) -> Any:
        """Zeros for all elements; sizes that are not known yet are 0."""
        inner: Any = self._element.sizes if sizes is None else sizes
        count = int(count) if isinstance(count, EagerTensor) else count
        sizes = [count, *[0 if n is None else n for n in inner]]
        return known_as(blank_elements(self._dtype, as_shape(sizes, "TensorArray")), sizes)

    def _fitting(self, value: Any, name: str) -> Any:
        value = to_tensor(value, hint=self._dtype, name=f"TensorArray.{name}")
        if value.dtype != self._dtype:
            raise DTypeMismatchError(
                f"TensorArray.{name} expected a value of dtype {self._dtype.name}. "
                f"Received: dtype={value.dtype.name}. Use tf.cast."
            )
        return value

    def _learn(self, shape: TensorShape, name: str) -> None:
        """Take note of the shape of an element."""
        if not self._element.is_compatible_with(shape):
            raise ValueError(
                f"TensorArray.{name} expected elements of shape {self._element}. "
                f"Received: shape={shape}. Use infer_shape=False where shapes differ."
            )
        if self._infers:
            self._element = self._element.merge_with(shape)


def _known_index(index: Any, name: str) -> int | None:
    """An index as an int, None where it has no value yet."""
    if isinstance(index, Tensor) and not isinstance(index, EagerTensor):
        return None
    try:
        return as_index(index)
    except TypeError:
        raise TypeError(
            f"TensorArray.{name} expected an integer index. Received: index={described(index)}"
        ) from None


def _known_vector(values: Any, name: str) -> list[int]:
    if isinstance(values, Tensor) and not isinstance(values, EagerTensor):
        raise ValueError(
            f"TensorArray.{name} needs numbers that are known while tracing. Received: {values!r}"
        )
    array = np.asarray(values)
    if array.ndim != 1 or (array.size and array.dtype.kind not in "iu"):
        raise InvalidArgumentError(
            f"TensorArray.{name} expected a vector of integers. Received: {described(values)}"
        )
    return [int(n) for n in array.tolist()]


def _parts(value: Any) -> list[Any]:
    """The parts of a tensor along its first axis, cut at once: their gradient is one operation."""
    count = value.sizes[0]
    if not count:
        return []
    pieces = rearrangement.split(value, sizes=(1,) * count, axis=0)
    return [rearrangement.reshape(piece, value.sizes[1:]) for piece in pieces]


class TensorArraySpec(CompositeSpec):
    """What is known of a `TensorArray` without its elements.

    >>> tf.TensorArraySpec([2], tf.float32)
    TensorArraySpec(TensorShape([2]), tf.float32, False, True)
    """

    __slots__ = ()
    value_type = TensorArray

    def __init__(
        self,
        element_shape: Any = None,
        dtype: Any = dtypes.float32,
        dynamic_size: bool = False,
        infer_shape: bool = True,
    ) -> None:
        self.fields = (
            TensorShape(element_shape),
            dtypes.as_dtype(dtype),
            bool(dynamic_size),
            bool(infer_shape),
        )

    @classmethod
    def _fields_of(cls, value: Any) -> tuple[Any, ...]:
        return value.element_shape, value.dtype, value.dynamic_size, value._infers
