"""Hamiltonian Monte Carlo that finds out by itself how far to roll.

A trajectory is doubled, forwards or backwards in time, until its ends come nearer to each other:
it has made a U-turn (Hoffman and Gelman, Journal of Machine Learning Research 2014; the point is
drawn along the way as in Betancourt, arXiv:1701.02434). So how many gradients a step takes depends
on the point: flat places get long trajectories and curved ones short ones. The loops are Python's
`while` over tensors, and stay so in a graph.

    python examples/no_u_turn.py [--steps 1000]
"""

from __future__ import annotations

import argparse

import numpy as np
from tqdm import tqdm

import eagre as tf

BEND, WIDTH = 0.5, 0.5


def log_density(x):
    """A banana: the first coordinate is normal, the second normal around its bent square."""
    return -0.5 * (x[0] ** 2 + ((x[1] - BEND * x[0] ** 2) / WIDTH) ** 2)


def slope(x):
    """The gradient of the log density."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = log_density(x)
    return tape.gradient(value, x)


def leapfrog(state, size):
    """One step of the motion of position and momentum."""
    x, momentum = tf.unstack(state)
    momentum = momentum + 0.5 * size * slope(x)
    x = x + size * momentum
    return tf.stack([x, momentum + 0.5 * size * slope(x)])


def energy(state):
    """What the motion keeps, but for the error of its steps."""
    return 0.5 * tf.reduce_sum(state[1] ** 2) - log_density(state[0])


def turns(earlier, later):
    """Whether moving on from either end would bring the ends nearer to each other."""
    between = later[0] - earlier[0]
    return tf.reduce_any(tf.tensordot([earlier[1], later[1]], between, 1) < 0.0)


def is_taken(log_chance, *seeds):
    """True with a probability given by its logarithm."""
    drawn = tf.random.stateless_uniform([], tf.stack(seeds), dtype=tf.float64)
    return tf.math.log(drawn) < log_chance


def grow(state, size, count, start, seed):
    """`count` more states; stops early where any balanced part of them has made a U-turn.

    Returns the last state, one drawn by weight, the log of all weights, and whether it turned.
    """
    states = tf.TensorArray(tf.float64, 0, dynamic_size=True, clear_after_read=False)
    chosen, weight = state, tf.constant(-np.inf, tf.float64)
    turned, n = False, 0
    while n < count and not turned:
        state = leapfrog(state, size)
        states = states.write(n, state)
        own = start - energy(state)
        weight = tf.reduce_logsumexp([weight, own])
        if is_taken(own - weight, seed, n):
            chosen = state
        n, span = n + 1, 2
        while n % span == 0 and not turned:
            first = states.read(n - span)
            turned = turns(first, state) if size > 0.0 else turns(state, first)
            span = span * 2
    return state, chosen, weight, turned


@tf.function
def step(x, size, seed, levels=8):
    """The next point, and the number of doublings until the U-turn."""
    momentum = tf.random.stateless_normal(x.shape, [seed, 0], dtype=x.dtype)
    earlier = later = chosen = tf.stack([x, momentum])
    start, weight = energy(chosen), tf.constant(0.0, tf.float64)
    turned, level = False, 0
    while level < levels and not turned:
        level = level + 1
        key, count = seed * levels + level, 2 ** (level - 1)
        if is_taken(np.log(0.5), key, 1):
            later, candidate, more, turned = grow(later, size, count, start, key)
        else:
            earlier, candidate, more, turned = grow(earlier, -size, count, start, key)
        if not turned:
            if is_taken(more - weight, key, 2):
                chosen = candidate
            weight = tf.reduce_logsumexp([weight, more])
            turned = turns(earlier, later)
    return chosen[0], level


def main(steps=1000, size=0.3, burn=20, seed=1):
    """Sample and print; returns the points [steps, 2] and the doublings of each step."""
    x, points, levels = tf.zeros([2], tf.float64), [], []
    for number in tqdm(range(burn + steps), unit="step"):
        x, level = step(x, tf.constant(size, tf.float64), tf.constant(seed * 100_000 + number))
        points.append(x)
        levels.append(int(level))
    points, levels = tf.stack(points[burn:]), levels[burn:]
    for level, count in enumerate(np.bincount(levels)):
        print(f"{count:5} trajectories were doubled {level} times")
    print("means:", tf.reduce_mean(points, axis=0).numpy().round(2), "of", [0, BEND])
    spread = tf.math.reduce_std(points, axis=0).numpy().round(2)
    print("deviations:", spread, "of", np.sqrt([1, 2 * BEND**2 + WIDTH**2]).round(2))
    return points, levels


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--size", type=float, default=0.3)
    parser.add_argument("--seed", type=int, default=1)
    main(**vars(parser.parse_args()))
