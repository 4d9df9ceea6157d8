"""What `tf.experimental.numpy` takes over from NumPy, and questions about its dtypes."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.arrays.promotion import dtype_of, result_type
from eagre.core.tensor import Tensor

ndarray = Tensor
bool_, object_, string_, unicode_ = np.bool_, np.object_, np.bytes_, np.str_
complex_, float_, int_ = np.complex128, np.float64, np.int64
iinfo, issubdtype = np.iinfo, np.issubdtype


def finfo(dtype: Any) -> Any:
    """NumPy's limits of a floating-point dtype.

    >>> tf.experimental.numpy.finfo(tf.float32).bits
    32
    """
    return np.finfo(dtype_of(dtype).numpy)


def promote_types(type1: Any, type2: Any) -> Any:
    """The dtype to which two dtypes promote.

    >>> tf.experimental.numpy.promote_types(tf.int32, tf.float32)
    tf.float64
    """
    return result_type(dtype_of(type1), dtype_of(type2))

