"""`tf.version`: the version of TensorFlow whose names and semantics these are.

eagre's own version is `tf.__version__`.
"""

from eagre.core.versions import COMPILER_VERSION, GIT_VERSION, VERSION

__all__ = ["COMPILER_VERSION", "GIT_VERSION", "VERSION"]
