"""Reverse-mode differentiation of a list of operations: one function for tapes and for graphs.

An operation is a tuple `(primitive, inputs, params, output)`, with a tuple of outputs if there are
several; `number` tells by which number a value is known, None that it is its `id`. An operation
whose primitive is None marks the moment from which its output counts as a source.

Gradients are dense, so gradient rules take tensors only. Only what goes to a source, or through
the reading of a variable, stays `IndexedSlices` where a rule made some. What is there or not, as
values tell when a graph runs, is `Perhaps`.

Rumelhart, Hinton and Williams, "Learning representations by back-propagating errors", 1986.
"""

from __future__ import annotations

from math import inf
from operator import attrgetter
from types import FunctionType
from typing import TYPE_CHECKING, Any

from eagre.core.ambient import interpreter
from eagre.core.conversion import to_tensor
from eagre.core.dtypes import float32
from eagre.core.tensor import Tensor
from eagre.gradients.perhaps import Perhaps, added_if, either, zeros_if_absent
from eagre.primitives.families import INEXACTS, one_like, shape_of, unbroadcast
from eagre.primitives.indexed_slices import IndexedSlices, ScatteredParts
from eagre.primitives.rearrangement import broadcast_to
from eagre.primitives.state import IN_FRONT, read_variable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_id_of = attrgetter("id")
Entry = tuple[Any, Any, Any, Any]
_PART_BY_PART = frozenset({IndexedSlices, ScatteredParts})


def backpropagate(
    operations: Sequence[Entry],
    seeds: Iterable[tuple[int, Tensor]],
    sources: set[int],
    dependent: Any,
    number: Callable[[Any], int] | None,
    first: float = inf,
    sums: Any = None,
) -> dict[int, Tensor]:
    """The gradients of the sources by number, given the gradients that flow into the targets.

    They flow only to values that may depend on a source: those whose numbers are in `dependent` or
    at least `first`. Contributions are added from the last use to the first, to those in `sums`.
    """
    sums = _with_seeds({} if sums is None else sums, seeds, dependent, first)
    found: dict[int, Tensor] = {}
    memo: dict[str, Any] = {}
    by_id, number = number is None, _id_of if number is None else number
    way = sources, dependent, number, first
    for primitive, inputs, params, output in reversed(_followed(operations)):
        if output.__class__ is tuple:
            entry = primitive, inputs, params, output
            grad = _grad_of_several(entry, sums, found, memo, operations, way)
        else:
            key = output.id if by_id else number(output)
            grad = sums.pop(key, None)
            if key in sources:
                grad = _note_source(key, grad, found, primitive, dependent)
        if grad is None or primitive is None:
            continue
        if grad.__class__ is Perhaps:
            _add_if_there((primitive, inputs, params, output), grad, sums, way[1:])
            continue
        if (partials := primitive.partials) is not None:
            x, y = inputs
            key, other = (x.id, y.id) if by_id else (number(x), number(y))
            if key >= first or key in dependent:
                part = unbroadcast(partials[0](grad, output, x, y), x)
                sums[key] = sums[key] + part if key in sums else part
            if other >= first or other in dependent:
                part = unbroadcast(partials[1](grad, output, x, y), y)
                sums[other] = sums[other] + part if other in sums else part
            continue
        if primitive.gradients is None:
            rules = primitive.gradient(grad, output, *inputs, **params)
        else:
            wanted = [number(x) >= first or number(x) in dependent for x in inputs]
            rules = primitive.gradients(wanted, grad, output, inputs, params)
        for x, part in zip(inputs, rules, strict=True):
            key = number(x)
            if part is None or (key < first and key not in dependent):
                continue
            part = part() if part.__class__ is FunctionType else part
            if part.__class__ in _PART_BY_PART:
                stays = key in sources or _is_read(key, memo, operations, number)
                sums[key] = _with_parts(sums.get(key), part, stays)
            else:
                part = unbroadcast(part, x) if primitive.broadcasts else part
                sums[key] = sums[key] + part if key in sums else part
    return found | {key: sums[key] for key in sources if key in sums}


def _followed(operations: Any) -> Any:
    """The operations, of which the innermost interpreter is told."""
    level = interpreter()
    return operations if level is None else level.follow(operations)


def _with_seeds(sums: Any, seeds: Any, dependent: Any, first: float) -> Any:
    for key, seed in seeds:
        if key >= first or key in dependent:
            sums[key] = sums[key] + seed if key in sums else seed
    return sums


def _note_source(key: int, grad: Any, found: Any, primitive: Any, dependent: Any) -> Any:
    """Keep the gradient of a source, and return it as the operation takes it that made the source.

    Before its mark a source was not one.
    """
    if grad is not None:
        found[key] = grad
    if primitive is None:
        if isinstance(dependent, set):
            dependent.discard(key)
        return None
    return grad if primitive is read_variable else _dense(grad)


