"""A picture of points in many dimensions: t-SNE, and a transport plan between two such clouds.

Van der Maaten and Hinton, Journal of Machine Learning Research 2008; Cuturi, Sinkhorn distances,
NeurIPS 2013.
"""

import numpy as np

import eagre as tf


def squared_distances(a, b):
    return tf.reduce_sum(tf.math.squared_difference(a[:, tf.newaxis], b[tf.newaxis]), axis=-1)


@tf.function
def neighbor_probabilities(x, perplexity, rounds=30):
    """How likely each point picks each other as neighbor, by bisection for the perplexity."""
    count = tf.shape(x)[0]
    squares = tf.linalg.set_diag(squared_distances(x, x), tf.fill([count], np.float32(np.inf)))
    low, high = tf.fill([count], -10.0), tf.fill([count], 10.0)
    wanted = tf.math.log(perplexity)
    probabilities = tf.zeros_like(squares)
    for _ in tf.range(rounds):
        middle = (low + high) / 2.0
        logits = -squares * tf.exp(middle)[:, tf.newaxis]
        probabilities = tf.nn.softmax(logits, axis=1)
        entropy = -tf.reduce_sum(tf.math.xlogy(probabilities, probabilities), axis=1)
        is_wide = entropy > wanted
        low = tf.where(is_wide, middle, low)
        high = tf.where(is_wide, high, middle)
    joint = probabilities + tf.transpose(probabilities)
    return joint / tf.reduce_sum(joint)


@tf.function
def descend(p, y, steps, rate=5.0):
    """Descent with momentum on the divergence; the gradient as the paper has it."""
    count = tf.shape(y)[0]
    speed = tf.zeros_like(y)
    divergence = tf.TensorArray(tf.float32, size=steps)
    for i in tf.range(steps):
        near = 1.0 / (1.0 + squared_distances(y, y))
        near = tf.linalg.set_diag(near, tf.zeros([count]))
        q = near / tf.reduce_sum(near)
        divergence = divergence.write(
            i, tf.reduce_sum(tf.math.multiply_no_nan(tf.math.log((p + 1e-12) / (q + 1e-12)), p)))
        pull = (p - q) * near
        slope = 4.0 * (tf.reduce_sum(pull, axis=1, keepdims=True) * y - pull @ y)
        speed = tf.where(i < 5, 0.5, 0.8) * speed - rate * slope
        y += speed
        y -= tf.reduce_mean(y, axis=0)
    return y, divergence.stack()


@tf.function
def transport(cost, a, b, regularizer, rounds):
    """The plan with the given sums of rows and columns, and its cost."""
    potential = tf.zeros_like(b)
    other = tf.zeros_like(a)
    for _ in range(rounds):
        rows = (potential - cost) / regularizer
        other = regularizer * (tf.math.log(a) - tf.reduce_logsumexp(rows, axis=1))
        columns = (other[:, tf.newaxis] - cost) / regularizer
        potential = regularizer * (tf.math.log(b) - tf.reduce_logsumexp(columns, axis=0))
    plan = tf.exp((other[:, tf.newaxis] + potential - cost) / regularizer)
    return plan, tf.reduce_sum(plan * cost)


def main(count=18):
    rng = np.random.default_rng(43)
    group = np.arange(count) % 3
    x = tf.constant(rng.normal(size=(count, 10)) * 0.5 + 3 * rng.normal(size=(3, 10))[group],
                    tf.float32)
    p = neighbor_probabilities(x, tf.constant(4.0))
    y, divergence = descend(p, tf.constant(0.1 * rng.normal(size=(count, 2)), tf.float32),
                            tf.constant(12))
    with tf.GradientTape() as tape:
        tape.watch(y)
        cost = squared_distances(y, y[::-1] * 0.5)
        even = tf.fill([count], 1.0 / count)
        plan, price = transport(cost, even, even, tf.constant(0.5), 10)
    order = tf.argsort(squared_distances(y, y), axis=1)[:, 1]
    return {
        "entropy": -tf.reduce_sum(tf.math.xlogy(p, p)),
        "divergence": divergence,
        "y": y,
        "neighbor_is_alike": tf.reduce_mean(tf.cast(tf.gather(group, order) == group, tf.float32)),
        "price": price,
        "sums": tf.reduce_sum(plan, axis=0),
        "slope": tape.gradient(price, y),
    }
