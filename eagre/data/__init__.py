"""`tf.data`: pipelines of elements, gone through one by one or in batches."""

from eagre.data import experimental
from eagre.data.columns import ArrowDataset, ParquetDataset
from eagre.data.dataset import Dataset
from eagre.data.files import FixedLengthRecordDataset, TextLineDataset, TFRecordDataset
from eagre.data.iterator import Iterator, IteratorSpec, NumpyIterator
from eagre.data.options import Options, ThreadingOptions
from eagre.data.specs import INFINITE as INFINITE_CARDINALITY
from eagre.data.specs import UNKNOWN as UNKNOWN_CARDINALITY
from eagre.data.specs import DatasetSpec

AUTOTUNE = -1

__all__ = [
    "AUTOTUNE",
    "ArrowDataset",
    "Dataset",
    "DatasetSpec",
    "FixedLengthRecordDataset",
    "INFINITE_CARDINALITY",
    "Iterator",
    "IteratorSpec",
    "NumpyIterator",
    "Options",
    "ParquetDataset",
    "TFRecordDataset",
    "TextLineDataset",
    "ThreadingOptions",
    "UNKNOWN_CARDINALITY",
    "experimental",
]
