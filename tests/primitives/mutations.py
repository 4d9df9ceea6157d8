"""Small wrong turns: inputs of another rank, size or dtype, parameters outside their range."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from eagre.core.dtypes import DType, as_dtype
from tests.primitives.calls import Call

OTHER_DTYPES = ("float32", "int32", "complex64", "bool", "string")


def mutations(call: Call) -> Iterator[tuple[str, list[Any], dict[str, Any]]]:
    """The arrays and parameters of a call with one thing changed, and what it is.

    A vector of sizes, the last input, and what is known of it beforehand stay as they are.
    """
    has_sizes = any(is_open(value) for value in call.params.values())
    for number, array in enumerate(call.arrays):
        if number in call.record.handles or (has_sizes and number == len(call.arrays) - 1):
            continue
        for what, changed in changed_arrays(array):
            arrays = [*call.arrays[:number], changed, *call.arrays[number + 1 :]]
            yield f"input {number} {what}", arrays, call.params
    for name, value in call.params.items():
        if name != "key" and is_open(value):
            continue
        for changed in changed_values(value):
            yield f"{name}={changed!r}", call.arrays, {**call.params, name: changed}


def is_open(value: Any) -> bool:
    """Whether a parameter is a shape of which some size is known only when running."""
    is_shape = isinstance(value, tuple) and all(part is None or type(part) is int for part in value)
    return is_shape and None in value


def changed_arrays(array: Any) -> Iterator[tuple[str, Any]]:
    """Another rank, another size, another dtype."""
    yield "with one more axis", np.stack([array, array])
    if array.ndim and len(array):
        yield "with one axis less", array[:1].reshape(array.shape[1:])
    for axis, size in enumerate(array.shape):
        sizes = [n + (i == axis) for i, n in enumerate(array.shape)]
        longer = np.full(sizes, b"" if array.dtype == object else 0, array.dtype)
        if array.size:
            longer = np.take(array, range(size + 1), axis, mode="clip")
        yield f"longer along axis {axis}", longer
    for name in OTHER_DTYPES:
        target = as_dtype(name)
        if target.numpy != array.dtype:
            yield f"of dtype {name}", converted(array, target)


def converted(array: Any, target: DType) -> Any:
    """An array of the shape in another dtype."""
    if "O" in (target.numpy.kind, array.dtype.kind):
        return np.full(array.shape, b"x" if target.name == "string" else 1, target.numpy)
    array = array.real if array.dtype.kind == "c" and not target.is_complex else array
    with np.errstate(invalid="ignore"):
        return array.astype(target.numpy)


def changed_values(value: Any) -> list[Any]:
    """Parameters near `value` that are often wrong."""
    if isinstance(value, bool) or value is None:
        return []
    if isinstance(value, int):
        return [-9, 9]
    if not isinstance(value, tuple):
        return []
    if value and isinstance(value[0], tuple):
        return [value[:-1], (*value, value[0]), ((-1, 0), *value[1:])]
    changed: list[Any] = [(*value, 9), (*value, -9), (*value, *value), value[:-1], (-9, *value[1:])]
    if any(part is None or isinstance(part, slice) or part is Ellipsis for part in value):
        changed += [(*value, Ellipsis, Ellipsis), (slice(None, None, 0),)]
    return changed
