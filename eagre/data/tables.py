"""Files of values between commas as a table: the names of its columns, and their dtypes."""

from __future__ import annotations

from collections import OrderedDict
from itertools import islice
from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.python_numbers import described
from eagre.data.csv import CsvDataset
from eagre.data.dataset import Dataset
from eagre.data.turning_files import files_matching, in_turns, shuffled_and_repeated
from eagre.files.csv import CsvReader, fields_of
from eagre.files.streams import compression_of
from eagre.ops.files import csv_format

_NAME = "make_csv_dataset"


def make_csv_dataset(
    file_pattern: Any, batch_size: Any, column_names: Any = None, column_defaults: Any = None,
    label_name: Any = None, select_columns: Any = None, field_delim: str = ",",
    use_quote_delim: bool = True, na_value: str = "", header: bool = True, num_epochs: Any = None,
    shuffle: bool = True, shuffle_buffer_size: int = 10000, shuffle_seed: Any = None,
    prefetch_buffer_size: Any = None, num_parallel_reads: Any = None, sloppy: bool = False,
    num_rows_for_inference: Any = 100, compression_type: Any = None, ignore_errors: bool = False,
    encoding: str = "utf-8",
) -> Dataset:  # fmt: skip
    """Batches of the rows of files of values between commas, a dictionary of columns for each.

    Args:
        file_pattern: a path or pattern, or a list of them.
        batch_size: the number of rows of a batch.
        column_names: the names of the columns; None to read them from the header.
        column_defaults: as for `CsvDataset`; None to infer the dtypes from the first rows, with 0
            or an empty string for what is missing.
        label_name: the column that is given apart, as the second of a pair.
        select_columns: the names or numbers of the columns that are read.
        field_delim, use_quote_delim, na_value, compression_type: as for `CsvDataset`.
        header: whether files begin with the names of the columns.
        num_epochs: how often the files are read, None for ever: then all batches are whole.
        shuffle: whether files and rows are shuffled, with `shuffle_buffer_size`, `shuffle_seed`.
        prefetch_buffer_size: the number of batches to prepare.
        num_parallel_reads: the number of files that take turns, row by row.
        sloppy: accepted; the order is always the same.
        num_rows_for_inference: the number of rows that dtypes are inferred from, None for all.
        ignore_errors: whether rows that do not fit are left out.
        encoding: of the names in the header.

    >>> with open("sizes.csv", "w") as file:
    ...     _ = file.write("name,size\\nant,1\\nbee,2\\n")
    >>> make = tf.data.experimental.make_csv_dataset
    >>> batches = make("sizes.csv", 2, label_name="size", shuffle=False, num_epochs=1)
    >>> for features, label in batches:
    ...     print(features["name"].numpy(), label.numpy())
    [b'ant' b'bee'] [1 2]
    """
    form = (field_delim, use_quote_delim, na_value, compression_type, encoding)
    table = Table(files_matching(file_pattern, _NAME), column_names, header, form)
    table.choose(select_columns, column_defaults, num_rows_for_inference, label_name)
    rows = in_turns(table.files, table.rows, shuffle, shuffle_seed, num_parallel_reads)
    rows = rows.ignore_errors() if ignore_errors else rows
    rows = shuffled_and_repeated(rows, num_epochs, shuffle, shuffle_buffer_size, shuffle_seed)
    batches = rows.batch(batch_size, drop_remainder=num_epochs is None).map(table.named)
    return batches.prefetch(-1 if prefetch_buffer_size is None else prefetch_buffer_size)


