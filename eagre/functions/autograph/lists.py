"""Python lists to which a branch or loop of the graph appends."""

from __future__ import annotations

from typing import Any

from eagre.composites.tensor_array import TensorArray
from eagre.core.conversion import to_tensor
from eagre.core.errors import UnimplementedError
from eagre.functions.autograph.values import is_tensor_like, shown
from eagre.functions.effects import note_call


class Tracked(list[Any]):
    """A list as a block of the graph has it: a copy, for the block may run or not, or often."""

    def __init__(self, origin: list[Any]) -> None:
        super().__init__(origin)
        self.origin = origin
        self.source: list[Any] = getattr(origin, "source", origin)

    @property
    def has_grown(self) -> bool:
        """Whether the block has appended to it."""
        return len(self) > len(self.origin)


def tracked(value: Any) -> Any:
    """What a block gets of a variable's value: of a list a copy, in inner blocks too."""
    return Tracked(value) if value.__class__ in (list, Tracked) else value


def untracked(value: Any) -> Any:
    """What a block leaves of it: the list itself where nothing has changed."""
    if not isinstance(value, Tracked) or value.has_grown:
        return value
    pairs = zip(value, value.origin, strict=False)
    is_same = len(value) == len(value.origin) and all(a is b for a, b in pairs)
    return value.origin if is_same else list(value)


def append(values: Any, item: Any) -> Any:
    """`values.append(item)`; what `values` is afterwards."""
    if isinstance(values, GrowingList):
        return values.with_item(item)
    note_call(getattr(values, "source", values).append)
    values.append(item)
    return values


class ListMethodError(UnimplementedError, AttributeError):
    """A list that grows in a graph has no such method."""


_METHODS = frozenset(name for name in dir(list) if not name.startswith("_"))


class GrowingList:
    """A list whose length the graph knows. Its items are tensors of one shape and dtype.

    It can be a tensor (`tf.stack` of the list), be indexed, looped over, asked for its `len`.
    """

    def __init__(self, array: TensorArray) -> None:
        self.array = array

    @staticmethod
    def is_wanted(before: Any, after: Any) -> bool:
        """Whether one of two values of a variable is a list to which a block has appended."""
        are_lists = [isinstance(each, list) for each in (before, after)]
        are_growing = [isinstance(each, GrowingList) for each in (before, after)]
        has_grown = any(isinstance(v, Tracked) and v.has_grown for v in (before, after))
        return (has_grown and all(are_lists)) or (any(are_growing) and any(are_lists))

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

    def with_item(self, item: Any) -> GrowingList:
        """The list with one more item."""
        return GrowingList(self.array.write(self.array.size(), item))

    def append(self, item: Any) -> None:
        """Append an item in place, outside branches and loops of the graph."""
        self.array = self.with_item(item).array

    def __getattr__(self, name: str) -> Any:
        if name not in _METHODS:
            raise AttributeError(f"a list that grows in a graph has no attribute {name!r}")
        raise ListMethodError(
            "append in a branch or loop of the graph makes a list that cannot but grow. Received: "
            f"its method {name!r}. Use a tf.TensorArray, or slice tf.stack of the list."
        )

    def __composite__(self) -> tuple[list[Any], Any]:
        return [self.array], lambda parts: GrowingList(parts[0])

    @property
    def is_settled(self) -> bool:
        """Whether the shape of the items is known."""
        return self.array.is_settled

    def __settle__(self, other: GrowingList) -> GrowingList:
        return GrowingList(self.array.__settle__(other.array))

    def __tensor__(self, dtype: Any) -> Any:
        return to_tensor(self.array.stack(), dtype)

    def __getitem__(self, index: Any) -> Any:
        return self.array.stack()[index]

    def __len__(self) -> int:
        return int(self.array.size())

    def __repr__(self) -> str:
        return f"<list that grows in the graph: {self.array!r}>"

    def __iter__(self) -> Any:
        return iter(self.array.stack())
