"""Whole files, and bytes in strings as tensors."""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.core.tensor import Tensor
from eagre.files.csv import Format
from eagre.primitives import decoding, file_access


def read_file(filename: Any, name: str | None = None) -> Tensor:
    """The bytes of a file; in a graph, each time that the graph runs.

    Raises:
        NotFoundError: there is no such file.

    >>> tf.io.write_file("greeting.txt", "hello")
    >>> tf.io.read_file("greeting.txt").numpy()
    b'hello'
    """
    path = _path(filename, "read_file(filename)")
    if path.ndim not in (0, None):
        raise InvalidArgumentError(
            f"read_file expected filename to be a scalar. Received: shape={path.shape}"
        )
    return file_access.read_file(path)


def write_file(filename: Any, contents: Any, name: str | None = None) -> Any:
    """Make a file of bytes, and the folders above it; in a graph, each time that the graph runs.

    >>> tf.io.write_file("new/folder/letter.txt", "dear reader")
    >>> tf.io.gfile.listdir("new/folder")
    ['letter.txt']
    """
    from eagre.graph.building import last_effect

    text = to_tensor(contents, dtypes.string, name="write_file(contents)")
    file_access.write_file(_path(filename, "write_file(filename)"), text)
    return last_effect()


def matching_files(pattern: Any, name: str | None = None) -> Tensor:
    """The paths that match a pattern, or one of several, sorted.

    >>> for name in "ba":
    ...     tf.io.write_file(f"parts/{name}.txt", name)
    >>> tf.io.matching_files("parts/*.txt").numpy()
    array([b'parts/a.txt', b'parts/b.txt'], dtype=object)
    """
    return file_access.matching_files(_path(pattern, "matching_files(pattern)"))


def _path(value: Any, name: str) -> Tensor:
    value = value.__fspath__() if hasattr(value, "__fspath__") else value
    return to_tensor(value, dtypes.string, name=name)


def decode_raw(
    input_bytes: Any,
    out_type: Any,
    little_endian: bool = True,
    fixed_length: Any = None,
    name: str | None = None,
) -> Tensor:
    """The bytes of each string as numbers, along a further last axis.

    Args:
        input_bytes: strings of one length, in any shape.
        out_type: the dtype of the numbers.
        little_endian: whether the lowest byte of a number comes first.
        fixed_length: cut strings, or fill them up with zeros, to so many bytes.

    >>> tf.io.decode_raw([b"\\x01\\x00\\x02\\x00"], tf.int16).numpy()
    array([[1, 2]], dtype=int16)
    """
    return decoding.decode_raw(
        to_tensor(input_bytes, dtypes.string, name="decode_raw(input_bytes)"),
        dtype=dtypes.as_dtype(out_type),
        little_endian=bool(little_endian),
        length=None if fixed_length is None else int(fixed_length),
    )


def decode_csv(
    records: Any,
    record_defaults: Any,
    field_delim: str = ",",
    use_quote_delim: bool = True,
    na_value: str = "",
    select_cols: Any = None,
    name: str | None = None,
) -> list[Tensor]:
    """The fields of records as columns: a list of tensors in the shape of the records.

    Args:
        records: strings, each one row.
        record_defaults: for each column a tensor or value, whose dtype is that of the column:
            float32, float64, int32, int64 or string. A missing field takes its value; an empty
            vector says that no field may be missing.
        field_delim: the character between fields.
        use_quote_delim: whether quotation marks may stand around fields.
        na_value: what counts as missing, besides an empty field.
        select_cols: the numbers of the columns that are read, in ascending order.

    Raises:
        InvalidArgumentError: a record has another number of fields, or a field is no number.

    >>> a, b = tf.io.decode_csv(["1,x", ",y"], [tf.constant([7]), tf.constant([], tf.string)])
    >>> a.numpy(), b.numpy()
    (array([1, 7], dtype=int32), array([b'x', b'y'], dtype=object))
    """
    fields = "decode_csv(record_defaults)"
    defaults = [to_tensor(each, name=fields) for each in record_defaults]
    form = csv_format(
        "decode_csv", [each.dtype for each in defaults], field_delim, use_quote_delim, na_value,
        select_cols,
    )  # fmt: skip
    text = to_tensor(records, dtypes.string, name="decode_csv(records)")
    return list(decoding.decode_csv(text, *defaults, form=form))


