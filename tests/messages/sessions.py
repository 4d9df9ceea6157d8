"""Graphs built by hand, sessions and variables by name used wrongly."""

import eagre as tf
from tests.messages.values import INVALID

v1 = tf.compat.v1


def in_graph(function):
    """The call within a new graph that has a tensor "x" and is run by a session."""

    def run():
        with tf.Graph().as_default() as graph, v1.Session() as session:
            x = tf.constant([1.0, 2.0], name="x")
            return function(graph, session, x)

    return run


def of_another_graph():
    with tf.Graph().as_default():
        return tf.constant(1.0, name="y")


def after_closing(graph, session, x):
    session.close()
    session.run(x)


def after_finalizing(graph, session, x):
    graph.finalize()
    tf.constant(1.0)


def prevented(method):
    def run(graph, session, x):
        getattr(graph, f"prevent_{method}")(x if method == "feeding" else x.op)
        session.run(x, {x: [1.0, 2.0]})

    return in_graph(run)


def fed(value, dtype=tf.float32, shape=(2,)):
    def run(graph, session, x):
        place = v1.placeholder(dtype, shape, name="place")
        session.run(place, {place: value})

    return in_graph(run)


def shared(*args, reuse=True, **options):
    def run(graph, session, x):
        v1.get_variable("w", [2])
        with v1.variable_scope("", reuse=reuse):
            v1.get_variable(*args, **options)

    return in_graph(run)


def enabled_late():
    v1.disable_eager_execution()
    try:
        tf.constant(1.0)
        v1.enable_eager_execution()
    finally:
        v1.reset_default_graph()
        v1.enable_eager_execution()


def variable_of_another_graph(graph, session, x):
    with tf.Graph().as_default():
        v = tf.Variable(1.0)
    return v + x


SESSIONS = {
    "fetch: name": (in_graph(lambda g, s, x: s.run("y:0")), ValueError),
    "fetch: None": (in_graph(lambda g, s, x: s.run(None)), TypeError),
    "fetch: another graph": (in_graph(lambda g, s, x: s.run(of_another_graph())), ValueError),
    "fetch: prevented": (prevented("fetching"), ValueError),
    "feed: prevented": (prevented("feeding"), ValueError),
    "feed: key": (in_graph(lambda g, s, x: s.run(x, {3: 1.0})), TypeError),
    "feed: operation": (in_graph(lambda g, s, x: s.run(x, {x.op.name: 1.0})), TypeError),
    "feed: shape": (fed([1.0]), ValueError),
    "feed: dtype": (fed("a", tf.int32, []), ValueError),
    "feed: too large": (fed(300, tf.int8, []), TypeError),
    "feed: tensor": (in_graph(lambda g, s, x: s.run(x, {x: x})), TypeError),
    "feed: missing": (
        in_graph(lambda g, s, x: s.run(v1.placeholder(tf.float32, [2]))), INVALID),
    "no value yet": (
        in_graph(lambda g, s, x: s.run(tf.Variable(1.0, name="w"))),
        tf.errors.FailedPreconditionError),
    "closed": (in_graph(after_closing), RuntimeError),
    "empty": (lambda: v1.Session(graph=tf.Graph()).run([]), RuntimeError),
    "target": (lambda: v1.Session("grpc://host"), ValueError),
    "callable": (in_graph(lambda g, s, x: s.make_callable(x, [x])()), ValueError),
    "eval": (lambda: of_another_graph().eval(), ValueError),
    "run": (in_graph(lambda g, s, x: of_another_graph().op.run()), ValueError),
}

GRAPHS = {
    "tensor of another graph": (in_graph(lambda g, s, x: of_another_graph() + x), ValueError),
    "variable of another graph": (in_graph(variable_of_another_graph), ValueError),
    "finalized": (in_graph(after_finalizing), RuntimeError),
    "name of nothing": (in_graph(lambda g, s, x: g.get_operation_by_name("y")), KeyError),
    "name of a tensor": (in_graph(lambda g, s, x: g.get_operation_by_name("x:0")), ValueError),
    "name of an operation": (in_graph(lambda g, s, x: g.get_tensor_by_name("x")), ValueError),
    "output": (in_graph(lambda g, s, x: g.get_tensor_by_name("x:1")), KeyError),
    "element": (in_graph(lambda g, s, x: g.as_graph_element(3)), TypeError),
    "control_dependencies: argument": (
        in_graph(lambda g, s, x: g.control_dependencies([of_another_graph()]).__enter__()),
        ValueError),
    "get_attr": (in_graph(lambda g, s, x: x.op.get_attr("axis")), ValueError),
    "value": (in_graph(lambda g, s, x: x.numpy()), TypeError),
    "bool": (in_graph(lambda g, s, x: bool(x)), TypeError),
    "hash": (lambda: hash(tf.trace(lambda x: x, tf.TensorSpec([])).inputs[0]), TypeError),
    "reset_default_graph": (in_graph(lambda g, s, x: v1.reset_default_graph()), AssertionError),
    "enable_eager_execution": (enabled_late, ValueError),
    "placeholder": (lambda: v1.placeholder(tf.float32), RuntimeError),
    "placeholder_with_default": (
        in_graph(lambda g, s, x: v1.placeholder_with_default(x, [3])), INVALID),
    "variable's graph": (lambda: tf.Variable(1.0).graph, AttributeError),
    "name_scope": (lambda: v1.name_scope(None), ValueError),
}

BY_NAME = {
    "twice": (shared("w", [2], reuse=False), ValueError),
    "missing": (shared("v", [2]), ValueError),
    "shape": (shared("w", [3]), ValueError),
    "dtype": (shared("w", [2], tf.int32), ValueError),
    "no shape": (shared("v", reuse=None), ValueError),
    "shape and value": (shared("v", [2], initializer=[1.0], reuse=None), ValueError),
    "partitioner": (shared("v", [2], partitioner=len), NotImplementedError),
    "variable_scope: no name": (lambda: v1.variable_scope(None), TypeError),
}

DERIVATIVES = {
    "gradients: eagerly": (lambda: tf.gradients(tf.constant(1.0), tf.constant(1.0)), RuntimeError),
    "gradients: source": (in_graph(lambda g, s, x: tf.gradients(x, 3.0)), TypeError),
    "gradients: number of grad_ys": (
        in_graph(lambda g, s, x: tf.gradients(x, x, [x, x])), ValueError),
    "gradients: shape of grad_ys": (
        in_graph(lambda g, s, x: tf.gradients(x, x, tf.zeros(3))), INVALID),
    "hessians: eagerly": (lambda: tf.hessians(tf.constant(1.0), tf.constant(1.0)), RuntimeError),
    "hessians: not connected": (
        in_graph(lambda g, s, x: tf.hessians(x[0], tf.constant(1.0))), ValueError),
}

TABLES = {"sessions": SESSIONS, "graphs by hand": GRAPHS, "variables by name": BY_NAME,
          "symbolic gradients": DERIVATIVES}
FOREIGN_WORDS = set()
