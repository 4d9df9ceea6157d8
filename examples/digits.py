"""A convolutional network learns to read digits, one Python line at a time.

The data are the 1,797 scanned digits (8 by 8 pixels) that scikit-learn ships. The training loop
is plain Python: put a `breakpoint()` or a `print` wherever you like.

    python examples/digits.py [--epochs 15] [--picture digits.png]
"""

from __future__ import annotations

import argparse
import time

import matplotlib
import numpy as np
from sklearn.datasets import load_digits
from tqdm import tqdm

import eagre as tf

BATCH = 64


class Network(tf.Module):
    """Two convolutions, a pooling, a dense layer: [batch, 8, 8, 1] to [batch, 10]."""

    def __init__(self):
        super().__init__()
        self.filters1 = glorot([3, 3, 1, 16])
        self.bias1 = tf.Variable(tf.zeros([16]))
        self.filters2 = glorot([3, 3, 16, 32])
        self.bias2 = tf.Variable(tf.zeros([32]))
        self.weights = glorot([4 * 4 * 32, 10])
        self.bias = tf.Variable(tf.zeros([10]))

    def __call__(self, images):
        x = tf.nn.relu(tf.nn.conv2d(images, self.filters1, strides=1, padding="SAME") + self.bias1)
        x = tf.nn.relu(tf.nn.conv2d(x, self.filters2, strides=1, padding="SAME") + self.bias2)
        x = tf.nn.max_pool2d(x, ksize=2, strides=2, padding="VALID")
        return tf.reshape(x, [-1, 4 * 4 * 32]) @ self.weights + self.bias


def glorot(shape):
    """A variable with the initial values of Glorot and Bengio (AISTATS 2010)."""
    fan_in, fan_out = np.prod(shape[:-1]), np.prod(shape[:-2]) * shape[-1]
    limit = float(np.sqrt(6 / (fan_in + fan_out)))
    return tf.Variable(tf.random.uniform(shape, -limit, limit))


def load():
    """Images in [0, 1] and labels, the last fifth of them for testing."""
    digits = load_digits()
    images = (digits.images[..., np.newaxis] / 16).astype(np.float32)
    labels = digits.target.astype(np.int64)
    order = np.random.default_rng(0).permutation(len(labels))
    images, labels = images[order], labels[order]
    cut = len(labels) * 4 // 5
    return (images[:cut], labels[:cut]), (images[cut:], labels[cut:])


def loss_of(network, images, labels):
    """The mean cross-entropy of the network's answers."""
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, network(images))
    return tf.reduce_mean(losses)


def train_step(network, optimizer, images, labels):
    """One step of gradient descent; returns the loss before it."""
    with tf.GradientTape() as tape:
        loss = loss_of(network, images, labels)
    gradients = tape.gradient(loss, network.trainable_variables)
    optimizer.apply_gradients(zip(gradients, network.trainable_variables, strict=True))
    return loss


def train(network, optimizer, images, labels, epochs):
    """Go through the images `epochs` times in random order; returns the losses."""
    losses = []
    order = np.random.default_rng(1)
    with tqdm(total=epochs * (len(labels) // BATCH), unit="step") as progress:
        for epoch in range(epochs):
            shuffled = order.permutation(len(labels))
            for start in range(0, len(labels) - BATCH + 1, BATCH):
                batch = shuffled[start : start + BATCH]
                loss = train_step(
                    network, optimizer, tf.constant(images[batch]), tf.constant(labels[batch])
                )
                losses.append(float(loss))
                progress.update()
            progress.set_postfix(epoch=epoch + 1, loss=f"{np.mean(losses[-20:]):.4f}")
    return losses


def predict(network, images):
    """The digit that the network takes each image for."""
    return tf.argmax(network(tf.constant(images)), axis=1).numpy()


def draw(path, losses, images, labels, predictions):
    """The loss curve, and test digits with prediction and truth, mistakes first."""
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure = plt.figure(figsize=(11, 4.6), layout="constrained")
    left, right = figure.subfigures(1, 2, width_ratios=[1, 1.25])
    curve = left.subplots()
    curve.semilogy(losses, linewidth=0.8, alpha=0.45, color="tab:blue", label="each step")
    smooth = np.convolve(losses, np.ones(20) / 20, mode="valid")
    curve.semilogy(range(19, len(losses)), smooth, color="tab:blue", label="mean of 20 steps")
    curve.set(xlabel="step", ylabel="cross-entropy", title="Loss while training")
    curve.legend(frameon=False)
    order = np.argsort(predictions == labels, kind="stable")[:24]
    right.suptitle("Test digits: prediction (truth, where it differs)")
    for axes, index in zip(right.subplots(4, 6).flat, order, strict=True):
        axes.imshow(images[index, ..., 0], cmap="gray_r")
        axes.axis("off")
        is_right = predictions[index] == labels[index]
        title = f"{predictions[index]}" if is_right else f"{predictions[index]} ({labels[index]})"
        axes.set_title(title, color="black" if is_right else "tab:red", fontsize=11)
    figure.savefig(path, dpi=110)


def main():
    """Train, test, print and draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--picture", default="digits.png")
    options = parser.parse_args()
    tf.random.set_seed(0)
    (images, labels), (test_images, test_labels) = load()
    network = Network()
    optimizer = tf.optimizers.Adam(0.003)
    start = time.perf_counter()
    losses = train(network, optimizer, images, labels, options.epochs)
    seconds = time.perf_counter() - start
    predictions = predict(network, test_images)
    accuracy = np.mean(predictions == test_labels)
    print(f"Trained for {len(losses)} steps in {seconds:.1f} s.")
    print(f"Test accuracy: {accuracy:.1%} on {len(test_labels)} digits never seen in training.")
    draw(options.picture, losses, test_images, test_labels, predictions)
    print(f"Picture: {options.picture}")


if __name__ == "__main__":
    main()
