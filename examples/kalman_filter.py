"""A Kalman filter follows a thing in the plane whose place is measured badly.

The state is [x, y, velocity of x, velocity of y]; each step pushes it at random. The filter
is a `tf.scan` over the measurements that carries the mean and covariance of the state.

    python examples/kalman_filter.py [--steps 200]
"""

from __future__ import annotations

import argparse

import eagre as tf

MOTION = tf.constant([[1.0, 0, 0.1, 0], [0, 1, 0, 0.1], [0, 0, 1, 0], [0, 0, 0, 1]], tf.float64)
PUSH = tf.linalg.diag(tf.constant([0.0, 0.0, 0.04, 0.04], tf.float64))
LOOK = tf.eye(2, 4, dtype=tf.float64)
NOISE = tf.eye(2, dtype=tf.float64)


def simulate(steps):
    """True states and noisy measurements of the place."""
    push = tf.random.normal([steps, 4], dtype=tf.float64) @ tf.sqrt(PUSH)
    noise = tf.random.normal([steps, 2], dtype=tf.float64)
    start = tf.constant([0.0, 0.0, 1.0, 0.5], tf.float64)
    states = tf.scan(lambda state, push: tf.linalg.matvec(MOTION, state) + push, push, start)
    return states, tf.linalg.matvec(LOOK, states) + noise


def filter_step(state, measurement):
    """Predict where the thing is, then correct the prediction by what is seen."""
    mean, covariance = state
    mean = tf.linalg.matvec(MOTION, mean)
    covariance = MOTION @ covariance @ tf.transpose(MOTION) + PUSH
    seen = LOOK @ covariance
    spread = tf.linalg.cholesky(tf.matmul(seen, LOOK, transpose_b=True) + NOISE)
    gain = tf.transpose(tf.linalg.cholesky_solve(spread, seen))
    surprise = measurement - tf.linalg.matvec(LOOK, mean)
    return mean + tf.linalg.matvec(gain, surprise), covariance - gain @ seen


@tf.function
def follow(measurements):
    """The mean and covariance of the state after each measurement."""
    unknown = (tf.zeros([4], tf.float64), 100 * tf.eye(4, dtype=tf.float64))
    return tf.scan(filter_step, measurements, initializer=unknown)


def distance(a, b):
    """The root of the mean squared distance between two tracks."""
    return tf.sqrt(tf.reduce_mean(tf.reduce_sum((a - b) ** 2, axis=-1)))


def main(steps=200, seed=1):
    """Simulate, follow and print; returns states, measurements, means and covariances."""
    tf.random.set_seed(seed)
    states, measurements = simulate(steps)
    means, covariances = follow(measurements)
    for step in range(0, steps, max(1, steps // 10)):
        place, guess = states[step, :2].numpy(), means[step, :2].numpy()
        doubt = tf.sqrt(covariances[step, 0, 0])
        print(f"step {step:3}: at {place.round(2)}, filter says {guess.round(2)} ± {doubt:.2f}")
    print(f"measurements are off by {distance(measurements, states[:, :2]):.3f},")
    print(f"the filter is off by    {distance(means[:, :2], states[:, :2]):.3f}.")
    return states, measurements, means, covariances


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    main(**vars(parser.parse_args()))
