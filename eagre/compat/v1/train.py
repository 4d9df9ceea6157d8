"""`tf.compat.v1.train`: optimizers, learning rates and the global step of TensorFlow 1."""

from importlib import import_module as _import_module
from typing import Any as _Any

from eagre.compat.adaptive_optimizers import (
    AdadeltaOptimizer,
    AdagradOptimizer,
    AdamOptimizer,
    FtrlOptimizer,
    RMSPropOptimizer,
)
from eagre.compat.decays import (
    cosine_decay,
    cosine_decay_restarts,
    exponential_decay,
    inverse_time_decay,
    natural_exp_decay,
    piecewise_constant,
    piecewise_constant_decay,
    polynomial_decay,
)
from eagre.compat.descent_optimizers import (
    GradientDescentOptimizer,
    MomentumOptimizer,
    ProximalGradientDescentOptimizer,
)
from eagre.compat.global_step import create_global_step, get_global_step, get_or_create_global_step
from eagre.compat.optimizer import Optimizer
from eagre.core.absent import MissingNameError as _MissingNameError

__all__ = [
    "AdadeltaOptimizer",
    "AdagradOptimizer",
    "AdamOptimizer",
    "FtrlOptimizer",
    "GradientDescentOptimizer",
    "MomentumOptimizer",
    "Optimizer",
    "ProximalGradientDescentOptimizer",
    "RMSPropOptimizer",
    "cosine_decay",
    "cosine_decay_restarts",
    "create_global_step",
    "exponential_decay",
    "get_global_step",
    "get_or_create_global_step",
    "inverse_time_decay",
    "natural_exp_decay",
    "piecewise_constant",
    "piecewise_constant_decay",
    "polynomial_decay",
]


def __getattr__(name: str) -> _Any:
    if not name.startswith("_"):
        try:
            return getattr(_import_module("eagre.train"), name)
        except AttributeError:
            pass
    raise _MissingNameError(__name__, "tf.compat.v1.train", name)
