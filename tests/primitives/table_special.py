"""Records of trigonometry.py, special.py, bessel.py, complex_parts.py, shifts.py, segments.py,
sorted_segments.py, counts.py, cumulative.py in eagre/primitives."""

import cmath
import math
from statistics import NormalDist

import numpy as np

from eagre.core import dtypes
from eagre.primitives import (
    bessel,
    complex_parts,
    counts,
    cumulative,
    segments,
    shifts,
    sorted_segments,
    special,
    trigonometry,
)
from tests.primitives.record import (
    BOOL,
    COMPLEX,
    FLOATS,
    INEXACT,
    INTEGERS,
    NUMBERS,
    REALS,
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

SINGLES = ("float32", "float64")


def shapes(draw, *edges):
    """Samples of one input drawn alike, in several shapes."""
    return [sample(draw(2, 3)), sample(draw()), sample(draw(0, 2)), rough(draw(9, 7)), *edges]


def inside(low, high):
    """A draw of numbers between two bounds; complex ones have imaginary parts too."""
    return lambda *shape: between(low, high, *shape)


def pairs(first, second=None):
    """Samples of two inputs that broadcast."""
    second = second or first
    return [
        sample(first(2, 3), second(2, 3)),
        sample(first(2, 1), second(3)),
        sample(first(), second(2)),
        sample(first(0, 3), second(1, 3)),
        rough(first(5, 9), second(9)),
    ]


EDGE = rough(specials(3, 3)).but(dtypes=FLOATS)
EDGES = rough(specials(9, 1), specials(9)).but(dtypes=FLOATS)


# References: definitions, summed or integrated -----------------------------------------------


def nodes():
    """Places t in (0, 1), their distances from 1, and weights of the tanh-sinh rule."""
    step = 0.025
    steps = np.arange(-176, 177) * step
    wave = np.pi * np.sinh(steps)
    low, high = 1 / (1 + np.exp(-wave)), 1 / (1 + np.exp(wave))
    weights = step * np.pi * np.cosh(steps) * low * high
    return list(zip(low.tolist(), high.tolist(), weights.tolist(), strict=True))


NODES = nodes()


def integral(function, upper):
    """The integral from 0 to `upper`."""
    return upper * math.fsum(w * function(upper * t) for t, _, w in NODES)


def beta_integral(a, b, x):
    """The integral of t ** (a - 1) * (1 - t) ** (b - 1) from 0 to x."""
    return x**a * math.fsum(w * t ** (a - 1) * (1 - x * t) ** (b - 1) for t, _, w in NODES)


def betainc(a, b, x):
    """The lower part over the sum of both."""
    low, high = beta_integral(a, b, x), beta_integral(b, a, 1 - x)
    return low / (low + high)


def igamma(a, x):
    """The lower incomplete gamma function."""
    return integral(lambda t: t ** (a - 1) * math.exp(-t), x) / math.gamma(a)


def igamma_slope(a, x):
    """Its derivative for a."""
    below = integral(lambda t: t ** (a - 1) * math.exp(-t) * math.log(t), x) / math.gamma(a)
    return below - igamma(a, x) * digamma(a)


BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6)


def digamma(x):
    """By recurrence to large numbers, and there by the series of Stirling."""
    total = 0.0
    while x < 15:
        total -= 1 / x
        x += 1
    series = math.fsum(b / (2 * k * x ** (2 * k)) for k, b in enumerate(BERNOULLI, 1))
    return total + math.log(x) - 0.5 / x - series


def zeta(x, q):
    """By the formula of Euler and Maclaurin."""
    total = math.fsum((q + n) ** -x for n in range(20))
    end = q + 20
    total += end ** (1 - x) / (x - 1) + end**-x / 2
    factor = x * end ** (-x - 1)
    for k, b in enumerate(BERNOULLI, 1):
        total += b * factor / math.factorial(2 * k)
        factor *= (x + 2 * k - 1) * (x + 2 * k) / end**2
    return total


def polygamma(a, x):
    """Digamma, or Hurwitz's zeta function."""
    return digamma(x) if a == 0 else (-1) ** (int(a) + 1) * math.gamma(a + 1) * zeta(a + 1, x)


