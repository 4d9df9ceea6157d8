"""Records of eagre/primitives/rearrangement.py, constants.py and indexing.py."""

import numpy as np

from eagre.primitives import (
    constants,
    indexing,
    one_hot,
    padding,
    ranges,
    rearrangement,
    repeating,
    turning,
)
from eagre.primitives.indexing import Bound
from tests.primitives.record import (
    BOOL,
    EVERYTHING,
    FLOATS,
    NUMBERS,
    REALS,
    Made,
    Record,
    fixed,
    of,
    rough,
    sample,
)


def constant_samples():
    """Values of all shapes, at the edges of each dtype."""
    shapes = [(), (3,), (2, 2), (0,), (0, 3), (2, 0), (1, 1, 2)]
    values = [of(*shape) for shape in shapes]
    values += [
        fixed([0.0, -0.0, np.inf, -np.inf, np.nan, 0.1, 1 / 3], None),
        fixed([complex(-0.0, -0.0), complex(np.inf, -np.inf), complex(np.nan, 0.1)], "complex128"),
        fixed([[b"a'b", b'"\\'], [b"\xff\n", b""]], "string"),
        fixed([2**63 - 1, -(2**63)], "int64"),
        fixed([2**64 - 1], "uint64"),
        fixed([1e-45, 3.4e38], "float32"),
    ]
    plain = [drawn(value) for value in values[: len(shapes)]]
    return [*plain, drawn(values[7]).but(dtypes=FLOATS), *map(drawn, values[8:])]


def drawn(draw):
    """A sample of `constant` whose value is drawn."""
    return sample(value=Made(lambda dtype: draw(np.random.default_rng(3), dtype)))


def reshape(x, sizes=None, *, shape):
    """Row-major order, element by element."""
    shape = shape if sizes is None else tuple(sizes.tolist())
    return np.array(x.ravel("C"), copy=True).reshape(shape)


def transpose(x, *, perm):
    """Each element at its place."""
    result = np.empty([x.shape[axis] for axis in perm], x.dtype)
    for place in np.ndindex(*result.shape):
        result[place] = x[tuple(place[perm.index(axis)] for axis in range(x.ndim))]
    return result


def expand_dims(x, *, axis):
    """One new axis after the other, from the first on."""
    rank = x.ndim + len(axis)
    for place in sorted(each % rank for each in axis):
        x = x.reshape(*x.shape[:place], 1, *x.shape[place:])
    return x


def squeeze(x, *, axis):
    """The shape without the axes."""
    places = {each % x.ndim for each in axis}
    return x.reshape([n for i, n in enumerate(x.shape) if i not in places])


def broadcast_to(x, sizes=None, *, shape):
    """Repetition, axis by axis."""
    shape = shape if sizes is None else tuple(sizes.tolist())
    x = x.reshape((1,) * (len(shape) - x.ndim) + x.shape)
    for axis, size in enumerate(shape):
        x = np.repeat(x, size if x.shape[axis] == 1 else 1, axis)
    return x


def concat(*arrays, axis):
    """Lists of parts along the axis."""
    parts = [part for x in arrays for part in np.moveaxis(x, axis, 0)]
    shape = np.moveaxis(arrays[0], axis, 0).shape[1:]
    stacked = np.array(parts, arrays[0].dtype).reshape(len(parts), *shape)
    return np.moveaxis(stacked, 0, axis)


def split(x, tensor_sizes=None, *, sizes, axis):
    """Slices of the sizes."""
    sizes = sizes if tensor_sizes is None else tensor_sizes.tolist()
    moved, start, parts = np.moveaxis(x, axis, 0), 0, []
    for size in sizes:
        parts.append(np.moveaxis(moved[start : start + size], 0, axis))
        start += size
    return tuple(parts)


def stack(*arrays, axis):
    """A list of the arrays, its axis moved."""
    return np.moveaxis(np.array(arrays, arrays[0].dtype), 0, axis)


def unstack(x, *, num, axis):
    """The entries of the list that the moved axis makes."""
    return tuple(np.moveaxis(x, axis, 0)[place] for place in range(num))


def roll(x, vector=None, *, shift, axis):
    """NumPy's own, one axis after the other."""
    shifts = shift if vector is None else vector.tolist()
    for number, each in zip(shifts, axis, strict=True):
        x = np.roll(x, number, each)
    return x


