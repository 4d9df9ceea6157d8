"""Fourier transforms of the array API standard."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.arrays import elementwise
from eagre.arrays.creating import check_device
from eagre.arrays.promotion import as_array, as_inexact, dtype_of
from eagre.core import dtypes
from eagre.ops import fourier
from eagre.ops.shaping import cast

_OPPOSITE = {"backward": "forward", "ortho": "ortho", "forward": "backward"}


def _complex(x: Any, name: str, norm: str) -> Any:
    x = _inexact(x, name, norm)
    if x.dtype.is_complex:
        return x
    return cast(x, dtypes.complex128 if x.dtype == dtypes.float64 else dtypes.complex64)


def _inexact(x: Any, name: str, norm: str) -> Any:
    if norm not in _OPPOSITE:
        raise ValueError(
            f"{name} expected the norm 'backward', 'ortho' or 'forward'. Received: norm={norm!r}"
        )
    return as_inexact(x, name)


def _real(x: Any, name: str, norm: str) -> Any:
    x = _inexact(x, name, norm)
    if x.dtype.is_complex:
        raise TypeError(f"{name} expected real numbers. Received: dtype={x.dtype.name}")
    return x


def _one(value: Any) -> Any:
    return None if value is None else [value]


def _axes(s: Any, axes: Any) -> Any:
    return list(range(-len(s), 0)) if axes is None and s is not None else axes


def fft(x: Any, /, *, n: int | None = None, axis: int = -1, norm: str = "backward") -> Any:
    """The discrete Fourier transform along an axis, which is first cut or filled up to `n`.

    >>> from eagre import array_api
    >>> array_api.fft.fft([1.0, 2.0]).numpy()
    array([ 3.+0.j, -1.+0.j])
    """
    return fourier.fftnd(_complex(x, "fft", norm), _one(n), [axis], norm)


def ifft(x: Any, /, *, n: int | None = None, axis: int = -1, norm: str = "backward") -> Any:
    """The inverse of `fft`.

    >>> from eagre import array_api
    >>> array_api.fft.ifft([3.0, -1.0]).numpy()
    array([1.+0.j, 2.+0.j])
    """
    return fourier.ifftnd(_complex(x, "ifft", norm), _one(n), [axis], norm)


def fftn(x: Any, /, *, s: Any = None, axes: Any = None, norm: str = "backward") -> Any:
    """The discrete Fourier transform along axes, by default all.

    >>> from eagre import array_api
    >>> array_api.fft.fftn([[1.0, 2.0]]).numpy()
    array([[ 3.+0.j, -1.+0.j]])
    """
    return fourier.fftnd(_complex(x, "fftn", norm), s, _axes(s, axes), norm)


def ifftn(x: Any, /, *, s: Any = None, axes: Any = None, norm: str = "backward") -> Any:
    """The inverse of `fftn`.

    >>> from eagre import array_api
    >>> array_api.fft.ifftn([[3.0, -1.0]]).numpy()
    array([[1.+0.j, 2.+0.j]])
    """
    return fourier.ifftnd(_complex(x, "ifftn", norm), s, _axes(s, axes), norm)


def rfft(x: Any, /, *, n: int | None = None, axis: int = -1, norm: str = "backward") -> Any:
    """The first half of the transform of real numbers, from which the other half follows.

    >>> from eagre import array_api
    >>> array_api.fft.rfft([1.0, 2.0, 3.0]).shape
    TensorShape([2])
    """
    return fourier.rfftnd(_real(x, "rfft", norm), _one(n), [axis], norm)


def irfft(x: Any, /, *, n: int | None = None, axis: int = -1, norm: str = "backward") -> Any:
    """The inverse of `rfft`, by default of even length.

    >>> from eagre import array_api
    >>> array_api.fft.irfft([3.0, -1.0]).numpy()
    array([1., 2.])
    """
    return fourier.irfftnd(_complex(x, "irfft", norm), _one(n), [axis], norm)


def rfftn(x: Any, /, *, s: Any = None, axes: Any = None, norm: str = "backward") -> Any:
    """`rfft` along the last of the axes, by default of all, and `fft` along the others.

    >>> from eagre import array_api
    >>> array_api.fft.rfftn([[1.0, 2.0, 3.0]]).shape
    TensorShape([1, 2])
    """
    return fourier.rfftnd(_real(x, "rfftn", norm), s, _axes(s, axes), norm)


def irfftn(x: Any, /, *, s: Any = None, axes: Any = None, norm: str = "backward") -> Any:
    """The inverse of `rfftn`, by default with an even last size.

    >>> from eagre import array_api
    >>> array_api.fft.irfftn([[3.0, -1.0]]).numpy()
    array([[1., 2.]])
    """
    return fourier.irfftnd(_complex(x, "irfftn", norm), s, _axes(s, axes), norm)


def hfft(x: Any, /, *, n: int | None = None, axis: int = -1, norm: str = "backward") -> Any:
    """The real transform of numbers of which half is given, for the other half is its conjugate.

    >>> from eagre import array_api
    >>> array_api.fft.hfft([1.0, 2.0]).numpy()
    array([ 3., -1.])
    """
    return irfft(elementwise.conj(_complex(x, "hfft", norm)), n=n, axis=axis, norm=_OPPOSITE[norm])


def ihfft(x: Any, /, *, n: int | None = None, axis: int = -1, norm: str = "backward") -> Any:
    """The inverse of `hfft`.

    >>> from eagre import array_api
    >>> array_api.fft.ihfft([3.0, -1.0]).numpy().real
    array([1., 2.])
    """
    return elementwise.conj(rfft(_real(x, "ihfft", norm), n=n, axis=axis, norm=_OPPOSITE[norm]))


def fftfreq(n: int, /, *, d: float = 1.0, dtype: Any = None, device: Any = None) -> Any:
    """The frequencies of the bins of `fft`, for samples at a distance of `d`.

    >>> from eagre import array_api
    >>> array_api.fft.fftfreq(4).numpy()
    array([ 0.  ,  0.25, -0.5 , -0.25])
    """
    check_device(device, "fftfreq")
    return as_array(np.fft.fftfreq(n, d), dtype_of(float if dtype is None else dtype))


def rfftfreq(n: int, /, *, d: float = 1.0, dtype: Any = None, device: Any = None) -> Any:
    """The frequencies of the bins of `rfft`, for samples at a distance of `d`.

    >>> from eagre import array_api
    >>> array_api.fft.rfftfreq(4).numpy()
    array([0.  , 0.25, 0.5 ])
    """
    check_device(device, "rfftfreq")
    return as_array(np.fft.rfftfreq(n, d), dtype_of(float if dtype is None else dtype))


def fftshift(x: Any, /, *, axes: Any = None) -> Any:
    """The halves of the axes exchanged, so that the bin of the mean stands in the middle.

    >>> from eagre import array_api
    >>> array_api.fft.fftshift([0, 1, 2, -2, -1]).numpy()
    array([-2, -1,  0,  1,  2])
    """
    return fourier.fftshift(as_array(x, name="fftshift"), axes)


def ifftshift(x: Any, /, *, axes: Any = None) -> Any:
    """The inverse of `fftshift`.

    >>> from eagre import array_api
    >>> array_api.fft.ifftshift([-2, -1, 0, 1, 2]).numpy()
    array([ 0,  1,  2, -2, -1])
    """
    return fourier.ifftshift(as_array(x, name="ifftshift"), axes)
