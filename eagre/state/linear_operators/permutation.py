"""`LinearOperatorPermutation`: elements in another order."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.tensor import EagerTensor
from eagre.ops.creation import range as numbers
from eagre.ops.matrices import matrix_transpose
from eagre.ops.shaping import axis_sizes, cast
from eagre.ops.sorting import argsort
from eagre.primitives.comparison import equal
from eagre.primitives.picking import take_along
from eagre.state.linear_operators import hints
from eagre.state.linear_operators.batches import batch_of, common_batch, inner_sizes, with_batch
from eagre.state.linear_operators.operator import LinearOperator, parameter
from eagre.state.linear_operators.sizes import ones_of, zeros_of


class LinearOperatorPermutation(LinearOperator):
    """The matrix whose row i takes element perm[..., i].

    >>> tf.linalg.LinearOperatorPermutation([2, 0, 1]).matvec([10.0, 20.0, 30.0]).numpy()
    array([30., 10., 20.], dtype=float32)
    """

    def __init__(
        self,
        perm: Any,
        dtype: Any = dtypes.float32,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str = "LinearOperatorPermutation",
    ) -> None:
        self._perm = parameter(perm, "perm", 1, self)
        self._check_perm()
        fact = "this holds for each permutation"
        hints.settled(self, "is_non_singular", is_non_singular, fact)
        super().__init__(
            dtype,
            None,
            is_non_singular,
            is_self_adjoint,
            is_positive_definite,
            hints.settled(self, "is_square", is_square, fact),
            name,
            {"perm": perm, "dtype": dtype},
        )

    def _check_perm(self) -> None:
        if not self._perm.dtype.is_integer:
            raise TypeError(
                f"{type(self).__name__} expected perm of integers. "
                f"Received: perm.dtype={self._perm.dtype.name}"
            )
        if not isinstance(self._perm, EagerTensor):
            return
        values = self._perm.array
        size = values.shape[-1]
        if (np.sort(values, -1) != np.arange(size)).any():
            raise ValueError(
                f"{type(self).__name__} expected perm to have each number from 0 to {size - 1} "
                f"once. Received: perm={values.tolist()}"
            )

    @property
    def perm(self) -> Any:
        """Which element each row takes."""
        return self._perm

    def _sizes(self) -> Any:
        sizes = axis_sizes(to_tensor(self._perm), type(self).__name__)
        return [*sizes, sizes[-1]]

    def _matmul(self, x: Any, adjoint: bool = False) -> Any:
        order = argsort(self._perm) if adjoint else to_tensor(self._perm)
        order = order[..., None, :]
        batch = common_batch(batch_of(order), batch_of(x))
        columns = with_batch(matrix_transpose(x), batch)
        return matrix_transpose(
            take_along(columns, with_batch(order, [*batch, inner_sizes(columns)[0]], inner=1))
        )

    def _solve(self, rhs: Any, adjoint: bool = False) -> Any:
        return self._matmul(rhs, not adjoint)

    def _places(self) -> tuple[Any, Any]:
        perm = to_tensor(self._perm)
        return perm, cast(numbers(inner_sizes(perm, 1)[0]), perm.dtype)

    def _to_dense(self) -> Any:
        perm, places = self._places()
        return cast(equal(perm[..., None], places), self.dtype)

    def _diag_part(self) -> Any:
        return cast(equal(*self._places()), self.dtype)

    def _log_abs_determinant(self) -> Any:
        return zeros_of(self._sizes()[:-2], self.dtype)

    def _cond(self) -> Any:
        return ones_of(self._sizes()[:-2], self.dtype)

    def _assert_non_singular(self) -> Any:
        return None
