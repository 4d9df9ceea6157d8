"""`ForwardAccumulator`: against reverse mode for every primitive; nested, mixed, in functions."""

import gc
import itertools

import numpy as np
import pytest

import eagre as tf
from eagre.core.tensor import wrap
from eagre.state.variable import Variable
from tests.primitives.calls import Call, dense, inner, is_inexact, like
from tests.primitives.table import RECORDS

Accumulator = tf.autodiff.ForwardAccumulator
SMOOTH = [
    record
    for record in RECORDS
    if "float64" in record.takes and not record.primitive.stops_gradients and not record.handles
]


@pytest.mark.parametrize("record", SMOOTH, ids=lambda record: record.name)
def test_both_modes_agree(record):
    """For each primitive: w · (J t) = (Jᵀ w) · t."""
    for sample in record.samples_for("float64"):
        if not sample.is_smooth:
            continue
        call = Call(record, sample, "float64")
        values = [v if isinstance(v, Variable) else tf.identity(v) for v in call.values()]
        sources = [values[i] for i in call.sources]
        generator = np.random.default_rng(1)
        tangents = [wrap(generator.normal(size=x.shape)) for x in sources]
        with tf.GradientTape() as tape, Accumulator(sources, tangents) as accumulator:
            tape.watch(sources)
            outputs = call.run(values)
        outputs = [y for y in outputs if is_inexact(y.array)]
        weights = [wrap(like(y.array, 1)) for y in outputs]
        forward = accumulator.jvp(outputs, unconnected_gradients="zero")
        backward = tape.gradient(outputs, sources, weights, unconnected_gradients="zero")
        one = [inner(w.array, t.array) for w, t in zip(weights, forward, strict=True)]
        pairs = zip(dense(backward), tangents, strict=True)
        other = [inner(g.array, t.array) for g, t in pairs]
        size = max(1.0, sum(map(abs, one)))
        assert sum(one) == pytest.approx(sum(other), rel=1e-9, abs=1e-9 * size), call


def function(x):
    y = tf.sin(x) * x
    return tf.reduce_sum(y * tf.nn.softmax(y)) * y


def along(f, x, direction):
    with Accumulator(x, direction) as accumulator:
        y = f(x)
    return accumulator.jvp(y)


X = tf.constant([0.5, -1.0, 2.0], tf.float64)
T = tf.constant([1.0, 0.25, -0.5], tf.float64)


