"""Tensors that TensorFlow has divided: the parts, and the names under which an index has them.

The entry of a divided tensor lists its slices: for each axis a start and a length, which is left
out where the axis is whole. The name of a slice's own entry is that list in an order-preserving
code, after the tensor's name. Damaged bytes raise a ValueError.
"""

from __future__ import annotations

from math import prod
from typing import NamedTuple

import numpy as np

from eagre.core.wire_format import Message, read_fields

SLICE = b"\0"
"""With this begin the names of slices."""

_EXTENT, _START, _LENGTH = 1, 1, 2
_WHOLE = -1
_SLICES = 10_000


class Slice(NamedTuple):
    """A part of a tensor: its name in the index, and where it begins and ends on each axis."""

    key: bytes
    starts: tuple[int, ...]
    stops: tuple[int, ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        """The shape of the part."""
        return tuple(stop - start for start, stop in zip(self.starts, self.stops, strict=True))

    @property
    def index(self) -> tuple[slice, ...]:
        """Where the part stands in the whole."""
        return tuple(map(slice, self.starts, self.stops))


def read_slices(messages: list[bytes], name: bytes, sizes: tuple[int, ...]) -> tuple[Slice, ...]:
    """The slices of a tensor, which do not overlap and are all of it."""
    if len(messages) > _SLICES:
        raise ValueError(f"{len(messages)} parts of {name!r:.80}, more than {_SLICES}")
    found = tuple(_slice(message, name, sizes) for message in messages)
    if sum(prod(each.sizes) for each in found) != prod(sizes):
        raise ValueError(f"{len(found)} parts of {name!r:.80}, which are not the whole of {sizes}")
    _check_apart(found, name)
    return found


def _slice(message: bytes, name: bytes, sizes: tuple[int, ...]) -> Slice:
    extents = [_extent(each) for each in Message(message).all_bytes(_EXTENT)]
    if len(extents) != len(sizes):
        raise ValueError(f"a part of {name!r:.80} with {len(extents)} axes of {len(sizes)}")
    starts = tuple(start for start, _ in extents)
    stops = tuple(
        size if length == _WHOLE else start + length
        for (start, length), size in zip(extents, sizes, strict=True)
    )
    if any(
        not start <= stop <= size for start, stop, size in zip(starts, stops, sizes, strict=True)
    ):
        raise ValueError(f"a part of {name!r:.80} from {starts} to {stops} of {sizes}")
    return Slice(slice_key(name, extents), starts, stops)


def _extent(message: bytes) -> tuple[int, int]:
    has_length = any(number == _LENGTH for number, _ in read_fields(message))
    fields = Message(message)
    return fields.integer(_START), fields.integer(_LENGTH) if has_length else _WHOLE


def _check_apart(slices: tuple[Slice, ...], name: bytes) -> None:
    """Refuse slices that overlap: as many elements as the whole has would then leave a gap."""
    full = [each for each in slices if prod(each.sizes)]
    starts = np.array([each.starts for each in full]).reshape(len(full), -1)
    stops = np.array([each.stops for each in full]).reshape(len(full), -1)
    for number, part in enumerate(full):
        later = slice(number + 1, None)
        if ((starts[later] < part.stops) & (stops[later] > part.starts)).all(axis=1).any():
            raise ValueError(f"parts of {name!r:.80} that overlap, at {part.starts}")


def slice_key(name: bytes, extents: list[tuple[int, int]]) -> bytes:
    """The name of a slice in an index.

    >>> from eagre.state.checkpoint.tensor_slices import slice_key
    >>> slice_key(b"v", [(0, 1), (200, -1)])
    b'\\x00v\\x00\\x01\\x01\\x02\\x80\\x81\\xc0\\xc8\\x7f'
    """
    escaped = b"".join(_ESCAPES.get(byte, bytes([byte])) for byte in name)
    numbers = b"".join(_signed(start) + _signed(length) for start, length in extents)
    return SLICE + escaped + b"\0\1" + _unsigned(len(extents)) + numbers


_ESCAPES = {0: b"\0\xff", 255: b"\xff\0"}


def _unsigned(value: int) -> bytes:
    size = (value.bit_length() + 7) // 8
    return bytes([size]) + value.to_bytes(size, "big")


def _signed(value: int) -> bytes:
    """Seven bits to a byte, in front of them as many ones as there are bytes."""
    size = (value if value >= 0 else ~value).bit_length() // 7 + 1
    ones = (1 << size) - 1 << 7 * size
    return (value % (1 << 8 * size) ^ ones).to_bytes(size, "big")
