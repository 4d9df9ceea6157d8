"""Vectors of which one element is picked by an index."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.specs import TensorSpec
from eagre.primitives import batched_indexing
from eagre.primitives.comparison import select
from eagre.primitives.families import EVERYTHING, INTEGERS, check_dtypes, filled, zero_like
from eagre.primitives.places import is_below
from eagre.primitives.rearrangement import normalized_axis
from eagre.primitives.reductions import reduce_sum

_arange: Any = np.arange


class OneHot(Primitive):
    """Along a new axis of size `depth`, `on` at each index and `off` elsewhere."""

    vectorize = batched_indexing.one_hot
    is_exact = is_silent = True
    input_count = 3
    can_fail = True
    needs = ("indices", "size")

    def infer(
        self,
        indices: TensorSpec,
        on: TensorSpec,
        off: TensorSpec,
        size: Any = None,
        *,
        depth: int | None,
        axis: int,
    ) -> TensorSpec:
        """The shape of the indices with one more size."""
        check_dtypes(self, (indices,), INTEGERS)
        dtype = check_dtypes(self, (on, off), EVERYTHING)
        if on.sizes not in ((), None) or off.sizes not in ((), None):
            raise InvalidArgumentError(
                "one_hot expected a scalar on_value and off_value. "
                f"Received: on_value.shape={on.shape}, off_value.shape={off.shape}"
            )
        if depth is not None and depth < 0:
            raise _refused(depth)
        if size is not None:
            check_dtypes(self, (size,), INTEGERS)
            if size.sizes not in ((), None):
                raise InvalidArgumentError(
                    f"one_hot expected a scalar depth. Received: depth.shape={size.shape}"
                )
        if indices.sizes is None:
            return TensorSpec.of(None, dtype)
        place = normalized_axis(axis, len(indices.sizes) + 1, self.public)
        return TensorSpec.of((*indices.sizes[:place], depth, *indices.sizes[place:]), dtype)

    def kernel(
        self, indices: Any, on: Any, off: Any, size: Any = None, *, depth: int | None, axis: int
    ) -> Any:
        count = int(size) if depth is None else depth
        rank = indices.ndim
        if on.ndim or off.ndim or not -1 - rank <= axis <= rank:
            raise ValueError("no scalars, or an axis outside")
        if count < 0:
            raise _refused(count)
        result = filled((*indices.shape, count), off)
        places = indices.reshape(-1)
        step = count or 1
        firsts = _arange(0, step * places.size, step)
        if places.size and not is_below(places, count):
            inside = ((places >= 0) & (places < count)).nonzero()[0]
            places, firsts = places[inside], firsts[inside]
        result.put(firsts + places.astype(np.int64, copy=False), on)
        if axis in (-1, rank):
            return result
        order = list(range(rank))
        order.insert(axis % (rank + 1), rank)
        return result.transpose(order)

    def gradient(
        self,
        grad: Any,
        output: Any,
        indices: Any,
        on: Any,
        off: Any,
        size: Any = None,
        **params: Any,
    ) -> Any:
        rest = () if size is None else (size,)

        def part(of_on: bool) -> Any:
            zero = zero_like(grad)
            flags = one_hot(indices, to_tensor(True), to_tensor(False), *rest, **params)
            pair = (grad, zero) if of_on else (zero, grad)
            return reduce_sum(select(flags, *pair), axis=None, keepdims=False)

        return None, lambda: part(True), lambda: part(False), *[None] * len(rest)


def _refused(depth: int) -> InvalidArgumentError:
    return InvalidArgumentError(f"one_hot expected a depth of at least 0. Received: {depth=}")


one_hot = OneHot()
