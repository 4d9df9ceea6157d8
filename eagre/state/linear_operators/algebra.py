"""Products and quotients of two operators, in closed form for those kinds that have one."""

from __future__ import annotations

from typing import Any

from eagre.core.conversion import to_tensor
from eagre.state.linear_operators import hints
from eagre.state.linear_operators.block_diag import LinearOperatorBlockDiag
from eagre.state.linear_operators.circulant import CirculantOperator
from eagre.state.linear_operators.composition import LinearOperatorComposition
from eagre.state.linear_operators.diagonal import LinearOperatorDiag
from eagre.state.linear_operators.identity import (
    LinearOperatorIdentity,
    LinearOperatorScaledIdentity,
)
from eagre.state.linear_operators.inversion import LinearOperatorInversion
from eagre.state.linear_operators.triangular import LinearOperatorLowerTriangular
from eagre.state.linear_operators.zeros import LinearOperatorZeros

_DIAGONAL = (LinearOperatorDiag, LinearOperatorScaledIdentity)


def product(left: Any, right: Any) -> Any:
    """The operator left right."""
    if isinstance(left, LinearOperatorIdentity):
        return right
    if isinstance(right, LinearOperatorIdentity):
        return left
    if isinstance(left, LinearOperatorZeros) or isinstance(right, LinearOperatorZeros):
        return _zeros(left, right)
    closed = _closed(left, right, False)
    if closed is not None:
        return closed
    return LinearOperatorComposition([left, right], **hints.of_product(left, right))


def quotient(left: Any, right: Any) -> Any:
    """The operator inverse(left) right."""
    if isinstance(left, LinearOperatorIdentity):
        return right
    if isinstance(right, LinearOperatorIdentity):
        return left.inverse()
    if isinstance(left, LinearOperatorInversion):
        return left.operator.matmul(right)
    closed = _closed(left, right, True)
    if closed is not None:
        return closed
    factors = [LinearOperatorInversion(left), right]
    return LinearOperatorComposition(factors, **hints.of_product(left, right))


def _zeros(left: Any, right: Any) -> Any:
    if not (left.is_square and right.is_square):
        raise ValueError(
            "LinearOperatorZeros.matmul expected two square operators. "
            f"Received: shapes {left.shape} and {right.shape}"
        )
    return left if isinstance(left, LinearOperatorZeros) else right


def _closed(left: Any, right: Any, is_quotient: bool) -> Any:
    """The product or quotient in closed form; None if there is none."""
    if isinstance(left, _DIAGONAL) and isinstance(right, _DIAGONAL):
        return _of_diagonals(left, right, is_quotient)
    known = hints.of_commuting_product(left, right, keeps_definite=False)
    if isinstance(left, LinearOperatorDiag) and isinstance(right, LinearOperatorLowerTriangular):
        scale = to_tensor(left.diag)[..., None]
        dense = right.to_dense()
        dense = dense / scale if is_quotient else scale * dense
        return LinearOperatorLowerTriangular(dense, **known)
    if isinstance(left, LinearOperatorLowerTriangular) and isinstance(right, LinearOperatorDiag):
        scaled = None if is_quotient else left.to_dense() * to_tensor(right.diag)[..., None, :]
        return None if scaled is None else LinearOperatorLowerTriangular(scaled, **known)
    if isinstance(left, LinearOperatorBlockDiag) and isinstance(right, LinearOperatorBlockDiag):
        return _of_blocks(left, right, is_quotient, known)
    if isinstance(left, CirculantOperator) and type(left) is type(right):
        a, b = to_tensor(left.spectrum), to_tensor(right.spectrum)
        known = hints.of_commuting_product(left, right)
        return left.with_spectrum(b / a if is_quotient else a * b, **known)
    return None


def _of_diagonals(left: Any, right: Any, is_quotient: bool) -> Any:
    known = hints.of_commuting_product(left, right)
    are_scaled = [isinstance(each, LinearOperatorScaledIdentity) for each in (left, right)]
    a, b = [
        to_tensor(each.multiplier if is_scaled else each.diag)
        for each, is_scaled in zip((left, right), are_scaled, strict=True)
    ]
    if not all(are_scaled):
        a, b = [
            x[..., None] if is_scaled else x
            for x, is_scaled in zip((a, b), are_scaled, strict=True)
        ]
    value = b / a if is_quotient else a * b
    if all(are_scaled):
        return LinearOperatorScaledIdentity(left._known_sizes()[-1], value, **known)
    return LinearOperatorDiag(value, **known)


def _of_blocks(left: Any, right: Any, is_quotient: bool, known: Any) -> Any:
    pairs = list(zip(left.operators, right.operators, strict=False))
    fits = len(left.operators) == len(right.operators) and all(
        a.domain_dimension == b.range_dimension for a, b in pairs
    )
    if not fits:
        raise ValueError(
            "LinearOperatorBlockDiag expected another one with blocks of the same sizes. Received: "
            f"{[str(each.shape) for each in left.operators]} and "
            f"{[str(each.shape) for each in right.operators]}"
        )
    known["is_self_adjoint"] = None
    blocks = [a.solve(b) if is_quotient else a.matmul(b) for a, b in pairs]
    return LinearOperatorBlockDiag(blocks, **known)
