"""Records of eagre/primitives/scattering.py, sorting.py, checking.py and casting.py."""

import struct

import numpy as np

from eagre.core.dtypes import as_dtype
from eagre.core.farmhash import fingerprint
from eagre.core.shapes import broadcast_sizes
from eagre.primitives import casting, checking, fingerprints, scattering, sorting
from tests.primitives.record import (
    BOOL,
    EVERYTHING,
    FLOATS,
    NUMBERS,
    REALS,
    SIGNED,
    STRING,
    Made,
    Record,
    fixed,
    of,
    positive,
    rough,
    sample,
    specials,
)


def dtype_of(name):
    """A parameter that is a dtype."""
    return Made(lambda _: as_dtype(name))


# Scattering -----------------------------------------------------------------------------------


def gathered(x, indices):
    """One part after the other."""
    shape = (*indices.shape[:-1], *x.shape[indices.shape[-1] :])
    result = np.empty(shape, x.dtype)
    for place in np.ndindex(*indices.shape[:-1]):
        result[place] = x[tuple(indices[place].tolist())]
    return result


def scattering_by(combine):
    """A reference that combines one part after the other."""

    def reference(x, indices, updates):
        result = x.copy()
        for place in np.ndindex(*indices.shape[:-1]):
            target = tuple(indices[place].tolist())
            with np.errstate(all="ignore"):
                result[target] = combine(result[target], updates[place])
        return result

    return reference


PLACES = [
    sample(of(4, 3), fixed([[2], [0], [2]])),
    sample(of(4, 3), fixed([[[0, 1], [3, 2]]], "int64")),
    sample(of(2, 3, 2), fixed([1, 2], "uint8")),
    sample(of(3), fixed(np.zeros((0, 1)))),
    sample(of(2, 2), fixed(np.zeros((3, 0)))),
    sample(of(0, 2), fixed(np.zeros((0, 1)))),
]
# Places that do not repeat: only there do differences agree with TensorFlow's gradient.
SCATTERED = [
    sample(of(4, 3), fixed([[2], [0]]), of(2, 3)),
    sample(of(4, 3), fixed([[[0, 1], [3, 2]]], "int64"), of(1, 2)),
    sample(of(2, 3, 2), fixed([1, 2], "uint8"), of(2)),
    sample(of(3), fixed(np.zeros((0, 1))), of(0)),
    sample(of(2), fixed(np.zeros(0)), of(2)),
]
REPEATED = sample(of(3, 2), fixed([[2], [0], [2]]), of(3, 2))

SCATTERS = [
    Record(scattering.gather_nd, PLACES, gathered, takes=EVERYTHING),
    Record(scattering.gather_batches, PLACES[:3], gathered, takes=EVERYTHING),
    Record(
        scattering.tensor_scatter_update,
        [*SCATTERED, REPEATED.but(is_smooth=False)],
        scattering_by(lambda x, update: update),
        takes=EVERYTHING,
    ),
    Record(
        scattering.tensor_scatter_add,
        [*SCATTERED, REPEATED],
        scattering_by(lambda x, update: x + update),
        takes=NUMBERS + BOOL,
    ),
    Record(
        scattering.tensor_scatter_subtract,
        SCATTERED[:3],
        scattering_by(lambda x, update: x + update),
        takes=NUMBERS + BOOL,
    ),
    Record(
        scattering.scatter_nd_primitive,
        SCATTERED[:3],
        scattering_by(lambda x, update: x + update),
        takes=EVERYTHING,
    ),
    Record(
        scattering.tensor_scatter_maximum,
        [*SCATTERED, REPEATED],
        scattering_by(np.maximum),
        takes=REALS,
    ),
    Record(
        scattering.tensor_scatter_minimum,
        [*SCATTERED, REPEATED],
        scattering_by(np.minimum),
        takes=REALS,
    ),
]


# Sorting --------------------------------------------------------------------------------------


