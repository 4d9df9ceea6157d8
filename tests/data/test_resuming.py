"""Iterators go on exactly where they were: cut at each element, in this program and the next."""

import json

import numpy as np
import pytest

import eagre as tf

D = tf.data.Dataset


def squares():
    for number in range(7):
        yield number * number


def twice(x):
    return D.from_tensors(x).repeat(2)


def lines(count):
    with open("lines.txt", "w") as file:
        file.writelines(f"line {number}\n" for number in range(count))
    return tf.data.TextLineDataset(["lines.txt", "lines.txt"])


def not_multiple(x):
    return tf.debugging.check_numerics(1 / tf.cast(x % 4, tf.float32), "a multiple of 4")


def faulty(dataset):
    return dataset.map(not_multiple)


def saved(dataset):
    dataset.save("saved")
    return D.load("saved")


def kept(dataset):
    found = dataset.snapshot("kept", shard_func=lambda x: x % 3,
                             reader_func=lambda shards: shards.shuffle(3).interleave(
                                 lambda x: x, cycle_length=2))  # fmt: skip
    list(found)
    return found


def records(kind):
    train = tf.train
    for name, count in (("one", 5), ("two", 1), ("three", 6)):
        with tf.io.TFRecordWriter(f"{name}.tfr", kind) as writer:
            for number in range(count):
                feature = train.Feature(int64_list=train.Int64List(value=[number]))
                found = train.Features(feature={"x": feature})
                writer.write(train.Example(features=found).SerializeToString())
    return ["one.tfr", "two.tfr", "three.tfr"]


def parsed(record):
    return tf.io.parse_single_example(record, {"x": tf.io.FixedLenFeature([], tf.int64)})


def table():
    with open("table.csv", "w") as file:
        file.write("a,b\n" + "".join(f'{n},"x\n{n}"\n' for n in range(7)))
    return ["table.csv", "table.csv"]


def rows():
    import contextlib
    import sqlite3

    with contextlib.closing(sqlite3.connect("rows.db")) as database, database:
        database.execute("drop table if exists t")
        database.execute("create table t (a int)")
        database.executemany("insert into t values (?)", [(n,) for n in range(5)])
    return tf.data.experimental.SqlDataset("sqlite", "rows.db", "select a from t", (tf.int64,))


def fixed(kind):
    import gzip

    data = b"head" + bytes(range(20)) + b"foot"
    with open("fixed.bin", "wb") as file:
        file.write(gzip.compress(data) if kind else data)
    return tf.data.FixedLengthRecordDataset("fixed.bin", 4, 4, 4, compression_type=kind)


