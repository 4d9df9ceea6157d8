"""`LinearOperator`: a matrix, or a batch of them, that is known by what it does.

A class says its shape and its product; whatever else it computes at less cost than by way of the
dense matrix it says as well. The methods with an underscore are those to override.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import DTypeMismatchError
from eagre.core.shapes import are_compatible
from eagre.ops import decompositions, matrices
from eagre.ops.complex_parts import real
from eagre.ops.math import abs as absolute
from eagre.ops.math import exp
from eagre.ops.reductions import reduce_max, reduce_min, reduce_sum
from eagre.ops.shaping import expand_dims, squeeze
from eagre.primitives.checking import assertion
from eagre.primitives.comparison import equal
from eagre.primitives.linear_algebra import solve
from eagre.primitives.transcendental import log
from eagre.state.linear_operators import hints
from eagre.state.linear_operators.batches import share_batch
from eagre.state.linear_operators.shaped import Shaped, needs_method
from eagre.state.linear_operators.sizes import identity_of
from eagre.state.variable import Variable


def parameter(value: Any, name: str, axes: int, owner: Any) -> Any:
    """A tensor of at least `axes` axes; a variable is kept, to be read when it is used."""
    x = value if isinstance(value, Variable) else to_tensor(value, name=type(owner).__name__)
    if x.ndim is not None and x.ndim < axes:
        raise ValueError(
            f"{type(owner).__name__} expected {name} with at least {axes} "
            f"{'axis' if axes == 1 else 'axes'}. Received: {name}.shape={x.shape}"
        )
    return x


class LinearOperator(Shaped):
    """A matrix [..., rows, columns] of which only the products need be known.

    Subclasses override `_matmul`, and `_shape` with `_shape_tensor`; `_solve`, `_determinant`,
    `_to_dense` and the like where there is a shorter way than by the dense matrix.

    Args:
        is_non_singular: a hint, taken for true and not checked; likewise `is_self_adjoint`,
            `is_positive_definite` and `is_square`.

    >>> operator = tf.linalg.LinearOperatorDiag([1.0, 2.0])
    >>> operator.matvec([3.0, 4.0]).numpy()
    array([3., 8.], dtype=float32)
    >>> (operator @ operator.inverse()).to_dense().numpy()
    array([[1., 0.],
           [0., 1.]], dtype=float32)
    """

    def __init__(
        self,
        dtype: Any,
        graph_parents: Any = None,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str | None = None,
        parameters: Any = None,
    ) -> None:
        super().__init__(name or type(self).__name__)
        self._dtype = dtypes.as_dtype(dtype)
        self._is_non_singular, self._is_square = hints.check_hints(
            self, is_non_singular, is_self_adjoint, is_positive_definite, is_square
        )
        self._is_self_adjoint = is_self_adjoint
        self._is_positive_definite = is_positive_definite
        self._parameters = {} if parameters is None else dict(parameters)

    # What it is -------------------------------------------------------------------------------

    @property
    def parameters(self) -> dict[str, Any]:
        """What the operator was made of and its hints, under the names of the arguments."""
        return {**self._parameters, **hints.hints_of(self), "name": self.name}

    @property
    def graph_parents(self) -> list[Any]:
        """Nothing: tensors are kept by the attributes of the operator."""
        return []

    @property
    def dtype(self) -> dtypes.DType:
        """The dtype of the elements."""
        return self._dtype

    @property
    def is_non_singular(self) -> bool | None:
        """Whether it has an inverse; None if this is not known."""
        return self._is_non_singular

    @property
    def is_self_adjoint(self) -> bool | None:
        """Whether it is its own adjoint; None if this is not known."""
        return self._is_self_adjoint

    @property
    def is_positive_definite(self) -> bool | None:
        """Whether x^H a x has a positive real part for each x but 0; None if not known."""
        return self._is_positive_definite

    @property
    def is_square(self) -> bool | None:
        """Whether it has as many rows as columns; None if this is not known."""
        rows, columns = self.range_dimension, self.domain_dimension
        if rows is None or columns is None:
            return self._is_square
        if self._is_square is False and rows == columns:
            raise ValueError(
                f"{type(self).__name__} expected matrices that are not square, as its hint says. "
                f"Received: is_square=False, shape={self.shape}"
            )
        return rows == columns if self._is_square is None else self._is_square

    # Products and systems ---------------------------------------------------------------------

    def _matmul(self, x: Any, adjoint: bool = False) -> Any:
        raise needs_method(self, "_matmul")

    def matmul(
        self, x: Any, adjoint: bool = False, adjoint_arg: bool = False, name: str = "matmul"
    ) -> Any:
        """The product with matrices [..., columns, n], or with another operator.

        Args:
            adjoint: whether the adjoint of this operator is meant.
            adjoint_arg: whether the adjoint of `x` is meant.
        """
        if isinstance(x, LinearOperator):
            from eagre.state.linear_operators.algebra import product

            return product(*self._pair(x, adjoint, adjoint_arg, "matmul"))
        x = self._matrices(x, adjoint_arg, "matmul")
        self._check_rows(x, self.range_dimension if adjoint else self.domain_dimension, "matmul")
        return self._matmul(x, adjoint=adjoint)

    def __matmul__(self, other: Any) -> Any:
        return self.matmul(other)

    def matvec(self, x: Any, adjoint: bool = False, name: str = "matvec") -> Any:
        """The product with vectors [..., columns]."""
        return squeeze(self.matmul(self._as_columns(x, "matvec"), adjoint=adjoint), -1)

    def _solve(self, rhs: Any, adjoint: bool = False) -> Any:
        if self._can_use_cholesky():
            return decompositions.cholesky_solve(decompositions.cholesky(self.to_dense()), rhs)
        dense = self.to_dense()
        matrix, rhs = share_batch(matrices.adjoint(dense) if adjoint else dense, rhs)
        return solve(matrix, rhs)

    def solve(
        self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False, name: str = "solve"
    ) -> Any:
        """The x whose product is `rhs` [..., rows, n], or such an operator.

        Args:
            adjoint: whether the adjoint of this operator is meant.
            adjoint_arg: whether the adjoint of `rhs` is meant.

        Raises:
            NotImplementedError: hints say that the operator is singular or not square.
        """
        if self.is_non_singular is False or self.is_square is False:
            raise NotImplementedError(
                f"{type(self).__name__}.solve expected an operator that may have an inverse. "
                f"Received: is_non_singular={self.is_non_singular}, is_square={self.is_square}"
            )
        if isinstance(rhs, LinearOperator):
            from eagre.state.linear_operators.algebra import quotient

            return quotient(*self._pair(rhs, adjoint, adjoint_arg, "solve"))
        rhs = self._matrices(rhs, adjoint_arg, "solve")
        self._check_rows(rhs, self.domain_dimension if adjoint else self.range_dimension, "solve")
        return self._solve(rhs, adjoint=adjoint)

    def solvevec(self, rhs: Any, adjoint: bool = False, name: str = "solve") -> Any:
        """The vectors [..., columns] whose products are `rhs` [..., rows]."""
        return squeeze(self.solve(self._as_columns(rhs, "solvevec"), adjoint=adjoint), -1)

    def _argument(self, value: Any, method: str) -> Any:
        x = to_tensor(value, name=f"{type(self).__name__}.{method}")
        if x.dtype != self.dtype:
            raise DTypeMismatchError(
                f"{type(self).__name__}.{method} expected a tensor of the operator's dtype "
                f"{self.dtype.name}. Received: dtype={x.dtype.name}. Use tf.cast to convert it."
            )
        return x

    def _matrices(self, value: Any, is_adjoint: bool, method: str) -> Any:
        x = matrices.as_matrices(self._argument(value, method), f"{type(self).__name__}.{method}")
        return matrices.adjoint(x) if is_adjoint else x

    def _as_columns(self, value: Any, method: str) -> Any:
        return expand_dims(self._argument(value, method), -1)

    def _check_rows(self, x: Any, rows: int | None, method: str) -> None:
        if x.sizes is not None and not are_compatible(x.sizes[-2:-1], (rows,)):
            raise ValueError(
                f"{type(self).__name__}.{method} expected a tensor with {rows} rows. "
                f"Received: shape={x.shape} for an operator of shape {self.shape}"
            )

    def _pair(self, other: Any, adjoint: bool, adjoint_arg: bool, method: str) -> Any:
        """Both operators, or their adjoints, if their sizes fit."""
        left = self.adjoint() if adjoint else self
        right = other.adjoint() if adjoint_arg else other
        rows = left.domain_dimension
        if not are_compatible((rows,), (right.range_dimension,)):
            raise ValueError(
                f"{type(self).__name__}.{method} expected an operator with {rows} rows. "
                f"Received: shapes {left.shape} and {right.shape}"
            )
        return left, right

    # Other operators --------------------------------------------------------------------------

    def __getitem__(self, key: Any) -> Any:
        """The operators that a key picks from the axes of the batch."""
        from eagre.state.linear_operators.slicing import getitem

        return getitem(self, key)

    def adjoint(self, name: str = "adjoint") -> LinearOperator:
        """The operator of the conjugated transpose."""
        return self if self.is_self_adjoint else self._adjoint()

    H = property(adjoint, doc="The operator of the conjugated transpose.")

    def _adjoint(self) -> LinearOperator:
        from eagre.state.linear_operators.adjoint import LinearOperatorAdjoint

        return LinearOperatorAdjoint(self)

    def inverse(self, name: str = "inverse") -> LinearOperator:
        """The operator of the inverse; a ValueError where hints say that there is none."""
        if self.is_square is False or self.is_non_singular is False:
            raise ValueError(
                f"{type(self).__name__}.inverse expected an operator that may have an inverse. "
                f"Received: is_non_singular={self.is_non_singular}, is_square={self.is_square}"
            )
        return self._inverse()

    def _inverse(self) -> LinearOperator:
        from eagre.state.linear_operators.inversion import LinearOperatorInversion

        return LinearOperatorInversion(self)

    def cholesky(self, name: str = "cholesky") -> LinearOperator:
        """The operator of the lower triangular factor; hints must say that there is one."""
        if not self._can_use_cholesky():
            raise ValueError(
                f"{type(self).__name__}.cholesky expected an operator with the hints "
                "is_self_adjoint=True and is_positive_definite=True. Received: "
                f"is_self_adjoint={self.is_self_adjoint}, "
                f"is_positive_definite={self.is_positive_definite}"
            )
        return self._cholesky()

    def _cholesky(self) -> LinearOperator:
        from eagre.state.linear_operators.triangular import LinearOperatorLowerTriangular

        factor = decompositions.cholesky(self.to_dense())
        return LinearOperatorLowerTriangular(factor, is_non_singular=True, is_self_adjoint=False)

    def _can_use_cholesky(self) -> bool:
        return bool(self.is_self_adjoint and self.is_positive_definite)

    # Its elements and what follows from them --------------------------------------------------

    def _to_dense(self) -> Any:
        *batch, _, columns = self._known_sizes()
        return self.matmul(identity_of(batch, columns, self.dtype))

    def to_dense(self, name: str = "to_dense") -> Any:
        """The matrix as a tensor [..., rows, columns]."""
        return self._to_dense()

    def __tensor__(self, dtype: Any = None) -> Any:
        return self.to_dense()

    def _diag_part(self) -> Any:
        return matrices.diag_part(self.to_dense())

    def diag_part(self, name: str = "diag_part") -> Any:
        """The elements on the diagonal."""
        return self._diag_part()

    def _trace(self) -> Any:
        return reduce_sum(self.diag_part(), -1)

    def trace(self, name: str = "trace") -> Any:
        """The sum of the diagonal."""
        return self._trace()

    def _add_to_tensor(self, x: Any) -> Any:
        return self.to_dense() + x

    def add_to_tensor(self, x: Any, name: str = "add_to_tensor") -> Any:
        """The sum of the matrix and a tensor."""
        return self._add_to_tensor(self._argument(x, "add_to_tensor"))

    def _determinant(self) -> Any:
        if self._can_use_cholesky():
            return exp(self.log_abs_determinant())
        return decompositions.det(self.to_dense())

    def determinant(self, name: str = "det") -> Any:
        """The determinant [...]; a NotImplementedError for what is not square."""
        self._refuse_rectangle("determinant")
        return self._determinant()

    def _log_abs_determinant(self) -> Any:
        if self._can_use_cholesky():
            diagonal = matrices.diag_part(decompositions.cholesky(self.to_dense()))
            return 2 * reduce_sum(log(diagonal), -1)
        return decompositions.slogdet(self.to_dense()).log_abs_determinant

    def log_abs_determinant(self, name: str = "log_abs_det") -> Any:
        """The logarithm of the absolute value of the determinant."""
        self._refuse_rectangle("log_abs_determinant")
        return self._log_abs_determinant()

    def _refuse_rectangle(self, method: str) -> None:
        if self.is_square is False:
            raise NotImplementedError(
                f"{type(self).__name__}.{method} expected a square operator. "
                f"Received: shape={self.shape}"
            )

    def _eigvals(self) -> Any:
        return decompositions.eigvalsh(self.to_dense())

    def eigvals(self, name: str = "eigvals") -> Any:
        """The eigenvalues [..., rows] of an operator with the hint is_self_adjoint=True."""
        if not self.is_self_adjoint:
            raise NotImplementedError(
                f"{type(self).__name__}.eigvals expected the hint is_self_adjoint=True. "
                f"Received: is_self_adjoint={self.is_self_adjoint}"
            )
        return self._eigvals()

    def _cond(self) -> Any:
        if self.is_self_adjoint:
            return ratio(self._eigvals())
        return ratio(decompositions.svd(self.to_dense(), compute_uv=False))

    def cond(self, name: str = "cond") -> Any:
        """The largest singular value divided by the smallest one."""
        return self._cond()

    # Checks -----------------------------------------------------------------------------------

    def _assert_non_singular(self) -> Any:
        if self._can_use_cholesky():
            return self.assert_positive_definite()
        size = max(100, *[n for n in self.shape[-2:] if n is not None])
        limit = 1.0 / (size * float(np.finfo(self.dtype.numpy).eps))
        condition = ratio(decompositions.svd(self.to_dense(), compute_uv=False))
        expected = f"a condition number below {limit:.3g}"
        self._require("assert_non_singular", expected, condition, condition < limit)

    def assert_non_singular(self, name: str = "assert_non_singular") -> Any:
        """An InvalidArgumentError unless the operator has an inverse, as far as dtypes can tell."""
        return self._assert_non_singular()

    def _assert_positive_definite(self) -> Any:
        if not self.is_self_adjoint:
            raise NotImplementedError(
                f"{type(self).__name__}.assert_positive_definite expected the hint "
                f"is_self_adjoint=True. Received: is_self_adjoint={self.is_self_adjoint}"
            )
        diagonal = real(matrices.diag_part(decompositions.cholesky(self.to_dense())))
        self._require("assert_positive_definite", "a positive diagonal of the Cholesky factor",
                      diagonal, diagonal > 0)

    def assert_positive_definite(self, name: str = "assert_positive_definite") -> Any:
        """An InvalidArgumentError unless x^H a x has a positive real part for each x but 0."""
        return self._assert_positive_definite()

    def _assert_self_adjoint(self) -> Any:
        dense = self.to_dense()
        self._require("assert_self_adjoint", "an operator that is its own adjoint", dense,
                      equal(dense, matrices.adjoint(dense)))

    def assert_self_adjoint(self, name: str = "assert_self_adjoint") -> Any:
        """An InvalidArgumentError unless the operator is exactly its own adjoint."""
        return self._assert_self_adjoint()

    def _require(self, method: str, expected: str, found: Any, condition: Any) -> None:
        """An error, now or when the graph runs, unless the condition holds throughout."""
        message = f"{type(self).__name__}.{method} expected {expected}."
        assertion(condition, found, message=message, labels=("",), summarize=6)


def ratio(values: Any) -> Any:
    """The largest absolute value along the last axis divided by the smallest."""
    sizes = absolute(values)
    return reduce_max(sizes, -1) / reduce_min(sizes, -1)
