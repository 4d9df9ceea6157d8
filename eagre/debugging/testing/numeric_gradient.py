"""Jacobians by the gradient rules and by differences, side by side."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core.conversion import to_tensor
from eagre.core.tensor import wrap
from eagre.gradients.tape import GradientTape

_STEPS = {"float16": 2.0**-3, "bfloat16": 2.0**-2, "float32": 2.0**-8, "float64": 2.0**-17}


def compute_gradient(f: Any, x: Any, delta: float | None = None) -> tuple[Any, Any]:
    """The Jacobians of `f(*x)`: those of its gradient rules, and those by central differences.

    Each is a tuple with a matrix for each argument: a row for each element of the value, a column
    for each element of the argument; real and imaginary parts count as elements of their own.

    Args:
        f: a function of tensors that returns a tensor.
        x: a list of values: floating-point or complex.
        delta: the step of the differences; by default a power of two that suits the dtype.

    >>> theory, numeric = tf.test.compute_gradient(tf.square, [[1.0, 2.0]])
    >>> theory[0].tolist(), numeric[0].tolist()
    ([[2.0, 0.0], [0.0, 4.0]], [[2.0, 0.0], [0.0, 4.0]])
    """
    if not isinstance(x, list | tuple):
        raise ValueError(f"compute_gradient expected a list of arguments. Received: x={x!r:.80}")
    tensors: list[Any] = [to_tensor(each, name="compute_gradient") for each in x]
    for tensor in tensors:
        if not tensor.dtype.real_dtype.is_floating:
            raise TypeError(
                "compute_gradient expected floating-point or complex numbers. "
                f"Received: dtype={tensor.dtype.name}"
            )
    theory = _by_rules(f, tensors)
    numeric = [_by_differences(f, tensors, number, delta) for number in range(len(tensors))]
    return tuple(theory), tuple(numeric)


def _parts(array: Any) -> Any:
    """The elements in a row, complex ones as two."""
    flat: Any = np.ascontiguousarray(array).reshape(-1)
    return flat.view(flat.real.dtype) if flat.dtype.kind == "c" else flat


def _by_rules(f: Any, tensors: list[Any]) -> list[Any]:
    with GradientTape(persistent=True) as tape:
        tape.watch(tensors)
        value: Any = to_tensor(f(*tensors), name="compute_gradient(f)")
    dtype = value.dtype.numpy
    count = _parts(value.numpy()).size
    rows: list[list[Any]] = [[] for _ in tensors]
    for number in range(count):
        seed: Any = np.zeros(count, _parts(np.zeros(0, dtype)).dtype)
        seed[number] = 1
        grads = tape.gradient(value, tensors, wrap(seed.view(dtype).reshape(value.sizes)))
        for row, grad, tensor in zip(rows, grads, tensors, strict=True):
            grad = np.zeros(tensor.sizes, tensor.dtype.numpy) if grad is None else _array(grad)
            row.append(_parts(grad))
    shapes = [(count, _parts(tensor.array).size) for tensor in tensors]
    kinds = [_parts(tensor.array).dtype for tensor in tensors]
    return [
        np.array(row, kind).reshape(shape)
        for row, kind, shape in zip(rows, kinds, shapes, strict=True)
    ]


def _array(grad: Any) -> Any:
    tensor: Any = to_tensor(grad)
    return tensor.numpy()


def _by_differences(f: Any, tensors: list[Any], number: int, delta: float | None) -> Any:
    array = tensors[number].array
    step = _STEPS[tensors[number].dtype.real_dtype.name] if delta is None else delta
    columns: list[Any] = []
    for place in range(_parts(array).size):
        ends: list[Any] = []
        for side in (step, -step):
            moved = array.copy()
            _parts_of(moved)[place] += side
            values = [*tensors[:number], wrap(moved), *tensors[number + 1 :]]
            ends.append(_parts(np.asarray(f(*values))))
        columns.append((ends[0] - ends[1]) / (2 * step))
    count = columns[0].size if columns else _parts(np.asarray(f(*tensors))).size
    kind = _parts(array).dtype
    return np.array(columns, kind).reshape(len(columns), count).T


def _parts_of(array: Any) -> Any:
    """The same as `_parts`, as a view that can be written to."""
    flat = array.reshape(-1)
    return flat.view(flat.real.dtype) if flat.dtype.kind == "c" else flat
