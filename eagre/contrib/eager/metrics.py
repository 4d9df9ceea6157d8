"""`tf.contrib.eager.metrics`: what is gathered over many batches."""

from eagre.compat.metrics import Accuracy, Mean, Metric

__all__ = [
    "Accuracy",
    "Mean",
    "Metric",
]
