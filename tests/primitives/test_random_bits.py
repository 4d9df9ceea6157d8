"""Random bits against the known answers of Random123, and their distributions."""

import math
import re

import numpy as np
import pytest

from eagre.core import dtypes
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.core.specs import TensorSpec
from eagre.core.tensor import wrap
from eagre.graph.trace import trace
from eagre.primitives import philox, threefry
from eagre.primitives import random_bits as bits
from eagre.primitives import random_choices as choices
from eagre.primitives import random_distributions as distributions
from eagre.primitives import random_streams as streams
from eagre.primitives.families import apply_with_shape
from tests.oracle.make_random import array_of, cases

ONES = 0xFFFFFFFF
PI = (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344, 0xA4093822, 0x299F31D0)

# The file kat_vectors of the Random123 library.
PHILOX_ANSWERS = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ONES,) * 4, (ONES, ONES), (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (PI[:4], PI[4:], (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1)),
]
THREEFRY_ANSWERS = [
    ((0, 0), (0, 0), (0x6B200159, 0x99BA4EFE)),
    ((ONES, ONES), (ONES, ONES), (0x1CB996FC, 0xBB002BE7)),
    (PI[:2], PI[2:4], (0xC4923A9C, 0x483DF7A0)),
]


def joined(words):
    return sum(word << 32 * place for place, word in enumerate(words))


def stream(key, counter, algorithm=bits.PHILOX):
    """A key and a counter as tensors."""
    parts = [counter & (2**64 - 1), counter >> 64][: bits.COUNTER_LENGTHS[algorithm]]
    return wrap(np.array([key], np.uint64)), wrap(np.array(parts, np.uint64))


def draw(primitive, shape, dtype, algorithm=bits.PHILOX, key=11, counter=3, inputs=()):
    inputs = (*stream(key, counter, algorithm), *inputs)
    return apply_with_shape(primitive, inputs, shape, dtype=dtype, algorithm=algorithm).numpy()


@pytest.mark.parametrize(("counter", "key", "words"), PHILOX_ANSWERS)
def test_philox_gives_the_known_answers(counter, key, words):
    assert philox.philox_block(joined(key), joined(counter)) == words
    array = philox.philox_blocks(joined(key), joined(counter), np.zeros(1, np.uint64))
    assert array.tolist() == [list(words)]
    many = philox.philox_blocks(joined(key), joined(counter), np.zeros(200, np.uint64))
    assert many.tolist() == [list(words)] * 200


@pytest.mark.parametrize(("counter", "key", "words"), THREEFRY_ANSWERS)
def test_threefry_gives_the_known_answers(counter, key, words):
    array = threefry.threefry_blocks(joined(key), joined(counter), np.zeros(1, np.uint64))
    assert array.tolist() == [list(words)]


@pytest.mark.parametrize("counter", [0, 2**32 - 2, 2**64 - 3, 2**96 - 2, 2**128 - 4])
def test_counters_carry(counter):
    """The 128 bits of a counter are one number, by Python's integers and by arrays."""
    for number in (8, philox.FEW, philox.FEW + 1, 20000):
        offsets = np.arange(number, dtype=np.uint64)
        found = philox.philox_blocks(77, counter, offsets)
        assert found[:8].tolist() == [list(philox.philox_block(77, counter + i)) for i in range(8)]
        words = np.concatenate([piece.copy() for piece in philox.philox_words(77, counter, number)])
        assert np.array_equal(words, found.reshape(-1))


