"""Calls on tapes: for any program of functions the gradients have the bits of the eager tape."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import eagre as tf
from eagre.control.backward import with_needed_values
from eagre.core.outline import Outline

UNARY = [tf.sin, tf.exp, tf.tanh, lambda x: x * x, lambda x: -x, lambda x: x + x, tf.nn.relu]
BINARY = [tf.add, tf.multiply, tf.subtract, tf.maximum, lambda x, y: x / (y * y + 1.0)]
SIZE = 3

# A target may depend on nothing that is watched: that its gradients are None is compared too.
pytestmark = pytest.mark.filterwarnings("ignore::eagre.GradientWarning")


@st.composite
def programs(draw):
    """A list of steps; each names an operation, its operands, and the function that it is in."""
    steps = []
    function = 0
    for count in range(draw(st.integers(2, 14))):
        function += draw(st.integers(0, 3)) == 0
        a, b = draw(st.integers(0, count + 3)), draw(st.integers(0, count + 3))
        kind = draw(st.integers(0, len(UNARY) + len(BINARY) + 1))
        steps.append((kind, a, b, function))
    return steps


def step(kind, x, y, variables):
    if kind < len(UNARY):
        return UNARY[kind](x)
    if kind < len(UNARY) + len(BINARY):
        return BINARY[kind - len(UNARY)](x, y)
    if kind == len(UNARY) + len(BINARY):
        return x * variables[0] + variables[1] * variables[0]
    return tf.gather(x, [2, 0, 0]) * tf.gather(variables[1], [1, 1, 2])


def run(steps, values, variables, wrap):
    """The values of all steps; those of one number run in one function."""
    values = list(values)
    for number in sorted({function for *_, function in steps}):
        own = [each for each in steps if each[3] == number]

        def body(values, own=own):
            values, new = list(values), []
            for kind, a, b, _ in own:
                new.append(step(kind, values[a], values[b], variables))
                values.append(new[-1])
            return new

        values += wrap(body)(values)
    return values


def gradients(steps, wrap, order, seed):
    generator = np.random.default_rng(seed)
    values = [tf.constant(generator.normal(size=SIZE), tf.float32) for _ in range(4)]
    variables = [tf.Variable(generator.normal(size=SIZE), dtype=tf.float32) for _ in range(2)]
    sources = [*values[:3], *variables]
    with tf.GradientTape() as outer:
        outer.watch(values[:3])
        with tf.GradientTape() as tape:
            tape.watch(values[:3])
            results = run(steps, [values[0], *values], variables, wrap)
        found = tape.gradient(results[-2:], sources)
    dense = [None if g is None else tf.convert_to_tensor(g) for g in found]
    if order == 2:
        dense += outer.gradient([g for g in dense if g is not None], sources)
    return [None if g is None else tf.convert_to_tensor(g).numpy().tobytes() for g in dense]


@settings(max_examples=40, deadline=None)
@given(programs(), st.integers(0, 99))
def test_first_gradients_have_the_eager_bits(steps, seed):
    expected = gradients(steps, lambda f: f, 1, seed)
    assert gradients(steps, tf.function, 1, seed) == expected
    assert tf_function_of_all(steps, seed) == expected


def tf_function_of_all(steps, seed):
    """The whole with its tapes in one function, whose results are bits as well."""
    generator = np.random.default_rng(seed)
    values = [tf.constant(generator.normal(size=SIZE), tf.float32) for _ in range(4)]
    variables = [tf.Variable(generator.normal(size=SIZE), dtype=tf.float32) for _ in range(2)]

    @tf.function
    def whole(values):
        with tf.GradientTape() as tape:
            tape.watch(values[:3])
            results = run(steps, [values[0], *values], variables, tf.function)
        found = tape.gradient(results[-2:], [*values[:3], *variables])
        return [None if g is None else tf.convert_to_tensor(g) for g in found]

    return [None if g is None else g.numpy().tobytes() for g in whole(values)]


@pytest.mark.filterwarnings("ignore::eagre.GradientWarning")
@settings(max_examples=15, deadline=None)
@given(programs(), st.integers(0, 99))
def test_second_gradients_agree(steps, seed):
    expected = gradients(steps, lambda f: f, 2, seed)
    found = gradients(steps, tf.function, 2, seed)
    for one, other in zip(found, expected, strict=True):
        assert (one is None) == (other is None)
        if one is not None:
            one, other = np.frombuffer(one, np.float32), np.frombuffer(other, np.float32)
            np.testing.assert_allclose(one, other, rtol=2e-3, atol=1e-3)


def test_one_tensor_for_two_arguments():
    """Its gradient is one sum, in the order of the operations."""
    product = tf.function(lambda x, y: x * y + tf.sin(x) * tf.cos(y) + x)
    x = tf.constant([0.1, 0.7, 3.3])
    found = []
    for f in (product, product.python_function):
        with tf.GradientTape() as tape:
            tape.watch(x)
            z = f(x, x) * x
        found.append(tape.gradient(z, x).numpy().tobytes())
    assert found[0] == found[1]


def test_only_what_the_gradient_reads_is_kept():
    graph = tf.trace(lambda x: tf.exp(x + 1.0) * tf.sin(x) + 5.0, tf.TensorSpec([1000]))
    forward = with_needed_values(graph)
    names = [output.operation.name for output in forward.outputs]
    assert sorted(names) == ["add", "exp", "sin"]  # the result; of exp its value, of sin the other

    function = tf.function(lambda x: x + 1.0)
    x = tf.ones([1000])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = function(x * 2.0)
    (kept,) = [record for record in tape._records if record[0] and record[0].name == "call"]
    assert all(isinstance(value, Outline) for value in (*kept[1][:1], *kept[3]))
    assert tape.gradient(y, x).numpy()[0] == 2.0


def test_assignments_between_reads():
    """Each read has a gradient of its own; the variable's is their sum."""

    def f(v, x):
        first = v * x
        v.assign(first + 1.0)
        return first * v

    def slope(f):
        v, x = tf.Variable(2.0), tf.constant(3.0)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(v, x)
        return [float(g) for g in tape.gradient(y, [v, x])], float(v)

    assert slope(tf.function(f)) == slope(f)


def test_effects_happen_once():
    counter = tf.Variable(0.0)

    @tf.function
    def f(x):
        counter.assign_add(1.0)
        return x * x

    x = tf.constant(3.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = f(x)
    assert [float(tape.gradient(y, x)) for _ in range(2)] == [6.0, 6.0]
    assert float(counter) == 1.0
