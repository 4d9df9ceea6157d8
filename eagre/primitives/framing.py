"""Frames of a signal, which may overlap, and their sum: each is the gradient of the other.

`axis` counts from the end: it is that of the samples, in whose place come frames and their length.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from eagre.core.errors import InvalidArgumentError
from eagre.core.outline import SMALL
from eagre.core.primitive import Primitive
from eagre.core.shapes import are_compatible
from eagre.core.specs import TensorSpec
from eagre.primitives import batching
from eagre.primitives.families import (
    NUMBERS,
    Moving,
    apply_with_shape,
    as_dtype,
    check_dtypes,
    contiguous,
    shape_of,
    target_shape,
)


def count_frames(samples: int, length: int, step: int) -> int:
    """How many whole frames there are."""
    return max(1 + (samples - length) // step, 0)


def _framed(sizes: Any, length: int, step: int, axis: int) -> Any:
    """The sizes of the frames of a tensor, in which None is an unknown size."""
    if not -len(sizes) <= axis < 0 or length < 0 or step < 1:
        raise InvalidArgumentError(
            f"frame expected an axis in [{-len(sizes)}, -1], a length of at least 0 and a step of "
            f"at least 1. Received: {axis=}, {length=}, {step=}"
        )
    place, samples = axis % len(sizes), sizes[axis]
    frames = None if samples is None else count_frames(samples, length, step)
    return (*sizes[:place], frames, length, *sizes[place + 1 :])


class Frames(Moving):
    """Parts of `length` elements that begin `step` apart: a view, whose parts share elements."""

    vectorize = batching.as_it_is
    has_one_input = True
    public = "frame"

    def infer(self, x: TensorSpec, *, length: int, step: int, axis: int) -> TensorSpec:
        """[..., frames, length, ...]."""
        if x.sizes is None:
            return TensorSpec.of(None, x.dtype)
        return TensorSpec.of(_framed(x.sizes, length, step, axis), x.dtype)

    def kernel(self, x: Any, *, length: int, step: int, axis: int) -> Any:
        shape = _framed(x.shape, length, step, axis)
        place, stride = axis % x.ndim, x.strides[axis]
        strides = (*x.strides[:place], step * stride, stride, *x.strides[place + 1 :])
        if x.flags.c_contiguous and x.dtype.kind in "biufc":
            view = np.ndarray(shape, x.dtype, x, 0, strides)
        else:
            view = as_strided(x, shape, strides)
        return view.copy() if SMALL < x.nbytes > 2 * view.nbytes else view

    def gradient(
        self, grad: Any, output: Any, x: Any, *, length: int, step: int, axis: int
    ) -> Any:
        return (add_frames(grad, shape_of(x), length=length, step=step, axis=axis),)


class FramesAdded(Primitive):
    """Zeros of a shape to which frames are added, `step` apart."""

    vectorize = batching.shaped
    public = "frame"
    needs = ()

    def infer(
        self, x: TensorSpec, sizes: Any = None, *, shape: Any, length: int, step: int, axis: int
    ) -> TensorSpec:
        """The shape asked for."""
        dtype = check_dtypes(self, (x,), NUMBERS)
        if shape is not None:
            self._check(x.sizes, shape, length, step, axis)
        return TensorSpec.of(shape, dtype)

    def _check(self, sizes: Any, shape: Any, length: int, step: int, axis: int) -> None:
        expected = _framed(shape, length, step, axis)
        if not are_compatible(expected, sizes) or min(n or 0 for n in shape) < 0:
            raise InvalidArgumentError(
                f"frame expected frames of shape {expected} for a signal of shape "
                f"{tuple(shape)}. Received: shape={sizes}"
            )

    def kernel(
        self, x: Any, sizes: Any = None, *, shape: Any, length: int, step: int, axis: int
    ) -> Any:
        shape = target_shape(shape, sizes)
        self._check(x.shape, shape, length, step, axis)
        place = axis % len(shape)
        frames = x.shape[place]
        lead, rest, samples = prod(shape[:place]), prod(shape[place + 1 :]), shape[place]
        pieces, dtype = -(-length // step), x.dtype
        if dtype.itemsize == 2 and dtype.kind not in "iu":
            x = x.astype(np.float32)
        x = contiguous(x).reshape(lead, frames, length, rest)
        sums = np.zeros((lead, max((frames + pieces) * step, samples), rest), x.dtype)
        # Frames are cut into pieces of a step, which do not overlap: the last of each come first.
        for start in range((pieces - 1) * step, -1, -step):
            piece = x[:, :, start : start + step]
            places = sums[:, start : start + frames * step].reshape(lead, frames, step, rest)
            places[:, :, : piece.shape[2]] += piece
        return as_dtype(contiguous(sums[:, :samples]).reshape(shape), dtype)

    def gradient(
        self,
        grad: Any,
        output: Any,
        x: Any,
        sizes: Any = None,
        *,
        shape: Any,
        length: int,
        step: int,
        axis: int,
    ) -> Any:
        grads = (frames_of(grad, length=length, step=step, axis=axis),)
        return grads if sizes is None else (*grads, None)


frames_primitive = Frames()
frames_added = FramesAdded()


def frames_of(x: Any, *, length: int, step: int, axis: int) -> Any:
    """The parts of `length` elements along an axis that begin `step` apart."""
    return frames_primitive.door(x, length=length, step=step, axis=axis)


def add_frames(x: Any, shape: Any, *, length: int, step: int, axis: int) -> Any:
    """The sum of frames, `step` apart, in a shape: a tuple, or a vector of sizes."""
    return apply_with_shape(frames_added, (x,), shape, length=length, step=step, axis=axis)
