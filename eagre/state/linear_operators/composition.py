"""`LinearOperatorComposition`: the product of several operators."""

from __future__ import annotations

from typing import Any

from eagre.core.errors import InvalidArgumentError
from eagre.core.shapes import are_compatible
from eagre.ops.math import sign
from eagre.state.linear_operators import hints
from eagre.state.linear_operators.batches import common_batch
from eagre.state.linear_operators.lists import operators_of
from eagre.state.linear_operators.operator import LinearOperator
from eagre.state.linear_operators.triangular import LinearOperatorLowerTriangular


class LinearOperatorComposition(LinearOperator):
    """The operators one after the other, the last one first: [a, b] is the product a b.

    >>> double = tf.linalg.LinearOperatorScaledIdentity(2, 2.0)
    >>> swap = tf.linalg.LinearOperatorPermutation([1, 0])
    >>> tf.linalg.LinearOperatorComposition([double, swap]).matvec([3.0, 4.0]).numpy()
    array([8., 6.], dtype=float32)
    """

    def __init__(
        self,
        operators: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str | None = None,
    ) -> None:
        self._operators = operators_of(self, operators)
        self._check_chain()
        is_non_singular = hints.of_all(self, self._operators, "is_non_singular", is_non_singular)
        is_mirrored = _is_mirrored(self._operators)
        if is_mirrored or (len(self._operators) == 1 and self._operators[0].is_self_adjoint):
            fact = "the product is its own adjoint"
            is_self_adjoint = hints.settled(self, "is_self_adjoint", is_self_adjoint, fact)
            is_square = hints.settled(self, "is_square", is_square, fact)
        if is_mirrored and is_non_singular:
            is_positive_definite = hints.settled(
                self, "is_positive_definite", is_positive_definite, "a a^H is so if not singular"
            )
        super().__init__(
            self._operators[0].dtype,
            None,
            is_non_singular,
            is_self_adjoint,
            is_positive_definite,
            is_square,
            name or "_o_".join(each.name for each in self._operators),
            {"operators": operators},
        )

    def _check_chain(self) -> None:
        for left, right in zip(self._operators, self._operators[1:], strict=False):
            if not are_compatible((left.domain_dimension,), (right.range_dimension,)):
                raise InvalidArgumentError(
                    "LinearOperatorComposition expected each operator to have as many columns as "
                    f"the next one has rows. Received: shapes {left.shape} and {right.shape}"
                )

    @property
    def operators(self) -> list[Any]:
        """The factors, from left to right."""
        return self._operators

    def _sizes(self) -> Any:
        sizes = [each._known_sizes() for each in self._operators]
        return [*common_batch(*[each[:-2] for each in sizes]), sizes[0][-2], sizes[-1][-1]]

    def _matmul(self, x: Any, adjoint: bool = False) -> Any:
        for each in self._operators if adjoint else reversed(self._operators):
            x = each.matmul(x, adjoint=adjoint)
        return x

    def _solve(self, rhs: Any, adjoint: bool = False) -> Any:
        for each in reversed(self._operators) if adjoint else self._operators:
            rhs = each.solve(rhs, adjoint=adjoint)
        return rhs

    def _determinant(self) -> Any:
        result, *others = [each.determinant() for each in self._operators]
        for other in others:
            result = result * other
        return result

    def _log_abs_determinant(self) -> Any:
        result, *others = [each.log_abs_determinant() for each in self._operators]
        for other in others:
            result = result + other
        return result

    def _cholesky(self) -> LinearOperator:
        left = self._operators[0]
        is_product = len(self._operators) == 2 and _is_mirrored(self._operators)
        if not is_product or not isinstance(left, LinearOperatorLowerTriangular):
            return super()._cholesky()
        if left.is_positive_definite:
            return left
        signs = sign(left.diag_part())[..., None, :]
        return LinearOperatorLowerTriangular(
            left.to_dense() / signs,
            is_non_singular=left.is_non_singular,
            is_self_adjoint=left.is_self_adjoint,
        )

    def _assert_non_singular(self) -> Any:
        if not all(each.is_square for each in self._operators):
            return super()._assert_non_singular()
        for each in self._operators:
            each.assert_non_singular()
        return None


def _is_mirrored(operators: list[Any]) -> bool:
    """Whether the operators have the form a a^H, or a b b^H a^H, and so on."""
    half, odd = divmod(len(operators), 2)
    return not odd and all(
        _are_adjoint(operators[i], operators[-1 - i]) for i in range(half)
    )


def _are_adjoint(a: Any, b: Any) -> bool:
    if a is b and a.is_self_adjoint is not None:
        return a.is_self_adjoint
    return a.H is b or b.H is a
