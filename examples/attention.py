"""A tiny transformer block learns to turn a sequence of letters around.

Attention as in "Attention Is All You Need" (Vaswani et al., NeurIPS 2017): each place asks all
places, and the answer goes through a small dense network.

    python examples/attention.py [--steps 300] [--length 8]
"""

from __future__ import annotations

import argparse

import eagre as tf


def dense(*shape):
    """A variable of random weights that keep the variance."""
    return tf.Variable(tf.random.normal(shape, stddev=shape[0] ** -0.5))


def normalize(x, scale, offset):
    """Layer normalization over the last axis."""
    mean, variance = tf.nn.moments(x, axes=[-1], keepdims=True)
    return tf.nn.batch_normalization(x, mean, variance, offset, scale, 1e-5)


class Block(tf.Module):
    """Attention with several heads and a dense network: [batch, length, width] to the same."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.project = dense(width, 3 * width)
        self.join = dense(width, width)
        self.widen, self.narrow = dense(width, 2 * width), dense(2 * width, width)
        self.scales = [tf.Variable(tf.ones([width])) for _ in range(2)]
        self.offsets = [tf.Variable(tf.zeros([width])) for _ in range(2)]

    def attend(self, x):
        """What each place learns from all places."""
        batch, length, width = x.shape
        split = tf.reshape(x @ self.project, [batch, length, 3, self.heads, width // self.heads])
        query, key, value = tf.unstack(tf.transpose(split, [2, 0, 3, 1, 4]))
        scores = tf.matmul(query, key, transpose_b=True) * (width // self.heads) ** -0.5
        heads = tf.nn.softmax(scores) @ value
        return tf.reshape(tf.transpose(heads, [0, 2, 1, 3]), [batch, length, width]) @ self.join

    def __call__(self, x):
        x = x + self.attend(normalize(x, self.scales[0], self.offsets[0]))
        inner = normalize(x, self.scales[1], self.offsets[1]) @ self.widen
        return x + tf.nn.gelu(inner) @ self.narrow


class Network(tf.Module):
    """Letters [batch, length] to logits [batch, length, letters]."""

    def __init__(self, letters, length, width, heads):
        super().__init__()
        self.letters = dense(letters, width)
        self.places = dense(length, width)
        self.block = Block(width, heads)
        self.answer = dense(width, letters)

    def __call__(self, sequence):
        x = tf.nn.embedding_lookup(self.letters, sequence) + self.places
        return self.block(x) @ self.answer


@tf.function
def train_step(network, optimizer, sequence):
    """One step of gradient descent; returns the loss and the share of right letters before it."""
    wanted = tf.reverse(sequence, axis=[1])
    with tf.GradientTape() as tape:
        logits = network(sequence)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=wanted, logits=logits)
        loss = tf.reduce_mean(losses)
    variables = network.trainable_variables
    gradients = tape.gradient(loss, variables)
    optimizer.apply_gradients(zip(gradients, variables, strict=True))
    right = tf.argmax(logits, axis=-1, output_type=tf.int32) == wanted
    return loss, tf.reduce_mean(tf.cast(right, tf.float32))


def main(steps=300, length=8, letters=8, width=32, batch=32, seed=1):
    """Train and print; returns the losses and accuracies of all steps."""
    tf.random.set_seed(seed)
    network = Network(letters, length, width, heads=4)
    optimizer = tf.optimizers.Adam(0.005)
    history = []
    for step in range(1, steps + 1):
        sequence = tf.random.uniform([batch, length], maxval=letters, dtype=tf.int32)
        loss, accuracy = train_step(network, optimizer, sequence)
        history.append((float(loss), float(accuracy)))
        if step % max(1, steps // 10) == 0:
            print(f"step {step:4}: loss {loss:.4f}, {accuracy:.1%} of the letters right")
    return history


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--length", type=int, default=8)
    parser.add_argument("--letters", type=int, default=8)
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--seed", type=int, default=1)
    main(**vars(parser.parse_args()))