def reverse(f, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return tape.gradient(y, x)


def hessian_vector_products():
    def directional(x):
        return along(function, x, T)

    yield "forward over reverse", lambda: along(lambda x: reverse(function, x), X, T)
    yield "reverse over forward", lambda: reverse(directional, X)
    yield "reverse over reverse", lambda: reverse(
        lambda x: tf.reduce_sum(reverse(function, x) * T), X
    )


def test_hessian_vector_products_agree():
    found = {name: f().numpy() for name, f in hessian_vector_products()}
    for name, value in found.items():
        np.testing.assert_allclose(value, found["reverse over reverse"], rtol=1e-12, err_msg=name)


def test_forward_over_forward():
    """The second derivative along a line, by central differences."""
    second = along(lambda x: along(function, x, T), X, T).numpy()
    h = 1e-4
    near = [function(X + T * step).numpy() for step in (-h, 0.0, h)]
    np.testing.assert_allclose(second, (near[0] - 2 * near[1] + near[2]) / h**2, rtol=1e-5)


def test_nested_accumulators_of_one_value_are_kept_apart():
    x = tf.constant(3.0)
    with Accumulator(x, tf.constant(1.0)) as outer:
        with Accumulator(x, tf.constant(2.0)) as inner:
            y = x * x * x
        slope = inner.jvp(y)
    assert float(slope) == 2 * 27.0
    assert float(outer.jvp(y)) == 27.0
    assert float(outer.jvp(slope)) == 2 * 18.0


@pytest.mark.parametrize("kind", ["tensor", "variable"])
def test_through_functions_and_control_flow(kind):
    def loop(x):
        steps = lambda i, y: (i + 1, y * tf.sin(y) + x)  # noqa: E731
        y = tf.while_loop(lambda i, y: i < 3, steps, (tf.constant(0), x * 1.0))[1]
        return tf.cond(tf.reduce_sum(y) > 0.0, lambda: y * x, lambda: -y)

    x = tf.Variable(X) if kind == "variable" else X
    expected = along(loop, x, T).numpy()
    traced = tf.function(loop)
    np.testing.assert_allclose(along(traced, x, T).numpy(), expected, rtol=1e-12)
    whole = tf.function(lambda x, t: along(loop, x, t))
    np.testing.assert_allclose(whole(x, T).numpy(), expected, rtol=1e-12)


def test_variables_structures_and_unconnected():
    v = tf.Variable([1.0, 2.0])
    primals = {"v": v, "x": tf.constant(3.0)}
    tangents = {"v": tf.constant([1.0, 0.0]), "x": 0.0}
    with Accumulator(primals, tangents) as accumulator:
        y = v * v
        number = tf.cast(y, tf.int32)
    assert accumulator.jvp(y).numpy().tolist() == [2.0, 0.0]
    assert accumulator.jvp(number) is None
    assert accumulator.jvp([y, tf.constant(1.0)])[1] is None
    zero = accumulator.jvp(tf.constant([1.0]), unconnected_gradients="zero")
    assert zero.numpy().tolist() == [0.0]


def test_complex_tangents():
    z, t = tf.constant(1.0 + 2.0j), tf.constant(0.5 - 1.0j)
    assert along(lambda z: z * z * z, z, t).numpy() == pytest.approx(3 * (1 + 2j) ** 2 * (0.5 - 1j))


def test_slices_of_a_gather():
    table = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    found = along(lambda v: tf.gather(v, [1, 1, 0]) ** 2, table, tf.eye(2))
    assert found.numpy().tolist() == [[0.0, 8.0], [0.0, 8.0], [2.0, 0.0]]


def test_the_tangent_of_slices_is_slices():
    table, direction = tf.Variable([[1.0, 2.0], [3.0, 4.0]]), tf.constant([[1.0, 0.0], [0.5, 2.0]])
    with Accumulator(table, direction) as accumulator:
        with tf.GradientTape() as tape:
            y = tf.gather(table, [1, 1]) ** 2
        slope = tape.gradient(y, table)
    assert isinstance(slope, tf.IndexedSlices)
    found = accumulator.jvp(slope)
    assert isinstance(found, tf.IndexedSlices)
    assert tf.convert_to_tensor(found).numpy().tolist() == [[0.0, 0.0], [2.0, 8.0]]
    other = tf.IndexedSlices([[1.0, 2.0]], [0], [2, 2])
    assert accumulator.jvp(other) is None
    zero = accumulator.jvp(other, unconnected_gradients="zero")
    assert tf.convert_to_tensor(zero).numpy().tolist() == [[0.0, 0.0], [0.0, 0.0]]


def test_a_custom_gradient_is_used():
    @tf.custom_gradient
    def f(x):
        return x * x, lambda upstream: upstream * 100.0

    assert float(along(f, tf.constant(3.0), tf.constant(2.0))) == 200.0


def test_tangents_go_with_their_tensors():
    x = tf.constant(1.0)
    with Accumulator(x, tf.constant(1.0)) as accumulator:
        for _ in range(1000):
            y = x * 2.0
        gc.collect()
        assert len(accumulator._tangents) < 5
    assert float(accumulator.jvp(y)) == 2.0


def differentiated(f, kind):
    """The derivative of a function of one number, by a tape ("R") or an accumulator ("F")."""
    if kind == "R":
        return lambda x: reverse(f, x)
    return lambda x: along(f, x, tf.ones_like(x))


@pytest.mark.parametrize("order", ["".join(kinds) for kinds in itertools.product("FR", repeat=3)])
@pytest.mark.parametrize("mode", [lambda f: f, tf.function], ids=["eager", "function"])
def test_three_levels_in_every_order(order, mode):
    """The third derivative of exp(2x) x is exp(2x) (8x + 12)."""
    f = lambda x: tf.exp(2.0 * x) * x  # noqa: E731
    for kind in order:
        f = differentiated(mode(f), kind)
    found = mode(f)(tf.constant(0.3, tf.float64)).numpy()
    assert found == pytest.approx(np.exp(0.6) * (8 * 0.3 + 12))
