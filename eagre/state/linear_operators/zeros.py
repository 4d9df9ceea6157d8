"""`LinearOperatorZeros`: a matrix of zeros."""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes
from eagre.core.errors import InvalidArgumentError
from eagre.ops.math import minimum
from eagre.state.linear_operators import hints
from eagre.state.linear_operators.batches import batch_of, common_batch, inner_sizes
from eagre.state.linear_operators.operator import LinearOperator
from eagre.state.linear_operators.sizes import batch_argument, size_argument, zeros_of


class LinearOperatorZeros(LinearOperator):
    """Zeros [*batch_shape, num_rows, num_columns], square unless hints say otherwise.

    Args:
        num_columns: by default `num_rows`; else give is_square=False, is_self_adjoint=False.
        assert_proper_shapes: of no effect, shapes are always checked.

    >>> tf.linalg.LinearOperatorZeros(2).matvec([1.0, 2.0]).numpy()
    array([0., 0.], dtype=float32)
    """

    def __init__(
        self,
        num_rows: Any,
        num_columns: Any = None,
        batch_shape: Any = None,
        dtype: Any = None,
        is_non_singular: bool | None = False,
        is_self_adjoint: bool | None = True,
        is_positive_definite: bool | None = False,
        is_square: bool | None = True,
        assert_proper_shapes: bool = False,
        name: str = "LinearOperatorZeros",
    ) -> None:
        self._rows = size_argument(num_rows, "num_rows", self)
        columns = num_rows if num_columns is None else num_columns
        self._columns = size_argument(columns, "num_columns", self)
        self._batch = batch_argument(batch_shape, self)
        if is_square:
            fact = "square zeros are their own adjoint"
            is_self_adjoint = hints.settled(self, "is_self_adjoint", is_self_adjoint, fact)
            self._check_square()
        fact = "zeros have no inverse"
        super().__init__(
            dtypes.float32 if dtype is None else dtype,
            None,
            hints.settled(self, "is_non_singular", is_non_singular, fact, False),
            is_self_adjoint,
            hints.settled(self, "is_positive_definite", is_positive_definite, fact, False),
            is_square,
            name,
            {"num_rows": num_rows, "num_columns": num_columns, "batch_shape": batch_shape,
             "dtype": dtype},
        )

    def _check_square(self) -> None:
        sizes = (self._rows, self._columns)
        if all(isinstance(n, int) for n in sizes) and self._rows != self._columns:
            raise ValueError(
                "LinearOperatorZeros expected as many rows as columns, for is_square=True. "
                f"Received: num_rows={self._rows}, num_columns={self._columns}"
            )

    def _sizes(self) -> Any:
        return [*self._batch, self._rows, self._columns]

    def _matmul(self, x: Any, adjoint: bool = False) -> Any:
        rows = self._columns if adjoint else self._rows
        return self._zeros([*common_batch(self._batch, batch_of(x)), rows, inner_sizes(x)[-1]])

    def _zeros(self, sizes: Any) -> Any:
        return zeros_of(sizes, self.dtype)

    def _to_dense(self) -> Any:
        return self._zeros(self._sizes())

    def _diag_part(self) -> Any:
        sizes = (self._rows, self._columns)
        are_known = all(isinstance(n, int) for n in sizes)
        return self._zeros([*self._batch, min(sizes) if are_known else minimum(*sizes)])

    def _eigvals(self) -> Any:
        return self._diag_part()

    def _trace(self) -> Any:
        return self._zeros(self._batch)

    def _determinant(self) -> Any:
        return self._zeros(self._batch)

    def _assert_non_singular(self) -> Any:
        raise InvalidArgumentError(
            "LinearOperatorZeros.assert_non_singular expected an operator with an inverse. "
            f"Received: zeros of shape {self.shape}"
        )

    def _assert_positive_definite(self) -> Any:
        raise InvalidArgumentError(
            "LinearOperatorZeros.assert_positive_definite expected positive eigenvalues. "
            f"Received: zeros of shape {self.shape}"
        )

    def _assert_self_adjoint(self) -> Any:
        return None
