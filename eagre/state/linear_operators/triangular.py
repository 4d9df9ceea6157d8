"""`LinearOperatorLowerTriangular`: a matrix with nothing above its diagonal."""

from __future__ import annotations

from typing import Any

from eagre.core.conversion import to_tensor
from eagre.ops.decompositions import triangular_solve
from eagre.ops.linalg import matmul
from eagre.ops.math import abs as absolute
from eagre.ops.math import log, not_equal
from eagre.ops.matrices import band_part, diag_part
from eagre.ops.reductions import reduce_prod, reduce_sum
from eagre.ops.shaping import axis_sizes, cast
from eagre.state.linear_operators import hints
from eagre.state.linear_operators.operator import LinearOperator, parameter


class LinearOperatorLowerTriangular(LinearOperator):
    """The lower triangles of matrices [..., size, size]; what stands above is not read.

    >>> operator = tf.linalg.LinearOperatorLowerTriangular([[2.0, 9.0], [1.0, 1.0]])
    >>> operator.solvevec([2.0, 2.0]).numpy()
    array([1., 1.], dtype=float32)
    """

    def __init__(
        self,
        tril: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str = "LinearOperatorLowerTriangular",
    ) -> None:
        is_square = hints.settled(self, "is_square", is_square, "triangular matrices are square")
        self._tril = parameter(tril, "tril", 2, self)
        super().__init__(
            self._tril.dtype,
            None,
            is_non_singular,
            is_self_adjoint,
            is_positive_definite,
            is_square,
            name,
            {"tril": tril},
        )

    @property
    def tril(self) -> Any:
        """The matrix, as it was given."""
        return self._tril

    def _sizes(self) -> Any:
        tril = to_tensor(self._tril)
        return None if tril.sizes is None else axis_sizes(tril, type(self).__name__)

    def _matmul(self, x: Any, adjoint: bool = False) -> Any:
        return matmul(self.to_dense(), x, adjoint_a=adjoint)

    def _solve(self, rhs: Any, adjoint: bool = False) -> Any:
        return triangular_solve(self._tril, rhs, lower=True, adjoint=adjoint)

    def _to_dense(self) -> Any:
        return band_part(self._tril, -1, 0)

    def _diag_part(self) -> Any:
        return diag_part(self._tril)

    def _eigvals(self) -> Any:
        return self.diag_part()

    def _determinant(self) -> Any:
        return reduce_prod(self.diag_part(), -1)

    def _log_abs_determinant(self) -> Any:
        return cast(reduce_sum(log(absolute(self.diag_part())), -1), self.dtype)

    def _assert_non_singular(self) -> Any:
        self._require("assert_non_singular", "a diagonal without zeros", self.diag_part(),
                      not_equal(self.diag_part(), 0))
