"""The shape of a batch of matrices, as far as it is known before a graph runs."""

from __future__ import annotations

from typing import Any

from eagre.core.conversion import to_tensor
from eagre.core.shapes import TensorShape
from eagre.state.linear_operators.batches import known_sizes, vector_of
from eagre.state.module import Module


def needs_method(owner: Any, method: str) -> NotImplementedError:
    """The error for a class that does not say what it has to."""
    return NotImplementedError(
        f"{type(owner).__name__} needs a class with a method {method}. Received: one without it"
    )


class Shaped(Module):
    """What has a shape [..., rows, columns]."""

    def _shape(self) -> TensorShape:
        raise needs_method(self, "_shape")

    def _shape_tensor(self) -> Any:
        raise needs_method(self, "_shape_tensor")

    def _sizes(self) -> Any:
        """The sizes, as ints or, if they are unknown, scalar tensors; None for unknown rank."""
        sizes = TensorShape(self._shape()).sizes
        if sizes is None or None not in sizes:
            return sizes
        vector = to_tensor(self._shape_tensor())
        return [vector[i] if n is None else n for i, n in enumerate(sizes)]

    def _known_sizes(self) -> list[Any]:
        sizes = self._sizes()
        if sizes is None:
            raise ValueError(
                f"{type(self).__name__} needs tensors of known rank for this. "
                "Received: one of unknown rank"
            )
        return list(sizes)

    def known_batch(self) -> list[Any]:
        """The sizes of the leading axes, as ints or, if they are unknown, scalar tensors."""
        return self._known_sizes()[:-2]

    @property
    def shape(self) -> TensorShape:
        """The shape [..., rows, columns], as far as it is known."""
        sizes = self._sizes()
        return TensorShape.of(None if sizes is None else known_sizes(sizes))

    def shape_tensor(self, name: str = "shape_tensor") -> Any:
        """The shape as a vector."""
        return vector_of(self._known_sizes())

    @property
    def batch_shape(self) -> TensorShape:
        """The sizes of the leading axes, as far as they are known."""
        return self.shape[:-2]

    def batch_shape_tensor(self, name: str = "batch_shape_tensor") -> Any:
        """The sizes of the leading axes as a vector."""
        return vector_of(self.known_batch())

    @property
    def tensor_rank(self) -> int | None:
        """The number of axes of the dense matrix."""
        return self.shape.rank

    def tensor_rank_tensor(self, name: str = "tensor_rank_tensor") -> Any:
        """The number of axes as a scalar tensor."""
        return to_tensor(len(self._known_sizes()))

    @property
    def domain_dimension(self) -> int | None:
        """The number of columns, None where it is unknown."""
        return None if self.shape.rank is None else self.shape[-1]

    def domain_dimension_tensor(self, name: str = "domain_dimension_tensor") -> Any:
        """The number of columns as a scalar tensor."""
        return to_tensor(self._known_sizes()[-1])

    @property
    def range_dimension(self) -> int | None:
        """The number of rows, None where it is unknown."""
        return None if self.shape.rank is None else self.shape[-2]

    def range_dimension_tensor(self, name: str = "range_dimension_tensor") -> Any:
        """The number of rows as a scalar tensor."""
        return to_tensor(self._known_sizes()[-2])
