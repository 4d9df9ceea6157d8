"""Elements that are rows of files of values between commas."""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes
from eagre.core.errors import InvalidArgumentError
from eagre.core.specs import TensorSpec
from eagre.data.cursors import Element
from eagre.data.files import Files
from eagre.data.specs import as_value
from eagre.files.csv import CsvReader, Format
from eagre.files.streams import Reader
from eagre.ops.files import csv_format
from eagre.primitives.decoding import COLUMN_DTYPES


class CsvDataset(Files):
    """The rows of files of values between commas: a tuple of scalars for each.

    Args:
        filenames: a path, a list or tensor of paths, or a dataset of them.
        record_defaults: for each column a dtype, where no field may be missing, or a tensor or
            value that stands for a missing one: of float32, float64, int32, int64 or string.
        compression_type: `"GZIP"` or `"ZLIB"`; None or an empty string for neither.
        buffer_size: the number of bytes to read at once.
        header: whether the first row of each file is left out.
        field_delim: the character between fields.
        use_quote_delim: whether quotation marks may stand around fields, which may then hold
            delimiters and ends of lines.
        na_value: what counts as missing, besides an empty field.
        select_cols: the numbers of the columns that are read, in ascending order.
        exclude_cols: the numbers of those that are not.

    Raises:
        InvalidArgumentError: while iterating: a row does not fit.

    >>> with open("table.csv", "w") as file:
    ...     _ = file.write("a,b\\n1,x\\n,y\\n")
    >>> rows = tf.data.experimental.CsvDataset("table.csv", [0, tf.string], header=True)
    >>> list(rows.as_numpy_iterator())
    [(np.int32(1), b'x'), (np.int32(0), b'y')]
    """

    public = "CsvDataset"

    def __init__(
        self,
        filenames: Any,
        record_defaults: Any,
        compression_type: Any = None,
        buffer_size: Any = None,
        header: Any = False,
        field_delim: Any = ",",
        use_quote_delim: Any = True,
        na_value: Any = "",
        select_cols: Any = None,
        exclude_cols: Any = None,
    ) -> None:
        pairs = [_default_of(place, each) for place, each in enumerate(record_defaults)]
        kinds = [kind for kind, _ in pairs]
        self.defaults = [default for _, default in pairs]
        self.has_header = bool(header)
        if select_cols is not None and exclude_cols is not None:
            raise ValueError(
                "CsvDataset expected select_cols or exclude_cols. Received: both of them"
            )
        self.form = csv_format(
            self.public, kinds, field_delim, use_quote_delim, na_value, select_cols
        )
        self.excluded = None if exclude_cols is None else frozenset(map(int, exclude_cols))
        spec = tuple([TensorSpec.of((), kind) for kind in kinds])
        super().__init__(filenames, compression_type, buffer_size, None, self.public, spec)

    def reader(self, path: str) -> Reader:
        form = self.form
        return CsvReader(
            path, self.compression, self.stage, self.buffer_size, form.has_quotes, self.has_header
        )

    def element_of(self, record: bytes) -> Element:
        return tuple([column.reshape(()) for column in self.rows_of([record])])

    def rows_of(self, records: list[bytes]) -> Element:
        form, excluded = self.form, self.excluded
        if excluded is not None:
            count = len(self.defaults) + len(excluded)
            chosen = [place for place in range(count) if place not in excluded]
            form = Format(form.delimiter, form.has_quotes, form.missing, tuple(chosen), form.dtypes)
        return tuple(form(records, self.defaults, self.stage, True))


def _default_of(place: int, value: Any) -> tuple[dtypes.DType, Any]:
    """The dtype of a column, and the value for a missing field, None where none may be missing."""
    try:
        kind, default = dtypes.as_dtype(value), None
    except TypeError:
        tensor: Any = as_value(value, "CsvDataset(record_defaults)")
        kind, array = tensor.dtype, tensor.array
        if array.ndim > 1 or array.size > 1:
            raise InvalidArgumentError(
                "CsvDataset expected for each column a dtype or one default. "
                f"Received: shape={tensor.shape} for column {place}"
            ) from None
        default = array.reshape(-1)[0] if array.size else None
    if kind not in COLUMN_DTYPES:
        raise InvalidArgumentError(
            "CsvDataset expected columns of float32, float64, int32, int64 or string. "
            f"Received: {kind.name} for column {place}"
        )
    return kind, default
