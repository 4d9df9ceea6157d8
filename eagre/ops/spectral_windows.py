"""Windows: weights of the elements of a frame, one for each."""

from __future__ import annotations

from math import pi
from typing import Any

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import DTypeMismatchError
from eagre.core.tensor import Tensor
from eagre.ops import creation
from eagre.ops.bessel import bessel_i0e
from eagre.ops.lengths import as_length, larger, numbers_below, with_length
from eagre.ops.math import cos, exp, maximum, sin, sqrt, square
from eagre.ops.reductions import cumsum
from eagre.ops.shaping import cast
from eagre.primitives import comparison, rearrangement, turning


def hann_window(
    window_length: Any,
    periodic: Any = True,
    dtype: Any = dtypes.float32,
    name: str | None = None,
) -> Any:
    """The Hann window, 0.5 - 0.5 cos(2 pi i / n).

    Args:
        periodic: whether n is an even `window_length` itself, so that the window continues
            periodically, and not one less, which makes it symmetric. An odd one is symmetric.

    Raises:
        ValueError: a dtype that is not of floating-point numbers, a negative length.

    Blackman and Tukey, "The measurement of power spectra", 1958.

    >>> tf.signal.hann_window(4).numpy().round(3)
    array([0. , 0.5, 1. , 0.5], dtype=float32)
    """
    return _raised_cosine(window_length, periodic, dtype, 0.5, 0.5, "hann_window")


def hamming_window(
    window_length: Any,
    periodic: Any = True,
    dtype: Any = dtypes.float32,
    name: str | None = None,
) -> Any:
    """The Hamming window, 0.54 - 0.46 cos(2 pi i / n); arguments are as those of `hann_window`.

    >>> tf.signal.hamming_window(4).numpy().round(3)
    array([0.08, 0.54, 1.  , 0.54], dtype=float32)
    """
    return _raised_cosine(window_length, periodic, dtype, 0.54, 0.46, "hamming_window")


def _raised_cosine(
    window_length: Any, periodic: Any, dtype: Any, mean: float, swing: float, name: str
) -> Any:
    length, dtype = _checked(window_length, dtype, name)
    if not isinstance(periodic, bool):
        flag = to_tensor(periodic, dtypes.bool_, name=f"{name}(periodic)")
        if flag.ndim not in (0, None):
            raise ValueError(f"{name} expected one boolean. Received: periodic={periodic!r}")
        periodic = cast(flag, dtypes.int32)
    period = length - 1 + (1 - length % 2) * periodic
    numbers = cast(numbers_below(length), dtype)
    angles = 2 * pi * numbers / _as_float(larger(period, 1), dtype)
    return _one_if_alone(mean - swing * cos(angles), length)


def kaiser_window(
    window_length: Any, beta: Any = 12.0, dtype: Any = dtypes.float32, name: str | None = None
) -> Any:
    """The Kaiser window: I0(beta sqrt(1 - t^2)) / I0(beta) for t from -1 to 1.

    Raises:
        ValueError: a dtype that is not of floating-point numbers, a length below 1.

    Kaiser, "Nonrecursive digital filter design using the I0-sinh window function", 1974.

    >>> tf.signal.kaiser_window(3, beta=2.0).numpy().round(3)
    array([0.439, 1.   , 0.439], dtype=float32)
    """
    length, dtype = _checked(window_length, dtype, "kaiser_window", least=1)
    return _kaiser(length, beta, dtype)


def _kaiser(length: Any, beta: Any, dtype: Any) -> Any:
    half = _as_float(length - 1, dtype) / 2
    distance = (cast(numbers_below(length), dtype) - half) / _as_float(larger(length - 1, 1), dtype)
    beta = cast(beta, dtype)
    # Rounded, the square may be above 1 at the ends.
    inside = maximum(1 - square(2 * distance), to_tensor(0, dtype))
    height = beta * sqrt(inside)
    window = exp(height - beta) * (bessel_i0e(height) / bessel_i0e(beta))
    return _one_if_alone(window, length)


def kaiser_bessel_derived_window(
    window_length: Any, beta: Any = 12.0, dtype: Any = dtypes.float32, name: str | None = None
) -> Any:
    """The window whose square adds up to 1 with itself, half a window on, made of a Kaiser window.

    It has an even number of elements: of an odd `window_length` one less.

    Princen, Johnson and Bradley, "Subband/transform coding using filter bank designs based on
    time domain aliasing cancellation", 1987.

    >>> tf.signal.kaiser_bessel_derived_window(4, beta=2.0).numpy().round(3)
    array([0.483, 0.875, 0.875, 0.483], dtype=float32)
    """
    length, dtype = _checked(window_length, dtype, "kaiser_bessel_derived_window")
    sums = cumsum(_kaiser(length // 2 + 1, beta, dtype))
    half = sqrt(sums[:-1] / sums[-1])
    whole = rearrangement.concat(half, turning.reverse(half, axis=(0,)), axis=0)
    return with_length(whole, 0, length - length % 2)


def vorbis_window(window_length: Any, dtype: Any = dtypes.float32, name: str | None = None) -> Any:
    """The window of the Vorbis codec: sin(pi / 2 sin(pi (i + 1/2) / n)^2).

    >>> tf.signal.vorbis_window(4).numpy().round(3)
    array([0.228, 0.974, 0.974, 0.228], dtype=float32)
    """
    length, dtype = _checked(window_length, dtype, "vorbis_window")
    middles = cast(numbers_below(length), dtype) + 0.5
    waves = sin(pi / _as_float(larger(length, 1), dtype) * middles)
    return sin(pi / 2 * square(waves))


def _checked(window_length: Any, dtype: Any, name: str, least: int = 0) -> tuple[Any, Any]:
    dtype = dtypes.as_dtype(dtype)
    if not dtype.is_floating:
        raise DTypeMismatchError(
            f"{name} expected a dtype of floating-point numbers. Received: dtype={dtype.name}"
        )
    return as_length(window_length, name, "window_length", least), dtype


def _as_float(length: Any, dtype: Any) -> Any:
    return cast(length, dtype) if isinstance(length, Tensor) else to_tensor(float(length), dtype)


def _one_if_alone(window: Any, length: Any) -> Any:
    """The window, which is 1 where it has one element."""
    if isinstance(length, int):
        return creation.ones([1], window.dtype) if length == 1 else window
    is_alone = comparison.equal(length, to_tensor(1, length.dtype))
    return comparison.select(is_alone, to_tensor(1, window.dtype), window)
