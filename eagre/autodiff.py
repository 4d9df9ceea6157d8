"""`tf.autodiff`: tapes."""

from eagre.gradients.tape import (
    GradientTape,
)

__all__ = [
    "GradientTape",
]
