"""Let TensorFlow say what files hold and what is wrong with them: writes `io.json` and `io/`.

Run from the root of the repository in an environment that has TensorFlow:

    PYTHONPATH=. python tests/oracle/make_io.py

TensorFlow writes the files in `io/`. A case is a Python expression of `tf`, evaluated in a folder
that holds these files; its outcome are values, elements, or the classes of the error. Besides,
TensorFlow reads what eagre writes, and the results are kept. Only `main` imports TensorFlow.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import sqlite3
import tempfile
import zlib
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("io.json")
FOLDER = Path(__file__).with_name("io")

TEXTS = {
    "plain.txt": b"one\ntwo\n\nfour", "windows.txt": b"one\r\ntwo\r\n",
    "mixed.txt": b"a\rb\nc\r\r\n",
    "empty.txt": b"", "line.txt": b"\n", "binary.txt": b"\xff\x00\n",
    "table.csv": b"a,b,c,d,e,f\n1,1.5,x,3000000000,,1e300\n2,2,y,1,NA,2\n,3,,4,5,6\n",
    "other.csv": b"a,b,c,d,e,f\n7,1.5,x,3000000000,,1e300\n",
    "quoted.csv": b'"a\nb",2\n"c""d",3\r\n"e",4', "returns.csv": b"1,2\r3,4\r",
    "gap.csv": b"1,2\n\n3,4\n", "stray.csv": b'a"b,2\n', "open.csv": b'"a,2\n',
    "late.csv": b'"a"b,2\n',
    "missing.csv": b"1,\n,2\n", "long.csv": b"1,2,3\n", "spaces.csv": b" 1 ,2\n",
    "pairs.bin": b"hhaabbccf", "uneven.bin": b"hhaabbcf",
}  # fmt: skip

NUMBERS = ["1", " 1 ", "+1", "-1", "1_0", "0x10", "inf", "-Infinity", "NaN", "1e400", "1e-50", "1.",
           ".5", "1e", "-", "1 2", "16777217", "1.00000017881393432617187499", "3000000000",
           "99999999999999999999", "0X1p3"]  # fmt: skip
RECORDS = ["1,2", "1,", "", ",", "1", "1,2,3", '"a",b', '"a,b",c', '"a""b",c', 'a"b,c', '"a"b,c',
           '"a', '"a",', "\n1,2", "1,2\n", "1\n,2", '"a\nb",c', '""', '"",""', ' "a",b',
           '"a" ,b', "1,\n2"]  # fmt: skip

CSV = [
    *[f"tf.io.decode_csv({text!r}, [tf.constant([], tf.{dtype})], field_delim=';')"
      for text in NUMBERS for dtype in ("float32", "float64", "int32", "int64")],
    *[f"tf.io.decode_csv({text!r}, [{default}, 'd'])"
      for text in RECORDS for default in ("'d'", "tf.constant([], tf.string)")],
]  # fmt: skip

OTHERS = r"""
tf.io.decode_csv([["1,2", "3,4"]], [0, [0.5]])
tf.io.decode_csv("NA,NA", [1, "x"], na_value="NA")
tf.io.decode_csv('"a,b"', ["", ""], use_quote_delim=False)
tf.io.decode_csv("a,b,c", ["", ""], select_cols=[0, 2])
tf.io.decode_csv("a,b,c", ["", ""], select_cols=[2, 0])
tf.io.decode_csv("a,b,c", ["", ""], select_cols=[0])
tf.io.decode_csv("a,b,c", ["", ""], select_cols=[0, 5])
tf.io.decode_csv("a,b,c", ["", ""], field_delim=",,")
tf.io.decode_csv("1", [tf.constant([], tf.uint8)])
tf.io.decode_csv("1", [[1, 2]])
tf.io.decode_csv("1", [[[1]]])
tf.io.decode_raw(["abcd", "efgh"], tf.int16)
tf.io.decode_raw("abc", tf.int16)
tf.io.decode_raw(["ab", "abcd"], tf.int16)
tf.io.decode_raw("ab", tf.int16, little_endian=False)
tf.io.decode_raw(["a", "abcd"], tf.uint8, fixed_length=3)
tf.io.decode_raw(["abc"], tf.int16, fixed_length=3)
tf.io.decode_raw("\x01\x00", tf.bool)
tf.io.decode_raw("ab", tf.string)
tf.io.decode_raw("", tf.float32)
tf.io.decode_raw(tf.zeros([0], tf.string), tf.int16)
tf.io.decode_raw("abcdefgh", tf.complex64)
tf.io.encode_base64(["ab?>", "a", ""])
tf.io.encode_base64(["ab?>", "a", ""], pad=True)
tf.io.decode_base64(["YQ==", "YQ", "_-8", "", "YWI", "YWJj"])
tf.io.decode_base64("Y")
tf.io.decode_base64("+/8=")
tf.io.decode_base64("YQ=")
tf.io.decode_base64("Y Q")
tf.io.decode_compressed(gzip.compress(b"a"), "GZIP")
tf.io.decode_compressed([zlib.compress(b"a")] * 2, "ZLIB")
tf.io.decode_compressed(b"a", "")
tf.io.decode_compressed(b"a", "XX")
tf.io.serialize_tensor([1, 2])
tf.io.serialize_tensor(["a", ""])
tf.io.serialize_tensor(1.5)
tf.io.serialize_tensor([[True], [False]])
tf.io.serialize_tensor(tf.zeros([0, 2], tf.float16))
tf.io.parse_tensor(tf.io.serialize_tensor([1, 2]), tf.int32)
tf.io.parse_tensor(tf.io.serialize_tensor([1, 2]), tf.int64)
tf.io.parse_tensor("xx", tf.int64)
tf.io.read_file("plain.txt")
tf.io.read_file("none.txt")
tf.io.read_file(".")
tf.io.read_file(["plain.txt"])
tf.io.matching_files("./p*.txt")
tf.io.matching_files(["./w*.txt", "./p*.txt", "./plain.*"])
tf.io.matching_files("none*")
sorted(tf.io.gfile.glob("./[pw]*.txt"))
sorted(tf.io.gfile.glob(["./w*.txt", "./[pw]*.txt"]))
tf.io.gfile.exists("plain.txt")
tf.io.gfile.exists("none.txt")
tf.io.gfile.isdir("plain.txt")
tf.io.gfile.isdir(".")
tf.io.gfile.listdir("none")
tf.io.gfile.listdir("plain.txt")
tf.io.gfile.stat("plain.txt").length
tf.io.gfile.stat("none.txt")
tf.io.gfile.mkdir(".")
tf.io.gfile.mkdir("none/inner")
tf.io.gfile.makedirs("plain.txt")
tf.io.gfile.remove("none.txt")
tf.io.gfile.remove(".")
tf.io.gfile.rmtree("none")
tf.io.gfile.copy("plain.txt", "line.txt")
tf.io.gfile.copy("none.txt", "new.txt")
tf.io.gfile.rename("plain.txt", "line.txt")
tf.io.gfile.join("a", "b", "c")
tf.io.gfile.join("a", "/b")
tf.io.gfile.GFile("none.txt").read()
tf.io.gfile.GFile("plain.txt").write("x")
tf.io.gfile.GFile("plain.txt").read()
tf.io.gfile.GFile("plain.txt", "rb").read(3)
tf.io.gfile.GFile("plain.txt").readline()
list(tf.io.gfile.GFile("plain.txt"))
tf.io.gfile.GFile("plain.txt").size()
tf.io.gfile.GFile("plain.txt", "q")
list(tf.io.gfile.walk("none"))
tf.io.TFRecordWriter("none/file")
tf.io.TFRecordWriter(".")
tf.io.TFRecordWriter("file", "ZIP")
tf.train.BytesList(value=["text"])
tf.train.Int64List(value=[1.5])
tf.train.Int64List(value=[2**63])
tf.train.FloatList(value=["a"])
tf.train.Example.FromString(b"\x0a\x05a")
""".strip().splitlines()  # fmt: skip

DATASETS = """
D.TextLineDataset("plain.txt")
D.TextLineDataset(["windows.txt", "mixed.txt"])
D.TextLineDataset([["empty.txt", "line.txt"]])
D.TextLineDataset("binary.txt")
D.TextLineDataset("plain.gz", "GZIP")
D.TextLineDataset("plain.zz", "ZLIB")
D.TextLineDataset("twice.gz", "GZIP")
D.TextLineDataset("plain.txt", "GZIP")
D.TextLineDataset("none.txt")
D.TextLineDataset(".")
D.TextLineDataset(3)
D.TextLineDataset(["plain.txt", "windows.txt"], num_parallel_reads=2)
D.TFRecordDataset("three.tfrecord")
D.TFRecordDataset("three.gz", "GZIP")
D.TFRecordDataset("three.zz", compression_type="ZLIB")
D.TFRecordDataset(["three.tfrecord", "none.tfrecord"])
D.TFRecordDataset(["three.tfrecord", "three.tfrecord"], num_parallel_reads=2)
D.TFRecordDataset(["three.tfrecord"] * 3, num_parallel_reads=2)
D.TFRecordDataset([])
D.TFRecordDataset(D.Dataset.list_files("*.tfrecord", shuffle=False))
D.TFRecordDataset(D.Dataset.range(3))
D.TFRecordDataset("plain.txt")
D.TFRecordDataset("cut.tfr")
D.TFRecordDataset("length.tfr")
D.TFRecordDataset("data.tfr")
D.TFRecordDataset(["data.tfr", "three.tfrecord"]).ignore_errors()
D.TFRecordDataset(["length.tfr", "three.tfrecord"]).ignore_errors()
D.TFRecordDataset("three.tfrecord").batch(2)
D.TFRecordDataset("examples.tfrecord").map(lambda x: tf.io.parse_single_example(x, spec)).batch(2)
D.TFRecordDataset("examples.tfrecord").batch(3).map(lambda x: tf.io.parse_example(x, spec))
D.FixedLengthRecordDataset("pairs.bin", 2, 2, 1)
D.FixedLengthRecordDataset("uneven.bin", 2, 2, 1)
D.FixedLengthRecordDataset("pairs.bin", 3)
D.FixedLengthRecordDataset("pairs.gz", 2, 2, 1, compression_type="GZIP")
D.FixedLengthRecordDataset("uneven.gz", 2, 2, 1, compression_type="GZIP")
D.Dataset.list_files("./p*.txt", shuffle=False)
D.Dataset.list_files(["windows.txt", "./p*.txt"], shuffle=False)
D.Dataset.list_files("none*")
D.Dataset.list_files("[pw]*.txt", seed=1).cardinality()
E.CsvDataset("table.csv", [0, 0.0, "", tf.int64, "", tf.float64], header=True)
E.CsvDataset("table.csv", [tf.int32] * 6, header=True)
E.CsvDataset("table.csv", ["", 0.5], header=True, select_cols=[0, 1])
E.CsvDataset("table.csv", ["", ""], header=True, exclude_cols=[1, 2, 3, 4])
E.CsvDataset("quoted.csv", ["", 0])
E.CsvDataset("returns.csv", [0, 0])
E.CsvDataset("gap.csv", [0, 0])
E.CsvDataset("stray.csv", ["", 0])
E.CsvDataset("open.csv", ["", 0])
E.CsvDataset("late.csv", ["", 0])
E.CsvDataset("missing.csv", [7, "d"])
E.CsvDataset("missing.csv", [tf.int32, "d"])
E.CsvDataset("long.csv", [0, 0])
E.CsvDataset("spaces.csv", ["", 0])
E.CsvDataset("spaces.csv", [0, 0])
E.CsvDataset("empty.txt", [0])
E.CsvDataset("empty.txt", [0], header=True)
E.CsvDataset(["returns.csv", "spaces.csv"], [0, 0])
E.make_csv_dataset("table.csv", 2, **once)
E.make_csv_dataset("table.csv", 2, shuffle=False).take(4)
E.make_csv_dataset("table.csv", 2, label_name="c", **once)
E.make_csv_dataset("table.csv", 2, label_name="z", **once)
E.make_csv_dataset("table.csv", 2, select_columns=["c", "a"], **once)
E.make_csv_dataset("table.csv", 2, select_columns=[2, 0], label_name="a", **once)
E.make_csv_dataset("table.csv", 2, select_columns=["z"], **once)
E.make_csv_dataset("table.csv", 2, na_value="NA", **once)
E.make_csv_dataset("table.csv", 2, header=False, **once)
E.make_csv_dataset("table.csv", 2, column_names=list("uvwxyz"), **once)
E.make_csv_dataset("table.csv", 2, column_names=list("uvwxyz"), header=False, **once)
E.make_csv_dataset("table.csv", 2, column_names=list("uvwxyy"), **once)
E.make_csv_dataset("[to]*.csv", 3, **once)
E.make_csv_dataset(["table.csv", "other.csv"], 3, num_rows_for_inference=1, **once)
E.make_csv_dataset("table.csv", 2, column_defaults=["", "", "", "", "", ""], **once)
E.make_csv_dataset("none*.csv", 2, **once)
E.make_batched_features_dataset("examples.tfrecord", 2, spec, **once)
E.make_batched_features_dataset("examples.tfrecord", 2, spec, label_key="i", **once)
E.make_batched_features_dataset("examples.tfrecord", 2, spec, drop_final_batch=True, **once)
E.make_batched_features_dataset("examples.tfrecord", 2, spec, shuffle=False).take(3)
E.SqlDataset("sqlite", "rows.db", "select a, b, c from t", (tf.int64, tf.string, tf.float64))
E.SqlDataset("sqlite", "rows.db", "select a, a, a, a from t", small)
E.SqlDataset("sqlite", "rows.db", "select b, c, d from t", (tf.int64, tf.int64, tf.string))
E.SqlDataset("sqlite", "rows.db", "select c from t", (tf.float32,))
E.SqlDataset("sqlite", "rows.db", "select a, b from t", (tf.int64,))
E.SqlDataset("sqlite", "rows.db", "select q from t", (tf.int64,))
E.SqlDataset("mysql", "rows.db", "select a from t", (tf.int64,))
""".strip().splitlines()

EXAMPLES = {
    "usual": {"i": [3], "f": [0.5], "b": [b"x"]}, "more": {"i": [1, -2, 300], "f": [0.5, 1.5]},
    "none": {}, "empty lists": {"i": [], "f": []}, "other kinds": {"i": [0.5], "f": [1]},
}  # fmt: skip
SPECS = [
    "{'i': F([], tf.int64)}", "{'i': F([1], tf.int64)}", "{'i': F([3], tf.int64)}",
    "{'i': F([], tf.int64, -1)}", "{'i': F([3], tf.int64, [7, 8, 9])}", "{'f': F([2], tf.float32)}",
    "{'f': F([1, 2], tf.float32, 0.5)}", "{'b': F([], tf.string, 'd'), 'f': F([], tf.float32, 1)}",
    "{'i': S([], tf.int64, True)}",
    "{'i': S([], tf.int64, True, -1), 'b': S([1], tf.string, True)}",
    "{'f': S([2], tf.float32, True)}", "{'i': S([], tf.int64)}", "{'i': F([], tf.int32)}", "{}",
    "{'i': F([None], tf.int64)}", "{'i': 3}",
]  # fmt: skip
RAW = [b"", b"\n\0", b"\x0a", b"abc", b"\n\x07\n\x05\n\x01i\x12\0", b"\n\x05\n\x03\n\x01i",
       b"\n\x0b\n\t\n\x01i\x12\x04\x1a\x02\x08\x05", b"\x10\x01",
       b"\n\x0c\n\n\n\x01i\x12\x05\x1a\x03\n\x01\x05"
       b"\n\x0c\n\n\n\x01i\x12\x05\x1a\x03\n\x01\x06"]  # fmt: skip


def cases() -> list[str]:
    """The expressions of all cases."""
    parsing = [f"P([X[{name!r}]], {spec})" for name in EXAMPLES for spec in SPECS]
    parsing += [f"P([X['usual'], X['more']], {spec})" for spec in SPECS]
    parsing += [f"P1(X[{name!r}], {spec})" for name in ("usual", "more") for spec in SPECS]
    parsing += [f"P1({raw!r}, {{'i': F([], tf.int64, -1)}})" for raw in RAW]
    return [*CSV, *OTHERS, *DATASETS, *parsing]


def feature(train: Any, values: Any) -> Any:
    """A feature of the kind of the first value."""
    first = values[0] if values else 0
    if isinstance(first, bytes):
        return train.Feature(bytes_list=train.BytesList(value=values))
    if isinstance(first, float):
        return train.Feature(float_list=train.FloatList(value=values))
    return train.Feature(int64_list=train.Int64List(value=values))


def serialized(tf: Any, features: Any) -> bytes:
    """The bytes of an Example of features, in the order of its keys."""
    found = {key: feature(tf.train, values) for key, values in features.items()}
    example = tf.train.Example(features=tf.train.Features(feature=found))
    return example.SerializeToString(deterministic=True)


def fill(folder: Path, tf: Any) -> None:
    """Write the files of the cases with a library."""
    for name, content in TEXTS.items():
        (folder / name).write_bytes(content)
    for name in ("plain.txt", "pairs.bin", "uneven.bin"):
        stem = name.split(".")[0]
        (folder / f"{stem}.gz").write_bytes(gzip.compress(TEXTS[name], mtime=0))
    (folder / "plain.zz").write_bytes(zlib.compress(TEXTS["plain.txt"]))
    (folder / "twice.gz").write_bytes(2 * gzip.compress(b"a\n", mtime=0))
    for name, kind in (("three.tfrecord", None), ("three.gz", "GZIP"), ("three.zz", "ZLIB")):
        with tf.io.TFRecordWriter(str(folder / name), kind) as writer:
            for number in range(3):
                writer.write(bytes([65 + number]) * (5 * number))
    with tf.io.TFRecordWriter(str(folder / "examples.tfrecord")) as writer:
        for number in range(5):
            features = {"i": [number * 100], "f": [number / 2], "b": [b"w" * number]}
            writer.write(serialized(tf, features))
    damage(folder)
    database = sqlite3.connect(folder / "rows.db")
    with database:
        database.execute("create table t(a int, b text, c real, d blob)")
        rows = [(1, "x", 1.5, b"\xff\0a"), (None, None, None, None), (300, "7", 2, b"q")]
        database.executemany("insert into t values(?, ?, ?, ?)", rows)
    database.close()


def damage(folder: Path) -> None:
    """Files of records with something wrong."""
    whole = (folder / "three.tfrecord").read_bytes()
    (folder / "cut.tfr").write_bytes(whole[:-1])
    (folder / "length.tfr").write_bytes(b"\x09" + whole[1:])
    (folder / "data.tfr").write_bytes(whole[:40] + b"\0" + whole[41:])


def outcome(tf: Any, expression: str) -> Any:
    """What an expression gives: plain values, or the classes of the error."""
    feature_kinds = {"F": tf.io.FixedLenFeature, "S": tf.io.FixedLenSequenceFeature}
    names = {
        "tf": tf, "D": tf.data, "E": tf.data.experimental, "gzip": gzip, "zlib": zlib,
        "P": tf.io.parse_example, "P1": tf.io.parse_single_example, **feature_kinds,
        "X": {name: serialized(tf, features) for name, features in EXAMPLES.items()},
        "once": {"shuffle": False, "num_epochs": 1},
        "small": (tf.int8, tf.uint8, tf.bool, tf.string),
        "spec": {"i": tf.io.FixedLenFeature([], tf.int64),
                 "f": tf.io.FixedLenFeature([1], tf.float32),
                 "b": tf.io.FixedLenFeature([], tf.string)},
    }  # fmt: skip
    try:
        found = eval(expression, names)
        if hasattr(type(found), "element_spec"):
            return [plain_spec(found.element_spec), *plain(list(found))]
        return plain(found)
    except Exception as error:
        return {"error": [kind.__name__ for kind in type(error).__mro__]}


def plain(value: Any) -> Any:
    """Tensors, structures and Python values as what JSON holds."""
    if hasattr(value, "numpy"):
        array = value.numpy()
        if hasattr(array, "dtype") and array.dtype != object:
            return [array.dtype.name, list(array.shape), repr(array.tolist())]
        return ["string", list(getattr(array, "shape", ())), plain_bytes(array)]
    if hasattr(value, "items"):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return repr(value)


def plain_spec(spec: Any) -> Any:
    """A structure of specs with the names of its classes, whose own text depends on Python's."""
    name = type(spec).__name__
    if hasattr(spec, "items"):
        return {name: {key: plain_spec(each) for key, each in spec.items()}}
    if isinstance(spec, list | tuple):
        return {name: [plain_spec(each) for each in spec]}
    return repr(spec)


