"""Truth: `and`, `or`, `not`, comparisons in a row, membership, conditional expressions."""

from __future__ import annotations

import operator
from typing import Any

from eagre.core.errors import OperatorNotAllowedInGraphError
from eagre.core.tensor import SymbolicTensor
from eagre.functions.autograph.branching import choose
from eagre.functions.autograph.values import check, is_symbolic, shown, truth
from eagre.graph.trace import user_line
from eagre.primitives import comparison

_BY_SIGN: dict[str, Any] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "==": operator.eq, "!=": operator.ne, "is": operator.is_, "is not": operator.is_not,
}  # fmt: skip


def and_(first: Any, *others: Any) -> Any:
    """`first and …`: the other operands are functions."""
    if not others:
        return first
    if is_symbolic(first):
        return choose(truth(first, "and"), lambda: and_(others[0](), *others[1:]),
                      lambda: first, "and")
    return and_(others[0](), *others[1:]) if first else first


def or_(first: Any, *others: Any) -> Any:
    """`first or …`: the other operands are functions."""
    if not others:
        return first
    if is_symbolic(first):
        return choose(truth(first, "or"), lambda: first,
                      lambda: or_(others[0](), *others[1:]), "or")
    return first if first else or_(others[0](), *others[1:])


def not_(value: Any) -> Any:
    """`not value`."""
    return comparison.logical_not(truth(value, "not")) if is_symbolic(value) else not value


def goes_on(*flags: Any) -> Any:
    """Whether no flag is set: what follows a jump that may have happened."""
    if any(flag is True for flag in flags):
        return False
    found: Any = None
    for flag in flags:
        if flag is not False:
            found = flag if found is None else comparison.logical_or(found, flag)
    return True if found is None else comparison.logical_not(found)


def compare(left: Any, sign: str, thunk: Any, *others: Any) -> Any:
    """`left < right …`: signs and functions that compute the operands."""
    right = thunk()
    first = _compare(left, sign, right)
    if not others:
        return first
    if is_symbolic(first):
        return choose(truth(first, sign), lambda: compare(right, *others), lambda: first, sign)
    return compare(right, *others) if first else first


def _compare(left: Any, sign: str, right: Any) -> Any:
    if sign == "in":
        return _contains(right, left)
    if sign == "not in":
        return not_(_contains(right, left))
    return _BY_SIGN[sign](left, right)


def _contains(container: Any, item: Any) -> Any:
    """`item in container`: of a tensor or sequence, whether some element is equal."""
    if is_symbolic(container):
        found = comparison.equal(container, item)
        return reduced(found, any)
    if container.__class__ in (list, tuple) and any(is_symbolic(e) for e in (*container, item)):
        return any_of([each is item or each == item for each in container])
    return item in container


def reduced(tensor: Any, kind: Any) -> Any:
    """Whether some element, or each, of a bool tensor is true."""
    from eagre.ops.reductions import reduce_all, reduce_any

    return (reduce_any if kind is any else reduce_all)(tensor)


def any_of(values: Any) -> Any:
    """`any(values)` where some are symbolic."""
    found: Any = False
    for each in values:
        if not is_symbolic(each):
            if each:
                return True
            continue
        flag = truth(each, "any")
        found = flag if found is False else comparison.logical_or(found, flag)
    return found


def all_of(values: Any) -> Any:
    """`all(values)` where some are symbolic."""
    found: Any = True
    for each in values:
        if not is_symbolic(each):
            if not each:
                return False
            continue
        flag = truth(each, "all")
        found = flag if found is True else comparison.logical_and(found, flag)
    return found


def if_expression(test: Any, body: Any, orelse: Any) -> Any:
    """`body() if test else orelse()`."""
    if is_symbolic(test):
        return choose(truth(test, "if"), body, orelse, "if")
    return body() if test else orelse()


def plain(test: Any, reason: str) -> Any:
    """A condition that only Python can decide, because of where it stands."""
    if test.__class__ is SymbolicTensor:
        raise OperatorNotAllowedInGraphError(
            f"if expected a Python condition: {reason} cannot wait for the graph. Received: "
            f"{shown(test)}, at {user_line()}. Use tf.where or tf.cond, or an if statement in a "
            "plain function."
        )
    return test


def assertion(test: Any, message: Any) -> Any:
    """The condition of `assert`; a symbolic one is checked when the graph runs."""
    if not is_symbolic(test):
        return test
    text = message()
    check(truth(test, "assert"), f"assert expected a true condition. {text or ''}".rstrip())
    return True