def bessel_i(order, x):
    """The integral of Bessel."""
    return integral(lambda t: math.exp(x * math.cos(t)) * math.cos(order * t), math.pi) / math.pi


def bessel_j(order, x):
    """The integral of Bessel."""
    return integral(lambda t: math.cos(order * t - x * math.sin(t)), math.pi) / math.pi


def bessel_k(order, x):
    """The integral over [0, infinity), which falls off like exp(-exp(t))."""
    return integral(lambda t: math.exp(-x * math.cosh(t)) * math.cosh(order * t), 6.5)


def bessel_y(order, x):
    """The integral of Schlaefli."""

    def falling(t):
        return (math.exp(order * t) + (-1) ** order * math.exp(-order * t)) * math.exp(
            -x * math.sinh(t)
        )

    waves = integral(lambda t: math.sin(x * math.sin(t) - order * t), math.pi)
    return (waves - integral(falling, 6.5)) / math.pi


def expint(x):
    """The power series."""
    terms = [x**k / (k * math.factorial(k)) for k in range(1, 60)]
    return math.fsum([0.57721566490153286061, math.log(x), *terms])


def spence(x):
    """The integral of log(t) / (1 - t) from 1 to x."""
    return integral(lambda u: math.log1p(u) / -u, x - 1) if x != 1 else 0.0


def dawsn(x):
    """Dawson's integral."""
    return integral(lambda t: math.exp(t * t - x * x), x)


def fresnel(wave):
    """A Fresnel integral."""
    return lambda x: integral(lambda t: wave(math.pi / 2 * t * t), x)


def nearest_in_direction(x, y):
    """One unit in the last place towards y."""
    with np.errstate(all="ignore"):
        return np.nextafter(x, y)


def imaginary(x):
    """The imaginary part of a Python number."""
    return x.imag


def truncated(x, y):
    """The quotient of Python numbers, cut."""
    if isinstance(x, int):
        return abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1)
    return math.copysign(float(math.trunc(x / y)), x / y)


def remainder(x, y):
    """What the cut quotient leaves."""
    return x - y * truncated(x, y) if isinstance(x, int) else math.fmod(x, y)


def shifted(move):
    """A shift of Python numbers by as much as the dtype has places, at most."""

    def reference(x, y):
        distance = np.clip(y.astype(object), 0, 8 * x.dtype.itemsize - 1)
        return move(x.astype(object), distance)

    return reference


def running_logsumexp(x, *, axis, exclusive, reverse):
    """Each element from the sum of those up to it."""
    source = np.moveaxis(np.flip(x, axis) if reverse else x, axis, 0)
    result = np.empty(source.shape, x.dtype)
    for i in range(len(source)):
        part = source[: i if exclusive else i + 1]
        result[i] = np.log(np.exp(part).sum(0))
    result = np.moveaxis(result, 0, axis)
    return np.flip(result, axis) if reverse else result


def by_segment(join, nothing):
    """A reduction over segments by a loop over the elements."""

    def reference(data, ids, count=None, *, num_segments):
        size = num_segments if count is None else int(count)
        start = nothing(data.dtype) if callable(nothing) else nothing
        wide_data = data.astype(np.float64) if data.dtype.name == "bfloat16" else data
        result = np.empty((size, *data.shape[ids.ndim :]), object)
        result[...] = start
        for place in np.ndindex(*data.shape):
            target = ids[place[: ids.ndim]]
            if target >= 0:
                spot = (target, *place[ids.ndim :])
                result[spot] = join(result[spot], wide_data[place].item())
        return result

    return reference


def limit_of(which):
    """A bound of a dtype as a Python number."""
    return lambda dtype: getattr(dtypes.from_numpy(dtype), which)


def taken(x, ids):
    """Rows by number, zeros for negative ones."""
    result = np.zeros((*ids.shape, *x.shape[1:]), x.dtype)
    for place in np.ndindex(*ids.shape):
        if ids[place] >= 0:
            result[place] = x[ids[place]]
    return result


