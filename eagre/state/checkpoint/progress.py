"""A progress bar for large files, where somebody looks: tqdm's, if it is installed."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOWN_FROM = 1 << 28


@contextmanager
def progress(size: int, title: str) -> Iterator[Any]:
    """A function that is told how many bytes more have been written."""
    # A program without a console has no standard error.
    is_watched = sys.stderr is not None and sys.stderr.isatty()
    bar = _bar(size, title) if size >= SHOWN_FROM and is_watched else None
    if bar is None:
        yield lambda count: None
        return
    with bar:
        yield bar.update


def _bar(size: int, title: str) -> Any:
    try:
        from tqdm import tqdm
    except ImportError:
        return None
    return tqdm(total=size, desc=title, unit="B", unit_scale=True, leave=False)
