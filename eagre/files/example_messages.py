"""`tf.train.Example` and what it is made of, as objects.

Their interface is that of the classes that protocol buffers make: keyword constructors, `value`,
`features.feature["x"].int64_list.value`, `SerializeToString`, `FromString`.
"""

from __future__ import annotations

from typing import Any, SupportsIndex

import numpy as np

from eagre.core.wire_format import Message as Fields
from eagre.core.wire_format import bytes_field, varint
from eagre.files.example_fields import BYTES, FLOATS, INTEGERS, listed
from eagre.files.messages import Message, block, quoted


class _Values(list[Any]):
    """The values of a list: each is checked and converted when it is put in."""

    __slots__ = ("_convert", "_touch")

    def __init__(self, convert: Any, touch: Any) -> None:
        super().__init__()
        self._convert, self._touch = convert, touch

    def append(self, value: Any) -> None:
        super().append(self._convert(value))
        self._touch()

    def extend(self, values: Any) -> None:
        found = [self._convert(value) for value in values or ()]
        super().extend(found)
        if found:
            self._touch()

    MergeFrom = extend

    def insert(self, index: SupportsIndex, value: Any) -> None:
        super().insert(index, self._convert(value))
        self._touch()

    def __setitem__(self, index: Any, value: Any) -> None:
        if isinstance(index, slice):
            super().__setitem__(index, [self._convert(each) for each in value])
        else:
            super().__setitem__(index, self._convert(value))
        self._touch()

    def __iadd__(self, values: Any) -> _Values:
        self.extend(values)
        return self

    def take(self, values: Any) -> None:
        """Add values that are converted already."""
        super().extend(values)
        self._touch()

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        return list, (list(self),)


class _ValueList(Message):
    """A list of values of one kind."""

    __slots__ = ("_value",)
    _kind = 0

    def __init__(self, value: Any = None) -> None:
        super().__init__()
        self._value = _Values(self._converted, self.touched)
        if value is not None:
            self._value.extend(value)

    @property
    def value(self) -> list[Any]:
        """The values, a list to read and to fill."""
        return self._value

    def _converted(self, value: Any) -> Any:
        raise NotImplementedError

    def _refused(self, value: Any, expected: str) -> TypeError:
        return TypeError(
            f"{type(self).__name__} expected values that are {expected}. Received: {value!r:.80}"
        )

    def Clear(self) -> None:  # noqa: N802
        """Take the values out."""
        list.clear(self._value)
        self._is_set = False

    def _merge(self, data: bytes) -> None:
        found = listed(self._kind, data)
        self._value.take(found if isinstance(found, list) else found.tolist())

    def _lines(self, indent: str) -> list[str]:
        return [f"{indent}value: {self._written(value)}" for value in self._value]

    def _written(self, value: Any) -> str:
        return str(value)


class BytesList(_ValueList):
    """A list of bytes.

    >>> tf.train.BytesList(value=[b"a", b"b"]).value
    [b'a', b'b']
    """

    __slots__ = ()
    _kind = BYTES

    def _converted(self, value: Any) -> bytes:
        if not isinstance(value, bytes):
            raise self._refused(value, "bytes (text.encode() makes them of text)")
        return value

    def _pieces(self) -> list[bytes]:
        return [bytes_field(1, value) for value in self._value]

    def _written(self, value: Any) -> str:
        return quoted(value)


class FloatList(_ValueList):
    """A list of numbers, which are rounded to float32.

    >>> tf.train.FloatList(value=[0.5, 3]).value
    [0.5, 3.0]
    """

    __slots__ = ()
    _kind = FLOATS

    def _converted(self, value: Any) -> float:
        if isinstance(value, str | bytes) or not hasattr(value, "__float__"):
            raise self._refused(value, "numbers")
        with np.errstate(over="ignore"):
            return float(np.float32(value))

    def _pieces(self) -> list[bytes]:
        return [bytes_field(1, np.array(self._value, "<f4").tobytes())] if self._value else []

    def _written(self, value: Any) -> str:
        if value != value or value in (float("inf"), float("-inf")):
            return str(value)
        return _shortest(value)


