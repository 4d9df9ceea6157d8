"""`LinearOperatorHouseholder`: the reflection at a hyperplane through the origin."""

from __future__ import annotations

from typing import Any

from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.ops.linalg import matmul
from eagre.ops.normalization import l2_normalize
from eagre.ops.shaping import axis_sizes, cast
from eagre.primitives.arithmetic import conjugated
from eagre.primitives.rearrangement import concat
from eagre.state.linear_operators import hints
from eagre.state.linear_operators.operator import LinearOperator, parameter
from eagre.state.linear_operators.sizes import ones_of, zeros_of


class LinearOperatorHouseholder(LinearOperator):
    """The matrix 1 - 2 a a^H, where a is the vector [..., size] scaled to the length 1.

    >>> tf.linalg.LinearOperatorHouseholder([2.0, 0.0]).matvec([3.0, 4.0]).numpy()
    array([-3.,  4.], dtype=float32)
    """

    def __init__(
        self,
        reflection_axis: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str = "LinearOperatorHouseholder",
    ) -> None:
        self._reflection_axis = parameter(reflection_axis, "reflection_axis", 1, self)
        fact = "a reflection is its own inverse and adjoint"
        negative = "a reflection has the eigenvalue -1"
        super().__init__(
            self._reflection_axis.dtype,
            None,
            is_non_singular,
            hints.settled(self, "is_self_adjoint", is_self_adjoint, fact),
            hints.settled(self, "is_positive_definite", is_positive_definite, negative, False),
            hints.settled(self, "is_square", is_square, fact),
            name,
            {"reflection_axis": reflection_axis},
        )

    @property
    def reflection_axis(self) -> Any:
        """The vector that the reflection turns round."""
        return self._reflection_axis

    def _sizes(self) -> Any:
        sizes = axis_sizes(to_tensor(self._reflection_axis), type(self).__name__)
        return [*sizes, sizes[-1]]

    def _unit(self) -> Any:
        return l2_normalize(self._reflection_axis, -1)

    def _matmul(self, x: Any, adjoint: bool = False) -> Any:
        unit = self._unit()[..., None]
        return x - 2 * unit * matmul(unit, x, adjoint_a=True)

    def _solve(self, rhs: Any, adjoint: bool = False) -> Any:
        return self._matmul(rhs)

    def _inverse(self) -> LinearOperator:
        return self

    def _diag_part(self) -> Any:
        unit = self._unit()
        return 1 - 2 * unit * conjugated(unit)

    def _trace(self) -> Any:
        *batch, size, _ = self._sizes()
        return ones_of(batch, self.dtype) * cast(size - 2, self.dtype)

    def _determinant(self) -> Any:
        return -ones_of(self._sizes()[:-2], self.dtype)

    def _log_abs_determinant(self) -> Any:
        return zeros_of(self._sizes()[:-2], self.dtype)

    def _eigvals(self) -> Any:
        *batch, size, _ = self._sizes()
        others = ones_of([*batch, size - 1], self.dtype)
        return concat(-ones_of([*batch, 1], self.dtype), others, axis=-1)

    def _cond(self) -> Any:
        return ones_of(self._sizes()[:-2], self.dtype)

    def _assert_non_singular(self) -> Any:
        return None

    def _assert_positive_definite(self) -> Any:
        raise InvalidArgumentError(
            "LinearOperatorHouseholder.assert_positive_definite expected positive eigenvalues. "
            "Received: a reflection, with the eigenvalue -1"
        )

    def _assert_self_adjoint(self) -> Any:
        return None