def _dense(grad: Any) -> Any:
    return to_tensor(grad) if grad.__class__ is IndexedSlices else grad


def _keys_of_sums(
    inputs: Any, memo: dict[str, Any], operations: Sequence[Entry], number: Any
) -> list[Any]:
    """To which values the gradients of inputs are added: to a variable that is read in front."""
    if "fronts" not in memo:
        found = [entry for entry in operations if entry[2] is IN_FRONT]
        memo["fronts"] = {number(output): number(of[0]) for _, of, _, output in found}
    known = memo["fronts"]
    keys = [number(x) for x in inputs]
    return [known.get(key, key) for key in keys] if known else keys


def _is_read(key: int, memo: dict[str, Any], operations: Sequence[Entry], number: Any) -> bool:
    """Whether a value was read from a variable: then slices for it stay what they are."""
    if "reads" not in memo:
        memo["reads"] = {number(entry[3]) for entry in operations if entry[0] is read_variable}
    return key in memo["reads"]


def _with_parts(total: Any, part: Any, stays: bool) -> Any:
    """A sum, or None, with parts: one by one where it is dense."""
    if total is None:
        return part if stays and part.__class__ is IndexedSlices else to_tensor(part)
    if total.__class__ is IndexedSlices and part.__class__ is IndexedSlices:
        return total + part
    return part.added_to(to_tensor(total))


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


def _grad_of_several(
    entry: Entry, sums: Any, found: Any, memo: Any, operations: Sequence[Entry], way: Any
) -> Any:
    """What the rule of an operation with several outputs takes; None where there is nothing to do,
    or the operation has added to the sums itself."""
    primitive, inputs, params, outputs = entry
    sources, dependent, number, first = way
    grads = _grads_of_outputs(outputs, sums, sources, found, number)
    if grads is None or primitive.accumulate is None:
        return grads and _with_zeros(grads, outputs)
    keys = _keys_of_sums(inputs, memo, operations, number)
    wanted = [key if key >= first or key in dependent else None for key in keys]
    primitive.accumulate(wanted, sums, grads, outputs, inputs, params)
    return None


def _grads_of_outputs(
    outputs: tuple[Any, ...], sums: Any, sources: set[int], found: Any, number: Any
) -> tuple[Tensor, ...] | None:
    """The gradients of several outputs, None for those that nothing depends on."""
    keys = [number(output) for output in outputs]
    grads = [sums.pop(key, None) for key in keys]
    if all(grad is None for grad in grads):
        return None
    for key, grad in zip(keys, grads, strict=True):
        if key in sources and grad is not None:
            found[key] = grad
    return tuple([_dense(grad) for grad in grads])


def _with_zeros(grads: tuple[Any, ...], outputs: tuple[Any, ...]) -> Any:
    """A gradient for each output: zeros where there is none, if there is one for another.

    Where only values tell whether there is any, `Perhaps` of all of them.
    """
    flags = [grad.is_there for grad in grads if grad.__class__ is Perhaps]
    is_sure = len(flags) < len([grad for grad in grads if grad is not None])
    grads = tuple([zeros_if_absent(grad) for grad in grads])
    pairs = zip(grads, outputs, strict=True)
    dense: Any = tuple([zeros_like(output) if grad is None else grad for grad, output in pairs])
    return dense if is_sure else Perhaps(dense, either(flags))


def _add_if_there(entry: Entry, grad: Any, sums: Any, way: Any) -> None:
    """Add what an operation contributes if it has a gradient."""
    primitive, inputs, _, output = entry
    dependent, number, first = way
    if output.__class__ is tuple:
        seeds = [(number(x), part) for x, part in zip(output, grad.value, strict=True)]
    else:
        takes_slices = primitive is read_variable
        seeds = [(number(output), grad.value if takes_slices else to_tensor(grad))]
    keys: Any = {number(x): None for x in inputs}
    before = {key: to_tensor(sums[key]) for key in keys if key in sums}
    after = dict(before)
    backpropagate([entry], seeds, keys, dependent, number, first, after)
    for key in keys:
        if after.get(key) is not before.get(key):
            sums[key] = added_if(grad.is_there, after[key], sums.get(key))


def zeros_like(x: Tensor) -> Tensor:
    """Zeros of the shape of `x`, and of its dtype where that has gradients."""
    return broadcast_to(to_tensor(0, x.dtype if x.dtype in INEXACTS else float32), shape_of(x))


def ones_like(x: Tensor) -> Tensor:
    """Ones of the shape and dtype of `x`."""
    one = one_like(x)
    return one if x.sizes == () else broadcast_to(one, shape_of(x))