def _shortest(value: float) -> str:
    """The shortest text that is read back as this float32, as the text format writes it."""
    for digits in range(6, 10):
        text = f"{value:.{digits}g}"
        if np.float32(text) == np.float32(value):
            return text
    return repr(value)


class Int64List(_ValueList):
    """A list of integers of 64 bits.

    >>> tf.train.Int64List(value=[1, -2]).value
    [1, -2]
    """

    __slots__ = ()
    _kind = INTEGERS

    def _converted(self, value: Any) -> int:
        if not hasattr(value, "__index__"):
            raise self._refused(value, "integers")
        number = value.__index__()
        if not -(2**63) <= number < 2**63:
            raise ValueError(
                f"Int64List expected values that are integers of 64 bits. Received: {number}"
            )
        return number

    def _pieces(self) -> list[bytes]:
        return [bytes_field(1, b"".join(map(varint, self._value)))] if self._value else []


_LISTS: dict[str, tuple[int, type[_ValueList]]] = {
    "bytes_list": (BYTES, BytesList),
    "float_list": (FLOATS, FloatList),
    "int64_list": (INTEGERS, Int64List),
}


class Feature(Message):
    """One of three lists: of bytes, of floats, or of integers.

    >>> feature = tf.train.Feature(int64_list=tf.train.Int64List(value=[7]))
    >>> feature.WhichOneof("kind"), feature.int64_list.value, feature.float_list.value
    ('int64_list', [7], [])
    """

    __slots__ = ("_lists",)

    def __init__(self, bytes_list: Any = None, float_list: Any = None, int64_list: Any = None):
        super().__init__()
        self._lists: dict[str, _ValueList] = {}
        given = {"bytes_list": bytes_list, "float_list": float_list, "int64_list": int64_list}
        for name, value in given.items():
            if value is not None:
                self._list(name).CopyFrom(_message(value, _LISTS[name][1], f"Feature({name})"))

    bytes_list = property(lambda self: self._list("bytes_list"), doc="The list of bytes.")
    float_list = property(lambda self: self._list("float_list"), doc="The list of floats.")
    int64_list = property(lambda self: self._list("int64_list"), doc="The list of integers.")

    def _list(self, name: str) -> _ValueList:
        found = self._lists.get(name)
        if found is None:
            found = self._lists[name] = _LISTS[name][1]()
            found._touch = lambda: self._chosen(name)
        return found

    def _chosen(self, name: str) -> None:
        """A list was set, so that the others are not."""
        self._lists = {name: self._lists[name]}
        self.touched()

    def WhichOneof(self, oneof_group: str) -> str | None:  # noqa: N802
        """The name of the list that is set, None if none is."""
        if oneof_group not in ("kind", b"kind"):
            raise ValueError(f"Feature.WhichOneof expected 'kind'. Received: {oneof_group!r}")
        return next((name for name, found in self._lists.items() if found._is_set), None)

    def HasField(self, field_name: str) -> bool:  # noqa: N802
        """Whether a list is set."""
        if field_name == "kind":
            return self.WhichOneof("kind") is not None
        return _known_field(self, field_name, _LISTS) and self.WhichOneof("kind") == field_name

    def ClearField(self, field_name: str) -> None:  # noqa: N802
        """Take a list out."""
        names = _LISTS if field_name == "kind" else [field_name]
        for name in names:
            _known_field(self, name, _LISTS)
            self._lists.pop(name, None)

    def Clear(self) -> None:  # noqa: N802
        """Take the list out."""
        self._lists = {}
        self._is_set = False

    def _pieces(self) -> list[bytes]:
        name = self.WhichOneof("kind")
        if name is None:
            return []
        return [bytes_field(_LISTS[name][0], self._lists[name].SerializeToString())]

    def _merge(self, data: bytes) -> None:
        from eagre.core.wire_format import read_fields

        names = {number: name for name, (number, _) in _LISTS.items()}
        for number, content in read_fields(data):
            if number in names:
                if not isinstance(content, bytes):
                    raise ValueError(f"an integer in field {number}, which holds a list")
                self._list(names[number])._merge(content)
                self._list(names[number]).touched()

    def _lines(self, indent: str) -> list[str]:
        name = self.WhichOneof("kind")
        return [] if name is None else block(name, self._lists[name], indent)


