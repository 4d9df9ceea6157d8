"""Python lists whose length a branch or loop of the graph changes."""

from __future__ import annotations

from typing import Any

from eagre.composites.tensor_array import TensorArray
from eagre.core import ambient, dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import UnimplementedError
from eagre.functions.autograph.values import is_symbolic, is_tensor_like, shown
from eagre.functions.effects import note_call
from eagre.ops.joining import concat
from eagre.ops.selection import where
from eagre.primitives import arithmetic
from eagre.primitives.arithmetic import maximum, minimum
from eagre.primitives.checking import demand
from eagre.primitives.comparison import logical_and


class EmptyListError(IndexError):
    """A block takes an item out of a list that has none while it is traced."""


class Tracked(list[Any]):
    """A list as a block of the graph has it: a copy, for the block may run or not, or often."""

    def __init__(self, origin: list[Any]) -> None:
        super().__init__(origin)
        self.origin = origin
        self.source: list[Any] = getattr(origin, "source", origin)

    def pop(self, index: Any = -1) -> Any:
        """As of any list; of an empty one it is not known yet what items it may have."""
        if not self:
            raise EmptyListError("pop from empty list")
        return super().pop(index)

    @property
    def has_other_length(self) -> bool:
        """Whether the block has made it longer or shorter."""
        return len(self) != len(self.origin)


def tracked(value: Any) -> Any:
    """What a block gets of a variable's value: of a list a copy, in inner blocks too."""
    return Tracked(value) if value.__class__ in (list, Tracked) else value


def untracked(value: Any) -> Any:
    """What a block leaves of it: the list itself where nothing has changed."""
    if not isinstance(value, Tracked) or value.has_other_length:
        return value
    pairs = zip(value, value.origin, strict=False)
    is_same = len(value) == len(value.origin) and all(a is b for a, b in pairs)
    return value.origin if is_same else list(value)


def own_list(values: Any, method: str) -> Any:
    """What a block changes by a method where the source changes `values`."""
    if isinstance(values, GrowingList):
        return GrowingList(values.array)
    is_call = isinstance(values, list) and method != "__setitem__"  # an assignment is seen as such
    if is_call and not ambient.executing_eagerly():
        note_call(getattr(getattr(values, "source", values), method))
    return values


class ListMethodError(UnimplementedError, AttributeError):
    """A list that grows in a graph has no such method."""


_METHODS = frozenset(name for name in dir(list) if not name.startswith("_"))


def _refusal(came: str) -> ListMethodError:
    return ListMethodError(
        "append in a branch or loop of the graph makes a list that can be indexed, and has append, "
        f"extend, insert, pop, reverse, clear and copy. Received: {came}. Use tf.stack of the list."
    )