def plain_bytes(array: Any) -> str:
    """Bytes, or an array of them, as text."""
    return repr(array.tolist() if hasattr(array, "tolist") else array)


def messages(tf: Any) -> dict[str, Any]:
    """The bytes of messages, and the lines of their texts, whose maps have no order."""
    found: dict[str, Any] = {}
    for name, features in EXAMPLES.items():
        example = tf.train.Example.FromString(serialized(tf, features))
        found[name] = told(example)
    odd = {"q": [b"\x00\n\t'\"\\\xff"],
           "f": [0.1, 1e20, -0.0, 3.0, 1e-10, float("inf"), 16777216.0]}  # fmt: skip
    example = tf.train.Example.FromString(serialized(tf, odd))
    found["odd"] = told(example)
    sequence = tf.train.SequenceExample()
    sequence.context.feature["length"].int64_list.value.append(2)
    for number in range(2):
        steps = sequence.feature_lists.feature_list["x"].feature
        steps.add().float_list.value.extend([number, 0.5])
    found["sequence"] = told(sequence)
    return found


def told(message: Any) -> list[Any]:
    """The bytes of a message, and the lines of its text in order."""
    data = message.SerializeToString(deterministic=True)
    return [data.hex(), sorted(str(message).splitlines())]


def sequences(tf: Any, data: bytes) -> Any:
    """The features of a SequenceExample."""
    context = {"length": tf.io.FixedLenFeature([], tf.int64)}
    steps = {"x": tf.io.FixedLenSequenceFeature([2], tf.float32),
             "y": tf.io.FixedLenSequenceFeature([], tf.string, allow_missing=True)}  # fmt: skip
    empty = tf.train.SequenceExample()
    empty.context.feature["length"].int64_list.value.append(0)
    other = {**steps, "x": tf.io.FixedLenSequenceFeature([2], tf.float32, allow_missing=True)}
    batch = [data, empty.SerializeToString()]
    return [plain(tf.io.parse_single_sequence_example(data, context, steps)),
            plain(tf.io.parse_sequence_example([data], context, steps)),
            plain(tf.io.parse_sequence_example(batch, context, other))]  # fmt: skip


def main() -> None:
    import tensorflow as tf

    import eagre

    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    fill(FOLDER, tf)
    found: dict[str, Any] = {"messages": messages(tf)}
    found["sequences"] = sequences(tf, bytes.fromhex(found["messages"]["sequence"][0]))
    found["cases"] = in_copy(FOLDER, lambda: {case: outcome(tf, case) for case in cases()})
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder), eagre)
        kept = [case for case in DATASETS if "tfrecord" in case or ".gz" in case or ".zz" in case]
        found["what eagre wrote"] = in_copy(
            Path(folder), lambda: {case: outcome(tf, case) for case in kept}
        )
    FILE.write_text(json.dumps(found, indent=0) + "\n", encoding="utf-8")


def in_copy(folder: Path, function: Any) -> Any:
    """Call a function in a copy of a folder."""
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as place:
        shutil.copytree(folder, place, dirs_exist_ok=True)
        os.chdir(place)
        try:
            return function()
        finally:
            os.chdir(before)


if __name__ == "__main__":
    main()
