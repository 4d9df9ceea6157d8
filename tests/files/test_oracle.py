"""Files beside TensorFlow's: what it wrote is read alike, and it reads alike what eagre writes."""

import json
import shutil

import pytest

import eagre as tf
from tests.oracle import make_io

ORACLE = json.loads(make_io.FILE.read_text(encoding="utf-8"))
CASES = make_io.cases()
BUILTIN = {"TypeError", "ValueError", "AttributeError"}

# Where eagre answers otherwise on purpose: what it raises, and TensorFlow does not or in a
# class that says less.
ON_PURPOSE = {
    r'tf.train.Example.FromString(b"\x0a\x05a")': "DataLossError",  # protobuf's own DecodeError
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A copy of the files that TensorFlow wrote."""
    path = tmp_path_factory.mktemp("io")
    shutil.copytree(make_io.FOLDER, path, dirs_exist_ok=True)
    return path


def test_the_oracle_is_complete():
    assert list(ORACLE["cases"]) == CASES


@pytest.mark.parametrize("case", CASES)
def test_as_tensorflow(case, folder, monkeypatch):
    monkeypatch.chdir(folder)
    agree(make_io.outcome(tf, case), ORACLE["cases"][case], case)


def agree(found, wanted, case):
    if case in ON_PURPOSE:
        assert ON_PURPOSE[case] in found["error"], found
        return
    if isinstance(wanted, dict) and "error" in wanted:
        kind = next(name for name in wanted["error"]
                    if name in BUILTIN or hasattr(tf.errors, name))
        assert kind in found.get("error", []), found
    else:
        assert found == wanted


@pytest.mark.parametrize("case", ORACLE["what eagre wrote"])
def test_tensorflow_reads_what_eagre_writes(case):
    """TensorFlow gave for eagre's files what it gives for its own."""
    assert ORACLE["what eagre wrote"][case] == ORACLE["cases"][case]


def test_eagre_writes_the_bytes_of_tensorflow(tmp_path):
    make_io.fill(tmp_path, tf)
    for path in sorted(make_io.FOLDER.glob("*.tf*")):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


def test_messages():
    found = make_io.messages(tf)
    for name, (data, text) in ORACLE["messages"].items():
        assert found[name] == [data, text], name


def test_sequences():
    data = bytes.fromhex(ORACLE["messages"]["sequence"][0])
    assert json.loads(json.dumps(make_io.sequences(tf, data))) == ORACLE["sequences"]
