"""Hamiltonian Monte Carlo draws from a density of which only the logarithm is known.

Each step gives the point a random push, lets it roll by the gradient that a tape finds, and
accepts the end as the energy says (Neal, Handbook of Markov Chain Monte Carlo, 2011). The
target is a correlated Gaussian, so that what comes out can be checked; many chains run as one
batch.

    python examples/hamiltonian.py [--steps 300] [--chains 100]
"""

from __future__ import annotations

import argparse

import eagre as tf

MEAN = tf.constant([1.0, -2.0], tf.float64)
COVARIANCE = tf.constant([[1.0, 0.6], [0.6, 2.0]], tf.float64)
PRECISION = tf.linalg.inv(COVARIANCE)


def log_density(x):
    """The logarithm of the target's density, up to a constant: [chains, 2] to [chains]."""
    off = x - MEAN
    return -0.5 * tf.einsum("ci,ij,cj->c", off, PRECISION, off)


def slope(x):
    """The gradient of the log density."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = log_density(x)
    return tape.gradient(value, x)


def leapfrog(x, momentum, size, count):
    """Roll for `count` steps without losing energy to the discretization's first order."""
    momentum = momentum + 0.5 * size * slope(x)
    for _ in range(count - 1):
        x = x + size * momentum
        momentum = momentum + size * slope(x)
    x = x + size * momentum
    return x, momentum + 0.5 * size * slope(x)


@tf.function
def hmc_step(x, size, count, seed):
    """One step of each chain: the new points, and which of them are accepted proposals."""
    seeds = tf.random.split(seed, 2)
    momentum = tf.random.stateless_normal(tf.shape(x), seeds[0], dtype=x.dtype)
    end, final = leapfrog(x, momentum, size, count)
    energy = 0.5 * tf.reduce_sum(momentum**2, axis=1) - log_density(x)
    proposed = 0.5 * tf.reduce_sum(final**2, axis=1) - log_density(end)
    drawn = tf.random.stateless_uniform(tf.shape(energy), seeds[1], dtype=x.dtype)
    accepted = tf.math.log(drawn) < energy - proposed
    return tf.where(accepted[:, tf.newaxis], end, x), accepted


def main(steps=300, chains=100, size=0.7, count=5, burn=30, seed=1):
    """Sample and print; returns the samples [steps, chains, 2] and the acceptance rate."""
    x = tf.zeros([chains, 2], tf.float64)
    samples, accepted = [], []
    for step in range(burn + steps):
        x, yes = hmc_step(x, size, count, seed=tf.constant([seed, step]))
        if step >= burn:
            samples.append(x)
            accepted.append(tf.reduce_mean(tf.cast(yes, tf.float64)))
    samples, rate = tf.stack(samples), tf.reduce_mean(accepted)
    flat = tf.reshape(samples, [-1, 2])
    off = flat - tf.reduce_mean(flat, axis=0)
    covariance = tf.matmul(off, off, transpose_a=True) / len(flat)
    print(f"{steps} steps of {chains} chains; {rate:.1%} of the proposals were accepted")
    print("mean:", tf.reduce_mean(flat, axis=0).numpy().round(3), "of", MEAN.numpy())
    print("covariance:", covariance.numpy().round(3).tolist(), "of", COVARIANCE.numpy().tolist())
    return samples, rate


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--chains", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    main(**vars(parser.parse_args()))
