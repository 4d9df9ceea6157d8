"""The published formulas of optimizers in float64 NumPy, each a generator of weights."""

import numpy as np


def sgd(w, steps, learning_rate, momentum=0.0, nesterov=False):
    velocity = np.zeros_like(w)
    for g in steps:
        velocity = momentum * velocity - learning_rate * g
        w = w + (momentum * velocity - learning_rate * g if nesterov else velocity)
        yield w


def adam(w, steps, learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7, amsgrad=False):
    mean, variance, largest = np.zeros_like(w), np.zeros_like(w), np.zeros_like(w)
    for t, g in enumerate(steps, 1):
        mean = beta_1 * mean + (1 - beta_1) * g
        variance = beta_2 * variance + (1 - beta_2) * g * g
        largest = np.maximum(largest, variance)
        rate = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
        w = w - rate * mean / (np.sqrt(largest if amsgrad else variance) + epsilon)
        yield w


def adamw(w, steps, learning_rate, weight_decay):
    mean, variance = np.zeros_like(w), np.zeros_like(w)
    for t, g in enumerate(steps, 1):
        mean = 0.9 * mean + 0.1 * g
        variance = 0.999 * variance + 0.001 * g * g
        rate = learning_rate * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        w = w - rate * mean / (np.sqrt(variance) + 1e-7) - learning_rate * weight_decay * w
        yield w


def rmsprop(w, steps, learning_rate, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False):
    square, mean, velocity = np.zeros_like(w), np.zeros_like(w), np.zeros_like(w)
    for g in steps:
        square = rho * square + (1 - rho) * g * g
        mean = rho * mean + (1 - rho) * g
        variance = square - mean * mean if centered else square
        velocity = momentum * velocity + learning_rate * g / np.sqrt(variance + epsilon)
        w = w - velocity
        yield w


def adagrad(w, steps, learning_rate, initial_accumulator_value=0.1, epsilon=1e-7):
    total = np.full_like(w, initial_accumulator_value)
    for g in steps:
        total = total + g * g
        w = w - learning_rate * g / np.sqrt(total + epsilon)
        yield w


def adadelta(w, steps, learning_rate, rho=0.95, epsilon=1e-7):
    of_grads, of_steps = np.zeros_like(w), np.zeros_like(w)
    for g in steps:
        of_grads = rho * of_grads + (1 - rho) * g * g
        step = np.sqrt(of_steps + epsilon) / np.sqrt(of_grads + epsilon) * g
        of_steps = rho * of_steps + (1 - rho) * step * step
        w = w - learning_rate * step
        yield w


def adamax(w, steps, learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    mean, largest = np.zeros_like(w), np.zeros_like(w)
    for t, g in enumerate(steps, 1):
        mean = beta_1 * mean + (1 - beta_1) * g
        largest = np.maximum(beta_2 * largest, np.abs(g))
        w = w - learning_rate / (1 - beta_1**t) * mean / (largest + epsilon)
        yield w


def nadam(w, steps, learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    mean, variance = np.zeros_like(w), np.zeros_like(w)
    momenta = [beta_1 * (1 - 0.5 * 0.96**t) for t in range(1, len(steps) + 2)]
    products = np.cumprod(momenta)
    for t, g in enumerate(steps):
        mean = beta_1 * mean + (1 - beta_1) * g
        variance = beta_2 * variance + (1 - beta_2) * g * g
        ahead = (momenta[t + 1] * mean / (1 - products[t + 1])
                 + (1 - momenta[t]) * g / (1 - products[t]))
        size = np.sqrt(variance / (1 - beta_2 ** (t + 1)))
        w = w - learning_rate * ahead / (size + epsilon)
        yield w


def ftrl(w, steps, learning_rate, learning_rate_power=-0.5, initial_accumulator_value=0.1,
         l1_regularization_strength=0.0, l2_regularization_strength=0.0,
         l2_shrinkage_regularization_strength=0.0, beta=0.0):
    """McMahan's form, per coordinate: where |z| <= l1 the weight is zero."""
    total, linear = np.full_like(w, initial_accumulator_value), np.zeros_like(w)
    for g in steps:
        after = total + g * g
        sigma = (after**-learning_rate_power - total**-learning_rate_power) / learning_rate
        linear = linear + g + 2 * l2_shrinkage_regularization_strength * w - sigma * w
        total = after
        curvature = ((beta + total**-learning_rate_power) / learning_rate
                     + 2 * l2_regularization_strength)
        excess = linear - np.sign(linear) * l1_regularization_strength
        w = np.where(np.abs(linear) <= l1_regularization_strength, 0.0, -excess / curvature)
        yield w


def lamb(w, steps, learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    mean, variance = np.zeros_like(w), np.zeros_like(w)
    for t, g in enumerate(steps, 1):
        mean = beta_1 * mean + (1 - beta_1) * g
        variance = beta_2 * variance + (1 - beta_2) * g * g
        ratio = mean / (1 - beta_1**t) / (np.sqrt(variance / (1 - beta_2**t)) + epsilon)
        w = w - learning_rate * np.linalg.norm(w) / np.linalg.norm(ratio) * ratio
        yield w


def lion(w, steps, learning_rate, beta_1=0.9, beta_2=0.99):
    momentum = np.zeros_like(w)
    for g in steps:
        w = w - learning_rate * np.sign(beta_1 * momentum + (1 - beta_1) * g)
        momentum = beta_2 * momentum + (1 - beta_2) * g
        yield w


FORMULAS = {
    "SGD": sgd, "Adam": adam, "AdamW": adamw, "RMSprop": rmsprop, "Adagrad": adagrad,
    "Adadelta": adadelta, "Adamax": adamax, "Nadam": nadam, "Ftrl": ftrl, "Lamb": lamb,
    "Lion": lion,
}
