"""TFRecord files: written and read, whole, damaged, cut anywhere, and of any bytes."""

import gzip
import struct
import zlib

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

import eagre as tf
from eagre.core import crc32c
from eagre.files import checksums, records
from eagre.files.records import RecordReader

FOLDER = settings(max_examples=60, deadline=None,
                  suppress_health_check=[HealthCheck.function_scoped_fixture])


def framed(record):
    """A record by the definition of the format."""
    length = struct.pack("<Q", len(record))

    def check(data):
        return struct.pack("<I", crc32c.masked(crc32c.crc32c(data)))

    return length + check(length) + record + check(record)


def read(path, compression="", count=1000, size=None):
    reader = RecordReader(str(path), compression, "TFRecordDataset", size)
    found = []
    while part := reader.read(count):
        found += part
    return found


@FOLDER
@given(st.lists(st.binary(max_size=300), max_size=12), st.sampled_from(["", "GZIP", "ZLIB"]),
       st.integers(1, 40), st.integers(1, 5))
def test_what_is_written_is_read(tmp_path, contents, compression, size, count):
    path = tmp_path / "file"
    with tf.io.TFRecordWriter(path, compression) as writer:
        for record in contents:
            writer.write(record)
    assert read(path, compression, count, size) == contents
    plain = {"": lambda x: x, "GZIP": gzip.decompress, "ZLIB": zlib.decompress}[compression]
    assert plain(path.read_bytes()) == b"".join(map(framed, contents))


def test_checksums_are_the_same_without_the_library(tmp_path, monkeypatch):
    data = [bytes([n]) * n for n in range(0, 200, 7)]
    fast = [checksums.masked_checksum(each) for each in data]
    monkeypatch.setattr(checksums, "checksum", lambda: crc32c.crc32c)
    monkeypatch.setattr(records, "checksum", lambda: crc32c.crc32c)
    assert [checksums.masked_checksum(each) for each in data] == fast
    (tmp_path / "file").write_bytes(b"".join(map(framed, data)))
    assert read(tmp_path / "file") == data


def test_a_file_cut_anywhere(tmp_path):
    contents = [b"first", b"", b"third"]
    whole = b"".join(map(framed, contents))
    ends = {0, 21, 37, 58}
    for stop in range(len(whole) + 1):
        (tmp_path / "file").write_bytes(whole[:stop])
        if stop in ends:
            assert read(tmp_path / "file") == contents[: sorted(ends).index(stop)]
            continue
        with pytest.raises(tf.errors.DataLossError, match=r"'.*file', at byte \d+: "):
            read(tmp_path / "file")


def test_a_byte_changed_anywhere(tmp_path):
    """A record is given as it was written, or there is an error: never another record."""
    contents = [b"first", b"second"]
    whole = b"".join(map(framed, contents))
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 0x40
        (tmp_path / "file").write_bytes(changed)
        with pytest.raises(tf.errors.DataLossError):
            read(tmp_path / "file")
        dataset = tf.data.TFRecordDataset(str(tmp_path / "file")).ignore_errors()
        assert list(dataset.as_numpy_iterator()) == contents[: place >= 21]


@FOLDER
@given(st.binary(max_size=80), st.sampled_from(["", "GZIP", "ZLIB"]))
def test_any_bytes(tmp_path, content, compression):
    (tmp_path / "file").write_bytes(content)
    if not content:
        assert read(tmp_path / "file", compression) == []
        return
    with pytest.raises(tf.errors.DataLossError):
        read(tmp_path / "file", compression)


def test_a_length_that_lies_takes_no_memory(tmp_path):
    import tracemalloc

    length = struct.pack("<Q", 2**62)
    check = struct.pack("<I", crc32c.masked(crc32c.crc32c(length)))
    (tmp_path / "file").write_bytes(length + check + b"short")
    tracemalloc.start()
    with pytest.raises(tf.errors.DataLossError, match="of which there are 17"):
        read(tmp_path / "file")
    assert tracemalloc.get_traced_memory()[1] < 1 << 25
    tracemalloc.stop()


def test_compressed_files_are_read_in_pieces(tmp_path):
    """What is in memory does not grow with what comes out of a small file."""
    import tracemalloc

    with tf.io.TFRecordWriter(tmp_path / "file", "GZIP") as writer:
        for _ in range(60):
            writer.write(bytes(1 << 20))
    assert (tmp_path / "file").stat().st_size < 1 << 18
    tracemalloc.start()
    reader = RecordReader(str(tmp_path / "file"), "GZIP", "TFRecordDataset")
    count = 0
    while part := reader.read(1):
        count += len(part)
    assert count == 60
    assert tracemalloc.get_traced_memory()[1] < 12 << 20
    tracemalloc.stop()


def test_several_compressed_files_in_one(tmp_path):
    parts = [gzip.compress(framed(b"one")), gzip.compress(framed(b"two"))]
    (tmp_path / "file").write_bytes(b"".join(parts))
    assert read(tmp_path / "file", "GZIP") == [b"one", b"two"]
    (tmp_path / "file").write_bytes(b"".join(parts)[:-3])
    with pytest.raises(tf.errors.DataLossError, match="ends too early"):
        read(tmp_path / "file", "GZIP")


def test_the_writer(tmp_path):
    path = tmp_path / "file"
    writer = tf.io.TFRecordWriter(str(path).encode())
    writer.write("text")
    writer.write(tf.constant(b"tensor"))
    writer.flush()
    assert read(path) == [b"text", b"tensor"]
    writer.close()
    writer.close()
    assert "closed" in repr(writer)
    options = tf.io.TFRecordOptions("ZLIB", compression_level=9)
    with tf.io.TFRecordWriter(path, options) as writer:
        writer.write(bytes(10_000))
        writer.flush()
    assert path.stat().st_size < 200
    assert read(path, "ZLIB") == [bytes(10_000)]
    assert tf.io.TFRecordOptions.get_compression_type_string(2) == "GZIP"


def test_many_records(tmp_path):
    random = np.random.default_rng(1)
    contents = [random.bytes(n) for n in random.integers(0, 3000, 3000).tolist()]
    with tf.io.TFRecordWriter(tmp_path / "file") as writer:
        for record in contents:
            writer.write(record)
    dataset = tf.data.TFRecordDataset(str(tmp_path / "file"))
    assert [x for batch in dataset.batch(100).as_numpy_iterator() for x in batch] == contents
    assert list(dataset.skip(2990).as_numpy_iterator()) == contents[2990:]
