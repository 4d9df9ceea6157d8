"""Wrong functions, sizes and elements given to the rarer stages of `tf.data`."""

import tempfile
from pathlib import Path

import eagre as tf
from tests.messages.values import INVALID, MISMATCH

D, E = tf.data.Dataset, tf.data.experimental
r = D.range(4)
REFUSED = tf.errors.UnimplementedError
FAILED = tf.errors.FailedPreconditionError


def group(x, y):
    return y


def parity(x):
    return x % 2


def buckets(*args, **kwargs):
    words = r.map(lambda n: tf.fill([n + 1], n))
    return words.bucket_by_sequence_length(tf.size, *args, **kwargs)


def resampled(*args):
    return list(r.rejection_resample(lambda x: x, *args))


TOTAL = E.Reducer(lambda key: key, lambda s, x: s + x, lambda s: s)

GROUPS = {
    "group_by_window: no size": (lambda: r.group_by_window(parity, group), ValueError),
    "group_by_window: two sizes": (
        lambda: r.group_by_window(parity, group, 2, lambda key: key), ValueError),
    "group_by_window: size": (lambda: r.group_by_window(parity, group, 0), *INVALID),
    "group_by_window: a size that is computed": (
        lambda: list(r.group_by_window(parity, group, window_size_func=lambda key: key)), *INVALID),
    "group_by_window: dtype of keys": (
        lambda: r.group_by_window(lambda x: tf.cast(x, tf.int32), group, 2), *MISMATCH),
    "group_by_window: two keys": (
        lambda: r.group_by_window(lambda x: (x, x), group, 2), ValueError),
    "group_by_window: no dataset": (
        lambda: r.group_by_window(parity, lambda key, window: key, 2), TypeError),
    "bucket_by_sequence_length: boundaries": (lambda: buckets([5, 3], [1, 1, 1]), ValueError),
    "bucket_by_sequence_length: sizes": (lambda: buckets([3], [1]), ValueError),
    "bucket_by_sequence_length: a size of 0": (lambda: buckets([3], [1, 0]), *INVALID),
    "bucket_by_sequence_length: lengths": (
        lambda: r.bucket_by_sequence_length(lambda x: 1.5, [3], [1, 1]), TypeError),
    "bucket_by_sequence_length: beyond the boundary": (
        lambda: list(buckets([3], [1, 1], pad_to_bucket_boundary=True)), *INVALID),
    "group_by_reducer: no reducer": (
        lambda: r.apply(E.group_by_reducer(parity, 3)), TypeError),
    "group_by_reducer: dtype of keys": (
        lambda: r.apply(E.group_by_reducer(lambda x: 1.5, TOTAL)), *MISMATCH),
    "group_by_reducer: state": (
        lambda: r.apply(E.group_by_reducer(
            parity, E.Reducer(lambda key: key, lambda s, x: 1.5, lambda s: s))), TypeError),
    "rejection_resample: frequencies": (lambda: resampled([-1.0, 2.0]), *INVALID),
    "rejection_resample: a number": (lambda: resampled(0.5), *INVALID),
    "rejection_resample: numbers of classes": (lambda: resampled([1.0], [0.5, 0.5]), *INVALID),
    "rejection_resample: a class": (lambda: resampled([0.5, 0.5]), *INVALID),
    "rejection_resample: classes": (
        lambda: r.rejection_resample(lambda x: 0.5, [1.0]), TypeError),
    "ragged_batch: several shapes": (
        lambda: r.map(lambda n: tf.fill([n], n)).ragged_batch(2), REFUSED),
    "sparse_batch: refused": (lambda: r.sparse_batch(2, [3]), REFUSED),
    "assert_cardinality: more": (lambda: list(r.apply(E.assert_cardinality(3))), FAILED),
    "assert_cardinality: fewer": (lambda: list(r.apply(E.assert_cardinality(5))), FAILED),
    "assert_cardinality: an end": (lambda: list(r.apply(E.assert_cardinality(-1))), FAILED),
    "assert_cardinality: unknown": (lambda: r.apply(E.assert_cardinality(-2)), *INVALID),
    "pad_to_cardinality: numbers": (lambda: r.apply(E.pad_to_cardinality(5)), ValueError),
    "pad_to_cardinality: more": (
        lambda: r.map(lambda x: {"a": x}).apply(E.pad_to_cardinality(3)), ValueError),
    "map_and_batch: two ways": (lambda: E.map_and_batch(parity, 2, 3, False, 4), ValueError),
    "from_list: nothing": (lambda: E.from_list([]), ValueError),
    "from_list: dtypes": (lambda: E.from_list([1, "a"]), TypeError),
    "counter: a float": (lambda: D.counter(1.5), TypeError),
    "counter: texts": (lambda: D.counter(dtype=tf.string), TypeError),
}



