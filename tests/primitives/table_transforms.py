"""Records of eagre/transforms."""

import numpy as np

from eagre.transforms import rows
from tests.primitives.record import NUMBERS, Record, fixed, of, sample
from tests.primitives.table_control import graph

VECTOR = [None]
PRODUCTS = graph(lambda x, y: (x * y, x + 1), VECTOR, VECTOR)
STEP = graph(lambda x, y: (x - y, x * y), VECTOR, [])


def row_by_row(*arrays, graph, batched):
    """Products and successors, by NumPy."""
    count = next(len(x) for x, is_batched in zip(arrays, batched, strict=True) if is_batched)
    x, y = (
        array if is_batched else np.stack([array] * count)
        for array, is_batched in zip(arrays, batched, strict=True)
    )
    return x * y, x + np.ones((), x.dtype)


def step_by_step(x, y, size=None, *, graph, carried, shape):
    """Differences, and products again and again."""
    found = []
    for _ in range(shape[0] if size is None else int(size[0])):
        found.append(x - y)
        x = x * y
    return np.stack(found), x


def rows_of(*draws, batched):
    """A sample of rows, whose outputs have the specs that the graph declares."""
    return sample(*draws, graph=PRODUCTS, batched=batched).but(has_known_shape=False)


def steps_of(*draws, shape):
    """A sample of steps."""
    return sample(*draws, graph=STEP, carried=0, shape=shape).but(has_known_shape=False)


RECORDS = [
    Record(
        rows.each_row_primitive,
        [
            rows_of(of(3, 2), of(2), batched=(True, False)),
            rows_of(of(2), of(3, 2), batched=(False, True)),
            rows_of(of(2, 4), of(2, 4), batched=(True, True)),
        ],
        row_by_row,
        takes=NUMBERS,
        complex_ulps=4,
        floor=2,
        fits_by_construction=True,
    ),
    Record(
        rows.repeated_step,
        [
            steps_of(of(3), of(), shape=(2,)),
            steps_of(of(3), of(), fixed([3]), shape=(None,)),
        ],
        step_by_step,
        takes=NUMBERS,
        complex_ulps=4,
        floor=2,
        fits_by_construction=True,
    ),
]
