"""A mixture of Gaussians by expectation and maximization, beside descent on the same likelihood.

Dempster, Laird and Rubin, Journal of the Royal Statistical Society B 1977.
"""

import numpy as np

import eagre as tf


def log_densities(x, means, covariances):
    """Of each point under each Gaussian: [points, groups]."""
    factor = tf.linalg.cholesky(covariances)
    centered = x[tf.newaxis] - means[:, tf.newaxis]
    white = tf.linalg.triangular_solve(factor, tf.linalg.matrix_transpose(centered))
    squares = tf.reduce_sum(white**2, axis=1)
    log_volume = tf.reduce_sum(tf.math.log(tf.linalg.diag_part(factor)), axis=1)
    dimension = tf.cast(tf.shape(x)[1], x.dtype)
    constant = dimension * tf.math.log(tf.constant(2 * np.pi, x.dtype))
    return tf.transpose(-0.5 * (squares + constant) - log_volume[:, tf.newaxis])


@tf.function
def em_step(x, weights, means, covariances):
    joint = log_densities(x, means, covariances) + tf.math.log(weights)
    total = tf.reduce_logsumexp(joint, axis=1, keepdims=True)
    shares = tf.exp(joint - total)
    counts = tf.reduce_sum(shares, axis=0)
    means = tf.einsum("nk,nd->kd", shares, x) / counts[:, tf.newaxis]
    centered = x[:, tf.newaxis] - means
    covariances = tf.einsum("nk,nkd,nke->kde", shares, centered, centered)
    covariances /= counts[:, tf.newaxis, tf.newaxis]
    covariances += 1e-6 * tf.eye(x.shape[1], dtype=x.dtype)
    return counts / tf.reduce_sum(counts), means, covariances, tf.reduce_sum(total)


def main(rounds=12, groups=3, count=150):
    rng = np.random.default_rng(25)
    centers = rng.normal(size=(groups, 2)) * 3
    label = rng.integers(groups, size=count)
    spreads = rng.normal(size=(groups, 2, 2)) * 0.5
    points = centers[label] + np.einsum("nij,nj->ni", spreads[label], rng.normal(size=(count, 2)))
    x = tf.constant(points)
    weights = tf.fill([groups], tf.constant(1 / groups, tf.float64))
    means = tf.gather(x, [0, 1, 2])
    covariances = tf.eye(2, batch_shape=[groups], dtype=tf.float64)
    likelihoods = []
    while len(likelihoods) < rounds:
        weights, means, covariances, likelihood = em_step(x, weights, means, covariances)
        likelihoods.append(likelihood)
    order = tf.argsort(weights, direction="DESCENDING")
    with tf.GradientTape() as tape:
        tape.watch([means, covariances])
        joint = log_densities(x, means, covariances) + tf.math.log(weights)
        likelihood = tf.reduce_sum(tf.reduce_logsumexp(joint, axis=1))
    slopes = tape.gradient(likelihood, [means, covariances])
    counts = tf.math.bincount(tf.argmax(joint, axis=1, output_type=tf.int32), minlength=groups)
    return {
        "likelihoods": likelihoods,
        "weights": tf.gather(weights, order),
        "means": tf.gather(means, order),
        "is_stationary": tf.linalg.global_norm(slopes) < 1e-2 * count,
        "counts": counts,
    }
