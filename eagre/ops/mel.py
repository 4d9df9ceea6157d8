"""The mel scale, on which pitches that sound equally far apart are so, and cepstra on it."""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.core.tensor import EagerTensor, Tensor
from eagre.ops.cosine_transforms import dct
from eagre.ops.fourier import of_rank, of_singles
from eagre.ops.lengths import as_length, larger, length_along
from eagre.ops.math import log, maximum, minimum, rsqrt
from eagre.ops.padding import pad
from eagre.ops.sequences import linspace
from eagre.ops.shaping import cast, expand_dims


def linear_to_mel_weight_matrix(
    num_mel_bins: int = 20,
    num_spectrogram_bins: Any = 129,
    sample_rate: Any = 8000,
    lower_edge_hertz: float = 125.0,
    upper_edge_hertz: float = 3800.0,
    dtype: Any = dtypes.float32,
    name: str | None = None,
) -> Any:
    """The matrix [num_spectrogram_bins, num_mel_bins] that takes spectra to the mel scale.

    mel(f) = 1127 log(1 + f / 700). Bins of the spectrum stand for frequencies from 0 to half of
    `sample_rate`; each mel bin is a triangle over them, of height 1, that reaches from the middle
    of the one before to that of the next.

    Raises:
        ValueError: no mel bins, edges in the wrong order or outside [0, sample_rate / 2], a dtype
            that is not of floating-point numbers.

    Young et al., "The HTK book", 2006.

    >>> tf.signal.linear_to_mel_weight_matrix(2, 5).numpy().round(2)
    array([[0.  , 0.  ],
           [0.72, 0.28],
           [0.  , 0.9 ],
           [0.  , 0.35],
           [0.  , 0.  ]], dtype=float32)
    """
    count = as_length(num_mel_bins, "linear_to_mel_weight_matrix", "num_mel_bins", least=1)
    bins = as_length(num_spectrogram_bins, "linear_to_mel_weight_matrix", "num_spectrogram_bins")
    dtype = dtypes.as_dtype(dtype)
    if not dtype.is_floating:
        raise DTypeMismatchError(
            "linear_to_mel_weight_matrix expected a dtype of floating-point numbers. "
            f"Received: dtype={dtype.name}"
        )
    if isinstance(sample_rate, EagerTensor):
        sample_rate = sample_rate.array.item()
    _check_edges(sample_rate, lower_edge_hertz, upper_edge_hertz)
    zero = to_tensor(0, dtype)
    nyquist = cast(to_tensor(sample_rate), dtype) / 2
    # The bin of the mean is left out, and comes back as a row of zeros.
    pitches = expand_dims(_as_mel(linspace(zero, nyquist, bins)[1:]), 1)
    low, high = (_as_mel(to_tensor(edge, dtype)) for edge in (lower_edge_hertz, upper_edge_hertz))
    edges = linspace(low, high, count + 2)
    left, middle, right = edges[:-2], edges[1:-1], edges[2:]
    rising = (pitches - left) / (middle - left)
    falling = (right - pitches) / (right - middle)
    return pad(maximum(zero, minimum(rising, falling)), [[1, 0], [0, 0]])


def _as_mel(frequencies: Any) -> Any:
    return 1127.0 * log(1.0 + frequencies / 700.0)


def _check_edges(sample_rate: Any, low: Any, high: Any) -> None:
    if not 0 <= low < high:
        raise InvalidArgumentError(
            "linear_to_mel_weight_matrix expected 0 <= lower_edge_hertz < upper_edge_hertz. "
            f"Received: lower_edge_hertz={low}, upper_edge_hertz={high}"
        )
    if not isinstance(sample_rate, Tensor) and high > sample_rate / 2:
        raise InvalidArgumentError(
            "linear_to_mel_weight_matrix expected upper_edge_hertz to be at most half of "
            f"sample_rate. Received: upper_edge_hertz={high}, sample_rate={sample_rate}"
        )


def mfccs_from_log_mel_spectrograms(log_mel_spectrograms: Any, name: str | None = None) -> Any:
    """The mel-frequency cepstral coefficients of logarithmic mel spectra [..., bins].

    They are the `dct` of the spectra divided by sqrt(2 bins).

    Davis and Mermelstein, "Comparison of parametric representations for monosyllabic word
    recognition", 1980.

    >>> tf.signal.mfccs_from_log_mel_spectrograms([1.0, 2.0, 4.0]).numpy().round(3)
    array([ 5.715, -2.121,  0.408], dtype=float32)
    """
    called = "mfccs_from_log_mel_spectrograms"
    x = of_rank(of_singles(to_tensor(log_mel_spectrograms, name=called), called), 1, called)
    if x.sizes is not None and x.sizes[-1] == 0:
        raise InvalidArgumentError(
            f"{called} expected a last axis of at least one bin. "
            f"Received: log_mel_spectrograms.shape={x.shape}"
        )
    bins = dct(x)
    size = cast(to_tensor(larger(length_along(x, -1), 1)), bins.dtype)
    return bins * rsqrt(2 * size)
