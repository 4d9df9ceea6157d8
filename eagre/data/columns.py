"""Rows of Arrow tables: of tables in memory, of Parquet and Arrow files, of Hugging Face's."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import Any

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.core.python_numbers import described
from eagre.data.cursors import Course, Cursor, Element, joined, stacked
from eagre.data.dataset import Dataset
from eagre.data.sources import row
from eagre.files import arrow


class TableRows(Dataset):
    """The rows of an Arrow table, each a dictionary. Columns of numbers are not copied."""

    is_indexed = True

    def __init__(self, table: Any, columns: Any, stage: str) -> None:
        self.table = table.select(_chosen(table.schema, columns, stage))
        self.names = sorted(self.table.column_names)
        spec = {name: arrow.spec_of_field(stage, self.table.schema.field(name))
                for name in self.names}  # fmt: skip
        super().__init__(spec, stage=stage)
        self._arrays: dict[str, Any] = {}

    def size(self) -> int:
        return self.table.num_rows

    def _array(self, name: str) -> Any:
        """The whole column as an array; None where its lists have several lengths."""
        if name not in self._arrays:
            try:
                self._arrays[name] = arrow.rows(self.table.column(name), self.stage)
            except arrow.ListsDifferError:
                self._arrays[name] = None
        return self._arrays[name]

    def _part(self, name: str, start: int, stop: int) -> Any:
        array = self._array(name)
        if array is not None:
            return array[start:stop]
        return arrow.rows(self.table.column(name).slice(start, stop - start), self.stage)

    def element(self, index: int) -> Element:
        return tuple([row(self._part(name, index, index + 1), 0) for name in self.names])

    def span(self, start: int, stop: int) -> Element:
        try:
            return tuple([self._part(name, start, stop) for name in self.names])
        except arrow.ListsDifferError:
            return stacked([self.element(index) for index in range(start, stop)])

    def gather(self, indices: Any) -> Element:
        if all(self._array(name) is not None for name in self.names):
            return tuple([self._array(name).take(indices, 0) for name in self.names])
        return stacked([self.element(int(index)) for index in indices])


def _chosen(schema: Any, columns: Any, stage: str) -> list[str]:
    """The names of the columns that are wanted."""
    if columns is None:
        return list(schema.names)
    wanted = [columns] if isinstance(columns, str) else list(columns)
    for name in wanted:
        if name not in schema.names:
            raise InvalidArgumentError(
                f"{stage} expected names of columns out of {list(schema.names)}. "
                f"Received: columns={columns!r}"
            )
    return wanted


def from_table(table: Any, columns: Any, name: str) -> Dataset:
    """The rows of what stands on an Arrow table."""
    found = arrow.table_of(table)
    if found is None:
        raise TypeError(
            f"Dataset.{name} expected a pyarrow Table or a dataset of Hugging Face. "
            f"Received: {described(table)}"
        )
    return TableRows(found, columns, f"Dataset.{name}")


class _FileRows(Dataset):
    """The rows of several files, which are read a group of rows at a time."""

    public = ""

    def __init__(self, filenames: Any, columns: Any = None, name: str | None = None) -> None:
        paths: Any = to_tensor(filenames, dtypes.string, name=f"{self.public}(filenames)")
        self.paths = [path.decode() for path in paths.array.reshape(-1).tolist()]
        if not self.paths:
            raise InvalidArgumentError(
                f"{self.public} expected at least one file. Received: filenames=[]"
            )
        self._files: dict[int, Any] = {}
        schema = self.schema(0)
        self.names = _chosen(schema, columns, self.public)
        spec = {key: arrow.spec_of_field(self.public, schema.field(key)) for key in self.names}
        super().__init__(spec, stage=self.public)
        self._ends: list[int] = []

    # What a format says -----------------------------------------------------------------------

    def schema(self, number: int) -> Any:
        """The schema of a file."""
        raise NotImplementedError

    def group_sizes(self, number: int) -> list[int]:
        """How many rows each group of a file has."""
        raise NotImplementedError

    def table(self, number: int, group: int) -> Any:
        """A group of rows."""
        raise NotImplementedError

    # What both do -----------------------------------------------------------------------------

    def group(self, number: int, group: int) -> TableRows:
        """The rows of a group, which have to be those of the first file."""
        found = TableRows(self.table(number, group), self.names, self.public)
        if found.element_spec != self.element_spec:
            raise InvalidArgumentError(
                f"{self.public} expected files of one schema. Received: {self.paths[number]!r} "
                f"with {found.element_spec!r} after {self.element_spec!r}"
            )
        return found

    def ends(self) -> list[int]:
        """How many rows there are up to the end of each file."""
        if not self._ends:
            sizes = [sum(self.group_sizes(number)) for number in range(len(self.paths))]
            self._ends = list(accumulate(sizes))
        return self._ends

    def size(self) -> int:
        return self.ends()[-1]

    def begin(self, run: Course, key: int) -> Cursor:
        return _GroupsCursor(self)

    def place(self, index: int) -> tuple[int, int, int]:
        """File, group and row of an element."""
        number = bisect_right(self.ends(), index)
        index -= self.ends()[number - 1] if number else 0
        ends = list(accumulate(self.group_sizes(number)))
        group = bisect_right(ends, index)
        return number, group, index - (ends[group - 1] if group else 0)

    def element(self, index: int) -> Element:
        number, group, place = self.place(index)
        return self.group(number, group).element(place)


class ParquetDataset(_FileRows):
    """The rows of Parquet files, each a dictionary of its columns; strings are bytes.

    A group of rows is read when its first row is wanted.

    Args:
        filenames: a path, or a list or tensor of paths of files of one schema.
        columns: the names of those that are wanted; by default all.

    Raises:
        NotFoundError: there is no such file.
        DataLossError: a file is damaged.
        InvalidArgumentError: a column has nulls, or a type that tensors do not have.

    >>> import pyarrow, pyarrow.parquet
    >>> table = pyarrow.table({"x": [1.0, 2.0], "label": ["a", "b"]})
    >>> pyarrow.parquet.write_table(table, "points.parquet")
    >>> list(tf.data.ParquetDataset("points.parquet").as_numpy_iterator())
    [{'x': np.float64(1.0), 'label': b'a'}, {'x': np.float64(2.0), 'label': b'b'}]
    """

    public = "ParquetDataset"

    def _file(self, number: int) -> Any:
        if number not in self._files:
            self._files[number] = arrow.open_parquet(self.paths[number])
        return self._files[number]

    def schema(self, number: int) -> Any:
        return self._file(number).schema_arrow

    def group_sizes(self, number: int) -> list[int]:
        metadata = self._file(number).metadata
        return [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]

    def table(self, number: int, group: int) -> Any:
        return arrow.read_group(self._file(number), group, self.names, self.paths[number])


class ArrowDataset(_FileRows):
    """The rows of files in Arrow's formats for files or for streams, also called Feather.

    The files are mapped into memory: of columns of numbers nothing is copied before it is wanted.

    Args:
        filenames, columns: as for `tf.data.ParquetDataset`.

    >>> import pyarrow
    >>> table = pyarrow.table({"x": [1, 2, 3]})
    >>> with pyarrow.OSFile("numbers.arrow", "wb") as file:
    ...     with pyarrow.ipc.new_file(file, table.schema) as writer:
    ...         writer.write_table(table)
    >>> [batch["x"].numpy() for batch in tf.data.ArrowDataset("numbers.arrow").batch(2)]
    [array([1, 2]), array([3])]
    """

    public = "ArrowDataset"

    def _file(self, number: int) -> Any:
        if number not in self._files:
            self._files[number] = arrow.read_ipc(self.paths[number])
        return self._files[number]

    def schema(self, number: int) -> Any:
        return self._file(number).schema

    def group_sizes(self, number: int) -> list[int]:
        return [self._file(number).num_rows]

    def table(self, number: int, group: int) -> Any:
        return self._file(number)


class _GroupsCursor(Cursor):
    """Goes through files, groups and rows; these three numbers are all there is to save."""

    __slots__ = ("_file", "_group", "_place", "_rows", "_stage")

    def __init__(self, stage: _FileRows) -> None:
        self._stage = stage
        self._file = self._group = self._place = 0
        self._rows: TableRows | None = None

    def _current(self) -> TableRows | None:
        """The group in which the next row stands, None at the end."""
        stage = self._stage
        while self._file < len(stage.paths):
            sizes = stage.group_sizes(self._file)
            if self._group < len(sizes) and self._place < sizes[self._group]:
                if self._rows is None:
                    self._rows = stage.group(self._file, self._group)
                return self._rows
            self._rows, self._place = None, 0
            self._group += 1
            if self._group >= len(sizes):
                self._file, self._group = self._file + 1, 0
        return None

    def next(self) -> Element | None:
        rows = self._current()
        if rows is None:
            return None
        self._place += 1
        return rows.element(self._place - 1)

    def rows(self, count: int) -> Element | None:
        found: list[Element] = []
        while count and (rows := self._current()) is not None:
            stop = min(self._place + count, rows.size())
            found.append(rows.span(self._place, stop))
            count -= stop - self._place
            self._place = stop
        return joined(found) if found else None

    def skip(self, count: int) -> int:
        passed = 0
        while passed < count and (rows := self._current()) is not None:
            step = min(count - passed, rows.size() - self._place)
            self._place += step
            passed += step
        return passed

    def state(self) -> Any:
        return [self._file, self._group, self._place]

    def restore(self, state: Any) -> None:
        self._file, self._group, self._place = state
        self._rows = None
