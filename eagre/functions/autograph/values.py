"""What variables hold while branches and loops are traced, and whether it can go into a graph."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from eagre.core import ambient, dtypes, structure
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError, OperatorNotAllowedInGraphError
from eagre.core.python_numbers import described
from eagre.core.tensor import SymbolicTensor, Tensor
from eagre.functions.autograph.syntax import RESULT, is_generated
from eagre.graph.trace import Trace, user_line
from eagre.primitives import comparison, rearrangement
from eagre.primitives.checking import assertion

NUMBERS: Any = (bool, int, float, complex)
_TEXTS: Any = (str, bytes)


class Undefined:
    """What a variable without a value holds where it has to hold something."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "no value"


UNDEFINED = Undefined()


class Perhaps:
    """A value that a variable has only where `flag` is true when the graph runs."""

    __slots__ = ("flag", "value")

    def __init__(self, value: Any, flag: Any) -> None:
        self.value = value
        self.flag = flag


def is_symbolic(value: Any) -> bool:
    """Whether a value is a tensor that has no value yet, or a variable that is being traced."""
    if value.__class__ is SymbolicTensor:
        return True
    return hasattr(value, "__tensor__") and isinstance(ambient.interpreter(), Trace)


def is_tensor_like(value: Any) -> bool:
    """Whether a value has a dtype of its own."""
    return isinstance(value, Tensor | np.ndarray | np.generic) or hasattr(value, "__tensor__")


def truth(value: Any, name: str) -> Any:
    """The symbolic bool scalar that says what `bool(value)` would say."""
    tensor = to_tensor(value, name=name)
    sizes: Any = tensor.sizes
    if sizes is not None and None not in sizes and math.prod(sizes) != 1:
        raise OperatorNotAllowedInGraphError(
            f"{name} expected a tensor with one element. Received: shape={tensor.shape}. "
            "Use tf.reduce_any or tf.reduce_all."
        )
    if tensor.dtype == dtypes.string:
        tensor = comparison.not_equal(tensor, to_tensor(""))
    elif tensor.dtype != dtypes.bool_:
        tensor = comparison.not_equal(tensor, to_tensor(0, tensor.dtype))
    return tensor if sizes == () else rearrangement.reshape(tensor, ())


def slot(thunk: Any) -> Any:
    """What a variable, attribute or item holds, `UNDEFINED` where there is none."""
    try:
        return thunk()
    except (NameError, AttributeError, LookupError):
        return UNDEFINED


def put_attribute(owner: Any, name: str, value: Any) -> None:
    """Set an attribute, or take it away where it is to have no value."""
    if value is not UNDEFINED:
        setattr(owner, name, value)
    elif hasattr(owner, name):
        delattr(owner, name)


def put_item(owner: Any, key: Any, value: Any) -> None:
    """Set an item, or take it away where it is to have no value."""
    if value is not UNDEFINED:
        owner[key] = value
    elif key in owner:
        del owner[key]


def read(thunk: Any, name: str, is_unsure: bool) -> Any:
    """What a variable holds; an error where it holds nothing, in the graph when it runs."""
    value: Any = UNDEFINED
    try:
        value = thunk()
    except UnboundLocalError:
        raise
    except NameError:
        pass  # a block has the variable from the function around it
    if value is UNDEFINED:
        raise UnboundLocalError(
            f"cannot access local variable '{name}' where it is not associated with a value"
        )
    if value.__class__ is not Perhaps:
        return value
    if is_unsure:
        check(
            value.flag,
            f"{name} needs a value at {user_line()}: none was given on the way that was gone.",
        )
    return value.value


def result(value: Any) -> Any:
    """What a function returns."""
    return value.value if value.__class__ is Perhaps else value


def check(condition: Any, message: str) -> None:
    """Let the graph fail with a message where a bool tensor is false."""
    assertion(condition, message=message, labels=(), summarize=3)


def label(name: str) -> str:
    """How messages call a variable."""
    return "the returned value" if name == RESULT or is_generated(name) else name


