"""Records of the random primitives in eagre/primitives: draws by Philox, and their streams.

The references compute one block after the other with Python's integers, from the description of
Philox 4x32-10 by Salmon, Moraes, Dror and Shaw (SC 2011).
"""

import math
import random

import numpy as np

from eagre.core.dtypes import as_dtype
from eagre.primitives import (
    index_shuffling,
    random_bits,
    random_choices,
    random_distributions,
    random_streams,
)
from tests.primitives.record import FLOATS, INTEGERS, Made, Record, fixed, rough

WORD = 2**32
LONG = 2**64
KEY = fixed([0x243F6A8885A308D3], "uint64")
COUNTER = fixed([0x13198A2E03707344, 7], "uint64")
BITS_OF_FRACTIONS = {"float16": 10, "bfloat16": 7, "float32": 23, "float64": 52}


def block(key, counter):
    """The four words of one block."""
    words = [counter >> 32 * i & WORD - 1 for i in range(4)]
    keys = [key % WORD, key // WORD]
    for _ in range(10):
        first, second = words[0] * 0xD2511F53, words[2] * 0xCD9E8D57
        words = [
            second // WORD ^ words[1] ^ keys[0],
            second % WORD,
            first // WORD ^ words[3] ^ keys[1],
            first % WORD,
        ]
        keys = [(keys[0] + 0x9E3779B9) % WORD, (keys[1] + 0xBB67AE85) % WORD]
    return words


def as_integers(key, counter):
    """A key and a counter of arrays as two integers."""
    return int(key[0]), int(counter[0]) + LONG * int(counter[1])


def words_of(key, counter, count):
    """So many words of consecutive blocks."""
    key, counter = as_integers(key, counter)
    blocks = [block(key, (counter + i) % LONG**2) for i in range(-(-count // 4))]
    return [word for each in blocks for word in each][:count]


def fraction(words, dtype):
    """A number in [0, 1) out of one word, for float64 out of two."""
    if dtype.name == "float64":
        return (words[0] % 2**20 * WORD + words[1]) / 2**52
    bits = BITS_OF_FRACTIONS[dtype.name]
    return words[0] % 2**bits / 2**bits


def normal_pair(words, dtype):
    """Two normal numbers out of two fractions; halves come from those of float32."""
    size = len(words) // 2
    kind = dtype if dtype.name == "float64" else as_dtype("float32")
    first, second = fraction(words[:size], kind), fraction(words[size:], kind)
    radius = math.sqrt(-2 * math.log(max(first, 1e-7)))
    return radius * math.sin(2 * math.pi * second), radius * math.cos(2 * math.pi * second)


def in_shape(numbers, shape, sizes):
    """The first numbers in the shape."""
    shape = shape if sizes is None else tuple(sizes.tolist())
    return np.array(numbers[: math.prod(shape)], object).reshape(shape)


def count_of(shape, sizes):
    """How many numbers are drawn."""
    return math.prod(shape if sizes is None else sizes.tolist())


def bits(key, counter, sizes=None, *, shape, dtype, algorithm):
    """Words, or pairs of words with the first one low."""
    count = count_of(shape, sizes)
    words = words_of(key, counter, 2 * count)
    if dtype.size == 8:
        words = [low + WORD * high for low, high in zip(words[::2], words[1::2], strict=True)]
    return in_shape(words, shape, sizes)


def integers(key, counter, low, high, sizes=None, *, shape, **params):
    """Words modulo the difference."""
    low, high = int(low), int(high)
    drawn = bits(key, counter, sizes, shape=shape, **params)
    return in_shape([low + word % (high - low) for word in drawn.ravel()], shape, sizes)


def uniform(key, counter, sizes=None, *, shape, dtype, algorithm):
    """Fractions."""
    step = 2 if dtype.size == 8 else 1
    words = words_of(key, counter, step * count_of(shape, sizes))
    numbers = [fraction(words[i : i + step], dtype) for i in range(0, len(words), step)]
    return in_shape(numbers, shape, sizes)


def normal(key, counter, sizes=None, *, shape, dtype, algorithm):
    """Pairs."""
    step = 4 if dtype.size == 8 else 2
    count = count_of(shape, sizes)
    words = words_of(key, counter, step * (count + 1) // 2 * 2)
    pairs = [normal_pair(words[i : i + step], dtype) for i in range(0, len(words) - 1, step)]
    return in_shape([number for pair in pairs for number in pair], shape, sizes)


def truncated(key, counter, sizes=None, *, shape, dtype, algorithm):
    """For each group of numbers the first that fit, in a stretch of blocks of its own."""
    key, counter = as_integers(key, counter)
    step, size = (4, 2) if dtype.size == 8 else (2, 4)
    numbers = []
    for group in range(-(-count_of(shape, sizes) // size)):
        found, place = [], counter + group * 64 * size
        while len(found) < size:
            words = block(key, place)
            pairs = [normal_pair(words[i : i + step], dtype) for i in range(0, 4, step)]
            found += [number for pair in pairs for number in pair if abs(number) < 2]
            place += 1
        numbers += found[:size]
    return in_shape(numbers, shape, sizes)


def permutation(key, counter, sizes=None, *, shape, dtype, algorithm):
    """Exchanges of each place with a later one."""
    count = count_of(shape, sizes)
    order = list(range(count))
    for i, word in enumerate(words_of(key, counter, max(count - 1, 0))):
        other = i + word % (count - i)
        order[i], order[other] = order[other], order[i]
    return in_shape(order, shape, sizes)


def categories(key, counter, logits, sizes=None, *, shape, dtype, algorithm):
    """The first class at which the running total of probabilities exceeds a fraction."""
    shape = shape if sizes is None else tuple(sizes.tolist())
    shape = (len(logits), *shape)
    words = words_of(key, counter, 2 * math.prod(shape))
    double = as_dtype("float64")
    numbers = iter([fraction(words[i : i + 2], double) for i in range(0, len(words), 2)])
    result = np.empty(shape, object)
    for place in np.ndindex(*shape):
        chances = np.cumsum(np.exp(logits[place[0]].astype(np.float64)))
        limit = next(numbers) * chances[-1]
        result[place] = sum(chance <= limit for chance in chances)
    return result


def stream_from_seed(seed, *, algorithm):
    """One block, whose key is a constant of TensorFlow, scrambles the seed."""
    first, second = (int(each) % LONG for each in seed)
    words = block(0x02461E293EC8F720, first + LONG * second)
    return np.array([words[0] + WORD * words[1]], object), np.array(
        [0, words[2] + WORD * words[3]], object
    )


def advance(state, sizes=None, *, shape, algorithm):
    """256 blocks for each number."""
    low, high, key = (int(word) % LONG for word in state)
    moved = low + LONG * high + 256 * count_of(shape, sizes)
    after = [moved % LONG, moved // LONG % LONG, key]
    return np.array([key], object), np.array([low, high], object), np.array(after, object)


def next_stream(state):
    """The seeds that Python's generator gives to one operation after the other."""
    seed, is_set, position, setting = state.tolist()
    source = random.Random(seed)
    numbers = [source.randint(0, 2**31 - 1) for _ in range(position + 1)]
    key, counter = np.array([seed], object), np.array([0, numbers[-1]], object)
    return key, counter, np.array([seed, is_set, position + 1, setting], object)


def seeded_stream(state, place, sizes=None, *, shape, seed, use):
    """The blocks follow one another since the global seed was set."""
    global_seed, is_set, _, setting = state.tolist()
    used = place.tolist()[0] if place.tolist()[1] == setting else 0
    key = np.array([global_seed if is_set else 87654321], object)
    after = np.array([used + 256 * count_of(shape, sizes), setting], object)
    return key, np.array([used, seed], object), after


def draws(*inputs, **params):
    """Samples of a draw, of the dtype that the table samples."""
    dtype = Made(as_dtype)
    params = {"dtype": dtype, "algorithm": random_bits.PHILOX, **params}
    shapes = [(), (5,), (2, 3), (0, 2)]
    known = [rough(KEY, COUNTER, *inputs, shape=shape, **params) for shape in shapes]
    sizes = rough(KEY, COUNTER, *inputs, fixed([3, 2]), shape=(None, None), **params)
    return [*known, sizes.but(has_known_shape=False)]


def of_length(*inputs, lengths, **params):
    """Samples of a draw whose shape is one number."""
    params = {"dtype": Made(as_dtype), "algorithm": random_bits.PHILOX, **params}
    return [rough(KEY, COUNTER, *inputs, shape=(n,), **params) for n in lengths]


BOUNDS = (fixed(-3, None), fixed(11, None))
STATE = fixed([7, 1, 3, 2], "int64")
UNSET = fixed([7, 0, 3, 2], "int64")
WHOLE = ("int32", "int64")


def shuffled_index(index, seed, largest, *, rounds):
    """Simon's cipher on one number after the other, until one is at most the largest."""
    shape = np.broadcast_shapes(index.shape, seed.shape[:-1], largest.shape)
    result = np.empty(shape, index.dtype)
    for place in np.ndindex(*shape):
        key = np.broadcast_to(seed, (*shape, 3))[place].tolist()
        limit = int(np.broadcast_to(largest, shape)[place])
        half = max(8, -(-math.ceil(math.log2(max(limit, 1))) // 2))
        number = encrypted(int(np.broadcast_to(index, shape)[place]), key, half, rounds)
        while number > limit:
            number = encrypted(number, key, half, rounds)
        result[place] = number
    return result


def encrypted(number, key, half, rounds):
    """One number of twice `half` bits, as Beaulieu et al. have it (2013)."""
    def turn(x, places):
        return (x << places % half | x >> -places % half) % 2**half

    keys = [part % 2**32 % 2**half for part in key]
    for i in range(rounds - 3):
        constant = 0xFFFFFFFC % 2**half ^ (0x7369F885192C0EF5 >> i & 1)
        keys.append(constant ^ keys[i] ^ turn(keys[-1], -3) ^ turn(keys[-1], -4))
    left, right = number % 2**half, number >> half
    for part in keys:
        left, right = right ^ turn(left, 1) & turn(left, 8) ^ turn(left, 2) ^ part, left
    return right << half | left


WIDE = ("int32", "int64", "uint32", "uint64")
SHUFFLED = [
    rough(fixed(7, None), fixed([1, 2, 3], "int64"), fixed(9, None), rounds=4),
    rough(fixed([0, 7, 9], None), fixed([-1, 2, 3], "int32"), fixed(9, None), rounds=6),
    rough(fixed(7, None), fixed([[1, 2, 3], [4, 5, 6]], "uint32"), fixed([9, 2000000], None),
          rounds=4),
    rough(fixed([], None), fixed([1, 2, 3], "uint64"), fixed(0, None), rounds=4),
]

RECORDS = [
    Record(index_shuffling.index_shuffle, SHUFFLED, shuffled_index, takes=WIDE),
    Record(random_bits.random_bits, draws(), bits, takes=("int32", "int64", "uint32", "uint64")),
    Record(
        random_bits.random_integers,
        draws(*BOUNDS),
        integers,
        takes=WHOLE,
        speaks_as="uniform",
    ),
    Record(random_distributions.random_uniform, draws(), uniform, takes=FLOATS),
    Record(random_distributions.random_normal, draws(), normal, takes=FLOATS, ulps=4, floor=1),
    Record(
        random_distributions.random_truncated_normal,
        draws(),
        truncated,
        takes=FLOATS,
        ulps=4,
        floor=1,
    ),
    Record(
        random_choices.random_permutation,
        of_length(lengths=(0, 1, 9)),
        permutation,
        takes=WHOLE,
        fits_by_construction=True,
    ),
    Record(
        random_choices.random_categories,
        of_length(fixed([[0.5, 1.0, -1.0], [2.0, 0.0, 0.25]], "float32"), lengths=(0, 1, 8)),
        categories,
        takes=WHOLE,
        fits_by_construction=True,
    ),
    Record(
        random_streams.stream_from_seed,
        [rough(fixed([1, -2], None), algorithm=1), rough(fixed([0, 99], None), algorithm=1)],
        stream_from_seed,
        takes=INTEGERS,
        gives="uint64",
        speaks_as="seed",
    ),
    Record(
        random_streams.advance,
        [
            rough(fixed([3, 4, -5], None), shape=(2, 3), algorithm=1),
            rough(fixed([-1, -1, 5], None), shape=(), algorithm=1),
            rough(fixed([3, 4, 5], None), fixed([2, 2]), shape=(None, None), algorithm=1),
        ],
        advance,
        takes=("int64",),
        gives="stream",
    ),
    Record(
        random_streams.next_stream,
        [rough(fixed([7, 1, 3, 2], None)), rough(fixed([9, 1, 0, 1], None))],
        next_stream,
        takes=("int64",),
        gives="stream",
    ),
    Record(
        random_streams.seeded_stream,
        [
            rough(STATE, fixed([512, 2], None), shape=(2, 3), seed=5, use="uniform"),
            rough(UNSET, fixed([512, 1], None), shape=(3,), seed=5, use="uniform"),
            rough(STATE, fixed([0, 2], None), fixed([2]), shape=(None,), seed=5, use="uniform"),
        ],
        seeded_stream,
        takes=("int64",),
        gives="stream",
    ),
]
