"""Pictures at twice their size: channels of a small network become pixels.

Shi et al., Real-time super-resolution by an efficient sub-pixel network, CVPR 2016.
"""

import numpy as np

import eagre as tf


def waves(rng, count, size=16):
    """Smooth pictures: sums of waves in random directions, [count, size, size, 1]."""
    y, x = np.mgrid[:size, :size] / size
    pictures = np.zeros((count, size, size))
    for picture in pictures:
        for _ in range(3):
            a, b, phase = rng.uniform(-9, 9), rng.uniform(-9, 9), rng.uniform(0, 6)
            picture += np.sin(a * x + b * y + phase) / 6 + 1 / 6
    return tf.constant(pictures[..., np.newaxis], tf.float32)


def halve(pictures):
    return tf.image.resize(pictures, [8, 8], method="area")


def enlarge(pictures, parameters):
    """Bicubic, and what the network adds to that."""
    w1, b1, w2, b2 = parameters
    x = tf.nn.tanh(tf.nn.conv2d(pictures, w1, 1, "SAME") + b1)
    residual = tf.nn.depth_to_space(tf.nn.conv2d(x, w2, 1, "SAME") + b2, block_size=2)
    return tf.image.resize(pictures, [16, 16], method=tf.image.ResizeMethod.BICUBIC) + residual


def charbonnier(error, epsilon=1e-3):
    return tf.reduce_mean(tf.sqrt(tf.square(error) + epsilon**2))


def main(steps=12, batch=8):
    rng = np.random.default_rng(14)
    parameters = [
        tf.Variable(rng.normal(0, 0.2, (3, 3, 1, 12)), dtype=tf.float32),
        tf.Variable(tf.zeros(12)),
        tf.Variable(rng.normal(0, 0.05, (3, 3, 12, 4)), dtype=tf.float32),
        tf.Variable(tf.zeros(4)),
    ]
    optimizer = tf.optimizers.Adam(0.01)

    @tf.function
    def train_step(large):
        with tf.GradientTape() as tape:
            loss = charbonnier(enlarge(halve(large), parameters) - large)
        optimizer.apply_gradients(zip(tape.gradient(loss, parameters), parameters, strict=True))
        return loss

    losses = [train_step(waves(rng, batch)) for _ in range(steps)]
    large = waves(rng, 2)
    small = halve(large)
    better = tf.clip_by_value(enlarge(small, parameters), 0.0, 1.0)
    plain = tf.clip_by_value(tf.image.resize(small, [16, 16], "bilinear"), 0.0, 1.0)
    large = tf.clip_by_value(large, 0.0, 1.0)
    packed = tf.nn.space_to_depth(large, 2)
    return {
        "losses": losses,
        "psnr": tf.image.psnr(better, large, max_val=1.0),
        "psnr_bilinear": tf.image.psnr(plain, large, max_val=1.0),
        "ssim": tf.image.ssim(better, large, max_val=1.0, filter_size=7),
        "is_inverse": tf.reduce_all(tf.nn.depth_to_space(packed, 2) == large),
    }
