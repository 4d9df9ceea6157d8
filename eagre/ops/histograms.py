"""Histograms whose bins are all of one width."""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.ops.axes import integer_of
from eagre.ops.counting import bincount
from eagre.ops.math import clip_by_value, floor, is_nan, logical_not, maximum
from eagre.ops.reductions import reduce_all
from eagre.ops.shaping import cast, reshape
from eagre.primitives.checking import assertion
from eagre.primitives.families import REALS


def histogram_fixed_width(
    values: Any,
    value_range: Any,
    nbins: int = 100,
    dtype: Any = dtypes.int32,
    name: str | None = None,
) -> Any:
    """How many values fall into each of `nbins` bins of one width between two bounds.

    Values below and above the bounds count in the first and the last bin.

    Raises:
        InvalidArgumentError: the bounds do not ascend, or a value is NaN.

    >>> tf.histogram_fixed_width([-1.0, 0.0, 1.5, 2.0, 5.0, 15.0], [0.0, 5.0], nbins=5).numpy()
    array([2, 1, 1, 0, 2], dtype=int32)
    """
    function = "histogram_fixed_width"
    x, bounds, nbins = _operands(values, value_range, nbins, function)
    wanted = dtypes.as_dtype(dtype)
    if wanted not in (dtypes.int32, dtypes.int64):
        raise DTypeMismatchError(
            f"{function} expected to count in int32 or int64. Received: dtype={wanted.name}"
        )
    low, high = bounds[0], bounds[1]
    _demand(low < high, bounds, f"{function} expected bounds that ascend.", "value_range=")
    if x.dtype.is_floating:
        known = reduce_all(logical_not(is_nan(x)))
        _demand(known, x, f"{function} expected numbers, and no NaN.", "values=")
    wide = [cast(each, dtypes.float64) for each in (low, high, maximum(x, low))]
    step = (wide[1] - wide[0]) / nbins
    places = clip_by_value((wide[2] - wide[0]) / step, 0, nbins - 1)
    places = reshape(cast(places, dtypes.int32), [-1])
    return bincount(places, minlength=nbins, maxlength=nbins, dtype=wanted)


def histogram_fixed_width_bins(
    values: Any,
    value_range: Any,
    nbins: int = 100,
    dtype: Any = dtypes.int32,
    name: str | None = None,
) -> Any:
    """For each value the number of its bin among `nbins` bins of one width between two bounds.

    Values below and above the bounds are in the first and the last bin. The numbers are int32.

    >>> tf.histogram_fixed_width_bins([-1.0, 0.0, 1.5, 5.0], [0.0, 5.0], nbins=5).numpy()
    array([0, 0, 1, 4], dtype=int32)
    """
    x, bounds, nbins = _operands(values, value_range, nbins, "histogram_fixed_width_bins")
    if x.dtype.is_integer:
        x, bounds = cast(x, dtypes.float64), cast(bounds, dtypes.float64)
    scaled = (x - bounds[0]) / (bounds[1] - bounds[0])
    places = clip_by_value(floor(scaled * nbins), 0, nbins - 1)
    return cast(places, dtypes.int32)


def _operands(values: Any, value_range: Any, nbins: Any, function: str) -> tuple[Any, Any, int]:
    x = to_tensor(values, name=function)
    bounds = to_tensor(value_range, x.dtype, name=f"{function}(value_range)")
    if x.dtype not in REALS:
        raise DTypeMismatchError(
            f"{function} expected real numbers. Received: values.dtype={x.dtype.name}"
        )
    if bounds.sizes not in ((2,), (None,), None):
        raise InvalidArgumentError(
            f"{function} expected two bounds. Received: value_range.shape={bounds.shape}"
        )
    count = integer_of(nbins, "nbins")
    if count <= 0:
        raise InvalidArgumentError(f"{function} expected at least one bin. Received: nbins={nbins}")
    return x, bounds, count


def _demand(condition: Any, data: Any, message: str, label: str) -> None:
    assertion(condition, data, message=message, labels=(label,), summarize=6)
