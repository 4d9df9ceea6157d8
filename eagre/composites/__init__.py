"""Composites: objects made of several tensors."""
