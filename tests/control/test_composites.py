"""`case`, `switch_case`, `map_fn`, `scan`, `foldl`, `foldr`: eager against traced and by hand."""

import numpy as np
import pytest

import eagre as tf
from eagre.graph.trace import trace

FLOATS = tf.constant([[1.0, 2.0], [3.0, -4.0], [0.5, 6.0]])
INVALID = tf.errors.InvalidArgumentError


def gradients(function, *inputs):
    """The value, the gradients of its sum of squares, and the gradients of their sums."""
    with tf.GradientTape() as outer:
        outer.watch(inputs)
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            values = tf.nest.flatten(function(*inputs))
            loss = tf.add_n([tf.reduce_sum(value * value) for value in values])
        first = tape.gradient(loss, inputs)
        total = tf.add_n([tf.reduce_sum(grad * grad) for grad in first])
    return [*values, *first, *outer.gradient(total, inputs)]


FUNCTIONS = {
    "map_fn": lambda x: tf.map_fn(lambda row: row * tf.reduce_sum(row), x),
    "map_fn of a structure": lambda x: tf.map_fn(
        lambda pair: {"sum": pair[0] + pair[1], "rows": pair[0] * pair[1]},
        (x, x * x),
        fn_output_signature={"rows": tf.float32, "sum": tf.float32},
    ),
    "scan": lambda x: tf.scan(lambda total, row: total * row + 1.0, x),
    "scan backwards": lambda x: tf.scan(
        lambda total, row: total * tf.reduce_sum(row), x, initializer=2.0, reverse=True
    ),
    "scan of a structure": lambda x: tf.scan(
        lambda state, pair: (state[0] * pair[0] + state[1], state[1] + pair[1]),
        [x, x[:, 0]],
        initializer=(x[0], x[0, 0]),
    ),
    "foldl": lambda x: tf.foldl(lambda total, row: total * row + row, x),
    "foldr": lambda x: tf.foldr(lambda total, row: total - row * total, x, initializer=x[1]),
    "map_fn in scan": lambda x: tf.scan(
        lambda total, row: total + tf.map_fn(lambda element: element * element, row), x
    ),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("shape", [[3, 2], [None, 2], [None, None]], ids=str)
def test_traced_gives_the_eager_values_and_gradients(name, shape):
    function = FUNCTIONS[name]
    expected = gradients(function, FLOATS)
    graph = trace(lambda x: gradients(function, x), tf.TensorSpec(shape))
    graph.check()
    count = len(tf.nest.flatten(function(FLOATS)))
    for number, (found, value) in enumerate(zip(graph(FLOATS), expected, strict=True)):
        # A loop in a graph adds gradients up in another order than a tape.
        tolerance = 0 if number < count else 2e-6
        np.testing.assert_allclose(found.numpy(), value.numpy(), rtol=tolerance)


def test_gradients_by_differences():
    for function in FUNCTIONS.values():
        x = tf.cast(FLOATS, tf.float64)

        def loss(values, function=function):
            flat = tf.nest.flatten(function(tf.constant(values, tf.float32)))
            return sum(float(np.sum(np.float64(y.numpy()) ** 2)) for y in flat)

        values = x.numpy()
        count = len(tf.nest.flatten(function(FLOATS)))
        grad = gradients(function, FLOATS)[count].numpy()
        for place in np.ndindex(*values.shape):
            ends = []
            for side in (1 / 256, -1 / 256):
                moved = values.copy()
                moved[place] += side
                ends.append(loss(moved))
            difference = (ends[0] - ends[1]) * 128
            assert abs(grad[place] - difference) <= 2e-2 * max(1, abs(difference))


def test_no_parts():
    empty = tf.zeros([0, 2])
    for function in (
        lambda x: tf.map_fn(lambda row: tf.reduce_sum(row), x),
        lambda x: tf.map_fn(lambda row: row * 2, x),
        lambda x: tf.scan(lambda total, row: total + row, x, initializer=tf.ones([2])),
        lambda x: tf.foldl(lambda total, row: total + row, x, initializer=tf.ones([2])),
    ):
        eager = function(empty)
        graph = trace(function, tf.TensorSpec([None, 2]))
        assert graph(empty).sizes == eager.sizes
        np.testing.assert_array_equal(graph(empty).numpy(), eager.numpy())
    with pytest.raises(INVALID, match="foldr needs an initializer"):
        tf.foldr(lambda total, row: total + row, empty)


def test_a_graph_of_map_fn_is_one_loop_and_knows_its_shape():
    graph = trace(
        lambda x: tf.map_fn(lambda row: tf.reduce_sum(row), x), tf.TensorSpec([4, 2])
    )
    assert [op.name for op in graph.operations].count("while_loop") == 1
    assert graph.outputs[0].sizes == (4,)


def test_results_may_grow_in_a_fold_but_not_be_stacked():
    def grow(total, x):
        return tf.concat([total, [x]], 0)

    x = tf.constant([1.0, 2.0, 3.0])
    graph = trace(lambda x: tf.foldl(grow, x, initializer=tf.zeros([0])), x)
    assert graph(x).numpy().tolist() == tf.foldl(grow, x, tf.zeros([0])).numpy().tolist()
    with pytest.raises(INVALID, match="scan expected results of one shape"):
        tf.scan(grow, x, initializer=tf.zeros([0]))
    with pytest.raises(INVALID, match="map_fn expected results of one shape"):
        tf.map_fn(lambda n: tf.ones([n]), tf.constant([1, 2]), fn_output_signature=tf.float32)


def test_variables_are_read_inside():
    weight = tf.Variable(3.0)

    def weighted(x):
        return tf.map_fn(lambda element: element * weight, x)

    x = tf.constant([1.0, 2.0])
    graph = trace(weighted, x)
    with tf.GradientTape() as tape:
        y = graph(x)
    assert y.numpy().tolist() == [3.0, 6.0]
    assert tape.gradient(y, weight).numpy() == 3.0


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: tf.map_fn(lambda x: (x, x), FLOATS), ValueError, "map_fn expected fn to return"),
        (lambda: tf.map_fn(lambda x: x > 0, FLOATS), TypeError, "map_fn expected fn to return fl"),
        (lambda: tf.map_fn(abs, (FLOATS, FLOATS[1:])), ValueError, "map_fn expected elems"),
        (lambda: tf.map_fn(abs, []), ValueError, "map_fn expected elems"),
        (lambda: tf.scan(lambda s, x: (s, s), FLOATS), ValueError, "scan expected fn to return"),
        (lambda: tf.foldl(lambda s, x: s > 0, FLOATS), TypeError, "foldl expected fn to return"),
        (lambda: tf.foldr(None, FLOATS), TypeError, "foldr expected fn to be a function"),
        (lambda: tf.case([(True, 3)]), TypeError, "case expected functions"),
        (lambda: tf.case([True, False]), TypeError, "case expected pairs"),
        (lambda: tf.case([(tf.constant([True]), int)]), TypeError, "case expected bool scalars"),
        (lambda: tf.switch_case(1.0, [int]), TypeError, "switch_case expected an integer scalar"),
        (lambda: tf.switch_case(0, [(2, int)]), ValueError, "switch_case expected the numbers"),
        (lambda: tf.switch_case(0, [3]), TypeError, "switch_case expected functions"),
    ],
)
def test_what_does_not_fit_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
    if "case" not in message:
        with pytest.raises(error, match=message):
            trace(lambda _: call(), FLOATS)


