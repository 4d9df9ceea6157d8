"""Isotonic regression."""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.ops.axes import integer_of
from eagre.ops.creation import ones_like
from eagre.ops.shaping import cast
from eagre.primitives import picking, rearrangement
from eagre.primitives.families import FLOATS, shape_of
from eagre.primitives.isotonic import isotonic_pieces


def isotonic_regression(
    inputs: Any, decreasing: bool = True, axis: int = -1
) -> tuple[Any, Any]:
    """The nearest vector without a rise (or without a fall), and the pieces where it is constant.

    It has the least sum of squared differences from `inputs` along an axis. Integers become
    float32, those of more than 16 bits float64. Gradients flow to the inputs.

    >>> values, pieces = tf.nn.isotonic_regression([3.0, 1.0, 2.0])
    >>> values.numpy(), pieces.numpy()
    (array([3. , 1.5, 1.5], dtype=float32), array([0, 1, 1], dtype=int32))
    """
    x = to_tensor(inputs)
    if x.dtype not in FLOATS:
        x = cast(x, dtypes.float32 if x.dtype.size <= 2 else dtypes.float64)
    axis = integer_of(axis)
    is_last = axis in (-1, (x.ndim or 0) - 1)
    if not is_last:
        x = _swapped(x, axis)
    x = x if decreasing else -x
    pieces = isotonic_pieces(x)
    sums, counts = (picking.put_along(y, pieces, shape_of(x)) for y in (x, ones_like(x)))
    values = picking.take_along(sums, pieces) / picking.take_along(counts, pieces)
    values = values if decreasing else -values
    return (values, pieces) if is_last else (_swapped(values, axis), _swapped(pieces, axis))


def _swapped(x: Any, axis: int) -> Any:
    """The tensor with an axis and the last one exchanged."""
    if x.ndim is None:
        raise ValueError("isotonic_regression needs inputs of known rank for this axis.")
    order = list(range(x.ndim))
    axis = rearrangement.normalized_axis(axis, x.ndim, "isotonic_regression")
    order[axis], order[-1] = order[-1], order[axis]
    return rearrangement.transpose(x, perm=tuple(order))