def sorted_indices(x, *, is_descending):
    """Insertion into a list, NaN after everything else."""
    result = np.empty(x.shape, np.int32)
    for place in np.ndindex(*x.shape[:-1]):
        row = [float(value) if x.dtype.kind not in "iu" else int(value) for value in x[place]]
        order = []
        for index, value in enumerate(row):
            later = [n for n, k in enumerate(order) if is_before(value, row[k], is_descending)]
            order.insert(later[0] if later else len(order), index)
        result[place] = order
    return result


def is_before(x, y, is_descending):
    """Whether `x` belongs before `y`."""
    if x != x or y != y:
        return x == x
    return x > y if is_descending else x < y


def searched(x, values, *, side, dtype):
    """How many elements are smaller, or not larger."""
    result = np.empty(values.shape, np.int64)
    for place in np.ndindex(*values.shape):
        row = x[place[:-1]]
        before = row < values[place] if side == "left" else row <= values[place]
        result[place] = np.sum(before)
    return result


def uniques(x, *, dtype):
    """A list of what has come."""
    seen, first, numbers, counts = [], [], [], []
    for index, value in enumerate(x.tolist()):
        if value not in seen:
            seen.append(value)
            first.append(index)
            counts.append(0)
        numbers.append(seen.index(value))
        counts[numbers[-1]] += 1
    return tuple(np.array(each, np.int64) for each in (first, numbers, counts))


def true_places(x):
    """The places in order."""
    places = [place for place in np.ndindex(*x.shape) if x[place]]
    return np.array(places, np.int64).reshape(len(places), x.ndim)


def in_order(*shape):
    """Numbers that grow along the last axis."""

    def draw(generator, dtype):
        values = of(*shape)(generator, dtype)
        if dtype not in REALS:
            return values
        return np.sort(values.astype(np.float32), -1).astype(values.dtype)

    return draw


ORDERS = [
    sample(of(2, 5), is_descending=False),
    sample(of(2, 5), is_descending=True),
    sample(fixed([2, 1, 2, 1, 0], None), is_descending=False).but(is_smooth=False),
    sample(fixed([2, 1, 2, 1, 0], None), is_descending=True).but(is_smooth=False),
    rough(specials(9), is_descending=False).but(dtypes=FLOATS + SIGNED),
    rough(specials(9), is_descending=True).but(dtypes=FLOATS + SIGNED),
    sample(of(0, 2), is_descending=True),
    sample(of(2, 0), is_descending=False),
]


def sorted_elements(x, *, is_descending):
    """The elements at the indices that sort."""
    return np.take_along_axis(x, sorted_indices(x, is_descending=is_descending), -1)


def hashes_of_rows(x):
    """The rows one by one; a row with one number, the others by their bytes."""
    rows = [fingerprint(np.ascontiguousarray(row).tobytes()) for row in x]
    if x.dtype == object:
        parts = [[fingerprint(text) for text in np.ravel(row).tolist()] for row in x]
        rows = [own[0] if len(own) == 1 else fingerprint(struct.pack(f"<{len(own)}Q", *own))
                for own in parts]
    return np.array(rows, "<u8").view(np.uint8).reshape(len(x), 8)


