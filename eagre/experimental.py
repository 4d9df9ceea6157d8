"""`tf.experimental`: names that TensorFlow keeps apart from its stable ones."""

from eagre import experimental_dlpack as dlpack
from eagre import experimental_numpy as numpy
from eagre.data.optional import Optional

__all__ = [
    "Optional", "dlpack", "numpy",
]
