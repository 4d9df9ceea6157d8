"""Records of the primitives that draw by rejection, and of those that serve them.

The references go number by number with Python's floats.
"""

import math

import numpy as np

from eagre.core.dtypes import as_dtype
from eagre.primitives import (
    isotonic,
    random_bits,
    random_candidates,
    random_counts,
    random_normals,
    random_rejection,
    special,
)
from tests.primitives.record import FLOATS, Made, Record, each, fixed, positive, rough, sample
from tests.primitives.table_random import COUNTER, KEY, as_integers, block, fraction, normal_pair
from tests.primitives.table_special import igamma_slope, pairs

DOUBLE = as_dtype("float64")
COUNTS = ("float16", "float32", "float64", "int32", "int64")


class Source:
    """Numbers out of consecutive blocks, the second of each block first."""

    def __init__(self, key, place):
        self.key, self.place, self.left = key, place, {"uniform": [], "normal": []}

    def take(self, kind):
        if not self.left[kind]:
            words = block(self.key, self.place)
            self.place += 1
            fractions = [fraction(words[i : i + 2], DOUBLE) for i in (0, 2)]
            is_normal = kind == "normal"
            self.left[kind] = list(normal_pair(words, DOUBLE)) if is_normal else fractions
        return self.left[kind].pop()


def drawn(draw, step=256):
    """A reference that draws each output from blocks of its own."""

    def reference(key, counter, *rest, shape, dtype, algorithm):
        rank = 2 if draw is binomial else 1
        parameters, sizes = rest[:rank], rest[rank:]
        shape = tuple(sizes[0].tolist()) if sizes else shape
        end = parameters[0].shape
        samples = math.prod(shape[: len(shape) - len(end)])
        key, counter = as_integers(key, counter)
        columns = []
        for row, values in enumerate(zip(*[p.ravel().tolist() for p in parameters], strict=True)):
            for place in range(samples):
                start = counter + step * (row * samples + place)
                columns.append(draw(Source(key, start), *values))
        table = np.array(columns, object).reshape(math.prod(end), samples)
        return table.T.reshape(shape)

    return reference


def gamma(source, alpha):
    if alpha == 1:
        return -math.log1p(-source.take("uniform"))
    d = alpha + (2 / 3 if alpha < 1 else -1 / 3)
    while True:
        x = source.take("normal")
        v = (1 + x / 3 / math.sqrt(d)) ** 3
        if v <= 0:
            continue
        if math.log(source.take("uniform")) < x * x / 2 + d * (1 - v + math.log(v)):
            return d * v * (source.take("uniform") ** (1 / alpha) if alpha < 1 else 1)


def poisson(source, rate):
    count, product = 0, source.take("uniform")
    while product > math.exp(-rate):
        product *= source.take("uniform")
        count += 1
    return count


def binomial(source, count, prob):
    total = result = 0
    while True:
        total += math.ceil(math.log(source.take("uniform")) / math.log1p(-prob))
        if total > count:
            return result
        result += 1


def bounded(key, counter, *rest, shape, dtype, algorithm):
    """Normal numbers, of which those outside are left out."""
    mean, deviation, low, high, *sizes = (x.tolist() for x in rest)
    shape = tuple(sizes[0]) if sizes else shape
    key, counter = as_integers(key, counter)
    kind = dtype if dtype.name == "float64" else as_dtype("float32")
    step, found = 4 if kind.size == 8 else 2, []
    while len(found) < math.prod(shape):
        words = block(key, counter)
        counter += 1
        numbers = [z for i in range(0, 4, step) for z in normal_pair(words[i : i + step], kind)]
        found += [z * deviation + mean for z in numbers if low <= z * deviation + mean <= high]
    return np.array(found[: math.prod(shape)], object).reshape(shape)


def candidates(key, counter, weights, *, kind, number, unique, classes):
    """Pairs of words modulo the number of classes."""
    key, counter = as_integers(key, counter)
    found, tries = [], 0
    while len(found) < number:
        words = block(key, counter + tries // 2)[tries % 2 * 2 :]
        value = (words[0] + 2**32 * words[1]) % classes
        tries += 1
        if not unique or value not in found:
            found.append(value)
    return np.array(found, np.int64), np.array(tries, np.int64)


def pieces(x):
    """The least upper bounds of running means, from the definition by minima and maxima."""
    rows = x.astype(np.float64).reshape(-1, x.shape[-1])
    result = np.zeros(rows.shape, int)
    for row, numbers in zip(result, rows, strict=True):
        n = len(numbers)
        fit = [min(max(numbers[a : b + 1].mean() for b in range(i, n)) for a in range(i + 1))
               for i in range(n)]
        row[:] = np.cumsum([0, *[abs(p - q) > 1e-9 for p, q in zip(fit, fit[1:], strict=False)]])
    return result.reshape(x.shape).astype(object)


def slope(a, x):
    """The derivative of igamma for a over the density."""
    return -igamma_slope(a, x) * math.gamma(a) * math.exp(x) / x ** (a - 1)


def draws(*parameters, end, make=rough):
    """Samples of several shapes that end with the parameters'."""
    params = {"dtype": Made(as_dtype), "algorithm": random_bits.PHILOX}
    known = [make(KEY, COUNTER, *parameters, shape=shape, **params)
             for shape in (end, (3, *end), (0, *end))]
    sizes = rough(KEY, COUNTER, *parameters, fixed([2, *end]), shape=(None,) * (1 + len(end)),
                  **params)
    return [*known, sizes.but(has_known_shape=False)]


RECORDS = [
    Record(
        random_rejection.random_gamma,
        draws(fixed([0.5, 1.0, 2.5], None), end=(3,), make=sample),
        drawn(gamma),
        takes=FLOATS,
        ulps=4,
        floor=0.01,
        constants=frozenset({2}),
    ),
    Record(
        random_counts.random_poisson,
        draws(fixed([0.5, 2.0, 9.0], "float32"), end=(3,)),
        drawn(poisson),
        takes=COUNTS,
    ),
    Record(
        random_counts.random_binomial,
        draws(fixed([5.0, 12.0], "float32"), fixed([0.25, 0.5], "float32"), end=(2,)),
        drawn(binomial, 42),
        takes=COUNTS,
    ),
    Record(
        random_normals.random_bounded_normal,
        draws(*[fixed(value, None) for value in (0.5, 1.0, -1.5, 3.0)], end=(), make=sample),
        bounded,
        takes=FLOATS,
        ulps=4,
        floor=2,
        constants=frozenset({2, 3, 4, 5}),
    ),
    Record(
        random_candidates.random_candidates,
        [
            rough(KEY, COUNTER, fixed([], None), kind="uniform", number=number, unique=unique,
                  classes=8)
            for number, unique in ((3, True), (5, False), (8, True))
        ],
        candidates,
        takes=("int64",),
    ),
    Record(
        isotonic.isotonic_pieces,
        [rough(fixed([[3, 1, 2, 2, 5], [9, 7, 8, 1, 0]], None)), rough(fixed([[1], [2]], None))],
        pieces,
        takes=FLOATS,
        gives="int32",
    ),
    Record(
        special.gamma_sample_slope,
        pairs(positive),
        each(slope),
        takes=FLOATS,
        ulps=64,
        floor=1,
        constants=frozenset({0}),
    ),
]