SORTS = [
    Record(
        fingerprints.fingerprint,
        [rough(of(2, 3)), rough(of(3)), rough(of(0, 2)), rough(of(2, 0)), rough(of(2, 2, 9))],
        hashes_of_rows,
        takes=EVERYTHING,
        gives="uint8",
    ),
    Record(sorting.sort_indices, ORDERS, sorted_indices, takes=REALS, gives="int32"),
    Record(sorting.sort, ORDERS, sorted_elements, takes=REALS),
    Record(
        sorting.search_sorted,
        [
            sample(in_order(5), of(4), side="left", dtype=dtype_of("int32")),
            sample(fixed([1, 2, 2, 3], None), fixed([0, 2, 3, 4], None), side="left",
                   dtype=dtype_of("int64")),
            sample(fixed([1, 2, 2, 3], None), fixed([0, 2, 3, 4], None), side="right",
                   dtype=dtype_of("int32")),
            sample(in_order(2, 3), of(2, 4), side="right", dtype=dtype_of("int64")),
            sample(of(0), of(2), side="left", dtype=dtype_of("int32")),
            sample(of(2, 0, 3), of(2, 0, 1), side="left", dtype=dtype_of("int32")),
            sample(in_order(2, 3), of(2, 0), side="left", dtype=dtype_of("int32")),
        ],
        searched,
        takes=REALS,
        gives="param",
    ),
    Record(
        sorting.unique_indices,
        [
            rough(of(5), dtype=dtype_of("int32")).but(has_known_shape=False),
            rough(fixed([3, 1, 3, 2, 1, 1], None), dtype=dtype_of("int64")).but(
                has_known_shape=False),
            rough(of(0), dtype=dtype_of("int32")).but(has_known_shape=False),
        ],
        uniques,
        takes=REALS + BOOL + STRING,
        gives="param",
    ),
    Record(
        sorting.nonzero,
        [
            rough(of(2, 3)).but(has_known_shape=False),
            rough(fixed([[0, 1, 0], [2, 0, 0]], None)).but(has_known_shape=False),
            rough(fixed([0, -0.0, np.nan], None)).but(has_known_shape=False, dtypes=FLOATS),
            rough(of(0, 2)).but(has_known_shape=False),
        ],
        true_places,
        takes=NUMBERS + BOOL,
        gives="int64",
    ),
]


# Checks and casts -----------------------------------------------------------------------------


def broadcast(x, y):
    """NumPy's own."""
    return np.array(broadcast_sizes(tuple(x.tolist()), tuple(y.tolist())))


def recast(x, *, dtype):
    """By Python's module of packed bytes."""
    wide, narrow = x.dtype.itemsize, dtype.size
    content = b"".join(
        struct.pack(f"{wide}s", element.tobytes()) for element in x.reshape(-1)
    )
    array = np.frombuffer(content, dtype.numpy)
    if wide > narrow:
        return array.reshape(*x.shape, wide // narrow)
    return array.reshape(x.shape if wide == narrow else x.shape[:-1])


CHECKS = [
    *[
        Record(
            primitive,
            [
                sample(of(2, 3), fixed([True, True], "bool"), message="expected. Received: x="),
                sample(of(), fixed(True, "bool"), message="expected. Received: x="),
                sample(of(0), fixed([], "bool"), message="expected. Received: x="),
            ],
            lambda x, condition, *, message: x,
            takes=EVERYTHING,
        )
        for primitive in (checking.demand, checking.demand_in_range)
    ],
    Record(
        checking.demand_below,
        [
            sample(positive(2, 3), limit=None, message="expected. Received: x="),
            sample(positive(), limit=100, message="expected. Received: x="),
            sample(of(0), limit=0, message="expected. Received: x="),
        ],
        lambda x, *, limit, message: x,
        takes=REALS,
    ),
    Record(
        checking.ensure_shape,
        [
            sample(of(2, 3), shape=(2, None)),
            sample(of(2, 3), shape=None),
            sample(of(), shape=()),
            sample(of(0, 3), shape=(0, 3)),
        ],
        lambda x, *, shape: x,
        takes=EVERYTHING,
    ),
    Record(
        checking.broadcast_shapes,
        [
            sample(fixed([2, 1], None), fixed([3], None)),
            sample(fixed([], None), fixed([4, 2], None)),
            sample(fixed([1, 5], None), fixed([1, 1], None)),
        ],
        broadcast,
        takes=("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    ),
    Record(
        casting.bitcast,
        [
            *[rough(of(2, 3), dtype=dtype_of(name)).but(dtypes=sources) for name, sources in (
                ("uint8", NUMBERS),
                ("bfloat16", ("float16", "float32", "complex128", "int16", "uint64")),
                ("float32", ("int32", "uint32", "float64", "complex64")),
            )],
            rough(of(3, 2), dtype=dtype_of("float32")).but(dtypes=("float16", "int16")),
            rough(of(8), dtype=dtype_of("complex64")).but(dtypes=("int8", "uint8")),
            rough(of(0, 4), dtype=dtype_of("uint8")),
            rough(of(), dtype=dtype_of("int8")),
        ],
        recast,
        takes=NUMBERS,
        gives="param",
    ),
]

RECORDS = [*SCATTERS, *SORTS, *CHECKS]
