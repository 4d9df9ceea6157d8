"""Wrong arguments, specs and elements given to `tf.data`."""

import eagre as tf
from tests.messages.values import INVALID, MISMATCH

D = tf.data.Dataset
r = D.range(4)
number = tf.TensorSpec([], tf.int32)


def generated(values, spec=number):
    return lambda: list(D.from_generator(lambda: values, output_signature=spec))


def ends():
    iterator = iter(D.range(1))
    next(iterator)
    return iterator.get_next()


@tf.function(autograph=False)
def endless(dataset):
    return list(dataset)


SOURCES = {
    "from_tensors: nothing": (lambda: D.from_tensors(()), *INVALID),
    "from_tensors: None": (lambda: D.from_tensors(None), TypeError),
    "from_tensor_slices: a scalar": (lambda: D.from_tensor_slices({"a": 1}), ValueError),
    "from_tensor_slices: nothing": (lambda: D.from_tensor_slices(()), ValueError),
    "from_tensor_slices: numbers of rows": (
        lambda: D.from_tensor_slices(([1, 2], [1])), ValueError),
    "range: no argument": (lambda: D.range(), ValueError),
    "range: step": (lambda: D.range(1, 2, 0), *INVALID),
    "range: a float": (lambda: D.range(2.5), TypeError),
    "zip: a number": (lambda: D.zip(r, 3), TypeError),
    "zip: nothing": (lambda: D.zip(), TypeError),
    "zip: an empty tuple": (lambda: D.zip(()), TypeError),
    "from_generator: no function": (
        lambda: D.from_generator(3, output_signature=number), TypeError),
    "from_generator: no signature": (lambda: D.from_generator(list), TypeError),
    "from_generator: two signatures": (
        lambda: D.from_generator(list, tf.int32, output_signature=number), TypeError),
    "from_generator: signature of a dtype": (
        lambda: D.from_generator(list, output_signature=tf.int32), TypeError),
    "from_generator: dtype": (generated([1, "a"]), *MISMATCH),
    "from_generator: shape": (generated([1, [2]]), *INVALID),
    "from_generator: structure": (generated([{"b": 1}], {"a": number}), *MISMATCH),
    "from_generator: shape in a structure": (generated([{"a": [1]}], {"a": number}), *INVALID),
    "TextLineDataset: no file": (
        lambda: list(tf.data.TextLineDataset("missing.txt")), tf.errors.NotFoundError),
    "TextLineDataset: compression": (
        lambda: tf.data.TextLineDataset("missing.txt", "ZIP"), *INVALID),
    "TextLineDataset: numbers": (lambda: tf.data.TextLineDataset(r), TypeError),
    "choose_from_datasets: choices": (lambda: list(D.choose_from_datasets([r], r)), *INVALID),
    "choose_from_datasets: dtype of choices": (
        lambda: D.choose_from_datasets([r], D.from_tensors(1)), TypeError),
    "sample_from_datasets: nothing": (lambda: D.sample_from_datasets([]), ValueError),
    "sample_from_datasets: number of weights": (
        lambda: D.sample_from_datasets([r], [0.5, 0.5]), ValueError),
    "sample_from_datasets: weights of zero": (
        lambda: D.sample_from_datasets([r], [0.0]), *INVALID),
    "sample_from_datasets: integers": (lambda: D.sample_from_datasets([r], [1]), TypeError),
    "sample_from_datasets: weights that are a dataset": (
        lambda: D.sample_from_datasets([r], r), TypeError),
}