def inverse_permutation(x):
    """Each place stands where its number says."""
    result = np.empty(len(x), np.int64)
    for place, number in enumerate(x):
        result[number] = place
    return result


# Records ---------------------------------------------------------------------------------------


def circular(primitive, function, draw, *edges):
    """A record of trigonometry.py."""
    return Record(primitive, shapes(draw, *edges), wide(function), INEXACT, ulps=2, complex_ulps=8)


def real(primitive, function, draw, ulps=16.0, floor=0.0, edges=()):
    """A record of a special function of one number."""
    return Record(primitive, shapes(draw, *edges), each(function), FLOATS, ulps=ulps, floor=floor)


NEAR = inside(-0.9, 0.9)
ABOVE = inside(1.25, 3.0)

TRIGONOMETRY = [
    circular(trigonometry.tan, np.tan, inside(-1.2, 1.2)),
    circular(trigonometry.asin, np.arcsin, NEAR, EDGE),
    circular(trigonometry.acos, np.arccos, NEAR, EDGE),
    circular(trigonometry.atan, np.arctan, NEAR, EDGE),
    circular(trigonometry.sinh, np.sinh, of, EDGE),
    circular(trigonometry.cosh, np.cosh, of, EDGE),
    circular(trigonometry.asinh, np.arcsinh, NEAR, EDGE),
    circular(trigonometry.acosh, np.arccosh, ABOVE, EDGE),
    circular(trigonometry.atanh, np.arctanh, NEAR, EDGE),
    Record(trigonometry.atan2, [*pairs(of), EDGES], wide(np.arctan2), FLOATS, ulps=2),
]

GAMMA = [
    real(special.lgamma, math.lgamma, inside(2.5, 4.0)),
    real(special.digamma, digamma, ABOVE, floor=1),
    real(special.erfinv, lambda x: NormalDist().inv_cdf((x + 1) / 2) / math.sqrt(2), NEAR, floor=1),
    real(special.ndtri, NormalDist().inv_cdf, inside(0.1, 0.9), floor=1),
    Record(
        special.polygamma,
        [
            sample(fixed([[0], [1], [2], [3]], None), positive(3)),
            sample(fixed(2, None), positive()),
        ],
        each(polygamma),
        FLOATS,
        ulps=64,
        constants=frozenset({0}),
    ),
    Record(
        special.zeta, pairs(ABOVE, positive), each(zeta), FLOATS, ulps=32, constants=frozenset({0})
    ),
    Record(
        special.igamma, pairs(positive), each(igamma), FLOATS, ulps=64, constants=frozenset({0})
    ),
    Record(
        special.igammac,
        pairs(positive),
        each(lambda a, x: 1 - igamma(a, x)),
        FLOATS,
        ulps=64,
        floor=1,
        constants=frozenset({0}),
    ),
    Record(
        special.igamma_slope,
        pairs(positive),
        each(igamma_slope),
        FLOATS,
        ulps=64,
        floor=1,
        constants=frozenset({0}),
    ),
    Record(
        special.betainc,
        [
            sample(positive(2, 3), positive(3), between(0.1, 0.9, 2, 3)),
            sample(positive(), positive(2, 1), between(0.1, 0.9, 3)),
            rough(positive(0), positive(1), between(0.1, 0.9)),
        ],
        each(betainc),
        FLOATS,
        ulps=64,
        constants=frozenset({0, 1}),
    ),
]

BESSEL = [
    real(bessel.bessel_i0, lambda x: bessel_i(0, x), of),
    real(bessel.bessel_i0e, lambda x: bessel_i(0, x) * math.exp(-abs(x)), of),
    real(bessel.bessel_i1, lambda x: bessel_i(1, x), of, floor=1),
    real(bessel.bessel_i1e, lambda x: bessel_i(1, x) * math.exp(-abs(x)), of, floor=1),
    real(bessel.bessel_j0, lambda x: bessel_j(0, x), of, floor=1),
    real(bessel.bessel_j1, lambda x: bessel_j(1, x), of, floor=1),
    real(bessel.bessel_k0, lambda x: bessel_k(0, x), positive, floor=1),
    real(bessel.bessel_k0e, lambda x: bessel_k(0, x) * math.exp(x), positive),
    real(bessel.bessel_k1, lambda x: bessel_k(1, x), positive, floor=1),
    real(bessel.bessel_k1e, lambda x: bessel_k(1, x) * math.exp(x), positive),
    real(bessel.bessel_y0, lambda x: bessel_y(0, x), positive, floor=1),
    real(bessel.bessel_y1, lambda x: bessel_y(1, x), positive, floor=1),
    real(bessel.dawsn, dawsn, of),
    real(bessel.expint, expint, positive, floor=1),
    real(bessel.fresnel_cos, fresnel(math.cos), of, floor=1),
    real(bessel.fresnel_sin, fresnel(math.sin), of, floor=1),
    real(bessel.spence, spence, ABOVE, floor=1),
]

