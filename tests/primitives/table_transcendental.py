"""Records of eagre/primitives/transcendental.py."""

import numpy as np

from eagre.primitives import transcendental
from tests.primitives.record import (
    FLOATS,
    INEXACT,
    Record,
    of,
    positive,
    rough,
    sample,
    specials,
    wide,
)

ANYWHERE = [
    sample(of(2, 3)),
    sample(of()),
    sample(of(0, 2)),
    sample(of(1, 3, 1)),
    rough(of(9, 37)),
    rough(specials(3, 3)).but(dtypes=FLOATS),
]
POSITIVE = [
    sample(positive(2, 3)),
    sample(positive()),
    sample(positive(0)),
    rough(positive(9, 37)),
    rough(specials(3, 3)).but(dtypes=FLOATS),
]
ALONG_AXIS = [
    sample(of(2, 3), axis=-1),
    sample(of(2, 3), axis=0),
    sample(of(2, 3, 2), axis=1),
    sample(of(0, 3), axis=1),
    sample(of(2, 0), axis=-1),
    rough(of(9, 37), axis=-1),
    rough(of(37, 9), axis=0),
]


def softmax(x, *, axis):
    """exp(x) over its sum."""
    return np.exp(x) / np.exp(x).sum(axis, keepdims=True)


def log_softmax(x, *, axis):
    """The logarithm of softmax."""
    return x - np.log(np.exp(x).sum(axis, keepdims=True))


RECORDS = [
    Record(transcendental.sqrt, POSITIVE, wide(np.sqrt), takes=INEXACT, ulps=0.5, complex_ulps=4),
    Record(transcendental.rsqrt, POSITIVE, wide(lambda x: 1 / np.sqrt(x)), INEXACT, ulps=2),
    Record(transcendental.exp, ANYWHERE, wide(np.exp), INEXACT, ulps=2, complex_ulps=4),
    Record(transcendental.expm1, ANYWHERE, wide(np.expm1), INEXACT, ulps=2, complex_ulps=8),
    Record(transcendental.log, POSITIVE, wide(np.log), INEXACT, ulps=2, complex_ulps=8),
    Record(transcendental.log1p, POSITIVE, wide(np.log1p), INEXACT, ulps=2, complex_ulps=8),
    Record(transcendental.sin, ANYWHERE, wide(np.sin), INEXACT, ulps=2, complex_ulps=8),
    Record(transcendental.cos, ANYWHERE, wide(np.cos), INEXACT, ulps=2, complex_ulps=8),
    Record(transcendental.tanh, ANYWHERE, wide(np.tanh), INEXACT, ulps=2, complex_ulps=8),
    Record(
        transcendental.sigmoid,
        ANYWHERE,
        wide(lambda x: 1 / (1 + np.exp(-x))),
        INEXACT,
        ulps=4,
        complex_ulps=8,
    ),
    Record(
        transcendental.softplus,
        ANYWHERE,
        wide(lambda x: np.logaddexp(x, np.longdouble(0))),
        FLOATS,
        ulps=4,
    ),
    Record(transcendental.softmax, ALONG_AXIS, wide(softmax), FLOATS, ulps=8),
    Record(transcendental.log_softmax, ALONG_AXIS, wide(log_softmax), FLOATS, ulps=8, floor=1),
]
