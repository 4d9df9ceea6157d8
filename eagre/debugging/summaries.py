"""`summary_of`: the variables of a module as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from eagre.state.module import Module
from eagre.state.variable import Variable

if TYPE_CHECKING:
    from collections.abc import Iterator


class Row(NamedTuple):
    """A variable by its path from the module."""

    path: str
    shape: tuple[int, ...]
    dtype: str
    elements: int
    bytes: int
    trainable: bool
    device: str


class ModuleSummary:
    """The variables of a module; it prints as a table.

    `rows` has a `path`, `shape`, `dtype`, `elements`, `bytes`, `trainable` and `device` for each.
    """

    __slots__ = ("name", "rows")

    def __init__(self, name: str, rows: list[Row]) -> None:
        self.name = name
        self.rows = rows

    @property
    def elements(self) -> int:
        """The number of elements of all variables."""
        return sum(row.elements for row in self.rows)

    @property
    def bytes(self) -> int:
        """The size of all variables."""
        return sum(row.bytes for row in self.rows)

    def __str__(self) -> str:
        head = ("variable", "shape", "dtype", "elements", "bytes", "trainable", "device")
        body = [
            (row.path, str(row.shape), row.dtype, f"{row.elements:,}", f"{row.bytes:,}",
             "yes" if row.trainable else "no", row.device)
            for row in self.rows
        ]
        total = ("total", "", "", f"{self.elements:,}", f"{self.bytes:,}",
                 f"{sum(row.elements for row in self.rows if row.trainable):,}", "")
        widths = [max(map(len, column)) for column in zip(head, *body, total, strict=True)]
        rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
        lines = [_aligned(row, widths) for row in (head, *body, total)]
        return "\n".join([lines[0], rule, *lines[1:-1], rule, lines[-1]])

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(str(self))}</pre>"


def _aligned(row: tuple[str, ...], widths: list[int]) -> str:
    numbers = (3, 4)
    cells = [cell.rjust(width) if i in numbers else cell.ljust(width)
             for i, (cell, width) in enumerate(zip(row, widths, strict=True))]
    return "  ".join(cells).rstrip()


def summary_of(module: Any) -> ModuleSummary:
    """The variables of a module by path, with shapes, dtypes, sizes and devices, and totals.

    Args:
        module: a `tf.Module`, or a list, tuple or dictionary of modules and variables. A variable
            that is reached by several paths is listed once.

    >>> class Line(tf.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.slope = tf.Variable(tf.zeros([3, 2]))
    ...         self.steps = tf.Variable(0, trainable=False)
    >>> tf.summary_of(Line())
    variable  shape   dtype    elements  bytes  trainable  device
    -------------------------------------------------------------
    slope     (3, 2)  float32         6     24  yes        CPU:0
    steps     ()      int32           1      4  no         CPU:0
    -------------------------------------------------------------
    total                             7     28  6
    """
    if not isinstance(module, Module | Variable | list | tuple | dict):
        raise TypeError(
            "summary_of expected a tf.Module, or a list or dictionary of modules and variables. "
            f"Received: {module!r:.80} of type {type(module).__name__}"
        )
    name = module.name if isinstance(module, Module) else type(module).__name__
    return ModuleSummary(name, [_row(path, each) for path, each in _variables(module)])


def _row(path: str, variable: Variable) -> Row:
    array = variable.handle.array.array
    device = ":".join(variable.device.split(":")[-2:])
    return Row(path or "variable", array.shape, variable.dtype.name, array.size, array.nbytes,
               variable.trainable, device)


def _variables(root: Any) -> Iterator[tuple[str, Variable]]:
    """The variables with their paths, each object once, in the order of the attributes."""
    seen: set[int] = set()
    pending: list[tuple[str, Any]] = [("", root)]
    while pending:
        path, value = pending.pop(0)
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, Variable):
            yield path, value
        else:
            pending = [*_parts(path, value), *pending]


def _parts(path: str, value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, Module):
        inner = sorted(vars(value).items())
        return [(f"{path}.{name}" if path else name, part) for name, part in inner]
    if isinstance(value, dict):
        inner = sorted(value.items(), key=lambda item: str(item[0]))
        return [(f"{path}[{key!r}]", part) for key, part in inner]
    if isinstance(value, list | tuple):
        return [(f"{path}[{i}]", part) for i, part in enumerate(value)]
    return []
