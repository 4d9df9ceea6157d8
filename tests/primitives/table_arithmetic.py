"""Records of eagre/primitives/adding.py, arithmetic.py and families.py."""

import functools
import math
import operator

import numpy as np

from eagre.core import dtypes
from eagre.primitives import adding, arithmetic, comparison, families, special
from tests.primitives.record import (
    BOOL,
    COMPLEX,
    EVERYTHING,
    FLOATS,
    INEXACT,
    INTEGERS,
    NUMBERS,
    REALS,
    SIGNED,
    STRING,
    Record,
    between,
    each,
    fixed,
    of,
    positive,
    rough,
    sample,
    specials,
    wide,
)

LARGE = rough(of(9, 37), of(37))
PAIRS = [
    sample(of(2, 3), of(2, 3)),
    sample(of(2, 3), of(3)),
    sample(of(2, 1), of(4, 1, 3)),
    sample(of(), of(2)),
    sample(of(), of()),
    sample(of(0, 3), of(1, 3)),
    LARGE,
]
EDGES = rough(specials(9, 1), specials(9)).but(dtypes=REALS)
# Values of the two inputs at which the larger one is not known are no place for differences.
TIES = rough(fixed([1, 2, 2, 0], None), fixed([2, 2, 1, 0], None))
ORDERED = [
    sample(between(1, 2, 2, 3), of(3)),
    sample(of(), between(-4, -3, 2)),
    sample(of(2, 0), of()),
    LARGE,
    TIES,
    EDGES,
    rough(fixed([0.0, -0.0] * 32, None), fixed([-0.0, 0.0] * 32, None)).but(dtypes=FLOATS),
]
ODD = fixed([0.0, -0.0, math.nan, math.inf, -math.inf, 1.5, -7.0] * 1300, None)
BESIDE_MANY = [
    rough(of(95, 97), of()),
    rough(of(), of(97, 95)),
    rough(ODD, fixed(-0.0, None)).but(dtypes=FLOATS),
    rough(fixed(0.0, None), ODD).but(dtypes=FLOATS),
]
SINGLES = [
    sample(of(2, 3)),
    sample(of()),
    sample(of(0, 2)),
    sample(of(1, 2, 1)),
    rough(of(9, 37)),
]
EDGE = rough(specials(3, 3)).but(dtypes=REALS)


def quotient(x, y):
    """IEEE division."""
    if y != 0 or isinstance(y, complex):
        return x / y
    if x == 0 or x != x:
        return math.nan
    return math.copysign(math.inf, x) * math.copysign(1.0, y)


def product(x, y):
    """The product; complex ones by the formula, which Python's own operator uses."""
    return x * y


def power(x, y):
    """Integers by Python, which has no overflow; the rest in extended precision."""
    return x**y if x.dtype == object else np.power(x, y)


def largest(x, y):
    """The larger number; NaN if either is."""
    return x if x != x or x > y or x == y else y


def smallest(x, y):
    """The smaller number; NaN if either is."""
    return x if x != x or x < y or x == y else y


def sign(x):
    """-1, 0 or 1; NaN has no sign."""
    return x if x != x else (x > 0) - (x < 0)


def nearest(x):
    """The nearest integer, halves to even, with the sign of the number."""
    return math.copysign(float(round(x)), x) if math.isfinite(x) else x


def rounded(function):
    """Rounding by Python, which has it for finite numbers only."""
    return lambda x: math.copysign(float(function(x)), x) if math.isfinite(x) else x


def cast(x, *, dtype):
    """Conversion of one Python number."""
    if isinstance(x, complex) and not dtype.is_complex:
        x = x.real
    kind = int if dtype.is_integer else complex if dtype.is_complex else float
    return bool(x) if dtype.is_bool else kind(x)


def sum_to(x, sizes=None, *, shape):
    """Sum what broadcasting repeated."""
    shape = shape if sizes is None else tuple(sizes.tolist())
    lead = x.ndim - len(shape)
    axes = [i for i in range(x.ndim) if i < lead or shape[i - lead] == 1]
    return np.add.reduce(x, tuple(axes), keepdims=True).reshape(shape)


def cast_samples():
    """To every dtype; differences only where the result is as precise as the input."""
    precise = [sample(of(2, 3), dtype=t) for t in (dtypes.float64, dtypes.complex128)]
    others = [
        rough(positive(2, 3), dtype=target)
        for target in map(dtypes.as_dtype, NUMBERS + BOOL)
        if target not in (dtypes.float64, dtypes.complex128)
    ]
    return [*precise, *others, sample(of(), dtype=dtypes.float64), rough(of(0), dtype=dtypes.int8)]


