"""Linear systems whose matrices have few diagonals.

`bands` [..., diagonals, size] holds the diagonals, the highest first: element `row` of each is the
one that stands in that row of the matrix. Elements outside the matrix are not read.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.shapes import are_compatible, broadcast_sizes
from eagre.core.specs import TensorSpec
from eagre.primitives import batching
from eagre.primitives.arithmetic import cast, conjugated, maximum, minimum
from eagre.primitives.comparison import logical_and, select
from eagre.primitives.families import (
    check_dtypes,
    shape_of,
    unbroadcast,
    zero_like,
)
from eagre.primitives.indexing import gather
from eagre.primitives.linear_algebra import LAPACK, singular
from eagre.primitives.ranges import range_primitive
from eagre.primitives.rearrangement import expand_dims
from eagre.primitives.reductions import reduce_sum
from eagre.primitives.scipy_kernels import scipy_module


class BandedSolve(Primitive):
    """The solution x of a x = b, or of adjoint(a) x = b; leading axes broadcast."""

    vectorize = batching.broadcasting
    needs = ("bands", "output")
    counted = "at least one diagonal"

    def takes_count(self, count: int | None) -> bool:
        """Whether there may be so many diagonals."""
        return count != 0

    def infer(self, bands: TensorSpec, b: TensorSpec, **params: Any) -> TensorSpec:
        """[..., size, columns of b]."""
        dtype = check_dtypes(self, (bands, b), LAPACK)
        for name, spec in (("bands", bands), ("rhs", b)):
            if spec.sizes is not None and len(spec.sizes) < 2:
                raise InvalidArgumentError(
                    f"{self.public} expected {name} of at least two axes. "
                    f"Received: {name}.shape={spec.shape}"
                )
        if bands.sizes is not None and not self.takes_count(bands.sizes[-2]):
            raise InvalidArgumentError(
                f"{self.public} expected {self.counted}. Received: diagonals of shape {bands.shape}"
            )
        if bands.sizes is None or b.sizes is None:
            return TensorSpec.of(None, dtype)
        if not are_compatible(bands.sizes[-1:], b.sizes[-2:-1]):
            raise self._misfit("an rhs with as many rows as the matrix", bands, b)
        try:
            batch = broadcast_sizes(bands.sizes[:-2], b.sizes[:-2])
        except InvalidArgumentError:
            raise self._misfit("leading axes that broadcast", bands, b) from None
        rows = bands.sizes[-1] if b.sizes[-2] is None else b.sizes[-2]
        return TensorSpec.of((*(batch or ()), rows, b.sizes[-1]), dtype)

    def _misfit(self, expected: str, bands: TensorSpec, b: TensorSpec) -> InvalidArgumentError:
        return InvalidArgumentError(
            f"{self.public} expected {expected}. "
            f"Received: diagonals of shape {bands.shape}, rhs.shape={b.shape}"
        )

    def kernel(self, bands: Any, b: Any, *, adjoint: bool, **params: Any) -> Any:
        if bands.ndim < 2 or b.ndim < 2 or bands.shape[-1] != b.shape[-2]:
            raise ValueError("shapes that do not fit")
        if not self.takes_count(bands.shape[-2]):
            raise ValueError("a wrong number of diagonals")
        batch = np.broadcast_shapes(bands.shape[:-2], b.shape[:-2])
        bands = np.broadcast_to(bands, (*batch, *bands.shape[-2:]))
        result = np.array(np.broadcast_to(b, (*batch, *b.shape[-2:])), order="C")
        if result.size:
            for place in np.ndindex(*batch):
                result[place] = self.solve_one(bands[place], result[place], adjoint, **params)
        return result

    def solve_one(self, bands: Any, b: Any, adjoint: bool, **params: Any) -> Any:
        """The solution for one matrix."""
        raise NotImplementedError

    def highest(self, count: Any, **params: Any) -> Any:
        """How far above the main diagonal the first of `count` diagonals is."""
        raise NotImplementedError

    def gradient(
        self, grad: Any, output: Any, bands: Any, b: Any, *, adjoint: bool, **params: Any
    ) -> Any:
        moved = self(bands, grad, adjoint=not adjoint, **params)

        def of_bands() -> Any:
            left, right = (output, moved) if adjoint else (moved, output)
            count = shape_of(bands)[-2]
            products = -_products_on_diagonals(left, right, count, self.highest(count, **params))
            return unbroadcast(products, bands)

        return of_bands, lambda: unbroadcast(moved, b)


def _products_on_diagonals(x: Any, y: Any, count: Any, highest: Any) -> Any:
    """The elements of x adjoint(y) on `count` diagonals, from the highest on downwards."""
    size = shape_of(x)[-2]
    rows, columns = _numbers(size), highest - expand_dims(_numbers(count), axis=(-1,))
    columns = columns + rows
    inside = logical_and(columns >= 0, columns < size)
    places = maximum(minimum(columns, size - 1), zero_like(columns))
    opposite = gather(y, places, axis=-2)
    products = reduce_sum(
        expand_dims(x, axis=(-3,)) * conjugated(opposite), axis=(-1,), keepdims=False
    )
    return select(inside, products, zero_like(products))


def _numbers(limit: Any) -> Any:
    """0, 1, 2 ... up to, not including, the limit."""
    ends: Any = (0, limit, 1)
    return range_primitive(*[cast(each, dtype=dtypes.int32) for each in ends])


class TridiagonalSolve(BandedSolve):
    """The same for three diagonals; NaN for singular matrices."""

    counted = "three diagonals"

    def takes_count(self, count: int | None) -> bool:
        return count in (3, None)

    def solve_one(self, bands: Any, b: Any, adjoint: bool, **params: Any) -> Any:
        above, diagonal, below = bands[0, :-1], bands[1], bands[2, 1:]
        if adjoint:
            above, diagonal, below = np.conj(below), np.conj(diagonal), np.conj(above)
        if len(diagonal) == 1:
            return np.where(diagonal == 0, np.nan, b / diagonal)
        (solver,) = scipy_module("linalg.lapack").get_lapack_funcs(("gtsv",), (diagonal,))
        *_, result, failure = solver(below, diagonal, above, b)
        return result if failure == 0 else np.full_like(b, np.nan)

    def highest(self, count: Any, **params: Any) -> Any:
        return 1


class BandedTriangularSolve(BandedSolve):
    """The same for diagonals of which the main one is the first, or, if not `lower`, the last."""

    can_fail = True

    def solve_one(self, bands: Any, b: Any, adjoint: bool, **params: Any) -> Any:
        lower, size = params["lower"], len(b)
        main = bands[0] if lower else bands[-1]
        if not main.all():
            raise singular(self)
        kept = bands[:size] if lower else bands[-size:]
        count = len(kept)
        # LAPACK stands each element in the column of the matrix that it belongs to.
        columns = np.zeros_like(kept)
        for place, diagonal in enumerate(kept):
            shift = place if lower else count - 1 - place
            if lower:
                columns[place, : size - shift] = diagonal[shift:]
            else:
                columns[place, shift:] = diagonal[: size - shift]
        (solver,) = scipy_module("linalg.lapack").get_lapack_funcs(("tbtrs",), (main,))
        return solver(columns, b, uplo="L" if lower else "U", trans="C" if adjoint else "N")[0]

    def highest(self, count: Any, **params: Any) -> Any:
        return 0 if params["lower"] else count - 1


tridiagonal_solve = TridiagonalSolve()
banded_triangular_solve = BandedTriangularSolve()