def repeated(x, counts=None, *, times, axis):
    """A list of parts, each as often."""
    parts = np.moveaxis(x, axis, 0)
    counts = [times] * len(parts) if counts is None else counts.tolist()
    rows = [part for part, count in zip(parts, counts, strict=True) for _ in range(count)]
    rows = np.array(rows, x.dtype).reshape(len(rows), *parts.shape[1:])
    return np.moveaxis(rows, 0, axis)


def hot(indices, on, off, size=None, *, depth, axis):
    """One element after the other."""
    depth = depth if size is None else int(size)
    result = np.full((*indices.shape, depth), off)
    for place in np.ndindex(*indices.shape):
        if 0 <= indices[place] < depth:
            result[(*place, int(indices[place]))] = on
    return np.moveaxis(result, -1, axis)


def reverse(x, *, axis):
    """Slices with the step -1."""
    places = {each % x.ndim for each in axis} if axis else set()
    return x[tuple(slice(None, None, -1 if i in places else 1) for i in range(x.ndim))]


def pad(x, value, *, paddings):
    """NumPy's own."""
    return np.pad(x, paddings or 0, constant_values=value.item()) if x.ndim else x


def mirrored(x, *, paddings, edge):
    """NumPy's own."""
    return np.pad(x, paddings or 0, mode="reflect" if edge else "symmetric")


def numbers(start, limit, delta):
    """Repeated addition in the dtype."""
    result, each = [], start
    while each < limit if delta > 0 else each > limit:
        result.append(each)
        each = (each + delta).astype(start.dtype)
    return np.array(result, start.dtype)


RANGES = [
    rough(fixed(0, None), fixed(7, None), fixed(2, None)),
    rough(fixed(3, None), fixed(3, None), fixed(1, None)),
    rough(fixed(1, None), fixed(9, None), fixed(4, None)),
    rough(fixed(9, None), fixed(-1, None), fixed(-3, None)).but(
        dtypes=("float32", "float64", "int32", "int64")
    ),
    rough(fixed(0.1, None), fixed(1.05, None), fixed(0.1, None)).but(dtypes=("float64",)),
]

