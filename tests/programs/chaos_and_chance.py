"""Small classics of computing with numbers: exponents of chaos, fractals, spins, and search.

The logistic map and Henon's map with their Lyapunov exponents by forward derivatives; Mandelbrot's
set; Ising's spins by Metropolis on a checkerboard; annealing and a genetic search.
"""

import numpy as np

import eagre as tf


@tf.function
def logistic_exponent(rates, steps=60):
    """The mean logarithm of how fast neighbors part, for each rate at once."""
    x = tf.fill(tf.shape(rates), tf.constant(0.4, tf.float64))
    total = tf.zeros_like(rates)
    for _ in tf.range(steps):
        with tf.autodiff.ForwardAccumulator(x, tf.ones_like(x)) as accumulator:
            after = rates * x * (1.0 - x)
        total += tf.math.log(tf.abs(accumulator.jvp(after)) + 1e-300)
        x = after
    return total / steps


def henon_exponents(steps=40):
    """Both exponents, by jacobians whose products are kept orthogonal."""
    state = tf.constant([0.1, 0.1], tf.float64)
    frame, total = tf.eye(2, dtype=tf.float64), tf.zeros([2], tf.float64)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(state)
            x, y = tf.unstack(state)
            after = tf.stack([1.0 - 1.4 * x**2 + y, 0.3 * x])
        q, r = tf.linalg.qr(tape.jacobian(after, state) @ frame)
        total += tf.math.log(tf.abs(tf.linalg.diag_part(r)))
        state, frame = after, q
    return total / steps


@tf.function
def mandelbrot(size=16, rounds=25):
    x, y = tf.meshgrid(tf.linspace(-2.0, 0.6, size), tf.linspace(-1.2, 1.2, size))
    c = tf.complex(x, y)
    z, age = tf.zeros_like(c), tf.zeros([size, size], tf.int32)
    for step in tf.range(rounds):
        inside = tf.abs(z) < 2.0
        if not tf.reduce_any(inside):
            break
        z = tf.where(inside, z * z + c, z)
        age = tf.where(inside, step, age)
    return age


@tf.function
def ising(spins, temperature, sweeps, seed):
    size = tf.shape(spins)[0]
    parity = (tf.range(size)[:, tf.newaxis] + tf.range(size)) % 2
    for sweep in tf.range(sweeps):
        for color in range(2):
            around = tf.add_n([tf.roll(spins, shift, axis) for shift in (1, -1) for axis in (0, 1)])
            cost = 2.0 * tf.cast(spins * around, tf.float32)
            draw = tf.random.stateless_uniform(tf.shape(spins), tf.stack([seed, 2 * sweep + color]))
            flips = tf.logical_and(draw < tf.exp(-cost / temperature), parity == color)
            spins = tf.where(flips, -spins, spins)
    return spins


def rule_of_cells(rule, width=31, steps=12):
    """Wolfram's elementary automata: eight bits say what becomes of three cells."""
    table = tf.bitwise.right_shift(rule, tf.range(8)) & 1
    cells = tf.one_hot(width // 2, width, dtype=tf.int32)
    rows = [cells]
    for _ in range(steps):
        number = 4 * tf.roll(cells, 1, 0) + 2 * cells + tf.roll(cells, -1, 0)
        cells = tf.gather(table, number)
        rows.append(cells)
    return tf.stack(rows)


def anneal(places, seed, steps=60):
    """A short way around all places: two ends of a part are swapped, at falling temperature."""

    def length(tour):
        along = tf.gather(places, tour)
        return tf.reduce_sum(tf.norm(along - tf.roll(along, 1, axis=0), axis=1))

    tour = tf.range(len(places))
    best = length(tour)
    tf.random.set_seed(seed)
    for step in range(steps):
        a, b = tf.unstack(tf.sort(tf.random.uniform([2], 0, len(places), tf.int32)))
        turned = tf.concat([tour[:a], tf.reverse(tour[a : b + 1], [0]), tour[b + 1 :]], axis=0)
        worse = length(turned) - best
        if worse < 0 or tf.random.uniform([]) < tf.exp(-worse * (step + 1) / 2):
            tour, best = turned, length(turned)
    return tour, best


def evolve(seed, size=20, genes=5, generations=12):
    """Points whose best halves mate and mutate, on Rastrigin's function."""
    generator = tf.random.Generator.from_seed(seed)

    def height(x):
        return 10.0 * genes + tf.reduce_sum(x**2 - 10.0 * tf.cos(2 * np.pi * x), axis=1)

    people = generator.uniform([size, genes], -4.0, 4.0)
    for _ in range(generations):
        order = tf.argsort(height(people), stable=True)[: size // 2]
        parents = tf.gather(people, order)
        pairs = generator.uniform([size, 2], 0, size // 2, tf.int32)
        mothers, fathers = (tf.gather(parents, each) for each in tf.unstack(pairs, axis=1))
        children = tf.where(generator.uniform([size, genes]) < 0.5, mothers, fathers)
        children += generator.normal([size, genes], stddev=0.2)
        people = tf.concat([parents[:2], children[2:]], axis=0)
    return tf.reduce_min(height(people)), people[0]


def main():
    rng = np.random.default_rng(44)
    tour, length = anneal(tf.constant(rng.random((8, 2)), tf.float32), seed=5)
    spins = tf.constant(rng.choice([-1, 1], size=(12, 12)), tf.int32)
    low, best = evolve(9)
    return {
        "logistic": logistic_exponent(tf.constant([2.5, 3.2, 3.5, 4.0], tf.float64)),
        "henon": henon_exponents(),
        "mandelbrot": mandelbrot(),
        "spins": [ising(spins, tf.constant(t), tf.constant(15), 3) for t in (1.0, 5.0)],
        "cells": rule_of_cells(110),
        "tour": tour,
        "length": length,
        "low": low,
        "best": best,
    }
