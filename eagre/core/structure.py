"""Nested structures of lists, tuples, dictionaries and composites: `tf.nest`.

A *nest* is a list or another sequence, a tuple or namedtuple, a mapping, or an object of an attrs
class; all else, None, strings, arrays and shapes included, is a *leaf*. The parts of a mapping
come in the order of its sorted keys.

An object made of tensors, such as a ragged tensor, has a method `__composite__()` that returns
`(parts, rebuild)`: its parts in a list, and a function that makes a like object of such a list.
It is a leaf unless `expand_composites` is true. The parts that are given to `rebuild` may be
anything, a spec for example. A composite that can be without parts says by `is_settled` whether
it has them, and `__settle__(other)` makes a like object with the parts of a settled one.

All walks are loops and not recursions, so that depth is no matter.
"""

from __future__ import annotations

import reprlib
from collections import defaultdict
from collections.abc import (
    Callable,
    ItemsView,
    Iterator,
    KeysView,
    Mapping,
    MutableMapping,
    Sequence,
    ValuesView,
)
from functools import lru_cache
from typing import Any

from eagre.core.shapes import TensorShape

_MAXIMUM_DEPTH = 100_000
_LONGEST_PATH = 200

_abridge = reprlib.Repr()
_abridge.maxlevel = 3
_abridge.maxstring = _abridge.maxother = 60


def is_nested(seq: Any) -> bool:
    """Whether `seq` is a nest: a sequence other than a string, a mapping, or an attrs object."""
    return _form(seq.__class__) not in ("leaf", "composite")


def flatten(structure: Any, expand_composites: bool = False) -> list[Any]:
    """List the leaves of a structure.

    >>> tf.nest.flatten({"b": [1, (2, 3)], "a": 4})
    [4, 1, 2, 3]
    """
    walk = _Walk("nest.flatten", "structure", expand_composites)
    return [node for node, parts in walk.visit(structure) if parts is None]


def paths(structure: Any, root: str = "", expand_composites: bool = False) -> list[str]:
    """Write where each leaf stands, in the order of `flatten`.

    >>> from eagre.core.structure import paths
    >>> paths({"b": [1, 2], "a": 3}, "x")
    ["x['a']", "x['b'][0]", "x['b'][1]"]
    """
    walk = _Walk("nest.flatten", root, expand_composites)
    return [walk.path() for _, parts in walk.visit(structure) if parts is None]


def pack_sequence_as(structure: Any, flat_sequence: Any, expand_composites: bool = False) -> Any:
    """Put the leaves of `flat_sequence` into the places of those of `structure`.

    >>> tf.nest.pack_sequence_as({"b": 0, "a": (0, 0)}, [1, 2, 3])
    {'b': 3, 'a': (1, 2)}
    """
    if not is_nested(flat_sequence) or _form(flat_sequence.__class__) == "mapping":
        raise TypeError(
            "nest.pack_sequence_as expected a sequence of leaves. "
            f"Received: flat_sequence={_describe(flat_sequence)}"
        )
    return _pack(structure, list(flat_sequence), expand_composites, "nest.pack_sequence_as")


def map_structure(
    func: Callable[..., Any],
    *structure: Any,
    check_types: bool = True,
    expand_composites: bool = False,
) -> Any:
    """Call `func` on the leaves that stand at one place, and build a like structure of what comes.

    >>> tf.nest.map_structure(lambda x, y: x + y, {"a": [1, 2]}, {"a": [10, 20]})
    {'a': [11, 22]}
    """
    name = "nest.map_structure"
    if not callable(func):
        raise TypeError(f"{name} expected a function. Received: func={_describe(func)}")
    if not structure:
        raise ValueError(f"{name} expected at least one structure. Received: none")
    for position, other in enumerate(structure[1:], 1):
        names = ("structure[0]", f"structure[{position}]")
        _compare(structure[0], other, check_types, expand_composites, name, names)
    leaves = [flatten(one, expand_composites) for one in structure]
    results = [func(*together) for together in zip(*leaves, strict=True)]
    return _pack(structure[0], results, expand_composites, name)


def assert_same_structure(
    nest1: Any, nest2: Any, check_types: bool = True, expand_composites: bool = False
) -> None:
    """Raise an error that says where two structures differ, if they do.

    A difference in form is a ValueError; in the type of a nest alone, a TypeError.
    """
    name = "nest.assert_same_structure"
    _compare(nest1, nest2, check_types, expand_composites, name, ("nest1", "nest2"))