def saved(*args, **kwargs):
    r.save(NUMBERS, *args, **kwargs)
    return D.load(NUMBERS)


def written():
    Path(FOLDER, "text").write_text("text")
    return f"{FOLDER}/text"


def cached_elsewhere():
    list(D.range(3).cache(CACHED))
    D.range(4).cache(CACHED)


def damaged(name):
    saved()
    (file,) = Path(NUMBERS).rglob(name)
    file.write_bytes(file.read_bytes()[:-9])
    list(D.load(NUMBERS))


def replaced():
    first = saved()
    saved()
    list(first)


FOLDER = tempfile.mkdtemp(prefix="messages-")
NUMBERS, CACHED = f"{FOLDER}/numbers", f"{FOLDER}/cached"
LOST = tf.errors.DataLossError

STORAGE = {
    "save: no path": (lambda: r.save(None), TypeError),
    "save: a file": (lambda: r.save(written()), FAILED),
    "save: compression": (lambda: saved("ZIP"), ValueError),
    "save: shard": (lambda: saved(shard_func=lambda x: -x), *INVALID),
    "save: shards": (lambda: saved(shard_func=lambda x: 0.5), *INVALID),
    "save: no end": (lambda: r.repeat().save(NUMBERS), *INVALID),
    "save: datasets": (lambda: r.window(2).save(NUMBERS), TypeError),
    "save: keys": (lambda: D.from_tensors({(1, 2): 3}).save(NUMBERS), TypeError),
    "save: in a function": (lambda: tf.function(lambda: r.save(NUMBERS))(), RuntimeError),
    "load: nothing": (lambda: D.load("nothing"), tf.errors.NotFoundError),
    "load: spec": (lambda: (saved(), D.load(NUMBERS, tf.TensorSpec([], tf.int32))), *INVALID),
    "load: compression": (lambda: (saved(), D.load(NUMBERS, compression="GZIP")), *INVALID),
    "load: reader": (
        lambda: (saved(), D.load(NUMBERS, reader_func=lambda shards: 3)), TypeError),
    "load: a damaged index": (lambda: damaged("elements.json"), LOST),
    "load: a damaged file": (lambda: damaged("*.safetensors"), LOST),
    "load: another save": (replaced, tf.errors.NotFoundError),
    "cache: another pipeline": (cached_elsewhere, FAILED),
    "snapshot: compression": (lambda: r.snapshot(NUMBERS, "ZIP"), ValueError),
    "snapshot: datasets": (lambda: r.window(2).snapshot(NUMBERS), TypeError),
}

EMPTY = tf.experimental.Optional.empty(tf.TensorSpec([], tf.int32))

ITERATORS = {
    "get_value: nothing": (lambda: EMPTY.get_value(), *INVALID),
    "from_value: None": (lambda: tf.experimental.Optional.from_value(None), TypeError),
    "get_value: empty when the graph runs": (
        lambda: tf.function(lambda: iter(D.range(0)).get_next_as_optional().get_value())(),
        *INVALID),
    "get_next: the end when the graph runs": (
        lambda: tf.function(lambda: iter(D.range(0)).get_next())(), tf.errors.OutOfRangeError),
    "make_saveable_from_iterator: a dataset": (
        lambda: E.make_saveable_from_iterator(r), TypeError),
    "get_single_element: in a function": (
        lambda: tf.function(lambda n: D.range(n).get_single_element())(tf.constant(2)), *INVALID),
    "reduce: in a function": (
        lambda: tf.function(lambda n: D.range(n).reduce(0, lambda s, x: x))(tf.constant(2)),
        TypeError),
}

TABLES = {
    "dataset groups": GROUPS, "dataset storage": STORAGE, "dataset iterators": ITERATORS
}  # fmt: skip
FOREIGN_WORDS = set()
