"""Arrow tables and Parquet files, through pyarrow: columns as NumPy arrays, of which none is copied
that need not be."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.errors import DataLossError, InvalidArgumentError, NotFoundError
from eagre.core.specs import TensorSpec


def table_of(value: Any) -> Any:
    """The pyarrow table that a value is or, for Hugging Face's datasets, that it stands on."""
    import pyarrow

    if isinstance(value, pyarrow.Table):
        return value
    if isinstance(value, pyarrow.RecordBatch):
        return pyarrow.Table.from_batches([value])
    with_format = getattr(value, "with_format", None)
    if with_format is not None:
        found = with_format("arrow")[:]
        if isinstance(found, pyarrow.Table):
            return found
    return None


def open_parquet(path: str) -> Any:
    """A Parquet file, of which nothing but the end has been read."""
    from pyarrow import ArrowInvalid, parquet

    try:
        return parquet.ParquetFile(path, memory_map=True)
    except FileNotFoundError:
        raise _missing("ParquetDataset", path) from None
    except (ArrowInvalid, OSError) as error:
        raise _damaged("ParquetDataset", path, error) from error


def read_group(file: Any, number: int, columns: list[str], path: str) -> Any:
    """The table of a row group."""
    from pyarrow import ArrowInvalid

    try:
        return file.read_row_group(number, columns=columns)
    except (ArrowInvalid, OSError) as error:
        raise _damaged("ParquetDataset", path, error) from error


def read_ipc(path: str) -> Any:
    """The table of a file in Arrow's format for files or for streams, which stays on the disk."""
    import pyarrow
    from pyarrow import ipc

    try:
        source = pyarrow.memory_map(path)
        if source.read(6) == b"ARROW1":
            return ipc.open_file(source).read_all()
        source.seek(0)
        return ipc.open_stream(source).read_all()
    except FileNotFoundError:
        raise _missing("ArrowDataset", path) from None
    except (pyarrow.ArrowInvalid, OSError) as error:
        raise _damaged("ArrowDataset", path, error) from error


def _missing(name: str, path: str) -> Exception:
    return NotFoundError(f"{name} expected files that exist. Received: {path!r}")


def _damaged(name: str, path: str, error: Exception) -> Exception:
    kind = "Parquet" if name == "ParquetDataset" else "Arrow"
    return DataLossError(f"{name} expected whole {kind} files. Received: {path!r}: {error}")


def spec_of_field(name: str, field: Any) -> TensorSpec:
    """The spec of an element's value in a column."""
    sizes: list[int | None] = []
    kind = field.type
    while True:
        text = str(kind)
        if text.startswith("fixed_size_list"):
            sizes.append(kind.list_size)
        elif text.startswith(("list<", "large_list<")):
            sizes.append(None)
        else:
            break
        kind = kind.value_type
    if text.startswith("dictionary"):
        text = str(kind.value_type)
    if text in ("string", "binary", "large_string", "large_binary"):
        return TensorSpec.of(tuple(sizes), dtypes.string)
    known = {"halffloat": "float16", "float": "float32", "double": "float64"}
    try:
        dtype = dtypes.as_dtype(known.get(text, text))
    except TypeError:
        raise InvalidArgumentError(
            f"{name} expected columns of numbers, truth values, strings, or lists of these. "
            f"Received: column {field.name!r} of type {field.type}. Name others with columns."
        ) from None
    return TensorSpec.of(tuple(sizes), dtype)


def rows(column: Any, name: str) -> Any:
    """The values of a column [rows, ...]; lists in it have one length."""
    chunks = getattr(column, "chunks", None)
    if chunks is None:
        return _of_chunk(column, name)
    if len(chunks) == 1:
        return _of_chunk(chunks[0], name)
    parts = [_of_chunk(chunk, name) for chunk in chunks if len(chunk)]
    if len({part.shape[1:] for part in parts}) > 1:
        raise ListsDifferError(name)
    return np.concatenate(parts) if parts else np.zeros(0)


class ListsDifferError(Exception):
    """Lists of several lengths are no rows of one array."""


def _of_chunk(array: Any, name: str) -> Any:
    kind = str(array.type)
    if array.null_count:
        raise InvalidArgumentError(
            f"{name} expected columns without nulls. Received: {array.null_count} nulls among "
            f"{len(array)} values. Fill them, or leave the column out with columns."
        )
    if kind.startswith("dictionary"):
        return _of_chunk(array.dictionary_decode(), name)
    if kind.startswith("fixed_size_list"):
        inner = _of_chunk(array.flatten(), name)
        return inner.reshape(len(array), array.type.list_size, *inner.shape[1:])
    if kind.startswith(("list<", "large_list<")):
        lengths = set(np.diff(array.offsets.to_numpy()).tolist())
        if len(lengths) > 1:
            raise ListsDifferError(name)
        inner = _of_chunk(array.flatten(), name)
        return inner.reshape(len(array), *(lengths or {0}), *inner.shape[1:])
    if kind in ("string", "binary", "large_string", "large_binary"):
        return _strings(array.to_pylist())
    return array.to_numpy(zero_copy_only=kind != "bool")


def _strings(values: list[Any]) -> Any:
    found = np.empty(len(values), object)
    found[:] = [value.encode() if isinstance(value, str) else value for value in values]
    return found
