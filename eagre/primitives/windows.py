"""Pooling: the largest element or the sum of each window, and what their gradients need.

Windows stretch over all axes of a tensor; along those that are not pooled their size is 1.
"""

from __future__ import annotations

from functools import lru_cache
from math import prod
from types import SimpleNamespace
from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.shapes import are_compatible, format_sizes
from eagre.core.specs import TensorSpec
from eagre.primitives import batched_windows
from eagre.primitives.families import (
    FLOATS,
    REALS,
    apply_with_shape,
    as_dtype,
    check_dtypes,
    contiguous,
    has_nan,
    shape_of,
    target_shape,
)
from eagre.primitives.geometry import Windows


class Pooling(Primitive):
    """What the operations on windows share: parameters with an entry for each axis."""

    vectorize = batched_windows.pooling

    def layout(self, sizes: Any, geometry: Any) -> Windows:
        """The windows in a tensor of the given sizes, None where the rank is unknown."""
        window, strides, padding = geometry["window"], geometry["strides"], geometry["padding"]
        return _layout(self.public, sizes, window, strides, padding)

    def name_for(self, geometry: Any) -> str:
        """The public name that messages begin with."""
        return f"{self.public}{len(geometry['window']) - 2}d"

    def check_dtype(self, spec: TensorSpec, allowed: Any, geometry: Any) -> dtypes.DType:
        """The dtype of the spec."""
        caller: Any = SimpleNamespace(public=self.name_for(geometry))
        return check_dtypes(caller, (spec,), allowed)

    def check_pooled(self, windows: Windows, pooled: Any) -> None:
        """Refuse a tensor that does not have one element for each window."""
        if not are_compatible(windows.counts, pooled):
            raise InvalidArgumentError(
                f"{self.name} expected a tensor of shape {format_sizes(windows.counts)}, one "
                f"element for each window. Received: shape={format_sizes(pooled)}"
            )


@lru_cache(maxsize=256)
def _layout(public: str, sizes: Any, window: Any, strides: Any, padding: Any) -> Windows:
    name = f"{public}{len(window) - 2}d"
    sizes = (None,) * len(window) if sizes is None else sizes
    if len(sizes) != len(window):
        raise InvalidArgumentError(
            f"{name} expected an input with {len(window)} axes. "
            f"Received: input.shape={format_sizes(sizes)}"
        )
    windows = Windows(
        name, sizes, window, strides=strides, padding=padding, dilations=(1,) * len(window),
        first_axis=0,
    )  # fmt: skip
    if padding is not None and _outweighs(padding, window):
        raise InvalidArgumentError(
            f"{name} expected padding that is smaller than the window, which would see "
            f"nothing else. Received: padding={padding}, ksize={window}"
        )
    return windows


def _outweighs(padding: Any, window: Any) -> bool:
    """Whether a window may see nothing but padding."""
    return any(max(pair) >= size for pair, size in zip(padding, window, strict=True))


class MaxPool(Pooling):
    """The largest element of each window, NaN left out; the least finite number if all are NaN."""

    has_one_input = True
    needs = ("x",)
    public = "max_pool"

    def infer(self, x: TensorSpec, **geometry: Any) -> TensorSpec:
        """The counts of windows."""
        dtype = self.check_dtype(x, REALS, geometry)
        return TensorSpec.of(self.layout(x.sizes, geometry).counts, dtype)

    def kernel(self, x: Any, **geometry: Any) -> Any:
        windows = self.layout(x.shape, geometry)
        _, best = _maxima(x, windows)
        return as_dtype(best, x.dtype)

    def gradient(self, grad: Any, output: Any, x: Any, **geometry: Any) -> Any:
        places = window_argmax(x, **geometry)
        return (put_in_windows(grad, places, shape_of(x), **geometry),)


def _maxima(x: Any, windows: Windows) -> tuple[Any, Any]:
    """The padded array and the largest element of each window."""
    least = lowest(x.dtype)
    padded = windows.padded(wide(x), least)
    best = _largest(padded, windows, least)
    if best.dtype.kind != "f" or not has_nan(best):
        return padded, best
    known = padded.copy()
    known[np.isnan(known)] = least
    return known, _largest(known, windows, least)


