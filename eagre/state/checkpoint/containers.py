"""Lists and dictionaries that tell a waiting checkpoint when they grow.

They stand in an attribute in place of a plain list or dictionary only while a checkpoint holds
values for further items. A copy of one is plain again.
"""

from __future__ import annotations

from typing import Any

from eagre.core.caller import Called
from eagre.state.trackable import appeared


class WatchedList(list[Any]):
    """A list that tells of new items, by the places where they stand then."""

    __slots__ = ("__weakref__", "_items", "_original")

    def __init__(self, original: list[Any]) -> None:
        super().__init__(original)
        self._original = original
        self._items = list(original)

    def append(self, item: Any) -> None:
        super().append(appeared(self, str(len(self)), item))

    def extend(self, items: Any) -> None:
        for item in items:
            self.append(item)

    def __iadd__(self, items: Any) -> Any:
        self.extend(items)
        return self

    def insert(self, index: Any, item: Any) -> None:
        super().insert(index, item)
        # Where it stands, `list` knows: an index may be negative or beyond the end.
        place = next(place for place, each in enumerate(self) if each is item)
        self[place] = item

    def __setitem__(self, index: Any, item: Any) -> None:
        super().__setitem__(index, item)
        places = range(len(self))[index]
        for place in places if isinstance(index, slice) else [places]:
            super().__setitem__(place, appeared(self, str(place), self[place]))

    def check(self) -> None:
        """Refuse that the list which this one has replaced grows by its own."""
        if not _are_same(self._original, self._items):
            raise _changed_elsewhere("list")

    def __reduce_ex__(self, protocol: Any) -> Any:
        return list, (list(self),)


class WatchedDict(dict[Any, Any]):
    """A dictionary that tells of new items."""

    __slots__ = ("__weakref__", "_items", "_original")

    def __init__(self, original: dict[Any, Any]) -> None:
        super().__init__(original)
        self._original = original
        self._items = dict(original)

    def __setitem__(self, key: Any, item: Any) -> None:
        super().__setitem__(key, appeared(self, str(key), item))

    def setdefault(self, key: Any, default: Any = None) -> Any:
        if key not in self:
            self[key] = default
        return self[key]

    def update(self, *others: Any, **items: Any) -> None:
        for key, item in dict(*others, **items).items():
            self[key] = item

    def __ior__(self, other: Any) -> Any:
        self.update(other)
        return self

    def check(self) -> None:
        """Refuse that the dictionary which this one has replaced grows by its own."""
        original, items = self._original, self._items
        if list(original) != list(items) or not _are_same(
            list(original.values()), list(items.values())
        ):
            raise _changed_elsewhere("dict")

    def __reduce_ex__(self, protocol: Any) -> Any:
        return dict, (dict(self),)


def watched(value: Any) -> Any:
    """The watched form of a list or a dictionary; other objects are themselves."""
    if type(value) is list:
        return WatchedList(value)
    return WatchedDict(value) if type(value) is dict else value


def _are_same(first: list[Any], second: list[Any]) -> bool:
    return len(first) == len(second) and all(
        a is b for a, b in zip(first, second, strict=True)
    )


def _changed_elsewhere(kind: str) -> ValueError:
    return ValueError(
        f"{Called('save')} expected a {kind} that was restored to change through the object that "
        f"holds it. Received: a {kind} that has changed by another name. Write "
        "holder.attribute.append(...), or restore again after the change."
    )
