"""Least squares by QR: a polynomial is fitted to noisy points.

The QR decomposition does not square the condition number, as the normal equations do: with
polynomials of high degree they lose digits that QR keeps.

    python examples/regression.py [--degree 5] [--samples 200]
"""

from __future__ import annotations

import argparse

import eagre as tf


def make_points(samples, coefficients, noise):
    """Places in [0, 3] and the noisy values of the polynomial there."""
    x = tf.linspace(tf.constant(0.0, tf.float64), 3.0, samples)
    clean = tf.math.polyval(tf.unstack(coefficients[::-1]), x)
    return x, clean + tf.random.normal([samples], stddev=noise, dtype=tf.float64)


def powers(x, degree):
    """1, x, x² …: [samples, degree + 1]."""
    return x[:, tf.newaxis] ** tf.range(degree + 1, dtype=x.dtype)


@tf.function
def solve_by_qr(matrix, values):
    """The least-squares solution, and the root of its mean squared residual."""
    q, r = tf.linalg.qr(matrix)
    right = tf.matmul(q, values[:, tf.newaxis], transpose_a=True)
    solution = tf.linalg.triangular_solve(r, right, lower=False)
    residuals = values - tf.squeeze(matrix @ solution, axis=1)
    return tf.squeeze(solution, axis=1), tf.sqrt(tf.reduce_mean(residuals**2))


@tf.function
def solve_by_normal_equations(matrix, values):
    """The same by a Cholesky decomposition of the squared matrix."""
    square = tf.matmul(matrix, matrix, transpose_a=True)
    right = tf.matmul(matrix, values[:, tf.newaxis], transpose_a=True)
    return tf.squeeze(tf.linalg.cholesky_solve(tf.linalg.cholesky(square), right), axis=1)


def main(degree=5, samples=200, noise=0.1, seed=1):
    """Fit and print; returns the matrix, the values, the solutions and the residual."""
    tf.random.set_seed(seed)
    truth = tf.random.normal([degree + 1], dtype=tf.float64)
    x, values = make_points(samples, truth, noise)
    matrix = powers(x, degree)
    solution, residual = solve_by_qr(matrix, values)
    other = solve_by_normal_equations(matrix, values)
    print("power  truth     by QR     by the normal equations")
    for power, row in enumerate(tf.stack([truth, solution, other], axis=1).numpy()):
        print(f"{power:5} {row[0]:9.5f} {row[1]:9.5f} {row[2]:9.5f}")
    singular = tf.linalg.svd(matrix, compute_uv=False)
    print(f"residual {residual:.4f} at noise of {noise}")
    print(f"condition number {singular[0] / singular[-1]:.3g}, squared in the normal equations")
    return matrix, values, solution, other, residual


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--degree", type=int, default=5)
    parser.add_argument("--samples", type=int, default=200)
    parser.add_argument("--noise", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=1)
    main(**vars(parser.parse_args()))
