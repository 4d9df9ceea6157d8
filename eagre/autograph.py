"""`tf.autograph`: Python control flow over tensors becomes graph control flow."""

from eagre import autograph_experimental as experimental
from eagre.functions.autograph.conversion import set_verbosity, to_code, to_graph, trace

__all__ = ["experimental", "set_verbosity", "to_code", "to_graph", "trace"]
