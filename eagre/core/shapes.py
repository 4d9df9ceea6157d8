"""Shapes that may be unknown: plain tuples inside, `TensorShape` for the user.

`Sizes` is a tuple with None for an unknown size, or None for an unknown rank. The functions on
it are pure; `TensorShape` holds one and adds the public methods.
"""

from __future__ import annotations

import collections.abc
from math import prod
from operator import index
from typing import TYPE_CHECKING, Any

from eagre.core.errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Sizes = tuple[int | None, ...] | None

_NOT_SHAPES = (str, bytes, bytearray, dict, set, frozenset)
_sequence_types: Any = (tuple, list)


def as_sizes(value: Any, name: str = "TensorShape") -> Sizes:
    """Convert what a user writes for a shape; `name` begins the message when it is none."""
    if value is None:
        return None
    if isinstance(value, TensorShape):
        return value.sizes
    if isinstance(value, _sequence_types):
        return tuple([_as_size(size, value, name) for size in value])
    try:
        return (_as_size(index(value), value, name),)
    except TypeError:
        entries = _entries(value, name)
    return tuple([_as_size(size, value, name) for size in entries])


def _entries(value: Any, name: str) -> list[Any]:
    try:
        if not isinstance(value, _NOT_SHAPES):
            return list(value)
    except TypeError:
        pass
    raise TypeError(
        f"{name} expected a shape: None, an integer, or a sequence of integers and None. "
        f"Received: shape={value!r}"
    )


def _as_size(size: Any, shape: Any, name: str) -> int | None:
    if size is None or size.__class__ is int and size >= 0:
        return size
    try:
        number = int(index(size))
    except TypeError as error:
        raise TypeError(
            f"{name} expected each size to be an integer or None. "
            f"Received: {size!r} in shape={shape!r}"
        ) from error
    if number < 0:
        raise ValueError(
            f"{name} expected sizes of at least 0. Received: {number} in shape={shape!r}. "
            "An unknown size is None."
        )
    return number


def format_sizes(sizes: Sizes) -> str:
    """Write sizes as a person reads them: `(2, None)`, or `<unknown>`."""
    return "<unknown>" if sizes is None else str(sizes)


def is_fully_defined(sizes: Sizes) -> bool:
    """Whether the rank and every size are known."""
    return sizes is not None and None not in sizes


def count(sizes: Sizes) -> int | None:
    """The number of elements, None where it is unknown."""
    if sizes is None:
        return None
    product = 1
    for size in sizes:
        if size is None:
            return None
        product *= size
    return product


def are_compatible(a: Sizes, b: Sizes) -> bool:
    """Whether one shape can be both: equal sizes wherever both are known."""
    if a is None or b is None or a == b:
        return True
    if len(a) != len(b):
        return False
    for x, y in zip(a, b, strict=True):
        if x != y and x is not None and y is not None:
            return False
    return True


def merge_sizes(a: Sizes, b: Sizes, name: str = "merge_with") -> Sizes:
    """Put together what both know; ValueError where they contradict each other."""
    if a is None or a == b:
        return b
    if b is None:
        return a
    if not are_compatible(a, b):
        raise ValueError(
            f"{name} expected shapes that agree wherever both are known. "
            f"Received: shapes {format_sizes(a)} and {format_sizes(b)}"
        )
    return tuple([y if x is None else x for x, y in zip(a, b, strict=True)])


def broadcast_sizes(a: Sizes, b: Sizes, name: str = "broadcast") -> Sizes:
    """The shape of an elementwise operation on two shapes."""
    if a == b and is_fully_defined(a):
        return a
    if a is None or b is None:
        return None
    longer, shorter = (a, b) if len(a) >= len(b) else (b, a)
    lead = len(longer) - len(shorter)
    sizes = list(longer[:lead])
    for x, y in zip(longer[lead:], shorter, strict=True):
        if x is None or y is None:
            sizes.append(_broadcast_unknown(x, y))
        elif x == y or y == 1:
            sizes.append(x)
        elif x == 1:
            sizes.append(y)
        else:
            raise InvalidArgumentError(
                f"{name} expected shapes whose sizes, from the last axis on, are equal or 1. "
                f"Received: incompatible shapes {format_sizes(a)} and {format_sizes(b)}"
            )
    return tuple(sizes)


def _broadcast_unknown(x: int | None, y: int | None) -> int | None:
    """A known size above 1 wins over an unknown one, which must be equal to it or 1."""
    known = y if x is None else x
    return known if known is not None and known > 1 else None


