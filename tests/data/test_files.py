"""Datasets of files: errors at their elements, going on after them, files that change."""

import os
from pathlib import Path

import numpy as np
import pytest

import eagre as tf
from eagre.data import functions

D = tf.data.Dataset
SPEC = {"x": tf.io.FixedLenFeature([], tf.int64)}


def example(value):
    feature = tf.train.Feature(int64_list=tf.train.Int64List(value=[value]))
    made = tf.train.Example(features=tf.train.Features(feature={"x": feature}))
    return made.SerializeToString()


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path, records, options=None):
    with tf.io.TFRecordWriter(path, options) as writer:
        for record in records:
            writer.write(record)
    return path


def values(elements):
    return [np.asarray(x).tolist() for element in elements for x in tf.nest.flatten(element)]


def parsed(path="records"):
    return tf.data.TFRecordDataset(path).map(lambda x: tf.io.parse_single_example(x, SPEC))


def test_a_map_of_records_runs_over_whole_batches():
    write("records", map(example, range(10)))
    assert "for whole batches" in parsed().explain()
    assert values(parsed().batch(4)) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert values(parsed()) == list(range(10))
    threads = tf.data.TFRecordDataset("records").map(
        lambda x: tf.io.parse_single_example(x, SPEC), num_parallel_calls=tf.data.AUTOTUNE)
    assert values(threads.batch(4)) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_an_error_within_a_batch_is_of_its_element():
    write("records", [example(0), example(1), b"damaged", example(3), example(4)])
    dataset = parsed().batch(4)
    iterator = iter(dataset)
    with pytest.raises(tf.errors.InvalidArgumentError, match="parse_single_example") as caught:
        next(iterator)
    assert any("in element 2 of Dataset.map" in note for note in caught.value.__notes__)
    state = iterator.state()
    assert values(iterator) == [[3, 4]]
    other = iter(dataset)
    other.restore(state)
    assert values(other) == [[3, 4]]
    assert values(parsed().ignore_errors().batch(4)) == [[0, 1, 3, 4]]


def test_a_function_that_fails_for_whole_batches_only():
    """Strings of several lengths: one by one each of them can be decoded."""
    raw = D.from_tensor_slices([b"ab", b"abcd"]).map(lambda x: tf.io.decode_raw(x, tf.uint8))
    assert [len(x) for x in raw] == [2, 4]
    with pytest.raises(tf.errors.InvalidArgumentError, match="expected elements of one shape"):
        list(raw.batch(2))
    assert [x.shape for x in raw.padded_batch(2)] == [(2, 4)]


@pytest.mark.parametrize("options", [None, "GZIP"])
def test_states_within_rows_that_failed(options):
    write("records", [*map(example, range(6)), b"damaged", *map(example, range(7, 12))], options)
    dataset = tf.data.TFRecordDataset("records", options).map(
        lambda x: tf.io.parse_single_example(x, SPEC)).ignore_errors().batch(3)
    iterator = iter(dataset)
    states, wanted = [iterator.state()], []
    for batch in iterator:
        wanted.append(values([batch]))
        states.append(iterator.state())
    assert sum(wanted, []) == [[0, 1, 2], [3, 4, 5], [7, 8, 9], [10, 11]]
    for number, state in enumerate(states):
        other = iter(dataset)
        other.restore(state)
        assert [values([batch]) for batch in other] == wanted[number:]


def test_a_graph_reads_files_when_it_runs():
    @tf.function
    def both(path):
        return tf.io.read_file(path), tf.io.matching_files("*.txt")

    tf.io.write_file("a.txt", "one")
    assert both("a.txt")[0].numpy() == b"one"
    tf.io.write_file("a.txt", "two")
    tf.io.write_file("b.txt", "")
    text, names = both("a.txt")
    assert text.numpy() == b"two" and names.numpy().tolist() == [b"a.txt", b"b.txt"]

    @tf.function
    def write_twice(text):
        tf.io.write_file("c/d.txt", text)
        tf.io.write_file("c/d.txt", tf.io.encode_base64(tf.io.read_file("c/d.txt")))

    write_twice(tf.constant("a"))
    assert Path("c/d.txt").read_text() == "YQ"


def test_files_are_mapped_in_batches():
    for number in range(4):
        tf.io.write_file(f"{number}.raw", bytes([number, number]))
    files = D.list_files("*.raw", shuffle=False)
    dataset = files.map(tf.io.read_file).map(lambda x: tf.io.decode_raw(x, tf.uint8)).batch(3)
    assert values(dataset) == [[[0, 0], [1, 1], [2, 2]], [[3, 3]]]


