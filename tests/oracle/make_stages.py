"""Let TensorFlow say what the rarer stages of `tf.data` give, and write it to `stages.json`.

Run from the root of the repository in an environment that has TensorFlow:

    python -m tests.oracle.make_stages

Cases and outcomes are as in `make_data.py`. Only `main` imports TensorFlow.
"""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from typing import Any

from tests.oracle import make_data

FILE = Path(__file__).with_name("stages.json")

GROUPS = """
r.group_by_window(lambda x: x % 2, threes, 3)
r.group_by_window(lambda x: x % 2, threes, window_size=2)
r.group_by_window(odd, lambda k, w: w.map(lambda y: y + k), window_size_func=lambda k: k + 1)
r.group_by_window(lambda x: x % 2, lambda k, w: w, window_size=3, window_size_func=lambda k: k + 1)
r.group_by_window(lambda x: x % 2, lambda k, w: w)
r.group_by_window(lambda x: x % 2, lambda k, w: w, 0)
r.group_by_window(lambda x: x % 2, lambda k, w: w, -1)
r.group_by_window(lambda x: tf.cast(x, tf.int32), lambda k, w: w, 1)
r.group_by_window(lambda x: (x, x), lambda k, w: w, 1)
r.group_by_window(lambda x: x % 2, lambda k, w: k, 1)
r.group_by_window(lambda x: [x], lambda k, w: w, 1)
r.group_by_window(lambda x: x % 2, lambda k, w: w, window_size_func=lambda k: tf.cast(k, tf.int32))
r.group_by_window(lambda x: x % 2, lambda k, w: w, window_size_func=lambda k: k)
r.group_by_window(lambda x: x % 2, lambda k, w: w, window_size=2.5)
endless.group_by_window(lambda x: x % 2, threes, 3)
r.take(0).group_by_window(lambda x: x % 2, threes, 3)
r.take(4).group_by_window(lambda x: x % 2, lambda k, w: w.take(0), 3)
D.zip(r, r).group_by_window(lambda x, y: y % 2, threes, 3)
r.group_by_window(lambda x: x % 2, lambda k, w: D.zip(w, w.map(lambda y: k)), 2)
r.batch(2).group_by_window(lambda x: x[0] % 2, threes, 3)
r.group_by_window(lambda x: x % 2, lambda k, w: D.zip(D.from_tensors(k), w.batch(9)), 9)
r.apply(E.group_by_window(lambda x: x % 2, threes, 3))
lengths.bucket_by_sequence_length(length, [3, 5], [2, 2, 2])
lengths.bucket_by_sequence_length(length, [3, 5], [2, 3, 2], drop_remainder=True)
lengths.bucket_by_sequence_length(length, [3, 5], [2, 3, 2], padding_values=-1)
lengths.bucket_by_sequence_length(length, [3, 5], [2, 3, 2], padded_shapes=[10])
lengths.bucket_by_sequence_length(length, [3, 5, 10], [2, 3, 2, 2], pad_to_bucket_boundary=True)
lengths.bucket_by_sequence_length(length, [3, 5], [1, 1, 1], no_padding=True)
lengths.bucket_by_sequence_length(length, [3, 5], [2, 3, 2], no_padding=True)
lengths.bucket_by_sequence_length(length, [3, 5], [2, 3])
lengths.bucket_by_sequence_length(length, [3, 5], [2, 0, 2])
lengths.bucket_by_sequence_length(length, [], [2])
lengths.bucket_by_sequence_length(length, [-1], [2, 2])
lengths.bucket_by_sequence_length(length, [2.5], [2, 2])
lengths.bucket_by_sequence_length(lambda x: 1.5, [3], [2, 2])
lengths.map(lambda x: (x, 1)).bucket_by_sequence_length(lambda x, y: tf.shape(x)[0], [3], [2, 2])
lengths.map(lambda x: {"a": x}).bucket_by_sequence_length(lambda x: tf.size(x["a"]), [3], [2, 2])
pairs.bucket_by_sequence_length(size, [3, 10], [2, 2, 2], ([None], []), (-1, 0), True)
""".strip().splitlines()

