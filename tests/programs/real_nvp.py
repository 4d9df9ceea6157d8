"""A normalizing flow of affine couplings that learns two moons by maximum likelihood.

Dinh, Sohl-Dickstein and Bengio, Density estimation using Real NVP, ICLR 2017.
"""

import numpy as np

import eagre as tf


class Coupling(tf.Module):
    """Scales and shifts one coordinate by what the other says; `mask` is the one that is kept."""

    def __init__(self, rng, mask, units=16, name=None):
        super().__init__(name=name)
        self.mask = tf.constant(mask, tf.float32)
        self.w1 = tf.Variable(0.5 * rng.normal(size=(2, units)), dtype=tf.float32)
        self.b1 = tf.Variable(tf.zeros(units))
        self.w2 = tf.Variable(0.1 * rng.normal(size=(units, 4)), dtype=tf.float32)
        self.b2 = tf.Variable(tf.zeros(4))
        self.scale = tf.Variable(tf.ones(2), name="scale")

    def scale_and_shift(self, kept):
        hidden = tf.nn.silu(kept @ self.w1 + self.b1)
        scale, shift = tf.split(hidden @ self.w2 + self.b2, 2, axis=-1)
        rest = 1.0 - self.mask
        return rest * self.scale * tf.tanh(scale), rest * shift

    def forward(self, x):
        kept = x * self.mask
        scale, shift = self.scale_and_shift(kept)
        return kept + (1 - self.mask) * (x * tf.exp(scale) + shift), tf.reduce_sum(scale, axis=-1)

    def inverse(self, y):
        kept = y * self.mask
        scale, shift = self.scale_and_shift(kept)
        return kept + (1 - self.mask) * (y - shift) * tf.exp(-scale)


class Flow(tf.Module):
    def __init__(self, rng, depth=4):
        super().__init__()
        masks = [[1, 0] if layer % 2 else [0, 1] for layer in range(depth)]
        self.layers = [Coupling(rng, mask) for mask in masks]

    def __call__(self, x):
        """Where the points go, and the logarithm of how much the flow stretches there."""
        total = tf.zeros(tf.shape(x)[:1])
        for layer in self.layers:
            x, log_determinant = layer.forward(x)
            total += log_determinant
        return x, total

    def log_density(self, x):
        z, log_determinant = self(x)
        normal = -0.5 * tf.reduce_sum(z**2 + tf.math.log(2 * np.pi), axis=-1)
        return normal + log_determinant

    def sample(self, z):
        for layer in reversed(self.layers):
            z = layer.inverse(z)
        return z


def moons(rng, count):
    angle, upper = np.pi * rng.random(count), rng.integers(2, size=count)
    x = np.where(upper, np.cos(angle), 1 - np.cos(angle))
    y = np.where(upper, np.sin(angle), 0.5 - np.sin(angle))
    points = np.stack([x, y], axis=1) + 0.05 * rng.normal(size=(count, 2))
    return points.astype(np.float32)


def main(steps=25, batch=64):
    rng = np.random.default_rng(2)
    flow = Flow(rng)
    schedule = tf.optimizers.schedules.ExponentialDecay(0.01, decay_steps=20, decay_rate=0.5)
    optimizer = tf.optimizers.Adam(schedule)

    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32)])
    def train_step(x):
        with tf.GradientTape() as tape:
            loss = -tf.reduce_mean(flow.log_density(x))
        gradients = tape.gradient(loss, flow.trainable_variables)
        gradients, norm = tf.clip_by_global_norm(gradients, 5.0)
        optimizer.apply_gradients(zip(gradients, flow.trainable_variables, strict=True))
        return loss, norm

    history = [train_step(moons(rng, batch)) for _ in range(steps)]
    points = tf.constant(moons(rng, 8))
    z, log_determinant = flow(points)
    with tf.GradientTape() as tape:
        tape.watch(points)
        moved, _ = flow(points)
    jacobians = tape.batch_jacobian(moved, points)
    return {
        "losses": [loss for loss, _ in history],
        "norms": [norm for _, norm in history],
        "there_and_back": tf.reduce_max(tf.abs(flow.sample(z) - points)) < 1e-4,
        "log_determinant": log_determinant,
        "by_jacobian": tf.linalg.slogdet(jacobians).log_abs_determinant,
    }
