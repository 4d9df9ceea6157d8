"""Python's operators on tensors. Importing this file gives them to `Tensor`."""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes
from eagre.core.conversion import as_operand
from eagre.core.doors import reflected_door
from eagre.core.errors import InvalidArgumentError
from eagre.core.shapes import broadcast_sizes
from eagre.core.tensor import EagerTensor, Tensor
from eagre.primitives import arithmetic, comparison, indexing, rearrangement
from eagre.primitives.contraction import matmul, matmul_primitive


def _pow(x: Any, y: Any) -> Any:
    """`x ** y`; a square is one multiplication."""
    if y.__class__ is int and y == 2:
        return arithmetic.square.door(x)
    return arithmetic.power.door(x, y)


def _truediv(x: Any, y: Any) -> Any:
    """`x / y`: integers are divided as float64, small ones as float32."""
    if x.__class__ is EagerTensor and x.array.dtype.kind == "f":
        return arithmetic.divide.door(x, y)
    if x.dtype.is_integer:
        y = as_operand(y, x, "truediv")
        target = dtypes.float64 if x.dtype.size > 2 else dtypes.float32
        if y is not NotImplemented and y.dtype == x.dtype:
            x, y = arithmetic.cast(x, dtype=target), arithmetic.cast(y, dtype=target)
    return arithmetic.divide.door(x, y)


def _reflected_truediv(x: Any, other: Any) -> Any:
    operand = as_operand(other, x, "truediv")
    return operand if operand is NotImplemented else _truediv(operand, x)


def _equal(x: Any, y: Any) -> Any:
    """Elementwise, except that None and shapes that do not fit are just not equal."""
    if y is None:
        return False
    y = as_operand(y, x, "equal")
    if y is NotImplemented or not _broadcast(x, y):
        return False
    return comparison.equal.door(x, y)


def _not_equal(x: Any, y: Any) -> Any:
    if y is None:
        return True
    y = as_operand(y, x, "not_equal")
    if y is NotImplemented or not _broadcast(x, y):
        return True
    return comparison.not_equal.door(x, y)


def _broadcast(x: Any, y: Any) -> bool:
    try:
        broadcast_sizes(x.sizes, y.sizes)
    except InvalidArgumentError:
        return False
    return True


def _matmul(x: Any, y: Any) -> Any:
    y = y if y.__class__ is EagerTensor else as_operand(y, x, "matmul")
    if y is NotImplemented:
        return NotImplemented
    return matmul_primitive.door(x, y, transpose_a=False, transpose_b=False)


def _reflected_matmul(x: Any, other: Any) -> Any:
    other = as_operand(other, x, "matmul")
    return other if other is NotImplemented else matmul(other, x)


def _logical(on_booleans: Any, on_integers: Any) -> tuple[Any, Any]:
    def operator(x: Any, y: Any) -> Any:
        chosen = on_booleans if x.dtype == dtypes.bool_ else on_integers
        return chosen.door(x, y)

    def reflected(x: Any, other: Any) -> Any:
        other = as_operand(other, x, on_booleans.public)
        return other if other is NotImplemented else operator(other, x)

    return operator, reflected


def _invert(x: Any) -> Any:
    return comparison.logical_not(x) if x.dtype == dtypes.bool_ else comparison.invert(x)


def _absolute(x: Any) -> Any:
    if x.is_complex:
        return arithmetic.modulus(x)
    return x if x.dtype.is_unsigned else arithmetic.absolute(x)


def _refuse_assignment(x: Any, key: Any, value: Any) -> None:
    raise TypeError(
        "tensor[...] = value expected an object that can change. Received: a tensor. Use "
        "tf.tensor_scatter_nd_update or tf.where, which make another tensor, or a tf.Variable, "
        "which has variable[...].assign(value)."
    )


def _itself(x: Any) -> Any:
    return x


def _install() -> None:
    methods: dict[str, Any] = {
        "getitem": indexing.getitem,
        "setitem": _refuse_assignment,
        "neg": arithmetic.negative.door,
        "abs": _absolute,
        "pos": _itself,
        "invert": _invert,
        "truediv": _truediv,
        "rtruediv": _reflected_truediv,
        "matmul": _matmul,
        "rmatmul": _reflected_matmul,
        "eq": _equal,
        "ne": _not_equal,
        "lt": comparison.less.door,
        "le": comparison.less_equal.door,
        "gt": comparison.greater.door,
        "ge": comparison.greater_equal.door,
        "pack": rearrangement.stack,
    }
    two_sided = {
        "add": arithmetic.add,
        "sub": arithmetic.subtract,
        "mul": arithmetic.multiply,
        "floordiv": arithmetic.floor_divide,
        "mod": arithmetic.floor_mod,
        "pow": arithmetic.power,
    }
    for name, primitive in two_sided.items():
        methods[name] = primitive.door
        methods["r" + name] = reflected_door(primitive.door, primitive)
    methods["pow"] = _pow
    methods["and"], methods["rand"] = _logical(comparison.logical_and, comparison.bitwise_and)
    methods["or"], methods["ror"] = _logical(comparison.logical_or, comparison.bitwise_or)
    methods["xor"], methods["rxor"] = _logical(comparison.logical_xor, comparison.bitwise_xor)
    for name, method in methods.items():
        setattr(Tensor, f"__{name}__", staticmethod(method) if name == "pack" else method)


_install()