@lru_cache(maxsize=1024)
def _form(kind: Any) -> str:
    """How objects of a type are taken apart and built, as far as its type tells."""
    has_fields = hasattr(kind, "_fields")
    if issubclass(kind, tuple):
        return "namedtuple" if has_fields else "tuple"
    if issubclass(kind, str | bytes | TensorShape):
        return "leaf"
    if hasattr(kind, "__composite__"):
        return "composite"
    if issubclass(kind, Mapping):
        return "mapping"
    if issubclass(kind, (range, ValuesView, ItemsView, KeysView)):
        return "view"
    if issubclass(kind, Sequence):
        return "sequence"
    return "attrs" if hasattr(kind, "__attrs_attrs__") else "leaf"


class _Walk:
    """A walk over a structure, from the front, each nest before its parts.

    The nests from the root to the current one are kept: they give the path and show cycles.
    """

    __slots__ = ("expand", "name", "nests", "open", "root")

    def __init__(self, name: str, root: str, expand: bool) -> None:
        self.name = name
        self.root = root
        self.expand = expand
        self.nests: list[list[Any]] = []
        self.open: set[int] = set()

    def visit(self, structure: Any) -> Iterator[tuple[Any, list[Any] | None]]:
        """Yield each node with its parts, which are None for a leaf."""
        parts = self._parts(structure)
        yield structure, parts
        if parts:
            self._enter(structure, parts)
        nests = self.nests
        while nests:
            nest = nests[-1]
            node, parts, position = nest
            if position == len(parts):
                nests.pop()
                self.open.discard(id(node))
                continue
            nest[2] = position + 1
            child = parts[position]
            below = None if _form(child.__class__) == "leaf" else self._parts(child)
            yield child, below
            if below:
                self._enter(child, below)

    def path(self) -> str:
        """Write where the current node stands, as Python would index it."""
        labels = [_label(node, position - 1) for node, _, position in self.nests]
        return self.root + "".join(labels)

    def place(self) -> str:
        """The path for a message: the middle of a very long one is left out."""
        path = self.path() or "structure"
        half = _LONGEST_PATH // 2
        return path if len(path) <= 2 * half else f"{path[:half]} … {path[-half:]}"

    def _enter(self, node: Any, parts: list[Any]) -> None:
        if id(node) in self.open:
            raise ValueError(
                f"{self.name} expected a structure without cycles. Received: {self.place()} is "
                "a nest that holds itself."
            )
        if len(self.nests) == _MAXIMUM_DEPTH:
            raise ValueError(
                f"{self.name} expected at most {_MAXIMUM_DEPTH} levels. Received: more, at "
                f"{self.place()}. Does a sequence make new sequences when it is read?"
            )
        self.open.add(id(node))
        self.nests.append([node, parts, 0])

    def _parts(self, node: Any) -> list[Any] | None:
        form = _form(node.__class__)
        if form == "leaf":
            return None
        if form == "mapping":
            return [node[key] for key in self._sorted_keys(node)]
        if form == "attrs":
            return [getattr(node, field) for field in _fields(node)]
        if form == "composite":
            return list(node.__composite__()[0]) if self.expand else None
        return list(node)

    def _sorted_keys(self, node: Any) -> list[Any]:
        try:
            return sorted(node)
        except TypeError as error:
            raise TypeError(
                f"{self.name} expected dictionaries whose keys can be sorted. Received: "
                f"{self.place()} with keys {_abridge.repr(list(node))}. Give all keys one type."
            ) from error


def _label(node: Any, position: int) -> str:
    """How Python gets from a nest to one of its parts."""
    form = _form(node.__class__)
    if form == "mapping":
        return f"[{sorted(node)[position]!r}]"
    if form in ("namedtuple", "attrs"):
        return f".{_fields(node)[position]}"
    return f"[{position}]"


def _fields(node: Any) -> list[str]:
    """The names of the fields of a namedtuple or attrs object."""
    kind: Any = node.__class__
    if hasattr(kind, "_fields"):
        return list(kind._fields)
    return [attribute.name for attribute in kind.__attrs_attrs__]


def _pack(structure: Any, leaves: list[Any], expand: bool, name: str) -> Any:
    walk = _Walk(name, "structure", expand)
    unfinished: list[tuple[Any, int, list[Any]]] = []
    value: Any = None
    used = 0
    for node, parts in walk.visit(structure):
        if parts:
            unfinished.append((node, len(parts), []))
            continue
        if parts is not None:
            value = _rebuild(node, [])
        elif used < len(leaves):
            value = leaves[used]
            used += 1
        else:
            raise _wrong_number(structure, leaves, expand, name)
        value = _settle(unfinished, value)
    if used < len(leaves):
        raise _wrong_number(structure, leaves, expand, name)
    return value


