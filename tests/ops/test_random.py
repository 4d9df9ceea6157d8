"""`tf.random` against TensorFlow's numbers; state, tracing and messages."""

import re
import threading

import numpy as np
import pytest

import eagre as tf
from eagre.ops.random import set_seed
from eagre.primitives.state import read_variable
from tests.oracle.make_random import array_of, cases, names, outcome

random = tf.random


@pytest.mark.parametrize(("expression", "expected"), cases("exact") + cases("wrong"))
def test_as_tensorflow(expression, expected):
    result = outcome(expression, names(tf))
    if "raises" in expected:
        assert result["raises"] in {expected["raises"], "InvalidArgumentError"}
    else:
        assert result == expected


def units_apart(a, b):
    """How many representable numbers lie between, at most."""
    assert (a.dtype, a.shape) == (b.dtype, b.shape)
    if a.dtype.kind == "i":
        return int(np.abs(a - b).max())
    signed = {2: np.int16, 4: np.int32, 8: np.int64}[a.dtype.itemsize]
    least = np.iinfo(signed).min
    ordered = [np.where((i := x.view(signed)) < 0, least - i, i) for x in (a, b)]
    return int(np.abs(ordered[0] - ordered[1]).max())


@pytest.mark.parametrize(("expression", "expected"), cases("near"))
def test_nearly_as_tensorflow(expression, expected):
    result = outcome(expression, names(tf))
    pairs = zip(*[x if isinstance(x, list) else [x] for x in (result, expected)], strict=True)
    for one, other in pairs:
        assert units_apart(array_of(one), array_of(other)) <= 2


# The global state -----------------------------------------------------------------------------


def test_without_a_seed_each_start_is_another():
    set_seed(None)
    first = random.uniform([4]).numpy()
    set_seed(None)
    assert not np.array_equal(first, random.uniform([4]).numpy())


