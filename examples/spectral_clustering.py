"""Spectral clustering tells two interlocked half-moons apart, which k-means cannot.

Points that are near are linked; the second eigenvector of the normalized Laplacian of this graph
(Shi and Malik, IEEE PAMI 2000) has one sign on each moon.

    python examples/spectral_clustering.py [--samples 300] [--reach 0.15]
"""

from __future__ import annotations

import argparse

import numpy as np

import eagre as tf


def half_moons(samples, noise):
    """Points on two half circles, and the moon that each belongs to."""
    moon = tf.range(samples) % 2
    angle = tf.random.uniform([samples], 0.0, np.pi, dtype=tf.float64)
    upper = tf.stack([tf.cos(angle), tf.sin(angle)], axis=1)
    lower = tf.stack([1 - tf.cos(angle), 0.5 - tf.sin(angle)], axis=1)
    points = tf.where(moon[:, tf.newaxis] == 0, upper, lower)
    return points + tf.random.normal([samples, 2], stddev=noise, dtype=tf.float64), moon


@tf.function
def affinities(points, reach):
    """How strongly each two points are linked: near 1 where close, 0 with itself."""
    squares = tf.reduce_sum((points[:, tf.newaxis] - points) ** 2, axis=-1)
    links = tf.exp(-squares / (2 * reach**2))
    return tf.linalg.set_diag(links, tf.zeros_like(points[:, 0]))


@tf.function
def spectrum(links):
    """Eigenvalues and eigenvectors of the normalized Laplacian, smallest first."""
    scale = tf.math.rsqrt(tf.reduce_sum(links, axis=1))
    normalized = scale[:, tf.newaxis] * links * scale
    laplacian = tf.eye(tf.shape(links)[0], dtype=links.dtype) - normalized
    return tf.linalg.eigh(laplacian)


def agreement(labels, truth):
    """The share of points in the right group, whichever group is called 0."""
    share = tf.reduce_mean(tf.cast(labels == truth, tf.float64))
    return tf.maximum(share, 1 - share)


def main(samples=300, reach=0.15, noise=0.05, seed=1):
    """Cluster and print; returns labels, truth, the small eigenvalues and the agreement."""
    tf.random.set_seed(seed)
    points, truth = half_moons(samples, noise)
    values, vectors = spectrum(affinities(points, reach))
    labels = tf.cast(vectors[:, 1] > 0, tf.int32)
    print("smallest eigenvalues:", np.array2string(values[:5].numpy(), precision=4))
    right = agreement(labels, truth)
    print(f"{right:.1%} of {samples} points are in the group of their moon.")
    straight = tf.cast(points[:, 1] > tf.reduce_mean(points[:, 1]), tf.int32)
    print(f"A straight cut halfway gets {agreement(straight, truth):.1%} right.")
    return labels, truth, values[:5], right


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=300)
    parser.add_argument("--reach", type=float, default=0.15)
    parser.add_argument("--noise", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=1)
    main(**vars(parser.parse_args()))
