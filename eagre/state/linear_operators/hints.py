"""What is known of an operator beforehand: hints that users give, and those that follow.

A hint is True, False, or None where nothing is known.
"""

from __future__ import annotations

from typing import Any


def settled(owner: Any, argument: str, given: Any, fact: str, value: bool = True) -> bool:
    """The property that an operator has by its nature; an error for a hint against it."""
    if given is not None and bool(given) is not value:
        raise ValueError(
            f"{type(owner).__name__} expected {argument}={value} or None, for {fact}. "
            f"Received: {argument}={given}"
        )
    return value


def of_inner(owner: Any, inner: Any, argument: str, given: Any) -> Any:
    """The hint of an operator that shares a property with the one within it."""
    own = getattr(inner, argument)
    if own is not None and given is not None and bool(own) is not bool(given):
        raise ValueError(
            f"{type(owner).__name__} expected the hint of its operator, {argument}={own}. "
            f"Received: {argument}={given}"
        )
    return given if own is None else own


def of_all(owner: Any, operators: Any, argument: str, given: Any) -> Any:
    """The hint of an operator that has a property if all operators within it have it."""
    if all(getattr(each, argument) for each in operators):
        fact = "each operator within it has this property"
        return settled(owner, argument, given, fact)
    return given


def check_hints(owner: Any, non_singular: Any, adjoint: Any, definite: Any, square: Any) -> Any:
    """The hints `is_non_singular` and `is_square`, with what follows from the other ones."""
    if definite:
        fact = "positive definite matrices are not singular"
        non_singular = settled(owner, "is_non_singular", non_singular, fact)
    if non_singular:
        square = settled(owner, "is_square", square, "only square matrices are not singular")
    if adjoint:
        square = settled(owner, "is_square", square, "only square matrices are self-adjoint")
    return non_singular, square


def non_singular_product(left: Any, right: Any) -> Any:
    """The hint `is_non_singular` of a product."""
    if left.is_non_singular is False or right.is_non_singular is False:
        return False
    return left.is_non_singular and right.is_non_singular


def square_product(left: Any, right: Any) -> Any:
    """The hint `is_square` of a product."""
    if left.is_square and right.is_square:
        return True
    if left.is_square is False and right.is_square is False:
        rows, columns = left.range_dimension, right.domain_dimension
        return None if rows is None or columns is None else rows == columns
    return None if left.is_square is None or right.is_square is None else False


def of_product(left: Any, right: Any) -> dict[str, Any]:
    """The hints of the product of any two operators."""
    is_square = square_product(left, right)
    if is_square is False:
        names = ("is_non_singular", "is_self_adjoint", "is_positive_definite", "is_square")
        return dict.fromkeys(names, False)
    is_non_singular = non_singular_product(left, right) if is_square else None
    return {"is_non_singular": is_non_singular, "is_square": is_square}


def of_commuting_product(left: Any, right: Any, keeps_definite: bool = True) -> dict[str, Any]:
    """The hints of the product of square operators whose order does not matter."""
    pair = (left, right)
    is_self_adjoint = None
    if all(each.is_self_adjoint for each in pair):
        is_self_adjoint = True
    elif {left.is_self_adjoint, right.is_self_adjoint} == {True, False}:
        is_self_adjoint = False
    is_definite = all(each.is_positive_definite and each.is_self_adjoint for each in pair)
    return {
        "is_non_singular": non_singular_product(left, right),
        "is_self_adjoint": is_self_adjoint,
        "is_positive_definite": True if is_definite and keeps_definite else None,
        "is_square": True,
    }


def hints_of(operator: Any) -> dict[str, Any]:
    """The hints of an operator, as arguments for one that shares them."""
    return {
        "is_non_singular": operator.is_non_singular,
        "is_self_adjoint": operator.is_self_adjoint,
        "is_positive_definite": operator.is_positive_definite,
        "is_square": operator.is_square,
    }


FACTOR: dict[str, Any] = dict.fromkeys(
    ("is_non_singular", "is_self_adjoint", "is_positive_definite"), True
)
"""The hints of a Cholesky factor that is diagonal."""
