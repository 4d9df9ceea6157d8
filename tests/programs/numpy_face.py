"""The face of NumPy: a program written for `np` runs on tensors, with gradients and in graphs."""

import eagre.experimental.numpy as tnp

import eagre as tf


def polynomial_fit(x, y, degree):
    matrix = tnp.vander(x, degree + 1)
    return tnp.ravel(tf.linalg.lstsq(matrix, y[:, tnp.newaxis]))


@tf.function
def trapezoid(f, low, high, count=64):
    x = tnp.linspace(low, high, count)
    y = f(x)
    return tnp.sum((y[1:] + y[:-1]) * tnp.diff(x)) / 2


def moving_average(x, width):
    sums = tnp.cumsum(tnp.concatenate([tnp.zeros(1), x]))
    return (sums[width:] - sums[:-width]) / width


def julia(constant, size=12, rounds=15):
    x = tnp.linspace(-1.5, 1.5, size)
    z = tnp.add(x[tnp.newaxis, :], tnp.multiply(1j, x[:, tnp.newaxis]))
    age = tnp.zeros(z.shape, dtype=tnp.int32)
    for _ in range(rounds):
        inside = tnp.abs(z) < 2
        age = tnp.add(age, tnp.where(inside, 1, 0))
        z = tnp.where(inside, z * z + constant, z)
    return age


def main():
    x = tnp.linspace(-1, 1, 30)
    y = tnp.sin(3 * x) + 0.1 * tnp.cos(40 * x)
    coefficients = polynomial_fit(x, y, 5)
    fitted = tnp.polyval(coefficients, x)
    low = tf.constant(0.0, tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(low)
        area = trapezoid(lambda x: tnp.exp(-x * x), low, 2.0)
    table = tnp.reshape(tnp.arange(24), (2, 3, 4))
    return {
        "coefficients": coefficients,
        "error": tnp.max(tnp.abs(fitted - y)),
        "area": area,
        "slope": tape.gradient(area, low),
        "average": moving_average(y, 4)[::6],
        "julia": julia(-0.4 + 0.6j),
        "products": tnp.tensordot(table, table, axes=((0, 1), (0, 1))),
        "moved": tnp.moveaxis(table, 0, -1)[0],
        "statistics": tnp.stack([tnp.mean(y), tnp.std(y), tnp.var(y), tnp.ptp(x[:5])]),
        "promoted": tnp.add(tnp.true_divide(tnp.asarray([1, 2]), 2), tnp.float32(1)),
        "order": tnp.argsort(tnp.asarray([3, 1, 2])),
        "outer": tnp.outer(tnp.arange(3), [1.0, 2.0]),
        "triangle": tnp.tril(tnp.ones((3, 3))) @ tnp.eye(3),
        "cross": tnp.cross([1.0, 0.0, 0.0], [0.0, 1.0, 0.0]),
    }
