"""Damaged and foreign files: an error of a known class, and every variable as it was."""

import json
import os
import struct
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import eagre as tf

train = tf.train
REFUSED = (tf.errors.DataLossError, tf.errors.InvalidArgumentError, tf.errors.NotFoundError)
FIXTURES = [HealthCheck.function_scoped_fixture]


def checkpoint_of(fill):
    return train.Checkpoint(
        a=tf.Variable(tf.fill([4, 4], fill)), b=tf.Variable([fill] * 5, dtype=tf.float64),
        c=tf.Variable(["text", "more"]), d=[tf.Variable(complex(fill, 1.0))])


def state(checkpoint):
    return [checkpoint.a.numpy().tolist(), checkpoint.b.numpy().tolist(),
            checkpoint.c.numpy().tolist(), checkpoint.d[0].numpy().tolist()]


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    path = checkpoint_of(1.0).write(tmp_path_factory.mktemp("good") / "x") + ".safetensors"
    with open(path, "rb") as file:
        return file.read()


def refuse(tmp_path, data, suffix=".safetensors"):
    """Restoring these bytes is refused and changes nothing."""
    (tmp_path / f"x{suffix}").write_bytes(data)
    checkpoint = checkpoint_of(2.0)
    before = state(checkpoint)
    with pytest.raises(REFUSED) as caught:
        checkpoint.restore(tmp_path / "x", partial=True)
    assert state(checkpoint) == before
    assert str(caught.value).startswith(("restore expected", "restore cannot"))
    return caught.value


@settings(max_examples=150, deadline=None, suppress_health_check=FIXTURES)
@given(st.data())
def test_every_flipped_bit_is_found(good, tmp_path, data):
    place = data.draw(st.integers(0, len(good) * 8 - 1))
    bad = bytearray(good)
    bad[place // 8] ^= 1 << place % 8
    refuse(tmp_path, bytes(bad))


@settings(max_examples=40, deadline=None, suppress_health_check=FIXTURES)
@given(st.data())
def test_every_cut_is_found(good, tmp_path, data):
    refuse(tmp_path, good[: data.draw(st.integers(0, len(good) - 1))])
    refuse(tmp_path, good + data.draw(st.binary(min_size=1, max_size=9)))


@settings(max_examples=100, deadline=None, suppress_health_check=FIXTURES)
@given(st.binary(max_size=60), st.one_of(st.none(), st.integers(0, 2**64 - 1)))
def test_random_bytes(tmp_path, data, length):
    refuse(tmp_path, struct.pack("<Q", len(data) if length is None else length) + data)


def made(header, data=b"\0" * 16):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


plain = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-1, 2**70), st.floats(), st.text(max_size=3)),
    lambda parts: st.one_of(
        st.lists(parts, max_size=3), st.dictionaries(st.text(max_size=3), parts, max_size=3)),
    max_leaves=6)
entries = st.fixed_dictionaries({
    "dtype": st.one_of(st.sampled_from(["F32", "F64", "U8"]), plain),
    "shape": st.one_of(st.lists(st.integers(0, 9), max_size=3), plain),
    "data_offsets": st.one_of(st.lists(st.integers(0, 99), min_size=2, max_size=2), plain)})
tables = {"objects": plain.map(json.dumps), "tensors": plain.map(json.dumps)}
headers = st.fixed_dictionaries(
    {"a": st.one_of(entries, plain)},
    optional={"b": entries, "__metadata__": st.one_of(
        plain, st.fixed_dictionaries({}, optional=tables))})


@settings(max_examples=80, deadline=None, suppress_health_check=FIXTURES)
@given(headers)
def test_random_headers(tmp_path, header):
    """A header that is right by chance may restore a variable, but nothing else is raised."""
    (tmp_path / "x.safetensors").write_bytes(made(header))
    with suppress(*REFUSED):
        checkpoint_of(2.0).restore(tmp_path / "x", partial=True)


