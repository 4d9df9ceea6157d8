"""Borders around the elements."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.specs import TensorSpec
from eagre.primitives import batching
from eagre.primitives.families import EVERYTHING, Moving, check_dtypes, shape_of
from eagre.primitives.indexing import getitem, unslice

_ALL = slice(None)


class Pad(Primitive):
    """A border of one value around the elements."""

    is_exact = is_silent = True
    input_count = 2
    vectorize = batching.pad
    needs = ()

    def infer(self, x: TensorSpec, value: TensorSpec, *, paddings: Any) -> TensorSpec:
        """The sizes plus what is put before and after."""
        dtype = check_dtypes(self, (x, value), EVERYTHING)
        if value.sizes not in ((), None):
            raise InvalidArgumentError(
                f"pad expected a scalar constant_values. Received: shape={value.shape}"
            )
        if x.sizes is not None and len(paddings) != len(x.sizes):
            raise _wrong_number(len(x.sizes), paddings)
        if any(n < 0 for pair in paddings for n in pair):
            raise InvalidArgumentError(
                f"pad expected sizes of at least 0. Received: paddings={paddings}"
            )
        return TensorSpec.of(_grown(x.sizes or (None,) * len(paddings), paddings), dtype)

    def kernel(self, x: Any, value: Any, *, paddings: Any) -> Any:
        if value.ndim:
            raise ValueError("not a scalar")
        shape = _grown(x.shape, paddings)
        result = np.empty(shape, value.dtype)
        for axis, (before, after) in enumerate(paddings):
            lead = (_ALL,) * axis
            if before:
                result[(*lead, slice(before))] = value
            if after:
                result[(*lead, slice(-after, None))] = value
        result[_inside(paddings)] = x
        return result

    def gradient(self, grad: Any, output: Any, x: Any, value: Any, *, paddings: Any) -> Any:
        from eagre.primitives.reductions import reduce_sum

        inner = grad[_inside(paddings)]
        return (
            inner,
            lambda: reduce_sum(grad, axis=None, keepdims=False)
            - reduce_sum(inner, axis=None, keepdims=False),
        )


def _inside(paddings: Any) -> tuple[slice, ...]:
    return tuple([slice(before, -after or None) for before, after in paddings])


class MirrorPad(Moving):
    """A border of the elements inside, as in a mirror, along one axis after the other.

    With `edge` 1 the elements at the edge are not repeated, with 0 they are.
    """

    vectorize = batching.mirrored
    has_one_input = True
    can_fail = True
    public = "pad"

    def infer(self, x: TensorSpec, *, paddings: Any, edge: int) -> TensorSpec:
        """The sizes plus what is put before and after."""
        if x.sizes is not None:
            if len(paddings) != len(x.sizes):
                raise _wrong_number(len(x.sizes), paddings)
            self._check(x.sizes, paddings, edge)
        sizes = x.sizes or (None,) * len(paddings)
        return TensorSpec.of(_grown(sizes, paddings), x.dtype)

    def _check(self, sizes: Any, paddings: Any, edge: int) -> None:
        for axis, (size, pair) in enumerate(zip(sizes, paddings, strict=True)):
            if size is not None and not 0 <= min(pair) <= max(pair) <= size - edge:
                mode = "REFLECT" if edge else "SYMMETRIC"
                raise InvalidArgumentError(
                    f"pad expected at most {size - edge} on each side of axis {axis} with "
                    f"mode={mode!r}. Received: paddings={[list(each) for each in paddings]}"
                )

    def kernel(self, x: Any, *, paddings: Any, edge: int) -> Any:
        result = np.empty(_grown(x.shape, paddings), x.dtype)
        self._check(x.shape, paddings, edge)
        inside = _inside(paddings)
        result[inside] = x
        for axis, (before, after) in enumerate(paddings):
            lead, rest = (_ALL,) * axis, inside[axis + 1 :]
            end = before + x.shape[axis]
            if before:
                mirror = slice(before + edge, 2 * before + edge)
                result[(*lead, slice(before - 1, None, -1), *rest)] = result[(*lead, mirror, *rest)]
            if after:
                last = end - 1 - edge
                mirror = slice(last, last - after if last >= after else None, -1)
                result[(*lead, slice(end, None), *rest)] = result[(*lead, mirror, *rest)]
        return result

    def gradient(self, grad: Any, output: Any, x: Any, *, paddings: Any, edge: int) -> Any:
        for axis in range(len(paddings) - 1, -1, -1):
            grad = _folded(grad, axis, paddings[axis], edge)
        return (grad,)


def _folded(grad: Any, axis: int, pair: Any, edge: int) -> Any:
    """The gradient without a border along an axis, added to where its elements come from."""
    before, after = pair
    lead = (_ALL,) * axis
    total = getitem(grad, (*lead, slice(before, -after or None)))
    shape = shape_of(total)
    if before:
        front = getitem(grad, (*lead, slice(before - 1, None, -1)))
        total = total + unslice(front, shape, (), (*lead, slice(edge, edge + before)))
    if after:
        back = getitem(grad, (*lead, slice(-1, -after - 1, -1)))
        total = total + unslice(back, shape, (), (*lead, slice(-edge - after, -edge or None)))
    return total


def _grown(sizes: Any, paddings: Any) -> tuple[Any, ...]:
    pairs = zip(sizes, paddings, strict=True)
    return tuple([None if n is None else n + a + b for n, (a, b) in pairs])


def _wrong_number(rank: int, paddings: Any) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"pad expected a pair (before, after) for each of the {rank} axes. "
        f"Received: paddings={paddings}"
    )


pad = Pad()
mirror_pad = MirrorPad()
