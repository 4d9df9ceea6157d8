"""`eagre.testing`: tests of users' own functions."""

from eagre.debugging.testing.gradient_checks import check_gradients
from eagre.debugging.testing.numeric_gradient import compute_gradient

__all__ = ["check_gradients", "compute_gradient"]