F32 = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
WRONG = {
    "empty file": b"",
    "only a length": b"\x10\0\0\0\0\0\0\0",
    "huge header": struct.pack("<Q", 2**63) + b"{}",
    "no text": made(b"{\xff\xff}"),
    "nested too deep": made(b'{"a":' + b"[" * 100_000),
    "long number": made(b'{"a":' + b"9" * 10_000 + b"}"),
    "twice": made(b'{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"a":'
                  b'{"dtype":"U8","shape":[8],"data_offsets":[8,16]}}'),
    "list": made([F32]),
    "overlap": made({"a": F32, "b": {**F32, "data_offsets": [4, 12]}}),
    "hole": made({"a": {**F32, "data_offsets": [8, 16]}}),
    "beyond the end": made({"a": {**F32, "shape": [2**40], "data_offsets": [0, 2**42]}}),
    "backwards": made({"a": {**F32, "data_offsets": [8, 0]}}),
    "negative": made({"a": {**F32, "shape": [-2]}}),
    "bool": made({"a": {**F32, "shape": [True, 2]}}),
    "overflow": made({"a": {**F32, "shape": [2**62, 2**62, 0], "data_offsets": [0, 1]}}),
    "rank": made({"a": {"dtype": "U8", "shape": [1] * 80, "data_offsets": [0, 1]}}, b"\0"),
    "dtype": made({"a": {**F32, "dtype": "F8_E5M2"}}),
    "more fields": made({"a": {**F32, "code": "import os"}}),
    "note of strings": made({"a": {"dtype": "U8", "shape": [16], "data_offsets": [0, 16]},
                             "__metadata__": {"tensors": json.dumps(
                                 {"a": {"dtype": "string", "shape": [2**40]}})}}),
    "places of strings": made({"c": {"dtype": "U8", "shape": [24], "data_offsets": [0, 24]},
                               "__metadata__": {"tensors": json.dumps(
                                   {"c": {"dtype": "string", "shape": [2]}})}},
                              np.array([0, 9, 0], "<i8").tobytes()),
    "graph": made({"a": {**F32, "data_offsets": [0, 8]},
                   "__metadata__": {"objects": '{"version":1,"nodes":[{"children":{"a":9}}]}'}},
                  b"\0" * 8),
    "pickle": b"\x80\x04\x95\x10\0\0\0\0\0\0\0\x8c\x05posix\x94.",
    "zip": b"PK\x03\x04" + b"\0" * 60,
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_files(tmp_path, case):
    assert isinstance(refuse(tmp_path, WRONG[case]), tf.errors.DataLossError)


@pytest.mark.parametrize("name", [
    "../x.safetensors", "/etc/passwd", "a/b.safetensors", "..", "b\\c.safetensors",
    "C:x.safetensors", "gone.safetensors", "x", "",
])
def test_indexes_that_lead_elsewhere(tmp_path, good, name):
    (tmp_path.parent / "x.safetensors").write_bytes(good)
    error = refuse(tmp_path, json.dumps({"weight_map": {"a": name}}).encode(),
                   ".safetensors.index.json")
    # Where these characters mean nothing, they are letters of a name like any other.
    letters = {"b\\c.safetensors", "C:x.safetensors"} if os.name == "posix" else set()
    is_name = name in {"gone.safetensors"} | letters
    assert isinstance(error, tf.errors.NotFoundError if is_name else tf.errors.DataLossError)


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b'{"weight_map": {"a": 1}}', b"\xff", b"{"])
def test_wrong_indexes(tmp_path, text):
    refuse(tmp_path, text, ".safetensors.index.json")


@settings(max_examples=60, deadline=None, suppress_health_check=FIXTURES)
@given(st.data())
def test_flipped_bits_of_an_index(tmp_path, data):
    policy = train.experimental.MaxShardSizePolicy(30)
    options = train.CheckpointOptions(experimental_sharding_callback=policy)
    index, kept = tmp_path / "x.safetensors.index.json", tmp_path / "kept"
    if not kept.exists():
        checkpoint_of(1.0).write(tmp_path / "x", options)
        index.rename(kept)
    text = bytearray(kept.read_bytes())
    place = data.draw(st.integers(0, len(text) * 8 - 1))
    text[place // 8] ^= 1 << place % 8
    refuse(tmp_path, bytes(text), ".safetensors.index.json")


def test_errors_of_threads_have_the_name_that_was_called(tmp_path):
    parts = {name: tf.Variable(tf.zeros([2**19])) for name in "abc"}
    path = train.Checkpoint(**parts).write(tmp_path / "x")
    with open(path + ".safetensors", "r+b") as file:
        file.seek(-100, 2)
        file.write(b"\1")
    with pytest.raises(tf.errors.DataLossError, match="^restore expected the bytes of 'c'"):
        train.Checkpoint(**parts).restore(path)
    assert not any(variable.numpy().any() for variable in parts.values())
