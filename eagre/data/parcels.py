"""What goes from process to process: objects as bytes, and arrays in memory that both see.

Large arrays go through an `Arena`, a file in memory without a name: it needs no cleaning up,
whoever is killed. Where the system has no such files they go through the pipe as well.
"""

from __future__ import annotations

import io
import mmap
import os
import pickle
import struct
import traceback
from types import CodeType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

_LARGE = 1 << 14
"""Arrays of so many bytes go through the arena."""
_LEAST = 1 << 20


class Parcel(NamedTuple):
    """An object as bytes, but for its large arrays, which are not copied."""

    data: Any
    buffers: list[Any]


def packed(value: Any) -> Parcel:
    """An object made of what can be imported, and of arrays."""
    buffers: list[Any] = []
    data = pickle.dumps(value, 5, buffer_callback=lambda each: _keep(each, buffers))
    return Parcel(data, buffers)


def packed_with_code(value: Any, reduced: Callable[[Any], Any]) -> Parcel:
    """An object with functions and classes, which need not be importable.

    Args:
        reduced: what `__reduce__` is to return for an object; NotImplemented for the usual.
    """
    buffers: list[Any] = []
    data = _with_code(value, reduced, lambda each: _keep(each, buffers))
    return Parcel(data, buffers)


def _with_code(value: Any, reduced: Callable[[Any], Any], callback: Any = None) -> bytes:
    try:
        import cloudpickle
    except ImportError as error:
        raise ImportError(
            "Functions go to other processes by cloudpickle. Received: none installed. "
            "pip install 'eagre[data]' brings it"
        ) from error

    class Pickler(cloudpickle.Pickler):
        """cloudpickle's, after `reduced` has been asked."""

        def reducer_override(self, obj: Any) -> Any:
            if isinstance(obj, CodeType):
                return _named, (*self.dispatch_table[CodeType](obj), obj.co_filename)
            found = reduced(obj)
            return super().reducer_override(obj) if found is NotImplemented else found

    file = io.BytesIO()
    Pickler(file, 5, buffer_callback=callback).dump(value)
    return file.getvalue()


def _named(make: Any, arguments: Any, filename: str) -> CodeType:
    """Code that knows its file, so that tracebacks show its lines."""
    return make(*arguments).replace(co_filename=filename)


class SentError:
    """An error of another process, and its traceback as text."""

    __slots__ = ("_data", "_kind", "_notes")

    def __init__(self, error: BaseException) -> None:
        told: Any = traceback.TracebackException(type(error), error, _of_user(error))
        self._notes: list[str] = list(getattr(error, "__notes__", ()))
        told.__notes__ = None
        text = "".join(told.format()).rstrip()
        self._notes.append(f"in process {os.getpid()}:\n{text}")
        self._kind = f"{type(error).__name__}: {error}"
        error.__notes__ = self._notes
        try:
            self._data = _with_code(error, lambda _: NotImplemented)
            pickle.loads(self._data)
        except Exception:
            # Some errors cannot be pickled, or not be made again: their text is all there is.
            self._data = None

    def error(self) -> BaseException:
        """The error, or one that tells of it."""
        if self._data is not None:
            return pickle.loads(self._data)
        found = RuntimeError(self._kind)
        found.__notes__ = self._notes
        return found


def _of_user(error: BaseException) -> Any:
    """The traceback from the user's function on."""
    package = os.path.dirname(os.path.dirname(__file__))
    found = error.__traceback__
    while found is not None and found.tb_frame.f_code.co_filename.startswith(package):
        found = found.tb_next
    return found or error.__traceback__


def unpacked(parcel: Parcel) -> Any:
    """The object."""
    return pickle.loads(parcel.data, buffers=parcel.buffers)


def _keep(buffer: pickle.PickleBuffer, buffers: list[Any]) -> bool:
    """Keep a large buffer beside the bytes; whether it is to be among them."""
    raw = buffer.raw()
    if raw.nbytes < _LARGE:
        return True
    buffers.append(raw)
    return False


class Arena:
    """Memory that two processes see, of which one writes and the other reads, in turns."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._map: Any = None

    @classmethod
    def new(cls) -> Arena | None:
        """One that nobody else sees yet, None where the system cannot make it."""
        if not hasattr(os, "memfd_create"):
            return None
        return cls(os.memfd_create("eagre"))

    def __getitem__(self, place: slice) -> Any:
        """A part of it as an array of bytes; it is as large as it has to be."""
        if self._map is None or len(self._map) < place.stop:
            size = os.fstat(self.descriptor).st_size
            if size < place.stop:
                size = max(place.stop, 2 * size, _LEAST)
                os.ftruncate(self.descriptor, size)
            self._map = mmap.mmap(self.descriptor, size)
        return np.frombuffer(self._map, np.uint8, place.stop - place.start, place.start)

    def close(self) -> None:
        """The memory is free when both sides have done so."""
        self._map = None
        os.close(self.descriptor)


class Channel:
    """Two pipes, of which one is read and the other written, and perhaps an arena."""

    _HEADER = struct.Struct("<QQ")

    def __init__(self, reader: int, writer: int, arena: Arena | None) -> None:
        self._reader = io.FileIO(reader, "r", closefd=False)
        self._descriptors, self._arena = (reader, writer), arena

    def send(self, parcel: Parcel) -> None:
        """Write a parcel; OSError where nobody reads any more."""
        sizes = [buffer.nbytes for buffer in parcel.buffers]
        head = self._HEADER.pack(len(parcel.data), len(sizes))
        parts = [head + struct.pack(f"<{len(sizes)}Q", *sizes) + parcel.data]
        if self._arena is None:
            parts += parcel.buffers
        else:
            for start, buffer in zip(_places(sizes), parcel.buffers, strict=True):
                whole = np.frombuffer(buffer, np.uint8)
                self._arena[start : start + len(whole)][:] = whole
        for part in parts:
            self._write(part)

    def receive(self) -> Parcel:
        """Read a parcel; EOFError where nobody writes any more."""
        length, count = self._HEADER.unpack(self._read(self._HEADER.size))
        sizes = struct.unpack(f"<{count}Q", self._read(8 * count))
        data = self._read(length)
        if self._arena is None:
            return Parcel(data, [self._read(size) for size in sizes])
        places = zip(_places(sizes), sizes, strict=True)
        return Parcel(data, [self._arena[start : start + size].copy() for start, size in places])

    def _write(self, data: Any) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._descriptors[1], rest) :]

    def _read(self, size: int) -> Any:
        data: Any = np.empty(size, np.uint8)
        rest = memoryview(data)
        while rest:
            count = self._reader.readinto(rest)
            if not count:
                raise EOFError
            rest = rest[count:]
        return data

    def close(self) -> None:
        """Let go of both pipes and of the arena."""
        for descriptor in self._descriptors:
            os.close(descriptor)
        if self._arena is not None:
            self._arena.close()


def _places(sizes: Any) -> list[int]:
    """Where buffers stand in the arena: each at a multiple of 64 bytes."""
    places, place = [], 0
    for size in sizes:
        places.append(place)
        place += -(-size // 64) * 64
    return places