def _wrong_number(structure: Any, leaves: list[Any], expand: bool, name: str) -> ValueError:
    return ValueError(
        f"{name} expected as many leaves as the structure has, "
        f"{len(flatten(structure, expand))}. "
        f"Received: {len(leaves)} in flat_sequence={_abridge.repr(leaves)}"
    )


def _settle(unfinished: list[tuple[Any, int, list[Any]]], value: Any) -> Any:
    """Give a value to the innermost unfinished nest, and build each nest that is then complete."""
    while unfinished:
        node, size, made = unfinished[-1]
        made.append(value)
        if len(made) < size:
            break
        unfinished.pop()
        value = _rebuild(node, made)
    return value


def _rebuild(node: Any, parts: list[Any]) -> Any:
    """Make a nest like `node` of other parts."""
    kind: Any = node.__class__
    form = _form(kind)
    if form == "mapping":
        return _rebuild_mapping(node, dict(zip(sorted(node), parts, strict=True)))
    if form == "attrs":
        return _rebuild_attrs(kind, parts)
    if form == "composite":
        return node.__composite__()[1](parts)
    if form == "namedtuple":
        return kind(*parts)
    return parts if kind is list or form == "view" else kind(parts)


def _rebuild_mapping(node: Any, values: dict[Any, Any]) -> Any:
    """Make a mapping like `node`, its keys in the order of `node`."""
    ordered = {key: values[key] for key in node}
    kind: Any = node.__class__
    if kind is dict:
        return ordered
    if not _is_mutable(kind):
        return kind(ordered)
    made: Any = kind(node.default_factory) if defaultdict in kind.__mro__ else kind()
    for key, value in ordered.items():
        made[key] = value
    return made


def _is_mutable(kind: Any) -> bool:
    return issubclass(kind, MutableMapping)


def _rebuild_attrs(kind: Any, parts: list[Any]) -> Any:
    """Make an attrs object; arguments go by keyword, for attributes may be keyword-only."""
    arguments: dict[str, Any] = {}
    others: dict[str, Any] = {}
    for attribute, part in zip(kind.__attrs_attrs__, parts, strict=True):
        if getattr(attribute, "init", True):
            alias = getattr(attribute, "alias", None) or attribute.name.lstrip("_")
            arguments[alias] = part
        else:
            others[attribute.name] = part
    made = kind(**arguments)
    for name, part in others.items():
        object.__setattr__(made, name, part)
    return made


def _compare(
    first: Any, second: Any, check_types: bool, expand: bool, name: str, names: tuple[str, str]
) -> None:
    """Walk both structures in step; while all is equal, the two walks stay at one place."""
    one, two = _Walk(name, names[0], expand), _Walk(name, names[1], expand)
    together = zip(one.visit(first), two.visit(second), strict=True)
    for (a, a_parts), (b, b_parts) in together:
        if a_parts is None and b_parts is None:
            continue
        error = _difference(a, a_parts, b, b_parts, check_types)
        if error is not None:
            kind, expected, advice = error
            raise kind(
                f"{name} expected {expected}. Received: {one.place()}={_describe(a)} and "
                f"{two.place()}={_describe(b)}{advice}"
            )


_Difference = tuple[type[Exception], str, str]


def _difference(
    a: Any, a_parts: list[Any] | None, b: Any, b_parts: list[Any] | None, check_types: bool
) -> _Difference | None:
    """What is wrong with two nodes at one place: the class, what was expected, what to do."""
    if a_parts is None or b_parts is None:
        return ValueError, "a nest in both structures or a leaf in both", ""
    wrong_types = _difference_of_types(a, b) if check_types else None
    if wrong_types is None and len(a_parts) != len(b_parts):
        return ValueError, "nests of one length", ""
    return wrong_types


def _difference_of_types(a: Any, b: Any) -> _Difference | None:
    forms = {_form(a.__class__), _form(b.__class__)}
    if forms == {"mapping"}:
        return None if set(a) == set(b) else (ValueError, "dictionaries with the same keys", "")
    if _same_kind(a, b):
        return None
    if forms == {"composite"}:
        return ValueError, "composites of one type", ""
    return TypeError, "nests of one type", ". With check_types=False types do not matter"


def _same_kind(a: Any, b: Any) -> bool:
    """Whether both are lists, namedtuples of one name and fields, or of exactly one type."""
    kind, other = a.__class__, b.__class__
    if kind is other or list in kind.__mro__ and list in other.__mro__:
        return True
    if _form(kind) == _form(other) == "namedtuple":
        return kind.__name__ == other.__name__ and _fields(a) == _fields(b)
    return False


def _describe(value: Any) -> str:
    return f"{_abridge.repr(value)} of type {type(value).__name__}"
