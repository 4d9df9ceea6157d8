"""`tf.optimizers`: rules by which gradients change variables."""

from eagre.state.optimizers.adam import Adam
from eagre.state.optimizers.optimizer import Optimizer
from eagre.state.optimizers.sgd import SGD

__all__ = [
    "SGD",
    "Adam",
    "Optimizer",
]
