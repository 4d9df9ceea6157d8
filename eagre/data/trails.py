"""Going again over elements that have come before: what is kept of them is read once more."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eagre.data.cursors import Cursor, Element


def following(cursor: Cursor, told: Any = None) -> Element | None:
    """The next element that comes without an error, None at the end.

    `told(error)` hears of each error on the way. One after which the cursor stands where it stood
    would come again and again, and is raised.
    """
    before: Any = cursor
    while True:
        try:
            return cursor.next()
        except Exception as error:
            after = cursor.state()
            if after == before:
                raise
            before = after
            if told is not None:
                told(error)


class Trail:
    """States of a cursor on its way, from which elements that are kept can be read again."""

    __slots__ = ("_cursor", "_marks", "number")
    _EVERY = 64

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self.number = 0
        """How many elements have come."""
        self._marks: deque[tuple[int, Any]] = deque()

    def next(self) -> Element | None:
        """The next element of the cursor."""
        if not self._marks or self.number - self._marks[-1][0] >= self._EVERY:
            self._marks.append((self.number, self._cursor.state()))
        element = self._cursor.next()
        self.number += element is not None
        return element

    def state(self, oldest: int) -> Any:
        """From where to read to have the elements from the number `oldest` on."""
        if oldest >= self.number:
            return [self.number, self.number, self._cursor.state()]
        marks = self._marks
        while len(marks) > 1 and marks[1][0] <= oldest:
            marks.popleft()
        return [self.number, *marks[0]]

    def restore(self, state: Any) -> list[tuple[int, Element]]:
        """Go to where another trail was; the elements on the way, with their numbers."""
        number, self.number, position = state
        self._cursor.restore(position)
        found: list[tuple[int, Element]] = []
        while self.number < number:
            if not self._marks or self.number - self._marks[-1][0] >= self._EVERY:
                self._marks.append((self.number, self._cursor.state()))
            element = following(self._cursor)
            if element is None:
                raise ValueError("elements that are no longer there")
            found.append((self.number, element))
            self.number += 1
        return found
