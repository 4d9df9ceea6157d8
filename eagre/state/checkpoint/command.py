"""`python -m eagre checkpoint`: tables of what checkpoints hold and of how they differ."""

from __future__ import annotations

import os
from typing import Any

from eagre.state.checkpoint.difference import columns, difference_of_checkpoints, text_of
from eagre.state.checkpoint.reader import open_checkpoint
from eagre.state.checkpoint.state_file import latest_checkpoint

SUMMARY = "show a checkpoint, or how two differ"


def define(parser: Any) -> None:
    """Give a parser the arguments of the command."""
    actions = parser.add_subparsers(dest="action", required=True)
    show = actions.add_parser("show", help="names, dtypes, shapes and sizes of the tensors")
    show.add_argument("path", help="a checkpoint, or a folder, of which the latest is shown")
    diff = actions.add_parser("diff", help="what differs between two checkpoints")
    diff.add_argument("first")
    diff.add_argument("second")


def run(options: Any) -> str:
    """The text that the command prints."""
    if options.action == "show":
        return show(options.path)
    first, second = (open_checkpoint(_checkpoint(each)) for each in (options.first, options.second))
    return str(difference_of_checkpoints(first, second))


def show(path: str) -> str:
    """The table of a checkpoint's tensors."""
    reader = open_checkpoint(_checkpoint(path))
    rows = [("name", "tensor", "bytes")]
    total = 0
    for name, spec in sorted(reader.specs().items()):
        size = (spec.shape.num_elements() or 0) * spec.dtype.size
        total += size
        rows.append((name, text_of(spec), f"{size:,}" if size else "-"))
    return f"{columns(rows)}\n{len(rows) - 1} tensors, {total:,} bytes in {reader.path}"


def _checkpoint(path: str) -> str:
    return (latest_checkpoint(path) or path) if os.path.isdir(path) else path
