"""A network that solves the heat equation, since its loss is what is wrong with the derivatives.

Raissi, Perdikaris and Karniadakis, Journal of Computational Physics 2019. Second derivatives come
from tapes within tapes; the steps at the end are L-BFGS on one flat vector.
"""

import numpy as np

import eagre as tf

DIFFUSION = 0.1


class Network(tf.Module):
    def __init__(self, rng, widths=(2, 12, 12, 1)):
        super().__init__()
        self.weights = [
            tf.Variable(rng.normal(0, np.sqrt(1 / a), (a, b)), dtype=tf.float64)
            for a, b in zip(widths[:-1], widths[1:], strict=True)
        ]
        self.biases = [tf.Variable(tf.zeros([b], tf.float64)) for b in widths[1:]]

    def __call__(self, t, x):
        h = tf.concat([t, x], axis=1)
        for w, b in zip(self.weights[:-1], self.biases[:-1], strict=True):
            h = tf.tanh(h @ w + b)
        return h @ self.weights[-1] + self.biases[-1]


def residual(network, t, x):
    """What u_t - k u_xx is instead of zero."""
    with tf.GradientTape(persistent=True) as outer:
        outer.watch([t, x])
        with tf.GradientTape(persistent=True) as inner:
            inner.watch([t, x])
            u = network(t, x)
        u_t = inner.gradient(u, t)
        u_x = inner.gradient(u, x)
        del inner
    u_xx = outer.gradient(u_x, x)
    del outer
    return u_t - DIFFUSION * u_xx


def loss_of(network, points):
    inside_t, inside_x, start_x, edge_t = points
    zeros, ones = tf.zeros_like(start_x), tf.ones_like(edge_t)
    equation = tf.reduce_mean(residual(network, inside_t, inside_x) ** 2)
    start = tf.reduce_mean((network(zeros, start_x) - tf.sin(np.pi * start_x)) ** 2)
    edges = [tf.reduce_mean(network(edge_t, x * ones) ** 2) for x in (0.0, 1.0)]
    return equation + start + tf.add_n(edges)


def flatten(tensors):
    return tf.concat([tf.reshape(each, [-1]) for each in tensors], axis=0)


def assign_flat(variables, vector):
    sizes = [int(tf.size(each)) for each in variables]
    for variable, part in zip(variables, tf.split(vector, sizes), strict=True):
        variable.assign(tf.reshape(part, variable.shape))


def l_bfgs(value_and_gradient, position, rounds, memory=6):
    """Steps along the direction of the two-loop recursion (Nocedal, 1980), halved if too long."""
    steps, changes, history = [], [], []
    value, gradient = value_and_gradient(position)
    for _ in range(rounds):
        direction, shares = -gradient, []
        for s, y in zip(reversed(steps), reversed(changes), strict=True):
            share = tf.tensordot(s, direction, 1) / tf.tensordot(s, y, 1)
            direction -= share * y
            shares.append(share)
        if steps:
            s, y = steps[-1], changes[-1]
            direction *= tf.tensordot(s, y, 1) / tf.tensordot(y, y, 1)
        for s, y, share in zip(steps, changes, reversed(shares), strict=True):
            direction += s * (share - tf.tensordot(y, direction, 1) / tf.tensordot(s, y, 1))
        length, slope = 1.0, tf.tensordot(gradient, direction, 1)
        while True:
            new_value, new_gradient = value_and_gradient(position + length * direction)
            if new_value <= value + 1e-4 * length * slope or length < 1e-6:
                break
            length *= 0.5
        step, change = length * direction, new_gradient - gradient
        position, value, gradient = position + step, new_value, new_gradient
        history.append(value)
        if tf.tensordot(step, change, 1) > 1e-12:
            steps, changes = [*steps[1 - memory :], step], [*changes[1 - memory :], change]
    return position, history


def main(descents=6, rounds=6, count=40):
    rng = np.random.default_rng(21)
    network = Network(rng)
    points = [tf.constant(rng.random((count, 1))) for _ in range(4)]
    variables = network.trainable_variables

    @tf.function
    def value_and_gradients():
        with tf.GradientTape() as tape:
            loss = loss_of(network, points)
        return loss, tape.gradient(loss, variables)

    losses = []
    for _ in range(descents):
        loss, gradients = value_and_gradients()
        for variable, gradient in zip(variables, gradients, strict=True):
            variable.assign_sub(0.05 * gradient)
        losses.append(loss)

    def at(position):
        assign_flat(variables, position)
        loss, gradients = value_and_gradients()
        return loss, flatten(gradients)

    position, history = l_bfgs(at, flatten(variables), rounds)
    assign_flat(variables, position)
    x = tf.linspace(0.0, 1.0, 5)[:, tf.newaxis]
    x = tf.cast(x, tf.float64)
    return {
        "descent": losses,
        "l_bfgs": history,
        "solution": network(0.5 * tf.ones_like(x), x),
        "residual": residual(network, points[0][:5], points[1][:5]),
    }
