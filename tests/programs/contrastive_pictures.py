"""Two views of each picture are brought together and all others pushed apart; then triplets.

Chen, Kornblith, Norouzi and Hinton, A simple framework for contrastive learning, ICML 2020; the
hardest examples of a batch as in Hermans, Beyer and Leibe, In defense of the triplet loss, 2017.
"""

import numpy as np

import eagre as tf


def augment(picture, seed):
    """A random view of a picture: cropped, flipped, of other brightness and contrast."""
    seeds = tf.random.split(seed, num=4)
    view = tf.image.stateless_random_crop(picture, size=[12, 12, 3], seed=seeds[0])
    view = tf.image.resize(view, [16, 16])
    view = tf.image.stateless_random_flip_left_right(view, seed=seeds[1])
    view = tf.image.stateless_random_brightness(view, 0.2, seed=seeds[2])
    view = tf.image.stateless_random_contrast(view, 0.7, 1.3, seed=seeds[3])
    return tf.image.per_image_standardization(tf.clip_by_value(view, 0.0, 1.0))


def normalized_temperature_loss(a, b, temperature=0.5):
    """Cross entropy of finding the other view among all of the batch."""
    count = tf.shape(a)[0]
    both = tf.math.l2_normalize(tf.concat([a, b], axis=0), axis=1)
    similar = tf.matmul(both, both, transpose_b=True) / temperature
    similar = tf.linalg.set_diag(similar, tf.fill([2 * count], -1e9))
    partner = tf.concat([tf.range(count, 2 * count), tf.range(count)], axis=0)
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(partner, similar))


def hardest_triplets(vectors, labels, margin=0.3):
    """The farthest of the same label, the nearest of another, and a margin between."""
    products = tf.matmul(vectors, vectors, transpose_b=True)
    squares = tf.linalg.diag_part(products)
    distances = tf.maximum(squares[:, None] - 2.0 * products + squares[None], 0.0)
    is_zero = tf.cast(distances == 0.0, tf.float32)
    distances = (1.0 - is_zero) * tf.sqrt(distances + is_zero * 1e-16)
    same = labels[:, tf.newaxis] == labels[tf.newaxis]
    farthest = tf.reduce_max(tf.where(same, distances, 0.0), axis=1)
    nearest = tf.reduce_min(tf.where(same, np.inf, distances), axis=1)
    return tf.reduce_mean(tf.nn.softplus(farthest - nearest + margin)), nearest - farthest


class Encoder(tf.Module):
    def __init__(self, rng):
        super().__init__()
        self.kernel = tf.Variable(rng.normal(0, 0.2, (5, 5, 3, 8)), dtype=tf.float32)
        self.dense = tf.Variable(rng.normal(0, 0.2, (4 * 4 * 8, 6)), dtype=tf.float32)

    def __call__(self, x):
        x = tf.nn.relu(tf.nn.conv2d(x, self.kernel, strides=2, padding="SAME"))
        x = tf.nn.avg_pool2d(x, 2, 2, "SAME")
        return tf.reshape(x, [tf.shape(x)[0], 4 * 4 * 8]) @ self.dense


def pictures(rng, count):
    """Pictures in three tints, with a bright square somewhere; and the number of the tint."""
    labels = rng.integers(3, size=count)
    x = 0.2 * rng.random((count, 16, 16, 3)) + 0.4 * np.eye(3)[labels][:, None, None]
    for each in x:
        row, column = rng.integers(10, size=2)
        each[row : row + 5, column : column + 5] += 0.4
    return tf.constant(x, tf.float32), tf.constant(labels)


def main(steps=5, batch=8):
    rng = np.random.default_rng(40)
    encoder, optimizer = Encoder(rng), tf.optimizers.Lion(3e-3)

    @tf.function
    def contrast(x, seed):
        seeds = tf.random.split(seed, num=2 * batch)
        a, b = (
            tf.map_fn(lambda pair: augment(*pair), (x, half), fn_output_signature=tf.float32)
            for half in (seeds[:batch], seeds[batch:])
        )
        with tf.GradientTape() as tape:
            loss = normalized_temperature_loss(encoder(a), encoder(b))
        variables = encoder.trainable_variables
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return loss

    losses = [contrast(pictures(rng, batch)[0], tf.constant([step, 7])) for step in range(steps)]
    x, labels = pictures(rng, 10)
    with tf.GradientTape() as tape:
        vectors = tf.math.l2_normalize(encoder(x), axis=1)
        loss, gaps = hardest_triplets(vectors, labels)
    return {
        "losses": losses,
        "triplets": loss,
        "gaps": gaps,
        "slope": tape.gradient(loss, encoder.dense)[::16],
        "view": augment(x[0], tf.constant([1, 2]))[::4, ::4],
    }
