"""The NumPy code of convolution: three bilinear functions of inputs `x`, filters and outputs `y`.

Arrays are row-major and `x` [batch, *space, in] has its padding. Each function comes in two
forms: by matrix products, and by channel, where each group of channels has a single input.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from eagre.primitives.families import contiguous
from eagre.primitives.geometry import known_windows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from eagre.primitives.geometry import Windows

# Windows are copied into a matrix, a megabyte of float32 at a time: it stays in cache.
BLOCK = 1 << 18
SHORT = 12
"""Elements of a window that lie side by side: fewer are copied tap by tap, not row by row."""

_sum_of_products: Any = np.einsum


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
    depth, out = sizes[-1], y.shape[-1]
    taps = [(filters[tap].T, x[key]) for tap, key in windows.taps()]
    for part in _parts(y, depth):
        grads = y[part]
        rows = grads.reshape(prod(grads.shape[:-1]), out)
        product = np.empty((*grads.shape[:-1], depth), y.dtype)
        flat = product.reshape(len(rows), depth)
        for matrix, places in taps:
            place = places[part]
            np.dot(rows, matrix, flat)
            np.add(place, product, place)
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
    lead = 1 + len(windows.counts)
    is_turned = _is_short(x, windows)
    # NumPy copies what lies side by side at once: few elements of a window, or a row of windows.
    order = (*range(lead, view.ndim), *range(lead)) if is_turned else tuple(range(view.ndim))
    size = prod(view.shape[1:])
    step = min(batch, max(1, (BLOCK // 8 if is_turned else BLOCK) // size))
    buffer = np.empty(step * size, x.dtype)
    for start in range(0, batch, step):
        part = view[start : start + step].transpose(order)
        flat = buffer[: part.size]
        np.copyto(flat.reshape(part.shape), part)
        count = part.size // taps
        rows = flat.reshape(taps, count).T if is_turned else flat.reshape(count, taps)
        yield slice(start, min(start + step, batch)), rows


def _is_short(x: Any, windows: Windows) -> bool:
    """Whether so few elements of a window lie side by side that rows of windows are longer."""
    depth = x.shape[-1]
    together = depth * windows.window[-1] if windows.dilations[-1] == 1 else depth
    return depth == 1 or together < SHORT


def _window_view(x: Any, windows: Windows) -> Any:
    """[batch, *counts, *window, in], without a copy."""
    batch, *space, channel = x.strides
    steps = [n * stride for n, stride in zip(windows.strides, space, strict=True)]
    gaps = [n * stride for n, stride in zip(windows.dilations, space, strict=True)]
    shape = (len(x), *windows.counts, *windows.window, x.shape[-1])
    return np.ndarray(shape, x.dtype, x, 0, (batch, *steps, *gaps, channel))


# By channel -------------------------------------------------------------------------------------
# A row of windows, all channels of it, is one axis: sums of products run along it.


def _convolve_by_channel(x: Any, filters: Any, windows: Windows) -> Any:
    out = filters.shape[-1]
    rows = _row_view(_repeated(x, out), windows)
    weights = np.repeat(filters, windows.counts[-1], -2).reshape(*windows.window, rows.shape[-1])
    lead, taps = _letters(windows)
    y = _sum_of_products(f"{lead}{taps}z,{taps}z->{lead}z", rows, weights)
    return y.reshape(len(x), *windows.counts, out)


def _spread_by_channel(y: Any, filters: Any, windows: Windows, sizes: Any) -> Any:
    whole = (*sizes[:-1], y.shape[-1])
    is_dense = max(windows.strides) == 1
    x = (_spread_densely if is_dense else _spread_by_taps)(y, filters, windows, whole)
    if whole == tuple(sizes):
        return x
    return np.add.reduce(x.reshape(*sizes, y.shape[-1] // sizes[-1]), -1, x.dtype)


def _spread_densely(y: Any, filters: Any, windows: Windows, sizes: Any) -> Any:
    """Where windows begin everywhere: a convolution with the filters turned round."""
    gaps = zip(windows.window, windows.dilations, strict=True)
    margins = [(size - 1) * dilation for size, dilation in gaps]
    padding = tuple([(margin, margin) for margin in margins])
    turned = known_windows(
        "conv", y.shape[1:-1], windows.window, strides=windows.strides, padding=padding,
        dilations=windows.dilations, first_axis=1,
    )  # fmt: skip
    around = (slice(None, None, -1),) * len(margins)
    return _convolve_by_channel(turned.padded(y), filters[around], turned).reshape(sizes)


def _spread_by_taps(y: Any, filters: Any, windows: Windows, sizes: Any) -> Any:
    x = np.zeros(sizes, y.dtype)
    for part in _parts(y, y.shape[-1]):
        grads = y[part]
        product = np.empty_like(grads)
        for tap, key in windows.taps():
            np.multiply(grads, np.repeat(filters[tap], windows.counts[-1], 0), product)
            place = x[key][part]
            np.add(place, product, place)
    return x


def _match_by_channel(x: Any, y: Any, windows: Windows) -> Any:
    out, count = y.shape[-1], windows.counts[-1]
    rows = _row_view(_repeated(x, out), windows)
    grads = y.reshape(*y.shape[:-2], count * out)
    sums = np.zeros((*windows.window, count * out), x.dtype)
    lead, taps = _letters(windows)
    step = max(1, BLOCK // max(1, prod(y.shape[1:])))
    for start in range(0, len(y), step):
        part = slice(start, start + step)
        sums += _sum_of_products(f"{lead}{taps}z,{lead}z->{taps}z", rows[part], grads[part])
    return np.add.reduce(sums.reshape(*windows.window, 1, count, out), -2, x.dtype)


def _row_view(x: Any, windows: Windows) -> Any:
    """[batch, *counts, *window, elements], the last axis of counts being one with the channels."""
    depth, count = x.shape[-1], windows.counts[-1]
    stride, gap = windows.strides[-1], windows.dilations[-1] * x.strides[-2]
    if stride != 1:
        shape = (*x.shape[:-2], windows.window[-1], count, depth)
        columns = (*x.strides[:-2], gap, stride * x.strides[-2], x.strides[-1])
        x = np.ndarray(shape, x.dtype, x, 0, columns).copy()
        gap = x.strides[-3]
    batch, *space = x.strides[: len(windows.window)]
    steps = [n * stride for n, stride in zip(windows.strides, space, strict=False)]
    gaps = [n * stride for n, stride in zip(windows.dilations, space, strict=False)]
    shape = (len(x), *windows.counts[:-1], *windows.window, count * depth)
    return np.ndarray(shape, x.dtype, x, 0, (batch, *steps, *gaps, gap, x.itemsize))


def _letters(windows: Windows) -> tuple[str, str]:
    """Labels for the batch and all counts but the last, and for the window."""
    rank = len(windows.window)
    return "nhd"[:rank], "ijk"[:rank]


def _parts(y: Any, depth: int) -> list[tuple[slice, slice]]:
    """Keys of parts of `y` so small that `depth` elements for each place stay in cache."""
    row = prod(y.shape[2:-1]) * depth
    size = row * y.shape[1]
    if size <= BLOCK:
        step, whole = max(1, BLOCK // max(1, size)), slice(None)
        return [(slice(start, start + step), whole) for start in range(0, len(y), step)]
    step = max(1, BLOCK // row)
    rows = [slice(start, start + step) for start in range(0, y.shape[1], step)]
    return [(slice(image, image + 1), part) for image in range(len(y)) for part in rows]


def _repeated(x: Any, out: int) -> Any:
    """The channels so often that there is one for each output channel."""
    depth = x.shape[-1]
    return x if depth == out else np.repeat(x, out // depth, -1)
