"""Python's own functions, where they meet tensors that have no value yet, or lists of them."""

from __future__ import annotations

import builtins
import sys
from typing import Any

from eagre.control.accumulating import foldl
from eagre.core import dtypes, structure
from eagre.core.conversion import to_tensor
from eagre.functions.autograph.branching import choose
from eagre.functions.autograph.iteration import Enumerated, Rows, Zipped, sequence_of
from eagre.functions.autograph.lists import GrowingList
from eagre.functions.autograph.logic import all_of, any_of, if_expression, reduced
from eagre.functions.autograph.values import is_symbolic, truth
from eagre.functions.effects import note_print
from eagre.ops.joining import concat, stack
from eagre.primitives import arithmetic, comparison


def _print(*values: Any, **options: Any) -> None:
    if any(is_symbolic(leaf) for each in values for leaf in structure.flatten(each)):
        from eagre.ops.text import print_

        given = {"sep": options.get("sep", " "), "end": options.get("end", "\n")}
        given = {name: value for name, value in given.items() if value is not None}
        stream = options.get("file") or sys.stdout
        print_(*values, output_stream=stream, **given)
    else:
        note_print()
        builtins.print(*values, **options)


def _len(value: Any) -> Any:
    if isinstance(value, GrowingList):
        return value.array.size()
    if not is_symbolic(value):
        return len(value)
    tensor = to_tensor(value, name="len")
    is_unknown = tensor.sizes is None or (tensor.sizes and tensor.sizes[0] is None)
    return Rows(tensor).count() if is_unknown else len(tensor)


def _range(*limits: Any) -> Any:
    """`range` of tensors: empty where the end lies before the start, as Python has it."""
    if not any(is_symbolic(each) for each in limits):
        return range(*limits)
    from eagre.ops.creation import range as tensor_range

    start, limit = (0, limits[0]) if len(limits) == 1 else limits[:2]
    step = limits[2] if len(limits) > 2 else 1
    if is_symbolic(step):
        limit = if_expression(
            step > 0, lambda: _maximum(start, limit), lambda: -_maximum(-start, -limit)
        )
    else:
        limit = _maximum(start, limit) if step > 0 else -_maximum(-start, -limit)
    return tensor_range(start, limit, step)


def _maximum(a: Any, b: Any) -> Any:
    from eagre.ops.math import maximum

    return maximum(a, b)


def _int(*values: Any, **options: Any) -> Any:
    if len(values) != 1 or not is_symbolic(values[0]):
        return int(*values, **options)
    return _single(values[0], dtypes.int32, "int")


def _float(*values: Any) -> Any:
    if not values or not is_symbolic(values[0]):
        return float(*values)
    return _single(values[0], dtypes.float32, "float")


def _single(value: Any, dtype: Any, name: str) -> Any:
    """A tensor as a number: gradients stop here, as they stop where Python takes the value."""
    tensor = to_tensor(value, name=name)
    is_kept = tensor.dtype.is_integer if dtype.is_integer else tensor.dtype.is_floating
    return arithmetic.stop_gradient(tensor if is_kept else arithmetic.cast(tensor, dtype=dtype))


def _bool(*values: Any) -> Any:
    return truth(values[0], "bool") if values and is_symbolic(values[0]) else bool(*values)


def _extreme(function: Any, is_better: Any) -> Any:
    """`min` or `max`: the first of the best, as Python finds it."""

    def extreme(*values: Any, **options: Any) -> Any:
        if options:
            return function(*values, **options)
        if len(values) == 1 and is_symbolic(values[0]):
            return foldl(lambda best, each: _better(best, each, is_better), values[0])
        items = values[0] if len(values) == 1 and isinstance(values[0], list | tuple) else values
        if len(items) < 2 or not any(is_symbolic(each) for each in items):
            return function(*values)
        best = items[0]
        for each in items[1:]:
            test = is_better(each, best)
            best = if_expression(test, _constantly(each), _constantly(best))
        return best

    return extreme


