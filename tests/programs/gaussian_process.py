"""A Gaussian process: hyperparameters by the marginal likelihood, predictions and samples.

Rasmussen and Williams, Gaussian processes for machine learning, 2006, algorithm 2.1.
"""

import numpy as np

import eagre as tf


class Positive(tf.Module):
    """A variable that stays positive, as the softplus of a free one."""

    def __init__(self, value, name):
        super().__init__(name=name)
        self.free = tf.Variable(np.log(np.expm1(value)), dtype=tf.float64, name=name)

    def __call__(self):
        return tf.math.softplus(self.free)


class GaussianProcess(tf.Module):
    def __init__(self, x, y):
        super().__init__()
        self.x, self.y = x, y
        self.length = Positive(1.0, "length")
        self.amplitude = Positive(1.0, "amplitude")
        self.noise = Positive(0.3, "noise")

    def kernel(self, a, b):
        squares = tf.math.squared_difference(a[:, tf.newaxis, :], b[tf.newaxis, :, :])
        scaled = tf.reduce_sum(squares, axis=-1) / self.length() ** 2
        periodic = tf.exp(-2.0 * tf.sin(np.pi * tf.sqrt(scaled + 1e-12) / 4.0) ** 2)
        return self.amplitude() ** 2 * (tf.exp(-0.5 * scaled) + 0.1 * periodic)

    def factor(self):
        count = self.x.shape[0]
        noise = self.noise() ** 2 * tf.ones([count], tf.float64)
        covariance = self.kernel(self.x, self.x)
        return tf.linalg.cholesky(
            tf.linalg.set_diag(covariance, tf.linalg.diag_part(covariance) + noise)
        )

    def negative_log_likelihood(self):
        factor = self.factor()
        alpha = tf.linalg.triangular_solve(factor, self.y)
        fit = 0.5 * tf.reduce_sum(alpha**2)
        volume = tf.reduce_sum(tf.math.log(tf.linalg.diag_part(factor)))
        return fit + volume + 0.5 * self.x.shape[0] * np.log(2 * np.pi)

    @tf.function(input_signature=[tf.TensorSpec([None, 1], tf.float64)])
    def predict(self, x):
        """Means and covariances of the function at other places."""
        factor, cross = self.factor(), self.kernel(self.x, x)
        mean = tf.matmul(cross, tf.linalg.cholesky_solve(factor, self.y), transpose_a=True)
        explained = tf.linalg.triangular_solve(factor, cross, lower=True)
        covariance = self.kernel(x, x) - tf.matmul(explained, explained, adjoint_a=True)
        return mean[:, 0], covariance


def main(steps=15, count=25):
    rng = np.random.default_rng(23)
    x = np.sort(rng.uniform(-4, 4, (count, 1)), axis=0)
    y = np.sin(1.5 * x) + 0.2 * x + 0.2 * rng.normal(size=x.shape)
    process = GaussianProcess(tf.constant(x), tf.constant(y))
    optimizer = tf.optimizers.Adam(0.1)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = process.negative_log_likelihood()
        variables = process.trainable_variables
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return loss

    losses = [step() for _ in range(steps)]
    places = tf.cast(tf.linspace([-5.0], [5.0], 7), tf.float64)
    mean, covariance = process.predict(places)
    noise = tf.random.stateless_normal([7, 2], seed=[3, 5], dtype=tf.float64)
    root = tf.linalg.cholesky(covariance + 1e-8 * tf.eye(7, dtype=tf.float64))
    return {
        "losses": losses,
        "hyperparameters": [each() for each in (process.length, process.amplitude, process.noise)],
        "mean": mean,
        "deviation": tf.sqrt(tf.linalg.diag_part(covariance)),
        "samples": mean[:, tf.newaxis] + root @ noise,
    }
