"""Sums of products over labeled axes: `einsum` and `tensordot`.

Two operands are contracted by transposing, reshaping and one matrix product, so that gradients
and tracing are those of these operations (`contracting.py`). The order in which more are contracted
comes from opt_einsum, which is imported here only; without it they are taken from left to right.
What is to be done is found out once for each equation and shapes.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import import_module
from typing import Any

import numpy as np

from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.core.shapes import TensorShape
from eagre.core.tensor import EagerTensor, Tensor
from eagre.ops.axes import array_of, axes_of
from eagre.ops.contracting import Contraction, Step, Term, moving, reducing
from eagre.ops.selection import same_dtype
from eagre.primitives.families import NUMBERS
from eagre.primitives.rearrangement import normalized_axis

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
    sizes = tuple([x.sizes for x in operands])
    is_usual = optimize is None or isinstance(optimize, str)
    return _done((_steps if is_usual else _steps.__wrapped__)(equation, sizes, optimize), operands)


def _as_operands(inputs: Any) -> list[Any]:
    if len(inputs) == 1 and isinstance(inputs[0], list | tuple):
        inputs = inputs[0]
    if all(x.__class__ is EagerTensor for x in inputs):
        arrays = [x.array for x in inputs]
        dtypes = {array.dtype for array in arrays}
        if len(dtypes) == 1 and dtypes.pop().kind in "iufc":
            return [*inputs]
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


def _check_sizes(sizes: Any, labels: Any) -> None:
    """A label has one size; the axes of an ellipsis may have size 1."""
    known: dict[Any, int] = {}
    for number, (shape, own) in enumerate(zip(sizes, labels, strict=True)):
        for label, size in zip(own, shape, strict=True):
            if size is None or (isinstance(label, int) and size == 1):
                continue
            if known.setdefault(label, size) != size:
                what = "an axis of '...'" if isinstance(label, int) else f"the label {label!r}"
                raise InvalidArgumentError(
                    f"einsum expected {what} to have size {known[label]} everywhere. "
                    f"Received: inputs[{number}].shape={TensorShape.of(shape)}"
                )


# What is to be done ---------------------------------------------------------------------------

Numbered = tuple[int, Term]
"""The number of a value, operands first and then what each step makes, and what is known of it."""


@lru_cache(maxsize=1024)
def _steps(equation: str, sizes: Any, optimize: Any) -> list[tuple[tuple[int, ...], Step]]:
    """The steps: the numbers of the values that each takes, and the function that it calls."""
    labels, output, kept = _parse(equation, tuple(map(len, sizes)))
    _check_sizes(sizes, labels)
    steps: list[tuple[tuple[int, ...], Step]] = []

    def numbered(number: int, functions: list[Step], term: Term) -> Numbered:
        for function in functions:
            steps.append(((number,), function))
            number = len(sizes) + len(steps) - 1
        return number, term

    terms: list[Numbered] = []
    for number, (own, shape, wanted) in enumerate(zip(labels, sizes, kept, strict=True)):
        terms.append(numbered(number, *reducing(Term(tuple(own), shape), wanted)))
    for picked in _path([term for _, term in terms], output, optimize):
        group = [terms[place] for place in picked]
        terms = [term for place, term in enumerate(terms) if place not in picked]
        product = group[0]
        for place, other in enumerate(group[1:], start=2):
            rest = (*group[place:], *terms)
            needed = set(output).union(*[term.labels for _, term in rest])
            contraction = Contraction(product[1], other[1], needed, () if rest else output)
            steps.append(((product[0], other[0]), contraction))
            product = len(sizes) + len(steps) - 1, contraction.result
        terms.append(product)
    last = numbered(terms[0][0], *reducing(terms[0][1], set(output)))
    numbered(last[0], *moving(last[1], output))
    return steps


def _done(steps: Any, operands: Any) -> Any:
    """The value of the last step, or the only operand."""
    values = [*operands]
    for numbers, function in steps:
        values.append(function(*[values[number] for number in numbers]))
    return values[-1]


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
    for label in [*[label for own, _ in terms for label in own], *output]:
        names.setdefault(label, opt_einsum.get_symbol(len(names)))
    left, right = [
        ",".join("".join(names[label] for label in own) for own in part)
        for part in ([own for own, _ in terms], [output])
    ]
    sizes = dict.fromkeys(names, _NOMINAL)
    if optimize is not None:
        known = [pair for own, known in terms for pair in zip(own, known, strict=True)]
        sizes |= {label: n for label, n in known if n == 1} | {
            label: n for label, n in known if n not in (1, None)
        }
    shapes = [tuple(sizes[label] for label in own) for own, _ in terms]
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
    sizes = a.sizes, b.sizes
    if None in sizes:
        key = "a" if sizes[0] is None else "b"
        raise ValueError(f"tensordot expected tensors of known rank. Received: {key} without")
    axes_of_both = _axes_to_join(len(a.sizes), len(b.sizes), axes)
    return _done(_joining(*sizes, *axes_of_both), (a, b))


@lru_cache(maxsize=1024)
def _joining(a: Any, b: Any, of_a: Any, of_b: Any) -> list[tuple[tuple[int, ...], Step]]:
    """The steps for shapes and the axes that are joined: the labels are numbers of axes."""
    for i, j in zip(of_a, of_b, strict=True):
        if None not in (a[i], b[j]) and a[i] != b[j]:
            raise InvalidArgumentError(
                f"tensordot expected axis {i} of a and axis {j} of b to have one size. "
                f"Received: a.shape={TensorShape.of(a)}, b.shape={TensorShape.of(b)}"
            )
    joined = dict(zip(of_b, of_a, strict=True))
    left = tuple(range(len(a)))
    right = tuple([joined.get(axis, len(a) + axis) for axis in range(len(b))])
    output = [n for n in left if n not in right] + [n for n in right if n not in left]
    contraction = Contraction(Term(left, a), Term(right, b), set(output), output)
    functions, _ = moving(contraction.result, output)
    return [((0, 1), contraction), *[((2,), function) for function in functions]]


def _axes_to_join(a: int, b: int, axes: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The axes of tensors of ranks `a` and `b`."""
    if axes.__class__ is int or isinstance(axes, int | np.integer):
        if not 0 <= axes <= min(a, b):
            raise ValueError(
                f"tensordot expected axes from 0 to {min(a, b)}, the smaller rank. "
                f"Received: axes={axes}"
            )
        return tuple(range(a - int(axes), a)), tuple(range(int(axes)))
    if isinstance(axes, Tensor):
        axes = array_of(axes, "axes").tolist()
    if not isinstance(axes, list | tuple | np.ndarray) or len(axes) != 2:
        raise ValueError(
            "tensordot expected a number of axes, or a list for each tensor. "
            f"Received: axes={axes!r}"
        )
    found = [
        [normalized_axis(axis, rank, "tensordot") for axis in axes_of(each)]
        for rank, each in ((a, axes[0]), (b, axes[1]))
    ]
    if len(found[0]) != len(found[1]) or any(len(set(each)) < len(each) for each in found):
        raise ValueError(
            "tensordot expected as many axes of a as of b, each once. "
            f"Received: axes={axes!r}"
        )
    return tuple(found[0]), tuple(found[1])
