"""Optimizers: rules by which gradients change variables."""
