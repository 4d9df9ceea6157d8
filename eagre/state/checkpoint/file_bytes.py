"""The bytes of a file that is open: large parts are mapped into memory, small ones copied."""

from __future__ import annotations

import mmap
import os
import weakref
from _thread import allocate_lock
from typing import Any

import numpy as np

from eagre.core.caller import Called
from eagre.core.errors import DataLossError
from eagre.state.checkpoint.durable import as_operation_error

ALIGNMENT = 64
"""Where arrays are written: at multiples of so many bytes, if they are as long or longer."""
_LEAST_ALIGNMENT = 8
"""What arrays need of every dtype; files of other tools have no more."""
_MAPPED_FROM = 1 << 20


class FileBytes:
    """A file whose parts are read when they are asked for."""

    def __init__(self, path: str) -> None:
        self.path = path
        number = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        # What waits for a variable holds the file for as long as it waits, and then lets go.
        self.close = weakref.finalize(self, os.close, number)
        self.size = os.fstat(number).st_size
        self._file = open(number, "rb", buffering=0, closefd=False)
        self._lock = allocate_lock()
        self._map: mmap.mmap | None = None

    def read(self, start: int, stop: int) -> Any:
        """The bytes from one place to another, which nobody may write to."""
        with as_operation_error(Called("restore"), "read", self.path):
            return self._read(start, stop)

    def _read(self, start: int, stop: int) -> Any:
        is_aligned = start % _LEAST_ALIGNMENT == 0 and os.name != "nt"
        if stop - start >= _MAPPED_FROM and is_aligned:
            return np.frombuffer(self._mapping(), np.uint8, stop - start, start)
        if hasattr(os, "pread") and stop - start < _MAPPED_FROM:
            found = os.pread(self._file.fileno(), stop - start, start)
            if len(found) == stop - start:
                return np.frombuffer(found, np.uint8)
        return self._copy(start, stop)

    def _copy(self, start: int, stop: int) -> Any:
        data: Any = np.empty(stop - start, np.uint8)
        view = memoryview(data)
        with self._lock:
            self._file.seek(start)
            while view:
                count = self._file.readinto(view)
                if not count:
                    raise DataLossError(
                        f"{Called('restore')} expected a file of {stop} bytes. "
                        f"Received: an earlier end of path={self.path!r}. The file is damaged."
                    )
                view = view[count:]
        data.flags.writeable = False
        return data

    def _mapping(self) -> mmap.mmap:
        if self._map is None:
            self._map = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
        return self._map
