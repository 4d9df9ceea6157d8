"""Dense features of SequenceExamples: of the context, and of each step."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core.errors import InvalidArgumentError
from eagre.core.wire_format import Message
from eagre.files.example_fields import BYTES, FLOATS, INTEGERS, feature, features_in, map_of
from eagre.files.examples import Wanted, checked

_DTYPES: dict[int, Any] = {BYTES: object, FLOATS: np.float32, INTEGERS: np.int64}
_NOTHING: dict[int, Any] = {BYTES: b"", FLOATS: 0, INTEGERS: 0}


class SequenceParser:
    """Reads the same features of SequenceExamples.

    Args:
        context: features of the whole sequence.
        steps: features of each step; with `has_default` one may be missing in all steps.
    """

    __slots__ = ("context", "steps")
    __name__ = "features"

    def __init__(self, context: tuple[Wanted, ...], steps: tuple[Wanted, ...]) -> None:
        self.context, self.steps = context, steps

    def __repr__(self) -> str:
        return f"{{{', '.join(map(repr, self.context))}}}, {{{', '.join(map(repr, self.steps))}}}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SequenceParser):
            return NotImplemented
        return (self.context, self.steps) == (other.context, other.steps)

    def __hash__(self) -> int:
        return hash((self.context, self.steps))

    def __call__(
        self, records: list[bytes], defaults: Any, name: str, is_single: bool
    ) -> list[Any]:
        """For each feature of the context an array of rows, then for those of the steps, then for
        these the number of steps of each row."""
        rows = [
            self._one(record, f"{name} expected", "" if is_single else f" in record {number}")
            for number, record in enumerate(records)
        ]
        given = iter(defaults)
        found: list[Any] = []
        for place, wanted in enumerate(self.context):
            default = next(given) if wanted.has_default else None
            found.append(self._context_rows(wanted, [row[0][place] for row in rows], default))
        counts: list[Any] = []
        for place, wanted in enumerate(self.steps):
            values = [row[1][place] for row in rows]
            counts.append(np.array([len(each) for each in values], np.int64))
            found.append(_padded(wanted, values))
        return [*found, *counts]

    def _context_rows(self, wanted: Wanted, values: list[Any], default: Any) -> Any:
        whole = np.empty((len(values), *wanted.shape), _DTYPES[wanted.kind])
        for row, (kind, value) in enumerate(values):
            whole[row] = value.reshape(wanted.shape) if kind else default
        return whole

    def _one(self, record: bytes, expected: str, where: str) -> tuple[list[Any], list[Any]]:
        try:
            message = Message(record)
            context = features_in(b"".join(message.all_bytes(1)))
            lists = {
                key: [feature(each) for each in Message(content).all_bytes(1)]
                for key, content in map_of(b"".join(message.all_bytes(2))).items()
            }
        except ValueError as error:
            raise InvalidArgumentError(
                f"{expected} the bytes of a tf.train.SequenceExample{where}. Received: "
                f"{record!r:.60}: {error}"
            ) from None
        first = [
            checked(wanted, context.get(wanted.key.encode(), (0, [])), expected, where, context)
            for wanted in self.context
        ]
        steps = [_steps(wanted, lists, expected, where) for wanted in self.steps]
        return first, steps


def _steps(wanted: Wanted, lists: Any, expected: str, where: str) -> list[Any]:
    """The values of a feature in each step."""
    found = lists.get(wanted.key.encode())
    if found is None:
        if not wanted.has_default:
            keys = [key.decode("utf-8", "replace") for key in lists]
            raise InvalidArgumentError(
                f"{expected} feature list {wanted.key!r}{where}. Received: an example with "
                f"{f'feature lists {keys!r:.100}' if keys else 'no feature lists'}. "
                "allow_missing=True lets it be empty."
            )
        return []
    steps: list[Any] = []
    for number, value in enumerate(found):
        place = f"{where} in step {number}"
        steps.append(checked(wanted, value, expected, place, {wanted.key.encode(): value})[1])
    missing = next((number for number, step in enumerate(steps) if step is None), None)
    if missing is not None:
        raise InvalidArgumentError(
            f"{expected} values in feature list {wanted.key!r}{where}. "
            f"Received: a step {missing} without values"
        )
    return [step.reshape(wanted.shape) for step in steps]


def _padded(wanted: Wanted, values: list[Any]) -> Any:
    """The steps of each row, filled up to the longest of them."""
    longest = max(map(len, values), default=0)
    whole = np.empty((len(values), longest, *wanted.shape), _DTYPES[wanted.kind])
    whole[...] = _NOTHING[wanted.kind]
    for row, steps in enumerate(values):
        for number, step in enumerate(steps):
            whole[row, number] = step
    return whole
