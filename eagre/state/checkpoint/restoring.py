"""A restore: check everything, read everything, then put all values in place, or none.

What the checkpoint holds for parts that do not exist yet waits for them (see `waiting.py`).
"""

from __future__ import annotations

import os
import weakref
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from math import prod
from typing import TYPE_CHECKING, Any

from eagre.core import ambient
from eagre.core.caller import Called
from eagre.core.errors import InvalidArgumentError, NotFoundError, OpError
from eagre.core.tensor import wrap
from eagre.state.checkpoint.difference import difference_of_program, taken_of
from eagre.state.checkpoint.matching import Matching
from eagre.state.checkpoint.object_graph import VALUE
from eagre.state.checkpoint.program import Program, array_of
from eagre.state.checkpoint.waiting import wait
from eagre.state.variable import Variable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eagre.state.checkpoint.difference import Difference
    from eagre.state.checkpoint.matching import Pair
    from eagre.state.checkpoint.program import Member
    from eagre.state.checkpoint.reader import Reader

_THREADS = min(4, os.cpu_count() or 1)
_LARGE = 1 << 18
"""Elements of a tensor that is worth a call in another thread."""
_FIT = "Make the variable fit, or give it another name."
_PART = "To restore a part, pass partial=True, or set tf.train.Checkpoint.strict = False."

OPTIONAL = frozenset({"save_counter"})
"""What a checkpoint makes for itself: files that were written without it lack nothing."""


class Restoration:
    """One checkpoint on its way into one program."""

    def __init__(self, root: Any, reader: Reader) -> None:
        # What waits for an object must not keep it, nor the whole that it is a part of.
        self.root = weakref.ref(root)
        self.reader = reader
        self.taken: set[str] = set()
        """The names of the tensors that have found their place."""
        self._nodes: dict[int, tuple[Any, int]] = {}
        """By `id` of a variable that was filled: a reference to it, and its node."""
        self._restored: list[Any] = []

    def start(self, allows_missing: bool) -> None:
        """Fill what exists now."""
        matching = Matching(Program(self.root()), self.reader.nodes)
        pairs = matching.pairs(self.reader)
        self._check(pairs, allows_missing, Called("restore"))
        self._fill(matching, pairs)

    def fill_new(self, value: Any, node: int, path: str) -> Any:
        """Fill an object that has appeared in the place of a node; returns what to keep of it."""
        matching = Matching(Program(value, path), self.reader.nodes, node, self.node_of)
        pairs = [pair for pair in matching.pairs(self.reader) if not self._has_filled(pair)]
        self._check(pairs, True, "restore")
        return self._fill(matching, pairs)

    def node_of(self, variable: Variable) -> int | None:
        """The node of a variable that was filled."""
        reference, node = self._nodes.get(id(variable), (None, -1))
        return node if reference is not None and reference() is variable else None

    def _has_filled(self, pair: Pair) -> bool:
        held = pair.member.object if pair.member else None
        if isinstance(held, Variable):
            return self.node_of(held) is not None
        return any(held is each() for each in self._restored)

    def _check(self, pairs: list[Pair], allows_missing: bool, name: str) -> None:
        misfits = sum(pair.key is not None and not pair.fits for pair in pairs)
        missing = sum(
            pair.key is None and not pair.fits and pair.name not in OPTIONAL for pair in pairs
        )
        if not misfits and (allows_missing or not missing):
            return
        table = difference_of_program(pairs, self.reader, OPTIONAL | self.taken)
        kind = InvalidArgumentError if misfits else NotFoundError
        raise kind(
            f"{name} expected a fitting value for each variable that there is. "
            f"Received: path={self.reader.path!r}, with {missing} of {len(pairs)} missing and "
            f"{misfits} of another shape or dtype. Nothing was changed.\n{table}\n"
            f"{_FIT if misfits else _PART}"
        )

    def _fill(self, matching: Matching, pairs: list[Pair]) -> Any:
        pairs = [pair for pair in pairs if pair.key is not None]
        put_in_place(self.reader, matching, pairs)
        for pair in pairs:
            self._note(pair, matching)
        self.taken |= taken_of(pairs, self.reader)
        kept = wait(self, matching)
        if not self.pending():
            self.reader.close()
        return kept

    def _note(self, pair: Pair, matching: Matching) -> None:
        assert pair.member is not None
        held = pair.member.object
        if isinstance(held, Variable):
            node = matching.node_of_member[pair.member.number]
            self._nodes[id(held)] = weakref.ref(held), node
        else:
            self._restored.append(_reference(held))
            node = self.reader.nodes[matching.node_of_member[pair.member.number]]
            self.taken |= set(node.tensors.values())

    # What is left ------------------------------------------------------------------------------

    def difference(self) -> Difference:
        """How the program differs from the checkpoint now."""
        pairs = Matching(Program(self.root()), self.reader.nodes).pairs(self.reader)
        return difference_of_program(pairs, self.reader, OPTIONAL)

    def pending(self) -> list[str]:
        """The names of the tensors that have found no place yet."""
        known = self.taken | OPTIONAL
        return [name for name in self.reader.specs() if name not in known]

    def unfilled(self) -> list[str]:
        """The names of the variables that exist now and were not filled."""
        pairs = Matching(Program(self.root()), self.reader.nodes).pairs(self.reader)
        return [
            pair.name for pair in pairs
            if not self._has_filled(pair) and pair.name not in OPTIONAL
        ]  # fmt: skip


