"""Files that are missing, damaged, of another kind or changed; wrong arguments of `tf.io`."""

import atexit
import gzip
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import eagre as tf
from tests.messages.values import INVALID

FOLDER = Path(tempfile.mkdtemp(prefix="messages-"))
atexit.register(shutil.rmtree, FOLDER, True)
D, E, io = tf.data, tf.data.experimental, tf.io
LOST, NOT_FOUND = tf.errors.DataLossError, tf.errors.NotFoundError
NOT_READY = tf.errors.FailedPreconditionError
FIXED, SEQUENCE = io.FixedLenFeature, io.FixedLenSequenceFeature


def file(name, content):
    (FOLDER / name).write_bytes(content)
    return str(FOLDER / name)


def path(name):
    return str(FOLDER / name)


with io.TFRecordWriter(path("good")) as writer:
    for text in ("first", "second"):
        writer.write(text)
WHOLE = Path(path("good")).read_bytes()
file("cut", WHOLE[:-1])
file("short", WHOLE[:30])
file("length", b"\x09" + WHOLE[1:])
file("changed", WHOLE[:13] + b"?" + WHOLE[14:])
file("packed", gzip.compress(WHOLE))
file("rows.csv", b'a,b\n1,x\n"2,y\n')
file("ends.csv", b"1,x\n2\n")
file("words.csv", b"1,x\nno,y\n,z\n")
file("stray.csv", b'1,a"b\n')
file("empty.csv", b"")
file("seven.bin", b"1234567")
with closing(sqlite3.connect(path("rows.db"))) as database, database:
    database.execute("create table t (a int)")


def elements(dataset):
    return lambda: list(dataset())


def feature(**lists):
    made = {"i": ("int64_list", tf.train.Int64List), "f": ("float_list", tf.train.FloatList)}
    return {key: tf.train.Feature(**{made[key][0]: made[key][1](value=values)})
            for key, values in lists.items()}


def example(**lists):
    features = tf.train.Features(feature=feature(**lists))
    return tf.train.Example(features=features).SerializeToString()


def sequence(**lists):
    made = tf.train.SequenceExample()
    for key, each in feature(**lists).items():
        made.feature_lists.feature_list[key].feature.append(each)
    return made.SerializeToString()


GOOD = example(i=[1, 2], f=[0.5])


def closed():
    writer = io.TFRecordWriter(path("new"))
    writer.close()
    writer.write("a")


def changed_state():
    file("lines.txt", b"one\ntwo\n")
    dataset = D.TextLineDataset(path("lines.txt"))
    iterator = iter(dataset)
    next(iterator)
    state = iterator.state()
    file("lines.txt", b"one\n")
    iter(dataset).restore(state)


def refused_by_the_system():
    from eagre.files.opening import worded

    with worded("read_file", "secret"):
        raise PermissionError(13, "Permission denied")


RECORDS = {
    "TFRecordDataset: no file": (elements(lambda: D.TFRecordDataset(path("none"))), NOT_FOUND),
    "TFRecordDataset: a folder": (elements(lambda: D.TFRecordDataset(path("."))), NOT_READY),
    "TFRecordDataset: cut": (elements(lambda: D.TFRecordDataset(path("cut"))), LOST),
    "TFRecordDataset: cut in a length": (elements(lambda: D.TFRecordDataset(path("short"))), LOST),
    "TFRecordDataset: length": (elements(lambda: D.TFRecordDataset(path("length"))), LOST),
    "TFRecordDataset: bytes": (elements(lambda: D.TFRecordDataset(path("changed"))), LOST),
    "TFRecordDataset: compressed": (elements(lambda: D.TFRecordDataset(path("packed"))), LOST),
    "TFRecordDataset: not compressed": (
        elements(lambda: D.TFRecordDataset(path("good"), "GZIP")), LOST),
    "TFRecordDataset: compression": (lambda: D.TFRecordDataset(path("good"), "ZIP"), *INVALID),
    "TFRecordDataset: numbers": (lambda: D.TFRecordDataset([1, 2]), TypeError),
    "TFRecordDataset: a dataset of numbers": (
        lambda: D.TFRecordDataset(D.Dataset.range(2)), TypeError),
    "TFRecordDataset: num_parallel_reads": (
        lambda: D.TFRecordDataset("a", num_parallel_reads=0), *INVALID),
    "TFRecordWriter: no folder": (lambda: io.TFRecordWriter(path("none/file")), NOT_FOUND),
    "TFRecordWriter: a folder": (lambda: io.TFRecordWriter(path(".")), NOT_READY),
    "TFRecordWriter: a number": (lambda: io.TFRecordWriter(3), TypeError),
    "TFRecordWriter: closed": (closed, NOT_READY),
    "write: a number": (lambda: io.TFRecordWriter(path("new")).write(3), TypeError),
    "TFRecordOptions: compression": (lambda: io.TFRecordOptions("ZIP"), *INVALID),
    "FixedLengthRecordDataset: size": (
        elements(lambda: D.FixedLengthRecordDataset(path("seven.bin"), 2)), *INVALID),
    "FixedLengthRecordDataset: length": (
        lambda: D.FixedLengthRecordDataset(path("seven.bin"), 0), *INVALID),
    "restore: a file that changed": (changed_state, NOT_READY),
    "list_files: none": (lambda: D.Dataset.list_files(path("none*")), *INVALID),
    "read_file: may not": (refused_by_the_system, tf.errors.PermissionDeniedError),
}

