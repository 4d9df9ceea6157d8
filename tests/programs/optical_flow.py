"""How a picture moved: dense flow by Horn and Schunck, and one motion by Lucas and Kanade.

Horn and Schunck, Artificial Intelligence 1981; Lucas and Kanade, IJCAI 1981. The second one warps
by the flow found so far and solves for what is left.
"""

import numpy as np

import eagre as tf


def texture(size=20):
    x, y = np.meshgrid(np.linspace(0, 6, size), np.linspace(0, 6, size))
    return tf.constant(np.sin(2 * x) * np.cos(1.5 * y) + 0.3 * np.sin(x * y), tf.float32)


def sample(picture, places):
    """Values between pixels: [n, 2] places as rows and columns, bilinearly."""
    height, width = picture.shape
    places = tf.clip_by_value(places, 0.0, [height - 1.001, width - 1.001])
    corner = tf.floor(places)
    share = places - corner
    index = tf.cast(corner, tf.int32)

    def at(row, column):
        return tf.gather_nd(picture, index + [row, column])

    top = at(0, 0) * (1 - share[:, 1]) + at(0, 1) * share[:, 1]
    bottom = at(1, 0) * (1 - share[:, 1]) + at(1, 1) * share[:, 1]
    return top * (1 - share[:, 0]) + bottom * share[:, 0]


def grid(height, width):
    rows, columns = tf.meshgrid(tf.range(height), tf.range(width), indexing="ij")
    return tf.cast(tf.reshape(tf.stack([rows, columns], axis=-1), [-1, 2]), tf.float32)


def slopes(picture):
    gradient = tf.image.sobel_edges(picture[None, :, :, None])[0, :, :, 0] / 8.0
    return gradient[..., 0], gradient[..., 1]


@tf.function
def dense_flow(first, second, rounds=40, smoothness=0.05):
    """A motion [height, width, 2] for each pixel, smooth where the picture does not tell."""
    slope_y, slope_x = slopes((first + second) / 2)
    change = second - first
    average = tf.constant([[1.0, 2.0, 1.0], [2.0, 0.0, 2.0], [1.0, 2.0, 1.0]]) / 12.0
    kernel = average[:, :, tf.newaxis, tf.newaxis] * tf.ones([1, 1, 2, 1])
    flow = tf.zeros([*first.shape, 2])
    for _ in tf.range(rounds):
        mean = tf.nn.depthwise_conv2d(
            tf.pad(flow[tf.newaxis], [[0, 0], [1, 1], [1, 1], [0, 0]], mode="SYMMETRIC"),
            kernel, strides=[1, 1, 1, 1], padding="VALID",
        )[0]
        error = slope_y * mean[..., 0] + slope_x * mean[..., 1] + change
        error /= smoothness + slope_y**2 + slope_x**2
        flow = mean - tf.stack([slope_y * error, slope_x * error], axis=-1)
    return flow


@tf.function
def one_motion(first, second, rounds=8):
    """The motion [2] of the whole picture: least squares on what is left, again and again."""
    places = grid(*first.shape)
    motion = tf.zeros([2])
    for _ in range(rounds):
        moved = sample(second, places + motion)
        warped = tf.reshape(moved, first.shape)
        matrix = tf.reshape(tf.stack(slopes(warped), axis=-1), [-1, 2])
        left = tf.reshape(first - warped, [-1, 1])
        motion += tf.linalg.lstsq(matrix, left, l2_regularizer=1e-3)[:, 0]
    return motion


def main(motion=(0.6, -0.8)):
    first = texture()
    places = grid(*first.shape)
    second = tf.reshape(sample(first, places - motion), first.shape)
    flow = dense_flow(first, second)
    inner = flow[4:-4, 4:-4]
    return {
        "flow": inner[::4, ::4],
        "mean": tf.reduce_mean(inner, axis=[0, 1]),
        "one": one_motion(first, second),
    }
