"""Mixed precision by hand: float16 for the products, float32 for weights, and a scale that adapts.

Micikevicius et al., Mixed precision training, ICLR 2018: gradients are scaled up so that small ones
do not vanish, and a step whose gradients overflow is left out.
"""

import numpy as np

import eagre as tf


class LossScale(tf.Module):
    """Doubles after some good steps, halves after a bad one."""

    def __init__(self, initial=2.0**15, period=4):
        super().__init__()
        self.scale = tf.Variable(initial, dtype=tf.float32, trainable=False)
        self.good = tf.Variable(0, trainable=False)
        self.period = period

    def update(self, gradients):
        """Whether all gradients are finite; adapts the scale."""
        finite = tf.reduce_all([tf.reduce_all(tf.math.is_finite(each)) for each in gradients])
        if finite:
            self.good.assign_add(1)
            if self.good >= self.period:
                self.scale.assign(self.scale * 2.0)
                self.good.assign(0)
        else:
            self.scale.assign(tf.maximum(self.scale / 2.0, 1.0))
            self.good.assign(0)
        return finite


def forward(weights, x):
    for w in weights[:-1]:
        x = tf.nn.relu(x @ tf.cast(w, x.dtype))
    return tf.cast(x @ tf.cast(weights[-1], x.dtype), tf.float32)


def main(steps=14, batch=32):
    rng = np.random.default_rng(33)
    sizes = [8, 32, 32, 1]
    weights = [
        tf.Variable(rng.normal(0, np.sqrt(2 / a), (a, b)), dtype=tf.float32)
        for a, b in zip(sizes[:-1], sizes[1:], strict=True)
    ]
    scale = LossScale()

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            predicted = forward(weights, tf.cast(x, tf.float16))
            loss = tf.reduce_mean(tf.square(predicted[:, 0] - y))
            scaled = loss * scale.scale
        gradients = [grad / scale.scale for grad in tape.gradient(scaled, weights)]
        finite = scale.update(gradients)
        rate = tf.where(finite, 0.02, 0.0)
        for weight, gradient in zip(weights, gradients, strict=True):
            weight.assign_sub(rate * tf.where(tf.math.is_finite(gradient), gradient, 0.0))
        return loss, scale.scale.value(), finite

    history = []
    for _ in range(steps):
        x = rng.normal(size=(batch, 8)).astype(np.float32)
        history.append(step(x, np.sin(x[:, 0]) + 0.5 * x[:, 1]))
    brain = tf.cast(tf.constant([1.0, 1.001, 3.14159, 65504.0, 1e-8]), tf.bfloat16)
    return {
        "losses": [loss for loss, _, _ in history],
        "scales": [scale for _, scale, _ in history],
        "finite": [finite for _, _, finite in history],
        "bfloat16": tf.cast(brain * brain + brain, tf.float32),
        "bits": tf.bitcast(brain, tf.uint16),
        "limits": [float(tf.float16.max), float(tf.bfloat16.max)],
    }