def reshaped_sizes(sizes: Any, shape: Any) -> Any:
    """The sizes that elements have in another shape, in which -1 stands for what remains."""
    known = prod(n for n in shape if n not in (-1, None))
    total = None if sizes is None or None in sizes else prod(sizes)
    if shape.count(-1) > 1 or any(n is not None and n < -1 for n in shape):
        raise InvalidArgumentError(
            f"reshape expected sizes of at least 0, and -1 at most once. Received: shape={shape}"
        )
    if total == 0 and known == 0 and -1 in shape:
        return filled_in(sizes, shape)
    if -1 in shape and total is not None and not (known and total % known == 0):
        raise InvalidArgumentError(
            f"reshape expected a shape whose known sizes divide the {total} elements of the "
            f"tensor. Received: tensor.shape={format_sizes(sizes)}, shape={shape}"
        )
    if -1 not in shape and None not in shape and total is not None and known != total:
        raise InvalidArgumentError(
            f"reshape expected a shape for {total} elements. "
            f"Received: tensor.shape={format_sizes(sizes)}, shape={shape}, which has {known}"
        )
    rest = None if total is None or known == 0 else total // known
    return tuple(rest if n == -1 else n for n in shape)


def filled_in(sizes: Any, shape: Any) -> Any:
    """A shape with zeros, of no elements, in which the other sizes decide what -1 stands for."""
    rest = prod(filter(None, sizes)) // prod(n for n in shape if n > 0)
    return tuple(rest if n == -1 else n for n in shape)


