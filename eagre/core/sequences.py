"""Arrays of (nested) sequences of numbers and strings, of Python's and NumPy's own.

In a sequence NumPy's values count as Python's numbers do, as in TensorFlow: integers become int32,
or int64 where one of them is too large, floats float32, unless the first is of 16 or 64 bits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from eagre.core import dtypes
from eagre.core.errors import DTypeMismatchError
from eagre.core.number_lists import array_of_numbers
from eagre.core.python_numbers import (
    described,
    fits,
    short,
    too_large,
    wrapped_integer,
)

if TYPE_CHECKING:
    from eagre.core.dtypes import DType

_SEQUENCES: Any = (list, tuple, range)
_ARRAY: Any = np.ndarray
_ARRAYS: Any = (np.ndarray, np.generic)
_KINDS: Any = (bool, int, float, complex, str, bytes)


def array_of_sequence(value: Any, dtype: DType | None, name: str) -> Any:
    """The array of a nested sequence, of the dtype asked for or of the one that its values have."""
    if (array := array_of_numbers(value, dtype)) is not None:
        return array
    if dtype is None and (array := _alike(value)) is not None:
        return array
    leaves: list[Any] = []
    shape = _collect(value, _shape_of_first(value, name), (), leaves, name)
    kinds = [_kind(leaf, name) for leaf in leaves]
    target = _common_dtype(leaves, kinds, name) if dtype is None else dtype
    if target.name == "string":
        return _strings(leaves, name).reshape(shape)
    for leaf, kind in zip(leaves, kinds, strict=True):
        if (kind is str or not fits(kind, target)) and np.size(leaf):
            raise DTypeMismatchError(
                f"{name} cannot use {short(leaf)} as {target.name}. Received: {short(value)}"
            )
    return _filled(leaves, target, dtype is None, name).reshape(shape)


def _alike(value: Any) -> Any:
    """The array of NumPy's values of one dtype and shape, None where they are not or where it takes
    more care: most lists of arrays are such."""
    some: Any = value[0] if len(value) else None
    if not isinstance(some, _ARRAYS) or {*map(_dtype_of, value)} != {some.dtype} or not some.size:
        return None
    try:
        array = np.array(value)
    except ValueError:
        return None
    kind = array.dtype.kind
    if kind in "iu":
        narrow = array.astype(np.int32)
        return narrow if array.itemsize < 4 or (narrow == array).all() else None
    return array.astype(np.complex128) if kind == "c" else array if kind in "bf" else None


def _dtype_of(value: Any) -> Any:
    return getattr(value, "dtype", None)


def as_bytes(element: Any, name: str) -> bytes:
    """A string as bytes."""
    if isinstance(element, str):
        return element.encode()
    if isinstance(element, bytes):
        return bytes(element)
    raise ValueError(
        f"{name} expected strings or bytes in a sequence or an array of objects. "
        f"Received: {described(element)}"
    )


# Shapes ---------------------------------------------------------------------------------------


def _shape_of_first(value: Any, name: str) -> tuple[int, ...]:
    """The lengths of a sequence, of its first item, of the first item of that, and so on."""
    shape: list[int] = []
    while isinstance(value, _SEQUENCES):
        shape.append(len(value))
        if len(shape) > 64:
            raise ValueError(f"{name} expected at most 64 levels of lists. Received: more")
        if not len(value):
            break
        value = value[0]
    return (*shape, *value.shape) if isinstance(value, _ARRAY) else tuple(shape)


def _collect(value: Any, shape: Any, path: Any, leaves: list[Any], name: str) -> Any:
    """Add the leaves of a sequence of this shape to others, and give the shape back."""
    left = shape[len(path) :]
    if isinstance(value, _SEQUENCES):
        if left and len(value) == left[0]:
            for index, item in enumerate(value):
                _collect(item, shape, (*path, index), leaves, name)
            return shape
        came = f"a sequence of length {len(value)}"
    elif np.shape(value) == left if isinstance(value, _ARRAY) else not left:
        leaves.append(value)
        return shape
    else:
        came = f"an array of shape {value.shape}" if isinstance(value, _ARRAY) else short(value)
    place = "".join(f"[{index}]" for index in path) or "the top"
    wanted = f"a sequence of length {left[0]}" if left else "a single value"
    if isinstance(value, _ARRAY):
        wanted = f"an array of shape {left}"
    raise ValueError(
        f"{name} expected a non-ragged nested sequence: at {place}, {wanted}. Received: {came}"
    )


# Dtypes ---------------------------------------------------------------------------------------


def dtype_of(array: Any, name: str) -> DType:
    """The dtype of an array of NumPy's."""
    try:
        return dtypes.from_numpy(array.dtype)
    except TypeError:
        raise TypeError(
            f"{name} expected an array of booleans, numbers or strings. "
            f"Received: array.dtype={array.dtype}. Convert it with array.astype(...)."
        ) from None


