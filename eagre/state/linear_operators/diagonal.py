"""`LinearOperatorDiag`: a diagonal matrix."""

from __future__ import annotations

from typing import Any

from eagre.core.conversion import to_tensor
from eagre.ops import matrices
from eagre.ops.complex_parts import imag, real
from eagre.ops.math import abs as absolute
from eagre.ops.math import equal, log, not_equal, sqrt
from eagre.ops.reductions import reduce_prod, reduce_sum
from eagre.ops.shaping import axis_sizes, cast
from eagre.primitives.arithmetic import conjugated
from eagre.state.linear_operators import hints
from eagre.state.linear_operators.operator import LinearOperator, parameter, ratio


class LinearOperatorDiag(LinearOperator):
    """The matrices with vectors [..., size] on their diagonals.

    >>> operator = tf.linalg.LinearOperatorDiag([1.0, 2.0])
    >>> operator.solve([[3.0], [4.0]]).numpy()
    array([[3.],
           [2.]], dtype=float32)
    """

    def __init__(
        self,
        diag: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str = "LinearOperatorDiag",
    ) -> None:
        self._diag = parameter(diag, "diag", 1, self)
        if not self._diag.dtype.is_complex:
            fact = "a real diagonal matrix is its own adjoint"
            is_self_adjoint = hints.settled(self, "is_self_adjoint", is_self_adjoint, fact)
        is_square = hints.settled(self, "is_square", is_square, "a diagonal matrix is square here")
        super().__init__(
            self._diag.dtype,
            None,
            is_non_singular,
            is_self_adjoint,
            is_positive_definite,
            is_square,
            name,
            {"diag": diag},
        )

    @property
    def diag(self) -> Any:
        """The diagonal."""
        return self._diag

    def _sizes(self) -> Any:
        diag = to_tensor(self._diag)
        if diag.sizes is None:
            return None
        sizes = axis_sizes(diag, type(self).__name__)
        return [*sizes, sizes[-1]]

    def _values(self, adjoint: bool) -> Any:
        diag = to_tensor(self._diag)
        return conjugated(diag) if adjoint else diag

    def _matmul(self, x: Any, adjoint: bool = False) -> Any:
        return self._values(adjoint)[..., None] * x

    def _solve(self, rhs: Any, adjoint: bool = False) -> Any:
        return rhs / self._values(adjoint)[..., None]

    def _adjoint(self) -> LinearOperator:
        return LinearOperatorDiag(self._values(True), **hints.hints_of(self))

    def _inverse(self) -> LinearOperator:
        return LinearOperatorDiag(1.0 / self._values(False), **hints.hints_of(self))

    def _cholesky(self) -> LinearOperator:
        return LinearOperatorDiag(sqrt(self._diag), **hints.FACTOR)

    def _to_dense(self) -> Any:
        return matrices.diag(self._diag)

    def _diag_part(self) -> Any:
        return to_tensor(self._diag)

    def _eigvals(self) -> Any:
        return to_tensor(self._diag)

    def _determinant(self) -> Any:
        return reduce_prod(self._diag, -1)

    def _log_abs_determinant(self) -> Any:
        return cast(reduce_sum(log(absolute(self._diag)), -1), self.dtype)

    def _cond(self) -> Any:
        return ratio(self._diag)

    def _assert_non_singular(self) -> Any:
        self._require("assert_non_singular", "a diagonal without zeros", self.diag_part(),
                      not_equal(self.diag_part(), 0))

    def _assert_positive_definite(self) -> Any:
        self._require("assert_positive_definite", "positive real parts on the diagonal",
                      self.diag_part(), real(self.diag_part()) > 0)

    def _assert_self_adjoint(self) -> Any:
        self._require("assert_self_adjoint", "real numbers on the diagonal", self.diag_part(),
                      equal(imag(self.diag_part()), 0))
