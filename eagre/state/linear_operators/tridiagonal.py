"""`LinearOperatorTridiag`: a matrix with three diagonals."""

from __future__ import annotations

from typing import Any

from eagre.core.conversion import to_tensor
from eagre.ops.banded import FORMATS, compact_diagonals, times_tridiagonal
from eagre.ops.creation import zeros_like
from eagre.ops.matrices import diag_part
from eagre.ops.shaping import axis_sizes
from eagre.primitives.arithmetic import conjugated
from eagre.primitives.banded import tridiagonal_solve
from eagre.primitives.rearrangement import concat, stack
from eagre.state.linear_operators.batches import share_batch
from eagre.state.linear_operators.operator import LinearOperator, parameter


class LinearOperatorTridiag(LinearOperator):
    """The matrices with three diagonals, in one of the formats of `tf.linalg.tridiagonal_solve`.

    >>> diagonals = [[1.0, 0.0], [2.0, 2.0], [0.0, 1.0]]
    >>> tf.linalg.LinearOperatorTridiag(diagonals).to_dense().numpy()
    array([[2., 1.],
           [1., 2.]], dtype=float32)
    """

    def __init__(
        self,
        diagonals: Any,
        diagonals_format: str = "compact",
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str = "LinearOperatorTridiag",
    ) -> None:
        if diagonals_format not in FORMATS:
            raise ValueError(
                f"{type(self).__name__} expected a diagonals_format among {', '.join(FORMATS)}. "
                f"Received: {diagonals_format=}"
            )
        self._diagonals_format = diagonals_format
        if diagonals_format == "sequence":
            self._diagonals = [parameter(each, "diagonals", 1, self) for each in diagonals]
            dtype = self._diagonals[0].dtype
        else:
            self._diagonals = parameter(diagonals, "diagonals", 2, self)
            dtype = self._diagonals.dtype
        super().__init__(
            dtype,
            None,
            is_non_singular,
            is_self_adjoint,
            is_positive_definite,
            is_square,
            name,
            {"diagonals": diagonals, "diagonals_format": diagonals_format},
        )
        self._bands()

    @property
    def diagonals(self) -> Any:
        """The diagonals, as they were given."""
        return self._diagonals

    @property
    def diagonals_format(self) -> str:
        """How the diagonals are given."""
        return self._diagonals_format

    def _bands(self, adjoint: bool = False) -> Any:
        """The diagonals in the compact format, or those of the adjoint."""
        given = self._diagonals
        if isinstance(given, list) and len({each.shape for each in given}) > 1:
            given = self._with_common_batch(given)
        bands = compact_diagonals(given, self._diagonals_format, type(self).__name__)
        if not adjoint:
            return bands
        above, diagonal, below = [conjugated(bands[..., i, :]) for i in (0, 1, 2)]
        zero = zeros_like(above[..., :1])
        turned = [concat(below[..., 1:], zero, axis=-1), diagonal,
                  concat(zero, above[..., :-1], axis=-1)]
        return stack(turned, axis=-2)

    def _with_common_batch(self, given: list[Any]) -> list[Any]:
        return share_batch(*map(to_tensor, given), inner=1)

    def _sizes(self) -> Any:
        *batch, _, size = axis_sizes(self._bands(), type(self).__name__)
        return [*batch, size, size]

    def _matmul(self, x: Any, adjoint: bool = False) -> Any:
        return times_tridiagonal(self._bands(adjoint), x)

    def _solve(self, rhs: Any, adjoint: bool = False) -> Any:
        return tridiagonal_solve(self._bands(), rhs, adjoint=adjoint)

    def _diag_part(self) -> Any:
        if self._diagonals_format == "matrix":
            return diag_part(self._diagonals)
        return self._bands()[..., 1, :]
