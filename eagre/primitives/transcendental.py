"""Roots, exponentials, logarithms, trigonometric and hyperbolic functions, softmax."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.specs import TensorSpec
from eagre.primitives import batching
from eagre.primitives.arithmetic import conjugated
from eagre.primitives.blockwise import Number, in_blocks
from eagre.primitives.families import FLOATS, INEXACTS, Unary, check_dtypes, contiguous
from eagre.primitives.folding import reduced
from eagre.primitives.sums import sums_beside

_exp, _log1p, _add, _divide = np.exp, np.log1p, np.add, np.divide
_absolute, _negative, _maximum = np.absolute, np.negative, np.maximum
_ZERO, _ONE = Number(0), Number(1)


class Inexact(Unary):
    """A function whose value is rounded: its kernel sees row-major arrays."""

    takes = INEXACTS
    is_exact = False


class Sqrt(Inexact):
    """The square root."""

    kernel = np.sqrt
    is_exact = True
    needs = ("output",)

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad * 0.5 / conjugated(output),)


class Rsqrt(Inexact):
    """One over the square root."""

    needs = ("output",)

    def kernel(self, x: Any) -> Any:
        return np.divide(x.dtype.type(1), np.sqrt(x))

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad * -0.5 * conjugated(output * output * output),)


class Exp(Inexact):
    """e to the power x."""

    kernel = np.exp
    needs = ("output",)

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad * conjugated(output),)

    def scalar(self, emit: Any, x: Any) -> Any:
        return emit.exp(x)


class Expm1(Inexact):
    """exp(x) - 1, exact near zero."""

    kernel = np.expm1
    needs = ("x",)

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad * conjugated(exp(x)),)


class Log(Inexact):
    """The natural logarithm."""

    kernel = np.log
    needs = ("x",)

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad / conjugated(x),)

    def scalar(self, emit: Any, x: Any) -> Any:
        return emit.log(x)


class Log1p(Inexact):
    """log(1 + x), exact near zero."""

    kernel = np.log1p
    needs = ("x",)

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad / conjugated(x + 1),)


class Sin(Inexact):
    """The sine."""

    kernel = np.sin
    needs = ("x",)

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad * conjugated(cos(x)),)


class Cos(Inexact):
    """The cosine."""

    kernel = np.cos
    needs = ("x",)

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (-grad * conjugated(sin(x)),)


class Tanh(Inexact):
    """The hyperbolic tangent."""

    kernel = np.tanh
    needs = ("output",)

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad * conjugated(1 - output * output),)

    def scalar(self, emit: Any, x: Any) -> Any:
        return emit.tanh(x)


def _sigmoid(x: Any, out: Any) -> None:
    one = _ONE[x.dtype]
    _negative(x, out)
    _exp(out, out)
    _add(out, one, out)
    _divide(one, out, out)


class Sigmoid(Inexact):
    """The logistic function, 1 / (1 + exp(-x))."""

    needs = ("output",)

    kernel = staticmethod(in_blocks(_sigmoid))

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad * conjugated(output * (1 - output)),)


def _softplus(x: Any, out: Any, room: Any) -> None:
    """max(x, 0) + log1p(exp(-abs(x)))."""
    _absolute(x, room)
    _negative(room, room)
    _exp(room, room)
    _log1p(room, room)
    _maximum(x, _ZERO.beside(x), out=out)
    _add(out, room, out)


class Softplus(Inexact):
    """log(1 + exp(x)), which never overflows."""

    takes = FLOATS
    needs = ("x",)

    kernel = staticmethod(in_blocks(_softplus, 1))

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (grad * sigmoid(x),)


class AlongAxis(Primitive):
    """A function of the vectors along one axis that keeps the shape."""

    vectorize = batching.along("axis")
    has_one_input = True
    takes = FLOATS

    def infer(self, x: TensorSpec, *, axis: int) -> TensorSpec:
        """The same shape."""
        check_dtypes(self, (x,), self.takes)
        if x.sizes is not None and not -len(x.sizes) <= axis < len(x.sizes):
            raise InvalidArgumentError(
                f"{self.public} expected an axis within the rank. "
                f"Received: axis={axis}, shape={x.shape}"
            )
        return TensorSpec.of(x.sizes, x.dtype)


# Between these sums of exp(x) no digits are lost, but in results below 1e-35: x need not be taken
# relative to its maximum, which costs as much as all the rest.
_LEAST_TOTAL = 1e-3
_LARGEST_TOTAL = 1e30


class Softmax(AlongAxis):
    """exp(x) over its sum along an axis; a primitive since it costs half of the composition."""

    needs = ("output",)

    def kernel(self, x: Any, *, axis: int) -> Any:
        if not x.size:
            return x if -x.ndim <= axis < x.ndim else x.shape[axis]
        if not x.flags.c_contiguous:
            x = np.ascontiguousarray(x)
        if x.itemsize > 2:
            result = _exp(x)
            total = sums_beside(result, axis)
            least = greatest = total.item(0)
            if x.ndim > 1:
                flat = total.ravel()
                least, greatest = flat.item(flat.argmin()), flat.item(flat.argmax())
            if least > _LEAST_TOTAL and greatest < _LARGEST_TOTAL:
                return _divide(result, total, result)
        result = np.subtract(x, reduced(np.maximum, x, (axis,), True))
        _exp(result, result)
        return _divide(result, sums_beside(result, axis), result)

    def gradient(self, grad: Any, output: Any, x: Any, *, axis: int) -> Any:
        from eagre.primitives.reductions import reduce_sum

        dot = reduce_sum(grad * output, axis=(axis,), keepdims=True)
        return ((grad - dot) * output,)


class LogSoftmax(AlongAxis):
    """x minus the logarithm of the sum of exp(x) along an axis."""

    needs = ("output",)

    def kernel(self, x: Any, *, axis: int) -> Any:
        if not x.size:
            return x if -x.ndim <= axis < x.ndim else x.shape[axis]
        x = contiguous(x)
        shifted = np.subtract(x, reduced(np.maximum, x, (axis,), True))
        total = sums_beside(np.exp(shifted), axis)
        return np.subtract(shifted, np.log(total, total), shifted)

    def gradient(self, grad: Any, output: Any, x: Any, *, axis: int) -> Any:
        from eagre.primitives.reductions import reduce_sum

        return (grad - exp(output) * reduce_sum(grad, axis=(axis,), keepdims=True),)


sqrt = Sqrt()
rsqrt = Rsqrt()
exp = Exp()
expm1 = Expm1()
log = Log()
log1p = Log1p()
sin = Sin()
cos = Cos()
tanh = Tanh()
sigmoid = Sigmoid()
softplus = Softplus()
softmax = Softmax()
log_softmax = LogSoftmax()
