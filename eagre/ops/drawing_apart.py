"""`Apart`: random numbers that do not come from the global state, but from one number.

So a call draws the same numbers whatever was drawn before it, by whom, and in which thread.
"""

from __future__ import annotations

from _thread import get_ident
from typing import Any

from eagre.ops import random

_LARGEST_PLACE = 2**61


class Apart:
    """The states that a call draws from, in the place of the global ones.

    Within `with Apart(number):` the functions of `tf.random` draw from them, in this thread.
    `handle` gives the counterpart of a handle that a graph has captured.
    """

    __slots__ = ("_before", "_number", "_places", "_runs", "_setting", "_state")

    def __init__(self, number: int) -> None:
        is_set, self._setting = random.global_setting()
        self._state = random.state_handle([number, is_set, 0, self._setting], "random_state")
        self._number, self._runs = number, 0
        self._places: dict[Any, Any] = {}

    def handle(self, handle: Any) -> Any:
        """The handle to use where a graph has captured one, which may be that of a variable."""
        identity = random.is_global(handle)
        if identity is None:
            return handle
        return self.place(identity) if identity else self._state

    def place(self, identity: tuple[Any, ...]) -> Any:
        """The handle of the place of operations of one kind and seed."""
        if identity not in self._places:
            values = [self._number % _LARGEST_PLACE, self._setting]
            self._places[identity] = random.state_handle(values, "random_place")
        return self._places[identity]

    def number_of_run(self) -> tuple[int, int]:
        """Two integers for what is begun now."""
        self._runs += 1
        return self._number, self._runs

    @property
    def state(self) -> Any:
        """The handle of the state of operations without a seed."""
        return self._state

    def __enter__(self) -> Apart:
        self._before = _replaced(self)
        return self

    def __exit__(self, *error: object) -> None:
        _replaced(self._before)


class Together:
    """Context in which this thread draws from the global state, as graphs do that are traced."""

    __slots__ = ("_before",)

    def __enter__(self) -> None:
        self._before = _replaced(None)

    def __exit__(self, *error: object) -> None:
        _replaced(self._before)


def _replaced(states: Apart | None) -> Apart | None:
    """Let this thread draw from other states; those before."""
    before = random.apart.pop(get_ident(), None)
    if states is not None:
        random.apart[get_ident()] = states
    return before
