"""`PythonState`: an object that writes itself as a text."""

from __future__ import annotations

from typing import Any

from eagre.state.trackable import Trackable


class PythonState(Trackable):
    """A base class for objects whose state is one text.

    Subclasses define `serialize`, which returns text or bytes, and `deserialize`, which is given
    the bytes.

    >>> class Position(tf.train.experimental.PythonState):
    ...     line = 0
    ...     def serialize(self):
    ...         return str(self.line)
    ...     def deserialize(self, string_value):
    ...         self.line = int(string_value)
    >>> position = Position()
    >>> position.line = 3
    >>> path = tf.train.Checkpoint(position=position).write("position")
    >>> other = Position()
    >>> status = tf.train.Checkpoint(position=other).restore(path)
    >>> other.line
    3
    """

    def serialize(self) -> str | bytes:
        """The state as text or bytes."""
        raise NotImplementedError

    def deserialize(self, string_value: bytes) -> None:
        """Take over a state that `serialize` has returned."""
        raise NotImplementedError

    def __checkpoint__(self) -> dict[str, Any]:
        return {"py_state": self.serialize()}

    def __restore__(self, values: dict[str, Any]) -> None:
        self.deserialize(values["py_state"])