R, E = tf.data.TFRecordDataset, tf.data.experimental
SPEC = tf.TensorSpec([], tf.int32)
PIPELINES = {
    "slices": lambda: D.from_tensor_slices({"a": np.arange(9), "b": np.ones([9, 2])}).batch(2),
    "generator": lambda: D.from_generator(squares, output_signature=SPEC).batch(2),
    "random": lambda: D.random(seed=1).take(20),
    "random by chance": lambda: D.random().batch(3).take(5),
    "text lines": lambda: lines(5).skip(1),
    "records": lambda: R(records(None)).map(parsed),
    "records in batches": lambda: R(records(None)).map(parsed).batch(4),
    "compressed records": lambda: R(records("GZIP"), "GZIP").map(parsed).batch(5),
    "records in turns": lambda: R(records("ZLIB"), "ZLIB", num_parallel_reads=2).map(parsed),
    "records of shuffled files": lambda: R(
        D.from_tensor_slices(records(None)).shuffle(3)).repeat(2),
    "records, shuffled": lambda: R(records(None)).shuffle(4).map(parsed).repeat(2).batch(5),
    "fixed length": lambda: fixed(None),
    "compressed fixed length": lambda: fixed("GZIP").batch(2),
    "csv": lambda: E.CsvDataset(table(), [0, ""], header=True),
    "csv in batches": lambda: E.CsvDataset(table(), [0, ""], header=True).batch(4),
    "make_csv_dataset": lambda: E.make_csv_dataset(
        table(), 3, num_epochs=2, shuffle_buffer_size=4),
    "sql": lambda: rows(),
    "zip": lambda: D.zip(D.range(9).shuffle(9), D.range(9).filter(lambda x: x > 2)),
    "take and skip": lambda: D.range(20).filter(lambda x: x > 1).skip(3).shard(2, 1).take(6),
    "concatenate": lambda: D.range(3).filter(lambda x: x > 0).concatenate(D.range(5)),
    "enumerate": lambda: D.range(9).filter(lambda x: x > 2).enumerate(3),
    "permutation": lambda: D.range(9).shuffle(9).repeat(3).batch(4),
    "one order": lambda: D.range(9).shuffle(9, reshuffle_each_iteration=False).repeat(3),
    "window of numbers": lambda: D.range(20).shuffle(4, seed=2).repeat(2).batch(3),
    "window of elements": lambda: D.range(20).map(lambda x: x * x).shuffle(5).repeat(2),
    "shuffles": lambda: D.range(12).shuffle(3).batch(2).shuffle(3).unbatch(),
    "map": lambda: D.range(9).map(lambda x: (x, tf.fill([2], x))).batch(2),
    "filter": lambda: D.range(20).filter(lambda x: x % 3 != 0).shuffle(2),
    "take_while": lambda: D.range(20).take_while(lambda x: x < 8),
    "scan": lambda: D.range(9).scan(tf.constant(0, tf.int64), lambda s, x: (s + x, s)),
    "unique": lambda: D.range(30).map(lambda x: x % 7).unique(),
    "flat_map": lambda: D.range(6).flat_map(D.range),
    "flat_map of shuffles": lambda: D.range(3, 6).flat_map(lambda x: D.range(x).shuffle(9)),
    "interleave": lambda: D.range(2, 7).interleave(D.range, cycle_length=3, block_length=2),
    "interleave of shuffles": lambda: D.range(3, 8).shuffle(5).interleave(
        lambda x: D.range(x).shuffle(9), cycle_length=2),
    "padded_batch": lambda: D.range(7).map(lambda x: tf.fill([x], x)).padded_batch(2),
    "unbatch": lambda: D.range(10).shuffle(10).batch(4).unbatch(),
    "rebatch": lambda: D.range(20).shuffle(20).batch(4).rebatch([3, 1]),
    "window": lambda: D.range(12).window(4, shift=1, stride=2).flat_map(lambda w: w.batch(4)),
    "window with gaps": lambda: D.range(12).window(2, shift=3).flat_map(lambda w: w.batch(4)),
    "cache": lambda: D.range(6).shuffle(6).cache().repeat(3),
    "what is behind a cache": lambda: D.range(12).shuffle(12).cache().shuffle(4).scan(
        tf.constant(0, tf.int64), lambda s, x: (s + x, s * x)).unique(),
    "groups behind a cache": lambda: D.range(9).shuffle(9).cache().apply(
        tf.data.experimental.group_by_reducer(lambda x: x % 3, tf.data.experimental.Reducer(
            lambda key: key, lambda state, x: state * 2 + x, lambda state: state))),
    "prefetch": lambda: D.range(6).shuffle(6).prefetch(2).with_options(tf.data.Options()),
    "choose": lambda: D.choose_from_datasets(
        [D.range(9).shuffle(9), D.range(10, 15)], D.range(2).repeat(5)),
    "sample": lambda: D.sample_from_datasets(
        [D.range(9).shuffle(9), D.range(10, 15), D.range(20, 25)], [0.5, 0.25, 0.25]),
    "group_by_window": lambda: D.range(30).group_by_window(
        lambda x: x * x % 5, lambda key, group: group.shuffle(9).map(lambda x: x + key), 3),
    "group_by_window of sizes": lambda: D.range(25).shuffle(25).group_by_window(
        lambda x: x % 3, lambda key, group: group.batch(9), window_size_func=lambda key: key + 2),
    "nested groups": lambda: D.range(12).group_by_window(
        lambda x: x % 2, lambda key, group: group.group_by_window(
            lambda x: x % 3, lambda key, group: group.shuffle(2).batch(2), 2), 5),
    "buckets": lambda: D.range(40).shuffle(40).map(
        lambda x: tf.fill([1 + x * x % 9], x)).bucket_by_sequence_length(
        tf.size, [3, 6], [2, 4, 3]),
    "group_by_reducer": lambda: D.range(9).apply(tf.data.experimental.group_by_reducer(
        lambda x: x % 4, tf.data.experimental.Reducer(
            lambda key: key, lambda state, x: state + x, lambda state: state))),
    "rejection_resample": lambda: D.range(40).shuffle(40).rejection_resample(
        lambda x: tf.cast(x % 3 > 0, tf.int32), [0.5, 0.5]),
    "rejection_resample twice": lambda: D.range(9).rejection_resample(
        lambda x: x % 2, [0.75, 0.25], [0.5, 0.5], seed=2).repeat(3),
    "ignore_errors": lambda: faulty(D.range(12)).ignore_errors().repeat(2),
    "errors, then a window": lambda: faulty(D.range(30)).shuffle(4).ignore_errors(),
    "errors, then a scan": lambda: faulty(D.range(20)).scan(
        0.0, lambda s, x: (s + x, s)).ignore_errors(),
    "errors, then groups": lambda: faulty(D.range(30)).group_by_window(
        lambda x: tf.cast(x * 60, tf.int64) % 3, lambda key, group: group.batch(3), 3
        ).ignore_errors(),
    "errors of keys": lambda: D.range(30).group_by_window(
        lambda x: tf.cast(not_multiple(x) * 60, tf.int64) % 3,
        lambda key, group: group.batch(3), 3).ignore_errors(),
    "errors, then windows": lambda: faulty(D.range(30)).window(3, 2).ignore_errors().flat_map(
        lambda x: x),
    "errors, then unique": lambda: faulty(D.range(30)).unique().ignore_errors(),
    "assert_cardinality": lambda: D.range(9).filter(lambda x: x > 3).apply(
        tf.data.experimental.assert_cardinality(5)).batch(2),
    "pad_to_cardinality": lambda: D.range(5).map(lambda x: {"a": x}).apply(
        tf.data.experimental.pad_to_cardinality(8)),
    "counter": lambda: D.counter(3, 4).take(6),
    "from_list": lambda: tf.data.experimental.from_list([[1], [1, 2], [3]]).shuffle(3),
    "cache in files": lambda: D.range(9).shuffle(9).cache("cached").map(lambda x: x + 1).repeat(2),
    "snapshot": lambda: D.range(7).shuffle(7).snapshot("snapshot").batch(2),
    "snapshot of shards": lambda: kept(D.range(8)),
    "load": lambda: saved(D.range(9)).shuffle(4).batch(2),
    "python": lambda: D.range(6).map(lambda x: int(x.numpy()) * 2).shuffle(3),
}


