"""A picture is painted in the style of another: statistics of random features are matched.

Gatys, Ecker and Bethge, CVPR 2016; that random filters suffice for texture is Ustyuzhaninov et
al., ICLR 2017.
"""

import numpy as np

import eagre as tf


def make_features(rng, channels=10):
    """A function to features of two sizes, by filters that are drawn and stay as they are."""
    filters = [
        tf.constant(rng.normal(0, 0.3, (5, 5, 3, channels)), tf.float32),
        tf.constant(rng.normal(0, 0.1, (3, 3, channels, channels)), tf.float32),
    ]

    def features(picture):
        x, found = picture[tf.newaxis], []
        for kernel in filters:
            x = tf.nn.relu(tf.nn.conv2d(x, kernel, strides=1, padding="VALID"))
            found.append(x)
            x = tf.nn.avg_pool2d(x, 2, 2, padding="VALID")
        return found

    return features


def gram_matrix(x):
    """How channels go together: [batch, channels, channels]."""
    sums = tf.linalg.einsum("bijc,bijd->bcd", x, x)
    shape = tf.shape(x)
    return sums / tf.cast(shape[1] * shape[2], tf.float32)


def stripes(size=20):
    x = tf.linspace(0.0, 12.0, size)
    wave = tf.sin(x[:, tf.newaxis] + x)
    return tf.stack([wave, -wave, 0.5 * wave], axis=-1) * 0.5 + 0.5


def disc(size=20):
    place = tf.linspace(-1.0, 1.0, size)
    inside = tf.cast(place[:, tf.newaxis] ** 2 + place**2 < 0.36, tf.float32)
    return tf.stack([inside, 0.3 + 0.0 * inside, 1.0 - inside], axis=-1)


def main(steps=10, style_weight=10.0, content_weight=1.0, variation_weight=1e-4):
    rng = np.random.default_rng(15)
    features = make_features(rng)
    content_target = features(disc())[-1]
    style_targets = [gram_matrix(x) for x in features(stripes())]
    picture = tf.Variable(disc())
    optimizer = tf.optimizers.Adam(learning_rate=0.02, beta_1=0.99, epsilon=1e-1)

    @tf.function
    def paint():
        with tf.GradientTape() as tape:
            found = features(picture)
            style = tf.add_n([
                tf.reduce_mean((gram_matrix(x) - target) ** 2)
                for x, target in zip(found, style_targets, strict=True)
            ])
            content = tf.reduce_mean((found[-1] - content_target) ** 2)
            loss = style_weight * style + content_weight * content
            loss += variation_weight * tf.image.total_variation(picture)
        gradient = tape.gradient(loss, picture)
        optimizer.apply_gradients([(gradient, picture)])
        picture.assign(tf.clip_by_value(picture, 0.0, 1.0))
        return style, content

    history = [paint() for _ in range(steps)]
    return {
        "style": [style for style, _ in history],
        "content": [content for _, content in history],
        "picture": picture,
        "bytes": tf.image.convert_image_dtype(picture, tf.uint8, saturate=True)[::5, ::5],
    }