OTHERS = """
r.rejection_resample(lambda x: x % 2, [0.5, 0.5], seed=1).map(lambda c, x: c)
parity.rejection_resample(same, [0.5, 0.5], seed=1).take(0)
parity.rejection_resample(same, [0.5, 0.5], [0.5, 0.5], seed=1)
parity.rejection_resample(same, [1.0, 0.0], [0.5, 0.5], seed=1)
parity.rejection_resample(same, [0.5, 0.5], [0.5, 0.25, 0.25], seed=1)
parity.rejection_resample(same, [1.0, 0.0], seed=1)
r.map(lambda x: tf.cast(x % 2, tf.float32)).rejection_resample(same, [1.0, 0.0], seed=1)
parity.rejection_resample(same, [1, 0], seed=1)
faulty.ignore_errors()
faulty.ignore_errors(log_warning=True)
faulty.ignore_errors().repeat(2)
r.ignore_errors()
endless.ignore_errors().take(2)
faulty.apply(E.ignore_errors())
D.from_generator(lambda: iter([1, "a", 2]), tf.int32).ignore_errors()
D.range(4).map(lambda x: tf.py_function(lambda y: 1 // y.numpy(), [x], tf.int64)).ignore_errors()
D.range(4).filter(lambda x: reciprocal(x) > 0).ignore_errors()
D.range(3).flat_map(lambda x: D.range(2).map(lambda y: reciprocal(y * x))).ignore_errors()
D.counter(2, 3).take(3)
D.counter(start=2, step=-3, dtype=tf.int32).take(3)
D.counter(dtype=tf.float32).take(3)
D.counter(1.5).take(3)
D.counter(step=0).take(3)
D.counter()
E.Counter(2, 3).take(2)
E.from_list([1, 2, 3])
E.from_list([(1, "a"), (2, "b")])
E.from_list([{"a": 1, "b": [1,2]}, {"a": 2, "b": [3, 4]}])
E.from_list([])
E.from_list([[1], [1, 2]])
E.from_list(3)
E.from_list((1,2))
E.at(E.from_list([1, 2, 3]), 1)
r.apply(E.assert_cardinality(10))
r.apply(E.assert_cardinality(9))
r.apply(E.assert_cardinality(11))
unknown.apply(E.assert_cardinality(10))
unknown.apply(E.assert_cardinality(11))
unknown.apply(E.assert_cardinality(9))
unknown.apply(E.assert_cardinality(9)).take(3)
unknown.apply(E.assert_cardinality(tf.data.INFINITE_CARDINALITY))
endless.apply(E.assert_cardinality(tf.data.INFINITE_CARDINALITY)).take(1)
unknown.apply(E.assert_cardinality(10)).apply(E.assert_cardinality(10))
r.apply(E.pad_to_cardinality(12))
r.take(3).map(lambda x: {"a": x}).apply(E.pad_to_cardinality(5))
r.take(3).map(lambda x: {"a": [x, x], "b": "c"}).apply(E.pad_to_cardinality(4, "mask"))
r.take(3).map(lambda x: {"a": x}).apply(E.pad_to_cardinality(2))
r.take(3).map(lambda x: {"valid": x}).apply(E.pad_to_cardinality(5))
r.take(0).map(lambda x: {"a": x}).apply(E.pad_to_cardinality(5))
unknown.map(lambda x: {"a": x}).apply(E.pad_to_cardinality(12))
endless.map(lambda x: {"a": x}).apply(E.pad_to_cardinality(12))
r.apply(E.group_by_reducer(lambda x: x % 2, total))
r.apply(E.group_by_reducer(lambda x: 1 - x % 2, counted))
r.apply(E.group_by_reducer(lambda x: tf.cast(x, tf.int32), total))
r.apply(E.group_by_reducer(lambda x: x, E.Reducer(lambda k: 0, add, same)))
r.take(0).apply(E.group_by_reducer(lambda x: x, total))
r.apply(E.choose_from_datasets)
E.choose_from_datasets([r.take(1), r.skip(5)], D.range(2).repeat(3))
E.sample_from_datasets([r, r.take(2)], [1.0, 0.0])
r.apply(E.map_and_batch(lambda x: x * 2, 3))
r.apply(E.map_and_batch(lambda x: x * 2, 3, drop_remainder=True))
r.apply(E.map_and_batch(lambda x: x * 2, 0))
D.range(1, 4).apply(E.parallel_interleave(lambda x: D.from_tensors(x).repeat(2), 2))
D.range(1, 4).apply(E.parallel_interleave(lambda x: D.from_tensors(x).repeat(2), 2, 2))
r.ragged_batch(2)
r.map(lambda x: tf.cast(x, tf.int32)).rejection_resample(same, [1.0, 0.0], [0.5, 0.5], seed=1)
unknown.filter(lambda x: reciprocal(x % 3) > 0).batch(2).ignore_errors()
unknown.filter(lambda x: reciprocal(x % 3) > 0).batch(3).ignore_errors()
r.take(2).ragged_batch(2)
E.choose_from_datasets([r.take(1), r.skip(5)], D.range(2).repeat(3), True)
r.apply(E.unbatch())
r.batch(3).apply(E.unbatch())
r.map(lambda x: x % 3).apply(E.unique())
r.apply(E.take_while(lambda x: x < 3))
r.apply(E.scan(0, lambda s, x: (s + 1, s)))
r.apply(E.enumerate_dataset(3)).take(2)
E.get_single_element(r.take(1))
lengths.apply(E.bucket_by_sequence_length(length, [3, 5], [2, 2, 2]))
r.apply(E.rejection_resample(lambda x: x % 2, [0.0, 1.0], [0.5, 0.5], 3))
""".strip().splitlines()

