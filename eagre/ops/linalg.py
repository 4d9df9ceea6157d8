"""Products of matrices."""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes
from eagre.core.tensor import EagerTensor
from eagre.ops.selection import same_dtype
from eagre.primitives import arithmetic
from eagre.primitives.contraction import matmul_primitive


def matmul(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    transpose_b: bool = False,
    adjoint_a: bool = False,
    adjoint_b: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
    output_type: Any = None,
    grad_a: bool = False,
    grad_b: bool = False,
    name: str | None = None,
) -> Any:
    """The product of matrices [..., n, k] and [..., k, m]; leading axes broadcast.

    Args:
        transpose_a: whether a is [..., k, n]; likewise transpose_b.
        adjoint_a: whether a is [..., k, n] and conjugated; likewise adjoint_b.
        output_type: the dtype of the result, by default that of a and b.

    Raises:
        InvalidArgumentError: fewer than two axes, or sizes that do not agree.

    >>> tf.matmul([[1.0, 2.0]], [[3.0], [4.0]]).numpy()
    array([[11.]], dtype=float32)
    """
    if a.__class__ is not EagerTensor or b.__class__ is not EagerTensor:
        a, b = same_dtype(a, b, "matmul")
    if (transpose_a and adjoint_a) or (transpose_b and adjoint_b):
        which = "a" if transpose_a and adjoint_a else "b"
        raise ValueError(
            "matmul expected transpose or adjoint of one argument, not both. "
            f"Received: transpose_{which}=True, adjoint_{which}=True"
        )
    if adjoint_a:
        a, transpose_a = arithmetic.conjugated(a), True
    if adjoint_b:
        b, transpose_b = arithmetic.conjugated(b), True
    product = matmul_primitive.door(a, b, transpose_a=transpose_a, transpose_b=transpose_b)
    if output_type is None:
        return product
    return arithmetic.cast(product, dtype=dtypes.as_dtype(output_type))