BITS = [rough(of(2, 3), of(3)), rough(of(), of(2)), rough(of(0), of(1)), EDGES.but(dtypes=INTEGERS)]
TRUTHS = [rough(of(4, 5), of(5)), rough(of(), of()), rough(of(0), of(1))]
COMPARED = [*ORDERED, rough(of(2, 2), of(2, 2))]

ADD = [*PAIRS, EDGES]
DIVIDE = [
    sample(of(2, 3), of(3)),
    sample(of(), of(4, 1)),
    sample(of(0), of()),
    LARGE,
    EDGES.but(dtypes=FLOATS),
]
DIVIDE_WHOLE = [
    sample(of(2, 3), positive(3)),
    sample(of(5), between(-5, -4, 5)).but(dtypes=FLOATS + SIGNED),
    sample(of(), positive(2, 1)),
    rough(of(9, 37), positive(37)),
]
POWER = [
    sample(positive(2, 3), positive(3)),
    sample(positive(), of(2)).but(dtypes=INEXACT),
    sample(of(2, 2), fixed([2, 3], None)).but(dtypes=COMPLEX),
    rough(of(2, 3), fixed([0, 1, 2], None)),
    rough(positive(9, 37), positive(37)),
    sample(positive(0, 2), positive()),
]

RECORDS = [
    Record(arithmetic.add, ADD, each(operator.add), takes=NUMBERS + STRING),
    Record(
        adding.add_n,
        [
            sample(of(2, 3), of(2, 3)),
            sample(of(2, 3), of(2, 3), of(2, 3)),
            sample(of(), of(), of(), of()),
            sample(of(0, 2), of(0, 2), of(0, 2)),
        ],
        each(lambda *numbers: functools.reduce(operator.add, numbers)),
        takes=NUMBERS + STRING,
        ulps=4,
        floor=4,
    ),
    Record(arithmetic.subtract, ADD, each(operator.sub)),
    Record(arithmetic.multiply, ADD, each(product), complex_ulps=2, floor=1),
    Record(arithmetic.divide, DIVIDE, each(quotient), takes=INEXACT, complex_ulps=4),
    Record(arithmetic.floor_divide, DIVIDE_WHOLE, each(operator.floordiv), takes=REALS),
    Record(arithmetic.floor_mod, DIVIDE_WHOLE, each(operator.mod), takes=REALS),
    Record(special.exact_floor_divide, DIVIDE_WHOLE, each(operator.floordiv), takes=REALS),
    Record(special.exact_floor_mod, DIVIDE_WHOLE, each(operator.mod), takes=REALS),
    Record(arithmetic.power, POWER, wide(power), ulps=2, complex_ulps=16),
    # Of 0.0 and -0.0 either may count as the larger one: the error allowed leaves that open.
    Record(arithmetic.maximum, [*ORDERED, *BESIDE_MANY], each(largest), takes=REALS, ulps=0.1),
    Record(arithmetic.minimum, [*ORDERED, *BESIDE_MANY], each(smallest), takes=REALS, ulps=0.1),
    Record(arithmetic.negative, [*SINGLES, EDGE], each(operator.neg), takes=SIGNED + INEXACT),
    Record(arithmetic.absolute, [*SINGLES, EDGE], each(abs), takes=SIGNED + FLOATS),
    Record(arithmetic.modulus, SINGLES, each(abs), takes=COMPLEX, gives="modulus", ulps=4),
    Record(arithmetic.sign, [*SINGLES, EDGE], each(sign), takes=SIGNED + FLOATS),
    Record(
        arithmetic.square,
        [*SINGLES, EDGE],
        each(lambda x: x * x),
        complex_ulps=2,
        floor=1,
    ),
    Record(arithmetic.floor, [*SINGLES, EDGE], each(rounded(math.floor)), takes=FLOATS),
    Record(arithmetic.ceil, [*SINGLES, EDGE], each(rounded(math.ceil)), takes=FLOATS),
    Record(
        arithmetic.rint,
        [*SINGLES, EDGE, rough(fixed([0.5, 1.5, -0.5, -2.5, 0.49], None))],
        each(nearest),
        takes=FLOATS,
    ),
    Record(arithmetic.conjugate, SINGLES, each(lambda x: x.conjugate()), takes=COMPLEX),
    Record(comparison.equal, COMPARED, each(operator.eq), takes=EVERYTHING, gives="bool"),
    Record(comparison.not_equal, COMPARED, each(operator.ne), takes=EVERYTHING, gives="bool"),
    Record(comparison.less, COMPARED, each(operator.lt), takes=REALS, gives="bool"),
    Record(comparison.less_equal, COMPARED, each(operator.le), takes=REALS, gives="bool"),
    Record(comparison.greater, COMPARED, each(operator.gt), takes=REALS, gives="bool"),
    Record(comparison.greater_equal, COMPARED, each(operator.ge), takes=REALS, gives="bool"),
    Record(comparison.logical_and, TRUTHS, each(lambda x, y: x and y), takes=BOOL),
    Record(comparison.logical_or, TRUTHS, each(lambda x, y: x or y), takes=BOOL),
    Record(comparison.logical_xor, TRUTHS, each(operator.ne), takes=BOOL),
    Record(comparison.logical_not, SINGLES, each(operator.not_), takes=BOOL),
    Record(comparison.bitwise_and, BITS, each(operator.and_), takes=INTEGERS),
    Record(comparison.bitwise_or, BITS, each(operator.or_), takes=INTEGERS),
    Record(comparison.bitwise_xor, BITS, each(operator.xor), takes=INTEGERS),
    Record(comparison.invert, [*SINGLES, EDGE], each(operator.invert), takes=INTEGERS),
    Record(comparison.is_nan, [*SINGLES, EDGE], each(math.isnan), takes=FLOATS, gives="bool"),
    Record(comparison.is_finite, [*SINGLES, EDGE], each(math.isfinite), takes=FLOATS, gives="bool"),
    Record(
        arithmetic.clip,
        [
            sample(between(1, 2, 2, 3), fixed([1.25], None), fixed(1.75, None)),
            sample(of(2, 1), of(3), of()),
            sample(of(0), of(1), of()),
            rough(of(95, 97), fixed(-0.5, None), fixed(0.5, None)),
            rough(of(95, 97), of(95, 97), of(95, 97)),
            rough(ODD, fixed(-1.0, None), fixed(0.0, None)).but(dtypes=FLOATS),
            rough(ODD, fixed(math.nan, None), fixed(0.0, None)).but(dtypes=FLOATS),
        ],
        each(lambda x, low, high: largest(smallest(x, high), low)),
        takes=REALS,
        ulps=0.1,
    ),
    Record(
        comparison.select,
        [
            rough(fixed([[True, False, True] * 4000], "bool"), of(12000), of(12000)),
            rough(fixed([True, False, True] * 4000, "bool"), of(12000), of(12000)),
            rough(fixed([True, False, True] * 4000, "bool"), of(12000), of()),
            rough(fixed([True, False, True] * 4000, "bool"), of(), of(12000)),
            sample(fixed([[True, False, True]], "bool"), of(2, 3), of(2, 3)),
            sample(fixed([True, False, True], "bool"), of(), of(2, 1)),
            sample(fixed([[True], [False]], "bool"), of(3), of()),
            sample(fixed(False, "bool"), of(0), of(1)),
        ],
        each(lambda condition, x, y: x if condition else y),
        takes=EVERYTHING,
    ),
    Record(arithmetic.cast, cast_samples(), each(cast), takes=NUMBERS + BOOL, gives="param"),
    Record(arithmetic.identity, SINGLES, each(lambda x: x), takes=EVERYTHING),
    Record(arithmetic.stop_gradient, SINGLES, each(lambda x: x), takes=EVERYTHING),
    Record(
        families.shape_tensor,
        SINGLES,
        lambda x: np.array(x.shape),
        takes=EVERYTHING,
        gives="int32",
    ),
    Record(
        families.sum_to,
        [
            sample(of(2, 3), shape=(3,)),
            sample(of(4, 2, 3), shape=(2, 1)),
            sample(of(2, 3), shape=()),
            sample(of(2, 3), shape=(2, 3)),
            sample(of(3, 0), shape=(1, 0)),
            sample(of(0, 3), shape=(3,)),
            sample(of(4, 2, 3), fixed([2, 1]), shape=(None, None)).but(has_known_shape=False),
            sample(of(2, 3), fixed([3]), shape=(None,)).but(has_known_shape=False),
            rough(of(33, 65), shape=(65,)),
            rough(of(33, 65), shape=(33, 1)),
        ],
        wide(sum_to),
        ulps=4,
        floor=20,
        fits_by_construction=True,
    ),
]
