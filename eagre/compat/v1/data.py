"""`tf.compat.v1.data`: names of TensorFlow 1 around datasets."""

from eagre.compat.initializable import (
    get_output_shapes,
    get_output_types,
    make_initializable_iterator,
)
from eagre.compat.iterators import Iterator, make_one_shot_iterator
from eagre.data import Dataset

__all__ = [
    "Dataset",
    "Iterator",
    "get_output_shapes",
    "get_output_types",
    "make_initializable_iterator",
    "make_one_shot_iterator",
]