REARRANGEMENTS = [
    Record(constants.constant, constant_samples(), lambda *, value: value, takes=EVERYTHING),
    Record(
        rearrangement.reshape_primitive,
        [
            sample(of(2, 3), shape=(3, 2)),
            sample(of(2, 3), shape=(-1,)),
            sample(of(2, 3), shape=(3, -1, 1)),
            sample(of(), shape=(1, 1)),
            sample(of(1, 1), shape=()),
            sample(of(0, 3), shape=(3, 0, 2)),
            sample(of(2, 3), fixed([3, 2]), shape=(None, None)).but(has_known_shape=False),
            sample(of(2, 3), fixed([-1, 2]), shape=(None, 2)).but(has_known_shape=False),
        ],
        reshape,
        takes=EVERYTHING,
    ),
    Record(
        rearrangement.transpose,
        [
            sample(of(2, 3), perm=(1, 0)),
            sample(of(2, 3, 4), perm=(2, 0, 1)),
            sample(of(2, 3), perm=(0, 1)),
            sample(of(3), perm=(0,)),
            sample(of(), perm=()),
            sample(of(0, 2), perm=(1, 0)),
        ],
        transpose,
        takes=EVERYTHING,
    ),
    Record(
        rearrangement.expand_dims,
        [
            sample(of(2, 3), axis=(0,)),
            sample(of(2, 3), axis=(-1,)),
            sample(of(2, 3), axis=(1, 3)),
            sample(of(), axis=(0, 1)),
            sample(of(0), axis=(-2,)),
        ],
        expand_dims,
        takes=EVERYTHING,
    ),
    Record(
        rearrangement.squeeze,
        [
            sample(of(1, 3), axis=(0,)),
            sample(of(2, 1, 3, 1), axis=(1, -1)),
            sample(of(1, 1), axis=(0, 1)),
            sample(of(0, 1), axis=(-1,)),
            sample(of(2, 1), axis=()),
        ],
        squeeze,
        takes=EVERYTHING,
    ),
    Record(
        rearrangement.broadcast_to_primitive,
        [
            sample(of(3), shape=(2, 3)),
            sample(of(2, 1), shape=(2, 3)),
            sample(of(), shape=(2, 2)),
            sample(of(1), shape=(0,)),
            sample(of(2, 3), shape=(2, 3)),
            sample(of(1, 3), fixed([2, 3]), shape=(None, None)).but(has_known_shape=False),
            sample(of(3), fixed([2, 3]), shape=(2, None)).but(has_known_shape=False),
        ],
        broadcast_to,
        takes=EVERYTHING,
    ),
    Record(
        rearrangement.concat,
        [
            sample(of(2, 3), of(1, 3), axis=0),
            sample(of(2, 1), of(2, 2), of(2, 0), axis=-1),
            sample(of(2), axis=0),
            sample(of(0), of(3), axis=0),
            sample(of(2, 1, 2), of(2, 2, 2), axis=1),
        ],
        concat,
        takes=EVERYTHING,
    ),
    Record(
        rearrangement.split,
        [
            sample(of(5, 2), sizes=(2, 3), axis=0),
            sample(of(2, 4), sizes=(1, 0, 3), axis=-1),
            sample(of(3), sizes=(3,), axis=0),
            sample(of(0, 2), sizes=(0, 0), axis=0),
            sample(of(5, 2), fixed([2, 3]), sizes=(None, None), axis=0).but(has_known_shape=False),
        ],
        split,
        takes=EVERYTHING,
    ),
    Record(
        rearrangement.stack_primitive,
        [
            sample(of(2, 3), of(2, 3), axis=0),
            sample(of(2, 1), of(2, 1), of(2, 1), axis=-1),
            sample(of(2), axis=1),
            sample(of(), of(), axis=0),
            sample(of(0, 2), of(0, 2), axis=-2),
        ],
        stack,
        takes=EVERYTHING,
    ),
    Record(
        rearrangement.unstack,
        [
            sample(of(2, 3), num=2, axis=0),
            sample(of(2, 3, 2), num=3, axis=-2),
            sample(of(3), num=3, axis=0),
            sample(of(1, 0), num=1, axis=0),
            sample(of(0, 2), num=0, axis=0),
        ],
        unstack,
        takes=EVERYTHING,
    ),
    Record(
        turning.roll,
        [
            sample(of(2, 3), shift=(1,), axis=(1,)),
            sample(of(2, 3), shift=(-5, 1), axis=(-1, 0)),
            sample(of(3), shift=(1, 1), axis=(0, 0)),
            sample(of(0, 2), shift=(1,), axis=(0,)),
            sample(of(2, 3), shift=(), axis=()),
            sample(of(5, 2), fixed([2]), shift=None, axis=(0,)),
        ],
        roll,
        takes=EVERYTHING,
    ),
    Record(
        repeating.repeat,
        [
            sample(of(2, 3), times=2, axis=1),
            sample(of(2, 3), times=3, axis=-2),
            sample(of(3), times=0, axis=0),
            sample(of(0, 2), times=2, axis=0),
            sample(of(3, 2), fixed([2, 0, 1]), times=None, axis=0).but(has_known_shape=False),
            sample(of(2, 2), fixed([1, 3], "uint8"), times=None, axis=-1).but(
                has_known_shape=False
            ),
        ],
        repeated,
        takes=EVERYTHING,
        needs_rank=True,
    ),
    Record(
        one_hot.one_hot,
        [
            sample(fixed([2, 0, 5, -1]), of(), of(), depth=3, axis=-1),
            sample(fixed([[1], [0]], "uint8"), of(), of(), depth=2, axis=0),
            sample(fixed([0, 1, 1], "int64"), of(), of(), depth=2, axis=1),
            sample(fixed(1), of(), of(), depth=3, axis=0),
            sample(fixed([]), of(), of(), depth=2, axis=-1),
            sample(fixed([1, 2]), of(), of(), depth=0, axis=-1),
            sample(fixed([2, 0]), of(), of(), fixed(3), depth=None, axis=-1).but(
                has_known_shape=False
            ),
        ],
        hot,
        takes=EVERYTHING,
    ),
    Record(
        turning.reverse,
        [
            sample(of(2, 3), axis=(0,)),
            sample(of(2, 3), axis=(-1, 0)),
            sample(of(2, 3), axis=()),
            sample(of(), axis=()),
            sample(of(0, 2), axis=(0,)),
        ],
        reverse,
        takes=EVERYTHING,
    ),
    Record(
        padding.mirror_pad,
        [
            sample(of(3, 4), paddings=((2, 1), (0, 3)), edge=1),
            sample(of(2, 3), paddings=((2, 2), (0, 3)), edge=0),
            sample(of(3), paddings=((0, 3),), edge=0),
            sample(of(1, 2), paddings=((0, 0), (1, 0)), edge=1),
            sample(of(), paddings=(), edge=1),
            sample(of(0, 2), paddings=((0, 0), (1, 1)), edge=0),
        ],
        mirrored,
        takes=EVERYTHING,
    ),
    Record(
        padding.pad,
        [
            sample(of(2, 3), of(), paddings=((1, 2), (0, 1))),
            sample(of(2), of(), paddings=((0, 0),)),
            sample(of(), of(), paddings=()),
            sample(of(0, 2), of(), paddings=((1, 1), (0, 0))),
        ],
        pad,
        takes=EVERYTHING,
    ),
    Record(
        ranges.range_primitive,
        [each.but(has_known_shape=False) for each in RANGES],
        numbers,
        takes=REALS,
    ),
]