EXAMPLES = {
    "parse_example: bytes": (lambda: io.parse_example([GOOD, b"abc"], {"i": FIXED([2], tf.int64)}),
                             *INVALID),
    "parse_example: missing": (lambda: io.parse_example([GOOD], {"x": FIXED([], tf.int64)}),
                               *INVALID),
    "parse_example: no features": (lambda: io.parse_example([b""], {"x": FIXED([], tf.int64)}),
                                   *INVALID),
    "parse_example: dtype": (lambda: io.parse_example([GOOD], {"i": FIXED([2], tf.float32)}),
                             *INVALID),
    "parse_example: number of values": (
        lambda: io.parse_example([GOOD], {"i": FIXED([3], tf.int64)}), *INVALID),
    "parse_example: steps": (
        lambda: io.parse_example([GOOD], {"f": SEQUENCE([2], tf.float32, True)}), *INVALID),
    "parse_single_example: missing": (
        lambda: io.parse_single_example(GOOD, {"x": FIXED([], tf.int64)}), *INVALID),
    "parse_single_example: a vector": (
        lambda: io.parse_single_example([GOOD], {"i": FIXED([2], tf.int64)}), *INVALID),
    "parse_example: a scalar": (
        lambda: io.parse_example(GOOD, {"i": FIXED([2], tf.int64)}), *INVALID),
    "parse_example: nothing": (lambda: io.parse_example([GOOD], {}), ValueError),
    "parse_example: sparse": (
        lambda: io.parse_example([GOOD], {"i": io.VarLenFeature(tf.int64)}),
        tf.errors.UnimplementedError),
    "parse_example: a dtype": (lambda: io.parse_example([GOOD], {"i": tf.int64}), ValueError),
    "parse_example: int32": (lambda: io.parse_example([GOOD], {"i": FIXED([], tf.int32)}),
                             *INVALID),
    "parse_example: shape": (lambda: io.parse_example([GOOD], {"i": FIXED([None], tf.int64)}),
                             ValueError),
    "parse_example: no dtype": (lambda: io.parse_example([GOOD], {"i": FIXED([], None)}),
                                ValueError),
    "parse_example: allow_missing": (
        lambda: io.parse_example([GOOD], {"i": SEQUENCE([], tf.int64)}), ValueError),
    "parse_example: default_value": (
        lambda: io.parse_example([GOOD], {"i": FIXED([2], tf.int64, [1, 2, 3])}), *INVALID),
    "parse_example: default of steps": (
        lambda: io.parse_example([GOOD], {"i": SEQUENCE([], tf.int64, True, [1, 2])}), ValueError),
    "parse_sequence_example: missing": (
        lambda: io.parse_sequence_example([sequence()], {}, {"x": SEQUENCE([], tf.int64)}),
        *INVALID),
    "parse_single_sequence_example: number of values": (
        lambda: io.parse_single_sequence_example(
            sequence(i=[1, 2]), {}, {"i": SEQUENCE([], tf.int64)}), *INVALID),
    "parse_sequence_example: bytes": (
        lambda: io.parse_sequence_example([b"abc"], {}, {"x": SEQUENCE([], tf.int64)}), *INVALID),
    "parse_sequence_example: a fixed feature": (
        lambda: io.parse_sequence_example([b""], {}, {"x": FIXED([], tf.int64)}), ValueError),
    "parse_sequence_example: nothing": (lambda: io.parse_sequence_example([b""]), ValueError),
    "BytesList: text": (lambda: tf.train.BytesList(value=["a"]), TypeError),
    "FloatList: text": (lambda: tf.train.FloatList(value=["a"]), TypeError),
    "Int64List: a float": (lambda: tf.train.Int64List(value=[1.5]), TypeError),
    "Int64List: too large": (lambda: tf.train.Int64List(value=[2**63]), ValueError),
    "Feature: a list": (lambda: tf.train.Feature(int64_list=[1]), TypeError),
    "Features: assignment": (
        lambda: tf.train.Features().feature.__setitem__("x", tf.train.Feature()), ValueError),
    "Example: bytes": (lambda: tf.train.Example.FromString(b"abc"), LOST, ValueError),
    "Example: text": (lambda: tf.train.Example.FromString("abc"), TypeError),
    "Example.CopyFrom: another class": (
        lambda: tf.train.Example().CopyFrom(tf.train.Feature()), TypeError),
    "Feature.HasField: name": (lambda: tf.train.Feature().HasField("x"), ValueError),
}

