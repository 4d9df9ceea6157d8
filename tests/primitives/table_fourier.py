"""Records of fourier.py and framing.py in eagre/primitives."""

import numpy as np

from eagre.primitives import fourier, framing
from tests.primitives.record import (
    COMPLEX,
    EVERYTHING,
    NUMBERS,
    Record,
    fixed,
    of,
    rough,
    sample,
    wide,
)

NORMS = ("backward", "ortho", "forward")


def waves(rows, columns, sign, norm, size):
    """e^(sign 2 pi i row column / size) in extended precision, with the factor of the norm."""
    steps = np.outer(np.arange(rows), np.arange(columns)) % max(size, 1)
    angle = 2 * np.arctan2(np.longdouble(0), np.longdouble(-1)) * steps / max(size, 1)
    power = {"ortho": 0.5, "backward": 0, "forward": 1}[norm]
    factor = np.longdouble(max(size, 1)) ** -np.longdouble(power)
    return factor * (np.cos(angle) + sign * 1j * np.sin(angle))


def along(axis, x, matrix):
    """The vectors along an axis times a matrix."""
    return np.moveaxis(np.moveaxis(x, axis, -1) @ matrix, -1, axis)


def transformed(x, axes, norm, is_inverse):
    norm = {"backward": "forward", "forward": "backward"}.get(norm, norm) if is_inverse else norm
    for axis in axes:
        size = x.shape[axis]
        x = along(axis, x, waves(size, size, 1 if is_inverse else -1, norm, size))
    return x


def weights(bins, size):
    """Two for each bin that stands for two."""
    return np.array([1 if k == 0 or 2 * k == size else 2 for k in range(bins)])


def half_transformed(x, axis, norm, is_weighted):
    size = x.shape[axis]
    bins = size // 2 + 1 if size else 0
    matrix = waves(size, bins, -1, norm, size)
    return along(axis, x, matrix * weights(bins, size) if is_weighted else matrix)


def joined(x, length=None, *, shape, axis, norm, is_weighted):
    """The real part of the sum of all waves, where a weighted bin stands for itself only."""
    (size,) = shape if length is None else length.tolist()
    norm = {"backward": "forward", "forward": "backward"}.get(norm, norm)
    bins = x.shape[axis]
    matrix = waves(bins, size, 1, norm, size)
    if not is_weighted:
        matrix = matrix * weights(bins, size)[:, None]
    return along(axis, x, matrix).real


def inverse(bins, size, axis=-1, norm="backward", is_weighted=False, shape=None):
    """A sample of bins along the last of two axes, or the first, that become real numbers."""
    draw = of(2, bins) if axis in (-1, 1) else of(bins, 2)
    return sample(draw, shape=(size,), axis=axis, norm=norm, is_weighted=is_weighted)


def frames(x, length, step, axis):
    """Frame by frame, by slices."""
    x = np.moveaxis(x, axis, 0)
    parts = [x[start : start + length] for start in range(0, len(x) - length + 1, step)]
    whole = np.stack(parts) if parts else np.zeros((0, length, *x.shape[1:]), x.dtype)
    return np.moveaxis(whole, (0, 1), (axis - 1, axis))


def frames_added(x, sizes=None, *, shape, length, step, axis):
    """Frame by frame, into a signal of zeros."""
    result = np.zeros(shape if sizes is None else sizes, x.dtype)
    signal, x = np.moveaxis(result, axis, 0), np.moveaxis(x, (axis - 1, axis), (0, 1))
    for number, part in enumerate(x):
        signal[number * step : number * step + length] += part
    return result


def cosines(x, kind, norm, is_adjoint):
    """The vectors along the last axis times the matrix of the transform."""
    size = x.shape[-1]
    angle = np.arctan2(np.longdouble(0), np.longdouble(-1)) / max(size - (kind == 1), 1)
    to, of_x = np.arange(size)[:, None], np.arange(size)
    half = {1: (0, 0), 2: (0, 0.5), 3: (0.5, 0), 4: (0.5, 0.5)}[kind]
    matrix = 2 * np.cos(angle * (to + half[0]) * (of_x + half[1]))
    if kind in (1, 3):
        matrix[:, :1] *= 0.5
    if kind == 1:
        matrix[:, -1:] *= 0.5
    if norm == "ortho":
        matrix /= np.sqrt(np.longdouble(2 * max(size, 1)))
        first = np.sqrt(np.longdouble(0.5))
        if kind == 2:
            matrix[:1] *= first
        if kind == 3:
            matrix[:, :1] /= first
    return x @ (matrix if is_adjoint else matrix.T)


