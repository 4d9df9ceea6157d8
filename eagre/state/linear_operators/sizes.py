"""Sizes and batch shapes that users give as arguments."""

from __future__ import annotations

from typing import Any

from eagre.core.conversion import to_tensor
from eagre.core.shapes import TensorShape
from eagre.core.tensor import EagerTensor
from eagre.ops.creation import ones, zeros
from eagre.ops.shaping import as_shape
from eagre.primitives.diagonals import diagonal_matrix


def size_argument(value: Any, argument: str, owner: Any) -> Any:
    """A number of rows or columns: an int, or a scalar tensor that is known later."""
    size = _integers(value, argument, 0, owner)
    if isinstance(size, EagerTensor):
        size = int(size)
    if isinstance(size, int) and size < 0:
        raise ValueError(
            f"{type(owner).__name__} expected {argument} of at least 0. "
            f"Received: {argument}={size}"
        )
    return size


def batch_argument(value: Any, owner: Any) -> list[Any]:
    """The sizes of a batch shape; none where it is None."""
    if value is None or (isinstance(value, TensorShape | list | tuple) and not len(value)):
        return []
    if isinstance(value, TensorShape):
        value = value.as_list()
    vector = _integers(value, "batch_shape", 1, owner)
    if isinstance(vector, EagerTensor | list):
        sizes = vector if isinstance(vector, list) else vector.array.tolist()
        if min(sizes, default=0) < 0:
            raise ValueError(
                f"{type(owner).__name__} expected a batch_shape of sizes of at least 0. "
                f"Received: batch_shape={sizes}"
            )
        return sizes
    if vector.sizes in (None, (None,)):
        raise ValueError(
            f"{type(owner).__name__} needs a batch_shape of known length. "
            f"Received: batch_shape={vector!r}"
        )
    return [vector[i] for i in range(vector.sizes[0])]


def _integers(value: Any, argument: str, rank: int, owner: Any) -> Any:
    """A tensor of integers; Python's own ones stay, so that tracing knows their values."""
    if (value.__class__ is int and not rank) or (
        rank and isinstance(value, list | tuple) and all(n.__class__ is int for n in value)
    ):
        return list(value) if rank else value
    x = to_tensor(value, name=type(owner).__name__)
    if not x.dtype.is_integer:
        raise TypeError(
            f"{type(owner).__name__} expected {argument} of integers. "
            f"Received: {argument}.dtype={x.dtype.name}"
        )
    if x.ndim not in (rank, None):
        raise ValueError(
            f"{type(owner).__name__} expected {argument} with {rank} axes. "
            f"Received: {argument}.shape={x.shape}"
        )
    return x


def identity_of(batch: Any, size: Any, dtype: Any) -> Any:
    """Identity matrices [*batch, size, size]."""
    return diagonal_matrix(ones_of([*batch, size], dtype))


def ones_of(sizes: Any, dtype: Any) -> Any:
    """Ones in the shape of a list of sizes."""
    return ones(as_shape(list(sizes), "LinearOperator"), dtype)


def zeros_of(sizes: Any, dtype: Any) -> Any:
    """Zeros in the shape of a list of sizes."""
    return zeros(as_shape(list(sizes), "LinearOperator"), dtype)
