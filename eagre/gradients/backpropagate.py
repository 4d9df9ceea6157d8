"""Reverse-mode differentiation of a list of operations: one function for tapes and for graphs.

The operations are records `(primitive, params, input_ids, inputs, output_ids, outputs)`. The ids
are numbers that stand for values; several outputs have a tuple of ids. A record whose primitive
is None marks the moment from which the value of its output id counts as a source.

Rumelhart, Hinton and Williams, "Learning representations by back-propagating errors", 1986.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.core.conversion import to_tensor
from eagre.core.tensor import Tensor
from eagre.core.dtypes import float32
from eagre.primitives.families import INEXACTS, shape_of
from eagre.primitives.rearrangement import broadcast_to

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Record = tuple[Any, Any, tuple[int, ...], Any, Any, Any]


def backpropagate(
    records: Iterable[Record], seeds: Sequence[tuple[int, Tensor]], sources: set[int]
) -> dict[int, Tensor]:
    """The gradients of the sources by id, given the gradients that flow into the targets.

    Contributions to one value are added from its last use to its first.
    """
    path, dependent = _path(records, sources)
    sums: dict[int, Tensor] = {}
    for number, grad in seeds:
        if number in dependent:
            sums[number] = sums[number] + grad if number in sums else grad
    found: dict[int, Tensor] = {}
    for primitive, params, input_ids, inputs, output_ids, outputs in reversed(path):
        if output_ids.__class__ is tuple:
            grad = _grads_of_outputs(output_ids, outputs, sums, sources, found)
        else:
            grad = sums.pop(output_ids, None)
            if output_ids in sources and grad is not None:
                found[output_ids] = grad
        if grad is None or primitive.stops_gradients:
            continue
        wanted = [number in dependent for number in input_ids]
        grads = primitive.gradients(wanted, grad, outputs, inputs, params)
        for number, want, part in zip(input_ids, wanted, grads, strict=True):
            if want and part is not None:
                sums[number] = sums[number] + part if number in sums else part
    return found | {number: sums[number] for number in sources if number in sums}


def _path(records: Iterable[Record], sources: set[int]) -> tuple[list[Record], set[int]]:
    """The records through which a source reaches something, and the ids of what it reaches."""
    path: list[Record] = []
    dependent: set[int] = set()
    for entry in records:
        output_ids = entry[4]
        for number in entry[2]:
            if number in dependent:
                path.append(entry)
                if output_ids.__class__ is tuple:
                    dependent.update(output_ids)
                else:
                    dependent.add(output_ids)
                break
        else:
            numbers = output_ids if output_ids.__class__ is tuple else (output_ids,)
            dependent.update(number for number in numbers if number in sources)
    return path, dependent


def _grads_of_outputs(
    numbers: tuple[int, ...], outputs: Any, sums: Any, sources: set[int], found: Any
) -> tuple[Tensor, ...] | None:
    """The gradients of several outputs, zeros for those that nothing depends on."""
    grads = [sums.pop(number, None) for number in numbers]
    if all(grad is None for grad in grads):
        return None
    for number, grad in zip(numbers, grads, strict=True):
        if number in sources and grad is not None:
            found[number] = grad
    return tuple(
        zeros_like(output) if grad is None else grad
        for grad, output in zip(grads, outputs, strict=True)
    )


def zeros_like(x: Tensor) -> Tensor:
    """Zeros of the shape of `x`, and of its dtype where that has gradients."""
    dtype = x.dtype if x.dtype in INEXACTS else float32
    return broadcast_to(to_tensor(0, dtype), shape_of(x))


def ones_like(x: Tensor) -> Tensor:
    """Ones of the shape and dtype of `x`."""
    return broadcast_to(to_tensor(1, x.dtype), shape_of(x))
