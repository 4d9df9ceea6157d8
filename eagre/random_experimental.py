"""`tf.random.experimental`: other names of what `tf.random` has, and the stateless shuffles."""

from eagre.ops.drawing import Algorithm
from eagre.ops.index_shuffling import index_shuffle
from eagre.ops.random import fold_in as stateless_fold_in
from eagre.ops.random import split as stateless_split
from eagre.ops.random import stateless_shuffle
from eagre.state.generator import (
    Generator,
    create_rng_state,
    get_global_generator,
    set_global_generator,
)

__all__ = [
    "Algorithm",
    "Generator",
    "create_rng_state",
    "get_global_generator",
    "index_shuffle",
    "set_global_generator",
    "stateless_fold_in",
    "stateless_shuffle",
    "stateless_split",
]
