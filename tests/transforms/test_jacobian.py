"""Jacobians: against TensorFlow's, against differences, of gradients, on every kind of tape."""

import functools
import json
from pathlib import Path

import numpy as np
import pytest

import eagre as tf
from eagre.transforms.vectorize import batch

ORACLE = np.load(Path(__file__).parents[1] / "oracle" / "jacobian.npz")
CASES = json.loads(str(ORACLE["cases"]))
UNCONNECTED = "ignore:GradientTape"

TOLERANCES = {"float16": 2e-3, "float32": 2e-5, "complex64": 2e-5}


def of_kind(*kinds):
    """Runs a test for each case of a kind."""
    cases = [each for each in CASES if each["kind"] in kinds]
    return pytest.mark.parametrize("case", cases, ids=lambda case: f"{case['kind']}-{case['name']}")


def call(text, tensors):
    """What an expression of `tf`, `x`, `y` and `z` gives."""
    return eval(text, {"tf": tf, **dict(zip("xyz", tensors, strict=False))})


def inputs_of(case):
    """The arguments of a case."""
    key = f"{case['kind']}/{case['name']}"
    return [tf.constant(ORACLE[f"{key}/in{i}"]) for i in range(case["inputs"])]


def expected_of(case):
    """TensorFlow's results, None where it has none."""
    key = f"{case['kind']}/{case['name']}"
    return [None if no else ORACLE[f"{key}/out{i}"] for i, no in enumerate(case["missing"])]


def check(case, found):
    """Fail unless the results are near TensorFlow's."""
    expected = expected_of(case)
    assert [x is None for x in found] == [x is None for x in expected]
    for a, b in zip(found, expected, strict=True):
        if a is None:
            continue
        assert (a.shape, a.dtype.name) == (b.shape, b.dtype.name)
        tolerance = TOLERANCES.get(b.dtype.name, 1e-12)
        scale = np.abs(b).max(initial=1)
        np.testing.assert_allclose(a.numpy(), b, rtol=tolerance, atol=tolerance * scale)


def jacobians(case, tensors, **options):
    """The jacobians of the case's expression by all of its arguments."""
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        target = call(case["text"], tensors)
    unconnected = "zero" if case["kind"].endswith("zeros") else "none"
    return tape.jacobian(target, tensors, unconnected_gradients=unconnected, **options)


@of_kind("jacobian", "jacobian with zeros")
@pytest.mark.filterwarnings(UNCONNECTED)
def test_jacobian_is_that_of_tensorflow(case):
    check(case, jacobians(case, inputs_of(case)))


@of_kind("jacobian", "jacobian with zeros")
@pytest.mark.filterwarnings(UNCONNECTED)
def test_jacobian_row_by_row(case):
    check(case, jacobians(case, inputs_of(case), experimental_use_pfor=False))


@of_kind("jacobian")
@pytest.mark.filterwarnings(UNCONNECTED)
@pytest.mark.parametrize("knows_sizes", [True, False])
def test_jacobian_in_a_trace(case, knows_sizes):
    tensors = inputs_of(case)
    specs = [tf.TensorSpec(x.shape if knows_sizes else [None] * x.ndim, x.dtype) for x in tensors]

    def traced(*args):
        return [each for each in jacobians(case, list(args)) if each is not None]

    found = iter(tf.trace(traced, *specs)(*tensors))
    check(case, [None if missing else next(found) for missing in case["missing"]])


@of_kind("batch_jacobian")
@pytest.mark.filterwarnings(UNCONNECTED)
@pytest.mark.parametrize("options", [{}, {"experimental_use_pfor": False}])
def test_batch_jacobian_is_that_of_tensorflow(case, options):
    (x,) = inputs_of(case)
    with tf.GradientTape() as tape:
        tape.watch(x)
        target = call(case["text"], [x])
    check(case, [tape.batch_jacobian(target, x, **options)])


@of_kind("vectorized_map")
def test_vectorized_map_is_that_of_tensorflow(case):
    tensors = inputs_of(case)
    found = tf.vectorized_map(lambda each: call(case["text"], each), tuple(tensors), False)
    check(case, tf.nest.flatten(found))


@of_kind("vectorized_map")
def test_vectorized_map_in_a_trace(case):
    tensors = inputs_of(case)
    specs = [tf.TensorSpec([None if n > 1 else n for n in x.shape], x.dtype) for x in tensors]

    def traced(*args):
        return tf.vectorized_map(lambda each: call(case["text"], each), args, warn=False)

    check(case, tf.nest.flatten(tf.trace(traced, *specs)(*tensors)))


# Differences ----------------------------------------------------------------------------------


def network(x, weights, bias):
    """Two layers, with something of everything."""
    hidden = tf.tanh(tf.matmul(x, weights) + bias)
    spread = tf.reduce_mean(hidden, axis=1, keepdims=True)
    return tf.nn.softmax(hidden - spread * hidden) * tf.exp(x[:, :1])


@pytest.mark.parametrize("place", [0, 1, 2])
def test_jacobian_against_differences(place):
    generator = np.random.default_rng(place)
    arrays = [generator.normal(size=shape) for shape in [(2, 3), (3, 4), (4,)]]
    values = [tf.constant(array) for array in arrays]
    with tf.GradientTape() as tape:
        tape.watch(values)
        target = network(*values)
    found = tape.jacobian(target, values[place]).numpy()
    for index in np.ndindex(*arrays[place].shape):
        ends = []
        for step in (1e-6, -1e-6):
            moved = [array.copy() for array in arrays]
            moved[place][index] += step
            ends.append(network(*map(tf.constant, moved)).numpy())
        column = (ends[0] - ends[1]) / 2e-6
        np.testing.assert_allclose(found[(slice(None), slice(None), *index)], column, atol=1e-8)