def _reference(value: Any) -> Any:
    try:
        return weakref.ref(value)
    except TypeError:
        return lambda: value


def put_in_place(reader: Reader, matching: Matching, pairs: list[Pair]) -> None:
    """Read all values, then assign all; when one of them fails, all are as they were."""
    variables = [pair for pair in pairs if pair.value == VALUE]
    objects = {pair.member.number: pair.member for pair in pairs
               if pair.value != VALUE and pair.member is not None}  # fmt: skip
    arrays = read_all(reader, [pair.key or "" for pair in variables])
    states = [_state_in(reader, matching, member) for member in objects.values()]
    old_states = [_state_of(member) for member in objects.values()]
    restored: list[tuple[Any, dict[str, Any]]] = []
    with ambient.outside(None):
        old = [pair.member.object.value() for pair in variables if pair.member]
        try:
            for pair, array in zip(variables, arrays, strict=True):
                pair.member.object.assign(wrap(array))  # pyright: ignore
            for member, state, before in zip(objects.values(), states, old_states, strict=True):
                restored.append((member.object, before))
                member.object.__restore__(state)
        except BaseException:
            for pair, tensor in zip(variables, old, strict=True):
                pair.member.object.assign(tensor)  # pyright: ignore
            for held, before in restored:
                held.__restore__(before)
            raise


def read_all(reader: Reader, names: list[str]) -> list[Any]:
    """Arrays in the order of their names; large ones are read side by side."""
    specs: Any = reader.specs()
    large = [name for name in names if prod(specs[name].sizes) >= _LARGE]
    found: dict[str, Any] = {}
    if len(large) > 1:
        rest = iter(large)
        with ThreadPoolExecutor(_THREADS) as pool:
            for each in [pool.submit(_read_next, reader, rest, found) for _ in range(_THREADS)]:
                each.result()
    return [found[name] if name in found else reader.read(name) for name in names]


def _read_next(reader: Reader, rest: Iterator[str], found: dict[str, Any]) -> None:
    """Read what another thread has not begun to read."""
    for name in rest:
        # What cannot be read is met again by the caller's thread, where errors have its name.
        with suppress(OpError):
            found[name] = reader.read(name)


def _state_in(reader: Reader, matching: Matching, member: Member) -> dict[str, Any]:
    """What a checkpoint gives to an object that restores itself."""
    node = reader.nodes[matching.node_of_member[member.number]]
    return {name: _plain(reader.read(key)) for name, key in node.tensors.items()}


def _state_of(member: Member) -> dict[str, Any]:
    return {
        name: _plain(array_of(value, member, name)) for name, value in member.values.items()
    }


def _plain(array: Any) -> Any:
    """An array of the receiver's own; one without axes is a NumPy scalar or bytes."""
    return array[()] if array.ndim == 0 else array.copy()
