"""`enable_check_numerics` and `first_bad_number`: the line that made the first bad number."""

import json
import threading

import numpy as np
import pytest

import eagre as tf
from tests.debugging.lines import marked
from tests.oracle import make_numerics as oracle


def at(mark):
    return marked(__file__, mark)


@pytest.fixture
def check():
    """Checks numerics during a test."""
    tf.debugging.enable_check_numerics()
    yield
    tf.debugging.disable_check_numerics()


def message(function, *args):
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        function(*args)
    return str(caught.value)


def eager(x):
    y = x - 1.0
    return tf.math.log(y) * 2.0  # log


@tf.function
def graph(x):
    y = x - 1.0
    return tf.math.log(y) * 2.0  # log in a graph


def backward(x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.sqrt(x * 1.0)  # sqrt
        z = y * 3.0
    return tape.gradient(z, x)


@tf.function
def backward_graph(x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.sqrt(x * 1.0)  # sqrt in a graph
        z = y * 3.0
    return tape.gradient(z, x)


@tf.function
def loop(x):
    for i in tf.range(5):
        x = x / (3.0 - tf.cast(i, tf.float32))  # loop
    return x


@tf.function
def branch(x):
    if x > 0.0:
        y = tf.exp(x * 1000.0)  # branch
    else:
        y = x
    return y


@tf.function
def inner_function(x):
    return graph(x) + 1.0


CASES = {
    "eager": (eager, 1.0, "log", "1 infinity of 1 from log"),
    "graph": (graph, 0.0, "log in a graph", "1 NaN of 1 from log"),
    "function in a function": (inner_function, 1.0, "log in a graph", "1 infinity"),
    "backward": (backward, 0.0, "sqrt", "(gradient of sqrt)"),
    "backward in a graph": (backward_graph, 0.0, "sqrt in a graph", "(gradient of sqrt)"),
    "loop": (loop, 1.0, "loop", "1 infinity of 1 from divide"),
    "branch": (branch, 1.0, "branch", "from exp"),
}


@pytest.mark.usefixtures("check")
@pytest.mark.parametrize("case", CASES)
def test_names_the_line(case):
    function, value, mark, words = CASES[case]
    text = message(function, tf.constant(value))
    assert f"at {at(mark)}" in text and words in text, text


@pytest.mark.usefixtures("check")
def test_a_gradient_of_large_values():
    """A tape keeps only the outlines of large values; their lines are known all the same."""
    text = message(backward, tf.zeros([1000]))
    assert f"{at('sqrt')} (gradient of sqrt)" in text and "1000 infinities of 1000" in text


def test_a_tape_outside_sees_what_is_checked():
    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        tf.debugging.enable_check_numerics()
        y = graph(x) * branch(-x)
        tf.debugging.disable_check_numerics()
    with tf.GradientTape() as plain:
        plain.watch(x)
        z = graph(x) * branch(-x)
    assert tape.gradient(y, x).numpy() == plain.gradient(z, x).numpy()


@pytest.mark.usefixtures("check")
def test_what_is_let_pass():
    bad = tf.constant([np.nan, np.inf, 1.0])
    tf.identity(tf.reshape(bad, [3, 1]))
    tf.gather(bad, [0, 1])
    tf.Variable(bad).value()
    assert tf.where(bad > 0.0, 1.0, 0.0).numpy().tolist() == [0.0, 1.0, 1.0]
    text = message(lambda: bad + 1.0)
    assert "1 NaN and 1 infinity of 3 (input 1 had some already) from add" in text


def test_enabling_and_disabling():
    for _ in range(2):
        tf.debugging.enable_check_numerics()
    message(tf.math.log, 0.0)
    caught = []

    def elsewhere():
        caught.append(tf.math.log(0.0).numpy())

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert caught == [-np.inf]
    for _ in range(2):
        tf.debugging.disable_check_numerics()
    assert tf.math.log(0.0).numpy() == -np.inf


@pytest.mark.usefixtures("check")
def test_variables_and_loops_with_effects_run_once():
    v = tf.Variable(0)

    @tf.function
    def count(n):
        for _ in tf.range(n):
            v.assign_add(1)
        return v + 0

    assert count(tf.constant(3)).numpy() == 3 and v.numpy() == 3


# Afterwards -----------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES)
def test_first_bad_number(case):
    function, value, mark, _ = CASES[case]
    step = tf.debugging.first_bad_number(function, tf.constant(value))
    if case in ("loop", "branch"):
        assert step.name == {"loop": "while_loop", "branch": "cond"}[case]
    else:
        assert step.line.startswith(at(mark)), step


def test_first_bad_number_where_all_is_well():
    assert tf.debugging.first_bad_number(eager, tf.constant(2.0)) is None


def test_first_bad_number_that_does_not_reach_the_result():
    def function(x):
        bad = tf.math.log(x)  # masked
        return tf.where(x > 0.0, bad, 0.0)

    step = tf.debugging.first_bad_number(function, tf.constant(-1.0))
    assert (step.name, step.line) == ("log", at("masked"))


def test_first_bad_number_of_a_bad_argument():
    step = tf.debugging.first_bad_number(lambda x: tf.exp(x - 1.0), tf.constant(np.nan))
    assert step.name == "subtract"


def test_bisection_looks_at_few_values(monkeypatch):
    from eagre.debugging import bad_numbers

    looked = []
    real = bad_numbers.is_bad
    monkeypatch.setattr(bad_numbers, "is_bad", lambda x: looked.append(x) or real(x))

    def long(x):
        for i in range(200):
            x = x * 1.5 if i != 77 else tf.math.log(x - x)  # middle
        return x

    step = tf.debugging.first_bad_number(long, tf.constant(1.0))
    assert step.line == at("middle") and step.name == "log"
    made = {id(x) for x in looked}
    assert len(made) < 40


# Against TensorFlow ---------------------------------------------------------------------------

STOPPED = json.loads(oracle.FILE.read_text(encoding="utf-8"))

# What only moves elements passes, whatever it is; TensorFlow lets some of it pass.
MOVES = {
    "tf.stop_gradient(bad)", "tf.gather(bad, [0])", "tf.stack([bad, bad])", "tf.split(bad, 3)",
    "tf.tile(bad, [2])", "tf.pad(bad, [[1, 1]])", "tf.reverse(bad, [0])", "tf.sort(bad)",
    "tf.boolean_mask(bad, [True, False, True])", "tf.broadcast_to(bad, [2, 3])",
    "tf.gather_nd(bad, [[0]])", "tf.tensor_scatter_nd_update(bad, [[0]], [1.0])",
    "tf.roll(bad, 1, 0)", "tf.repeat(bad, 2)", "v.value()", "tf.math.top_k(bad, 2)",
    "tf.function(lambda x: tf.identity(x))(bad)",
}
# The sum that an assignment computes is looked at.
SUMS = {"v.assign_add([1.0, 1.0, 1.0])"}
DEPARTURES = MOVES | SUMS


@pytest.mark.parametrize("expression", STOPPED)
def test_stops_what_tensorflow_stops(expression):
    departs = expression in DEPARTURES
    assert oracle.raises(expression, tf) == (STOPPED[expression] != departs)
    assert not departs or STOPPED[expression] == (expression in MOVES)
