"""Functions of TensorFlow 1 that go through files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.data.files import TFRecordDataset
from eagre.files.records import TFRecordOptions
from eagre.ops.image_patches import extract_patches

if TYPE_CHECKING:
    from collections.abc import Iterator


def tf_record_iterator(path: Any, options: Any = None) -> Iterator[bytes]:
    """The records of a TFRecord file, as bytes.

    Args:
        path: the file.
        options: a compression, `"GZIP"` or `"ZLIB"`, or `tf.io.TFRecordOptions`.

    Raises:
        NotFoundError, DataLossError: as `tf.data.TFRecordDataset`.

    >>> with tf.io.TFRecordWriter("records.tfrecord") as writer:
    ...     writer.write("one")
    >>> list(tf.compat.v1.io.tf_record_iterator("records.tfrecord"))
    [b'one']
    """
    if isinstance(options, TFRecordOptions):
        options = options.compression_type
    elements = TFRecordDataset(path, options).as_numpy_iterator()
    return (bytes(record) for record in elements)


def extract_image_patches(
    images: Any,
    ksizes: Any = None,
    strides: Any = None,
    rates: Any = None,
    padding: Any = None,
    name: str | None = None,
    sizes: Any = None,
) -> Any:
    """`tf.image.extract_patches`, with `ksizes` for `sizes`.

    >>> extract = tf.compat.v1.image.extract_image_patches
    >>> extract(tf.ones([1, 3, 3, 1]), [1, 2, 2, 1], [1] * 4, [1] * 4, "VALID").shape
    TensorShape([1, 2, 2, 4])
    """
    return extract_patches(images, ksizes if sizes is None else sizes, strides, rates, padding)
