"""How a program and a checkpoint, or two checkpoints, differ: a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eagre.core.specs import TensorSpec
    from eagre.state.checkpoint.matching import Pair
    from eagre.state.checkpoint.reader import Reader

_ROWS = 40
_NEAR = 0.4
_CANDIDATES = 50


class Line(NamedTuple):
    """A row of the table: a name, what each side has of it, and what is to be said."""

    name: str
    program: TensorSpec | None
    checkpoint: TensorSpec | None
    remark: str


class Difference:
    """What a restore would find: lists of names, and a table when it is printed.

    * `matched`: names that have a value on both sides;
    * `missing`: variables of the program that are not in the checkpoint;
    * `extra`: tensors of the checkpoint that nothing in the program takes (yet);
    * `mismatched`: variables whose shape or dtype differs;
    * `renames`: pairs (missing, extra) of one shape and dtype and of similar names.
    """

    def __init__(self, lines: Iterable[Line], sides: tuple[str, str]) -> None:
        self.lines = list(lines)
        self.sides = sides
        self.matched = [line.name for line in self.lines if line.remark in _EQUAL]
        self.missing = self._names("missing")
        self.extra = self._names("extra")
        self.mismatched = [line.name for line in self.lines if line.remark not in _OTHERS]
        self.changed = self._names("other values")
        self.renames = _renames(
            [line for line in self.lines if line.remark == "missing"],
            [line for line in self.lines if line.remark == "extra"],
        )

    def _names(self, remark: str) -> list[str]:
        return [line.name for line in self.lines if line.remark == remark]

    def __bool__(self) -> bool:
        """Whether there is any difference."""
        return any(line.remark != "matched" for line in self.lines)

    def __str__(self) -> str:
        rows = [("name", *self.sides, "")]
        notes = {old: f"missing: {new}?" for old, new in self.renames}
        shown = [line for line in self.lines if line.remark != "matched"]
        for line in shown[:_ROWS]:
            remark = notes.get(line.name, line.remark) if line.program else line.remark
            rows.append((line.name, text_of(line.program), text_of(line.checkpoint), remark))
        text = columns(rows) if shown else ""
        if len(shown) > _ROWS:
            text += f"\nand {len(shown) - _ROWS} more"
        equal = sum(line.remark == "matched" for line in self.lines)
        return f"{text}\n{equal} matched".lstrip("\n")

    __repr__ = __str__


_EQUAL = ("matched", "other values")
_OTHERS = (*_EQUAL, "missing", "extra")


def difference_of_program(
    pairs: list[Pair], reader: Reader, optional: frozenset[str] = frozenset()
) -> Difference:
    """How a program differs from a checkpoint; what is optional is neither missing nor extra."""
    specs = reader.specs()
    taken = taken_of(pairs, reader)
    lines = [_line(pair) for pair in pairs if pair.key or pair.name not in optional]
    lines += [
        Line(name, None, spec, "extra")
        for name, spec in specs.items()
        if name not in taken and name not in optional
    ]
    return Difference(lines, ("program", "checkpoint"))


def taken_of(pairs: list[Pair], reader: Reader) -> set[str]:
    """The names of the tensors that have a place in the program."""
    specs = reader.specs()
    names = (name for pair in pairs if pair.key for name in pair.key.split(" and "))
    return {name for name in names if name in specs} | {pair.key for pair in pairs if pair.key}


def _line(pair: Pair) -> Line:
    remark = "matched" if pair.fits else "missing"
    if pair.key and not pair.fits:
        remark = "two tensors for one variable"
        if pair.found is not None and pair.spec is not None:
            is_same = pair.found.dtype == pair.spec.dtype
            remark = "another shape" if is_same else "another dtype"
    return Line(pair.name, pair.spec, pair.found, remark)


def difference_of_checkpoints(first: Reader, second: Reader) -> Difference:
    """How two checkpoints differ, by the names of their tensors."""
    lines: list[Line] = []
    ours, theirs = first.specs(), second.specs()
    sums, others = first.checksums(), second.checksums()
    is_one_format = type(first) is type(second)

    def are_equal(name: str) -> bool:
        if is_one_format and name in sums and name in others:
            return sums[name] == others[name]
        return _have_equal_bytes(first.read(name), second.read(name))

    for name, spec in ours.items():
        found, remark = theirs.get(name), "matched"
        if found is None:
            remark = "missing"
        elif found.dtype != spec.dtype:
            remark = "another dtype"
        elif found.sizes != spec.sizes:
            remark = "another shape"
        elif not are_equal(name):
            remark = "other values"
        lines.append(Line(name, spec, found, remark))
    lines += [Line(name, None, spec, "extra") for name, spec in theirs.items() if name not in ours]
    return Difference(lines, ("first", "second"))


def _have_equal_bytes(first: Any, second: Any) -> bool:
    if first.dtype == object:
        return first.tolist() == second.tolist()
    return first.tobytes() == second.tobytes()


def _renames(missing: list[Line], extra: list[Line]) -> list[tuple[str, str]]:
    """Pairs of a missing and an extra name that may be one variable, the likeliest first."""
    from difflib import SequenceMatcher

    pairs: list[tuple[float, str, str]] = []
    for line in missing[:_CANDIDATES]:
        alike = [each for each in extra[:_CANDIDATES * 4] if each.checkpoint == line.program]
        for each in alike:
            likeness = SequenceMatcher(None, line.name, each.name).ratio()
            pairs.append((-likeness, line.name, each.name))
    found: dict[str, str] = {}
    for likeness, old, new in sorted(pairs):
        if -likeness >= _NEAR and old not in found and new not in found.values():
            found[old] = new
    return list(found.items())


def text_of(spec: Any) -> str:
    """Dtype and shape in a table."""
    return "-" if spec is None else f"{spec.dtype.name} {spec.shape}"


def columns(rows: list[tuple[str, ...]]) -> str:
    """Rows as lines whose columns stand below each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    return "\n".join(line.rstrip() for line in lines)