CSV = {
    "decode_csv: number of fields": (lambda: io.decode_csv(["1,2", "1"], [0, 0]), *INVALID),
    "decode_csv: no number": (lambda: io.decode_csv(["1", "x"], [0]), *INVALID),
    "decode_csv: missing": (lambda: io.decode_csv(",1", [tf.constant([], tf.int32), 0]), *INVALID),
    "decode_csv: quotation mark": (lambda: io.decode_csv('a"b', [""]), *INVALID),
    "decode_csv: open quotation": (lambda: io.decode_csv('"a', [""]), *INVALID),
    "decode_csv: delimiter": (lambda: io.decode_csv("a", [""], ",,"), *INVALID),
    "decode_csv: dtype": (lambda: io.decode_csv("a", [True]), *INVALID),
    "decode_csv: two defaults": (lambda: io.decode_csv("a", [[1, 2]]), *INVALID),
    "decode_csv: select_cols": (lambda: io.decode_csv("a", [0], select_cols=[0, 1]), ValueError),
    "decode_csv: order": (lambda: io.decode_csv("a", [0, 0], select_cols=[1, 0]), ValueError),
    "decode_csv: too few": (lambda: io.decode_csv("1", [0], select_cols=[1]), *INVALID),
    "CsvDataset: open quotation": (
        elements(lambda: E.CsvDataset(path("rows.csv"), [0, ""], header=True)), *INVALID),
    "CsvDataset: number of fields": (
        elements(lambda: E.CsvDataset(path("ends.csv"), [0, ""])), *INVALID),
    "CsvDataset: no number": (elements(lambda: E.CsvDataset(path("words.csv"), [0, ""])), *INVALID),
    "CsvDataset: quotation mark": (
        elements(lambda: E.CsvDataset(path("stray.csv"), [0, ""])), *INVALID),
    "CsvDataset: header": (
        elements(lambda: E.CsvDataset(path("empty.csv"), [0], header=True)), *INVALID),
    "CsvDataset: dtype": (lambda: E.CsvDataset(path("rows.csv"), [tf.bool]), *INVALID),
    "CsvDataset: two choices": (
        lambda: E.CsvDataset("a", [0], select_cols=[0], exclude_cols=[1]), ValueError),
    "make_csv_dataset: no file": (lambda: E.make_csv_dataset(path("none*"), 2), ValueError),
    "make_csv_dataset: label": (
        lambda: E.make_csv_dataset(path("rows.csv"), 2, label_name="c",
                                   column_defaults=[0, ""]), ValueError),
    "make_csv_dataset: names": (
        lambda: E.make_csv_dataset(path("rows.csv"), 2, header=False), ValueError),
    "make_csv_dataset: names twice": (
        lambda: E.make_csv_dataset(path("rows.csv"), 2, column_names=["a", "a"]), ValueError),
    "make_csv_dataset: select_columns": (
        lambda: E.make_csv_dataset(path("rows.csv"), 2, select_columns=["c"]), ValueError),
    "make_csv_dataset: column_defaults": (
        lambda: E.make_csv_dataset(path("rows.csv"), 2, column_defaults=[0]), ValueError),
    "make_csv_dataset: two headers": (
        lambda: E.make_csv_dataset([path("rows.csv"), path("ends.csv")], 2), ValueError),
    "make_batched_features_dataset: label": (
        lambda: E.make_batched_features_dataset(path("good"), 2, {}, label_key="x"), ValueError),
    "SqlDataset: driver": (lambda: E.SqlDataset("mysql", "a", "b", (tf.int64,)), *INVALID),
    "SqlDataset: dtype": (lambda: E.SqlDataset("sqlite", "a", "b", (tf.float32,)), *INVALID),
    "SqlDataset: no file": (
        elements(lambda: E.SqlDataset("sqlite", path("none"), "b", (tf.int64,))), NOT_FOUND),
    "SqlDataset: query": (
        elements(lambda: E.SqlDataset("sqlite", path("rows.db"), "select b from t", (tf.int64,))),
        tf.errors.UnknownError),
    "SqlDataset: columns": (
        elements(lambda: E.SqlDataset("sqlite", path("rows.db"), "select a, a from t",
                                      (tf.int64,))), *INVALID),
}