# case and switch_case -------------------------------------------------------------------------


def chosen(x, y):
    """Three ways, by the size of x."""
    pairs = [(x < 1.0, lambda: x * y), (x < 2.0, lambda: x * x * y)]
    return tf.case(pairs, default=lambda: y - x)


@pytest.mark.parametrize("x", [0.5, 1.5, 2.5])
def test_case_traced_gives_the_eager_bits_and_gradients(x):
    inputs = tf.constant(x), tf.constant(3.0)
    graph = trace(lambda *parts: gradients(chosen, *parts), *inputs)
    found = [each.numpy() for each in graph(*inputs)]
    assert found == [each.numpy() for each in gradients(chosen, *inputs)]


def test_case_by_hand():
    assert [chosen(tf.constant(x), tf.constant(3.0)).numpy() for x in (0.5, 1.5, 2.5)] == [
        1.5, 6.75, 0.5]
    pairs = {tf.constant(False).ref(): lambda: 1, tf.constant(True).ref(): lambda: 2}
    assert tf.case(pairs) == 2
    assert tf.case([(tf.constant(True), lambda: 4)]) == 4


def none_true(x):
    return tf.case([(x < 1.0, lambda: x), (x < 2.0, lambda: -x)])


def several_true(x):
    return tf.case([(x < 1.0, lambda: x), (x < 2.0, lambda: -x)], lambda: x * 0, exclusive=True)


@pytest.mark.parametrize(
    ("function", "good", "bad", "message"),
    [
        (none_true, 1.5, 2.5, "case expected a true condition, or a default. Received: "),
        (several_true, 1.5, 0.5, "case expected at most one true condition. Received: "),
    ],
)
def test_conditions_are_checked_in_both_modes(function, good, bad, message):
    good, bad = tf.constant(good), tf.constant(bad)
    graph = trace(function, tf.TensorSpec([]))
    assert graph(good).numpy() == function(good).numpy() == -1.5
    for call in (graph, function):
        with pytest.raises(INVALID, match=message):
            call(bad)


def test_switch_case_traced():
    def switched(index, x):
        return tf.switch_case(index, {1: lambda: x * x, 0: lambda: x, 2: lambda: -x})

    def with_default(index, x):
        return tf.switch_case(index, [lambda: x, lambda: x * x], default=lambda: x * 0)

    x = tf.constant(3.0)
    for function, expected in ((switched, [-3, 3, 9, -3, -3]), (with_default, [0, 3, 9, 0, 0])):
        graph = trace(function, tf.TensorSpec([], tf.int32), tf.TensorSpec([]))
        for index, value in zip(range(-1, 4), expected, strict=True):
            assert function(tf.constant(index), x).numpy() == value
            assert graph(tf.constant(index), x).numpy() == value