def shown(value: Any) -> str:
    """A value in a message."""
    if value is UNDEFINED:
        return "no value"
    if isinstance(value, Perhaps):
        return shown(value.value)
    if isinstance(value, Tensor):
        return f"{value.dtype.name} tensor of shape {value.shape}"
    if isinstance(value, bool | int | float | complex):
        return f"{value!r} (a Python {type(value).__name__})"
    if isinstance(value, list | tuple | dict):
        parts = ", ".join(shown(leaf) for leaf in structure.flatten(value))
        return f"{type(value).__name__} ({parts})"
    return described(value)


def is_same(a: Any, b: Any) -> bool:
    """Whether two leaves are one object, or equal constants that Python can keep."""
    if a is b:
        return True
    if a.__class__ is not b.__class__ or not isinstance(a, (*NUMBERS, *_TEXTS)):
        return False
    return repr(a) == repr(b)


def fits(value: Any, dtype: Any) -> bool:
    """Whether a Python number can become a tensor of a dtype without changing its kind."""
    if isinstance(value, bool):
        return dtype == dtypes.bool_
    if isinstance(value, int):
        return dtype.is_integer or dtype.is_floating or dtype.is_complex
    if isinstance(value, float):
        return dtype.is_floating or dtype.is_complex
    return dtype.is_complex if isinstance(value, complex) else dtype == dtypes.string


def common_dtype(a: Any, b: Any) -> Any:
    """The dtype of two leaves that the graph chooses from; None where they do not go together."""
    weak = [each for each in (a, b) if isinstance(each, (*NUMBERS, *_TEXTS))]
    strong = [to_tensor(each).dtype for each in (a, b) if is_tensor_like(each)]
    if len(weak) + len(strong) < 2:
        return None
    if not strong:
        is_one_kind = {type(a), type(b)} <= {str, bytes} or type(a) is type(b)
        return to_tensor(a).dtype if is_one_kind else None
    if strong[0] != strong[-1] or any(not fits(each, strong[0]) for each in weak):
        return None
    return strong[0]


def expanded(value: Any) -> tuple[list[Any], Any]:
    """The leaves of a structure, those of composites included, and a function that makes a like
    structure of other leaves. Taking composites apart may need operations."""
    if isinstance(value, Tensor):
        return [value], _only
    pieces = [_expanded_leaf(leaf) for leaf in structure.flatten(value)]

    def rebuild(leaves: Any) -> Any:
        source = iter(leaves)
        made = [make([next(source) for _ in parts]) for parts, make in pieces]
        return structure.pack_sequence_as(value, made)

    return [part for parts, _ in pieces for part in parts], rebuild


def _only(leaves: list[Any]) -> Any:
    return leaves[0]


def _expanded_leaf(leaf: Any) -> tuple[list[Any], Any]:
    if not hasattr(leaf, "__composite__"):
        return [leaf], _only
    inner, make = leaf.__composite__()
    parts, rebuild = expanded(inner)
    return parts, lambda leaves: make(rebuild(leaves))


def have_one_structure(a: Any, b: Any) -> bool:
    """Whether two values are structures of one form, with composites of one type."""
    try:
        structure.assert_same_structure(a, b)
    except (TypeError, ValueError):
        return False
    pairs = zip(structure.flatten(a), structure.flatten(b), strict=True)
    return all(
        type(x) is type(y)
        for x, y in pairs
        if hasattr(x, "__composite__") or hasattr(y, "__composite__")
    )


def placeholder(leaf: Any) -> Any:
    """What stands for a leaf where its variable has no value: zeros of its dtype."""
    if not is_tensor_like(leaf):
        return leaf
    tensor = to_tensor(leaf)
    sizes = tuple([n or 0 for n in tensor.sizes or ()])
    if tensor.dtype == dtypes.string:
        return to_tensor(np.full(sizes, b"", object))
    if tensor.dtype == dtypes.resource:
        raise InvalidArgumentError(
            "tf.function expected a variable that is chosen by a tensor to be read there. "
            f"Received: {described(leaf)}"
        )
    return to_tensor(np.zeros(sizes, tensor.dtype.numpy))
