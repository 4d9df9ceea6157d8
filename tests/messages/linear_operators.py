"""Wrong arguments of `tf.linalg.LinearOperator…` and of the functions of banded matrices."""

import numpy as np

import eagre as tf
from tests.messages.values import INVALID, MISMATCH

L = tf.linalg
EYE = np.eye(2, dtype=np.float32)
BANDS = np.ones((3, 2), np.float32)


def full(*shape, **hints):
    return L.LinearOperatorFullMatrix(np.ones(shape, np.float32), **hints)


def diag(*values, **hints):
    return L.LinearOperatorDiag(np.array(values, np.float32), **hints)


class Bare(L.LinearOperator):
    def _shape(self):
        return tf.TensorShape([2, 2, 2])


definite = diag(1.0, 2.0, is_positive_definite=True)
solve = L.experimental.conjugate_gradient

BANDED = {
    "banded_triangular_solve: vector": (lambda: L.banded_triangular_solve(EYE, [1.0, 2.0]),
                                        *INVALID),
    "banded_triangular_solve: rows": (lambda: L.banded_triangular_solve(EYE, np.ones((3, 1))),
                                      *INVALID),
    "banded_triangular_solve: other rows": (
        lambda: L.banded_triangular_solve(EYE, tf.ones([3, 1])), *INVALID),
    "banded_triangular_solve: batches": (
        lambda: L.banded_triangular_solve(tf.ones([2, 1, 2]), tf.ones([3, 2, 1])), *INVALID),
    "banded_triangular_solve: no diagonal": (
        lambda: L.banded_triangular_solve(tf.ones([0, 2]), tf.ones([2, 1])), *INVALID),
    "banded_triangular_solve: singular": (
        lambda: L.banded_triangular_solve([[1.0, 0.0]], tf.ones([2, 1])), *INVALID),
    "banded_triangular_solve: integers": (
        lambda: L.banded_triangular_solve([[1, 1]], [[1], [1]]), *MISMATCH),
    "tridiagonal_solve: perturb_singular": (
        lambda: L.tridiagonal_solve(BANDS, EYE, perturb_singular=True), ValueError),
    "tridiagonal_solve: format": (lambda: L.tridiagonal_solve(BANDS, EYE, "dense"), ValueError),
    "tridiagonal_solve: two diagonals": (lambda: L.tridiagonal_solve(EYE, EYE), *INVALID),
    "tridiagonal_solve: rhs": (lambda: L.tridiagonal_solve(BANDS, tf.ones([3, 1])), *INVALID),
    "tridiagonal_solve: list of two": (
        lambda: L.tridiagonal_solve([[1.0], [1.0]], EYE, "sequence"), ValueError),
    "tridiagonal_solve: short diagonal": (
        lambda: L.tridiagonal_solve([[1.0], [1.0, 1.0, 1.0], [1.0]], EYE, "sequence"), *INVALID),
    "tridiagonal_solve: rectangle": (
        lambda: L.tridiagonal_solve(tf.ones([2, 3]), EYE, "matrix"), *INVALID),
    "tridiagonal_matmul: rhs": (lambda: L.tridiagonal_matmul(BANDS, tf.ones([3, 1])), *INVALID),
    "tridiagonal_matmul: integers": (
        lambda: L.tridiagonal_matmul(tf.ones([3, 1], tf.int32), tf.ones([1, 1], tf.int32)),
        *MISMATCH),
    "eigh_tridiagonal: integers": (lambda: L.eigh_tridiagonal([1, 2], [1]), *MISMATCH),
    "eigh_tridiagonal: matrix": (lambda: L.eigh_tridiagonal([[1.0]], [1.0]), *INVALID),
    "eigh_tridiagonal: lengths": (lambda: L.eigh_tridiagonal([1.0, 2.0], [1.0, 2.0]), *INVALID),
    "eigh_tridiagonal: select": (
        lambda: L.eigh_tridiagonal([1.0, 2.0], [1.0], select="x"), ValueError),
    "eigh_tridiagonal: no range": (
        lambda: L.eigh_tridiagonal([1.0, 2.0], [1.0], select="i"), ValueError),
    "eigh_tridiagonal: empty range": (
        lambda: L.eigh_tridiagonal([1.0, 2.0], [1.0], select="v", select_range=(2.0, 1.0)),
        *INVALID),
    "eigh_tridiagonal: positions": (
        lambda: L.eigh_tridiagonal([1.0, 2.0], [1.0], select="i", select_range=(0, 2)), *INVALID),
    "lu_reconstruct: vector": (lambda: L.lu_reconstruct([1.0], [0]), *INVALID),
    "lu_reconstruct: rectangle": (lambda: L.lu_reconstruct(tf.ones([2, 3]), [0, 1]), *INVALID),
    "lu_reconstruct: ranks": (lambda: L.lu_reconstruct(EYE, [[0, 1]]), *INVALID),
    "lu_reconstruct: no permutation": (lambda: L.lu_reconstruct(EYE, [0, 0]), *INVALID),
}

