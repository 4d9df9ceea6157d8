"""The bytes of protocol buffers: examples of the format's own page, and damage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eagre.core.wire_format import (
    Message,
    bytes_field,
    fixed_field,
    integer_field,
    read_fields,
    read_varint,
    varint,
)


def test_examples_of_the_format():
    assert integer_field(1, 150) == b"\x08\x96\x01"
    assert bytes_field(2, b"testing") == b"\x12\x07testing"
    assert fixed_field(3, 1) == b"\x1d\x01\0\0\0"
    assert varint(-2) == b"\xfe" + b"\xff" * 8 + b"\x01"
    assert integer_field(1, 0) == b""


@given(st.integers(0, 2**64 - 1))
def test_integers(value):
    assert read_varint(b"x" + varint(value), 1) == (value, 1 + len(varint(value)))


def test_all_kinds_of_fields():
    data = b"\x08\x05" + b"\x11" + bytes([7] + [0] * 7) + b"\x1a\x01a" + b"\x25\x09\0\0\0"
    assert list(read_fields(data)) == [(1, 5), (2, 7), (3, b"a"), (4, 9)]


def test_the_last_of_several():
    message = Message(integer_field(1, 3) + integer_field(1, 4) + bytes_field(2, b"\xc3\xa4"))
    assert (message.integer(1), message.text(2), message.last_bytes(5)) == (4, "ä", b"")


@pytest.mark.parametrize("data", [
    b"\x80", b"\x08", b"\x12\x05ab", b"\x0b", b"\x0f", b"\x1d\0\0", b"\x08" + b"\xff" * 11,
    b"\x12" + varint(2**63),
])
def test_damage(data):
    with pytest.raises(ValueError):
        list(read_fields(data))


def test_another_kind_than_expected():
    with pytest.raises(ValueError, match="holds an integer"):
        Message(bytes_field(1, b"")).integer(1)
    with pytest.raises(ValueError, match="holds bytes"):
        Message(integer_field(1, 1)).all_bytes(1)
    with pytest.raises(ValueError):
        Message(bytes_field(1, b"\xff")).text(1)


@given(st.binary(max_size=60))
def test_random_bytes(data):
    try:
        fields = list(read_fields(data))
    except ValueError:
        return
    assert len(fields) <= len(data)