ZEROS = fixed([[0, 1, 0], [2, 0, 3]], None)
DIVISIONS = [
    sample(of(2, 3), positive(3)),
    sample(of(5), between(-5, -4, 5)).but(dtypes=FLOATS + ("int8", "int16", "int32", "int64")),
    sample(of(), positive(2, 1)),
    rough(of(9, 7), positive(7)),
]
DISTANCES = fixed([0, 1, 3, 100], None)


def logarithm(x):
    """The logarithm of a real or complex number, minus infinity for zero."""
    if x == 0:
        return -math.inf
    return cmath.log(x) if isinstance(x, complex) else math.log(x)


ELEMENTS = [
    Record(
        special.multiply_no_nan,
        [
            *pairs(of),
            rough(specials(9, 1), fixed([0, 1, -2], None)).but(dtypes=FLOATS),
            rough(of(2, 3), ZEROS),
        ],
        each(lambda x, y: x * y if y else x * 0 if x * 0 == 0 else 0.0),
        INEXACT,
        ulps=0.5,
        complex_ulps=4,
    ),
    Record(
        special.divide_no_nan,
        [
            *pairs(of, positive),
            rough(specials(9, 1), fixed([0, 1, -2], None)).but(dtypes=FLOATS),
            rough(of(2, 3), ZEROS),
        ],
        each(lambda x, y: x / y if y else x * 0 if x * 0 == 0 else 0.0),
        INEXACT,
        ulps=0.5,
        complex_ulps=8,
    ),
    Record(
        special.xlogy,
        [*pairs(of, positive), rough(ZEROS, positive(2, 3)), rough(ZEROS, ZEROS)],
        each(lambda x, y: x * logarithm(y) if x else x),
        INEXACT,
        ulps=4,
        complex_ulps=16,
    ),
    Record(
        special.xlog1py,
        [*pairs(of, positive), rough(ZEROS, positive(2, 3)), rough(ZEROS, ZEROS)],
        each(lambda x, y: x * logarithm(y + 1) if x else x),
        INEXACT,
        ulps=4,
        complex_ulps=16,
    ),
    Record(special.next_after, [*pairs(of), EDGES], nearest_in_direction, SINGLES),
    Record(special.truncate_divide, DIVISIONS, each(truncated), REALS),
    Record(special.truncate_mod, DIVISIONS, each(remainder), REALS),
    Record(
        complex_parts.complex_primitive,
        [*pairs(of), EDGES],
        each(complex),
        SINGLES,
        gives="complex",
    ),
    Record(
        complex_parts.imaginary,
        [sample(of(2, 3)), sample(of()), sample(of(0, 2)), rough(of(9, 7))],
        each(imaginary),
        COMPLEX,
        gives="modulus",
    ),
    Record(
        shifts.left_shift,
        [rough(of(2, 1), DISTANCES), rough(specials(9), of()), rough(of(0), of(1))],
        shifted(lambda x, y: x << y),
        INTEGERS,
    ),
    Record(
        shifts.right_shift,
        [rough(of(2, 1), DISTANCES), rough(specials(9), of()), rough(of(0), of(1))],
        shifted(lambda x, y: x >> y),
        INTEGERS,
    ),
    Record(
        cumulative.cumulative_logsumexp,
        [
            *[
                sample(of(2, 3), axis=axis, exclusive=exclusive, reverse=backwards).but(
                    is_smooth=not exclusive
                )
                for axis in (0, -1)
                for exclusive in (False, True)
                for backwards in (False, True)
            ],
            sample(of(0, 2), axis=0, exclusive=True, reverse=False),
            rough(of(5, 9), axis=1, exclusive=False, reverse=False),
        ],
        wide(running_logsumexp),
        FLOATS,
        ulps=16,
        floor=1,
    ),
]