def _known_field(message: Message, name: str, names: Any) -> bool:
    if name not in names:
        raise ValueError(
            f"{type(message).__name__} expected the name of a field: {', '.join(names)}. "
            f"Received: {name!r}"
        )
    return True


def _message(value: Any, kind: Any, name: str) -> Any:
    """A message of a class, or one made of a dictionary of its fields."""
    if isinstance(value, kind):
        return value
    if isinstance(value, dict):
        return kind(**value)
    raise TypeError(
        f"{name} expected a tf.train.{kind.__name__}. "
        f"Received: an object of type {type(value).__name__}"
    )


class _Map(dict[str, Any]):
    """Messages by keys; one that is asked for is made."""

    __slots__ = ("_kind", "_owner")

    def __init__(self, kind: Any, owner: Message) -> None:
        super().__init__()
        self._kind, self._owner = kind, owner

    def __missing__(self, key: Any) -> Any:
        if isinstance(key, bytes):
            return self[key.decode()]
        if not isinstance(key, str):
            raise TypeError(
                f"{type(self._owner).__name__} expected keys that are texts. Received: {key!r:.80}"
            )
        made = self._owner._inner(self._kind())
        super().__setitem__(key, made)
        self._owner.touched()
        return made

    def get_or_create(self, key: Any) -> Any:
        """The message of a key."""
        return self[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        name = type(self._owner).__name__
        raise ValueError(
            f"{name} expected a message to be copied: map[key].CopyFrom(message). "
            f"Received: the assignment of an object of type {type(value).__name__}"
        )

    def MergeFrom(self, other: Any) -> None:  # noqa: N802
        """Copy the messages of another map."""
        for key, value in other.items():
            self[key].CopyFrom(value)

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        return dict, (dict(self),)


class _MapOwner(Message):
    """A message that is a map from texts to messages of one class."""

    __slots__ = ("_map",)
    _field = ""
    _kind: Any = None

    def __init__(self, entries: Any) -> None:
        super().__init__()
        self._map = _Map(self._kind, self)
        for key, value in (entries or {}).items():
            self._map[key].CopyFrom(
                _message(value, self._kind, f"{type(self).__name__}({self._field})")
            )

    def Clear(self) -> None:  # noqa: N802
        """Take everything out."""
        self._map.clear()
        self._is_set = False

    def _pieces(self) -> list[bytes]:
        ordered = sorted((key.encode(), value) for key, value in self._map.items())
        return [
            bytes_field(1, bytes_field(1, key) + bytes_field(2, value.SerializeToString()))
            for key, value in ordered
        ]

    def _merge(self, data: bytes) -> None:
        for entry in Fields(data).all_bytes(1):
            pair = Fields(entry)
            target = self._map[pair.text(1)]
            target.Clear()
            target._merge(pair.last_bytes(2))

    def _lines(self, indent: str) -> list[str]:
        lines: list[str] = []
        for key, value in sorted(self._map.items()):
            lines.append(f"{indent}{self._field} {{")
            lines.append(f"{indent}  key: {quoted(key.encode())}")
            lines += [*block("value", value, indent + "  "), f"{indent}}}"]
        return lines


class Features(_MapOwner):
    """Features by their keys.

    >>> features = tf.train.Features()
    >>> features.feature["x"].int64_list.value.append(3)
    >>> list(features.feature), features.feature["x"].int64_list.value
    (['x'], [3])
    """

    __slots__ = ()
    _field = "feature"
    _kind = Feature

    def __init__(self, feature: Any = None) -> None:
        super().__init__(feature)

    @property
    def feature(self) -> Any:
        """The map from keys to features."""
        return self._map
