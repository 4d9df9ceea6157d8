"""Where windows lie along axes: what convolution and pooling share.

A padding has a pair (before, after) for each axis. None is TensorFlow's "SAME", which needs the
sizes: as much padding, more of it after, as lets size / stride windows fit, rounded up.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from eagre.core.errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_FEW_TAPS = 64

Place = tuple[Any, Any, Any]
"""The number of windows along an axis and the padding before and after; None where unknown."""


class Windows:
    """Windows of one size at regular places along some axes, the first of which is `first_axis`.

    `name` begins the message when they do not fit into `sizes`, in which None is an unknown size.
    """

    __slots__ = (
        "counts", "dilations", "first_axis", "is_padded", "made", "places", "strides", "window"
    )

    window: Any
    strides: Any
    dilations: Any
    places: list[Place]
    counts: tuple[Any, ...]
    """How many windows there are along each axis."""
    is_padded: bool
    made: Any
    """The taps, once they have been asked for, where they are few."""

    def __init__(
        self,
        name: str,
        sizes: Any,
        window: Any,
        *,
        strides: Any,
        padding: Any,
        dilations: Any,
        first_axis: int,
    ) -> None:
        given: Any = (("window", window), ("strides", strides), ("dilations", dilations))
        for word, numbers in given:
            if len(numbers) != len(sizes) or any(n is not None and n < 1 for n in numbers):
                raise InvalidArgumentError(
                    f"{name} expected {len(sizes)} sizes of at least 1. Received: {word}={numbers}"
                )
        self.window = window
        self.strides = strides
        self.dilations = dilations
        self.first_axis = first_axis
        self.made = None
        pairs = _checked_padding(name, padding, len(sizes))
        self.places = [
            _place(name, axis, *each)
            for axis, each in enumerate(zip(sizes, window, strides, pairs, dilations, strict=True))
        ]
        self.counts = tuple([count for count, _, _ in self.places])
        self.is_padded = any(before or after for _, before, after in self.places)

    def padded_sizes(self, sizes: Any) -> tuple[int, ...]:
        """The sizes of an array with the padding."""
        grown = list(sizes)
        for axis, (_, before, after) in enumerate(self.places, start=self.first_axis):
            grown[axis] += before + after
        return tuple(grown)

    def inside(self, sizes: Any) -> tuple[slice, ...]:
        """The key of the part of a padded array that is not padding."""
        return (slice(None),) * self.first_axis + tuple(
            slice(before, before + sizes[axis])
            for axis, (_, before, _) in enumerate(self.places, start=self.first_axis)
        )

    def padded(self, x: Any, value: Any = 0) -> Any:
        """The array with the padding; itself where there is none."""
        if not self.is_padded:
            return x
        sizes = self.padded_sizes(x.shape)
        result = np.zeros(sizes, x.dtype) if value == 0 else np.full(sizes, value, x.dtype)
        result[self.inside(x.shape)] = x
        return result

    def taps(self) -> Iterable[tuple[tuple[int, ...], tuple[slice, ...]]]:
        """Each position within a window, in row-major order, and its key.

        `padded[key]` has the element at that position of each window.
        """
        if self.made is None:
            if prod(self.window) > _FEW_TAPS:
                return self._made_taps()
            self.made = tuple(self._made_taps())
        return self.made

    def _made_taps(self) -> Iterator[tuple[tuple[int, ...], tuple[slice, ...]]]:
        lead = (slice(None),) * self.first_axis
        for tap in product(*map(range, self.window)):
            keys = map(_tap_key, tap, self.strides, self.places, self.dilations)
            yield tap, (*lead, *keys)


known_windows = lru_cache(maxsize=256)(Windows)
"""`Windows`, kept for sizes that come again: laying them out takes longer than a small kernel."""


def _tap_key(tap: int, stride: int, place: Place, dilation: int) -> slice:
    start, count = tap * dilation, place[0]
    return slice(start, start + (count - 1) * stride + 1, stride) if count else slice(0, 0)


def _checked_padding(name: str, padding: Any, rank: int) -> Any:
    if padding is None:
        return (None,) * rank
    if len(padding) == rank and all(len(pair) == 2 and min(pair) >= 0 for pair in padding):
        return padding
    raise InvalidArgumentError(
        f"{name} expected a padding of {rank} pairs of sizes of at least 0. "
        f"Received: padding={padding}"
    )


def _place(
    name: str, axis: int, size: Any, window: Any, stride: int, padding: Any, dilation: int
) -> Place:
    if padding is None:
        return _same_place(size, window, stride, dilation)
    before, after = padding
    if size is None or window is None:
        return None, before, after
    span = (window - 1) * dilation + 1
    room = size + before + after - span + stride
    # One stride too short counts as no window, as in TensorFlow; more is an error.
    if room <= -stride:
        raise InvalidArgumentError(
            f"{name} expected windows that fit into the padded input. Received: a window over "
            f"{span} elements for a size of {size + before + after} along window axis {axis}"
        )
    return max(room, 0) // stride, before, after


def _same_place(size: Any, window: Any, stride: int, dilation: int) -> Place:
    if size is None:
        return None, None, None
    count = -(-size // stride)
    if window is None:
        return count, None, None
    total = max((count - 1) * stride + (window - 1) * dilation + 1 - size, 0)
    return count, total // 2, total - total // 2
