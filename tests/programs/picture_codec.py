"""A picture compressed twice: by blocks of cosines, as JPEG does, and by singular values.

Wallace, Communications of the ACM 1991; Eckart and Young, Psychometrika 1936.
"""

import numpy as np

import eagre as tf

LUMINANCE = tf.constant([
    [16, 11, 10, 16, 24, 40, 51, 61], [12, 12, 14, 19, 26, 58, 60, 55],
    [14, 13, 16, 24, 40, 57, 69, 56], [14, 17, 22, 29, 51, 87, 80, 62],
    [18, 22, 37, 56, 68, 109, 103, 77], [24, 35, 55, 64, 81, 104, 113, 92],
    [49, 64, 78, 87, 103, 121, 120, 101], [72, 92, 95, 98, 112, 100, 103, 99],
], tf.float32)  # fmt: skip


def picture(size=32):
    """A smooth picture in color with an edge in it, as bytes."""
    y, x = np.mgrid[:size, :size] / size
    red = 0.5 + 0.5 * np.sin(6 * x + 3 * y)
    green = np.where(x + y > 1, 0.8, 0.2) + 0.1 * np.cos(20 * y)
    pixels = np.stack([red, green, 0.3 + 0 * x], axis=-1) * 255
    return tf.saturate_cast(tf.constant(pixels), tf.uint8)


def cosines(x, inverse=False):
    """The cosine transform of the last two axes."""
    for _ in range(2):
        kind = tf.signal.idct if inverse else tf.signal.dct
        x = tf.linalg.matrix_transpose(kind(x, type=2, norm="ortho"))
    return x


def blocks(channel):
    """A channel [height, width] in squares of eight: [rows, columns, 8, 8]."""
    patches = tf.image.extract_patches(
        channel[None, :, :, None], [1, 8, 8, 1], [1, 8, 8, 1], [1, 1, 1, 1], "VALID")
    return tf.reshape(patches[0], [*patches.shape[1:3], 8, 8])


def without_blocks(parts):
    rows, columns = parts.shape[:2]
    return tf.reshape(tf.transpose(parts, [0, 2, 1, 3]), [rows * 8, columns * 8])


def zigzag():
    """The places of a block in the order of their frequencies."""
    places = sorted(np.ndindex(8, 8), key=lambda p: (sum(p), p[sum(p) % 2]))
    return tf.constant([8 * row + column for row, column in places])


@tf.function
def code(channel, quality):
    table = tf.maximum(tf.round(LUMINANCE * quality), 1.0)
    coefficients = tf.cast(tf.round(cosines(blocks(channel)) / table), tf.int32)
    order = tf.gather(tf.reshape(coefficients, [-1, 64]), zigzag(), axis=1)
    is_last = tf.cast(order != 0, tf.int32) * tf.range(1, 65)
    decoded = cosines(tf.cast(coefficients, tf.float32) * table, inverse=True)
    return without_blocks(decoded), order, tf.reduce_max(is_last, axis=1)


def by_singular_values(matrix, rank):
    s, u, v = tf.linalg.svd(matrix, full_matrices=False)
    kept = u[:, :rank] * s[:rank]
    return tf.matmul(kept, v[:, :rank], adjoint_b=True), s


def main():
    original = picture()
    yuv = tf.image.rgb_to_yuv(tf.cast(original, tf.float32))
    results = {}
    for quality in (0.5, 4.0):
        coded = [code(channel, tf.constant(quality)) for channel in tf.unstack(yuv, axis=-1)]
        decoded = tf.image.yuv_to_rgb(tf.stack([each[0] for each in coded], axis=-1))
        decoded = tf.saturate_cast(tf.round(decoded), tf.uint8)
        results[f"quality {quality}"] = {
            "psnr": tf.image.psnr(original, decoded, max_val=255),
            "lengths": coded[0][2],
            "first": coded[0][1][0, :10],
        }
    gray = tf.image.rgb_to_grayscale(tf.cast(original, tf.float64) / 255.0)[..., 0]
    errors = []
    for rank in (1, 2, 4, 8):
        low, values = by_singular_values(gray, rank)
        errors.append(tf.norm(gray - low) - tf.norm(values[rank:]))
    results["singular"] = {"values": values[:6], "error_is_the_rest": tf.abs(errors) < 1e-12}
    png = tf.io.decode_png(tf.io.encode_png(original))
    results["png"] = {"is_the_same": tf.reduce_all(png == original)}
    return results
