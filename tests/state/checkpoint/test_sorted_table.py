"""Sorted tables and Snappy: written and read, compressed, damaged, and made to do harm."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eagre.core.crc32c import crc32c, masked
from eagre.core.wire_format import varint
from eagre.state.checkpoint.snappy import decompress
from eagre.state.checkpoint.sorted_table import read_table, write_table
from tests.state.checkpoint.tables import MAGIC, block, compress, compressed, stored, table_of

ENTRIES = [(b"", b"header"), (b"layer/0/bias", b"1" * 70), (b"layer/0/kernel", b"2" * 70),
           (b"layer/1/bias", b""), (b"z\xff", b"last")]
texts = st.dictionaries(st.binary(max_size=20), st.binary(max_size=40), max_size=50)


@given(texts)
def test_what_is_written_is_read(table):
    entries = sorted(table.items())
    assert read_table(write_table(entries)) == entries


def test_more_than_a_block():
    entries = [(b"%07d" % number, b"v" * 50) for number in range(12_000)]
    assert read_table(write_table(entries)) == entries


@settings(max_examples=30)
@given(texts)
def test_compressed_tables(table):
    entries = sorted(table.items())
    assert read_table(compressed(entries)) == entries


@settings(max_examples=60)
@given(st.lists(st.sampled_from([b"a", b"abc" * 9, b"x" * 90, b"0123456789" * 8]), max_size=40))
def test_compressed_texts(parts):
    data = b"".join(parts)
    packed = compress(data)
    assert decompress(packed) == data


@pytest.mark.parametrize(("packed", "expected"), [
    (b"\x00", b""),
    (b"\x05\x10hello", b"hello"),
    (b"\x46\xf0\x45" + b"l" * 70, b"l" * 70),
    (b"\x46\xf4\x45\x00" + b"l" * 70, b"l" * 70),
    (b"\x0a\x00a\x15\x01", b"a" * 10),
    (b"\x41\x00a" + b"\xfe\x01\x00", b"a" * 65),
    (b"\x05\x04ab\x0b\x02\x00\x00\x00", b"ababa"),
])
def test_elements_of_snappy(packed, expected):
    assert decompress(packed) == expected


@pytest.mark.parametrize("packed", [
    b"", b"\xff", b"\x05", b"\x05\x10hell", b"\x05\x10hello!", b"\x04\x10hello",
    b"\x04\x00a\x01\x00",
    b"\x05\x00a\x01\x02", b"\x05\x00a\x01", b"\x02\x00a\x02\x01", b"\x46\xf0", b"\x46\xf4\x45",
    varint(2**40) + b"\x00a", varint(2**63) + b"\x00a\xfe\x01\x00",
])
def test_damaged_snappy(packed):
    with pytest.raises(ValueError):
        decompress(packed)


@given(st.binary(max_size=80))
def test_random_snappy(data):
    try:
        found = decompress(data)
    except ValueError:
        return
    assert len(found) <= 32 * len(data)


@pytest.mark.parametrize("table", [write_table(ENTRIES), compressed(ENTRIES)])
def test_every_flipped_bit_is_found(table):
    for place in range(8 * len(table)):
        bad = bytearray(table)
        bad[place // 8] ^= 1 << place % 8
        with pytest.raises(ValueError):
            read_table(bytes(bad))


@pytest.mark.parametrize("table", [write_table(ENTRIES), compressed(ENTRIES)])
def test_every_cut_is_found(table):
    for length in range(len(table)):
        with pytest.raises(ValueError):
            read_table(table[:length])


def with_index(data, entries):
    """A table whose index says what it likes of the blocks in `data`."""
    further = varint(len(data)) + varint(len(block([])))
    data += stored(block([]), 0)
    index = varint(len(data)) + varint(len(block(entries)))
    return data + stored(block(entries), 0) + (further + index).ljust(40, b"\0") + MAGIC


def shared(entries):
    """A block of entries (shared, own, value)."""
    content = b"".join(
        varint(first) + varint(len(own)) + varint(len(value)) + own + value
        for first, own, value in entries)
    return content + bytes(4) + (1).to_bytes(4, "little")


LONG = shared([(0, b"k" * 60_000, b"")] + [
    (60_000, number.to_bytes(2, "big"), b"") for number in range(5000)])
HARMFUL = {
    "one block many times": with_index(
        stored(block(ENTRIES), 0), [(b"a", varint(0) + varint(len(block(ENTRIES))))] * 2),
    "keys shared without end": with_index(stored(LONG, 0), [(b"z", varint(0) + varint(len(LONG)))]),
    "unsorted": table_of([[(b"b", b""), (b"a", b"")]], bytes, 0),
    "unsorted blocks": table_of([[(b"b", b"")], [(b"a", b"")]], bytes, 0),
    "twice": table_of([[(b"a", b""), (b"a", b"")]], bytes, 0),
    "compression": table_of([ENTRIES], bytes, 2),
    "places beyond the block": table_of([ENTRIES], lambda data: data[:-4] + b"\xff" * 4, 0),
    "empty block": table_of([ENTRIES], lambda data: b"", 0),
    "more shared than there is": with_index(
        stored(shared([(3, b"a", b"")]), 0), [(b"z", varint(0) + varint(12))]),
    "value beyond the block": with_index(
        stored(varint(0) + varint(1) + varint(99) + b"a" + bytes(4) + b"\1\0\0\0", 0),
        [(b"z", varint(0) + varint(12))]),
    "block beyond the file": with_index(b"", [(b"z", varint(0) + varint(2**60))]),
    "no end": write_table(ENTRIES)[:-1] + b"x",
    "empty": b"",
}  # fmt: skip


@pytest.mark.parametrize("case", HARMFUL)
def test_harmful_tables(case):
    with pytest.raises(ValueError):
        read_table(HARMFUL[case])


def test_checksums_are_of_block_and_kind():
    content = block(ENTRIES)
    table = stored(content, 0)
    assert int.from_bytes(table[-4:], "little") == masked(crc32c(content + b"\0"))
