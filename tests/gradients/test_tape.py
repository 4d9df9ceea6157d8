"""`GradientTape`: what it records, what it gives back, and what it does when it is misused."""

import gc
import threading
import weakref

import numpy as np
import pytest

import eagre as tf

# What None means is tested here; when it is worth a warning is tested in test_why_none.py.
pytestmark = pytest.mark.filterwarnings("ignore::eagre.GradientWarning")


def number(tensor):
    return None if tensor is None else tensor.numpy().tolist()


def constants(*values):
    return [tf.constant(value) for value in values]


# What is watched ------------------------------------------------------------------------------


def test_only_what_is_watched():
    x, y = constants(2.0, 3.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        z = x * y
    assert [number(g) for g in tape.gradient(z, [x, y])] == [3.0, None]


def test_watch_begins_when_it_is_called():
    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        before = x * x
        tape.watch(x)
        after = before * x
    assert number(tape.gradient(after, x)) == 4.0


def test_watch_twice_counts_once():
    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        tape.watch([x, x])
        y = x * x
    assert number(tape.gradient(y, x)) == 4.0


def test_watch_a_structure():
    x = {"a": tf.constant(2.0), "b": [tf.constant(3.0)]}
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x["a"] * x["b"][0]
    grads = tape.gradient(y, x)
    assert number(grads["a"]) == 3.0
    assert number(grads["b"][0]) == 2.0


def test_variables_are_watched_where_they_are_read():
    v, w = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = v * v
    (watched,) = tape.watched_variables()
    assert watched is v
    assert [number(g) for g in tape.gradient(y, [v, w])] == [4.0, None]


def test_variables_that_do_not_train_are_not_watched():
    v = tf.Variable(2.0, trainable=False)
    with tf.GradientTape() as tape:
        y = v * v
    assert tape.gradient(y, v) is None


def test_variables_that_do_not_train_can_be_watched():
    v = tf.Variable(2.0, trainable=False)
    with tf.GradientTape() as tape:
        tape.watch(v)
        y = v * v
    assert tape.watched_variables()[0] is v
    assert number(tape.gradient(y, v)) == 4.0


def test_without_watching_accessed_variables():
    v, w = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(v)
        y = v * w
    assert [number(g) for g in tape.gradient(y, [v, w])] == [3.0, None]


def test_a_read_before_the_tape_is_a_constant():
    v = tf.Variable(2.0)
    value = v.value()
    with tf.GradientTape() as tape:
        y = value * v
    assert number(tape.gradient(y, v)) == 2.0


def test_a_gradient_belongs_to_the_value_that_was_read():
    v = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        before = v * v
        v.assign(5.0)
        after = v * v
        y = before + after
    assert number(tape.gradient(y, v)) == 4.0 + 10.0


def test_no_gradient_flows_through_an_assignment():
    x, v = tf.constant(2.0), tf.Variable(0.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        v.assign(x * x)
        y = v * 3.0
    assert tape.gradient(y, x) is None
    assert number(tape.gradient(y, v)) == 3.0


def test_integers_have_no_gradient():
    x = tf.constant(2.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        rounded = tf.cast(x, tf.int32)
        y = tf.cast(rounded * rounded, tf.float32) * x
    assert number(tape.gradient(y, x)) == 4.0
    assert tape.gradient(rounded, x) is None


def test_comparisons_and_stop_gradient_break_the_path():
    x = tf.constant(2.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.stop_gradient(x) * 3.0
        z = tf.where(x > 1.0, x * x, x)
        s = tf.sign(x)
    assert tape.gradient(y, x) is None
    assert number(tape.gradient(z, x)) == 4.0
    assert number(tape.gradient(s, x)) in (None, 0.0)


# Targets and sources --------------------------------------------------------------------------


def test_a_source_that_is_the_target():
    x = tf.constant([2.0, 3.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
    assert number(tape.gradient(x, x)) == [1.0, 1.0]
    assert number(tape.gradient(y, y)) == [1.0, 1.0]
    assert number(tape.gradient([x, y], x)) == [5.0, 7.0]


def test_a_variable_as_target():
    x = tf.Variable([2.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        z = x + x * 1.0
    assert number(tape.gradient(x, x)) == [1.0, 1.0]
    assert number(tape.gradient([x, z], x)) == [3.0, 3.0]
    assert number(tape.gradient(x, x, output_gradients=tf.constant([3.0, 5.0]))) == [3.0, 5.0]
    assert tape.gradient(tf.Variable(1.0), x) is None


def test_an_assigned_variable_as_target():
    x = tf.Variable([2.0, 2.0])
    with tf.GradientTape() as tape:
        assigned = tf.Variable(3.0).assign_add(x[0])
    assert tape.gradient(assigned, x) is None


def test_an_intermediate_source():
    x = tf.constant(3.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
        z = y * y * x
    grads = tape.gradient(z, [y, x])
    assert [number(g) for g in grads] == [2 * 9.0 * 3.0, 5 * 81.0]


def test_an_intermediate_source_that_is_watched_too():
    x = tf.constant(3.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
        tape.watch(y)
        z = y * y
    assert [number(g) for g in tape.gradient(z, [x, y])] == [4 * 27.0, 18.0]


def test_an_unused_output_of_several():
    x = tf.constant([1.0, 2.0, 3.0, 4.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        left, _ = tf.split(x, 2)
        y = tf.reduce_sum(left * left)
    assert number(tape.gradient(y, x)) == [2.0, 4.0, 0.0, 0.0]


def test_a_source_among_several_outputs():
    x = tf.constant([1.0, 2.0, 3.0, 4.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        left, right = tf.split(x, 2)
        y = tf.reduce_sum(left * right)
    grads = tape.gradient(y, [left, right, x])
    assert [number(g) for g in grads] == [[3.0, 4.0], [1.0, 2.0], [3.0, 4.0, 1.0, 2.0]]


def test_structures_keep_their_form():
    x, y = constants(2.0, 3.0)
    with tf.GradientTape() as tape:
        tape.watch([x, y])
        target = {"sum": x + y, "rest": (x * y, [y * y])}
    grads = tape.gradient(target, {"y": y, "both": (x, [y])})
    assert number(grads["y"]) == 1.0 + 2.0 + 6.0
    assert isinstance(grads["both"], tuple)
    assert number(grads["both"][0]) == 1.0 + 3.0
    assert number(grads["both"][1][0]) == number(grads["y"])


def test_one_source_named_twice():
    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    assert [number(g) for g in tape.gradient(y, [x, x])] == [4.0, 4.0]


def test_empty_sources_and_targets():
    x = tf.constant(2.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
    assert tape.gradient(y, []) == []
    assert tape.gradient([], x) is None


def test_targets_are_summed():
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    assert number(tape.gradient([y, y, x], x)) == [5.0, 9.0]


def test_unconnected_gradients():
    x, y, v = tf.constant([1.0, 2.0]), tf.constant(3.0), tf.Variable([4.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([x, y])
        z = y * y
    for zero in (tf.UnconnectedGradients.ZERO, "zero"):
        grads = tape.gradient(z, [x, y, v], unconnected_gradients=zero)
        assert [number(g) for g in grads] == [[0.0, 0.0], 6.0, [0.0]]
    for none in (tf.UnconnectedGradients.NONE, "none"):
        grads = tape.gradient(z, [x, y, v], unconnected_gradients=none)
        assert [number(g) for g in grads] == [None, 6.0, None]


def test_output_gradients():
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y, z = x * x, 3.0 * x
    flow = tf.constant([10.0, 100.0])
    assert number(tape.gradient(y, x, output_gradients=flow)) == [20.0, 400.0]
    assert number(tape.gradient(y, x, output_gradients=[flow.numpy()])) == [20.0, 400.0]
    both = tape.gradient([y, z], x, output_gradients=[tf.constant([1.0, 0.0]), None])
    assert number(both) == [5.0, 3.0]


def test_output_gradients_of_a_target_that_is_a_source():
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
    assert number(tape.gradient(x, x, output_gradients=tf.constant([5.0, 6.0]))) == [5.0, 6.0]


def test_complex_gradients_are_conjugated_as_in_tensorflow():
    z = tf.constant(1.0 + 2.0j)
    with tf.GradientTape() as tape:
        tape.watch(z)
        y = z * z
    assert tape.gradient(y, z).numpy() == np.conj(2 * (1.0 + 2.0j))


# How often, and when --------------------------------------------------------------------------


def test_a_persistent_tape_answers_again_and_again():
    x = tf.constant(2.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
        z = y * y
    assert [number(tape.gradient(t, x)) for t in (y, z, y)] == [4.0, 32.0, 4.0]


def test_gradient_within_the_block_ends_the_recording():
    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
        assert number(tape.gradient(y, x)) == 4.0
        assert not tape.is_recording
    with pytest.raises(RuntimeError, match="once"):
        tape.gradient(y, x)


def test_a_persistent_tape_goes_on_recording_and_records_its_own_gradient():
    x = tf.constant(2.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x * x
        first = tape.gradient(y, x)
    assert number(first) == 12.0
    assert number(tape.gradient(first, x)) == 12.0


def test_a_tape_can_be_entered_again_and_goes_on():
    x = tf.constant(2.0)
    tape = tf.GradientTape()
    with tape:
        tape.watch(x)
        y = x * x
    outside = y * 1.0
    with tape:
        z = y * x
    assert number(tape.gradient([z, outside], x)) == 12.0


def test_stop_recording():
    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
        with tape.stop_recording():
            aside = x * x * x
        z = y + aside
    assert number(tape.gradient(z, x)) == 4.0


def test_stop_recording_stops_only_its_tape():
    x = tf.constant(2.0)
    with tf.GradientTape() as outer, tf.GradientTape() as inner:
        outer.watch(x)
        inner.watch(x)
        with inner.stop_recording():
            y = x * x
    assert inner.gradient(y, x) is None
    assert number(outer.gradient(y, x)) == 4.0


def test_stop_recording_is_undone_by_an_error():
    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        with pytest.raises(KeyError), tape.stop_recording():
            raise KeyError
        y = x * x
    assert number(tape.gradient(y, x)) == 4.0


def test_a_used_tape_can_be_entered_again_and_begins_anew():
    v, w = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = v * v
    tape.gradient(y, v)
    with tape:
        z = w * w * w
    assert number(tape.gradient(z, w)) == 27.0
    assert [each is w for each in tape.watched_variables()] == [True]


def test_a_used_tape_names_its_variables_and_does_not_keep_them():
    v, w = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = v * w
    tape.gradient(y, v)
    assert [each is v for each in tape.watched_variables()] == [True, False]
    value = weakref.ref(v)
    del v
    gc.collect()
    assert value() is None
    assert [each is w for each in tape.watched_variables()] == [True]


def test_reset_forgets():
    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        old = x * x
        tape.reset()
        tape.watch(x)
        new = x * x * x
    assert number(tape.gradient([old, new], x)) == 12.0


def test_reset_makes_a_used_tape_fresh():
    x = tf.constant(2.0)
    tape = tf.GradientTape()
    for _ in range(2):
        with tape:
            tape.watch(x)
            y = x * x
        assert number(tape.gradient(y, x)) == 4.0
        tape.reset()


def test_an_exception_ends_the_recording():
    x = tf.constant(2.0)
    with pytest.raises(ZeroDivisionError), tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
        raise ZeroDivisionError
    assert not tape.is_recording
    assert number(tape.gradient(y, x)) == 4.0
    with tf.GradientTape() as after:
        after.watch(x)
        z = x * x
    assert number(after.gradient(z, x)) == 4.0


def test_an_operation_that_fails_is_not_recorded():
    x = tf.constant([2.0, 3.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        with pytest.raises(ValueError, match="broadcast"):
            x + tf.ones(3)
        y = x * x
    assert number(tape.gradient(y, x)) == [4.0, 6.0]


def test_no_tape_records_after_its_block():
    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    z = y * y
    assert tape.gradient(z, x) is None


# Several tapes --------------------------------------------------------------------------------


def test_second_and_third_order():
    x = tf.constant(2.0)
    with tf.GradientTape() as third:
        third.watch(x)
        with tf.GradientTape() as second:
            second.watch(x)
            with tf.GradientTape() as first:
                first.watch(x)
                y = x * x * x * x
            one = first.gradient(y, x)
        two = second.gradient(one, x)
    assert number(one) == 32.0
    assert number(two) == 48.0
    assert number(third.gradient(two, x)) == 48.0


@pytest.mark.parametrize(
    ("function", "derivatives"),
    [
        (tf.sin, [np.cos, lambda x: -np.sin(x), lambda x: -np.cos(x)]),
        (tf.exp, [np.exp] * 3),
        (tf.math.log, [lambda x: 1 / x, lambda x: -1 / x**2, lambda x: 2 / x**3]),
        (lambda x: 1.0 / x, [lambda x: -1 / x**2, lambda x: 2 / x**3, lambda x: -6 / x**4]),
        (tf.sqrt, [lambda x: x**-0.5 / 2, lambda x: -(x**-1.5) / 4, lambda x: 3 * x**-2.5 / 8]),
    ],
    ids=["sin", "exp", "log", "reciprocal", "sqrt"],
)
def test_orders_against_the_formulas(function, derivatives):
    x = tf.constant([0.7, 1.9], tf.float64)
    tapes = [tf.GradientTape() for _ in derivatives]
    for tape in tapes:
        tape.__enter__()
        tape.watch(x)
    result = function(x)
    for tape, derivative in zip(tapes[::-1], derivatives, strict=True):
        tape.__exit__(None, None, None)
        result = tape.gradient(result, x)
        np.testing.assert_allclose(result.numpy(), derivative(x.numpy()), rtol=1e-12)


def test_the_hessian_of_two_arguments():
    x, y = constants(2.0, 3.0)
    with tf.GradientTape(persistent=True) as outer:
        outer.watch([x, y])
        with tf.GradientTape() as inner:
            inner.watch([x, y])
            z = x * x * y
        dx, dy = inner.gradient(z, [x, y])
    rows = [[number(outer.gradient(d, s)) for s in (x, y)] for d in (dx, dy)]
    assert rows[0] == [6.0, 4.0]
    assert rows[1][0] == 4.0
    assert rows[1][1] in (None, 0.0)


def test_two_tapes_with_different_watches():
    x, y = constants(2.0, 3.0)
    with tf.GradientTape() as one, tf.GradientTape() as two:
        one.watch(x)
        two.watch(y)
        z = x * y
    assert [number(g) for g in one.gradient(z, [x, y])] == [3.0, None]
    assert [number(g) for g in two.gradient(z, [x, y])] == [None, 2.0]


def test_a_value_that_only_another_tape_knows_is_no_source():
    x, y = constants(2.0, 3.0)
    with tf.GradientTape() as one, tf.GradientTape() as two:
        one.watch(x)
        two.watch(y)
        a = x * 2.0
        b = a * y
    assert two.gradient(b, a) is None
    assert number(one.gradient(b, a)) == 3.0


def test_an_inner_tape_over_an_outer_variable():
    v = tf.Variable(2.0)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = v * v * v
        first = inner.gradient(y, v)
    assert number(first) == 12.0
    assert number(outer.gradient(first, v)) == 12.0


def test_the_outer_tape_records_what_the_inner_one_gives():
    x = tf.constant(2.0)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = x * x
        penalty = inner.gradient(y, x) ** 2.0 + y
    assert number(outer.gradient(penalty, x)) == 8.0 * 2.0 + 4.0


def test_tapes_may_end_in_any_order():
    x = tf.constant(2.0)
    one, two = tf.GradientTape(), tf.GradientTape()
    one.__enter__()
    two.__enter__()
    one.watch(x)
    two.watch(x)
    y = x * x
    one.__exit__(None, None, None)
    z = y * x
    two.__exit__(None, None, None)
    assert [number(one.gradient(t, x)) for t in (y,)] == [4.0]
    assert number(two.gradient(z, x)) == 12.0


def test_threads_have_tapes_of_their_own():
    start, found = threading.Barrier(4), {}
    shared = tf.Variable(3.0)

    def work(index):
        start.wait()
        for _ in range(50):
            x = tf.constant(float(index))
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = x * x * shared
            found.setdefault(index, set()).add(tuple(map(number, tape.gradient(y, [x, shared]))))

    threads = [threading.Thread(target=work, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {i: {(6.0 * i, float(i * i))} for i in range(4)}


def test_a_tape_does_not_see_other_threads():
    x, result = tf.constant(2.0), []
    with tf.GradientTape() as tape:
        tape.watch(x)
        thread = threading.Thread(target=lambda: result.append(x * x))
        thread.start()
        thread.join()
    assert tape.gradient(result[0], x) is None


# Tapes and traces -----------------------------------------------------------------------------

SCALAR = tf.TensorSpec([], tf.float32)


def slope(x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x * x
    return tape.gradient(y, x)


def test_a_tape_within_a_trace():
    graph = tf.trace(slope, SCALAR)
    assert number(graph(tf.constant(2.0))) == number(slope(tf.constant(2.0))) == 12.0
    assert not any("tape" in operation.name for operation in graph.operations)


def test_a_tape_around_a_graph():
    graph = tf.trace(lambda x: x * x * x, SCALAR)
    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = graph(x)
    assert number(tape.gradient(y, x)) == 12.0


def test_a_tape_around_a_graph_with_a_tape_inside():
    graph, x = tf.trace(slope, SCALAR), tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = graph(x)
    assert number(tape.gradient(y, x)) == 12.0


def test_a_tape_around_a_trace_records_nothing_of_it():
    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        tf.trace(lambda y: y * x, SCALAR)
        z = x * x
    assert number(tape.gradient(z, x)) == 4.0


def test_second_order_within_a_trace():
    def curvature(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            first = slope(x)
        return tape.gradient(first, x)

    graph = tf.trace(curvature, SCALAR)
    assert number(graph(2.0)) == number(curvature(tf.constant(2.0))) == 12.0


def test_a_variable_within_a_trace():
    v = tf.Variable(3.0)

    def function(x):
        with tf.GradientTape() as tape:
            y = x * v * v
        return tape.gradient(y, v)

    graph = tf.trace(function, SCALAR)
    assert number(graph(2.0)) == 12.0
    v.assign(5.0)
    assert number(graph(2.0)) == 20.0


def test_an_outer_tape_reaches_variables_that_a_graph_captured():
    v = tf.Variable(3.0)
    graph = tf.trace(lambda x: x * v, SCALAR)
    with tf.GradientTape() as tape:
        y = graph(tf.constant(2.0))
    assert number(tape.gradient(y, v)) == 2.0


def test_unknown_sizes_within_a_trace():
    def function(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(x * tf.reduce_mean(x))
        return tape.gradient(y, x)

    graph = tf.trace(function, tf.TensorSpec([None], tf.float32))
    for size in (1, 2, 5):
        x = tf.constant(np.arange(1.0, 1.0 + size, dtype=np.float32))
        np.testing.assert_array_equal(graph(x).numpy(), function(x).numpy())


# Functions, memory ----------------------------------------------------------------------------


def test_gradients_function():
    def function(x, y):
        return x * x * y

    assert [number(g) for g in tf.gradients_function(function)(2.0, 3.0)] == [12.0, 4.0]
    assert [number(g) for g in tf.gradients_function(function, params=[1])(2.0, 3.0)] == [4.0]
    value, grads = tf.value_and_gradients_function(function)(2.0, 3.0)
    assert number(value) == 12.0
    assert [number(g) for g in grads] == [12.0, 4.0]


def test_gradients_functions_nest():
    second = tf.gradients_function(lambda x: tf.gradients_function(tf.sin)(x)[0])
    assert number(second(0.5)[0]) == pytest.approx(-np.sin(0.5))


def test_a_used_tape_lets_go_of_the_values():
    gc.collect()
    gc.disable()
    try:
        x = tf.constant([2.0])
        with tf.GradientTape() as tape:
            tape.watch(x)
            hidden = tf.exp(x)
            reference = weakref.ref(hidden)
            y = hidden * hidden
            del hidden
        assert reference() is not None
        tape.gradient(y, x)
        assert reference() is None
    finally:
        gc.enable()


def test_a_dropped_tape_lets_go_without_the_collector():
    gc.collect()
    gc.disable()
    try:
        x = tf.constant([2.0])
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.exp(x) * x
        references = [weakref.ref(tape), weakref.ref(y)]
        del tape, y
        assert [reference() for reference in references] == [None, None]
    finally:
        gc.enable()


def test_thousands_of_operations_in_a_row():
    x = tf.constant(1.0, tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x
        for _ in range(5000):
            y = y * 1.0001
    assert number(tape.gradient(y, x)) == pytest.approx(1.0001**5000)


@pytest.mark.parametrize("watches_more", [False, True])
def test_values_go_when_the_way_back_has_passed_them(watches_more):
    x, other = tf.ones([300, 300]), tf.constant(1.0)
    values, seen = [], []

    @tf.custom_gradient
    def first(x):
        def grad(upstream):
            seen.append([value() is None for value in values])
            return upstream

        return x * 1.0, grad

    with tf.GradientTape() as tape:
        tape.watch([x, other] if watches_more else x)
        y = first(x)
        for _ in range(5):
            y = tf.exp(y * 0.1)
            values.append(weakref.ref(y.array))
        loss = tf.reduce_sum(y)
        del y
    assert not any(value() is None for value in values)
    assert tape.gradient(loss, x).shape == x.shape
    assert seen == [[True] * 5]
