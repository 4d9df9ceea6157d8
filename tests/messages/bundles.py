"""TensorFlow's own checkpoints, damaged or with what eagre does not read."""

import os
import shutil
from pathlib import Path

import numpy as np

import eagre as tf
from eagre.core.wire_format import bytes_field, integer_field
from eagre.state.checkpoint.sorted_table import read_table, write_table
from eagre.state.checkpoint.tensor_bundle import write_bundle
from eagre.state.checkpoint.trackable_graph import KEY
from tests.messages.checkpoints import place

train = tf.train
DIVIDED = Path(__file__).parents[1] / "oracle" / "bundles" / "divided"


def written(name, **arrays):
    """The path of a checkpoint with these arrays."""
    arrays = {key: np.asarray(value) for key, value in arrays.items()}
    write_bundle(place(name), arrays, 2**40, abs)
    return place(name)


def with_index(name, change):
    """A checkpoint of a vector, whose table is changed."""
    path = written(name, v=np.array([1.0, 2.0], np.float32))
    index = Path(path + ".index")
    table = dict(read_table(index.read_bytes()))
    change(table)
    index.write_bytes(write_table(sorted(table.items())))
    return path


def with_data(name, change, **arrays):
    """A checkpoint whose data are changed."""
    path = written(name, **arrays)
    data = Path(path + ".data-00000-of-00001")
    data.write_bytes(change(data.read_bytes()))
    return path


def without_data():
    path = written("alone", v=np.array([1.0]))
    os.remove(path + ".data-00000-of-00001")
    return path


def with_parts(name, change):
    """A matrix in two parts, whose table is changed."""
    for path in DIVIDED.parent.glob("divided.*"):
        shutil.copy(path, place(path.name.replace("divided", name)))
    index = Path(place(name) + ".index")
    table = dict(read_table(index.read_bytes()))
    change(table)
    index.write_bytes(write_table(sorted(table.items())))
    return place(name)


def part(*extents):
    """A part by pairs of start and length."""
    return bytes_field(7, b"".join(
        bytes_field(1, integer_field(1, start) + integer_field(2, length))
        for start, length in extents))


def in_parts(*parts):
    """The matrix in other parts."""
    def change(table):
        table[b"divided"] = table[b"divided"].partition(b":")[0] + b"".join(parts)

    return change


def without_first_part(table):
    del table[sorted(table)[1]]


def with_short_part(table):
    first = sorted(table)[1]
    whole = table[first]
    table[first] = whole.replace(bytes_field(2, integer_field(1, 2)), bytes_field(
        2, integer_field(1, 1))).replace(integer_field(5, 8), integer_field(5, 4))


def listing(name, change):
    return lambda: train.list_variables(with_parts(name, change))


def empty_index():
    Path(place("theirs.index")).write_bytes(b"")
    return place("theirs")


def restoring(make):
    return lambda: train.Checkpoint(v=tf.Variable([1.0, 2.0])).restore(make())


def entry(*fields):
    return lambda table: table.update({b"v": b"".join(fields)})


def graph(text):
    return np.array(text, object)


VECTOR = np.array([1.0, 2.0], np.float32)
TEXTS = np.array([b"a", b"bc"], object)
SHAPE = bytes_field(2, bytes_field(2, integer_field(1, 2)))
DAMAGED = (tf.errors.DataLossError,)
LATER = (tf.errors.UnimplementedError,)
MISSING = (tf.errors.NotFoundError, LookupError)

BUNDLES = {
    "restore: empty index": (restoring(empty_index), *DAMAGED),
    "restore: no header": (
        restoring(lambda: with_index("header", lambda table: table.pop(b""))), *DAMAGED),
    "restore: big-endian": (
        restoring(lambda: with_index(
            "endian", lambda table: table.update({b"": integer_field(2, 1)}))), *LATER),
    "restore: dtype": (
        restoring(lambda: with_index("variant", entry(integer_field(1, 21)))), *LATER),
    "restore: size": (
        restoring(lambda: with_index(
            "size", entry(integer_field(1, 1), SHAPE, integer_field(5, 9)))), *DAMAGED),
    "restore: rank": (
        restoring(lambda: with_index(
            "rank", entry(integer_field(1, 1), bytes_field(2, bytes_field(2, b"") * 65)))),
        *DAMAGED),
    "restore: number of a file": (
        restoring(lambda: with_index(
            "shard", entry(integer_field(1, 1), SHAPE, integer_field(3, 4), integer_field(5, 8)))),
        *DAMAGED),
    "restore: no file of data": (restoring(without_data), *MISSING),
    "restore: short file of data": (
        restoring(lambda: with_data("short", lambda data: data[:3], v=VECTOR)), *DAMAGED),
    "restore: other bytes": (
        restoring(lambda: with_data("bytes", lambda data: data[:-1] + b"x", v=VECTOR)), *DAMAGED),
    "load_variable: lengths of texts": (
        lambda: train.load_variable(
            with_data("lengths", lambda data: b"\2" + data[1:], v=TEXTS), "v"), *DAMAGED),
    "load_variable: other texts": (
        lambda: train.load_variable(
            with_data("texts", lambda data: data[:-1] + b"x", v=TEXTS), "v"), *DAMAGED),
    "list_variables: parts that overlap": (
        listing("overlap", in_parts(part((0, 1), (0, 2)), part((0, 1), (0, 2)))), *DAMAGED),
    "list_variables: parts with a gap": (
        listing("gap", in_parts(part((0, 1), (0, 2)))), *DAMAGED),
    "list_variables: part beyond the end": (
        listing("beyond", in_parts(part((0, 1), (0, 2)), part((2, 1), (0, 2)))), *DAMAGED),
    "list_variables: part of another rank": (
        listing("axes", in_parts(part((0, 1)), part((1, 1)))), *DAMAGED),
    "list_variables: part that is not there": (listing("absent", without_first_part), *DAMAGED),
    "list_variables: part of another shape": (listing("shape", with_short_part), *DAMAGED),
    "list_variables: too many parts": (
        listing("many", in_parts(*[part((0, 0), (0, 0))] * 10_001)), *DAMAGED),
    "restore: graph of numbers": (
        restoring(lambda: written("numbers", v=VECTOR, **{KEY: VECTOR})), *DAMAGED),
    "restore: graph without a root": (
        restoring(lambda: written("root", v=VECTOR, **{KEY: graph(b"")})), *DAMAGED),
    "restore: graph with a part that is not there": (
        restoring(lambda: written("part", v=VECTOR, **{KEY: graph(
            bytes_field(1, bytes_field(1, integer_field(1, 7))))})), *DAMAGED),
}

TABLES = {"bundles": BUNDLES}
FOREIGN_WORDS: set[str] = set()
