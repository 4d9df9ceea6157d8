"""Which pixels of a row become one pixel of a row of another length, and with which weights.

The kernels are those of Duchon, "Lanczos filtering in one and two dimensions", 1979; Mitchell and
Netravali, "Reconstruction filters in computer graphics", 1988; Keys, "Cubic convolution
interpolation for digital image processing", 1981. Positions are rounded as in TensorFlow.
"""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import numpy as np

from eagre.primitives.scipy_kernels import scipy_module


def _lanczos(radius: float) -> Any:
    def kernel(x: Any) -> Any:
        safe = np.where(x <= 1e-3, 1, x)
        angle = np.pi * safe
        wave = radius * np.sin(angle) * np.sin(angle / radius) / (angle * angle)
        return np.where(x <= 1e-3, 1, np.where(x > radius, 0, wave))

    return kernel


def _gaussian(x: Any) -> Any:
    return np.where(x >= 1.5, 0, np.exp(-x * x / 0.5))


def _triangle(x: Any) -> Any:
    return np.maximum(1 - x, 0)


_where: Any = np.where


def _keys(x: Any) -> Any:
    near: Any = (1.5 * x - 2.5) * x * x + 1
    far: Any = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return _where(x >= 2, 0, _where(x >= 1, far, near))


def _mitchell(x: Any) -> Any:
    near: Any = (7 / 6 * x - 2) * x * x + 8 / 9
    far: Any = ((-7 / 18 * x + 2) * x - 10 / 3) * x + 16 / 9
    return _where(x >= 2, 0, _where(x >= 1, far, near))


_KERNELS = {
    "lanczos3": (3.0, _lanczos(3.0)),
    "lanczos5": (5.0, _lanczos(5.0)),
    "gaussian": (1.5, _gaussian),
    "triangle": (1.0, _triangle),
    "keyscubic": (2.0, _keys),
    "mitchellcubic": (2.0, _mitchell),
}
METHODS = ("bilinear", "nearest", "bicubic", "area", *_KERNELS)


class Sampling(NamedTuple):
    """How a row of `before` pixels becomes one of `after`, computed in a dtype."""

    before: int
    after: int
    dtype: str
    method: str
    antialias: bool = False
    align_corners: bool = False
    half_pixel_centers: bool = True

    @property
    def is_linear(self) -> bool:
        """Whether each pixel lies between two neighbors."""
        return self.method == "bilinear"

    @property
    def scale(self) -> Any:
        """The distance between pixels, in those of the given row."""
        kind = np.dtype(self.dtype).type
        if self.align_corners and self.after > 1:
            return kind(self.before - 1) / kind(self.after - 1)
        return kind(self.before) / kind(self.after)

    def positions(self) -> Any:
        """Where the pixels lie in the given row."""
        kind = np.dtype(self.dtype).type
        places = np.arange(self.after).astype(kind)
        if self.half_pixel_centers:
            return (places + kind(0.5)) * self.scale - kind(0.5)
        return places * self.scale

    def nearest(self) -> Any:
        """The pixel to take for each."""
        kind = np.dtype(self.dtype).type
        places = np.arange(self.after).astype(kind)
        places = (places + kind(0.5) if self.half_pixel_centers else places) * self.scale
        # Halves are rounded away from zero.
        whole = np.floor(places + kind(0.5) if self.align_corners else places)
        return np.clip(whole.astype(np.int64), 0, self.before - 1)

    def neighbors(self) -> tuple[Any, Any, Any]:
        """The pixels before and after each, and the share of the latter."""
        return _neighbors(self)

    def matrix(self) -> Any:
        """The sparse matrix [after, before] of all weights."""
        return _matrix(self)

    def transposed(self) -> Any:
        """The transpose of the matrix."""
        return _transposed(self)


@functools.lru_cache(64)
def _neighbors(plan: Sampling) -> tuple[Any, Any, Any]:
    places = plan.positions()
    whole = np.floor(places)
    before = np.clip(whole.astype(np.int64), 0, None)
    after = np.clip(np.ceil(places).astype(np.int64), None, plan.before - 1)
    return before, np.maximum(after, 0), places - whole


