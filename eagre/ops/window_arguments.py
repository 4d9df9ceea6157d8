"""How windows are asked for: strides, paddings, dilations and the order of the axes.

Each is one number or a list, in the forms of TensorFlow, and is read into tuples of ints.
"""

from __future__ import annotations

from functools import wraps
from operator import index
from typing import TYPE_CHECKING, Any

from eagre.core.errors import InvalidArgumentError, UnimplementedError
from eagre.ops.axes import integers_of

if TYPE_CHECKING:
    from collections.abc import Callable

DATA_FORMATS = {1: ("NWC", "NCW"), 2: ("NHWC", "NCHW"), 3: ("NDHWC", "NCDHW")}
"""By the number of axes of space the formats, channels last and channels first."""

_WORDS = frozenset({int, bool, str, type(None)})
_MOST_KEPT = 256


def kept(read: Callable[..., Any]) -> Callable[..., Any]:
    """A function of arguments whose answers are kept for numbers, words and lists of ints.

    Others, which may be equal without being of one type, are read each time.
    """
    known: dict[Any, Any] = {}

    @wraps(read)
    def reading(*arguments: Any) -> Any:
        key: list[Any] = []
        for value in arguments:
            kind = value.__class__
            if kind in _WORDS:
                key.append(value)
            elif (kind is list or kind is tuple) and {*map(type, value)} == {int}:
                key.append(tuple(value))
            else:
                return read(*arguments)
        found = known.get(tuple(key))
        if found is None:
            found = read(*arguments)
            if len(known) < _MOST_KEPT:
                known[tuple(key)] = found
        return found

    return reading


def channels_are_first(data_format: Any, space: int, name: str) -> bool:
    """Whether a data format puts the channels before the axes of space."""
    last, first = DATA_FORMATS[space]
    if data_format not in (None, last, first):
        raise InvalidArgumentError(
            f"{name} expected a data_format of {last!r} or {first!r}. "
            f"Received: data_format={data_format!r}"
        )
    return data_format == first


@kept
def geometry_of(
    space: int, strides: Any, padding: Any, dilations: Any, is_first: bool, name: str
) -> dict[str, Any]:
    """The geometry of a convolution, as its primitive takes it."""
    dilations = 1 if dilations is None else dilations
    return {
        "strides": _for_space(strides, space, is_first, name, "strides"),
        "padding": _padding_of_space(padding, space, is_first, name),
        "dilations": _for_space(dilations, space, is_first, name, "dilations"),
    }


def for_all_axes(value: Any, space: int, is_first: bool, name: str, word: str) -> tuple[int, ...]:
    """One number, one for each axis of space or one for each axis, as one for each axis."""
    numbers = integers_of(value, word)
    if len(numbers) == space + 2:
        return numbers
    if len(numbers) == 1:
        numbers *= space
    if len(numbers) != space:
        raise ValueError(
            f"{name} expected {word} of length 1, {space} or {space + 2}. "
            f"Received: {word}={value} of length {len(numbers)}"
        )
    return (1, 1, *numbers) if is_first else (1, *numbers, 1)


def _for_space(value: Any, space: int, is_first: bool, name: str, word: str) -> tuple[int, ...]:
    numbers = for_all_axes(value, space, is_first, name, word)
    inside, others = _split_axes(numbers, is_first)
    if any(n != 1 for n in others):
        raise UnimplementedError(
            f"{name} expected {word} of 1 for the axes of batch and channels. "
            f"Received: {word}={value}"
        )
    return inside


def padding_for_all_axes(padding: Any, space: int, name: str) -> Any:
    """A pair for each axis; None for "SAME", whose pairs depend on the sizes."""
    if isinstance(padding, str):
        if padding in ("SAME", "VALID"):
            return None if padding == "SAME" else ((0, 0),) * (space + 2)
        raise InvalidArgumentError(
            f"{name} expected padding 'SAME', 'VALID' or a list of {space + 2} pairs. "
            f"Received: padding={padding!r}"
        )
    pairs = tuple(tuple(map(index, pair)) for pair in padding)
    if len(pairs) != space + 2 or any(len(pair) != 2 for pair in pairs):
        raise ValueError(
            f"{name} expected padding 'SAME', 'VALID' or a list of {space + 2} pairs. "
            f"Received: padding={padding}"
        )
    return pairs


def _padding_of_space(padding: Any, space: int, is_first: bool, name: str) -> Any:
    pairs = padding_for_all_axes(padding, space, name)
    if pairs is None:
        return None
    inside, others = _split_axes(pairs, is_first)
    if any(pair != (0, 0) for pair in others):
        raise InvalidArgumentError(
            f"{name} expected padding of (0, 0) for the axes of batch and channels. "
            f"Received: padding={padding}"
        )
    return inside


def _split_axes(parts: Any, is_first: bool) -> tuple[Any, Any]:
    """The parts for the axes of space, and those for batch and channels."""
    if is_first:
        return parts[2:], parts[:2]
    return parts[1:-1], (parts[0], parts[-1])
