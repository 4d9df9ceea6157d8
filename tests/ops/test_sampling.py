"""Draws by rejection and candidate samplers against TensorFlow's numbers; statistics, gradients."""

import re

import numpy as np
import pytest
from scipy import stats

import eagre as tf
from eagre.primitives import random_counts, random_rejection
from eagre.primitives.random_bits import Stream
from tests.oracle import make_sampling as oracle
from tests.oracle.make_random import array_of, names, outcome

random = tf.random
KEPT = oracle.kept()
TOLERANCES = {"float16": 2e-3, "float32": 1e-6, "float64": 1e-12}


@pytest.mark.parametrize(("expression", "expected"), KEPT["exact"])
def test_as_tensorflow(expression, expected):
    assert outcome(expression, names(tf)) == expected


@pytest.mark.parametrize(("expression", "expected"), KEPT["near"])
def test_nearly_as_tensorflow(expression, expected):
    result = outcome(expression, names(tf))
    pairs = zip(*[x if isinstance(x, list) else [x] for x in (result, expected)], strict=True)
    for one, other in pairs:
        actual, wanted = array_of(one), array_of(other)
        assert (actual.dtype, actual.shape) == (wanted.dtype, wanted.shape)
        tolerance = TOLERANCES.get(wanted.dtype.name, 0)
        np.testing.assert_allclose(actual, wanted, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(("expression", "expected"), KEPT["wrong"])
def test_refused_as_by_tensorflow(expression, expected):
    kinds = {expected["raises"], "InvalidArgumentError", "ValueError"}
    assert outcome(expression, names(tf)).get("raises") in kinds


@pytest.mark.parametrize(("expression", "expected"), KEPT["slopes"])
def test_gradients_of_draws(expression, expected):
    slopes = np.array(oracle.slope(tf, expression))
    if expression == oracle.BOUNDED:
        # TensorFlow's gradients for mean and deviation let the bounds move with them; its own
        # gradients for the bounds hold the others, as all of eagre's do.
        mean, deviation, low, high = np.array(oracle.POINTS[expression])
        slopes[0] += slopes[2] + slopes[3]
        slopes[1] += ((low - mean) * slopes[2] + (high - mean) * slopes[3]) / deviation
    np.testing.assert_allclose(slopes, expected, rtol=2e-4, atol=1e-5)


def test_gradients_of_bounded_numbers_are_differences_with_a_held_quantile():
    draw = random.stateless_parameterized_truncated_normal
    point = np.array([0.2, 1.3, -0.9, 1.6])

    x = tf.constant(point)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(draw([200], [1, 2], *tf.unstack(x)))
    first = tape.gradient(y, x)
    law = stats.truncnorm((-0.9 - 0.2) / 1.3, (1.6 - 0.2) / 1.3, 0.2, 1.3)
    quantiles = law.cdf(draw([200], [1, 2], *x).numpy())
    for place in range(4):
        ends = []
        for sign in (1, -1):
            m, s, a, b = point + sign * 1e-5 * np.eye(4)[place]
            ends.append(stats.truncnorm((a - m) / s, (b - m) / s, m, s).ppf(quantiles).sum())
        expected = (ends[0] - ends[1]) / 2e-5
        np.testing.assert_allclose(first.numpy()[place], expected, rtol=1e-6)


def test_gamma_has_no_second_derivative():
    alpha = tf.constant([0.5, 2.0])
    with tf.GradientTape() as outer:
        outer.watch(alpha)
        with tf.GradientTape() as tape:
            tape.watch(alpha)
            y = random.stateless_gamma([3, 2], [1, 2], alpha)
        slope = tape.gradient(y, alpha)
    with pytest.raises(LookupError, match="gamma has no second derivative for alpha"):
        outer.gradient(slope, alpha)


def test_gamma_numbers_have_gradients_for_beta():
    beta = tf.constant([2.0, 4.0])
    with tf.GradientTape() as tape:
        tape.watch(beta)
        y = random.stateless_gamma([3, 2], [1, 2], 1.5, beta)
    expected = -np.sum(y.numpy() / beta.numpy(), 0)
    np.testing.assert_allclose(tape.gradient(y, beta).numpy(), expected, rtol=1e-5)


def test_traced_gradients_are_eager_ones():
    def slopes(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            gamma = random.stateless_gamma([5, 3], [1, 2], x, 2.0)
            bounded = random.stateless_parameterized_truncated_normal([5, 3], [1, 2], x, 1.5)
            y = tf.reduce_sum(gamma * bounded)
        return tape.gradient(y, x)

    x = tf.constant([0.5, 1.0, 3.5])
    for sizes in ((3,), (None,), None):
        graph = tf.trace(slopes, tf.TensorSpec(sizes))
        assert np.array_equal(graph(x).numpy(), slopes(x).numpy())


# Distributions --------------------------------------------------------------------------------


@pytest.mark.parametrize("alpha", [0.2, 0.9, 1.0, 2.5, 80.0])
def test_gamma_is_distributed_so(alpha):
    drawn = random.stateless_gamma([20000], [3, 4], alpha, dtype=tf.float64).numpy()
    assert stats.kstest(drawn, stats.gamma(alpha).cdf).pvalue > 0.01


LAWS = [(stats.poisson(rate), lambda n, rate=rate: random.stateless_poisson([n], [5, 6], rate))
        for rate in (0.3, 9.5, 10.5, 300.0)]  # fmt: skip
LAWS += [
    (stats.binom(count, prob),
     lambda n, c=count, p=prob: random.stateless_binomial([n], [5, 6], float(c), p))
    for count, prob in ((5, 0.5), (40, 0.1), (40, 0.75), (1000, 0.02), (1000, 0.5))
]  # fmt: skip


@pytest.mark.parametrize(("law", "draw"), LAWS)
def test_counts_are_distributed_so(law, draw):
    drawn = draw(20000).numpy()
    edges = np.unique(law.ppf(np.linspace(0.02, 0.98, 25)))
    found = np.bincount(np.searchsorted(edges, drawn), minlength=len(edges) + 1)
    chances = np.diff([0, *law.cdf(edges), 1])
    is_possible = chances > 1e-12
    assert found[~is_possible].sum() == 0
    assert stats.chisquare(found[is_possible], 20000 * chances[is_possible]).pvalue > 0.01


@pytest.mark.parametrize("bounds", [(-2.0, 3.0), (-0.5, 0.5), (3.0, 50.0), (-9.0, -2.0)])
def test_bounded_numbers_are_distributed_so(bounds):
    draw = random.stateless_parameterized_truncated_normal
    drawn = draw([20000], [7, 8], *tf.constant([1.0, 2.0, *(1 + 2 * x for x in bounds)])).numpy()
    assert stats.kstest((drawn - 1) / 2, stats.truncnorm(*bounds).cdf).pvalue > 0.01


@pytest.mark.parametrize("algorithm", [1, 2])
@pytest.mark.parametrize("alpha", [0.01, 0.7, 1.5, 300.0])
def test_first_candidates_for_gamma_are_those_of_all(alpha, algorithm):
    outputs = random_rejection.Outputs(Stream(5, 7, algorithm), np.arange(900) * 3)
    found = random_rejection._gamma(np.array([alpha]), outputs)
    one_by_one = random_rejection._gamma_by_candidates(np.array([alpha]), outputs)
    np.testing.assert_allclose(found, one_by_one, rtol=1e-12)


COUNTS = {
    "products": (random_counts.random_poisson, 2.0),
    "transformation": (random_counts.random_poisson, 500.0),
    "inversion": (random_counts.random_binomial, 9.0 + 0.3j),
    "btrs": (random_counts.random_binomial, 900.0 + 0.6j),
}


@pytest.mark.parametrize(("primitive", "value"), COUNTS.values(), ids=COUNTS)
def test_counts_of_some_outputs_are_those_among_all(primitive, value):
    """Whatever other outputs are drawn together with them, and whether parameters are shared."""
    rows = np.arange(3000)
    stream = Stream(5, 7, 1)
    whole = primitive.draw(np.array([value]), random_rejection.Outputs(stream, rows), tf.float64)
    for some in (rows[::7], rows[5:6], rows[-40:]):
        outputs = random_rejection.Outputs(stream, some)
        found = primitive.draw(np.full(len(some), value), outputs, tf.float64)
        assert np.array_equal(found, whole[some])


def test_parameters_may_be_one_for_each_output_and_one_for_all():
    rates = np.repeat([0.5, 20.0, np.inf, 0.0, 3.0], 30000)
    whole = random.stateless_poisson([150000], [1, 2], rates, tf.float64).numpy()
    shared = random.stateless_poisson([30000, 5], [1, 2], rates[::30000], tf.float64).numpy()
    assert np.array_equal(whole.reshape(5, 30000).T, shared)


# Tracing and state ----------------------------------------------------------------------------


DRAWS = {
    "gamma": lambda x: random.gamma([2], x, 2.0 * x, seed=3),
    "poisson": lambda x: random.poisson([3], x * 5),
    "stateless gamma": lambda x: random.stateless_gamma(
        tf.concat([[2], tf.shape(x)], 0), [1, 2], x),
    "stateless poisson": lambda x: random.stateless_poisson(tf.shape(x), [1, 2], x),
    "stateless binomial": lambda x: random.stateless_binomial(tf.shape(x), [1, 2], x * 10, 0.5),
    "bounded": lambda x: random.stateless_parameterized_truncated_normal(
        tf.shape(x), [1, 2], x, 1.0, x - 1, x + 2),
    "uniform candidates": lambda x: random.uniform_candidate_sampler([[1, 2]], 2, 3, True, 5)[2],
    "learned candidates": lambda x: random.learned_unigram_candidate_sampler(
        [[1, 2]], 2, 3, False, 5, seed=21)[1],
}  # fmt: skip


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
@pytest.mark.parametrize("sizes", [(3,), (None,)])
def test_graphs_draw_what_eager_calls_draw(draw, sizes):
    from eagre.ops import candidate_sampling

    x = tf.constant([0.5, 1.0, 7.5])

    def begin():
        random.set_seed(4)
        candidate_sampling._learned.clear()

    begin()
    eager = [draw(x).numpy().tobytes() for _ in range(2)]
    begin()
    graph = tf.trace(draw, tf.TensorSpec(sizes))
    assert [graph(x).numpy().tobytes() for _ in range(2)] == eager


def test_a_generator_draws_binomial_numbers_in_a_graph():
    eager, traced = (random.Generator.from_seed(7) for _ in range(2))

    def draw(generator):
        return lambda counts: generator.binomial(tf.concat([[4], tf.shape(counts)], 0), counts, 0.4)

    graph = tf.trace(draw(traced), tf.TensorSpec([None]))
    counts = tf.constant([5.0, 50.0])
    for _ in range(2):
        assert np.array_equal(graph(counts).numpy(), draw(eager)(counts).numpy())
    assert np.array_equal(eager.state.numpy(), traced.state.numpy())
    threefry = random.Generator.from_seed(7, "threefry").binomial([2000], 100.0, 0.5).numpy()
    assert 49 < threefry.mean() < 51


def test_weights_in_a_file(tmp_path):
    file = tmp_path / "words.csv"
    file.write_text("a,1.0\nb,2.0\nc,5.0\n")
    results = []
    for weights in ({"vocab_file": str(file)}, {"unigrams": [1.0, 2.0, 5.0]}):
        random.set_seed(2)
        sampler = random.fixed_unigram_candidate_sampler
        results.append(sampler([[1]], 1, 9, False, 3, **weights))
    for one, other in zip(*results, strict=True):
        assert np.array_equal(one.numpy(), other.numpy())


def test_losses_sample_for_themselves():
    weights, biases, inputs = tf.ones([50, 3]), tf.zeros([50]), tf.ones([2, 3])
    for loss in (tf.nn.nce_loss, tf.nn.sampled_softmax_loss):
        random.set_seed(2)
        own = loss(weights, biases, [[1], [40]], inputs, 8, 50).numpy()
        random.set_seed(2)
        sampled = random.log_uniform_candidate_sampler([[1], [40]], 1, 8, True, 50)
        given = loss(weights, biases, [[1], [40]], inputs, 8, 50, sampled_values=sampled).numpy()
        assert own.shape == (2,) and np.array_equal(own, given)


# Messages -------------------------------------------------------------------------------------

MESSAGES = [
    ("gamma([2], -1.0)", "gamma expected alpha that is finite and at least 0. Received: -1.0"),
    ("gamma([2], 1, dtype='int32')", "gamma expected a dtype out of bfloat16, float16"),
    ("poisson([2], -1.0)", "poisson expected rates of at least 0. Received: -1.0"),
    ("poisson([2], np.inf, 'int32')", "poisson expected rates that int32 can hold. Received: inf"),
    ("stateless_poisson([3], [1, 2], [1., 2.])", "shape that ends with that of the parameters"),
    ("stateless_poisson([2], [1, 2], True)", "poisson expected parameters of a dtype out of"),
    ("stateless_binomial([2], [1, 2], np.nan, 0.5)", "counts that are finite. Received: nan"),
    ("stateless_parameterized_truncated_normal([2], [1, 2], 0., 0.)", "expected stddevs > 0 and"),
    ("uniform_candidate_sampler([1], 1, 2, True, 3)", "expected true_classes [batch, num_true]"),
    ("uniform_candidate_sampler([[1]], 1, 0, True, 3)", "num_sampled and range_max of at least"),
    ("uniform_candidate_sampler([[1]], 1, 4, True, 3)", "a range_max of at least num_sampled for"),
    ("fixed_unigram_candidate_sampler([[1]], 1, 1, True, 3)", "expected either vocab_file or unig"),
    ("fixed_unigram_candidate_sampler([[1]], 1, 1, True, 3, unigrams=[1.])", "as many weights as"),
    ("fixed_unigram_candidate_sampler([[1]], 1, 2, True, 2, unigrams=[1., 0.])", "weights above 0"),
]


@pytest.mark.parametrize(("expression", "message"), MESSAGES)
def test_message(expression, message):
    with pytest.raises((ValueError, TypeError), match=re.escape(message)):
        eval(f"random.{expression}")
