"""`tf.autograph.experimental`: what is converted, and options of loops."""

from eagre.functions.autograph.conversion import do_not_convert, set_loop_options
from eagre.functions.autograph.features import Feature

__all__ = ["Feature", "do_not_convert", "set_loop_options"]
