"""Files that are there whole or not at all: written beside their place, flushed, renamed.

A process that is killed leaves its unfinished file behind, under a name that no reader looks for;
the next one that writes in the folder removes it.
"""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from eagre.core.errors import (
    FailedPreconditionError,
    InvalidArgumentError,
    NotFoundError,
    OpError,
    PermissionDeniedError,
    ResourceExhaustedError,
    UnknownError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

UNFINISHED = ".partial"
_FLUSHED_FROM = 1 << 26
_PAUSE = 0.01
_SHOWN = 40
"""Letters of a file's name that its unfinished form has: a long name is not made too long."""
_ERRORS = {
    errno.ENOSPC: ResourceExhaustedError,
    errno.EDQUOT: ResourceExhaustedError,
    errno.EFBIG: ResourceExhaustedError,
    errno.EMFILE: ResourceExhaustedError,
    errno.ENFILE: ResourceExhaustedError,
    errno.ENOMEM: ResourceExhaustedError,
    errno.ENAMETOOLONG: InvalidArgumentError,
    errno.EISDIR: FailedPreconditionError,
    errno.ENOTDIR: FailedPreconditionError,
    errno.EEXIST: FailedPreconditionError,
    errno.EACCES: PermissionDeniedError,
    errno.EPERM: PermissionDeniedError,
    errno.EROFS: PermissionDeniedError,
    errno.ENOENT: NotFoundError,
}


@contextmanager
def new_file(path: str, size: int = 0) -> Iterator[Any]:
    """An unbuffered binary file that takes the place of `path` when the block ends without error.

    After it the bytes and the name are on the disk. `size` is about how long it will be.
    """
    with as_operation_error("save", "write", path), _unfinished(path) as (unfinished, file):
        with file:
            with _Flusher(file.fileno(), size):
                yield file
            os.fsync(file.fileno())
        os.replace(unfinished, path)
        flush_folder(os.path.dirname(path))


@contextmanager
def _unfinished(path: str) -> Iterator[tuple[str, Any]]:
    """A new file beside `path` and its name, removed when the block ends with an error."""
    unfinished, file = _open_beside(path)
    try:
        yield unfinished, file
    except BaseException:
        with suppress(FileNotFoundError):
            os.remove(unfinished)
        raise


class _Flusher:
    """A thread that brings a large file to the disk while it is still being written."""

    def __init__(self, number: int, size: int) -> None:
        self._number = number
        self._is_written = Event()
        self._error: OSError | None = None
        is_worth_it = size >= _FLUSHED_FROM and hasattr(os, "fdatasync")
        self._thread = Thread(target=self._work) if is_worth_it else None

    def _work(self) -> None:
        try:
            while not self._is_written.wait(_PAUSE):
                os.fdatasync(self._number)
        except OSError as error:
            # The system tells of a failure once: the last flush would not know of it.
            self._error = error

    def __enter__(self) -> None:
        if self._thread is not None:
            self._thread.start()

    def __exit__(self, kind: Any, *error: object) -> None:
        self._is_written.set()
        if self._thread is not None:
            self._thread.join()
        if self._error is not None and kind is None:
            raise self._error


def write_text(path: str, text: str) -> None:
    """Put a small text in place of the file `path`."""
    with new_file(path) as file:
        # Names of files are bytes to the system, and may be no text.
        file.write(text.encode("utf-8", "surrogateescape"))


def remove(path: str) -> None:
    """Remove a file if it is there."""
    with as_operation_error("save", "remove", path), suppress(FileNotFoundError):
        os.remove(path)


def flush_folder(folder: str) -> None:
    """Bring the names in a folder to the disk, where the system can."""
    if os.name == "nt":
        return
    number = os.open(folder or ".", os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def remove_unfinished(folder: str) -> None:
    """Remove what killed processes have left in a folder; what is being written stays."""
    for entry in os.scandir(folder or "."):
        if entry.name.startswith(".") and entry.name.endswith(UNFINISHED):
            _remove_if_abandoned(entry.path)


class as_operation_error:
    """Context in which errors of the system get words for the user and the class of their cause."""

    def __init__(self, name: str, verb: str, path: str, kind: str = "file") -> None:
        self._name, self._verb, self._path, self._kind = name, verb, path, kind

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> None:
        if isinstance(error, OSError) and not isinstance(error, OpError):
            raise _ERRORS.get(error.errno or 0, UnknownError)(
                f"{self._name} cannot {self._verb} the {self._kind}: {error.strerror or error}. "
                f"Received: path={self._path!r}"
            ) from error


def _open_beside(path: str) -> tuple[str, Any]:
    folder, name = os.path.split(path)
    while True:
        unfinished = os.path.join(folder, f".{name[:_SHOWN]}.{os.urandom(6).hex()}{UNFINISHED}")
        file = open(unfinished, "xb", buffering=0)
        # Another process may have taken it for abandoned before the lock was there.
        if _lock(file) and os.path.exists(unfinished):
            return unfinished, file
        file.close()


def _lock(file: Any) -> bool:
    """Whether this process holds the lock of a file; where there are no locks, it does."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        # A file system without locks: nothing tells unfinished from abandoned.
        return True
    return True


def _remove_if_abandoned(path: str) -> None:
    with suppress(FileNotFoundError, PermissionError), open(path, "rb") as file:
        if _is_locked_by_nobody(file):
            os.remove(path)


def _is_locked_by_nobody(file: Any) -> bool:
    try:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except (ImportError, OSError):
        return False
    return True
