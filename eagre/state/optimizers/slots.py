"""Slots: the variables that an optimizer keeps for each variable that it changes."""

from __future__ import annotations

from typing import Any

from eagre.core.conversion import to_tensor
from eagre.primitives.families import shape_of
from eagre.primitives.rearrangement import broadcast_to
from eagre.state.variable import Variable


class SlotTable:
    """For each variable its slots. Not a list or a dictionary: a module looks into those."""

    def __init__(self) -> None:
        self._pairs: list[tuple[Variable, dict[str, Variable]]] = []
        # The variables are kept above, so that an `id` stays theirs.
        self._places: dict[int, int] = {}

    def of(self, variable: Variable) -> dict[str, Variable] | None:
        """The slots of a variable, None if it has none yet."""
        place = self._places.get(id(variable), -1)
        if 0 <= place < len(self._pairs) and self._pairs[place][0] is variable:
            return self._pairs[place][1]
        # A copy of the table has copies of the variables, under their old numbers.
        return next((slots for known, slots in self._pairs if known is variable), None)

    def add(self, variable: Variable, slots: dict[str, Variable]) -> None:
        """Take in a new variable."""
        self._places[id(variable)] = len(self._pairs)
        self._pairs.append((variable, slots))

    def each(self) -> list[tuple[Variable, str, Variable]]:
        """Variables, names and slots, in the order in which the variables came."""
        return [(of, name, slot) for of, slots in self._pairs for name, slot in slots.items()]

    def variables(self) -> list[Variable]:
        """The variables that have slots, in the order in which they came."""
        return [variable for variable, _ in self._pairs]

    def all(self) -> list[Variable]:
        """All slots, in the order in which their variables came."""
        return [slot for _, _, slot in self.each()]


def new_slot(variable: Variable, name: str, first: float) -> Variable:
    """A variable like another one, filled with a number."""
    value = broadcast_to(to_tensor(first, variable.dtype), shape_of(variable.value()))
    return Variable(value, trainable=False, name=f"{variable.name[:-2]}/{name}")


def moved(slot: Any, value: Any, part: Any) -> Any:
    """Move what a slot holds toward a value, by a part of the way; returns what it holds then."""
    old = slot.value()
    new = old + (value - old) * part
    slot.assign(new)
    return new
