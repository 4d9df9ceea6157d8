"""Sums of products over labeled axes: `einsum` and `tensordot`.

Two operands are contracted by transposing, reshaping and one matrix product, so that gradients
and tracing are those of these operations. The order in which more are contracted comes from
opt_einsum, which is imported here only; without it they are taken from left to right.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import import_module
from math import prod
from typing import Any

import numpy as np

from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.core.tensor import EagerTensor, Tensor
from eagre.ops.axes import axes_of
from eagre.ops.selection import same_dtype
from eagre.ops.shaping import as_shape
from eagre.primitives import reductions
from eagre.primitives.contraction import matmul
from eagre.primitives.diagonals import diag_part
from eagre.primitives.families import NUMBERS, shape_of
from eagre.primitives.rearrangement import normalized_axis, reshape, transpose

_TERM = r"[a-zA-Z]*(?:\.\.\.)?[a-zA-Z]*"
_NOMINAL = 8


def einsum(equation: str, *inputs: Any, **kwargs: Any) -> Any:
    """The sums of products that an equation over axis labels describes.

    A label that is not in the output is summed over, a label twice in one operand takes the
    diagonal, and `...` stands for axes that broadcast. Without `->` the output has the labels
    that occur once, in alphabetical order.

    Args:
        optimize: how opt_einsum chooses the order for three or more operands: "greedy",
            "optimal", "branch-2", "branch-all" or "auto". By default it is greedy and does not
            look at the sizes, so that a traced function rounds as the eager one.

    Raises:
        ValueError: an equation that makes no sense, or does not fit the number of operands.
        InvalidArgumentError: operands whose ranks or sizes do not fit the equation.

    >>> a = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    >>> tf.einsum('ij,jk->ik', a, a).numpy()
    array([[ 7., 10.],
           [15., 22.]], dtype=float32)
    >>> tf.einsum('ii', a).numpy()
    np.float32(5.0)
    """
    optimize = kwargs.pop("optimize", None)
    kwargs.pop("name", None)
    if kwargs:
        raise TypeError(
            f"einsum expected only the keywords name and optimize. Received: {sorted(kwargs)}"
        )
    operands = _as_operands(inputs)
    if not isinstance(equation, str):
        raise TypeError(f"einsum expected an equation in a string. Received: {equation!r}")
    labels, output, kept = _parse(equation, tuple([x.ndim for x in operands]))
    _check_sizes(operands, labels)
    pairs = zip(operands, labels, kept, strict=True)
    terms = [_reduced(x, own, wanted) for x, own, wanted in pairs]
    for picked in _path(terms, output, optimize):
        group = [terms[place] for place in picked]
        terms = [term for place, term in enumerate(terms) if place not in picked]
        product = group[0]
        for number, term in enumerate(group[1:], start=2):
            needed = set(output).union(*[own for _, own in (*group[number:], *terms)])
            product = _contract(product, term, needed)
        terms.append(product)
    x, own = terms[0]
    x, own = _sum_away(x, own, set(output))
    return _arranged(x, own, output)


def _as_operands(inputs: Any) -> list[Any]:
    if len(inputs) == 1 and isinstance(inputs[0], list | tuple):
        inputs = inputs[0]
    tensors = [x for x in inputs if isinstance(x, Tensor) or hasattr(x, "__tensor__")]
    first = to_tensor(tensors[0]) if tensors else None
    operands = [
        to_tensor(x, name="einsum") if first is None else same_dtype(first, x, "einsum")[1]
        for x in inputs
    ]
    for x in operands:
        if x.dtype not in NUMBERS or x.dtype != operands[0].dtype:
            names = ", ".join(each.dtype.name for each in operands)
            raise InvalidArgumentError(
                f"einsum expected numbers of one dtype. Received: dtypes {names}"
            )
        if x.ndim is None:
            raise ValueError("einsum expected tensors of known rank. Received: shape=<unknown>")
    return operands


# The equation ---------------------------------------------------------------------------------
# Labels are letters; the axes of an ellipsis are the numbers -1, -2 ... from the last one on.


@lru_cache(maxsize=1024)
def _parse(equation: str, ranks: tuple[int, ...]) -> tuple[Any, Any, Any]:
    """The labels of each operand, those of the output, and what other terms need of each."""
    text = equation.replace(" ", "")
    if not re.fullmatch(f"{_TERM}(,{_TERM})*(->{_TERM})?", text):
        raise ValueError(
            "einsum expected labels (letters), one '...' for each operand, commas and '->'. "
            f"Received: equation={equation!r}"
        )
    left, arrow, right = text.partition("->")
    parts = left.split(",")
    if len(parts) != len(ranks):
        raise ValueError(
            f"einsum expected {len(parts)} operands for the equation {equation!r}. "
            f"Received: {len(ranks)}"
        )
    labels = [_expanded(part, rank, equation) for part, rank in zip(parts, ranks, strict=True)]
    dots = min((each for own in labels for each in own if isinstance(each, int)), default=0)
    ellipsis = list(range(dots, 0))
    letters = [c for c in left if c.isalpha()]
    single = sorted(c for c in set(letters) if letters.count(c) == 1)
    output = _output_labels(right, letters, ellipsis, equation) if arrow else ellipsis + single
    others = [each for own in labels for each in set(own)]
    kept = [{each for each in own if each in output or others.count(each) > 1} for own in labels]
    return labels, output, kept


def _expanded(part: str, rank: int, equation: str) -> list[Any]:
    before, dots, after = part.partition("...")
    count = rank - len(before) - len(after)
    if count < 0 or (count and not dots):
        raise InvalidArgumentError(
            f"einsum expected a tensor of rank {len(before + after)} for {part!r} in {equation!r}. "
            f"Received: a tensor of rank {rank}"
        )
    return [*before, *range(-count, 0), *after]


def _output_labels(
    right: str, letters: list[str], ellipsis: list[int], equation: str
) -> list[Any]:
    before, dots, after = right.partition("...")
    named = before + after
    unknown = sorted(set(named) - set(letters))
    if unknown or len(set(named)) < len(named):
        raise ValueError(
            "einsum expected an output of labels of the operands, each once. "
            f"Received: {right!r} in {equation!r}"
        )
    if ellipsis and not dots:
        raise InvalidArgumentError(
            "einsum expected '...' in the output, since operands have axes for it. "
            f"Received: {equation!r}"
        )
    return [*before, *ellipsis, *after]


def _check_sizes(operands: Any, labels: Any) -> None:
    """A label has one size; the axes of an ellipsis may have size 1."""
    known: dict[Any, int] = {}
    for number, (x, own) in enumerate(zip(operands, labels, strict=True)):
        for label, size in zip(own, x.sizes, strict=True):
            if size is None or (isinstance(label, int) and size == 1):
                continue
            if known.setdefault(label, size) != size:
                what = "an axis of '...'" if isinstance(label, int) else f"the label {label!r}"
                raise InvalidArgumentError(
                    f"einsum expected {what} to have size {known[label]} everywhere. "
                    f"Received: inputs[{number}].shape={x.shape}"
                )


# One operand ----------------------------------------------------------------------------------


def _reduced(x: Any, own: list[Any], wanted: set[Any]) -> tuple[Any, list[Any]]:
    """Take diagonals, and sum over the labels that no other term or output needs."""
    while len(set(own)) < len(own):
        x, own = _diagonal(x, own, next(label for label in own if own.count(label) > 1))
    return _sum_away(x, own, wanted)


def _diagonal(x: Any, own: list[Any], label: Any) -> tuple[Any, list[Any]]:
    first = own.index(label)
    second = own.index(label, first + 1)
    rest = [axis for axis in range(len(own)) if axis not in (first, second)]
    x = diag_part(transpose(x, perm=(*rest, first, second)), k=0)
    return x, [*[own[axis] for axis in rest], label]


def _sum_away(x: Any, own: list[Any], wanted: set[Any]) -> tuple[Any, list[Any]]:
    axes = tuple(axis for axis, label in enumerate(own) if label not in wanted)
    if not axes:
        return x, own
    x = reductions.reduce_sum(x, axis=axes, keepdims=False)
    return x, [label for label in own if label in wanted]


def _arranged(x: Any, own: list[Any], order: list[Any]) -> Any:
    if own == order:
        return x
    return transpose(x, perm=tuple(own.index(label) for label in order))


# Two operands ---------------------------------------------------------------------------------


def _contract(a: Any, b: Any, needed: set[Any]) -> tuple[Any, list[Any]]:
    """The product of two terms, summed over the labels that are not needed any more."""
    (x, of_x), (y, of_y) = a, b
    shared = [label for label in of_x if label in of_y]
    batch = [label for label in shared if label in needed]
    inner = [label for label in shared if label not in needed]
    rows = [label for label in of_x if label not in shared]
    columns = [label for label in of_y if label not in shared]
    x = _arranged(x, of_x, batch + rows + inner)
    y = _arranged(y, of_y, batch + inner + columns)
    sizes = [_sizes(x), _sizes(y)]
    row_sizes = sizes[0][len(batch) : len(batch) + len(rows)]
    column_sizes = sizes[1][len(batch) + len(inner) :]
    if not inner:
        x = _regrouped(x, [*sizes[0], *[1] * len(columns)])
        y = _regrouped(y, [*sizes[1][: len(batch)], *[1] * len(rows), *column_sizes])
        return x * y, batch + rows + columns
    inner_size = prod(sizes[0][len(batch) + len(rows) :])
    x = _regrouped(x, [*sizes[0][: len(batch)], prod(row_sizes), inner_size])
    y = _regrouped(y, [*sizes[1][: len(batch)], inner_size, prod(column_sizes)])
    result = matmul(x, y)
    result = _regrouped(result, [*_sizes(result)[: len(batch)], *row_sizes, *column_sizes])
    return result, batch + rows + columns


def _sizes(x: Any) -> list[Any]:
    """The sizes of a tensor: ints where they are known, scalar tensors elsewhere."""
    shape = shape_of(x)
    if shape.__class__ is tuple:
        return list(shape)
    return [shape[axis] if size is None else size for axis, size in enumerate(x.sizes)]


def _regrouped(x: Any, sizes: list[Any]) -> Any:
    shape = as_shape(tuple(sizes), "einsum")
    return x if shape.__class__ is tuple and shape == x.sizes else reshape(x, shape)


# The order of several -------------------------------------------------------------------------


def _path(terms: Any, output: Any, optimize: Any) -> list[tuple[int, ...]]:
    """Which terms to contract in each step; the result becomes the last term."""
    if len(terms) <= 2:
        return [(0, 1)] if len(terms) == 2 else []
    try:
        opt_einsum = import_module("opt_einsum")
    except ImportError:
        if optimize is not None:
            raise ImportError(
                "einsum(optimize=...) needs opt_einsum, which cannot be imported. "
                "Install it: python -m pip install opt_einsum"
            ) from None
        return [(0, 1), *[(0, rest) for rest in range(len(terms) - 2, 0, -1)]]
    names: dict[Any, str] = {}
    for label in [*[label for _, own in terms for label in own], *output]:
        names.setdefault(label, opt_einsum.get_symbol(len(names)))
    left, right = [
        ",".join("".join(names[label] for label in own) for own in part)
        for part in ([own for _, own in terms], [output])
    ]
    sizes = dict.fromkeys(names, _NOMINAL)
    if optimize is not None:
        known = [pair for x, own in terms for pair in zip(own, x.sizes, strict=True)]
        sizes |= {label: n for label, n in known if n == 1} | {
            label: n for label, n in known if n not in (1, None)
        }
    shapes = [tuple(sizes[label] for label in own) for _, own in terms]
    kind = "greedy" if optimize is None else optimize
    found: Any = opt_einsum.contract_path(
        f"{left}->{right}", *shapes, shapes=True, optimize=kind
    )
    return found[0]


# Axes by number -------------------------------------------------------------------------------


def tensordot(a: Any, b: Any, axes: Any, name: str | None = None) -> Any:
    """The sum of products over axes of `a` and as many axes of `b`.

    The result has the other axes of a, then those of b.

    Args:
        axes: a number n, for the last n axes of a and the first n of b; or two lists of axes.

    Raises:
        ValueError: axes that are not there, or not as many in both lists.
        InvalidArgumentError: sizes that differ.

    >>> tf.tensordot([[1, 2], [3, 4]], [10, 1], 1).numpy()
    array([12, 34], dtype=int32)
    """
    a, b = same_dtype(a, b, "tensordot")
    for key, x in (("a", a), ("b", b)):
        if x.ndim is None:
            raise ValueError(f"tensordot expected tensors of known rank. Received: {key} without")
    of_a, of_b = _axes_to_join(a, b, axes)
    labels = iter(range(a.ndim, a.ndim + b.ndim))
    left = list(range(a.ndim))
    right = [left[of_a[of_b.index(axis)]] if axis in of_b else next(labels)
             for axis in range(b.ndim)]
    for i, j in zip(of_a, of_b, strict=True):
        if None not in (a.sizes[i], b.sizes[j]) and a.sizes[i] != b.sizes[j]:
            raise InvalidArgumentError(
                f"tensordot expected axis {i} of a and axis {j} of b to have one size. "
                f"Received: a.shape={a.shape}, b.shape={b.shape}"
            )
    output = [n for n in left if n not in right] + [n for n in right if n not in left]
    result, own = _contract((a, left), (b, right), set(output))
    return _arranged(result, own, output)


def _axes_to_join(a: Any, b: Any, axes: Any) -> tuple[list[int], list[int]]:
    if isinstance(axes, int | np.integer):
        if not 0 <= axes <= min(a.ndim, b.ndim):
            raise ValueError(
                f"tensordot expected axes from 0 to {min(a.ndim, b.ndim)}, the smaller rank. "
                f"Received: axes={axes}"
            )
        return list(range(a.ndim - int(axes), a.ndim)), list(range(int(axes)))
    if isinstance(axes, EagerTensor):
        axes = axes.array.tolist()
    if not isinstance(axes, list | tuple | np.ndarray) or len(axes) != 2:
        raise ValueError(
            "tensordot expected a number of axes, or a list for each tensor. "
            f"Received: axes={axes!r}"
        )
    found = [
        [normalized_axis(axis, x.ndim, "tensordot") for axis in axes_of(each)]
        for x, each in ((a, axes[0]), (b, axes[1]))
    ]
    if len(found[0]) != len(found[1]) or any(len(set(each)) < len(each) for each in found):
        raise ValueError(
            "tensordot expected as many axes of a as of b, each once. "
            f"Received: axes={axes!r}"
        )
    return found[0], found[1]
