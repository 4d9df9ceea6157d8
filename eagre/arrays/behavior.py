"""The switch by which tensors' operators promote, and tensors get NumPy's methods.

It changes `Tensor` itself. Operations that were defined without it give the same bits with it,
but for NumPy's arrays beside tensors, which then promote too.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.arrays import elementwise, numpy_shapes, numpy_sums, statistics
from eagre.arrays.algebra import matmul
from eagre.arrays.creating import check_device
from eagre.arrays.indexing import numpy_getitem
from eagre.arrays.manipulating import matrix_transpose
from eagre.arrays.promotion import as_array, holds_tensors
from eagre.arrays.promotion import prefer_float32 as _prefer
from eagre.core.dtypes import DType
from eagre.core.registration import DELEGATES
from eagre.core.tensor import EagerTensor, Tensor

_TWO_SIDED = {
    "add": elementwise.add,
    "sub": elementwise.subtract,
    "mul": elementwise.multiply,
    "truediv": elementwise.divide,
    "floordiv": elementwise.floor_divide,
    "mod": elementwise.remainder,
    "pow": elementwise.power,
    "matmul": matmul,
    "and": elementwise.bitwise_and,
    "or": elementwise.bitwise_or,
    "xor": elementwise.bitwise_xor,
    "lshift": elementwise.bitwise_left_shift,
    "rshift": elementwise.bitwise_right_shift,
}
_COMPARISONS = {
    "lt": elementwise.less,
    "le": elementwise.less_equal,
    "gt": elementwise.greater,
    "ge": elementwise.greater_equal,
    "eq": elementwise.equal,
    "ne": elementwise.not_equal,
}
_OPERANDS = (Tensor, np.ndarray, np.generic, bool, int, float, complex, list, tuple)
_state = {"is_enabled": False}


def experimental_enable_numpy_behavior(
    prefer_float32: bool = False, dtype_conversion_mode: str = "legacy"
) -> None:
    """Let the operators of all tensors promote as NumPy's do, and give tensors NumPy's methods.

    The methods are `T`, `mT`, `size`, `tolist`, `item`, `astype`, `reshape`, `ravel`, `flatten`,
    `transpose`, `clip`, `max`, `min`, `mean`, `round()` and `to_device`. Brackets take arrays of
    indices and masks in any place. With `prefer_float32` Python floats become float32 in this
    namespace. It holds for the whole program and cannot be undone.

    >>> tf.experimental.numpy.experimental_enable_numpy_behavior  # doctest: +ELLIPSIS
    <function experimental_enable_numpy_behavior at ...>
    """
    if dtype_conversion_mode not in ("legacy", "off"):
        raise ValueError(
            "experimental_enable_numpy_behavior expected the dtype_conversion_mode 'legacy' or "
            f"'off'. Received: dtype_conversion_mode={dtype_conversion_mode!r}"
        )
    _prefer(prefer_float32)
    if _state["is_enabled"]:
        return
    _state["is_enabled"] = True
    if dtype_conversion_mode == "legacy":
        _let_operators_promote()
    _give_methods()
    for install in DELEGATES:
        install()


def _let_operators_promote() -> None:
    for name, function in _TWO_SIDED.items():
        _replace(f"__{name}__", function)
        _replace(f"__r{name}__", _swapped(function))
    for name, function in _COMPARISONS.items():
        _replace(f"__{name}__", function)


def _swapped(function: Any) -> Any:
    def swapped(x: Any, other: Any) -> Any:
        return function(other, x)

    return swapped


def _replace(name: str, promoting: Any) -> None:
    """Promote where the operator that there is would refuse or lose something."""
    original = getattr(Tensor, name, None)

    def operator(x: Any, other: Any) -> Any:
        if original is not None and _needs_no_promotion(x, other, name):
            return original(x, other)
        if isinstance(other, _OPERANDS) or hasattr(other, "__tensor__"):
            return promoting(x, other)
        return NotImplemented if original is None else original(x, other)

    operator.__name__ = operator.__qualname__ = name
    setattr(Tensor, name, operator)


def _needs_no_promotion(x: Any, other: Any, name: str) -> bool:
    kind = other.__class__
    if "matmul" in name and (_is_small(x) or x.ndim == 1 or np.ndim(other) == 1):
        return False
    if kind is EagerTensor or isinstance(other, Tensor):
        return other.dtype == x.dtype and x.dtype.is_numeric
    if kind is int:
        return x.dtype.is_numeric
    if kind is float:
        return x.dtype.is_floating or x.dtype.is_complex
    if isinstance(other, list | tuple):
        return not holds_tensors(other) and np.asarray(other).dtype.kind in _kinds_for(x.dtype)
    return other is None or isinstance(other, str | bytes)


def _kinds_for(dtype: DType) -> str:
    """NumPy's letters for the kinds of numbers that become the dtype without a loss."""
    if dtype.is_complex:
        return "biufc"
    return "biuf" if dtype.is_floating else "biu" if dtype.is_integer else "b"


def _is_small(x: Any) -> bool:
    """Whether `@` refuses the dtype where it does not promote."""
    return x.dtype.size < 4 or x.dtype.is_unsigned


def _give_methods() -> None:
    properties = {
        "T": numpy_shapes.transpose,
        "mT": matrix_transpose,
        "size": numpy_shapes.size,
        "real": elementwise.real,
        "imag": elementwise.imag,
    }
    for name, function in properties.items():
        setattr(Tensor, name, property(function))
    methods = {
        "astype": _astype,
        "clip": _clip,
        "flatten": numpy_shapes.flatten,
        "item": _item,
        "max": numpy_sums.amax,
        "mean": statistics.mean,
        "min": numpy_sums.amin,
        "ravel": numpy_shapes.ravel,
        "reshape": _reshape,
        "to_device": _to_device,
        "tolist": _tolist,
        "transpose": _transpose,
        "__getitem__": numpy_getitem,
        "__invert__": elementwise.bitwise_invert,
        "__neg__": elementwise.negative,
        "__round__": elementwise.round,
    }
    for name, method in methods.items():
        setattr(Tensor, name, method)


def _astype(self: Any, dtype: Any, copy: bool = True) -> Any:
    return as_array(self, dtype, name="astype")


def _clip(self: Any, a_min: Any = None, a_max: Any = None) -> Any:
    return numpy_sums.clip(self, a_min, a_max)


def _reshape(self: Any, *newshape: Any, order: str = "C") -> Any:
    sizes = newshape[0] if len(newshape) == 1 else newshape
    return numpy_shapes.reshape(self, sizes, order)


def _transpose(self: Any, *axes: Any) -> Any:
    order = axes[0] if len(axes) == 1 else axes or None
    return numpy_shapes.transpose(self, order)


def _item(self: Any) -> Any:
    return _tolist(self) if self.ndim == 0 else numpy_shapes.reshape(self, ()).numpy().item()


def _tolist(self: Any) -> Any:
    if not isinstance(self, EagerTensor):
        raise self.has_no_value("tolist()")
    return self.array.tolist()


def _to_device(self: Any, device: Any, /, *, stream: Any = None) -> Any:
    check_device(device, "to_device")
    return self


