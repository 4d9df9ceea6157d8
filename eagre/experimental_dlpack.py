"""`tf.experimental.dlpack`: tensors in the memory of other libraries, and the other way."""

from eagre.arrays.exchange import dlpack_to_tensor as from_dlpack
from eagre.arrays.exchange import to_dlpack

__all__ = [
    "from_dlpack", "to_dlpack",
]
