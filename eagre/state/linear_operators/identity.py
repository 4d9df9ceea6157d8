"""`LinearOperatorIdentity` and `LinearOperatorScaledIdentity`: nothing changes but the scale."""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.ops.complex_parts import imag, real
from eagre.ops.math import abs as absolute
from eagre.ops.math import equal, log, not_equal, sqrt
from eagre.ops.selection import where
from eagre.ops.shaping import axis_sizes, cast
from eagre.primitives.arithmetic import conjugated
from eagre.state.linear_operators import hints
from eagre.state.linear_operators.batches import batch_of, common_batch, with_batch
from eagre.state.linear_operators.operator import LinearOperator, parameter
from eagre.state.linear_operators.sizes import batch_argument, ones_of, size_argument, zeros_of


class LinearOperatorIdentity(LinearOperator):
    """The identity of `num_rows` rows, as often as `batch_shape` says.

    Args:
        assert_proper_shapes: of no effect, shapes are always checked.

    >>> tf.linalg.LinearOperatorIdentity(2, batch_shape=[3]).shape
    TensorShape([3, 2, 2])
    """

    def __init__(
        self,
        num_rows: Any,
        batch_shape: Any = None,
        dtype: Any = None,
        is_non_singular: bool | None = True,
        is_self_adjoint: bool | None = True,
        is_positive_definite: bool | None = True,
        is_square: bool | None = True,
        assert_proper_shapes: bool = False,
        name: str = "LinearOperatorIdentity",
    ) -> None:
        fact = "this holds for each identity"
        self._rows = size_argument(num_rows, "num_rows", self)
        self._batch = batch_argument(batch_shape, self)
        super().__init__(
            dtypes.float32 if dtype is None else dtype,
            None,
            hints.settled(self, "is_non_singular", is_non_singular, fact),
            hints.settled(self, "is_self_adjoint", is_self_adjoint, fact),
            hints.settled(self, "is_positive_definite", is_positive_definite, fact),
            hints.settled(self, "is_square", is_square, fact),
            name,
            {"num_rows": num_rows, "batch_shape": batch_shape, "dtype": dtype},
        )

    def _sizes(self) -> Any:
        return [*self._batch, self._rows, self._rows]

    def _matmul(self, x: Any, adjoint: bool = False) -> Any:
        return with_batch(x, common_batch(self._batch, batch_of(x))) if self._batch else x

    def _solve(self, rhs: Any, adjoint: bool = False) -> Any:
        return self._matmul(rhs)

    def _inverse(self) -> LinearOperator:
        return self

    def _cholesky(self) -> LinearOperator:
        return self

    def _diag_part(self) -> Any:
        return ones_of([*self._batch, self._rows], self.dtype)

    def _eigvals(self) -> Any:
        return self._diag_part()

    def _determinant(self) -> Any:
        return ones_of(self._batch, self.dtype)

    def _log_abs_determinant(self) -> Any:
        return zeros_of(self._batch, self.dtype)

    def _cond(self) -> Any:
        return self._determinant()

    def _assert_non_singular(self) -> Any:
        return None

    def _assert_positive_definite(self) -> Any:
        return None

    def _assert_self_adjoint(self) -> Any:
        return None


class LinearOperatorScaledIdentity(LinearOperator):
    """The identity of `num_rows` rows, times numbers [...].

    Args:
        assert_proper_shapes: of no effect, shapes are always checked.

    >>> operator = tf.linalg.LinearOperatorScaledIdentity(2, multiplier=3.0)
    >>> operator.determinant().numpy()
    np.float32(9.0)
    """

    def __init__(
        self,
        num_rows: Any,
        multiplier: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = True,
        assert_proper_shapes: bool = False,
        name: str = "LinearOperatorScaledIdentity",
    ) -> None:
        self._rows = size_argument(num_rows, "num_rows", self)
        self._multiplier = parameter(multiplier, "multiplier", 0, self)
        if not self._multiplier.dtype.is_complex:
            fact = "a real diagonal matrix is its own adjoint"
            is_self_adjoint = hints.settled(self, "is_self_adjoint", is_self_adjoint, fact)
        super().__init__(
            self._multiplier.dtype,
            None,
            is_non_singular,
            is_self_adjoint,
            is_positive_definite,
            hints.settled(self, "is_square", is_square, "this holds for each identity"),
            name,
            {"num_rows": num_rows, "multiplier": multiplier},
        )

    @property
    def multiplier(self) -> Any:
        """The numbers on the diagonal."""
        return self._multiplier

    def _sizes(self) -> Any:
        batch = axis_sizes(to_tensor(self._multiplier), type(self).__name__)
        return [*batch, self._rows, self._rows]

    def _value(self, adjoint: bool = False) -> Any:
        multiplier = to_tensor(self._multiplier)
        return conjugated(multiplier) if adjoint else multiplier

    def _matmul(self, x: Any, adjoint: bool = False) -> Any:
        return x * self._value(adjoint)[..., None, None]

    def _solve(self, rhs: Any, adjoint: bool = False) -> Any:
        return rhs / self._value(adjoint)[..., None, None]

    def _adjoint(self) -> LinearOperator:
        return self._scaled(self._value(True), **hints.hints_of(self))

    def _inverse(self) -> LinearOperator:
        return self._scaled(1.0 / self._value(), **hints.hints_of(self))

    def _cholesky(self) -> LinearOperator:
        return self._scaled(sqrt(self._value()), **hints.FACTOR)

    def _scaled(self, multiplier: Any, **known: Any) -> LinearOperator:
        return LinearOperatorScaledIdentity(self._rows, multiplier, **known)

    def _diag_part(self) -> Any:
        return self._value()[..., None] * ones_of([self._rows], self.dtype)

    def _eigvals(self) -> Any:
        return self._diag_part()

    def _trace(self) -> Any:
        return self._value() * cast(self._rows, self.dtype)

    def _determinant(self) -> Any:
        return self._value() ** cast(self._rows, self.dtype)

    def _log_abs_determinant(self) -> Any:
        return cast(log(absolute(self._value())), self.dtype) * cast(self._rows, self.dtype)

    def _cond(self) -> Any:
        sizes = absolute(self._value())
        return cast(where(equal(sizes, 0), float("nan"), 1.0), self.dtype)

    def _assert_non_singular(self) -> Any:
        self._require("assert_non_singular", "a multiplier that is not 0", self._value(),
                      not_equal(self._value(), 0))

    def _assert_positive_definite(self) -> Any:
        self._require("assert_positive_definite", "a multiplier with a positive real part",
                      self._value(), real(self._value()) > 0)

    def _assert_self_adjoint(self) -> Any:
        self._require("assert_self_adjoint", "a real multiplier", self._value(),
                      equal(imag(self._value()), 0))