def _kind(leaf: Any, name: str) -> type:
    """The type of Python that stands for a leaf, `str` for bytes too."""
    if isinstance(leaf, _ARRAYS):
        dtype = dtype_of(leaf, name)
        if dtype.is_bool or dtype.is_integer:
            return bool if dtype.is_bool else int
        return float if dtype.is_floating else complex if dtype.is_complex else str
    for kind in _KINDS:
        if isinstance(leaf, kind):
            return str if kind is bytes else kind
    raise ValueError(
        f"{name} expected numbers or strings in a sequence. Received: {described(leaf)}"
    )


def _common_dtype(leaves: list[Any], kinds: list[type], name: str) -> DType:
    kinds_there = set(kinds)
    if not any(np.size(leaf) for leaf in leaves):
        return dtypes.float32
    if kinds_there in ({str}, {bool}):
        return dtypes.as_dtype(kinds[0])
    if str in kinds_there or kinds[0] is bool:
        names = ", ".join(sorted(kind.__name__ for kind in kinds_there))
        raise ValueError(f"{name} expected values of one type in a sequence. Received: {names}")
    if complex in kinds_there:
        return dtypes.complex128
    if float in kinds_there:
        first: Any = leaves[0]
        is_wide = kinds[0] is float and isinstance(first, _ARRAYS)
        return dtypes.from_numpy(first.dtype) if is_wide else dtypes.float32
    are_single = not any(isinstance(leaf, _ARRAY) for leaf in leaves)
    parts: Any = [np.array(leaves, object)] if are_single else filter(np.size, leaves)
    bounds = [bound(part) for part in parts for bound in (np.min, np.max)]
    if all(-(2**31) <= bound < 2**31 for bound in bounds):
        return dtypes.int32
    if (largest := max(map(int, bounds), key=abs)) >= 2**63:
        raise too_large(largest, dtypes.int64, name)
    return dtypes.int64


# Values ---------------------------------------------------------------------------------------


def _filled(leaves: list[Any], target: DType, is_usual: bool, name: str) -> Any:
    """All values in one row. Where the dtype is the usual one, none may become infinite."""
    if all(type(leaf) is type(leaves[0]) and not np.ndim(leaf) for leaf in leaves):
        array = _converted(leaves, target, name)
    else:
        array = np.empty(sum(map(np.size, leaves)), target.numpy)
        end = 0
        for leaf in leaves:
            begin, end = end, end + np.size(leaf)
            array[begin:end] = _converted(leaf, target, name).reshape(-1)
    if is_usual and array.dtype.kind == "f" and np.isinf(array).any():
        wide = np.concatenate([np.ravel(leaf).astype(np.float64) for leaf in leaves])
        if not np.isinf(wide).any():
            raise too_large(max(wide.tolist(), key=abs), target, name)
    return array


def _converted(values: Any, target: DType, name: str) -> Any:
    """The array of a number, an array, or a list of numbers of one type: of integers that are too
    large the lowest bits count."""
    numbers: Any = values if values.__class__ is list else [values]
    if numbers and isinstance(numbers[0], _ARRAYS):
        with np.errstate(all="ignore"):
            return np.asarray(values).astype(target.numpy)
    if target.is_integer:
        numbers = [wrapped_integer(int(number), target, name) for number in numbers]
    try:
        with np.errstate(all="ignore"):
            return np.array(numbers, target.numpy)
    except OverflowError:
        raise too_large(max(numbers, key=abs), target, name) from None


def _strings(leaves: list[Any], name: str) -> Any:
    flat: list[Any] = []
    for leaf in leaves:
        strings: list[Any] = leaf.reshape(-1).tolist() if isinstance(leaf, _ARRAY) else [leaf]
        flat += strings
    array = np.empty(len(flat), object)
    array[:] = [as_bytes(each, name) for each in flat]
    return array