def _largest(padded: Any, windows: Windows, least: Any) -> Any:
    best = np.empty(windows.counts, padded.dtype)
    best.fill(least)
    for _, key in windows.taps():
        # Of -0.0 and 0.0 the second argument is kept: the one that came first in the window.
        np.maximum(padded[key], best, out=best)
    return best


class WindowArgmax(Pooling):
    """Where in each window its largest element stands: the first one wins a tie."""

    has_one_input = True
    stops_gradients = True
    public = "max_pool"

    def infer(self, x: TensorSpec, **geometry: Any) -> TensorSpec:
        """The counts of windows."""
        self.check_dtype(x, REALS, geometry)
        is_small = prod(geometry["window"]) < 256
        counts = self.layout(x.sizes, geometry).counts
        return TensorSpec.of(counts, dtypes.uint8 if is_small else dtypes.int32)

    def kernel(self, x: Any, **geometry: Any) -> Any:
        windows = self.layout(x.shape, geometry)
        padded, best = _maxima(x, windows)
        size = prod(windows.window)
        dtype = np.dtype(np.uint8 if size < 256 else np.int32)
        # Of each window the elements left to come when its maximum is met: arithmetic on small
        # integers is an order of magnitude faster than writing under a mask.
        rests = np.zeros(windows.counts, dtype)
        for number, (_, key) in enumerate(windows.taps()):
            is_best = np.equal(padded[key], best).view(np.uint8)
            np.maximum(rests, np.multiply(is_best, dtype.type(size - number)), out=rests)
        rests += (rests == 0).astype(dtype) * dtype.type(size)
        return dtype.type(size) - rests


class TakeFromWindows(Pooling):
    """From each window the element at the position that `places` names."""

    needs = ("places",)

    def infer(self, x: TensorSpec, places: TensorSpec, **geometry: Any) -> TensorSpec:
        """The counts of windows."""
        windows = self.layout(x.sizes, geometry)
        self.check_pooled(windows, places.sizes)
        return TensorSpec.of(windows.counts, self.check_dtype(x, FLOATS, geometry))

    def kernel(self, x: Any, places: Any, **geometry: Any) -> Any:
        windows = self.layout(x.shape, geometry)
        self.check_pooled(windows, places.shape)
        bits = windows.padded(contiguous(x)).view(_bits(x))
        result = np.zeros(windows.counts, bits.dtype)
        for number, (_, key) in enumerate(windows.taps()):
            result |= bits[key] & _mask(places == number, bits.dtype)
        return result.view(x.dtype)

    def gradient(self, grad: Any, output: Any, x: Any, places: Any, **geometry: Any) -> Any:
        return put_in_windows(grad, places, shape_of(x), **geometry), None


class PutInWindows(Pooling):
    """Zeros of a shape to which `y` is added, in each window at the position in `places`."""

    needs = ("places",)

    def infer(
        self, y: TensorSpec, places: TensorSpec, sizes: Any = None, *, shape: Any, **geometry: Any
    ) -> TensorSpec:
        """The shape asked for."""
        windows = self.layout(shape, geometry)
        self.check_pooled(windows, y.sizes)
        self.check_pooled(windows, places.sizes)
        return TensorSpec.of(shape, self.check_dtype(y, FLOATS, geometry))

    def kernel(self, y: Any, places: Any, sizes: Any = None, *, shape: Any, **geometry: Any) -> Any:
        shape = target_shape(shape, sizes)
        windows = self.layout(shape, geometry)
        self.check_pooled(windows, y.shape)
        self.check_pooled(windows, places.shape)
        dtype, y = y.dtype, contiguous(wide(y))
        bits = y.view(_bits(y))
        result = np.zeros(windows.padded_sizes(shape), y.dtype)
        for number, (_, key) in enumerate(windows.taps()):
            part, mask = result[key], _mask(places == number, bits.dtype)
            np.add(part, np.bitwise_and(bits, mask, mask).view(y.dtype), part)
        return as_dtype(contiguous(result[windows.inside(shape)]), dtype)

    def gradient(
        self,
        grad: Any,
        output: Any,
        y: Any,
        places: Any,
        sizes: Any = None,
        *,
        shape: Any,
        **geometry: Any,
    ) -> Any:
        grads = (take_from_windows(grad, places, **geometry), None)
        return grads if sizes is None else (*grads, None)