@functools.lru_cache(64)
def _matrix(plan: Sampling) -> Any:
    columns, weights = _entries(plan)
    rows = np.broadcast_to(np.arange(plan.after)[:, None], columns.shape)
    is_used = weights != 0
    sparse, shape = scipy_module("sparse"), (plan.after, plan.before)
    entries = weights[is_used].astype(plan.dtype), (rows[is_used], columns[is_used])
    return sparse.csr_array(sparse.coo_array(entries, shape))


@functools.lru_cache(64)
def _transposed(plan: Sampling) -> Any:
    return scipy_module("sparse").csr_array(plan.matrix().T)


def _entries(plan: Sampling) -> tuple[Any, Any]:
    """For each pixel the places that it is made of, and their weights."""
    kind = np.dtype(plan.dtype).type
    if plan.method == "nearest":
        places = plan.nearest()[:, None]
        return places, np.ones_like(places, plan.dtype)
    if plan.is_linear:
        before, after, share = plan.neighbors()
        return np.stack([before, after], 1), np.stack([1 - share, share], 1)
    if plan.method == "bicubic":
        return _cubic(plan)
    if plan.method == "area":
        return _area(plan, kind)
    return _filtered(plan, kind)


def _cubic(plan: Sampling) -> tuple[Any, Any]:
    """Four pixels each, with the weights of the nearest of 1024 positions between two."""
    sharpness = -0.5 if plan.half_pixel_centers else -0.75
    positions = plan.positions()
    whole = np.floor(positions)
    share = positions - whole
    if plan.dtype == "float32":
        share = np.rint(share * np.float32(1024)) / np.float32(1024)

    def near(x: Any) -> Any:
        return ((sharpness + 2) * x - (sharpness + 3)) * x * x + 1

    def far(x: Any) -> Any:
        return ((sharpness * x - 5 * sharpness) * x + 8 * sharpness) * x - 4 * sharpness

    weights = np.stack([far(share + 1), near(share), near(1 - share), far(2 - share)], 1)
    places = whole.astype(np.int64)[:, None] + np.arange(-1, 3)
    inside = np.clip(places, 0, plan.before - 1)
    if plan.half_pixel_centers:
        weights = np.where(places == inside, weights, 0)
        weights /= weights.sum(1, keepdims=True)
    return inside, weights


def _area(plan: Sampling, kind: Any) -> tuple[Any, Any]:
    """All pixels that an interval touches, each weighted by the part that lies in it."""
    starts = np.arange(plan.after).astype(kind) * plan.scale
    ends = np.arange(1, plan.after + 1).astype(kind) * plan.scale
    first = np.floor(starts).astype(np.int64)
    count = int((np.ceil(ends) - first).max())
    places = first[:, None] + np.arange(count)
    low, high = np.maximum(places, starts[:, None]), np.minimum(places + 1, ends[:, None])
    weights = np.clip(high - low, 0, None) / plan.scale
    return np.clip(places, 0, plan.before - 1), weights


def _filtered(plan: Sampling, kind: Any) -> tuple[Any, Any]:
    """The pixels within the radius of a kernel, which is stretched where pixels get fewer."""
    radius, kernel = _KERNELS[plan.method]
    step = kind(1) / (kind(plan.after) / kind(plan.before))
    stretch = max(step, kind(1)) if plan.antialias else kind(1)
    centers = (np.arange(plan.after).astype(kind) + kind(0.5)) * step
    reach = kind(radius) * stretch
    first = np.ceil(centers - reach - kind(0.5)).astype(np.int64)
    last = np.floor(centers + reach - kind(0.5)).astype(np.int64)
    first, last = (np.clip(each, 0, plan.before - 1) for each in (first, last))
    places = first[:, None] + np.arange(int((last - first).max()) + 1)
    distances = np.abs(places.astype(kind) + kind(0.5) - centers[:, None])
    weights = np.where(places <= last[:, None], kernel(distances / stretch), 0)
    total = weights.sum(1, keepdims=True)
    weights = np.where(np.abs(total) < 1e-30, 0, weights) / np.where(total == 0, 1, total)
    return np.clip(places, 0, plan.before - 1), weights
