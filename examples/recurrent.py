"""An LSTM cell learns to remember: is the number of ones so far odd or even?

The cell is that of Hochreiter and Schmidhuber (Neural Computation 1997) with a forget gate,
written out; the network answers after each bit.

    python examples/recurrent.py [--steps 300] [--length 8]
"""

from __future__ import annotations

import argparse

import eagre as tf


class Cell(tf.Module):
    """One step of an LSTM: [batch, inputs] and a state to the next state."""

    def __init__(self, inputs, units):
        super().__init__()
        limit = (6 / (inputs + 5 * units)) ** 0.5
        shape = [inputs + units, 4 * units]
        self.units = units
        self.weights = tf.Variable(tf.random.uniform(shape, -limit, limit))
        # The forget gate starts open.
        self.bias = tf.Variable(tf.repeat([0.0, 1.0, 0.0, 0.0], units))

    def __call__(self, x, state):
        hidden, memory = state
        gates = tf.concat([x, hidden], axis=1) @ self.weights + self.bias
        enter, keep, leave, candidate = tf.split(gates, 4, axis=1)
        memory = tf.sigmoid(keep) * memory + tf.sigmoid(enter) * tf.tanh(candidate)
        return tf.sigmoid(leave) * tf.tanh(memory), memory

    def initial(self, batch):
        """An empty state for each example."""
        return tf.zeros([batch, self.units]), tf.zeros([batch, self.units])


class Network(tf.Module):
    """Bits [batch, length] to a logit after each bit."""

    def __init__(self, units):
        super().__init__()
        self.cell = Cell(1, units)
        self.weights = tf.Variable(tf.random.normal([units, 1], stddev=units**-0.5))
        self.bias = tf.Variable(tf.zeros([]))

    def __call__(self, bits):
        state = self.cell.initial(bits.shape[0])
        hidden = []
        for x in tf.unstack(bits, axis=1):
            state = self.cell(x[:, tf.newaxis], state)
            hidden.append(state[0])
        return tf.squeeze(tf.stack(hidden, axis=1) @ self.weights, axis=2) + self.bias


def make_batch(batch, length):
    """Random bits, and whether the ones up to each place are odd."""
    bits = tf.random.uniform([batch, length], maxval=2, dtype=tf.int32)
    return tf.cast(bits, tf.float32), tf.cast(tf.cumsum(bits, axis=1) % 2, tf.float32)


@tf.function
def train_step(network, optimizer, bits, odd):
    """One step of gradient descent; returns loss and accuracy before it."""
    with tf.GradientTape() as tape:
        logits = network(bits)
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(odd, logits))
    variables = network.trainable_variables
    gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, variables), 1.0)
    optimizer.apply_gradients(zip(gradients, variables, strict=True))
    return loss, tf.reduce_mean(tf.cast((logits > 0) == (odd > 0.5), tf.float32))


def main(steps=300, length=8, units=16, batch=64, seed=1):
    """Train and print; returns the losses and accuracies of all steps."""
    tf.random.set_seed(seed)
    network, optimizer = Network(units), tf.optimizers.Adam(0.02)
    history = []
    for step in range(1, steps + 1):
        loss, accuracy = train_step(network, optimizer, *make_batch(batch, length))
        history.append((float(loss), float(accuracy)))
        if step % max(1, steps // 10) == 0:
            print(f"step {step:4}: loss {loss:.4f}, {accuracy:.1%} right")
    return history


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--length", type=int, default=8)
    parser.add_argument("--units", type=int, default=16)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--seed", type=int, default=1)
    main(**vars(parser.parse_args()))
