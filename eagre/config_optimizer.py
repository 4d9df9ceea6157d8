"""`tf.config.optimizer`: switches of graph optimizations."""

from eagre.core.settings import (
    get_experimental_options,
    get_jit,
    set_experimental_options,
    set_jit,
)

__all__ = ["get_experimental_options", "get_jit", "set_experimental_options", "set_jit"]
