"""`tf.linalg`: products of matrices."""

from eagre.ops.creation import (
    eye,
)
from eagre.ops.linalg import (
    matmul,
)

__all__ = [
    "eye",
    "matmul",
]
