"""`case` and `switch_case`: one of several functions, composed of `cond`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from eagre.control.branching import cond
from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.reference import Reference
from eagre.primitives import arithmetic, comparison, rearrangement
from eagre.primitives.checking import assertion
from eagre.primitives.reductions import reduce_sum


def case(
    pred_fn_pairs: Any,
    default: Callable[[], Any] | None = None,
    exclusive: bool = False,
    strict: bool = False,
    name: str = "case",
) -> Any:
    """What the function beside the first true condition returns, or `default()` if none is true.

    Args:
        pred_fn_pairs: pairs (condition, function), or a dictionary from `condition.ref()`.
        exclusive: whether more than one true condition is an error.

    Raises:
        InvalidArgumentError: no condition is true and there is no default.

    >>> x = tf.constant(5)
    >>> tf.case([(x < 3, lambda: x), (x < 9, lambda: -x)], lambda: x * 0).numpy()
    np.int32(-5)
    """
    pairs = _pairs(pred_fn_pairs)
    functions = [function for _, function in pairs]
    _check_functions([*functions, *([] if default is None else [default])], "case")
    conditions = [_condition(condition) for condition, _ in pairs]
    if exclusive:
        _demand(conditions, _count(conditions) < 2, "at most one true condition")
    if default is None:
        _demand(conditions, _count(conditions) > 0, "a true condition, or a default")
        *functions, last = functions
        default, conditions = last, conditions[:-1]
        if not conditions:
            return last()
    return _first_true(list(zip(conditions, functions, strict=True)), default)


def _pairs(pred_fn_pairs: Any) -> list[Any]:
    if isinstance(pred_fn_pairs, Mapping) and pred_fn_pairs:
        return [
            (key.deref() if isinstance(key, Reference) else key, function)
            for key, function in pred_fn_pairs.items()
        ]
    is_list = isinstance(pred_fn_pairs, list | tuple | Mapping)
    if not is_list or not pred_fn_pairs:
        raise (ValueError if is_list else TypeError)(
            "case expected a list of pairs (condition, function), or a dictionary. "
            f"Received: pred_fn_pairs={pred_fn_pairs!r}"
        )
    for pair in pred_fn_pairs:
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise TypeError(f"case expected pairs (condition, function). Received: {pair!r}")
    return list(pred_fn_pairs)


def _check_functions(functions: Any, name: str) -> None:
    for function in functions:
        if not callable(function):
            raise TypeError(f"{name} expected functions. Received: {function!r}")


def _condition(value: Any) -> Any:
    condition = to_tensor(value, name="case")
    if condition.dtype != dtypes.bool_ or condition.sizes not in ((), None):
        raise TypeError(
            f"case expected bool scalars. Received: a condition of {condition.dtype.name} "
            f"with shape {condition.shape}"
        )
    return condition


def _demand(conditions: list[Any], holds: Any, expected: str) -> None:
    data, labels = rearrangement.stack(conditions), ("conditions=",)
    assertion(holds, data, message=f"case expected {expected}.", labels=labels, summarize=6)


def _count(conditions: list[Any]) -> Any:
    """How many conditions are true."""
    numbers = arithmetic.cast(rearrangement.stack(conditions), dtype=dtypes.int32)
    return reduce_sum(numbers, axis=None, keepdims=False)


def _first_true(pairs: list[Any], default: Any) -> Any:
    """`cond` in `cond`, as deep as there are pairs."""
    (condition, function), *rest = pairs
    otherwise = (lambda: _first_true(rest, default)) if rest else default
    return cond(condition, function, otherwise)


def switch_case(
    branch_index: Any,
    branch_fns: Any,
    default: Callable[[], Any] | None = None,
    name: str = "switch_case",
) -> Any:
    """`branch_fns[branch_index]()`; for an index outside, `default()` or else the last function.

    Args:
        branch_fns: a list of functions, or a dictionary or list of pairs from 0, 1, 2 ... to them.

    >>> tf.switch_case(tf.constant(1), [lambda: tf.constant("a"), lambda: tf.constant("b")])
    <tf.Tensor: shape=(), dtype=string, numpy=b'b'>
    """
    functions = _numbered(branch_fns)
    _check_functions([*functions, *([] if default is None else [default])], "switch_case")
    index = to_tensor(branch_index, name="switch_case")
    if not index.dtype.is_integer or index.sizes not in ((), None):
        raise TypeError(
            f"switch_case expected an integer scalar. Received: branch_index of "
            f"{index.dtype.name} with shape {index.shape}"
        )
    if default is None:
        *functions, last = functions
        default = last
        if not functions:
            return last()
    numbers: Any = enumerate(functions)
    pairs = [(comparison.equal(index, n), function) for n, function in numbers]
    return _first_true(pairs, default)


def _numbered(branch_fns: Any) -> list[Any]:
    """The functions in the order of their numbers."""
    if isinstance(branch_fns, Mapping):
        branch_fns = list(branch_fns.items())
    is_list = isinstance(branch_fns, list | tuple)
    if not is_list or not branch_fns:
        raise (ValueError if is_list else TypeError)(
            "switch_case expected a list of functions, or a dictionary from numbers to them. "
            f"Received: branch_fns={branch_fns!r}"
        )
    if not all(isinstance(each, tuple) for each in branch_fns):
        return list(branch_fns)
    for number, _ in branch_fns:
        if not isinstance(number, int | np.integer):
            raise TypeError(f"switch_case expected numbers as keys. Received: {number!r}")
    table = {int(number): function for number, function in branch_fns}
    if sorted(table) != list(range(len(branch_fns))):
        raise ValueError(
            f"switch_case expected the numbers 0 to {len(branch_fns) - 1}. "
            f"Received: {sorted(table)}"
        )
    return [table[number] for number in range(len(branch_fns))]
