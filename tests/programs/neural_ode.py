"""A neural ordinary differential equation learns a spiral; gradients by the adjoint equation.

Chen, Rubanova, Bettencourt and Duvenaud, NeurIPS 2018. The solver is a `tf.custom_gradient`: its
gradient is another solution, backwards in time, and nothing is kept on the way.
"""

import numpy as np

import eagre as tf


def runge_kutta_step(f, state, step):
    k1 = f(state)
    k2 = f(tf.nest.map_structure(lambda s, k: s + 0.5 * step * k, state, k1))
    k3 = f(tf.nest.map_structure(lambda s, k: s + 0.5 * step * k, state, k2))
    k4 = f(tf.nest.map_structure(lambda s, k: s + step * k, state, k3))
    return tf.nest.map_structure(
        lambda s, a, b, c, d: s + step / 6.0 * (a + 2.0 * b + 2.0 * c + d), state, k1, k2, k3, k4
    )


def solve(f, state, time, steps):
    """The state after `time`, by steps of one size."""
    step = time / steps
    for _ in tf.range(steps):
        state = runge_kutta_step(f, state, step)
    return state


class Dynamics(tf.Module):
    def __init__(self, rng, units=16):
        super().__init__()
        self.w1 = tf.Variable(rng.normal(0, 0.3, (2, units)), dtype=tf.float32)
        self.w2 = tf.Variable(rng.normal(0, 0.3, (units, 2)), dtype=tf.float32)

    def __call__(self, y):
        return tf.tanh(y**3 @ self.w1) @ self.w2


def adjoint_solve(dynamics, y, time, steps=8):
    """The solution of y' = dynamics(y), with gradients for y and for the weights."""
    weights = dynamics.trainable_variables

    @tf.custom_gradient
    def solution(start):
        end = solve(dynamics, start, time, steps)

        def gradient(upstream, variables=None):
            def backwards(state):
                y, adjoint, *_ = state
                with tf.GradientTape() as tape:
                    tape.watch(y)
                    slope = dynamics(y)
                slopes = tape.gradient(slope, [y, *weights], output_gradients=adjoint)
                return (slope, *[-each for each in slopes])

            zeros = [tf.zeros_like(weight) for weight in weights]
            state = solve(backwards, (end, upstream, *zeros), -time, steps)
            found = {id(w): grad for w, grad in zip(weights, state[2:], strict=True)}
            return state[1], [found[id(variable)] for variable in variables]

        return end, gradient

    return solution(y)


def main(rounds=8):
    rng = np.random.default_rng(20)
    dynamics, optimizer = Dynamics(rng), tf.optimizers.Adam(0.05)
    matrix = tf.constant([[-0.1, 2.0], [-2.0, -0.1]])
    start = tf.constant(rng.uniform(-1.5, 1.5, (24, 2)), tf.float32)
    target = solve(lambda y: y**3 @ matrix, start, tf.constant(0.5), 20)

    @tf.function
    def train_step():
        with tf.GradientTape() as tape:
            end = adjoint_solve(dynamics, start, tf.constant(0.5))
            loss = tf.reduce_mean(tf.abs(end - target))
        gradients = tape.gradient(loss, dynamics.trainable_variables)
        optimizer.apply_gradients(zip(gradients, dynamics.trainable_variables, strict=True))
        return loss

    losses = [train_step() for _ in range(rounds)]
    with tf.GradientTape(persistent=True) as tape:
        by_adjoint = tf.reduce_sum(adjoint_solve(dynamics, start, tf.constant(0.5), 16) ** 2)
        by_tape = tf.reduce_sum(solve(dynamics, start, tf.constant(0.5), 16) ** 2)
    return {
        "losses": losses,
        "adjoint": tape.gradient(by_adjoint, dynamics.w2),
        "through_the_solver": tape.gradient(by_tape, dynamics.w2),
    }