class SumPool(Pooling):
    """The sum of each window."""

    has_one_input = True
    needs = ()
    public = "avg_pool"

    def infer(self, x: TensorSpec, **geometry: Any) -> TensorSpec:
        """The counts of windows."""
        dtype = self.check_dtype(x, FLOATS, geometry)
        return TensorSpec.of(self.layout(x.sizes, geometry).counts, dtype)

    def kernel(self, x: Any, **geometry: Any) -> Any:
        windows = self.layout(x.shape, geometry)
        padded = windows.padded(wide(x))
        result: Any = None
        for _, key in windows.taps():
            part = padded[key]
            result = np.add(part, 0) if result is None else np.add(result, part, result)
        return as_dtype(result, x.dtype)

    def gradient(self, grad: Any, output: Any, x: Any, **geometry: Any) -> Any:
        return (spread_over_windows(grad, shape_of(x), **geometry),)


class SpreadOverWindows(Pooling):
    """Zeros of a shape to which each element of `y` is added all over its window."""

    needs = ()
    public = "avg_pool"

    def infer(self, y: TensorSpec, sizes: Any = None, *, shape: Any, **geometry: Any) -> TensorSpec:
        """The shape asked for."""
        self.check_pooled(self.layout(shape, geometry), y.sizes)
        return TensorSpec.of(shape, self.check_dtype(y, FLOATS, geometry))

    def kernel(self, y: Any, sizes: Any = None, *, shape: Any, **geometry: Any) -> Any:
        shape = target_shape(shape, sizes)
        windows = self.layout(shape, geometry)
        self.check_pooled(windows, y.shape)
        dtype, y = y.dtype, wide(y)
        result = np.zeros(windows.padded_sizes(shape), y.dtype)
        for _, key in windows.taps():
            part = result[key]
            np.add(part, y, part)
        return as_dtype(contiguous(result[windows.inside(shape)]), dtype)

    def gradient(
        self, grad: Any, output: Any, y: Any, sizes: Any = None, *, shape: Any, **geometry: Any
    ) -> Any:
        grads = (sum_pool(grad, **geometry),)
        return grads if sizes is None else (*grads, None)


def lowest(dtype: Any) -> Any:
    """The least finite number of a NumPy dtype."""
    return dtypes.from_numpy(dtype).min


def wide(x: Any) -> Any:
    """Halves as float32, in which they add up and compare as they do in their own dtype."""
    is_half = x.dtype.itemsize == 2 and x.dtype.kind not in "iu"
    return x.astype(np.float32) if is_half else x


def _bits(x: Any) -> Any:
    """The integers as wide as the elements."""
    return np.dtype(f"i{x.dtype.itemsize}")


def _mask(is_kept: Any, dtype: Any) -> Any:
    """All bits where it is true, none elsewhere: `&` with it is several times `np.where`."""
    mask = is_kept.view(np.int8).astype(dtype)
    return np.negative(mask, mask)


max_pool = MaxPool()
window_argmax = WindowArgmax()
take_from_windows = TakeFromWindows()
put_in_windows_primitive = PutInWindows()
sum_pool = SumPool()
spread_over_windows_primitive = SpreadOverWindows()


def put_in_windows(y: Any, places: Any, shape: Any, **geometry: Any) -> Any:
    """Zeros of a shape with `y` added at the places within the windows."""
    return apply_with_shape(put_in_windows_primitive, (y, places), shape, **geometry)


def spread_over_windows(y: Any, shape: Any, **geometry: Any) -> Any:
    """Zeros of a shape with each element of `y` added all over its window."""
    return apply_with_shape(spread_over_windows_primitive, (y,), shape, **geometry)
