"""Which objects of a program are which nodes of a checkpoint: by the names of parts, from above."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

from eagre.core import dtypes
from eagre.core.shapes import are_compatible
from eagre.core.specs import TensorSpec
from eagre.state.checkpoint.object_graph import VALUE
from eagre.state.checkpoint.program import array_of
from eagre.state.variable import Variable

if TYPE_CHECKING:
    from collections.abc import Callable

    from eagre.state.checkpoint.object_graph import Node
    from eagre.state.checkpoint.program import Member, Program
    from eagre.state.checkpoint.reader import Reader


class Pair(NamedTuple):
    """A value of the program and the tensor of the checkpoint that has its place."""

    name: str
    key: str | None
    spec: TensorSpec | None
    found: TensorSpec | None
    fits: bool
    member: Member | None
    value: str


class Matching:
    """The nodes of a program's members, from a first member and its node."""

    def __init__(
        self, program: Program, nodes: list[Node], start: int = 0,
        node_of: Callable[[Variable], int | None] | None = None,
    ) -> None:  # fmt: skip
        self.program, self.nodes = program, nodes
        self.node_of_member: dict[int, int] = {}
        self.rivals: dict[int, int] = {}
        """Members that have the place of a second node with another tensor."""
        self._pending = deque([(0, start)])
        while self._pending:
            self._assign(*self._pending.popleft())
        for member in program.members:
            self._assign_slots(member, node_of)

    def _assign(self, number: int, node_number: int) -> None:
        node, known = self.nodes[node_number], self.node_of_member.get(number)
        if known is not None:
            if node.tensors != self.nodes[known].tensors:
                self.rivals[number] = node_number
            return
        self.node_of_member[number] = node_number
        for name, part in self.program.members[number].children.items():
            if name in node.children:
                self._pending.append((part, node.children[name]))

    def _assign_slots(
        self, member: Member, node_of: Callable[[Variable], int | None] | None
    ) -> None:
        node = self.node_of_member.get(member.number)
        for variable, name, slot, held in member.slots if node is not None else ():
            of = self.node_of_member.get(variable)
            if of is None and node_of is not None:
                of = node_of(held)
            found = None if of is None else self.nodes[node or 0].slots.get((of, name))
            if found is not None:
                self._assign(slot, found)

    def pairs(self, reader: Reader) -> list[Pair]:
        """Each value of the program with what the checkpoint has for it."""
        specs = reader.specs()
        return [
            self._pair(member, value, specs)
            for member in self.program.members
            for value in member.values
        ]

    def _pair(self, member: Member, value: str, specs: Any) -> Pair:
        name, spec = member.name_of(value), _spec_of(member, value)
        node = self.node_of_member.get(member.number)
        key = None if node is None else self.nodes[node].tensors.get(value)
        if key is None:
            is_given = node is not None and value != VALUE and bool(self.nodes[node].tensors)
            return Pair(name, None, spec, None, is_given, member, value)
        rival = self.rivals.get(member.number)
        if rival is not None and value == VALUE:
            other = next(iter(self.nodes[rival].tensors.values()), "nothing")
            return Pair(f"{name} (shared)", key + " and " + other, spec, None, False, member, value)
        found = specs[key]
        # An object that restores itself judges its values by itself.
        fits = value != VALUE or (
            spec.dtype == found.dtype and are_compatible(spec.sizes, found.sizes)
        )
        return Pair(name, key, spec, found, fits, member, value)


def _spec_of(member: Member, value: str) -> TensorSpec:
    held = member.values[value]
    if isinstance(held, Variable):
        return TensorSpec.of(held.shape.sizes, held.dtype)
    array = array_of(held, member, value)
    return TensorSpec.of(array.shape, dtypes.from_numpy(array.dtype))