def test_a_seed_begins_all_sequences_again():
    def drawn():
        return [
            random.normal([3]).numpy(),
            random.uniform([3], seed=4).numpy(),
            random.uniform([3], seed=4).numpy(),
            random.uniform([3], 0, 9, tf.int32, seed=4).numpy(),
        ]

    set_seed(3)
    first = drawn()
    second = drawn()
    set_seed(3)
    again = drawn()
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not any(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert not np.array_equal(first[1], first[2])


DRAWS = {
    "uniform": lambda: random.uniform([2, 3]),
    "integers": lambda: random.uniform([5], 0, 1000, tf.int64),
    "normal": lambda: random.normal([3], 1.0, 2.0),
    "half": lambda: random.normal([3], dtype=tf.float16),
    "brain": lambda: random.truncated_normal([3], dtype=tf.bfloat16),
    "double": lambda: random.truncated_normal([3], dtype=tf.float64),
    "shuffle": lambda: random.shuffle(tf.range(20)),
    "categorical": lambda: random.categorical([[0.0, 1.0, 2.0]], 20),
    "seeded": lambda: random.uniform([3], seed=12),
    "seeded shuffle": lambda: random.shuffle(tf.range(20), seed=12),
    "seeded categorical": lambda: random.categorical([[0.0, 1.0, 2.0]], 20, seed=12),
    "two": lambda: tf.concat([random.uniform([2]), random.normal([2])], 0),
}


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
def test_runs_of_a_graph_draw_what_eager_calls_draw(draw):
    set_seed(8)
    eager = [draw().numpy().tobytes() for _ in range(3)]
    set_seed(8)
    graph = tf.trace(draw)
    traced = [graph().numpy().tobytes() for _ in range(3)]
    assert traced == eager
    assert len(set(eager)) == 3


def test_graphs_and_eager_calls_share_one_sequence():
    set_seed(8)
    eager = [random.uniform([2]).numpy().tobytes() for _ in range(4)]
    set_seed(8)
    graph = tf.trace(lambda: random.uniform([2]))
    mixed = [graph(), random.uniform([2]), graph(), random.uniform([2])]
    assert [each.numpy().tobytes() for each in mixed] == eager


def test_a_graph_may_set_the_seed():
    def function():
        set_seed(5)
        return random.uniform([2], seed=1)

    graph = tf.trace(function)
    set_seed(6)
    random.uniform([2], seed=1)
    assert np.array_equal(graph().numpy(), graph().numpy())
    assert np.array_equal(graph().numpy(), function().numpy())


def test_shapes_that_are_tensors():
    def draw(sizes, length):
        return (
            random.uniform(sizes, seed=2),
            random.normal([length, 2]),
            random.shuffle(tf.range(length)),
            random.categorical(tf.zeros([length, 3]), length),
            random.categorical(tf.zeros([length, 3]), length, seed=2),
        )

    sizes, length = tf.constant([2, 3]), tf.constant(4)
    set_seed(1)
    eager = draw(sizes, length)
    assert [each.shape for each in eager] == [(2, 3), (4, 2), (4,), (4, 4), (4, 4)]
    graph = tf.trace(draw, tf.TensorSpec([2], tf.int32), tf.TensorSpec([], tf.int32))
    set_seed(1)
    traced = graph(sizes, length)
    assert [x.numpy().tobytes() for x in traced] == [x.numpy().tobytes() for x in eager]
    assert random.uniform(tf.constant(3)).shape == (3,)
    assert random.uniform(np.array([2, 1])).shape == random.uniform(tf.TensorShape([2, 1])).shape


def test_shuffling_what_has_an_unknown_size():
    graph = tf.trace(lambda x: random.shuffle(x, seed=3), tf.TensorSpec([None, 2], tf.int32))
    value = np.arange(12, dtype=np.int32).reshape(6, 2)
    set_seed(2)
    eager = random.shuffle(value, seed=3).numpy()
    set_seed(2)
    traced = graph(value)
    assert np.array_equal(traced.numpy(), eager)
    assert sorted(eager[:, 0].tolist()) == value[:, 0].tolist()


def test_threads_draw_different_numbers():
    found = []

    def work():
        for _ in range(50):
            found.append(random.uniform([2]).numpy().tobytes())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 200


def test_gradients_reach_the_parameters_only():
    mean, value = tf.constant([1.0, 2.0]), tf.constant([1.0, 2.0, 3.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([mean, value])
        noise = random.normal([3, 2], mean, mean)
        mixed = random.shuffle(value) * [1.0, 2.0, 4.0]
    deviation = (noise - mean) / mean
    expected = tf.reduce_sum(deviation, 0) + 3.0
    assert np.allclose(tape.gradient(noise, mean).numpy(), expected.numpy(), 1e-5)
    slices = tape.gradient(mixed, value)
    assert sorted(tf.convert_to_tensor(slices).numpy().tolist()) == [1.0, 2.0, 4.0]


@pytest.mark.parametrize("largest", [0, 1, 10, 1023, 1024, 5000])
def test_places_in_a_permutation_are_those_of_all(largest):
    """Small permutations are looked up in a table of the cipher, large ones encrypted."""
    draw = random.experimental.index_shuffle
    places = draw(tf.range(largest + 1), [3, 4], largest).numpy()
    assert sorted(places.tolist()) == list(range(largest + 1))
    # Seeds that differ are encrypted one by one.
    seeds = [[3, 4], [5, 6]]
    pair = draw([largest, largest], seeds, largest).numpy() if largest > 10 else places[-1:]
    assert pair[0] == places[-1]


# Functions of a seed --------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64", "int32", "int64"])
@pytest.mark.parametrize("shape", [(), (0,), (3, 0, 2), (2, 5)])
def test_shapes_and_dtypes(shape, dtype):
    limit = 7 if dtype.startswith("int") else None
    for draw in (random.uniform, random.Generator.from_seed(1).uniform):
        result = draw(shape, maxval=limit, dtype=dtype)
        assert (result.shape, result.dtype) == (shape, dtype)
    for alg in ("philox", "threefry"):
        result = random.stateless_uniform(shape, [1, 2], maxval=limit, dtype=dtype, alg=alg)
        assert (result.shape, result.dtype) == (shape, dtype)
    if limit is None:
        for draw in (random.stateless_normal, random.stateless_truncated_normal):
            results = [draw(shape, [1, 2], dtype=dtype, alg=alg) for alg in ("philox", "threefry")]
            assert all((each.shape, each.dtype) == (shape, dtype) for each in results)


def test_algorithms_have_several_names():
    for names_of_one in (("philox", 1, "auto_select", 3, " PHIL-OX "), ("threefry", 2)):
        results = [random.stateless_uniform([4], [1, 2], alg=name).numpy() for name in names_of_one]
        assert all(np.array_equal(results[0], each) for each in results)
    by_member = random.stateless_uniform([4], [1, 2], alg=random.Algorithm.THREEFRY)
    assert np.array_equal(by_member.numpy(), results[0])


@pytest.mark.parametrize("alg", ["philox", "threefry"])
def test_stateless_functions_trace(alg):
    def function(seed):
        new = random.split(seed, 2, alg)
        return random.stateless_normal([3], random.fold_in(new[1], 7, alg), alg=alg)

    graph = tf.trace(function, tf.TensorSpec([2], tf.int32))
    for seed in ([1, 2], [-3, 4]):
        seed = tf.constant(seed)
        assert np.array_equal(graph(seed).numpy(), function(seed).numpy())


# Generators -----------------------------------------------------------------------------------


@pytest.mark.parametrize("alg", ["philox", "threefry"])
def test_a_generator_in_a_graph(alg):
    def function(generator):
        return lambda: (
            generator.normal([3]),
            generator.uniform([2], 0, 9, tf.int32),
            generator.make_seeds(2),
            generator.skip(3),
            generator.truncated_normal([2]),
        )

    eager, traced = (random.Generator.from_seed(7, alg) for _ in range(2))
    graph = tf.trace(function(traced))
    for _ in range(2):
        for one, other in zip(function(eager)(), graph(), strict=True):
            assert np.array_equal(one.numpy(), other.numpy())
    assert np.array_equal(eager.state.numpy(), traced.state.numpy())


def test_a_generator_shares_a_variable():
    state = tf.Variable([5, 0, 3], dtype=tf.int64)
    one = random.Generator.from_state(state, "philox")
    other = random.Generator(state=state, alg=random.Algorithm.PHILOX)
    one.uniform([2])
    assert one.state is other.state is state
    assert state.numpy().tolist() == [517, 0, 3]
    copy = random.Generator(copy_from=one)
    copy.uniform([2])
    assert (state.numpy().tolist(), copy.algorithm) == ([517, 0, 3], 1)


def test_generators_are_not_trained():
    generator = random.Generator.from_seed(1)
    assert (generator.state.trainable, generator.state.name) == (False, "StateVar:0")


def test_split_generators_differ():
    generator = random.Generator.from_seed(1, "threefry")
    children = generator.split(3)
    values = [each.uniform([2]).numpy().tolist() for each in (generator, *children)]
    assert len({tuple(value) for value in values}) == 4


def test_chance():
    one, other = (random.Generator.from_non_deterministic_state() for _ in range(2))
    assert one.state.numpy().tolist() != other.state.numpy().tolist()


def test_the_global_generator():
    before = random.get_global_generator()
    try:
        assert random.get_global_generator() is before
        random.set_global_generator(random.Generator.from_seed(1234))
        graph = tf.trace(lambda: random.get_global_generator().uniform([2]))
        expected = random.Generator.from_seed(1234).uniform([2]).numpy()
        assert np.array_equal(graph().numpy(), expected)
    finally:
        random.set_global_generator(before)


def test_a_first_global_generator_may_come_while_tracing(monkeypatch):
    from eagre.state import generator

    monkeypatch.setattr(generator, "_global_generator", None)
    graph = tf.trace(lambda: random.get_global_generator().uniform([2]))
    assert graph().numpy().tolist() != graph().numpy().tolist()


def test_experimental_names_are_the_same_objects():
    assert random.experimental.stateless_split is random.split
    assert random.experimental.Generator is random.Generator


# Messages -------------------------------------------------------------------------------------

MESSAGES = [
    ("random.set_seed(1.5)", "set_seed expected an integer or None. Received: seed=1.5"),
    ("random.set_seed(2**63)", "set_seed expected an integer of 64 bits. Received: seed=92"),
    ("random.normal([2], seed='a')", "normal expected seed to be an integer or None. Received"),
    ("random.uniform([2], dtype='int32')", "uniform expected maxval for integers. Received: max"),
    ("random.uniform([2], 5, 3, 'int32')", "minval < maxval. Received: minval=5, maxval=3"),
    ("random.uniform([2], 0, [3], 'int32')", "maxval to be a scalar of dtype int32. Received: ma"),
    ("random.uniform([2, -1])", "uniform expected sizes of at least 0. Received: shape=[2, -1]"),
    ("random.normal([2], dtype='int32')", "normal expected a dtype out of bfloat16, float16"),
    ("random.stateless_uniform([2], [1])", "seed expected two integers: a vector of shape (2,)"),
    ("random.stateless_uniform([2], [1, 2], alg='x')", "stateless_uniform expected alg to be 'ph"),
    ("random.stateless_uniform([2], [1, 2], alg=1.5)", "to be a string or a number. Received"),
    ("random.stateless_uniform([2], [1, 2], 0, dtype='int32')", "expected both minval and maxval"),
    ("random.categorical([0.0], 2)", "categorical expected logits of shape [batch, classes]"),
    ("random.categorical([[1, 2]], 2)", "categorical expected logits of a floating-point dtype"),
    ("random.categorical([[0.0]], -1)", "categorical(num_samples) expected sizes of at least 0"),
    ("random.Generator()", "Generator expected copy_from, or both state and alg"),
    ("random.Generator.from_state([1], 1)", "Generator expected a state of 3 integers"),
    ("random.Generator.from_key_counter(1, [2], 1)", "Generator expected a counter of 2 integers"),
    ("random.Generator.from_key_counter([1], [2, 3], 1)", "expected a key that is one integer"),
    ("random.Generator.from_seed(1).reset([1])", "Generator.reset expected a state of 3 integers"),
]


@pytest.mark.parametrize(("expression", "message"), MESSAGES)
def test_message(expression, message):
    with pytest.raises((ValueError, TypeError), match=re.escape(message)):
        eval(expression)


def test_a_wrong_call_leaves_the_state_alone():
    generator = random.Generator.from_seed(1)
    for arguments in (([-1],), ([2], 5, None, "int32"), ([2], "a")):
        with pytest.raises((ValueError, TypeError)):
            generator.uniform(*arguments)
    assert generator.state.numpy().tolist() == [1, 0, 0]


def test_seeded_states_are_kept_once_for_each_kind_and_seed():
    from eagre.ops import random as module

    before = len(module._places)
    for _ in range(3):
        random.uniform([2], seed=987654)
        random.normal([2], seed=987654)
    assert len(module._places) == before + 2
    assert all(read_variable(handle).shape == (2,) for handle in module._places.values())


@pytest.mark.parametrize("alpha", [0.0, 1e-300, 0.3, 1.0, 2.0, 1e9])
@pytest.mark.parametrize("number", [1, 4, 16])
def test_few_gamma_numbers_begin_many(alpha, number):
    """Few are drawn by Python's floats, many by arrays, from the same blocks."""
    many = tf.random.stateless_gamma([70], [3, 4], alpha, dtype=tf.float64).numpy()
    few = tf.random.stateless_gamma([number], [3, 4], alpha, dtype=tf.float64).numpy()
    np.testing.assert_allclose(few, many[:number], rtol=1e-12)


@pytest.mark.parametrize("prob", [0.0, 5e-324, 1e-9, 0.1, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("count", [0.0, 1.5, 9.0, 2.0**60])
@pytest.mark.parametrize("number", [1, 4, 16])
def test_few_binomial_numbers_begin_many(prob, count, number):
    draw = tf.random.stateless_binomial
    count, prob = tf.constant(count, tf.float64), tf.constant(prob, tf.float64)
    many = draw([70], [5, 6], count, prob, tf.float64).numpy()
    few = draw([number], [5, 6], count, prob, tf.float64).numpy()
    assert few.tolist() == many[:number].tolist()


@pytest.mark.parametrize("rate", [0.0, 1e-300, 0.5, 2.0, 9.99, 10.0, 50.0, 9999.0, 1e6])
@pytest.mark.parametrize("number", [1, 4, 16])
def test_few_poisson_numbers_begin_many(rate, number):
    many = tf.random.stateless_poisson([70], [5, 6], rate, dtype=tf.float64).numpy()
    few = tf.random.stateless_poisson([number], [5, 6], rate, dtype=tf.float64).numpy()
    assert few.tolist() == many[:number].tolist()


def test_pieces_of_many_numbers_go_on_where_the_last_one_ended():
    """Outputs are drawn 8192 at a time; each has blocks of its own whatever comes before it."""
    for draw, parameter in ((tf.random.stateless_gamma, 2.0), (tf.random.stateless_poisson, 3.0)):
        whole = draw([9000], [7, 8], parameter, dtype=tf.float64).numpy()
        half = draw([8200], [7, 8], parameter, dtype=tf.float64).numpy()
        assert whole[:8200].tolist() == half.tolist()
        assert abs(whole[8192:].mean() - parameter) < 0.3
