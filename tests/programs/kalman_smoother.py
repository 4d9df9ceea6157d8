"""A Kalman filter forwards and the smoother of Rauch, Tung and Striebel backwards, as two scans.

Rauch, Tung and Striebel, AIAA Journal 1965. The noise of the model is learned by the likelihood,
through the scan.
"""

import collections

import numpy as np

import eagre as tf

Belief = collections.namedtuple("Belief", "mean covariance")
Filtered = collections.namedtuple("Filtered", "belief predicted log_likelihood")

MOTION = tf.constant([[1.0, 0.5], [0.0, 0.95]], tf.float64)
LOOK = tf.constant([[1.0, 0.0]], tf.float64)


def predict(belief, push):
    mean = tf.linalg.matvec(MOTION, belief.mean)
    return Belief(mean, MOTION @ belief.covariance @ tf.transpose(MOTION) + push)


def filter_step(previous, seen, push, noise):
    predicted = predict(previous.belief, push)
    innovation = seen - tf.linalg.matvec(LOOK, predicted.mean)
    spread = LOOK @ predicted.covariance @ tf.transpose(LOOK) + noise
    gain = predicted.covariance @ tf.transpose(LOOK) @ tf.linalg.inv(spread)
    mean = predicted.mean + tf.linalg.matvec(gain, innovation)
    rest = tf.eye(2, dtype=tf.float64) - gain @ LOOK
    covariance = rest @ predicted.covariance @ tf.transpose(rest)
    covariance += noise * gain @ tf.transpose(gain)
    square = innovation[0] ** 2 / spread[0, 0]
    log_likelihood = -0.5 * (square + tf.math.log(2 * np.pi * spread[0, 0]))
    return Filtered(Belief(mean, covariance), predicted, log_likelihood)


def run_filter(seen, push, noise):
    start = Belief(tf.zeros([2], tf.float64), 10.0 * tf.eye(2, dtype=tf.float64))
    initial = Filtered(start, start, tf.constant(0.0, tf.float64))
    return tf.scan(lambda state, y: filter_step(state, y, push, noise), seen, initial)


def smooth_step(later, inputs):
    """The belief given also what comes later."""
    belief, predicted = inputs
    gain = tf.transpose(
        tf.linalg.solve(predicted.covariance, MOTION @ belief.covariance)
    )
    mean = belief.mean + tf.linalg.matvec(gain, later.mean - predicted.mean)
    change = later.covariance - predicted.covariance
    return Belief(mean, belief.covariance + gain @ change @ tf.transpose(gain))


@tf.function
def run_smoother(filtered):
    last = tf.nest.map_structure(lambda x: x[-1], filtered.belief)
    before = tf.nest.map_structure(lambda x: x[:-1], filtered.belief)
    after = tf.nest.map_structure(lambda x: x[1:], filtered.predicted)
    return tf.scan(smooth_step, (before, after), last, reverse=True)


def main(length=30, steps=8):
    rng = np.random.default_rng(24)
    place, speed, truth = 0.0, 1.0, []
    for _ in range(length):
        speed = 0.95 * speed + 0.3 * rng.normal()
        place += 0.5 * speed
        truth.append(place)
    seen = tf.constant(np.array(truth) + 0.5 * rng.normal(size=length))[:, tf.newaxis]
    log_noise = tf.Variable([0.0, 0.0], dtype=tf.float64)
    optimizer = tf.optimizers.RMSprop(0.1)

    @tf.function
    def train_step():
        with tf.GradientTape() as tape:
            push, noise = tf.exp(log_noise[0]) * tf.eye(2, dtype=tf.float64), tf.exp(log_noise[1])
            loss = -tf.reduce_sum(run_filter(seen, push, noise).log_likelihood)
        optimizer.apply_gradients([(tape.gradient(loss, log_noise), log_noise)])
        return loss

    losses = [train_step() for _ in range(steps)]
    push, noise = tf.exp(log_noise[0]) * tf.eye(2, dtype=tf.float64), tf.exp(log_noise[1])
    filtered = run_filter(seen, push, noise)
    smoothed = run_smoother(filtered)
    truth = tf.constant(truth[:-1], tf.float64)
    errors = [tf.sqrt(tf.reduce_mean((means[:, 0] - truth) ** 2))
              for means in (filtered.belief.mean[:-1], smoothed.mean)]
    return {"losses": losses, "noise": tf.exp(log_noise), "errors": errors,
            "smoothed": smoothed.mean[::5], "covariance": smoothed.covariance[3]}
