"""Elements that are rows of a query to a database of SQLite."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from eagre.core import dtypes, structure
from eagre.core.errors import InvalidArgumentError, NotFoundError, UnknownError
from eagre.core.python_numbers import described
from eagre.core.specs import TensorSpec
from eagre.data.cursors import Course, Cursor, Element
from eagre.data.dataset import Dataset
from eagre.data.specs import UNKNOWN

_KINDS = frozenset(
    {
        dtypes.string, dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64, dtypes.uint8,
        dtypes.uint16, dtypes.bool_, dtypes.float64,
    }
)  # fmt: skip
_AT_ONCE = 256
_INTEGER = re.compile(rb"\s*[+-]?\d+")
_FLOAT = re.compile(rb"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


class SqlDataset(Dataset):
    """The rows of a query to a database of SQLite.

    Args:
        driver_name: `"sqlite"`.
        data_source_name: the path of the database.
        query: a statement that selects.
        output_types: a tuple with the dtype of each column: string, bool, float64 or integers.

    NULL is 0, or an empty string. An iterator that is restored asks again and passes over what
    it had read, so that a query should say its order.

    >>> import sqlite3
    >>> database = sqlite3.connect("ants.db")
    >>> with database:
    ...     _ = database.execute("create table ants (name text, legs int)")
    ...     _ = database.execute("insert into ants values ('Ada', 6)")
    >>> database.close()
    >>> query = "select name, legs from ants"
    >>> types = (tf.string, tf.int64)
    >>> rows = tf.data.experimental.SqlDataset("sqlite", "ants.db", query, types)
    >>> list(rows.as_numpy_iterator())
    [(b'Ada', np.int64(6))]
    """

    def __init__(
        self, driver_name: Any, data_source_name: Any, query: Any, output_types: Any
    ) -> None:
        if driver_name not in ("sqlite", b"sqlite"):
            raise InvalidArgumentError(
                f"SqlDataset expected driver_name='sqlite'. Received: driver_name={driver_name!r}"
            )
        types = output_types if isinstance(output_types, list | tuple) else (output_types,)
        self.kinds = [dtypes.as_dtype(each) for each in types]
        for kind in self.kinds:
            if kind not in _KINDS:
                raise InvalidArgumentError(
                    "SqlDataset expected output_types of string, bool, float64, or integers of at "
                    f"most 64 bits with a sign and 16 without. Received: {kind.name}"
                )
        self.path = _text(data_source_name, "data_source_name")
        self.query = _text(query, "query")
        spec = tuple([TensorSpec.of((), kind) for kind in self.kinds])
        if structure.is_nested(output_types) and hasattr(output_types, "_fields"):
            spec = structure.pack_sequence_as(output_types, list(spec))
        super().__init__(spec, stage="SqlDataset")

    def size(self) -> int:
        return UNKNOWN

    def begin(self, run: Course, key: int) -> Cursor:
        return _RowCursor(self)

    def components(self, row: Any) -> Element:
        """The components of a row."""
        return tuple([_array(value, kind) for value, kind in zip(row, self.kinds, strict=True)])


def _text(value: Any, name: str) -> str:
    value = value.numpy() if hasattr(value, "numpy") else value
    value = value.__fspath__() if hasattr(value, "__fspath__") else value
    value = value.decode() if isinstance(value, bytes) else value
    if not isinstance(value, str):
        raise TypeError(f"SqlDataset expected {name} to be a text. Received: {described(value)}")
    return value


def _array(value: Any, kind: dtypes.DType) -> Any:
    """A value of the database as a scalar of a dtype, by the rules of SQLite."""
    if kind is dtypes.string:
        array = np.empty((), object)
        array[()] = _bytes_of(value)
        return array
    if kind is dtypes.float64:
        return np.array(_number(value, _FLOAT, float), np.float64)
    whole = int(_number(value, _INTEGER, int))
    if kind is dtypes.bool_:
        return np.array(whole != 0)
    bits = 8 * kind.size
    return np.array(whole & (1 << bits) - 1, f"u{kind.size}").astype(kind.numpy)


def _bytes_of(value: Any) -> bytes:
    if value is None:
        return b""
    return value if isinstance(value, bytes) else f"{value}".encode()


def _number(value: Any, pattern: Any, convert: Any) -> Any:
    """A number, or the one with which a text begins."""
    if value is None:
        return 0
    if isinstance(value, str | bytes):
        text = value.encode() if isinstance(value, str) else value
        found = pattern.match(text)
        return convert(found[0]) if found else 0
    return value


class _RowCursor(Cursor):
    """The rows are numbered; restoring asks the query again."""

    __slots__ = ("_connection", "_number", "_pending", "_rows", "_stage")

    def __init__(self, stage: SqlDataset) -> None:
        self._stage = stage
        self._rows: Any = None
        self._connection: Any = None
        self._pending: list[Any] = []
        self._number = 0

    def next(self) -> Element | None:
        if not self._pending:
            self._pending = self._fetched()[::-1]
            if not self._pending:
                return None
        self._number += 1
        return self._stage.components(self._pending.pop())

    def _fetched(self) -> list[Any]:
        import sqlite3

        stage = self._stage
        try:
            if self._rows is None:
                self._rows = self._asked()
            return self._rows.fetchmany(_AT_ONCE)
        except sqlite3.Error as error:
            raise UnknownError(
                f"SqlDataset expected a query that the database answers. Received: {stage.query!r} "
                f"to {stage.path!r}: {error}"
            ) from error

    def _asked(self) -> Any:
        import os
        import sqlite3

        stage = self._stage
        if not os.path.isfile(stage.path):
            raise NotFoundError(
                f"SqlDataset expected a database that exists. Received: {stage.path!r}"
            )
        self._connection = sqlite3.connect(stage.path, check_same_thread=False)
        rows = self._connection.execute(stage.query)
        count = len(rows.description or ())
        if count != len(stage.kinds):
            raise InvalidArgumentError(
                f"SqlDataset expected a dtype in output_types for each of the {count} columns of "
                f"the query. Received: {len(stage.kinds)} of them"
            )
        return rows

    def __del__(self) -> None:
        connection = getattr(self, "_connection", None)
        if connection is not None:
            connection.close()

    def state(self) -> Any:
        return self._number

    def restore(self, state: Any) -> None:
        self.skip(state)
