"""`custom_gradient`, `grad_pass_through`, `recompute_grad`: eagerly, in graphs, to second order."""

import tracemalloc

import numpy as np
import pytest

import eagre as tf

MODES = [lambda f: f, tf.function, lambda f: lambda *x: tf.trace(f, *x)(*x)]
NAMES = ["eager", "function", "trace"]
each_mode = pytest.mark.parametrize("mode", MODES, ids=NAMES)


def slopes(f, *sources):
    with tf.GradientTape() as tape:
        tape.watch(sources)
        value = f(*sources)
    return tape.gradient(value, list(sources))


@tf.custom_gradient
def softplus(x):
    e = tf.exp(x)
    return tf.math.log(1.0 + e), lambda upstream: upstream * (1.0 - 1.0 / (1.0 + e))


@each_mode
def test_the_gradient_is_the_users(mode):
    x = tf.constant(100.0)
    assert slopes(mode(softplus), x)[0].numpy() == 1.0


@each_mode
def test_the_gradient_is_differentiated_in_turn(mode):
    """The gradient of softplus is the sigmoid; values from within are followed to the argument."""

    def first(x):
        return slopes(softplus, x * 2.0)[0]

    x = tf.constant(0.3, tf.float64)
    sigmoid = 1.0 / (1.0 + np.exp(-0.6))
    found = slopes(mode(first), x)[0].numpy()
    np.testing.assert_allclose(found, 2.0 * sigmoid * (1.0 - sigmoid), rtol=1e-6)


@each_mode
def test_several_arguments_and_results(mode):
    @tf.custom_gradient
    def f(x, y):
        def grad(of_sum, of_product):
            return of_sum * 10.0 + of_product, None

        return [x + y, x * y], grad

    x, y = tf.constant(2.0), tf.constant(3.0)
    found = slopes(mode(lambda x, y: tf.add_n(f(x, y))), x, y)
    assert [None if g is None else float(g) for g in found] == [11.0, None]


@each_mode
def test_structures(mode):
    @tf.custom_gradient
    def f(nest):
        return {"y": nest["a"] * nest["b"]}, lambda upstream: [upstream, upstream * 5.0]

    x, y = tf.constant(2.0), tf.constant(3.0)
    found = slopes(mode(lambda x, y: f({"b": y, "a": x})["y"]), x, y)
    assert [float(g) for g in found] == [1.0, 5.0]


@each_mode
def test_variables(mode):
    v = tf.Variable(3.0)
    frozen = tf.Variable(1.0, trainable=False)

    @tf.custom_gradient
    def f(x):
        def grad(upstream, variables=None):
            assert [w.name for w in variables] == [v.name]
            return upstream * 7.0, [upstream * 5.0]

        return x * v * frozen, grad

    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = mode(f)(x) + v
    assert [float(g) for g in tape.gradient(y, [x, v])] == [7.0, 6.0]


@each_mode
def test_nested(mode):
    @tf.custom_gradient
    def inner(x):
        return x * x, lambda upstream: upstream * 3.0

    @tf.custom_gradient
    def outer(x):
        def grad(upstream):
            return upstream * slopes(inner, x)[0]

        return inner(x) + 1.0, grad

    assert float(slopes(mode(outer), tf.constant(5.0))[0]) == 3.0


def test_within_branches_and_loops():
    @tf.function
    def f(x):
        for _ in tf.range(3):
            x = softplus(x) if x > 0.0 else x - 1.0
        return x

    x = tf.constant(0.5, tf.float64)
    value = 0.5
    slope = 1.0
    for _ in range(3):
        slope *= 1.0 / (1.0 + np.exp(-value))
        value = np.log1p(np.exp(value))
    np.testing.assert_allclose(f(x).numpy(), value)
    np.testing.assert_allclose(slopes(f, x)[0].numpy(), slope)


def test_grad_pass_through_with_variables():
    v = tf.Variable(2.4)
    with tf.GradientTape() as tape:
        y = tf.grad_pass_through(lambda x: tf.round(x * 1.0))(v * 1.5)
    assert float(y) == 4.0
    assert float(tape.gradient(y, v)) == 1.5


# Recomputing ----------------------------------------------------------------------------------


@each_mode
def test_recomputed_gradients_have_the_same_bits(mode):
    w = tf.Variable([[0.5, -1.0], [2.0, 0.25]])

    def layer(x):
        return tf.tanh(x @ w) * tf.exp(-x)

    def model(wrap):
        return lambda x: tf.reduce_sum(wrap(layer)(wrap(layer)(x)))

    x = tf.constant([[1.0, -2.0]])
    found = []
    for wrap in (tf.recompute_grad, lambda f: f):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = mode(model(wrap))(x)
        found.append([g.numpy().tobytes() for g in tape.gradient(y, [x, w])])
    assert found[0] == found[1]


def test_recomputing_keeps_less():
    """Ten layers of 1 MB each: the tape keeps one value for each, and not four."""

    def layer(x):
        return tf.sin(tf.exp(tf.tanh(x * 1.01)))

    def peak(layer):
        x = tf.ones([512, 512])
        tracemalloc.start()
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x
            for _ in range(10):
                y = layer(y)
        held, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert tape.gradient(y, x).shape == x.shape
        return held / x.numpy().nbytes

    plain, recomputed = peak(layer), peak(tf.recompute_grad(layer))
    assert recomputed < 12
    assert plain > 2 * recomputed


# Bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "error", "message"),
    [
        (lambda x: x * x, TypeError, r"to return \(result, grad_fn\)"),
        (lambda x: (x, x), TypeError, r"to return \(result, grad_fn\)"),
        (lambda x: (x * 2.0, lambda g: [g, g]), ValueError, "to return 1 gradients"),
    ],
)
def test_what_does_not_fit_is_refused(f, error, message):
    with pytest.raises(error, match=message):
        slopes(tf.custom_gradient(f), tf.constant(2.0))


def test_variables_have_to_be_taken():
    v = tf.Variable(1.0)
    f = tf.custom_gradient(lambda x: (x * v, lambda upstream: upstream))
    with pytest.raises(TypeError, match="to take `variables`"):
        slopes(f, tf.constant(2.0))
