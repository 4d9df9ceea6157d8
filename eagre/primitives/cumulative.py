"""The logarithm of running sums of exponentials."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core.conversion import as_operand
from eagre.core.specs import TensorSpec
from eagre.primitives.comparison import is_finite, select
from eagre.primitives.families import FLOATS, check_dtypes, contiguous, one_like, zero_like
from eagre.primitives.reductions import Cumulative
from eagre.primitives.transcendental import exp, log


class CumulativeLogsumexp(Cumulative):
    """log(exp(x) summed up to each element), along an axis, without overflow."""

    needs = ("output", "x")

    def infer(self, x: TensorSpec, *, axis: int, exclusive: bool, reverse: bool) -> TensorSpec:
        """The same shape."""
        check_dtypes(self, (x,), FLOATS)
        return super().infer(x, axis=axis, exclusive=exclusive, reverse=reverse)

    def kernel(self, x: Any, *, axis: int, exclusive: bool, reverse: bool) -> Any:
        wide = np.float64 if x.dtype.itemsize == 8 else np.float32
        moved = np.moveaxis(np.flip(x, axis) if reverse else x, axis, 0).astype(wide)
        result = np.logaddexp.accumulate(contiguous(moved), 0)
        if exclusive:
            result = np.roll(result, 1, 0)
            result[:1] = -np.inf
        result = np.moveaxis(result, 0, axis).astype(x.dtype)
        return np.flip(result, axis) if reverse else result

    def gradient(
        self, grad: Any, output: Any, x: Any, *, axis: int, exclusive: bool, reverse: bool
    ) -> Any:
        """The positive and the negative gradients, each as a logarithm: nothing overflows."""

        def part(size: Any) -> Any:
            is_there = size > zero_like(size)
            finite = select(is_finite(output), output, zero_like(output))
            logs = log(select(is_there, size, one_like(size))) - finite
            # A finite number stands for log(0): differences of infinities would be NaN.
            lowest = as_operand(float(x.dtype.min), x, "cumulative_logsumexp")
            total = cumulative_logsumexp(
                select(is_there, logs, lowest),
                axis=axis,
                exclusive=exclusive,
                reverse=not reverse,
            )
            return exp(total + x)

        return (part(grad) - part(-grad),)


cumulative_logsumexp = CumulativeLogsumexp()
