"""`vectorized_map` and `batch`: structures, tapes, random numbers, control flow, fall-backs."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import eagre as tf
from eagre.transforms.vectorize import allow, batch, batch_whole

X = tf.constant([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]])


def by_loop(function, elems):
    """What a map is to give: one example after the other."""
    count = len(tf.nest.flatten(elems)[0])
    rows = [function(tf.nest.map_structure(lambda x, i=i: x[i], elems)) for i in range(count)]
    return np.stack([row.numpy() for row in rows])


def check(function, elems, **options):
    """Fail unless a map gives what a loop gives, eagerly and in a trace."""
    expected = by_loop(function, elems)
    found = tf.vectorized_map(function, elems, **options)
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-6, atol=1e-6)
    specs = tf.nest.map_structure(lambda x: tf.TensorSpec([None, *x.shape[1:]], x.dtype), elems)
    graph = tf.trace(lambda each: tf.vectorized_map(function, each, **options), specs)
    np.testing.assert_allclose(graph(elems).numpy(), expected, rtol=1e-6, atol=1e-6)


# Structures -----------------------------------------------------------------------------------


def test_structures_go_in_and_come_out():
    found = tf.vectorized_map(lambda e: {"a": e["b"] + 1, "c": [e["b"], None, 2]}, {"b": X[0]})
    assert found["a"].numpy().tolist() == [2.0, -1.0, 4.0]
    assert found["c"][1] is None
    assert found["c"][2].numpy().tolist() == [2, 2, 2]


def test_arrays_and_variables_are_taken_apart():
    assert tf.vectorized_map(lambda x: x + 1, np.arange(3)).numpy().tolist() == [1, 2, 3]
    assert tf.vectorized_map(lambda x: x * 2, tf.Variable([1.0, 2.0])).numpy().tolist() == [2, 4]


def test_composites_pass():
    values, indices = tf.constant([[[1.0]], [[2.0]]]), tf.constant([[0], [0]])
    found = tf.vectorized_map(lambda e: tf.IndexedSlices(e[0] * 2, e[1]), (values, indices))
    assert isinstance(found, tf.IndexedSlices)
    assert found.values.shape == (2, 1, 1)
    assert found.indices.shape == (2, 1)


def test_the_function_is_traced_once():
    times = []
    tf.vectorized_map(lambda x: times.append(1) or x, tf.zeros([5]))
    assert times == [1]


# Levels ---------------------------------------------------------------------------------------


def test_gradients_flow_through_a_map():
    w = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        tape.watch(X)
        loss = tf.reduce_sum(tf.vectorized_map(lambda x: tf.tensordot(x, w, 1) ** 2, X))
    of_x, of_w = tape.gradient(loss, [X, w])
    products = X.numpy() @ w.numpy()
    np.testing.assert_allclose(of_x.numpy(), 2 * products[:, None] * w.numpy(), rtol=1e-6)
    np.testing.assert_allclose(of_w.numpy(), 2 * products @ X.numpy(), rtol=1e-6)


def test_gradients_flow_through_what_falls_back():
    def kept(x):
        return tf.reduce_sum(tf.boolean_mask(x * x, x > 0))

    with tf.GradientTape() as tape:
        tape.watch(X)
        found = tf.vectorized_map(kept, X, warn=False)
    assert found.numpy().tolist() == [10.0, 41.0]
    assert tape.gradient(found, X).numpy().tolist() == [[2.0, 0.0, 6.0], [8.0, 10.0, 0.0]]


def test_a_map_in_a_function():
    @tf.function
    def doubled(x):
        return tf.vectorized_map(lambda row: row * 2 + tf.reduce_sum(x), x)

    assert doubled(X).numpy()[0].tolist() == [7.0, 1.0, 11.0]


# Random numbers -------------------------------------------------------------------------------


@pytest.mark.parametrize("in_trace", [False, True])
def test_each_example_has_random_numbers_of_its_own(in_trace):
    """Those that draws one after the other give, with seeds and from generators."""

    def drawn(x):
        return tf.random.uniform([4]) + tf.random.normal([4], seed=3) * x

    def mapped(x):
        return tf.vectorized_map(drawn, x, fallback_to_while_loop=False)

    tf.random.set_seed(5)
    function = tf.trace(mapped, tf.TensorSpec([None])) if in_trace else mapped
    found = function(tf.ones([3])).numpy()
    assert len(np.unique(found)) == 12
    assert not np.array_equal(function(tf.ones([3])).numpy(), found)


def test_a_generator_moves_on_for_each_example():
    one, other = (tf.random.Generator.from_seed(7) for _ in range(2))
    found = tf.vectorized_map(lambda x: one.normal([2]) + x, tf.zeros([3]))
    assert np.array_equal(found.numpy(), [other.normal([2]).numpy() for _ in range(3)])
    assert np.array_equal(one.state.numpy(), other.state.numpy())


def test_a_seed_gives_each_example_the_same_numbers():
    found = tf.vectorized_map(lambda x: tf.random.stateless_uniform([2], [1, 2]), tf.zeros([3]))
    assert np.array_equal(found.numpy()[0], found.numpy()[2])


def test_seeds_of_examples_give_their_numbers():
    seeds = tf.constant([[1, 2], [3, 4]])
    found = tf.vectorized_map(lambda s: tf.random.stateless_normal([2], s), seeds, False)
    assert np.array_equal(found.numpy()[1], tf.random.stateless_normal([2], [3, 4]).numpy())


# Control flow ---------------------------------------------------------------------------------


def test_each_example_takes_its_branch():
    check(lambda x: tf.cond(x[0] > 2, lambda: tf.exp(x), lambda: x - x[1]), X)


def test_a_branch_that_may_fail_is_taken_by_its_examples_only():
    places = tf.constant([1, 7])

    def picked(i):
        return tf.cond(i < 3, lambda: tf.gather([1.0, 2.0, 3.0], i), lambda: tf.constant(-1.0))

    check(picked, places, fallback_to_while_loop=False)


def test_all_examples_take_one_branch():
    flag = tf.constant(True)

    def chosen(flag, x):
        return tf.vectorized_map(lambda row: tf.cond(flag, lambda: row + 1, lambda: row * 0), x)

    graph = tf.trace(chosen, flag, X)
    assert graph(flag, X).numpy().tolist() == (X.numpy() + 1).tolist()
    assert not graph(tf.constant(False), X).numpy().any()


def test_examples_leave_a_loop_at_their_own_times():
    def halved(x):
        return tf.while_loop(lambda n, y: y > 1, lambda n, y: [n + 1, y / 2], [0, x])[1]

    check(halved, tf.constant([100.0, 3.0, 0.5]))


def test_a_loop_of_one_length():
    def summed(x):
        start = [0, tf.zeros([3])]
        return tf.while_loop(lambda i, _: i < 4, lambda i, y: [i + 1, y * 2 + x], start)[1]

    check(summed, X, fallback_to_while_loop=False)


def test_a_loop_with_a_tensor_array():
    def powers(x):
        array = tf.TensorArray(tf.float32, 3)
        loop = tf.while_loop(
            lambda i, *_: i < 3, lambda i, y, a: [i + 1, y * x, a.write(i, y)], [0, x, array]
        )
        return loop[2].stack()

    check(powers, X, fallback_to_while_loop=False)


def test_a_scan_and_its_gradient():
    def slope(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.scan(lambda a, b: a * b + 1.0, x)
        return tape.gradient(y, x)

    expected = by_loop(slope, X)
    found = tf.vectorized_map(slope, X, fallback_to_while_loop=False)
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-6)


def test_each_example_names_an_element():
    places, table = tf.constant([1, -1]), tf.reshape(tf.range(12.0), [3, 4])
    check(lambda i: table[i], places, fallback_to_while_loop=False)
    check(lambda i: table[:, i], places, fallback_to_while_loop=False)
    check(lambda e: e[0][e[1]], (X, places), fallback_to_while_loop=False)
    check(lambda i: table[i : i + 2, ..., 0], tf.constant([0, 1]))


# What falls back ------------------------------------------------------------------------------


def test_a_fall_back_is_told_once_with_its_line():
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        tf.vectorized_map(lambda x: tf.unique(x)[0], tf.constant([[1, 2], [3, 4]]))
    assert [str(w.message).split(" at ")[-2].split()[-1] for w in told] == ["unique"]
    assert "test_mapping.py:" in str(told[0].message)
    assert told[0].filename.endswith("test_mapping.py")


def test_a_fall_back_without_a_word():
    found = tf.vectorized_map(lambda x: tf.unique(x)[1], tf.constant([[1, 2], [3, 4]]), warn=False)
    assert found.numpy().tolist() == [[0, 1], [0, 1]]


def test_no_examples_make_no_rows():
    found = tf.vectorized_map(lambda x: tf.unique(x)[1], tf.zeros([0, 4], tf.int32), warn=False)
    assert (found.shape, found.dtype) == ((0, 4), tf.int32)


def test_a_failing_kernel_names_the_line():
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        tf.vectorized_map(lambda i: tf.gather([1.0, 2.0], i), tf.constant([0, 5]))
    assert any("test_mapping.py:" in note for note in caught.value.__notes__)


# Batches of graphs ----------------------------------------------------------------------------


def test_what_does_not_depend_on_examples_stays_plain():
    graph = tf.trace(lambda x, y: (x + y, tf.exp(y), tf.shape(x)), X[0], X[0])
    outputs, flags = batch(graph, [X, X[1]], [True, False])
    assert flags == (True, False, False)
    assert outputs[2].numpy().tolist() == [3]
    whole = batch_whole(graph, [X, X[1]], [True, False])
    assert [tuple(y.shape) for y in whole] == [(2, 3), (2, 3), (2, 1)]


def test_nothing_batched_is_the_graph_itself():
    graph = tf.trace(lambda x: x * 2, X[0])
    (found,), flags = batch(graph, [X[0]], [False])
    assert flags == (False,)
    assert found.numpy().tolist() == [2.0, -4.0, 6.0]


# Programs -------------------------------------------------------------------------------------

STEPS = {
    "add": lambda a, b: a + b,
    "outer": lambda a, b: a[:, None] * b[None, :],
    "matmul": lambda a, b: tf.matmul(a[None], b[:, None])[0],
    "softmax": lambda a, b: tf.nn.softmax(a) * b,
    "gather": lambda a, b: tf.gather(a, tf.argsort(b)),
    "reduce": lambda a, b: tf.reduce_max(a) - tf.cumsum(b),
    "where": lambda a, b: tf.where(a > b, a, tf.sin(b)),
    "concat": lambda a, b: tf.concat([a[:1], b[1:]], 0),
    "reverse": lambda a, b: tf.reverse(a, [0]) / (1.0 + b * b),
    "reshape": lambda a, b: tf.reshape(tf.pad(a, [[0, 1]]), [2, -1]) + b[0],
    "sort": lambda a, b: tf.sort(a + b),
    "scatter": lambda a, b: tf.tensor_scatter_nd_add(a, [[0], [2], [0]], b),
    "own scatter": lambda a, b: tf.tensor_scatter_nd_update(
        a, tf.argmax(b)[None, None], b[:1]
    ),
    "stack": lambda a, b: tf.transpose(tf.stack([a, b])),
}


def program(names):
    """A function of two vectors that does a list of steps, each on results of earlier ones."""

    def run(a, b):
        values = [a, b]
        for place, (name, first, second) in enumerate(names):
            x, y = (values[i % len(values)] for i in (first + place, second))
            found = STEPS[name](x, y)
            while found.ndim > 1:
                found = tf.reduce_sum(found, axis=-1)
            values.append(a + found if found.shape[0] in (1, 3) else a * found[0])
        return values[-1] + values[-2]

    return run


steps = st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 5), st.integers(0, 5))


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.lists(steps, min_size=2, max_size=6), st.sampled_from([(1, 1), (1, 0), (0, 1)]))
def test_programs_give_what_their_examples_give(names, batched):
    """The outputs and the jacobians, which are batches of backward graphs."""
    generator = np.random.default_rng(len(names))
    arrays = [generator.normal(size=(4, 3) if flag else (3,)) for flag in batched]
    run = program(names)
    graph = tf.trace(run, *[tf.TensorSpec([3], tf.float64)] * 2)
    values = [tf.constant(array) for array in arrays]
    (found,) = batch_whole(graph, values, [bool(flag) for flag in batched], missing=allow)
    rows = [[x[i] if flag else x for x, flag in zip(values, batched, strict=True)]
            for i in range(4)]
    np.testing.assert_allclose(
        found.numpy(), np.stack([run(*row).numpy() for row in rows]), rtol=1e-10, atol=1e-10
    )
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(rows[0])
        target = run(*rows[0])
    at_once = tape.jacobian(target, rows[0], "zero")
    one_by_one = tape.jacobian(target, rows[0], "zero", experimental_use_pfor=False)
    for a, b in zip(at_once, one_by_one, strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-10, atol=1e-10)


def branch_that_draws(x):
    return tf.cond(x > 0, lambda: x * x * x * tf.random.uniform([]), lambda: x)


def loop_that_draws(x):
    def step(i, y):
        return i + 1, y * x + tf.random.uniform([]) * y * y

    return tf.while_loop(lambda i, y: i < 3, step, (0, x))[1]


def loops_of_several_lengths(x):
    def grown(y):
        return tf.while_loop(
            lambda y: y < 9.0, lambda y: [y * (1.5 + tf.random.uniform([])) * x / x], [y]
        )[0]

    return tf.cond(x > 0, lambda: grown(x) * loop_that_draws(x), lambda: x)


def branch_for_all(x):
    return x * x * tf.cond(tf.constant(True), lambda: tf.random.uniform([]), lambda: 1.0)


@pytest.mark.parametrize("wrap", [lambda f: f, tf.function])
@pytest.mark.parametrize(
    "function", [branch_that_draws, loop_that_draws, loops_of_several_lengths, branch_for_all]
)
def test_draws_in_branches_and_loops_are_those_of_one_example_after_the_other(function, wrap):
    x = tf.constant([1.0, -2.0, 3.0, 0.5])

    def orders(call):
        tf.random.set_seed(1)
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = call(x)
            first = inner.gradient(y, x)
        return [each.numpy() for each in (y, first, outer.gradient(first, x))]

    found = orders(wrap(lambda x: tf.vectorized_map(function, x, warn=False)))
    expected = orders(lambda x: tf.stack([function(each) for each in tf.unstack(x)]))
    assert np.array_equal(found[0], expected[0])
    for got, wanted in zip(found[1:], expected[1:], strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-5)


def test_draws_in_maps_of_maps():
    x = tf.constant([[1.0, -2.0], [3.0, 0.5]])

    def inner(row):
        return tf.vectorized_map(branch_that_draws, row, warn=False)

    tf.random.set_seed(1)
    found = tf.vectorized_map(inner, x, warn=False)
    tf.random.set_seed(1)
    expected = [branch_that_draws(each).numpy() for row in x for each in row]
    assert found.numpy().ravel().tolist() == expected


def test_a_branch_that_draws_is_done_one_by_one_with_a_word():
    with pytest.warns(UserWarning, match="vectorized_map expected.*one example after the other"):
        tf.vectorized_map(branch_that_draws, tf.ones([2]))
    with pytest.raises(tf.errors.UnimplementedError, match="fallback_to_while_loop=False"):
        tf.vectorized_map(branch_that_draws, tf.ones([2]), fallback_to_while_loop=False)


def test_the_gradient_of_a_loop_that_prints_runs_it_once(capfd):
    def doubled(x):
        def body(a):
            tf.print(a)
            return [a * 2.0]

        return tf.while_loop(lambda a: a < 9.0, body, [x])[0]

    x = tf.constant([3.0, 10.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.vectorized_map(doubled, x, warn=False)
    assert tape.gradient(y, x).numpy().tolist() == [4.0, 1.0]
    assert capfd.readouterr().err == "3\n6\n"
