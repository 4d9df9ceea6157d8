"""`LinearOperatorInversion`: the inverse of another operator."""

from __future__ import annotations

from typing import Any

from eagre.state.linear_operators import hints
from eagre.state.linear_operators.operator import LinearOperator


class LinearOperatorInversion(LinearOperator):
    """The inverse of an operator: its product is the other's solution.

    >>> operator = tf.linalg.LinearOperatorDiag([1.0, 2.0])
    >>> tf.linalg.LinearOperatorInversion(operator).matvec([1.0, 1.0]).numpy()
    array([1. , 0.5], dtype=float32)
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
        for argument, given in (("is_non_singular", is_non_singular), ("is_square", is_square)):
            fact = "only such operators have an inverse"
            hints.settled(self, argument, getattr(operator, argument), fact)
            hints.settled(self, argument, given, fact)
        super().__init__(
            operator.dtype,
            None,
            hints.of_inner(self, operator, "is_non_singular", is_non_singular),
            hints.of_inner(self, operator, "is_self_adjoint", is_self_adjoint),
            hints.of_inner(self, operator, "is_positive_definite", is_positive_definite),
            hints.of_inner(self, operator, "is_square", is_square),
            name or f"{operator.name}_inv",
            {"operator": operator},
        )

    @property
    def operator(self) -> LinearOperator:
        """The operator of which this is the inverse."""
        return self._operator

    def _sizes(self) -> Any:
        return self._operator._sizes()

    def _inverse(self) -> LinearOperator:
        return self._operator

    def _matmul(self, x: Any, adjoint: bool = False) -> Any:
        return self._operator.solve(x, adjoint=adjoint)

    def _solve(self, rhs: Any, adjoint: bool = False) -> Any:
        return self._operator.matmul(rhs, adjoint=adjoint)

    def _determinant(self) -> Any:
        return 1.0 / self._operator.determinant()

    def _log_abs_determinant(self) -> Any:
        return -self._operator.log_abs_determinant()

    def _eigvals(self) -> Any:
        return 1.0 / self._operator.eigvals()

    def _cond(self) -> Any:
        return self._operator.cond()

    def _assert_non_singular(self) -> Any:
        return self._operator.assert_non_singular()

    def _assert_positive_definite(self) -> Any:
        return self._operator.assert_positive_definite()

    def _assert_self_adjoint(self) -> Any:
        return self._operator.assert_self_adjoint()
