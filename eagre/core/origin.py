"""Where tensors come from, as far as somebody notes it: `tensor.origin` reads what stands here.

Nothing is noted unless a level of `eagre.debugging` is entered, so a tensor needs no place for it.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


class Origin:
    """The operation that made a tensor.

    `name` is that of the operation, `line` the user's line as `file:line`, `spec` the shape and
    dtype, and `inputs` has for each input of the operation its origin, None where it has none.
    """

    __slots__ = ("inputs", "line", "name", "spec")

    def __init__(self, name: str, line: str, spec: Any, inputs: tuple[Any, ...] = ()) -> None:
        self.name = name
        self.line = line
        self.spec = spec
        self.inputs = inputs

    def __repr__(self) -> str:
        return f"<origin: {self.name} at {self.line}>"

    def __str__(self) -> str:
        return "\n".join(_tree(self))


DEPTH = 8
"""How many operations back an origin prints."""


def _tree(root: Origin) -> Iterator[str]:
    """A line for each operation that leads to `root`, each once, indented by its distance."""
    seen: set[int] = set()
    pending = [(root, 0)]
    while pending:
        origin, depth = pending.pop()
        again = " (see above)" if id(origin) in seen else ""
        indent = "  " * depth
        yield f"{indent}{origin.name} at {origin.line}: {shown_spec(origin.spec)}{again}"
        if again:
            continue
        seen.add(id(origin))
        inner = [each for each in origin.inputs if each is not None]
        if inner and depth == DEPTH:
            yield f"{indent}  ..."
        else:
            pending += [(each, depth + 1) for each in reversed(inner)]


def shown_spec(spec: Any) -> str:
    """A spec as messages show it, such as `float32[2, None]`."""
    held = getattr(spec, "value", spec)
    sizes = "..." if held.sizes is None else ", ".join(map(str, held.sizes))
    return f"{held.dtype.name}[{sizes}]"


class _Entry(weakref.ref[Any]):
    """A weak reference that knows under which number it is kept."""

    __slots__ = ("number", "value")
    number: int
    value: Any


class WeakIdentities:
    """Something for each of some objects, by identity and only as long as they live."""

    __slots__ = ("__weakref__", "_entries", "_forget")

    def __init__(self) -> None:
        entries: dict[int, _Entry] = {}

        def forget(entry: Any) -> None:
            entries.pop(entry.number, None)

        self._entries = entries
        self._forget = forget

    def set(self, subject: Any, value: Any) -> None:
        """Keep `value` for `subject`, in place of what was kept."""
        entry = _Entry(subject, self._forget)
        entry.number = id(subject)
        entry.value = value
        self._entries[entry.number] = entry

    def get(self, subject: Any) -> Any:
        """What is kept for `subject`, or None."""
        entry = self._entries.get(id(subject))
        return None if entry is None else entry.value


origins = WeakIdentities()
"""The origin of each tensor that was made while origins are traced."""
