"""Inverses, linear systems, factorizations and functions of matrices.

Matrices are the last two axes, the leading ones are a batch. float32, float64, complex64 and
complex128 are computed; InvalidArgumentError says what is no square or invertible matrix.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.ops.matrices import adjoint as conjugate_transpose
from eagre.ops.matrices import as_matrices
from eagre.ops.reductions import reduce_max, reduce_sum
from eagre.ops.selection import same_dtype
from eagre.ops.shaping import cast
from eagre.primitives import (
    comparison,
    diagonals,
    factorizations,
    linear_algebra,
    matrix_functions,
    transcendental,
)
from eagre.primitives.arithmetic import conjugated
from eagre.primitives.contraction import matmul
from eagre.primitives.families import FLOATS, one_like, zero_like
from eagre.primitives.rearrangement import expand_dims, shape_of_tensor


class LogMatrixDeterminant(NamedTuple):
    """What `slogdet` returns."""

    sign: Any
    log_abs_determinant: Any


class Qr(NamedTuple):
    """What `qr` returns."""

    q: Any
    r: Any


def inv(input: Any, adjoint: bool = False, name: str | None = None) -> Any:
    """The inverse of square matrices, or of their adjoints.

    Raises:
        InvalidArgumentError: matrices that are not square, or singular.

    >>> tf.linalg.inv([[2.0, 0.0], [0.0, 4.0]]).numpy()
    array([[0.5 , 0.  ],
           [0.  , 0.25]], dtype=float32)
    """
    result = linear_algebra.matrix_inverse(to_tensor(input))
    return conjugate_transpose(result) if adjoint else result


def det(input: Any, name: str | None = None) -> Any:
    """The determinant of square matrices.

    >>> tf.linalg.det([[2.0, 1.0], [0.0, 4.0]]).numpy()
    np.float32(8.0)
    """
    return linear_algebra.determinant.door(to_tensor(input))


def slogdet(input: Any, name: str | None = None) -> LogMatrixDeterminant:
    """The sign of the determinant and the logarithm of its absolute value.

    >>> sign, log = tf.linalg.slogdet([[-1.0, 0.0], [0.0, 1.0]])
    >>> sign.numpy(), log.numpy()
    (np.float32(-1.0), np.float32(0.0))
    """
    return LogMatrixDeterminant(*linear_algebra.log_determinant(to_tensor(input)))


def logdet(matrix: Any, name: str | None = None) -> Any:
    """The logarithm of the determinant of Hermitian positive definite matrices, a real number.

    >>> tf.linalg.logdet([[1.0, 0.0], [0.0, 1.0]]).numpy()
    np.float32(0.0)
    """
    factor = cholesky(matrix)
    diagonal = diagonals.diag_part(factor, k=0)
    real = cast(diagonal, factorizations.real_dtype(factor.dtype))
    return reduce_sum(transcendental.log(real), -1) * 2.0


def solve(matrix: Any, rhs: Any, adjoint: bool = False, name: str | None = None) -> Any:
    """The x with matrix x = rhs, or with adjoint(matrix) x = rhs; rhs is [..., rows, columns].

    Raises:
        InvalidArgumentError: shapes that do not fit, or a singular matrix.

    >>> tf.linalg.solve([[2.0, 0.0], [0.0, 4.0]], [[2.0], [2.0]]).numpy()
    array([[1. ],
           [0.5]], dtype=float32)
    """
    matrix, rhs = same_dtype(matrix, rhs, "solve")
    if adjoint:
        matrix = conjugate_transpose(matrix)
    return linear_algebra.solve.door(matrix, rhs)


def triangular_solve(
    matrix: Any, rhs: Any, lower: bool = True, adjoint: bool = False, name: str | None = None
) -> Any:
    """The x with matrix x = rhs for triangular matrices; only one triangle is read.

    A zero on the diagonal gives infinities and NaN, not an error.

    >>> tf.linalg.triangular_solve([[2.0, 0.0], [1.0, 1.0]], [[2.0], [2.0]]).numpy()
    array([[1.],
           [1.]], dtype=float32)
    """
    matrix, rhs = same_dtype(matrix, rhs, "triangular_solve")
    door = linear_algebra.triangular_solve.door
    return door(matrix, rhs, lower=bool(lower), adjoint=bool(adjoint))


def cholesky(input: Any, name: str | None = None) -> Any:
    """The lower triangular l with l adjoint(l) = input, for positive definite matrices.

    Only the lower triangle is read; the gradient is that of a Hermitian matrix, Hermitian itself.

    Raises:
        InvalidArgumentError: matrices that are not square, or not positive definite.

    >>> tf.linalg.cholesky([[4.0, 2.0], [2.0, 2.0]]).numpy()
    array([[2., 0.],
           [1., 1.]], dtype=float32)
    """
    return factorizations.cholesky.door(to_tensor(input))


def cholesky_solve(chol: Any, rhs: Any, name: str | None = None) -> Any:
    """The x with a x = rhs, given the factor `cholesky(a)`.

    >>> tf.linalg.cholesky_solve([[2.0, 0.0], [0.0, 1.0]], [[4.0], [3.0]]).numpy()
    array([[1.],
           [3.]], dtype=float32)
    """
    chol, rhs = _system(chol, rhs, "cholesky_solve")
    return triangular_solve(chol, triangular_solve(chol, rhs), adjoint=True)


def _system(matrix: Any, rhs: Any, name: str) -> tuple[Any, Any]:
    """Both sides of a linear system, which must have as many rows."""
    matrix, rhs = same_dtype(matrix, rhs, name)
    rows = [as_matrices(x, name).shape[-2] for x in (matrix, rhs)]
    if None not in rows and rows[0] != rows[1]:
        raise InvalidArgumentError(
            f"{name} expected an rhs with as many rows as the matrix. "
            f"Received: matrix.shape={matrix.shape}, rhs.shape={rhs.shape}"
        )
    return matrix, rhs


def qr(input: Any, full_matrices: bool = False, name: str | None = None) -> Qr:
    """Unitary q and upper triangular r with q r = input.

    Args:
        full_matrices: whether q is square.

    >>> q, r = tf.linalg.qr([[3.0], [4.0]])
    >>> tf.abs(r).numpy()
    array([[5.]], dtype=float32)
    """
    return Qr(*factorizations.qr(to_tensor(input), full_matrices=bool(full_matrices)))


def svd(
    tensor: Any, full_matrices: bool = False, compute_uv: bool = True, name: str | None = None
) -> Any:
    """Singular values s and unitary u, v with u diag(s) adjoint(v) = tensor; or s alone.

    >>> tf.linalg.svd([[3.0, 0.0], [0.0, 4.0]], compute_uv=False).numpy()
    array([4., 3.], dtype=float32)
    """
    x = to_tensor(tensor)
    if not compute_uv:
        return factorizations.singular_values(x)
    return factorizations.svd(x, full_matrices=bool(full_matrices))


def eigh(tensor: Any, name: str | None = None) -> Any:
    """Eigenvalues of Hermitian matrices, the smallest first, and eigenvectors as columns.

    Only the lower triangle is read, and only it has a gradient.

    >>> tf.linalg.eigh([[2.0, 0.0], [0.0, 1.0]])[0].numpy()
    array([1., 2.], dtype=float32)
    """
    return factorizations.eigh(to_tensor(tensor))


def eigvalsh(tensor: Any, name: str | None = None) -> Any:
    """The eigenvalues of Hermitian matrices, the smallest first.

    >>> tf.linalg.eigvalsh([[2.0, 0.0], [0.0, 1.0]]).numpy()
    array([1., 2.], dtype=float32)
    """
    return factorizations.eigh(to_tensor(tensor))[0]


def eig(tensor: Any, name: str | None = None) -> Any:
    """Eigenvalues of square matrices and eigenvectors as columns, both complex.

    >>> tf.linalg.eig([[2.0, 0.0], [0.0, 2.0]])[0].numpy()
    array([2.+0.j, 2.+0.j], dtype=complex64)
    """
    return factorizations.eig(to_tensor(tensor))


def eigvals(tensor: Any, name: str | None = None) -> Any:
    """The eigenvalues of square matrices, complex.

    >>> tf.linalg.eigvals([[2.0, 0.0], [0.0, 2.0]]).numpy()
    array([2.+0.j, 2.+0.j], dtype=complex64)
    """
    return factorizations.eig(to_tensor(tensor))[0]


# Functions of matrices ------------------------------------------------------------------------


def expm(input: Any, name: str | None = None) -> Any:
    """The matrix exponential.

    >>> tf.linalg.expm([[0.0, 1.0], [0.0, 0.0]]).numpy()
    array([[1., 1.],
           [0., 1.]], dtype=float32)
    """
    return matrix_functions.matrix_exponential(to_tensor(input))


def logm(input: Any, name: str | None = None) -> Any:
    """The principal logarithm of complex matrices; NaN for singular ones.

    >>> x = tf.constant([[1.0, 0.0], [0.0, 1.0]], tf.complex64)
    >>> tf.abs(tf.linalg.logm(x)).numpy()
    array([[0., 0.],
           [0., 0.]], dtype=float32)
    """
    return matrix_functions.matrix_logarithm(to_tensor(input))


def sqrtm(input: Any, name: str | None = None) -> Any:
    """The principal square root of matrices; NaN for those that have none of their dtype.

    >>> tf.linalg.sqrtm([[4.0, 0.0], [0.0, 9.0]]).numpy()
    array([[2., 0.],
           [0., 3.]], dtype=float32)
    """
    return matrix_functions.matrix_square_root(to_tensor(input))


# Rank, pseudoinverse, least squares -----------------------------------------------------------


def pinv(a: Any, rcond: Any = None, validate_args: bool = False, name: str | None = None) -> Any:
    """The Moore-Penrose inverse of real matrices.

    Args:
        rcond: singular values of at most rcond times the largest count as zero; by default
            10 times the larger size times the dtype's precision.

    >>> tf.linalg.pinv([[2.0, 0.0], [0.0, 0.0]]).numpy()
    array([[0.5, 0. ],
           [0. , 0. ]], dtype=float32)
    """
    x = _real_matrix(a, "pinv")
    s, u, v = factorizations.svd(x, full_matrices=False)
    if rcond is None:
        rcond = _larger_size(x) * (10.0 * _epsilon(x.dtype))
    limit = reduce_max(s, -1) * rcond
    is_counted = s > expand_dims(limit, axis=(-1,))
    safe = comparison.select(is_counted, s, one_like(s))
    inverse = comparison.select(is_counted, one_like(s) / safe, zero_like(s))
    return matmul(v * expand_dims(inverse, axis=(-2,)), u, False, True)


def _real_matrix(a: Any, name: str) -> Any:
    x = to_tensor(a)
    if x.dtype not in FLOATS:
        raise TypeError(f"{name} expected floating-point numbers. Received: dtype={x.dtype.name}")
    return as_matrices(x, name)


def _larger_size(x: Any) -> Any:
    """The larger of both sizes, as a scalar of the dtype of the matrices."""
    return cast(reduce_max(shape_of_tensor(x)[-2:]), x.dtype)


def _epsilon(dtype: dtypes.DType) -> float:
    return float(np.finfo(dtype.numpy).eps)


def matrix_rank(
    a: Any, tol: Any = None, validate_args: bool = False, name: str | None = None
) -> Any:
    """The number of singular values above `tol`.

    Args:
        tol: by default the largest singular value times the larger size times the dtype's
            precision.

    >>> tf.linalg.matrix_rank([[1.0, 1.0], [1.0, 1.0]]).numpy()
    np.int32(1)
    """
    x = _real_matrix(a, "matrix_rank")
    s = factorizations.singular_values(x)
    if tol is None:
        tol = reduce_max(s, -1, True) * (_larger_size(x) * _epsilon(x.dtype))
    return reduce_sum(cast(s > tol, dtypes.int32), -1)


def lstsq(
    matrix: Any,
    rhs: Any,
    l2_regularizer: float = 0.0,
    fast: bool = True,
    name: str | None = None,
) -> Any:
    """The x that makes |matrix x - rhs|² + l2_regularizer |x|² least, the smallest of several.

    Args:
        fast: whether to solve the normal equations, which needs matrices of full rank; else the
            pseudoinverse is used, and l2_regularizer is left out.

    >>> tf.linalg.lstsq([[1.0], [1.0]], [[1.0], [3.0]]).numpy().round(3)
    array([[2.]], dtype=float32)
    """
    matrix, rhs = _system(matrix, rhs, "lstsq")
    if not fast:
        return _by_singular_values(matrix, rhs)
    shape = matrix.sizes
    if shape is None or None in shape[-2:]:
        raise ValueError(
            "lstsq(fast=True) expected matrices of known sizes. Received: unknown ones"
        )
    is_tall = shape[-2] >= shape[-1]
    small = matmul(conjugated(matrix), matrix, True, False) if is_tall else matmul(
        matrix, conjugated(matrix), False, True
    )
    if l2_regularizer.__class__ is not float or l2_regularizer:
        diagonal = diagonals.diag_part(small, k=0)
        small = small + diagonals.diagonal_matrix(diagonal * 0 + l2_regularizer)
    factor = cholesky(small)
    if is_tall:
        return cholesky_solve(factor, matmul(conjugated(matrix), rhs, True, False))
    return matmul(conjugated(matrix), cholesky_solve(factor, rhs), True, False)


def _by_singular_values(matrix: Any, rhs: Any) -> Any:
    s, u, v = factorizations.svd(matrix, full_matrices=False)
    limit = reduce_max(s, -1, True) * (_epsilon(s.dtype) * cast(_larger_size(matrix), s.dtype))
    is_counted = s > limit
    safe = comparison.select(is_counted, s, one_like(s))
    inverse = comparison.select(is_counted, one_like(s) / safe, zero_like(s))
    scaled = v * expand_dims(cast(inverse, v.dtype), axis=(-2,))
    return matmul(scaled, matmul(conjugated(u), rhs, True, False))
