"""`LinearOperatorAdjoint`: the conjugated transpose of another operator."""

from __future__ import annotations

from typing import Any

from eagre.ops import matrices
from eagre.primitives.arithmetic import conjugated
from eagre.state.linear_operators import hints
from eagre.state.linear_operators.operator import LinearOperator


class LinearOperatorAdjoint(LinearOperator):
    """The adjoint of an operator.

    >>> operator = tf.linalg.LinearOperatorFullMatrix([[1.0, 2.0], [3.0, 4.0]])
    >>> tf.linalg.LinearOperatorAdjoint(operator).to_dense().numpy()
    array([[1., 3.],
           [2., 4.]], dtype=float32)
    """

    def __init__(
        self,
        operator: LinearOperator,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str | None = None,
    ) -> None:
        self._operator = operator
        super().__init__(
            operator.dtype,
            None,
            hints.of_inner(self, operator, "is_non_singular", is_non_singular),
            hints.of_inner(self, operator, "is_self_adjoint", is_self_adjoint),
            hints.of_inner(self, operator, "is_positive_definite", is_positive_definite),
            hints.of_inner(self, operator, "is_square", is_square),
            name or f"{operator.name}_adjoint",
            {"operator": operator},
        )

    @property
    def operator(self) -> LinearOperator:
        """The operator before it was turned."""
        return self._operator

    def _sizes(self) -> Any:
        sizes = self._operator._sizes()
        return None if sizes is None else [*sizes[:-2], sizes[-1], sizes[-2]]

    def _adjoint(self) -> LinearOperator:
        return self._operator

    def _matmul(self, x: Any, adjoint: bool = False) -> Any:
        return self._operator.matmul(x, adjoint=not adjoint)

    def _solve(self, rhs: Any, adjoint: bool = False) -> Any:
        return self._operator.solve(rhs, adjoint=not adjoint)

    def _to_dense(self) -> Any:
        return matrices.adjoint(self._operator.to_dense())

    def _diag_part(self) -> Any:
        return conjugated(self._operator.diag_part())

    def _trace(self) -> Any:
        return conjugated(self._operator.trace())

    def _determinant(self) -> Any:
        return conjugated(self._operator.determinant())

    def _log_abs_determinant(self) -> Any:
        return self._operator.log_abs_determinant()

    def _eigvals(self) -> Any:
        return self._operator.eigvals()

    def _cond(self) -> Any:
        return self._operator.cond()

    def _assert_non_singular(self) -> Any:
        return self._operator.assert_non_singular()

    def _assert_positive_definite(self) -> Any:
        return self._operator.assert_positive_definite()

    def _assert_self_adjoint(self) -> Any:
        return self._operator.assert_self_adjoint()
