"""`tf.experimental.numpy.random`: NumPy's names for drawing from the global generator."""

from eagre.arrays.numpy_random import (
    poisson,
    rand,
    randint,
    randn,
    random,
    seed,
    standard_normal,
    uniform,
)

__all__ = [
    "poisson", "rand", "randint", "randn", "random", "seed", "standard_normal", "uniform",
]
