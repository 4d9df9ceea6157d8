"""Lists of operators, as those classes take them that put several together."""

from __future__ import annotations

from typing import Any

from eagre.core.errors import DTypeMismatchError
from eagre.core.python_numbers import described
from eagre.state.linear_operators.operator import LinearOperator


def operators_of(owner: Any, given: Any, argument: str = "operators") -> list[Any]:
    """The operators as a list; an error unless there is one at least, all of one dtype."""
    name = type(owner).__name__
    is_list = isinstance(given, list | tuple) and given
    if not is_list or not all(isinstance(each, LinearOperator) for each in given):
        raise ValueError(
            f"{name} expected {argument} to be a list of at least one operator. "
            f"Received: {argument}={described(given)}"
        )
    found = {each.dtype.name for each in given}
    if len(found) > 1:
        raise DTypeMismatchError(
            f"{name} expected operators of one dtype. Received: dtypes {', '.join(sorted(found))}"
        )
    return list(given)
