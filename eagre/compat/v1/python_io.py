"""`tf.compat.v1.python_io`: TFRecord files."""

from eagre.compat.reading import tf_record_iterator
from eagre.files.records import TFRecordOptions, TFRecordWriter

__all__ = ["TFRecordOptions", "TFRecordWriter", "tf_record_iterator"]
