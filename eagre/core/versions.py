"""What programs that ask for the version of TensorFlow are told."""

VERSION = "2.21.0"
"""The version whose names and semantics are followed, so that programs that need version 2 run."""

GIT_VERSION = "v2.21.0"
COMPILER_VERSION = "none"
"""There is nothing to compile."""
