"""Elements that are records of files, one file after the other.

What the records are, a `Reader` of the room `files` says. A pass knows the file that is open, the
place in it, and how the names of files stand: so it goes on where it was in a few numbers.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from eagre.core import ambient, dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import FailedPreconditionError, InvalidArgumentError
from eagre.core.specs import TensorSpec
from eagre.core.tensor import SymbolicTensor
from eagre.data.cursors import Course, Cursor, Element
from eagre.data.dataset import Dataset
from eagre.data.sources import Slices
from eagre.data.specs import UNKNOWN, integer, is_dataset
from eagre.files.lines import FixedLengthReader, LineReader
from eagre.files.records import RecordReader
from eagre.files.streams import Reader, compression_of
from eagre.ops.files import matching_files
from eagre.ops.shaping import reshape

_AT_ONCE = 64


def names_of(filenames: Any, stage: str) -> Dataset:
    """The dataset of paths for an argument: a path, a list or tensor of paths, or a dataset."""
    if is_dataset(filenames):
        leaf = filenames.layout.spec
        if isinstance(leaf, TensorSpec) and leaf.dtype is dtypes.string:
            return filenames
        raise TypeError(
            f"{stage} expected filenames to be a dataset of strings. "
            f"Received: element_spec={leaf!r}"
        )
    is_list = isinstance(filenames, list | tuple)
    values = [_plain(each) for each in filenames] if is_list else _plain(filenames)
    is_empty = is_list and not values
    paths: Any = to_tensor(values, dtypes.string if is_empty else None, name=f"{stage}(filenames)")
    if paths.dtype is not dtypes.string:
        raise TypeError(
            f"{stage} expected filenames that are texts. Received: dtype={paths.dtype.name}"
        )
    if isinstance(paths, SymbolicTensor):
        return Slices(reshape(paths, [-1]))
    return Slices.of((paths.array.reshape(-1),), TensorSpec.of((), dtypes.string), "filenames")


def _plain(path: Any) -> Any:
    return os.fspath(path) if hasattr(path, "__fspath__") else path


def files_listed(pattern: Any, shuffles: bool, seed: Any) -> Dataset:
    """The paths that match the patterns, which are looked for now."""
    stage = "Dataset.list_files"
    with ambient.outside(None):
        names = names_of(pattern, stage)
        patterns = [name.decode() for name in names.as_numpy_iterator()]
        found: Any = matching_files(patterns)
    if not found.sizes[0]:
        raise InvalidArgumentError(
            f"{stage} expected files that match. Received: file_pattern={pattern!r:.80}, which "
            "none matches"
        )
    listed = Slices.of((found.array,), TensorSpec.of((), dtypes.string), "list_files")
    return listed.shuffle(found.sizes[0], seed) if shuffles else listed


class Files(Dataset):
    """The records of files.

    Args:
        filenames: a path, a list or tensor of paths, or a dataset of them.
        compression: `"GZIP"` or `"ZLIB"`; None or an empty string for neither.
        buffer_size: the number of bytes to read at once.
        parallel: with two or more, so many files take turns, as in TensorFlow.
        stage: the public name.
        spec: of the elements; strings by default.
    """

    public = "Files"

    def __init__(
        self,
        filenames: Any,
        compression: Any,
        buffer_size: Any,
        parallel: Any,
        stage: str,
        spec: Any = None,
    ) -> None:
        self.compression = compression_of(compression, stage)
        self.buffer_size = (
            None if buffer_size is None else integer(buffer_size, f"{stage}(buffer_size)", 0)
        )
        self._spec = TensorSpec.of((), dtypes.string) if spec is None else spec
        source = names_of(filenames, stage)
        turns = 1 if parallel is None else integer(parallel, f"{stage}(num_parallel_reads)", -1)
        if turns == 0:
            raise InvalidArgumentError(
                f"{stage} expected num_parallel_reads to be at least 1, or tf.data.AUTOTUNE. "
                "Received: 0"
            )
        self._is_taking_turns = turns is not None and turns > 1
        if self._is_taking_turns:
            source = source.interleave(self._of_one, cycle_length=turns, block_length=1)
        super().__init__(self._spec, source, stage=stage)

    def _of_one(self, path: Any) -> Dataset:
        """The same for one file, when files take turns."""
        made = object.__new__(self.__class__)
        vars(made).update(vars(self))
        made._is_taking_turns = False
        Dataset.__init__(made, self._spec, names_of(path, self.public), stage=self.public)
        return made

    def size(self) -> int:
        return UNKNOWN

    def begin(self, run: Course, key: int) -> Cursor:
        if self._is_taking_turns:
            return self.inputs[0].cursor(run, key)
        return _FileCursor(self, run, key)

    def reader(self, path: str) -> Reader:
        """What reads the records of a file."""
        raise NotImplementedError

    def element_of(self, record: bytes) -> Element:
        """The components of a record."""
        array = np.empty((), object)
        array[()] = record
        return (array,)

    def rows_of(self, records: list[bytes]) -> Element:
        """The components of records, stacked."""
        array = np.empty(len(records), object)
        array[:] = records
        return (array,)


class _FileCursor(Cursor):
    """The file that is open, and records read ahead from it, of which some were given out."""

    __slots__ = (
        "_before", "_key", "_offset", "_paths", "_place", "_reader", "_records", "_run", "_stage"
    )  # fmt: skip

    def __init__(self, stage: Files, run: Course, key: int) -> None:
        self._stage, self._run, self._key = stage, run, key
        self._paths = stage.inputs[0].cursor(run, key)
        self._before: Any = None
        self._reader: Reader | None = None
        self._records: list[bytes] = []
        self._offset = self._place = 0

    def next(self) -> Element | None:
        if self._place >= len(self._records) and not self._read(_AT_ONCE):
            return None
        record = self._records[self._place]
        self._place += 1
        return self._stage.element_of(record)

    def rows(self, count: int) -> Element | None:
        start = self.state()
        found: list[bytes] = []
        while len(found) < count:
            if self._place >= len(self._records) and not self._read(count - len(found)):
                break
            part = self._records[self._place : self._place + count - len(found)]
            self._place += len(part)
            found += part
        try:
            return self._stage.rows_of(found) if found else None
        except InvalidArgumentError:
            # One by one, the error comes where the record is, and those behind it are still there.
            self.restore(start)
            return super().rows(count)

    def skip(self, count: int) -> int:
        gone = 0
        while gone < count:
            if self._place >= len(self._records) and not self._read(min(count - gone, 1024)):
                break
            step = min(count - gone, len(self._records) - self._place)
            self._place += step
            gone += step
        return gone

    def _read(self, count: int) -> bool:
        """Have further records, of the next file where this one ends; whether there are any."""
        self._records, self._place = [], 0
        while True:
            if self._reader is None and not self._open():
                return False
            assert self._reader is not None
            try:
                self._offset = self._reader.offset
                self._records = self._reader.read(count)
            except Exception:
                # What comes next is the next file, so that an error can be passed over.
                self._close()
                raise
            if self._records:
                return True
            self._close()

    def _open(self) -> bool:
        before = self._paths.state()
        path = self._paths.next()
        if path is None:
            return False
        reader = self._stage.reader(os.fsdecode(path[0].item()))
        reader.begin()
        self._reader, self._before = reader, before
        return True

    def _close(self) -> None:
        if self._reader is not None:
            self._reader.close()
        self._reader = None
        self._records, self._place = [], 0

    def state(self) -> Any:
        if self._reader is None:
            return [self._paths.state()]
        return [self._before, self._offset, self._place, self._reader.known_size]

    def restore(self, state: Any) -> None:
        self._close()
        paths, *inside = state
        self._paths = self._stage.inputs[0].cursor(self._run, self._key)
        self._paths.restore(paths)
        if not inside:
            return
        offset, place, size = inside
        if not self._open():
            raise ValueError("no such file")
        assert self._reader is not None
        self._reader.move_to(offset, size)
        self._offset = offset
        while place:
            found = len(self._reader.read(place))
            if not found:
                raise FailedPreconditionError(
                    f"{self._stage.stage} expected the file that was read when the state was "
                    f"taken. Received: {self._reader.blocks.path!r}, which has fewer records"
                )
            place -= found
        self._offset = self._reader.offset


class TFRecordDataset(Files):
    """The records of TFRecord files, as strings.

    Args:
        filenames: a path, a list or tensor of paths, or a dataset of them.
        compression_type: `"GZIP"` or `"ZLIB"`; None or an empty string for neither.
        buffer_size: the number of bytes to read at once.
        num_parallel_reads: with two or more, so many files take turns, record by record, in an
            order that is always the same.

    Raises:
        DataLossError: while iterating: a file is truncated, or a checksum is wrong.

    >>> with tf.io.TFRecordWriter("numbers.tfrecord") as writer:
    ...     for number in range(3):
    ...         writer.write(str(number))
    >>> list(tf.data.TFRecordDataset("numbers.tfrecord").as_numpy_iterator())
    [b'0', b'1', b'2']
    """

    public = "TFRecordDataset"

    def __init__(
        self,
        filenames: Any,
        compression_type: Any = None,
        buffer_size: Any = None,
        num_parallel_reads: Any = None,
        name: str | None = None,
    ) -> None:
        super().__init__(
            filenames, compression_type, buffer_size, num_parallel_reads, self.public
        )

    def reader(self, path: str) -> Reader:
        return RecordReader(path, self.compression, self.stage, self.buffer_size)


class TextLineDataset(Files):
    """The lines of text files, one after the other, without their ends.

    Carriage returns are left out, wherever they stand.

    Args:
        filenames: a path, a list or tensor of paths, or a dataset of them.
        compression_type: `"GZIP"` or `"ZLIB"`; None or an empty string for neither.
        buffer_size: the number of bytes to read at once.
        num_parallel_reads: with two or more, so many files take turns, line by line.

    >>> with open("verse.txt", "w") as file:
    ...     _ = file.write("roses\\nviolets\\n")
    >>> list(tf.data.TextLineDataset("verse.txt").as_numpy_iterator())
    [b'roses', b'violets']
    """

    public = "TextLineDataset"

    def __init__(
        self,
        filenames: Any,
        compression_type: Any = None,
        buffer_size: Any = None,
        num_parallel_reads: Any = None,
        name: str | None = None,
    ) -> None:
        super().__init__(
            filenames, compression_type, buffer_size, num_parallel_reads, self.public
        )

    def reader(self, path: str) -> Reader:
        return LineReader(path, self.compression, self.stage, self.buffer_size)


class FixedLengthRecordDataset(Files):
    """The records of one length of files, as strings.

    Args:
        filenames: a path, a list or tensor of paths, or a dataset of them.
        record_bytes: the length of a record.
        header_bytes: so many bytes before the first record are left out.
        footer_bytes: so many bytes behind the last record are left out.
        buffer_size, compression_type, num_parallel_reads: as for `tf.data.TFRecordDataset`.

    >>> with open("pairs.bin", "wb") as file:
    ...     _ = file.write(b"HEADaabb")
    >>> pairs = tf.data.FixedLengthRecordDataset("pairs.bin", 2, header_bytes=4)
    >>> list(pairs.as_numpy_iterator())
    [b'aa', b'bb']
    """

    public = "FixedLengthRecordDataset"

    def __init__(
        self,
        filenames: Any,
        record_bytes: Any,
        header_bytes: Any = None,
        footer_bytes: Any = None,
        buffer_size: Any = None,
        compression_type: Any = None,
        num_parallel_reads: Any = None,
        name: str | None = None,
    ) -> None:
        length = integer(record_bytes, f"{self.public}(record_bytes)", 1)
        header = integer(header_bytes or 0, f"{self.public}(header_bytes)", 0)
        footer = integer(footer_bytes or 0, f"{self.public}(footer_bytes)", 0)
        self.lengths = length, header, footer
        super().__init__(
            filenames, compression_type, buffer_size, num_parallel_reads, self.public
        )

    def reader(self, path: str) -> Reader:
        lengths: Any = self.lengths
        return FixedLengthReader(path, self.compression, self.stage, self.buffer_size, lengths)
