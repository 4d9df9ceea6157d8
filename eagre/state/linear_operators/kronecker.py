"""`LinearOperatorKronecker`: the Kronecker product of several operators."""

from __future__ import annotations

from functools import reduce
from math import prod
from typing import Any

from eagre.ops.matrices import matrix_transpose
from eagre.ops.shaping import cast
from eagre.state.linear_operators import hints
from eagre.state.linear_operators.batches import batch_of, common_batch, inner_sizes, reshaped
from eagre.state.linear_operators.lists import operators_of
from eagre.state.linear_operators.operator import LinearOperator


class LinearOperatorKronecker(LinearOperator):
    """The matrices made of a copy of the second operator for each element of the first.

    >>> swap = tf.linalg.LinearOperatorPermutation([1, 0])
    >>> scales = tf.linalg.LinearOperatorDiag([1.0, 2.0])
    >>> tf.linalg.LinearOperatorKronecker([scales, swap]).matvec([1.0, 2.0, 3.0, 4.0]).numpy()
    array([2., 1., 8., 6.], dtype=float32)
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
        factors = self._operators = operators_of(self, operators)
        super().__init__(
            factors[0].dtype,
            None,
            hints.of_all(self, factors, "is_non_singular", is_non_singular),
            hints.of_all(self, factors, "is_self_adjoint", is_self_adjoint),
            hints.of_all(self, factors, "is_positive_definite", is_positive_definite),
            is_square,
            name or "_x_".join(each.name for each in factors),
            {"operators": operators},
        )

    @property
    def operators(self) -> list[Any]:
        """The factors."""
        return self._operators

    def _sizes(self) -> Any:
        sizes = [each._known_sizes() for each in self._operators]
        batch = common_batch(*[each[:-2] for each in sizes])
        return [*batch, prod(each[-2] for each in sizes), prod(each[-1] for each in sizes)]

    def _matmul(self, x: Any, adjoint: bool = False) -> Any:
        return self._each_along_its_axis(x, "matmul", -2 if adjoint else -1, adjoint)

    def _solve(self, rhs: Any, adjoint: bool = False) -> Any:
        return self._each_along_its_axis(rhs, "solve", -1 if adjoint else -2, adjoint)

    def _each_along_its_axis(self, x: Any, method: str, axis: int, adjoint: bool) -> Any:
        """Apply the factors, each to the first of the axes, which then becomes the last one."""
        axes = [each._known_sizes()[axis] for each in self._operators]
        axes.append(inner_sizes(x)[-1])
        for each in self._operators:
            first, *others = axes
            x = reshaped(x, [*batch_of(x), first, prod(others)])
            x = getattr(each, method)(x, adjoint=adjoint)
            axes = [*others, inner_sizes(x)[0]]
            x = matrix_transpose(x)
        columns, *rows = axes
        return matrix_transpose(reshaped(x, [*batch_of(x), columns, prod(rows)]))

    def _adjoint(self) -> LinearOperator:
        return self._of_each("adjoint", **hints.hints_of(self))

    def _inverse(self) -> LinearOperator:
        return self._of_each("inverse", **hints.hints_of(self))

    def _cholesky(self) -> LinearOperator:
        return self._of_each("cholesky", is_non_singular=True, is_square=True)

    def _of_each(self, method: str, **known: Any) -> LinearOperator:
        return LinearOperatorKronecker([getattr(e, method)() for e in self._operators], **known)

    def _are_square(self) -> bool:
        return all(each.is_square for each in self._operators)

    def _powers(self) -> list[Any]:
        """How often the determinant of each factor counts."""
        heights = [each._known_sizes()[-2] for each in self._operators]
        count = range(len(heights))
        return [cast(prod(heights[j] for j in count if j != i), self.dtype) for i in count]

    def _determinant(self) -> Any:
        if not self._are_square():
            return super()._determinant()
        pairs = zip(self._operators, self._powers(), strict=True)
        return prod(each.determinant() ** power for each, power in pairs)

    def _log_abs_determinant(self) -> Any:
        if not self._are_square():
            return super()._log_abs_determinant()
        pairs = zip(self._operators, self._powers(), strict=True)
        return sum(each.log_abs_determinant() * power for each, power in pairs)

    def _trace(self) -> Any:
        if not self._are_square():
            return super()._trace()
        return prod(each.trace() for each in self._operators)

    def _diag_part(self) -> Any:
        return self._products("diag_part") if self._are_square() else super()._diag_part()

    def _eigvals(self) -> Any:
        return self._products("eigvals")

    def _products(self, method: str) -> Any:
        """Each element of a vector of the first factor times those of the second, and so on."""
        return reduce(_outer, [getattr(each, method)() for each in self._operators])

    def _assert_non_singular(self) -> Any:
        if not self._are_square():
            return super()._assert_non_singular()
        for each in self._operators:
            each.assert_non_singular()
        return None

    def _assert_self_adjoint(self) -> Any:
        if not self._are_square():
            return super()._assert_self_adjoint()
        for each in self._operators:
            each.assert_self_adjoint()
        return None


def _outer(a: Any, b: Any) -> Any:
    both = a[..., None] * b[..., None, :]
    return reshaped(both, [*batch_of(both), prod(inner_sizes(both))])