# Indexing -------------------------------------------------------------------------------------


def sliced(x, *bounds, key):
    """NumPy's own indexing."""
    return x[indexing.filled_key(key, bounds)]


def unsliced(x, *rest, key, shape):
    """Zeros and an assignment."""
    if None in shape:
        *rest, sizes = rest
        shape = tuple(sizes.tolist())
    result = np.zeros(shape, x.dtype)
    result[indexing.filled_key(key, rest)] = x
    return result


def replaced(x, part, *bounds, key):
    """An assignment to a copy."""
    result = np.array(x)
    result[indexing.filled_key(key, bounds)] = part
    return result


def gathered(x, indices, *, axis):
    """One part after the other."""
    moved = np.moveaxis(x, axis, 0)
    parts = [moved[i] for i in indices.ravel()]
    result = np.array(parts, x.dtype).reshape(*indices.shape, *moved.shape[1:])
    axis %= x.ndim
    places = range(indices.ndim)
    return np.moveaxis(result, places, [axis + i for i in places])


def scattered(updates, indices, sizes=None, *, axis, shape):
    """Additions in a loop over the indices."""
    shape = shape if sizes is None else tuple(sizes.tolist())
    result = np.zeros(shape, updates.dtype)
    moved = np.moveaxis(result, axis, 0)
    for place in np.ndindex(*indices.shape):
        moved[indices[place]] += updates[(slice(None),) * axis + place]
    return result


def masked(x, mask):
    """The parts at the true places."""
    parts = [x[place] for place in np.ndindex(*mask.shape) if mask[place]]
    return np.array(parts, x.dtype).reshape(len(parts), *x.shape[mask.ndim :])


def unmasked(x, mask, sizes=None, *, shape):
    """The parts put back one after the other."""
    result = np.zeros(shape if sizes is None else tuple(sizes.tolist()), x.dtype)
    places = [place for place in np.ndindex(*mask.shape) if mask[place]]
    for place, part in zip(places, x, strict=True):
        result[place] = part
    return result


def open_shape(*draws, **params):
    """A sample whose output has a shape that only the values tell."""
    return sample(*draws, **params).but(has_known_shape=False)


MASK = fixed([True, False, True], "bool")
KEY = (slice(None), slice(Bound(0), None))

