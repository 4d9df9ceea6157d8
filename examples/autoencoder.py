"""A variational autoencoder learns to draw digits from two numbers each.

The encoder gives each image a Gaussian in a plane, the decoder draws an image from a point of it
(Kingma and Welling, ICLR 2014). What rises is the ELBO, a lower bound of the log-likelihood: how
well the image is drawn, less what the point tells beyond chance.

    python examples/autoencoder.py [--epochs 40] [--picture plane.png]
"""

from __future__ import annotations

import argparse

import matplotlib
import numpy as np
from sklearn.datasets import load_digits
from tqdm import tqdm

import eagre as tf

BATCH = 128
PIXELS = 64


class Dense(tf.Module):
    """[batch, inputs] to [batch, outputs]."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.weights = tf.Variable(tf.random.normal([inputs, outputs], stddev=inputs**-0.5))
        self.bias = tf.Variable(tf.zeros([outputs]))

    def __call__(self, x):
        return x @ self.weights + self.bias


class Autoencoder(tf.Module):
    """Images [batch, 64] to Gaussians in the plane, and points back to logits of pixels."""

    def __init__(self, units=64, latent=2):
        super().__init__()
        self.read, self.place = Dense(PIXELS, units), Dense(units, 2 * latent)
        self.widen, self.draw = Dense(latent, units), Dense(units, PIXELS)

    def encode(self, images):
        """Mean and log-variance of each image's point: twice [batch, latent]."""
        return tf.split(self.place(tf.nn.relu(self.read(images))), 2, axis=1)

    def decode(self, points):
        """The logits of the pixels [batch, 64]."""
        return self.draw(tf.nn.relu(self.widen(points)))


def elbo(network, images):
    """The mean over a batch, in nats per image, with one random point for each image."""
    mean, log_variance = network.encode(images)
    points = mean + tf.exp(0.5 * log_variance) * tf.random.normal(tf.shape(mean))
    logits = network.decode(points)
    losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=images, logits=logits)
    divergence = 0.5 * (tf.exp(log_variance) + mean**2 - 1.0 - log_variance)
    return -tf.reduce_mean(tf.reduce_sum(losses, axis=1) + tf.reduce_sum(divergence, axis=1))


@tf.function
def train_step(network, optimizer, images):
    """One step of gradient descent; returns the ELBO before it."""
    with tf.GradientTape() as tape:
        loss = -elbo(network, images)
    gradients = tape.gradient(loss, network.trainable_variables)
    optimizer.apply_gradients(zip(gradients, network.trainable_variables, strict=True))
    return -loss


def draw_plane(network, path, count=15, width=2.5):
    """A picture of what the decoder draws from `count` by `count` points of the plane."""
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    line = tf.linspace(-width, width, count)
    points = tf.stack(tf.meshgrid(line, -line), axis=2)
    pixels = tf.sigmoid(network.decode(tf.reshape(points, [-1, 2])))
    image = tf.transpose(tf.reshape(pixels, [count, count, 8, 8]), [0, 2, 1, 3])
    plt.imsave(path, tf.reshape(image, [count * 8, count * 8]).numpy(), cmap="gray_r")


def main(epochs=40, seed=1, picture=None):
    """Train, print and draw; returns the ELBO of each epoch and of unseen images."""
    tf.random.set_seed(seed)
    images = np.random.default_rng(seed).permutation(load_digits().data / 16).astype(np.float32)
    images, unseen = images[:1536], images[1536:]
    network, optimizer = Autoencoder(), tf.optimizers.Adam(0.003)
    history = []
    for epoch in tqdm(range(1, epochs + 1), unit="epoch"):
        shuffled = tf.random.shuffle(images)
        values = [train_step(network, optimizer, batch) for batch in tf.split(shuffled, 12)]
        history.append(float(tf.reduce_mean(values)))
        if epoch % max(1, epochs // 8) == 0:
            tqdm.write(f"epoch {epoch:3}: ELBO {history[-1]:.2f} nats per image")
    last = float(elbo(network, unseen))
    print(f"ELBO of {len(unseen)} images never seen in training: {last:.2f}")
    if picture:
        draw_plane(network, picture)
        print(f"Picture: {picture}")
    return history, last


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--picture", default="plane.png")
    main(**vars(parser.parse_args()))
