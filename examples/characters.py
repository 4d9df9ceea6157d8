"""A character LSTM learns to write like Python's own documentation.

The text is the language reference that ships with Python for `help()`. The network reads it in
parallel strips, goes on from where the last step stopped, and after each character guesses the
next (Graves, arXiv:1308.0850). The loop over the characters is a `for` over a tensor: plain Python
in eager code, one loop of the graph in a `tf.function`.

    python examples/characters.py [--steps 1500] [--prompt "the function "]
"""

from __future__ import annotations

import argparse
import re
from pydoc_data.topics import topics

import numpy as np
from recurrent import Cell
from tqdm import tqdm

import eagre as tf

LETTERS = " abcdefghijklmnopqrstuvwxyz.,"


def load():
    """The text in lower-case letters, without what is code or markup."""
    text = " ".join(topics[name] for name in sorted(topics)).lower()
    return re.sub(r"[^a-z.,]+", " ", text)


def numbered(text):
    """The number of each character."""
    return np.array([LETTERS.index(letter) for letter in text], np.int32)


class Network(tf.Module):
    """Numbers of characters [length, batch] to logits of the next ones, and the last state."""

    def __init__(self, units):
        super().__init__()
        self.cell = Cell(len(LETTERS), units)
        self.weights = tf.Variable(tf.random.normal([units, len(LETTERS)], stddev=units**-0.5))
        self.bias = tf.Variable(tf.zeros([len(LETTERS)]))

    def __call__(self, characters, state):
        hidden = []
        for x in tf.one_hot(characters, len(LETTERS)):
            state = self.cell(x, state)
            hidden.append(state[0])
        return tf.stack(hidden) @ self.weights + self.bias, state


@tf.function
def train_step(network, optimizer, characters, state):
    """One step of gradient descent; returns the loss before it, and the state to go on from."""
    with tf.GradientTape() as tape:
        logits, state = network(characters[:-1], state)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(characters[1:], logits)
        loss = tf.reduce_mean(losses)
    variables = network.trainable_variables
    gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, variables), 1.0)
    optimizer.apply_gradients(zip(gradients, variables, strict=True))
    return loss, state


@tf.function
def write(network, prompt, count, temperature):
    """`count` characters that follow the prompt [length], each drawn and read again."""
    logits, state = network(prompt[:, tf.newaxis], network.cell.initial(1))
    written = tf.TensorArray(tf.int32, count)
    for i in tf.range(count):
        drawn = tf.random.categorical(logits[-1] / temperature, 1, dtype=tf.int32)
        written = written.write(i, drawn[0, 0])
        logits, state = network(drawn, state)
    return written.stack()


def sample(network, prompt, count=200, temperature=0.5):
    """What the network writes after a prompt."""
    numbers = write(network, tf.constant(numbered(prompt)), tf.constant(count), temperature)
    return prompt + "".join(LETTERS[number] for number in numbers.numpy())


def main(steps=1500, length=40, batch=32, units=96, rate=0.005, seed=1, prompt="the function "):
    """Train, print samples on the way; returns the losses and the last sample."""
    tf.random.set_seed(seed)
    numbers = numbered(load())
    strips = numbers[: len(numbers) // batch * batch].reshape(batch, -1).T
    network, optimizer = Network(units), tf.optimizers.Adam(rate)
    state, losses = network.cell.initial(batch), []
    for step in tqdm(range(steps), unit="step"):
        start = step * length % (len(strips) - length - 1)
        characters = tf.constant(strips[start : start + length + 1])
        loss, state = train_step(network, optimizer, characters, state)
        losses.append(float(loss))
        if (step + 1) % max(1, steps // 5) == 0:
            text = sample(network, prompt)
            tqdm.write(f"step {step + 1}: {np.mean(losses[-50:]):.3f} nats per character\n  {text}")
    return losses, text


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--units", type=int, default=96)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--prompt", default="the function ")
    main(**vars(parser.parse_args()))
