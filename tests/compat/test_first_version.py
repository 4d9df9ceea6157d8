"""Programs of TensorFlow 1 as they stand, and how their graphs, names and sessions behave."""

import gc
import sys
import weakref

import numpy as np
import pytest
from sklearn.datasets import load_digits

import eagre
import eagre.compat.v1 as tf
from eagre.compat import session as running
from eagre.graph.placeholders import placeholder_with_default


@pytest.fixture
def graph_mode():
    tf.disable_v2_behavior()
    tf.reset_default_graph()
    yield
    tf.reset_default_graph()
    tf.enable_v2_behavior()


@pytest.fixture
def session():
    with tf.Graph().as_default(), tf.Session() as session:
        yield session


# Programs -------------------------------------------------------------------------------------


def test_linear_regression(graph_mode):
    inputs = np.linspace(0, 1, 50).astype(np.float32)
    targets = 3.0 * inputs - 1.0
    x, y = tf.placeholder(tf.float32, name="x"), tf.placeholder(tf.float32, name="y")
    w = tf.Variable(tf.random_normal([], seed=1), name="weight")
    b = tf.Variable(tf.zeros([]), name="bias")
    cost = tf.reduce_mean(tf.pow(w * x + b - y, 2))
    optimizer = tf.train.GradientDescentOptimizer(0.5).minimize(cost)
    init = tf.global_variables_initializer()
    with tf.Session() as session:
        session.run(init)
        for _ in range(200):
            session.run(optimizer, feed_dict={x: inputs, y: targets})
        assert cost.eval({x: inputs, y: targets}) < 1e-6
        np.testing.assert_allclose(session.run([w, b]), [3.0, -1.0], atol=2e-3)


def dense(x, units, name, activation=None):
    with tf.variable_scope(name):
        w = tf.get_variable("w", [x.shape[1], units])
        b = tf.get_variable("b", [units], initializer=tf.zeros_initializer())
        y = tf.matmul(x, w) + b
        return y if activation is None else activation(y)


def test_digits(graph_mode):
    data = load_digits()
    images, labels = data.data.astype(np.float32) / 16.0, data.target
    tf.set_random_seed(1)
    x = tf.placeholder(tf.float32, [None, 64])
    y = tf.placeholder(tf.int64, [None])
    keep = tf.placeholder_with_default(1.0, [])
    hidden = tf.nn.dropout(dense(x, 48, "hidden", tf.nn.relu), rate=1.0 - keep)
    logits = dense(hidden, 10, "logits")
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)
    loss = tf.reduce_mean(losses)
    accuracy = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(logits, 1), y), tf.float32))
    train = tf.train.AdamOptimizer(0.01).minimize(loss)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for step in range(150):
            batch = slice(step * 64 % 1400, step * 64 % 1400 + 64)
            session.run(train, {x: images[batch], y: labels[batch], keep: 0.9})
        assert session.run(accuracy, {x: images[1500:], y: labels[1500:]}) > 0.85
    assert [v.name for v in tf.trainable_variables()] == [
        "hidden/w:0", "hidden/b:0", "logits/w:0", "logits/b:0"]


# The default graph ----------------------------------------------------------------------------


def test_graphs_nest_and_end():
    outer, inner = tf.Graph(), tf.Graph()
    with outer.as_default() as graph:
        assert graph is outer is tf.get_default_graph()
        with inner.as_default():
            x = tf.constant(1.0)
            assert tf.get_default_graph() is inner is x.graph
        assert tf.get_default_graph() is outer
        assert not tf.executing_eagerly()
        assert not tf.executing_eagerly_outside_functions()
    assert tf.executing_eagerly()
    assert tf.get_default_graph() is tf.get_default_graph() is not outer


def test_without_eager_execution(graph_mode):
    x = tf.constant(2.0)
    assert x.graph is tf.get_default_graph()
    with pytest.raises(ValueError, match="before the default graph is built"):
        tf.enable_eager_execution()
    tf.reset_default_graph()
    assert tf.get_default_graph() is not x.graph
    tf.enable_eager_execution()
    assert tf.executing_eagerly()
    tf.disable_eager_execution()
    assert not tf.executing_eagerly()


def test_interactive_session():
    session = tf.InteractiveSession(graph=tf.Graph())
    v = tf.Variable([1.0, 2.0])
    v.initializer.run()
    assert v.eval().tolist() == [1.0, 2.0]
    assert tf.get_default_session() is session
    session.close()
    assert tf.get_default_session() is None
    assert tf.executing_eagerly()


def test_nothing_is_kept():
    def build():
        with tf.Graph().as_default() as graph, tf.Session() as session:
            v = tf.Variable(np.zeros(10), name="v")
            x = tf.placeholder(tf.float64, [10])
            loss = tf.reduce_sum((v - x) ** 2.0)
            step = tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss)
            session.run(tf.global_variables_initializer())
            session.run(step, {x: np.ones(10)})
        return [weakref.ref(each) for each in (graph, v, session)]

    found = build()
    gc.collect()
    assert [each() for each in found] == [None] * 3


def test_plans_are_bounded(session, monkeypatch):
    monkeypatch.setattr(running, "_MOST_PLANS", 4)
    x = tf.constant(1.0)
    for _ in range(6):
        x = tf.identity(x)
        assert session.run(x) == session.run(x) == 1.0
    assert len(session.graph.hand.plans) == 4


# Names ----------------------------------------------------------------------------------------


