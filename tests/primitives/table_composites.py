"""Records of eagre/primitives/elements.py."""

import numpy as np

from eagre.primitives import elements
from tests.primitives.record import EVERYTHING, Record, fixed, of, sample


def written(x, index, value, *, grows):
    """The array with an element replaced, by Python's lists."""
    blank = b"" if value.dtype == object else 0
    rows = [np.full(value.shape, blank, x.dtype) if x[0:1].size == 0 else row for row in x]
    rows += [np.full(value.shape, blank, x.dtype) for _ in range(int(index) + 1 - len(x))]
    rows[int(index)] = value
    result = np.empty((len(rows), *value.shape), x.dtype)
    for place, row in enumerate(rows):
        result[place] = row
    return result


RECORDS = [
    Record(
        elements.read_element,
        [
            sample(of(3, 2), fixed(1)),
            sample(of(4), fixed(3, "int64")),
            sample(of(1, 0, 2), fixed(0, "uint8")),
        ],
        lambda x, index: x[int(index)],
        takes=EVERYTHING,
    ),
    Record(
        elements.write_element,
        [
            sample(of(3, 2), fixed(1), of(2), grows=False),
            sample(of(4), fixed(3, "int64"), of(), grows=False),
            sample(of(2, 2), fixed(3), of(2), grows=True).but(has_known_shape=False),
            sample(of(2, 2), fixed(0), of(2), grows=True).but(has_known_shape=False),
            sample(of(2, 0), fixed(1), of(3), grows=False).but(has_known_shape=False),
        ],
        written,
        takes=EVERYTHING,
        needs_rank=True,
    ),
]
