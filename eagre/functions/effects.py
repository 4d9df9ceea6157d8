"""What a function does to Python while it is traced: it happens then, and not when its graph runs.

Converted code tells of each change, call and assignment that may reach outside the function. Those
that do are reported when the trace is done. A first trace that makes variables is followed by a
second one, which alone counts: so layers may build themselves, and keep what they made.
"""

from __future__ import annotations

import gc
import warnings
from collections import deque
from functools import partial
from types import CellType, FunctionType, MethodType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from eagre.core import ambient
from eagre.graph.trace import user_frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_MOST_OBJECTS = 20_000
"""So many objects are looked at to tell what is outside; those beyond count as the function's."""

_KEEP = "Keep it in a tf.Variable and use assign, or return it."
_COLLECT = "Return what is collected, or use a tf.TensorArray or a tf.Variable."
_PRINT = "Use tf.print, or tf.autograph.trace for what is to be printed while tracing."
_DRAW = "Use tf.random, such as tf.random.uniform."
_CLOCK = "Use tf.timestamp, or tf.py_function."
_CALL = "Use tf.py_function."

_CONTAINERS = (list, dict, set, deque, bytearray)
_CHANGING = frozenset({
    "add", "append", "appendleft", "clear", "difference_update", "discard", "extend", "extendleft",
    "insert", "intersection_update", "pop", "popitem", "popleft", "remove", "reverse", "rotate",
    "setdefault", "sort", "symmetric_difference_update", "update",
})  # fmt: skip
_MOMENTS = frozenset({"now", "today", "utcnow"})


class TracingWarning(UserWarning):
    """A function does something while it is traced that its graph will not do."""


class _Effect(NamedTuple):
    """What happened at a line of the user's, and the names of the module that the line is in."""

    text: str
    filename: str
    line: int
    module: dict[str, Any]


class SideEffects:
    """What one trace of a function did outside it, each line once.

    `roots` are what the function is given and what it reads: what they lead to is outside it.
    """

    __slots__ = ("_found", "_name", "_outside", "_roots")

    def __init__(self, name: str, roots: list[Any]) -> None:
        self._name = name
        self._roots = roots
        self._found: dict[Any, _Effect] = {}
        self._outside: dict[int, Any] | None = None

    def is_outside(self, value: Any) -> bool:
        """Whether an object was there before the trace."""
        if self._outside is None:
            self._outside = _reachable(self._roots)
        return id(value) in self._outside

    def note(self, text: str, advice: str) -> None:
        """Note what the user's line does that is running."""
        frame = user_frame()
        filename, line = frame.f_code.co_filename, frame.f_lineno
        text = (
            f"{self._name} {text}, at {filename}:{line}. That happens once, while it is traced, "
            f"and not when its graph runs. {advice}"
        )
        effect = _Effect(text, filename, line, frame.f_globals)
        self._found.setdefault((filename, line), effect)

    def report(self) -> None:
        """Warn of what was noted, each at the user's line."""
        for text, filename, line, module in self._found.values():
            registry = module.setdefault("__warningregistry__", {})
            name = module.get("__name__")
            warnings.warn_explicit(text, TracingWarning, filename, line, name, registry)


# What converted code tells of -----------------------------------------------------------------


def note_change(owner: Any, text: str, advice: str = _KEEP) -> None:
    """Part of `owner` is changed: an attribute, an item, an element."""
    effects = _innermost()
    if effects is not None and effects.is_outside(owner):
        effects.note(text, advice)


def note_augmented(owner: Any, name: str) -> None:
    """`name += value`, or the like, where `name` stands for `owner`."""
    if isinstance(owner, (*_CONTAINERS, np.ndarray)):
        note_change(owner, f"changes {name} in place", _COLLECT)


def note_assignment(name: str) -> None:
    """A variable outside the function gets another value."""
    _note(f"assigns {name}", _KEEP)


def note_print() -> None:
    """Python prints."""
    _note("prints by Python", _PRINT)


def note_call(function: Any) -> None:
    """A function that is not the user's is called: it may change a container, or ask the world."""
    name, owner = getattr(function, "__name__", ""), getattr(function, "__self__", None)
    if name in _CHANGING and isinstance(owner, _CONTAINERS):
        note_change(owner, f"changes a {type(owner).__name__} by {name}", _COLLECT)
        return
    home = _module_of(type(owner))
    if home == "random" or home.startswith("numpy.random"):
        module = ".".join(home.split(".")[:2])
        _note(f"draws a random number by {module}.{name}", _DRAW)
    elif function.__module__ == "time" or _is_moment(owner, name):
        _note(f"asks for the time by {name}", _CLOCK)
    elif function is input or function is open:
        _note(f"calls {name}", _CALL)


def _is_moment(owner: Any, name: str) -> bool:
    return name in _MOMENTS and isinstance(owner, type) and _module_of(owner) == "datetime"


def _module_of(kind: type) -> str:
    home = kind.__module__
    return home if isinstance(home, str) else ""


def _note(text: str, advice: str) -> None:
    effects = _innermost()
    if effects is not None:
        effects.note(text, advice)


def _innermost() -> SideEffects | None:
    """The effects of the function that is being traced, None outside functions."""
    for level in reversed(ambient.stack()):
        if (effects := getattr(level, "side_effects", None)) is not None:
            return effects
    return None


# What is outside ------------------------------------------------------------------------------


def _reachable(roots: list[Any]) -> dict[int, Any]:
    """The objects to which the roots lead, by identity; nearer ones first."""
    found: dict[int, Any] = {}
    pending = deque(roots)
    for _ in range(_MOST_OBJECTS):
        if not pending:
            break
        value = pending.popleft()
        if id(value) not in found:
            found[id(value)] = value
            pending += _parts(value)
    return found


def _parts(value: Any) -> Iterable[Any]:
    """What an object holds. Types, modules and the objects of eagre lead too far."""
    kind: Any = type(value)
    if kind in _PARTS:
        return _PARTS[kind](value)
    is_closed = issubclass(kind, type) or _module_of(kind).partition(".")[0] in ("eagre", "numpy")
    return () if is_closed or not gc.is_tracked(value) else gc.get_referents(value)


def _parts_of_function(function: Any) -> Iterable[Any]:
    return [*(function.__closure__ or ()), *(function.__defaults__ or ())]


_PARTS: dict[Any, Callable[[Any], Iterable[Any]]] = {
    FunctionType: _parts_of_function,
    MethodType: lambda method: [method.__self__, method.__func__],
    CellType: gc.get_referents,
    partial: gc.get_referents,
    type(gc): lambda _: (),
}