HINTS = {
    "definite and singular": (
        lambda: full(2, 2, is_positive_definite=True, is_non_singular=False), ValueError),
    "not singular, not square": (
        lambda: full(2, 2, is_non_singular=True, is_square=False), ValueError),
    "self-adjoint, not square": (
        lambda: full(2, 3, is_self_adjoint=True, is_square=False), ValueError),
    "square by its shape": (lambda: full(2, 2, is_square=False).is_square, ValueError),
    "real diagonal": (lambda: diag(1.0, is_self_adjoint=False), ValueError),
    "adjoint": (lambda: L.LinearOperatorAdjoint(diag(1.0), is_self_adjoint=False), ValueError),
    "inverse of a singular one": (
        lambda: L.LinearOperatorInversion(full(2, 2, is_non_singular=False)), ValueError),
    "sum of regular blocks": (
        lambda: L.LinearOperatorBlockDiag([diag(1.0, is_non_singular=True)],
                                          is_non_singular=False), ValueError),
    "zeros": (lambda: L.LinearOperatorZeros(2, is_non_singular=True), ValueError),
    "solve of a singular one": (lambda: full(2, 2, is_non_singular=False).solve(EYE),
                                NotImplementedError),
    "inverse of a rectangle": (lambda: full(2, 3).inverse(), ValueError),
    "determinant of a rectangle": (lambda: full(2, 3).determinant(), NotImplementedError),
    "cholesky without hints": (lambda: full(2, 2).cholesky(), ValueError),
    "eigvals without hints": (lambda: full(2, 2).eigvals(), NotImplementedError),
    "assert_positive_definite without hints": (lambda: full(2, 2).assert_positive_definite(),
                                               NotImplementedError),
    "assert_self_adjoint": (
        lambda: L.LinearOperatorFullMatrix([[1.0, 2.0], [3.0, 4.0]]).assert_self_adjoint(),
        *INVALID),
    "assert_non_singular of a column": (
        lambda: L.LinearOperatorFullMatrix([[1.0, 0.0], [1.0, 0.0]]).assert_non_singular(),
        *INVALID),
    "assert_non_singular of zeros": (
        lambda: L.LinearOperatorZeros(2).assert_non_singular(), *INVALID),
    "assert_positive_definite of zeros": (
        lambda: L.LinearOperatorZeros(2).assert_positive_definite(), *INVALID),
    "assert_positive_definite of a reflection": (
        lambda: L.LinearOperatorHouseholder([1.0]).assert_positive_definite(), *INVALID),
    "assert_positive_definite of a diagonal": (
        lambda: diag(1.0, -1.0).assert_positive_definite(), *INVALID),
    "assert_hermitian_spectrum": (
        lambda: L.LinearOperatorCirculant([1.0, 2.0, 3.0]).assert_hermitian_spectrum(), *INVALID),
}

