"""Images in another size: each pixel of the result is a weighted sum of a few in rows and columns.

Which pixels have which weights stands in sampling_weights.py. The gradient applies the same
matrices transposed, and is a primitive whose gradient is the first one again.
"""

from __future__ import annotations

import functools
from collections import deque
from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.doors import apply
from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.shapes import format_sizes
from eagre.core.specs import TensorSpec
from eagre.primitives.batching import reshaped, sizes_of
from eagre.primitives.families import (
    FLOATS,
    REALS,
    apply_with_shape,
    check_dtypes,
    contiguous,
    shape_of,
    target_shape,
)
from eagre.primitives.sampling_weights import METHODS, Sampling
from eagre.primitives.scipy_kernels import scipy_module

_CACHE = 1 << 18
"""The bytes of a block of rows: what is computed from it finds it in the cache."""

_ROOM = 4 * _CACHE
_spare: deque[Any] = deque(maxlen=16)
"""Rooms given back: the first touch of new memory takes longer than what is computed there."""

_ENTRIES = 1 << 15
"""The entries of the matrix that resamples several rows at once along their columns."""


def _merged(primitive: Primitive, batched: Any, /, x: Any, *rest: Any, **params: Any) -> Any:
    """Examples and images along one axis."""
    if any(batched[1:]):
        return NotImplemented
    first, second, *sizes = sizes_of(x)
    found = apply(primitive, (reshaped(x, (first * second, *sizes)), *rest), params)
    return reshaped(found, (first, second, *sizes_of(found)[1:]))


class Resampling(Primitive):
    """What the two directions share; images are [batch, height, width, channels]."""

    public = "resize"
    is_exact = True  # Each image is computed by itself.
    vectorize = _merged
    needs = ()

    def infer(self, x: TensorSpec, sizes: Any = None, *, shape: Any, **sampling: Any) -> TensorSpec:
        """The height and the width asked for; integers become float32 if they are mixed."""
        is_nearest = sampling["method"] == "nearest"
        dtype = check_dtypes(self, (x,), self.taken(is_nearest))
        if sizes is not None:
            check_dtypes(self, (sizes,), frozenset({dtypes.int32}))
        if not dtype.is_floating and not is_nearest:
            dtype = dtypes.float32
        _check(x.sizes, shape, sampling)
        batch, channels = (None, None) if x.sizes is None else (x.sizes[0], x.sizes[3])
        height, width = (None, None) if shape is None else shape
        return TensorSpec.of((batch, height, width, channels), dtype)

    def taken(self, is_nearest: bool) -> Any:
        """The dtypes of images."""
        return REALS

    def kernel(
        self, x: Any, sizes: Any = None, *, shape: Any, out: Any = None, **sampling: Any
    ) -> Any:
        shape = target_shape(shape, sizes)
        _check(x.shape, shape, sampling)
        return self.compute(contiguous(x), shape, sampling, out)

    kernel_into = kernel

    def compute(self, x: Any, shape: Any, sampling: Any, out: Any) -> Any:
        """The images in the given height and width, in `out` if that fits the method."""
        raise NotImplementedError


def _check(sizes: Any, shape: Any, sampling: Any) -> None:
    """Refuse another rank, images without pixels and sizes that no image has."""
    if sampling["method"] not in METHODS:
        raise InvalidArgumentError(
            f"resize expected method to be one of {', '.join(METHODS)}. "
            f"Received: method={sampling['method']!r}"
        )
    if sizes is not None and (len(sizes) != 4 or 0 in sizes[1:3]):
        raise InvalidArgumentError(
            "resize expected images [batch, height, width, channels] with pixels. "
            f"Received: images.shape={format_sizes(sizes)}"
        )
    if shape is not None and (len(shape) != 2 or any(n is not None and n < 1 for n in shape)):
        raise InvalidArgumentError(
            "resize expected size to be a height and a width of at least 1. "
            f"Received: size={shape}"
        )


class Resample(Resampling):
    """Images in another height and width."""

    def compute(self, x: Any, shape: Any, sampling: Any, out: Any) -> Any:
        dtype = _computed_in(x.dtype)
        plans = [
            Sampling(before, after, dtype.name, **sampling)
            for before, after in zip(x.shape[1:3], shape, strict=True)
        ]
        if sampling["method"] == "nearest":
            return x.take(plans[0].nearest(), 1).take(plans[1].nearest(), 2)
        if plans[0].is_linear:
            return _mixed(x, plans, dtype, out)
        rows, columns = (plan.matrix() for plan in plans)
        return _products(x, rows, columns, dtype, tuple(plans))

    def gradient(
        self, grad: Any, output: Any, x: Any, sizes: Any = None, *, shape: Any, **sampling: Any
    ) -> Any:
        grads = (apply_with_shape(resample_back, (grad,), shape_of(x)[1:3], **sampling),)
        return grads if sizes is None else (*grads, None)


