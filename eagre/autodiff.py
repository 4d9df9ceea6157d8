"""`tf.autodiff`: tapes and forward accumulators."""

from eagre.gradients.forward import ForwardAccumulator
from eagre.gradients.tape import GradientTape

__all__ = ["ForwardAccumulator", "GradientTape"]
