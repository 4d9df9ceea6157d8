"""`tf.compat`: names of earlier versions of TensorFlow."""

import sys as _sys

from eagre.compat import v1
from eagre.core.absent import watch as _watch

__all__ = ["v1"]

_watch(_sys.modules[__name__], "tf.compat")
