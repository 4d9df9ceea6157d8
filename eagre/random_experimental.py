"""`tf.random.experimental`: other names of what `tf.random` has, and the stateless shuffle."""

from eagre.ops.random import (
    Algorithm,
    fold_in as stateless_fold_in,
    split as stateless_split,
    stateless_shuffle,
)
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
    "set_global_generator",
    "stateless_fold_in",
    "stateless_shuffle",
    "stateless_split",
]
