"""The public operations, composed of primitives."""
