"""Dense features of many serialized Examples, as arrays with a row for each."""

from __future__ import annotations

from functools import lru_cache
from itertools import compress
from math import prod
from typing import Any, NamedTuple

import numpy as np

from eagre.core.errors import InvalidArgumentError
from eagre.files.example_fields import BYTES, FLOATS, INTEGERS, KINDS, features_of
from eagre.files.example_layouts import Layout, matrix_of
from eagre.files.example_orders import Order

_DTYPES: dict[int, Any] = {BYTES: object, FLOATS: np.float32, INTEGERS: np.int64}
_MOST_LAYOUTS = 256
_ENOUGH_FOR_COLUMNS = 16
_MOST_ORDERS = 8
_NOTHING: tuple[int, Any] = (0, None)


class Wanted(NamedTuple):
    """A dense feature that is asked for.

    `shape` is that of the values of one example, or with `is_sequence` that of one step of it.
    """

    key: str
    kind: int
    shape: tuple[int, ...]
    has_default: bool
    is_sequence: bool = False

    def __repr__(self) -> str:
        several = "*" if self.is_sequence else ""
        sizes = ", ".join(map(str, self.shape))
        return f"{self.key}: {KINDS[self.kind]}{several}[{sizes}]"


@lru_cache(64)
def parser_of(features: tuple[Wanted, ...]) -> ExampleParser:
    """The parser for these features, which knows the layouts that it has met."""
    return ExampleParser(features)


class ExampleParser:
    """Reads the same features of many Examples.

    Args:
        features: what is read of each.
    """

    __slots__ = ("_keys", "_layouts", "_orders", "features")
    __name__ = "features"

    def __init__(self, features: tuple[Wanted, ...]) -> None:
        self.features = features
        self._keys = [feature.key.encode() for feature in features]
        self._layouts: dict[int, list[Layout]] = {}
        self._orders: list[Order] = []

    def __repr__(self) -> str:
        return "{" + ", ".join(map(repr, self.features)) + "}"

    def __call__(
        self, records: list[bytes], defaults: Any, name: str, is_single: bool
    ) -> list[Any]:
        """For each feature an array, a row for each record.

        Args:
            records: serialized Examples.
            defaults: for each feature the array that stands for one that is missing, or None.
            name: what messages begin with.
            is_single: whether there is one record, which messages then do not number.
        """
        pieces = self._pieces(records, name, is_single)
        found = zip(self.features, defaults, range(len(defaults)), strict=True)
        return [
            self._assembled(feature, default, [(rows, values[place]) for rows, values in pieces],
                            len(records))
            for feature, default, place in found
        ]  # fmt: skip

    # From records to pieces: rows, and for each feature the values for these ------------------

    def _pieces(self, records: list[bytes], name: str, is_single: bool) -> list[Any]:
        groups: dict[int, list[int]] = {}
        for number, record in enumerate(records):
            groups.setdefault(len(record), []).append(number)
        pieces: list[Any] = []
        rest: list[int] = []
        for rows in groups.values():
            is_many = len(rows) >= _ENOUGH_FOR_COLUMNS
            rest += self._by_layouts(records, rows, pieces) if is_many else rows
        rest = self._by_orders(records, sorted(rest), pieces)
        for number in rest:
            where = "" if is_single else f" in record {number}"
            pieces.append(([number], self._one(records[number], f"{name} expected", where)))
        return pieces

    def _by_layouts(self, records: list[bytes], rows: list[int], pieces: list[Any]) -> list[int]:
        """Read rows of one length that have a layout in common; those that are left."""
        length = len(records[rows[0]])
        known = self._layouts.setdefault(length, [])
        left = rows
        for place in range(_MOST_ORDERS):
            if not left:
                break
            if place == len(known):
                layout = Layout.of(records[left[0]])
                if layout is None:
                    break
                self._remember(length, known, layout)
            left = self._by_layout(known[place], records, left, pieces)
        return left

    def _remember(self, length: int, known: list[Layout], layout: Layout) -> None:
        if sum(map(len, self._layouts.values())) >= _MOST_LAYOUTS:
            # Several threads may read with this parser: lists that they hold only grow.
            self._layouts = {length: known}
        known.append(layout)

    def _by_layout(
        self, layout: Layout, records: list[bytes], rows: list[int], pieces: list[Any]
    ) -> list[int]:
        chosen = records if len(rows) == len(records) else [records[row] for row in rows]
        matrix = matrix_of(chosen)
        fits = layout.fits(matrix)
        if fits.all():
            good, left = rows, list[int]()
        else:
            good = [row for row, fit in zip(rows, fits.tolist(), strict=True) if fit]
            left = [row for row, fit in zip(rows, fits.tolist(), strict=True) if not fit]
            chosen, matrix = [records[row] for row in good], matrix[fits]
        if not good:
            return left
        values = [layout.values(key, chosen, matrix) for key in self._keys]
        if not all(map(self._is_right, self.features, values)):
            return rows
        pieces.append((good, values))
        return left

    def _by_orders(self, records: list[bytes], rows: list[int], pieces: list[Any]) -> list[int]:
        """Read rows that have a known order of features; what is left."""
        for place in range(_MOST_ORDERS):
            if not rows:
                break
            if place == len(self._orders):
                order = Order.of(records[rows[0]], self._keys)
                if order is None:
                    break
                self._orders.append(order)
            chosen = records if len(rows) == len(records) else [records[row] for row in rows]
            flags, by_key = self._orders[place].values(chosen)
            values = [by_key.get(key, _NOTHING) for key in self._keys]
            if by_key and all(map(self._is_right, self.features, values)):
                pieces.append((list(compress(rows, flags)), values))
                rows = [row for row, good in zip(rows, flags, strict=True) if not good]
        return rows

    def _is_right(self, feature: Wanted, value: tuple[int, Any]) -> bool:
        """Whether values need no further look: errors are worded record by record."""
        kind, rows = value
        if not kind:
            return feature.has_default or feature.is_sequence
        if kind != feature.kind:
            return False
        counts = [rows.shape[1]] if isinstance(rows, np.ndarray) else map(len, rows)
        size = prod(feature.shape)
        if feature.is_sequence:
            return all(not count if not size else count % size == 0 for count in counts)
        return all(count == size for count in counts)

    def _one(self, record: bytes, expected: str, where: str) -> list[Any]:
        """The values of one record, read field by field."""
        try:
            found = features_of(record)
        except ValueError as error:
            raise InvalidArgumentError(
                f"{expected} the bytes of a tf.train.Example{where}. Received: {record!r:.60}: "
                f"{error}"
            ) from None
        return [
            checked(feature, found.get(key, (0, [])), expected, where, found)
            for feature, key in zip(self.features, self._keys, strict=True)
        ]

    def _assembled(self, feature: Wanted, default: Any, pieces: Any, count: int) -> Any:
        """The array for a feature, with what is missing filled in."""
        if feature.is_sequence:
            return padded(feature, default, pieces, count)
        shape = (count, *feature.shape)
        first_kind, first = pieces[0][1] if len(pieces) == 1 else (0, None)
        if first_kind and isinstance(first, np.ndarray):
            return first.reshape(shape)
        whole = np.empty(shape, _DTYPES[feature.kind])
        for rows, (kind, values) in pieces:
            if kind:
                values = values if isinstance(values, np.ndarray) else np.stack(values)
            whole[rows] = values.reshape(len(rows), *feature.shape) if kind else default
        return whole


