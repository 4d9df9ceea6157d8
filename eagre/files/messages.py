"""What protocol buffers have in common as Python objects: presence, copies, bytes, text."""

from __future__ import annotations

from typing import Any, Self

from eagre.core.errors import DataLossError


class MessageDecodeError(DataLossError, ValueError):
    """Bytes are no message of the class that was to read them."""


class Message:
    """An object with fields, which is written as bytes and read from them.

    A subclass says what its fields are by `_pieces`, and how bytes get into them by `_merge`.
    """

    __slots__ = ("_is_set", "_touch")

    def __init__(self) -> None:
        self._is_set = False
        self._touch: Any = None

    def touched(self) -> None:
        """Note that something was put into the message: then it exists for those that hold it."""
        self._is_set = True
        if self._touch is not None:
            self._touch()

    def _inner(self, message: Any) -> Any:
        """A message that belongs to this one."""
        message._touch = self.touched
        return message

    def SetInParent(self) -> None:  # noqa: N802
        """Let the message exist, though nothing is in it."""
        self.touched()

    # What a subclass says ---------------------------------------------------------------------

    def _pieces(self) -> list[bytes]:
        """The bytes of the fields, in their order."""
        raise NotImplementedError

    def _merge(self, data: bytes) -> None:
        """Put what bytes say into the fields; damage raises a ValueError."""
        raise NotImplementedError

    def _lines(self, indent: str) -> list[str]:
        """The text of the fields."""
        raise NotImplementedError

    def Clear(self) -> None:  # noqa: N802
        """Take everything out."""
        raise NotImplementedError

    # What everybody calls ---------------------------------------------------------------------

    def SerializeToString(self, deterministic: Any = None) -> bytes:  # noqa: N802
        """The message as bytes; keys of maps come in order, so that equal messages are equal bytes.

        >>> tf.train.Int64List(value=[1, 300]).SerializeToString()
        b'\\n\\x03\\x01\\xac\\x02'
        """
        return b"".join(self._pieces())

    SerializePartialToString = SerializeToString

    def ByteSize(self) -> int:  # noqa: N802
        """The number of bytes of the serialized message."""
        return len(self.SerializeToString())

    def MergeFromString(self, serialized: Any) -> int:  # noqa: N802
        """Add what bytes say to what is there; how many bytes these were."""
        data = _checked_bytes(serialized, type(self).__name__)
        try:
            self._merge(data)
        except ValueError as error:
            raise MessageDecodeError(
                f"{type(self).__name__} expected the bytes of a tf.train.{type(self).__name__}. "
                f"Received: {data!r:.60}: {error}"
            ) from None
        self.touched()
        return len(data)

    def ParseFromString(self, serialized: Any) -> int:  # noqa: N802
        """Become the message that bytes say; how many bytes these were."""
        self.Clear()
        return self.MergeFromString(serialized)

    @classmethod
    def FromString(cls, serialized: Any) -> Self:  # noqa: N802
        """The message that bytes say.

        >>> tf.train.Int64List.FromString(b"\\n\\x03\\x01\\xac\\x02").value
        [1, 300]
        """
        message = cls()
        message.MergeFromString(serialized)
        return message

    def MergeFrom(self, other: Any) -> None:  # noqa: N802
        """Add what another message of the class has to what is there."""
        self._demand_alike(other, "MergeFrom")
        if other._is_set:
            self._merge(other.SerializeToString())
            self.touched()

    def CopyFrom(self, other: Any) -> None:  # noqa: N802
        """Become a copy of another message of the class."""
        if other is self:
            return
        self._demand_alike(other, "CopyFrom")
        self.Clear()
        self._merge(other.SerializeToString())
        self.touched()

    def _demand_alike(self, other: Any, method: str) -> None:
        if other.__class__ is not self.__class__:
            raise TypeError(
                f"{type(self).__name__}.{method} expected another {type(self).__name__}. "
                f"Received: an object of type {type(other).__name__}"
            )

    def IsInitialized(self) -> bool:  # noqa: N802
        """True: no field has to be set."""
        return True

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return self.SerializeToString() == other.SerializeToString()  # type: ignore[attr-defined]

    __hash__: Any = None

    def __deepcopy__(self, memo: Any) -> Any:
        return self.__copy__()

    def __copy__(self) -> Any:
        made = type(self)()
        made.CopyFrom(self)
        return made

    def __reduce__(self) -> Any:
        return type(self).FromString, (self.SerializeToString(),)

    def __repr__(self) -> str:
        return "".join([line + "\n" for line in self._lines("")])

    __str__ = __repr__


def _checked_bytes(serialized: Any, name: str) -> bytes:
    if hasattr(serialized, "numpy") and not isinstance(serialized, bytes | bytearray):
        serialized = serialized.numpy()
    if isinstance(serialized, bytes | bytearray | memoryview):
        return bytes(serialized)
    raise TypeError(
        f"{name} expected bytes. Received: an object of type {type(serialized).__name__}"
    )


def block(name: str, message: Any, indent: str) -> list[str]:
    """The text of a field that is a message."""
    return [f"{indent}{name} {{", *message._lines(indent + "  "), f"{indent}}}"]


_ESCAPES = {9: "\\t", 10: "\\n", 13: "\\r", 34: '\\"', 39: "\\'", 92: "\\\\"}


def quoted(value: bytes) -> str:
    """Bytes between quotation marks, with escapes as in the text format."""
    return '"' + "".join([_escaped(byte) for byte in value]) + '"'


def _escaped(byte: int) -> str:
    if byte in _ESCAPES:
        return _ESCAPES[byte]
    return chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}"
