"""`tf.fftnd` and its kin: Fourier transforms whose lengths and axes are all given."""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes
from eagre.core.errors import InvalidArgumentError
from eagre.ops.fourier import (
    inverse_real_transform_along,
    real_transform_along,
    transform_along,
)
from eagre.ops.shaping import cast


def fftnd(input: Any, fft_length: Any, axes: Any, name: str | None = None) -> Any:
    """The discrete Fourier transform along `axes`, each cut or filled up to its `fft_length`.

    >>> tf.fftnd([[1.0, 2.0], [3.0, 4.0]], [2], [0]).numpy()
    array([[ 4.+0.j,  6.+0.j],
           [-2.+0.j, -2.+0.j]], dtype=complex64)
    """
    return transform_along(input, fft_length, axes, None, False, "fftnd")


def ifftnd(input: Any, fft_length: Any, axes: Any, name: str | None = None) -> Any:
    """The inverse of `fftnd`.

    >>> tf.ifftnd([2.0, 0.0], [2], [0]).numpy()
    array([1.+0.j, 1.+0.j], dtype=complex64)
    """
    return transform_along(input, fft_length, axes, None, True, "ifftnd")


def rfftnd(
    input: Any,
    fft_length: Any,
    axes: Any,
    Tcomplex: Any = dtypes.complex64,
    name: str | None = None,
) -> Any:
    """The Fourier transform of real numbers along `axes`: the first bins of the last of them.

    The bins are of the dtype `Tcomplex`.

    >>> tf.rfftnd([1.0, 2.0, 3.0], [4], [0]).numpy()
    array([ 6.+0.j, -2.-2.j,  2.+0.j], dtype=complex64)
    """
    dtype = dtypes.as_dtype(Tcomplex)
    if not dtype.is_complex:
        raise InvalidArgumentError(
            "rfftnd expected Tcomplex to be complex64 or complex128. "
            f"Received: Tcomplex={dtype.name}"
        )
    return cast(real_transform_along(input, fft_length, axes, None, "rfftnd"), dtype)


def irfftnd(
    input: Any,
    fft_length: Any,
    axes: Any,
    Treal: Any = dtypes.float32,
    name: str | None = None,
) -> Any:
    """The inverse of `rfftnd`; the numbers are of the dtype `Treal`.

    >>> tf.irfftnd([6.0, -2.0 - 2.0j, 2.0], [4], [0]).numpy()
    array([1., 2., 3., 0.], dtype=float32)
    """
    dtype = dtypes.as_dtype(Treal)
    if dtype not in (dtypes.float32, dtypes.float64):
        raise InvalidArgumentError(
            f"irfftnd expected Treal to be float32 or float64. Received: Treal={dtype.name}"
        )
    return cast(inverse_real_transform_along(input, fft_length, axes, None, "irfftnd"), dtype)
