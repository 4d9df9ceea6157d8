"""From a waveform to mel-frequency cepstra, and back from its spectrum without the noise.

Davis and Mermelstein, IEEE ASSP 1980; spectral subtraction as Boll has it, IEEE ASSP 1979.
"""

import numpy as np

import eagre as tf

RATE, LENGTH, STEP = 8000, 256, 128


def chirp(seconds=0.3):
    time = tf.range(int(RATE * seconds), dtype=tf.float32) / RATE
    tone = tf.sin(2 * np.pi * (300.0 + 1500.0 * time) * time)
    return tone * tf.signal.hann_window(tf.size(time), periodic=False)


@tf.function
def cepstra(waveform, bins=24, kept=10):
    """Mel-frequency cepstral coefficients [frames, kept], and the logarithmic mel spectrogram."""
    spectrum = tf.abs(tf.signal.stft(waveform, LENGTH, STEP, fft_length=LENGTH, pad_end=True))
    weights = tf.signal.linear_to_mel_weight_matrix(
        num_mel_bins=bins, num_spectrogram_bins=tf.shape(spectrum)[-1], sample_rate=RATE,
        lower_edge_hertz=80.0, upper_edge_hertz=3800.0,
    )
    mel = tf.tensordot(spectrum, weights, 1)
    mel.set_shape([*spectrum.shape[:-1], bins])
    log_mel = tf.math.log(mel + 1e-6)
    return tf.signal.mfccs_from_log_mel_spectrograms(log_mel)[..., :kept], log_mel


@tf.function(input_signature=[tf.TensorSpec([None], tf.float32), tf.TensorSpec([], tf.float32)])
def denoise(waveform, floor):
    """The waveform without what its quietest frames have."""
    spectrum = tf.signal.stft(waveform, LENGTH, STEP, window_fn=tf.signal.hamming_window)
    size = tf.abs(spectrum)
    noise = tf.reduce_mean(size[:3], axis=0, keepdims=True)
    gain = tf.maximum((size - 2.0 * noise) / (size + 1e-6), floor)
    cleaned = spectrum * tf.cast(gain, tf.complex64)
    inverse_window = tf.signal.inverse_stft_window_fn(STEP, tf.signal.hamming_window)
    return tf.signal.inverse_stft(cleaned, LENGTH, STEP, window_fn=inverse_window)


def deltas(features, reach=2):
    """How features change from frame to frame, by a convolution over time."""
    taps = tf.range(-reach, reach + 1, dtype=tf.float32)
    kernel = taps[::-1] / tf.reduce_sum(taps**2)
    padded = tf.pad(features, [[reach, reach], [0, 0]], mode="SYMMETRIC")
    by_feature = tf.transpose(padded)[:, :, tf.newaxis]
    result = tf.nn.convolution(by_feature, kernel[::-1, tf.newaxis, tf.newaxis])
    return tf.transpose(tf.squeeze(result, axis=-1))


def main():
    clean = chirp()
    noise = 0.1 * tf.random.stateless_normal(clean.shape, seed=[1, 5])
    noisy = clean + noise
    denoised = denoise(noisy, tf.constant(0.05))
    count = tf.size(denoised)
    coefficients, log_mel = cepstra(noisy)
    envelope = tf.signal.frame(tf.abs(noisy), 400, 400, pad_end=True)
    with tf.GradientTape() as tape:
        tape.watch(noisy)
        energy = tf.reduce_sum(cepstra(noisy)[0] ** 2)
    spectrum = tf.signal.rfft(clean)
    shifted = tf.signal.fftshift(tf.abs(tf.signal.fft(tf.cast(clean[:16], tf.complex64))))
    return {
        "cepstra": coefficients[::4],
        "deltas": deltas(coefficients)[::4],
        "log_mel": log_mel[3],
        "denoised": denoised[200:240],
        "errors": [tf.norm(each[LENGTH:count] - clean[LENGTH:count]) for each in (noisy, denoised)],
        "envelope": tf.reduce_mean(envelope, axis=1),
        "slope": tape.gradient(energy, noisy)[400:1600:200],
        "peak": tf.argmax(tf.abs(spectrum)),
        "back": tf.reduce_max(tf.abs(tf.signal.irfft(spectrum) - clean)) < 1e-5,
        "shifted": shifted,
    }