def plain(elements):
    def one(element):
        return [np.asarray(x).tolist() for x in tf.nest.flatten(element)]

    return [one(element) for element in elements]


@pytest.mark.parametrize("name", PIPELINES)
def test_resume_at_each_element(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    dataset = PIPELINES[name]()
    iterator = iter(dataset)
    states, elements = [iterator.state()], []
    for element in iterator:
        elements.append(element)
        states.append(iterator.state())
    wanted = plain(elements)
    assert len(wanted) > 1
    for fresh in (False, True):
        for number, state in enumerate(states):
            text = json.dumps(state)
            assert len(text) < 700
            other = iter(PIPELINES[name]() if fresh else dataset)
            if number % 2:
                next(other)
            other.restore(json.loads(text))
            assert plain(other) == wanted[number:], (fresh, number)


def test_a_checkpoint_holds_an_iterator(tmp_path):
    dataset = D.range(100).shuffle(100).repeat().batch(7)
    iterator = iter(dataset)
    for _ in range(20):
        next(iterator)
    path = tf.train.Checkpoint(iterator=iterator).write(str(tmp_path / "state"))
    wanted = plain(next(iterator) for _ in range(20))
    other = iter(D.range(100).shuffle(100).repeat().batch(7))
    tf.train.Checkpoint(iterator=other).read(path)
    assert plain(next(other) for _ in range(20)) == wanted
    numbers = iter(dataset.as_numpy_iterator())
    tf.train.Checkpoint(iterator=numbers).read(path)
    assert plain(next(numbers) for _ in range(20)) == wanted


def test_a_state_of_another_pipeline_changes_nothing():
    iterator = iter(D.range(5))
    next(iterator)
    for state in ([], [1, [0, [3], 2]], "x"):
        with pytest.raises(tf.errors.InvalidArgumentError, match="Iterator.restore expected"):
            iterator.restore(state)
    assert [int(x) for x in iterator] == [1, 2, 3, 4]
