"""Stages that watch over elements: ignore_errors, assert_cardinality, pad_to_cardinality."""

from __future__ import annotations

from threading import Lock
from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.errors import FailedPreconditionError
from eagre.core.specs import TensorSpec
from eagre.data.cursors import Course, Cursor, Element
from eagre.data.dataset import Dataset
from eagre.data.specs import INFINITE, UNKNOWN, integer
from eagre.data.trails import following


class IgnoreErrors(Dataset):
    """The elements that come without an error; `ignored` counts the errors of all passes."""

    incidental = frozenset({"_last", "_lock", "ignored"})

    def __init__(self, source: Dataset, logs: Any) -> None:
        super().__init__(source.element_spec, source, stage="ignore_errors")
        self.logs = bool(logs)
        self.ignored = 0
        self._last = ""
        self._lock = Lock()

    def size(self) -> int:
        return UNKNOWN

    def begin(self, run: Course, key: int) -> Cursor:
        return _IgnoringCursor(self, self.inputs[0].cursor(run, key))

    def told(self, error: Exception) -> None:
        """Take note of an error."""
        text = f"{type(error).__name__}: {error}"
        with self._lock:
            self.ignored += 1
            self._last = text
        if self.logs:
            import logging

            notes = "".join(f" ({note})" for note in getattr(error, "__notes__", ()))
            logging.getLogger("eagre").warning(
                "%s at %s ignored an error: %s%s", self.stage, self.line, text, notes
            )

    def detail(self) -> str:
        if not self.ignored:
            return "; no error so far"
        return f"; errors ignored: {self.ignored}, the last one {self._last:.200}"


class _IgnoringCursor(Cursor):
    __slots__ = ("_input", "_stage")

    def __init__(self, stage: IgnoreErrors, source: Cursor) -> None:
        self._stage, self._input = stage, source

    def next(self) -> Element | None:
        return following(self._input, self._stage.told)

    def state(self) -> Any:
        return self._input.state()

    def restore(self, state: Any) -> None:
        self._input.restore(state)


class AssertCardinality(Dataset):
    """Elements that are as many as was said, or an error."""

    def __init__(self, source: Dataset, expected: Any) -> None:
        super().__init__(source.element_spec, source, stage="assert_cardinality")
        self.expected = integer(expected, "assert_cardinality(expected_cardinality)", INFINITE)

    def size(self) -> int:
        return self.expected

    def element(self, index: int) -> Element:
        return self.inputs[0].element(index)

    def begin(self, run: Course, key: int) -> Cursor:
        return _AssertingCursor(self, self.inputs[0].cursor(run, key))

    def check(self, count: int, is_over: bool) -> None:
        """Refuse a number of elements that cannot be the expected one."""
        expected = self.expected
        if is_over and count == expected or not is_over and not 0 <= expected < count:
            return
        wanted = "no end" if expected == INFINITE else f"{expected} elements"
        raise FailedPreconditionError(
            f"assert_cardinality at {self.line} expected a dataset of {wanted}. Received: "
            f"{'only' if is_over else 'at least'} {count} elements"
        )


class _AssertingCursor(Cursor):
    __slots__ = ("_count", "_input", "_stage")

    def __init__(self, stage: AssertCardinality, source: Cursor) -> None:
        self._stage, self._input = stage, source
        self._count = 0

    def next(self) -> Element | None:
        element = self._input.next()
        self._count += element is not None
        self._stage.check(self._count, element is None)
        return element

    def rows(self, count: int) -> Element | None:
        found = self._input.rows(count)
        self._count += 0 if found is None else len(found[0])
        self._stage.check(self._count, found is None)
        return found

    def state(self) -> Any:
        return [self._count, self._input.state()]

    def restore(self, state: Any) -> None:
        self._count, position = state
        self._input.restore(position)


class PadToCardinality(Dataset):
    """Dictionaries with a flag more; ones of zeros, whose flag is false, come at the end."""

    def __init__(self, source: Dataset, cardinality: Any, mask_key: str) -> None:
        name = "pad_to_cardinality"
        self.length = integer(cardinality, f"{name}(cardinality)", 0)
        spec = source.element_spec
        if not isinstance(spec, dict):
            raise ValueError(
                f"{name} expected elements that are dictionaries. Received: element_spec={spec!r}"
            )
        if not 0 <= source.size() <= self.length:
            sizes = {INFINITE: "no end", UNKNOWN: "unknown length"}
            raise ValueError(
                f"{name} expected a dataset whose length is known and at most cardinality, "
                f"{self.length}. Received: {sizes.get(source.size(), source.size())}"
            )
        super().__init__(
            {**spec, mask_key: TensorSpec.of((), dtypes.bool_)}, source, stage=name
        )
        self.place = sorted(self.layout.spec).index(mask_key)
        self.replaces = mask_key in spec
        self.stage = name

    def size(self) -> int:
        return self.length

    def marked(self, element: Element) -> Element:
        """An element with its flag."""
        parts = list(element)
        if self.replaces:
            del parts[self.place]
        parts.insert(self.place, np.array(True))
        return tuple(parts)

    def nothing(self) -> Element:
        """An element of zeros."""
        return tuple([_zeros(leaf) for leaf in self.layout.leaves])

    def element(self, index: int) -> Element:
        source = self.inputs[0]
        return self.marked(source.element(index)) if index < source.size() else self.nothing()

    def begin(self, run: Course, key: int) -> Cursor:
        return _PaddingCursor(self, self.inputs[0].cursor(run, key))


def _zeros(leaf: Any) -> Any:
    sizes = tuple([size or 0 for size in leaf.sizes or ()])
    if leaf.dtype is dtypes.string:
        return np.full(sizes, b"", object)
    return np.zeros(sizes, leaf.dtype.numpy)


class _PaddingCursor(Cursor):
    __slots__ = ("_count", "_input", "_stage")

    def __init__(self, stage: PadToCardinality, source: Cursor) -> None:
        self._stage, self._input = stage, source
        self._count = 0

    def next(self) -> Element | None:
        stage = self._stage
        if self._count >= stage.length:
            return None
        element = self._input.next()
        self._count += 1
        return stage.nothing() if element is None else stage.marked(element)

    def state(self) -> Any:
        return [self._count, self._input.state()]

    def restore(self, state: Any) -> None:
        self._count, position = state
        self._input.restore(position)
