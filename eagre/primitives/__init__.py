"""Primitives by family: each class holds all the rules of one operation."""
