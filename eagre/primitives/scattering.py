"""Elements at places that vectors of indices name: gather_nd and the scatters.

The last axis of `indices` has an index for each of the leading axes of the tensor; what stands at
the rest of its axes is one part. Where places repeat, additions are done in their order and the
last of several updates stays.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from eagre.core.conversion import as_operand
from eagre.core.dtypes import DType
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.shapes import are_compatible
from eagre.core.specs import TensorSpec
from eagre.primitives import arithmetic, batched_indexing, comparison
from eagre.primitives.families import (
    BOOLS,
    EVERYTHING,
    INTEGERS,
    NUMBERS,
    REALS,
    check_dtypes,
    shape_of,
)
from eagre.primitives.indexed_slices import ScatteredParts, slices_of_gather
from eagre.primitives.places import add_rows, is_below
from eagre.primitives.rearrangement import broadcast_to, squeeze

_minimum_at: Any = np.fmin.at
_count_nonzero: Any = np.count_nonzero
_maximum_at: Any = np.fmax.at


def check_vectors(name: str, x: TensorSpec, indices: TensorSpec) -> int | None:
    """How many axes the vectors in `indices` index, None where it is unknown."""
    if indices.dtype not in INTEGERS:
        raise DTypeMismatchError(
            f"{name} expected indices of an integer dtype. "
            f"Received: indices.dtype={indices.dtype.name}"
        )
    if indices.sizes == ():
        raise InvalidArgumentError(
            f"{name} expected indices with at least one axis. Received: indices.shape=()"
        )
    depth = None if indices.sizes is None else indices.sizes[-1]
    if depth is not None and x.sizes is not None and depth > len(x.sizes):
        raise InvalidArgumentError(
            f"{name} expected vectors of at most {len(x.sizes)} indices for shape {x.shape}. "
            f"Received: indices.shape={indices.shape}"
        )
    return depth


def part_sizes(x: TensorSpec, indices: TensorSpec, depth: int | None) -> Any:
    """The shape of the parts at all indices, None where it is unknown."""
    if depth is None or x.sizes is None or indices.sizes is None:
        return None
    return (*indices.sizes[:-1], *x.sizes[depth:])


def places_of(name: str, indices: Any, shape: tuple[int, ...]) -> Any:
    """The number of each part, in row-major order of the leading axes."""
    if not indices.ndim:
        raise ValueError("indices without axes")
    depth = indices.shape[-1]
    if depth > len(shape):
        raise ValueError("more indices than axes")
    if not depth:
        return np.zeros(indices.shape[:-1], np.int64)
    limits = shape[:depth]
    columns = [indices[..., axis] for axis in range(depth)]
    if indices.size and not is_below(indices, min(limits)):
        for column, size in zip(columns, limits, strict=True):
            if not is_below(column, size):
                raise _outside(name, indices, shape)
    if depth == 1 and indices.dtype.itemsize < 8:
        return columns[0]
    places = columns[0].astype(np.int64)
    for column, size in zip(columns[1:], limits[1:], strict=True):
        places *= size
        places += column if column.dtype.kind == "i" else column.astype(np.int64)
    return places


def _outside(name: str, indices: Any, shape: tuple[int, ...]) -> InvalidArgumentError:
    """The error for the first vector of indices that is not inside the shape."""
    limits = np.array(shape[: indices.shape[-1]], object)
    place = tuple(np.argwhere(((indices < 0) | (indices >= limits)).any(-1))[0].tolist())
    where = "".join(f"[{i}]" for i in place)
    return InvalidArgumentError(
        f"{name} expected indices inside the shape {shape}. "
        f"Received: indices{where} = {indices[place].tolist()}"
    )


def _parts(x: Any, depth: int) -> Any:
    """The array as a vector of parts."""
    if depth == 1:
        return x
    return x.reshape(prod(x.shape[:depth]), *x.shape[depth:])


class GatherNd(Primitive):
    """The parts of `x` that vectors of indices name."""

    input_count = 2
    is_silent = True
    vectorize = batched_indexing.gather_nd
    needs = ("indices",)
    can_fail = True

    def infer(self, x: TensorSpec, indices: TensorSpec) -> TensorSpec:
        """The shape of the indices without the last axis, then that of a part."""
        depth = check_vectors(self.public, x, indices)
        return TensorSpec.of(part_sizes(x, indices, depth), x.dtype)

    def kernel(self, x: Any, indices: Any) -> Any:
        places = places_of(self.public, indices, x.shape)
        return _parts(x, indices.shape[-1]).take(places, 0)

    def gradient(self, grad: Any, output: Any, x: Any, indices: Any) -> Any:
        if indices.ndim == 2 and indices.sizes[1] == 1:
            flat = squeeze(indices, axis=(1,))
            return lambda: slices_of_gather(grad, flat, x), None
        return lambda: ScatteredParts(grad, indices, shape_of(x)), None


class GatherBatches(GatherNd):
    """`gather_nd` under the name of `gather` with `batch_dims`."""

    public = "gather"


class TensorScatter(Primitive):
    """A copy of `x` in which updates meet the parts that vectors of indices name."""

    vectorize = batched_indexing.tensor_scatter
    input_count = 3
    needs = ("indices",)
    can_fail = True
    takes: frozenset[DType] = EVERYTHING
    at: Any
    """`(array, places, updates)`: what is done to the copy."""

    def infer(self, x: TensorSpec, indices: TensorSpec, updates: TensorSpec) -> TensorSpec:
        """The shape of `x`."""
        check_dtypes(self, (x, updates), self.takes)
        depth = check_vectors(self.public, x, indices)
        wanted = part_sizes(x, indices, depth)
        if not are_compatible(wanted, updates.sizes):
            raise InvalidArgumentError(
                f"{self.public} expected updates of shape {wanted}. "
                f"Received: tensor.shape={x.shape}, indices.shape={indices.shape}, "
                f"updates.shape={updates.shape}"
            )
        return x

    def kernel(self, x: Any, indices: Any, updates: Any) -> Any:
        places = places_of(self.public, indices, x.shape)
        depth = indices.shape[-1]
        if updates.shape != (*places.shape, *x.shape[depth:]):
            raise ValueError("updates that do not fit")
        result = x.copy(order="C")
        parts = _parts(result, depth)
        self.at(parts, places.reshape(-1), updates.reshape(places.size, *parts.shape[1:]))
        return result


def _replace(parts: Any, places: Any, updates: Any) -> None:
    parts[places] = updates


class TensorScatterUpdate(TensorScatter):
    """A copy of `x` in which updates replace parts."""

    public = "tensor_scatter_nd_update"
    at = staticmethod(_replace)

    def gradient(self, grad: Any, output: Any, x: Any, indices: Any, updates: Any) -> Any:
        """None flows to what is replaced. Where places repeat, all updates get the same."""
        return (
            lambda: tensor_scatter_update(grad, indices, zeros(updates, shape_of(updates))),
            None,
            lambda: gather_nd(grad, indices),
        )


class TensorScatterAdd(TensorScatter):
    """A copy of `x` in which updates are added to parts."""

    public = "tensor_scatter_nd_add"
    takes = NUMBERS | BOOLS
    at = staticmethod(add_rows)

    def gradient(self, grad: Any, output: Any, x: Any, indices: Any, updates: Any) -> Any:
        return grad, None, lambda: gather_nd(grad, indices)


class TensorScatterSubtract(TensorScatterAdd):
    """`tensor_scatter_add` of negated updates, under the name of the subtraction."""

    public = "tensor_scatter_nd_sub"


class ScatterNd(TensorScatterAdd):
    """`tensor_scatter_add` to zeros, under the name of `scatter_nd`."""

    public = "scatter_nd"
    takes = EVERYTHING


class TensorScatterExtreme(TensorScatter):
    """A copy of `x` in which parts and updates are compared; an update that is NaN is passed by."""

    needs = ("output", "x", "indices", "updates")
    takes = REALS

    def kernel(self, x: Any, indices: Any, updates: Any) -> Any:
        result = super().kernel(x, indices, updates)
        if x.dtype.kind == "f" and _count_nonzero(bad := np.isnan(x)):
            result[bad] = x[bad]
        return result

    def gradient(self, grad: Any, output: Any, x: Any, indices: Any, updates: Any) -> Any:
        """In equal shares to all that are equal to the output."""
        own = arithmetic.cast(comparison.equal(x, output), dtype=grad.dtype)
        chosen = comparison.equal(updates, gather_nd(output, indices))
        hits = arithmetic.cast(chosen, dtype=grad.dtype)
        share = grad / (own + scatter_nd(hits, indices, shape_of(x)))
        return share * own, None, lambda: gather_nd(share, indices) * hits


class TensorScatterMaximum(TensorScatterExtreme):
    """A copy of `x` in which parts become the maximum of themselves and their updates."""

    public = "tensor_scatter_nd_max"
    at = staticmethod(_maximum_at)


class TensorScatterMinimum(TensorScatterExtreme):
    """A copy of `x` in which parts become the minimum of themselves and their updates."""

    public = "tensor_scatter_nd_min"
    at = staticmethod(_minimum_at)


gather_nd = GatherNd()
gather_batches = GatherBatches()
tensor_scatter_update = TensorScatterUpdate()
tensor_scatter_add = TensorScatterAdd()
tensor_scatter_subtract = TensorScatterSubtract()
tensor_scatter_maximum = TensorScatterMaximum()
tensor_scatter_minimum = TensorScatterMinimum()
scatter_nd_primitive = ScatterNd()


def zeros(x: Any, shape: Any) -> Any:
    """Zeros (False, empty strings) of the dtype of `x` in a shape."""
    blank = {"bool": False, "string": b""}.get(x.dtype.name, 0)
    return broadcast_to(as_operand(blank, x, "zeros"), shape)


def scatter_nd(updates: Any, indices: Any, shape: Any) -> Any:
    """Zeros of a shape to which updates are added at the places that the indices name."""
    return scatter_nd_primitive.door(zeros(updates, shape), indices, updates)