# Tapes ----------------------------------------------------------------------------------------


def cube(x):
    return x * x * x


def test_the_hessian_is_the_jacobian_of_a_gradient():
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = tf.reduce_sum(cube(x)) * x[0]
        slope = inner.gradient(y, x)
    assert outer.jacobian(slope, x).numpy().tolist() == [[12.0, 12.0], [12.0, 12.0]]


@pytest.mark.parametrize("at_once", [True, False])
def test_an_outer_tape_sees_a_jacobian(at_once):
    """The third derivatives of x ** 4 are 24 x."""
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as outermost:
        outermost.watch(x)
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = cube(x) * x
            first = inner.jacobian(y, x, experimental_use_pfor=at_once)
        second = outer.jacobian(first, x, experimental_use_pfor=at_once)
    third = outermost.jacobian(second, x, experimental_use_pfor=at_once).numpy()
    assert third.shape == (2, 2, 2, 2)
    assert third[0, 0, 0, 0] == 24.0
    assert third[1, 1, 1, 1] == 48.0
    assert third.sum() == 72.0


def test_a_variable_is_a_source():
    w = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    with tf.GradientTape() as tape:
        y = tf.linalg.matvec(w, [1.0, 10.0])
    assert tape.jacobian(y, {"w": w})["w"].numpy()[1].tolist() == [[0.0, 0.0], [1.0, 10.0]]


def test_gathered_rows_of_a_variable_are_dense():
    w = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = tf.gather(w, [0, 0, 1])
    assert tape.jacobian(y, w).numpy().tolist() == [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]


def test_a_tape_that_is_not_persistent_is_used_up():
    x = tf.constant([1.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    tape.jacobian(y, x)
    with pytest.raises(RuntimeError, match="can be called once on a tape"):
        tape.gradient(y, x)


def test_a_persistent_tape_answers_within_its_block_too():
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
        first = tape.jacobian(y, x)
        z = tf.reduce_sum(first) * x
    assert first.numpy().tolist() == [[2.0, 0.0], [0.0, 4.0]]
    # The jacobian within the block depends on x too: d z[0] / d x[0] = 6 + 2 x[0].
    assert tape.jacobian(z, x).numpy().tolist() == [[8.0, 2.0], [4.0, 10.0]]


@pytest.mark.parametrize("parallel", [1, 2, 3, 5])
def test_rows_can_be_done_in_pieces(parallel):
    x = tf.constant([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = cube(x)
    found = tape.jacobian(y, x, parallel_iterations=parallel).numpy()
    assert found.tolist() == np.diag([3.0, 12.0, 27.0]).tolist()


def test_a_loop_has_a_jacobian():
    x = tf.constant([1.0, 2.0])

    def loop(x):
        return tf.while_loop(lambda i, y: i < 3, lambda i, y: [i + 1, y * x], [0, x])[1]

    graph = tf.trace(loop, x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = graph(x)
    assert tape.jacobian(y, x).numpy().tolist() == [[4.0, 0.0], [0.0, 32.0]]


@functools.cache
def batch_of_gradients():
    """The gradients of a loss for each example, at once and one by one."""
    generator = np.random.default_rng(3)
    images = tf.constant(generator.normal(size=(3, 6, 6, 2)).astype("float32"))
    labels = tf.constant([1, 0, 2])
    filters = tf.Variable(generator.normal(size=(3, 3, 2, 4)).astype("float32"))
    weights = tf.Variable(generator.normal(size=(36, 3)).astype("float32"))

    def gradients(example):
        image, label = example
        with tf.GradientTape() as tape:
            found = tf.nn.relu(tf.nn.conv2d(image[None], filters, 1, "SAME"))
            found = tf.nn.max_pool2d(found, 2, 2, "SAME")
            logits = tf.matmul(tf.reshape(found, [1, 36]), weights)
            loss = tf.nn.sparse_softmax_cross_entropy_with_logits(label[None], logits)
        return tape.gradient(loss, [filters, weights])

    at_once = tf.vectorized_map(gradients, (images, labels), fallback_to_while_loop=False)
    one_by_one = [gradients((images[i], labels[i])) for i in range(3)]
    return at_once, one_by_one


@pytest.mark.parametrize("number", [0, 1])
def test_gradients_of_each_example(number):
    at_once, one_by_one = batch_of_gradients()
    rows = np.stack([each[number].numpy() for each in one_by_one])
    np.testing.assert_allclose(at_once[number].numpy(), rows, rtol=1e-5, atol=1e-5)


def test_a_graph_can_be_batched_again():
    """A batch of batches, as nested maps make it."""
    graph = tf.trace(lambda x, y: x * y + 1.0, tf.TensorSpec([]), tf.TensorSpec([2]))
    x, y = tf.constant([1.0, 2.0, 3.0]), tf.constant([10.0, 20.0])
    (found,), flags = batch(graph, [x, y], [True, False])
    assert flags == (True,)
    assert found.numpy().tolist() == [[11.0, 21.0], [21.0, 41.0], [31.0, 61.0]]
    nested = tf.vectorized_map(lambda a: tf.vectorized_map(lambda b: a * b + 1.0, y), x)
    assert nested.numpy().tolist() == found.numpy().tolist()