def csv_format(
    name: str, kinds: Any, delimiter: Any, has_quotes: Any, missing: Any, select: Any
) -> Format:
    """How records of values between commas are read, from the arguments for it."""
    text = delimiter.decode() if isinstance(delimiter, bytes) else delimiter
    if not isinstance(text, str) or len(text.encode()) != 1:
        raise InvalidArgumentError(
            f"{name} expected field_delim to be one character. Received: field_delim={delimiter!r}"
        )
    chosen = None if select is None else tuple([int(each) for each in select])
    if chosen is not None:
        if len(chosen) != len(kinds):
            raise ValueError(
                f"{name} expected as many select_cols as record_defaults. "
                f"Received: {len(chosen)} and {len(kinds)}"
            )
        steps = zip((-1, *chosen), chosen, strict=False)
        if any(before >= after for before, after in steps):
            raise ValueError(
                f"{name} expected select_cols in ascending order. Received: {list(chosen)}"
            )
    missing = missing.decode() if isinstance(missing, bytes) else missing
    return Format(text, bool(has_quotes), missing, chosen, tuple([kind.numpy for kind in kinds]))


def decode_compressed(bytes: Any, compression_type: Any = "", name: str | None = None) -> Tensor:
    """What compressed strings hold.

    Args:
        bytes: strings, in any shape.
        compression_type: `"ZLIB"`, `"GZIP"`, or an empty string for neither.

    >>> import zlib
    >>> tf.io.decode_compressed(zlib.compress(b"hello"), "ZLIB").numpy()
    b'hello'
    """
    from eagre.files.streams import compression_of

    text = to_tensor(bytes, dtypes.string, name="decode_compressed(bytes)")
    compression = compression_of(compression_type, "decode_compressed")
    return decoding.decode_compressed(text, compression=compression)


def encode_base64(input: Any, pad: bool = False, name: str | None = None) -> Tensor:
    """Strings as text of 64 characters that are safe in addresses of the web (RFC 4648, 5).

    Args:
        input: strings, in any shape.
        pad: whether "=" fills up the end.

    >>> tf.io.encode_base64("a").numpy(), tf.io.encode_base64("a", pad=True).numpy()
    (b'YQ', b'YQ==')
    """
    text = to_tensor(input, dtypes.string, name="encode_base64(input)")
    return decoding.encode_base64(text, pad=bool(pad))


def decode_base64(input: Any, name: str | None = None) -> Tensor:
    """The bytes that such texts stand for, with "=" at their ends or without.

    >>> tf.io.decode_base64(["YQ", "YQ=="]).numpy()
    array([b'a', b'a'], dtype=object)
    """
    return decoding.decode_base64(to_tensor(input, dtypes.string, name="decode_base64(input)"))


def serialize_tensor(tensor: Any, name: str | None = None) -> Tensor:
    """A tensor as a string, from which `tf.io.parse_tensor` makes it again.

    >>> text = tf.io.serialize_tensor([1, 2])
    >>> tf.io.parse_tensor(text, tf.int32).numpy()
    array([1, 2], dtype=int32)
    """
    return decoding.serialize_tensor(to_tensor(tensor, name="serialize_tensor(tensor)"))


def parse_tensor(serialized: Any, out_type: Any, name: str | None = None) -> Tensor:
    """The tensor that `tf.io.serialize_tensor` made a string of.

    Raises:
        InvalidArgumentError: the bytes are no such string, or its dtype is another.

    >>> tf.io.parse_tensor(tf.io.serialize_tensor(["a"]), tf.string).numpy()
    array([b'a'], dtype=object)
    """
    text = to_tensor(serialized, dtypes.string, name="parse_tensor(serialized)")
    return decoding.parse_tensor(text, dtype=dtypes.as_dtype(out_type))