@pytest.mark.parametrize("number", [0, 1, 3, 4, 63, 65, 320, 321, 32767, 32768, 65537, 70001])
def test_a_short_draw_begins_a_long_one(number):
    whole = draw(bits.random_bits, (70001,), dtypes.uint32)
    assert np.array_equal(draw(bits.random_bits, (number,), dtypes.uint32), whole[:number])
    wide = draw(bits.random_bits, (number // 2,), dtypes.uint64)
    assert np.array_equal(wide.view(np.uint32), whole[: number // 2 * 2])


@pytest.mark.parametrize(("expression", "expected"), cases("threefry"))
def test_threefry_as_tensorflow(expression, expected):
    def of(primitive):
        return lambda shape, dtype: draw(
            primitive, tuple(shape), dtypes.as_dtype(dtype), bits.THREEFRY, 5 + (6 << 32), 7
        )

    names = {"bits": of(bits.random_bits), "fractions": of(distributions.random_uniform)}
    result = eval(expression, names)
    assert result.dtype == array_of(expected).dtype
    assert np.array_equal(result, array_of(expected))


@pytest.mark.parametrize("number", [1, 2, 127, 128, 129, 20000])
def test_few_blocks_of_threefry_begin_many(number):
    offsets = np.arange(20001, dtype=np.uint64) * np.uint64(2**20)
    many = threefry.threefry_blocks(9 << 40, 2**64 - 7, offsets)
    few = threefry.threefry_blocks(9 << 40, 2**64 - 7, offsets[:number])
    assert np.array_equal(few, many[:number])


@pytest.mark.parametrize("step", [1, 256, 2**31, 2**40])
def test_blocks_may_lie_apart(step):
    counter = 2**96 - 2**33
    offsets = np.arange(300, dtype=np.uint64) * np.uint64(step)
    found = philox.philox_blocks(77, counter, offsets).tolist()
    for place in range(0, 300, 23):
        assert found[place] == list(philox.philox_block(77, counter + place * step))
    x, y = philox.philox_pairs(77, counter, offsets)
    pairs = zip(x.tolist(), y.tolist(), strict=True)
    words = [[a >> 32, a % 2**32, b >> 32, b % 2**32] for a, b in pairs]
    assert words == found


def test_threefry_counts_on_in_64_bits():
    first = threefry.threefry_blocks(9, 2**64 - 2, np.arange(3, dtype=np.uint64))
    assert first[2].tolist() == threefry.threefry_blocks(9, 0, np.zeros(1, np.uint64))[0].tolist()
    assert first[0].tolist() != first[1].tolist()


@pytest.mark.parametrize("dtype", [dtypes.float16, dtypes.float32, dtypes.float64])
@pytest.mark.parametrize("algorithm", [bits.PHILOX, bits.THREEFRY])
def test_an_odd_number_of_normal_numbers(algorithm, dtype):
    for shape in ((1,), (3, 5), (41,)):
        values = draw(distributions.random_normal, shape, dtype, algorithm)
        flat = draw(distributions.random_normal, (42,), dtype, algorithm)
        assert values.reshape(-1).tolist() == flat[: values.size].tolist()


# Distributions --------------------------------------------------------------------------------

NUMBER = 40000
FLOATS = [dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64]
ALGORITHMS = [bits.PHILOX, bits.THREEFRY]


def normal_share(x):
    return np.array([0.5 * math.erfc(-each / math.sqrt(2)) for each in x.tolist()])


def truncated_share(x):
    return (normal_share(x) - normal_share(np.array([-2.0]))) / math.erf(math.sqrt(2))


def largest_gap(values, share):
    """The statistic of Kolmogorov and Smirnov, for numbers rounded to a dtype."""
    places, counts = np.unique(values, return_counts=True)
    found = np.cumsum(counts) / len(values)
    expected = share(places)
    return max(abs(found - expected).max(), abs(found - counts / len(values) - expected).max())


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("dtype", FLOATS, ids=lambda dtype: dtype.name)
@pytest.mark.parametrize(
    ("primitive", "share", "variance"),
    [
        (distributions.random_uniform, lambda x: x, 1 / 12),
        (distributions.random_normal, normal_share, 1.0),
        (distributions.random_truncated_normal, truncated_share, 0.7737),
    ],
    ids=["uniform", "normal", "truncated_normal"],
)
def test_distribution(primitive, share, variance, dtype, algorithm):
    values = draw(primitive, (NUMBER,), dtype, algorithm)
    assert values.dtype == dtype.numpy
    values = values.astype(np.float64)
    spacing = {dtypes.float16: 2e-3, dtypes.bfloat16: 1.6e-2}.get(dtype, 0.0)
    assert largest_gap(values, share) < 1.95 / math.sqrt(NUMBER) + spacing
    assert abs(values.var() / variance - 1) < 0.03
    neighbors = np.corrcoef(values[:-1], values[1:])[0, 1]
    assert abs(neighbors) < 4 / math.sqrt(NUMBER)


def test_uniform_numbers_stay_below_one():
    for dtype in FLOATS:
        values = draw(distributions.random_uniform, (NUMBER,), dtype).astype(np.float64)
        assert 0 <= values.min() < values.max() < 1


def test_truncated_numbers_stay_within_two():
    for dtype in FLOATS:
        values = draw(distributions.random_truncated_normal, (NUMBER,), dtype)
        assert np.abs(values.astype(np.float64)).max() <= 2


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("dtype", [dtypes.int32, dtypes.int64], ids=lambda dtype: dtype.name)
def test_integers_are_even(dtype, algorithm):
    bounds = [wrap(np.array(bound, dtype.numpy)) for bound in (-3, 7)]
    values = draw(bits.random_integers, (NUMBER,), dtype, algorithm, inputs=bounds)
    counts = np.bincount(values + 3, minlength=10)
    assert len(counts) == 10
    # Chi-squared with nine degrees of freedom is above 27.9 once in a thousand draws.
    assert ((counts - NUMBER / 10) ** 2 / (NUMBER / 10)).sum() < 27.9


def test_each_bit_is_even():
    words = draw(bits.random_bits, (NUMBER,), dtypes.uint64)
    shares = [((words >> np.uint64(bit)) & np.uint64(1)).mean() for bit in range(64)]
    assert max(abs(share - 0.5) for share in shares) < 4.5 * 0.5 / math.sqrt(NUMBER)


def test_permutations_are_even():
    counts = {}
    for key in range(2400):
        order = tuple(draw(choices.random_permutation, (4,), dtypes.int64, key=key).tolist())
        counts[order] = counts.get(order, 0) + 1
    assert sorted(counts) == sorted({tuple(np.argsort(p).tolist()) for p in counts})
    assert len(counts) == 24
    # Chi-squared with 23 degrees of freedom is above 49.7 once in a thousand draws.
    assert sum((count - 100) ** 2 / 100 for count in counts.values()) < 49.7


def test_categories_follow_their_logits():
    shares = np.array([[0.1, 0.2, 0.3, 0.4], [0.7, 0.1, 0.1, 0.1]])
    logits = wrap(np.log(shares) + 5)
    values = draw(choices.random_categories, (NUMBER,), dtypes.int64, inputs=[logits])
    for row, share in zip(values, shares, strict=True):
        found = np.bincount(row, minlength=4) / NUMBER
        assert np.abs(found - share).max() < 4 * 0.5 / math.sqrt(NUMBER)


@pytest.mark.parametrize("samples", [0, 1, 4, 5])
@pytest.mark.parametrize("is_finite", [True, False])
def test_categories_are_found_in_running_totals(samples, is_finite):
    logits = np.random.default_rng(1).normal(size=(50, 7))
    if not is_finite:
        logits[3, 2], logits[4] = np.nan, -np.inf
    found = draw(choices.random_categories, (samples,), dtypes.int64, inputs=[wrap(logits)])
    chances = draw(distributions.random_uniform, (50, samples), dtypes.float64)
    shares = np.exp(np.where(np.isfinite(logits), logits, -np.inf))
    for row, own, chance in zip(found, shares, chances, strict=True):
        totals = np.cumsum(own)
        expected = np.searchsorted(totals, chance * totals[-1], "right")
        assert row.tolist() == expected.tolist()


# As primitives --------------------------------------------------------------------------------

DRAWS = [
    (bits.random_bits, dtypes.uint32),
    (bits.random_bits, dtypes.int64),
    (distributions.random_uniform, dtypes.float32),
    (distributions.random_normal, dtypes.float64),
    (distributions.random_truncated_normal, dtypes.bfloat16),
    (choices.random_permutation, dtypes.int64),
]


@pytest.mark.parametrize(("primitive", "dtype"), DRAWS)
def test_traced_bits_are_the_eager_ones(primitive, dtype):
    """With a shape that is known, and with one that is a tensor."""
    shape = (7,) if primitive is choices.random_permutation else (3, 5)
    key, counter = stream(11, 3)
    params = {"dtype": dtype, "algorithm": bits.PHILOX}

    def known(key, counter):
        return apply_with_shape(primitive, (key, counter), shape, **params)

    def unknown(key, counter, sizes):
        return apply_with_shape(primitive, (key, counter), sizes, **params)

    sizes = wrap(np.array(shape, np.int32))
    eager = draw(primitive, shape, dtype)
    graph = trace(known, key.spec, counter.spec)
    assert graph.outputs[0].sizes == shape
    assert graph(key, counter).numpy().tobytes() == eager.tobytes()
    graph = trace(unknown, key.spec, counter.spec, TensorSpec([len(shape)], "int32"))
    assert graph.outputs[0].sizes == (None,) * len(shape)
    assert graph(key, counter, sizes).numpy().tobytes() == eager.tobytes()


@pytest.mark.parametrize(("primitive", "dtype"), DRAWS)
def test_no_gradient(primitive, dtype):
    assert primitive.stops_gradients
    assert not primitive.is_differentiable


def test_draws_say_what_they_expect():
    key, counter = stream(1, 2)
    params = {"shape": (2,), "dtype": dtypes.uint32, "algorithm": bits.PHILOX}
    with pytest.raises(DTypeMismatchError, match="dtype out of int32, int64, uint32, uint64"):
        bits.random_bits(key, counter, **params | {"dtype": dtypes.float32})
    with pytest.raises(InvalidArgumentError, match=re.escape("at least 0. Received: shape=[-2]")):
        bits.random_bits(key, counter, **params | {"shape": (-2,)})
    with pytest.raises(InvalidArgumentError, match="Received: algorithm=4"):
        bits.random_bits(key, counter, **params | {"algorithm": 4})
    with pytest.raises(InvalidArgumentError, match="counter of dtype uint64 and shape"):
        bits.random_bits(key, key, **params)
    with pytest.raises(InvalidArgumentError, match="key of dtype uint64"):
        bits.random_bits(wrap(np.array([1])), counter, **params)


def test_a_size_below_zero_is_found_when_a_graph_runs():
    key, counter = stream(1, 2)
    params = {"dtype": dtypes.uint32, "algorithm": bits.PHILOX}
    graph = trace(
        lambda sizes: apply_with_shape(bits.random_bits, (key, counter), sizes, **params),
        TensorSpec([1], "int32"),
    )
    with pytest.raises(InvalidArgumentError, match="sizes of at least 0"):
        graph(wrap(np.array([-1], np.int32)))


# Streams --------------------------------------------------------------------------------------


def test_operation_seeds_are_those_of_python():
    import random

    source = random.Random(5)
    expected = [source.randint(0, 2**31 - 1) for _ in range(40)]
    seeds = streams.OperationSeeds()
    assert [seeds(5, i) for i in range(20)] == expected[:20]
    assert [seeds(5, 33), seeds(5, 7), seeds(6, 0), seeds(5, 8)] == [
        expected[33], expected[7], random.Random(6).randint(0, 2**31 - 1), expected[8]
    ]  # fmt: skip


def test_operation_seeds_are_found_where_they_were_left(monkeypatch):
    """Sequences that alternate, in step and apart, cost no more than each by itself."""
    steps = 0
    original = streams._next_seed

    def counted(source):
        nonlocal steps
        steps += 1
        return original(source)

    monkeypatch.setattr(streams, "_next_seed", counted)
    seeds = streams.OperationSeeds()
    for position in range(1000):
        for seed, start in ((1, 0), (2, 0), (1, 0), (1, 700), (position + 10, 0)):
            seeds(seed, position + start if seed < 10 else 0)
    # Two sequences of 1,700 and 1,000, one that begins in the middle, and a thousand of one each.
    assert steps < 1700 + 1000 + 1700 + 1000 + 300
    assert max(len(seeds.first), len(seeds.later)) <= streams._MOST_BLOCKS


def test_states_say_what_they_expect():
    state = wrap(np.zeros(2, np.int64))
    with pytest.raises(InvalidArgumentError, match="Generator expected a state of dtype int64"):
        streams.advance(state, shape=(1,), algorithm=bits.PHILOX)
    with pytest.raises(InvalidArgumentError, match=re.escape("seed.shape=(3,)")):
        streams.stream_from_seed(wrap(np.zeros(3, np.int64)), algorithm=bits.PHILOX)


def test_threefry_states_advance_in_64_bits():
    state = wrap(np.array([-1, 9], np.int64))
    key, counter, after = streams.advance(state, shape=(2, 3), algorithm=bits.THREEFRY)
    assert (key.numpy().tolist(), counter.numpy().tolist()) == ([9], [2**64 - 1])
    assert after.numpy().tolist() == [6 * 256 - 1, 9]


@pytest.mark.parametrize("number", [1, 2, 15, 16, 17])
@pytest.mark.parametrize("dtype", FLOATS, ids=lambda dtype: dtype.name)
def test_few_normal_numbers_begin_many(number, dtype):
    many = draw(distributions.random_normal, (70,), dtype)
    assert draw(distributions.random_normal, (number,), dtype).tobytes() == many[:number].tobytes()


def test_functions_of_python_round_as_those_of_arrays():
    """Of the 2^23 numbers that there are, each 61st: few normal numbers are drawn by Python's."""
    fractions = np.arange(1, 2**23, 61) * 2.0**-23
    angles = (2 * np.pi * fractions).astype(np.float32).astype(np.float64)
    for kernel, function, values in (
        (np.log, math.log, fractions), (np.sin, math.sin, angles), (np.cos, math.cos, angles)
    ):  # fmt: skip
        expected = [function(value) for value in values.tolist()]
        assert np.array_equal(kernel(values).astype(np.float32), np.array(expected, np.float32))


def test_sines_and_cosines_are_rounded_once_for_each_angle_that_can_be_drawn():
    for fractions in np.array_split(np.arange(2**23) * 2.0**-23, 64):
        angle = (2 * np.pi * fractions).astype(np.float32).astype(np.float64)
        sine, cosine = distributions.sine_and_cosine(angle * 0.5)
        assert np.array_equal(sine, np.sin(angle).astype(np.float32))
        assert np.array_equal(cosine, np.cos(angle).astype(np.float32))
