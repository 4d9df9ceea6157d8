"""Values between commas: the records of a file, their fields, columns of numbers and texts."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from eagre.core.errors import InvalidArgumentError
from eagre.files.numbers import NotANumberError, numbers_of
from eagre.files.streams import Reader

_RECORD = re.compile(rb'(?:[^"\r\n]+|"[^"]*")*')
_PLAIN_RECORD = re.compile(rb"[^\r\n]*")
_QUOTED = re.compile(rb'"((?:[^"]+|"")*)"')


class Format:
    """How records are written, and what is read of them: called with records, it gives columns.

    Args:
        delimiter: the character between fields.
        has_quotes: whether quotation marks may stand around fields.
        missing: what counts as missing, besides an empty field.
        chosen: the numbers of the columns that are read, None for all.
        dtypes: theirs.
    """

    __slots__ = ("_all", "chosen", "delimiter", "dtypes", "has_quotes", "missing")
    __name__ = "fields"

    def __init__(
        self,
        delimiter: str,
        has_quotes: bool,
        missing: str,
        chosen: tuple[int, ...] | None,
        dtypes: tuple[Any, ...],
    ) -> None:
        self.delimiter, self.has_quotes, self.missing = delimiter, has_quotes, missing
        self.chosen, self.dtypes = chosen, dtypes
        self._all = delimiter, has_quotes, missing, chosen, dtypes

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Format) and self._all == other._all

    def __hash__(self) -> int:
        return hash(self._all)

    def __call__(
        self, records: list[bytes], defaults: Any, name: str, empty_is_field: bool = False
    ) -> list[Any]:
        """The columns of records as arrays.

        Args:
            records: each is one row.
            defaults: for each column the value in place of a missing one, or None.
            name: what messages begin with.
            empty_is_field: whether a record without characters has one field, rather than none.
        """
        rows: list[list[bytes]] = []
        for number in range(len(records)):
            fields = _split(self, records, number, name, empty_is_field)
            rows.append(_chosen(fields, self, records, number, name))
        missing = self.missing.encode()
        columns = list(zip(*rows, strict=True)) or [()] * len(self.dtypes)
        parts = zip(columns, self.dtypes, defaults, range(len(columns)), strict=True)
        return [
            _column(list(texts), dtype, default, missing, (name, place, records))
            for texts, dtype, default, place in parts
        ]


class FieldError(ValueError):
    """A record that cannot be taken apart into fields."""


class CsvReader(Reader):
    """Reads the records of a file of values, which end with a line outside of quotation marks."""

    __slots__ = ("_has_header", "_pattern")

    def __init__(
        self, path: str, compression: str, name: str, size: Any, has_quotes: bool, has_header: bool
    ) -> None:
        super().__init__(path, compression, name, size)
        self._pattern = _RECORD if has_quotes else _PLAIN_RECORD
        self._has_header = has_header

    def begin(self) -> None:
        """Go past the header."""
        if self._has_header and not self.read(1):
            raise InvalidArgumentError(
                f"{self.blocks.name} expected a header, the names of the columns. "
                f"Received: {self.blocks.path!r}, which is empty"
            )

    def read(self, count: int) -> list[bytes]:
        """The next records without their ends."""
        records: list[bytes] = []
        while len(records) < count:
            found = self._next(not records)
            if found is None:
                break
            records.append(found)
        return records

    def _next(self, may_fill: bool) -> bytes | None:
        """The next record; None at the end, or where the block ends before it does."""
        blocks = self.blocks
        while True:
            found = self._pattern.match(blocks.data, blocks.at)
            stop = blocks.at if found is None else found.end()
            # Two more bytes tell whether the line ends with one or with two of them.
            if stop + 2 <= len(blocks.data) and blocks.data[stop] in b"\r\n":
                break
            if blocks.is_whole:
                return self._last(stop)
            if not may_fill:
                return None
            blocks.fill(2 * (len(blocks.data) - blocks.at) + 2)
        record = blocks.data[blocks.at : stop]
        blocks.at = stop + 1 + (blocks.data[stop : stop + 2] == b"\r\n")
        return record

    def _last(self, stop: int) -> bytes | None:
        """A record near the end of the file; after a quotation mark without another, the rest."""
        blocks = self.blocks
        data = blocks.data
        if blocks.at == len(data):
            return None
        ends_line = data[stop : stop + 1] in (b"\r", b"\n")
        record = data[blocks.at : stop if ends_line else len(data)]
        after = stop + 1 + (data[stop : stop + 2] == b"\r\n")
        blocks.at = after if ends_line else len(data)
        return record


def fields_of(record: bytes, delimiter: bytes, has_quotes: bool) -> list[bytes]:
    """The fields of a record; none of an empty one.

    Raises:
        FieldError: a quotation mark or the end of a line stands where it may not.
    """
    if not record:
        return []
    if (not has_quotes or b'"' not in record) and b"\n" not in record and b"\r" not in record:
        return record.split(delimiter)
    fields: list[bytes] = []
    at, end = 0, len(record)
    while at < end:
        if record[at] in b"\r\n":
            at += 1
            continue
        field, at = _field(record, at, delimiter, has_quotes)
        fields.append(field)
    if record.endswith(delimiter):
        fields.append(b"")
    return fields


def _field(record: bytes, at: int, delimiter: bytes, has_quotes: bool) -> tuple[bytes, int]:
    """The field that begins at a place, and the place after its delimiter."""
    if has_quotes and record[at] == 34:
        found = _QUOTED.match(record, at)
        if found is None:
            raise FieldError("a quoted field without a quotation mark at its end")
        stop = found.end()
        if stop < len(record) and not record.startswith(delimiter, stop):
            raise FieldError("a quotation mark within a quoted field that is not doubled")
        return found[1].replace(b'""', b'"'), stop + 1
    stop = record.find(delimiter, at)
    stop = len(record) if stop < 0 else stop
    field = record[at:stop]
    if has_quotes and b'"' in field:
        raise FieldError("a quotation mark within a field that is not quoted")
    if b"\n" in field or b"\r" in field:
        raise FieldError("the end of a line within a field that is not quoted")
    return field, stop + 1


def _split(
    form: Format, records: list[bytes], number: int, name: str, empty_is_field: bool
) -> list[bytes]:
    """The fields of the record of a number."""
    record = records[number]
    try:
        fields = fields_of(record, form.delimiter.encode(), form.has_quotes)
    except FieldError as error:
        raise InvalidArgumentError(
            f"{name} expected fields between {form.delimiter!r}{_in_record(records, number)}. "
            f"Received: {record!r:.80}, {error}"
        ) from None
    return fields or ([b""] if empty_is_field else [])


def _in_record(records: list[bytes], number: int) -> str:
    return f" in record {number}" if len(records) > 1 else ""


def _chosen(
    fields: list[bytes], form: Format, records: list[bytes], number: int, name: str
) -> list[bytes]:
    count, chosen = len(fields), form.chosen
    if chosen is None:
        if count != len(form.dtypes):
            raise InvalidArgumentError(
                f"{name} expected {len(form.dtypes)} fields{_in_record(records, number)}. "
                f"Received: {records[number]!r:.80}, with {count} of them"
            )
        return fields
    if chosen and chosen[-1] >= count:
        raise InvalidArgumentError(
            f"{name} expected at least {chosen[-1] + 1} fields{_in_record(records, number)}. "
            f"Received: {records[number]!r:.80}, with {count} of them"
        )
    return [fields[place] for place in chosen]


def _column(texts: list[bytes], dtype: Any, default: Any, missing: bytes, where: Any) -> Any:
    """A column of numbers or texts, with the default for what is missing."""
    name, place, records = where
    gaps: list[int] = []
    if b"" in texts or missing in texts:
        gaps = [row for row, text in enumerate(texts) if not text or text == missing]
        if default is None:
            raise InvalidArgumentError(
                f"{name} expected a value in field {place}{_in_record(records, gaps[0])}, for it "
                f"has no default. Received: {records[gaps[0]]!r:.80}"
            )
        for row in gaps:
            texts[row] = b"0"
    found: Any = np.empty(len(texts), object)
    if dtype.kind == "O":
        found[:] = texts
    else:
        try:
            found = numbers_of(texts, dtype)
        except NotANumberError as error:
            raise InvalidArgumentError(
                f"{name} expected field {place}{_in_record(records, error.place)} to be a number "
                f"of {dtype.name}. Received: {texts[error.place]!r:.80}"
            ) from None
    for row in gaps:
        found[row] = default
    return found
