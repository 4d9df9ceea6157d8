"""`LinearOperatorBlockDiag`: blocks on the diagonal, zeros elsewhere."""

from __future__ import annotations

from typing import Any

from eagre.state.linear_operators import hints
from eagre.state.linear_operators.batches import common_batch
from eagre.state.linear_operators.blocks import BlockOperator
from eagre.state.linear_operators.lists import operators_of
from eagre.state.linear_operators.operator import LinearOperator


class LinearOperatorBlockDiag(BlockOperator):
    """The operators as blocks on the diagonal.

    `matmul`, `matvec`, `solve` and `solvevec` also take, and then return, a list with a tensor for
    each block.

    >>> blocks = [tf.linalg.LinearOperatorIdentity(1), tf.linalg.LinearOperatorDiag([2.0, 3.0])]
    >>> tf.linalg.LinearOperatorBlockDiag(blocks).matvec([1.0, 1.0, 1.0]).numpy()
    array([1., 2., 3.], dtype=float32)
    """

    def __init__(
        self,
        operators: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = True,
        name: str | None = None,
    ) -> None:
        blocks = self._operators = operators_of(self, operators)
        super().__init__(
            blocks[0].dtype,
            None,
            hints.of_all(self, blocks, "is_non_singular", is_non_singular),
            hints.of_all(self, blocks, "is_self_adjoint", is_self_adjoint),
            hints.of_all(self, blocks, "is_positive_definite", is_positive_definite),
            is_square,
            name or "_ds_".join(each.name for each in blocks),
            {"operators": operators},
        )

    @property
    def operators(self) -> list[Any]:
        """The blocks."""
        return self._operators

    def _diagonal_blocks(self) -> list[Any]:
        return self._operators

    def _sizes(self) -> Any:
        batch = common_batch(*[each._known_sizes()[:-2] for each in self._operators])
        return [*batch, sum(self._heights()), sum(self._widths())]

    def _multiply_blocks(self, parts: list[Any], adjoint: bool) -> list[Any]:
        pairs = zip(self._operators, parts, strict=True)
        return [each.matmul(part, adjoint=adjoint) for each, part in pairs]

    def _solve_blocks(self, parts: list[Any], adjoint: bool) -> list[Any]:
        pairs = zip(self._operators, parts, strict=True)
        return [each.solve(part, adjoint=adjoint) for each, part in pairs]

    def _adjoint(self) -> LinearOperator:
        return self._of_each("adjoint", **hints.hints_of(self))

    def _inverse(self) -> LinearOperator:
        return self._of_each("inverse", **hints.hints_of(self))

    def _cholesky(self) -> LinearOperator:
        return self._of_each("cholesky", is_non_singular=True)

    def _of_each(self, method: str, **known: Any) -> LinearOperator:
        return LinearOperatorBlockDiag([getattr(e, method)() for e in self._operators], **known)

    def _assert_positive_definite(self) -> Any:
        for each in self._operators:
            each.assert_positive_definite()

    def _assert_self_adjoint(self) -> Any:
        for each in self._operators:
            each.assert_self_adjoint()
