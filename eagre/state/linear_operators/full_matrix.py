"""`LinearOperatorFullMatrix`: a matrix of which every element counts."""

from __future__ import annotations

from typing import Any

from eagre.core.conversion import to_tensor
from eagre.core.errors import DTypeMismatchError
from eagre.ops.linalg import matmul
from eagre.ops.shaping import axis_sizes
from eagre.primitives.linear_algebra import LAPACK_AND_HALF
from eagre.state.linear_operators.operator import LinearOperator, parameter


class LinearOperatorFullMatrix(LinearOperator):
    """The matrices of a tensor [..., rows, columns].

    >>> operator = tf.linalg.LinearOperatorFullMatrix([[1.0, 2.0], [3.0, 4.0]])
    >>> operator.matvec([1.0, 1.0], adjoint=True).numpy()
    array([4., 6.], dtype=float32)
    """

    def __init__(
        self,
        matrix: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str = "LinearOperatorFullMatrix",
    ) -> None:
        self._matrix = parameter(matrix, "matrix", 2, self)
        if self._matrix.dtype not in LAPACK_AND_HALF:
            raise DTypeMismatchError(
                "LinearOperatorFullMatrix expected floating-point or complex numbers. "
                f"Received: matrix.dtype={self._matrix.dtype.name}"
            )
        super().__init__(
            self._matrix.dtype,
            None,
            is_non_singular,
            is_self_adjoint,
            is_positive_definite,
            is_square,
            name,
            {"matrix": matrix},
        )

    @property
    def matrix(self) -> Any:
        """The matrix."""
        return self._matrix

    def _sizes(self) -> Any:
        matrix = to_tensor(self._matrix)
        return None if matrix.sizes is None else axis_sizes(matrix, type(self).__name__)

    def _matmul(self, x: Any, adjoint: bool = False) -> Any:
        return matmul(self._matrix, x, adjoint_a=adjoint)

    def _to_dense(self) -> Any:
        return to_tensor(self._matrix)
