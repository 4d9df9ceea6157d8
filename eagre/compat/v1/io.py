"""`tf.compat.v1.io`: names of TensorFlow 1 beside those of `tf.io`."""

from importlib import import_module as _import_module
from typing import Any as _Any

from eagre.compat.reading import tf_record_iterator
from eagre.core.absent import MissingNameError as _MissingNameError

__all__ = ["tf_record_iterator"]


def __getattr__(name: str) -> _Any:
    if not name.startswith("_"):
        try:
            return getattr(_import_module("eagre.io"), name)
        except AttributeError:
            pass
    raise _MissingNameError(__name__, "tf.compat.v1.io", name)
