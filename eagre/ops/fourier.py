"""Discrete Fourier transforms of complex and of real numbers, and the order of their bins."""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.core.tensor import EagerTensor, Tensor
from eagre.ops.axes import axes_of
from eagre.ops.lengths import as_length, larger, length_along, resized
from eagre.ops.sequences import roll
from eagre.ops.shaping import as_shape, axis_sizes, cast
from eagre.primitives import fourier, rearrangement
from eagre.primitives.complex_parts import SINGLES
from eagre.primitives.families import COMPLEXES, REALS
from eagre.primitives.rearrangement import normalized_axis

_NORMS = (None, "backward", "ortho", "forward")
_LAST = {1: (-1,), 2: (-2, -1), 3: (-3, -2, -1)}


def fft(input: Any, name: str | None = None) -> Any:
    """The discrete Fourier transform along the last axis.

    output[..., k] is the sum over j of input[..., j] * exp(-2 pi i j k / n).

    Raises:
        InvalidArgumentError: a tensor of other than complex64 or complex128, or a scalar.

    Cooley and Tukey, "An algorithm for the machine calculation of complex Fourier series", 1965.

    >>> tf.signal.fft([1.0, 2.0, 3.0, 4.0]).numpy()
    array([10.+0.j, -2.+2.j, -2.+0.j, -2.-2.j], dtype=complex64)
    """
    return _transform(input, 1, False, "fft")


def ifft(input: Any, name: str | None = None) -> Any:
    """The inverse of `fft`.

    >>> tf.signal.ifft([4.0, 0.0, 0.0, 0.0]).numpy()
    array([1.+0.j, 1.+0.j, 1.+0.j, 1.+0.j], dtype=complex64)
    """
    return _transform(input, 1, True, "ifft")


def fft2d(input: Any, name: str | None = None) -> Any:
    """The discrete Fourier transform along the last two axes.

    >>> tf.signal.fft2d([[1.0, 2.0], [3.0, 4.0]]).numpy()
    array([[10.+0.j, -2.+0.j],
           [-4.+0.j,  0.+0.j]], dtype=complex64)
    """
    return _transform(input, 2, False, "fft2d")


def ifft2d(input: Any, name: str | None = None) -> Any:
    """The inverse of `fft2d`.

    >>> tf.signal.ifft2d([[4.0, 0.0], [0.0, 0.0]]).numpy()
    array([[1.+0.j, 1.+0.j],
           [1.+0.j, 1.+0.j]], dtype=complex64)
    """
    return _transform(input, 2, True, "ifft2d")


def fft3d(input: Any, name: str | None = None) -> Any:
    """The discrete Fourier transform along the last three axes.

    >>> tf.signal.fft3d([[[1.0, 2.0]], [[3.0, 4.0]]]).numpy().real
    array([[[10., -2.]],
    <BLANKLINE>
           [[-4.,  0.]]], dtype=float32)
    """
    return _transform(input, 3, False, "fft3d")


def ifft3d(input: Any, name: str | None = None) -> Any:
    """The inverse of `fft3d`.

    >>> tf.signal.ifft3d([[[2.0, 0.0]]]).numpy()
    array([[[1.+0.j, 1.+0.j]]], dtype=complex64)
    """
    return _transform(input, 3, True, "ifft3d")


