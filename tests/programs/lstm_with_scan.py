"""An LSTM written with `tf.scan` adds up marked numbers of a sequence.

Hochreiter and Schmidhuber, Neural Computation 1997, which has this task; truncated gradients by
norm, and orthogonal recurrent weights by a QR decomposition.
"""

import numpy as np

import eagre as tf


def orthogonal(shape, seed):
    """A random matrix with orthonormal rows or columns."""
    rows, columns = shape
    normal = tf.random.stateless_normal([max(shape), min(shape)], seed=seed)
    q, r = tf.linalg.qr(normal)
    q *= tf.sign(tf.linalg.diag_part(r))
    return q if rows >= columns else tf.transpose(q)


def create_parameters(inputs, units):
    return {
        "input": tf.Variable(0.4 * tf.random.stateless_normal([inputs, 4 * units], [1, 0])),
        "recurrent": tf.Variable(orthogonal([units, 4 * units], [2, 0])),
        "bias": tf.Variable(tf.repeat([0.0, 1.0, 0.0, 0.0], units)),
        "output": tf.Variable(0.3 * tf.random.stateless_normal([units, 1], [3, 0])),
    }


def lstm(parameters, sequence, units):
    """Outputs and cells of all times, from [batch, time, inputs] to [time, batch, units]."""

    def step(state, x):
        hidden, cell = state
        gates = x @ parameters["input"] + hidden @ parameters["recurrent"] + parameters["bias"]
        write, forget, candidate, read = tf.split(gates, 4, axis=1)
        cell = tf.sigmoid(forget) * cell + tf.sigmoid(write) * tf.tanh(candidate)
        return tf.sigmoid(read) * tf.tanh(cell), cell

    by_time = tf.transpose(sequence, [1, 0, 2])
    zeros = tf.zeros([tf.shape(sequence)[0], units])
    return tf.scan(step, by_time, initializer=(zeros, zeros))


def adding_problem(rng, batch, length):
    numbers = rng.random((batch, length))
    marks = np.zeros((batch, length))
    for row in marks:
        row[rng.choice(length, 2, replace=False)] = 1
    total = np.sum(numbers * marks, axis=1, keepdims=True)
    return tf.cast(np.stack([numbers, marks], axis=-1), tf.float32), tf.cast(total, tf.float32)


def main(steps=12, batch=16, length=8, units=12):
    parameters = create_parameters(2, units)
    optimizer = tf.optimizers.Nadam(0.01)
    rng = np.random.default_rng(6)

    @tf.function
    def train_step(sequence, total):
        with tf.GradientTape() as tape:
            outputs, _ = lstm(parameters, sequence, units)
            predicted = outputs[-1] @ parameters["output"]
            loss = tf.reduce_mean(tf.math.squared_difference(predicted, total))
        variables = tf.nest.flatten(parameters)
        gradients = [tf.clip_by_norm(grad, 1.0) for grad in tape.gradient(loss, variables)]
        optimizer.apply_gradients(zip(gradients, variables, strict=True))
        return loss, tf.linalg.global_norm(gradients)

    history = [train_step(*adding_problem(rng, batch, length)) for _ in range(steps)]
    outputs, cells = lstm(parameters, adding_problem(rng, 2, length)[0], units)
    recurrent = orthogonal([units, 4 * units], [2, 0])
    return {
        "losses": [loss for loss, _ in history],
        "norms": [norm for _, norm in history],
        "outputs": outputs[-1],
        "cells": cells[-1],
        "gram": tf.matmul(recurrent, recurrent, transpose_b=True),
    }