class TensorShape:
    """The shape of a tensor, of which the rank or some sizes may be unknown."""

    __slots__ = ("sizes",)

    sizes: Sizes

    def __init__(self, dims: Any) -> None:
        self.sizes = as_sizes(dims)

    @classmethod
    def of(cls, sizes: Sizes) -> TensorShape:
        """Make a shape of sizes that are known to be right."""
        shape = object.__new__(cls)
        shape.sizes = sizes
        return shape

    @property
    def dims(self) -> list[int | None] | None:
        """The sizes as a list, None for an unknown rank."""
        return None if self.sizes is None else list(self.sizes)

    @property
    def rank(self) -> int | None:
        """The number of axes, None where it is unknown."""
        return None if self.sizes is None else len(self.sizes)

    @property
    def ndims(self) -> int | None:
        """The number of axes, None where it is unknown."""
        return self.rank

    def as_list(self) -> list[int | None]:
        """The sizes as a list, in which unknown ones are None."""
        return list(self._known("TensorShape.as_list"))

    def num_elements(self) -> int | None:
        """The number of elements, None where it is unknown."""
        return count(self.sizes)

    def is_fully_defined(self) -> bool:
        """Whether the rank and every size are known."""
        return is_fully_defined(self.sizes)

    def is_compatible_with(self, other: Any) -> bool:
        """Whether one shape can be both this and `other`."""
        return are_compatible(self.sizes, as_sizes(other))

    def merge_with(self, other: Any) -> TensorShape:
        """The shape that knows what this one knows and what `other` knows."""
        return TensorShape.of(merge_sizes(self.sizes, as_sizes(other), "TensorShape.merge_with"))

    def concatenate(self, other: Any) -> TensorShape:
        """The axes of this shape, then those of `other`."""
        sizes = as_sizes(other)
        if self.sizes is None or sizes is None:
            return TensorShape.of(None)
        return TensorShape.of(self.sizes + sizes)

    def with_rank(self, rank: int | None) -> TensorShape:
        """This shape, known to have `rank` axes."""
        if rank is None:
            return self
        wanted = (None,) * rank
        if not are_compatible(self.sizes, wanted):
            raise self._wrong_rank("with_rank", f"rank {rank}")
        return TensorShape.of(merge_sizes(self.sizes, wanted))

    def with_rank_at_least(self, rank: int) -> TensorShape:
        """This shape, unless it is known to have fewer than `rank` axes."""
        if self.sizes is not None and len(self.sizes) < rank:
            raise self._wrong_rank("with_rank_at_least", f"rank {rank} or more")
        return self

    def with_rank_at_most(self, rank: int) -> TensorShape:
        """This shape, unless it is known to have more than `rank` axes."""
        if self.sizes is not None and len(self.sizes) > rank:
            raise self._wrong_rank("with_rank_at_most", f"rank {rank} or less")
        return self

    def assert_has_rank(self, rank: int) -> None:
        """Raise a ValueError unless the shape can have `rank` axes."""
        if self.rank not in (None, rank):
            raise self._wrong_rank("assert_has_rank", f"rank {rank}")

    def assert_same_rank(self, other: Any) -> None:
        """Raise a ValueError unless the shape can have as many axes as `other`."""
        other = TensorShape(other)
        if other.rank is not None and self.rank not in (None, other.rank):
            raise self._wrong_rank("assert_same_rank", f"the rank of {other}")

    def assert_is_compatible_with(self, other: Any) -> None:
        """Raise a ValueError unless one shape can be both this and `other`."""
        merge_sizes(self.sizes, as_sizes(other), "TensorShape.assert_is_compatible_with")

    def assert_is_fully_defined(self) -> None:
        """Raise a ValueError unless the rank and every size are known."""
        if not self.is_fully_defined():
            raise ValueError(
                "TensorShape.assert_is_fully_defined expected a shape without unknown sizes. "
                f"Received: {self}"
            )

    def most_specific_compatible_shape(self, other: Any) -> TensorShape:
        """The shape that knows only what this one and `other` agree on."""
        sizes = as_sizes(other)
        if self.sizes is None or sizes is None or len(self.sizes) != len(sizes):
            return TensorShape.of(None)
        return TensorShape.of(
            tuple([x if x == y else None for x, y in zip(self.sizes, sizes, strict=True)])
        )

    def most_specific_common_supertype(self, others: Iterable[Any]) -> TensorShape | None:
        """The most that is known of all the shapes, None if one of `others` is no shape."""
        shape = self
        for other in others:
            if not isinstance(other, TensorShape):
                return None
            shape = shape.most_specific_compatible_shape(other)
        return shape

    def is_subtype_of(self, other: Any) -> bool:
        """Whether each shape that this one allows is allowed by the TensorShape `other`."""
        if not isinstance(other, TensorShape):
            return False
        if self.sizes is None or other.sizes is None:
            return other.sizes is None
        return len(self.sizes) == len(other.sizes) and all(
            y is None or x == y for x, y in zip(self.sizes, other.sizes, strict=True)
        )

    def _known(self, name: str) -> tuple[int | None, ...]:
        if self.sizes is None:
            raise ValueError(f"{name} needs a shape of known rank. Received: {self!r}")
        return self.sizes

    def _wrong_rank(self, method: str, wanted: str) -> ValueError:
        return ValueError(f"TensorShape.{method} expected a shape of {wanted}. Received: {self}")

    def __getitem__(self, key: Any) -> Any:
        """A size as an int or None; of a slice, a TensorShape."""
        is_slice = key.__class__ is slice
        sizes: Any = self.sizes
        if sizes is None:
            return TensorShape.of(_slice_of_unknown(key)) if is_slice else None
        return TensorShape.of(sizes[key]) if is_slice else sizes[key]

    def __iter__(self) -> Iterator[int | None]:
        return iter(self._known("iter() of a TensorShape"))

    def __len__(self) -> int:
        return len(self._known("len() of a TensorShape"))

    def __bool__(self) -> bool:
        """Whether the rank is known."""
        return self.sizes is not None

    def __reversed__(self) -> Iterator[int | None]:
        return reversed(self._known("reversed() of a TensorShape"))

    def index(self, size: int | None, *bounds: int) -> int:
        """The first axis of `size`, between `bounds` where they are given, as of a tuple."""
        return self._known("TensorShape.index").index(size, *bounds)

    def count(self, size: int | None) -> int:
        """How many axes have `size`."""
        return self._known("TensorShape.count").count(size)

    def as_literal(self) -> Any:
        """The sizes with the dtype that they have as a tensor: int32 where they fit."""
        if not self.is_fully_defined():
            raise ValueError(
                f"TensorShape needs all sizes to become a tensor. Received: {self!r}. "
                "Use tf.shape(tensor), which is a tensor."
            )
        sizes: list[Any] = self.as_list()
        return sizes, "int64" if max(sizes, default=0) >= 2**31 else "int32"

    def __add__(self, other: Any) -> TensorShape:
        return self.concatenate(other)

    def __radd__(self, other: Any) -> TensorShape:
        return TensorShape(other).concatenate(self)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, TensorShape):
            return self.sizes == other.sizes
        given: Any = other
        try:
            return self.sizes == as_sizes(given)
        except (TypeError, ValueError):
            is_sequence = isinstance(given, _sequence_types)
            return self.sizes == tuple(given) if is_sequence else NotImplemented

    def __hash__(self) -> int:
        return hash(self.sizes)

    def __repr__(self) -> str:
        return f"TensorShape({self.dims})"

    def __str__(self) -> str:
        return format_sizes(self.sizes)


# What takes sequences then takes shapes too, `match` statements among them.
_sequence: Any = collections.abc.Sequence
_sequence.register(TensorShape)


def _slice_of_unknown(key: Any) -> Sizes:
    """The sizes that a slice of unknown ones has: their number is known between two positions."""
    if key.step is not None:
        raise ValueError(
            f"TensorShape[...] of unknown rank needs a slice without a step. Received: {key}"
        )
    start = 0 if key.start is None else index(key.start)
    if key.stop is None or start < 0 or index(key.stop) < 0:
        return None
    return (None,) * (index(key.stop) - start)
