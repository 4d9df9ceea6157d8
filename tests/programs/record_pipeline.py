"""Sentences in record files: written, read from several files at once, bucketed, padded, counted.

What a pipeline of texts does before any model sees them.
"""

import pathlib
import tempfile

import numpy as np

import eagre as tf

FEATURES = {
    "tokens": tf.io.FixedLenSequenceFeature([], tf.int64, allow_missing=True),
    "label": tf.io.FixedLenFeature([], tf.int64),
    "weight": tf.io.FixedLenFeature([], tf.float32, default_value=1.0),
    "name": tf.io.FixedLenFeature([], tf.string, default_value=""),
}


def example(tokens, label, weight=None):
    feature = {
        "tokens": tf.train.Feature(int64_list=tf.train.Int64List(value=tokens)),
        "label": tf.train.Feature(int64_list=tf.train.Int64List(value=[label])),
        "name": tf.train.Feature(bytes_list=tf.train.BytesList(value=[b"row %d" % label])),
    }
    if weight is not None:
        feature["weight"] = tf.train.Feature(float_list=tf.train.FloatList(value=[weight]))
    return tf.train.Example(features=tf.train.Features(feature=feature))


def write_files(folder, files=3, rows=14):
    rng = np.random.default_rng(32)
    paths = []
    for number in range(files):
        path = str(folder / f"part-{number}.tfrecord")
        options = tf.io.TFRecordOptions(compression_type="GZIP")
        with tf.io.TFRecordWriter(path, options=options) as writer:
            for row in range(rows):
                tokens = rng.integers(1, 50, size=int(rng.integers(1, 12)))
                weight = None if row % 3 else 0.5 + row
                writer.write(example(tokens.tolist(), number * 100 + row, weight)
                             .SerializeToString())
        paths.append(path)
    return paths


def parse(serialized):
    parsed = tf.io.parse_single_example(serialized, FEATURES)
    tokens = tf.cast(parsed.pop("tokens"), tf.int32)
    return {"tokens": tokens, "length": tf.size(tokens), **parsed}


def pipeline(paths):
    dataset = tf.data.Dataset.from_tensor_slices(paths)
    dataset = dataset.interleave(
        lambda path: tf.data.TFRecordDataset(path, compression_type="GZIP"),
        cycle_length=2, block_length=3,
    )
    dataset = dataset.map(parse, num_parallel_calls=tf.data.AUTOTUNE)
    dataset = dataset.filter(lambda row: row["length"] > 1)
    return dataset.bucket_by_sequence_length(
        element_length_func=lambda row: row["length"],
        bucket_boundaries=[4, 8],
        bucket_batch_sizes=[6, 4, 3],
        padding_values={"tokens": 0, "length": 0, "label": np.int64(-1), "weight": 0.0,
                        "name": ""},
    )


@tf.function(reduce_retracing=True)
def summary(batch):
    """What a model would see: the mean of embedded tokens, weighted."""
    table = tf.sin(tf.reshape(tf.range(50 * 4, dtype=tf.float32), [50, 4]))
    embedded = tf.nn.embedding_lookup(table, batch["tokens"])
    mask = tf.sequence_mask(batch["length"], tf.shape(batch["tokens"])[1], tf.float32)
    total = tf.reduce_sum(embedded * mask[..., tf.newaxis], axis=1)
    mean = total / tf.cast(batch["length"], tf.float32)[:, tf.newaxis]
    return tf.reduce_sum(mean * batch["weight"][:, tf.newaxis], axis=0)


def main():
    with tempfile.TemporaryDirectory() as name:
        paths = write_files(pathlib.Path(name))
        batches = list(pipeline(paths).prefetch(2))
        counts = tf.data.TFRecordDataset(paths, "GZIP").reduce(
            np.zeros(50, np.int64),
            lambda total, each: total + tf.math.bincount(
                tf.cast(parse(each)["tokens"], tf.int32), minlength=50, maxlength=50,
                dtype=tf.int64),
        )
    windows = tf.data.Dataset.range(10).window(4, shift=3, drop_remainder=True)
    windows = windows.flat_map(lambda window: window.batch(4))
    zipped = tf.data.Dataset.zip((windows, windows.skip(1))).enumerate()
    return {
        "shapes": [tf.shape(batch["tokens"]) for batch in batches],
        "labels": tf.concat([batch["label"] for batch in batches], axis=0),
        "names": tf.concat([batch["name"] for batch in batches], axis=0)[:5],
        "weights": tf.concat([batch["weight"] for batch in batches], axis=0),
        "summaries": [summary(batch) for batch in batches],
        "counts": counts,
        "windows": [tf.stack(pair) for _, pair in zipped],
    }
