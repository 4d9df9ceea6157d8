"""The NumPy code of convolution: three bilinear functions of inputs `x`, filters and outputs `y`.

Arrays are row-major and `x` [batch, *space, in] has its padding. Each function comes in two
forms: by matrix products, and by channel, where each group of channels has a single input.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from eagre.primitives.families import contiguous

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from eagre.primitives.geometry import Windows

# Windows are copied into the rows of a matrix, a megabyte of float32 at a time: it stays in cache.
BLOCK = 1 << 18


def convolve(x: Any, filters: Any, windows: Windows) -> Any:
    """`y`: the products of each window of `x` with the filters."""
    groups = x.shape[-1] // filters.shape[-2]
    if groups > 1 and filters.shape[-2] == 1:
        return _convolve_by_channel(x, filters, windows)
    return _by_group(lambda a, b: _convolve(a, b, windows), x, filters, groups)


def spread(y: Any, filters: Any, windows: Windows, sizes: Any) -> Any:
    """`x` of the given sizes: the products of `y` with the filters, added up where they overlap."""
    groups = sizes[-1] // filters.shape[-2]
    if groups > 1 and filters.shape[-2] == 1:
        return _spread_by_channel(y, filters, windows, sizes)
    sizes = (*sizes[:-1], filters.shape[-2])
    return _by_group(lambda a, b: _spread(a, b, windows, sizes), y, filters, groups)


def match(x: Any, y: Any, windows: Windows, sizes: Any) -> Any:
    """Filters of the given sizes: the products of the windows of `x` with `y`, added up."""
    groups = x.shape[-1] // sizes[-2]
    if groups > 1 and sizes[-2] == 1:
        return _match_by_channel(x, y, windows)
    return _by_group(lambda a, b: _match(a, b, windows), x, y, groups)


def _by_group(function: Callable[[Any, Any], Any], a: Any, b: Any, groups: int) -> Any:
    if groups == 1:
        return function(a, b)
    pairs = zip(np.split(a, groups, -1), np.split(b, groups, -1), strict=True)
    return np.concatenate([function(contiguous(x), contiguous(y)) for x, y in pairs], -1)


# By matrix products -----------------------------------------------------------------------------


def _convolve(x: Any, filters: Any, windows: Windows) -> Any:
    out = filters.shape[-1]
    matrix = filters.reshape(prod(filters.shape[:-1]), out)
    y = np.empty((len(x), *windows.counts, out), x.dtype)
    for part, rows in _blocks(x, windows):
        np.dot(rows, matrix, y[part].reshape(len(rows), out))
    return y


def _spread(y: Any, filters: Any, windows: Windows, sizes: Any) -> Any:
    x = np.zeros(sizes, y.dtype)
    rows = y.reshape(prod(y.shape[:-1]), y.shape[-1])
    for tap, key in windows.taps():
        place = x[key]
        np.add(place, rows.dot(filters[tap].T).reshape(place.shape), place)
    return x


def _match(x: Any, y: Any, windows: Windows) -> Any:
    out = y.shape[-1]
    filters = np.zeros((prod(windows.window) * x.shape[-1], out), x.dtype)
    for part, rows in _blocks(x, windows):
        filters += rows.T.dot(y[part].reshape(len(rows), out))
    return filters.reshape(*windows.window, x.shape[-1], out)


def _blocks(x: Any, windows: Windows) -> Iterator[tuple[slice, Any]]:
    """Some images at a time: their place in the batch, and their windows as rows of a matrix."""
    view = _window_view(x, windows)
    batch, taps = len(x), prod(windows.window) * x.shape[-1]
    if view.flags.c_contiguous:
        yield slice(0, batch), view.reshape(view.size // taps, taps)
        return
    step = min(batch, max(1, BLOCK // prod(view.shape[1:])))
    buffer = np.empty((step, *view.shape[1:]), x.dtype)
    for start in range(0, batch, step):
        part = view[start : start + step]
        rows = buffer[: len(part)]
        np.copyto(rows, part)
        yield slice(start, start + len(part)), rows.reshape(rows.size // taps, taps)


def _window_view(x: Any, windows: Windows) -> Any:
    """[batch, *counts, *window, in], without a copy."""
    batch, *space, channel = x.strides
    steps = [n * stride for n, stride in zip(windows.strides, space, strict=True)]
    gaps = [n * stride for n, stride in zip(windows.dilations, space, strict=True)]
    shape = (len(x), *windows.counts, *windows.window, x.shape[-1])
    return as_strided(x, shape, (batch, *steps, *gaps, channel), writeable=False)


# By channel -------------------------------------------------------------------------------------


def _convolve_by_channel(x: Any, filters: Any, windows: Windows) -> Any:
    x = _repeated(x, filters.shape[-1])
    y = np.zeros((len(x), *windows.counts, filters.shape[-1]), x.dtype)
    for part in _parts(y):
        images, sums = x[part], y[part]
        product = np.empty_like(sums)
        for tap, key in windows.taps():
            np.multiply(images[key], _row(filters[tap], windows), product)
            np.add(sums, product, sums)
    return y


def _spread_by_channel(y: Any, filters: Any, windows: Windows, sizes: Any) -> Any:
    x = np.zeros((*sizes[:-1], y.shape[-1]), y.dtype)
    for part in _parts(y):
        images, grads = x[part], y[part]
        product = np.empty_like(grads)
        for tap, key in windows.taps():
            np.multiply(grads, _row(filters[tap], windows), product)
            place = images[key]
            np.add(place, product, place)
    if x.shape == tuple(sizes):
        return x
    return np.add.reduce(x.reshape(*sizes, y.shape[-1] // sizes[-1]), -1, x.dtype)


def _match_by_channel(x: Any, y: Any, windows: Windows) -> Any:
    out = y.shape[-1]
    x = _repeated(x, out)
    filters = np.zeros((*windows.window, 1, out), x.dtype)
    for part in _parts(y):
        images, grads = x[part], y[part]
        product = np.empty_like(grads)
        sums = product.reshape(prod(product.shape[:-1]), out)
        ones = np.ones(len(sums), x.dtype)
        for tap, key in windows.taps():
            np.multiply(images[key], grads, product)
            filters[tap][0] += ones.dot(sums)
    return filters


def _row(filters: Any, windows: Windows) -> Any:
    """The filters [1, out] of one tap for a row of windows: NumPy's inner loop is then a row."""
    return np.repeat(filters, windows.counts[-1], 0)


def _parts(y: Any) -> list[slice]:
    """Slices of the batch so small that a product of all their elements stays in cache."""
    step = max(1, BLOCK // max(1, prod(y.shape[1:])))
    return [slice(start, start + step) for start in range(0, len(y), step)]


def _repeated(x: Any, out: int) -> Any:
    """The channels so often that there is one for each output channel."""
    times = out // x.shape[-1]
    return x if times == 1 else np.repeat(x, times, -1)
