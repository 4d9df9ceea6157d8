"""What a function reads besides its arguments: variables of enclosing functions, and globals.

Rebinding one of them after tracing asks for another graph. What an object *contains* is not seen:
a number that is kept in an attribute or in a list is a constant of the graph.
"""

from __future__ import annotations

import dis
import weakref
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_VALUES: tuple[type, ...] = (type(None), bool, int, float, complex, str, bytes)
_MISSING = object()


class Surroundings:
    """Names that a Python function reads from outside, and what they stand for now."""

    __slots__ = ("_cells", "_globals", "_names")

    def __init__(self, function: Any) -> None:
        function = python_function(function)
        code = getattr(function, "__code__", None)
        self._globals: dict[str, Any] = getattr(function, "__globals__", {})
        names = set() if code is None else set(_global_names(code))
        own = {name for name in names if name in self._globals}
        self._names = sorted(n for n in own if not isinstance(self._globals[n], ModuleType))
        cells = getattr(function, "__closure__", None) or ()
        self._cells = list(zip(code.co_freevars, cells, strict=True)) if code else []

    def parts(self) -> list[Any]:
        """What all names stand for, as parts of a key: values themselves, objects by identity."""
        result: list[Any] = []
        if not self._names and not self._cells:
            return result
        for value in self._values():
            kind = value.__class__
            result.append((kind, repr(value)) if kind in _VALUES else id(value))
        return result

    def objects(self) -> list[Any]:
        """The objects among what the names stand for."""
        return [value for value in self._values() if value.__class__ not in _VALUES]

    def described(self) -> list[tuple[str, Any]]:
        """Each name, as messages call it, with what it stands for."""
        names = [f"global {name}" for name in self._names]
        names += [f"outer variable {name}" for name, _ in self._cells]
        return list(zip(names, self._values(), strict=True))

    def _values(self) -> list[Any]:
        values = [self._globals.get(name, _MISSING) for name in self._names]
        return values + [_content(cell) for _, cell in self._cells]


def python_function(function: Any) -> Any:
    """The plain function inside a method, a partial or an object that can be called."""
    while not hasattr(function, "__code__"):
        if hasattr(function, "__func__"):
            function = function.__func__
        elif hasattr(function, "func") and hasattr(function, "keywords"):
            function = function.func
        else:
            return getattr(type(function), "__call__", function)  # noqa: B004
    return function


def _global_names(code: CodeType) -> Iterator[str]:
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            yield instruction.argval
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _global_names(constant)


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # the name has no value yet
        return _MISSING


def when_gone(objects: list[Any], callback: Callable[[Any], None]) -> list[Any]:
    """References that call back when one of the objects is gone.

    What cannot be referred to weakly, a list or a dictionary, is kept: its identity must not be
    that of another object later.
    """
    kept: list[Any] = []
    for value in objects:
        try:
            kept.append(weakref.ref(value, callback))
        except TypeError:
            kept.append(value)
    return kept