def checked(feature: Wanted, value: Any, expected: str, where: str, found: Any) -> tuple[int, Any]:
    """The values of a feature of one record as an array of one row, if they fit."""
    kind, values = value
    if not kind:
        if not feature.has_default and not feature.is_sequence:
            keys = [key.decode("utf-8", "replace") for key in found]
            raise InvalidArgumentError(
                f"{expected} feature {feature.key!r}{where}, for it has no default_value. "
                f"Received: an example with {f'features {keys!r:.100}' if keys else 'no features'}"
            )
        return 0, None
    if kind != feature.kind:
        raise InvalidArgumentError(
            f"{expected} feature {feature.key!r} of {KINDS[feature.kind]}{where}. "
            f"Received: values of {KINDS[kind]}"
        )
    size, count = prod(feature.shape), len(values)
    is_right = count == size
    if feature.is_sequence:
        is_right = not count if not size else count % size == 0
    if not is_right:
        several = "a multiple of " if feature.is_sequence else ""
        raise InvalidArgumentError(
            f"{expected} {several}{size} values in feature {feature.key!r}{where}, for its shape "
            f"is {list(feature.shape)}. Received: {count} values"
        )
    row = np.empty((1, count), _DTYPES[kind])
    row[0] = values
    return kind, row


def padded(feature: Wanted, default: Any, pieces: Any, count: int) -> Any:
    """Sequences of a batch, filled up with the default to the longest of them."""
    size = prod(feature.shape) or 1
    found = [(row, each) for rows, (kind, values) in pieces if kind
             for row, each in zip(rows, values, strict=True)]  # fmt: skip
    longest = max([len(values) // size for _, values in found], default=0)
    whole = np.empty((count, longest, *feature.shape), _DTYPES[feature.kind])
    whole[...] = default
    for row, values in found:
        whole[row, : len(values) // size] = values.reshape(-1, *feature.shape)
    return whole
