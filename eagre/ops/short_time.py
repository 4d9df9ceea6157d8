"""The short-time Fourier transform: that of the frames of a signal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.tensor import Tensor
from eagre.ops.fourier import irfft, of_complexes, of_rank, of_singles, rfft
from eagre.ops.framing import frame, overlap_and_add
from eagre.ops.lengths import as_length, joined_shape, resized
from eagre.ops.math import square
from eagre.ops.reductions import reduce_min, reduce_sum
from eagre.ops.shaping import tile
from eagre.ops.spectral_windows import hann_window
from eagre.primitives import comparison, rearrangement
from eagre.primitives.families import zero_like


def stft(
    signals: Any,
    frame_length: Any,
    frame_step: Any,
    fft_length: Any = None,
    window_fn: Any = hann_window,
    pad_end: bool = False,
    name: str | None = None,
) -> Any:
    """The Fourier transforms of the frames of signals: how their spectrum changes.

    `signals` [..., samples] becomes [..., frames, fft_length // 2 + 1].

    Args:
        fft_length: the length of the transforms, by default the smallest power of two that is not
            below `frame_length`.
        window_fn: a function of a length and a dtype that gives the weights within a frame, or
            None.
        pad_end: whether frames that reach beyond the end are kept, filled up with zeros.

    Raises:
        ValueError: other dtypes than float32 and float64, a scalar, lengths below 0.

    Allen and Rabiner, "A unified approach to short-time Fourier analysis and synthesis", 1977.

    >>> tf.signal.stft(tf.range(6.0), 4, 2, window_fn=None).numpy()
    array([[ 6.+0.j, -2.+2.j, -2.+0.j],
           [14.+0.j, -2.+2.j, -2.+0.j]], dtype=complex64)
    """
    x = of_rank(of_singles(to_tensor(signals, name="stft"), "stft"), 1, "stft")
    length = as_length(frame_length, "stft", "frame_length")
    step = as_length(frame_step, "stft", "frame_step", least=1)
    whole = _transform_length(fft_length, length, "stft")
    frames = frame(x, length, step, pad_end)
    if window_fn is not None:
        frames = frames * window_fn(length, dtype=x.dtype)
    return rfft(frames, [whole])


def inverse_stft(
    stfts: Any,
    frame_length: Any,
    frame_step: Any,
    fft_length: Any = None,
    window_fn: Any = hann_window,
    name: str | None = None,
) -> Any:
    """Signals from short-time Fourier transforms: the sum of their frames.

    `stfts` [..., frames, fft_length // 2 + 1] becomes
    [..., (frames - 1) * frame_step + frame_length]. Arguments are as those of `stft`; with the
    `window_fn` that `inverse_stft_window_fn` makes, the signals are those of `stft`.

    Griffin and Lim, "Signal estimation from modified short-time Fourier transform", 1984.

    >>> spectra = tf.signal.stft(tf.range(6.0), 4, 2, window_fn=None)
    >>> tf.signal.inverse_stft(spectra, 4, 2, window_fn=None).numpy().round(3)
    array([0., 1., 4., 6., 4., 5.], dtype=float32)
    """
    x = of_complexes(to_tensor(stfts, name="inverse_stft"), "inverse_stft")
    x = of_rank(x, 2, "inverse_stft")
    length = as_length(frame_length, "inverse_stft", "frame_length")
    step = as_length(frame_step, "inverse_stft", "frame_step", least=1)
    frames = irfft(x, [_transform_length(fft_length, length, "inverse_stft")])
    frames = resized(frames, length)
    if window_fn is not None:
        frames = frames * window_fn(length, dtype=frames.dtype)
    return overlap_and_add(frames, step)


def inverse_stft_window_fn(
    frame_step: Any, forward_window_fn: Any = hann_window, name: str | None = None
) -> Callable[..., Any]:
    """The window function for `inverse_stft` that undoes the windows of `stft`.

    It gives the forward window divided by the sum of the squares of all windows that overlap.

    >>> window_fn = tf.signal.inverse_stft_window_fn(2)
    >>> window_fn(4, dtype=tf.float32).numpy().round(3)
    array([0., 1., 1., 1.], dtype=float32)
    """

    def inverse_window(frame_length: Any, dtype: Any) -> Any:
        length = as_length(frame_length, "inverse_stft_window_fn", "frame_length")
        step = as_length(frame_step, "inverse_stft_window_fn", "frame_step", least=1)
        forward = to_tensor(forward_window_fn(length, dtype=dtype))
        overlaps = -(-length // step)
        squares = resized(square(forward), overlaps * step)
        squares = rearrangement.reshape(squares, joined_shape((overlaps, step)))
        sums = tile(reduce_sum(squares, 0, keepdims=True), [overlaps, 1])
        sums = rearrangement.reshape(sums, joined_shape((overlaps * step,)))
        sums = resized(sums, length)
        zero = zero_like(forward)
        return comparison.select(comparison.equal(sums, zero), zero, forward / sums)

    return inverse_window


def _transform_length(fft_length: Any, frame_length: Any, name: str) -> Any:
    """The length given, or the smallest power of two that is not below the frame's."""
    if fft_length is not None:
        return as_length(fft_length, name, "fft_length")
    if not isinstance(frame_length, Tensor):
        return 1 << (frame_length - 1).bit_length() if frame_length else 0
    powers = to_tensor([0, *[1 << n for n in range(31)]], dtypes.int32)
    is_enough = comparison.greater_equal(powers, frame_length)
    return reduce_min(comparison.select(is_enough, powers, powers[-1]))
