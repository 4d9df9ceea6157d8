"""`tf.contrib`: names of 2017 and 2018."""

import sys as _sys

from eagre.contrib import eager
from eagre.core.absent import watch as _watch

__all__ = ["eager"]

_watch(_sys.modules[__name__], "tf.contrib")
