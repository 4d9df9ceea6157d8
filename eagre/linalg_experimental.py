"""`tf.linalg.experimental`: systems solved step by step."""

from eagre.state.linear_operators.conjugate_gradient import conjugate_gradient

__all__ = ["conjugate_gradient"]
