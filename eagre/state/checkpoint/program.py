"""The graph of the objects of a program: what is reachable, and by which path."""

from __future__ import annotations

from collections import deque
from typing import Any, NamedTuple

import numpy as np

from eagre.core import dtypes
from eagre.core.caller import Called
from eagre.state.checkpoint.containers import WatchedDict, WatchedList
from eagre.state.checkpoint.object_graph import VALUE, Node, join, new_node, slot_path
from eagre.state.trackable import Trackable
from eagre.state.variable import Variable


class Slot(NamedTuple):
    """What an optimizer keeps for a variable: numbers of members, -1 for one out of reach."""

    variable: int
    name: str
    slot: int
    of: Variable


class Member:
    """An object, where it stands, and what it is made of."""

    __slots__ = ("children", "number", "object", "parent", "path", "place", "slots", "values")

    def __init__(self, number: int, value: Any, path: str, parent: Member | None, place: Any):
        self.number, self.object, self.path = number, value, path
        self.parent, self.place = parent, place
        self.children: dict[str, int] = {}
        self.values: dict[str, Any] = {}
        """A variable under `VALUE`, or what `__checkpoint__` gives besides parts."""
        self.slots: list[Slot] = []

    def name_of(self, value: str) -> str:
        """The name in a checkpoint of the tensor of one of the values."""
        return (self.path or ".") if value == VALUE else join(self.path, value)


class Program:
    """The objects that are reachable from a root, nearest first, each once."""

    def __init__(self, root: Any, path: str = "") -> None:
        self.members: list[Member] = []
        self._numbers: dict[int, int] = {}
        # What `__checkpoint__` makes anew would give its `id` to the next one.
        self._kept: list[Any] = []
        self.pending: deque[Member] = deque()
        self._add(root, path, None, None)
        while self.pending:
            self._visit(self.pending.popleft())
        for member in list(self.members):
            self._add_slots(member)

    def number_of(self, value: Any) -> int | None:
        """The number of an object, None if it is not reachable."""
        return self._numbers.get(id(value))

    def _add(self, value: Any, path: str, parent: Member | None, place: Any) -> int:
        number = self._numbers.setdefault(id(value), len(self.members))
        if number == len(self.members):
            member = Member(number, value, path, parent, place)
            self.members.append(member)
            self.pending.append(member)
        return number

    def _visit(self, member: Member) -> None:
        value = member.object
        if isinstance(value, Variable):
            member.values[VALUE] = value
            return
        for place, part in parts_of(value, self._kept):
            if is_part(part):
                name = _name_of(place, member)
                if name in member.children:
                    raise _twice(name, member)
                member.children[name] = self._add(part, join(member.path, name), member, place)
            elif has_protocol(value):
                member.values[_name_of(place or None, member)] = part

    def _add_slots(self, member: Member) -> None:
        slots = getattr(type(member.object), "__checkpoint_slots__", None)
        for variable, name, slot in slots(member.object) if slots else ():
            number = self.number_of(variable)
            # A slot of a variable that cannot be reached has no name; saving refuses it.
            home = variable.name if number is None else self.members[number].path
            path = slot_path(member.path, home, name)
            slot_number = self._add(slot, path, member, None)
            self._visit(self.members[slot_number])
            member.slots.append(Slot(-1 if number is None else number, name, slot_number, variable))


def has_protocol(value: Any) -> bool:
    """Whether an object says by itself what it is made of."""
    return hasattr(type(value), "__checkpoint__")


def is_part(value: Any) -> bool:
    """Whether a checkpoint looks into a value."""
    return isinstance(value, Variable | Trackable | list | tuple | dict | deque) or (
        has_protocol(value) and not isinstance(value, type)
    )


def parts_of(value: Any, kept: list[Any]) -> list[tuple[Any, Any]]:
    """What an object is made of: places and what stands there."""
    if has_protocol(value):
        found = value.__checkpoint__()
        kept.append(found)
        return list(found.items())
    if isinstance(value, Trackable):
        return list(vars(value).items())
    if isinstance(value, WatchedList | WatchedDict):
        value.check()
    return list(value.items() if isinstance(value, dict) else enumerate(value))


