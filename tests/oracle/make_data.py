"""Let TensorFlow say what the pipelines of `tf.data` give, and write it to `data.json`.

Run from the root of the repository in an environment that has TensorFlow:

    python tests/oracle/make_data.py

A case is a Python expression of a dataset. Its outcome is the element spec, the cardinality and
the first twelve elements, a result that is no dataset, or the classes of the error. Only `main`
imports TensorFlow.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

FILE = Path(__file__).with_name("data.json")

SOURCES = """
D.from_tensors([1, 2])
D.from_tensors(([1, 2], {"b": "x", "a": 1.5}))
D.from_tensors([[1.0], [2.0]])
D.from_tensors(())
D.from_tensor_slices([1, 2, 3])
D.from_tensor_slices(([1, 2], [[1.0, 2.0], [3.0, 4.0]]))
D.from_tensor_slices({"a": ["x", "y"], "b": ([True, False], [1, 2])})
D.from_tensor_slices(tf.zeros([0, 2]))
D.from_tensor_slices(1)
D.from_tensor_slices(([1, 2], [1, 2, 3]))
D.range(5)
D.range(2, 7, 2)
D.range(5, 0, -2)
D.range(5, 5)
D.range(3, output_type=tf.float32)
D.range(3, output_type=tf.int32)
D.range()
D.range(1, 2, 3, 4)
D.range(1, 5, 0)
D.range(2.5)
D.zip(r, r.skip(7))
D.zip((r, {"a": r.skip(1)}))
D.zip(datasets=(r, unknown))
D.zip(r, endless)
D.zip(endless, unknown)
D.zip(r, 3)
D.zip(r)
D.from_generator(lambda: [1, 2], output_signature=tf.TensorSpec([], tf.int32))
D.from_generator(lambda: [(1, [2.0]), (3, [4.0, 5.0])], output_types=(tf.int64, tf.float32))
D.from_generator(lambda: [[1, 2]], tf.int64, tf.TensorShape([None]))
D.from_generator(lambda: [{"a": 1}], output_signature={"a": tf.TensorSpec([], tf.float64)})
D.from_generator(lambda n: range(n), args=[3], output_signature=tf.TensorSpec([], tf.int32))
D.from_generator(lambda: ["a"], output_signature=tf.TensorSpec([], tf.int32))
D.from_generator(lambda: [[1, 2]], output_signature=tf.TensorSpec([], tf.int32))
D.from_generator(lambda: [1])
D.from_generator(3, output_signature=tf.TensorSpec([], tf.int32))
D.random(seed=1).map(lambda x: x >= 0).take(2)
tf.data.TextLineDataset("missing")
""".strip().splitlines()

CHOICES = """
r.take(3)
r.take(-1)
r.take(20)
r.take(0)
r.take(2.5)
endless.take(12)
unknown.take(3)
unknown.take(0)
r.skip(7)
r.skip(-1)
r.skip(20)
endless.skip(8)
endless.skip(-1)
unknown.skip(2)
r.shard(3, 0)
r.shard(3, 2)
r.shard(20, 15)
endless.shard(3, 1)
unknown.shard(4, 1)
r.shard(3, 3)
r.shard(0, 0)
r.shard(3, -1)
r.take(3).repeat(2)
r.take(3).repeat(0)
r.take(3).repeat()
r.take(0).repeat()
unknown.repeat()
unknown.repeat(0)
unknown.repeat(2)
r.repeat(1.5)
r.take(2).concatenate(D.range(5, 7))
endless.concatenate(unknown)
unknown.concatenate(endless)
D.from_tensors([1]).concatenate(D.from_tensors([1, 2]))
r.concatenate(D.range(3, output_type=tf.float32))
r.take(2).enumerate()
r.take(2).enumerate(start=5)
r.enumerate(1.5)
r.filter(lambda x: x % 3 == 0)
r.filter(lambda x: x)
D.zip(r, r).filter(lambda x, y: x > 7)
r.take_while(lambda x: x < 4)
r.take_while(lambda x: x)
D.from_tensor_slices([3, 1, 3, 2, 1]).unique()
D.from_tensor_slices(["a", "b", "a"]).unique()
D.zip(r, r).unique()
r.shuffle(0)
r.shuffle(10, seed=1).reduce(tf.constant(0, tf.int64), lambda s, x: s + x)
endless.shuffle(3).map(lambda x: x < 10).take(3)
r.prefetch(2)
r.prefetch(tf.data.AUTOTUNE).cache()
endless.cache()
r.apply(lambda dataset: dataset.take(2))
r.apply(lambda dataset: 3)
D.choose_from_datasets([r, r.skip(5)], D.range(2).repeat(3))
D.choose_from_datasets([r.take(1), r.skip(5)], D.range(2).repeat(3))
D.choose_from_datasets([r.take(1), r.skip(5)], D.range(2).repeat(3), stop_on_empty_dataset=False)
D.choose_from_datasets([r, r], D.range(2).repeat())
D.choose_from_datasets([r, r], D.range(3))
D.choose_from_datasets([r, r], D.range(2, output_type=tf.int32))
D.choose_from_datasets([r, D.range(2, output_type=tf.int32)], D.range(2))
D.sample_from_datasets([r, r], weights=[1.0, 0.0], seed=1)
D.sample_from_datasets([r.take(2), r.take(3)], weights=[0.0, 1.0], stop_on_empty_dataset=True)
D.sample_from_datasets([endless, endless]).map(lambda x: x >= 0)
D.sample_from_datasets([r], [0.5, 0.5])
D.sample_from_datasets([])
""".strip().splitlines()

FUNCTIONS = """
r.map(lambda x: x * 2)
r.map(lambda x: (x, [x, x]))
r.map(lambda x: {"a": x, "b": (x, "s")})
r.map(lambda x: tf.cast(x, tf.float32) / 3)
r.map(lambda x: 1)
r.map(lambda x: tf.fill([x], 1))
D.zip(r, r).map(lambda x, y: x + y)
D.from_tensor_slices({"a": [1, 2]}).map(lambda e: e["a"] + 1)
D.zip((r, (r, r))).map(lambda x, y: y[0] - x)
r.map(abs_if_odd)
r.map(lambda x, y: x)
r.map(3)
r.map(lambda x: tf.ones([2]) + tf.ones([3]))
r.map(lambda x: D.range(x)).map(lambda d: 3)
r.take(4).flat_map(D.range)
r.take(3).flat_map(lambda x: D.from_tensors(x).repeat(2))
D.from_tensor_slices([[1, 2], [3, 4]]).flat_map(D.from_tensor_slices)
r.flat_map(lambda x: D.from_tensor_slices([1, 2])).take(3)
D.range(1, 5).interleave(lambda x: D.from_tensors(x).repeat(3), cycle_length=2)
D.range(1, 5).interleave(lambda x: D.from_tensors(x).repeat(3), cycle_length=2, block_length=2)
D.range(1, 6).interleave(lambda x: D.from_tensors(x).repeat(x), cycle_length=3)
D.range(1, 6).interleave(lambda x: D.from_tensors(x).repeat(x), cycle_length=3, block_length=2)
D.range(4, -1, -1).interleave(lambda x: D.range(x), cycle_length=3, block_length=2)
D.range(4).interleave(lambda x: D.range(x), cycle_length=9)
D.range(4).interleave(D.range, cycle_length=0)
D.range(4).interleave(D.range, block_length=0)
r.scan(tf.constant(0, tf.int64), lambda s, x: (s + x, (s, x)))
r.scan(0, lambda s, x: (s + 1, s))
r.take(3).scan([1], lambda s, x: (tf.concat([s, s], 0), s))
r.scan(0, lambda s, x: s)
r.scan(0, lambda s, x: (x, x))
r.reduce(tf.constant(0, tf.int64), lambda s, x: s + x)
r.reduce((0, 1.0), lambda s, x: (s[0] + 1, s[1] * 2.0))
D.zip(r, r).reduce(tf.constant(0, tf.int64), lambda s, e: s + e[0] * e[1])
r.reduce(0, lambda s, x: x)
r.window(3).flat_map(lambda w: w.batch(3))
r.window(3, shift=1, stride=2).flat_map(lambda w: w.batch(3, drop_remainder=True))
D.zip(r, r).window(2).flat_map(lambda a, b: D.zip(a.batch(2), b))
r.take(1).get_single_element()
r.get_single_element()
r.take(0).get_single_element()
tf.data.experimental.at(r, 3)
tf.data.experimental.at(r.batch(3), 3)
tf.data.experimental.at(r.map(lambda x: x * 2).skip(1).batch(2), 1)
tf.data.experimental.at(D.zip(r, r.take(3).concatenate(r)), 5)
tf.data.experimental.at(r, 10)
tf.data.experimental.at(r, -1)
tf.data.experimental.at(unknown, 0)
tf.data.experimental.cardinality(r)
tf.data.experimental.get_structure(r)
len(r)
len(endless)
len(unknown)
bool(r.take(0))
""".strip().splitlines()

BATCHES = """
r.batch(4)
r.batch(4, drop_remainder=True)
r.batch(20)
r.batch(20, drop_remainder=True)
endless.batch(4).take(3)
endless.batch(4)
unknown.batch(3)
r.batch(4).batch(2)
D.from_tensor_slices(["a", "bc", "d"]).batch(2)
D.from_tensor_slices({"a": [[1], [2], [3]], "b": [1.0, 2.0, 3.0]}).batch(2)
r.map(lambda x: x * 2).batch(4)
r.map(lambda x: tf.sin(tf.cast(x, tf.float64))).batch(4)
r.map(lambda x: tf.fill([2], x)).batch(4)
r.map(lambda x: tf.fill([x], 1)).batch(3)
r.batch(0)
r.batch(-1)
r.batch(2.5)
r.repeat(2).batch(7)
r.skip(3).shard(2, 1).batch(2)
r.take(5).concatenate(r).batch(4)
r.enumerate().batch(4)
r.filter(lambda x: x % 2 == 0).enumerate().batch(2)
r.map(lambda x: tf.fill([x], x)).padded_batch(4)
r.map(lambda x: tf.fill([x], x)).padded_batch(4, padded_shapes=[10])
r.map(lambda x: tf.fill([x], x)).padded_batch(4, [None], tf.constant(-1, tf.int64))
r.map(lambda x: (tf.fill([x], x), x)).padded_batch(4, ([None], []), drop_remainder=True)
r.map(lambda x: {"a": tf.fill([x, 1], "s")}).padded_batch(4, {"a": [-1, 2]}, {"a": "p"})
r.map(lambda x: tf.fill([x], x)).padded_batch(4, [2])
r.padded_batch(2, [3])
r.padded_batch(3)
r.padded_batch(3, padding_values="a")
r.batch(4).unbatch()
r.batch(5, drop_remainder=True).unbatch()
D.from_tensors(([1, 2], [[1.0], [2.0]])).unbatch()
D.from_tensors(([1, 2], [1, 2, 3])).unbatch()
r.unbatch()
r.batch(4).rebatch(3)
r.batch(4).rebatch(3, drop_remainder=True)
r.batch(4).rebatch([1, 2])
r.rebatch(2)
r.window(3)
r.window(3, 1, 1, True)
r.window(3, 2, 2)
r.window(3, 2, 2, True)
r.window(2, 4)
r.window(0)
r.window(2, 0)
D.zip(r, r).window(3)
r.window(3).as_numpy_iterator()
""".strip().splitlines()

CASES = [*SOURCES, *CHOICES, *FUNCTIONS, *BATCHES]
MOST = 12


def names(tf: Any) -> dict[str, Any]:
    """What the expressions speak of."""

    def abs_if_odd(x: Any) -> Any:
        if x % 2 == 1:
            y = -x
        else:
            y = x
        return y

    dataset = tf.data.Dataset
    r = dataset.range(10)
    unknown = r.filter(lambda x: x >= 0)
    return {"tf": tf, "D": dataset, "r": r, "endless": r.repeat(), "unknown": unknown,
            "abs_if_odd": abs_if_odd}


def outcome(tf: Any, expression: str, known: Any = None) -> dict[str, Any]:
    """What becomes of an expression of names that are known: plain data."""
    try:
        value = eval(expression, names(tf) if known is None else known)
        if not isinstance(value, tf.data.Dataset):
            return {"result": plain(tf, value)}
        elements = [plain(tf, element) for element in value.take(MOST)]
        size = int(value.cardinality())
        return {"spec": repr(value.element_spec), "cardinality": size, "elements": elements}
    except Exception as error:
        return {"error": [kind.__name__ for kind in type(error).__mro__]}


def plain(tf: Any, value: Any) -> Any:
    """An element as lists, texts and numbers; tensors with their dtypes."""
    if isinstance(value, dict):
        return {key: plain(tf, part) for key, part in sorted(value.items())}
    if isinstance(value, tuple):
        return [plain(tf, part) for part in value]
    if isinstance(value, tf.data.Dataset):
        return {"dataset": [plain(tf, part) for part in value]}
    if isinstance(value, tf.Tensor):
        return [value.dtype.name, list(value.shape), repr(np.asarray(value).tolist())]
    return repr(value)


def main() -> None:
    """Write what TensorFlow says."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow as tf

    found = {expression: outcome(tf, expression) for expression in CASES}
    lines = [f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in found.items()]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
