"""`tf.nn.experimental`: dropout whose numbers come from a seed, or from a function."""

from eagre.ops.normalization import general_dropout, stateless_dropout

__all__ = ["general_dropout", "stateless_dropout"]
