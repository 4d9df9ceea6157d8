"""The order of elements along axes, turned round."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core.doors import apply
from eagre.core.errors import InvalidArgumentError
from eagre.core.shapes import are_compatible
from eagre.core.specs import TensorSpec
from eagre.primitives import batching
from eagre.primitives.families import INTEGERS, Moving
from eagre.primitives.rearrangement import concatenate, normalized_axis

_FORWARD, _BACKWARD = slice(None), slice(None, None, -1)


class Reverse(Moving):
    """The order of the elements reversed along axes."""

    vectorize = batching.along("axis")
    has_one_input = True

    def infer(self, x: TensorSpec, *, axis: tuple[int, ...]) -> TensorSpec:
        """The same shape."""
        if x.sizes is not None:
            places = {normalized_axis(each, len(x.sizes), self.public) for each in axis}
            if len(places) < len(axis):
                raise InvalidArgumentError(f"reverse expected each axis once. Received: {axis}")
        return x

    def kernel(self, x: Any, *, axis: tuple[int, ...]) -> Any:
        key = [_FORWARD] * x.ndim
        for each in axis:
            if key[each] is _BACKWARD:
                raise ValueError("an axis twice")
            key[each] = _BACKWARD
        return x[tuple(key)]

    def gradient(self, grad: Any, output: Any, x: Any, *, axis: tuple[int, ...]) -> Any:
        return (reverse(grad, axis=axis),)


class Roll(Moving):
    """The elements moved along axes; what leaves at the end comes in again."""

    vectorize = batching.along("axis")
    has_one_input = True

    def infer(self, x: TensorSpec, vector: Any = None, *, shift: Any, axis: Any) -> TensorSpec:
        """The same shape."""
        if x.sizes is not None:
            for each in axis:
                normalized_axis(each, len(x.sizes), self.public)
        count = len(axis)
        if vector is None:
            fits, came = len(shift) == count, f"shift={shift}"
        else:
            fits = vector.dtype in INTEGERS and are_compatible(vector.sizes, (count,))
            came = f"shift of {vector.dtype.name}, shape {vector.shape}"
        if not fits:
            raise InvalidArgumentError(
                f"roll expected an integer shift for each of the {count} axes. Received: {came}"
            )
        return x

    def kernel(self, x: Any, vector: Any = None, *, shift: Any, axis: Any) -> Any:
        shifts = shift if vector is None else vector.tolist()
        for place, number in zip(axis, shifts, strict=True):
            width = x.shape[place] or 1
            start = -number % width
            if width <= _NARROW < x.size and place % x.ndim == x.ndim - 1:
                x = _rolled_rows(np.ascontiguousarray(x), start)
                continue
            lead = (_FORWARD,) * (place % x.ndim)
            x = concatenate((x[(*lead, slice(start, None))], x[(*lead, slice(start))]), place)
        return x

    def gradient(
        self, grad: Any, output: Any, x: Any, vector: Any = None, *, shift: Any, axis: Any
    ) -> Any:
        if vector is None:
            return (roll(grad, shift=tuple([-number for number in shift]), axis=axis),)
        return apply(roll, (grad, -vector), {"shift": shift, "axis": axis}), None


def _rolled_rows(x: Any, start: int) -> Any:
    """Rows of few elements that begin at `start`: all memory moves at once, as far as the shorter
    way is, and then the columns in which the rows before or after stand."""
    width = x.shape[-1]
    way = start if 2 * start <= width else start - width
    flat = x.reshape(-1)
    result: Any = np.empty_like(flat)
    rows = result.reshape(x.shape)
    if way > 0:
        result[:-way] = flat[way:]
        rows[..., -way:] = x[..., :way]
    elif way < 0:
        result[-way:] = flat[:way]
        rows[..., :-way] = x[..., way:]
    else:
        result[:] = flat
    return rows


_NARROW = 64
"""Up to how many elements a row is narrow: copying it by itself costs more in starting."""


reverse = Reverse()
roll = Roll()
