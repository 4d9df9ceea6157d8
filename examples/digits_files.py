"""The network of digits.py reads its digits from files, and goes on where it was killed.

The files are TFRecords, Parquet or a folder of PNG pictures. A pipeline reads, decodes, shuffles
and batches them; its position is saved with the weights, so that a training that is killed at any
step goes on at the same digit, and ends with the same bits.

    pip install 'eagre[data,examples]'
    python examples/digits_files.py --kind records [--folder training] [--steps 150] [--every 10]
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import numpy as np
import pyarrow.parquet
from digits import Network, load, predict, train_step

import eagre as tf

BATCH = 64


def write_records(folder, images, labels):
    """Two files of records: the pixels as bytes, the label as a number."""
    for part in range(2):
        with tf.io.TFRecordWriter(str(folder / f"{part}.tfrecord")) as writer:
            for image, label in zip(images[part::2], labels[part::2], strict=True):
                pixels = tf.train.Feature(bytes_list=tf.train.BytesList(value=[image.tobytes()]))
                number = tf.train.Feature(int64_list=tf.train.Int64List(value=[label]))
                features = tf.train.Features(feature={"pixels": pixels, "label": number})
                writer.write(tf.train.Example(features=features).SerializeToString())


def read_records(folder):
    """Pixels and labels of records."""
    features = {
        "pixels": tf.io.FixedLenFeature([], tf.string),
        "label": tf.io.FixedLenFeature([], tf.int64),
    }

    def parse(record):
        example = tf.io.parse_single_example(record, features)
        pixels = tf.io.decode_raw(example["pixels"], tf.uint8, fixed_length=64)
        return tf.reshape(pixels, [8, 8, 1]), example["label"]

    return tf.data.TFRecordDataset(sorted(map(str, folder.glob("*.tfrecord")))).map(parse)


def write_pictures(folder, images, labels):
    """A folder of PNG pictures for each digit."""
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        place = folder / str(label)
        place.mkdir(exist_ok=True)
        tf.io.write_file(str(place / f"{number:04}.png"), tf.io.encode_png(image))


def read_pictures(folder):
    """Pictures, read and decoded in threads, and the labels that their folders are called."""
    paths = sorted(folder.glob("*/*.png"))
    labels = np.array([int(path.parent.name) for path in paths])
    names = tf.data.Dataset.from_tensor_slices((list(map(str, paths)), labels))

    def decode(path, label):
        return tf.ensure_shape(tf.io.decode_png(tf.io.read_file(path)), [8, 8, 1]), label

    return names.map(decode, num_parallel_calls=tf.data.AUTOTUNE)


def write_parquet(folder, images, labels):
    """A table with a column of 64 numbers and one of labels, in groups of 500 rows."""
    pixels = pyarrow.FixedSizeListArray.from_arrays(images.ravel(), 64)
    table = pyarrow.table({"pixels": pixels, "label": labels})
    pyarrow.parquet.write_table(table, folder / "digits.parquet", row_group_size=500)


def read_parquet(folder):
    """The rows of the table."""
    rows = tf.data.ParquetDataset(str(folder / "digits.parquet"))
    return rows.map(lambda row: (tf.reshape(row["pixels"], [8, 8, 1]), row["label"]))


KINDS = {
    "records": (write_records, read_records),
    "parquet": (write_parquet, read_parquet),
    "pictures": (write_pictures, read_pictures),
}


def pipeline(kind, folder, images, labels):
    """Batches without an end, in another order each time; the files are written where missing."""
    write, read = KINDS[kind]
    if not folder.exists():
        folder.mkdir(parents=True)
        write(folder, (images * 16).astype(np.uint8), labels)
    digits = read(folder).shuffle(len(labels), seed=1).repeat().batch(BATCH)
    digits = digits.map(lambda pixels, label: (tf.cast(pixels, tf.float32) / 16.0, label))
    return digits.prefetch(2)


class Training:
    """A network, its optimizer and where it stands in the files."""

    def __init__(self, kind, folder, checkpoints, every):
        (images, labels), self.test = load()
        tf.random.set_seed(0)
        self.network = Network()
        self.optimizer = tf.optimizers.Adam(0.003)
        self.batches = iter(pipeline(kind, folder / kind, images, labels))
        self.step = tf.Variable(0, trainable=False)
        self.manager = tf.train.CheckpointManager(
            tf.train.Checkpoint(
                network=self.network, optimizer=self.optimizer, batches=self.batches, step=self.step
            ),
            str(checkpoints), max_to_keep=2, step_counter=self.step,
            checkpoint_interval=every,
        )  # fmt: skip

    def run(self, steps):
        """Go on up to a number of steps in all."""
        while int(self.step) < steps:
            train_step(self.network, self.optimizer, *next(self.batches))
            self.step.assign_add(1)
            self.manager.save()

    def accuracy(self):
        """The share of test digits that are recognized."""
        images, labels = self.test
        return np.mean(predict(self.network, images) == labels)

    def digest(self):
        """A fingerprint of the bits of all variables."""
        result = hashlib.sha256()
        for variable in (*self.network.variables, *self.optimizer.variables):
            result.update(variable.numpy().tobytes())
        return result.hexdigest()[:16]


def main():
    """Train up to the number of steps, beginning at the latest checkpoint."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kind", choices=KINDS, default="records")
    parser.add_argument("--folder", type=Path, default=Path("training"))
    parser.add_argument("--steps", type=int, default=150)
    parser.add_argument("--every", type=int, default=10)
    options = parser.parse_args()
    checkpoints = options.folder / "checkpoints"
    training = Training(options.kind, options.folder, checkpoints, options.every)
    found = training.manager.restore_or_initialize()
    print(f"Begins at step {int(training.step)}" + (f" of {found}." if found else "."), flush=True)
    training.run(options.steps)
    print(f"Ends at step {int(training.step)} with the bits {training.digest()}.")
    print(f"Test accuracy: {training.accuracy():.1%}")


if __name__ == "__main__":
    main()