WHOLE_FILES = {
    "read_file: no file": (lambda: io.read_file(path("none")), NOT_FOUND),
    "read_file: a folder": (lambda: io.read_file(path(".")), NOT_READY),
    "read_file: two": (lambda: io.read_file(["a", "b"]), *INVALID),
    "write_file: a vector": (lambda: io.write_file(path("new"), ["a"]), *INVALID),
    "decode_raw: size": (lambda: io.decode_raw("abc", tf.int16), *INVALID),
    "decode_raw: sizes": (lambda: io.decode_raw(["a", "bc"], tf.uint8), *INVALID),
    "decode_raw: string": (lambda: io.decode_raw("a", tf.string), *INVALID),
    "decode_raw: fixed_length": (lambda: io.decode_raw("a", tf.int16, fixed_length=3), *INVALID),
    "decode_compressed: no gzip": (lambda: io.decode_compressed("abc", "GZIP"), LOST),
    "decode_compressed: cut": (
        lambda: io.decode_compressed(gzip.compress(b"abc", mtime=0)[:-4], "GZIP"), LOST),
    "decode_compressed: kind": (lambda: io.decode_compressed("abc", "ZIP"), *INVALID),
    "decode_base64: characters": (lambda: io.decode_base64("a b="), *INVALID),
    "parse_tensor: bytes": (lambda: io.parse_tensor("abc", tf.int32), *INVALID),
    "parse_tensor: dtype": (lambda: io.parse_tensor(io.serialize_tensor([1]), tf.int64), *INVALID),
    "matching_files: a matrix": (lambda: io.matching_files([["a"]]), *INVALID),
    "gfile.listdir: no folder": (lambda: io.gfile.listdir(path("none")), NOT_FOUND),
    "gfile.mkdir: a file": (lambda: io.gfile.mkdir(path("good")), tf.errors.AlreadyExistsError),
    "gfile.mkdir: no folder above": (lambda: io.gfile.mkdir(path("none/new")), NOT_FOUND),
    "gfile.makedirs: a file": (lambda: io.gfile.makedirs(path("good")), NOT_READY),
    "gfile.remove: no file": (lambda: io.gfile.remove(path("none")), NOT_FOUND),
    "gfile.remove: a folder": (lambda: io.gfile.remove(path(".")), NOT_READY),
    "gfile.rmtree: a file": (lambda: io.gfile.rmtree(path("good")), NOT_READY),
    "gfile.copy: exists": (
        lambda: io.gfile.copy(path("good"), path("cut")), tf.errors.AlreadyExistsError),
    "gfile.rename: no file": (lambda: io.gfile.rename(path("none"), path("elsewhere")), NOT_FOUND),
    "gfile.stat: no file": (lambda: io.gfile.stat(path("none")), NOT_FOUND),
    "gfile.exists: a number": (lambda: io.gfile.exists(3), TypeError),
    "gfile.exists: a zero byte": (lambda: io.gfile.exists("a\0b"), *INVALID),
    "GFile: mode": (lambda: io.gfile.GFile("a", "q"), *INVALID),
    "GFile: no file": (lambda: io.gfile.GFile(path("none")).read(), NOT_FOUND),
    "GFile: read while writing": (
        lambda: io.gfile.GFile(path("new"), "w").read(), tf.errors.PermissionDeniedError),
    "GFile: write while reading": (
        lambda: io.gfile.GFile(path("good")).write("a"), tf.errors.PermissionDeniedError),
}

TABLES = {"record files": RECORDS, "examples": EXAMPLES, "csv": CSV, "whole files": WHOLE_FILES}
FOREIGN_WORDS = set()
