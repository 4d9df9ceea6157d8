"""`tf.compat.v1.data`: names of TensorFlow 1 around datasets."""

from eagre.compat.iterators import Iterator, make_one_shot_iterator
from eagre.data import Dataset

__all__ = ["Dataset", "Iterator", "make_one_shot_iterator"]
