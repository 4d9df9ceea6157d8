"""`LinearOperatorToeplitz`: a matrix with one number on each of its diagonals."""

from __future__ import annotations

from typing import Any

from eagre.core.conversion import to_tensor
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.core.shapes import are_compatible
from eagre.ops.creation import range as numbers
from eagre.ops.creation import zeros_like
from eagre.ops.fourier import fft
from eagre.ops.linalg import matmul
from eagre.ops.selection import gather
from eagre.ops.sequences import reverse
from eagre.ops.shaping import cast
from eagre.primitives.comparison import equal
from eagre.primitives.rearrangement import concat
from eagre.state.linear_operators import hints
from eagre.state.linear_operators.batches import batch_of, inner_sizes, share_batch, with_batch
from eagre.state.linear_operators.circulant import LinearOperatorCirculant, in_complex
from eagre.state.linear_operators.operator import LinearOperator, parameter


class LinearOperatorToeplitz(LinearOperator):
    """The matrices with given first columns and first rows [..., size].

    The first element of `row` is not read. Products go by way of Fourier transforms.

    >>> operator = tf.linalg.LinearOperatorToeplitz(col=[1.0, 2.0, 3.0], row=[1.0, 4.0, 5.0])
    >>> operator.to_dense().numpy()
    array([[1., 4., 5.],
           [2., 1., 4.],
           [3., 2., 1.]], dtype=float32)
    """

    def __init__(
        self,
        col: Any,
        row: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str = "LinearOperatorToeplitz",
    ) -> None:
        self._col = parameter(col, "col", 1, self)
        self._row = parameter(row, "row", 1, self)
        self._check_sides()
        super().__init__(
            self._row.dtype,
            None,
            is_non_singular,
            is_self_adjoint,
            is_positive_definite,
            hints.settled(self, "is_square", is_square, "Toeplitz matrices are square here"),
            name,
            {"col": col, "row": row},
        )

    def _check_sides(self) -> None:
        if self._col.dtype != self._row.dtype:
            raise DTypeMismatchError(
                f"{type(self).__name__} expected a col and a row of one dtype. Received: dtypes "
                f"{self._col.dtype.name} and {self._row.dtype.name}"
            )
        if not are_compatible(self._col.shape[-1:].sizes, self._row.shape[-1:].sizes):
            raise InvalidArgumentError(
                f"{type(self).__name__} expected a col and a row of one length. "
                f"Received: col.shape={self._col.shape}, row.shape={self._row.shape}"
            )

    @property
    def col(self) -> Any:
        """The first column."""
        return self._col

    @property
    def row(self) -> Any:
        """The first row, of which the first element is not read."""
        return self._row

    def _sides(self) -> list[Any]:
        """Column and row with common leading axes."""
        return share_batch(to_tensor(self._col), to_tensor(self._row), inner=1)

    def _sizes(self) -> Any:
        *batch, size = batch_of(self._sides()[0], 0)
        return [*batch, size, size]

    def _matmul(self, x: Any, adjoint: bool = False) -> Any:
        if self.dtype.is_integer:
            return matmul(self.to_dense(), x, adjoint_a=adjoint)
        col, row = self._sides()
        # The matrix is the upper left quarter of a circulant one of twice the size.
        first = concat(col, zeros_like(col[..., :1]), reverse(row[..., 1:], [-1]), axis=-1)
        circulant = LinearOperatorCirculant(fft(in_complex(first)), self.dtype)
        longer = concat(x, zeros_like(x), axis=-2)
        return circulant.matmul(longer, adjoint=adjoint)[..., : inner_sizes(x)[0], :]

    def _to_dense(self) -> Any:
        col, row = self._sides()
        size = inner_sizes(row, 1)[0]
        elements = concat(reverse(col, [-1]), row[..., 1:], axis=-1)
        places = numbers(size)
        return gather(elements, size - 1 - places[:, None] + places, axis=-1)

    def _diag_part(self) -> Any:
        col = self._sides()[0]
        return with_batch(col[..., :1], batch_of(col, 0), inner=0)

    def _trace(self) -> Any:
        col = self._sides()[0]
        return col[..., 0] * cast(inner_sizes(col, 1)[0], self.dtype)

    def _assert_self_adjoint(self) -> Any:
        self._require("assert_self_adjoint", "a col equal to the row", to_tensor(self._col),
                      equal(self._col, self._row))
