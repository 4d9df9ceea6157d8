"""Sums of products over labeled axes: `einsum` and `tensordot`.

Two operands are contracted by transposing, reshaping and one matrix product, so that gradients
and tracing are those of these operations. The order in which more are contracted comes from
opt_einsum, which is imported here only; without it they are taken from left to right.
"""

from __future__ import annotations

import re
from math import prod
from types import SimpleNamespace
from typing import Any

import numpy as np

from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.core.tensor import EagerTensor, Tensor
from eagre.ops.selection import same_dtype
from eagre.ops.shaping import as_shape
from eagre.primitives import arithmetic, reductions
from eagre.primitives.contraction import matmul
from eagre.primitives.diagonals import diag_part
from eagre.primitives.families import NUMBERS, shape_of
from eagre.primitives.rearrangement import normalized_axis, reshape, transpose

_FORM = re.compile(r"(?:[a-zA-Z]*(?:\.\.\.)?[a-zA-Z]*)(?:,[a-zA-Z]*(?:\.\.\.)?[a-zA-Z]*)*"
                   r"(?:->[a-zA-Z]*(?:\.\.\.)?[a-zA-Z]*)?")
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
    labels, output = _parse(equation, operands)
    terms = [_reduced(x, own, labels, output) for x, own in _with_numbers(operands, labels)]
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


def _parse(equation: Any, operands: list[Any]) -> tuple[list[list[Any]], list[Any]]:
    """The labels of each operand and of the output."""
    if not isinstance(equation, str):
        raise TypeError(f"einsum expected an equation in a string. Received: {equation!r}")
    text = equation.replace(" ", "")
    if not _FORM.fullmatch(text):
        raise ValueError(
            "einsum expected labels (letters), at most one '...' for each operand, commas and '->'. "
            f"Received: equation={equation!r}"
        )
    left, arrow, right = text.partition("->")
    parts = left.split(",")
    if len(parts) != len(operands):
        raise ValueError(
            f"einsum expected {len(parts)} operands for the equation {equation!r}. "
            f"Received: {len(operands)}"
        )
    labels = [_expanded(part, x, number, equation)
              for number, (part, x) in enumerate(zip(parts, operands, strict=True))]
    dots = min((each for own in labels for each in own if isinstance(each, int)), default=0)
    ellipsis = list(range(dots, 0))
    letters = [c for c in left if c.isalpha()]
    if arrow:
        return labels, _output_labels(right, letters, ellipsis, equation)
    return labels, ellipsis + sorted(c for c in set(letters) if letters.count(c) == 1)


def _expanded(part: str, x: Any, number: int, equation: str) -> list[Any]:
    before, dots, after = part.partition("...")
    count = x.ndim - len(before) - len(after)
    if count < 0 or (count and not dots):
        raise InvalidArgumentError(
            f"einsum expected a tensor of rank {len(before + after)} for {part!r} in {equation!r}. "
            f"Received: inputs[{number}].shape={x.shape}"
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


def _with_numbers(operands: Any, labels: Any) -> Any:
    _check_sizes(operands, labels)
    return list(zip(operands, labels, strict=True))


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


def _reduced(x: Any, own: list[Any], labels: Any, output: Any) -> tuple[Any, list[Any]]:
    """Take diagonals, and sum over the labels that stand in this operand only."""
    for label in [each for each in dict.fromkeys(own) if own.count(each) > 1]:
        while own.count(label) > 1:
            x, own = _diagonal(x, own, label)
    others = [each for other in labels for each in set(other)]
    wanted = {label for label in own if label in output or others.count(label) > 1}
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
    row_sizes, column_sizes = sizes[0][len(batch) : x.ndim - len(inner)], sizes[1][x.ndim - len(rows) :]
    if not inner:
        x = _regrouped(x, [*sizes[0], *[1] * len(columns)])
        y = _regrouped(y, [*sizes[1][: len(batch)], *[1] * len(rows), *column_sizes])
        return x * y, batch + rows + columns
    inner_size = _product(sizes[0][x.ndim - len(inner) :])
    x = _regrouped(x, [*sizes[0][: len(batch)], _product(row_sizes), inner_size])
    y = _regrouped(y, [*sizes[1][: len(batch)], inner_size, _product(column_sizes)])
    result = matmul(x, y)
    result = _regrouped(result, [*_sizes(result)[: len(batch)], *row_sizes, *column_sizes])
    return result, batch + rows + columns


def _sizes(x: Any) -> list[Any]:
    """The sizes of a tensor: ints where they are known, scalar tensors elsewhere."""
    shape = shape_of(x)
    if shape.__class__ is tuple:
        return list(shape)
    return [shape[axis] if size is None else size for axis, size in enumerate(x.sizes)]


def _product(sizes: list[Any]) -> Any:
    return prod(sizes)


def _regrouped(x: Any, sizes: list[Any]) -> Any:
    shape = as_shape(tuple(sizes), "einsum")
    return x if shape == x.sizes and shape.__class__ is tuple else reshape(x, shape)


# The order of several -------------------------------------------------------------------------


def _path(terms: Any, output: Any, optimize: Any) -> list[tuple[int, ...]]:
    """Which terms to contract in each step; the result becomes the last term."""
    if len(terms) < 2:
        return []
    if len(terms) == 2:
        return [(0, 1)]
    in_order = [(0, 1), *[(0, len(terms) - 1 - step) for step in range(1, len(terms) - 1)]]
    return in_order
