"""`tf.compat.v1`: names of TensorFlow 1."""

from eagre.compat.v1 import train
from eagre.core.ambient import executing_eagerly
from eagre.graph.building import enable_eager_execution

__all__ = [
    "enable_eager_execution",
    "executing_eagerly",
    "train",
]
