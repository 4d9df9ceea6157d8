"""`LinearOperatorBlockLowerTriangular`: blocks on the diagonal and below it."""

from __future__ import annotations

from typing import Any

from eagre.core.python_numbers import described
from eagre.core.shapes import are_compatible
from eagre.state.linear_operators import hints
from eagre.state.linear_operators.batches import common_batch
from eagre.state.linear_operators.blocks import BlockOperator
from eagre.state.linear_operators.full_matrix import LinearOperatorFullMatrix
from eagre.state.linear_operators.lists import operators_of
from eagre.state.linear_operators.operator import LinearOperator


class LinearOperatorBlockLowerTriangular(BlockOperator):
    """Rows of operators as blocks, one in the first, two in the second, and so on.

    `matmul`, `matvec`, `solve` and `solvevec` also take, and then return, a list with a tensor for
    each block.

    >>> one, two = tf.linalg.LinearOperatorDiag([1.0]), tf.linalg.LinearOperatorDiag([2.0])
    >>> tf.linalg.LinearOperatorBlockLowerTriangular([[one], [two, one]]).to_dense().numpy()
    array([[1., 0.],
           [2., 1.]], dtype=float32)
    """

    def __init__(
        self,
        operators: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str = "LinearOperatorBlockLowerTriangular",
    ) -> None:
        if not isinstance(operators, list | tuple) or not operators:
            raise ValueError(
                f"{type(self).__name__} expected operators to be a list of rows. "
                f"Received: operators={described(operators)}"
            )
        rows = enumerate(operators)
        self._operators = [operators_of(self, row, f"operators[{i}]") for i, row in rows]
        operators_of(self, [block for row in self._operators for block in row])
        self._check_rows_of_blocks()
        super().__init__(
            self._operators[0][0].dtype,
            None,
            self._non_singular_hint(is_non_singular),
            is_self_adjoint,
            is_positive_definite,
            self._square_hint(is_square),
            name,
            {"operators": operators},
        )

    def _check_rows_of_blocks(self) -> None:
        for i, row in enumerate(self._operators):
            if len(row) != i + 1:
                raise ValueError(
                    f"{type(self).__name__} expected {i + 1} blocks in operators[{i}]. "
                    f"Received: {len(row)}"
                )
            for j, block in enumerate(row):
                height, width = row[-1].range_dimension, self._operators[j][j].domain_dimension
                if not are_compatible(block.shape.sizes and block.shape.sizes[-2:],
                                      (height, width)):
                    raise ValueError(
                        f"{type(self).__name__} expected operators[{i}][{j}] to be a block of "
                        f"{height} rows and {width} columns. Received: shape={block.shape}"
                    )

    def _non_singular_hint(self, given: Any) -> Any:
        diagonal = self._diagonal_blocks()
        if any(each.is_non_singular is False for each in diagonal):
            fact = "a block on the diagonal is singular"
            return hints.settled(self, "is_non_singular", given, fact, False)
        return hints.of_all(self, diagonal, "is_non_singular", given)

    def _square_hint(self, given: Any) -> bool:
        for i, each in enumerate(self._diagonal_blocks()):
            if each.is_square is False:
                raise ValueError(
                    f"{type(self).__name__} expected square blocks on the diagonal. "
                    f"Received: operators[{i}][{i}].shape={each.shape}"
                )
        return hints.settled(self, "is_square", given, "the blocks on the diagonal are square")

    @property
    def operators(self) -> list[list[Any]]:
        """The rows of blocks."""
        return self._operators

    def _diagonal_blocks(self) -> list[Any]:
        return [row[-1] for row in self._operators]

    def _sizes(self) -> Any:
        blocks = [block for row in self._operators for block in row]
        batch = common_batch(*[each._known_sizes()[:-2] for each in blocks])
        return [*batch, sum(self._heights()), sum(self._widths())]

    def _column(self, j: int, adjoint: bool) -> list[tuple[int, Any]]:
        """The other blocks that row `j` is made of, with the places of their arguments."""
        if not adjoint:
            return list(enumerate(self._operators[j][:-1]))
        return [(i, self._operators[i][j]) for i in range(j + 1, len(self._operators))]

    def _multiply_blocks(self, parts: list[Any], adjoint: bool) -> list[Any]:
        results = []
        for j, own in enumerate(self._diagonal_blocks()):
            total = own.matmul(parts[j], adjoint=adjoint)
            for i, block in self._column(j, adjoint):
                total = total + block.matmul(parts[i], adjoint=adjoint)
            results.append(total)
        return results

    def _solve_blocks(self, parts: list[Any], adjoint: bool) -> list[Any]:
        found: dict[int, Any] = {}
        places = range(len(parts))
        for j in reversed(places) if adjoint else places:
            rest = parts[j]
            for i, block in self._column(j, adjoint):
                rest = rest - block.matmul(found[i], adjoint=adjoint)
            found[j] = self._operators[j][j].solve(rest, adjoint=adjoint)
        return [found[j] for j in places]

    def _inverse(self) -> LinearOperator:
        rows: list[list[Any]] = []
        for i, row in enumerate(self._operators):
            inverses = []
            for j in range(i):
                total = sum(row[k].matmul(rows[k][j].to_dense()) for k in range(j, i))
                inverses.append(LinearOperatorFullMatrix(row[-1].solve(-total)))
            rows.append([*inverses, row[-1].inverse()])
        return LinearOperatorBlockLowerTriangular(rows, **hints.hints_of(self))