OPERATORS = {
    "diag of a scalar": (lambda: L.LinearOperatorDiag(1.0), ValueError),
    "integers in full": (lambda: L.LinearOperatorFullMatrix([[1]]), TypeError),
    "other dtype": (lambda: diag(1.0, 2.0).matmul([[1], [2]]), TypeError),
    "other rows": (lambda: diag(1.0, 2.0).matmul([[1.0]]), ValueError),
    "vector in matmul": (lambda: diag(1.0, 2.0).matmul([1.0, 2.0]), *INVALID),
    "other rows in solve": (lambda: diag(1.0, 2.0).solve([[1.0]]), ValueError),
    "operator of another size": (lambda: diag(1.0, 2.0) @ diag(1.0), ValueError),
    "rank unknown": (
        lambda: tf.trace(lambda x: L.LinearOperatorDiag(x).shape_tensor(), tf.TensorSpec(None)),
        ValueError),
    "base class": (
        lambda: L.LinearOperator(tf.float32).shape, NotImplementedError),
    "number of rows as float": (lambda: L.LinearOperatorIdentity(2.0), TypeError),
    "negative number of rows": (lambda: L.LinearOperatorIdentity(-2), ValueError),
    "list of rows": (lambda: L.LinearOperatorIdentity([2]), ValueError),
    "negative batch": (lambda: L.LinearOperatorIdentity(2, [-1]), ValueError),
    "scalar batch": (lambda: L.LinearOperatorIdentity(2, 3), ValueError),
    "batch of unknown length": (
        lambda: tf.trace(lambda n: L.LinearOperatorIdentity(2, n).to_dense(),
                         tf.TensorSpec([None], tf.int32)), ValueError),
    "rectangle of zeros": (lambda: L.LinearOperatorZeros(2, 3), ValueError),
    "product with zeros": (
        lambda: full(3, 2, is_square=False) @ L.LinearOperatorZeros(2), ValueError),
    "permutation of floats": (lambda: L.LinearOperatorPermutation([1.0]), TypeError),
    "no permutation": (lambda: L.LinearOperatorPermutation([0, 0]), ValueError),
    "no operators": (lambda: L.LinearOperatorComposition([]), ValueError),
    "no list of operators": (lambda: L.LinearOperatorKronecker(diag(1.0)), ValueError),
    "operators of two dtypes": (
        lambda: L.LinearOperatorBlockDiag(
            [diag(1.0), L.LinearOperatorIdentity(1, None, "float64")]),
        TypeError),
    "chain that does not fit": (
        lambda: L.LinearOperatorComposition([full(2, 3), full(2, 3)]), ValueError),
    "blocks that do not fit": (
        lambda: L.LinearOperatorBlockDiag([diag(1.0), diag(1.0, 2.0)]).matmul(
            L.LinearOperatorBlockDiag([diag(1.0, 2.0), diag(1.0)])), ValueError),
    "rows of blocks": (lambda: L.LinearOperatorBlockLowerTriangular(diag(1.0)), ValueError),
    "too few blocks": (
        lambda: L.LinearOperatorBlockLowerTriangular([[diag(1.0)], [diag(1.0)]]), ValueError),
    "block of another size": (
        lambda: L.LinearOperatorBlockLowerTriangular([[diag(1.0)], [full(2, 1), diag(1.0)]]),
        ValueError),
    "rectangle on the diagonal": (
        lambda: L.LinearOperatorBlockLowerTriangular([[full(2, 1)]]), ValueError),
    "update of other rows": (
        lambda: L.LinearOperatorLowRankUpdate(diag(1.0, 2.0), [[1.0]]), ValueError),
    "update of another dtype": (
        lambda: L.LinearOperatorLowRankUpdate(diag(1.0), np.ones((1, 1))), TypeError),
    "update of another rank": (
        lambda: L.LinearOperatorLowRankUpdate(diag(1.0), [[1.0]], [1.0, 2.0]), ValueError),
    "format of diagonals": (lambda: L.LinearOperatorTridiag(BANDS, "dense"), ValueError),
    "two diagonals": (lambda: L.LinearOperatorTridiag(EYE), ValueError),
    "col and row of two lengths": (lambda: L.LinearOperatorToeplitz([1.0], [1.0, 2.0]), ValueError),
    "col and row of two dtypes": (lambda: L.LinearOperatorToeplitz([1.0], [1]), TypeError),
    "part beyond the batch": (lambda: L.LinearOperatorDiag(BANDS)[3], *INVALID),
    "part of the rows": (lambda: L.LinearOperatorDiag(BANDS)[0, 0], *INVALID),
    "part of a class without parameters": (lambda: Bare(tf.float32)[0], NotImplementedError),
    "part of a class with a tensor of its own": (
        lambda: Bare(tf.float32, parameters={"values": BANDS})[0], NotImplementedError),
    "conjugate_gradient: hints": (lambda: solve(diag(1.0), [1.0]), ValueError),
    "conjugate_gradient: rows": (lambda: solve(definite, [1.0]), ValueError),
    "conjugate_gradient: rows of x": (
        lambda: solve(definite, [1.0, 2.0], x=[1.0, 2.0, 3.0]), ValueError),
    "conjugate_gradient: dtype": (
        lambda: solve(definite, tf.ones(2, tf.float64)), *MISMATCH),
}

TABLES = {"banded": BANDED, "hints": HINTS, "linear_operators": OPERATORS}
FOREIGN_WORDS: set[str] = set()
