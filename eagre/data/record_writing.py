"""`tf.data.experimental.TFRecordWriter`: a whole dataset of strings into a file."""

from __future__ import annotations

from typing import Any

from eagre.core.python_numbers import described
from eagre.core.specs import TensorSpec
from eagre.data.specs import is_dataset
from eagre.files.records import TFRecordWriter as Writer


class TFRecordWriter:
    """Writes the elements of a dataset to a TFRecord file.

    Args:
        filename: the file, which is made anew.
        compression_type: `"GZIP"`, `"ZLIB"` or None.

    >>> words = tf.data.Dataset.from_tensor_slices(["one", "two"])
    >>> tf.data.experimental.TFRecordWriter("some.tfrecord").write(words)
    >>> list(tf.data.TFRecordDataset("some.tfrecord").as_numpy_iterator())
    [b'one', b'two']
    """

    def __init__(self, filename: Any, compression_type: Any = None) -> None:
        self._filename, self._compression = filename, compression_type

    def write(self, dataset: Any) -> None:
        """Write all elements, which are string scalars."""
        if not is_dataset(dataset):
            raise TypeError(
                f"TFRecordWriter.write expected a dataset. Received: dataset={described(dataset)}"
            )
        spec = dataset.element_spec
        if not isinstance(spec, TensorSpec) or spec.dtype.name != "string" or spec.sizes:
            raise TypeError(
                "TFRecordWriter.write expected a dataset of string scalars. Received: "
                f"element_spec={spec!r}"
            )
        with Writer(self._filename, self._compression) as writer:
            for record in dataset.as_numpy_iterator():
                writer.write(record)