IN_FUNCTIONS = """
tf.function(lambda n: D.range(n).reduce(zero, add))(five)
tf.function(lambda n: D.range(n).cardinality())(five)
tf.function(lambda n: D.range(n).repeat().cardinality())(five)
tf.function(lambda n: D.range(n).filter(lambda x: x > 2).cardinality())(five)
tf.function(lambda n: D.range(n, n + 6, n - 3).batch(n - 2).reduce(zero, total_of))(five)
tf.function(lambda n: D.range(n).batch(n).get_single_element())(five)
tf.function(lambda n: D.range(n).get_single_element())(five)
tf.function(lambda n: D.range(9).map(lambda x: x * n).skip(n).take(n - 3).reduce(zero, add))(five)
tf.function(lambda n: D.range(9).filter(lambda x: x > n).repeat(n).reduce(zero, add))(five)
tf.function(lambda n: D.range(20).shard(n, n - 2).enumerate(n).reduce(zero, second))(five)
tf.function(lambda n: D.range(3).flat_map(lambda i: D.from_tensors(i + n)).reduce(zero, add))(five)
tf.function(lambda n: D.range(5).scan(n, lambda s, x: (s + x, s)).reduce(zero, add))(five)
tf.function(lambda n: D.range(9).shuffle(n).concatenate(D.range(n)).reduce(zero, add))(five)
tf.function(lambda n: D.range(5).reduce([n], lambda s, x: tf.concat([s, [x]], 0)))(five)
tf.function(lambda n: D.range(n).reduce((zero, {"a": 1.0}), lambda s, x: (s[0] + x, s[1])))(five)
tf.function(lambda n: D.range(n).reduce(0, lambda s, x: x))(five)
tf.function(lambda x: D.from_tensor_slices((x, {"a": x})).batch(2).reduce(0.0, sums))(vector)
tf.function(lambda x: D.zip(D.from_tensors(x), D.from_tensors(x)).reduce(0.0, both))(vector)
tf.function(lambda: r.reduce(zero, add))()
tf.function(lambda: r.cardinality())()
""".strip().splitlines()

CASES = [*GROUPS, *OTHERS, *IN_FUNCTIONS]


def names(tf: Any) -> dict[str, Any]:
    """What the expressions speak of."""
    dataset = tf.data.Dataset
    lengths = dataset.from_tensor_slices([3, 1, 4, 1, 5, 9, 2, 6]).map(lambda n: tf.fill([n], n))

    def reciprocal(x: Any) -> Any:
        return tf.debugging.check_numerics(1.0 / tf.cast(x, tf.float32), "reciprocal")

    experimental = tf.data.experimental
    counted = experimental.Reducer(
        lambda key: (key, 0), lambda s, x: (s[0] + x, s[1] + 1), lambda s, n: {"a": s, "n": n}
    )
    return {
        **make_data.names(tf), "E": experimental, "lengths": lengths, "reciprocal": reciprocal,
        "faulty": dataset.range(6).map(lambda x: reciprocal(x % 3)),
        "parity": dataset.range(10).map(lambda x: tf.cast(x % 2, tf.int32)),
        "odd": lambda x: x % 2, "pairs": lengths.map(lambda x: (x, 1)),
        "size": lambda x, y: tf.size(x), "length": lambda x: tf.shape(x)[0],
        "threes": lambda key, window: window.batch(3),
        "same": lambda x: x, "add": lambda s, x: s + x,
        "total": experimental.Reducer(lambda k: k, lambda s, x: s + x, lambda s: s),
        "counted": counted, "zero": tf.constant(0, tf.int64), "five": tf.constant(5, tf.int64),
        "vector": tf.constant([1.0, 2.0, 4.0]), "second": lambda s, x: s + x[0] * x[1],
        "total_of": lambda s, x: s + tf.reduce_sum(x) * tf.size(x, tf.int64),
        "sums": lambda s, x: s * 2.0 + tf.reduce_sum(x[0]) + tf.reduce_sum(x[1]["a"]),
        "both": lambda s, x: s + tf.reduce_sum(x[0] * x[1]),
    }  # fmt: skip


def outcome(tf: Any, expression: str) -> dict[str, Any]:
    """What becomes of an expression: plain data."""
    return make_data.outcome(tf, expression, names(tf))


def main() -> None:
    """Write what TensorFlow says."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow as tf

    logging.disable(logging.WARNING)
    found = {expression: outcome(tf, expression) for expression in CASES}
    lines = [f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in found.items()]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
