"""Parts of a batch of operators: `operator[...]`."""

from __future__ import annotations

from typing import Any

from eagre.core.conversion import to_tensor
from eagre.ops.creation import zeros
from eagre.ops.shaping import as_shape, axis_sizes
from eagre.state.linear_operators.batches import with_batch
from eagre.state.linear_operators.hints import hints_of
from eagre.state.linear_operators.operator import LinearOperator

_INNER_AXES = {
    "diag": 1,
    "matrix": 2,
    "tril": 2,
    "reflection_axis": 1,
    "perm": 1,
    "col": 1,
    "row": 1,
    "multiplier": 0,
    "u": 2,
    "v": 2,
    "diag_update": 1,
}
"""By the names of parameters: how many axes at their end are not of the batch."""

_EACH = -1
"""In place of a number of axes: the parameter is a list of vectors."""


def getitem(operator: Any, key: Any) -> Any:
    """The operators of a batch that a key picks, as it would from the axes of the batch."""
    entries = key if isinstance(key, tuple) else (key,)
    if not any(entry is Ellipsis for entry in entries):
        entries = (*entries, Ellipsis)
    return _part(operator, entries, operator.known_batch())


def _part(operator: Any, key: tuple[Any, ...], batch: Any) -> Any:
    """What `key` picks of an operator whose batch is broadcast first."""
    parameters = operator.parameters
    if len(parameters) == len(hints_of(operator)) + 1:
        raise NotImplementedError(
            "LinearOperator needs a class that hands its arguments on as parameters, for a part "
            f"of its batch. Received: a {type(operator).__name__} without parameters"
        )
    parts = {name: _parameter(operator, name, x, key, batch) for name, x in parameters.items()}
    return type(operator)(**parts)


def _parameter(operator: Any, name: str, value: Any, key: tuple[Any, ...], batch: Any) -> Any:
    if name == "batch_shape":
        picked = zeros(as_shape(list(batch), "LinearOperator"), "uint8")[key]
        return axis_sizes(picked, "LinearOperator")
    if isinstance(value, LinearOperator):
        return _part(value, key, batch)
    inner = _inner_axes(operator, name)
    if isinstance(value, list | tuple) and (name == "operators" or inner == _EACH):
        return [_parameter(operator, name, each, key, batch) for each in value]
    if inner is None or value is None:
        return _without_batch(operator, name, value)
    inner = 1 if inner == _EACH else inner
    return with_batch(to_tensor(value), batch, inner)[(*key, *[slice(None)] * inner)]


def _inner_axes(operator: Any, name: str) -> int | None:
    if name == "spectrum":
        return operator.block_depth
    if name == "diagonals":
        return _EACH if operator.diagonals_format == "sequence" else 2
    return _INNER_AXES.get(name)


def _without_batch(operator: Any, name: str, value: Any) -> Any:
    """A parameter that is not sliced; nothing is known of a tensor of another name."""
    shape = getattr(value, "shape", ())
    if len(shape):
        raise NotImplementedError(
            f"LinearOperator expected parameters with names among {', '.join(_INNER_AXES)} where "
            "they are tensors, for a part of its batch. "
            f"Received: a {type(operator).__name__} with {name} of shape {tuple(shape)}"
        )
    return value
