"""A picture is changed so that filters answer more: gradient ascent in octaves and tiles.

Mordvintsev, Olah and Tyka, Inceptionism, 2015.
"""

import numpy as np

import eagre as tf


class Filters(tf.Module):
    """Gabor filters: waves in several directions, seen through a window."""

    def __init__(self, directions=6, size=7):
        super().__init__()
        angle = tf.range(directions, dtype=tf.float32) * (np.pi / directions)
        place = tf.range(size, dtype=tf.float32) - size // 2
        y, x = tf.meshgrid(place, place, indexing="ij")
        along = x[..., None] * tf.cos(angle) + y[..., None] * tf.sin(angle)
        window = tf.exp(-(x**2 + y**2) / 6.0)[..., None]
        kernel = window * tf.cos(1.5 * along)
        self.kernel = (kernel - tf.reduce_mean(kernel, axis=[0, 1]))[:, :, None, :]

    def __call__(self, picture):
        gray = tf.image.rgb_to_grayscale(picture[None])
        return tf.nn.relu(tf.nn.conv2d(gray, self.kernel, 1, "SAME"))


class TiledGradients(tf.Module):
    """The slope of what the filters answer, for one tile after the other of a rolled picture."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    @tf.function(
        input_signature=(
            tf.TensorSpec(shape=[None, None, 3], dtype=tf.float32),
            tf.TensorSpec(shape=[2], dtype=tf.int32),
        )
    )
    def __call__(self, picture, shift, tile=12):
        rolled = tf.roll(picture, shift=shift, axis=[0, 1])
        gradients = tf.zeros_like(rolled)
        height, width = tf.shape(rolled)[0], tf.shape(rolled)[1]
        for x in tf.range(0, width, tile):
            for y in tf.range(0, height, tile):
                with tf.GradientTape() as tape:
                    tape.watch(rolled)
                    part = rolled[y : y + tile, x : x + tile]
                    loss = tf.reduce_mean(self.model(part) ** 2)
                gradients = gradients + tape.gradient(loss, rolled)
        gradients = tf.roll(gradients, shift=-shift, axis=[0, 1])
        return gradients / (tf.math.reduce_std(gradients) + 1e-8)


def main(octaves=2, steps=2, step_size=0.02):
    rng = np.random.default_rng(16)
    model = Filters()
    slope = TiledGradients(model)
    picture = tf.image.resize(tf.constant(rng.random((6, 6, 3)), tf.float32), [20, 20])
    original_shape = tf.cast(tf.shape(picture)[:-1], tf.float32)
    answers = [tf.reduce_mean(model(picture))]
    for octave in range(octaves):
        new_size = tf.cast(original_shape * 1.3**octave, tf.int32)
        picture = tf.image.resize(picture, new_size)
        for _ in range(steps):
            shift = tf.constant(rng.integers(-6, 6, size=2), tf.int32)
            picture = picture + slope(picture, shift) * step_size
            picture = tf.clip_by_value(picture, -1, 1)
        answers.append(tf.reduce_mean(model(picture)))
    return {"answers": answers, "picture": picture, "gray": tf.image.rgb_to_hsv(abs(picture))[0]}
