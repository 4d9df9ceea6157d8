"""`LinearOperatorLowRankUpdate`: an operator and a few dyads.

The matrix u d v^H is added; its few columns make systems and determinants as small as they are.
Woodbury, "Inverting modified matrices", 1950.
"""

from __future__ import annotations

from typing import Any

from eagre.core.conversion import to_tensor
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.core.shapes import are_compatible
from eagre.ops import decompositions
from eagre.ops.linalg import matmul
from eagre.ops.math import abs as absolute
from eagre.ops.math import exp, log
from eagre.ops.matrices import diag_part
from eagre.ops.reductions import reduce_sum
from eagre.ops.shaping import cast
from eagre.primitives.arithmetic import conjugated
from eagre.primitives.linear_algebra import solve
from eagre.state.linear_operators import hints
from eagre.state.linear_operators.batches import (
    batch_of,
    common_batch,
    inner_sizes,
    share_batch,
)
from eagre.state.linear_operators.diagonal import LinearOperatorDiag
from eagre.state.linear_operators.identity import LinearOperatorIdentity
from eagre.state.linear_operators.operator import LinearOperator, parameter


class LinearOperatorLowRankUpdate(LinearOperator):
    """The operator base + u diag(diag_update) v^H.

    Args:
        u: [..., rows, rank].
        diag_update: [..., rank], by default ones.
        v: [..., columns, rank], by default `u`.
        is_diag_update_positive: a hint, as the others.

    >>> base = tf.linalg.LinearOperatorDiag([1.0, 1.0], is_positive_definite=True)
    >>> operator = tf.linalg.LinearOperatorLowRankUpdate(base, [[1.0], [1.0]])
    >>> operator.to_dense().numpy()
    array([[2., 1.],
           [1., 2.]], dtype=float32)
    """

    def __init__(
        self,
        base_operator: LinearOperator,
        u: Any,
        diag_update: Any = None,
        v: Any = None,
        is_diag_update_positive: bool | None = None,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str = "LinearOperatorLowRankUpdate",
    ) -> None:
        self._base = base_operator
        self._u = parameter(u, "u", 2, self)
        self._v = self._u if v is None else parameter(v, "v", 2, self)
        self._diag_update = None if diag_update is None else parameter(
            diag_update, "diag_update", 1, self
        )
        if diag_update is None:
            is_diag_update_positive = hints.settled(
                self, "is_diag_update_positive", is_diag_update_positive, "ones are positive"
            )
        self._is_diag_update_positive = is_diag_update_positive
        is_symmetric = base_operator.is_self_adjoint and v is None
        self._is_definite = bool(
            is_symmetric and base_operator.is_positive_definite and is_diag_update_positive
        )
        fact = "it follows from the hints of its parts"
        if self._is_definite or (is_symmetric and not base_operator.dtype.is_complex):
            is_self_adjoint = hints.settled(self, "is_self_adjoint", is_self_adjoint, fact)
        if self._is_definite:
            is_positive_definite = hints.settled(
                self, "is_positive_definite", is_positive_definite, fact
            )
        super().__init__(
            base_operator.dtype,
            None,
            is_non_singular,
            is_self_adjoint,
            is_positive_definite,
            is_square,
            name,
            {"base_operator": base_operator, "u": u, "diag_update": diag_update, "v": v,
             "is_diag_update_positive": is_diag_update_positive},
        )
        self._check_parts()

    def _check_parts(self) -> None:
        base = self._base.shape
        rank = self._u.shape[-1]
        wanted = {"u": (base[-2:-1], rank), "v": (base[-1:], rank)}
        for argument, (rows, columns) in wanted.items():
            x = getattr(self, argument)
            if x.dtype != self.dtype:
                raise DTypeMismatchError(
                    f"{type(self).__name__} expected {argument} of the dtype of the base operator, "
                    f"{self.dtype.name}. Received: {argument}.dtype={x.dtype.name}"
                )
            if not are_compatible(x.shape[-2:].sizes, (*(rows.sizes or (None,)), columns)):
                raise InvalidArgumentError(
                    f"{type(self).__name__} expected a u and a v with the rows and columns of the "
                    f"base operator and one rank. Received: base_operator.shape={base}, "
                    f"u.shape={self._u.shape}, v.shape={self._v.shape}"
                )
        diag = self._diag_update
        if diag is not None and not are_compatible(diag.shape[-1:].sizes, (rank,)):
            raise InvalidArgumentError(
                f"{type(self).__name__} expected a diag_update of the rank of u, {rank}. "
                f"Received: diag_update.shape={diag.shape}"
            )

    @property
    def base_operator(self) -> LinearOperator:
        """The operator before the update."""
        return self._base

    @property
    def u(self) -> Any:
        """The left columns."""
        return self._u

    @property
    def v(self) -> Any:
        """The right columns."""
        return self._v

    @property
    def diag_update(self) -> Any:
        """The factors of the columns, None for ones."""
        return self._diag_update

    @property
    def is_diag_update_positive(self) -> bool | None:
        """Whether the factors of the columns are positive; None if this is not known."""
        return self._is_diag_update_positive

    @property
    def diag_operator(self) -> LinearOperator:
        """The factors of the columns as an operator."""
        if self._diag_update is None:
            return LinearOperatorIdentity(inner_sizes(to_tensor(self._u))[-1], dtype=self.dtype)
        return LinearOperatorDiag(
            self._diag_update, is_positive_definite=self._is_diag_update_positive
        )

    def _sizes(self) -> Any:
        base = self._base._known_sizes()
        batches = [base[:-2], *[batch_of(to_tensor(x)) for x in (self._u, self._v)]]
        if self._diag_update is not None:
            batches.append(batch_of(to_tensor(self._diag_update), 1))
        return [*common_batch(*batches), *base[-2:]]

    def _sides(self, adjoint: bool) -> tuple[Any, Any]:
        u, v = to_tensor(self._u), to_tensor(self._v)
        return (v, u) if adjoint else (u, v)

    def _matmul(self, x: Any, adjoint: bool = False) -> Any:
        u, v = self._sides(adjoint)
        inner = self.diag_operator.matmul(matmul(v, x, adjoint_a=True), adjoint=adjoint)
        return self._base.matmul(x, adjoint=adjoint) + matmul(u, inner)

    def _capacitance(self, adjoint: bool) -> Any:
        """inverse(d) + v^H inverse(base) u, or the same of the adjoint."""
        u, v = self._sides(adjoint)
        update = self.diag_operator.adjoint() if adjoint else self.diag_operator
        small = matmul(v, self._base.solve(u, adjoint=adjoint), adjoint_a=True)
        return update.inverse().add_to_tensor(small)

    def _solve(self, rhs: Any, adjoint: bool = False) -> Any:
        u, v = self._sides(adjoint)
        plain = self._base.solve(rhs, adjoint=adjoint)
        inner = matmul(v, plain, adjoint_a=True)
        capacitance = self._capacitance(adjoint)
        if self._is_definite:
            inner = decompositions.cholesky_solve(decompositions.cholesky(capacitance), inner)
        else:
            inner = solve(*share_batch(capacitance, inner))
        return plain - self._base.solve(matmul(u, inner), adjoint=adjoint)

    def _determinant(self) -> Any:
        if self.is_positive_definite:
            return exp(self.log_abs_determinant())
        small = decompositions.det(self._capacitance(False))
        return small * self.diag_operator.determinant() * self._base.determinant()

    def _log_abs_determinant(self) -> Any:
        capacitance = self._capacitance(False)
        if self._is_definite:
            small = reduce_sum(log(diag_part(decompositions.cholesky(capacitance))), -1) * 2
        else:
            small = cast(log(absolute(decompositions.det(capacitance))), self.dtype)
        own = self.diag_operator.log_abs_determinant()
        return small + own + self._base.log_abs_determinant()

    def _diag_part(self) -> Any:
        u, v = self._sides(False)
        factors = self.diag_operator.diag_part()[..., None, :]
        return self._base.diag_part() + reduce_sum(u * factors * conjugated(v), -1)
