"""Elementwise functions that stand between the layers of a neural network."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core.conversion import as_operand
from eagre.core.specs import TensorSpec
from eagre.primitives import arithmetic, batching
from eagre.primitives.beside_numbers import MANY
from eagre.primitives.blockwise import Number, in_blocks
from eagre.primitives.comparison import chosen, select
from eagre.primitives.families import FLOATS, REALS, Elementwise, Unary, check_dtypes, zero_like

# Zeros as arrays: NumPy takes longer to convert a scalar than to compute four maxima.
_ZEROS = {np.dtype(code): np.zeros((), code) for code in "fdbhilqBHILQ"}


def _rectified(x: Any) -> Any:
    zero = _ZEROS.get(x.dtype)
    if zero is not None:
        # The second argument wins where both are zero, so that -0.0 stays as in TensorFlow.
        return _larger(zero, x)
    # For halves NumPy has it the other way round, and takes longer than the detour.
    return np.maximum(_ZEROS[_SINGLE], x.astype(_SINGLE)).astype(x.dtype)


_larger: Any = arithmetic.maximum.kernel
_smaller: Any = arithmetic.minimum.kernel
_SINGLE = np.dtype(np.float32)
_ZERO, _ONE, _SIX = Number(0), Number(1), Number(6)


class Relu(Unary):
    """The number, or zero where it is negative."""

    takes = REALS
    needs = ("output",)

    kernel = staticmethod(_rectified)

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        zero = zero_like(grad)
        return (select(output > zero, grad, zero),)


class Relu6(Unary):
    """The number, brought into [0, 6]."""

    takes = REALS
    needs = ("output",)

    def kernel(self, x: Any) -> Any:
        if x.size >= MANY and x.dtype in _ZEROS:
            return np.clip(x, _ZEROS[x.dtype], _SIX[x.dtype])
        return _smaller(_rectified(x), _SIX[x.dtype])

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        zero = zero_like(grad)
        return (select((output > zero) & (output < 6), grad, zero),)


class LeakyRelu(Elementwise):
    """The number where it is positive, else `alpha` times it."""

    vectorize = batching.as_it_is
    broadcasts = False
    has_one_input = True
    takes = FLOATS
    needs = ("x",)

    def infer(self, x: TensorSpec, *, alpha: float) -> TensorSpec:
        """The same shape and dtype."""
        return TensorSpec.of(x.sizes, check_dtypes(self, (x,), self.takes))

    def kernel(self, x: Any, *, alpha: float) -> Any:
        scaled = x * np.array(alpha, x.dtype)
        if 0 < alpha <= 1 and x.dtype in _ZEROS:
            # The larger one is chosen without a branch; both are NaN, and zeros of one sign.
            return np.maximum(scaled, x, out=scaled if x.ndim else None)
        return chosen(x > np.zeros((), x.dtype), x, scaled)

    def gradient(self, grad: Any, output: Any, x: Any, *, alpha: float) -> Any:
        return (select(x > zero_like(x), grad, grad * alpha),)


class Softsign(Unary):
    """x / (|x| + 1)."""

    takes = FLOATS
    needs = ("x",)

    def kernel(self, x: Any) -> Any:
        return x / (np.abs(x) + _ONE[x.dtype])

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        """By a formula that is 0, not NaN, where the number is infinite."""
        return (grad / arithmetic.square(arithmetic.absolute(x) + 1),)


def _elu(x: Any, out: Any) -> None:
    """max(x, expm1(min(x, 0))): for negative x the second is larger, else it is 0."""
    np.minimum(x, _ZERO.beside(x), out=out)
    np.expm1(out, out)
    np.maximum(out, x, out=out)


class Elu(Unary):
    """The number where it is positive, else exp(x) - 1."""

    takes = FLOATS
    is_exact = False
    needs = ("output",)
    kernel = staticmethod(in_blocks(_elu))

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad * (arithmetic.minimum(zero_like(output), output) + 1),)


# Klambauer et al., "Self-normalizing neural networks", 2017: mean 0 and variance 1 are kept.
_SELU_SCALE = 1.0507009873554804934193349852946
_SELU_BOUND = 1.6732632423543772848170429916717 * _SELU_SCALE
_SCALE, _BOUND = Number(_SELU_SCALE), Number(_SELU_BOUND)


def _selu(x: Any, out: Any, room: Any) -> None:
    zero = _ZERO.beside(x)
    np.minimum(zero, x, out=room)
    np.expm1(room, room)
    np.multiply(room, _BOUND[x.dtype], room)
    np.maximum(zero, x, out=out)
    np.multiply(out, _SCALE[x.dtype], out)
    np.add(out, room, out)


class Selu(Unary):
    """`elu` with factors on both sides of zero."""

    takes = FLOATS
    is_exact = False
    needs = ("output",)
    kernel = staticmethod(in_blocks(_selu, 1))

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        slope = arithmetic.minimum(zero_like(output), output) + _SELU_BOUND
        return (grad * select(output < 0, slope, as_operand(_SELU_SCALE, grad, "selu")),)


relu = Relu()
relu6 = Relu6()
leaky_relu = LeakyRelu()
softsign = Softsign()
elu = Elu()
selu = Selu()
