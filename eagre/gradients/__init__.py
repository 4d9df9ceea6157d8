"""Gradients: backpropagation over tapes and graphs."""
