"""`tf.debugging`: looking into a running computation, and changing it."""

from eagre.debugging.values import set_value

__all__ = ["set_value"]
