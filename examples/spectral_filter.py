"""A filter in the frequencies finds two tones in a noisy signal.

`tf.signal.rfft` takes the signal apart, what stands out of the noise is kept, and
`tf.signal.irfft` puts it together again.

    python examples/spectral_filter.py [--samples 2048] [--noise 1.0]
"""

from __future__ import annotations

import argparse

import numpy as np

import eagre as tf

RATE = 1024.0  # samples a second
TONES = ((50.0, 1.0), (120.0, 0.6))  # hertz, amplitude


def make_signal(samples, noise):
    """The sum of the tones, and the same with noise."""
    time = tf.range(samples, dtype=tf.float32) / RATE
    clean = tf.add_n([size * tf.sin(2 * np.pi * pitch * time) for pitch, size in TONES])
    return clean, clean + tf.random.normal([samples], stddev=noise)


@tf.function
def keep_peaks(signal, factor):
    """The part of the signal whose frequencies stand out of the mean power `factor` times."""
    spectrum = tf.signal.rfft(signal)
    power = tf.abs(spectrum) ** 2
    kept = power > factor * tf.reduce_mean(power)
    filtered = tf.where(kept, spectrum, tf.zeros_like(spectrum))
    return tf.signal.irfft(filtered, fft_length=[signal.shape[-1]]), power


def loudest(power, samples, count):
    """The frequencies with the most power, in hertz."""
    _, indices = tf.math.top_k(power, k=count)
    return tf.sort(tf.cast(indices, tf.float32) * RATE / samples)


def ratio(clean, signal):
    """Signal to noise in decibels."""
    noise = tf.reduce_mean(tf.square(signal - clean))
    return 10 * tf.math.log(tf.reduce_mean(tf.square(clean)) / noise) / tf.math.log(10.0)


def main(samples=2048, noise=1.0, factor=20.0, seed=1):
    """Filter and print; returns the clean, noisy and filtered signals and the tones found."""
    tf.random.set_seed(seed)
    clean, noisy = make_signal(samples, noise)
    filtered, power = keep_peaks(noisy, factor)
    tones = loudest(power, samples, len(TONES))
    print(f"tones found: {', '.join(f'{tone:.1f} Hz' for tone in tones)}")
    print(f"signal to noise: {ratio(clean, noisy):5.1f} dB before the filter,")
    print(f"                 {ratio(clean, filtered):5.1f} dB after it.")
    return clean, noisy, filtered, tones


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=2048)
    parser.add_argument("--noise", type=float, default=1.0)
    parser.add_argument("--factor", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=1)
    main(**vars(parser.parse_args()))