def _better(best: Any, each: Any, is_better: Any) -> Any:
    test = truth(is_better(each, best), "min, or max,")
    return choose(test, lambda: each, lambda: best, "if")


def _constantly(value: Any) -> Any:
    return lambda: value


def _sum(*values: Any, **options: Any) -> Any:
    if not values or not is_symbolic(values[0]):
        return sum(*values, **options)
    tensor = to_tensor(values[0], name="sum")
    start = values[1] if len(values) > 1 else options.get("start", 0)
    sizes = tensor.sizes
    if sizes is not None and (not sizes or sizes[0] is not None):
        return sum(tensor, start)
    from eagre.ops.creation import zeros
    from eagre.ops.shaping import shape

    initial = zeros(shape(tensor)[1:], tensor.dtype) + start
    return foldl(lambda total, each: total + each, tensor, initializer=initial)


def _some(function: Any, of_values: Any) -> Any:
    """`any` or `all`."""

    def quantifier(values: Any) -> Any:
        if not is_symbolic(values):
            return of_values(values) if _may_hold_tensors(values) else function(values)
        tensor = to_tensor(values, name=function.__name__)
        if tensor.dtype != dtypes.bool_:
            tensor = comparison.not_equal(tensor, to_tensor(0, tensor.dtype))
        return reduced(tensor, function)

    return quantifier


def _may_hold_tensors(values: Any) -> bool:
    if isinstance(values, list | tuple):
        return any(is_symbolic(each) for each in values)
    return not isinstance(values, str | bytes | dict | set | frozenset | range)


def _enumerate(iterable: Any, start: Any = 0) -> Any:
    if hasattr(iterable, "__dataset__"):
        return iterable.enumerate(start)
    is_python = sequence_of(iterable) is None
    return enumerate(iterable, start) if is_python else Enumerated(iterable, start)


def _zip(*iterables: Any, **options: Any) -> Any:
    if iterables and not options and all(hasattr(each, "__dataset__") for each in iterables):
        return iterables[0].zip(iterables)
    are_tensors = bool(iterables) and all(sequence_of(each) is not None for each in iterables)
    if are_tensors and not options:
        return Zipped(*iterables)
    return builtins.zip(*iterables, **options)  # noqa: B905 as the user says


def _next(iterator: Any, *default: Any) -> Any:
    """`next` of an iterator over a dataset: what else there is at the end, the graph decides."""
    if not hasattr(iterator, "get_next_as_optional"):
        return next(iterator, *default)
    if not default:
        return iterator.get_next()
    found = iterator.get_next_as_optional()
    return if_expression(found.has_value(), found.get_value, _constantly(default[0]))


def _stack(values: Any, axis: int = 0, name: str = "stack") -> Any:
    if not isinstance(values, GrowingList):
        return stack(values, axis, name)
    stacked = values.array.stack()
    if axis == 0:
        return stacked
    from eagre.ops.shaping import transpose

    order = list(range(1, len(stacked.shape)))
    order.insert(axis if axis >= 0 else axis + len(stacked.shape), 0)
    return transpose(stacked, order)


def _concat(values: Any, axis: Any, name: str = "concat") -> Any:
    is_growing = isinstance(values, GrowingList) and axis == 0
    return values.array.concat() if is_growing else concat(values, axis, name)


IN_GRAPHS: dict[Any, Any] = {
    stack: _stack, concat: _concat,
    print: _print, len: _len, range: _range, int: _int, float: _float, bool: _bool, sum: _sum,
    min: _extreme(min, lambda a, b: a < b), max: _extreme(max, lambda a, b: a > b),
    any: _some(any, any_of), all: _some(all, all_of), enumerate: _enumerate, zip: _zip,
    next: _next,
}  # fmt: skip
"""For functions of Python, and those that take lists, what traced code calls in their place."""
