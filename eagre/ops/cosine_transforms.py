"""Discrete cosine transforms, and those of overlapping frames."""

from __future__ import annotations

from math import sqrt
from typing import Any

from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError, UnimplementedError
from eagre.ops.fourier import of_rank, of_singles
from eagre.ops.framing import frame, overlap_and_add
from eagre.ops.lengths import as_length, larger, length_along, resized
from eagre.ops.shaping import cast
from eagre.ops.spectral_windows import vorbis_window
from eagre.primitives import comparison, fourier, rearrangement, turning
from eagre.primitives.checking import demand

_INVERSES = {1: 1, 2: 3, 3: 2, 4: 4}


def dct(
    input: Any,
    type: int = 2,
    n: Any = None,
    axis: int = -1,
    norm: Any = None,
    name: str | None = None,
) -> Any:
    """The discrete cosine transform along the last axis.

    Of type 2, output[..., k] is twice the sum over j of
    input[..., j] * cos(pi k (2 j + 1) / (2 n)); types 1, 3 and 4 are those of the source.

    Args:
        n: to how many elements the axis is cut or filled up with zeros.
        norm: "ortho" for factors that make the transform orthogonal; not for type 1.

    Raises:
        ValueError: another type or norm, other dtypes than float32 and float64.
        NotImplementedError: another axis than -1.

    Ahmed, Natarajan and Rao, "Discrete cosine transform", 1974; Makhoul, "A fast cosine transform
    in one and two dimensions", 1980.

    >>> tf.signal.dct([1.0, 2.0, 4.0]).numpy().round(3)
    array([14.   , -5.196,  1.   ], dtype=float32)
    """
    return _transform(_signal(input, type, n, axis, norm, "dct"), type, norm)


def idct(
    input: Any,
    type: int = 2,
    n: Any = None,
    axis: int = -1,
    norm: Any = None,
    name: str | None = None,
) -> Any:
    """The inverse of `dct` of a type, but for a factor of 2 n where `norm` is None.

    Arguments are as those of `dct`. The factor of type 1 is 2 (n - 1).

    >>> tf.signal.idct([12.0, -3.464, 0.0]).numpy().round(2) / 6
    array([1., 2., 3.], dtype=float32)
    """
    x = _signal(input, type, n, axis, norm, "idct")
    return _transform(x, _INVERSES[type], norm)


