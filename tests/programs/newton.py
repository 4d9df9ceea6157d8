"""Newton's method with exact Hessians: logistic regression, and a valley that is hard to follow.

Boyd and Vandenberghe, Convex optimization, 2004, chapter 9. Hessians come from a jacobian of a
gradient; products of Hessians and vectors from a tape under a forward accumulator.
"""

import numpy as np

import eagre as tf


def gradient_and_hessian(f, x):
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            value = f(x)
        gradient = inner.gradient(value, x)
    return value, gradient, outer.jacobian(gradient, x)


def hessian_vector_product(f, x, vector):
    """The Hessian times a vector: forward over backward."""
    with tf.autodiff.ForwardAccumulator(x, vector) as accumulator:
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = f(x)
        gradient = tape.gradient(value, x)
    return accumulator.jvp(gradient)


def conjugate_gradients(product, b, rounds):
    """An approximate solution of `product(x) = b` for a symmetric positive map."""
    x, left = tf.zeros_like(b), b
    direction, size = left, tf.tensordot(left, left, 1)
    for _ in range(rounds):
        image = product(direction)
        step = size / tf.tensordot(direction, image, 1)
        x, left = x + step * direction, left - step * image
        new_size = tf.tensordot(left, left, 1)
        direction, size = left + new_size / size * direction, new_size
    return x


def rosenbrock(x):
    return tf.reduce_sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


@tf.function
def damped_newton(x, rounds):
    """Steps with as much of the identity added as makes the Hessian positive definite."""
    values = tf.TensorArray(tf.float64, size=rounds)
    for i in tf.range(rounds):
        value, gradient, hessian = gradient_and_hessian(rosenbrock, x)
        values = values.write(i, value)
        least = tf.linalg.eigvalsh(hessian)[0]
        shift = tf.maximum(tf.constant(0.0, tf.float64), 1e-3 - least)
        factor = tf.linalg.cholesky(hessian + shift * tf.eye(3, dtype=tf.float64))
        step = tf.linalg.cholesky_solve(factor, gradient[:, tf.newaxis])[:, 0]
        length = tf.constant(1.0, tf.float64)
        while rosenbrock(x - length * step) > value and length > 1e-4:
            length *= 0.5
        x -= length * step
    return x, values.stack()


def logistic_regression(rng, count=60, features=4, rounds=5):
    inputs = tf.constant(rng.normal(size=(count, features)))
    weights = rng.normal(size=features)
    labels = tf.cast(inputs.numpy() @ weights + rng.normal(size=count) > 0, tf.float64)

    def loss(w):
        logits = tf.linalg.matvec(inputs, w)
        entropy = tf.nn.sigmoid_cross_entropy_with_logits(labels, logits)
        return tf.reduce_sum(entropy) + 0.05 * tf.reduce_sum(w**2)

    w = tf.zeros(features, tf.float64)
    losses = []
    for _ in range(rounds):
        value, gradient, hessian = gradient_and_hessian(loss, w)
        losses.append(value)
        w -= tf.linalg.solve(hessian, gradient[:, tf.newaxis])[:, 0]
    deviations = tf.sqrt(tf.linalg.diag_part(tf.linalg.inv(hessian)))
    step = conjugate_gradients(lambda v: hessian_vector_product(loss, w, v), gradient, features)
    return {"losses": losses, "weights": w, "deviations": deviations, "step": step}


def main():
    x, values = damped_newton(tf.constant([-1.2, 1.0, 0.5], tf.float64), tf.constant(12))
    regression = logistic_regression(np.random.default_rng(22))
    return {"x": x, "values": values, **regression}
