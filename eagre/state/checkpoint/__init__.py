"""Checkpoints: what is reachable from an object, saved by the names of its attributes."""
