"""Values that follow from constants and shapes: what tracing knows of axes, paddings and bounds.

`static_sizes` knows single numbers of lists; here whole values of any shape are computed.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from eagre.core.errors import OpError
from eagre.core.tensor import EagerTensor, Tensor
from eagre.primitives import casting, constants, families, ranges

_MOST_ELEMENTS = 1000
_MOST_STEPS = 100


def known_value(tensor: Tensor) -> Any:
    """The array of a tensor that follows from constants and shapes in few steps, or None."""
    return _array_of(tensor, {}, 0)


def _array_of(tensor: Tensor, known: dict[int, Any], steps: int) -> Any:
    if isinstance(tensor, EagerTensor):
        return tensor.array
    if id(tensor) not in known:
        known[id(tensor)] = None if steps == _MOST_STEPS else _computed(tensor, known, steps)
    return known[id(tensor)]


def _computed(tensor: Any, known: dict[int, Any], steps: int) -> Any:
    operation, sizes = tensor.operation, tensor.sizes
    if operation is None:
        return None
    if operation.primitive is constants.constant:
        return operation.params["value"]
    if sizes is None or None in sizes or prod(sizes) > _MOST_ELEMENTS:
        return None
    numbers = families.static_sizes(tensor) if families.is_list(tensor) else None
    if numbers is not None and None not in numbers:
        return np.array(numbers, tensor.dtype.numpy).reshape(sizes)
    if not _is_exact(operation):
        return None
    inputs = [_array_of(each, known, steps + 1) for each in operation.inputs]
    return None if any(each is None for each in inputs) else _result(operation, inputs, tensor)


def _is_exact(operation: Any) -> bool:
    """Whether the bits of the outputs follow from the inputs alone."""
    primitive = operation.primitive
    if primitive.effect is not None:
        return False
    if primitive.is_exact or primitive in (casting.cast, ranges.range_primitive):
        return True
    kinds = [each.dtype for each in operation.inputs]
    if primitive.is_exact_for_integers:
        return all(kind.is_integer for kind in kinds)
    return primitive.is_exact_for_reals and not any(kind.is_complex for kind in kinds)


def _result(operation: Any, inputs: list[Any], tensor: Tensor) -> Any:
    try:
        with np.errstate(all="ignore"):
            found: Any = operation.primitive.kernel(*inputs, **operation.params)
    except (OpError, ValueError, IndexError):
        return None  # The same error is due when the graph runs, if it ever comes to this.
    if found.__class__ is not tuple:
        return found
    return found[next(i for i, each in enumerate(operation.outputs) if each is tensor)]