class ResampleBack(Resampling):
    """The transpose: from images of one size back to those of which they would be samples."""

    def taken(self, is_nearest: bool) -> Any:
        return FLOATS

    def compute(self, x: Any, shape: Any, sampling: Any, out: Any) -> Any:
        dtype = _computed_in(x.dtype)
        plans = [
            Sampling(before, after, dtype.name, **sampling)
            for before, after in zip(shape, x.shape[1:3], strict=True)
        ]
        rows, columns = (plan.transposed() for plan in plans)
        return _products(x, rows, columns, dtype, (*plans, "transposed"))

    def gradient(
        self, grad: Any, output: Any, x: Any, sizes: Any = None, *, shape: Any, **sampling: Any
    ) -> Any:
        grads = (apply_with_shape(resample, (grad,), shape_of(x)[1:3], **sampling),)
        return grads if sizes is None else (*grads, None)


def _computed_in(dtype: Any) -> Any:
    return np.dtype(np.float64 if dtype == np.float64 else np.float32)


def _given_as(dtype: Any, computed: Any) -> Any:
    """The dtype of the result: halves stay halves."""
    is_integer = dtype.kind in "iu"
    return computed if is_integer else dtype


def _mixed(x: Any, plans: Any, dtype: Any, out: Any) -> Any:
    """Each pixel between two rows and two columns: a + (b - a) share, which keeps equal ones.

    A block of rows at a time, with room that is used again, stays in the cache.
    """
    batch, height, width, channels = x.shape
    step = max(1, _CACHE // max(1, dtype.itemsize * width * channels))
    above, below, down = _rows(plans[0])
    left, right, across = _spread(plans[1], channels)
    whole = (batch, len(above), plans[1].after, channels)
    if out is None or out.shape != whole or out.dtype != dtype:
        out = np.empty(whole, dtype)
    result = out.reshape(batch, len(above), len(left))
    room = _room(step * (2 * width * channels + len(left)) * dtype.itemsize)
    near, far, beside = _parted(room.view(dtype), step, width * channels, len(left))
    for image, target in zip(x.reshape(batch, height, width * channels), result, strict=True):
        for start in range(0, len(above), step):
            part = slice(start, start + step)
            rows = target[part]
            a, b, c = near[: len(rows)], far[: len(rows)], beside[: len(rows)]
            a[...] = image.take(above[part], 0)
            b[...] = image.take(below[part], 0)
            b -= a
            b *= down[part] if down.ndim else down
            a += b
            # With "wrap" NumPy writes to the given room without one of its own.
            a.take(left, 1, rows, "wrap")
            a.take(right, 1, c, "wrap")
            c -= rows
            c *= across
            rows += c
    if room.nbytes == _ROOM:
        _spare.append(room)
    return out.astype(_given_as(x.dtype, dtype), copy=False)


def _room(size: int) -> Any:
    """At least so many bytes: those that an earlier call has given back, where they are enough."""
    if size <= _ROOM:
        try:
            return _spare.pop()
        except IndexError:  # All are in use, in other threads.
            size = _ROOM
    return np.empty(-(-size // 8) * 8, np.uint8)


def _parted(room: Any, step: int, width: int, after: int) -> Any:
    """Room for two blocks of rows before, and for one after, columns are mixed."""
    size = step * width
    near, far = room[: 2 * size].reshape(2, step, width)
    return near, far, room[2 * size : 2 * size + step * after].reshape(step, after)


@functools.lru_cache(64)
def _spread(plan: Sampling, channels: int) -> Any:
    """The neighbors of a plan for rows in which each pixel has several elements."""
    left, right, share = plan.neighbors()
    places = [(each[:, None] * channels + np.arange(channels)).ravel() for each in (left, right)]
    share = _as_one(share)
    return *places, np.repeat(share, channels) if share.ndim else share


@functools.lru_cache(64)
def _rows(plan: Sampling) -> Any:
    """The rows between which each row lies, and its share of the latter."""
    above, below, share = plan.neighbors()
    share = _as_one(share)
    return above, below, share[:, None] if share.ndim else share


def _as_one(share: Any) -> Any:
    """The shares, or the one that all pixels have: so it is where a size is a multiple."""
    return share[0] if (share == share[0]).all() else share


def _products(x: Any, rows: Any, columns: Any, dtype: Any, key: Any) -> Any:
    """The images between two sparse matrices: along the rows first, then along the columns."""
    batch, height, width, channels = x.shape
    count = max(1, min(rows.shape[0], _ENTRIES // max(1, columns.nnz)))
    block = _blocks(_Key(key, columns), count)
    after = columns.shape[0]
    result = np.empty((batch, rows.shape[0], after, channels), dtype)
    for image, target in zip(x, result, strict=True):
        wide = rows @ image.reshape(height, width * channels).astype(dtype, copy=False)
        for start in range(0, len(target), count):
            out = target[start : start + count]
            many = len(out)
            matrix = block if many == count else block[: many * after, : many * width]
            found = matrix @ wide[start : start + count].reshape(many * width, channels)
            out[...] = found.reshape(out.shape)
    return result.astype(_given_as(x.dtype, dtype), copy=False)


class _Key:
    """A matrix under the plan that it was made of, by which it is found again."""

    def __init__(self, key: Any, matrix: Any) -> None:
        self.key, self.matrix = key, matrix

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.key == other.key


@functools.lru_cache(32)
def _blocks(key: _Key, count: int) -> Any:
    """The matrix for several rows that stand one behind the other."""
    sparse = scipy_module("sparse")
    one = sparse.identity(count, dtype=key.matrix.dtype, format="csr")
    return sparse.csr_array(sparse.kron(one, key.matrix, "csr"))


resample = Resample()
resample_back = ResampleBack()
