"""Terms whose axes have labels: diagonals, sums and products of two, found out before they run.

What is to be done depends on labels and sizes only. Sizes that are unknown then are asked for when
it runs, in a trace.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import prod
from typing import Any, NamedTuple

from eagre.ops.shaping import as_shape
from eagre.primitives import reductions
from eagre.primitives.contraction import dot, matmul
from eagre.primitives.diagonals import diag_part
from eagre.primitives.families import shape_of
from eagre.primitives.rearrangement import reshape, transpose


class Term(NamedTuple):
    """The label of each axis of a tensor, and its size, None where that is unknown."""

    labels: tuple[Any, ...]
    sizes: tuple[Any, ...]

    def of(self, axes: Any) -> Term:
        """The term of some of the axes, in another order."""
        return Term(
            tuple([self.labels[axis] for axis in axes]), tuple([self.sizes[axis] for axis in axes])
        )


Step = Callable[..., Any]


def moving(term: Term, order: Any) -> tuple[list[Step], Term]:
    """Bring the axes into the order of labels."""
    if term.labels == tuple(order):
        return [], term
    perm = tuple([term.labels.index(label) for label in order])
    return [partial(transpose.door, perm=perm)], term.of(perm)


def reducing(term: Term, wanted: Any) -> tuple[list[Step], Term]:
    """Take diagonals, and sum over the labels that are not wanted."""
    steps: list[Step] = []
    while len(set(term.labels)) < len(term.labels):
        own = term.labels
        label = next(label for label in own if own.count(label) > 1)
        first = own.index(label)
        second = own.index(label, first + 1)
        rest = [axis for axis in range(len(own)) if axis not in (first, second)]
        steps.append(partial(transpose.door, perm=(*rest, first, second)))
        steps.append(partial(diag_part, k=0))
        size = term.sizes[first] if term.sizes[first] is not None else term.sizes[second]
        term = term.of(rest)
        term = Term((*term.labels, label), (*term.sizes, size))
    axes = tuple([axis for axis, label in enumerate(term.labels) if label not in wanted])
    if axes:
        steps.append(partial(reductions.reduce_sum.door, axis=axes, keepdims=False))
        term = term.of([axis for axis in range(len(term.labels)) if axis not in axes])
    return steps, term


class Contraction:
    """The product of two terms, summed over the labels that are not needed any more.

    Labels of both that are needed are a batch of products; the others are rows of the first,
    columns of the second, and inner labels. `order` is that in which the result is wanted.
    """

    def __init__(self, a: Term, b: Term, needed: Any, order: Any) -> None:
        shared = [label for label in a.labels if label in b.labels]
        self.batch = [label for label in shared if label in needed]
        self.inner = [label for label in shared if label not in needed]
        rows = [label for label in a.labels if label not in shared]
        columns = [label for label in b.labels if label not in shared]
        self.is_swapped = bool(self.inner) and tuple(order) == (*self.batch, *columns, *rows)
        if self.is_swapped:
            a, b, rows, columns = b, a, columns, rows
        self.rows, self.columns = rows, columns
        self.to_a, self.a, self.begins_a = self._moved(a, rows)
        self.to_b, self.b, self.begins_b = self._moved(b, columns)
        self.result = self._result()
        self.vector = self._vector()
        self.known = None
        if None not in (*a.sizes, *b.sizes):
            left, right, rest = self._shapes(self.a.sizes, self.b.sizes)
            self.known = left, right, None if rest is None else self.result.sizes

    def _moved(self, term: Term, free: list[Any]) -> tuple[list[Step], Term, bool]:
        """The axes as a product of matrices takes them, and whether the inner ones come first.

        Where they have to be moved, the last axis stays the last: BLAS takes rows that lie whole.
        """
        inner_last = (*self.batch, *free, *self.inner)
        inner_first = (*self.batch, *self.inner, *free)
        is_first = term.labels != inner_last and (
            term.labels == inner_first or term.labels[-1] in free
        )
        return *moving(term, inner_first if is_first else inner_last), is_first

    def _result(self) -> Term:
        sizes = dict(zip(self.b.labels, self.b.sizes, strict=True))
        for label, size in zip(self.a.labels, self.a.sizes, strict=True):
            if label not in sizes or size not in (1, None):
                sizes[label] = size
        labels = (*self.batch, *self.rows, *self.columns)
        return Term(labels, tuple([sizes[label] for label in labels]))

    def _vector(self) -> str:
        """Which term is a vector, if the other has its inner axes last; empty if none is."""
        if self.inner and not self.batch:
            if not self.columns and (not self.begins_a or not self.rows):
                return "b"
            if not self.rows and (not self.begins_b or not self.columns):
                return "a"
        return ""

    def _shapes(self, a: Any, b: Any) -> tuple[Any, Any, Any]:
        """The shapes for the product, None for those that are there, and that of its result."""
        lead = len(self.batch)
        of_a = dict(zip(self.a.labels, a, strict=True))
        of_b = dict(zip(self.b.labels, b, strict=True))
        rows = [of_a[label] for label in self.rows]
        columns = [of_b[label] for label in self.columns]
        if not self.inner:
            left = (*a, *[1] * len(columns)) if columns else None
            return left, (*b[:lead], *[1] * len(rows), *columns) if rows else None, None
        depth, are_many = prod([of_a[label] for label in self.inner]), len(self.inner) > 1
        if self.vector:
            return ((*rows, depth), (*columns, depth), None) if are_many else (None, None, None)
        left, right = [prod(rows), depth], [depth, prod(columns)]
        left = left[::-1] if self.begins_a else left
        right = right if self.begins_b else right[::-1]
        return (
            (*a[:lead], *left) if are_many or len(rows) != 1 else None,
            (*b[:lead], *right) if are_many or len(columns) != 1 else None,
            (*rows, *columns) if len(rows) != 1 or len(columns) != 1 else None,
        )

    def __call__(self, x: Any, y: Any) -> Any:
        if self.is_swapped:
            x, y = y, x
        for step in self.to_a:
            x = step(x)
        for step in self.to_b:
            y = step(y)
        left, right, shape = self.known or self._shapes(_sizes(x), _sizes(y))
        x, y = _shaped(x, left), _shaped(y, right)
        if not self.inner:
            return x * y
        if self.vector:
            return dot(x, y) if self.vector == "b" else dot(y, x)
        product = matmul(x, y, self.begins_a, not self.begins_b)
        if shape is not None and self.known is None:
            shape = (*_sizes(product)[: len(self.batch)], *shape)
        return _shaped(product, shape)


def _sizes(x: Any) -> list[Any]:
    """The sizes of a tensor: ints where they are known, scalar tensors elsewhere."""
    shape = shape_of(x)
    if shape.__class__ is tuple:
        return list(shape)
    return [shape[axis] if size is None else size for axis, size in enumerate(x.sizes)]


def _shaped(x: Any, sizes: Any) -> Any:
    return x if sizes is None else reshape(x, as_shape(sizes, "einsum"))