def test_files_that_change_after_a_state():
    tf.io.write_file("lines.txt", "one\ntwo\nthree\n")
    dataset = tf.data.TextLineDataset("lines.txt")
    iterator = iter(dataset)
    next(iterator)
    state = iterator.state()
    tf.io.write_file("lines.txt", "one\ntwo\nthree\nfour\n")
    with pytest.raises(tf.errors.FailedPreconditionError, match="of 14 bytes. Received: 'lines"):
        iter(dataset).restore(state)
    os.remove("lines.txt")
    with pytest.raises(tf.errors.NotFoundError, match="TextLineDataset expected a path that"):
        iter(dataset).restore(state)
    tf.io.write_file("lines.txt", "one\ntwo\nthree\n")
    other = iter(dataset)
    other.restore(state)
    assert values(other) == [b"two", b"three"]


def test_after_an_error_comes_the_next_file():
    write("good", [b"a", b"b"])
    write("bad", [b"c" * 9, b"d" * 9, b"e"])
    data = bytearray(Path("bad").read_bytes())
    data[40] ^= 1
    Path("bad").write_bytes(data)
    dataset = tf.data.TFRecordDataset(["bad", "missing", "good"])
    iterator = iter(dataset)
    assert next(iterator).numpy() == b"c" * 9
    with pytest.raises(tf.errors.DataLossError, match="'bad', at byte 25: a record with another"):
        next(iterator)
    with pytest.raises(tf.errors.NotFoundError, match="'missing'"):
        next(iterator)
    assert values(iterator) == [b"a", b"b"]


def test_names_come_in_every_form(folder):
    write("records", [b"a"])
    for names in ("records", b"records", folder / "records", [folder / "records"],
                  tf.constant("records"), tf.constant([["records"]]), np.array(["records"]),
                  D.from_tensors("records"), ("records",)):
        assert values(tf.data.TFRecordDataset(names)) == [b"a"], names
    assert values(tf.data.TFRecordDataset([])) == []
    several = D.from_tensor_slices(["records", "records"])
    assert values(several.flat_map(tf.data.TFRecordDataset)) == [b"a", b"a"]
    assert values(several.interleave(tf.data.TFRecordDataset, cycle_length=2)) == [b"a", b"a"]


def test_list_files_shuffles_in_each_iteration():
    for number in range(9):
        tf.io.write_file(f"{number}.txt", "")
    names = [f"{number}.txt".encode() for number in range(9)]
    dataset = D.list_files("*.txt", seed=5)
    orders = [values(dataset) for _ in range(4)]
    assert all(sorted(order) == names for order in orders)
    assert len({tuple(order) for order in orders}) > 1
    assert values(D.list_files("*.txt", seed=5)) == orders[0]
    assert values(D.list_files("*.txt", shuffle=False)) == names
    assert len(dataset) == 9


def test_the_columns_of_a_line_are_a_tuple(monkeypatch):
    lines = D.from_tensor_slices(["1,x", "2,y"])
    dataset = lines.map(lambda line: tf.io.decode_csv(line, [0, ""]))
    assert [spec.dtype for spec in dataset.element_spec] == [tf.int32, tf.string]
    assert values(dataset.batch(2)) == [[1, 2], [b"x", b"y"]]
    monkeypatch.setitem(functions.debugging, "is_on", True)
    assert values(D.range(2).map(lambda x: [x, int(x)])) == [0, 0, 1, 1]


def test_rows_of_csv_batch_by_columns():
    tf.io.write_file("rows.csv", "".join(f"{n},{n / 2},w{n}\n" for n in range(10)))
    dataset = tf.data.experimental.CsvDataset("rows.csv", [tf.int32, tf.float32, tf.string])
    batches = list(dataset.batch(4).as_numpy_iterator())
    assert [batch[0].tolist() for batch in batches] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert batches[0][1].dtype == np.float32 and batches[2][2].tolist() == [b"w8", b"w9"]
    tf.io.write_file("rows.csv", "0,0,a\n1,x,b\n2,2,c\n")
    iterator = iter(dataset.batch(3))
    with pytest.raises(tf.errors.InvalidArgumentError, match="field 1 to be a number of float32"):
        next(iterator)
    assert [x[0].numpy().tolist() for x in iterator] == [[2]]


def test_a_shuffled_csv_has_all_rows_once():
    for name in "ab":
        rows = "".join(f"{name}{n},{n}\n" for n in range(20))
        tf.io.write_file(f"{name}.csv", "name,number\n" + rows)
    make = tf.data.experimental.make_csv_dataset
    dataset = make("*.csv", 7, label_name="number", num_epochs=1, shuffle_seed=3)
    found = [name for features, _ in dataset for name in features["name"].numpy()]
    assert sorted(found) == sorted(f"{name}{n}".encode() for name in "ab" for n in range(20))
    assert found != sorted(found)
    first = [name for features, _ in make("*.csv", 7, label_name="number", num_epochs=1,
                                          shuffle_seed=3) for name in features["name"].numpy()]
    assert first == found


def test_a_file_is_let_go_when_the_iterator_is(folder):
    import gc

    write("records", [b"a", b"b"])
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    for _ in range(50):
        next(iter(tf.data.TFRecordDataset("records")))
    gc.collect()
    after = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    assert after <= before + 1
