"""What operators made of blocks share: their tensors may be given block by block."""

from __future__ import annotations

from typing import Any

from eagre.core.tensor import Tensor
from eagre.ops.matrices import adjoint as conjugate_transpose
from eagre.ops.reductions import reduce_prod, reduce_sum
from eagre.ops.shaping import squeeze
from eagre.primitives.rearrangement import concat, stack
from eagre.state.linear_operators.batches import share_batch
from eagre.state.linear_operators.operator import LinearOperator
from eagre.state.variable import Variable


class BlockOperator(LinearOperator):
    """An operator whose rows and columns fall into blocks, of which it knows the diagonal ones."""

    def _diagonal_blocks(self) -> list[Any]:
        raise NotImplementedError

    def _multiply_blocks(self, parts: list[Any], adjoint: bool) -> list[Any]:
        raise NotImplementedError

    def _solve_blocks(self, parts: list[Any], adjoint: bool) -> list[Any]:
        raise NotImplementedError

    def _heights(self) -> list[Any]:
        """The numbers of rows of the blocks."""
        return [each._known_sizes()[-2] for each in self._diagonal_blocks()]

    def _widths(self) -> list[Any]:
        """The numbers of columns of the blocks."""
        return [each._known_sizes()[-1] for each in self._diagonal_blocks()]

    def _is_blockwise(self, x: Any) -> bool:
        """Whether `x` is a list with a tensor for each block."""
        kinds = (Tensor, Variable, LinearOperator)
        is_list = isinstance(x, list | tuple) and len(x) == len(self._diagonal_blocks())
        return is_list and all(isinstance(e, kinds) or hasattr(e, "__array__") for e in x)

    def matmul(
        self, x: Any, adjoint: bool = False, adjoint_arg: bool = False, name: str = "matmul"
    ) -> Any:
        """The product with matrices, with a list of matrices for the blocks, or an operator."""
        if not self._is_blockwise(x):
            return super().matmul(x, adjoint=adjoint, adjoint_arg=adjoint_arg)
        return self._multiply_blocks(self._turned(x, adjoint_arg), adjoint)

    def matvec(self, x: Any, adjoint: bool = False, name: str = "matvec") -> Any:
        """The product with vectors, or with a list of vectors for the blocks."""
        if not self._is_blockwise(x):
            return super().matvec(x, adjoint=adjoint)
        columns = [self._as_columns(each, "matvec") for each in x]
        return [squeeze(each, -1) for each in self.matmul(columns, adjoint=adjoint)]

    def solve(
        self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False, name: str = "solve"
    ) -> Any:
        """The x whose product is `rhs`: matrices, a list of them for the blocks, an operator."""
        if not self._is_blockwise(rhs):
            return super().solve(rhs, adjoint=adjoint, adjoint_arg=adjoint_arg)
        return self._solve_blocks(self._turned(rhs, adjoint_arg), adjoint)

    def solvevec(self, rhs: Any, adjoint: bool = False, name: str = "solve") -> Any:
        """The vectors whose product is `rhs`: vectors, or a list of them for the blocks."""
        if not self._is_blockwise(rhs):
            return super().solvevec(rhs, adjoint=adjoint)
        columns = [self._as_columns(each, "solvevec") for each in rhs]
        return [squeeze(each, -1) for each in self.solve(columns, adjoint=adjoint)]

    def _turned(self, parts: Any, is_adjoint: bool) -> list[Any]:
        if not is_adjoint:
            return list(parts)
        is_operator = [isinstance(each, LinearOperator) for each in parts]
        return [
            each.adjoint() if known else conjugate_transpose(each)
            for each, known in zip(parts, is_operator, strict=True)
        ]

    def _matmul(self, x: Any, adjoint: bool = False) -> Any:
        parts = _split_rows(x, self._heights() if adjoint else self._widths())
        return _joined(self._multiply_blocks(parts, adjoint), -2)

    def _solve(self, rhs: Any, adjoint: bool = False) -> Any:
        parts = _split_rows(rhs, self._widths() if adjoint else self._heights())
        return _joined(self._solve_blocks(parts, adjoint), -2)

    def _of_diagonal(self, method: str) -> Any:
        """The results of a method of the diagonal blocks, stacked along a new last axis."""
        values = [getattr(each, method)() for each in self._diagonal_blocks()]
        return stack(share_batch(*values, inner=0), axis=-1)

    def _determinant(self) -> Any:
        return reduce_prod(self._of_diagonal("determinant"), -1)

    def _log_abs_determinant(self) -> Any:
        return reduce_sum(self._of_diagonal("log_abs_determinant"), -1)

    def _vectors_of_diagonal(self, method: str) -> Any:
        values = [getattr(each, method)() for each in self._diagonal_blocks()]
        return concat(*share_batch(*values, inner=1), axis=-1)

    def _eigvals(self) -> Any:
        return self._vectors_of_diagonal("eigvals")

    def _are_square(self) -> bool:
        return all(each.is_square for each in self._diagonal_blocks())

    def _diag_part(self) -> Any:
        return self._vectors_of_diagonal("diag_part") if self._are_square() else (
            super()._diag_part()
        )

    def _assert_non_singular(self) -> Any:
        for each in self._diagonal_blocks():
            each.assert_non_singular()


def _split_rows(x: Any, sizes: list[Any]) -> list[Any]:
    parts, start = [], 0
    for size in sizes:
        parts.append(x[..., start : start + size, :])
        start = start + size
    return parts


def _joined(parts: list[Any], axis: int) -> Any:
    return concat(*share_batch(*parts), axis=axis)