class GrowingList:
    """A list whose length the graph knows. Its items are tensors of one shape and dtype.

    It can be a tensor (`tf.stack` of the list), be indexed, looped over, asked for its `len`, and
    changed as lists are.
    """

    def __init__(self, array: TensorArray) -> None:
        self.array = array

    @staticmethod
    def is_wanted(before: Any, after: Any) -> bool:
        """Whether one of two values of a variable is a list whose length a block has changed."""
        are_lists = [isinstance(each, list) for each in (before, after)]
        are_growing = [isinstance(each, GrowingList) for each in (before, after)]
        has_changed = any(isinstance(v, Tracked) and v.has_other_length for v in (before, after))
        return (has_changed and all(are_lists)) or (any(are_growing) and any(are_lists))

    @staticmethod
    def of(values: Any, other: Any) -> Any:
        """A list as one that grows, of the items' dtype, or of that of another list."""
        if isinstance(values, GrowingList) or not isinstance(values, list):
            return values
        if isinstance(other, GrowingList):
            dtype, shape = other.array.dtype, other.array.element_shape
        else:
            example: Any = [*values, *other][0]
            if not is_tensor_like(example) and not isinstance(example, bool | int | float):
                raise TypeError(
                    "append in a branch or loop of the graph expected tensors. Received: "
                    f"{shown(example)}. Append the parts to lists of their own."
                )
            tensor = to_tensor(example)
            dtype, shape = tensor.dtype, tensor.shape
        array = TensorArray(dtype, size=0, dynamic_size=True, clear_after_read=False,
                            element_shape=shape)
        for number, each in enumerate(values):
            array = array.write(number, to_tensor(each, dtype if is_tensor_like(each) else None))
        return GrowingList(array)

    # Changes, in place: a block of the graph works on a list of its own.

    def append(self, item: Any) -> None:
        """Put an item at the end."""
        self.array = self.array.write(self.array.size(), item)

    def extend(self, items: Any) -> None:
        """Put several items at the end."""
        if isinstance(items, GrowingList) or is_symbolic(items):
            self._put([self._elements, self._fitting(items)])
            return
        for item in items:
            self.append(item)

    def insert(self, index: Any, item: Any) -> None:
        """Put an item before another one."""
        size = self.array.size()
        place = minimum(maximum(self._place(index), to_tensor(0)), size)
        elements = self._elements
        self._put([elements[:place], self._fitting([item]), elements[place:]])

    def pop(self, index: Any = -1) -> Any:
        """Take an item out, by default the last one."""
        place, elements = self._checked(index, "list.pop"), self._elements
        self._put([elements[:place], elements[place + 1 :]])
        return elements[place]

    def clear(self) -> None:
        """Take all items out."""
        self._put([self._elements[:0]])

    def reverse(self) -> None:
        """Turn the order of the items round."""
        self._put([self._elements[::-1]])

    def copy(self) -> GrowingList:
        """A list of the same items."""
        return GrowingList(self.array)

    def __setitem__(self, index: Any, item: Any) -> None:
        if isinstance(index, slice):
            raise _refusal("assigning a slice")
        self.array = self.array.write(self._checked(index, "list.__setitem__"), item)

    def __iadd__(self, items: Any) -> GrowingList:
        longer = self.copy()
        longer.extend(items)
        return longer

    def __add__(self, items: Any) -> GrowingList:
        return self.__iadd__(items)

    @property
    def _elements(self) -> Any:
        return self.array.stack()

    def _put(self, pieces: list[Any]) -> None:
        self.array = self.array.unstack(concat(pieces, 0) if len(pieces) > 1 else pieces[0])

    def _fitting(self, items: Any) -> Any:
        return to_tensor(items, self.array.dtype, name="list of the graph")

    def _place(self, index: Any) -> Any:
        """The place that an index names: a negative one counts from the end."""
        index = arithmetic.cast(to_tensor(index), dtype=dtypes.int32)
        return where(index < 0, index + self.array.size(), index)

    def _checked(self, index: Any, name: str) -> Any:
        place = self._place(index)
        is_inside = logical_and(place >= 0, place < self.array.size())
        return demand(
            place, is_inside, message=f"{name} expected an index inside the list. Received: "
        )

    def __getattr__(self, name: str) -> Any:
        if name not in _METHODS:
            raise AttributeError(f"a list that grows in a graph has no attribute {name!r}")
        raise _refusal(f"its method {name!r}")

    def __composite__(self) -> tuple[list[Any], Any]:
        return [self.array], _of_parts

    @property
    def is_settled(self) -> bool:
        """Whether the shape of the items is known."""
        return self.array.is_settled

    def __settle__(self, other: GrowingList) -> GrowingList:
        return GrowingList(self.array.__settle__(other.array))

    def __tensor__(self, dtype: Any) -> Any:
        return to_tensor(self._elements, dtype)

    def __getitem__(self, index: Any) -> Any:
        return self._elements[index]

    def __len__(self) -> int:
        return int(self.array.size())

    def __repr__(self) -> str:
        return f"<list that grows in the graph: {self.array!r}>"

    def __iter__(self) -> Any:
        return iter(self._elements)


def _of_parts(parts: Any) -> Any:
    """A list of the graph, or the list that it has become where the graph has run."""
    (array,) = parts
    if isinstance(array, TensorArray) and array.has_values and ambient.executing_eagerly():
        return list(array.stack())
    return GrowingList(array)
