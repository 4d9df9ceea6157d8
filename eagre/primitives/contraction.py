"""Matrix products."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core.doors import pair_door
from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.shapes import broadcast_sizes
from eagre.core.specs import TensorSpec
from eagre.primitives import batching
from eagre.primitives.arithmetic import conjugated
from eagre.primitives.families import NUMBERS, check_dtypes, contiguous, unbroadcast


class Matmul(Primitive):
    """The product of two matrices, or of batches of them whose shapes broadcast."""

    vectorize = batching.broadcasting

    def __init__(self) -> None:
        super().__init__()
        self.door = pair_door(self)

    def infer(
        self, a: TensorSpec, b: TensorSpec, *, transpose_a: bool, transpose_b: bool
    ) -> TensorSpec:
        """[..., rows of a, columns of b]."""
        dtype = check_dtypes(self, (a, b), NUMBERS)
        for name, x in (("a", a), ("b", b)):
            if x.sizes is not None and len(x.sizes) < 2:
                raise InvalidArgumentError(
                    f"matmul expected tensors with at least two axes. Received: {name}.shape="
                    f"{x.shape}. Use tf.tensordot or tf.linalg.matvec for vectors."
                )
        if a.sizes is None or b.sizes is None:
            return TensorSpec.of(None, dtype)
        rows, inner = reversed(a.sizes[-2:]) if transpose_a else a.sizes[-2:]
        inner_b, columns = reversed(b.sizes[-2:]) if transpose_b else b.sizes[-2:]
        if inner is not None and inner_b is not None and inner != inner_b:
            raise InvalidArgumentError(_misfit(a, b, transpose_a, transpose_b))
        try:
            batch = broadcast_sizes(a.sizes[:-2], b.sizes[:-2])
        except InvalidArgumentError:
            raise InvalidArgumentError(
                "matmul expected leading axes that broadcast. "
                f"Received: a.shape={a.shape}, b.shape={b.shape}"
            ) from None
        return TensorSpec.of((*(batch or ()), rows, columns), dtype)

    def kernel(self, a: Any, b: Any, *, transpose_a: bool, transpose_b: bool) -> Any:
        if not (a.flags.c_contiguous and b.flags.c_contiguous):
            a, b = contiguous(a), contiguous(b)
        if a.itemsize == 2 and a.dtype.kind not in "iu":
            wide = a.astype(np.float32), b.astype(np.float32)
            product = self.kernel(*wide, transpose_a=transpose_a, transpose_b=transpose_b)
            return product.astype(a.dtype)
        # For two matrices `dot` calls the same BLAS routine at half the overhead.
        if a.ndim == 2 and b.ndim == 2:
            return (a.T if transpose_a else a).dot(b.T if transpose_b else b)
        if transpose_a:
            a = a.swapaxes(-1, -2)
        if transpose_b:
            b = b.swapaxes(-1, -2)
        if min(a.ndim, b.ndim) < 2:
            raise ValueError("a vector")
        return np.matmul(a, b)

    needs = ("a", "b")

    def gradient(
        self, grad: Any, output: Any, a: Any, b: Any, *, transpose_a: bool, transpose_b: bool
    ) -> Any:
        def of_a() -> Any:
            other = conjugated(b)
            if transpose_a:
                return unbroadcast(matmul(other, grad, transpose_b, True), a)
            return unbroadcast(matmul(grad, other, False, not transpose_b), a)

        def of_b() -> Any:
            other = conjugated(a)
            if transpose_b:
                return unbroadcast(matmul(grad, other, True, transpose_a), b)
            return unbroadcast(matmul(other, grad, not transpose_a, False), b)

        return of_a, of_b


def _misfit(a: Any, b: Any, transpose_a: bool, transpose_b: bool) -> str:
    message = (
        "matmul expected the columns of a to agree with the rows of b. "
        f"Received: a.shape={a.shape}, b.shape={b.shape}"
    )
    if transpose_a or transpose_b:
        message += f", transpose_a={transpose_a}, transpose_b={transpose_b}"
    elif a.sizes[-1] == b.sizes[-1]:
        message += ". Did you mean transpose_b=True?"
    elif a.sizes[-2] == b.sizes[-2]:
        message += ". Did you mean transpose_a=True?"
    return message


matmul_primitive = Matmul()


def matmul(a: Any, b: Any, transpose_a: bool = False, transpose_b: bool = False) -> Any:
    """The matrix product of `a` and `b`, each transposed in its last two axes if asked."""
    return matmul_primitive.door(a, b, transpose_a=transpose_a, transpose_b=transpose_b)


