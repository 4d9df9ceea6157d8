"""Sobol's sequence: points that fill a cube evenly.

Joe and Kuo, "Constructing Sobol sequences with better two-dimensional projections", 2008.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.ops.drawing import check_dtype
from eagre.ops.inspecting import get_static_value
from eagre.primitives.scipy_kernels import sobol_points

_DTYPES = frozenset({dtypes.float32, dtypes.float64})
_LARGEST = 2**31 - 1
_DIMENSIONS = 21200


def sobol_sample(
    dim: Any,
    num_results: Any,
    skip: Any = 0,
    dtype: Any = dtypes.float32,
    name: str | None = None,
) -> Any:
    """Points [num_results, dim] of Sobol's sequence in the unit cube.

    The point 0, with which the sequence begins, is left out. SciPy computes them.

    Args:
        skip: how many further points are left out; the time that it takes grows with it.

    Raises:
        InvalidArgumentError: `dim` or `num_results` is less than 1, `skip` is negative, or they
            are too large.
        ValueError: one of them is not known while tracing.

    >>> tf.math.sobol_sample(2, 3).numpy()
    array([[0.5 , 0.5 ],
           [0.75, 0.25],
           [0.25, 0.75]], dtype=float32)
    """
    dtype = check_dtype(dtypes.as_dtype(dtype), _DTYPES, "sobol_sample")
    size = _number(dim, "dim", 1)
    count = _number(num_results, "num_results", 1)
    first = _number(skip, "skip", 0) + 1
    if size > _DIMENSIONS:
        raise InvalidArgumentError(
            f"sobol_sample expected dim of at most {_DIMENSIONS}. Received: dim={size}"
        )
    if count + first - 1 >= _LARGEST:
        raise InvalidArgumentError(
            f"sobol_sample expected num_results + skip below {_LARGEST}. "
            f"Received: num_results={count}, skip={first - 1}"
        )
    return to_tensor(sobol_points(size, first, count), dtype)


def _number(value: Any, word: str, least: int) -> int:
    known = get_static_value(value)
    if known is None:
        raise ValueError(
            f"sobol_sample needs {word} to be known while tracing. Received: {word}={value!r}"
        )
    x = np.asarray(known)
    if x.dtype.kind not in "iu" or x.ndim != 0 or x < least:
        raise InvalidArgumentError(
            f"sobol_sample expected {word} to be one integer of at least {least}. "
            f"Received: {word}={known}"
        )
    return int(x)
