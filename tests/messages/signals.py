"""Wrong dtypes, shapes, lengths and names given to `tf.signal`."""

import eagre as tf
from tests.messages.values import INVALID, MISMATCH

wave, whole = tf.range(8.0), tf.range(8)


def running(function, value, *spec):
    """A call that fails only when its graph runs."""
    return lambda: tf.trace(function, tf.TensorSpec(*spec))(value)


TRANSFORMS = {
    "fft: real tensor": (lambda: tf.signal.fft(wave), *MISMATCH),
    "fft: strings": (lambda: tf.signal.fft(["a"]), *MISMATCH),
    "fft: scalar": (lambda: tf.signal.fft(1j), *INVALID),
    "ifft2d: one axis": (lambda: tf.signal.ifft2d([1j]), *INVALID),
    "rfft: integers": (lambda: tf.signal.rfft(whole), *MISMATCH),
    "rfft: scalar": (lambda: tf.signal.rfft(1.0), *INVALID),
    "rfft: two lengths": (lambda: tf.signal.rfft(wave, [3, 3]), *INVALID),
    "rfft: negative length": (lambda: tf.signal.rfft(wave, [-3]), *INVALID),
    "rfft: length of a float": (lambda: tf.signal.rfft(wave, [2.5]), *INVALID),
    "rfft: negative length in a graph": (
        running(lambda n: tf.signal.rfft(wave, n), tf.constant([-3]), [1], tf.int32), *INVALID),
    "rfft2d: one length": (lambda: tf.signal.rfft2d([[1.0]], [3]), *INVALID),
    "irfft: real tensor": (lambda: tf.signal.irfft(wave), *MISMATCH),
    "irfft3d: two axes": (lambda: tf.signal.irfft3d([[1j]]), *INVALID),
    "fftnd: axis": (lambda: tf.signal.fftnd([1j], axes=[1]), *INVALID),
    "fftnd: axis twice": (lambda: tf.signal.fftnd([[1j]], axes=[0, -2]), *INVALID),
    "fftnd: norm": (lambda: tf.signal.fftnd([1j], norm="unit"), *INVALID),
    "fftnd: length for each axis": (lambda: tf.signal.fftnd([[1j]], [1, 1], [0]), *INVALID),
    "rfftnd: no axis": (lambda: tf.signal.rfftnd([1.0], axes=[]), *INVALID),
    "rfftnd: real Tcomplex": (
        lambda: tf.rfftnd([1.0], [1], [0], Tcomplex=tf.float32), *INVALID),
    "irfftnd: complex Treal": (
        lambda: tf.irfftnd([1.0], [1], [0], Treal=tf.complex64), *INVALID),
    "fftshift: axis": (lambda: tf.signal.fftshift(wave, axes=1), *INVALID),
    "dct: axis": (lambda: tf.signal.dct(wave, axis=0), NotImplementedError),
    "dct: type": (lambda: tf.signal.dct(wave, 5), *INVALID),
    "dct: norm": (lambda: tf.signal.dct(wave, norm="unit"), *INVALID),
    "dct: norm of type 1": (lambda: tf.signal.dct(wave, 1, norm="ortho"), *INVALID),
    "dct: no length": (lambda: tf.signal.dct(wave, n=0), *INVALID),
    "dct: one element of type 1": (lambda: tf.signal.dct([1.0], 1), *INVALID),
    "dct: one element in a graph": (
        running(lambda x: tf.signal.dct(x, 1), tf.ones([1]), [None]), *INVALID),
    "idct: integers": (lambda: tf.signal.idct(whole), *MISMATCH),
    "mdct: length": (lambda: tf.signal.mdct(wave, 6), *INVALID),
    "mdct: length in a graph": (
        running(lambda n: tf.signal.mdct(wave, n), tf.constant(6), [], tf.int32), *INVALID),
    "mdct: norm": (lambda: tf.signal.mdct(wave, 4, norm="unit"), *INVALID),
    "inverse_mdct: odd bins": (lambda: tf.signal.inverse_mdct(tf.ones([2, 3])), *INVALID),
    "inverse_mdct: odd bins in a graph": (
        running(tf.signal.inverse_mdct, tf.ones([2, 3]), [None, None]), *INVALID),
    "inverse_mdct: one axis": (lambda: tf.signal.inverse_mdct(wave), *INVALID),
}

FRAMES = {
    "frame: no step": (lambda: tf.signal.frame(wave, 2, 0), *INVALID),
    "frame: negative length": (lambda: tf.signal.frame(wave, -2, 1), *INVALID),
    "frame: length of a float": (lambda: tf.signal.frame(wave, 2.0, 1), *MISMATCH),
    "frame: list of lengths": (lambda: tf.signal.frame(wave, [2], 1), *INVALID),
    "frame: axis": (lambda: tf.signal.frame(wave, 2, 1, axis=1), *INVALID),
    "frame: list of pad values": (lambda: tf.signal.frame(wave, 2, 1, True, [0.0]), *INVALID),
    "frame: pad value of another dtype": (
        lambda: tf.signal.frame(whole, 2, 1, True, 0.5), TypeError),
    "frame: no step in a graph": (
        running(lambda n: tf.signal.frame(wave, 2, n), tf.constant(0), [], tf.int32), *INVALID),
    "overlap_and_add: no step": (lambda: tf.signal.overlap_and_add([[1.0]], 0), *INVALID),
    "overlap_and_add: one axis": (lambda: tf.signal.overlap_and_add(wave, 2), *INVALID),
    "overlap_and_add: booleans": (lambda: tf.signal.overlap_and_add([[True]], 1), *MISMATCH),
    "stft: integers": (lambda: tf.signal.stft(whole, 4, 2), *MISMATCH),
    "stft: scalar": (lambda: tf.signal.stft(1.0, 4, 2), *INVALID),
    "stft: negative fft_length": (lambda: tf.signal.stft(wave, 4, 2, -8), *INVALID),
    "inverse_stft: real tensor": (
        lambda: tf.signal.inverse_stft(tf.ones([2, 3]), 4, 2), *MISMATCH),
    "inverse_stft: one axis": (lambda: tf.signal.inverse_stft([1j], 4, 2), *INVALID),
    "inverse_stft_window_fn: no step": (
        lambda: tf.signal.inverse_stft_window_fn(0)(4, tf.float32), *INVALID),
    "hann_window: integers": (lambda: tf.signal.hann_window(4, dtype=tf.int32), *MISMATCH),
    "hann_window: negative length": (lambda: tf.signal.hann_window(-4), *INVALID),
    "kaiser_window: no element": (lambda: tf.signal.kaiser_window(0), *INVALID),
    "linear_to_mel_weight_matrix: no bins": (
        lambda: tf.signal.linear_to_mel_weight_matrix(0), *INVALID),
    "linear_to_mel_weight_matrix: edges": (
        lambda: tf.signal.linear_to_mel_weight_matrix(lower_edge_hertz=4e3), *INVALID),
    "linear_to_mel_weight_matrix: above the middle": (
        lambda: tf.signal.linear_to_mel_weight_matrix(sample_rate=4000), *INVALID),
    "linear_to_mel_weight_matrix: integers": (
        lambda: tf.signal.linear_to_mel_weight_matrix(dtype=tf.int32), *MISMATCH),
    "mfccs_from_log_mel_spectrograms: no bins": (
        lambda: tf.signal.mfccs_from_log_mel_spectrograms(tf.zeros([2, 0])), *INVALID),
}

TABLES = {"transforms": TRANSFORMS, "frames": FRAMES}
FOREIGN_WORDS: set[str] = set()
