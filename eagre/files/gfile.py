"""`tf.io.gfile`: files and folders by their paths, with the errors of TensorFlow."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

from eagre.core.errors import (
    AlreadyExistsError,
    FailedPreconditionError,
    InvalidArgumentError,
    NotFoundError,
    PermissionDeniedError,
)
from eagre.files.matching import matching
from eagre.files.opening import path_of, worded

if TYPE_CHECKING:
    from collections.abc import Iterator


class GFile:
    """A file, opened when it is first used, of text in UTF-8 or, with "b" in the mode, of bytes.

    Args:
        name: the path.
        mode: "r", "w", "a", or one of these with "+" or "b".

    >>> with tf.io.gfile.GFile("notes.txt", "w") as file:
    ...     file.write("first\\nsecond\\n")
    >>> with tf.io.gfile.GFile("notes.txt") as file:
    ...     file.readlines()
    ['first\\n', 'second\\n']
    """

    def __init__(self, name: Any, mode: str = "r") -> None:
        self._path = path_of(name, "GFile")
        if mode not in {m + plus + b for m in "rwa" for plus in ("", "+") for b in ("", "b")} | {
            m + "b+" for m in "rwa"
        }:
            raise InvalidArgumentError(
                "GFile expected mode to be 'r', 'w' or 'a', with '+' or 'b'. "
                f"Received: mode={mode!r}"
            )
        self._mode = mode
        self._file: Any = None

    @property
    def name(self) -> str:
        """The path."""
        return self._path

    @property
    def mode(self) -> str:
        """How the file is opened."""
        return self._mode

    def _opened(self, may: str, what: str) -> Any:
        if not set(may) & set(self._mode):
            raise PermissionDeniedError(
                f"GFile.{what} expected a file that was opened for it. "
                f"Received: {self._path!r}, of mode {self._mode!r}"
            )
        if self._file is None:
            with worded("GFile", self._path):
                self._file = open(self._path, self._mode.replace("b", "") + "b")
        return self._file

    def _as_read(self, data: bytes) -> Any:
        return data if "b" in self._mode else data.decode("utf-8")

    def read(self, n: int = -1) -> Any:
        """The next `n` bytes, or all that follow."""
        file = self._opened("r+", "read")
        with worded("GFile.read", self._path):
            return self._as_read(file.read(n))

    def readline(self) -> Any:
        """The next line with its end; nothing at the end of the file."""
        return self._as_read(self._opened("r+", "readline").readline())

    def readlines(self) -> list[Any]:
        """All lines that follow."""
        return list(self)

    def write(self, file_content: Any) -> None:
        """Write text or bytes."""
        file = self._opened("wa+", "write")
        if hasattr(file_content, "numpy"):
            file_content = file_content.numpy()
        data = file_content.encode() if isinstance(file_content, str) else bytes(file_content)
        with worded("GFile.write", self._path):
            file.write(data)

    def seek(self, offset: int | None = None, whence: int = 0) -> None:
        """Go to a place in the file."""
        file = self._opened("r+", "seek")
        with worded("GFile.seek", self._path):
            file.seek(offset or 0, whence)

    def tell(self) -> int:
        """The place in the file."""
        return self._opened("rwa", "tell").tell()

    def size(self) -> int:
        """The number of bytes of the file."""
        if self._file is not None:
            self._file.flush()
        with worded("GFile.size", self._path):
            return os.stat(self._path).st_size

    def seekable(self) -> bool:
        """True."""
        return True

    def flush(self) -> None:
        """Hand what was written to the system."""
        if self._file is not None:
            with worded("GFile.flush", self._path):
                self._file.flush()

    def close(self) -> None:
        """Let go of the file; it is opened again when it is used again."""
        file, self._file = self._file, None
        if file is not None:
            with worded("GFile.close", self._path):
                file.close()

    def __enter__(self) -> GFile:
        if "r" not in self._mode:
            self._opened("wa", "write")
        return self

    def __exit__(self, *unused: Any) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_file", None) is not None:
            self.close()

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    next = __next__

    def __repr__(self) -> str:
        return f"<GFile {self._path!r}, mode {self._mode!r}>"


def exists(path: Any) -> bool:
    """Whether there is a file or folder.

    >>> tf.io.gfile.exists("surely/not/there")
    False
    """
    return os.path.exists(path_of(path, "gfile.exists"))


def isdir(path: Any) -> bool:
    """Whether there is a folder.

    >>> tf.io.gfile.isdir(".")
    True
    """
    return os.path.isdir(path_of(path, "gfile.isdir"))


def listdir(path: Any) -> list[str]:
    """The names in a folder, sorted.

    >>> tf.io.write_file("letters/a.txt", "a")
    >>> tf.io.gfile.listdir("letters")
    ['a.txt']
    """
    folder = path_of(path, "gfile.listdir")
    if not os.path.isdir(folder):
        raise NotFoundError(f"gfile.listdir expected a folder that exists. Received: {folder!r}")
    with worded("gfile.listdir", folder):
        return sorted(os.listdir(folder))


def glob(pattern: Any) -> list[str]:
    """The paths that match a pattern, or one of several, sorted.

    >>> tf.io.write_file("numbers/1.txt", "1")
    >>> tf.io.gfile.glob("numbers/*.txt")
    ['numbers/1.txt']
    """
    patterns = [pattern] if isinstance(pattern, str | bytes | os.PathLike) else list(pattern)
    names = [path_of(each, "gfile.glob") for each in patterns]
    return [path for name in names for path in matching(name)]


def join(path: Any, *paths: Any) -> Any:
    """The parts of a path put together.

    >>> tf.io.gfile.join("a", "b", "c.txt")
    'a/b/c.txt'
    """
    return os.path.join(path, *paths)


def mkdir(path: Any) -> None:
    """Make a folder, in one that exists; where it is there already, nothing is done.

    Raises:
        AlreadyExistsError: there is a file.
        NotFoundError: the folder above is not there.

    >>> tf.io.gfile.mkdir("chest")
    """
    folder = path_of(path, "gfile.mkdir")
    with worded("gfile.mkdir", folder):
        if not os.path.isdir(folder):
            os.mkdir(folder)


def makedirs(path: Any) -> None:
    """Make a folder and those above it, where they are not there.

    >>> tf.io.gfile.makedirs("box/in/box")
    >>> tf.io.gfile.makedirs("box/in/box")
    """
    folder = path_of(path, "gfile.makedirs")
    if os.path.isfile(folder):
        raise FailedPreconditionError(
            f"gfile.makedirs expected a path at which no file is. Received: {folder!r}"
        )
    with worded("gfile.makedirs", folder):
        os.makedirs(folder, exist_ok=True)


def remove(path: Any) -> None:
    """Delete a file.

    >>> tf.io.write_file("old.txt", "")
    >>> tf.io.gfile.remove("old.txt")
    """
    file = path_of(path, "gfile.remove")
    with worded("gfile.remove", file):
        if os.path.isdir(file) and not os.path.islink(file):
            raise IsADirectoryError(21, "Is a directory")
        os.remove(file)


def rmtree(path: Any) -> None:
    """Delete a folder and all that is in it.

    >>> tf.io.write_file("heap/old.txt", "")
    >>> tf.io.gfile.rmtree("heap")
    """
    folder = path_of(path, "gfile.rmtree")
    with worded("gfile.rmtree", folder):
        shutil.rmtree(folder)


def copy(src: Any, dst: Any, overwrite: bool = False) -> None:
    """Copy a file.

    Raises:
        AlreadyExistsError: there is a file at `dst`, and `overwrite` is False.

    >>> tf.io.write_file("first.txt", "text")
    >>> tf.io.gfile.copy("first.txt", "second.txt")
    >>> tf.io.gfile.exists("second.txt")
    True
    """
    source, target = path_of(src, "gfile.copy"), path_of(dst, "gfile.copy")
    _demand_free(target, overwrite, "gfile.copy")
    with worded("gfile.copy", source):
        shutil.copyfile(source, target)


def rename(src: Any, dst: Any, overwrite: bool = False) -> None:
    """Give a file or folder another path.

    Raises:
        AlreadyExistsError: there is a file at `dst`, and `overwrite` is False.

    >>> tf.io.write_file("name.txt", "text")
    >>> tf.io.gfile.rename("name.txt", "other.txt")
    >>> tf.io.gfile.exists("name.txt")
    False
    """
    source, target = path_of(src, "gfile.rename"), path_of(dst, "gfile.rename")
    _demand_free(target, overwrite, "gfile.rename")
    with worded("gfile.rename", source):
        os.replace(source, target)


def _demand_free(path: str, overwrite: bool, name: str) -> None:
    if not overwrite and os.path.exists(path):
        raise AlreadyExistsError(
            f"{name} expected a path at which nothing is yet. Received: dst={path!r}. "
            "overwrite=True puts the file in its place."
        )


class FileStatistics:
    """What is known of a file: `length` in bytes, `mtime_nsec` in nanoseconds, `is_directory`."""

    __slots__ = ("is_directory", "length", "mtime_nsec")

    def __init__(self, length: int, mtime_nsec: int, is_directory: bool) -> None:
        self.length = length
        self.mtime_nsec = mtime_nsec
        self.is_directory = is_directory

    def __repr__(self) -> str:
        return f"<FileStatistics length={self.length}, is_directory={self.is_directory}>"


def stat(path: Any) -> FileStatistics:
    """What is known of a file or folder.

    >>> tf.io.write_file("four.txt", "four")
    >>> tf.io.gfile.stat("four.txt").length
    4
    """
    file = path_of(path, "gfile.stat")
    with worded("gfile.stat", file):
        found = os.stat(file)
    return FileStatistics(found.st_size, found.st_mtime_ns, os.path.isdir(file))


def walk(top: Any, topdown: bool = True, onerror: Any = None) -> Iterator[Any]:
    """For each folder below one: its path, the names of folders, the names of files.

    >>> tf.io.write_file("tree/branch/leaf.txt", "")
    >>> list(tf.io.gfile.walk("tree"))
    [('tree', ['branch'], []), ('tree/branch', [], ['leaf.txt'])]
    """
    folder = path_of(top, "gfile.walk")
    for path, folders, files in os.walk(folder, topdown, onerror):
        folders.sort()
        yield path, folders, sorted(files)


def get_registered_schemes() -> list[str]:
    """The kinds of addresses: paths of this machine, with or without "file://".

    >>> tf.io.gfile.get_registered_schemes()
    ['', 'file']
    """
    return ["", "file"]
