"""A line through noisy points, by gradient descent until nothing changes any more.

The loop is Python's `while`, and a tensor decides when it ends. `tf.function` makes a graph of the
same loop: one call is then the whole training.

    python examples/linear_regression.py [--samples 100] [--rate 0.2]
"""

from __future__ import annotations

import argparse

import eagre as tf


class Line(tf.Module):
    """slope * x + height: [samples] to [samples]."""

    def __init__(self):
        super().__init__()
        self.slope = tf.Variable(0.0, name="slope")
        self.height = tf.Variable(0.0, name="height")

    def __call__(self, x):
        return self.slope * x + self.height


def make_points(samples, noise):
    """Places, and noisy heights of the line 3x + 2 there."""
    x = tf.random.normal([samples])
    return x, 3.0 * x + 2.0 + tf.random.normal([samples], stddev=noise)


def train_step(line, x, y, rate):
    """One step of gradient descent; returns the loss before it and the length of the gradient."""
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((line(x) - y) ** 2)
    gradients = tape.gradient(loss, line.trainable_variables)
    for gradient, variable in zip(gradients, line.trainable_variables, strict=True):
        variable.assign_sub(rate * gradient)
    return loss, tf.linalg.global_norm(gradients)


def train(line, x, y, rate, tolerance=1e-4, limit=1000):
    """Descend until the gradient is shorter than `tolerance`; returns all losses."""
    loss, length = train_step(line, x, y, rate)
    losses = [loss]
    while length > tolerance and len(losses) < limit:
        loss, length = train_step(line, x, y, rate)
        losses.append(loss)
    return tf.stack(losses)


def main(samples=100, noise=0.5, rate=0.2, seed=1):
    """Fit and print; returns the losses, the line and the points."""
    tf.random.set_seed(seed)
    x, y = make_points(samples, noise)
    line = Line()
    losses = tf.function(train)(line, x, y, rate)
    print("step    loss")
    for step in range(0, len(losses), max(1, len(losses) // 8)):
        print(f"{step:4}  {losses[step]:7.4f}")
    print(f"{len(losses)} steps until the gradient vanished; the variance of the noise: {noise**2}")
    print(f"y = {line.slope.numpy():.3f} x + {line.height.numpy():.3f}, made from y = 3 x + 2")
    return losses, line, (x, y)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=100)
    parser.add_argument("--noise", type=float, default=0.5)
    parser.add_argument("--rate", type=float, default=0.2)
    parser.add_argument("--seed", type=int, default=1)
    main(**vars(parser.parse_args()))
