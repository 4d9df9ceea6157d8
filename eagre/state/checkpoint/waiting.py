"""Values that wait for the variable that they belong to.

An object that a checkpoint knows more parts of than there are stands in the table of
`state/trackable.py`. When it gets such a part, the part is filled, and waits in its turn.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, NamedTuple

from eagre.state.checkpoint.containers import watched
from eagre.state.checkpoint.object_graph import join, slot_path
from eagre.state.trackable import waiting

if TYPE_CHECKING:
    from eagre.state.checkpoint.matching import Matching
    from eagre.state.checkpoint.program import Member
    from eagre.state.checkpoint.restoring import Restoration


class Wanted(NamedTuple):
    """What a restore has for an object: numbers of nodes by the names of parts and of slots."""

    restoration: Restoration
    path: str
    parts: dict[str, int]
    slots: dict[tuple[int, str], int]


class Waiting:
    """What waits for the parts of one object, the latest restore last."""

    def __init__(self, owner: Any) -> None:
        number = id(owner)
        # The table must not give the place of an object that is gone to another.
        self.owner = weakref.ref(owner, lambda _: waiting.pop(number, None))
        self.wanted: list[Wanted] = []

    def add(self, new: Wanted) -> None:
        """Wait for more; a restore from the same root takes the place of the one before it."""
        self.forget(new.restoration)
        self.wanted.append(new)

    def forget(self, restoration: Restoration) -> None:
        """Wait no more for what restores from the root of this one have left."""
        root = restoration.root()
        self.wanted = [each for each in self.wanted if each.restoration.root() is not root]

    def attach(self, name: str, value: Any) -> Any:
        """The object gets a part; returns what to keep as that part."""
        from eagre.state.checkpoint.program import is_part

        for wanted in self.wanted if is_part(value) else ():
            node = wanted.parts.get(name)
            if node is not None:
                value = wanted.restoration.fill_new(value, node, join(wanted.path, name))
                del wanted.parts[name]
        self._leave_if_done()
        return value

    def attach_slots(self, variable: Any, slots: dict[str, Any]) -> None:
        """The object, an optimizer, has made the slots of a variable."""
        for wanted in self.wanted:
            of = wanted.restoration.node_of(variable)
            for name, slot in slots.items() if of is not None else ():
                node = wanted.slots.pop((of or 0, name), None)
                if node is not None:
                    path = slot_path(wanted.path, variable.name, name)
                    wanted.restoration.fill_new(slot, node, path)
        self._leave_if_done()

    def _leave_if_done(self) -> None:
        self.wanted = [each for each in self.wanted if each.parts or each.slots]
        owner = self.owner()
        if not self.wanted and owner is not None:
            waiting.pop(id(owner), None)


def wait(restoration: Restoration, matching: Matching) -> Any:
    """Let what is left wait with the objects; returns the first object, or its watched form."""
    members = matching.program.members
    kept = {member.number: member.object for member in members}
    for member in members:
        node_number = matching.node_of_member.get(member.number)
        wanted = None if node_number is None else _wanted(restoration, matching, member)
        if wanted is None:
            for owner in owners_of(member.object):
                _forget(owner, restoration)
            continue
        kept[member.number] = _watch(member, kept)
        for owner in owners_of(kept[member.number]):
            _register(owner, wanted)
    return kept[0]


def _wanted(restoration: Restoration, matching: Matching, member: Member) -> Wanted | None:
    node = restoration.reader.nodes[matching.node_of_member[member.number]]
    parts = {
        name: number for name, number in node.children.items() if name not in member.children
    }
    present = {(matching.node_of_member.get(variable), name) for variable, name, *_ in member.slots}
    slots = {place: slot for place, slot in node.slots.items() if place not in present}
    return Wanted(restoration, member.path, parts, slots) if parts or slots else None


def owners_of(value: Any) -> tuple[Any, ...]:
    """The objects whose new parts are parts of `value`: itself, for a checkpoint also its root."""
    owners = getattr(type(value), "__checkpoint_owners__", None)
    return owners(value) if owners else (value,)


def _register(owner: Any, wanted: Wanted) -> None:
    try:
        found = waiting.get(id(owner)) or Waiting(owner)
    except TypeError:
        # A tuple does not grow; what is behind it is told of when it is restored again.
        return
    waiting[id(owner)] = found
    found.add(wanted)


def _forget(owner: Any, restoration: Restoration) -> None:
    found = waiting.get(id(owner))
    if found is not None:
        found.forget(restoration)


def _watch(member: Member, kept: dict[int, Any]) -> Any:
    """The watched form of a list or dictionary, put in the place of the plain one."""
    plain = member.object
    form = watched(plain)
    if form is plain or member.parent is None:
        return form
    parent, place = kept[member.parent.number], member.place
    if isinstance(parent, list | dict):
        method: Any = list if isinstance(parent, list) else dict
        method.__setitem__(parent, place, form)
        return form
    for owner in owners_of(parent):
        attributes = getattr(owner, "__dict__", {})
        if attributes.get(place) is plain:
            attributes[place] = form
            return form
    return plain


