"""Records of eagre/primitives/convolution.py, windows.py, activations.py, error_functions.py and
picking.py."""

import math
from statistics import NormalDist

import numpy as np

from eagre.core import dtypes
from eagre.primitives import (
    activations,
    convolution,
    cross_entropy,
    error_functions,
    picking,
    windows,
)
from tests.primitives.record import (
    EVERYTHING,
    FLOATS,
    NUMBERS,
    REALS,
    Record,
    each,
    fixed,
    of,
    rough,
    sample,
    specials,
    wide,
)

# Where windows lie ----------------------------------------------------------------------------


def along(size, window, stride, padding, dilation):
    """How many windows there are along an axis, and where the first begins."""
    span = (window - 1) * dilation + 1
    if padding is not None:
        before, after = padding
        return (size + before + after - span) // stride + 1, -before
    count = math.ceil(size / stride)
    return count, -(max((count - 1) * stride + span - size, 0) // 2)


def seen(sizes, window, strides, padding, dilations):
    """For each window its place, and for each position in it the place of the element or None."""
    pairs = padding or (None,) * len(sizes)
    axes = [along(*each) for each in zip(sizes, window, strides, pairs, dilations, strict=True)]
    for place in np.ndindex(*[max(count, 0) for count, _ in axes]):
        for tap in np.ndindex(*window):
            element = tuple(
                first + n * stride + t * dilation
                for n, t, stride, dilation, (_, first) in zip(
                    place, tap, strides, dilations, axes, strict=True
                )
            )
            is_inside = all(0 <= n < size for n, size in zip(element, sizes, strict=True))
            yield place, tap, element if is_inside else None


# Convolution ----------------------------------------------------------------------------------


def products(x_sizes, filter_sizes, strides, padding, dilations):
    """The places in `x`, filters and output of each product of a convolution."""
    depth, out = filter_sizes[-2:]
    per_group = out // (x_sizes[-1] // depth)
    window = filter_sizes[:-2]
    for place, tap, element in seen(x_sizes[1:-1], window, strides, padding, dilations):
        if element is None:
            continue
        for image, channel, k in np.ndindex(x_sizes[0], depth, out):
            x = (image, *element, k // per_group * depth + channel)
            yield x, (*tap, channel, k), (image, *place, k)


def output_sizes(x_sizes, filter_sizes, strides, padding, dilations):
    """The sizes of a convolution's output."""
    pairs = padding or (None,) * len(strides)
    space = zip(x_sizes[1:-1], filter_sizes[:-2], strides, pairs, dilations, strict=True)
    return (x_sizes[0], *[along(*each)[0] for each in space], filter_sizes[-1])


def added(shape, terms, dtype):
    """Zeros with products added at places."""
    result = np.zeros(shape, dtype)
    for place, value in terms:
        result[place] += value
    return result


def convolved(x, filters, **geometry):
    """Product by product."""
    shape = output_sizes(x.shape, filters.shape, **geometry)
    terms = products(x.shape, filters.shape, **geometry)
    return added(shape, ((y, x[a] * filters[b]) for a, b, y in terms), x.dtype)


def spread(y, filters, sizes=None, *, shape, **geometry):
    """Product by product."""
    shape = shape if sizes is None else tuple(sizes.tolist())
    terms = products(shape, filters.shape, **geometry)
    return added(shape, ((a, y[c] * filters[b]) for a, b, c in terms), y.dtype)


def matched(x, y, sizes=None, *, shape, **geometry):
    """Product by product."""
    shape = shape if sizes is None else tuple(sizes.tolist())
    terms = products(x.shape, shape, **geometry)
    return added(shape, ((b, x[a] * y[c]) for a, b, c in terms), x.dtype)


def geometry(space, strides=1, padding=None, dilations=1):
    """Parameters for so many axes of space."""

    def spread_out(value):
        return value if isinstance(value, tuple) else (value,) * space

    return {
        "strides": spread_out(strides),
        "padding": padding,
        "dilations": spread_out(dilations),
    }


VALID = ((0, 0), (0, 0))
CONVOLUTIONS = [
    ((1, 3, 2), (2, 2, 3), geometry(1)),
    ((2, 5, 1), (3, 1, 2), geometry(1, strides=2)),
    ((1, 3, 4, 2), (2, 3, 2, 3), geometry(2)),
    ((2, 4, 3, 1), (2, 2, 1, 2), geometry(2, (2, 1), VALID)),
    ((1, 5, 5, 1), (2, 2, 1, 1), geometry(2, padding=VALID, dilations=(2, 3))),
    ((1, 3, 4, 2), (2, 2, 2, 1), geometry(2, 2, ((1, 0), (2, 3)), (1, 2))),
    ((2, 2, 2, 3), (1, 1, 3, 2), geometry(2)),
    ((1, 3, 3, 4), (2, 2, 2, 2), geometry(2)),
    ((1, 3, 3, 2), (2, 2, 1, 4), geometry(2, padding=VALID)),
    ((2, 3, 3, 3), (2, 2, 1, 3), geometry(2, 2)),
    ((1, 2, 3, 2, 1), (2, 2, 1, 1, 2), geometry(3)),
]
EMPTY_CONVOLUTIONS = [
    ((0, 3, 3, 1), (2, 2, 1, 2), geometry(2)),
    ((1, 2, 2, 1), (3, 2, 1, 2), geometry(2, padding=VALID)),
    ((1, 2, 2, 2), (2, 2, 2, 0), geometry(2)),
    ((1, 2, 2, 2), (2, 2, 1, 0), geometry(2)),
]


def transposes(first, second, target):
    """Samples of a transpose: two of `x`, filters and output are inputs, the third is the shape."""
    for sizes in CONVOLUTIONS + EMPTY_CONVOLUTIONS:
        x, filters, params = sizes
        shapes = {"x": x, "filters": filters, "y": output_sizes(x, filters, **params)}
        draws = of(*shapes[first]), of(*shapes[second])
        shape = shapes[target]
        yield sample(*draws, shape=shape, **params)
        if sizes in CONVOLUTIONS[::4]:
            known_later = sample(*draws, fixed(shape), shape=(None,) * len(shape), **params)
            yield known_later.but(has_known_shape=False)


# Pooling --------------------------------------------------------------------------------------


def pool(window, strides, padding=None):
    """Parameters with an entry for each axis."""
    return {"window": window, "strides": strides, "padding": padding}


def pooled_elements(sizes, window, strides, padding):
    """For each window its place and the places of its elements, None in the padding."""
    groups = {}
    dilations = (1,) * len(window)
    for place, _, element in seen(sizes, window, strides, padding, dilations):
        groups.setdefault(place, []).append(element)
    return groups


def counts(sizes, window, strides, padding):
    """How many windows there are along each axis."""
    pairs = padding or (None,) * len(window)
    ones = (1,) * len(window)
    each_axis = zip(sizes, window, strides, pairs, ones, strict=True)
    return tuple(max(along(*one)[0], 0) for one in each_axis)


def first_maximum(x, elements):
    """The number and value of the first largest element that is not NaN; 0 and None without one."""
    values = [None if each is None else x[each].item() for each in elements]
    known = [n for n, value in enumerate(values) if value is not None and value == value]
    largest = max((values[n] for n in known), default=None)
    return next(((n, values[n]) for n in known if values[n] == largest), (0, None))


def pooled_maximum(x, **params):
    """The value of the first maximum, unless it is less than all finite numbers."""
    least = dtypes.from_numpy(x.dtype).min
    result = np.full(counts(x.shape, **params), least, x.dtype)
    for place, elements in pooled_elements(x.shape, **params).items():
        _, value = first_maximum(x, elements)
        if value is not None and value >= least:
            result[place] = value
    return result


def maximum_places(x, **params):
    """Where the first maximum stands."""
    result = np.zeros(counts(x.shape, **params), np.int64)
    for place, elements in pooled_elements(x.shape, **params).items():
        result[place], _ = first_maximum(x, elements)
    return result


def taken(x, places, **params):
    """The elements at the places."""
    result = np.zeros(counts(x.shape, **params), x.dtype)
    for place, elements in pooled_elements(x.shape, **params).items():
        element = elements[int(places[place])]
        result[place] = 0 if element is None else x[element]
    return result


def put(y, places, sizes=None, *, shape, **params):
    """The elements added at the places."""
    shape = shape if sizes is None else tuple(sizes.tolist())
    chosen = (
        (elements[int(places[place])], y[place])
        for place, elements in pooled_elements(shape, **params).items()
    )
    return added(shape, ((place, value) for place, value in chosen if place is not None), y.dtype)


def pooled_sum(x, **params):
    """Element by element."""
    groups = pooled_elements(x.shape, **params).items()
    terms = ((place, x[e]) for place, elements in groups for e in elements if e is not None)
    return added(counts(x.shape, **params), terms, x.dtype)


def spread_sum(y, sizes=None, *, shape, **params):
    """Element by element."""
    shape = shape if sizes is None else tuple(sizes.tolist())
    groups = pooled_elements(shape, **params).items()
    terms = ((e, y[place]) for place, elements in groups for e in elements if e is not None)
    return added(shape, terms, y.dtype)


POOLS = [
    ((1, 4, 4, 2), pool((1, 2, 2, 1), (1, 2, 2, 1))),
    ((1, 3, 5, 1), pool((1, 3, 2, 1), (1, 1, 2, 1))),
    ((2, 3, 4, 1), pool((1, 2, 2, 1), (1, 1, 1, 1), ((0, 0),) * 4)),
    ((1, 4, 3, 1), pool((1, 3, 2, 1), (1, 2, 2, 1), ((0, 0), (2, 1), (0, 1), (0, 0)))),
    ((1, 2, 3, 2), pool((1, 1, 2, 2), (1, 1, 2, 3))),
    ((2, 5, 1), pool((1, 2, 1), (1, 3, 1))),
    ((1, 2, 3, 2, 1), pool((1, 2, 2, 2, 1), (1, 1, 1, 1, 1))),
    ((0, 3, 3, 1), pool((1, 2, 2, 1), (1, 2, 2, 1))),
    ((1, 2, 3, 1), pool((1, 3, 2, 1), (1, 1, 1, 1), ((0, 0),) * 4)),
]
EDGES = rough(specials(1, 3, 3, 1), **pool((1, 2, 2, 1), (1, 1, 1, 1)))
TIES = rough(
    fixed(np.array([1, 1, 0, 1, 1, 1, 0, 0, 2]).reshape(1, 3, 3, 1), None),
    **pool((1, 2, 2, 1), (1, 1, 1, 1)),
)


def with_places(known_later):
    """Samples of an operation on `y` and places within windows, or on `x` and places."""
    for number, (sizes, params) in enumerate(POOLS):
        shape = counts(sizes, **params)
        last = math.prod(params["window"]) - 1
        places = fixed(np.arange(math.prod(shape)).reshape(shape) % (last + 1), "uint8")
        if not known_later:
            yield sample(of(*sizes), places, **params)
            continue
        yield sample(of(*shape), places, shape=sizes, **params)
        if number < 2:
            open_shape = (None,) * len(sizes)
            later = sample(of(*shape), places, fixed(sizes), shape=open_shape, **params)
            yield later.but(has_known_shape=False)


def spreads():
    """Samples of the transpose of a sum."""
    for number, (sizes, params) in enumerate(POOLS):
        shape = counts(sizes, **params)
        yield sample(of(*shape), shape=sizes, **params)
        if number < 2:
            later = sample(of(*shape), fixed(sizes), shape=(None,) * len(sizes), **params)
            yield later.but(has_known_shape=False)


# Picking --------------------------------------------------------------------------------------


def picked(x, indices):
    """Vector by vector."""
    result = np.empty(indices.shape, x.dtype)
    for place in np.ndindex(*indices.shape):
        result[place] = x[(*place[:-1], int(indices[place]))]
    return result


def put_along(y, indices, sizes=None, *, shape):
    """Element by element."""
    shape = shape if sizes is None else tuple(sizes.tolist())
    places = np.ndindex(*indices.shape)
    return added(shape, (((*p[:-1], int(indices[p])), y[p]) for p in places), y.dtype)


def top(x, *, k, dtype):
    """Python's stable sort; NaN comes last."""
    result = np.empty((*x.shape[:-1], k), object)
    for place in np.ndindex(*x.shape[:-1]):
        row = [value.item() for value in x[place]]
        order = sorted(range(len(row)), key=lambda n: (row[n] != row[n], -row[n]))
        result[place] = order[:k]
    return result


PICKED = [
    sample(of(4), fixed([2, 0, 2])),
    sample(of(2, 3), fixed([[0, 1], [2, 2]], "int64")),
    sample(of(2, 2, 3), fixed([[[1], [2]], [[0], [0]]], "uint8")),
    sample(of(0, 3), fixed(np.zeros((0, 2)))),
    sample(of(2, 3), fixed(np.zeros((2, 0)))),
]
PUT = [
    sample(of(3), fixed([2, 0, 2]), shape=(4,)),
    sample(of(2, 2), fixed([[0, 1], [2, 2]], "int64"), shape=(2, 3)),
    sample(of(0, 2), fixed(np.zeros((0, 2))), shape=(0, 3)),
    sample(of(2, 1), fixed([[0], [2]]), fixed([2, 3]), shape=(None, None)).but(
        has_known_shape=False
    ),
]
TOPS = [
    rough(of(5), k=2, dtype=dtypes.int32),
    rough(of(2, 3), k=3, dtype=dtypes.int64),
    rough(of(2, 3), k=0, dtype=dtypes.int32),
    rough(of(0, 3), k=1, dtype=dtypes.int16),
    rough(fixed([[3, 1, 3, 2, 3]], None), k=4, dtype=dtypes.int32),
    rough(specials(9), k=9, dtype=dtypes.int32),
]


def elements(*special):
    """Samples of elementwise functions."""
    return [sample(of(4)), sample(of(2, 3)), sample(of(0, 2)), rough(of(700)), *special]


def rectified(x, most=math.inf):
    """NaN stays, and so does -0.0."""
    return x if x != x or 0 <= x <= most else min(max(x, 0), most)


EDGE = rough(specials(9))
CURVED = [
    sample(of(4)),
    sample(of(2, 3)),
    rough(fixed(np.linspace(-6, 6, 400), None)),
    rough(specials(9)),
]

PAIRS = [
    sample(of(4), of(4)),
    sample(of(2, 3), of()),
    sample(of(3, 1), of(2)),
    rough(fixed(np.linspace(0, 1, 300), None), fixed(np.linspace(-9, 9, 300), None)),
    rough(fixed([0, 1, 0.5] * 2, None), fixed([0.0, -0.0, math.nan, 100, -100, 0], None)),
]


def logistic(x):
    """1 / (1 + exp(-x)), which never overflows."""
    return 1 / (1 + math.exp(-x)) if not x < 0 else math.exp(x) / (1 + math.exp(x))


RECORDS = [
    Record(
        convolution.convolution,
        [sample(of(*x), of(*f), **g) for x, f, g in CONVOLUTIONS + EMPTY_CONVOLUTIONS],
        wide(convolved),
        takes=(*FLOATS, "int32"),
        ulps=4,
        floor=20,
    ),
    Record(
        convolution.input_gradient_primitive,
        list(transposes("y", "filters", "x")),
        wide(spread),
        takes=(*FLOATS, "int32"),
        ulps=4,
        floor=20,
    ),
    Record(
        convolution.filter_gradient_primitive,
        list(transposes("x", "y", "filters")),
        wide(matched),
        takes=(*FLOATS, "int32"),
        ulps=4,
        floor=20,
    ),
    Record(
        windows.max_pool,
        [*[sample(of(*sizes), **params) for sizes, params in POOLS], EDGES, TIES],
        pooled_maximum,
        takes=REALS,
    ),
    Record(
        windows.window_argmax,
        [*[rough(of(*sizes), **params) for sizes, params in POOLS], EDGES, TIES],
        maximum_places,
        takes=REALS,
        gives="uint8",
    ),
    Record(
        windows.take_from_windows,
        list(with_places(known_later=False)),
        taken,
        takes=FLOATS,
        fits_by_construction=True,
    ),
    Record(
        windows.put_in_windows_primitive,
        list(with_places(known_later=True)),
        wide(put),
        takes=FLOATS,
        ulps=2,
        floor=4,
        fits_by_construction=True,
    ),
    Record(
        windows.sum_pool,
        [sample(of(*sizes), **params) for sizes, params in POOLS],
        wide(pooled_sum),
        takes=FLOATS,
        ulps=4,
        floor=8,
    ),
    Record(
        windows.spread_over_windows_primitive,
        list(spreads()),
        wide(spread_sum),
        takes=FLOATS,
        ulps=4,
        floor=8,
        fits_by_construction=True,
    ),
    Record(activations.relu, elements(EDGE), each(rectified), takes=REALS),
    Record(
        activations.relu6,
        elements(EDGE, rough(fixed([5, 6, 7, 8], None))),
        each(lambda x: rectified(x, 6)),
        takes=REALS,
    ),
    Record(
        activations.leaky_relu,
        [
            sample(of(4), alpha=0.25), sample(of(2, 3), alpha=2.0), sample(of(3), alpha=-0.5),
            sample(of(3), alpha=0.0), rough(specials(9), alpha=0.25), rough(specials(9), alpha=0.0),
        ],
        each(lambda x, alpha: x if x > 0 else x * alpha),
        takes=FLOATS,
    ),
    Record(
        activations.softsign, CURVED, each(lambda x: x / (abs(x) + 1)), takes=FLOATS, ulps=1
    ),
    Record(
        activations.elu, CURVED, each(lambda x: x if x > 0 else math.expm1(x)), takes=FLOATS, ulps=2
    ),
    Record(
        activations.selu,
        CURVED,
        each(lambda x: 1.0507009873554805 * (x if x > 0 else 1.6732632423543772 * math.expm1(x))),
        takes=FLOATS,
        ulps=3,
    ),
    Record(
        cross_entropy.sigmoid_cross_entropy,
        PAIRS,
        each(lambda z, x: max(x, 0) - x * z + math.log1p(math.exp(-abs(x)))),
        takes=FLOATS,
        ulps=8,
        floor=1,
    ),
    Record(
        cross_entropy.sigmoid_excess,
        PAIRS,
        each(lambda z, x: logistic(x) - z),
        takes=FLOATS,
        ulps=4,
        floor=1,
    ),
    Record(error_functions.erf, CURVED, each(math.erf), takes=FLOATS, ulps=2),
    Record(error_functions.erfc, CURVED, each(math.erfc), takes=FLOATS, ulps=1),
    Record(
        error_functions.normal_cdf, CURVED, each(NormalDist().cdf), takes=FLOATS, ulps=4, floor=1
    ),
    Record(picking.take_along, PICKED, picked, takes=EVERYTHING),
    Record(picking.pick_labels, PICKED, picked, takes=EVERYTHING),
    Record(picking.gather_along, PICKED, picked, takes=EVERYTHING),
    Record(
        picking.put_along_primitive,
        PUT,
        wide(put_along),
        takes=NUMBERS,
        ulps=2,
        complex_ulps=2,
        fits_by_construction=True,
    ),
    Record(picking.top_indices, TOPS, top, takes=REALS, gives="param"),
]
