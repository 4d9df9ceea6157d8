"""Weights from which a few steps of gradient descent learn any sine wave from ten points.

Each task is a sine with an amplitude and a phase of its own. What is trained is the loss *after*
a step of descent on the task, so the outer gradient goes through the inner one (MAML: Finn,
Abbeel and Levine, ICML 2017). `tf.vectorized_map` does all tasks of a batch at once. For
comparison the same network is trained on all tasks without the inner step.

    python examples/meta_learning.py [--steps 3000]
"""

from __future__ import annotations

import argparse

from tqdm import tqdm

import eagre as tf

RATE = 0.02


class Network(tf.Module):
    """Two layers of tanh: [points, 1] to [points, 1], also with weights from elsewhere."""

    def __init__(self, units=32):
        super().__init__()
        shapes = [[1, units], [units], [units, units], [units], [units, 1], [1]]
        self.weights = [tf.Variable(initial(shape)) for shape in shapes]

    def __call__(self, x, weights):
        x = tf.tanh(x @ weights[0] + weights[1])
        x = tf.tanh(x @ weights[2] + weights[3])
        return x @ weights[4] + weights[5]


def initial(shape):
    """Random matrices that keep the variance, and vectors of zeros."""
    return tf.random.normal(shape, stddev=shape[0] ** -0.5 if len(shape) == 2 else 0.0)


def make_tasks(tasks, points):
    """Points of sines to learn from, and as many to be judged by: each [tasks, points, 1]."""
    amplitude = tf.random.uniform([tasks, 1, 1], 0.5, 3.0)
    phase = tf.random.uniform([tasks, 1, 1], 0.0, 3.14159)
    x = tf.random.uniform([tasks, 2 * points, 1], -5.0, 5.0)
    return tf.split(x, 2, axis=1), tf.split(amplitude * tf.sin(x + phase), 2, axis=1)


def loss_of(network, x, y, weights):
    """The mean squared error on one task."""
    return tf.reduce_mean((network(x, weights) - y) ** 2)


def adapt(network, x, y, weights):
    """The weights after a step of gradient descent on one task."""
    with tf.GradientTape() as tape:
        tape.watch(weights)
        loss = loss_of(network, x, y, weights)
    gradients = tape.gradient(loss, weights)
    return [weight - RATE * gradient for weight, gradient in zip(weights, gradients, strict=True)]


def loss_after(network, tasks, steps):
    """The mean loss of a batch of tasks after some steps of descent on each."""

    def of_one(task):
        (x, unseen_x), (y, unseen_y) = task
        weights = [tf.convert_to_tensor(weight) for weight in network.weights]
        for _ in range(steps):
            weights = adapt(network, x, y, weights)
        return loss_of(network, unseen_x, unseen_y, weights)

    return tf.reduce_mean(tf.vectorized_map(of_one, tasks))


@tf.function
def train_step(network, optimizer, tasks, steps):
    """One step on the loss after `steps` inner steps; returns that loss before it."""
    with tf.GradientTape() as tape:
        loss = loss_after(network, tasks, steps)
    gradients = tape.gradient(loss, network.trainable_variables)
    optimizer.apply_gradients(zip(gradients, network.trainable_variables, strict=True))
    return loss


def main(steps=3000, tasks=16, points=10, seed=1):
    """Train both ways and print; returns the losses on new tasks after 0, 1 … 5 inner steps."""
    curves = {}
    for name, inner in (("meta-learned", 1), ("pre-trained", 0)):
        tf.random.set_seed(seed)
        network, optimizer = Network(), tf.optimizers.Adam(0.003)
        for _ in tqdm(range(steps), desc=name, unit="step"):
            train_step(network, optimizer, make_tasks(tasks, points), inner)
        unseen = make_tasks(200, points)
        curves[name] = [float(loss_after(network, unseen, count)) for count in range(6)]
    print("loss on unseen sines after", *(f"{count:6}" for count in range(6)), "steps")
    for name, losses in curves.items():
        print(f"{name:>26}", *(f"{loss:6.3f}" for loss in losses))
    return curves


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--tasks", type=int, default=16)
    parser.add_argument("--points", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    main(**vars(parser.parse_args()))
