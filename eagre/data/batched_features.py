"""Pipelines from files of Examples to batches of their features."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.data.dataset import Dataset
from eagre.data.files import TFRecordDataset
from eagre.data.turning_files import files_matching, in_turns, shuffled_and_repeated
from eagre.ops.parsing import parse_example

if TYPE_CHECKING:
    from collections.abc import Callable

_NAME = "make_batched_features_dataset"


def parse_example_dataset(
    features: Any, num_parallel_calls: Any = 1, deterministic: Any = None
) -> Callable[[Dataset], Dataset]:
    """For `Dataset.apply`: parse batches of serialized Examples, as `tf.io.parse_example` does.

    >>> feature = tf.train.Feature(int64_list=tf.train.Int64List(value=[3]))
    >>> example = tf.train.Example(features=tf.train.Features(feature={"x": feature}))
    >>> records = tf.data.Dataset.from_tensors([example.SerializeToString()])
    >>> spec = {"x": tf.io.FixedLenFeature([], tf.int64)}
    >>> for batch in records.apply(tf.data.experimental.parse_example_dataset(spec)):
    ...     print(batch["x"].numpy())
    [3]
    """

    def transform(dataset: Dataset) -> Dataset:
        return dataset.map(lambda records: parse_example(records, features), num_parallel_calls)

    return transform


def make_batched_features_dataset(
    file_pattern: Any, batch_size: Any, features: Any, reader: Any = None, label_key: Any = None,
    reader_args: Any = None, num_epochs: Any = None, shuffle: bool = True,
    shuffle_buffer_size: int = 10000, shuffle_seed: Any = None, prefetch_buffer_size: Any = None,
    reader_num_threads: Any = None, parser_num_threads: Any = None, sloppy_ordering: bool = False,
    drop_final_batch: bool = False,
) -> Dataset:  # fmt: skip
    """Batches of the features of the Examples in files, a dictionary of tensors for each.

    Args:
        file_pattern: a path or pattern, or a list of them.
        batch_size: the number of Examples of a batch.
        features: as for `tf.io.parse_example`.
        reader: the class of the datasets of files, with `reader_args` after the path; by default
            `tf.data.TFRecordDataset`.
        label_key: the feature that is given apart, as the second of a pair.
        num_epochs: how often the files are read, None for ever: then all batches are whole.
        shuffle: whether files and records are shuffled, with `shuffle_buffer_size` and
            `shuffle_seed`.
        prefetch_buffer_size: the number of batches to prepare.
        reader_num_threads: the number of files that take turns, record by record.
        parser_num_threads: the number of batches that are parsed at once.
        sloppy_ordering: accepted; the order is always the same.
        drop_final_batch: whether a last batch that is not whole is left out.

    >>> feature = tf.train.Feature(int64_list=tf.train.Int64List(value=[3]))
    >>> example = tf.train.Example(features=tf.train.Features(feature={"x": feature}))
    >>> with tf.io.TFRecordWriter("threes.tfrecord") as writer:
    ...     for _ in range(4):
    ...         writer.write(example.SerializeToString())
    >>> make = tf.data.experimental.make_batched_features_dataset
    >>> spec = {"x": tf.io.FixedLenFeature([], tf.int64)}
    >>> for batch in make("threes.tfrecord", 4, spec, num_epochs=1):
    ...     print(batch["x"].numpy())
    [3 3 3 3]
    """
    files = files_matching(file_pattern, _NAME)
    _demand_label(features, label_key)
    kind: Any = TFRecordDataset if reader is None else reader

    def records(path: Any) -> Dataset:
        return kind(path, *(reader_args or []))

    def parsed(batch: Any) -> Any:
        found = parse_example(batch, features)
        return found if label_key is None else (found, found.pop(label_key))

    found = in_turns(files, records, shuffle, shuffle_seed, reader_num_threads)
    if found.element_spec.__class__ is tuple:
        found = found.map(lambda key, record: record)
    found = shuffled_and_repeated(found, num_epochs, shuffle, shuffle_buffer_size, shuffle_seed)
    found = found.batch(batch_size, drop_remainder=drop_final_batch or num_epochs is None)
    found = found.map(parsed, parser_num_threads)
    return found.prefetch(-1 if prefetch_buffer_size is None else prefetch_buffer_size)


def _demand_label(features: Any, key: Any) -> None:
    if key is not None and key not in features:
        raise ValueError(
            f"{_NAME} expected label_key to be one of the features {sorted(features)}. "
            f"Received: label_key={key!r}"
        )
