"""The triangular factors of Gaussian elimination with exchange of rows, and what they solve.

Matrices are the last two axes, the leading ones are a batch.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.ops.creation import range as range_
from eagre.ops.decompositions import triangular_solve
from eagre.ops.matrices import as_matrices, matrix_transpose
from eagre.ops.selection import same_dtype
from eagre.ops.shaping import cast
from eagre.ops.sorting import sort
from eagre.primitives import diagonals, factorizations
from eagre.primitives.checking import demand
from eagre.primitives.comparison import equal
from eagre.primitives.contraction import matmul
from eagre.primitives.families import shape_of
from eagre.primitives.picking import put_along, take_along
from eagre.primitives.rearrangement import broadcast_to, expand_dims


class Lu(NamedTuple):
    """What `lu` returns."""

    lu: Any
    p: Any


def lu(input: Any, output_idx_type: Any = dtypes.int32, name: str | None = None) -> Lu:
    """Both triangular factors in one matrix, and the order p of the rows: input[p] = l u.

    The diagonal of l is 1 and not stored.

    >>> factors, p = tf.linalg.lu([[1.0, 2.0], [2.0, 2.0]])
    >>> p.numpy()
    array([1, 0], dtype=int32)
    """
    factors, order = factorizations.lu(to_tensor(input))
    return Lu(factors, cast(order, output_idx_type))


def lu_solve(
    lower_upper: Any, perm: Any, rhs: Any, validate_args: bool = False, name: str | None = None
) -> Any:
    """The x with a x = rhs, given `lu(a)`.

    >>> a = [[1.0, 2.0], [2.0, 2.0]]
    >>> tf.linalg.lu_solve(*tf.linalg.lu(a), [[3.0], [4.0]]).numpy()
    array([[1.],
           [1.]], dtype=float32)
    """
    factors, rhs = same_dtype(lower_upper, rhs, "lu_solve")
    rhs = as_matrices(rhs, "lu_solve")
    batch = diagonals.diag_part(factors, k=0)[..., None] * 0
    columns = matrix_transpose(rhs + batch)
    places = broadcast_to(expand_dims(to_tensor(perm), axis=(-2,)), shape_of(columns))
    moved = matrix_transpose(take_along(columns, places))
    lower = factorizations.unit_lower(factors)
    return triangular_solve(factors, triangular_solve(lower, moved), lower=False)


def lu_matrix_inverse(
    lower_upper: Any, perm: Any, validate_args: bool = False, name: str | None = None
) -> Any:
    """The inverse of a, given `lu(a)`.

    >>> tf.linalg.lu_matrix_inverse(*tf.linalg.lu([[2.0, 0.0], [0.0, 4.0]])).numpy()
    array([[0.5 , 0.  ],
           [0.  , 0.25]], dtype=float32)
    """
    factors = to_tensor(lower_upper)
    identity = diagonals.diagonal_matrix(diagonals.diag_part(factors, k=0) * 0 + 1)
    return lu_solve(factors, perm, identity)


def lu_reconstruct(
    lower_upper: Any, perm: Any, validate_args: bool = False, name: str | None = None
) -> Any:
    """The a whose `lu(a)` is given.

    Raises:
        InvalidArgumentError: matrices that are not square, or a perm of another rank.

    >>> a = [[1.0, 2.0], [2.0, 2.0]]
    >>> tf.linalg.lu_reconstruct(*tf.linalg.lu(a)).numpy()
    array([[1., 2.],
           [2., 2.]], dtype=float32)
    """
    factors: Any = as_matrices(lower_upper, "lu_reconstruct")
    order: Any = to_tensor(perm)
    rows, columns = (None, None) if factors.sizes is None else factors.sizes[-2:]
    if None not in (rows, columns) and rows != columns:
        raise InvalidArgumentError(
            f"lu_reconstruct expected square matrices. Received: lower_upper.shape={factors.shape}"
        )
    if None not in (factors.ndim, order.ndim) and factors.ndim != order.ndim + 1:
        raise InvalidArgumentError(
            "lu_reconstruct expected a perm with one axis less than lower_upper. "
            f"Received: lower_upper.shape={factors.shape}, perm.shape={order.shape}"
        )
    is_order = equal(sort(order), cast(range_(shape_of(order)[-1]), order.dtype))
    order = demand(
        order,
        is_order,
        message="lu_reconstruct expected a perm with each number from 0 on once. Received: perm=",
    )
    lower = factorizations.unit_lower(factors)
    product = matmul(lower, diagonals.band_part(factors, lower=0, upper=-1))
    columns = matrix_transpose(product)
    places = broadcast_to(expand_dims(order, axis=(-2,)), shape_of(columns))
    return matrix_transpose(put_along(columns, places, shape_of(columns)))