def rfft(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Any:
    """The Fourier transform of real numbers along the last axis: its first n // 2 + 1 bins.

    The others are the complex conjugates of these.

    Args:
        fft_length: a list of n, to which the axis is cut or filled up with zeros.

    Raises:
        ValueError: other dtypes than float32 and float64, a scalar, or not one fft_length.

    >>> tf.signal.rfft([1.0, 2.0, 3.0, 4.0]).numpy()
    array([10.+0.j, -2.+2.j, -2.+0.j], dtype=complex64)
    """
    return _real_transform(input_tensor, fft_length, 1, "rfft")


def irfft(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Any:
    """The inverse of `rfft`: n real numbers from n // 2 + 1 bins along the last axis.

    Args:
        fft_length: a list of n, by default twice the number of bins less 2. The bins are cut or
            filled up with zeros to as many as that takes.

    >>> tf.signal.irfft([10.0, -2.0 + 2.0j, -2.0]).numpy()
    array([1., 2., 3., 4.], dtype=float32)
    """
    return _inverse_real_transform(input_tensor, fft_length, 1, "irfft")


def rfft2d(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Any:
    """The Fourier transform of real numbers along the last two axes: the first bins of the last.

    Arguments are as those of `rfft`, with two sizes for `fft_length`.

    >>> tf.signal.rfft2d([[1.0, 2.0], [3.0, 4.0]]).numpy()
    array([[10.+0.j, -2.+0.j],
           [-4.+0.j,  0.+0.j]], dtype=complex64)
    """
    return _real_transform(input_tensor, fft_length, 2, "rfft2d")


def irfft2d(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Any:
    """The inverse of `rfft2d`; arguments are as those of `irfft`.

    >>> tf.signal.irfft2d([[10.0, -2.0], [-4.0, 0.0]]).numpy()
    array([[1., 2.],
           [3., 4.]], dtype=float32)
    """
    return _inverse_real_transform(input_tensor, fft_length, 2, "irfft2d")


def rfft3d(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Any:
    """The Fourier transform of real numbers along the last three axes: the first bins of the last.

    Arguments are as those of `rfft`, with three sizes for `fft_length`.

    >>> tf.signal.rfft3d([[[1.0, 2.0]]]).numpy()
    array([[[ 3.+0.j, -1.+0.j]]], dtype=complex64)
    """
    return _real_transform(input_tensor, fft_length, 3, "rfft3d")


def irfft3d(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Any:
    """The inverse of `rfft3d`; arguments are as those of `irfft`.

    >>> tf.signal.irfft3d([[[3.0, -1.0]]]).numpy()
    array([[[1., 2.]]], dtype=float32)
    """
    return _inverse_real_transform(input_tensor, fft_length, 3, "irfft3d")


def fftnd(
    input_tensor: Any,
    fft_length: Any = None,
    axes: Any = None,
    norm: Any = None,
    name: str | None = None,
) -> Any:
    """The discrete Fourier transform along given axes.

    Args:
        fft_length: a size for each of the axes, to which it is cut or filled up with zeros.
        axes: by default all.
        norm: which direction divides by the number n of elements: "backward" (or None) the
            inverse, "forward" this one, "ortho" both by the square root of n.

    Raises:
        InvalidArgumentError: axes outside the rank or given twice, or not a length for each.

    >>> tf.signal.fftnd([[1.0, 2.0], [3.0, 4.0]], axes=[0]).numpy()
    array([[ 4.+0.j,  6.+0.j],
           [-2.+0.j, -2.+0.j]], dtype=complex64)
    """
    return transform_along(input_tensor, fft_length, axes, norm, False, "fftnd")


def ifftnd(
    input_tensor: Any,
    fft_length: Any = None,
    axes: Any = None,
    norm: Any = None,
    name: str | None = None,
) -> Any:
    """The inverse of `fftnd`, with the same arguments.

    >>> tf.signal.ifftnd([2.0, 0.0], norm="forward").numpy()
    array([2.+0.j, 2.+0.j], dtype=complex64)
    """
    return transform_along(input_tensor, fft_length, axes, norm, True, "ifftnd")


def rfftnd(
    input_tensor: Any,
    fft_length: Any = None,
    axes: Any = None,
    norm: Any = None,
    name: str | None = None,
) -> Any:
    """The Fourier transform of real numbers along given axes: the first bins of the last of them.

    Arguments are as those of `fftnd`.

    >>> tf.signal.rfftnd([[1.0, 2.0], [3.0, 4.0]], norm="forward").numpy()
    array([[ 2.5+0.j, -0.5+0.j],
           [-1. +0.j,  0. +0.j]], dtype=complex64)
    """
    return real_transform_along(input_tensor, fft_length, axes, norm, "rfftnd")


def irfftnd(
    input_tensor: Any,
    fft_length: Any = None,
    axes: Any = None,
    norm: Any = None,
    name: str | None = None,
) -> Any:
    """The inverse of `rfftnd`; arguments are as those of `fftnd`.

    The last size is by default twice the number of bins less 2.

    >>> tf.signal.irfftnd([[10.0, -2.0], [-4.0, 0.0]]).numpy()
    array([[1., 2.],
           [3., 4.]], dtype=float32)
    """
    return inverse_real_transform_along(input_tensor, fft_length, axes, norm, "irfftnd")


def fftshift(x: Any, axes: Any = None, name: str | None = None) -> Any:
    """The halves of the axes exchanged, so that the bin of the mean stands in the middle.

    >>> tf.signal.fftshift([0, 1, 2, -2, -1]).numpy()
    array([-2, -1,  0,  1,  2], dtype=int32)
    """
    return _shifted(x, axes, 1, "fftshift")


def ifftshift(x: Any, axes: Any = None, name: str | None = None) -> Any:
    """The inverse of `fftshift`.

    >>> tf.signal.ifftshift([-2, -1, 0, 1, 2]).numpy()
    array([ 0,  1,  2, -2, -1], dtype=int32)
    """
    return _shifted(x, axes, -1, "ifftshift")


def _shifted(value: Any, axes: Any, sign: int, name: str) -> Any:
    x = to_tensor(value, name=name)
    rank = len(axis_sizes(x, name))
    for axis in range(rank) if axes is None else axes_of(axes):
        axis = normalized_axis(axis, rank, name)
        x = roll(x, sign * (length_along(x, axis) // 2), axis)
    return x


# What they share --------------------------------------------------------------------------------


def _transform(value: Any, count: int, is_inverse: bool, name: str) -> Any:
    x = of_rank(_complex_numbers(value, name), count, name)
    return fourier.fourier.door(x, axes=_LAST[count], norm="backward", is_inverse=is_inverse)


def _real_transform(value: Any, fft_length: Any, count: int, name: str) -> Any:
    x = of_rank(_real_numbers(value, name), count, name)
    return _halves(x, _lengths(fft_length, count, name), _LAST[count], "backward")


def _inverse_real_transform(value: Any, fft_length: Any, count: int, name: str) -> Any:
    x = of_rank(_bins(value, name), count, name)
    return _joined(x, _lengths(fft_length, count, name), _LAST[count], "backward", name)


def transform_along(
    value: Any, fft_length: Any, axes: Any, norm: Any, is_inverse: bool, name: str
) -> Any:
    """The transform of complex numbers along given axes, or its inverse."""
    x = _complex_numbers(value, name)
    places, norm = _places(x, axes, name), _norm(norm, name)
    for axis, length in zip(places, _lengths(fft_length, len(places), name), strict=True):
        x = x if length is None else resized(x, length, axis)
    return fourier.fourier.door(x, axes=places, norm=norm, is_inverse=is_inverse)


def real_transform_along(value: Any, fft_length: Any, axes: Any, norm: Any, name: str) -> Any:
    """The transform of real numbers along given axes."""
    x = _real_numbers(value, name)
    places = _places(x, axes, name, least=1)
    return _halves(x, _lengths(fft_length, len(places), name), places, _norm(norm, name))


def inverse_real_transform_along(
    value: Any, fft_length: Any, axes: Any, norm: Any, name: str
) -> Any:
    """The inverse of the transform of real numbers along given axes."""
    x = _bins(value, name)
    places = _places(x, axes, name, least=1)
    return _joined(x, _lengths(fft_length, len(places), name), places, _norm(norm, name), name)


def _halves(x: Any, lengths: list[Any], axes: Any, norm: str) -> Any:
    """Real numbers transformed: the last of the axes first, then the others."""
    for axis, length in zip(axes, lengths, strict=True):
        x = x if length is None else resized(x, length, axis)
    *others, last = axes
    y = fourier.real_fourier.door(x, axis=last, norm=norm, is_weighted=False)
    if not others:
        return y
    return fourier.fourier.door(y, axes=tuple(others), norm=norm, is_inverse=False)


def _joined(x: Any, lengths: list[Any], axes: Any, norm: str, name: str) -> Any:
    """Bins transformed to real numbers: the last of the axes after the others."""
    *others, last = axes
    size = lengths[-1]
    if size is None:
        size = larger(2 * (length_along(x, last) - 1), 0)
    x = resized(x, _count_bins(size), last)
    for axis, length in zip(others, lengths, strict=False):
        x = x if length is None else resized(x, length, axis)
    if others:
        x = fourier.fourier.door(x, axes=tuple(others), norm=norm, is_inverse=True)
    shape = as_shape([size], name)
    return fourier.inverse_real_fourier(x, shape, axis=last, norm=norm, is_weighted=False)


def _count_bins(size: Any) -> Any:
    if isinstance(size, int):
        return fourier.count_bins(size)
    return size // 2 + cast(size > 0, dtypes.int32)


def _complex_numbers(value: Any, name: str) -> Any:
    """A tensor of complex numbers; what is not yet a tensor may be of real ones."""
    if _is_of(value, "c"):
        return value
    x = to_tensor(value, name=name)
    is_tensor = isinstance(value, Tensor) or hasattr(value, "__tensor__")
    if not is_tensor and x.dtype in REALS:
        return cast(x, dtypes.complex64)
    return of_complexes(x, name)


def _bins(value: Any, name: str) -> Any:
    if _is_of(value, "c"):
        return value
    return of_complexes(to_tensor(value, hint=dtypes.complex64, name=name), name)


def _is_of(value: Any, kind: str) -> bool:
    """Whether it is a tensor with a value, of one of NumPy's kinds of dtypes."""
    return value.__class__ is EagerTensor and value.array.dtype.kind == kind


def _real_numbers(value: Any, name: str) -> Any:
    return of_singles(to_tensor(value, hint=dtypes.float32, name=name), name)


def of_singles(x: Any, name: str) -> Any:
    """The tensor, of float32 or float64."""
    return _of_dtype(x, SINGLES, "float32 or float64", name)


def of_complexes(x: Any, name: str) -> Any:
    """The tensor, of complex numbers."""
    return _of_dtype(x, COMPLEXES, "complex64 or complex128", name)


def _of_dtype(x: Any, allowed: Any, expected: str, name: str) -> Any:
    if x.dtype not in allowed:
        raise DTypeMismatchError(
            f"{name} expected a tensor of {expected}. Received: dtype={x.dtype.name}. "
            "Use tf.cast to convert the tensor."
        )
    return x


def of_rank(x: Any, count: int, name: str) -> Any:
    """The tensor, of so many axes or more."""
    sizes = x.sizes
    if sizes is not None and len(sizes) < count:
        axes = "1 axis" if count == 1 else f"{count} axes"
        raise InvalidArgumentError(
            f"{name} expected a tensor with at least {axes}. Received: shape={x.shape}"
        )
    return x


def _places(x: Any, axes: Any, name: str, least: int = 0) -> tuple[int, ...]:
    """The axes of a transform, checked; by default all."""
    if axes is None:
        places = tuple(range(len(axis_sizes(x, name))))
    elif x.ndim is None:
        places = axes_of(axes)
    else:
        places = tuple(normalized_axis(axis, x.ndim, name) for axis in axes_of(axes))
    if len(set(places)) < max(len(places), least):
        expected = "at least one axis, and each once" if least else "each axis once"
        raise InvalidArgumentError(
            f"{name} expected {expected}. Received: axes={axes}, shape={x.shape}"
        )
    return places


def _norm(norm: Any, name: str) -> str:
    if norm not in _NORMS:
        raise InvalidArgumentError(
            f"{name} expected a norm of None, 'backward', 'ortho' or 'forward'. Received: {norm=}"
        )
    return norm or "backward"


def _lengths(fft_length: Any, count: int, name: str) -> list[Any]:
    """A length for each axis, or None for each."""
    if fft_length is None:
        return [None] * count
    lengths = fft_length
    if not isinstance(fft_length, list | tuple):
        lengths = rearrangement.reshape(to_tensor(fft_length, name=name), (-1,))
    given = len(lengths) if isinstance(lengths, list | tuple) else lengths.shape[0]
    if given not in (count, None):
        raise InvalidArgumentError(
            f"{name} expected a size for each axis of the transform, {count} in all. "
            f"Received: fft_length={fft_length}"
        )
    return [as_length(lengths[i], name, "fft_length") for i in range(count)]