INDEXING = [
    Record(
        indexing.slice_primitive,
        [
            sample(of(4, 3), key=(1,)),
            sample(of(4, 3), key=(-1, slice(None))),
            sample(of(4, 3), key=(slice(1, 3), None, Ellipsis)),
            sample(of(4, 3), key=(Ellipsis, slice(None, None, -1))),
            sample(of(5, 2), key=(slice(-1, 0, -2), 0)),
            sample(of(2, 3), key=(slice(5, 9),)),
            sample(of(2, 3, 2), key=(0, Ellipsis, 1)),
            sample(of(), key=(None, Ellipsis)),
            sample(of(), key=()),
            sample(of(0, 3), key=(slice(None), 2)),
            open_shape(of(4, 3), fixed(1), key=(slice(None), slice(Bound(0), None))),
            sample(of(4, 3), fixed(-2, "int64"), key=(Bound(0),)),
        ],
        sliced,
        takes=EVERYTHING,
    ),
    Record(
        indexing.unslice_primitive,
        [
            sample(of(3), key=(1,), shape=(4, 3)),
            sample(of(2, 3), key=(slice(1, 3),), shape=(4, 3)),
            sample(of(4, 1, 3), key=(slice(None), None, slice(None, None, -1)), shape=(4, 3)),
            sample(of(), key=(0, -1), shape=(2, 2)),
            sample(of(0, 2), key=(slice(3, 3),), shape=(3, 2)),
            open_shape(of(3), fixed([4, 3]), key=(1,), shape=(None, None)),
            open_shape(of(4, 2), fixed(1), fixed([4, 3]), key=KEY, shape=(None, None)),
            sample(of(4, 2), fixed(1), key=KEY, shape=(4, 3)),
        ],
        unsliced,
        takes=NUMBERS + BOOL,
        fits_by_construction=True,
    ),
    Record(
        indexing.replace_slice,
        [
            sample(of(4, 3), of(3), key=(1,)),
            sample(of(4, 3), of(), key=(-1, 0)),
            sample(of(4, 3), of(2, 1, 3), key=(slice(1, 3), None, Ellipsis)),
            sample(of(4, 3), of(4, 3), key=(Ellipsis, slice(None, None, -1))),
            sample(of(5, 2), of(2), key=(slice(-1, 1, -2), 0)),
            sample(of(), of(1), key=(None, Ellipsis)),
            sample(of(), of(), key=()),
            sample(of(2, 3), of(0, 3), key=(slice(5, 9),)),
            sample(of(4, 3), of(4, 2), fixed(1), key=KEY),
            sample(of(4, 3), of(3), fixed(-2, "int64"), key=(Bound(0),)),
        ],
        replaced,
        takes=EVERYTHING,
    ),
    Record(
        indexing.gather,
        [
            sample(of(4, 3), fixed([2, 0, 2]), axis=0),
            sample(of(4, 3), fixed([[0, 1], [1, 2]], "int64"), axis=-1),
            sample(of(2, 3, 2), fixed(1, "uint8"), axis=1),
            sample(of(3), fixed([], "int32"), axis=0),
            sample(of(0, 2), fixed([], "int32"), axis=0),
            sample(of(4, 0), fixed([3]), axis=0),
        ],
        gathered,
        takes=EVERYTHING,
    ),
    Record(
        indexing.scatter_add_primitive,
        [
            sample(of(3, 2), fixed([2, 0, 2]), axis=0, shape=(4, 2)),
            sample(of(2, 2, 2), fixed([[0, 1], [1, 2]], "int64"), axis=1, shape=(2, 3)),
            sample(of(2), fixed(1), axis=0, shape=(3, 2)),
            sample(of(0, 2), fixed([], "int32"), axis=0, shape=(3, 2)),
            open_shape(of(3, 2), fixed([1, 0, 1]), fixed([4, 2]), axis=0, shape=(None, None)),
        ],
        scattered,
        takes=NUMBERS,
        complex_ulps=2,
        fits_by_construction=True,
    ),
    Record(
        indexing.boolean_mask,
        [
            open_shape(of(3, 2), MASK),
            open_shape(of(2, 2), fixed([[True, False], [True, True]], "bool")),
            open_shape(of(3), fixed([False] * 3, "bool")),
            open_shape(of(0, 2), fixed([], "bool")),
        ],
        masked,
        takes=EVERYTHING,
    ),
    Record(
        indexing.unmask_primitive,
        [
            sample(of(2, 2), MASK, shape=(3, 2)),
            sample(of(3), fixed([[True, False], [True, True]], "bool"), shape=(2, 2)),
            sample(of(0), fixed([False] * 3, "bool"), shape=(3,)),
            open_shape(of(2, 2), MASK, fixed([3, 2]), shape=(None, None)),
        ],
        unmasked,
        takes=NUMBERS + BOOL,
        fits_by_construction=True,
    ),
]

RECORDS = [*REARRANGEMENTS, *INDEXING]