def mdct(
    signals: Any,
    frame_length: Any,
    window_fn: Any = vorbis_window,
    pad_end: bool = False,
    norm: Any = None,
    name: str | None = None,
) -> Any:
    """The modified discrete cosine transforms of the frames of signals, half a frame apart.

    `signals` [..., samples] becomes [..., frames, frame_length // 2].

    Args:
        frame_length: a multiple of 4.
        window_fn: a function of a length and a dtype that gives the weights within a frame; None
            for 1 / sqrt(2) each.
        pad_end: whether frames that reach beyond the end are kept, filled up with zeros.
        norm: None or "ortho", as that of `dct`.

    Raises:
        ValueError: a frame_length that 4 does not divide, other dtypes than float32 and float64.

    Princen and Bradley, "Analysis/synthesis filter bank design based on time domain aliasing
    cancellation", 1986.

    >>> tf.signal.mdct([1.0, 2.0, 3.0, 4.0], 4, window_fn=None).numpy().round(2)
    array([[-9.69, -2.48]], dtype=float32)
    """
    x = of_rank(of_singles(to_tensor(signals, name="mdct"), "mdct"), 1, "mdct")
    _check_norm(norm, "mdct")
    length = as_length(frame_length, "mdct", "frame_length", least=4)
    message = "mdct expected frame_length to be a multiple of 4. Received: frame_length="
    if not isinstance(length, int):
        length = demand(length, comparison.equal.door(length % 4, 0), message=message)
    elif length % 4:
        raise InvalidArgumentError(f"{message}{length}")
    frames = _windowed(frame(x, length, length // 2, pad_end), length, window_fn)
    quarter = length // 4
    a, b, c, d = [_part(frames, i * quarter, (i + 1) * quarter) for i in range(4)]
    folded = rearrangement.concat(-_reversed(c) - d, a - _reversed(b), axis=-1)
    return _transform(folded, 4, norm)


def inverse_mdct(
    mdcts: Any, window_fn: Any = vorbis_window, norm: Any = None, name: str | None = None
) -> Any:
    """Signals from their modified discrete cosine transforms: the inverse of `mdct`.

    `mdcts` [..., frames, half] becomes [..., (frames + 1) * half]. `window_fn` and `norm` are as
    those of `mdct`; where only one frame covers the signal, half a frame at both ends, it is not
    restored.

    >>> spectra = tf.signal.mdct([0.0, 0.0, 1.0, 2.0, 0.0, 0.0], 4)
    >>> tf.signal.inverse_mdct(spectra).numpy().round(3) + 0
    array([0., 0., 1., 2., 0., 0.], dtype=float32)
    """
    x = of_singles(to_tensor(mdcts, name="inverse_mdct"), "inverse_mdct")
    x = of_rank(x, 2, "inverse_mdct")
    _check_norm(norm, "inverse_mdct")
    half = length_along(x, -1)
    message = "inverse_mdct expected an even number of bins, not none. Received: bins="
    if not isinstance(half, int):
        is_even = comparison.equal(half // 2 * 2, larger(half, 1))
        half = demand(half, is_even, message=message)
    elif half % 2 or not half:
        raise InvalidArgumentError(f"{message}{half}")
    signal = _transform(x, 4, norm)
    if norm is None:
        signal = signal * (0.5 / _as_float(half, x))
    first, second = _part(signal, 0, half // 2), _part(signal, half // 2, half)
    frames = [second, -_reversed(second), -_reversed(first), -first]
    frames = _windowed(rearrangement.concat(*frames, axis=-1), 2 * half, window_fn)
    return overlap_and_add(frames, half)


def _windowed(frames: Any, length: Any, window_fn: Any) -> Any:
    return frames * (1 / sqrt(2) if window_fn is None else window_fn(length, dtype=frames.dtype))


def _part(x: Any, start: Any, stop: Any) -> Any:
    return x[..., start:stop]


def _reversed(x: Any) -> Any:
    return turning.reverse.door(x, axis=(-1,))


def _transform(x: Any, type: int, norm: Any) -> Any:
    door = fourier.cosine_transform.door
    return door(x, kind=type, norm=norm or "backward", is_adjoint=False)


def _as_float(size: Any, x: Any) -> Any:
    return cast(to_tensor(size), x.dtype)


# What is asked for ------------------------------------------------------------------------------


def _signal(value: Any, type: Any, n: Any, axis: Any, norm: Any, name: str) -> Any:
    """The tensor to transform, when all arguments have been checked."""
    if axis != -1:
        raise UnimplementedError(f"{name} expected an axis of -1. Received: axis={axis}")
    if type not in _INVERSES:
        raise InvalidArgumentError(f"{name} expected a type of 1, 2, 3 or 4. Received: {type=}")
    _check_norm(norm, name)
    if type == 1 and norm is not None:
        raise InvalidArgumentError(f"{name} needs a norm of None for type 1. Received: {norm=}")
    x = of_rank(of_singles(to_tensor(value, name=name), name), 1, name)
    if n is not None:
        x = resized(x, as_length(n, name, "n", least=1))
    return _at_least_two(x, name) if type == 1 else x


def _at_least_two(x: Any, name: str) -> Any:
    message = f"{name} expected at least two elements for type 1. Received: input"
    size = length_along(x, -1)
    if not isinstance(size, int):
        return demand(x, size >= 2, message=f"{message}=")
    if size < 2:
        raise InvalidArgumentError(f"{message}.shape={x.shape}")
    return x


def _check_norm(norm: Any, name: str) -> None:
    if norm not in (None, "ortho"):
        raise InvalidArgumentError(f"{name} expected a norm of None or 'ortho'. Received: {norm=}")