IDS = fixed([2, 0, -1, 2])
GRID = fixed([[0, 1], [1, 0]])
SEGMENTS = [
    sample(of(4), IDS, num_segments=3),
    sample(of(4, 2), IDS, num_segments=4),
    sample(of(2, 2, 3), GRID, num_segments=2),
    sample(of(), fixed(1), num_segments=2),
    sample(of(0, 2), fixed([]), num_segments=2),
    sample(of(4, 2), IDS, fixed(3), num_segments=None).but(has_known_shape=False),
    rough(of(40, 3), fixed([0, 1, 4, 4] * 10), num_segments=5),
]
SOME_ZEROS = rough(fixed([0, 2, 0, 0, 3, 4], None), fixed([0, 0, 1, 1, 1, 2]), num_segments=3)
# A segment without elements is as large as the dtype allows: no place for differences.
EXTREMA = [
    sample(of(4), fixed([1, 0, -1, 1]), num_segments=2),
    sample(of(4, 2), fixed([1, 0, -1, 1]), fixed(2), num_segments=None).but(has_known_shape=False),
    sample(of(2, 2, 3), GRID, num_segments=2),
    *[one.but(is_smooth=False) for one in SEGMENTS],
]
SOME_TIES = rough(fixed([2, 2, 1, 2], None), fixed([0, 0, 0, 1]), num_segments=2)


def checked(*draws, dropped=False):
    """A sample of ids that pass."""
    return rough(*draws, function="bincount", argument="arr", dropped=dropped)


def as_sorted(reference):
    """A reference of which the last id says how many segments there are."""

    def sorted_reference(data, ids, function):
        return reference(data, ids, num_segments=int(ids[-1]) + 1 if len(ids) else 0)

    return sorted_reference


def counted(x, least, most, *, dtype):
    """Counts by a loop over the integers."""
    count = min(max([int(least), *[int(n) + 1 for n in x.reshape(-1)]]), int(most))
    return np.array([np.sum(x == n) for n in range(count)], dtype.numpy)


SPEAKING = {"function": "segment_mean"}
def among_largest(targets, x, k):
    """Whether fewer than k elements of a row are larger, by a loop over the rows."""
    found = np.zeros(targets.shape, bool)
    for place in np.ndindex(*targets.shape):
        row, target = x[place].astype(np.float64), int(targets[place])
        if 0 <= target < len(row) and np.isfinite(row).all():
            found[place] = np.sum(row > row[target]) < k[place[:-1]]
    return found


ASCENDING = [
    sample(of(4), fixed([0, 0, 2, 2])),
    sample(of(4, 2), fixed([0, 1, 1, 3])),
    rough(of(0, 2), fixed([])),
    rough(of(3, 0), fixed([0, 0, 1])),
    rough(of(40, 3), fixed(sorted([0, 1, 4, 4] * 10))),
]
ASCENDING = [one.but(has_known_shape=False, params=SPEAKING) for one in ASCENDING]
# Differences of extrema and products need no place without elements.
ASCENDING_FULLY = [sample(of(4), fixed([0, 0, 1, 1])), sample(of(3, 2), fixed([0, 1, 1]))]
RUNS_WITH_TIES = rough(fixed([2, 2, 1, 2], None), fixed([0, 0, 0, 1]))
RUNS_WITH_ZEROS = rough(fixed([0, 2, 0, 0, 3, 4], None), fixed([0, 0, 1, 1, 1, 2])).but(
    has_known_shape=False, params=SPEAKING
)
ASCENDING_FULLY = [
    one.but(has_known_shape=False, params=SPEAKING) for one in (*ASCENDING_FULLY, RUNS_WITH_TIES)
]


