"""Assertions about ranks, shapes and dtypes: at once where they are known, else in the graph."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.python_numbers import described
from eagre.core.tensor import EagerTensor, Tensor
from eagre.debugging.assertions import demand, worded
from eagre.ops import math
from eagre.ops.inspecting import get_static_value
from eagre.ops.joining import concat
from eagre.ops.reductions import reduce_any
from eagre.ops.shaping import rank as rank_of
from eagre.ops.shaping import shape as shape_of

_LEADING = (..., "*")
_OPEN = (None, ".")


def assert_rank(x: Any, rank: Any, message: Any = None, name: str | None = None) -> None:
    """An error unless the tensor has the rank.

    Raises:
        ValueError: the rank is known to be another.
        InvalidArgumentError: it turns out to be another when the graph runs.

    >>> tf.debugging.assert_rank([[1, 2]], 2)
    """
    _demand_rank("assert_rank", x, [rank], f"rank {_shown(rank)}", math.equal, message)


def assert_rank_at_least(x: Any, rank: Any, message: Any = None, name: str | None = None) -> None:
    """An error unless the tensor has the rank, or a higher one.

    >>> tf.debugging.assert_rank_at_least([[1, 2]], 1)
    """
    text = f"at least rank {_shown(rank)}"
    _demand_rank("assert_rank_at_least", x, [rank], text, math.greater_equal, message)


def assert_rank_in(x: Any, ranks: Any, message: Any = None, name: str | None = None) -> None:
    """An error unless the tensor has one of the ranks.

    >>> tf.debugging.assert_rank_in([[1, 2]], (1, 2))
    """
    is_list = isinstance(ranks, list | tuple | range | set | frozenset | np.ndarray | EagerTensor)
    several = list(ranks) if is_list else []
    if not several:
        raise (ValueError if is_list else TypeError)(
            f"assert_rank_in expected several ranks. Received: ranks={ranks!r}"
        )
    text = f"rank {' or '.join(map(_shown, several))}"
    _demand_rank("assert_rank_in", x, several, text, math.equal, message)


def _shown(rank: Any) -> str:
    value = get_static_value(rank)
    return "as given" if value is None else str(value)


def _demand_rank(
    name: str, x: Any, ranks: list[Any], expectation: str, compare: Any, message: Any
) -> None:
    """Demand that the rank compares well with one of `ranks`."""
    x = to_tensor(x, name=name)
    wanted = [_as_rank(each, name) for each in ranks]
    text = worded(f"{name} expected a tensor of {expectation}", message)
    known = [get_static_value(each) for each in wanted]
    if x.ndim is None or any(each is None for each in known):
        found = rank_of(x)
        holds = reduce_any([compare(found, each) for each in wanted])
        unknown = [each for each, value in zip(wanted, known, strict=True) if value is None]
        labels = ("x.shape=", *["rank="] * len(unknown))
        demand(holds, (shape_of(x), *unknown), text, labels, -1)
    elif not any(_COMPARED[compare](x.ndim, int(each)) for each in known):
        raise ValueError(f"{text} Received: x.shape={x.shape}, of rank {x.ndim}")


_COMPARED: dict[Any, Any] = {math.equal: operator.eq, math.greater_equal: operator.ge}


def _as_rank(rank: Any, name: str) -> Any:
    tensor = to_tensor(rank, name=name)
    if tensor.dtype != dtypes.int32:
        raise TypeError(f"{name} expected an int32 rank. Received: dtype={tensor.dtype.name}")
    if tensor.sizes != ():
        raise ValueError(f"{name} expected a scalar rank. Received: rank={described(rank)}")
    return tensor


def assert_scalar(tensor: Any, message: Any = None, name: str | None = None) -> None:
    """An error unless the tensor has no axes.

    Raises:
        ValueError: the shape is another one, or is not known while a graph is traced.

    >>> tf.debugging.assert_scalar(3.0)
    """
    x = to_tensor(tensor, name="assert_scalar")
    if x.sizes != ():
        text = worded("assert_scalar expected a tensor of shape ()", message)
        raise ValueError(f"{text} Received: tensor.shape={x.shape}")


# Dtypes ---------------------------------------------------------------------------------------


def assert_integer(x: Any, message: Any = None, name: str | None = None) -> None:
    """An error unless the dtype is one of integers.

    >>> tf.debugging.assert_integer([1, 2])
    """
    x = to_tensor(x, name="assert_integer")
    if not x.dtype.is_integer:
        text = worded("assert_integer expected a tensor of integers", message)
        raise TypeError(f"{text} Received: dtype={x.dtype.name}")


def assert_type(
    tensor: Any, tf_type: Any, message: Any = None, name: str | None = None
) -> None:
    """An error unless the tensor has the dtype.

    >>> tf.debugging.assert_type(1.0, tf.float32)
    """
    wanted = dtypes.as_dtype(tf_type)
    found = getattr(tensor, "dtype", None) if hasattr(tensor, "__composite__") else None
    if found is None:
        found = to_tensor(tensor, name="assert_type").dtype
    if found != wanted:
        text = worded(f"assert_type expected a tensor of dtype {wanted.name}", message)
        raise TypeError(f"{text} Received: dtype={found.name}")


def assert_same_float_dtype(tensors: Any = None, dtype: Any = None) -> Any:
    """The one floating-point dtype of the tensors, or float32 where there are none.

    Raises:
        ValueError: dtypes differ, or are not floating-point.

    >>> tf.debugging.assert_same_float_dtype([tf.constant(1.0), tf.constant([2.0])])
    tf.float32
    """
    name = "assert_same_float_dtype"
    wanted = None if dtype is None else dtypes.as_dtype(dtype)
    found = [to_tensor(each, name=name).dtype for each in tensors or () if each is not None]
    every = [*([] if wanted is None else [wanted]), *found] or [dtypes.float32]
    if any(each != every[0] for each in every):
        names = ", ".join(each.name for each in every)
        raise ValueError(f"{name} expected tensors of one dtype. Received: dtypes {names}")
    if not every[0].is_floating:
        raise ValueError(f"{name} expected floating-point numbers. Received: dtype={every[0].name}")
    return every[0]


def assert_proper_iterable(values: Any) -> None:
    """An error unless `values` can be iterated and is no tensor, array or string.

    >>> tf.debugging.assert_proper_iterable([1, 2])
    """
    is_value = isinstance(values, Tensor | np.ndarray | str | bytes) or hasattr(
        values, "__composite__"
    )
    if is_value or not hasattr(values, "__iter__"):
        raise TypeError(
            "assert_proper_iterable expected a list, tuple, dictionary or the like. "
            f"Received: {described(values)}"
        )


def is_numeric_tensor(tensor: Any) -> bool:
    """Whether it is a tensor of numbers.

    >>> tf.debugging.is_numeric_tensor(tf.constant(1)), tf.debugging.is_numeric_tensor(1)
    (True, False)
    """
    return isinstance(tensor, Tensor) and tensor.dtype.is_numeric


# Shapes with symbols --------------------------------------------------------------------------


def assert_shapes(
    shapes: Any,
    data: Any = None,
    summarize: Any = None,
    message: Any = None,
    name: str | None = None,
) -> None:
    """An error unless the tensors have the shapes, in which a symbol stands for one size.

    Args:
        shapes: pairs of a tensor and a shape: a sequence of sizes, of symbols, each of which has
            to be of one size throughout, and of None or "." for any size. A first entry `...` or
            "*" stands for any number of axes. A scalar passes for a vector of one element. The
            shape None demands nothing.

    Raises:
        ValueError: shapes that are known do not fit.
        InvalidArgumentError: shapes do not fit that are known when the graph runs.

    >>> x, y = tf.ones([5, 3]), tf.ones([5])
    >>> tf.debugging.assert_shapes([(x, ("N", "D")), (y, ("N",))])
    >>> tf.debugging.assert_shapes([(x, ("N", "N"))])
    Traceback (most recent call last):
        ...
    ValueError: assert_shapes expected size 5 in axis 1, the size of 'N'.
    Received: shape=(5, 3)
    """
    found: dict[Any, Any] = {}
    extra = [to_tensor(each, name="assert_shapes(data)") for each in _several("data", data or ())]
    for value, shape in _pairs(shapes):
        x = to_tensor(value, name="assert_shapes")
        if shape is None:
            continue
        entries = _entries(shape)
        is_open = bool(entries) and entries[0] in _LEADING
        entries = entries[1:] if is_open else entries or [1]
        _check_axes(x, len(entries), is_open, message)
        for position, entry in enumerate(entries, -len(entries)):
            if entry not in _OPEN:
                _check_size(x, position, entry, found, (message, extra, summarize))


def _pairs(shapes: Any) -> list[Any]:
    """The tensors with their shapes."""
    pairs = list(shapes.items()) if isinstance(shapes, dict) else _several("shapes", shapes)
    if not all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in pairs):
        raise ValueError(
            f"assert_shapes expected pairs of a tensor and a shape. Received: {pairs!r:.80}"
        )
    return pairs


def _several(argument: str, values: Any) -> list[Any]:
    if not hasattr(values, "__iter__"):
        raise TypeError(
            f"assert_shapes expected a list of {argument}. "
            f"Received: {argument}={described(values)}"
        )
    return list(values)


def _entries(shape: Any) -> list[Any]:
    """The parts of a shape; a size in digits becomes a number."""
    if not hasattr(shape, "__iter__"):
        raise ValueError(
            f"assert_shapes expected a shape that is a sequence. Received: {described(shape)}"
        )
    entries = [_entry(each) for each in shape]
    if any(each in _LEADING for each in entries[1:]):
        raise ValueError(
            f"assert_shapes expected ... or '*' only as the first entry. Received: shape={shape!r}"
        )
    return entries


def _entry(entry: Any) -> Any:
    if isinstance(entry, Tensor):
        raise ValueError(
            f"assert_shapes expected sizes that are numbers or symbols. Received: {entry!r}"
        )
    return int(entry) if isinstance(entry, str) and entry.isdecimal() else entry


def _check_axes(x: Any, count: int, is_open: bool, message: Any) -> None:
    """Demand the number of axes that the entries have; a scalar passes for a vector."""
    text = f"assert_shapes expected a tensor of {'at least ' if is_open else ''}rank {count}"
    text = worded(text, message)
    if count < 2 and is_open:
        return
    if x.ndim is None:
        axes = rank_of(x)
        enough = axes >= count if is_open else axes <= 1 if count < 2 else math.equal(axes, count)
        demand(enough, (shape_of(x),), text, ("shape=",), -1)
        return
    fits = x.ndim >= count if is_open else x.ndim in ((0, 1) if count < 2 else (count,))
    if not fits:
        raise ValueError(f"{text} Received: shape={x.shape}")


def _check_size(x: Any, position: int, entry: Any, found: dict[Any, Any], more: Any) -> None:
    """Demand a size in the axis at `position`, counted from the end."""
    message, extra, summarize = more
    size = _size(x, position)
    is_number = isinstance(entry, int | np.integer)
    expected = found.setdefault(entry, size) if not is_number else int(entry)
    if expected is size:
        return
    axis = position if x.ndim is None else max(x.ndim, -position) + position
    both = isinstance(size, int) and isinstance(expected, int)
    if both and size == expected:
        return
    origin = "" if is_number else f", the size of {entry!r}"
    wanted = f"size {expected}" if isinstance(expected, int) else "the same size"
    text = worded(f"assert_shapes expected {wanted} in axis {axis}{origin}", message)
    if both:
        raise ValueError(f"{text} Received: shape={x.shape}")
    labels = ("shape=", *[f"data[{i}]=" for i in range(len(extra))])
    demand(math.equal(size, expected), (shape_of(x), *extra), text, labels, summarize)


def _size(x: Any, position: int) -> Any:
    """The size of an axis counted from the end: a number if it is known; 1 beyond the first."""
    if x.sizes is not None:
        size = x.sizes[position] if -position <= len(x.sizes) else 1
        return shape_of(x)[position] if size is None else size
    return concat([[1], shape_of(x)], 0)[position]
