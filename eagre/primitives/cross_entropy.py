"""The cross entropy of a probability and of one that a logit stands for."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.primitives.blockwise import Number, in_blocks
from eagre.primitives.families import FLOATS, Binary
from eagre.primitives.transcendental import sigmoid

_ZERO, _HALF, _ONE, _TWO = Number(0), Number(0.5), Number(1), Number(2)


def _loss(z: Any, x: Any, out: Any, room: Any) -> None:
    """max(x, 0) - x * z + log1p(exp(-abs(x)))."""
    np.maximum(x, _ZERO.beside(x), out=out)
    np.multiply(x, z, room)
    np.subtract(out, room, out)
    np.absolute(x, room)
    np.negative(room, room)
    np.exp(room, room)
    np.log1p(room, room)
    np.add(out, room, out)


class SigmoidCrossEntropy(Binary):
    """-z * log(sigmoid(x)) - (1 - z) * log(1 - sigmoid(x))."""

    public = "sigmoid_cross_entropy_with_logits"
    takes = FLOATS
    is_exact = False
    needs = ("z", "x")
    kernel = staticmethod(in_blocks(_loss, 1, inputs=2))

    def gradient(self, grad: Any, output: Any, z: Any, x: Any) -> Any:
        return lambda: -(grad * x), lambda: grad * sigmoid_excess(z, x)


def _excess(z: Any, x: Any, out: Any, step: Any, room: Any) -> None:
    """The step at 0, less z, and on the side of the step less what sigmoid lacks to it."""
    np.copyto(step, x >= _ZERO[x.dtype])
    np.subtract(step, z, out)
    np.absolute(x, room)
    np.negative(room, room)
    np.exp(room, room)
    lack = room / (room + _ONE[x.dtype])
    np.subtract(step, _HALF[x.dtype], step)
    np.multiply(lack, step, lack)
    np.multiply(lack, _TWO[x.dtype], lack)
    np.subtract(out, lack, out)


class SigmoidExcess(Binary):
    """sigmoid(x) - z, precise also where both are 1."""

    takes = FLOATS
    is_exact = False
    needs = ("x",)
    kernel = staticmethod(in_blocks(_excess, 2, inputs=2))

    def gradient(self, grad: Any, output: Any, z: Any, x: Any) -> Any:
        def of_x() -> Any:
            chance = sigmoid(x)
            return grad * chance * (1 - chance)

        return lambda: -grad, of_x


sigmoid_cross_entropy = SigmoidCrossEntropy()
sigmoid_excess = SigmoidExcess()
