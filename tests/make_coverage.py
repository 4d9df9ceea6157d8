"""Write docs/coverage.md: which of TensorFlow's names are there, and which are not.

    python -m tests.make_coverage
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import eagre as tf
from eagre.core.absent import tensorflow_names

PAGE = Path(__file__).resolve().parents[1] / "docs" / "coverage.md"
HEAD = """# Coverage

Which of TensorFlow's public names eagre has, namespace by namespace.
Names of Keras and of TensorFlow 1, and the methods of classes, do not count.
`python -m tests.make_coverage` writes this page, and a test holds it up to date.
A name that is not there raises `AttributeError`, which says so and names the nearest that is.

"""


def found_names(space: str) -> set[str]:
    """The names that a namespace of the package has, none where there is no such namespace."""
    found: Any = tf
    for part in space.split(".")[1:]:
        if part not in getattr(found, "__all__", ()):
            return set()
        found = getattr(found, part)
    return set(getattr(found, "__all__", ()))


def own_spaces(module: Any = tf, space: str = "tf") -> list[str]:
    """The namespaces of the package, with those within them."""
    inner = {name: getattr(module, name) for name in module.__all__}
    spaces = [name for name, value in inner.items() if isinstance(value, ModuleType)]
    deeper = [own_spaces(inner[name], f"{space}.{name}") for name in sorted(spaces)]
    return [space, *[each for several in deeper for each in several]]


def page() -> str:
    """The text of the page."""
    known = tensorflow_names()
    spaces = sorted({*known, *own_spaces()})
    rows = [(space, known.get(space, set()), found_names(space)) for space in spaces]
    there = sum(len(theirs & ours) for _, theirs, ours in rows)
    total = sum(len(theirs) for _, theirs, _ in rows)
    lines = [f"In all {there} of {total} names are there.\n", *_table(rows)]
    for space, theirs, ours in rows:
        lines += _section(space, theirs, ours)
    return HEAD + "\n".join(lines)


def _table(rows: list[Any]) -> list[str]:
    lines = ["| namespace | there | of |", "| --- | --- | --- |"]
    for space, theirs, ours in rows:
        if theirs:
            lines.append(f"| `{space}` | {len(theirs & ours)} | {len(theirs)} |")
    return [*lines, ""]


def _section(space: str, theirs: set[str], ours: set[str]) -> list[str]:
    lines = [f"## {space}\n"]
    for title, names in (
        ("There", theirs & ours),
        ("Not there", theirs - ours),
        ("eagre's own", ours - theirs),
    ):
        if names:
            lines.append(f"{title}: {', '.join(f'`{name}`' for name in sorted(names))}.\n")
    return lines


def main() -> None:
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
