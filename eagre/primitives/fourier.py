"""Discrete Fourier transforms: of complex numbers along axes, of real numbers along one; cosines.

`norm` says, as in NumPy, which direction divides by the number of elements: "backward" the inverse,
"forward" the other, "ortho" each by the square root. The adjoint of a transform is the transform in
the other direction with the other norm.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.specs import TensorSpec
from eagre.primitives import batching
from eagre.primitives.complex_parts import SINGLES
from eagre.primitives.families import (
    COMPLEXES,
    apply_with_shape,
    check_dtypes,
    contiguous,
    shape_of,
    target_shape,
)
from eagre.primitives.rearrangement import normalized_axis
from eagre.primitives.scipy_kernels import fourier_module

_TURNED = {"backward": "forward", "forward": "backward", "ortho": "ortho"}


class Fourier(Primitive):
    """The transform of complex numbers along axes, or its inverse."""

    vectorize = batching.along("axes")
    public = "fft"
    has_one_input = True
    needs = ()

    def infer(
        self, x: TensorSpec, *, axes: tuple[int, ...], norm: str, is_inverse: bool
    ) -> TensorSpec:
        """The same shape."""
        check_dtypes(self, (x,), COMPLEXES)
        _check_norm(self.public, norm)
        if x.sizes is not None:
            places = {normalized_axis(axis, len(x.sizes), self.public) for axis in axes}
            if len(places) < len(axes):
                raise InvalidArgumentError(
                    f"{self.public} expected each axis once. Received: axes={axes}"
                )
        return x

    def kernel(self, x: Any, *, axes: tuple[int, ...], norm: str, is_inverse: bool) -> Any:
        way = _known(norm)
        # Of a single axis SciPy says itself whether it is there.
        if (len(axes) > 1 or not x.size) and len({range(x.ndim)[n] for n in axes}) < len(axes):
            raise ValueError("an axis twice")
        if not x.size or not axes:
            return x
        module, x = fourier_module(), contiguous(x)
        if len(axes) == 1:
            one: Any = module.ifft if is_inverse else module.fft
            return one(x, axis=axes[0], norm=way)
        transform: Any = module.ifftn if is_inverse else module.fftn
        return transform(x, axes=axes, norm=way)

    def gradient(
        self, grad: Any, output: Any, x: Any, *, axes: tuple[int, ...], norm: str, is_inverse: bool
    ) -> Any:
        return (fourier(grad, axes=axes, norm=_TURNED[norm], is_inverse=not is_inverse),)


class RealFourier(Primitive):
    """The first half of the transform of real numbers along an axis: n numbers give n // 2 + 1.

    Where it is weighted, those bins are doubled that stand for two of the whole transform: so it
    is the adjoint of the inverse. The same with halves makes the inverse the adjoint of this one.
    """

    vectorize = batching.along("axis")
    public = "rfft"
    has_one_input = True
    needs = ()

    def infer(self, x: TensorSpec, *, axis: int, norm: str, is_weighted: bool) -> TensorSpec:
        """The number of bins along the axis."""
        dtype = check_dtypes(self, (x,), SINGLES)
        _check_norm(self.public, norm)
        is_single = dtype == dtypes.float32
        sizes: Any = x.sizes
        if sizes is not None:
            place = normalized_axis(axis, len(sizes), self.public)
            size = sizes[place]
            sizes = _with_size(sizes, place, None if size is None else count_bins(size))
        return TensorSpec.of(sizes, dtypes.complex64 if is_single else dtypes.complex128)

    def kernel(self, x: Any, *, axis: int, norm: str, is_weighted: bool) -> Any:
        size, way = x.shape[axis], _known(norm)
        if not x.size:
            shape = _with_size(x.shape, axis % x.ndim, count_bins(size))
            return np.zeros(shape, np.complex64 if x.itemsize == 4 else np.complex128)
        y: Any = fourier_module().rfft(contiguous(x), axis=axis, norm=way)
        if is_weighted:
            y[_doubled_bins(size, axis, y.ndim)] *= 2
        return y

    def gradient(
        self, grad: Any, output: Any, x: Any, *, axis: int, norm: str, is_weighted: bool
    ) -> Any:
        size = shape_of(x)[axis:][:1]
        turned = _TURNED[norm]
        return (
            inverse_real_fourier(
                grad, size, axis=axis, norm=turned, is_weighted=not is_weighted
            ),
        )


class InverseRealFourier(Primitive):
    """The real numbers along an axis whose transform begins with these bins.

    Where it is weighted, those bins are halved that stand for two of the whole transform.
    """

    vectorize = batching.along("axis")
    has_one_input = True
    public = "irfft"
    needs = ()

    def infer(
        self,
        x: TensorSpec,
        length: Any = None,
        *,
        shape: Any,
        axis: int,
        norm: str,
        is_weighted: bool,
    ) -> TensorSpec:
        """The length along the axis, which `shape` holds as its only size."""
        dtype = check_dtypes(self, (x,), COMPLEXES)
        _check_norm(self.public, norm)
        size = None if shape is None else _only_size(shape, self.public)
        sizes: Any = x.sizes
        if sizes is not None:
            place = normalized_axis(axis, len(sizes), self.public)
            bins = None if size is None else count_bins(size)
            if None not in (bins, sizes[place]) and sizes[place] != bins:
                raise InvalidArgumentError(
                    f"{self.public} expected {bins} bins for a length of {size}. "
                    f"Received: shape={x.shape}"
                )
            sizes = _with_size(sizes, place, size)
        is_single = dtype == dtypes.complex64
        return TensorSpec.of(sizes, dtypes.float32 if is_single else dtypes.float64)

    def kernel(
        self,
        x: Any,
        length: Any = None,
        *,
        shape: Any,
        axis: int,
        norm: str,
        is_weighted: bool,
    ) -> Any:
        (size,), way = target_shape(shape, length), _known(norm)
        if size < 0 or x.shape[axis] != count_bins(size):
            raise ValueError("another number of bins")
        if not x.size:
            result = _with_size(x.shape, axis % x.ndim, size)
            return np.zeros(result, np.float32 if x.itemsize == 8 else np.float64)
        if is_weighted:
            x = x.copy()
            x[_doubled_bins(size, axis, x.ndim)] *= 0.5
        return fourier_module().irfft(contiguous(x), size, axis, way)

    def gradient(
        self,
        grad: Any,
        output: Any,
        x: Any,
        length: Any = None,
        *,
        shape: Any,
        axis: int,
        norm: str,
        is_weighted: bool,
    ) -> Any:
        turned = real_fourier(grad, axis=axis, norm=_TURNED[norm], is_weighted=not is_weighted)
        return (turned,) if length is None else (turned, None)


class CosineTransform(Primitive):
    """The discrete cosine transform of a kind from 1 to 4 along the last axis, or its adjoint.

    The matrix of the orthogonal second kind is the transpose of the third, that of the fourth its
    own; otherwise a first element, of the first kind also the last one, counts half or twice.
    """

    vectorize = batching.as_it_is
    public = "dct"
    has_one_input = True
    needs = ()

    def infer(self, x: TensorSpec, *, kind: int, norm: str, is_adjoint: bool) -> TensorSpec:
        """The same shape."""
        check_dtypes(self, (x,), SINGLES)
        least = 2 if kind == 1 else 0
        is_known = kind in (1, 2, 3, 4) and norm in ("backward", "ortho")[: 1 if kind == 1 else 2]
        has_room = x.sizes is None or (x.sizes != () and (x.sizes[-1] or least) >= least)
        if not is_known or not has_room:
            raise InvalidArgumentError(
                "dct expected a kind from 1 to 4, a norm of 'backward' or, not for the first kind, "
                "'ortho', and an axis, of at least two elements for the first kind. "
                f"Received: {kind=}, {norm=}, shape={x.shape}"
            )
        return x

    def kernel(self, x: Any, *, kind: int, norm: str, is_adjoint: bool) -> Any:
        if not x.ndim or (kind == 1 and (x.shape[-1] < 2 or norm != "backward")):
            raise ValueError("nothing to transform")
        if kind not in _TURNED_KINDS or norm not in ("backward", "ortho"):
            raise ValueError("no such transform")
        if not x.size:
            return x
        transform: Any = fourier_module().dct
        x = contiguous(x)
        if not is_adjoint:
            return transform(x, kind, norm=norm)
        if norm == "backward" and kind < 3:
            x = x.copy()
            x[..., :: x.shape[-1] - 1 if kind == 1 else x.shape[-1]] *= 2
        y = transform(x, _TURNED_KINDS[kind], norm=norm)
        if norm == "backward" and kind in (1, 3):
            y[..., :: y.shape[-1] - 1 if kind == 1 else y.shape[-1]] *= 0.5
        return y

    def gradient(
        self, grad: Any, output: Any, x: Any, *, kind: int, norm: str, is_adjoint: bool
    ) -> Any:
        return (cosine_transform(grad, kind=kind, norm=norm, is_adjoint=not is_adjoint),)


_TURNED_KINDS = {1: 1, 2: 3, 3: 2, 4: 4}


def count_bins(size: int) -> int:
    """How many bins real numbers have, which determine the rest; none if there are no numbers."""
    return size // 2 + 1 if size else 0


def _doubled_bins(size: int, axis: int, rank: int) -> Any:
    """The bins that stand for two: all but that of the mean and, of an even size, the last."""
    key: list[Any] = [slice(None)] * rank
    key[axis] = slice(1, (size + 1) // 2)
    return tuple(key)


def _with_size(sizes: Any, place: int, size: Any) -> Any:
    """The sizes with another one at a place."""
    return tuple([size if i == place else n for i, n in enumerate(sizes)])


def _only_size(shape: Any, name: str) -> Any:
    if len(shape) != 1 or (shape[0] is not None and shape[0] < 0):
        raise InvalidArgumentError(
            f"{name} expected one length of at least 0. Received: fft_length={shape}"
        )
    return shape[0]


def _known(norm: Any) -> Any:
    """The norm; NumPy takes None besides."""
    if norm not in _TURNED:
        raise ValueError("no norm")
    return norm


def _check_norm(name: str, norm: str) -> None:
    if norm not in _TURNED:
        raise InvalidArgumentError(
            f"{name} expected a norm of 'backward', 'ortho' or 'forward'. Received: norm={norm!r}"
        )


fourier = Fourier()
real_fourier = RealFourier()
cosine_transform = CosineTransform()
inverse_real_fourier_primitive = InverseRealFourier()


def inverse_real_fourier(x: Any, length: Any, **params: Any) -> Any:
    """Real numbers from bins; the length is a tuple of one size, or a vector of one element."""
    return apply_with_shape(inverse_real_fourier_primitive, (x,), length, **params)
