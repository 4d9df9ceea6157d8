"""A variational autoencoder of convolutions, on pictures of bars.

Kingma and Welling, Auto-encoding variational Bayes, ICLR 2014, as the usual tutorial has it:
an encoder to means and logarithms of variances, a decoder of transposed convolutions.
"""

import numpy as np

import eagre as tf

SIZE, LATENT = 12, 3


def glorot(rng, shape):
    receptive = np.prod(shape[:-2])
    limit = np.sqrt(6 / (receptive * (shape[-2] + shape[-1])))
    return tf.Variable(rng.uniform(-limit, limit, shape).astype(np.float32))


class ConvolutionalVAE(tf.Module):
    def __init__(self, rng):
        super().__init__()
        self.down = [glorot(rng, [3, 3, 1, 8]), glorot(rng, [3, 3, 8, 16])]
        self.to_latent = glorot(rng, [3 * 3 * 16, 2 * LATENT])
        self.from_latent = glorot(rng, [LATENT, 3 * 3 * 16])
        self.up = [glorot(rng, [3, 3, 8, 16]), glorot(rng, [3, 3, 1, 8])]
        self.bias = tf.Variable(0.0, name="bias")

    def encode(self, x):
        for kernel in self.down:
            x = tf.nn.relu(tf.nn.conv2d(x, kernel, strides=2, padding="SAME"))
        flat = tf.reshape(x, [tf.shape(x)[0], -1])
        return tf.split(flat @ self.to_latent, num_or_size_splits=2, axis=1)

    def decode(self, z):
        x = tf.reshape(tf.nn.relu(z @ self.from_latent), [-1, 3, 3, 16])
        batch = tf.shape(x)[0]
        for kernel, size in zip(self.up, (SIZE // 2, SIZE), strict=True):
            shape = tf.stack([batch, size, size, kernel.shape[2]])
            x = tf.nn.conv2d_transpose(x, kernel, shape, strides=[1, 2, 2, 1], padding="SAME")
            x = tf.nn.relu(x) if size < SIZE else x + self.bias
        return x


def log_normal_density(sample, mean, log_variance):
    log_2_pi = tf.math.log(2.0 * np.pi)
    squares = (sample - mean) ** 2.0 * tf.exp(-log_variance)
    return tf.reduce_sum(-0.5 * (squares + log_variance + log_2_pi), axis=1)


def negative_bound(model, x):
    """The negative of a lower bound of the log likelihood, by one sample of z each."""
    mean, log_variance = model.encode(x)
    z = mean + tf.random.normal(tf.shape(mean)) * tf.exp(0.5 * log_variance)
    logits = model.decode(z)
    entropy = tf.nn.sigmoid_cross_entropy_with_logits(logits=logits, labels=x)
    log_likelihood = -tf.reduce_sum(entropy, axis=[1, 2, 3])
    log_prior = log_normal_density(z, 0.0, 0.0)
    log_posterior = log_normal_density(z, mean, log_variance)
    return -tf.reduce_mean(log_likelihood + log_prior - log_posterior)


def bars(rng, count):
    """Black pictures with one white row or column: [count, size, size, 1]."""
    pictures = np.zeros([count, SIZE, SIZE, 1], np.float32)
    for picture, place in zip(pictures, rng.integers(2 * SIZE, size=count), strict=True):
        rows = picture if place < SIZE else picture.transpose(1, 0, 2)
        rows[place % SIZE] = 1
    return pictures


def main(steps=15, batch=32):
    tf.random.set_seed(42)
    rng = np.random.default_rng(1)
    model, optimizer = ConvolutionalVAE(rng), tf.optimizers.Adam(3e-3)

    @tf.function
    def train_step(x):
        with tf.GradientTape() as tape:
            loss = negative_bound(model, x)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return loss

    losses = [train_step(bars(rng, batch)) for _ in range(steps)]
    mean, log_variance = model.encode(bars(rng, 4))
    grid = tf.stack(tf.meshgrid(tf.linspace(-1.0, 1.0, 3), [0.0], [1.0]), axis=-1)
    pictures = tf.sigmoid(model.decode(tf.reshape(grid, [-1, LATENT])))
    return {"losses": losses, "mean": mean, "log_variance": log_variance, "pictures": pictures}
