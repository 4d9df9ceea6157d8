"""Principal components: which 64-pixel patterns make up a handwritten digit.

The covariance of scikit-learn's digits is taken apart by `tf.linalg.eigh`; each digit is then
written with a few components and drawn again from them.

    python examples/principal_components.py [--components 10] [--picture components.png]
"""

from __future__ import annotations

import argparse

import numpy as np
from sklearn.datasets import load_digits

import eagre as tf


@tf.function
def fit(points, count):
    """The mean, the `count` directions of largest variance, and the share that each explains."""
    mean = tf.reduce_mean(points, axis=0)
    centered = points - mean
    samples = tf.cast(tf.shape(points)[0], points.dtype)
    covariance = tf.matmul(centered, centered, transpose_a=True) / (samples - 1)
    variances, directions = tf.linalg.eigh(covariance)
    # Ascending eigenvalues: the last ones explain most.
    shares = tf.reverse(variances, axis=[0]) / tf.reduce_sum(variances)
    components = tf.reverse(tf.transpose(directions), axis=[0])
    return mean, components[:count], shares[:count]


@tf.function
def encode(points, mean, components):
    """The coordinates of the points along the components."""
    return tf.matmul(points - mean, components, transpose_b=True)


@tf.function
def decode(codes, mean, components):
    """The points that have these coordinates."""
    return codes @ components + mean


def draw(path, digits, copies):
    """Eight digits and what their few numbers make of them."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, rows = plt.subplots(2, 8, figsize=(8, 2.2), layout="constrained")
    for row, images in zip(rows, (digits, copies), strict=True):
        for axes, image in zip(row, images, strict=False):
            axes.imshow(np.reshape(image, [8, 8]), cmap="gray_r")
            axes.axis("off")
    figure.savefig(path, dpi=110)


def main(components=10, picture=None):
    """Fit, encode, decode and print; returns the shares of variance and the copies."""
    digits = tf.constant(load_digits().data)
    mean, directions, shares = fit(digits, components)
    codes = encode(digits, mean, directions)
    copies = decode(codes, mean, directions)
    for index, share in enumerate(shares.numpy(), 1):
        print(f"component {index:2}: {share:6.1%} {'*' * round(share * 200)}")
    error = tf.reduce_mean(tf.square(digits - copies))
    explained = tf.reduce_sum(shares)
    print(f"{components} numbers instead of 64 explain {explained:.1%} of the variance;")
    print(f"mean squared error {error:.2f} at pixels of 0 to 16.")
    if picture:
        draw(picture, digits.numpy(), copies.numpy())
        print(f"Picture: {picture}")
    return shares, directions, copies


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--components", type=int, default=10)
    parser.add_argument("--picture")
    main(**vars(parser.parse_args()))
