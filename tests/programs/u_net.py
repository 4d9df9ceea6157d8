"""A U-Net finds discs in noise; the loss is the overlap that is missing.

Ronneberger, Fischer and Brox, MICCAI 2015; the soft Dice loss of Milletari et al., 3DV 2016.
"""

import numpy as np

import eagre as tf


class UNet(tf.Module):
    """Down by pooling, up by transposed convolutions, and what was there on the way beside it."""

    def __init__(self, rng, widths=(6, 12)):
        super().__init__()

        def kernel(*shape):
            return tf.Variable(rng.normal(0, (9 * shape[2]) ** -0.5, shape).astype(np.float32))

        first, second = widths
        self.down = [kernel(3, 3, 1, first), kernel(3, 3, first, second)]
        self.middle = kernel(3, 3, second, second)
        self.up = [kernel(2, 2, second, second), kernel(2, 2, first, first)]
        self.join = [kernel(3, 3, 2 * second, first), kernel(3, 3, 2 * first, first)]
        self.last = kernel(1, 1, first, 1)

    def __call__(self, x):
        skipped = []
        for kernel in self.down:
            x = tf.nn.leaky_relu(tf.nn.conv2d(x, kernel, 1, "SAME"), alpha=0.1)
            skipped.append(x)
            x = tf.nn.max_pool(x, 2, 2, "VALID")
        x = tf.nn.leaky_relu(tf.nn.atrous_conv2d(x, self.middle, rate=2, padding="SAME"), 0.1)
        for up, join in zip(self.up, self.join, strict=True):
            beside = skipped.pop()
            shape = tf.concat([tf.shape(beside)[:3], [up.shape[2]]], axis=0)
            x = tf.nn.conv2d_transpose(x, up, shape, strides=2, padding="SAME")
            x = tf.concat([x, beside], axis=-1)
            x = tf.nn.leaky_relu(tf.nn.conv2d(x, join, 1, "SAME"), 0.1)
        return tf.nn.conv2d(x, self.last, 1, "SAME")[..., 0]


def dice(truth, probability):
    """Twice the overlap, divided by both sizes, for each picture."""
    overlap = tf.reduce_sum(truth * probability, axis=(1, 2))
    sizes = tf.reduce_sum(truth + probability, axis=(1, 2))
    return (2.0 * overlap + 1.0) / (sizes + 1.0)


def make_batch(rng, count, size=16):
    grid = tf.cast(tf.stack(tf.meshgrid(tf.range(size), tf.range(size), indexing="ij"), -1),
                   tf.float32)
    centers = tf.constant(rng.uniform(4, size - 4, (count, 1, 1, 2)), tf.float32)
    radii = tf.constant(rng.uniform(2, 5, (count, 1, 1)), tf.float32)
    truth = tf.cast(tf.norm(grid - centers, axis=-1) < radii, tf.float32)
    noise = tf.constant(rng.normal(0, 0.5, (count, size, size)), tf.float32)
    return (truth + noise)[..., tf.newaxis], truth


@tf.function(reduce_retracing=True)
def loss_of(model, pictures, truth):
    logits = model(pictures)
    entropy = tf.nn.weighted_cross_entropy_with_logits(truth, logits, pos_weight=2.0)
    return tf.reduce_mean(entropy) + tf.reduce_mean(1.0 - dice(truth, tf.sigmoid(logits)))


def main(steps=10, batch=6):
    rng = np.random.default_rng(13)
    model, optimizer, losses = UNet(rng), tf.optimizers.Adam(0.01), []
    for _ in range(steps):
        pictures, truth = make_batch(rng, batch)
        with tf.GradientTape() as tape:
            loss = loss_of(model, pictures, truth)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        losses.append(loss)
    pictures, truth = make_batch(rng, 3)
    found = tf.round(tf.sigmoid(model(pictures)))
    return {"losses": losses, "overlap": dice(truth, found), "found": tf.reduce_sum(found, [1, 2])}