STAGES = {
    "batch: size": (lambda: r.batch(0), *INVALID),
    "batch: a float": (lambda: r.batch(1.5), TypeError),
    "batch: shapes": (
        lambda: list(r.map(lambda x: {"a": tf.ones([x])}).batch(3)), *INVALID),
    "batch: datasets": (lambda: r.window(2).batch(2), TypeError),
    "padded_batch: rank": (lambda: r.padded_batch(2, [3]), ValueError),
    "padded_batch: structure": (lambda: r.enumerate().padded_batch(2, ([],)), ValueError),
    "padded_batch: too large": (
        lambda: list(r.map(lambda x: tf.ones([x])).padded_batch(4, [2])),
        tf.errors.DataLossError),
    "padded_batch: padding": (lambda: r.padded_batch(2, padding_values="a"), TypeError),
    "padded_batch: padding of a vector": (
        lambda: r.padded_batch(2, padding_values=tf.constant([1], tf.int64)), ValueError),
    "unbatch: scalars": (lambda: r.unbatch(), ValueError),
    "unbatch: numbers of rows": (
        lambda: D.from_tensors(([1], [1, 2])).unbatch(), ValueError),
    "shard: index": (lambda: r.shard(2, 2), *INVALID),
    "concatenate: dtype": (lambda: r.concatenate(D.from_tensors(1)), TypeError),
    "unique: two tensors": (lambda: r.enumerate().unique(), *INVALID),
    "apply: no dataset": (lambda: r.apply(lambda dataset: 3), TypeError),
    "map: no function": (lambda: r.map(3), ValueError),
    "map: None": (lambda: r.map(lambda x: None), TypeError),
    "map: Python without elements": (lambda: D.range(0).map(lambda x: x.numpy()), TypeError),
    "map: Python with other results": (
        lambda: list(r.map(lambda x: int(x.numpy()) if x.numpy() < 2 else "a")), TypeError),
    "filter: result": (lambda: r.filter(lambda x: x), ValueError),
    "take_while: result": (lambda: r.take_while(lambda x: x), ValueError),
    "flat_map: result": (lambda: r.flat_map(lambda x: x), TypeError),
    "interleave: cycle": (lambda: r.interleave(D.range, cycle_length=0), *INVALID),
    "scan: one result": (lambda: r.scan(0, lambda s, x: s), TypeError),
    "scan: dtype": (lambda: r.scan(0, lambda s, x: (x, x)), TypeError),
    "reduce: dtype": (lambda: r.reduce(0, lambda s, x: x), TypeError),
}

ASKED = {
    "len: infinite": (lambda: len(r.repeat()), TypeError),
    "len: unknown": (lambda: len(r.filter(lambda x: x > 1)), TypeError),
    "get_next: at the end": (ends, tf.errors.OutOfRangeError),
    "iter: by Python while tracing": (lambda: endless(r), TypeError),
    "restore: another pipeline": (lambda: iter(r).restore([0, [0, [1], 0]]), *INVALID),
    "get_single_element: several": (lambda: r.get_single_element(), *INVALID),
    "get_single_element: none": (lambda: r.take(0).get_single_element(), *INVALID),
    "at: beyond": (lambda: tf.data.experimental.at(r, 4), tf.errors.OutOfRangeError),
    "at: a filter": (
        lambda: tf.data.experimental.at(r.filter(lambda x: x > 1), 0),
        tf.errors.UnimplementedError),
    "at: no dataset": (lambda: tf.data.experimental.at(3, 0), TypeError),
    "get_structure: a number": (lambda: tf.data.experimental.get_structure(3), TypeError),
    "as_numpy_iterator: datasets": (lambda: r.window(2).as_numpy_iterator(), TypeError),
    "options: a misspelled one": (
        lambda: setattr(tf.data.Options(), "determinstic", True), AttributeError),
    "with_options: a dictionary": (lambda: r.with_options({}), TypeError),
    "for: symbolic tensors": (
        lambda: tf.function(lambda x: list(D.from_tensor_slices(x)))(tf.ones([2])), TypeError),
    "for: datasets in a function": (
        lambda: tf.function(lambda: next(iter(r.window(2))))(), TypeError),
}

TABLES = {"dataset sources": SOURCES, "dataset stages": STAGES, "datasets": ASKED}
FOREIGN_WORDS = set()
