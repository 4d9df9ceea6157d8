"""Records of eagre/primitives/reductions.py and contraction.py."""

import functools
import operator

import numpy as np

from eagre.core import dtypes
from eagre.primitives import contraction, counts, reductions, squares
from tests.primitives.record import (
    BOOL,
    EVERYTHING,
    FLOATS,
    INEXACT,
    NUMBERS,
    REALS,
    Record,
    fixed,
    of,
    positive,
    rough,
    sample,
    wide,
)

AXES = [
    sample(of(2, 3), axis=None, keepdims=False),
    sample(of(2, 3), axis=(0,), keepdims=False),
    sample(of(2, 3, 2), axis=(-1, 0), keepdims=True),
    sample(of(2, 3, 2), axis=(2, 0), keepdims=False),
    sample(of(2, 3), axis=None, keepdims=True),
    sample(of(2, 3), axis=(), keepdims=False),
    sample(of(), axis=None, keepdims=False),
    sample(of(), axis=(), keepdims=True),
    sample(of(2, 1), axis=(-1,), keepdims=False),
    sample(of(0, 3), axis=(0,), keepdims=False),
    sample(of(0, 3), axis=(1,), keepdims=False),
]
LARGE = [
    rough(of(33, 65), axis=(0,), keepdims=False),
    rough(of(33, 65), axis=(1,), keepdims=True),
    rough(of(33, 65), axis=None, keepdims=False),
]
TIES = rough(fixed([[1, 2, 2], [2, 2, 0]], None), axis=(1,), keepdims=False)
NANS = rough(fixed([[1, np.nan], [2, 3]], None), axis=(1,), keepdims=False).but(dtypes=FLOATS)
FACTORS = [
    *AXES,
    rough(fixed([[0, 2, 3], [0, 0, 2]], None), axis=(1,), keepdims=False),
    rough(positive(3, 7), axis=(0,), keepdims=False),
]
PLACES = [
    rough(of(2, 3), axis=axis, dtype=dtype)
    for axis in (0, 1, -1)
    for dtype in (dtypes.int32, dtypes.int64)
]
PLACES += [
    rough(of(3), axis=0, dtype=dtypes.int64),
    rough(of(0, 2), axis=1, dtype=dtypes.int64),
    rough(fixed([0, 1, 1, 0], None), axis=0, dtype=dtypes.int64),
    rough(fixed([1, np.nan, 3], None), axis=0, dtype=dtypes.int64).but(dtypes=FLOATS),
    rough(fixed([np.nan, np.nan], None), axis=0, dtype=dtypes.int64).but(dtypes=FLOATS),
]
RUNNING = [
    sample(of(2, 3), axis=axis, exclusive=exclusive, reverse=backwards)
    for axis in (0, -1)
    for exclusive in (False, True)
    for backwards in (False, True)
]
RUNNING += [
    sample(of(0, 2), axis=0, exclusive=True, reverse=False),
    sample(of(1), axis=0, exclusive=True, reverse=True),
]
LONG = [
    rough(of(9, 37), axis=0, exclusive=False, reverse=False),
    rough(of(9, 37), axis=1, exclusive=True, reverse=True),
]


def fold(function, first):
    """A reduction that joins one element after the other, by Python."""

    def reference(x, *, axis, keepdims):
        axes = range(x.ndim) if axis is None else [each % x.ndim for each in axis]
        shape = [1 if i in axes else n for i, n in enumerate(x.shape)]
        start = first(x.dtype) if callable(first) else first
        result = np.empty(shape, object)
        result[...] = start
        for place in np.ndindex(*x.shape):
            target = tuple(0 if i in axes else n for i, n in enumerate(place))
            result[target] = function(result[target], x[place])
        if keepdims:
            return result
        return result.reshape([n for i, n in enumerate(x.shape) if i not in axes])

    return reference


def extremum(function, of_floats, of_integers):
    """A reduction to the largest or smallest: NaN wins."""

    def first(dtype):
        return of_integers(dtype) if dtype.kind in "iu" else of_floats

    def join(a, b):
        if a != a or b != b:
            return np.nan
        return function(a, b)

    return fold(
        lambda a, b: join(*[each.item() if hasattr(each, "item") else each for each in (a, b)]),
        first,
    )