NUMBERED = [
    Record(
        segments.segment_sum_primitive,
        SEGMENTS,
        by_segment(lambda a, b: a + b, 0),
        NUMBERS,
        ulps=8,
        floor=20,
    ),
    Record(
        segments.segment_product_primitive,
        [*SEGMENTS[:-1], SOME_ZEROS],
        by_segment(lambda a, b: a * b, 1),
        NUMBERS,
        ulps=4,
        complex_ulps=8,
    ),
    Record(
        segments.segment_max_primitive,
        [*EXTREMA, SOME_TIES],
        by_segment(max, limit_of("min")),
        REALS,
    ),
    Record(
        segments.segment_min_primitive,
        [*EXTREMA, SOME_TIES],
        by_segment(min, limit_of("max")),
        REALS,
    ),
    Record(
        sorted_segments.sorted_segment_sum,
        ASCENDING,
        as_sorted(by_segment(lambda a, b: a + b, 0)),
        NUMBERS,
        ulps=8,
        floor=20,
        speaks_as="segment_mean",
    ),
    Record(
        sorted_segments.sorted_segment_product,
        [*ASCENDING[:-1], RUNS_WITH_ZEROS],
        as_sorted(by_segment(lambda a, b: a * b, 1)),
        NUMBERS,
        ulps=4,
        complex_ulps=8,
        speaks_as="segment_mean",
    ),
    Record(
        sorted_segments.sorted_segment_max,
        [*ASCENDING_FULLY, *ASCENDING[2:4]],
        as_sorted(by_segment(max, limit_of("min"))),
        REALS,
        speaks_as="segment_mean",
    ),
    Record(
        sorted_segments.sorted_segment_min,
        [*ASCENDING_FULLY, *ASCENDING[2:4]],
        as_sorted(by_segment(min, limit_of("max"))),
        REALS,
        speaks_as="segment_mean",
    ),
    Record(
        counts.bin_count,
        [
            rough(fixed(values, None), fixed(least), fixed(most), dtype=dtype).but(
                has_known_shape=False
            )
            for values, least, most in (
                ([1, 1, 3], 0, 9), ([[3], [0]], 6, 9), ([3, 0, 1], 0, 2), ([9, 0], 0, 4),
                ([], 2, 9), ([], 0, 0),
            )
            for dtype in (dtypes.int32, dtypes.float32)
        ],
        counted,
        INTEGERS,
        gives="param",
    ),
    Record(
        counts.in_top_k,
        [
            rough(fixed([1, 0, -1, 5]), of(4, 3), fixed(2)),
            rough(fixed([0, 1]), fixed([[2, 2, 2], [3, 1, 2]], None), fixed(1)),
            rough(fixed([0, 1]), fixed([[np.inf, 2], [np.nan, 1]], None), fixed(9)),
            rough(fixed([0, 1]), of(2, 0), fixed(1)),
            rough(fixed([[0, 1], [2, 2]]), of(2, 2, 3), fixed([1, 2])),
        ],
        among_largest,
        FLOATS,
        gives="bool",
    ),
    Record(
        segments.take_segments,
        [
            sample(of(3), IDS),
            sample(of(3, 2), IDS),
            sample(of(2, 3), GRID),
            sample(of(2, 3), fixed(1)),
            sample(of(2, 0), fixed([1, -1])),
        ],
        taken,
        NUMBERS + BOOL,
    ),
    Record(
        segments.checked_ids,
        [
            checked(fixed([0, 0, 3], None)),
            checked(fixed([], None)),
            checked(fixed([[2], [0]], None)),
            checked(fixed([2, 0], None), fixed(3)),
            checked(fixed([2, 0], None), fixed(3), dropped=True),
        ],
        lambda ids, limit=None, **_: ids,
        INTEGERS,
        speaks_as="bincount",
    ),
    Record(
        segments.invert_permutation,
        [rough(fixed([2, 0, 1], None)), rough(fixed([], None)), rough(fixed([0], None))],
        inverse_permutation,
        INTEGERS,
    ),
]

RECORDS = [*TRIGONOMETRY, *GAMMA, *BESSEL, *ELEMENTS, *NUMBERED]
