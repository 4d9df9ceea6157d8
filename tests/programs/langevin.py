"""Samples of a banana by Langevin steps with a correction, several chains side by side.

Roberts and Tweedie, Bernoulli 1996 (MALA). The loop is one graph and counts what was accepted;
R-hat as Gelman and Rubin have it.
"""

import numpy as np

import eagre as tf


def log_density(x):
    """Of points [chains, 2]: a Gaussian, bent."""
    bend = x[:, 1] + 0.5 * (x[:, 0] ** 2 - 2.0)
    return -0.5 * (x[:, 0] ** 2 / 2.0 + bend**2 / 0.5)


def value_and_slope(x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = log_density(x)
    return value, tape.gradient(value, x)


def log_proposal(to, start, slope, step):
    return -tf.reduce_sum((to - start - step * slope) ** 2, axis=1) / (4.0 * step)


@tf.function
def sample(start, step, count, generator):
    chains = start.shape[0]
    trace = tf.TensorArray(tf.float32, size=count, element_shape=start.shape)
    accepted = tf.zeros([chains], tf.int32)
    x = start
    value, slope = value_and_slope(x)
    for i in tf.range(count):
        noise = generator.normal(tf.shape(x))
        proposal = x + step * slope + tf.sqrt(2.0 * step) * noise
        new_value, new_slope = value_and_slope(proposal)
        log_ratio = new_value - value
        log_ratio += log_proposal(x, proposal, new_slope, step)
        log_ratio -= log_proposal(proposal, x, slope, step)
        accept = tf.math.log(generator.uniform([chains])) < log_ratio
        x = tf.where(accept[:, None], proposal, x)
        value = tf.where(accept, new_value, value)
        slope = tf.where(accept[:, None], new_slope, slope)
        accepted += tf.cast(accept, accepted.dtype)
        trace = trace.write(i, x)
    return trace.stack(), accepted


def r_hat(trace):
    """Near 1 where the chains [time, chains, dimension] agree."""
    length = tf.cast(tf.shape(trace)[0], trace.dtype)
    means = tf.reduce_mean(trace, axis=0)
    within = tf.reduce_mean(tf.math.reduce_variance(trace, axis=0), axis=0) * length / (length - 1)
    between = tf.math.reduce_variance(means, axis=0)
    return tf.sqrt((within * (length - 1) / length + between) / within)


def main(count=120, chains=6):
    generator = tf.random.Generator.from_seed(42, alg="philox")
    start = generator.truncated_normal([chains, 2])
    trace, accepted = sample(start, tf.constant(0.2), tf.constant(count), generator)
    kept = trace[count // 4 :]
    mean, variance = tf.nn.moments(tf.reshape(kept, [-1, 2]), axes=[0])
    return {
        "accepted": accepted,
        "last": trace[-1],
        "mean": mean,
        "variance": variance,
        "r_hat": r_hat(kept),
        "state": generator.state,
        "autocorrelation": np.corrcoef(kept[:-1, 0, 0], kept[1:, 0, 0])[0, 1],
    }