def place(better):
    """The index of the first of the best elements; NaN counts as the worst number."""
    worst = -np.inf if better is max else np.inf

    def index(vector):
        values = [each.item() if each == each else worst for each in vector]
        return values.index(better(values))

    def reference(x, *, axis, dtype):
        if x.dtype.name == "bfloat16":
            x = x.astype(np.float32)
        moved = np.moveaxis(x, axis, -1)
        flat = moved.reshape(-1, moved.shape[-1])
        return np.array([index(v) for v in flat], np.int64).reshape(moved.shape[:-1])

    return reference


def running(function, neutral):
    """A cumulative reduction in a loop along the axis."""

    def reference(x, *, axis, exclusive, reverse):
        result = np.empty(x.shape, object if x.dtype == object else x.dtype)
        source, target = np.moveaxis(x, axis, 0), np.moveaxis(result, axis, 0)
        total = np.full(source.shape[1:], neutral, result.dtype)
        for i in reversed(range(len(source))) if reverse else range(len(source)):
            if exclusive:
                target[i] = total
            total = function(total, source[i])
            if not exclusive:
                target[i] = total
        return result

    return reference


def mean(x, *, axis, keepdims):
    """The sum over the count; integers are cut towards zero."""
    total = np.add.reduce(x, axis, keepdims=keepdims)
    count = x.size // max(np.size(total), 1)
    if x.dtype == object:
        return np.vectorize(lambda n: int(abs(n) // count) * (1 if n > 0 else -1), [object])(total)
    return total / count


def variance(x, *, axis, keepdims):
    """The mean of the squares of the differences to the mean."""
    difference = x - mean(x, axis=axis, keepdims=True)
    return mean(difference * difference, axis=axis, keepdims=keepdims)


def matmul(a, b, *, transpose_a, transpose_b):
    """The sum of products, written out."""
    a = a.swapaxes(-1, -2) if transpose_a else a
    b = b.swapaxes(-1, -2) if transpose_b else b
    batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    a = np.broadcast_to(a, batch + a.shape[-2:])
    b = np.broadcast_to(b, batch + b.shape[-2:])
    columns = [a[..., i, None] * b[..., i, None, :] for i in range(a.shape[-1])]
    zero = np.zeros((*batch, a.shape[-2], b.shape[-1]), a.dtype)
    return functools.reduce(operator.add, columns, zero)


def product(a, b, transpose_a=False, transpose_b=False):
    """A sample of matmul."""
    return sample(a, b, transpose_a=transpose_a, transpose_b=transpose_b)


PRODUCTS = [
    product(of(2, 3), of(3, 2)),
    product(of(3, 2), of(3, 1), transpose_a=True),
    product(of(1, 3), of(2, 3), transpose_b=True),
    product(of(3, 2), of(1, 3), transpose_a=True, transpose_b=True),
    product(of(2, 2, 3), of(3, 2)),
    product(of(2, 3), of(2, 1, 3, 2)),
    product(of(2, 1, 1, 3), of(2, 3, 2)),
    product(of(2, 3, 2), of(2, 2, 3), transpose_a=True, transpose_b=True),
    product(of(2, 0), of(0, 3)),
    product(of(0, 2), of(2, 3)),
    product(of(17, 33), of(33, 29)).but(is_smooth=False),
    product(of(3, 17, 33), of(29, 33), transpose_b=True).but(is_smooth=False),
]

def summed_product(x, y, sizes=None, *, shape):
    """The products of all pairs of rows, added up along the axes that are to be of size 1."""
    product = matmul(x, y, transpose_a=True, transpose_b=False)
    shape = shape if sizes is None else tuple(sizes.tolist())
    product = product.sum(tuple(range(product.ndim - len(shape))))
    axes = [axis for axis, size in enumerate(shape) if size != product.shape[axis]]
    return product.sum(tuple(axes), keepdims=True)


SUMMED = [
    sample(of(3, 2), of(3, 4), shape=(2, 4)),
    sample(of(2, 3, 2), of(2, 3, 2), shape=(2, 2)),
    sample(of(2, 1, 3, 2), of(2, 2, 3, 1), shape=(2, 2, 1)),
    sample(of(2, 2, 2), of(2, 2, 2), shape=(1, 2, 2)),
    rough(of(0, 3, 2), of(0, 3, 2), shape=(2, 2)),
    rough(of(2, 0, 2), of(2, 0, 3), shape=(2, 3)),
    rough(of(9, 7, 20), of(9, 7, 30), shape=(20, 30)),
    sample(of(2, 3, 2), of(2, 3, 2), fixed([2, 2], "int32"), shape=(None, None)).but(
        has_known_shape=False
    ),
]

EMPTY = [rough(of(0, 3), axis=(0,), keepdims=False).but(dtypes=INEXACT)]

RECORDS = [
    Record(
        reductions.reduce_mean,
        [*[each for each in AXES if each not in AXES[-2:]], *EMPTY, *LARGE],
        wide(mean),
        ulps=8,
        floor=1,
    ),
    Record(
        reductions.reduce_sum,
        [*AXES, *LARGE],
        wide(lambda x, axis, keepdims: np.add.reduce(x, axis, keepdims=keepdims)),
        ulps=8,
        floor=30,
    ),
    Record(
        squares.reduce_sum_of_squares,
        [*AXES, *LARGE],
        wide(lambda x, axis, keepdims: np.add.reduce(x * x, axis, keepdims=keepdims)),
        takes=FLOATS,
        ulps=8,
        floor=1,
    ),
    Record(
        squares.reduce_variance,
        [*[each for each in AXES if each not in AXES[-2:]], *EMPTY, *LARGE],
        wide(variance),
        takes=FLOATS,
        ulps=16,
        floor=1,
    ),
    Record(
        reductions.reduce_prod,
        FACTORS,
        wide(lambda x, axis, keepdims: np.multiply.reduce(x, axis, keepdims=keepdims)),
        ulps=8,
        complex_ulps=16,
        floor=1,
        needs_rank=True,
    ),
    Record(
        reductions.reduce_max,
        [*AXES, *LARGE, TIES, NANS],
        extremum(max, -np.inf, lambda dtype: int(np.iinfo(dtype).min)),
        takes=REALS,
    ),
    Record(
        reductions.reduce_min,
        [*AXES, *LARGE, TIES, NANS],
        extremum(min, np.inf, lambda dtype: int(np.iinfo(dtype).max)),
        takes=REALS,
    ),
    Record(reductions.reduce_any, AXES, fold(lambda a, b: a or bool(b), False), takes=BOOL),
    Record(reductions.reduce_all, AXES, fold(lambda a, b: a and bool(b), True), takes=BOOL),
    Record(
        counts.count_nonzero,
        [
            *AXES,
            rough(fixed([[0, 1, 2], [3, 0, 0]], None), axis=None, keepdims=False),
            rough(fixed([[0, 1, 2], [3, 0, 0]], None), axis=(-1,), keepdims=True),
        ],
        lambda x, axis, keepdims: np.sum(x.astype(bool), axis, np.int64, keepdims=keepdims),
        takes=EVERYTHING,
        gives="int64",
    ),
    Record(reductions.argmax, PLACES, place(max), takes=REALS + BOOL, gives="param"),
    Record(reductions.argmin, PLACES, place(min), takes=REALS + BOOL, gives="param"),
    Record(
        reductions.cumulative_sum, [*RUNNING, *LONG], wide(running(np.add, 0)), ulps=40, floor=1
    ),
    Record(
        reductions.cumulative_product,
        [*RUNNING, rough(positive(2, 9), axis=1, exclusive=False, reverse=False)],
        wide(running(np.multiply, 1)),
        ulps=8,
        complex_ulps=16,
    ),
    Record(
        contraction.matmul_primitive,
        PRODUCTS,
        wide(matmul),
        takes=NUMBERS,
        ulps=4,
        floor=20,
    ),
    Record(
        contraction.summed_product,
        SUMMED,
        wide(summed_product),
        takes=NUMBERS,
        fits_by_construction=True,
        ulps=4,
        floor=100,
    ),
    Record(
        contraction.dot_primitive,
        [
            *[sample(of(*shape), of(shape[-1])) for shape in ((3,), (2, 3), (2, 1, 4), (1, 1))],
            *[rough(of(*shape), of(shape[-1])) for shape in ((0,), (3, 0), (0, 3), (2, 2, 2, 3))],
            rough(of(40, 30), of(30)),
        ],
        wide(lambda a, b: np.sum(a * b, -1)),
        takes=NUMBERS,
        ulps=4,
        floor=20,
    ),
]
