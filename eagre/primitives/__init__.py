"""Primitives by family: each class holds all the rules of one operation.

Importing this package gives tensors their operators.
"""

from eagre.primitives import operators as operators