def _name_of(place: Any, member: Member) -> str:
    if isinstance(place, str | int | np.integer):
        return str(place)
    raise ValueError(
        f"{Called('save')} expected dictionaries whose keys are str or int, where they hold "
        f"variables or containers. Received: key={place!r:.80} in {member.path or 'the root'!r}"
    )


def _twice(name: str, member: Member) -> ValueError:
    return ValueError(
        f"{Called('save')} expected parts with different names. Received: {name!r} twice, as a "
        f"text and as a number, in {member.path or 'the root'!r}"
    )


# What is saved --------------------------------------------------------------------------------


class Snapshot(NamedTuple):
    """What a checkpoint is written from: arrays that nobody changes, and the graph of objects."""

    arrays: dict[str, Any]
    nodes: list[Node]


def snapshot(program: Program, skips_slots: bool = False) -> Snapshot:
    """The values of all variables now: references to arrays, which are never changed in place."""
    arrays: dict[str, Any] = {}
    nodes = [new_node(type(member.object).__name__) for member in program.members]
    for member, node in zip(program.members, nodes, strict=True):
        for name, value in member.values.items():
            key = node.tensors[name] = member.name_of(name)
            arrays[key] = array_of(value, member, name)
        node.children.update(member.children)
        for variable, name, slot, _ in member.slots:
            if variable < 0 and not skips_slots:
                raise _unreachable(member, name, program.members[slot])
            node.slots[variable, name] = slot
    if skips_slots:
        arrays = _without_slots(program, nodes, arrays)
    return Snapshot(arrays, _without_empty(nodes))


def _without_slots(
    program: Program, nodes: list[Node], arrays: dict[str, Any]
) -> dict[str, Any]:
    for member in program.members:
        for slot in member.slots:
            arrays.pop(program.members[slot.slot].path, None)
            nodes[slot.slot].tensors.clear()
        nodes[member.number].slots.clear()
    return arrays


def _without_empty(nodes: list[Node]) -> list[Node]:
    """The nodes from which there is a way to a tensor, numbered anew."""
    useful = _useful(nodes)
    order = [number for number in range(len(nodes)) if number in useful or number == 0]
    new = {old: number for number, old in enumerate(order)}
    return [
        Node(
            {name: new[each] for name, each in nodes[old].children.items() if each in new},
            nodes[old].tensors,
            {(new[at], name): new[slot] for (at, name), slot in nodes[old].slots.items()},
            nodes[old].kind,
        )
        for old in order
    ]


def _useful(nodes: list[Node]) -> set[int]:
    wholes: list[list[int]] = [[] for _ in nodes]
    for number, node in enumerate(nodes):
        for part in (*node.children.values(), *node.slots.values()):
            wholes[part].append(number)
    pending = [number for number, node in enumerate(nodes) if node.tensors]
    useful: set[int] = set()
    while pending:
        number = pending.pop()
        if number not in useful:
            useful.add(number)
            pending += wholes[number]
    return useful


def array_of(value: Any, member: Member, name: str) -> Any:
    """The array to save for a variable, or for what `__checkpoint__` gives."""
    if isinstance(value, Variable):
        return value.handle.array.array
    # An array of the user's may be changed while a thread is still writing it.
    array = np.array(value)
    if array.dtype.kind in "SU":
        array = np.array(value, object)
    is_text = array.dtype == object and all(
        isinstance(each, str | bytes) for each in array.reshape(-1).tolist()
    )
    if (array.dtype == object and not is_text) or array.dtype.kind not in "biufcOV":
        raise TypeError(
            f"{Called('save')} expected __checkpoint__ to give parts, numbers of at most 64 bits, "
            f"texts and arrays. Received: {name}={value!r:.80} of {member.path or 'the root'!r}"
        )
    dtypes.from_numpy(array.dtype)
    return array


def _unreachable(member: Member, name: str, slot: Member) -> ValueError:
    return ValueError(
        f"{Called('save')} expected the variables that {member.path!r} changes to be reachable. "
        f"Received: slot {name!r} of shape {slot.object.shape} for a variable that is not. Add "
        "its model to the checkpoint, or pass CheckpointOptions("
        "experimental_skip_slot_variables=True)."
    )
