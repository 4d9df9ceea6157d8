"""Matrices that are known by what they do: each class holds no more than makes its own."""
