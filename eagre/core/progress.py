"""Progress bars, which are tqdm's: for large files where somebody looks, and where asked for."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

SHOWN_FROM = 1 << 28


@contextmanager
def progress(size: int, title: str) -> Generator[Callable[[int], Any]]:
    """A function that is told how many bytes more have been written."""
    # A program without a console has no standard error.
    is_watched = sys.stderr is not None and sys.stderr.isatty()
    bar = _bar(size, title) if size >= SHOWN_FROM and is_watched else None
    if bar is None:
        yield _unseen
        return
    with bar:
        yield bar.update


def _unseen(count: int) -> None:
    """Nobody looks."""


def _bar(size: int, title: str) -> Any:
    try:
        from tqdm import tqdm
    except ImportError:
        return None
    return tqdm(total=size, desc=title, unit="B", unit_scale=True, leave=False)


def progress_bar(size: int | None, title: str | None, initial: int) -> Any:
    """A bar that the user asked for, in a terminal or a notebook; `update(count)` moves it."""
    try:
        from tqdm.auto import tqdm
    except ImportError as error:
        raise ImportError(
            "Dataset.with_progress expected tqdm to be installed. Received: no module of this "
            "name. Install eagre[data]."
        ) from error
    return tqdm(total=size, desc=title, initial=initial, unit="element")
