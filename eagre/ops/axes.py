"""Arguments that number or count something: axes, sizes, depths."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core.caller import CALLED
from eagre.core.errors import DTypeMismatchError
from eagre.core.python_numbers import described, short
from eagre.core.tensor import SymbolicTensor, Tensor
from eagre.primitives.known_values import known_value


def integer_of(value: Any, argument: str = "axis", takes_lists: bool = False) -> int:
    """An integer that the user gave, as an int; messages call it `argument`.

    `takes_lists` allows one integer in a list, as TensorFlow does in some places.
    """
    if value.__class__ is int:
        return value
    array = array_of(value, argument)
    fits = array.ndim == 0 or takes_lists and array.size == 1
    if array.dtype.kind not in "biu" or not fits:
        raise DTypeMismatchError(
            f"{CALLED} expected an integer {argument}. Received: {argument}={_shown(value)}"
        )
    return int(array.reshape(()))


def plain_integers(value: Any) -> list[int] | None:
    """The ints of a list or tuple that holds nothing else: there is nothing to convert."""
    if value.__class__ is not list and value.__class__ is not tuple:
        return None
    for each in value:
        if each.__class__ is not int:
            return None
    return list(value)


def plain_pairs(value: Any) -> list[list[int]] | None:
    """The pairs of ints of a list or tuple that holds nothing else."""
    if value.__class__ is not list and value.__class__ is not tuple:
        return None
    rows = [plain_integers(each) or [] for each in value]
    for row in rows:
        if len(row) != 2:
            return None
    return rows


def axes_of(axis: Any) -> tuple[int, ...]:
    """One axis or several, as a tuple of ints."""
    if axis.__class__ is int:
        return (axis,)
    if isinstance(axis, list | tuple):
        for each in axis:
            if each.__class__ is not int:
                return tuple([integer_of(each, takes_lists=True) for each in axis])
        return tuple(axis)
    return integers_of(axis, "axis")


def integers_of(value: Any, argument: str) -> tuple[int, ...]:
    """The integers in an array, tensor or list, in row-major order."""
    array = array_of(value, argument)
    if array.dtype.kind not in "biu" and array.size:
        raise DTypeMismatchError(
            f"{CALLED} expected an integer {argument}. Received: {argument}={_shown(value)}"
        )
    return tuple(array.astype(np.int64).reshape(-1).tolist())


def array_of(value: Any, argument: str) -> Any:
    """The value as an array, of objects where it is none."""
    if isinstance(value, SymbolicTensor):
        array = known_value(value)
        if array is None:
            raise value.has_no_value(f"{CALLED}({argument})")
        return array
    try:
        return np.asarray(value)
    except ValueError:
        return np.array(None)


def _shown(value: Any) -> str:
    """A value in a message: as it is written, where that says what it is."""
    plain = int | float | complex | str | bytes | list | tuple | np.ndarray | np.generic | Tensor
    return short(value) if isinstance(value, plain) else described(value)
