"""Reverse-mode differentiation of a list of operations: one function for tapes and for graphs.

An operation is a tuple `(primitive, inputs, params, output)`, with a tuple of outputs if there are
several; `number` tells by which number a value is known. An operation whose primitive is None
marks the moment from which its output counts as a source.

Rumelhart, Hinton and Williams, "Learning representations by back-propagating errors", 1986.
"""

from __future__ import annotations

from math import inf
from types import FunctionType
from typing import TYPE_CHECKING, Any

from eagre.core.conversion import to_tensor
from eagre.core.dtypes import float32
from eagre.core.tensor import EagerTensor, Tensor
from eagre.primitives.families import INEXACTS, one_like, shape_of, unbroadcast
from eagre.primitives.rearrangement import broadcast_to

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Entry = tuple[Any, Any, Any, Any]


def backpropagate(
    operations: Sequence[Entry],
    seeds: Iterable[tuple[int, Tensor]],
    sources: set[int],
    dependent: Any,
    number: Callable[[Any], int],
    first: float = inf,
) -> dict[int, Tensor]:
    """The gradients of the sources by number, given the gradients that flow into the targets.

    Gradients flow only to values that may depend on a source: those whose numbers are in
    `dependent` or at least `first`. Contributions to one value are added from its last use to its
    first.
    """
    sums: dict[int, Tensor] = {}
    found: dict[int, Tensor] = {}
    for target, seed in seeds:
        if target >= first or target in dependent:
            sums[target] = sums[target] + seed if target in sums else seed
    for primitive, inputs, params, output in reversed(operations):
        if output.__class__ is tuple:
            grad = _grads_of_outputs(output, sums, sources, found, number)
        else:
            key = number(output)
            grad = sums.pop(key, None)
            if key in sources:
                _note_source(key, grad, found, dependent if primitive is None else ())
        if grad is None or primitive is None:
            continue
        if primitive.is_light:
            x, y = inputs
            of_x, of_y = primitive.gradient(grad, output, x, y)
            parts: Any = ((x, of_x), (y, of_y))
        elif primitive.gradients is None:
            rules = primitive.gradient(grad, output, *inputs, **params)
            parts = zip(inputs, rules, strict=True)
        else:
            wanted = [number(x) >= first or number(x) in dependent for x in inputs]
            rules = primitive.gradients(wanted, grad, output, inputs, params)
            parts = zip(inputs, rules, strict=True)
        for x, part in parts:
            key = number(x)
            if part is None or (key < first and key not in dependent):
                continue
            if part.__class__ is FunctionType:
                part = part()
            if primitive.broadcasts and not _same_shape(part, x):
                part = unbroadcast(part, x)
            sums[key] = sums[key] + part if key in sums else part
    return found | {key: sums[key] for key in sources if key in sums}


def _same_shape(part: Any, x: Any) -> bool:
    return (
        part.__class__ is EagerTensor
        and x.__class__ is EagerTensor
        and part.array.shape == x.array.shape
    )


def _note_source(key: int, grad: Tensor | None, found: Any, dependent: Any) -> None:
    """Keep the gradient of a source; before its mark a source was not one."""
    if grad is not None:
        found[key] = grad
    if isinstance(dependent, set):
        dependent.discard(key)


def path_from(
    operations: Iterable[Entry],
    sources: set[int],
    unmarked: Iterable[int],
    number: Callable[[Any], int],
) -> tuple[list[Entry], set[int]]:
    """The operations through which a source reaches something, and the numbers it reaches.

    `unmarked` are the sources that count from the start, without a mark.
    """
    path: list[Entry] = []
    dependent = set(unmarked)
    for entry in operations:
        outputs = entry[3] if entry[3].__class__ is tuple else (entry[3],)
        numbers = [number(output) for output in outputs]
        inputs = [number(x) for x in entry[1]]
        if not dependent.isdisjoint(inputs):
            path.append(entry)
            dependent.update(numbers)
        elif not sources.isdisjoint(numbers) and dependent.isdisjoint(numbers):
            path.append(entry)
            dependent.update(sources.intersection(numbers))
    return path, dependent


def _grads_of_outputs(
    outputs: tuple[Any, ...], sums: Any, sources: set[int], found: Any, number: Any
) -> tuple[Tensor, ...] | None:
    """The gradients of several outputs, zeros for those that nothing depends on."""
    keys = [number(output) for output in outputs]
    grads = [sums.pop(key, None) for key in keys]
    if all(grad is None for grad in grads):
        return None
    for key, grad in zip(keys, grads, strict=True):
        if key in sources and grad is not None:
            found[key] = grad
    return tuple(
        zeros_like(output) if grad is None else grad
        for grad, output in zip(grads, outputs, strict=True)
    )


def zeros_like(x: Tensor) -> Tensor:
    """Zeros of the shape of `x`, and of its dtype where that has gradients."""
    return broadcast_to(to_tensor(0, x.dtype if x.dtype in INEXACTS else float32), shape_of(x))


def ones_like(x: Tensor) -> Tensor:
    """Ones of the shape and dtype of `x`."""
    one = one_like(x)
    return one if x.sizes == () else broadcast_to(one, shape_of(x))