COSINES = [
    sample(of(*shape), kind=kind, norm=norm, is_adjoint=is_adjoint)
    for kind, norm, shape in (
        (1, "backward", (2, 4)), (1, "backward", (2,)), (2, "backward", (2, 3)),
        (2, "ortho", (4,)), (3, "backward", (5,)), (3, "ortho", (2, 1)), (4, "backward", (3,)),
        (4, "ortho", (2, 2, 4)), (2, "backward", (0, 3)), (3, "ortho", (2, 0)),
    )
    for is_adjoint in (False, True)
]  # fmt: skip

FRAMES = [
    sample(of(*shape), length=length, step=step, axis=axis)
    for shape, length, step, axis in (
        ((7,), 3, 2, -1), ((2, 5), 2, 2, -1), ((5, 2), 3, 1, -2), ((2, 6, 1), 1, 3, -2),
        ((3,), 4, 1, -1), ((0, 3), 2, 1, -1), ((4,), 4, 5, -1),
    )
]  # fmt: skip
ADDED = [
    *[
        sample(of(*frames), shape=shape, length=frames[axis], step=step, axis=axis)
        for frames, shape, step, axis in (
            ((3, 3), (7,), 2, -1), ((2, 2, 2), (2, 5), 2, -1), ((3, 3, 2), (5, 2), 1, -2),
            ((2, 1), (6,), 3, -1), ((0, 4), (3,), 1, -1), ((0, 2, 2), (0, 3), 1, -1),
        )
    ],
    sample(of(3, 3), fixed([7], "int32"), shape=(None,), length=3, step=2, axis=-1).but(
        has_known_shape=False
    ),
]  # fmt: skip

UNKNOWN = {"shape": (None,), "axis": -1, "norm": "backward", "is_weighted": False}

RECORDS = [
    Record(
        fourier.cosine_transform,
        [*COSINES, rough(of(3, 64), kind=2, norm="ortho", is_adjoint=False)],
        wide(cosines),
        takes=("float32", "float64"),
        ulps=16,
        floor=4.0,
    ),
    Record(framing.frames_primitive, FRAMES, frames, takes=EVERYTHING),
    Record(framing.frames_added, ADDED, wide(frames_added), takes=NUMBERS, ulps=2, floor=4.0),
    Record(
        fourier.fourier,
        [
            *[
                sample(of(2, 3), axes=(-1,), norm=norm, is_inverse=is_inverse)
                for norm in NORMS
                for is_inverse in (False, True)
            ],
            sample(of(2, 3), axes=(0, 1), norm="backward", is_inverse=True),
            sample(of(3, 2, 2), axes=(-1, 0), norm="ortho", is_inverse=False),
            sample(of(2, 2), axes=(), norm="backward", is_inverse=False),
            sample(of(0, 3), axes=(-1,), norm="backward", is_inverse=False),
            sample(of(2, 0), axes=(-2, -1), norm="backward", is_inverse=True),
            rough(of(3, 64), axes=(1,), norm="backward", is_inverse=False),
            rough(of(29), axes=(0,), norm="forward", is_inverse=False),
        ],
        wide(transformed),
        takes=COMPLEX,
        complex_ulps=16,
        floor=4.0,
    ),
    Record(
        fourier.real_fourier,
        [
            *[
                sample(of(2, size), axis=-1, norm=norm, is_weighted=is_weighted)
                for size, norm in ((4, "backward"), (5, "ortho"), (3, "forward"))
                for is_weighted in (False, True)
            ],
            sample(of(4, 2), axis=0, norm="backward", is_weighted=True),
            sample(of(1), axis=-1, norm="backward", is_weighted=True),
            sample(of(2), axis=0, norm="backward", is_weighted=True),
            sample(of(2, 0), axis=-1, norm="backward", is_weighted=False),
            sample(of(0, 2), axis=1, norm="forward", is_weighted=True),
            rough(of(3, 64), axis=1, norm="backward", is_weighted=False),
        ],
        wide(half_transformed),
        takes=("float32", "float64"),
        gives="complex",
        complex_ulps=16,
        floor=4.0,
    ),
    Record(
        fourier.inverse_real_fourier_primitive,
        [
            *[
                inverse(size // 2 + 1, size, -1, norm, is_weighted)
                for size, norm in ((4, "backward"), (5, "ortho"), (3, "forward"))
                for is_weighted in (False, True)
            ],
            inverse(3, 4, axis=0, is_weighted=True),
            inverse(1, 1),
            inverse(2, 2, is_weighted=True),
            inverse(0, 0),
            sample(of(0, 2), shape=(3,), axis=1, norm="ortho", is_weighted=False),
            sample(of(2, 3), fixed([4], "int32"), **UNKNOWN).but(has_known_shape=False),
            rough(of(3, 33), shape=(64,), axis=1, norm="backward", is_weighted=False),
        ],
        wide(joined),
        takes=COMPLEX,
        gives="modulus",
        ulps=16,
        complex_ulps=16,
        floor=4.0,
    ),
]