class Table:
    """The files, and which of their columns are read how.

    Args:
        files: their paths.
        names: of the columns; None to read them from the header.
        header: whether there is one.
        form: delimiter, whether there are quotes, what is missing, compression, encoding.
    """

    def __init__(self, files: list[str], names: Any, header: bool, form: Any) -> None:
        self.files, self.header = files, header
        self._delimiter, self._has_quotes, self._missing, compression, self._encoding = form
        self._compression = compression_of(compression, _NAME)
        csv_format(_NAME, [], self._delimiter, self._has_quotes, self._missing, None)
        self._names = self._checked_names(names)
        self._places: list[int] = []
        self._chosen: list[str] = []
        self._is_whole = True
        self._defaults: Any = None
        self._label: Any = None

    def choose(self, select: Any, defaults: Any, limit: Any, label: Any) -> None:
        """Say which columns are read, what stands for missing values, and which is the label."""
        self._places, self._is_whole = _places(self._names, select), select is None
        self._chosen = [self._names[place] for place in self._places]
        self._defaults = self._inferred(limit) if defaults is None else list(defaults)
        self._label = label
        if len(self._defaults) != len(self._chosen):
            raise ValueError(
                f"{_NAME} expected column_defaults for each of the columns {self._chosen}. "
                f"Received: {len(self._defaults)} of them"
            )
        if label is not None and label not in self._chosen:
            raise ValueError(
                f"{_NAME} expected label_name to be one of the columns {self._chosen}. "
                f"Received: label_name={label!r}"
            )

    def rows(self, path: Any) -> Dataset:
        """The rows of a file."""
        select = None if self._is_whole else self._places
        return CsvDataset(
            path, self._defaults, self._compression, None, self.header, self._delimiter,
            self._has_quotes, self._missing, select,
        )  # fmt: skip

    def named(self, *columns: Any) -> Any:
        """The columns by their names, and the label apart."""
        features = OrderedDict(zip(self._chosen, columns, strict=True))
        return features if self._label is None else (features, features.pop(self._label))

    def _texts(self, path: str, header: bool) -> Any:
        """The fields of each row of a file, as texts."""
        reader = CsvReader(path, self._compression, _NAME, None, self._has_quotes, header)
        delimiter = self._delimiter.encode()
        try:
            reader.begin()
            while records := reader.read(64):
                for record in records:
                    found = fields_of(record, delimiter, self._has_quotes)
                    yield [field.decode(self._encoding) for field in found]
        finally:
            reader.close()

    def _checked_names(self, names: Any) -> list[str]:
        if names is None and not self.header:
            raise ValueError(
                f"{_NAME} expected column_names where files have no header. "
                "Received: column_names=None, header=False"
            )
        if names is None:
            names = self._names_in_headers()
        found = [str(name) for name in names]
        twice = sorted({name for name in found if found.count(name) > 1})
        if twice or not found:
            raise ValueError(
                f"{_NAME} expected names of columns, each once. Received: "
                f"{f'{twice} more than once' if twice else 'none'}"
            )
        return found

    def _names_in_headers(self) -> list[str]:
        names = next(self._texts(self.files[0], False), [])
        for path in self.files[1:]:
            others = next(self._texts(path, False), [])
            if others != names:
                raise ValueError(
                    f"{_NAME} expected files with one header. Received: {self.files[0]!r} with "
                    f"{names} and {path!r} with {others}"
                )
        return names

    def _inferred(self, limit: Any) -> list[Any]:
        """For each column a default of the narrowest dtype that the first rows have."""
        kinds: list[Any] = [None] * len(self._places)
        rows = (row for path in self.files for row in self._texts(path, self.header))
        for row in islice(rows, limit):
            for number, place in enumerate(self._places):
                text = row[place] if place < len(row) else ""
                kinds[number] = _wider(kinds[number], text, self._missing)
        return [
            to_tensor("" if kind in (None, dtypes.string) else 0, kind or dtypes.string)
            for kind in kinds
        ]


def _places(names: list[str], select: Any) -> list[int]:
    """The numbers of the columns that are read, in order."""
    if select is None:
        return list(range(len(names)))
    known = {name: place for place, name in enumerate(names)}
    found: list[int] = []
    for each in select:
        place: Any = known.get(each) if isinstance(each, str) else each
        if place.__class__ is not int or not 0 <= place < len(names):
            raise ValueError(
                f"{_NAME} expected select_columns to be names or numbers of the columns {names}. "
                f"Received: {described(each)}"
            )
        found.append(place)
    if len(set(found)) < len(found):
        raise ValueError(
            f"{_NAME} expected select_columns to name each column once. Received: {list(select)}"
        )
    return sorted(found)


_WIDER = [dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64, dtypes.string]


def _wider(kind: Any, text: str, missing: str) -> Any:
    """The first dtype, from one on, that a field can have."""
    if text in ("", missing):
        return kind
    start = 0 if kind is None else _WIDER.index(kind)
    return next(each for each in _WIDER[start:] if _can_be(each, text))


def _can_be(kind: dtypes.DType, text: str) -> bool:
    if kind is dtypes.string:
        return True
    try:
        if kind.is_integer:
            return kind.min <= int(text) <= kind.max
        value = float(text)
    except ValueError:
        return False
    return kind is dtypes.float64 or not np.isfinite(value) or abs(value) <= float(kind.max)
