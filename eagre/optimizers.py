"""`tf.optimizers`: rules by which gradients change variables."""

from eagre import optimizers_schedules as schedules
from eagre.state.optimizers.adadelta import Adadelta
from eagre.state.optimizers.adagrad import Adagrad
from eagre.state.optimizers.adam import Adam, AdamW
from eagre.state.optimizers.adamax import Adamax
from eagre.state.optimizers.ftrl import Ftrl
from eagre.state.optimizers.lamb import Lamb
from eagre.state.optimizers.lion import Lion
from eagre.state.optimizers.nadam import Nadam
from eagre.state.optimizers.optimizer import Optimizer
from eagre.state.optimizers.rmsprop import RMSprop
from eagre.state.optimizers.sgd import SGD

__all__ = [
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Ftrl",
    "Lamb",
    "Lion",
    "Nadam",
    "Optimizer",
    "RMSprop",
    "schedules",
]
