"""Names of the first eager programs that say how the program runs.

Every operation is done when its function returns: an asynchronous mode is accepted and changes
nothing.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from eagre.core.devices import list_physical_devices

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

SYNC, ASYNC = 0, 1


def _check_mode(mode: Any, name: str) -> None:
    if mode not in (None, SYNC, ASYNC):
        raise ValueError(
            f"{name} expected tf.contrib.eager.SYNC, tf.contrib.eager.ASYNC or None. "
            f"Received: mode={mode!r}"
        )


@contextmanager
def execution_mode(mode: int | None) -> Iterator[None]:
    """A context in which operations run as everywhere, one after the other.

    >>> tfe = tf.contrib.eager
    >>> with tfe.execution_mode(tfe.ASYNC):
    ...     x = tf.constant(1.0) + 1.0
    >>> tfe.async_wait()
    """
    _check_mode(mode, "execution_mode")
    yield


def set_execution_mode(mode: int | None) -> None:
    """Do nothing: operations run one after the other."""
    _check_mode(mode, "set_execution_mode")


def async_wait() -> None:
    """Do nothing: every operation is done already."""


def async_clear_error() -> None:
    """Do nothing: an error is raised by the operation that made it."""


def num_gpus() -> int:
    """The number of graphics processors that operations can run on.

    >>> tf.contrib.eager.num_gpus()
    0
    """
    return len(list_physical_devices("GPU"))


def run(
    main: Callable[[Sequence[str]], Any] | None = None, argv: Sequence[str] | None = None
) -> NoReturn:
    """Call `main` with the words of the command line, and end the program with what it returns.

    Args:
        main: by default the function `main` of the program.
        argv: by default `sys.argv`.
    """
    if main is None:
        main = getattr(sys.modules["__main__"], "main", None)
    if not callable(main):
        raise TypeError(
            "run expected a function main, given or in the program that was started. "
            f"Received: main={main!r}"
        )
    sys.exit(main(sys.argv if argv is None else argv))
