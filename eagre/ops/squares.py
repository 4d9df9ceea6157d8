"""Sums of squares, and the variances and standard deviations that are made of them."""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes
from eagre.core.caller import Called
from eagre.core.conversion import to_tensor
from eagre.ops.reductions import reduce_mean, reduced
from eagre.ops.shaping import cast
from eagre.primitives import arithmetic, squares, transcendental
from eagre.primitives.families import COMPLEXES, INEXACTS


def sum_of_squares(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The sum of the squares of real numbers over axes, a part of other operations."""
    return reduced(squares.reduce_sum_of_squares, x, axis, keepdims)


def reduce_variance(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Any:
    """The mean squared distance from the mean (of complex numbers, a real number).

    >>> tf.math.reduce_variance([1.0, 3.0]).numpy()
    np.float32(1.0)
    """
    x = to_tensor(input_tensor)
    if x.dtype not in INEXACTS:
        raise TypeError(
            f"{Called('reduce_variance')} expected floating-point or complex numbers. "
            f"Received: dtype={x.dtype.name}. Use tf.cast to convert the tensor."
        )
    if x.dtype not in COMPLEXES:
        return reduced(squares.reduce_variance, x, axis, keepdims)
    difference = x - reduce_mean(x, axis, True)
    real = dtypes.float32 if x.dtype == dtypes.complex64 else dtypes.float64
    sizes = cast(difference * arithmetic.conjugate(difference), real)
    return reduce_mean(sizes, axis, keepdims)


def reduce_std(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Any:
    """The square root of `reduce_variance`.

    >>> tf.math.reduce_std([1.0, 3.0]).numpy()
    np.float32(1.0)
    """
    return transcendental.sqrt(reduce_variance(input_tensor, axis, keepdims))
