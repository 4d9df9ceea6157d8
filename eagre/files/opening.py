"""Opening files: paths in every form, and the errors of the system in eagre's classes."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from eagre.core import errors

if TYPE_CHECKING:
    from collections.abc import Iterator

_KINDS: list[tuple[type[OSError], type[errors.OpError], str]] = [
    (FileNotFoundError, errors.NotFoundError, "a path that exists"),
    (FileExistsError, errors.AlreadyExistsError, "a path at which nothing is yet"),
    (PermissionError, errors.PermissionDeniedError, "a path that may be used so"),
    (IsADirectoryError, errors.FailedPreconditionError, "a file"),
    (NotADirectoryError, errors.FailedPreconditionError, "a folder"),
]


def path_of(value: Any, name: str) -> str:
    """The path that text, bytes, a path object or a scalar tensor stands for."""
    if hasattr(value, "numpy") and not isinstance(value, str | bytes):
        value = value.numpy()
    try:
        path = os.fsdecode(value)
    except TypeError:
        raise TypeError(
            f"{name} expected a path: text, bytes or an os.PathLike. Received: {value!r:.80}"
        ) from None
    if "\0" in path:
        raise errors.InvalidArgumentError(
            f"{name} expected a path without zero bytes. Received: {path!r:.80}"
        )
    return path.removeprefix("file://")


@contextmanager
def worded(name: str, path: str) -> Iterator[None]:
    """Raise errors of the system in the classes of `eagre.errors`, with the path."""
    try:
        yield
    except OSError as error:
        if isinstance(error, errors.OpError):
            raise
        raise error_of(error, name, path) from error


def error_of(error: OSError, name: str, path: str) -> errors.OpError:
    """The error for the user where the system raised one."""
    for kind, ours, expected in _KINDS:
        if isinstance(error, kind):
            return ours(f"{name} expected {expected}. Received: {path!r}: {error.strerror}")
    reason = error.strerror or str(error)
    if reason == "Directory not empty":
        return errors.FailedPreconditionError(
            f"{name} expected an empty folder. Received: {path!r}: {reason}"
        )
    return errors.UnknownError(
        f"{name} expected the system to do it. Received: {path!r}: {reason}"
    )


def open_to_read(path: str, name: str) -> Any:
    """A file of bytes without a buffer."""
    with worded(name, path):
        return open(path, "rb", buffering=0)


def read_whole(path: str, name: str) -> bytes:
    """The bytes of a file."""
    with worded(name, path), open(path, "rb") as file:
        return file.read()


def write_whole(path: str, contents: bytes, name: str) -> None:
    """Make a file of these bytes, and the folders above it."""
    with worded(name, path):
        folder = os.path.dirname(path)
        if folder:
            os.makedirs(folder, exist_ok=True)
        with open(path, "wb") as file:
            file.write(contents)


def size_of(path: str, name: str) -> int:
    """The number of bytes of a file."""
    with worded(name, path):
        return os.stat(path).st_size
