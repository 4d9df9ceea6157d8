"""Where a tensor is a part of a variable, `variable[key]`: it can be assigned then."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any


class PartOfVariable:
    """What a tensor can do that brackets have taken from a variable.

    `part_of` is set by the variable: itself or a weak reference to it, and where the part stands.
    """

    __slots__ = ("part_of",)

    if TYPE_CHECKING:
        part_of: tuple[Any, Any, Any]

    @property
    def assign(self) -> Any:
        """`(value, name=None)`: put a value in place of the part, give back the variable."""
        return self._part("assign").assign

    @property
    def assign_add(self) -> Any:
        """`(delta, name=None)`: add to the part, give back the variable."""
        return self._part("assign_add").assign_add

    @property
    def assign_sub(self) -> Any:
        """`(delta, name=None)`: subtract from the part, give back the variable."""
        return self._part("assign_sub").assign_sub

    def _part(self, name: str) -> Any:
        try:
            variable, key, bounds = self.part_of
        except AttributeError:
            raise AttributeError(
                f"Tensor.{name} needs a part of a variable, as in variable[0].{name}(value). "
                "Received: another tensor. Tensors do not change, variables do."
            ) from None
        if variable.__class__ is weakref.ref and (variable := variable()) is None:
            raise ReferenceError(
                f"Tensor.{name} expected the variable that it is a part of. Received: a call after "
                "that variable was deleted. Keep a reference to it."
            )
        return variable.part(key, bounds)