def test_names_of_operations(session):
    x = tf.placeholder(tf.float32, [2], name="x")
    y = tf.nn.softmax(x * 2.0, name="probabilities")
    graph = tf.get_default_graph()
    assert [x.name, y.name] == ["x:0", "probabilities:0"]
    assert graph.get_tensor_by_name("probabilities:0") is y
    assert session.run("probabilities:0", {"x:0": [1.0, 1.0]}).tolist() == [0.5, 0.5]
    types = {each.name: each.type for each in graph.get_operations()}
    assert types["x"] == "placeholder"
    assert types["multiply"] == "multiply"
    assert all("/" not in name or name.startswith("probabilities/") for name in types)
    assert graph.num_operations() == graph.version == len(types)


def test_an_operation_describes_itself(session):
    x = tf.constant([[1.0, 2.0]], name="x")
    with tf.control_dependencies([x]):
        y = tf.reduce_sum(x, axis=1, name="y")
    operation = y.op
    assert isinstance(operation, tf.Operation)
    assert operation.graph is x.graph
    assert operation.inputs[0] is x
    assert operation.values() == operation.outputs
    assert operation.control_inputs == [x.op]
    assert operation.get_attr("axis") == (1,)
    assert [each.name for each in x.consumers()] == ["y"]
    assert y.value_index == 0
    assert len({x: 1, y: 2}) == 2
    with pytest.raises(TypeError, match="unhashable"):
        hash(eagre.trace(lambda y: y + 1.0, eagre.TensorSpec([])).outputs[0])


def test_a_graph_by_hand_prints_as_a_program(session):
    x = tf.placeholder(tf.float32, [2], name="x")
    tf.square(x, name="y")
    assert "square(x_0)" in str(session.graph)


# Effects --------------------------------------------------------------------------------------


def test_draws_differ_from_run_to_run(session):
    x = tf.random_normal([3])
    first, second = session.run(x), session.run(x)
    assert first.tolist() != second.tolist()
    a, b = session.run([x, x])
    assert a.tolist() == b.tolist()


def test_reading_a_variable_draws_nothing(session):
    v = tf.get_variable("v", [2], initializer=tf.random_normal_initializer())
    session.run(v.initializer)
    kinds = [each.name for each in tf.get_default_graph().get_operations()]
    (draw,) = [name for name in kinds if name.startswith("assign_variable")]
    assert draw not in [each.name for each in v.op.control_inputs]
    assert session.run(v).tolist() == session.run(v).tolist()


def test_a_function_keeps_its_effects_together(session):
    count = tf.Variable(0.0)

    @tf.function
    def step(x):
        y = x * 2.0
        count.assign_add(1.0)
        return y

    x = tf.placeholder(tf.float32, [])
    y = step(x)
    (grad,) = tf.gradients(y, x)
    session.run(count.initializer)
    assert session.run([y, grad], {x: 3.0}) == [6.0, 2.0]
    assert session.run(count) == 1.0


def test_prints_and_assertions_run_where_they_are_asked_for(session, capsys):
    x = tf.placeholder(tf.float32, [])
    shown = tf.print("x is", x, output_stream=sys.stdout)
    demanded = tf.debugging.Assert(x > 0.0, [x])
    with tf.control_dependencies([shown, demanded]):
        y = tf.identity(x)
    session.run(x + 1.0, {x: -1.0})
    assert session.run(y, {x: 2.0}) == 2.0
    with pytest.raises(eagre.errors.InvalidArgumentError, match="condition that is true"):
        session.run(y, {x: -2.0})
    assert capsys.readouterr().out == "x is 2\nx is -2\n"


def test_host_code_runs_at_once(session):
    seen = []

    def look(x):
        seen.append(x.numpy())
        return x + 1.0

    x = tf.placeholder(tf.float32, [])
    y = tf.py_function(look, [x], tf.float32)
    assert session.run(y, {x: 2.0}) == 3.0
    assert seen == [2.0]


def test_values_given_away_are_copies(session):
    v = tf.Variable([1.0, 2.0])
    session.run(v.initializer)
    session.run(v)[:] = 7.0
    x = tf.placeholder(tf.float32, [2])
    value = np.ones(2, np.float32)
    session.run(v.assign(x), {x: value})
    value[:] = 9.0
    assert session.run(v).tolist() == [1.0, 1.0]


def test_an_eager_variable_is_read_as_it_is():
    v = eagre.Variable(2.0)
    with tf.Graph().as_default(), tf.Session() as session:
        y = v * 3.0
        assert session.run(y) == 6.0
        v.assign_add(1.0).op.run()
    assert v.numpy() == 3.0


def test_a_default_has_a_gradient():
    x = eagre.constant([1.0, 2.0])
    with eagre.GradientTape() as tape:
        tape.watch(x)
        y = placeholder_with_default(x, spec=eagre.TensorSpec([None])) * 3.0
    assert tape.gradient(y, x).numpy().tolist() == [3.0, 3.0]


def test_variables_of_an_eager_program():
    with tf.variable_scope("layer"):
        first, second = tf.get_variable("w", [2]), tf.get_variable("w", [2])
    assert first is not second
    assert first.name == "layer/w:0"
    assert tf.global_variables_initializer() is None
    assert isinstance(first, eagre.Variable)
    assert first.numpy().shape == (2,)


def test_init_scope_stays_in_a_graph_by_hand(session):
    @tf.function
    def f(x):
        with tf.init_scope():
            inner = tf.constant(1.0)
        assert inner.graph is session.graph
        return x + inner

    assert session.run(f(tf.constant(2.0))) == 3.0


def test_names_that_are_elsewhere():
    with pytest.raises(AttributeError, match=r"Did you mean tf\.compat\.v1\.placeholder"):
        _ = eagre.placeholder
    with pytest.raises(AttributeError, match=r"tf\.compat\.v1\.layers cannot be found"):
        _ = tf.layers
